package journaltest

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/raisboy/raisboy/pkg/journal"
)

// What a child may be told to do with the shift of its desk.
const (
	taskOpenShift  = "open-shift"
	taskCloseShift = "close-shift"
	taskDieClosing = "die-closing" // in the middle of the transaction
)

// shiftTask does what a child was told, and says what came of it; false: it was
// told something else.
func shiftTask(ctx context.Context, j *journal.Journal, task string) (said string, known bool) {
	var s journal.Shift
	var err error
	switch task {
	case taskOpenShift:
		s, err = j.OpenShift(ctx, journal.Opening{Profile: "main", Currency: "UZS"})
	case taskCloseShift:
		s, err = j.CloseShift(ctx, journal.Closing{Profile: "main"}, func(b journal.ShiftBook) ([]byte, error) { return []byte(counted(b)), nil })
	case taskDieClosing:
		s, err = j.CloseShift(ctx, journal.Closing{Profile: "main"}, func(journal.ShiftBook) ([]byte, error) {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill()
			}
			if err != nil {
				return nil, err
			}
			select {} // the signal is on its way
		})
	default:
		return "", false
	}
	var refused *journal.ShiftError
	switch {
	case errors.As(err, &refused):
		return fmt.Sprintf("refused %s %d", refused.Problem, refused.Shift.Number), true
	case err != nil:
		return "failed " + err.Error(), true
	}
	return fmt.Sprint("shift ", s.Number), true
}

func shiftsRace(w *world) {
	var children []*child
	for range 5 {
		children = append(children, w.child("till-7"))
	}
	w.ready(children...)
	w.onlyOne(children, taskOpenShift, "shift 1", "refused is_open 1")
	w.onlyOne(children, taskCloseShift, "shift 1", "refused not_open 1")
	for _, c := range children {
		c.end()
	}
}

func killedCloser(w *world) {
	w.begin(w.desk, deposit("a", 100))
	j := w.open("till-7")
	w.openShift(j, 0)
	w.begin(j, deposit("b", 100))
	c := w.child("till-7")
	w.ready(c)
	c.begin(taskDieClosing)
	_ = c.cmd.Wait() // it says that the process was killed
	w.verify()
	w.wantCounted(w.book(j, "till-7", 0), "outside within 2:0→1")
	closed, _ := w.closeShift(j)
	if closed.Number != 1 {
		w.Fatalf("closed shift %d", closed.Number)
	}
}
