package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/counttest"
)

// maxListenerMemory is what a listener may take under attack, in KiB.
const maxListenerMemory = 150 << 10

// peakMemory is the most memory that a process ever had resident, in KiB; 0
// where the system does not tell.
func peakMemory(t *testing.T, pid int) int {
	t.Helper()
	if runtime.GOOS != "linux" {
		return 0
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(status)
	if match == nil {
		t.Fatal("no VmHWM")
	}
	peak, err := strconv.Atoi(string(match[1]))
	if err != nil {
		t.Fatal(err)
	}
	return peak
}

// TestListenerUnderAttack holds connections open by the thousand (RAISBOY_TRIALS
// says how many), of every kind that costs the receiver something, while a
// payout goes its way.
func TestListenerUnderAttack(t *testing.T) {
	t.Parallel()
	for _, attack := range []struct{ name, says string }{
		{"idle", ""},
		{"slow headers", "POST / HTTP/1.1\r\nHost: desk\r\nX-Fill: " + strings.Repeat("a", 14<<10)},
		{"slow bodies", "POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: 65536\r\n\r\n" + strings.Repeat("a", 65000)},
		{"huge bodies", "POST / HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n" + strings.Repeat("a", 1<<20)},
		{"bombs", "POST / HTTP/1.1\r\nHost: desk\r\nContent-Encoding: gzip\r\nContent-Length: 60000\r\n\r\n\x1f\x8b"},
	} {
		t.Run(attack.name, func(t *testing.T) {
			s := newStage(t, nil, "")
			r := s.listen()
			count := counttest.Trials(t, 600) // more than the receiver has room for
			jobs := make(chan struct{})
			var group sync.WaitGroup
			for range 32 {
				group.Go(func() {
					for range jobs {
						conn, err := net.Dial("tcp", s.agent)
						if err != nil {
							t.Errorf("dial: %v", err)
							continue
						}
						t.Cleanup(func() { _ = conn.Close() })
						_ = conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
						_, _ = io.WriteString(conn, attack.says) // may be refused in the middle
					}
				})
			}
			for i := range count {
				jobs <- struct{}{}
				if i == count/2 {
					id, payoutID := s.payout("5000")
					s.agree(id, payoutID, "accepted")
				}
			}
			close(jobs)
			group.Wait()
			id, payoutID := s.payout("6000")
			s.agree(id, payoutID, "accepted")
			if peak := peakMemory(t, r.command.Process.Pid); peak > maxListenerMemory && !raceEnabled { // the detector keeps shadows of it all
				t.Errorf("%d KiB", peak)
			} else {
				t.Logf("%d connections, at most %d KiB", count, peak)
			}
			r.end()
		})
	}
}

// stored is a webhook as events show prints it.
type storedWebhook struct {
	Headers map[string][]string
	Body    string
	Path    string
}

func (s *stage) stored(event string) (w storedWebhook) {
	s.Helper()
	if err := json.Unmarshal([]byte(s.run(exitDone, "events", "show", event)), &w); err != nil {
		s.Fatal(err)
	}
	return w
}

// post sends a captured request to the listener.
func (s *stage) post(client *http.Client, w storedWebhook) (int, string) {
	request, err := http.NewRequest(http.MethodPost, "http://"+s.agent+w.Path, strings.NewReader(w.Body))
	if err != nil {
		s.Error(err)
		return 0, ""
	}
	for name, values := range w.Headers {
		if name != "Host" && name != "Content-Length" {
			request.Header[name] = values
		}
	}
	answer, err := client.Do(request)
	if err != nil {
		s.Error(err)
		return 0, ""
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		s.Error(err)
	}
	return answer.StatusCode, string(body)
}

// Whoever caught a webhook may send it again by the thousand: each is answered
// as the first was, nothing changes, and the journal does not fill up.
func TestReplaysByTheThousand(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil, "")
	r := s.listen()
	id, payoutID := s.payout("5000")
	s.agree(id, payoutID, "accepted")
	w := s.stored("1")
	count := counttest.Trials(t, 300)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	defer client.CloseIdleConnections()
	jobs := make(chan struct{})
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for range jobs {
				if status, body := s.post(client, w); status != 200 || body != `{"success":true}` {
					t.Errorf("%d %s", status, body)
				}
			}
		})
	}
	for range count {
		jobs <- struct{}{}
	}
	close(jobs)
	group.Wait()
	s.agree(id, payoutID, "accepted")
	if n := strings.Count(s.run(exitDone, "events", "list"), "\n"); n > 101 || n < 100 {
		t.Errorf("%d events are stored", n)
	}
	other, otherID := s.payout("6000")
	s.agree(other, otherID, "accepted")
	r.end()
}

// Both directions are signed with one secret: what we send must mean nothing
// when it comes back.
func TestOwnRequestsReflected(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil, "")
	r := s.listen()
	id, payoutID := s.payout("5000")
	s.agree(id, payoutID, "accepted")
	client := &http.Client{}
	defer client.CloseIdleConnections()
	signed := func(path, body string) storedWebhook {
		headers := map[string][]string{}
		var o struct{ Headers map[string]string }
		if err := json.Unmarshal([]byte(s.run(exitDone, "sign", "--path", path, "--body", body)), &o); err != nil {
			t.Fatal(err)
		}
		for name, value := range o.Headers {
			headers[name] = []string{value}
		}
		return storedWebhook{Headers: headers, Body: body, Path: path}
	}
	for _, sent := range []struct{ name, path, body string }{
		{"validation", "/api/v4/payments/raisboy/validate-user", `{"user_id":"2564568"}`},
		{"deposit", "/api/v4/payments/raisboy/deposit/create", `{"user_id":"1","status":"paid","amount":6000.00,"currency":"UZS","payment_method":"bank_card","timestamp":"2025-11-27T12:39:17.281+00:00"}`},
		{"payout", "/api/payout/create", `{"user_id":"1","amount":6000.00,"currency":"UZS","payment_method":"bank_card","request_id":"r","timestamp":"2025-11-27T12:39:17.281+00:00"}`},
	} {
		if status, body := s.post(client, signed(sent.path, sent.body)); status != 400 || body != `{"success":false,"error":"invalid_json"}` {
			t.Errorf("%s: %d %s", sent.name, status, body)
		}
	}
	// The final notice is frozen in the journal: the same bytes, signed anew.
	s.run(exitDone, "payout", "complete", id)
	notice := noticeBody(t, s, payoutID)
	if status, body := s.post(client, signed("/api/payments/notify/sandbox/"+payoutID, notice)); status != 401 || body != `{"success":false,"error":"invalid_signature"}` {
		t.Errorf("notice: %d %s", status, body)
	}
	s.agree(id, payoutID, "completed")
	if out := s.run(exitDone, "events", "list", "--kind", "rejected"); strings.Count(out, "\n") != 4 || !strings.Contains(out, `"reason":"reflected"`) {
		t.Errorf("%s", out)
	}
	r.end()
}

// noticeBody is the body of Webhook 2 as it was frozen.
func noticeBody(t *testing.T, s *stage, payoutID string) string {
	t.Helper()
	entries := ""
	for _, path := range []string{"sandbox.db", "sandbox.db-wal"} {
		text, err := os.ReadFile(s.folder + "/.local/state/raisboy/" + path)
		if err == nil {
			entries += string(text)
		}
	}
	found := regexp.MustCompile(`\{"payout_id":"` + payoutID + `","status":"completed","amount":[^{}]*\}`).FindString(entries)
	if found == "" {
		t.Fatal("the notice is not in the journal")
	}
	return found
}
