// Package trialtest holds the fault trials: tests that run the real command as
// processes, break what can break around it, and then compare what its journal
// says with what the project did.
//
//	orders → four processes at a time ── one journal
//	              │ killed at points and at random
//	              ▼
//	         a sandbox that fails ── its ledger, and every request as it came
//	              │
//	              ▼
//	         evidence → check → lost, doubled, invented, …: none
//
// It is a package for tests and has nothing but tests in it. Beside the trials
// there are those of power loss (every write and every fsync of a writer, and
// the states that a cut could leave), of the network (a proxy that delays,
// drips, cuts and resets), of the disk (full, read-only, foreign, damaged,
// locked) and of the clock. Each has a negative control: the careless variant,
// which it must catch.
//
// What is proven, what is not, and how to run all of it is in
// docs/money-safety.md. RAISBOY_TRIALS=N sets how often a fault is tried.
package trialtest
