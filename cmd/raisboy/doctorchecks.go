package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/text"
)

const (
	lookupTime = 5 * time.Second
	// A certificate that ends this soon is worth a word.
	certificateNotice = 14 * 24 * time.Hour
	// From here on a signature is about to be refused for its clock alone.
	dangerousSkew = 4 * time.Minute
)

// checkAddress looks the project up and shakes hands with it.
func (x *examination) checkAddress() error {
	base := x.session.profile.BaseURL
	u, err := url.Parse(base)
	if err != nil || base == "" {
		return nil
	}
	if u.Scheme == "http" { // which is this machine alone
		if err := x.ok("dns", "doctor.dns.local", words{"Host": u.Host}); err != nil {
			return err
		}
		return x.ok("tls", "doctor.tls.local", nil)
	}
	request := &http.Request{URL: u}
	if proxy, err := http.ProxyFromEnvironment(request); err == nil && proxy != nil {
		if err := x.ok("dns", "doctor.dns.proxy", words{"Proxy": proxy.Host}); err != nil {
			return err
		}
		return x.ok("tls", "doctor.tls.proxy", nil)
	}
	ctx, cancel := context.WithTimeout(x.app.interrupt, lookupTime)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupHost(ctx, u.Hostname())
	if err != nil {
		return x.fail("dns", exitNotSent, "doctor.dns.failed", words{"Host": u.Hostname()})
	}
	if err := x.ok("dns", "doctor.dns.found", words{"Host": u.Hostname(), "Addresses": strings.Join(addresses, ", ")}); err != nil {
		return err
	}
	return x.checkTLS(u)
}

func (x *examination) checkTLS(u *url.URL) error {
	ctx, cancel := context.WithTimeout(x.app.interrupt, lookupTime)
	defer cancel()
	port := u.Port()
	fill(&port, "443")
	dialer := &tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12}}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		x.failures = append(x.failures, exitNotSent)
		return x.app.render.Check(render.Check{
			Name: "tls", Status: render.CheckFailure,
			Detail: render.Sentence{Words: func(c *text.Catalog) string {
				speaker := *x.app
				speaker.catalog = c // scripts read English
				return c.T("doctor.tls.failed.cause", words{"Error": speaker.reason(err)})
			}},
			Remedy: render.Sentence{Key: "doctor.tls.failed.remedy"},
		})
	}
	defer func() { _ = conn.Close() }()
	secure, ok := conn.(*tls.Conn)
	if !ok {
		return nil
	}
	ends := secure.ConnectionState().PeerCertificates[0].NotAfter
	w := words{"Until": ends.Format(time.DateOnly)}
	if ends.Sub(x.app.process.now()) < certificateNotice {
		return x.warn("tls", "doctor.tls.ending", w)
	}
	return x.ok("tls", "doctor.tls.good", w)
}

// checkProject asks about a user who cannot exist: whether the signature is
// accepted, and what the project's clock says. No money moves.
func (x *examination) checkProject() error {
	s := x.session
	if missing := s.profile.Require("base_url", "api_key", "secret"); missing != nil {
		return nil //nolint:nilerr // checkConfig said so
	}
	if err := s.openClient(x.app.interrupt); err != nil {
		return x.failure("signature", err)
	}
	d := desk.Desk{Client: s.client, Now: x.app.process.now, Stop: x.app.interrupt.stop, Endpoints: s.endpoints()}
	o, err := d.Validate(x.app.interrupt, "raisboy-doctor-"+uuid.NewString())
	if err != nil {
		return x.failure("signature", err)
	}
	if err := x.checkClock(o.ServerDate); err != nil {
		return err
	}
	w := words{"Code": render.Sanitize(o.CodeOrCause()), "Status": o.HTTPStatus}
	switch {
	case o.RefusesCredentials():
		return x.fail("signature", exitCredentials, "doctor.signature.refused", w)
	case o.Verdict == api.Done || o.Verdict == api.Refused:
		return x.ok("signature", "doctor.signature.accepted", w)
	}
	return x.noAnswer(w, "cause."+o.CodeOrCause()+".meaning")
}

