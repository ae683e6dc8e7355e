package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// checkPlace makes sure that the database is a plain file of ours that nobody
// else can read, on a disk whose locks hold; or, unless readOnly, that it can be
// made there: then its folder is there, and exists is false.
func checkPlace(path string, readOnly bool) (exists bool, err error) {
	refuse := func(p Problem, err error) (bool, error) {
		return false, &StorageError{Path: path, Problem: p, Err: err}
	}
	info, err := os.Lstat(path)
	switch {
	case err == nil:
		if err := checkFile(path, info); err != nil {
			return false, err
		}
		exists = true
	case !errors.Is(err, os.ErrNotExist):
		return refuse(ProblemReadOnly, err)
	case readOnly:
		return refuse(ProblemMissing, nil)
	default:
		if _, err := os.Lstat(path + "-wal"); !errors.Is(err, os.ErrNotExist) {
			return refuse(ProblemCorrupt, errLogAlone)
		}
		if err := createFolder(filepath.Dir(path)); err != nil {
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
	return exists, nil
}

// What is left when a part of the journal is lost.
var (
	errEmpty    = errors.New("the file is empty")
	errLogAlone = errors.New("its write-ahead log is there, and it is not")
)

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
	case info.Size() == 0:
		return refuse(ProblemCorrupt, errEmpty)
	}
	return nil
}

// createFolder makes the folder and those above it that are missing. Their names
// are forced to the disk: what SQLite forces there is worth nothing in a folder
// that a power cut makes disappear.
func createFolder(folder string) error {
	var above []string // in which a name is new
	for missing := folder; ; missing = filepath.Dir(missing) {
		if _, err := os.Lstat(missing); !errors.Is(err, os.ErrNotExist) || missing == filepath.Dir(missing) {
			break
		}
		above = append(above, filepath.Dir(missing))
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	for _, dir := range above {
		if err := syncFolder(dir); err != nil {
			return err
		}
	}
	return nil
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
