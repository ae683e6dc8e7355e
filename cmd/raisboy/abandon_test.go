//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/sandbox"
)

// TestInterruptWhileNobodyReads: a pipe that is full, and that nobody empties,
// keeps a batch neither from hearing Ctrl-C nor from ending with a second one.
// What did not get through stands on stderr.
func TestInterruptWhileNobodyReads(t *testing.T) {
	t.Parallel()
	server, address := newProject(t, sandbox.Options{})
	env := newTill(t, address)
	var rows strings.Builder
	rows.WriteString("user,amount\n")
	for i := range 500 {
		fmt.Fprintf(&rows, "p%d,1\n", i)
	}
	command := exec.CommandContext(t.Context(), commandForTests(t), "deposit", "--batch", "b", "-o", "json", "--file", rowsFile(t, rows.String()))
	reader, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	said := &heard{}
	command.Env, command.Stdout, command.Stderr = env, out, said
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	_ = out.Close()
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for before := -1; ; time.Sleep(300 * time.Millisecond) { // until the pipe is full
		entries, err := server.Ledger()
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) > 0 && len(entries) == before {
			break
		}
		before = len(entries)
	}
	_ = command.Process.Signal(os.Interrupt)
	for range 100 {
		if strings.Contains(said.text(), "no more rows are begun") {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	_ = command.Process.Signal(os.Interrupt)
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		_ = command.Process.Kill()
		t.Fatalf("it goes on\n%s", said.text())
	}
	if code := command.ProcessState.ExitCode(); code != 9 {
		t.Errorf("exit %d", code)
	}
	for _, want := range []string{"no more rows are begun", "CREDITED: 1.00 UZS", "rows were not begun", "done "} {
		if !strings.Contains(said.text(), want) {
			t.Errorf("%q was not said\n%s", want, said.text())
		}
	}
}

// heard is what a command says while it runs.
type heard struct {
	mutex sync.Mutex
	said  bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.said.Write(p)
}

func (h *heard) text() string {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.said.String()
}
