//go:build unix && !linux

package journal

import "syscall"

// setBound sets the soft limit; its type differs between systems.
func setBound(limit *syscall.Rlimit, size int64) { limit.Cur = asLimit(limit.Cur, size) }

func asLimit[T int64 | uint64](_ T, size int64) T { return T(size) }
