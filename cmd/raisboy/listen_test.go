package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// certify writes a certificate of its own for this machine and adds it to roots.
func certify(t *testing.T, roots *x509.CertPool, certFile, keyFile string, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: fmt.Sprint("desk ", serial)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	if !roots.AppendCertsFromPEM(text) {
		t.Fatal("no certificate")
	}
	for name, text := range map[string][]byte{keyFile: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), certFile: text} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A listener with TLS of its own, whose certificate is renewed while it runs.
func TestListenOverTLS(t *testing.T) {
	t.Parallel()
	folder, roots := t.TempDir(), x509.NewCertPool()
	certFile, keyFile := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	certify(t, roots, certFile, keyFile, 1)
	// The second certificate is made and trusted before anybody verifies: a pool
	// must not change while it is used.
	nextCert, nextKey := filepath.Join(folder, "next.pem"), filepath.Join(folder, "next.key")
	renewed := x509.NewCertPool()
	certify(t, renewed, nextCert, nextKey, 2)
	roots.AddCert(leaf(t, nextCert))
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots}}}
	s := newStage(t, func(agent string) (string, *http.Client) { return "https://" + agent + "/hooks", client }, "path=request")
	r := s.listen("--tls-cert", certFile, "--tls-key", keyFile)
	r.await(`"url":"https://127.0.0.1:`)
	id, payoutID := s.payout("5000")
	s.agree(id, payoutID, "accepted")

	replaceFile(t, nextKey, keyFile)
	replaceFile(t, nextCert, certFile)
	s.eventually("the renewed certificate is served", func() bool {
		conn, err := tls.Dial("tcp", s.agent, &tls.Config{RootCAs: renewed})
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	id, payoutID = s.payout("6000")
	s.agree(id, payoutID, "accepted")
	answer, err := client.Get("https://" + s.agent + "/healthz")
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("healthz: %v, %v", answer, err)
	}
	_ = answer.Body.Close()
	r.end()
}

func replaceFile(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func leaf(t *testing.T, certFile string) *x509.Certificate {
	t.Helper()
	text, err := os.ReadFile(certFile)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// A reader who takes nothing holds up no acknowledgement, and then gets every
// line in order.
func TestReaderWhoIsSlow(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil, "")
	command := exec.CommandContext(context.WithoutCancel(t.Context()), commandForTests(t), "listen", "--sandbox", "-o", "json")
	command.Env = s.env
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = command.Process.Kill() }()
	reader := bufio.NewReaderSize(out, 16)
	if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "listening") {
		t.Fatalf("%q, %v", line, err)
	}
	id, payoutID := s.payout("5000")
	s.agree(id, payoutID, "accepted")
	client := &http.Client{}
	defer client.CloseIdleConnections()
	w := s.stored("1")
	const repeats = 2000 // some 800 KB, far more than a pipe holds
	for range repeats {
		if status, _ := s.post(client, w); status != 200 {
			t.Fatalf("answered %d", status)
		}
	}
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("the listener ended with %v", err)
	}
	duplicates := 0
	for line := range strings.Lines(string(rest)) {
		var e struct{ Duplicate bool }
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if e.Duplicate {
			duplicates++
		}
	}
	if duplicates != repeats {
		t.Errorf("%d lines of %d", duplicates, repeats)
	}
}

// --wait follows a payout to its end, as the exit code says.
func TestPayoutWait(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil, "")
	r := s.listen()
	for status, want := range map[string]exitCode{"completed": exitDone, "cancelled": exitRefused} {
		request := "wait-" + status
		ended := make(chan string, 1)
		go func() {
			ended <- s.run(want, "payout", "--user", "kxa1234", "--amount", "5000", "--request-id", request, "--wait", "--again")
		}()
		s.eventually("accepted", func() bool {
			return strings.Contains(r.shown(), `"request_id":"`+request+`","from":"pending","to":"accepted"`) ||
				strings.Contains(r.shown(), `"request_id":"`+request+`","from":null,"to":"accepted"`)
		})
		if _, err := s.project.SendFinal(request, status); err != nil {
			t.Fatal(err)
		}
		if out := <-ended; strings.Count(out, "\n") != 1 || !strings.Contains(out, `"payout_status":"`+status+`"`) {
			t.Errorf("%s: %s", status, out)
		}
	}
	out := s.run(exitNotFinal, "payout", "--user", "kxa1234", "--amount", "7000", "--wait", "--wait-timeout", "500ms")
	if strings.Count(out, "\n") != 1 {
		t.Errorf("%s", out)
	}
	r.end()
}

// A terminal on which nothing happens is told once what waits; its window may
// change as it likes.
func TestStatusOnATerminal(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no pseudo-terminals there")
	}
	s := newStage(t, nil, "")
	command := exec.CommandContext(context.WithoutCancel(t.Context()), commandForTests(t), "listen", "--sandbox", "--lang", "ru")
	command.Env = s.env
	terminal, err := pty.StartWithSize(command, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = command.Process.Kill() }()
	shown := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(terminal) // ends with an error when the other side is gone
		shown <- string(text)
	}()
	s.eventually("it listens", func() bool {
		conn, err := net.Dial("tcp", s.agent)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	id, payoutID := s.payout("5000")
	s.agree(id, payoutID, "accepted")
	for _, columns := range []uint16{20, 1, 200} {
		if err := pty.Setsize(terminal, &pty.Winsize{Rows: 10, Cols: columns}); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(3 * statusPeriod)
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("the listener ended with %v", err)
	}
	_ = terminal.Close()
	text := <-shown
	if n := len(regexp.MustCompile(`в ожидании: 1 выплата к выдаче\r?\n`).FindAllString(text, -1)); n != 1 {
		t.Errorf("%d times in\n%s", n, text)
	}
	if !strings.Contains(text, "pending → accepted") || strings.Contains(text, "\x1b[") {
		t.Errorf("%q", text)
	}
}
