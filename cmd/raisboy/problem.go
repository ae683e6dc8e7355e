package main

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/sandbox"
	"github.com/raisboy/raisboy/pkg/sign"
)

// problem is an error as a person reads it: one line of cause, one of remedy.
type problem struct {
	exit          exitCode
	cause, remedy string
}

// words fill the places in a sentence.
type words = map[string]any

// explain finds the sentences for an error. Errors are told apart by their
// types and codes alone; one that none of these knows is an internal error,
// shown as it is.
func (a *app) explain(err error) problem {
	for _, known := range []func(error) (problem, bool){
		a.explainStop, a.explainSetup, a.explainUsage, a.explainAccount, a.explainInput, a.explainConfig, a.explainProfile, a.explainSecret,
		a.explainJournal, a.explainRuling, a.explainBatch, a.explainShift, a.explainSystem,
	} {
		if p, ok := known(err); ok {
			return p
		}
	}
	return a.say(exitInternal, "problem.internal", words{"Error": render.Sanitize(err.Error())})
}

func (a *app) say(exit exitCode, key string, w words) problem {
	return problem{exit: exit, cause: a.catalog.T(key+".cause", w), remedy: a.catalog.T(key+".remedy", w)}
}

func (a *app) explainStop(err error) (problem, bool) {
	var no declined
	var unconfirmed *amountNotConfirmed
	var cash *notHandedOver
	switch {
	case errors.As(err, &cash): // before what it wraps: that says nothing of the cash
		return a.explainCash(cash), true
	case errors.Is(err, desk.ErrStopped), errors.Is(err, context.Canceled):
		return a.say(exitInterrupted, "problem.stopped", nil), true
	case errors.As(err, &no):
		return a.say(exitInterrupted, "problem.declined", nil), true
	case errors.As(err, &unconfirmed) && unconfirmed.Resend:
		return a.say(exitHeld, "problem.unconfirmed-resend", nil), true
	case errors.As(err, &unconfirmed) && unconfirmed.Flag:
		return a.say(exitHeld, "problem.unconfirmed-differs", words{"Given": render.Sanitize(unconfirmed.Given)}), true
	case errors.As(err, &unconfirmed) && unconfirmed.Batch:
		return a.say(exitHeld, "problem.unconfirmed-batch", nil), true
	case errors.As(err, &unconfirmed):
		return a.say(exitHeld, "problem.unconfirmed", nil), true
	}
	return problem{}, false
}

func (a *app) explainCash(cash *notHandedOver) problem {
	if unanswered(cash.Err) {
		return a.say(exitInterrupted, "problem.not-handed-over", words{"ID": cash.ID})
	}
	p := a.explain(cash.Err)
	return a.say(p.exit, "problem.handover-unrecorded", words{"ID": cash.ID, "Error": p.cause, "Remedy": p.remedy})
}

func (a *app) explainUsage(err error) (problem, bool) {
	var u *usageError
	if !errors.As(err, &u) {
		return problem{}, false
	}
	w := words{"Name": render.Sanitize(u.Name), "Value": render.Sanitize(u.Value), "Meant": u.Meant, "Command": u.Command}
	if key := "help.word." + strings.ToLower(u.Name); u.Problem == usageMissingArg && a.catalog.Has(key) {
		w["Name"] = a.catalog.T(key, nil) // as the help calls it
	}
	p := a.say(exitUsage, "problem.usage."+string(u.Problem), w)
	if u.Meant != "" {
		p.remedy = a.catalog.T("problem.meant", w)
	}
	return p, true
}

func (a *app) explainInput(err error) (problem, bool) {
	var (
		setting *settingError
		field   *api.FieldError
		amount  *money.ParseError
		part    *sign.PartError
		fault   *sandbox.FaultError
	)
	switch {
	case errors.As(err, &setting) && !errors.As(setting.Err, &field):
		return a.say(exitSetup, "problem.setting-amount", words{"Key": setting.Key}), true
	case errors.As(err, &field):
		w := words{"Field": field.Field, "Value": render.Sanitize(field.Value), "Limit": field.Limit}
		p := a.say(exitUsage, "problem.field."+string(field.Problem), w)
		if meant := meantMethod(field); meant != "" {
			p.remedy = a.catalog.T("problem.meant", words{"Meant": meant})
		}
		if setting != nil { // it stands in the file or a variable, not in the command
			p.exit = exitSetup
		}
		return p, true
	case errors.As(err, &amount):
		return a.explainAmount(amount), true
	case errors.As(err, &part):
		return a.say(exitUsage, "problem.sign-part", words{"Part": part.Part.String()}), true
	case errors.Is(err, sign.ErrTimestamp):
		return a.explainTimestamp(err), true
	case errors.As(err, &fault):
		return a.say(exitUsage, "problem.fault", words{"Part": render.Sanitize(fault.Part)}), true
	}
	return problem{}, false
}

