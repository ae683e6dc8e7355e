package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/zalando/go-keyring"
)

// Reasons why a secret could not be fetched or kept, found by errors.Is in a
// *SecretError.
var (
	ErrSecretNotSet   = errors.New("no secret is set")
	ErrSecretEmpty    = errors.New("the secret is empty")
	ErrSecretTooLong  = errors.New("the secret is longer than 4096 bytes")
	ErrSecretTimeout  = errors.New("no answer in time")
	ErrSecretNotFound = errors.New("nothing is kept there")
	ErrSecretBroken   = errors.New("what keeps it answers nonsense")
	ErrSecretNotKept  = errors.New("what was stored there does not come back as it was")
)

// SecretError is a secret that could not be fetched, kept or removed. Neither it
// nor what it wraps holds any part of the secret, nor what a command printed.
type SecretError struct {
	Key   string // secret or previous_secret, "" with ErrSecretNotSet
	Kind  SecretKind
	Place string // as SecretSource.String
	Err   error  // one of the reasons above, a *FileError, a *PermissionError, or the system's
}

// Error implements error.
func (e *SecretError) Error() string {
	if e.Kind == SecretNone {
		return e.Err.Error()
	}
	return fmt.Sprintf("%s from %s: %v", e.Key, e.Place, e.Err)
}

// Unwrap gives the reason.
func (e *SecretError) Unwrap() error { return e.Err }

// waits are the longest waits for a secret. A keyring that asks its user for a
// password in a window may never answer; neither may a command.
type waits struct{ keyring, command, file time.Duration }

// defaultWaits are those of the documentation; the tests' are shorter.
func defaultWaits() waits {
	return waits{keyring: 3 * time.Second, command: 10 * time.Second, file: 10 * time.Second}
}

// Resolve fetches the secret: at most 3 s from the keyring, 10 s from a
// command or file. Of what a file or command gives, exactly one line ending at
// the end (\n or \r\n) is removed. Errors are *SecretError.
//
// The secret is fetched anew at each call, so that keep what you got for as
// long as a command runs.
func (s SecretSource) Resolve(ctx context.Context) (Secret, error) {
	if s.recipe == nil {
		return Secret{}, &SecretError{Place: s.String(), Err: ErrSecretNotSet}
	}
	value, err := s.recipe().fetch(ctx)
	switch {
	case err != nil:
	case value == "":
		err = ErrSecretEmpty
	case len(value) > maxSecret:
		err = ErrSecretTooLong
	default:
		return NewSecret(value), nil
	}
	return Secret{}, &SecretError{Key: s.recipe().key, Kind: s.Kind(), Place: s.String(), Err: err}
}

// fetch gets the secret by its kind.
func (r *recipe) fetch(ctx context.Context) (string, error) {
	switch r.kind {
	case SecretFile:
		return within(ctx, r.limits.file, func() (string, error) {
			data, err := readSecretFile(r.path)
			return withoutLineEnding(data), err
		})
	case SecretVariable:
		if value := r.lookup(r.variable); value != "" {
			return value, nil
		}
		return "", ErrSecretNotFound
	case SecretKeyring:
		return fromKeyring(ctx, r.limits, r.keyring, r.account)
	case SecretCommand:
		return r.run(ctx)
	default:
		return string(r.value.Reveal()), nil
	}
}

// fromKeyring reads an account of the keyring.
func fromKeyring(ctx context.Context, w waits, read func(service, account string) (string, error), account string) (string, error) {
	return within(ctx, w.keyring, func() (string, error) {
		value, err := read(keyringService, account)
		if errors.Is(err, keyring.ErrNotFound) {
			err = ErrSecretNotFound
		}
		return value, err
	})
}

// within waits for work, at most as long as limit. Work that takes no context
// goes on behind our back if it is too slow; a command ends soon after.
func within(ctx context.Context, limit time.Duration, work func() (string, error)) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, ErrSecretTimeout)
	defer cancel()
	type result struct {
		value string
		err   error
	}
	done := make(chan result, 1) // room for one, or a late answer would keep its goroutine for ever
	go func() {
		// The keyring's library takes what a service answers for what it should be.
		defer func() {
			if recover() != nil {
				done <- result{err: ErrSecretBroken}
			}
		}()
		value, err := work()
		done <- result{value, err}
	}()
	select {
	case got := <-done:
		return got.value, got.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// run runs the command, without a shell and with nothing on its stdin, and
// takes its stdout.
func (r *recipe) run(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.limits.command, ErrSecretTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, r.command[0], r.command[1:]...) //nolint:gosec // the operator's own file names it
	stdout := &bounded{most: maxSecret + 2}
	command.Stdout = stdout
	command.Stderr = r.errors
	// A child of the command may hold its stdout open after it was killed.
	command.WaitDelay = time.Second
	err := command.Run()
	if stdout.overflow {
		return "", ErrSecretTooLong
	}
	if err != nil && ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	return withoutLineEnding(stdout.data.Bytes()), err
}

// bounded keeps what is written to it up to a limit, and then refuses more.
type bounded struct {
	data     bytes.Buffer
	most     int
	overflow bool
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if b.data.Len()+len(p) > b.most {
		b.overflow = true
		return 0, ErrSecretTooLong
	}
	return b.data.Write(p)
}

// withoutLineEnding removes exactly one line ending: a secret that ends with
// one of its own keeps it.
func withoutLineEnding(data []byte) string {
	text := string(data)
	if shorter, found := strings.CutSuffix(text, "\n"); found {
		return strings.TrimSuffix(shorter, "\r")
	}
	return text
}

// absoluteOrBare says whether a program means the same in every folder: a full
// path, or a bare name that is looked up in PATH.
func absoluteOrBare(program string) bool {
	if filepath.IsAbs(program) {
		return true
	}
	for i := range len(program) {
		if os.IsPathSeparator(program[i]) {
			return false
		}
	}
	return filepath.VolumeName(program) == ""
}
