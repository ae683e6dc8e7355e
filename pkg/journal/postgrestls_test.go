package journal

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A server whose certificate does not prove who it is must be told apart from
// one that cannot be reached: the remedy is another, and it is not to look away.
func TestPostgresCertificate(t *testing.T) {
	folder := t.TempDir()
	known, other := filepath.Join(folder, "known.pem"), filepath.Join(folder, "other.pem")
	address := strangeServer(t, selfSigned(t, known))
	selfSigned(t, other)
	for name, test := range map[string]struct {
		parameters string
		problem    Problem
		says       string
	}{
		"unknown authority": {"?sslmode=verify-ca&sslrootcert=" + other, ProblemCertificate, "unknown authority"},
		"another name":      {"?sslmode=verify-full&sslrootcert=" + known, ProblemCertificate, "127.0.0.1"},
		"no such file":      {"?sslmode=verify-full&sslrootcert=" + filepath.Join(folder, "none.pem"), ProblemCertificate, "none.pem"},
		"no such service":   {"?service=none&servicefile=" + filepath.Join(folder, "none.conf"), ProblemAddress, ""},
		// Encrypted, but to whom: the handshake succeeds, and this server says no more.
		"not asked": {"?sslmode=require", ProblemUnreachable, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(context.Background(), "postgres://u:top-secret@"+address+"/j"+test.parameters, testOptions())
			wantProblem(t, err, test.problem)
			if !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "top-secret") {
				t.Errorf("%v does not say %q", err, test.says)
			}
		})
	}
}

// selfSigned makes a certificate for db.example and writes it to a file.
func selfSigned(t *testing.T, file string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "db.example"}, DNSNames: []string{"db.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// strangeServer begins as PostgreSQL does, up to the end of the handshake.
func strangeServer(t *testing.T, certificate tls.Certificate) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				var request [8]byte // SSLRequest
				if _, err := io.ReadFull(conn, request[:]); err != nil {
					return
				}
				_, _ = conn.Write([]byte("S"))
				_ = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}).Handshake()
			}()
		}
	}()
	return listener.Addr().String()
}