func (a *app) explainAmount(e *money.ParseError) problem {
	w := words{"Value": render.Sanitize(e.Input)}
	key := "problem.amount.not-a-number"
	switch e.Reason {
	case money.Empty:
		key = "problem.amount.empty"
	case money.Negative:
		key = "problem.amount.negative"
	case money.Zero:
		key = "problem.amount.zero"
	case money.TooManyDecimals:
		key = "problem.amount.decimals"
	case money.AmbiguousSeparator:
		key = "problem.amount.ambiguous"
		w["First"] = e.Readings[0].String()
		if len(e.Readings) > 1 {
			w["Second"] = e.Readings[1].String()
		}
	case money.BadGrouping:
		key = "problem.amount.grouping"
	case money.TooLarge:
		key = "problem.amount.too-large"
	case money.Exponent:
		key = "problem.amount.exponent"
	case money.NotANumber:
	}
	return a.say(exitUsage, key, w)
}

func (a *app) explainTimestamp(err error) problem {
	switch {
	case errors.Is(err, sign.ErrMilliseconds):
		return a.say(exitUsage, "problem.timestamp.milliseconds", nil)
	case errors.Is(err, sign.ErrNoOffset):
		return a.say(exitUsage, "problem.timestamp.no-offset", nil)
	}
	return a.say(exitUsage, "problem.timestamp.unreadable", nil)
}

func (a *app) explainJournal(err error) (problem, bool) {
	var (
		storage *journal.StorageError
		damage  *journal.DamageError
		origin  *journal.OriginError
	)
	switch {
	case errors.As(err, &storage):
		w := words{"Path": render.Sanitize(storage.Path), "Error": ""}
		if storage.Err != nil {
			w["Error"] = a.reason(storage.Err)
		}
		return a.say(exitSetup, "problem.journal."+string(storage.Problem), w), true
	case errors.As(err, &damage):
		return a.say(exitSetup, "problem.damage", words{"Operation": damage.Operation, "Table": damage.Table}), true
	case errors.As(err, &origin):
		w := words{"Profile": origin.Profile, "Recorded": strings.Join(origin.Recorded, ", ")}
		return a.say(exitSetup, "problem.origin", w), true
	}
	return problem{}, false
}

func (a *app) explainRuling(err error) (problem, bool) {
	var r *desk.RulingError
	if !errors.As(err, &r) {
		return problem{}, false
	}
	exit := exitHeld
	switch r.Problem {
	case desk.RulingWrongKind:
		exit = exitUsage
	case desk.RulingOtherOrigin:
		exit = exitSetup
	default:
	}
	w := words{
		"ID": r.Entry.ID, "Outcome": r.Entry.State.String(), "Status": string(r.Entry.PayoutStatus),
		"URL": render.Sanitize(r.Entry.WebhookURL), "PayoutID": render.Sanitize(r.Entry.PayoutID),
	}
	return a.say(exit, "problem.ruling."+string(r.Problem), w), true
}

func (a *app) explainSystem(err error) (problem, bool) {
	var (
		folder  *fs.PathError
		options *sandbox.OptionError
		stdout  *stdoutError
		lost    *lostOutput
		address *listenError
		ledger  *sandbox.LedgerError
		sent    *sandbox.SendError
		pair    *certificateError
	)
	switch {
	case errors.As(err, &pair):
		w := words{"Cert": render.Sanitize(pair.Cert), "Key": render.Sanitize(pair.Key), "Error": a.reason(pair.Err)}
		return a.say(exitSetup, "problem.certificate", w), true
	case errors.As(err, &stdout):
		return a.say(exitSetup, "problem.stdout", words{"Error": a.reason(stdout.err)}), true
	case errors.As(err, &lost):
		return a.say(exitInternal, "problem.lost-output", words{"Error": a.reason(lost.err)}), true
	case errors.As(err, &address):
		key := "problem.listen"
		if address.InUse {
			key = "problem.port-in-use"
		}
		return a.say(exitSetup, key, words{"Address": address.Address, "Error": a.reason(address.Err)}), true
	case errors.As(err, &ledger):
		return a.say(exitSetup, "problem.sandbox-ledger", words{"Path": ledger.Path}), true
	case errors.As(err, &options):
		return a.say(exitUsage, "problem.sandbox-option", words{"Option": options.Option}), true
	case errors.Is(err, journal.ErrNotFound):
		return a.say(exitUsage, "problem.not-found", nil), true
	case errors.As(err, &folder) && strings.HasPrefix(folder.Path, "/dev/std"):
		return a.say(exitInternal, "problem.output", words{"Error": a.reason(folder.Err)}), true
	case errors.As(err, &folder):
		return a.say(exitSetup, "problem.folder", words{"Path": render.Sanitize(folder.Path), "Error": a.reason(folder.Err)}), true
	case errors.As(err, &sent):
		return a.say(exitUsage, "problem.sandbox-send", words{"Reason": sent.Reason}), true
	}
	return problem{}, false
}
