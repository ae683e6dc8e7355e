package journal

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// onNetwork reports whether the file lies on a network file system.
func onNetwork(path string) (bool, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(filepath.Dir(path), &fs); err != nil {
		return false, err
	}
	// The kernel marks what is mounted from this machine's own disks.
	return fs.Flags&unix.MNT_LOCAL == 0, nil
}
