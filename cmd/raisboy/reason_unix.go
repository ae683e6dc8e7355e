//go:build unix

package main

import "syscall"

// reasonOfNumber names the sentence for a number of the system's; empty: none.
func reasonOfNumber(number syscall.Errno) string {
	switch number {
	case syscall.ECONNREFUSED:
		return "reason.refused"
	case syscall.ECONNRESET, syscall.EPIPE:
		return "reason.broken"
	case syscall.EADDRINUSE:
		return "reason.in-use"
	case syscall.EADDRNOTAVAIL:
		return "reason.not-here"
	case syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ENETDOWN:
		return "reason.unreachable"
	case syscall.ENOSPC, syscall.EDQUOT:
		return "reason.full"
	case syscall.EROFS:
		return "reason.read-only"
	case syscall.EISDIR:
		return "reason.folder"
	case syscall.ENOTDIR:
		return "reason.not-a-folder"
	case syscall.EMFILE, syscall.ENFILE:
		return "reason.too-many-files"
	case syscall.EIO:
		return "reason.device"
	default:
		return ""
	}
}
