package journal

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// defaultSchema is where the journal's tables are, unless the address names
// another one as its search_path.
const defaultSchema = "raisboy"

// minPostgres is the oldest server that is used, as server_version_num.
const minPostgres = 130000

// connectTimeout bounds a connection attempt to one host.
const connectTimeout = 10 * time.Second

// A postgresTarget is where a journal is and how its sessions are set up.
type postgresTarget struct {
	config   *pgx.ConnConfig
	name     string // the address without user name, password and parameters
	schema   string
	readOnly bool
}

func parsePostgres(address string, readOnly bool) (postgresTarget, error) {
	scheme, _, _ := strings.Cut(address, "://")
	// What the parser says is not passed on: it quotes the address.
	refused := &StorageError{Path: scheme + "://…", Problem: ProblemAddress}
	location, err := url.Parse(address)
	if err != nil {
		return postgresTarget{}, refused
	}
	config, err := pgx.ParseConfig(address)
	var file *fs.PathError
	switch {
	case errors.As(err, &file) && isTLSFile(file.Path, location.Query()):
		refused.Problem, refused.Err = ProblemCertificate, file
		return postgresTarget{}, refused
	case err != nil:
		return postgresTarget{}, refused
	}
	t := postgresTarget{config: config, schema: defaultSchema, readOnly: readOnly, name: displayName(scheme, config)}
	if given, ok := config.RuntimeParams["search_path"]; ok {
		t.schema = given
		delete(config.RuntimeParams, "search_path") // prepare sets it: a pooler would refuse it here
	}
	if !isIdentifier(t.schema) {
		refused.Path = t.name
		return postgresTarget{}, refused
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "raisboy"
	}
	if !location.Query().Has("sslmode") && os.Getenv("PGSSLMODE") == "" {
		requireTLS(&config.Config)
	}
	return t, nil
}

// isTLSFile reports that the address, or the environment that libpq reads, names
// the file as a certificate or a key.
func isTLSFile(path string, parameters url.Values) bool {
	for _, name := range []string{"sslrootcert", "sslcert", "sslkey"} {
		if path == parameters.Get(name) || path == os.Getenv("PG"+strings.ToUpper(name)) {
			return path != ""
		}
	}
	return false
}

func displayName(scheme string, config *pgx.ConnConfig) string {
	host := config.Host
	switch {
	case onSocket(host):
		host = ""
	default:
		host = net.JoinHostPort(host, strconv.Itoa(int(config.Port)))
	}
	return scheme + "://" + host + "/" + config.Database
}

// requireTLS takes back that a server may be talked to in clear text if it
// refuses to encrypt, as is usual where the address does not say: whoever sits
// in between could refuse in its name, and then read and change the journal.
func requireTLS(config *pgconn.Config) {
	var kept []*pgconn.FallbackConfig
	for _, fallback := range config.Fallbacks {
		if fallback.TLSConfig != nil || isLocal(fallback.Host) {
			kept = append(kept, fallback)
		}
	}
	config.Fallbacks = kept
}

func onSocket(host string) bool { return strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") }

func isLocal(host string) bool {
	address := net.ParseIP(host)
	return onSocket(host) || host == "localhost" || address != nil && address.IsLoopback()
}

// isIdentifier allows the names that need no quotes in SQL.
func isIdentifier(name string) bool {
	for i, r := range name {
		if r != '_' && (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != "" && len(name) <= 63
}

// key is the advisory lock of the name, in this journal.
func (t postgresTarget) key(name string) int64 {
	sum := sha256.Sum256([]byte("raisboy journal\n" + t.schema + "\n" + name))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// writeLock is the name of the lock under which a transaction writes.
const writeLock = "write"

// sessionSetup makes a session what the journal relies on, and asks what it
// cannot change itself. Whoever is gone without a word (a cable, the power) is
// found out within half a minute: until then its locks would stay. Nobody can
// hold up the other desks in the middle of a transaction for longer than ten
// seconds, nor does anybody wait for longer than fifteen.
const sessionSetup = `SELECT set_config('search_path', $1 || ', pg_temp', false), set_config('default_transaction_read_only', $2, false),
	set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
	set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '25000', false),
	set_config('idle_in_transaction_session_timeout', '10000', false), set_config('lock_timeout', '15000', false),
	(SELECT count(set_config(name, '0', false)) FROM pg_settings WHERE name IN ('idle_session_timeout', 'transaction_timeout')),
	current_setting('server_version_num')::bigint, current_setting('synchronous_commit'), current_setting('fsync'),
	pg_is_in_recovery()`

// prepare sets up a new session and refuses a server that would forget.
func (t postgresTarget) prepare(ctx context.Context, conn *pgx.Conn) error {
	var (
		ignored             any
		version             int64
		synchronous, fsynch string
		standby             bool
	)
	readOnly := "off"
	if t.readOnly {
		readOnly = "on"
	}
	into := []any{&ignored, &ignored, &ignored, &ignored, &ignored, &ignored, &ignored, &ignored, &ignored,
		&version, &synchronous, &fsynch, &standby}
	// The simple protocol: one question, one answer.
	err := conn.QueryRow(ctx, sessionSetup, pgx.QueryExecModeSimpleProtocol, t.schema, readOnly).Scan(into...)
	refuse := func(p Problem, text string) error {
		return &StorageError{Path: t.name, Problem: p, Err: errors.New(text)}
	}
	switch {
	case err != nil:
		return t.failure(err)
	case version < minPostgres:
		return refuse(ProblemOldServer, fmt.Sprintf("server_version_num %d", version))
	case synchronous == "off":
		return refuse(ProblemForgetful, "synchronous_commit = off")
	case fsynch == "off":
		return refuse(ProblemForgetful, "fsync = off")
	case standby && !t.readOnly:
		return refuse(ProblemStandby, "in recovery")
	}
	return nil
}

// connect opens a session of its own, outside the pool.
func (t postgresTarget) connect(ctx context.Context) (*pgx.Conn, error) {
	config := t.config.Copy()
	// What is asked here is asked once or twice: to prepare it first takes another
	// round trip.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, t.failure(err)
	}
	if err := t.prepare(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return conn, nil
}
