package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/raisboy/raisboy/pkg/config"
)

// TestConfigurationPage: the file in the document loads, every profile of it,
// and the page names every setting with its variable.
func TestConfigurationPage(t *testing.T) {
	for _, name := range []string{"docs/configuration.md", "README.md", "README.ru.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		blocks := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$").FindAllStringSubmatch(string(text), -1)
		if len(blocks) == 0 && name == "docs/configuration.md" {
			t.Errorf("%s shows no file", name)
		}
		for _, block := range blocks {
			checkExample(t, name, block[1])
		}
		for _, s := range config.Settings() {
			if name == "docs/configuration.md" && (!strings.Contains(string(text), "`"+s.Key+"`") || s.Variable != "" && !strings.Contains(string(text), "`"+s.Variable+"`")) {
				t.Errorf("%s does not name %s (%s)", name, s.Key, s.Variable)
			}
		}
	}
}

func checkExample(t *testing.T, name, text string) {
	t.Helper()
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, faults := config.Inspect(config.Sources{File: path, Home: folder, Host: "till"}, judgeSetting)
	for _, fault := range faults {
		t.Errorf("%s: %v", name, fault.Err)
	}
	for _, profile := range c.Profiles {
		loaded, err := config.Load(config.Sources{File: path, Profile: profile, Home: folder, Host: "till"})
		if err == nil {
			err = loaded.Profile.Require("base_url", "api_key", "secret", "journal", "desk")
		}
		if err != nil {
			t.Errorf("%s: %s: %v", name, profile, err)
		}
	}
}
