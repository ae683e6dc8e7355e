package config

import (
	"fmt"
	"io/fs"
	"strings"
)

// Source says where a value came from. Commands use it to tell wrong usage (a
// flag) from a wrong configuration.
type Source uint8

// The sources, from the weakest to the strongest.
const (
	FromDefault     Source = iota // the table's default, or a computed one
	FromSandbox                   // built in for --sandbox
	FromFile                      // the configuration file
	FromEnvironment               // an environment variable
	FromFlag                      // a flag of the command line
)

// String gives the source's name in English.
func (s Source) String() string {
	switch s {
	case FromSandbox:
		return "sandbox"
	case FromFile:
		return "file"
	case FromEnvironment:
		return "environment"
	case FromFlag:
		return "flag"
	default:
		return "default"
	}
}

// Origin says where a setting's value came from. It never holds the value.
type Origin struct {
	From     Source
	Variable string // with FromEnvironment
	Path     string // with FromFile
	Line     int    // with FromFile: counted from 1
}

// place is the origin as errors print it.
func (o Origin) place(key string) string {
	switch o.From {
	case FromEnvironment:
		return o.Variable
	case FromFile:
		return fmt.Sprintf("%s:%d: %s", o.Path, o.Line, key)
	case FromFlag:
		return "flag for " + key
	default:
		return o.From.String() + " " + key
	}
}

// Problem is what is wrong with a value.
type Problem string

// The problems of values.
const (
	Malformed   Problem = "malformed"        // not of the form in Want
	Empty       Problem = "empty"            // a flag without a value, an empty list
	TooLong     Problem = "too_long"         // longer than Want allows
	OutOfRange  Problem = "out_of_range"     // a number or duration outside Want
	BadScheme   Problem = "bad_scheme"       // neither https nor, where allowed, http
	NotLoopback Problem = "http_not_local"   // http to another machine
	HasUserInfo Problem = "has_user_info"    // a URL with user:password@
	HasPath     Problem = "has_path"         // base_url with a path: that belongs into api_prefix
	LacksPath   Problem = "lacks_path"       // payout_url without one
	HasQuery    Problem = "has_query"        // a URL with ?…
	HasFragment Problem = "has_fragment"     // a URL with #…
	BadHost     Problem = "bad_host"         // neither an address nor a host name in ASCII
	BadPort     Problem = "bad_port"         // not 1 to 65535
	Unpaired    Problem = "unpaired"         // set without the key that Want names
	SetTwice    Problem = "set_twice"        // two variables give one setting
	Relative    Problem = "relative_program" // a command whose meaning depends on the folder it runs in
	Literal     Problem = "literal_secret"   // the secret itself in the configuration file, not its place
)

// ValueError is a setting or option whose value cannot be used.
type ValueError struct {
	Key     string
	Origin  Origin
	Value   string // shortened; •••• for secrets and for URLs that may hold one
	Problem Problem
	Want    string // the form that is read, or a key to look at: "unix|iso8601", "api_prefix"
}

// Error implements error.
func (e *ValueError) Error() string {
	text := fmt.Sprintf("%s: %s value %q", e.Origin.place(e.Key), strings.ReplaceAll(string(e.Problem), "_", " "), e.Value)
	if e.Want != "" {
		text += ", want " + e.Want
	}
	return text
}

// UnknownKeyError is a key that no setting has: in the file, in Sources.Flags
// or in a call of Require.
type UnknownKeyError struct {
	Key        string
	Suggestion string // the key most likely meant, or ""
	Profile    string // of the file, "" at its top
	Path       string // of the file, "" if the key did not come from it
	Line       int
}

// Error implements error.
func (e *UnknownKeyError) Error() string {
	text := fmt.Sprintf("unknown setting %q", e.Key)
	if e.Path != "" {
		text = fmt.Sprintf("%s:%d: %s", e.Path, e.Line, text)
	}
	if e.Suggestion != "" {
		text += fmt.Sprintf(", did you mean %q?", e.Suggestion)
	}
	return text
}

// SyntaxProblem is what is wrong with the file's form.
type SyntaxProblem string

// The problems of the file's form.
const (
	NotYAML        SyntaxProblem = "not_yaml"        // the parser's reason is in Detail
	DuplicateKey   SyntaxProblem = "duplicate_key"   // the same key twice: which one counts?
	NotMapping     SyntaxProblem = "not_mapping"     // a value where "key: value" lines belong
	NotValue       SyntaxProblem = "not_value"       // lines or a list where one value belongs
	HasReference   SyntaxProblem = "has_reference"   // anchors, aliases and tags are not read
	SecondDocument SyntaxProblem = "second_document" // something after a --- line
)

