package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/money"
)

// maxReply bounds what is read of an answer to a question, in bytes.
const maxReply = 1024

// attended: both ends of a conversation are a terminal. stdout may be a pipe
// all the same.
func (a *app) attended() bool { return a.process.inTerminal && a.process.errTerminal }

func (a *app) canAsk() bool { return a.attended() && !a.options.NoInput }

// ask prints a question on stderr and reads one line. A first Ctrl-C, or the
// end of input, is ErrStopped.
func (a *app) ask(ctx context.Context, question string) (string, error) {
	if _, err := fmt.Fprint(a.process.err, a.render.Wrapped(question)+" "); err != nil {
		return "", desk.ErrStopped
	}
	type reply struct {
		line string
		err  error
	}
	replies := make(chan reply, 1)
	go func() {
		line, err := bufio.NewReader(io.LimitReader(a.process.in, maxReply)).ReadString('\n')
		replies <- reply{line, err}
	}()
	select {
	case r := <-replies:
		if r.err != nil {
			_, _ = fmt.Fprintln(a.process.err)
			return "", desk.ErrStopped
		}
		return strings.TrimSpace(r.line), nil
	case <-a.interrupt.stop:
	case <-ctx.Done():
	}
	_, _ = fmt.Fprintln(a.process.err)
	return "", desk.ErrStopped
}

// yes asks a question that is answered by yes or, by default, no.
func (a *app) yes(ctx context.Context, question string) error {
	line, err := a.ask(ctx, question+" [y/N]")
	if err != nil {
		return err
	}
	switch strings.ToLower(line) {
	case "y", "yes", "д", "да":
		return nil
	}
	return declined{}
}

// unanswered: a question was put, and yes was not the answer.
func unanswered(err error) bool {
	return errors.Is(err, desk.ErrStopped) || errors.Is(err, declined{})
}

// retype asks for an amount to be typed once more.
func (a *app) retype(ctx context.Context, question string, amount money.Amount) error {
	line, err := a.ask(ctx, question)
	if err != nil {
		return err
	}
	if again, err := money.Parse(line); err != nil || again != amount {
		return &amountNotConfirmed{Given: line}
	}
	return nil
}

// confirmation is how an order's confirmation was given on the command line.
type confirmation struct {
	yes           bool   // --yes
	ask           bool   // --confirm: ask in the sandbox too
	confirmAmount string // --confirm-amount
}

// confirmOrder asks before money moves. Where nobody can be asked, the flags
// are the order; where somebody could be but --no-input forbids it, --yes must
// have answered.
func (a *app) confirmOrder(c confirmation, above money.Amount) func(context.Context, desk.Preview) error {
	return func(ctx context.Context, p desk.Preview) error {
		if above > 0 && p.Order.Amount > above {
			return a.confirmLarge(ctx, c, p, above)
		}
		switch {
		case c.yes, p.Sandbox && !c.ask:
			return nil
		case a.canAsk():
			return a.yes(ctx, a.question("prompt.order", p))
		case a.attended():
			return &usageError{Problem: usageNoAnswer, Name: "--yes"}
		}
		return nil
	}
}

// confirmLarge has the amount typed once more: neither --yes nor a pipe stands
// in for a second look at a large sum.
func (a *app) confirmLarge(ctx context.Context, c confirmation, p desk.Preview, above money.Amount) error {
	if c.confirmAmount != "" {
		return sameAmount(c.confirmAmount, p.Order.Amount)
	}
	if !a.canAsk() {
		return &amountNotConfirmed{}
	}
	return a.retype(ctx, a.question("prompt.retype", p), p.Order.Amount)
}
