//go:build unix

package config

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// checkAccess refuses a file that belongs to another user, that others may
// write, or, if it holds a secret, that others may read.
func checkAccess(path string, info fs.FileInfo, secret bool) error {
	owner, mode := os.Geteuid(), info.Mode().Perm()
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		owner, mode = int(stat.Uid), withoutGrant(mode, stat.Uid, stat.Gid, os.Geteuid())
	}
	if refused := refusal(path, mode, owner, os.Geteuid(), secret); refused != nil {
		return refused
	}
	return nil
}

// diskQuota says whether an error is a user's share of the disk used up.
func diskQuota(err error) bool { return errors.Is(err, syscall.EDQUOT) }

// checkFolder refuses a folder in which another user could put a file in the
// configuration's place: who may write to a folder may rename what is in it,
// whatever the file's own mode. In a sticky folder, such as /tmp, only the
// owner of a file may. A folder that does not exist is no danger yet.
func checkFolder(path string) error {
	info, err := os.Stat(path) // a link is followed: what counts is where it leads
	if err != nil {
		return nil //nolint:nilerr // opening the file in it will say why
	}
	owner := os.Geteuid()
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		owner = int(stat.Uid)
	}
	if refused := folderRefusal(path, info.Mode(), owner, os.Geteuid()); refused != nil {
		return refused
	}
	return nil
}

// folderRefusal is checkFolder on plain values.
func folderRefusal(path string, mode fs.FileMode, owner, user int) *PermissionError {
	refused := &PermissionError{Path: path, Mode: mode.Perm(), Owner: owner}
	switch {
	case owner != user && owner != 0:
		refused.Problem, refused.Remedy = FolderForeign, "chown "+strconv.Itoa(user)+" "+shellQuoted(path)
	case mode.Perm()&0o022 != 0 && mode&fs.ModeSticky == 0:
		refused.Problem, refused.Remedy = FolderOpen, "chmod 700 "+shellQuoted(path)
	default:
		return nil
	}
	return refused
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
