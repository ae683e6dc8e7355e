package desk

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/raisboy/raisboy/pkg/journal"
)

// noticePath is the part of a webhook_url that every project shares (Raisboy
// API, section 5).
const noticePath = "/api/payments/notify/"

// Reasons why a webhook_url is not used. A webhook_url comes from outside;
// whoever could choose it freely could have this machine, and its signature,
// reach anything.
var (
	ErrNoticeForm   = errors.New("webhook_url is not a plain absolute address")
	ErrNoticeScheme = errors.New("webhook_url is neither https nor on this machine")
	ErrNoticeHost   = errors.New("webhook_url names a host that the profile does not allow")
	ErrNoticePath   = errors.New("webhook_url does not have the document's path with this payout's id")
)

// CheckNoticeURL decides whether Webhook 2 may go to the address: https, or a
// loopback address where the profile itself is on one; a host of the profile
// or one of NoticeHosts; the path of the document with the same payout_id.
func (d *Desk) CheckNoticeURL(address, payoutID string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil, u.Host == "", u.Opaque != "", u.User != nil, u.RawQuery != "", u.ForceQuery, u.Fragment != "",
		strings.ContainsAny(address, "\\#@"), !visible(address):
		return ErrNoticeForm
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		return ErrNoticeScheme
	case !d.allowsHost(u):
		return ErrNoticeHost
	}
	// The path as it stands, not as it decodes: %2e%2e and friends are refused.
	rest, ok := strings.CutPrefix(u.EscapedPath(), noticePath)
	system, id, found := strings.Cut(rest, "/")
	if !ok || !found || !plainSegment(system) || id != url.PathEscape(payoutID) || !plainSegment(id) {
		return ErrNoticePath
	}
	return nil
}

// visible: ASCII without spaces and control characters. Beyond ASCII there are
// letters that look like others, and some that become others in lower case: the
// Kelvin sign turns into a plain k.
func visible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func plainSegment(s string) bool {
	for _, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && !strings.ContainsRune("-_.~", r) {
			return false
		}
	}
	return s != "" && strings.Trim(s, ".") != ""
}

func (d *Desk) allowsHost(u *url.URL) bool {
	given := hostPort(u.Host, u.Scheme)
	for _, host := range d.ownHosts() {
		if hostPort(host, u.Scheme) == given {
			return true
		}
	}
	for _, host := range d.NoticeHosts {
		if hostPort(host, u.Scheme) == given {
			return true
		}
	}
	return false
}

// hostPort completes a host by the scheme's own port and lower case.
func hostPort(host, scheme string) string {
	u := url.URL{Scheme: scheme, Host: host}
	port := u.Port()
	if port == "" {
		port = map[bool]string{true: "443", false: "80"}[scheme == "https"]
	}
	return net.JoinHostPort(strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), port)
}

// isLoopback goes by the address alone; no name is looked up.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

// An Observation is what an incoming webhook changed, with a warning where its
// webhook_url will not be used: better said before the cash is handed over.
type Observation struct {
	journal.Observation
	AddressProblem error // one of the ErrNotice errors; nil: none

	// Reflected says that it was our own Webhook 2 coming back: nothing was
	// recorded, and nothing is to be acknowledged.
	Reflected bool
}
