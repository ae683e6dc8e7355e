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
	t.Parallel()
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

// TestReadmeJq runs the README's pipeline that begins with jq, which not every
// machine has: it is no block of shell for that reason alone.
func TestReadmeJq(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("jq is not installed (.ci/run installs it)")
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^\$ (jq .*)$`).FindSubmatch(text)
	if found == nil {
		t.Fatal("the README shows no pipeline with jq")
	}
	folder := t.TempDir()
	const owed = `[{"id":"456789","owed":"1500","invoice":"i-1"},{"id":"kxa1234","owed":"20.50","invoice":"i-2"}]`
	if err := os.WriteFile(filepath.Join(folder, "owed.json"), []byte(owed), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "sh", "-e", "-c", string(found[1])+" -o json")
	command.Dir = folder
	command.Env = append(os.Environ(), "HOME="+folder, "XDG_STATE_HOME=", "XDG_CONFIG_HOME=", "RAISBOY_SANDBOX_ADDR="+unusedSandbox(t))
	output, err := command.CombinedOutput()
	if err != nil || strings.Count(string(output), `"outcome":"done"`) != 2 || !strings.Contains(string(output), `"ref":"i-2"`) {
		t.Errorf("%v\n%s\n%s", err, found[1], output)
	}
}
