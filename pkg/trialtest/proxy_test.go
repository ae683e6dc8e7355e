//go:build unix

package trialtest

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// A wire says what a proxy does to the bytes of one direction.
type wire struct {
	latency time.Duration // before the first byte is passed on
	drip    time.Duration // between single bytes
	after   int           // bytes that are passed on before end comes into force
	end     end           // what happens then
}

// An end is how a direction ends.
type end int

const (
	never    end = iota // everything is passed on
	silence             // the connection stays, nothing comes any more (half-open)
	closing             // an orderly close: FIN
	reset               // RST
	halfShut            // this direction is closed in good order, the other lives on
)

// A proxy is a TCP proxy that mistreats every connection in the same way.
type proxy struct {
	listener net.Listener
	target   string
	up, down wire // towards the project, and back

	mutex sync.Mutex
	open  []net.Conn
	group sync.WaitGroup
}

// newProxy stands in front of the world's project; the world uses it from now on.
func newProxy(t *testing.T, w *world, up, down wire) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, target: strings.TrimPrefix(w.url, "http://"), up: up, down: down}
	w.url = "http://" + l.Addr().String()
	p.group.Go(p.serve)
	t.Cleanup(p.close)
	return p
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mutex.Lock()
		p.open = append(p.open, client, server)
		p.mutex.Unlock()
		cut := func(how end) {
			for _, c := range []net.Conn{client, server} {
				if how == reset {
					_ = c.(*net.TCPConn).SetLinger(0)
				}
				_ = c.Close()
			}
		}
		p.group.Go(func() { p.up.pass(server, client, cut) })
		p.group.Go(func() { p.down.pass(client, server, cut) })
	}
}

// pass carries bytes from one side to the other.
func (w wire) pass(to, from net.Conn, cut func(end)) {
	if w.end != never && w.after == 0 {
		w.finish(to, from, cut)
		return
	}
	buffer := make([]byte, 4096)
	passed := 0
	for {
		n, err := from.Read(buffer)
		data := buffer[:n]
		if n > 0 && passed == 0 {
			time.Sleep(w.latency)
		}
		last := w.end != never && passed+n >= w.after
		if last {
			data = data[:w.after-passed]
		}
		passed += len(data)
		if w.write(to, data) != nil {
			cut(closing)
			return
		}
		switch {
		case last:
			w.finish(to, from, cut)
			return
		case err != nil:
			_ = to.(*net.TCPConn).CloseWrite()
			return
		}
	}
}

func (w wire) write(to net.Conn, data []byte) error {
	if w.drip == 0 {
		_, err := to.Write(data)
		return err
	}
	for i := range data {
		time.Sleep(w.drip)
		if _, err := to.Write(data[i : i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (w wire) finish(to, from net.Conn, cut func(end)) {
	switch w.end {
	case silence:
		_, _ = io.Copy(io.Discard, from) // until somebody has had enough
		cut(closing)
	case halfShut:
		_ = to.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, from)
	case closing, reset, never:
		cut(w.end)
	}
}

func (p *proxy) close() {
	_ = p.listener.Close()
	p.mutex.Lock()
	for _, c := range p.open {
		_ = c.Close()
	}
	p.mutex.Unlock()
	p.group.Wait()
}
