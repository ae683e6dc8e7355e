package journal

import (
	"context"
	"database/sql"
	"sync"
)

// sqliteReaders keeps connections for reading, with their statements prepared. A
// view takes one for itself; there are as many as views at a time.
type sqliteReaders struct {
	db *sql.DB

	mutex  sync.Mutex
	idle   []*preparedConn
	closed bool
}

// maxIdleReaders bounds how many connections wait for the next view.
const maxIdleReaders = 4

// begin gives a connection in a deferred transaction, which waits for no writer.
func (r *sqliteReaders) begin(ctx context.Context) (*preparedConn, error) {
	c, err := r.take(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.exec(ctx, "BEGIN"); err != nil {
		r.giveBack(c)
		return nil, err
	}
	return c, nil
}

func (r *sqliteReaders) take(ctx context.Context) (*preparedConn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.mutex.Lock()
	if last := len(r.idle) - 1; last >= 0 {
		c := r.idle[last]
		r.idle = r.idle[:last]
		r.mutex.Unlock()
		return c, nil
	}
	closed := r.closed
	r.mutex.Unlock()
	if closed {
		return nil, ErrClosed
	}
	return prepareConn(ctx, r.db, false)
}

// giveBack ends the transaction, in which there is nothing to commit. A
// connection that does not take that is in doubt.
func (r *sqliteReaders) giveBack(c *preparedConn) {
	if c.exec(context.Background(), "ROLLBACK") != nil {
		c.discard()
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.closed || len(r.idle) == maxIdleReaders {
		c.close()
		return
	}
	r.idle = append(r.idle, c)
}

// close lets the idle ones go; those in use follow when they are given back.
func (r *sqliteReaders) close() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.closed = true
	for _, c := range r.idle {
		c.close()
	}
	r.idle = nil
}
