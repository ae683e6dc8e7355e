package config

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// The folders follow the XDG base directory rules: XDG_CONFIG_HOME and
// XDG_STATE_HOME where they are set to absolute paths, on every system; else
//
//	            configuration                  state
//	Linux, BSD  ~/.config                      ~/.local/state
//	macOS       ~/Library/Application Support  the same
//	Windows     %AppData%                      %LocalAppData%
//
// They are worked out here and not by a library, because that would look up
// every user folder of the system at each start.

// configFolder gives the folder of raisboy's configuration, "" if unknown.
func (s Sources) configFolder() string {
	return s.folder("XDG_CONFIG_HOME", "APPDATA", filepath.Join("AppData", "Roaming"), ".config")
}

// stateFolder gives the folder of raisboy's journals, "" if unknown.
func (s Sources) stateFolder() string {
	return s.folder("XDG_STATE_HOME", "LOCALAPPDATA", filepath.Join("AppData", "Local"), filepath.Join(".local", "state"))
}

// folder finds one of the two: by the XDG variable, else by the system's own
// rule below the home folder.
func (s Sources) folder(xdg, windowsVariable, windowsFolder, unixFolder string) string {
	system := s.System
	if system == "" {
		system = runtime.GOOS
	}
	// A relative path would mean another journal in every working folder; the
	// XDG rules say to ignore it.
	if value := s.lookup(xdg); filepath.IsAbs(value) {
		return filepath.Join(value, "raisboy")
	}
	below := unixFolder
	switch system {
	case "windows":
		if value := s.lookup(windowsVariable); value != "" {
			return filepath.Join(value, "raisboy")
		}
		below = windowsFolder
	case "darwin", "ios":
		below = filepath.Join("Library", "Application Support")
	}
	if s.Home == "" {
		return ""
	}
	return filepath.Join(s.Home, below, "raisboy")
}

// path makes a path of a setting usable: ~/ is the home folder, and a relative
// path is taken from base ("" leaves it to the working folder). Another user's
// home (~name) is not known here and is not guessed: ok is false.
func (s Sources) path(value, base string) (result string, ok bool) {
	if strings.HasPrefix(value, "~") {
		rest := value[1:]
		if s.Home == "" || rest != "" && !os.IsPathSeparator(rest[0]) {
			return "", false
		}
		return filepath.Join(s.Home, rest), true
	}
	if base != "" && !filepath.IsAbs(value) {
		return filepath.Join(base, value), true
	}
	return value, true
}
