package journal

import (
	"bytes"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
)

// A wire stands between a journal and its server, and can be cut.
type wire struct {
	listener net.Listener
	server   string
	fault    atomic.Int32
	said     atomic.Int64 // how often the journal said something

	mu    sync.Mutex
	conns []net.Conn
}

// The faults of a wire; each but wireDown happens once.
const (
	wireFine      int32 = iota
	wireDown            // connections are accepted and dropped
	wireBeforeEnd       // the COMMIT does not arrive
	wireAfterEnd        // it does, its answer does not
)

// newWire gives a wire to the server of the address, and the address through it.
func newWire(t testing.TB, address string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: listener, server: u.Host}
	go w.accept()
	t.Cleanup(func() {
		_ = listener.Close()
		w.cut()
	})
	u.Host = listener.Addr().String()
	return w, u.String()
}

func (w *wire) accept() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", w.server)
		if err != nil || w.fault.Load() == wireDown {
			_ = client.Close()
			continue
		}
		w.mu.Lock()
		w.conns = append(w.conns, client, server)
		w.mu.Unlock()
		answered := make(chan struct{}, 1)
		var mute atomic.Bool
		go w.forward(client, server, answered, &mute)
		go w.back(server, client, answered, &mute)
	}
}

// forward passes on what the journal says, until a fault ends it.
func (w *wire) forward(client, server net.Conn, answered <-chan struct{}, mute *atomic.Bool) {
	defer func() { _, _ = client.Close(), server.Close() }()
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		w.said.Add(1)
		if bytes.Contains(buffer[:n], []byte("COMMIT\x00")) {
			if w.fault.CompareAndSwap(wireBeforeEnd, wireFine) {
				return
			}
			if w.fault.CompareAndSwap(wireAfterEnd, wireFine) {
				mute.Store(true)
				_, _ = server.Write(buffer[:n])
				<-answered
				return
			}
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func (w *wire) back(server, client net.Conn, answered chan<- struct{}, mute *atomic.Bool) {
	defer func() { _, _ = client.Close(), server.Close() }()
	defer close(answered)
	buffer := make([]byte, 1<<16)
	for {
		n, err := server.Read(buffer)
		if err != nil || mute.Load() {
			return
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// cut ends every connection.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, conn := range w.conns {
		_ = conn.Close()
	}
	w.conns = nil
}
