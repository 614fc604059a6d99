package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// derivedNames are the tables that a copy takes over row by row: those that are derived
// from the record, the requests, of which the record has no content, and the messages that
// wait for a person. The drafts are not among them.
var derivedNames = []string{"chain_count", "request", "patient_now", "patient_mrn", "patient_count", "stay_now", "check_now", "follow_up_open", "intake_inbox"}

// Stages reports the progress of work that has several stages: the amount done of
// the present one, in its unit, such as "MiB copied".
type Stages func(stage string, done, total int64)

// Verified returns the stage of verifying the record, for [Verification]; nil for no
// stages.
func (p Stages) Verified() func(done, total int64) {
	if p == nil {
		return nil
	}
	return func(done, total int64) { p("records verified", done, total) }
}

// copyInto copies the record into an empty log in one transaction. It asks may, if it is
// set, in the snapshot that it copies, and calls check at the end of the transaction.
func (s *Store) copyInto(ctx context.Context, to *Store, progress Stages, may func(reader) error, check func(engine.Tx) error) error {
	return s.explain(s.onSnapshots(ctx, 1, func(readers []engine.Querier, ends []chainEnd) error {
		if may != nil {
			if err := may(reader{q: readers[0], tables: s.tables}); err != nil {
				return err
			}
		}
		if len(ends) != 1 {
			return engine.Unreadable("the end of its chain", errDisagrees)
		}
		from, err := newRecordReader(ctx, readers[0])
		if err != nil {
			return err
		}
		for _, source := range from.sources {
			source.validate = nil // the copy is graded as a whole
		}
		c := copier{records: from, from: readers[0], explain: s.explain, hash: make([]byte, len(ends[0].hash)), statements: make(map[string]*engine.Statement)}
		return to.explain(to.begin(ctx, engine.Unchecked, nil, func(t engine.Tx, before chainEnd) (chainEnd, error) {
			if before.seq != 0 {
				return before, ward.Conflict(fmt.Sprintf("the log to copy to holds %d records already; a copy is made into an empty one", before.seq))
			}
			c.to = t
			if err := c.run(ctx, ends[0], progress); err != nil {
				return before, err
			}
			return ends[0], check(t)
		}))
	}))
}

// copier copies the record of a log in a snapshot into a transaction of another log.
type copier struct {
	records *recordReader
	from    engine.Querier
	explain func(error) error // an error of the log that is read
	to      engine.Tx

	last       int64  // the last record that was copied
	hash       []byte // of that record
	statements map[string]*engine.Statement
}

// run copies everything up to the end of the chain.
func (c *copier) run(ctx context.Context, end chainEnd, progress Stages) error {
	for c.last < end.seq {
		if err := c.copyRange(ctx, c.last+1, min(c.last+1+rangeLength, end.seq+1)); err != nil {
			return err
		}
		if progress != nil {
			progress("records copied", c.last, end.seq)
		}
	}
	for _, table := range derivedNames {
		if err := c.copyTable(ctx, table); err != nil {
			return err
		}
	}
	if end.seq < 1 {
		return nil
	}
	changed, err := c.to.Exec(ctx, `UPDATE chain SET seq = $1, hash = $2 WHERE id = 1`, end.seq, end.hash)
	if err == nil && changed != 1 {
		err = engine.ErrInsertedNothing
	}
	return err
}

// copyRange copies the records from one number up to another. It appends those of one
// table together, which is faster; a table comes after those that it refers to.
func (c *copier) copyRange(ctx context.Context, from, to int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, s := range c.records.sources {
		if err := s.start(ctx, from, to); err != nil {
			return c.explain(err)
		}
	}
	rows := make(map[string][]engine.Row)
	for s := c.records.first(); s != nil; s = c.records.first() {
		if s.number != c.last+1 {
			return c.damaged(fmt.Sprintf("record %d is missing", c.last+1))
		}
		misfit, err := c.records.misfit(ctx, s, c.hash)
		if err != nil {
			return c.explain(err)
		}
		if misfit != "" {
			return c.damaged(misfit)
		}
		rows[s.table] = append(rows[s.table], engine.Row{Statement: c.into(s.table, s.names), Values: ownValues(s.row)})
		c.last, c.hash = s.number, append(c.hash[:0], s.hash()...)
		s.advance()
	}
	if c.last != to-1 {
		return c.damaged(fmt.Sprintf("record %d is missing", c.last+1))
	}
	var all []engine.Row
	for _, table := range recordTables {
		all = append(all, rows[table]...)
	}
	if err := c.to.Append(ctx, all); err != nil {
		return err
	}
	// A query lets the engine write all rows that it has queued: it may keep the order of
	// tables only until then, and rows of the next range refer to these.
	_, err := engine.All(ctx, c.to, engine.Scan[int64], `SELECT 1`)
	return err
}

// damaged is the error of a record that cannot be copied.
func (c *copier) damaged(misfit string) error {
	return c.explain(engine.Damage{Words: misfit})
}

// copyTable copies the rows of a table that is not of the record.
func (c *copier) copyTable(ctx context.Context, table string) error {
	rows, err := c.from.Query(ctx, `SELECT * FROM `+table)
	if err != nil {
		return c.explain(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return c.explain(err)
	}
	var batch []engine.Row
	for rows.Next() {
		values, err := scanValues(rows, len(names))
		if err != nil {
			return c.explain(engine.AsDamage(err))
		}
		if batch = append(batch, engine.Row{Statement: c.into(table, names), Values: values}); len(batch) == fullBatch {
			if err := c.to.Append(ctx, batch); err != nil {
				return err
			}
			batch = nil
		}
	}
	if err := rows.Err(); err != nil {
		return c.explain(err)
	}
	return c.to.Append(ctx, batch)
}

// into returns the statement that appends rows to a table.
func (c *copier) into(table string, columns []string) *engine.Statement {
	s := c.statements[table]
	if s == nil {
		s = &engine.Statement{Table: table, Columns: slices.Clone(columns)}
		c.statements[table] = s
	}
	return s
}

// ownValues returns the values of a row, which are valid only until the next one is read,
// as values that last.
func ownValues(row []engine.Value) []any {
	values := make([]any, len(row))
	for i := range row {
		values[i] = row[i].Any()
		if text, ok := values[i].(string); ok {
			values[i] = strings.Clone(text)
		}
	}
	return values
}
