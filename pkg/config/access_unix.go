//go:build unix

package config

import (
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// checkAccess refuses a file that belongs to another user, that others may
// write, or, if it holds a secret, that others may read.
func checkAccess(path string, info fs.FileInfo, secret bool) error {
	owner := os.Geteuid()
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		owner = int(stat.Uid)
	}
	if refused := refusal(path, info.Mode().Perm(), owner, os.Geteuid(), secret); refused != nil {
		return refused
	}
	return nil
}

// refusal is checkAccess on plain values: permission bits, the file's owner
// and the user that runs.
func refusal(path string, mode fs.FileMode, owner, user int, secret bool) *PermissionError {
	problem, remedy := PermissionProblem(""), "chmod 600 "+shellQuoted(path)
	switch {
	case owner != user && owner != 0:
		problem, remedy = ForeignOwner, "chown "+strconv.Itoa(user)+" "+shellQuoted(path)
	case mode&0o022 != 0:
		problem = OthersMayWrite
	case secret && mode&0o077 != 0:
		problem = OthersMayRead
	default:
		return nil
	}
	return &PermissionError{Path: path, Problem: problem, Mode: mode, Owner: owner, Remedy: remedy}
}

// shellQuoted quotes a path for a shell if it needs that.
func shellQuoted(path string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+,@%", r)
	}
	if path != "" && !strings.HasPrefix(path, "-") && strings.TrimLeftFunc(path, plain) == "" {
		return path
	}
	quoted := "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	if strings.HasPrefix(path, "-") {
		return "./" + quoted
	}
	return quoted
}
