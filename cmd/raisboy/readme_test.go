package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestReadme runs every block of shell in the READMEs as it stands, with an
// empty home. The one that runs the tests would run itself; .ci/run runs it.
func TestReadme(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program anew")
	}
	blocks := 0
	for _, name := range []string{"README.md", "README.ru.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		home, sandbox := t.TempDir(), unusedSandbox(t)
		for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
			if strings.TrimSpace(block[1]) == "go test ./..." {
				continue
			}
			blocks++
			runBlock(t, name, block[1], home, sandbox)
		}
	}
	if blocks < 3 {
		t.Fatalf("only %d blocks of shell were found", blocks)
	}
}

func runBlock(t *testing.T, name, block, home, sandbox string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "sh", "-e", "-c", block)
	command.Dir = filepath.Join("..", "..")
	command.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME=", "XDG_CONFIG_HOME=",
		"GOCACHE="+goEnv(t, "GOCACHE"), "GOMODCACHE="+goEnv(t, "GOMODCACHE"), "RAISBOY_SANDBOX_ADDR="+sandbox)
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s\n%s", name, err, block, output)
	}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(value))
}
