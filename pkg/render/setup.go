package render

import (
	"strconv"
	"time"

	"github.com/charmbracelet/lipgloss"
)

// A Setting is one setting of a profile with where it came from.
type Setting struct {
	Key      string
	Value    string // "" if it is not set; •••• for a key
	Source   string // default, sandbox, file, environment, flag
	Variable string // of the environment
	File     string
	Line     int // of File
}

// Settings are all of a profile.
type Settings struct {
	Profile, Path string
	Found         bool // the file is there
	List          []Setting
}

// Settings prints a profile's settings, a line or an object each.
func (r *Renderer) Settings(s Settings) error {
	if r.Format != Text {
		for _, one := range s.List {
			if err := r.emit(object{
				{"profile", s.Profile}, {"key", one.Key}, {"value", orNull(one.Value)}, {"source", one.Source},
				{"variable", orNull(one.Variable)}, {"file", orNull(one.File)}, {"line", orNullNumber(one.Line)},
			}); err != nil {
				return err
			}
		}
		return nil
	}
	key := "config.show.no-file"
	if s.Found {
		key = "config.show.file"
	}
	lines := r.wrapOut(r.say(r.Catalog, step{key: key, data: data{"Profile": s.Profile, "Path": s.Path}}))
	width := 0
	for _, one := range s.List {
		width = max(width, lipgloss.Width(one.Key))
	}
	for _, one := range s.List {
		value := Sanitize(one.Value)
		if value == "" {
			value = r.Catalog.T("config.show.unset", nil)
		} else if origin := r.origin(one); origin != "" {
			value += " (" + origin + ")"
		}
		lines = append(lines, hang(pad(one.Key, width)+"  ", value, r.Width)...)
	}
	return r.print(lines...)
}

// origin says in words where a setting came from; nothing of a default.
func (r *Renderer) origin(s Setting) string {
	switch s.Source {
	case "environment":
		return s.Variable
	case "file":
		return r.Catalog.T("config.show.line", data{"Line": strconv.Itoa(s.Line)})
	case "flag":
		return r.Catalog.T("config.show.flag", nil)
	}
	return r.Catalog.T("config.show.default", nil)
}

// ConfigPath prints where the configuration file is or would be.
func (r *Renderer) ConfigPath(path string, found bool) error {
	if r.Format != Text {
		return r.emit(object{{"path", path}, {"exists", found}})
	}
	return r.print(Sanitize(path))
}

// A ConfigFault is a mistake in the configuration.
type ConfigFault struct {
	Profile, Key  string // "" if it concerns none
	File          string
	Line          int // 0 if not known
	Cause, Remedy Sentence
}

// ConfigFault prints one mistake with its remedy; in JSON and CSV in English.
func (r *Renderer) ConfigFault(f ConfigFault) error {
	if r.Format != Text {
		return r.emit(object{
			{"status", string(CheckFailure)}, {"profile", orNull(f.Profile)}, {"key", orNull(f.Key)},
			{"file", orNull(f.File)}, {"line", orNullNumber(f.Line)},
			{"detail", orNull(f.Cause.in(r, r.english))}, {"remedy", orNull(f.Remedy.in(r, r.english))},
		})
	}
	place := Sanitize(f.File)
	if f.Line > 0 {
		place += ":" + strconv.Itoa(f.Line)
	}
	if f.Profile != "" && place != "" { // without a place the sentence names it
		place += ", " + r.Catalog.T("config.check.profile", data{"Profile": f.Profile})
	}
	if place != "" {
		place += ": "
	}
	return r.print(r.statusLines(bad, r.Catalog.T("doctor.status.failure", nil), place+f.Cause.in(r, r.Catalog), f.Remedy.in(r, r.Catalog))...)
}

// ConfigGood says that there is no mistake in the configuration.
func (r *Renderer) ConfigGood(profile, path string, found bool, secret string, profiles []string) error {
	w := data{"Profile": profile, "Path": path, "Secret": secret, "Count": strconv.Itoa(len(profiles))}
	key := "config.check.environment"
	if found {
		key = "config.check.good"
	}
	if r.Format != Text {
		return r.emit(object{
			{"status", string(CheckOK)}, {"profile", profile}, {"key", nil}, {"file", orNull(path)}, {"line", nil},
			{"detail", r.say(r.english, step{key: key, data: w})}, {"remedy", nil},
		})
	}
	return r.print(r.out.strong(good, r.wrapOut(r.say(r.Catalog, step{key: key, data: w})))...)
}

