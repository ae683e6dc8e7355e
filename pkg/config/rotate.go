package config

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// RotationProblem is why a profile's secret cannot be changed here.
type RotationProblem string

// The problems of a rotation. Nothing was changed.
const (
	RotationNoSecret   RotationProblem = "no_secret"  // the file names none: config init sets one
	RotationSame       RotationProblem = "same"       // the new secret is the present one
	RotationUnderWay   RotationProblem = "under_way"  // another previous secret would be lost
	RotationElsewhere  RotationProblem = "elsewhere"  // the place is not raisboy's to write: a command, a variable, a link
	RotationOverridden RotationProblem = "overridden" // an environment variable wins over the file
	RotationNone       RotationProblem = "none"       // there is no previous secret to drop
)

// RotationError is a secret that was not changed.
type RotationError struct {
	Profile  string
	Problem  RotationProblem
	Place    string // of the secret, as SecretSource.String; "" if that says nothing
	Since    string // RotationUnderWay: the earlier rotation's time, "" if not known
	Variable string // RotationOverridden
}

// Error implements error.
func (e *RotationError) Error() string {
	return fmt.Sprintf("profile %s: rotation: %s %s%s", e.Profile, e.Problem, e.Place, e.Variable)
}

// A Rotation puts a new secret in the place of the present one, which stays as
// previous_secret: webhooks that were signed with it are still accepted.
type Rotation struct {
	File    *File
	Profile string
	Secret  Secret     // the new one
	Since   time.Time  // the moment of the rotation, for the file
	Force   bool       // give up a previous secret that is still kept
	Literal SecretKind // where a secret goes that stands in the file itself: SecretKeyring or SecretFile

	// passing is told each step that was made; a test stops there.
	passing func(step string)
}

// Rotate does so in three steps, each of which is complete or not there at all.
// The present secret is kept as the previous one; then the file says so; only
// then is the new secret put in its place. Wherever it breaks off, the present
// secret is still there and the file can be loaded; a second Rotate goes on.
//
// Errors are *RotationError, *SecretError, and those of File.Change.
func (r Rotation) Rotate(ctx context.Context) error {
	if err := CheckSecret(r.Secret); err != nil {
		return &SecretError{Key: "secret", Place: mask, Err: err}
	}
	current, previous, forms, err := r.places()
	if err != nil {
		return err
	}
	old, err := r.present(ctx)
	if err != nil {
		return err
	}
	if old.Equal(r.Secret) {
		return &RotationError{Profile: r.Profile, Problem: RotationSame, Place: current.String()}
	}
	if err := r.checkPrevious(ctx, old); err != nil {
		return err
	}
	if err := previous.keep(ctx, old); err != nil {
		return err
	}
	r.pass("previous kept")
	since := Change{"previous_secret_since", r.Since.Format(time.RFC3339)}
	if r.File.Literal(r.Profile, "secret") {
		// The file still holds the present secret, until it names the new one's place.
		if err := current.keep(ctx, r.Secret); err != nil {
			return err
		}
		r.pass("secret kept")
		return r.File.Change(r.Profile, "", Change{"secret", forms[0]}, Change{"previous_secret", forms[1]}, since)
	}
	if err := r.File.Change(r.Profile, "", Change{"previous_secret", forms[1]}, since); err != nil {
		return err
	}
	r.pass("file changed")
	return current.keep(ctx, r.Secret)
}

// Check says, before anybody is asked for the new secret, whether the present
// one can be changed here at all. The error is a *RotationError.
func (r Rotation) Check() error {
	_, _, _, err := r.places()
	return err
}

func (r Rotation) pass(step string) {
	if r.passing != nil {
		r.passing(step)
	}
}

