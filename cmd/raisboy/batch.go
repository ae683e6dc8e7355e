package main

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/time/rate"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/batch"
	"github.com/raisboy/raisboy/pkg/money"
)

// The bounds of --jobs.
const (
	defaultJobs = 8
	maxJobs     = 256
)

// maxBatchName leaves room in a reference of 64 characters for the line.
const maxBatchName = 50

// batchFlags declares what runs a whole file. once is for the sums, of which
// only one can be meant.
func batchFlags(c *cobra.Command, kind api.Kind) {
	flags := c.Flags()
	once(flags, "file", "flag.file")
	flags.Bool("stream", false, "flag.stream")
	flags.Int("jobs", defaultJobs, "flag.jobs")
	once(flags, "rate", "flag.rate")
	flags.Int("max-failures", 0, "flag.max-failures")
	once(flags, "expect-count", "flag.expect-count")
	once(flags, "template", "flag.template")
	if !kind.MovesMoney() {
		return
	}
	once(flags, "batch", "flag.batch")
	flags.Int("max-unknown", 10, "flag.max-unknown")
	once(flags, "expect-sum", "flag.expect-sum")
}

// singleFlags are those of one operation, which a file's rows have instead.
func singleFlags() []string { return []string{"user", "amount", "ref", "request-id", "wait"} }

// batchOnlyFlags need a file.
func batchOnlyFlags() []string {
	return []string{"stream", "jobs", "rate", "max-failures", "max-unknown", "batch", "expect-count", "expect-sum"}
}

// batchOrder is a batch as it is ordered by flags.
type batchOrder struct {
	file   string
	terms  batch.Terms
	expect batch.Expectation
	stream bool
	dryRun bool
	jobs   int
	rate   *rate.Limiter // nil: no bound

	maxFailures, maxUnknown int
	expectSum               bool
	confirmation            confirmation
}

// batched carries out the command as a batch, if it is one.
func (a *app) batched(c *cobra.Command, kind api.Kind) (bool, error) {
	flags := c.Flags()
	if form, _ := flags.GetString("template"); flags.Changed("template") {
		for _, name := range append(singleFlags(), "file", "confirm-amount") { // an order that would not be carried out, with exit 0
			if flags.Changed(name) {
				return true, &usageError{Problem: usageExclusive, Name: "--template", Value: "--" + name, Command: c.CommandPath()}
			}
		}
		return true, a.template(c, kind, form)
	}
	if !flags.Changed("file") {
		for _, name := range batchOnlyFlags() {
			if flags.Changed(name) {
				return true, &usageError{Problem: usageNeedsFlag, Name: "--" + name, Value: "--file", Command: c.CommandPath()}
			}
		}
		return false, nil
	}
	order, err := readBatchOrder(c, kind)
	if err != nil {
		return true, err
	}
	return true, a.runBatch(order)
}

// template prints an empty form.
func (a *app) template(c *cobra.Command, kind api.Kind, form string) error {
	if form != "csv" {
		return &usageError{Problem: usageBadValue, Name: "--template", Value: form, Command: c.CommandPath()}
	}
	_, err := io.WriteString(a.process.out, strings.Join(batch.Columns(kind), ",")+"\n")
	return err
}

func readBatchOrder(c *cobra.Command, kind api.Kind) (batchOrder, error) {
	flags := c.Flags()
	o := batchOrder{terms: batch.Terms{Kind: kind}, confirmation: readConfirmation(c)}
	for _, name := range singleFlags() {
		if flags.Changed(name) {
			return o, &usageError{Problem: usageExclusive, Name: "--file", Value: "--" + name, Command: c.CommandPath()}
		}
	}
	if flags.Changed("confirm-amount") { // the sum of the file, which is not read yet
		given, err := needFlag(c, "confirm-amount")
		if err == nil {
			_, err = money.Parse(given)
		}
		if err != nil {
			return o, err
		}
	}
	var err error
	for name, into := range map[string]*string{
		"file": &o.file, "batch": &o.terms.Batch, "currency": &o.terms.Currency, "method": &o.terms.PaymentMethod,
	} {
		if flags.Lookup(name) == nil {
			continue
		}
		if *into, err = flagText(c, name); err != nil {
			return o, err
		}
		if flags.Changed(name) && *into == "" {
			return o, &usageError{Problem: usageNoValue, Name: "--" + name, Command: c.CommandPath()}
		}
	}
	o.terms.Again, _ = flags.GetBool("again")
	o.terms.SkipValidate, _ = flags.GetBool("skip-validate")
	o.stream, _ = flags.GetBool("stream")
	o.dryRun, _ = flags.GetBool("dry-run")
	if o.terms.Batch != "" {
		if err := api.CheckText("batch", o.terms.Batch, maxBatchName); err != nil {
			return o, err
		}
	}
	return o, errors.Join(readBounds(c, &o), readExpectation(c, &o))
}

func readBounds(c *cobra.Command, o *batchOrder) error {
	flags := c.Flags()
	for _, bound := range []struct {
		name        string
		into        *int
		least, most int
	}{
		{"jobs", &o.jobs, 1, maxJobs}, {"max-failures", &o.maxFailures, 0, 1 << 30}, {"max-unknown", &o.maxUnknown, 0, 1 << 30},
	} {
		if flags.Lookup(bound.name) == nil {
			continue
		}
		n, err := flags.GetInt(bound.name)
		if err != nil || n < bound.least || n > bound.most {
			return badWord(c, bound.name, strconv.Itoa(n), nil)
		}
		*bound.into = n
	}
	text, err := flagText(c, "rate")
	if err != nil || !flags.Changed("rate") {
		return err
	}
	limit, ok := readRate(text)
	if !ok {
		return badWord(c, "rate", text, nil)
	}
	o.rate = rate.NewLimiter(limit, 1)
	return nil
}

// readRate reads "50/s", "50", "100/m", "1000/h".
func readRate(text string) (rate.Limit, bool) {
	number, unit, found := strings.Cut(text, "/")
	if !found {
		unit = "s"
	}
	seconds := map[string]float64{"s": 1, "m": 60, "min": 60, "h": 3600}[unit]
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || seconds == 0 || !(n > 0) || n > 1e6 {
		return 0, false
	}
	return rate.Limit(n / seconds), true
}

func readExpectation(c *cobra.Command, o *batchOrder) error {
	flags := c.Flags()
	for _, name := range []string{"expect-count", "expect-sum", "confirm-amount", "dry-run"} {
		if o.stream && flags.Lookup(name) != nil && flags.Changed(name) { // it is known at the end alone
			return &usageError{Problem: usageExclusive, Name: "--stream", Value: "--" + name, Command: c.CommandPath()}
		}
	}
	if flags.Changed("expect-count") {
		text, _ := flags.GetString("expect-count")
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return badWord(c, "expect-count", text, nil)
		}
		o.expect.HasCount, o.expect.Count = true, n
	}
	if flags.Lookup("expect-sum") != nil && flags.Changed("expect-sum") {
		text, err := flagText(c, "expect-sum")
		if err != nil {
			return err
		}
		if o.expect.Sum, err = money.Parse(text); err != nil {
			return err
		}
		o.expectSum = true
	}
	return nil
}
