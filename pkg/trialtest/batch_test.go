//go:build unix

package trialtest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/sandbox"
)

// rowsVariable is how many rows a batch of the trials has.
const rowsVariable = "RAISBOY_TRIALS_ROWS"

// batchKills is how often a batch is killed before it may run to its end.
const batchKills = 10

// TestKilledBatch kills a batch at ten random rows, runs it again each time, has
// somebody settle what is unknown by what the project says, and runs it to
// completion: the project then has every row of the file, and none twice.
func TestKilledBatch(t *testing.T) {
	for _, kind := range []api.Kind{api.KindDeposit, api.KindPayout} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			b := newKilledBatch(t, kind)
			for range batchKills {
				b.runAndKill()
			}
			b.complete()
			b.compare()
		})
	}
}

type killedBatch struct {
	*testing.T
	*world
	kind api.Kind
	rows int
	args []string

	killed, unknown, moved int
}

func newKilledBatch(t *testing.T, kind api.Kind) *killedBatch {
	b := &killedBatch{T: t, kind: kind, rows: 240}
	if text := os.Getenv(rowsVariable); text != "" {
		var err error
		if b.rows, err = strconv.Atoi(text); err != nil || b.rows < batchKills {
			t.Fatalf("%s=%s", rowsVariable, text)
		}
	}
	var agent string
	if kind == api.KindPayout {
		agent = freeAddress(t)
	}
	b.world = newWorldWithAgent(t, agent)
	if agent != "" {
		b.listen(agent)
	}
	var file strings.Builder
	file.WriteString("сумма;пользователь\r\n")
	for i := range b.rows {
		fmt.Fprintf(&file, "%d,%02d;c%d\r\n", 100+i/100, i%100, i)
	}
	path := filepath.Join(b.dir, "rows.csv")
	if err := os.WriteFile(path, []byte(file.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	b.args = []string{string(kind), "--file", path, "--batch", "may", "--jobs", "16", "--max-unknown", "0"}
	return b
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// newWorldWithAgent is a world without faults, whose webhooks go to the agent.
func newWorldWithAgent(t *testing.T, agent string) *world {
	t.Helper()
	options := sandbox.Options{WebhookDelay: time.Millisecond}
	if agent != "" {
		options.AgentURL = "http://" + agent
	}
	return worldOf(t, options)
}

// listen runs a listener until the end of the test.
func (b *killedBatch) listen(agent string) {
	b.Helper()
	c := b.prepare([]string{"RAISBOY_LISTEN_ADDR=" + agent}, "listen")
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	ready := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(out)
		ready <- lines.Scan()
		for lines.Scan() { // nobody else reads it
		}
	}()
	if !<-ready {
		b.Fatal("the listener did not start")
	}
	b.Cleanup(func() {
		_ = c.Process.Signal(os.Interrupt)
		_ = c.Wait()
	})
}

// runAndKill kills the batch after a random number of rows that it reports as
// new, if it does not end before.
func (b *killedBatch) runAndKill() {
	b.Helper()
	c := b.prepare([]string{"RAISBOY_TIMEOUT=30s"}, b.args...)
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	left := 1 + rand.IntN(b.rows/batchKills)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), `"replayed":false`) {
			left--
		}
		if left == 0 {
			break
		}
	}
	if left == 0 {
		if err := c.Process.Kill(); err != nil {
			b.Fatal(err)
		}
		b.killed++
	}
	for lines.Scan() { // what it had written
	}
	var ended *exec.ExitError
	if err := c.Wait(); err != nil && !errors.As(err, &ended) {
		b.Fatal(err)
	}
}

// A reported row is what a script sees of one.
type reportedRow struct {
	ID        int64  `json:"id"`
	Outcome   string `json:"outcome"`
	UserID    string `json:"user_id"`
	RequestID string `json:"request_id"`
	Line      int    `json:"line"`
}

