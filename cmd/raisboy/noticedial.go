package main

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"

	"github.com/raisboy/raisboy/pkg/api"
)

// errForbiddenAddress is returned for a webhook_url whose host name leads to an
// address that no project on the internet has.
var errForbiddenAddress = errors.New("webhook_url leads to an address that is not public")

// noticeTransport carries Webhook 2. Its address came from outside: even if
// the host is an allowed one, its name may lead anywhere, so that every address
// is looked at once it is resolved and before it is dialled. Through a proxy it
// is the proxy that resolves; the proxy's own address is the operator's choice.
type noticeTransport struct{ direct, proxied http.RoundTripper }

func newNoticeTransport(loopbackToo bool) *noticeTransport {
	guard := func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !mayDial(at.Addr(), loopbackToo) {
			return errForbiddenAddress
		}
		return nil
	}
	noProxy := func(*http.Request) (*url.URL, error) { return nil, nil }
	return &noticeTransport{
		direct:  api.NewTransport(api.TransportOptions{Control: guard, Proxy: noProxy}),
		proxied: api.NewTransport(api.TransportOptions{}),
	}
}

// RoundTrip implements http.RoundTripper.
func (t *noticeTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "https" {
		if proxy, err := http.ProxyFromEnvironment(r); err == nil && proxy != nil {
			return t.proxied.RoundTrip(r)
		}
	}
	return t.direct.RoundTrip(r)
}

// mayDial decides about one resolved address.
func mayDial(address netip.Addr, loopbackToo bool) bool {
	address = address.Unmap()
	if address.IsLoopback() {
		return loopbackToo
	}
	if !address.IsGlobalUnicast() || address.IsPrivate() {
		return false
	}
	for _, reserved := range reservedNetworks() {
		if reserved.Contains(address) {
			return false
		}
	}
	return true
}

// reservedNetworks are neither private by RFC 1918 nor public: they lead into
// a carrier's or a cloud's inside, or wrap another address.
func reservedNetworks() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),       // "this" network
		netip.MustParsePrefix("100.64.0.0/10"),   // carrier-grade NAT
		netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments
		netip.MustParsePrefix("192.0.2.0/24"),    // documentation
		netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
		netip.MustParsePrefix("198.51.100.0/24"), // documentation
		netip.MustParsePrefix("203.0.113.0/24"),  // documentation
		netip.MustParsePrefix("240.0.0.0/4"),     // reserved, and broadcast
		netip.MustParsePrefix("64:ff9b::/96"),    // NAT64 wraps an IPv4 address
		netip.MustParsePrefix("64:ff9b:1::/48"),  // likewise, local
		netip.MustParsePrefix("2001::/23"),       // protocol assignments, Teredo
		netip.MustParsePrefix("2001:db8::/32"),   // documentation
		netip.MustParsePrefix("2002::/16"),       // 6to4 wraps an IPv4 address
	}
}

// onLoopback reports whether an address is this machine by its own words.
func onLoopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.Unmap().IsLoopback()
}
