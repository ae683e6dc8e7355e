package config

import (
	"errors"
	"io/fs"
	"strings"
)

// A Fault is one mistake in the configuration.
type Fault struct {
	Profile string // of the file; "" if it concerns the file as a whole
	Err     error  // as Load would have given it, or what judge said
	Key     string // of the value that judge refused, else ""
	Origin  Origin // of that value
}

// Inspect reads the configuration as Load does, but goes on after a mistake,
// through every profile of the file: what Load would report one by one, it
// reports at once. What the environment sets counts for the chosen profile
// alone. The Config is the chosen profile as far as it could be read.
//
// Values that this package takes are put before judge, which knows what they
// mean; nil judges none.
func Inspect(s Sources, judge func(key, value string) error) (Config, []Fault) {
	path, named := s.configPath()
	config := Config{Path: path}
	if err := s.checkFlags(); err != nil {
		return config, []Fault{{Err: err}}
	}
	var faults []Fault
	doc, found := s.inspectFile(path, named, &faults)
	config.FileFound, config.Profiles, config.DefaultProfile = found, doc.names(), doc.defaultProfile.value
	name, err := s.choose(doc)
	if s.Sandbox {
		name, err = sandboxName, nil
	}
	if err != nil {
		faults = append(faults, Fault{Err: err})
	}
	for _, other := range doc.names() {
		if other == name {
			continue
		}
		_, more := inspectProfile(s.withoutSettings(), other, doc, judge)
		faults = append(faults, more...)
	}
	if name == "" || err != nil {
		return config, faults
	}
	b, more := inspectProfile(s, name, doc, judge)
	config.Profile, config.Overrides, config.Origins = b.chosen, b.override, b.origins
	return config, append(faults, more...)
}

// withoutSettings hides what sets settings by a variable or a flag.
func (s Sources) withoutSettings() Sources {
	lookup := s.LookupEnv
	s.Flags = nil
	s.LookupEnv = func(name string) (string, bool) {
		if strings.HasPrefix(name, variablePrefix) || lookup == nil {
			return "", false
		}
		return lookup(name)
	}
	return s
}

// inspectFile reads the file, collecting its mistakes.
func (s Sources) inspectFile(path string, named bool, faults *[]Fault) (document, bool) {
	add := func(errs ...error) {
		for _, err := range errs {
			*faults = append(*faults, Fault{Profile: profileOf(err), Err: err})
		}
	}
	if s.Sandbox || path == "" {
		return document{}, false
	}
	file, found, err := readConfig(path)
	if err == nil && !found && named {
		err = &FileError{Path: path, Problem: Unreadable, Err: fs.ErrNotExist}
	}
	if err != nil {
		add(err)
	}
	if err != nil || !found {
		return document{}, found
	}
	var mistakes []error
	doc, err := parser{path: path, faults: &mistakes}.document(file.data)
	add(mistakes...)
	if err != nil {
		add(err)
	}
	if err := checkAccess(path, file.info, doc.holdsSecret()); err != nil {
		add(err)
	}
	return doc, true
}

// profileOf gives the profile that an error about the file names.
func profileOf(err error) string {
	var unknown *UnknownKeyError
	if errors.As(err, &unknown) {
		return unknown.Profile
	}
	return ""
}

// inspectProfile judges every value of one profile.
func inspectProfile(s Sources, name string, doc document, judge func(key, value string) error) (*builder, []Fault) {
	var errs []error
	path, _ := s.configPath()
	b := newBuilder(s, name, doc.profiles[name], path)
	b.faults = &errs
	profile, err := b.profile()
	b.chosen = profile
	if err != nil {
		errs = append(errs, err)
	}
	faults := make([]Fault, 0, len(errs))
	refused := map[string]bool{}
	for _, err := range errs {
		var value *ValueError
		if errors.As(err, &value) {
			refused[value.Key] = true
		}
		faults = append(faults, Fault{Profile: name, Err: err})
	}
	if judge == nil {
		return b, faults
	}
	for _, v := range (Config{Profile: profile, Origins: b.origins}).Values() {
		if v.Text == "" || v.Secret || refused[v.Key] {
			continue
		}
		if err := judge(v.Key, v.Text); err != nil {
			faults = append(faults, Fault{Profile: name, Err: err, Key: v.Key, Origin: v.Origin})
		}
	}
	return b, faults
}
