package desk_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
)

func TestCheckNoticeURL(t *testing.T) {
	const path = "/api/payments/notify/system_1/pout_1"
	d := &desk.Desk{
		Endpoints:   api.Endpoints{BaseURL: "https://project.example", PayoutURL: "https://pay.example:8443/api/payout/create"},
		NoticeHosts: []string{"backend.example", "other.example:9443", "kiosk.example"},
	}
	tests := []struct {
		address string
		want    error
	}{
		{"https://project.example" + path, nil},
		{"https://project.example:443" + path, nil},
		{"https://PROJECT.Example" + path, nil}, // the same host, written otherwise
		{"HTTPS://project.example" + path, nil},
		{"https://project.example." + path, nil},
		{"https://project.example:" + path, nil},
		{"https://pay.example:8443" + path, nil},
		{"https://backend.example" + path, nil},
		{"https://other.example:9443" + path, nil},
		{"https://project.example/api/payments/notify/a-b.c~1/pout_1", nil},

		{"", desk.ErrNoticeForm},
		{path, desk.ErrNoticeForm},
		{"//project.example" + path, desk.ErrNoticeScheme},
		{"https:project.example" + path, desk.ErrNoticeForm},
		{"https:///project.example" + path, desk.ErrNoticeForm},
		{"https://" + path, desk.ErrNoticeForm},
		{"https://project.example%2f@evil.example" + path, desk.ErrNoticeForm},
		{"https://project.example@evil.example" + path, desk.ErrNoticeForm},
		{"https://user:secret@project.example" + path, desk.ErrNoticeForm},
		{"https://@project.example" + path, desk.ErrNoticeForm},
		{"https://evil.example\\@project.example" + path, desk.ErrNoticeForm},
		{"https://evil.example#@project.example" + path, desk.ErrNoticeForm},
		{"https://project.example" + path + "?a=b", desk.ErrNoticeForm},
		{"https://project.example" + path + "?", desk.ErrNoticeForm},
		{"https://project.example" + path + "#top", desk.ErrNoticeForm},
		{"https://project.example" + path + "#", desk.ErrNoticeForm},
		{" https://project.example" + path, desk.ErrNoticeForm},
		{"https://project.example" + path + " ", desk.ErrNoticeForm},
		{"https://project.example" + path + "\n", desk.ErrNoticeForm},
		{"https://project.example" + path + "\x00", desk.ErrNoticeForm},
		{"https://project.example\t" + path, desk.ErrNoticeForm},
		{"https://project.example%00" + path, desk.ErrNoticeForm},
		{"https://kios\u212a.example" + path, desk.ErrNoticeForm}, // the Kelvin sign is a k in lower case
		{"https://\u212aiosk.example" + path, desk.ErrNoticeForm},
		{"https://pr\u043eject.example" + path, desk.ErrNoticeForm}, // a Cyrillic o
		{"https://project\u3002example" + path, desk.ErrNoticeForm},
		{"https://project.example/api/payments/notify/syst\u0435m/pout_1", desk.ErrNoticeForm},
		{"https://project.example:x" + path, desk.ErrNoticeForm},
		{"https://[::1" + path, desk.ErrNoticeForm},

		{"http://project.example" + path, desk.ErrNoticeScheme},
		{"http://backend.example" + path, desk.ErrNoticeScheme},
		{"ftp://project.example" + path, desk.ErrNoticeScheme},
		{"file://project.example" + path, desk.ErrNoticeScheme},
		{"javascript://project.example" + path, desk.ErrNoticeScheme},
		{"http://2130706433" + path, desk.ErrNoticeScheme},
		{"http://0x7f.1" + path, desk.ErrNoticeScheme},
		{"http://0" + path, desk.ErrNoticeScheme},
		{"http://127.0.0.1.evil.example" + path, desk.ErrNoticeScheme},
		{"http://169.254.169.254" + path, desk.ErrNoticeScheme},
		{"http://LOCALHOST.evil.example" + path, desk.ErrNoticeScheme},

		{"https://evil.example" + path, desk.ErrNoticeHost},
		{"https://project.example.evil.example" + path, desk.ErrNoticeHost},
		{"https://evilproject.example" + path, desk.ErrNoticeHost},
		{"https://sub.project.example" + path, desk.ErrNoticeHost},
		{"https://xn--prject-0nf.example" + path, desk.ErrNoticeHost},
		{"https://project.example:8443" + path, desk.ErrNoticeHost},
		{"https://project.example:0443" + path, desk.ErrNoticeHost},
		{"https://project.example:80" + path, desk.ErrNoticeHost},
		{"https://pay.example" + path, desk.ErrNoticeHost},
		{"https://other.example" + path, desk.ErrNoticeHost},
		{"https://project.example.." + path, desk.ErrNoticeHost},
		{"https://127.0.0.1" + path, desk.ErrNoticeHost},
		{"https://2130706433" + path, desk.ErrNoticeHost},
		{"https://[::1]" + path, desk.ErrNoticeHost},
		{"http://127.0.0.1" + path, desk.ErrNoticeHost}, // this machine, but not the profile's
		{"http://localhost:8787" + path, desk.ErrNoticeHost},
		{"http://[::1]:8787" + path, desk.ErrNoticeHost},
		{"http://[::1%25eth0]" + path, desk.ErrNoticeHost},
		{"http://[::ffff:127.0.0.1]" + path, desk.ErrNoticeHost},

		{"https://project.example", desk.ErrNoticePath},
		{"https://project.example/", desk.ErrNoticePath},
		{"https://project.example/api/payments/notify/system_1/pout_2", desk.ErrNoticePath},
		{"https://project.example/api/payments/notify/system_1/pout_1/", desk.ErrNoticePath},
		{"https://project.example/api/payments/notify/system_1/pout_1/x", desk.ErrNoticePath},
		{"https://project.example/api/payments/notify/x/system_1/pout_1", desk.ErrNoticePath},
		{"https://project.example/api/payments/notify//pout_1", desk.ErrNoticePath},
		{"https://project.example/api/payments/notify/pout_1", desk.ErrNoticePath},
		{"https://project.example//api/payments/notify/system_1/pout_1", desk.ErrNoticePath},
		{"https://project.example/api/payments//notify/system_1/pout_1", desk.ErrNoticePath},
		{"https://project.example/api/payments/notify/../pout_1", desk.ErrNoticePath},
		{"https://project.example/api/payments/notify/./pout_1", desk.ErrNoticePath},
		{"https://project.example/api/payments/notify/%2e%2e/pout_1", desk.ErrNoticePath},
		{"https://project.example/api/payments/notify/%2E%2E/pout_1", desk.ErrNoticePath},
		{"https://project.example/api/payments/notify/a%2fb/pout_1", desk.ErrNoticePath},
		{"https://project.example/api/payments/notify/a;b/pout_1", desk.ErrNoticePath},
		{"https://project.example/api/payments/notify/a%00/pout_1", desk.ErrNoticePath},
		{"https://project.example/api/payments/notify/system_1/%70out_1", desk.ErrNoticePath},
		{"https://project.example/api/payments/notify/system_1/pout_1%20", desk.ErrNoticePath},
		{"https://project.example/%61pi/payments/notify/system_1/pout_1", desk.ErrNoticePath},
		{"https://project.example/API/payments/notify/system_1/pout_1", desk.ErrNoticePath},
		{"https://project.example/x/api/payments/notify/system_1/pout_1", desk.ErrNoticePath},
		{"https://project.example/x/../api/payments/notify/system_1/pout_1", desk.ErrNoticePath},
	}
	for _, tt := range tests {
		if err := d.CheckNoticeURL(tt.address, "pout_1"); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%q: %v, wanted %v", tt.address, err, tt.want)
		}
	}
	for _, id := range []string{"", ".", "..", "a/b", "%2e", "a b", "\u043f", "?x"} {
		if err := d.CheckNoticeURL("https://project.example/api/payments/notify/system_1/"+id, id); err == nil {
			t.Errorf("payout_id %q passes", id)
		}
	}
}

