package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options say who writes into a journal and how it is opened.
type Options struct {
	Desk     string           // this till's name
	OSUser   string           // the operating system's user
	Now      func() time.Time // the clock; required
	ReadOnly bool             // fail rather than create or write
}

// A Journal is the record of one or several desks. It is safe for concurrent
// use; several processes may have the same one open.
type Journal struct {
	store   store
	options Options

	owner     atomic.Pointer[string] // name of ownerLock; readers do not wait for it
	owning    sync.Mutex             // guards what follows
	ownerLock unlocker               // nil: none was needed yet, or it was lost
	closed    bool

	statements sync.Map // see statement
}

// statement gives the text that build makes for a key. There are few of them, and
// each is wanted for every row of a batch.
func (j *Journal) statement(key any, build func() string) string {
	if kept, ok := j.statements.Load(key); ok {
		if text, ok := kept.(string); ok {
			return text
		}
	}
	text := build()
	j.statements.Store(key, text)
	return text
}

// Open opens the journal at the address: the path of an SQLite file, which is
// created with its folder if it is not there, or the postgres:// URL of a
// database, in which its tables are. It returns a *StorageError if the journal
// cannot be used, or must not be.
func Open(ctx context.Context, address string, options Options) (*Journal, error) {
	if isPostgres(address) {
		s, err := openPostgres(ctx, address, options.ReadOnly)
		if err != nil {
			return nil, err
		}
		return &Journal{store: s, options: options}, nil
	}
	if strings.Contains(address, "://") {
		scheme, _, _ := strings.Cut(address, "://") // the rest may hold a password
		return nil, &StorageError{Path: scheme + "://…", Problem: ProblemUnsupported}
	}
	s, err := openSQLite(ctx, address, options.ReadOnly)
	if err != nil {
		return nil, err
	}
	return &Journal{store: s, options: options}, nil
}

// Close ends what is being written, lets the owner's lock go and closes the
// database. The lock goes last but one: nothing is written any more that would
// name an owner who is already gone.
func (j *Journal) Close() error {
	j.owning.Lock()
	j.closed = true
	lock := j.ownerLock
	j.ownerLock = nil
	j.owning.Unlock()
	return j.store.close(func() error {
		if lock == nil {
			return nil
		}
		return lock.unlock()
	})
}

// now is the journal's clock, to the millisecond that is recorded.
func (j *Journal) now() time.Time { return j.options.Now().Truncate(time.Millisecond) }

// Bind makes sure that the profile belongs to these origins. The first use of
// a profile records them; afterwards others are refused with an *OriginError.
// The order of origins does not matter.
func (j *Journal) Bind(ctx context.Context, profile string, sandbox bool, origins []string) error {
	given := slices.Sorted(slices.Values(origins))
	if err := j.bound(ctx, profile, sandbox, given); !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return j.store.write(ctx, func(q querier) error {
		recorded, err := j.binding(ctx, q, profile, sandbox)
		if err == nil {
			return compareOrigins(profile, recorded, given)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		text, err := json.Marshal(given)
		if err != nil {
			return err
		}
		at := j.now().UnixMilli()
		_, err = q.ExecContext(ctx, `INSERT INTO origins (profile, sandbox, origins, at, checksum) VALUES (?, ?, ?, ?, ?)`,
			profile, sandbox, string(text), at, originSum(profile, sandbox, string(text), at))
		return err
	})
}

// Bound says whether Bind would succeed, and records nothing.
func (j *Journal) Bound(ctx context.Context, profile string, sandbox bool, origins []string) error {
	err := j.bound(ctx, profile, sandbox, slices.Sorted(slices.Values(origins)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// bound holds sorted origins against the recorded ones; sql.ErrNoRows: there
// are none yet.
func (j *Journal) bound(ctx context.Context, profile string, sandbox bool, given []string) error {
	var recorded []string
	err := j.store.view(ctx, func(q querier) (err error) {
		recorded, err = j.binding(ctx, q, profile, sandbox)
		return err
	})
	if err != nil {
		return err
	}
	return compareOrigins(profile, recorded, given)
}

func compareOrigins(profile string, recorded, given []string) error {
	if slices.Equal(recorded, given) {
		return nil
	}
	return &OriginError{Profile: profile, Recorded: recorded, Given: given}
}

func (j *Journal) binding(ctx context.Context, q querier, profile string, sandbox bool) ([]string, error) {
	var (
		text     string
		isTest   bool
		at       int64
		checksum []byte
		origins  []string
	)
	err := q.QueryRowContext(ctx, `SELECT sandbox, origins, at, checksum FROM origins WHERE profile = ?`, profile).
		Scan(&isTest, &text, &at, &checksum)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if err != nil {
		return nil, readError(err, &DamageError{Table: "origins", What: "profile " + profile})
	}
	if string(checksum) != string(originSum(profile, isTest, text, at)) {
		return nil, &DamageError{Table: "origins", What: "checksum of profile " + profile}
	}
	if err := json.Unmarshal([]byte(text), &origins); err != nil {
		return nil, &DamageError{Table: "origins", What: err.Error()}
	}
	if isTest != sandbox {
		return nil, &OriginError{Profile: profile, Recorded: origins}
	}
	return origins, nil
}

func originSum(profile string, sandbox bool, origins string, at int64) []byte {
	c := newChecksum("origins")
	c.text(profile)
	c.flag(sandbox)
	c.text(origins)
	c.int(at)
	return c.sum()
}
