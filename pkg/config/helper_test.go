package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// helperVariable makes the test binary play a secret's command.
const helperVariable = "RAISBOY_TEST_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(helperVariable) != "" {
		os.Exit(playCommand(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// playCommand is what a secret's command might do.
func playCommand(arguments []string) int {
	switch arguments[0] {
	case "print":
		fmt.Print(arguments[1])
	case "flood":
		fmt.Print(strings.Repeat("x", 1<<20))
	case "fail":
		fmt.Print("leaked-on-stdout")
		fmt.Fprint(os.Stderr, "cannot open the store")
		return 4
	case "hang":
		time.Sleep(time.Hour)
	}
	return 0
}

// environment is a lookup in a map.
func environment(pairs map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := pairs[name]
		return value, ok
	}
}

// machine is a machine with a home folder, an environment and, if text is not
// empty, the default configuration file.
func machine(t testing.TB, text string, pairs map[string]string) Sources {
	t.Helper()
	home := t.TempDir()
	s := Sources{LookupEnv: environment(pairs), Home: home, Host: "till-1", System: "linux"}
	if text != "" {
		write(t, filepath.Join(home, ".config", "raisboy", "config.yaml"), text, 0o600)
	}
	return s
}

// write makes a file of exactly these permissions.
func write(t testing.TB, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// one is a file with one profile, main, of these lines.
func one(lines ...string) string {
	return "profiles:\n  main:\n    " + strings.Join(lines, "\n    ") + "\n"
}
