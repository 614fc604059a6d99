// Package schema is the contract with other programs: the migrations that make
// the database, and the table schema of the CSV. Both are plain files in this
// folder, for people and for other tools; the program embeds them from here.
//
// Start with sqlite/0001_record.sql for the database (postgres/ has the same), CHAIN.md
// for the chain over its records, and checks.schema.json for the columns of the CSV.
package schema

import (
	"embed"
	"hash/crc32"
	"io/fs"
	"strings"
)

// SQLite holds the migrations for SQLite under "sqlite", for goose. It is no embed.FS so
// that a process of the tests can become a later version, with one more migration.
var SQLite fs.FS = forSQLite

// Postgres holds the same migrations in the dialect of PostgreSQL under "postgres". A test
// makes them from those for SQLite.
var Postgres fs.FS = forPostgres

//go:embed sqlite/*.sql
var forSQLite embed.FS

//go:embed postgres/*.sql
var forPostgres embed.FS

//go:embed sqlite/0001_record.sql
var first string

// Checks is the table schema of the CSV (Frictionless Table Schema). It is made
// from the columns of package csvlog; a test there compares the two.
//
//go:embed checks.schema.json
var Checks []byte

// ApplicationID marks a SQLite file as a neurocheck log: "NCHK" in ASCII, the
// value of PRAGMA application_id.
const ApplicationID = 0x4e43484b

// FirstVersion is a fingerprint of the first migration, without its comments: the
// value of PRAGMA user_version. It is frozen; the fingerprint tells the logs of the
// programs before that apart, whose first migration still changed.
func FirstVersion() int64 {
	sum := crc32.NewIEEE()
	for line := range strings.Lines(first) {
		if text := strings.TrimSpace(line); text != "" && !strings.HasPrefix(text, "--") {
			sum.Write([]byte(text))
		}
	}
	return int64(sum.Sum32() >> 1) // PRAGMA user_version is signed
}
