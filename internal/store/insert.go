package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"neurocheck/internal/ward"
)

// inserter appends records to the chain, and runs the statements that belong to
// them, in the open transaction of a connection. Jobs run in the order in which they
// were queued, but not at once: they gather in batches. If there are many, one
// goroutine hashes them and another runs them while the caller prepares the next.
// [inserter.flush] waits until all have run; a query in the transaction goes
// through [flushed], which flushes first.
//
// The inserter bypasses database/sql, which asks the driver to bind one value at a
// time: with fifty columns that costs more than the insert.
type inserter struct {
	conn       *sql.Conn
	ctx        context.Context       // of the act: its end interrupts a statement
	hash       []byte                // of the last record that was hashed
	text       []byte                // scratch for the canonical encoding
	row        []column              // scratch for the values of a job
	statements map[string]*statement // by table or query
	added      map[tally]int64       // records hashed so far

	batch   *batch      // jobs that no goroutine has yet
	batches chan *batch // to the goroutines, if they run
	done    chan *batch // from them
	pending int         // batches that the goroutines have
	failed  error
}

// tally counts the records of one table of one patient; patient is 0 for records
// that belong to none.
type tally struct {
	table   string
	patient int64
}

// batch is a run of jobs.
type batch struct {
	jobs   []job
	values []driver.NamedValue // of all hashed jobs, end to end
	hashes []byte              // of the records among them, two each, end to end
	err    error               // of the job that failed
}

// job is a record to append to a table, or a statement to run.
type job struct {
	table, query string                      // one of them
	row          func(dst []column) []column // appends the values; called when the job is hashed
	stmt         *statement                  // set when the job is hashed
}

// statement is a statement that is prepared when it is first needed.
type statement struct {
	text      string
	stmt      driver.StmtQueryContext
	inserts   bool  // an INSERT, which returns its one row
	values    int   // without the hashes
	encoded   []int // of a record: see encodingOrder
	patientAt int   // of a record: index of patient_id, or -1
}

const (
	fullBatch   = 512 // jobs that the goroutines get at a time
	mostPending = 8   // batches that they may have
)

// newInserter returns an inserter that continues the chain after the hash.
func newInserter(ctx context.Context, conn *sql.Conn, hash []byte) *inserter {
	return &inserter{ctx: ctx, conn: conn, hash: hash, statements: make(map[string]*statement), added: make(map[tally]int64), batch: &batch{}}
}

// record queues a record: a row of table, with the same columns each time. The
// inserter owns everything that row refers to until it has flushed.
func (i *inserter) record(ctx context.Context, table string, row func(dst []column) []column) error {
	return i.queue(ctx, job{table: table, row: row})
}

// run queues a statement with values by their position.
func (i *inserter) run(ctx context.Context, query string, values ...any) error {
	return i.queue(ctx, job{query: query, row: func(dst []column) []column {
		for _, v := range values {
			dst = append(dst, column{value: v})
		}
		return dst
	}})
}

// seal computes the values of the jobs of a batch and the hashes of its records.
func (i *inserter) seal(b *batch) error {
	for n := range b.jobs {
		next := &b.jobs[n]
		i.row = next.row(i.row[:0])
		next.stmt = i.statement(next)
		if len(i.row) != next.stmt.values {
			return fmt.Errorf("a row for %s%s has %d values, not %d", next.table, next.query, len(i.row), next.stmt.values) // a mistake in this package
		}
		if next.table != "" {
			b.hashes = i.sealRecord(next, b.hashes)
		}
		for n, c := range i.row {
			b.values = append(b.values, driver.NamedValue{Ordinal: n + 1, Value: c.value})
		}
	}
	clear(i.row) // release its values
	return nil
}

// sealRecord appends the two hashes of the record in row, and counts it. It returns
// hashes with them appended.
func (i *inserter) sealRecord(j *job, hashes []byte) []byte {
	i.text = append(append(i.text[:0], j.table...), '\n')
	for _, at := range j.stmt.encoded {
		i.text = appendValue(i.text, i.row[at].name, i.row[at].value)
	}
	own := sha256.Sum256(i.text)
	hash := chained(i.hash, own[:])
	i.hash = append(i.hash[:0], hash[:]...)
	hashes = append(append(hashes, own[:]...), hash[:]...)
	both := hashes[len(hashes)-2*sha256.Size:]
	i.row = append(i.row, column{rowHashColumn, both[:sha256.Size:sha256.Size]}, column{hashColumn, both[sha256.Size:]})
	of := tally{table: j.table}
	if j.stmt.patientAt >= 0 {
		of.patient, _ = i.row[j.stmt.patientAt].value.(int64)
	}
	i.added[of]++
	return hashes
}

// chained returns the hash of the record that has the row hash own and follows the
// record with the hash before.
func chained(before, own []byte) [sha256.Size]byte {
	var both [2 * sha256.Size]byte
	copy(both[:], before)
	copy(both[sha256.Size:], own)
	return sha256.Sum256(both[:])
}

// statement finds or makes the statement of a job whose values are in row, without
// the hashes.
func (i *inserter) statement(j *job) *statement {
	s := i.statements[j.table+j.query]
	if s != nil {
		return s
	}
	s = &statement{text: strings.TrimSpace(j.query), values: len(i.row)}
	if j.table != "" {
		var names []string
		for _, c := range i.row {
			names = append(names, c.name)
		}
		s.encoded, s.patientAt = encodingOrder(names), slices.Index(names, "patient_id")
		s.text = insertion(j.table, append(names, rowHashColumn, hashColumn))
	}
	if s.inserts = strings.HasPrefix(s.text, "INSERT "); s.inserts {
		s.text += " RETURNING 1"
	}
	i.statements[j.table+j.query] = s
	return s
}

