package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"syscall"

	"github.com/raisboy/raisboy/pkg/render"
)

// reason is why the operating system or the network refused, in the operator's
// language. It goes by the error's type and number, never by its text; what is
// not common stays as the system says it, without the path or address, which
// the sentence around it has.
func (a *app) reason(err error) string {
	if key := reasonKey(err); key != "" {
		return a.catalog.T(key, nil)
	}
	var (
		inPath *fs.PathError
		inLink *os.LinkError
		inNet  *net.OpError
	)
	switch {
	case errors.As(err, &inPath):
		err = inPath.Err
	case errors.As(err, &inLink):
		err = inLink.Err
	case errors.As(err, &inNet):
		err = inNet.Err
	}
	return render.Sanitize(err.Error())
}

// reasonKey names the sentence for an error; empty: none is known.
func reasonKey(err error) string {
	var (
		name    *net.DNSError
		number  syscall.Errno
		waiting interface{ Timeout() bool }
	)
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return "reason.no-such-host"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &waiting) && waiting.Timeout():
		return "reason.timeout"
	case errors.Is(err, exec.ErrNotFound):
		return "reason.no-program"
	case errors.Is(err, fs.ErrNotExist):
		return "reason.no-such-file"
	case errors.Is(err, fs.ErrPermission):
		return "reason.permission"
	case errors.As(err, &number):
		return reasonOfNumber(number)
	}
	return ""
}
