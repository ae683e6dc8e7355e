package main

import (
	"net/http/httptest"
	"os"
	"testing"

	"github.com/raisboy/raisboy/pkg/sandbox"
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

// newTill is the environment of a till that works with a project and has
// nothing yet.
func newTill(t testing.TB, address string) []string {
	t.Helper()
	return append(os.Environ(), "HOME="+t.TempDir(), "XDG_STATE_HOME=", "XDG_CONFIG_HOME=", "LANG=C.UTF-8",
		"RAISBOY_BASE_URL="+address, "RAISBOY_API_KEY="+sandbox.APIKey, "RAISBOY_SECRET="+sandbox.Secret)
}
