//go:build !unix

package config

import "io/fs"

// checkAccess checks nothing here. On Windows the mode bits that Go reports
// are made up from the read-only attribute; who may read a file stands in its
// access list, which a file inherits from the user's own profile folder, where
// the configuration lies by default.
func checkAccess(string, fs.FileInfo, bool) error { return nil }

// diskQuota says whether an error is a user's share of the disk used up; there
// is no such error here.
func diskQuota(error) bool { return false }

// checkFolder checks nothing here, for the same reason.
func checkFolder(string) error { return nil }