// SyntaxError is a file that is not of the expected form.
type SyntaxError struct {
	Path    string
	Line    int    // counted from 1; 0 if not known; with NotYAML where the parser gave up, which may be a line off
	Key     string // "" if not known
	Problem SyntaxProblem
	Detail  string // of the YAML parser, words of the file masked
}

// Error implements error.
func (e *SyntaxError) Error() string {
	text := e.Path
	if e.Line > 0 {
		text = fmt.Sprintf("%s:%d", e.Path, e.Line)
	}
	text += ": " + strings.ReplaceAll(string(e.Problem), "_", " ")
	if e.Key != "" {
		text += fmt.Sprintf(" %q", e.Key)
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// FileProblem is why a file is not read, or not changed.
type FileProblem string

// The problems of files.
const (
	Unreadable FileProblem = "unreadable"       // the reason is in Err; errors.Is finds fs.ErrNotExist
	Symlink    FileProblem = "symbolic_link"    // in place of the configuration file
	NotRegular FileProblem = "not_regular_file" // a folder, a device
	TooLarge   FileProblem = "too_large"
	NotNamed   FileProblem = "not_named"  // nothing says where the configuration file would be
	Unwritable FileProblem = "unwritable" // the reason is in Err; what stood there is unchanged
	DiskFull   FileProblem = "disk_full"  // likewise
	Changed    FileProblem = "changed"    // by somebody else, since it was read; it is left as it is
	NotEdited  FileProblem = "not_edited" // written in a way that cannot be changed without loss; it is left as it is
)

// FileError is a file that could not be read at all, or not be changed.
type FileError struct {
	Path    string
	Problem FileProblem
	Err     error // with Unreadable, Unwritable and DiskFull
}

// Error implements error.
func (e *FileError) Error() string {
	text := fmt.Sprintf("%s: %s", e.Path, strings.ReplaceAll(string(e.Problem), "_", " "))
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives the operating system's reason.
func (e *FileError) Unwrap() error { return e.Err }

// PermissionProblem is who has too much access to a file.
type PermissionProblem string

// The problems of permissions.
const (
	OthersMayRead  PermissionProblem = "others_may_read"  // and a secret stands in it
	OthersMayWrite PermissionProblem = "others_may_write" // and could name another host, or a command to run
	ForeignOwner   PermissionProblem = "foreign_owner"    // neither the user nor root
	FolderOpen     PermissionProblem = "folder_open"      // others may put another file in the configuration's place
	FolderForeign  PermissionProblem = "folder_foreign"   // the folder belongs to somebody else, who may do the same
)

// PermissionError is a file that others have too much access to. It is given
// on Unix alone.
type PermissionError struct {
	Path    string
	Problem PermissionProblem
	Mode    fs.FileMode // permission bits as found
	Owner   int         // user id as found
	Remedy  string      // the command to run, quoted for a shell
}

// Error implements error.
func (e *PermissionError) Error() string {
	return fmt.Sprintf("%s: %s (mode %04o, owner %d): %s",
		e.Path, strings.ReplaceAll(string(e.Problem), "_", " "), e.Mode.Perm(), e.Owner, e.Remedy)
}

// ProfileProblem is why a profile cannot be used.
type ProfileProblem string

// The problems of profiles.
const (
	BadName      ProfileProblem = "bad_name"      // not [a-z0-9_-]{1,32}
	ReservedName ProfileProblem = "reserved_name" // sandbox: --sandbox is the way to it
	UnknownName  ProfileProblem = "unknown"       // not in the file
	NotChosen    ProfileProblem = "not_chosen"    // the file has several and no default_profile
	Exists       ProfileProblem = "exists"        // already in the file, where a new one was to be made
)

// ProfileError is a profile that cannot be used or chosen.
type ProfileError struct {
	Name    string // shortened; "" with NotChosen
	Problem ProfileProblem
	Origin  Origin   // where the name came from
	Known   []string // the file's profiles, sorted
}

// Error implements error.
func (e *ProfileError) Error() string {
	text := fmt.Sprintf("profile %q: %s", e.Name, strings.ReplaceAll(string(e.Problem), "_", " "))
	if e.Problem == NotChosen {
		text = "no profile chosen"
	}
	if len(e.Known) > 0 {
		text += " (known: " + strings.Join(e.Known, ", ") + ")"
	}
	return text
}

// ConflictError is two flags that exclude each other.
type ConflictError struct{ First, Second string }

// Error implements error.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s cannot be given together with %s", e.First, e.Second)
}

// clip shortens what an error repeats of its input.
func clip(text string) string {
	const most = 64
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
