package config

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/zalando/go-keyring"
)

// A place is where raisboy itself keeps a secret: an account of the keyring, or
// a file of its own.
type place struct {
	sources Sources
	key     string // secret or previous_secret
	account string // SecretKeyring
	path    string // SecretFile: ready to open
	kind    SecretKind
}

// String gives the place as SecretSource.String does.
func (p place) String() string {
	if p.kind == SecretKeyring {
		return "keyring " + keyringService + "/" + p.account
	}
	return formFile + p.path
}

// longest gives the longest waits of the sources.
func (s Sources) longest() waits {
	if s.waits == (waits{}) {
		return defaultWaits()
	}
	return s.waits
}

// keep stores a secret and reads it back: what cannot be read again is not
// kept. Errors are *SecretError.
func (p place) keep(ctx context.Context, secret Secret) error {
	err := p.store(ctx, string(secret.Reveal()))
	if err == nil {
		var back string
		back, err = p.read(ctx)
		if err == nil && !NewSecret(back).Equal(secret) {
			err = ErrSecretNotKept
		}
	}
	if err != nil {
		return &SecretError{Key: p.key, Kind: p.kind, Place: p.String(), Err: err}
	}
	return nil
}

func (p place) store(ctx context.Context, secret string) error {
	if p.kind == SecretFile {
		return replaceFile(p.path, []byte(secret+"\n")) // exactly one line ending is taken off again
	}
	set := p.sources.KeyringSet
	if set == nil {
		set = keyring.Set
	}
	_, err := within(ctx, p.sources.longest().keyring, func() (string, error) {
		return "", set(keyringService, p.account, secret)
	})
	return err
}

// read fetches what is kept.
func (p place) read(ctx context.Context) (string, error) {
	if p.kind == SecretFile {
		data, err := readSecretFile(p.path)
		return withoutLineEnding(data), err
	}
	return fromKeyring(ctx, p.sources.longest(), p.sources.readKeyring(), p.account)
}

// forget removes what is kept; nothing kept is no error.
func (p place) forget(ctx context.Context) error {
	if p.kind == SecretFile {
		if err := os.Remove(p.path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return unwritable(p.path, err)
		}
		return nil
	}
	remove := p.sources.KeyringDelete
	if remove == nil {
		remove = keyring.Delete
	}
	_, err := within(ctx, p.sources.longest().keyring, func() (string, error) {
		return "", remove(keyringService, p.account)
	})
	if err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return &SecretError{Key: p.key, Kind: p.kind, Place: p.String(), Err: err}
	}
	return nil
}

// previousEnding follows a secret's file name in that of the one before it.
const previousEnding = ".previous"

// OwnFile gives the path of the file in which a profile's secret is kept where
// there is no keyring: beside the configuration file.
func (f *File) OwnFile(profile string) string {
	return filepath.Join(filepath.Dir(f.Path), profile+".secret")
}

// place gives where a secret is kept anew, and the form that names it in the
// file: SecretFile is OwnFile, anything else the keyring.
func (f *File) place(profile, key string, kind SecretKind) (p place, form string) {
	p = place{sources: f.sources, key: key, kind: kind}
	if kind != SecretFile {
		p.kind, p.account = SecretKeyring, keyringAccount(profile, key)
		return p, formKeyring
	}
	p.path = f.OwnFile(profile)
	if key == "previous_secret" {
		p.path += previousEnding
	}
	// Relative to the file, so that the folder can be moved as a whole.
	return p, formFile + filepath.Base(p.path)
}

// Keep stores a profile's secret or previous_secret in the keyring, or, with
// SecretFile, in OwnFile or a file beside it, and gives the form that names it in the file. The file itself is
// not changed. The error is a *SecretError.
func (f *File) Keep(ctx context.Context, profile, key string, kind SecretKind, secret Secret) (form string, err error) {
	p, form := f.place(profile, key, kind)
	return form, p.keep(ctx, secret)
}

// Form gives what Keep would.
func (f *File) Form(profile, key string, kind SecretKind) string {
	_, form := f.place(profile, key, kind)
	return form
}

// ownPrevious says whether a previous secret's file was made by a rotation, and
// so may be removed by its end.
func ownPrevious(path, current string) bool {
	return strings.HasSuffix(path, previousEnding) && path == current+previousEnding
}
