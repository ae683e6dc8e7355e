package journal

import (
	"context"
	"database/sql"
	"sync"
)

// sqlitePool keeps connections with their statements prepared. A view takes one
// for itself; there are as many as views at a time. The writer keeps the one that
// it took: a command that looks once and then writes needs no second one, which
// would have to read the schema and its statements again.
type sqlitePool struct {
	db *sql.DB

	mutex  sync.Mutex
	idle   []*preparedConn
	closed bool
}

// maxIdleConns bounds how many connections wait for the next view.
const maxIdleConns = 4

// begin gives a connection in a deferred transaction, which waits for no writer.
func (p *sqlitePool) begin(ctx context.Context) (*preparedConn, error) {
	c, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.exec(ctx, "BEGIN"); err != nil {
		p.giveBack(c)
		return nil, err
	}
	return c, nil
}

// forWriting gives a connection to the writer, which does not give it back.
func (p *sqlitePool) forWriting(ctx context.Context) (*preparedConn, error) {
	c, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.forWriting(); err != nil {
		c.discard()
		return nil, err
	}
	return c, nil
}

func (p *sqlitePool) take(ctx context.Context) (*preparedConn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.mutex.Lock()
	if last := len(p.idle) - 1; last >= 0 {
		c := p.idle[last]
		p.idle = p.idle[:last]
		p.mutex.Unlock()
		return c, nil
	}
	closed := p.closed
	p.mutex.Unlock()
	if closed {
		return nil, ErrClosed
	}
	return prepareConn(ctx, p.db)
}

// giveBack ends the transaction, in which there is nothing to commit. A
// connection that does not take that is in doubt.
func (p *sqlitePool) giveBack(c *preparedConn) {
	if c.exec(context.Background(), "ROLLBACK") != nil {
		c.discard()
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.closed || len(p.idle) == maxIdleConns {
		c.close()
		return
	}
	p.idle = append(p.idle, c)
}

// close lets the idle ones go; those in use follow when they are given back.
func (p *sqlitePool) close() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.closed = true
	for _, c := range p.idle {
		c.close()
	}
	p.idle = nil
}
