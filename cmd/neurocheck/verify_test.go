package main

import (
	"database/sql"
	"encoding/hex"

	"github.com/rogpeppe/go-internal/testscript"
)

// noteHead notes the hash of the last record of a log: noted FILE VARIABLE.
func noteHead(ts *testscript.TestScript, neg bool, args []string) {
	db, err := sql.Open("sqlite3", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	var hash []byte
	ts.Check(db.QueryRow("SELECT hash FROM chain").Scan(&hash))
	ts.Setenv(args[1], hex.EncodeToString(hash))
}