// places finds where the secret is kept, where the previous one goes, and the
// forms of both for the file.
func (r Rotation) places() (current, previous place, forms [2]string, err error) {
	f := r.File
	refuse := func(problem RotationProblem, at string) error {
		return &RotationError{Profile: r.Profile, Problem: problem, Place: at}
	}
	for _, variable := range []string{variablePrefix + "SECRET", variablePrefix + "SECRET_FILE"} {
		if f.sources.lookup(variable) != "" {
			return current, previous, forms, &RotationError{Profile: r.Profile, Problem: RotationOverridden, Variable: variable}
		}
	}
	if f.Literal(r.Profile, "secret") {
		current, forms[0] = f.place(r.Profile, "secret", r.Literal)
		previous, forms[1] = f.place(r.Profile, "previous_secret", r.Literal)
		return current, previous, forms, nil
	}
	form := f.Value(r.Profile, "secret")
	if form == "" {
		return current, previous, forms, refuse(RotationNoSecret, "")
	}
	at := f.recipe(r.Profile, "secret")
	switch at.kind {
	case SecretKeyring:
		current, forms[0] = f.place(r.Profile, "secret", SecretKeyring)
		previous, forms[1] = f.place(r.Profile, "previous_secret", SecretKeyring)
		return current, previous, forms, nil
	case SecretFile:
		// What a link leads to, a store of secrets mounted there: its own tools write it.
		if info, err := os.Lstat(at.path); err == nil && info.Mode()&fs.ModeType != 0 {
			return current, previous, forms, refuse(RotationElsewhere, form)
		}
		current = place{sources: f.sources, key: "secret", kind: SecretFile, path: at.path}
		previous = place{sources: f.sources, key: "previous_secret", kind: SecretFile, path: at.path + previousEnding}
		return current, previous, [2]string{form, form + previousEnding}, nil
	default:
		return current, previous, forms, refuse(RotationElsewhere, SecretSource{recipe: func() *recipe { return at }}.String())
	}
}

// recipe reads the place of a secret that the file names.
func (f *File) recipe(profile, key string) *recipe {
	s := f.sources
	s.LookupEnv = nil
	path := f.Path
	b := &builder{sources: s, name: profile, path: path, origins: map[string]Origin{key: {From: FromFile, Path: path}}}
	source, _, _ := b.secret(Setting{Key: key, Kind: KindSecret}, f.doc.profiles[profile].entries[key].value)
	if source.recipe == nil {
		return &recipe{key: key}
	}
	r := *source.recipe()
	r.lookup = f.sources.lookup
	return &r
}

// present fetches the secret that is in use.
func (r Rotation) present(ctx context.Context) (Secret, error) {
	if r.File.Literal(r.Profile, "secret") {
		return NewSecret(r.File.doc.profiles[r.Profile].entries["secret"].value), nil
	}
	at := r.File.recipe(r.Profile, "secret")
	return SecretSource{recipe: func() *recipe { return at }}.Resolve(ctx)
}

// checkPrevious refuses to write over a previous secret that is another than
// the present one: a rotation that broke off left it equal.
func (r Rotation) checkPrevious(ctx context.Context, present Secret) error {
	entry := r.File.doc.profiles[r.Profile].entries["previous_secret"]
	if entry.value == "" || r.Force {
		return nil
	}
	at := r.File.recipe(r.Profile, "previous_secret")
	source := SecretSource{recipe: func() *recipe { return at }}
	if kept, err := source.Resolve(ctx); err == nil && kept.Equal(present) {
		return nil
	}
	return &RotationError{
		Profile: r.Profile, Problem: RotationUnderWay, Place: source.String(), Since: r.File.Value(r.Profile, "previous_secret_since"),
	}
}

// DropPrevious ends a rotation: the previous secret is accepted no longer, and
// is removed where raisboy kept it. Errors are as those of Rotate.
func (f *File) DropPrevious(ctx context.Context, profile string) error {
	if f.doc.profiles[profile].entries["previous_secret"].value == "" {
		return &RotationError{Profile: profile, Problem: RotationNone}
	}
	if name := variablePrefix + "PREVIOUS_SECRET"; f.sources.lookup(name) != "" {
		return &RotationError{Profile: profile, Problem: RotationOverridden, Variable: name}
	}
	at, current := f.recipe(profile, "previous_secret"), f.recipe(profile, "secret")
	// First the file: what it no longer names may go.
	if err := f.Change(profile, "", Change{Key: "previous_secret"}, Change{Key: "previous_secret_since"}); err != nil {
		return err
	}
	switch {
	case at.kind == SecretKeyring:
		return place{sources: f.sources, key: at.key, kind: SecretKeyring, account: at.account}.forget(ctx)
	case at.kind == SecretFile && current.kind == SecretFile && ownPrevious(at.path, current.path):
		return place{sources: f.sources, key: at.key, kind: SecretFile, path: at.path}.forget(ctx)
	}
	return nil
}
