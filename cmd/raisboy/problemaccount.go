package main

import (
	"errors"

	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/statement"
)

// explainAccount finds the sentences for what goes wrong with the merchant
// account and with a partner's statement.
func (a *app) explainAccount(err error) (problem, bool) {
	var (
		repeated *journal.RepeatedMovementError
		unread   *statement.Error
	)
	switch {
	case errors.As(err, &repeated):
		first := repeated.First
		w := words{"ID": first.ID, "At": a.render.Clock(first.RecordedAt)}
		return a.say(exitHeld, "problem.movement-repeated", w), true
	case errors.As(err, &unread):
		w := words{"Line": unread.Line, "Column": render.Sanitize(unread.Column), "Value": render.Sanitize(unread.Value)}
		return a.say(exitUsage, "problem.statement."+string(unread.Problem), w), true
	}
	return problem{}, false
}
