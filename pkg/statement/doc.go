// Package statement reads a partner's statement of the merchant account and
// finds which of its lines are which operations of the journal.
//
// No endpoint of the API tells an operation's end (Raisboy API, sections 3 and
// 4), so a statement that the partner hands out is the only outside word on a
// deposit whose answer was lost. [Read] turns the file into rows, [Gather]
// fetches the operations that they may be about, and [Match] pairs the two. All
// three change nothing: what a pair means for an operation's state is decided
// in package desk, and made durable by the journal.
//
// Three rules keep a statement from being believed too much. An id decides
// before anything else. By user, amount, currency and time a line proves an
// operation only where neither could be paired otherwise. And what is missing
// proves nothing.
package statement
