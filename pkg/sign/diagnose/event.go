package diagnose

import (
	"bytes"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
)

// A storedEvent is a webhook as `raisboy events show -o json` prints it.
type storedEvent struct {
	Method     string              `json:"method"`
	Path       string              `json:"path"`
	Headers    map[string][]string `json:"headers"`
	Body       *string             `json:"body"`
	BodyBase64 []byte              `json:"body_base64"`
}

func isEvent(text []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) }

// parseEvent reads a stored webhook.
func parseEvent(text []byte) (Capture, error) {
	var e storedEvent
	if err := json.Unmarshal(text, &e); err != nil || e.Method == "" || e.Path == "" || len(e.Headers) == 0 {
		return Capture{}, ErrNoRequest
	}
	c := Capture{Method: e.Method, Target: e.Path, Body: e.BodyBase64}
	if e.Body != nil {
		c.Body = []byte(*e.Body)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		for _, value := range e.Headers[name] {
			c.Header = append(c.Header, Field{name, value})
		}
	}
	c.fillFromHeaders()
	return c, nil
}
