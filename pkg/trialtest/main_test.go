//go:build unix

package trialtest

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// childVariable makes this test binary play a program that a trial runs beside
// the real one, or instead of it.
const childVariable = "RAISBOY_TRIAL_CHILD"

// binaryVariable is where TestMain leaves the path of the real command for the
// tests: an environment is the one state that a package of tests may share.
const binaryVariable = "RAISBOY_TRIAL_BINARY"

// TestMain builds the command once, with the named crash points in it.
func TestMain(m *testing.M) {
	if role := os.Getenv(childVariable); role != "" {
		os.Exit(playChild(role))
	}
	flag.Parse()
	// Most of a trial is waiting, for a disk, a timeout or another process.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(withBinary(m))
}

func withBinary(m *testing.M) int {
	dir, err := os.MkdirTemp("", "raisboy-trials-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // a child of another user runs it, too
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	binary := filepath.Join(dir, "raisboy")
	build := exec.Command("go", "build", "-tags", "crashpoints", "-o", binary, "../../cmd/raisboy")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the command: %v\n%s", err, out)
		return 1
	}
	if err := os.Setenv(binaryVariable, binary); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// playChild is main for the roles that trials need.
func playChild(role string) int {
	var err error
	switch role {
	case "blind-resend", "late-intent":
		err = careless(role)
	case "journal-writer":
		err = writeJournal()
	case "raw-writer":
		err = writeRaw()
	case "lock-holder":
		err = holdLock()
	default:
		err = fmt.Errorf("no role %q", role)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
