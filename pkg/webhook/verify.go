package webhook

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/sign"
)

// The authentication headers, named as the document names them (section 1).
const (
	headerKey       = "X-API-Key"
	headerSignature = "X-Signature"
	headerTimestamp = "X-Timestamp"
)

// authentication is what a request says about its sender.
type authentication struct{ key, signature, timestamp string }

// readAuthentication takes each header if it came exactly once. Header.Get
// would take the first of two, and a proxy in front may have looked at the
// second. The error is a *HeaderError.
func readAuthentication(h http.Header) (a authentication, err error) {
	for _, header := range [...]struct {
		name string
		to   *string
	}{{headerKey, &a.key}, {headerSignature, &a.signature}, {headerTimestamp, &a.timestamp}} {
		values := h.Values(header.name)
		if len(values) > 1 {
			return authentication{}, &HeaderError{Name: header.name, Count: len(values)}
		}
		if len(values) == 0 || values[0] == "" {
			return authentication{}, &HeaderError{Name: header.name}
		}
		*header.to = values[0]
	}
	return a, nil
}

// verify holds the event against every path that its sender may have signed,
// and notes in it which path and key matched.
func (r *Receiver) verify(e *Event, header http.Header) error {
	auth, err := readAuthentication(header)
	if err != nil {
		return err
	}
	for _, candidate := range candidates(e.Webhook.WebhookURL, e.Path, r.PublicURL) {
		m := sign.Message{Method: e.Method, Path: candidate.path, Body: e.Body, Timestamp: auth.timestamp, APIKey: auth.key}
		index, failed := r.Verifier.Verify(m, auth.signature, e.ReceivedAt)
		if failed == nil {
			e.SignedPath, e.KeyIndex = candidate.signed, index
			return nil
		}
		if err = failed; !concernsPath(failed) {
			break // it would fail for every other path too
		}
	}
	return err
}

// concernsPath reports whether another path might still verify.
func concernsPath(err error) bool {
	if part, ok := errors.AsType[*sign.PartError](err); ok {
		return part.Part == sign.PartPath
	}
	return errors.Is(err, sign.ErrSignature)
}

// A candidate is a path that may have been signed.
type candidate struct {
	path   string
	signed SignedPath
}

// candidates lists the paths to try, in order and each once: that of
// webhook_url if the body has one («подписываем PATH из webhook_url», section
// 5), then the path that the sender used. Behind a proxy that one is not the
// path that arrived here: it is the public URL's own, or, if the proxy takes
// its path away as a prefix, that followed by what arrived. More paths make
// nothing easier for a forger, who can sign none of them.
func candidates(webhookURL, path string, public *url.URL) []candidate {
	list := make([]candidate, 0, 5)
	add := func(path string, signed SignedPath) {
		for _, known := range list {
			if known.path == path {
				return
			}
		}
		list = append(list, candidate{path, signed})
	}
	if signed, err := api.SignedPath(webhookURL); err == nil {
		add(signed, SignedWebhookURL)
	}
	add(path, SignedRequest)
	if public == nil {
		return list
	}
	prefix := strings.TrimRight(public.EscapedPath(), "/")
	add(prefix+path, SignedRequest)
	if prefix != "" {
		// A proxy may turn "/desk" into "/", and "/desk/" likewise.
		add(prefix, SignedRequest)
		add(prefix+"/", SignedRequest)
	}
	return list
}

// wirePath is the request's path as the sender wrote it.
func wirePath(u *url.URL) string {
	if path := u.EscapedPath(); path != "" {
		return path
	}
	return "/"
}

// reasonOf names why verification failed.
func reasonOf(err error) Reason {
	if header, ok := errors.AsType[*HeaderError](err); ok {
		if header.Count == 0 {
			return ReasonMissingHeader
		}
		return ReasonDuplicateHeader
	}
	if _, ok := errors.AsType[*sign.ClockError](err); ok {
		return ReasonStaleTimestamp
	}
	switch {
	case errors.Is(err, sign.ErrNoKey):
		return ReasonNoKey
	case errors.Is(err, sign.ErrAPIKey):
		return ReasonWrongKey
	case errors.Is(err, sign.ErrTimestamp):
		return ReasonInvalidTimestamp
	}
	return ReasonInvalidSignature
}

// isWebhook reports whether a body speaks of a payout's status, which none of
// our own requests but the final notice does: a deposit names no payout, and
// the creation of a payout has neither status nor success. What the document
// leaves undefined (success:false, a status that it does not know) passes: it
// is kept and changes nothing.
func isWebhook(w api.Webhook) bool {
	return (w.PayoutID != "" || w.RequestID != "") && (w.Status != "" || w.HasSuccess)
}

// now reads the receiver's clock.
func (r *Receiver) now() time.Time {
	if r.Now == nil {
		return time.Now()
	}
	return r.Now()
}
