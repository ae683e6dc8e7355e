package diagnose

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// progressPeriod is how often a search reports, and after what time first.
const progressPeriod = 500 * time.Millisecond

// maxHashed bounds, in bytes, what is hashed if nobody said how many candidates
// to try: some ten seconds, whatever the body's length.
const maxHashed = 20 << 30

// Diagnose explains a signature. It first looks whether the signature is right;
// if not, it tries one deviation after the other, then two at once, and so on,
// and lists all explanations of the first number at which there is one. The
// errors are ErrNoSecret, ErrNoSignature, *OptionError and the context's, with
// which comes what was found until then.
func Diagnose(ctx context.Context, c Capture, s Secrets, o Options) (Report, error) {
	switch {
	case len(s.Current) == 0:
		return Report{}, ErrNoSecret
	case strings.TrimSpace(c.Signature) == "":
		return Report{}, ErrNoSignature
	case o.Depth < 0 || o.Depth > MaxDepth:
		return Report{}, &OptionError{Option: "depth", Least: 1, Most: MaxDepth}
	case o.Limit < 0:
		return Report{}, &OptionError{Option: "limit", Least: 1}
	}
	if o.Depth == 0 {
		o.Depth = DefaultDepth
	}
	if o.Limit == 0 {
		o.Limit = min(DefaultLimit, maxHashed/int64(len(c.Body)+512))
	}
	d := diagnosis{capture: c, secrets: s, options: o}
	err := d.run(ctx)
	d.report.Notices = notices(c, s, o)
	return d.report, err
}

// A diagnosis is one run of Diagnose.
type diagnosis struct {
	capture Capture
	secrets Secrets
	options Options
	report  Report

	tried, total, depth atomic.Int64
}

func (d *diagnosis) run(ctx context.Context) error {
	defer d.progress()()
	// What a single deviation needs is prepared in no time, what two need is
	// not: so the first plan stops at one.
	p := newPlan(d.capture, d.secrets, d.options, 1)
	d.report.Readable = false
	for _, some := range p.dims[inDigest].byCost {
		d.report.Readable = d.report.Readable || len(some) > 0
	}
	d.showRule(p)
	if !d.report.Readable {
		return ctx.Err()
	}
	for depth := 0; depth <= d.options.Depth; depth++ {
		if depth == 2 {
			p = newPlan(d.capture, d.secrets, d.options, d.options.Depth)
		}
		found, err := d.search(ctx, p, depth)
		d.report.Tried = d.tried.Load()
		if len(found) > 0 {
			d.conclude(p, found)
			return nil
		}
		if err != nil {
			d.report.Limited = true
			return err
		}
		if d.report.Depth = depth; d.report.Limited {
			return nil
		}
	}
	d.report.Limited = p.full
	return nil
}

// search tries all candidates with so many deviations.
func (d *diagnosis) search(ctx context.Context, p *plan, depth int) ([]candidate, error) {
	jobs, cut := trim(p.jobs(depth), d.options.Limit-d.tried.Load())
	d.report.Limited = d.report.Limited || cut
	total := d.tried.Load()
	for i := range jobs {
		total += jobs[i].most
	}
	d.total.Store(total)
	d.depth.Store(int64(depth))
	s := search{secrets: p.vault.secrets, jobs: jobs, tried: &d.tried}
	err := s.run(ctx, d.options.Workers)
	return s.found, err
}

// conclude turns what matched into findings, or into a match.
func (d *diagnosis) conclude(p *plan, found []candidate) {
	slices.SortStableFunc(found, func(a, b candidate) int {
		if less := a.weight() - b.weight(); less != 0 {
			return less
		}
		return strings.Compare(a.key(), b.key())
	})
	said := map[string]bool{}
	rule := p.rule()
	for i := range found {
		c := &found[i]
		if said[c.key()] {
			continue
		}
		said[c.key()] = true
		if len(c.codes()) == 0 {
			d.report.Match = true
			d.report.Previous = len(d.secrets.Previous) > 0 && string(p.vault.secrets[c[inCredentials].secret]) == string(d.secrets.Previous)
			d.report.Rule = d.secrets.mask(c.build(nil))
			d.report.Findings = nil
			return
		}
		d.report.Findings = append(d.report.Findings, d.finding(c, &rule))
	}
}

// showRule puts the string that should have been signed into the report.
func (d *diagnosis) showRule(p *plan) {
	rule := p.rule()
	if rule[inDigest] == nil { // the signature's form is a deviation itself
		rule[inDigest] = &variant{}
	}
	d.report.Rule = d.secrets.mask(rule.build(nil))
}

// progress reports until the function that it returns is called.
func (d *diagnosis) progress() (stop func()) {
	if d.options.Progress == nil {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(progressPeriod)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				d.options.Progress(Progress{Depth: int(d.depth.Load()), Tried: d.tried.Load(), Total: d.total.Load()})
			}
		}
	}()
	return func() { close(done); <-ended }
}
