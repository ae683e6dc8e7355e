// Package desk is where the money rules are kept: never twice, never forgotten.
//
// A [Desk] stands between what an operator wants and the network. It asks
// whether the user may move money, holds the amount against the limits, asks
// the operator, has the journal write the exact bytes, sends them, and settles
// the operation by what came of it. Whatever happens in between (a timeout, a
// crash, a second impatient attempt), the journal knows, and the next attempt
// is held back until somebody knows too.
//
// The desk decides which facts are appended; the journal keeps and folds them.
// It never prints: what came of an operation is a [Receipt], which package
// render turns into words.
package desk
