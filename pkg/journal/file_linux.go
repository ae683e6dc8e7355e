package journal

import (
	"path/filepath"
	"syscall"
)

// Magic numbers of statfs(2) for file systems whose locks do not reach every
// machine that mounts them.
const (
	magicNFS    = 0x6969
	magicSMB    = 0x517B
	magicSMB2   = 0xFE534D42
	magicCIFS   = 0xFF534D42
	magicCeph   = 0x00C36400
	magicAFS    = 0x5346414F
	magicPlan9  = 0x01021997
	magicLustre = 0x0BD00BD0
)

// onNetwork reports whether the file lies on a network file system.
func onNetwork(path string) (bool, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(path), &fs); err != nil {
		return false, err
	}
	switch uint32(fs.Type) {
	case magicNFS, magicSMB, magicSMB2, magicCIFS, magicCeph, magicAFS, magicPlan9, magicLustre:
		return true, nil
	}
	return false, nil
}
