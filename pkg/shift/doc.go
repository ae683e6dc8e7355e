// Package shift adds up what a journal holds: totals over entries, for the X
// and Z reports of a shift, and the merchant account's expected balance.
//
// It stands behind the journal and before render. Its functions are pure: they
// take entries and movements as the journal gives them, and nothing that they
// say is stored anywhere.
package shift
