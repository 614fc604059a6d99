package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"neurocheck/internal/store/engine"
)

// inserter appends records to the chain, and runs the statements that belong to
// them, in the open transaction of a connection. Jobs run in the order in which they
// were queued, but not at once: they gather in batches. If there are many, one
// goroutine hashes them and another runs them while the caller prepares the next.
// [inserter.flush] waits until all have run; a query in the transaction goes
// through [flushed], which flushes first.
type inserter struct {
	tx         engine.Tx
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
	values []any        // of all hashed jobs, end to end
	hashes []byte       // of the records among them, two each, end to end
	rows   []engine.Row // of all hashed jobs
	err    error        // of the job that failed
}

// job is a record to append to a table, or a statement to run.
type job struct {
	table, query string                      // one of them
	one          bool                        // the statement has to change one row
	row          func(dst []column) []column // appends the values; called when the job is hashed
	stmt         *statement                  // set when the job is hashed
}

// statement is a statement with the layout of its values.
type statement struct {
	engine.Statement
	values    int   // with the hashes
	encoded   []int // of a record: see encodingOrder
	labels    []string
	patientAt int // of a record: index of patient_id, or -1
}

const (
	fullBatch   = 512 // jobs that the goroutines get at a time
	mostPending = 8   // batches that they may have
)

// newInserter returns an inserter that continues the chain after the hash.
func newInserter(ctx context.Context, t engine.Tx, hash []byte) *inserter {
	return &inserter{ctx: ctx, tx: t, hash: hash, statements: make(map[string]*statement), added: make(map[tally]int64), batch: &batch{}}
}

// record queues a record: a row of table, with the same columns each time. The
// inserter owns everything that row refers to until it has flushed.
func (i *inserter) record(ctx context.Context, table string, row func(dst []column) []column) error {
	return i.queue(ctx, job{table: table, row: row})
}

// run queues a statement with values by their position.
func (i *inserter) run(ctx context.Context, query string, values ...any) error {
	return i.queue(ctx, job{query: query, row: valuesOf(values)})
}

// runOne queues a statement that has to change one row.
func (i *inserter) runOne(ctx context.Context, query string, values ...any) error {
	return i.queue(ctx, job{query: query, one: true, row: valuesOf(values)})
}

// valuesOf returns a function that appends values without names.
func valuesOf(values []any) func(dst []column) []column {
	return func(dst []column) []column {
		for _, v := range values {
			dst = append(dst, column{value: v})
		}
		return dst
	}
}

// hashBatch computes the values of the jobs of a batch and the hashes of its records.
func (i *inserter) hashBatch(b *batch) error {
	for n := range b.jobs {
		next := &b.jobs[n]
		i.row = next.row(i.row[:0])
		next.stmt = i.statement(next)
		if next.table != "" {
			b.hashes = i.hashRecord(next, b.hashes)
		}
		if len(i.row) != next.stmt.values {
			return fmt.Errorf("a row for %s%s has %d values, not %d", next.table, next.query, len(i.row), next.stmt.values) // a mistake in this package
		}
		for _, c := range i.row {
			b.values = append(b.values, c.value)
		}
	}
	clear(i.row) // release its values
	return nil
}

// hashRecord appends the two hashes of the record in row, and counts it. It returns
// hashes with them appended.
func (i *inserter) hashRecord(j *job, hashes []byte) []byte {
	i.text = append(append(i.text[:0], j.table...), '\n')
	for n, at := range j.stmt.encoded {
		i.text = appendValue(i.text, j.stmt.labels[n], i.row[at].value)
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
	s = &statement{Statement: engine.Statement{Query: j.query, One: j.one}, values: len(i.row)}
	if j.table != "" {
		var names []string
		for _, c := range i.row {
			names = append(names, c.name)
		}
		s.encoded, s.patientAt = encodingOrder(names), slices.Index(names, "patient_id")
		s.labels = labelsOf(names, s.encoded)
		s.Table, s.Columns = j.table, append(names, rowHashColumn, hashColumn)
		s.values = len(s.Columns)
	}
	i.statements[j.table+j.query] = s
	return s
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
	hashed := make(chan *batch, mostPending)
	go func() {
		defer close(hashed)
		var failed error
		for b := range i.batches {
			if failed == nil {
				failed = i.hashBatch(b)
			}
			b.err = failed
			hashed <- b
		}
	}()
	go func() {
		defer close(i.done)
		var failed error
		for b := range hashed {
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
	clear(b.rows)
	b.jobs, b.values, b.hashes, b.rows, b.err = b.jobs[:0], b.values[:0], b.hashes[:0], b.rows[:0], nil
}

// flush returns when all queued jobs have run.
func (i *inserter) flush(ctx context.Context) error {
	for i.pending > 0 {
		i.await()
	}
	if err := errors.Join(i.failed, ctx.Err()); err != nil {
		return err
	}
	if i.failed = i.hashBatch(i.batch); i.failed == nil {
		i.failed = i.execute(i.batch)
	}
	i.batch.reset()
	return i.failed
}

// execute runs the jobs of a hashed batch up to the first that fails.
func (i *inserter) execute(b *batch) error {
	values := b.values
	for _, next := range b.jobs {
		count := next.stmt.values
		b.rows = append(b.rows, engine.Row{Statement: &next.stmt.Statement, Values: values[:count]})
		values = values[count:]
	}
	return i.tx.Append(i.ctx, b.rows)
}

// close ends the goroutines and drops the jobs that have not run.
func (i *inserter) close() {
	if i.batches != nil {
		close(i.batches)
		for range i.done { // after a failure they may still have batches, which are rolled back with the rest
		}
	}
}

// flushed reads and writes in the transaction of an inserter, after all jobs that
// were queued before.
type flushed struct {
	tx      engine.Tx
	inserts *inserter
}

// Query runs a query.
func (f flushed) Query(ctx context.Context, query string, args ...any) (engine.Results, error) {
	if err := f.inserts.flush(ctx); err != nil {
		return nil, err
	}
	return f.tx.Query(ctx, query, args...)
}

// Records reads whole rows.
func (f flushed) Records(ctx context.Context, from engine.Rows, args ...any) (engine.Records, error) {
	if err := f.inserts.flush(ctx); err != nil {
		return nil, err
	}
	return f.tx.Records(ctx, from, args...)
}

// Exec runs a statement that returns no row.
func (f flushed) Exec(ctx context.Context, query string, args ...any) (changed int64, err error) {
	if err := f.inserts.flush(ctx); err != nil {
		return 0, err
	}
	return f.tx.Exec(ctx, query, args...)
}