// Proof is what the project said to a new profile's signature, as in JSON.
type Proof string

// The proofs.
const (
	ProofAccepted Proof = "accepted"  // it answered about the user: key and signature are good
	ProofRefused  Proof = "refused"   // it refused signature, key or clock
	ProofOdd      Proof = "other"     // it refused for another reason
	ProofNone     Proof = "no_answer" // nothing is proved; the profile is kept
)

// Setup is a profile that was set up.
type Setup struct {
	Profile, Path string
	Secret        string // the form that names its place
	Default       string // default_profile
	Proof         Proof
	Code          string // the project's, or why there was no answer
	Only          bool   // it is the only profile
}

// Setup says what was set up, what the project said to it, and what comes next.
func (r *Renderer) Setup(s Setup) error {
	if r.Format != Text {
		return r.emit(object{
			{"profile", s.Profile}, {"path", s.Path}, {"secret", s.Secret}, {"default_profile", orNull(s.Default)},
			{"proof", string(s.Proof)}, {"code", orNull(s.Code)},
		})
	}
	w := data{"Profile": s.Profile, "Path": s.Path, "Secret": s.Secret, "Code": s.Code}
	tones := map[Proof]tone{ProofAccepted: good, ProofRefused: bad, ProofOdd: caution, ProofNone: caution}
	say := func(key string) []string { return r.wrapOut(r.say(r.Catalog, step{key: key, data: w})) }
	lines := r.out.strong(good, say("config.done.written"))
	if s.Secret == "keyring" {
		lines = append(lines, say("config.done.keyring")...)
	} else {
		lines = append(lines, say("config.done.elsewhere")...)
	}
	lines = append(lines, r.out.strong(tones[s.Proof], say("config.proof."+string(s.Proof)))...)
	if s.Proof != ProofAccepted {
		lines = append(lines, say("config.proof-next."+string(s.Proof))...)
	}
	if s.Proof == ProofRefused {
		return r.print(lines...)
	}
	flags := ""
	if s.Default != s.Profile && !s.Only {
		flags = " --profile " + s.Profile
	}
	return r.print(append(lines, say("config.done.next")[0], "  raisboy doctor"+flags, "  raisboy validate --user ID"+flags)...)
}

// Rotation is how a profile's secrets stand.
type Rotation struct {
	Profile, Secret, Previous string    // the forms that name their places; Previous "" if there is none
	Since                     time.Time // zero if not known
}

// Rotated says what became of a profile's secrets.
func (r *Renderer) Rotated(x Rotation) error {
	if r.Format != Text {
		return r.emit(object{
			{"profile", x.Profile}, {"secret", x.Secret}, {"previous_secret", orNull(x.Previous)}, {"since", r.stamp(x.Since)},
		})
	}
	key := "config.rotated.dropped"
	if x.Previous != "" {
		key = "config.rotated.done"
	}
	facts := data{"Profile": x.Profile, "Secret": x.Secret, "Previous": x.Previous, "Since": moment{x.Since}}
	lines := r.out.strong(good, r.wrapOut(r.say(r.Catalog, step{key: key, data: facts})))
	if x.Previous != "" {
		lines = append(lines, r.wrapOut(r.say(r.Catalog, step{key: "config.rotated.previous", data: facts}))...)
	}
	return r.print(append(lines, r.wrapOut(r.say(r.Catalog, step{key: "config.rotated.restart", data: facts}))...)...)
}

// Aside says something among questions on Err, wrapped for the terminal: why it
// is asked, and where the answer is to be had. Quiet does not silence it: a
// question alone helps nobody.
func (r *Renderer) Aside(key string, facts map[string]any) {
	r.tell(r.wrapErr(r.say(r.Catalog, step{key: key, data: facts}))...)
}
