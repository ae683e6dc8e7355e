package main

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(manyAtOnce{m}, map[string]func(){"raisboy": main, "order": orderProcess})
}

// manyAtOnce runs more tests at a time than there are processors, unless
// -parallel says otherwise: most of what they take is waiting for a process.
type manyAtOnce struct{ tests *testing.M }

func (m manyAtOnce) Run() int {
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	return m.tests.Run()
}

// TestScripts drives the real binary, as a shell would.
func TestScripts(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("../../testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	schemas, err := filepath.Abs(schemaFolder) // a script runs in a folder of its own
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files: scripts,
		Setup: newcomer,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "await": await, "capture": capture, "lines": lines, "schema": conforms(schemas), "spoil": spoil,
			"bom": withMark, "windows1251": inWindows1251, "cutoff": cutOff,
		},
		Condition: func(condition string) (bool, error) {
			if condition == "postgres" {
				return os.Getenv(postgresVariable) != "", nil
			}
			return false, fmt.Errorf("no condition %q", condition)
		},
	})
}

// newcomer gives each script an empty home and a sandbox address of its own.
func newcomer(env *testscript.Env) error {
	port, err := freePorts()
	if err != nil {
		return err
	}
	home := filepath.Join(env.WorkDir, "home")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	// Whatever the umask: a configuration in a folder that others may write to is refused.
	if err := os.Chmod(env.WorkDir, 0o700); err != nil {
		return err
	}
	env.Setenv("HOME", home)
	// No script may reach the keyring of whoever runs the tests.
	env.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	env.Setenv("XDG_STATE_HOME", "")
	env.Setenv("XDG_CONFIG_HOME", "")
	env.Setenv("STATE", filepath.Join(home, ".local", "state", "raisboy"))
	env.Setenv("LANG", "C.UTF-8")
	env.Setenv("NO_COLOR", "")
	env.Setenv("RAISBOY_SANDBOX_ADDR", fmt.Sprintf("127.0.0.1:%d", port))
	env.Setenv("AGENT", fmt.Sprintf("127.0.0.1:%d", port+2))
	server := os.Getenv(postgresVariable)
	address := postgresJournal(server)
	env.Setenv("POSTGRES", address)
	env.Defer(func() {
		if err := dropJournal(server, address); err != nil {
			env.T().Fatal(err)
		}
	})
	return nil
}

// postgresVariable names a PostgreSQL server for tests, which .ci/run starts.
const postgresVariable = "RAISBOY_TEST_POSTGRES"

// postgresJournal is the address of a journal that does not exist yet, in a
// schema of its own; empty: there is no server.
func postgresJournal(server string) string {
	if server == "" {
		return ""
	}
	separator := "?"
	if strings.Contains(server, "?") {
		separator = "&"
	}
	return fmt.Sprintf("%s%ssearch_path=script_%x", server, separator, rand.Uint64())
}

// portsTaken counts the ports that were handed out, from a random first one on:
// each is handed out once, for a test may come to listen only much later.
var portsTaken = func() *atomic.Int64 {
	var n atomic.Int64
	n.Store(rand.Int64N(5_000))
	return &n
}()

// freePorts finds a port that is free together with the second after it. They
// are below those that systems give out by themselves, or another test's
// connection could have taken them by the time they are used. No process is
// begun meanwhile: it would have the open sockets as well, until it becomes
// another program, and the ports were not free when this returns.
func freePorts() (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	for range 100 {
		port := 12_000 + 4*int(portsTaken.Add(1)%5_000)
		first, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		second, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+2))
		if err := first.Close(); err != nil {
			return 0, err
		}
		if err != nil {
			continue
		}
		return port, second.Close()
	}
	return 0, errors.New("no two free ports")
}

// exits runs a command and wants its exit code: exits 7 raisboy deposit …
func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		got = failed.ExitCode()
	case err != nil:
		ts.Fatalf("%s: %v", args[1], err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// await waits until a file matches: await FILE PATTERN
func await(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: await FILE PATTERN")
	}
	pattern := regexp.MustCompile(args[1])
	path := ts.MkAbs(args[0])
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if text, err := os.ReadFile(path); err == nil && pattern.Match(text) {
			return
		}
	}
	text, _ := os.ReadFile(path)
	ts.Fatalf("%s never matched %q:\n%s", args[0], args[1], text)
}

// capture sets a variable from the last command's stdout: capture NAME PATTERN,
// with one group.
func capture(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: capture NAME PATTERN")
	}
	match := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(match) != 2 {
		ts.Fatalf("stdout does not match %q", args[1])
	}
	ts.Setenv(args[0], match[1])
}

// lines counts the lines of a file that match: lines FILE PATTERN COUNT
func lines(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: lines FILE PATTERN COUNT")
	}
	want, err := strconv.Atoi(args[2])
	ts.Check(err)
	got := len(regexp.MustCompile("(?m)"+args[1]).FindAllString(ts.ReadFile(args[0]), -1))
	if got != want {
		ts.Fatalf("%s: %d matches of %q, want %d", args[0], got, args[1], want)
	}
}

// commandForTests is this test binary in the clothes of the command: testscript
// runs it as main when it is called by that name.
func commandForTests(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("raisboy")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// unusedSandbox is an address at which no sandbox runs.
func unusedSandbox(t *testing.T) string {
	t.Helper()
	port, err := freePorts()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", port)
}