// complete runs the batch until every row is done, settling what is unknown as
// the person would who asks the project.
func (b *killedBatch) complete() {
	b.Helper()
	for range 5 {
		r := finish(b.T, b.prepare([]string{"RAISBOY_TIMEOUT=30s"}, b.args...))
		var rows []reportedRow
		for _, line := range strings.Split(strings.TrimSpace(r.stdout), "\n") {
			var row reportedRow
			if err := json.Unmarshal([]byte(line), &row); err != nil {
				b.Fatalf("%q: %v\n%s", line, err, r.stderr)
			}
			rows = append(rows, row)
		}
		if len(rows) != b.rows {
			b.Fatalf("%d rows were reported of %d; exit %d\n%s", len(rows), b.rows, r.exit, r.stderr)
		}
		if r.exit == 0 {
			return
		}
		if r.exit != 9 {
			b.Fatalf("exit %d\n%s", r.exit, r.stderr)
		}
		for _, row := range rows {
			switch row.Outcome {
			case "done":
			case "unknown":
				b.settle(row)
			default:
				b.Fatalf("line %d: %s\n%s", row.Line, row.Outcome, r.stderr)
			}
		}
	}
	b.Fatal("the batch is never done")
}

// settle asks the project, and tells the journal.
func (b *killedBatch) settle(row reportedRow) {
	b.Helper()
	b.unknown++
	moved := b.has(row)
	id := strconv.FormatInt(row.ID, 10)
	if moved {
		b.moved++
	}
	switch {
	case b.kind == api.KindDeposit && moved:
		b.command(b.T, "resolve", id, "--credited")
	case b.kind == api.KindDeposit:
		b.command(b.T, "resolve", id, "--not-credited")
	case moved: // the listener hears of it without anybody's help
		for deadline := time.Now().Add(time.Minute); b.state(row.ID) != journal.StateDone; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				b.Fatalf("operation %d was accepted by the project, and the listener did not hear of it", row.ID)
			}
		}
	default:
		b.command(b.T, "resolve", id, "--resend")
	}
}

func (b *killedBatch) has(row reportedRow) bool {
	entries, err := b.sandbox.Ledger()
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range entries {
		if e.UserID == row.UserID && (e.Kind == sandbox.DepositCreated || e.Kind == sandbox.PayoutCreated) {
			return true
		}
	}
	return false
}

func (b *killedBatch) state(id int64) journal.State {
	j := b.open()
	defer func() { _ = j.Close() }()
	e, err := j.Get(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	return e.State
}

func (b *killedBatch) open() *journal.Journal {
	j, err := journal.Open(b.Context(), b.journal, journal.Options{Desk: "check", OSUser: "check", Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	return j
}

// compare holds the project's ledger and the journal against the file.
func (b *killedBatch) compare() {
	b.Helper()
	entries, err := b.sandbox.Ledger()
	if err != nil {
		b.Fatal(err)
	}
	times := map[string]int{}
	for _, e := range entries {
		if e.Kind == sandbox.DepositCreated || e.Kind == sandbox.PayoutCreated {
			times[e.UserID+" "+e.Amount.String()]++
		}
	}
	for i := range b.rows {
		row := fmt.Sprintf("c%d %d.%02d", i, 100+i/100, i%100)
		if times[row] != 1 {
			b.Errorf("%s: the project has it %d times", row, times[row])
		}
		delete(times, row)
	}
	for row := range times {
		b.Errorf("%s: the project has it, the file has not", row)
	}
	j := b.open()
	defer func() { _ = j.Close() }()
	report, err := j.Verify(b.Context())
	if err != nil || !report.OK() {
		b.Errorf("verify: %v %v", report.Damaged, err)
	}
	done := 0
	for row, err := range j.BatchRows(b.Context(), "default", "may") {
		if err != nil {
			b.Fatal(err)
		}
		if row.Outcome == "done" {
			done++
		}
	}
	if done != b.rows {
		b.Errorf("%d rows of the batch are done, wanted %d", done, b.rows)
	}
	b.Logf("%d rows, killed %d times, %d left unknown (of which the money moved: %d), all done, none twice",
		b.rows, b.killed, b.unknown, b.moved)
	if b.killed == 0 {
		b.Error("the batch was never killed")
	}
}
