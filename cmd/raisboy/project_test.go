package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/sandbox"
	"github.com/raisboy/raisboy/pkg/sign"
)

// newProject serves a sandbox in this process that plays a real project until
// the test is over, and gives its address.
func newProject(t testing.TB, o sandbox.Options) (*sandbox.Server, string) {
	t.Helper()
	server, err := sandbox.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	project := httptest.NewServer(server)
	t.Cleanup(project.Close)
	return server, project.URL
}

// projectKey is what signs for that project.
func projectKey(t testing.TB) *sign.Key {
	t.Helper()
	key, err := sign.NewKey([]byte(sandbox.Secret))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// projectClient sends to that project.
func projectClient(t testing.TB, transport http.RoundTripper, now func() time.Time) *api.Client {
	t.Helper()
	return &api.Client{Transport: transport, Key: projectKey(t), APIKey: sandbox.APIKey, Now: now}
}

// benchJournal is a journal on this machine's disk.
func benchJournal(b *testing.B) *journal.Journal {
	b.Helper()
	j, err := journal.Open(b.Context(), filepath.Join(b.TempDir(), "journal.db"), journal.Options{Desk: "bench", Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = j.Close() })
	return j
}

// newTill is the environment of a till that works with a project and has
// nothing yet.
func newTill(t testing.TB, address string) []string {
	t.Helper()
	return append(os.Environ(), "HOME="+t.TempDir(), "XDG_STATE_HOME=", "XDG_CONFIG_HOME=", "LANG=C.UTF-8",
		"RAISBOY_BASE_URL="+address, "RAISBOY_API_KEY="+sandbox.APIKey, "RAISBOY_SECRET="+sandbox.Secret)
}
