// Package config turns flags, environment and file into one plain value.
//
// It stands at the beginning of the flow: a command calls LoadOptions for what
// concerns every command (form of stdout, language, timeout), then Load for
// the profile that it works for, and hands parts of both on. Nothing behind it
// reads an environment variable or a configuration file.
//
// A flag wins over the environment, the environment over the file, the file
// over the defaults; Settings lists every key with its variable and default.
// An empty variable and an empty value in the file count as not set.
//
// Loading succeeds when settings are missing: a command says what it needs
// with Profile.Require. Secrets are not read while loading, only described (a
// SecretSource), so that a command that needs none never asks a keyring; and
// they print as •••• in every format (a Secret).
//
// The file is refused if it is a symbolic link, if others may write to it or to
// its folder, or if others may read a key that stands in it; a secret that stands
// in it as it is, and not as the name of its place, is refused too. Every error
// is typed, carries its data and never the value of a secret; sentences for
// people are made elsewhere.
//
// The other way, Edit opens the file to be changed: line by line, so that
// comments and order stay, and what comes out is read again before it is written.
// Keep and Rotation put secrets where they belong, which is never in the file.
//
// This is the only package that imports viper. The file itself is not read by
// viper but by a YAML reader of our own: viper takes keys in any case, the last
// of two equal profiles, and reads 1000000.10 as a binary fraction.
package config
