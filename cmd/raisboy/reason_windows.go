package main

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// reasonOfNumber names the sentence for a number of the system's; empty: none.
func reasonOfNumber(number syscall.Errno) string {
	switch number {
	case windows.WSAECONNREFUSED:
		return "reason.refused"
	case windows.WSAECONNRESET, windows.WSAECONNABORTED, windows.ERROR_BROKEN_PIPE, windows.ERROR_NO_DATA:
		return "reason.broken"
	case windows.WSAEADDRINUSE:
		return "reason.in-use"
	case windows.WSAEADDRNOTAVAIL:
		return "reason.not-here"
	case windows.WSAENETUNREACH, windows.WSAEHOSTUNREACH:
		return "reason.unreachable"
	case windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL:
		return "reason.full"
	case windows.ERROR_WRITE_PROTECT:
		return "reason.read-only"
	case windows.ERROR_SHARING_VIOLATION, windows.ERROR_LOCK_VIOLATION:
		return "reason.held"
	case windows.ERROR_TOO_MANY_OPEN_FILES:
		return "reason.too-many-files"
	default:
		return ""
	}
}
