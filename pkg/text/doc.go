// Package text holds the sentences that raisboy says to people, by key, in
// Russian and English, with the plural forms of both.
//
// It stands at the very end of every command: what happened is decided and
// recorded elsewhere, in types and codes; packages render and cmd then ask a
// [Catalog] for the words. What a script reads (JSON, CSV) never comes through
// the chosen language.
//
// The sentences are files, catalog/<language>/<subject>.json, each one flat
// object of keys. A value is a text with {{.Name}} for what is filled in, or an
// object of plural forms: one and other in English; one, few, many and other in
// Russian. Every file of the folder is read, so that a new subject is a new
// pair of files. A file is read when the first sentence in it is asked for.
package text
