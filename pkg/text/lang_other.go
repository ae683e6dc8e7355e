//go:build !windows

package text

// interfaceLocale: everywhere but on Windows the environment says it all.
func interfaceLocale() string { return "" }
