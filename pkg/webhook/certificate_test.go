package webhook_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/webhook"
)

// certify writes a certificate of its own for 127.0.0.1 with the serial number.
func certify(t *testing.T, certFile, keyFile string, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "desk.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A renewed certificate is served without a restart; a broken one is not, and
// is said once.
func TestCertificateIsRenewed(t *testing.T) {
	folder := t.TempDir()
	certFile, keyFile := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	certify(t, certFile, keyFile, 1)
	now := testNow()
	var log bytes.Buffer
	c, err := webhook.LoadCertificate(certFile, keyFile, func() time.Time { return now }, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	config := c.Config()
	serial := func() int64 {
		t.Helper()
		pair, err := config.GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(pair.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return leaf.SerialNumber.Int64()
	}
	want := func(when string, number int64) {
		t.Helper()
		if got := serial(); got != number {
			t.Errorf("%s: certificate %d, want %d", when, got, number)
		}
	}
	want("at first", 1)
	certify(t, certFile, keyFile, 2)
	want("within a second", 1)
	now = now.Add(time.Second)
	want("renewed", 2)

	good, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	for i, broken := range []func() error{
		func() error { return os.WriteFile(keyFile, []byte("half a k"), 0o600) },
		func() error { return os.Remove(keyFile) },
	} {
		if err := broken(); err != nil {
			t.Fatal(err)
		}
		log.Reset()
		for range 5 {
			now = now.Add(time.Second)
			want("broken", 2)
		}
		if n := strings.Count(log.String(), "cannot be used"); n != 1 {
			t.Errorf("breakage %d was said %d times: %s", i, n, log.String())
		}
	}
	if err := os.WriteFile(keyFile, good, 0o600); err != nil {
		t.Fatal(err)
	}
	certify(t, certFile, keyFile, 3)
	now = now.Add(time.Second)
	want("whole again", 3)
}

func TestCertificateMustBeThere(t *testing.T) {
	folder := t.TempDir()
	certFile, keyFile := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	if _, err := webhook.LoadCertificate(certFile, keyFile, nil, nil); err == nil {
		t.Error("no files")
	}
	certify(t, certFile, keyFile, 1)
	certify(t, certFile, filepath.Join(folder, "other.pem"), 2)
	if _, err := webhook.LoadCertificate(certFile, keyFile, nil, nil); err == nil {
		t.Error("a certificate and another's key")
	}
}

// The receiver speaks TLS by itself, HTTP/1.1 alone, nothing older than 1.2.
func TestReceiverOverItsOwnTLS(t *testing.T) {
	folder := t.TempDir()
	certFile, keyFile := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	certify(t, certFile, keyFile, 1)
	c, err := webhook.LoadCertificate(certFile, keyFile, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	sink := &memory{}
	receiver := newReceiver(t, sink)
	receiver.TLS, receiver.Limits.Connections = c.Config(), 4
	address := listen(t, receiver)
	roots := x509.NewCertPool()
	text, err := os.ReadFile(certFile)
	if err != nil || !roots.AppendCertsFromPEM(text) {
		t.Fatal("no root", err)
	}
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true, DisableKeepAlives: true}}
	defer client.CloseIdleConnections()
	for i := range 20 {
		keepOpen(t, address, "") // no handshake: pushed out like everybody else
		keepOpen(t, address, "POST / HTTP/1.1\r\n\r\n")
		w := webhook1()
		request, err := http.NewRequest(http.MethodPost, "https://"+address+w.to, strings.NewReader(w.body))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{"X-API-Key": w.key, "X-Timestamp": w.stamp, "X-Signature": w.signature(t)} {
			request.Header.Set(name, value)
		}
		answer, err := client.Do(request)
		if err != nil {
			t.Fatalf("webhook %d: %v", i, err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		if answer.StatusCode != 200 || answer.ProtoMajor != 1 || answer.TLS.Version < tls.VersionTLS12 {
			t.Errorf("webhook %d: %s, %s", i, answer.Status, answer.Proto)
		}
		_ = answer.Body.Close()
	}
	if got := len(sink.recorded()); got != 20 {
		t.Errorf("%d recorded", got)
	}
	old := &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS11, ServerName: "127.0.0.1"}
	if conn, err := tls.Dial("tcp", address, old); err == nil {
		conn.Close()
		t.Error("TLS 1.1 was accepted")
	}
}
