package config

import "strings"

// A Value is one setting as it stands: what it is and where it came from.
type Value struct {
	Key    string
	Text   string // "" if it is not set; of a secret its place, or ••••
	Secret bool   // Text stands for a secret
	Origin Origin
}

// Values gives every setting of the profile, in the order of Settings. Nothing
// in it is secret: of a key there is ••••, of a secret the name of its place,
// of a database's address neither user nor password.
func (c Config) Values() []Value {
	texts := c.Profile.texts()
	values := make([]Value, 0, len(texts)+6)
	for _, setting := range Settings() {
		v := Value{Key: setting.Key, Secret: setting.Kind == KindSecret, Origin: c.Origins[setting.Key]}
		if c.Profile.has(setting.Key) {
			v.Text = c.Profile.shown(setting.Key, texts)
		}
		values = append(values, v)
	}
	return values
}

// shown is a setting that is set, as it may be printed.
func (p Profile) shown(key string, texts map[string]*string) string {
	switch key {
	case "api_key":
		return p.APIKey.String()
	case "secret":
		return p.Secret.String()
	case "previous_secret":
		return p.PreviousSecret.String()
	case "journal":
		return p.Journal.String()
	case "duplicate_window":
		return p.DuplicateWindow.String()
	case "notify_hosts":
		return strings.Join(p.NotifyHosts, ",")
	case "signature_separator":
		return strings.NewReplacer("\\", `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(p.SignatureSeparator)
	}
	return showable(Setting{Key: key, Kind: kindOf(key)}, *texts[key])
}

// kindOf gives the form of a setting's value.
func kindOf(key string) Kind {
	setting, _ := settingOf(Settings(), key)
	return setting.Kind
}
