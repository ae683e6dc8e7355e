package diagnose

import (
	"strings"
	"unicode/utf8"

	"github.com/raisboy/raisboy/pkg/sign"
)

// notices looks at what is refused beside the signature.
func notices(c Capture, s Secrets, o Options) []Notice {
	var all []Notice
	add := func(n Notice) {
		n.Value = string(s.mask([]byte(clip(n.Value))))
		all = append(all, n)
	}
	if c.Timestamp != "" {
		t, err := sign.ParseTimestamp(c.Timestamp)
		window := o.Window
		if window == 0 {
			window = sign.DefaultWindow
		}
		switch {
		case err != nil:
			add(Notice{Code: NoticeTimestamp, Name: headerTimestamp, Value: c.Timestamp})
		case !o.Now.IsZero() && t.Sub(o.Now).Abs() > window:
			add(Notice{Code: NoticeClock, Name: headerTimestamp, Value: c.Timestamp, Skew: t.Sub(o.Now)})
		}
	}
	if c.APIKey != "" && c.APIKey != s.APIKey {
		add(Notice{Code: NoticeKey, Name: headerAPIKey})
	}
	if !strings.EqualFold(c.Method, "POST") {
		add(Notice{Code: NoticeMethod, Value: c.Method})
	}
	headers(c, add)
	if c.Incomplete {
		add(Notice{Code: NoticeIncomplete, Name: headerLength, Value: c.first(headerLength)})
	}
	if !utf8.Valid(c.Body) {
		add(Notice{Code: NoticeCharset})
	}
	return all
}

// headers looks at header lines; a capture of bare parts has none.
func headers(c Capture, add func(Notice)) {
	if len(c.Header) == 0 {
		return
	}
	for _, name := range []string{headerAPIKey, headerSignature, headerTimestamp} {
		switch c.count(name) {
		case 0:
			add(Notice{Code: NoticeMissing, Name: name})
		case 1:
		default:
			add(Notice{Code: NoticeDuplicate, Name: name})
		}
	}
	kind, _, _ := strings.Cut(c.first(headerType), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "application/json") {
		add(Notice{Code: NoticeContentType, Name: headerType, Value: c.first(headerType)})
	}
	if encoding := c.first(headerEncoding); encoding != "" && !strings.EqualFold(encoding, "identity") {
		add(Notice{Code: NoticeEncoding, Name: headerEncoding, Value: encoding})
	}
}
