package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/raisboy/raisboy/pkg/money"
)

// What a sandbox is unless it is told otherwise. The key and the secret are
// known to everybody and open nothing but a sandbox.
const (
	DefaultAddress = "127.0.0.1:8787"
	APIKey         = "sandbox-key-not-real"
	Secret         = "sandbox-secret-not-real"
	systemID       = "sandbox" // the <system_id> in a webhook_url
)

// The paths of the document's endpoints.
const (
	ValidatePath = "/api/v4/payments/raisboy/validate-user"
	DepositPath  = "/api/v4/payments/raisboy/deposit/create"
	PayoutPath   = "/api/payout/create"
	notifyPath   = "/api/payments/notify/" // + <system_id>/<payout_id>
)

// Defaults of Options.
const (
	defaultSlow         = 10 * time.Second
	defaultWebhookDelay = 300 * time.Millisecond
	defaultWebhookRetry = 250 * time.Millisecond
	maxWebhookRetry     = 10 * time.Second
	webhookTries        = 10
	webhookTimeout      = 10 * time.Second
	webhookSlots        = 16 // webhooks on their way at the same time
)

// Options is what a Server is made from; its zero value is a healthy sandbox
// with the default key, in memory, that sends no webhooks.
type Options struct {
	APIKey       string           // the X-API-Key it knows; "" is the constant APIKey
	Secret       string           // "" is the constant Secret
	Separator    string           // of the signature string; "" is one line feed
	LedgerPath   string           // file of JSON lines; "" keeps the ledger in memory
	Opening      money.Amount     // what the merchant account holds at first, in minor units
	AgentURL     string           // where webhooks go; "" sends none
	PublicURL    string           // origin in a webhook_url; "" is the origin the request used
	Fault        Fault            // what goes wrong
	SlowDelay    time.Duration    // of the user slow; 0 is 10 s
	WebhookDelay time.Duration    // from a create's answer to Webhook 1; 0 is 300 ms
	WebhookRetry time.Duration    // to the second try, then doubling up to 10 s; 0 is 250 ms
	Client       *http.Client     // sends the webhooks; nil is one without proxy and redirects
	Now          func() time.Time // the clock; nil is time.Now
	Log          *slog.Logger     // nil logs nothing
}

// OptionError reports an option that cannot be used.
type OptionError struct {
	Option string // its name
	Err    error
}

func (e *OptionError) Error() string { return fmt.Sprintf("sandbox: option %s: %v", e.Option, e.Err) }

func (e *OptionError) Unwrap() error { return e.Err }

// Server is a sandbox, an http.Handler. Make it with New and end it with
// Close; it is safe for concurrent use.
type Server struct {
	key, secret, sep string
	agent            *url.URL // nil: no webhooks
	public           string
	fault            Fault
	dice             *dice
	slow             time.Duration
	hookDelay        time.Duration
	hookRetry        time.Duration
	client           *http.Client
	now              func() time.Time
	log              *slog.Logger
	ledger           *ledger
	slots            chan struct{}

	closing context.Context // done once Close has begun: waits are cut short
	stop    context.CancelFunc
	mu      sync.Mutex // guards closed against work
	closed  bool
	work    sync.WaitGroup // requests and webhooks under way
}

// New opens the ledger and returns a server that is ready. Webhooks that
// runs of the last day could not deliver are tried once more. Errors are *[OptionError]
// and *[LedgerError].
func New(o Options) (*Server, error) {
	s := &Server{
		key: or(o.APIKey, APIKey), secret: or(o.Secret, Secret), sep: or(o.Separator, "\n"),
		public: strings.TrimSuffix(o.PublicURL, "/"),
		fault:  o.Fault, dice: newDice(o.Fault),
		slow:      or(o.SlowDelay, defaultSlow),
		hookDelay: or(o.WebhookDelay, defaultWebhookDelay),
		hookRetry: or(o.WebhookRetry, defaultWebhookRetry),
		client:    or(o.Client, webhookClient()),
		now:       o.Now,
		log:       or(o.Log, slog.New(slog.DiscardHandler)),
		slots:     make(chan struct{}, webhookSlots),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if o.PublicURL != "" {
		u, err := origin(o.PublicURL)
		if err == nil && strings.Trim(u.Path, "/") != "" {
			err = errors.New("has a path") // the notice would be signed over another path than it comes in on
		}
		if err != nil {
			return nil, &OptionError{"PublicURL", err}
		}
	}
	var err error
	if o.AgentURL != "" {
		if s.agent, err = origin(o.AgentURL); err != nil {
			return nil, &OptionError{"AgentURL", err}
		}
	}
	if s.ledger, err = openLedger(o.LedgerPath, o.Opening); err != nil {
		return nil, err
	}
	s.closing, s.stop = context.WithCancel(context.Background())
	s.resume()
	return s, nil
}

func or[T comparable](given, otherwise T) T {
	var zero T
	if given == zero {
		return otherwise
	}
	return given
}

// origin reads an http or https URL with a host.
func origin(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("not an http or https URL with a host")
	}
	return u, nil
}

// ServeHTTP answers one request. It routes by the path as it came, undecoded
// and uncleaned: that is the path that was signed.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		http.Error(w, "closed", http.StatusServiceUnavailable)
		return
	}
	defer s.work.Done()
	path := r.URL.EscapedPath()
	s.log.Debug("request", "method", r.Method, "path", path)
	switch {
	case path == identityPath:
		s.identify(w, r)
	case strings.HasPrefix(path, controlPath):
		s.control(w, r, path)
	case path == ValidatePath, path == DepositPath, path == PayoutPath, strings.HasPrefix(path, notifyPath):
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			grapeError(http.StatusMethodNotAllowed, "405 Not Allowed").write(w)
			return
		}
		s.serveAPI(w, r, path)
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, path string) {
	switch path {
	case ValidatePath:
		s.endpoint(w, r, path, s.validate)
	case DepositPath:
		s.endpoint(w, r, path, s.deposit)
	case PayoutPath:
		s.endpoint(w, r, path, s.payout)
	default:
		s.notify(w, r, path)
	}
}

// begin counts a piece of work that Close has to wait for, unless it is late.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.work.Add(1)
	return true
}

// Close ends the server: delays are cut short, requests under way are
// finished, webhooks are called off (a ledger in a file remembers them), and
// the ledger is closed. A second Close does nothing.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.work.Wait()
	return s.ledger.close()
}

// Ledger returns what was done so far, oldest first.
func (s *Server) Ledger() ([]Entry, error) {
	var out []Entry
	err := s.ledger.view(func(b *book) { out = append(out, b.entries...) })
	return out, err
}

// Account returns the merchant account.
func (s *Server) Account() (Account, error) {
	var out Account
	err := s.ledger.view(func(b *book) { out = b.account })
	return out, err
}

// Limits of a connection served by Serve.
const (
	headerTime  = 5 * time.Second
	bodyTime    = 10 * time.Second
	idleTime    = 2 * time.Minute
	stopTime    = 5 * time.Second
	headerBytes = 16 << 10
)

// Serve serves on l until ctx is done, then finishes what it has begun, closes
// the server and returns nil. Another error is the listener's or Close's.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       bodyTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    headerBytes,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return errors.Join(err, s.Close())
	case <-ctx.Done():
	}
	s.stop()
	// ctx is done already: the time to finish is counted anew.
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		_ = srv.Close()
	}
	return s.Close()
}
