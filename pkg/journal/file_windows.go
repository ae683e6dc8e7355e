package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// Windows keeps permissions in access lists that a user profile's folder sets
// right; the mode bits that Go shows there say nothing about other users.
func ownedByUs(os.FileInfo) bool { return true }
func exposed(os.FileInfo) bool   { return false }

func isReadOnlyFileSystem(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }
func isDiskFull(err error) bool           { return errors.Is(err, windows.ERROR_DISK_FULL) }

// onNetwork reports whether the file lies on a share.
func onNetwork(path string) (bool, error) {
	volume := filepath.VolumeName(path)
	if strings.HasPrefix(volume, `\\`) {
		return true, nil
	}
	root, err := windows.UTF16PtrFromString(volume + `\`)
	if err != nil {
		return false, err
	}
	return windows.GetDriveType(root) == windows.DRIVE_REMOTE, nil
}

// syncFolder does nothing: Windows opens no folder for that, and its file
// system keeps a journal of names itself.
func syncFolder(string) error { return nil }
