package main

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/raisboy/raisboy/pkg/sandbox"
)

// TestDoctorOverTLS has the doctor shake hands with a project of its own: with
// its certificate trusted all is well, without it the connection is named.
func TestDoctorOverTLS(t *testing.T) {
	t.Parallel()
	server, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	project := httptest.NewTLSServer(server)
	t.Cleanup(project.Close)
	authority := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: project.Certificate().Raw})
	if err := os.WriteFile(authority, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		trusted   string
		code      int
		tls, sign string
	}{
		{authority, 0, `"check":"tls","status":"ok"`, `"check":"signature","status":"ok"`},
		{os.DevNull, 6, `"check":"tls","status":"failure"`, `"check":"signature","status":"failure"`},
	} {
		command := exec.CommandContext(t.Context(), commandForTests(t), "doctor", "-o", "json")
		command.Env = append(os.Environ(), "HOME="+t.TempDir(), "XDG_STATE_HOME=", "XDG_CONFIG_HOME=",
			"SSL_CERT_FILE="+tt.trusted, "SSL_CERT_DIR="+t.TempDir(), "NO_PROXY=*",
			"RAISBOY_BASE_URL="+project.URL, "RAISBOY_API_KEY="+sandbox.APIKey, "RAISBOY_SECRET="+sandbox.Secret)
		output, _ := command.Output()
		said := string(output)
		if code := command.ProcessState.ExitCode(); code != tt.code || !strings.Contains(said, tt.tls) || !strings.Contains(said, tt.sign) {
			t.Errorf("trusting %s: exit %d, want %d\n%s", tt.trusted, code, tt.code, said)
		}
		if strings.Contains(said, sandbox.Secret) {
			t.Error("the secret was printed")
		}
	}
}
