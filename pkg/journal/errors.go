package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ErrNotFound is returned when no operation, or no event, has the wanted id.
var ErrNotFound = errors.New("not in the journal")

// Problem says why a journal cannot be used.
type Problem string

// The problems of a [StorageError].
const (
	ProblemOther       Problem = "other"
	ProblemMissing     Problem = "missing"     // opened for reading only, and there is none
	ProblemSymlink     Problem = "symlink"     // a symbolic link stands in its place
	ProblemNotRegular  Problem = "not_regular" // a folder, a device, a pipe
	ProblemExposed     Problem = "exposed"     // others may read or write it
	ProblemOwner       Problem = "owner"       // it belongs to somebody else
	ProblemNetwork     Problem = "network"     // on a network file system, where locks lie
	ProblemNotAJournal Problem = "not_a_journal"
	ProblemNewer       Problem = "newer" // written by a newer raisboy
	ProblemOlder       Problem = "older" // written by one from before the first release
	ProblemOldSQLite   Problem = "old_sqlite"
	ProblemReadOnly    Problem = "read_only"
	ProblemFull        Problem = "full" // the disk, or a quota
	ProblemBusy        Problem = "busy" // another program holds it and does not let go
	ProblemCorrupt     Problem = "corrupt"
	ProblemUnsupported Problem = "unsupported" // an address that no store of this build serves

	// Of PostgreSQL.
	ProblemAddress     Problem = "address"     // its URL cannot be read
	ProblemUnreachable Problem = "unreachable" // no connection, or it broke
	ProblemCredentials Problem = "credentials" // the server does not let this user in
	ProblemPrivilege   Problem = "privilege"   // the user may not do what the journal needs
	ProblemNoDatabase  Problem = "no_database" // the server has no database of that name
	ProblemPooled      Problem = "pooled"      // a pooler gives each transaction another session
	ProblemForgetful   Problem = "forgetful"   // the server confirms what it may forget
	ProblemStandby     Problem = "standby"     // the server only follows another one
	ProblemOldServer   Problem = "old_server"
	ProblemCertificate Problem = "certificate" // the server cannot be known by its certificate
)

// A StorageError says that the journal could not be opened, read or written.
// Nothing may be sent after one.
type StorageError struct {
	Path    string
	Problem Problem
	Err     error // may be nil
}

func (e *StorageError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("journal %s: %s", e.Path, e.Problem)
	}
	return fmt.Sprintf("journal %s: %s: %v", e.Path, e.Problem, e.Err)
}

func (e *StorageError) Unwrap() error { return e.Err }

// A DamageError says that a row does not hold what was written into it.
type DamageError struct {
	Table     string
	Operation int64 // 0: unknown
	Position  int   // 0: the whole operation
	What      string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("damaged row in %s, operation %d, position %d: %s", e.Table, e.Operation, e.Position, e.What)
}

// readError tells what a row that could not be read came to: trouble with the
// database or a cancelled reader, else a value of a type that was never written.
func readError(err error, damage *DamageError) error {
	_, postgres := postgresProblem(err)
	if postgres || isDatabaseError(err) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, sql.ErrTxDone) {
		return storageError("", err)
	}
	damage.What = err.Error()
	return damage
}

// An OriginError says that a profile's addresses are not those that the
// journal knows it by: test and real money must not mix under one name.
type OriginError struct {
	Profile  string
	Recorded []string
	Given    []string
}

func (e *OriginError) Error() string {
	return fmt.Sprintf("profile %q belongs to %v, not to %v", e.Profile, e.Recorded, e.Given)
}
