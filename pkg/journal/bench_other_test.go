//go:build !linux

package journal

import "os"

// syncData waits for the data; File.Sync does what is needed on each system.
func syncData(f *os.File) error { return f.Sync() }
