package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/sandbox"
)

// rowsOfMemory names how many rows the bounds of memory are tried with: the
// promise is about a million, an ordinary run makes do with fewer.
const rowsOfMemory = "RAISBOY_TRIALS_MEMORY"

// The bounds of a batch's memory, in bytes of resident set at its peak.
const (
	checkedMemory  = 200 << 20
	streamedMemory = 64 << 20
)

// TestBatchMemory holds the command to its bounds: a file that is checked first,
// and an endless one. Rows of every kind are in it: with refs, done before.
func TestBatchMemory(t *testing.T) {
	t.Parallel()
	if raceEnabled {
		t.Log("the race detector's own memory would be measured")
		return
	}
	rows := 2_000
	if text := os.Getenv(rowsOfMemory); text != "" {
		var err error
		if rows, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	binary := filepath.Join(t.TempDir(), "raisboy")
	if text, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	_, address := newProject(t, sandbox.Options{})
	env := newTill(t, address)
	peak := func(args string, rows int) int64 {
		t.Helper()
		command := exec.CommandContext(t.Context(), binary, strings.Fields(args)...)
		command.Env = env
		in, err := command.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		command.Stderr = &said
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		watched, ended := make(chan int64, 1), make(chan struct{})
		go func() { watched <- highWater(command.Process.Pid, ended) }()
		writeRows(in, rows)
		err = command.Wait()
		close(ended)
		if err != nil {
			t.Fatalf("%s: %v\n%s", args, err, said.String())
		}
		return <-watched
	}
	for _, run := range []struct {
		args  string
		rows  int
		bound int64
	}{
		{"deposit --file - --stream --skip-validate --jobs 32 -o json", rows / 10, streamedMemory},
		{"deposit --file - --stream --skip-validate --jobs 32 -o json", rows, streamedMemory},
		{"deposit --file - --stream --skip-validate --jobs 256 -o json", min(3*rows, 40_000), streamedMemory},
		{"deposit --file - --dry-run", rows, checkedMemory},
	} {
		got := peak(run.args, run.rows)
		t.Logf("%s, %d rows: %d MiB at the peak, %d MiB allowed", run.args, run.rows, got>>20, run.bound>>20)
		if got == 0 || got > run.bound {
			t.Errorf("%s: %d rows take %d MiB", run.args, run.rows, got>>20)
		}
	}
}

// highWater reads a process's greatest resident set until it ends, in bytes. What
// wait4 tells counts the memory of whoever forked it, too.
func highWater(pid int, ended <-chan struct{}) (most int64) {
	for {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err == nil {
			_, rest, _ := strings.Cut(string(text), "VmHWM:")
			number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			if kilobytes, err := strconv.ParseInt(number, 10, 64); err == nil {
				most = kilobytes << 10
			}
		}
		select {
		case <-ended:
			return most
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func writeRows(to io.WriteCloser, rows int) {
	w := bufio.NewWriter(to)
	_, _ = w.WriteString("user_id,amount,ref\n")
	for i := range rows {
		_, _ = fmt.Fprintf(w, "c%d,%d.50,receipt-%d\n", i, 100+i%1000, i)
	}
	_ = w.Flush() // a command that has ended says why itself
	_ = to.Close()
}
