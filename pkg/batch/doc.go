// Package batch moves money by the list: it reads rows from a spreadsheet's CSV
// or from JSON lines, checks all of them before the first is sent, and runs them
// through the desk, several at a time.
//
// It stands between the command and package desk. A [Reader] turns bytes of
// unknown making into rows, or into mistakes with their line and column. A
// [Check] reads a whole file: totals, duplicates, what the journal knows of the
// rows already; the rows themselves wait in a private temporary file, so that
// what is sent is what was checked. A [Runner] hands rows to its workers: rows
// that are equal one after the other, none after something has happened that
// would only happen again to the next ten thousand.
//
// What may be sent, and what is never sent again, is not decided here but in
// packages desk and journal: run again, a batch asks the journal about every row.
package batch
