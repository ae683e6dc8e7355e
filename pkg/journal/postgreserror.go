package journal

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
)

// failure names the problem behind what the driver says. An error of the
// journal itself, or of its caller, is returned as it is.
func (t postgresTarget) failure(err error) error {
	var known *StorageError
	if errors.As(err, &known) {
		if known.Path == "" { // made where nobody knew it
			return &StorageError{Path: t.name, Problem: known.Problem, Err: known.Err}
		}
		return err
	}
	if problem, ok := postgresProblem(err); ok {
		return &StorageError{Path: t.name, Problem: problem, Err: lastAttempt(err)}
	}
	return err
}

// lastAttempt gives, of several attempts to connect, what the last one met: the
// others are to the same server with another encryption, or are hosts that a
// later one was to stand in for.
func lastAttempt(err error) error {
	if stranger := certificateError(err); stranger != nil {
		return stranger // not that a message could not be sent to it
	}
	var connecting *pgconn.ConnectError
	if !errors.As(err, &connecting) {
		return err
	}
	var several interface{ Unwrap() []error }
	if errors.As(connecting.Unwrap(), &several) {
		if attempts := several.Unwrap(); len(attempts) > 0 {
			return attempts[len(attempts)-1]
		}
	}
	return connecting.Unwrap()
}

// certificateError finds, in what the driver says, why the server's certificate
// does not prove who it is; nil: it is not about that.
func certificateError(err error) error {
	var (
		verification *tls.CertificateVerificationError
		authority    x509.UnknownAuthorityError
		host         x509.HostnameError
		invalid      x509.CertificateInvalidError
	)
	switch { // the last three as they are, where the driver itself verifies (verify-ca)
	case errors.As(err, &verification):
		return verification
	case errors.As(err, &authority):
		return authority
	case errors.As(err, &host):
		return host
	case errors.As(err, &invalid):
		return invalid
	}
	return nil
}

// postgresProblem reads the server's code, or that there is no server.
func postgresProblem(err error) (Problem, bool) {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return problemOfCode(said.Code), true
	}
	var connecting *pgconn.ConnectError
	var network net.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return "", false
	case certificateError(err) != nil:
		return ProblemCertificate, true
	case errors.As(err, &connecting), errors.As(err, &network), pgconn.SafeToRetry(err),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone):
		return ProblemUnreachable, true
	}
	return "", false
}

// problemOfCode reads an error code of PostgreSQL (its appendix A).
func problemOfCode(code string) Problem {
	switch code {
	case "28P01", "28000":
		return ProblemCredentials
	case "42501":
		return ProblemPrivilege
	case "3D000":
		return ProblemNoDatabase
	case "25006":
		return ProblemStandby
	case "53100":
		return ProblemFull
	case "XX001", "XX002":
		return ProblemCorrupt
	case "55P03", "57014", codeSerialization, codeDeadlock:
		return ProblemBusy
	case "53300": // too many connections
		return ProblemUnreachable
	}
	if len(code) == 5 && (code[:2] == "08" || code[:3] == "57P") { // connection, shut down
		return ProblemUnreachable
	}
	return ProblemOther
}

const (
	codeSerialization = "40001"
	codeDeadlock      = "40P01"
)

// connectionLost reports that the session is gone, whatever it was doing.
func connectionLost(err error) bool {
	problem, ok := postgresProblem(err)
	return ok && problem == ProblemUnreachable
}

// undone reports that the server undid a transaction that may simply be tried
// again.
func undone(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && (said.Code == codeSerialization || said.Code == codeDeadlock)
}
