// Package engine is the interface between the record and the database that holds it.
//
// A query has placeholders $1, $2 and so on, in a dialect that every engine takes. An
// engine knows nothing of a ward: package store has all queries, and packages such as
// sqlite implement [Engine]. Package storetest has the tests that every engine passes.
package engine

import (
	"context"
)

// Engine is a database that holds one log. It is safe for use by several goroutines.
type Engine interface {
	// Pool returns the connections for reading. Each query sees the newest record.
	Pool() Querier
	// Write runs do in one write transaction and commits it. Writers of all processes wait
	// for each other. If do fails, or ctx ends before the commit, nothing is saved. The
	// records that do reads are then as safe as those that it appends: a caller who finds
	// there that an earlier write was saved can rely on it.
	Write(ctx context.Context, r Rules, do func(Tx) (End, error)) (Outcome, error)
	// Snapshots runs do with that many readers, which can work at a time. Each reads a
	// snapshot; none is older than the first.
	Snapshots(ctx context.Context, count int, do func([]Querier) error) error
	// Cause returns the cause of an error of the database.
	Cause(err error) Cause
	// Explain turns an error of the database, or a [Damage], into one that says how a person
	// can go on. Other errors pass through.
	Explain(err error) error
	// Check compares one aspect of the database with the one that the program made.
	Check(ctx context.Context, q Querier, a Aspect) (Misfit, error)
	// Alive returns an error if the database is not the one that was opened, or is gone.
	Alive() error
	// Watch returns a channel that gets a value after each commit of this process, until the
	// context ends. Several commits may be one value. Whether the commits of other processes
	// are announced depends on the engine: they are found by asking for the end of the record.
	Watch(ctx context.Context) <-chan struct{}
	// Close closes all connections.
	Close() error
}

// Results are the rows of a query, to be scanned one by one. A *sql.Rows of the standard library is one.
type Results interface {
	Next() bool
	Scan(dest ...any) error
	Columns() ([]string, error)
	Err() error
	Close() error
}

// Querier reads: from the pool, in a snapshot, or in a transaction.
type Querier interface {
	// Query runs a query.
	Query(ctx context.Context, query string, args ...any) (Results, error)
	// Records reads whole rows of a table in one batch, because reading them one by one
	// costs several times as much.
	Records(ctx context.Context, from Rows, args ...any) (Records, error)
}

// Question is a query, or the whole rows of a table if Rows names one, with its arguments.
type Question struct {
	Query string
	Rows  Rows
	Args  []any
}

// Ahead is a [Tx] or a snapshot of a server. It reads the answers to several questions in one
// round trip, which is also the one that begins the transaction if Ahead is called first.
// Query and Records return the answers if the same is asked before anything is written.
type Ahead interface {
	Ahead(ctx context.Context, questions []Question) error
}

// Catalogue is a [Querier] of a server, on which a query for each table would be many round
// trips.
type Catalogue interface {
	// Columns returns the columns of tables in their order, by table.
	Columns(ctx context.Context, tables []string) (map[string][]string, error)
}

// Tx is a write transaction.
type Tx interface {
	Querier
	// Head returns the end of the record: the number and the hash of the last one. No other
	// writer moves it until the transaction ends. It returns sql.ErrNoRows if there is none.
	Head(ctx context.Context) (seq int64, hash []byte, err error)
	// Exec runs a statement, and returns the number of rows that it changed.
	Exec(ctx context.Context, query string, args ...any) (changed int64, err error)
	// Append appends finished rows, and runs the statements among them, in their order. It
	// stops at the first that fails. An INSERT that inserts nothing fails with
	// [ErrInsertedNothing], and a row that contradicts those of the log with a [Contradiction].
	// An error may come with a later call, or with the commit.
	Append(ctx context.Context, rows []Row) error
}

// Rules are the rules of the schema that the database checks while rows are written.
type Rules bool

const (
	Checked Rules = true
	// Unchecked is for many rows, which the caller has validated: the CHECKs and foreign
	// keys of a row of fifty columns take several times as long as its insert. Types and
	// unique keys are still checked.
	Unchecked Rules = false
)

// Outcome says what became of a write.
type Outcome int

const (
	Nothing Outcome = iota // nothing was saved
	Saved
	// Unknown is the outcome if the commit itself failed: the write may be saved or not.
	// The same request can be asked again.
	Unknown
)

// End is the end of the record: its last record, and the log to which it belongs. The zero
// End is that of a write that appended nothing.
type End struct {
	Origin string // hash of the first record, in hexadecimal: it distinguishes a log and its copies from all others
	Seq    int64  // of the last record
	Hash   string // of that record
}

// Rows selects whole rows of a table.
type Rows struct {
	Table   string
	Columns []string
	// Where is a condition on the columns. The rows come in the order of their number, seq.
	Where string
	// Rest is the rest of a query on the table, which it calls r: joins, conditions and an
	// order. It is used if Where is empty.
	Rest string
	// Passing says that the caller uses the values of a row only until the next one, and
	// nothing else on the same [Querier] meanwhile. An engine then need not copy them, and
	// may give integers as digits: see [Value.Number].
	Passing bool
}

// Records are rows that were read in a batch, or come one by one if they are passing.
type Records interface {
	// Next goes on to the next row, or returns false if there is none.
	Next() bool
	// Row returns the values of the row. They are valid until Next is called; their texts
	// stay valid, unless the rows are passing.
	Row() []Value
	// Close ends the reading, and returns its error if it had one.
	Close() error
}

// Row is a row to append, or a statement to run, with its values.
type Row struct {
	*Statement
	Values []any // int64, string, []byte or nil
}

// Statement is run many times in a transaction, and prepared once.
type Statement struct {
	// Table and Columns are those of a row to append.
	Table   string
	Columns []string
	// Query is the text of a statement that returns no row. It is used if Table is empty.
	Query string
	// One makes a Query fail with [ErrInsertedNothing] unless it changes one row.
	One bool
}

// Aspect is an aspect of a database.
type Aspect int

const (
	Objects    Aspect = iota // tables, indexes, triggers and views
	Versions                 // the list of migrations
	Storage                  // the files, the indexes, and the CHECKs of the tables
	References               // the foreign keys
)

// Misfit is the first difference that a check finds. The zero Misfit is none.
type Misfit struct {
	Words string // for a person
	// Table, Seq and Parent are set, in place of Words, if a row of the record refers to a
	// row of the table Parent that is not there.
	Table  string
	Seq    int64
	Parent string
}
