package config

import (
	"bytes"
	"strings"
)

// File is the configuration file opened to be changed. What it says is read
// once; Change writes it anew, unless somebody else changed it meanwhile.
type File struct {
	Path  string // never ""
	Found bool   // it was there

	sources Sources
	data    []byte
	doc     document
}

// Edit opens the file that Load would read, to change it; it need not exist.
// Errors are those of Load about the file, and a *FileError with NotNamed where
// no home folder says where it would be.
func Edit(s Sources) (*File, error) {
	path, _ := s.configPath()
	f := &File{Path: path, sources: s}
	if path == "" {
		return f, &FileError{Problem: NotNamed}
	}
	file, found, err := readConfig(path)
	f.Found, f.data = found, file.data
	if err != nil {
		return f, err
	}
	f.doc, err = parseDocument(path, file.data)
	if err == nil && found {
		err = checkAccess(path, file.info, f.doc.holdsSecret())
	}
	return f, err
}

// Profiles gives the names of the file's profiles, sorted.
func (f *File) Profiles() []string { return f.doc.names() }

// Default gives default_profile, or "".
func (f *File) Default() string { return f.doc.defaultProfile.value }

// Has says whether the file has a profile.
func (f *File) Has(profile string) bool {
	_, ok := f.doc.profiles[profile]
	return ok
}

// Value gives a setting as it stands in the file, "" if it does not. Of a
// secret it gives the form that names its place, and never the secret itself;
// see Literal.
func (f *File) Value(profile, key string) string {
	value := f.doc.profiles[profile].entries[key].value
	if setting, ok := settingOf(Settings(), key); ok && setting.Kind == KindSecret && key != "api_key" && literalSecret(value) {
		return ""
	}
	return value
}

// Literal says whether a secret stands in the file as it is, which Load
// refuses.
func (f *File) Literal(profile, key string) bool {
	return literalSecret(f.doc.profiles[profile].entries[key].value)
}

// LiteralSecret gives a secret that stands in the file as it is, so that it can
// be moved to where it belongs; the zero Secret if none does.
func (f *File) LiteralSecret(profile, key string) Secret {
	if !f.Literal(profile, key) {
		return Secret{}
	}
	return NewSecret(f.doc.profiles[profile].entries[key].value)
}

// Choose finds the profile that Load would choose. Errors are *ProfileError.
func (f *File) Choose() (string, error) { return f.sources.choose(f.doc) }

// Change makes changes to a profile, which is made if the file has none of the
// name, and writes the file, whole or not at all. A defaultProfile of "" leaves
// that setting. Everything else in the file stays, comments and order too.
//
// Values are checked by their own rules first. Errors are *ValueError,
// *UnknownKeyError and *ProfileError for what cannot be written, *FileError
// and *PermissionError; the file is then as it was.
func (f *File) Change(profile, defaultProfile string, changes ...Change) error {
	if err := CheckProfile(profile); err != nil {
		return err
	}
	for i, change := range changes {
		plain, err := f.sources.CheckValue(change.Key, change.Value)
		if err != nil {
			return err
		}
		changes[i].Value = plain
	}
	text, ok := edit{profile: profile, changes: changes, defaultProfile: defaultProfile}.apply(f.Path, f.data)
	if !ok || len(text) > maxFile {
		return &FileError{Path: f.Path, Problem: NotEdited}
	}
	now, found, err := readConfig(f.Path)
	if err != nil {
		return err
	}
	if found != f.Found || !bytes.Equal(now.data, f.data) {
		return &FileError{Path: f.Path, Problem: Changed}
	}
	if err := replaceFile(f.Path, text); err != nil {
		return err
	}
	f.Found, f.data = true, text
	f.doc, err = parseDocument(f.Path, text)
	return err
}

// CheckProfile judges the name of a profile; the error is a *ProfileError.
func CheckProfile(name string) error {
	if problem := nameProblem(name); problem != "" {
		return &ProfileError{Name: clip(name), Problem: problem}
	}
	return nil
}

// CheckValue judges a value as if it stood in the file, and gives it in its
// plain form: a URL without a slash at its end, a currency in capitals. An
// empty value is good for every setting: not set. Of a secret it judges the
// form that names its place. Errors are *ValueError and *UnknownKeyError.
func (s Sources) CheckValue(key, value string) (string, error) {
	setting, ok := settingOf(Settings(), key)
	if !ok {
		return "", &UnknownKeyError{Key: clip(key), Suggestion: Suggest(key, keysOf(Settings()))}
	}
	if value == "" {
		return "", nil
	}
	path, _ := s.configPath()
	s.LookupEnv, s.Sandbox = nil, false // what is judged is the value, not what overrides it
	b := &builder{sources: s, settings: Settings(), path: path, origins: map[string]Origin{key: {From: FromFile, Path: path}}}
	var p Profile
	text := p.texts()[key]
	problem, want := b.read(&p, text, setting, value)
	if problem != "" {
		return "", b.refuse(setting, value, problem, want)
	}
	switch {
	case setting.Kind == KindList:
		return strings.Join(p.NotifyHosts, ","), nil
	case text == nil || setting.Kind == KindPath || key == "signature_separator":
		return value, nil // a path keeps its ~, a separator its escapes
	}
	return *text, nil
}

// CheckSecret judges a secret by itself; errors are ErrSecretEmpty and
// ErrSecretTooLong.
func CheckSecret(secret Secret) error {
	switch n := len(secret.Reveal()); {
	case n == 0:
		return ErrSecretEmpty
	case n > maxSecret:
		return ErrSecretTooLong
	}
	return nil
}
