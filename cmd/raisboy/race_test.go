package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/raisboy/raisboy/pkg/sandbox"
)

// TestSixteenProcessesShareARef: sixteen desks run the same command at the same
// time, on one journal. One sends; the others hear of it.
func TestSixteenProcessesShareARef(t *testing.T) {
	t.Parallel()
	t.Run("file", func(t *testing.T) { processesShareARef(t, filepath.Join(t.TempDir(), "journal.db")) })
	t.Run("postgres", func(t *testing.T) {
		_, address := freshPostgres(t)
		processesShareARef(t, address)
	})
}

func processesShareARef(t *testing.T, journal string) {
	project, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var sent atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == sandbox.DepositPath {
			sent.Add(1)
		}
		project.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.Close()
		_ = project.Close()
	})
	const desks = 16
	var group sync.WaitGroup
	var done atomic.Int64
	for i := range desks {
		command := exec.CommandContext(t.Context(), commandForTests(t), "deposit", "--user", "456789", "--amount", "6000", "--ref", "order-7", "-o", "json")
		command.Env = append(os.Environ(), "HOME="+t.TempDir(), "RAISBOY_BASE_URL="+server.URL, "RAISBOY_API_KEY="+sandbox.APIKey,
			"RAISBOY_SECRET="+sandbox.Secret, "RAISBOY_JOURNAL="+journal, fmt.Sprint("RAISBOY_DESK=till-", i))
		var out, complaint bytes.Buffer
		command.Stdout, command.Stderr = &out, &complaint
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			err := command.Wait()
			var failed *exec.ExitError
			switch {
			case err == nil && bytes.Contains(out.Bytes(), []byte(`"outcome":"done"`)):
				done.Add(1)
			case errors.As(err, &failed) && failed.ExitCode() == int(exitHeld) && bytes.Contains(out.Bytes(), []byte(`"held_reason":"lock"`)):
				// the one that sends was not yet answered
			default:
				t.Errorf("till-%d: %v\n%s%s", i, err, out.String(), complaint.String())
			}
		})
	}
	group.Wait()
	if sent.Load() != 1 || done.Load() == 0 {
		t.Errorf("%d deposits were sent, %d desks say done", sent.Load(), done.Load())
	}
}
