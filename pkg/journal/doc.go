// Package journal is the durable record of a cash desk: what was about to be
// sent, what was answered, what was decided, as facts that are appended and
// never changed.
//
// It stands between the decision to move money and the network. A deposit or a
// payout begins with [Journal.Begin], which checks in one transaction that
// nothing forbids the operation and writes its exact bytes; only when that
// transaction is on disk may the first byte leave. Everything that is learned
// afterwards (an answer, a webhook, a person's decision) is appended with
// [Journal.Update] or [Journal.Observe].
//
// An operation's state is never stored as such: it is a pure fold over its
// facts ([Fold]). A projection table beside the facts makes operations quick to
// find; [Journal.Verify] folds everything anew and compares. Every row carries
// a checksum, because SQLite's own integrity check does not notice a flipped
// bit in a value.
//
// The package decides nothing about money beyond what must be checked inside
// the transaction of the intent (the guard); which facts to append is the
// decision of package desk. It never prints and never reads the clock itself.
package journal
