package main

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// interruption turns Ctrl-C into what it means while money moves. The first
// one closes stop: nothing new begins, but an answer that is awaited is
// awaited. The second cancels the context: the wait is given up, and the
// operation is unknown.
type interruption struct {
	context.Context
	stop    chan struct{}
	cancel  context.CancelFunc
	signals chan os.Signal
	deaf    atomic.Bool // Ctrl-C is meant for another program
}

// lastWords is how long a command may take, after the second Ctrl-C, to say what
// it knows; one that cannot, because nobody takes it, can be ended by a third.
const lastWords = 3 * time.Second

func newInterruption(parent context.Context) *interruption {
	ctx, cancel := context.WithCancel(parent)
	return &interruption{Context: ctx, stop: make(chan struct{}), cancel: cancel, signals: make(chan os.Signal, 2)}
}

// watch begins to listen for Ctrl-C. Before that, it simply ends the process:
// right for a command that moves nothing, and cheaper to start.
func (i *interruption) watch() {
	signal.Notify(i.signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP) // the last: the window was closed
	go func() {
		first := true
		for {
			select {
			case s := <-i.signals:
				if s == os.Interrupt && i.deaf.Load() {
					continue
				}
			case <-i.Done():
				return
			}
			if !first {
				i.cancel()
				time.Sleep(lastWords)
				signal.Stop(i.signals) // a third one ends what even this did not
				return
			}
			close(i.stop)
			first = false
		}
	}()
}

// deafen leaves Ctrl-C to a program that has the terminal meanwhile.
func (i *interruption) deafen(on bool) { i.deaf.Store(on) }

// end stops listening.
func (i *interruption) end() {
	signal.Stop(i.signals)
	i.cancel()
}

// stopped gives a context that ends with the first Ctrl-C, for what may simply
// be broken off.
func (i *interruption) stopped() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(i)
	go func() {
		select {
		case <-i.stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
