// Package shift adds up what a journal holds: what a working shift of a desk came
// to, as the X report while it is open and the Z report that closes it, and what
// the merchant account should hold.
//
// It stands between the journal, which knows what each shift counted
// ([journal.ShiftBook]), and the command, which prints the [Report]. It holds
// three rules:
//
//   - A shift's part of an operation is a difference: what its facts say now,
//     less what those facts said that an earlier Z already counted. So a late
//     settlement counts in the shift in which it settles, a reversal shows as a
//     correction below zero, and all the Z reports together say what is true.
//   - An operation's cash is in one till: a deposit's in that of the desk that
//     began it, a payout's leaves that of the desk that decided it was handed
//     over.
//   - What is not known is never counted as done. It is listed by number, with
//     the range that the till, or the account, may therefore be in.
//
// Everything here is pure but [Close], [Current], [Closed] and [Verify], which
// read and write through the journal they are given.
package shift
