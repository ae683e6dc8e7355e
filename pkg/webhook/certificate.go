package webhook

import (
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificatePeriod is how often the files of a certificate are looked at.
const certificatePeriod = time.Second

// A Certificate is read from two PEM files, and read again once they change: a
// renewed certificate is served without a restart, which would interrupt what
// is being received. While the files cannot be read, or do not belong together
// because they are just being replaced, the one before is served on.
type Certificate struct {
	certFile, keyFile string
	now               func() time.Time
	log               *slog.Logger

	mutex   sync.Mutex
	pair    *tls.Certificate
	seen    [2]os.FileInfo // of the files that pair was read from
	looked  time.Time
	failure string // of the last reload; logged once
}

// LoadCertificate reads the files. now and log may be nil, as in a Receiver.
// Its errors are those of reading the files and of tls.X509KeyPair.
func LoadCertificate(certFile, keyFile string, now func() time.Time, log *slog.Logger) (*Certificate, error) {
	if now == nil {
		now = time.Now
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	c := &Certificate{certFile: certFile, keyFile: keyFile, now: now, log: log, looked: now()}
	seen, err := c.stat()
	if err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, err
	}
	c.pair, c.seen = &pair, seen
	return c, nil
}

// Config is TLS 1.2 or newer with HTTP/1.1 alone, by the certificate as it is
// at each handshake.
func (c *Certificate) Config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, GetCertificate: c.get}
}

func (c *Certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if now := c.now(); now.Sub(c.looked).Abs() >= certificatePeriod {
		c.looked = now
		c.reload()
	}
	return c.pair, nil
}

// reload reads the files if they changed. They are looked at before they are
// read, so that a change in between is found the next time. The mutex is held.
func (c *Certificate) reload() {
	seen, err := c.stat()
	if err == nil && unchanged(seen[0], c.seen[0]) && unchanged(seen[1], c.seen[1]) {
		return
	}
	var pair tls.Certificate
	if err == nil {
		pair, err = tls.LoadX509KeyPair(c.certFile, c.keyFile)
	}
	if err != nil {
		if c.failure != err.Error() {
			c.failure = err.Error()
			c.log.Error("renewed certificate cannot be used, the one before is served on", "error", err)
		}
		return
	}
	c.pair, c.seen, c.failure = &pair, seen, ""
	c.log.Info("certificate was renewed", "file", c.certFile)
}

func (c *Certificate) stat() (seen [2]os.FileInfo, err error) {
	for i, name := range []string{c.certFile, c.keyFile} {
		if seen[i], err = os.Stat(name); err != nil {
			return seen, err
		}
	}
	return seen, nil
}

// unchanged also notices another file of the same size and time in its place.
func unchanged(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