// insertion returns an INSERT of one row with these columns.
func insertion(table string, names []string) string {
	columns, marks := "", ""
	for n, name := range names {
		columns += ", " + name
		marks += ", ?" + strconv.Itoa(n+1)
	}
	return "INSERT INTO " + table + " (" + columns[2:] + ") VALUES (" + marks[2:] + ")"
}

func (i *inserter) queue(ctx context.Context, j job) error {
	i.batch.jobs = append(i.batch.jobs, j)
	if len(i.batch.jobs) < fullBatch {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if i.batches == nil {
		i.start()
	}
	i.batches <- i.batch
	i.batch = nil
	i.pending++
	if i.pending == mostPending {
		i.batch = i.await()
	} else {
		i.batch = &batch{}
	}
	return i.failed
}

// start starts the two goroutines. Each stops working at the first failure, and
// passes the batches on.
func (i *inserter) start() {
	i.batches, i.done = make(chan *batch, mostPending), make(chan *batch, mostPending)
	sealed := make(chan *batch, mostPending)
	go func() {
		defer close(sealed)
		var failed error
		for b := range i.batches {
			if failed == nil {
				failed = i.seal(b)
			}
			b.err = failed
			sealed <- b
		}
	}()
	go func() {
		defer close(i.done)
		var failed error
		for b := range sealed {
			if failed == nil {
				failed = b.err
			}
			if failed == nil {
				failed = i.execute(b)
			}
			b.err = failed
			i.done <- b
		}
	}()
}

// await takes back the oldest batch from the goroutines and empties it.
func (i *inserter) await() *batch {
	b := <-i.done
	i.pending--
	if i.failed == nil {
		i.failed = b.err
	}
	b.reset()
	return b
}

// reset empties a batch and keeps its memory for the next jobs.
func (b *batch) reset() {
	clear(b.jobs) // release what they refer to
	clear(b.values)
	b.jobs, b.values, b.hashes, b.err = b.jobs[:0], b.values[:0], b.hashes[:0], nil
}

// flush returns when all queued jobs have run.
func (i *inserter) flush(ctx context.Context) error {
	for i.pending > 0 {
		i.await()
	}
	if err := errors.Join(i.failed, ctx.Err()); err != nil {
		return err
	}
	if i.failed = i.seal(i.batch); i.failed == nil {
		i.failed = i.execute(i.batch)
	}
	i.batch.reset()
	return i.failed
}

// execute runs the jobs of a sealed batch up to the first that fails.
func (i *inserter) execute(b *batch) error {
	if len(b.jobs) == 0 {
		return nil
	}
	return i.conn.Raw(func(raw any) error {
		conn, ok := raw.(driver.ConnPrepareContext)
		if !ok {
			return fmt.Errorf("the driver of the log cannot prepare: %T", raw)
		}
		values := b.values
		for _, next := range b.jobs {
			count := next.stmt.values
			if next.table != "" {
				count += 2
			}
			err := next.stmt.step(i.ctx, conn, values[:count])
			if next.table != "" && cause(err) == causeContradiction {
				return unreadable{"the table " + next.table + ", or one that it refers to,", err}
			}
			if err != nil {
				return err
			}
			values = values[count:]
		}
		return nil
	})
}

func prepared(conn driver.ConnPrepareContext, query string) (driver.StmtQueryContext, error) {
	stmt, err := conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	return stmt.(driver.StmtQueryContext), nil
}

// step runs a statement to its end, or until ctx ends. It is run as a query, which binds
// all arguments at once; an execution does not. An INSERT returns its row: one that
// returns none has inserted nothing, which a trigger can bring about without an error.
func (s *statement) step(ctx context.Context, conn driver.ConnPrepareContext, args []driver.NamedValue) (err error) {
	if s.stmt == nil {
		if s.stmt, err = prepared(conn, s.text); err != nil {
			return err
		}
	}
	rows, err := s.stmt.QueryContext(ctx, args)
	if err != nil {
		return err
	}
	if s.inserts {
		var one [1]driver.Value
		if err := rows.Next(one[:]); err != nil {
			if errors.Is(err, io.EOF) {
				err = errInsertedNothing
			}
			return errors.Join(err, rows.Close())
		}
	}
	if err := rows.Next(nil); !errors.Is(err, io.EOF) {
		return errors.Join(errors.New("a statement that should return no row returned one"), err, rows.Close())
	}
	return rows.Close()
}

// errInsertedNothing is the error of a save that would lose a record without a word.
var errInsertedNothing = ward.UnavailableFor(ward.LogDamaged, "a record was not taken by the log, so nothing was saved: the log was altered by another program; neurocheck verify says more")

// close ends the goroutines and drops the jobs that have not run.
func (i *inserter) close() error {
	if i.batches != nil {
		close(i.batches)
		for range i.done { // after a failure they may still have batches, which are rolled back with the rest
		}
	}
	var errs []error
	for _, s := range i.statements {
		if s.stmt != nil {
			errs = append(errs, i.conn.Raw(func(any) error { return s.stmt.(driver.Stmt).Close() }))
		}
	}
	return errors.Join(errs...)
}

// flushed reads and writes in the transaction of an inserter, after all jobs that
// were queued before.
type flushed struct {
	tx      *sql.Tx
	inserts *inserter
}

// QueryContext runs a query that returns rows.
func (f flushed) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := f.inserts.flush(ctx); err != nil {
		return nil, err
	}
	return f.tx.QueryContext(ctx, query, args...)
}

// ExecContext runs a statement that returns none.
func (f flushed) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := f.inserts.flush(ctx); err != nil {
		return nil, err
	}
	return f.tx.ExecContext(ctx, query, args...)
}