// noAnswer says why there was none: by its name, which scripts look for, and in
// words, where the catalog has the meaning of it.
func (x *examination) noAnswer(w words, meaning string) error {
	const key = "doctor.signature.no-answer"
	x.failures = append(x.failures, exitNotSent)
	return x.app.render.Check(render.Check{
		Name: "signature", Status: render.CheckFailure,
		Detail: render.Sentence{Words: func(c *text.Catalog) string {
			if !c.Has(meaning) {
				return c.T(key+".cause", w)
			}
			return c.T(key+".cause", w) + ". " + c.T(meaning, nil)
		}},
		Remedy: render.Sentence{Key: key + ".remedy", Data: w},
	})
}

func (x *examination) checkClock(theirs time.Time) error {
	if theirs.IsZero() {
		return nil // no answer, or one without a date: nothing to compare with
	}
	skew := x.app.process.now().Sub(theirs).Round(time.Second)
	w := words{"Skew": x.app.catalog.Span(skew)}
	switch {
	case skew.Abs() > dangerousSkew:
		return x.fail("clock", exitCredentials, "doctor.clock.wrong", w)
	case skew.Abs() > maxSkew:
		return x.warn("clock", "doctor.clock.off", w)
	}
	return x.ok("clock", "doctor.clock.good", w)
}

// checkJournal reads the whole journal, checking every row, and opens it for
// writing: a server that only follows another one can be read.
func (x *examination) checkJournal() error {
	err := x.session.openJournal(x.app.interrupt, true)
	if isMissing(err) {
		return x.ok("journal", "doctor.journal.none", nil)
	}
	x.unopened = err != nil
	var report journal.Report
	if err == nil {
		report, err = x.session.journal.Verify(x.app.interrupt)
	}
	if err == nil && report.OK() {
		err = x.session.tryWriting(x.app.interrupt)
	}
	if err == nil && report.OK() {
		err = x.checkBinding()
	}
	switch {
	case err != nil:
		return x.failure("journal", err)
	case !report.OK():
		return x.fail("journal", exitSetup, "doctor.journal.damaged", words{"Count": len(report.Damaged)})
	}
	return x.ok("journal", "doctor.journal.good", words{"Rows": report.Rows, "Version": x.session.journal.Engine(x.app.interrupt)})
}

// checkBinding: a journal that knows the profile by other addresses refuses
// every operation, so that test and real money do not mix.
func (x *examination) checkBinding() error {
	p := x.session.profile
	if p.BaseURL == "" {
		return nil // said already
	}
	origins, err := x.session.endpoints().Origins()
	if err != nil {
		return err
	}
	return x.session.journal.Bound(x.app.interrupt, p.Name, p.Sandbox, origins)
}

// checkOpenMatters counts what a person still has to look at.
func (x *examination) checkOpenMatters() error {
	if x.unopened {
		return nil
	}
	profile := x.session.profile.Name
	return errors.Join(
		x.count("unknown", journal.Filter{Profile: profile, States: []journal.State{
			journal.StateUnknown, journal.StateMismatch, journal.StateConflict,
		}}),
		x.count("notices", journal.Filter{Profile: profile, Notices: true}),
	)
}

// count warns of each kind of matter that is open. A journal that does not
// exist yet has none.
func (x *examination) count(name string, filter journal.Filter) error {
	found := 0
	if j := x.session.journal; j != nil {
		for _, err := range j.List(x.app.interrupt, filter) {
			if err != nil {
				return x.failure(name, err)
			}
			found++
		}
	}
	if found == 0 {
		return x.ok(name, "doctor."+name+".none", nil)
	}
	return x.warn(name, "doctor."+name+".some", words{"Count": found})
}
