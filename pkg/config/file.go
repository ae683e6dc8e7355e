package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Bounds of what is read from files, in bytes.
const (
	maxFile   = 1 << 20 // the configuration file
	maxSecret = 4 << 10 // a secret, wherever it comes from
)

// opened is a file that passed the checks of its kind, with what was known
// about it when it was opened.
type opened struct {
	path string
	info fs.FileInfo // of the open file itself: nobody can exchange it any more
	data []byte
}

// readConfig reads the configuration file. A symbolic link in its place is
// refused: who may write the link's folder would choose which host and which
// key are used. found is false, without an error, if there is no such file.
func readConfig(path string) (file opened, found bool, err error) {
	before, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return opened{}, false, nil
	}
	if err != nil {
		return opened{}, false, unreadable(path, err)
	}
	if before.Mode()&fs.ModeSymlink != 0 {
		return opened{}, true, &FileError{Path: path, Problem: Symlink}
	}
	// Asked before opening: a pipe would wait for its writer.
	if !before.Mode().IsRegular() {
		return opened{}, true, &FileError{Path: path, Problem: NotRegular}
	}
	if err := checkFolder(filepath.Dir(path)); err != nil {
		return opened{}, true, err
	}
	file, err = readOpen(path, maxFile, func(info fs.FileInfo) error {
		// A link put there between Lstat and Open leads to another file.
		if !os.SameFile(before, info) {
			return &FileError{Path: path, Problem: Symlink}
		}
		return checkAccess(path, info, false)
	})
	return file, true, err
}

// readSecretFile reads a file that holds one secret. Links are followed, and a
// pipe is read too: secret stores mount links, and <(command) of a shell is a
// pipe. Others must not be able to read it.
func readSecretFile(path string) ([]byte, error) {
	file, err := readOpen(path, maxSecret+2, func(info fs.FileInfo) error {
		if !info.Mode().IsRegular() && info.Mode()&fs.ModeNamedPipe == 0 {
			return &FileError{Path: path, Problem: NotRegular}
		}
		return checkAccess(path, info, true)
	})
	return file.data, err
}

// readOpen opens a file, has the open file checked, and reads at most limit
// bytes of it.
func readOpen(path string, limit int, check func(fs.FileInfo) error) (opened, error) {
	file, err := os.Open(path)
	if err != nil {
		return opened{}, unreadable(path, err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	info, err := file.Stat()
	if err != nil {
		return opened{}, unreadable(path, err)
	}
	if err := check(info); err != nil {
		return opened{}, err
	}
	data, err := io.ReadAll(io.LimitReader(file, int64(limit)+1))
	if err != nil {
		return opened{}, unreadable(path, err)
	}
	if len(data) > limit {
		return opened{}, &FileError{Path: path, Problem: TooLarge}
	}
	return opened{path: path, info: info, data: data}, nil
}

// unreadable takes the path out of the operating system's error: ours has it.
func unreadable(path string, err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return &FileError{Path: path, Problem: Unreadable, Err: err}
}
