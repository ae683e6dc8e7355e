package webhook

import (
	"container/list"
	"context"
	"crypto/tls"
	"net"
	"sync"
)

// A gate bounds how many connections are open. With the bounds of a request it
// bounds the bytes in flight: what one connection may hold, times so many.
//
// A bound that made newcomers wait would be a gift to whoever opens connections
// and says nothing on them. So the newcomer gets in, and the connection that
// achieved nothing for the longest time is closed in its place: an honest
// webhook needs milliseconds, and to push it out within those takes as many
// connections as the bound. One whose webhook has come whole and is being
// recorded is never closed.
type gate struct {
	limit int

	mutex   sync.Mutex
	changed sync.Cond  // a connection was closed, or stopped working
	open    *list.List // of *gatedConn, that of the oldest achievement first
	closed  bool
}

func newGate(limit int) *gate {
	g := &gate{limit: limit, open: list.New()}
	g.changed.L = &g.mutex
	return g
}

// gatedListener lets connections in through a gate.
type gatedListener struct {
	net.Listener
	gate *gate
}

// Accept gives the next connection once there is room for it.
func (l *gatedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.gate.admit(conn), nil
}

// Close also ends an Accept that waits for room.
func (l *gatedListener) Close() error {
	l.gate.mutex.Lock()
	l.gate.closed = true
	l.gate.mutex.Unlock()
	l.gate.changed.Broadcast()
	return l.Listener.Close()
}

// admit makes room and counts the connection. Where all others are at work it
// waits for one of them, which takes no longer than a recording may.
func (g *gate) admit(conn net.Conn) *gatedConn {
	c := &gatedConn{Conn: conn, gate: g}
	g.mutex.Lock()
	for g.open.Len() >= g.limit && !g.closed {
		victim := g.victim()
		if victim == nil {
			g.changed.Wait()
			continue
		}
		g.open.Remove(victim.place)
		victim.place = nil
		g.mutex.Unlock()
		_ = victim.Conn.Close() // its goroutine finds out by itself
		g.mutex.Lock()
	}
	c.place = g.open.PushBack(c)
	g.mutex.Unlock()
	return c
}

// expel closes every connection that is not at work.
func (g *gate) expel() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	for e := g.open.Front(); e != nil; e = e.Next() {
		if c, ok := e.Value.(*gatedConn); ok && !c.working {
			_ = c.Conn.Close() // it takes itself off the list
		}
	}
}

// victim is the connection that achieved nothing for the longest time; nil if
// all are at work.
func (g *gate) victim() *gatedConn {
	for e := g.open.Front(); e != nil; e = e.Next() {
		if c, ok := e.Value.(*gatedConn); ok && !c.working {
			return c
		}
	}
	return nil
}

// gatedConn is a connection that came through a gate.
type gatedConn struct {
	net.Conn
	gate    *gate
	place   *list.Element // nil: it is out
	working bool
}

// Close closes it and makes room.
func (c *gatedConn) Close() error {
	c.gate.mutex.Lock()
	if c.place != nil {
		c.gate.open.Remove(c.place)
		c.place = nil
	}
	c.gate.mutex.Unlock()
	c.gate.changed.Signal()
	return c.Conn.Close()
}

// work says that its request has come whole and is being dealt with, or that it
// was dealt with, which counts as an achievement.
func (c *gatedConn) work(begins bool) {
	c.gate.mutex.Lock()
	c.working = begins
	if c.place != nil && !begins {
		c.gate.open.MoveToBack(c.place)
	}
	c.gate.mutex.Unlock()
	if !begins {
		c.gate.changed.Signal()
	}
}

// connKey is the key of a request's *gatedConn in its context.
type connKey struct{}

// withConn puts the connection, which TLS may be wrapped around, into the
// context of its requests.
func withConn(ctx context.Context, conn net.Conn) context.Context {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	if gated, ok := conn.(*gatedConn); ok {
		return context.WithValue(ctx, connKey{}, gated)
	}
	return ctx
}

// working notes that the request of the context is being dealt with; what it
// gives notes the end.
func working(ctx context.Context) (done func()) {
	conn, ok := ctx.Value(connKey{}).(*gatedConn)
	if !ok {
		return func() {}
	}
	conn.work(true)
	return func() { conn.work(false) }
}