// A profile on this machine may be told of on this machine.
func TestCheckNoticeURLOnLoopback(t *testing.T) {
	const path = "/api/payments/notify/s/p"
	for _, base := range []string{"http://127.0.0.1:8787", "http://localhost:8787", "http://[::1]:8787"} {
		d := &desk.Desk{Endpoints: api.Endpoints{BaseURL: base}}
		if err := d.CheckNoticeURL(base+path, "p"); err != nil {
			t.Errorf("%s: %v", base, err)
		}
		if err := d.CheckNoticeURL("http://127.0.0.2:8787"+path, "p"); !errors.Is(err, desk.ErrNoticeHost) {
			t.Errorf("%s: %v", base, err)
		}
	}
	if err := (&desk.Desk{}).CheckNoticeURL("https://project.example"+path, "p"); !errors.Is(err, desk.ErrNoticeHost) {
		t.Errorf("without a profile: %v", err)
	}
}

// Whatever comes, an address that passes leads to an allowed host and to the
// document's path.
func FuzzCheckNoticeURL(f *testing.F) {
	f.Add("https://project.example/api/payments/notify/s/p", "p")
	f.Add("https://project.example@evil.example/api/payments/notify/s/p", "p")
	f.Add("https://project.example/api/payments/notify/../p", "p")
	f.Add("https://[::1]:443/api/payments/notify/s/p", "p")
	f.Add("https://pro\u212aect.example/api/payments/notify/s/p", "p")
	d := &desk.Desk{Endpoints: api.Endpoints{BaseURL: "https://project.example"}}
	f.Fuzz(func(t *testing.T, address, id string) {
		if d.CheckNoticeURL(address, id) != nil {
			return
		}
		path, err := api.SignedPath(address)
		if err != nil || !matches(address, path, id) {
			t.Errorf("%q passes for %q", address, id)
		}
	})
}

// matches is a second reading of the rule, by pattern.
func matches(address, path, id string) bool {
	whole := regexp.MustCompile(`^(?i:https://project\.example\.?)(:443|:)?/api/payments/notify/[A-Za-z0-9._~-]+/[A-Za-z0-9._~-]+$`)
	return whole.MatchString(address) && strings.HasSuffix(path, "/"+id) && strings.HasPrefix(path, "/api/payments/notify/") &&
		!strings.Contains(path, "/../") && !strings.Contains(path, "/./") && id != "." && id != ".."
}
