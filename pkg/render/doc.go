// Package render turns what happened into what is printed: text for people,
// JSON lines and CSV for scripts.
//
// It stands at the end of every command. The values come from desk, journal
// and api as they are; a [Renderer] chooses the form, asks package text for the
// words, and writes. It decides nothing about money: which verdict an operation
// has was decided before, here it only gets its name and the next step.
//
// Two rules hold everywhere. What came over the network passes through
// [Sanitize] before a person sees it, so that no answer can paint the screen.
// And nothing here ever asks the terminal anything: colour and width are handed
// in, and lipgloss is told both.
package render
