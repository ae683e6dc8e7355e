//go:build unix

package config

import (
	"io/fs"
	"runtime"
)

// withoutGrant takes from a file's mode the right of the group root to read it,
// if the file is root's and the user is not root. systemd hands a credential (LoadCredential=) to a service
// that is not root by an access list on a file of root's; the mode then shows
// that list's mask where it shows the group's right, 0440, though nobody but root
// and the service can read it. Only Linux has that, and only there is nobody but
// root in root's group.
func withoutGrant(mode fs.FileMode, owner, group uint32, user int) fs.FileMode {
	if runtime.GOOS == "linux" && user != 0 && owner == 0 && group == 0 {
		return mode &^ 0o040
	}
	return mode
}
