package sandbox

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"
)

const identityPath = "/.well-known/raisboy-sandbox"

// identifyTime bounds Identify where the caller's context does not.
const identifyTime = 3 * time.Second

// ErrNotSandbox says that something answers at the address, but not as a
// sandbox with the default secret.
var ErrNotSandbox = errors.New("sandbox: what answers there is no raisboy sandbox")

// identity is the answer of identityPath.
type identity struct {
	Version int    `json:"raisboy_sandbox"`
	Proof   string `json:"proof"`
}

// proof shows knowledge of the secret. Its text begins with a word that is no
// HTTP method, so no proof is ever the signature of a request.
func proof(secret, challenge string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte("raisboy-sandbox-identity " + challenge))
	return hex.EncodeToString(h.Sum(nil))
}

// identify answers a challenge, at most 64 bytes long.
func (s *Server) identify(w http.ResponseWriter, r *http.Request) {
	challenge := r.URL.Query().Get("challenge")
	if challenge == "" || len(challenge) > 64 {
		http.Error(w, "challenge missing or too long", http.StatusBadRequest)
		return
	}
	answer{http.StatusOK, object(
		pair{"raisboy_sandbox", "1"},
		pair{"proof", quote(proof(s.secret, challenge))})}.write(w)
}

// Identify asks whether a sandbox with the default secret answers at baseURL:
// nil if so, ErrNotSandbox if something else does, and the client's error if
// nothing does. It keeps test requests from a program that happens to use the
// port; it proves nothing against one that has read this file. A nil client is
// one without a proxy; redirects are never followed.
func Identify(ctx context.Context, baseURL string, client *http.Client) error {
	ctx, cancel := context.WithTimeout(ctx, identifyTime)
	defer cancel()
	challenge := rand.Text()
	target, err := url.JoinPath(baseURL, identityPath)
	if err != nil {
		return &OptionError{"baseURL", err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target+"?challenge="+challenge, nil)
	if err != nil {
		return &OptionError{"baseURL", err}
	}
	res, err := direct(client).Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	var id identity
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
	if err != nil || res.StatusCode != http.StatusOK || json.Unmarshal(text, &id) != nil {
		return ErrNotSandbox
	}
	if id.Version != 1 || !hmac.Equal([]byte(id.Proof), []byte(proof(Secret, challenge))) {
		return ErrNotSandbox
	}
	return nil
}

// direct is the client with redirects off, or one of our own, without a proxy.
func direct(client *http.Client) *http.Client {
	if client == nil {
		client = &http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}
