package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// replaceFile puts a file of its owner alone in the place of what is there, in
// one step: whoever reads it, or is cut off by a power failure, finds the old
// content or the new, never a part. Its folder is made if there is none. Errors
// are *FileError and *PermissionError; the old content then stands.
func replaceFile(path string, data []byte) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return unwritable(folder, err)
	}
	if err := checkFolder(folder); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(folder, "."+filepath.Base(path)+".*") // 0600 from birth
	if err != nil {
		return unwritable(path, err)
	}
	_, err = temporary.Write(data)
	if err == nil {
		err = temporary.Sync()
	}
	err = errors.Join(err, temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name()) // what matters is that it did not take the other's place
		return unwritable(path, err)
	}
	return syncFolder(folder)
}

// syncFolder makes a new name in a folder outlast a power failure. Windows has
// no such call; there the file system's own journal does it.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return unwritable(path, err)
	}
	err = folder.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil // a file system that has no such thing
	}
	if err = errors.Join(err, folder.Close()); err != nil {
		return unwritable(path, err)
	}
	return nil
}

// unwritable takes the path out of the operating system's error: ours has it.
func unwritable(path string, err error) error {
	problem := Unwritable
	if errors.Is(err, syscall.ENOSPC) || diskQuota(err) {
		problem = DiskFull
	}
	var pathError *fs.PathError
	var linkError *os.LinkError
	switch {
	case errors.As(err, &pathError):
		err = pathError.Err
	case errors.As(err, &linkError):
		err = linkError.Err
	}
	return &FileError{Path: path, Problem: problem, Err: err}
}
