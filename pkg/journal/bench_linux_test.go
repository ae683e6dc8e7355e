package journal

import (
	"os"
	"syscall"
)

// syncData waits for the data, as SQLite does on Linux.
func syncData(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
