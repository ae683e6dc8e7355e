package main

import (
	"database/sql"

	"github.com/rogpeppe/go-internal/testscript"
)

// spoil changes a journal behind its back: spoil FILE STATEMENT
func spoil(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: spoil FILE STATEMENT")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.Exec(args[1])
	ts.Check(err)
	ts.Check(db.Close())
}
