package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// prepareFile makes sure that the database is a plain file of ours that nobody
// else can read, on a disk whose locks hold, and creates it so from birth.
func prepareFile(path string, readOnly bool) error {
	refuse := func(p Problem, err error) error { return &StorageError{Path: path, Problem: p, Err: err} }
	info, err := os.Lstat(path)
	switch {
	case err == nil:
		if err := checkFile(path, info); err != nil {
			return err
		}
	case !errors.Is(err, os.ErrNotExist):
		return refuse(ProblemReadOnly, err)
	case readOnly:
		return refuse(ProblemMissing, nil)
	default:
		if err := createFile(path); err != nil {
			return refuse(problemOf(err), err)
		}
	}
	network, err := onNetwork(path)
	if err != nil {
		return refuse(ProblemOther, err)
	}
	if network {
		return refuse(ProblemNetwork, nil)
	}
	return nil
}

func checkFile(path string, info os.FileInfo) error {
	refuse := func(p Problem, err error) error { return &StorageError{Path: path, Problem: p, Err: err} }
	switch {
	case info.Mode()&os.ModeSymlink != 0:
		return refuse(ProblemSymlink, nil)
	case !info.Mode().IsRegular():
		return refuse(ProblemNotRegular, nil)
	case !ownedByUs(info):
		return refuse(ProblemOwner, nil)
	case exposed(info):
		return refuse(ProblemExposed, fmt.Errorf("mode %#o", info.Mode().Perm()))
	}
	return nil
}

func createFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) { // another process was quicker
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		return checkFile(path, info)
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func problemOf(err error) Problem {
	switch {
	case errors.Is(err, os.ErrPermission), isReadOnlyFileSystem(err):
		return ProblemReadOnly
	case isDiskFull(err):
		return ProblemFull
	}
	return ProblemOther
}
