//go:build unix

package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentedProxies takes a payout through the settings of nginx and Caddy
// that docs/listen.md shows, as they stand but for addresses and files: TLS
// outside, a path prefix, a path with an escape in it, and the project's
// signature over the path that it used. Where a proxy is not installed there is
// nothing to try.
func TestDocumentedProxies(t *testing.T) {
	document, err := os.ReadFile(filepath.Join("..", "..", "docs", "listen.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, proxy := range []struct {
		name, program, change, with string // change and with: a regular expression and what takes its place
	}{
		{"nginx", "nginx", "", ""},
		// The same with the prefix taken away, which the document allows, too.
		{"nginx without the prefix", "nginx", `(proxy_pass http://[^;]+);`, "$1/;"},
		{"Caddy", "caddy", "", ""},
		{"Caddy without the prefix", "caddy", `handle (/raisboy/\*)`, "handle_path $1"},
	} {
		block := regexp.MustCompile("(?s)<!-- proxy:" + proxy.program + " -->\n```[a-z]+\n(.*?)```").FindStringSubmatch(string(document))
		if block == nil {
			t.Fatalf("the document has no settings of %s", proxy.program)
		}
		settings := block[1]
		if proxy.change != "" {
			settings = regexp.MustCompile(proxy.change).ReplaceAllString(settings, proxy.with)
			if settings == block[1] {
				t.Fatalf("%s is not in the settings of %s", proxy.change, proxy.program)
			}
		}
		t.Run(proxy.name, func(t *testing.T) {
			program, err := exec.LookPath(proxy.program)
			if err != nil {
				t.Skip(err)
			}
			t.Parallel()
			goThrough(t, program, settings)
		})
	}
}

func goThrough(t *testing.T, program, settings string) {
	outside, roots := unusedSandbox(t), x509.NewCertPool()
	s := newStage(t, func(agent string) (string, *http.Client) {
		startProxy(t, program, settings, outside, agent, roots)
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}}}
		return "https://" + outside + "/raisboy/hooks/of%20till", client
	}, "path=request")
	r := s.listen("--public-url", "https://"+outside+"/raisboy")
	id, payoutID := s.payout("5000")
	r.await(`"from":"pending","to":"accepted"`)
	if !strings.Contains(r.shown(), `"signed_path":"request"`) {
		t.Errorf("the signature is not over the path that was used:\n%s", r.shown())
	}
	s.run(exitDone, "payout", "complete", id)
	s.agree(id, payoutID, "completed")
	r.end()
}

// startProxy puts our addresses and files in the place of the document's.
func startProxy(t *testing.T, program, settings, outside, inside string, roots *x509.CertPool) {
	t.Helper()
	folder := t.TempDir()
	certificate, key := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	certify(t, roots, certificate, key, 1)
	ours := []string{"127.0.0.1:8788", inside, "/etc/ssl/till.example.pem", certificate, "/etc/ssl/till.example.key", key}
	file := filepath.Join(folder, "settings")
	var form string // what is around the document's settings
	var args []string
	if filepath.Base(program) == "nginx" {
		ours = append(ours, "listen 443 ssl", "listen "+outside+" ssl")
		form = "daemon off; pid " + folder + "/pid; error_log stderr; events {} http { access_log off; "
		for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
			form += fmt.Sprintf("%s_temp_path %s/%s; ", kind, folder, kind)
		}
		form += "\n%s}\n"
		args = []string{"-e", "stderr", "-c", file}
	} else {
		ours = append(ours, "till.example {", fmt.Sprintf("https://%s {\ntls %s %s\n", outside, certificate, key))
		form = "{\nadmin off\nauto_https disable_redirects\nskip_install_trust\n}\n%s"
		args = []string{"run", "--adapter", "caddyfile", "--config", file}
	}
	text := fmt.Sprintf(form, strings.NewReplacer(ours...).Replace(settings))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, args...)
	command.Env = []string{"HOME=" + folder, "PATH=" + os.Getenv("PATH")}
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	complaint, err := os.Create(filepath.Join(folder, "complaint"))
	if err != nil {
		t.Fatal(err)
	}
	command.Stdout, command.Stderr = complaint, complaint
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt) // nginx's workers end with it, and not with a kill
		_ = command.Wait()
		_ = complaint.Close()
		if t.Failed() {
			said, _ := os.ReadFile(complaint.Name())
			t.Logf("%s said:\n%s\nof\n%s", program, said, text)
		}
	})
}
