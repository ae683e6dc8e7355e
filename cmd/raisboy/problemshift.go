package main

import (
	"errors"

	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/render"
)

// explainShift explains what keeps a shift from being opened, closed or told.
func (a *app) explainShift(err error) (problem, bool) {
	var (
		refused *journal.ShiftError
		page    *pageError
	)
	switch {
	case errors.As(err, &refused):
		exit := exitHeld
		if refused.Problem == journal.ShiftUnknown {
			exit = exitUsage
		}
		s := refused.Shift
		w := words{"Desk": render.Sanitize(refused.Desk), "Number": s.Number, "Wanted": refused.Number, "Who": "", "Time": ""}
		switch {
		case s.Number == 0:
		case s.Open():
			w["Who"], w["Time"] = render.Sanitize(s.OpenedBy), a.render.Clock(s.OpenedAt)
		default:
			w["Who"], w["Time"] = render.Sanitize(s.ClosedBy), a.render.Clock(s.ClosedAt)
		}
		return a.say(exit, "problem.shift."+string(refused.Problem), w), true
	case errors.As(err, &page):
		return a.explainPage(page), true
	case errors.Is(err, money.ErrOverflow):
		return a.say(exitInternal, "problem.overflow", nil), true
	}
	return problem{}, false
}
