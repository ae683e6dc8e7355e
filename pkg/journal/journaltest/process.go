package journaltest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/journal"
)

// The environment that makes a test binary one desk's process.
const (
	childAddress = "RAISBOY_JOURNALTEST_ADDRESS"
	childDesk    = "RAISBOY_JOURNALTEST_DESK"
)

// What a child may be told to begin: a ref that all share, for users of their
// own; or one user's sum, without a ref.
const (
	taskRef   = "ref"
	taskGuard = "guard"
)

// Main is to be called by TestMain: it runs the tests or, in a process that the
// suite has started, that process's part. It does not return.
func Main(m *testing.M) {
	if os.Getenv(childAddress) == "" {
		os.Exit(m.Run())
	}
	if err := runChild(os.Stdin, os.Stdout); err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// runChild begins a deposit for each line that it is told, says what came of it,
// and lives until its input ends: while it lives, it may be sending.
func runChild(in io.Reader, out io.Writer) error {
	ctx := context.Background()
	desk := os.Getenv(childDesk)
	j, err := journal.Open(ctx, os.Getenv(childAddress), journal.Options{Desk: desk, OSUser: "cashier", Now: start})
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "ready")
	input := bufio.NewScanner(in)
	for input.Scan() {
		if said, known := shiftTask(ctx, j, input.Text()); known {
			fmt.Fprintln(out, said)
			continue
		}
		x := deposit("2564568", 600000)
		if input.Text() == taskRef {
			x = deposit("user-of-"+desk, 600000).withRef("order-7")
		}
		p, err := x.proposal(start())
		if err != nil {
			return err
		}
		fmt.Fprintln(out, outcomeOf(j.Begin(ctx, p, journal.Guard{})))
	}
	return j.Close()
}

func outcomeOf(e journal.Entry, replayed bool, err error) string {
	var held *journal.HeldError
	switch {
	case errors.As(err, &held):
		return "held " + string(held.Reason)
	case err != nil:
		return "failed " + err.Error()
	case replayed:
		return fmt.Sprint("replayed ", e.ID)
	}
	return fmt.Sprint("begun ", e.ID)
}

// A child is one desk's process.
type child struct {
	w      *world
	cmd    *exec.Cmd
	input  io.WriteCloser
	output *bufio.Reader
}

func (w *world) child(desk string) *child {
	w.Helper()
	cmd := exec.CommandContext(w.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childAddress+"="+w.address, childDesk+"="+desk)
	cmd.Stderr = os.Stderr
	cmd.WaitDelay = 10 * time.Second
	input, err := cmd.StdinPipe()
	if err != nil {
		w.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		w.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.Fatal(err)
	}
	return &child{w: w, cmd: cmd, input: input, output: bufio.NewReader(output)}
}

// line gives what the child says next.
func (c *child) line() string {
	c.w.Helper()
	line, err := c.output.ReadString('\n')
	if err != nil {
		c.w.Fatalf("a child said %q: %v", line, err)
	}
	return strings.TrimSpace(line)
}

func (c *child) begin(task string) { _, _ = io.WriteString(c.input, task+"\n") }

func (c *child) end() {
	c.w.Helper()
	_ = c.input.Close()
	if err := c.cmd.Wait(); err != nil {
		c.w.Errorf("a child ended with %v", err)
	}
}

// kill ends the process as a power cut would: it gets no chance to tidy up.
func (c *child) kill() {
	c.w.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		c.w.Fatal(err)
	}
	_ = c.cmd.Wait() // it says that the process was killed
}

func processChecks() []check {
	return []check{
		{"sixteen processes race", processesRace},
		{"an owner that is killed leaves an unknown", killedOwner},
	}
}

func processesRace(w *world) {
	var children []*child
	for i := range 16 {
		children = append(children, w.child(fmt.Sprint("till-", i)))
	}
	w.ready(children...)
	w.onlyOne(children, taskRef, "begun 1", "held "+string(journal.HeldRef))
	w.onlyOne(children, taskGuard, "begun 2", "held "+string(journal.HeldUnresolved))
	for _, c := range children {
		c.end()
	}
}

// ready waits until the children have opened the journal.
func (w *world) ready(children ...*child) {
	w.Helper()
	for _, c := range children {
		if got := c.line(); got != "ready" {
			w.Fatalf("a child said %q", got)
		}
	}
}

// onlyOne has all children begin the same at once: one must do it, and the
// others must be refused.
func (w *world) onlyOne(children []*child, task, done, refused string) {
	w.Helper()
	for _, c := range children {
		c.begin(task)
	}
	won := 0
	for _, c := range children {
		switch got := c.line(); got {
		case done:
			won++
		case refused:
		default:
			w.Errorf("%s: a child said %q", task, got)
		}
	}
	if won != 1 {
		w.Errorf("%s: %d processes did", task, won)
	}
}

func killedOwner(w *world) {
	c := w.child("till-9")
	w.ready(c)
	c.begin(taskGuard)
	if got := c.line(); got != "begun 1" {
		w.Fatalf("a child said %q", got)
	}
	w.wantState(w.get(w.desk, 1), journal.StateOpen)
	w.held(w.desk, deposit("2564568", 600000), journal.Guard{Again: true}, journal.HeldUnresolved, 1)
	c.kill()
	// The kernel lets go of a file before the process is gone; a server has to
	// hear of it first.
	for deadline := time.Now().Add(time.Minute); w.get(w.desk, 1).State == journal.StateOpen && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	w.wantState(w.get(w.desk, 1), journal.StateUnknown)
	w.held(w.desk, deposit("2564568", 600000), journal.Guard{Again: true}, journal.HeldUnresolved, 1)
}
