package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"neurocheck/internal/pack"
	"neurocheck/internal/store/engine"
)

// tx is a write transaction.
//
// Appending bypasses database/sql, which asks the driver to bind one value at a time: with
// fifty columns that costs more than the insert.
type tx struct {
	conn       *sql.Conn
	statements map[*engine.Statement]*statement
	values     []driver.NamedValue // scratch
	bulk       bool                // the rules are not checked, because the rows are many
	packed     []byte              // scratch
}

// statement is a statement with its text, of which the driver keeps the prepared form.
type statement struct {
	text    string
	returns bool // it returns the row that it has to insert or change
}

// Query runs a query.
func (t *tx) Query(ctx context.Context, query string, args ...any) (engine.Results, error) {
	return querier{t.conn}.Query(ctx, query, args...)
}

// Records reads whole rows as one value: see package pack. It bypasses database/sql, which
// starts a goroutine for each query that can be interrupted.
func (t *tx) Records(ctx context.Context, from engine.Rows, args ...any) (_ engine.Records, err error) {
	values := make([]driver.NamedValue, len(args))
	for i, arg := range args {
		values[i].Ordinal = i + 1
		if values[i].Value, err = driver.DefaultParameterConverter.ConvertValue(arg); err != nil {
			return nil, err
		}
	}
	var one [1]driver.Value
	err = t.conn.Raw(func(raw any) error {
		conn, ok := raw.(driver.QueryerContext)
		if !ok {
			return fmt.Errorf("the driver of the log cannot query: %T", raw)
		}
		rows, err := conn.QueryContext(ctx, rebound(packing(&from)), values)
		if err != nil {
			return err
		}
		return errors.Join(rows.Next(one[:]), rows.Close())
	})
	if err != nil {
		return nil, err
	}
	packed, _ := one[0].(string)
	return pack.Read(packed, len(from.Columns)), nil
}

// Head returns the end of the record.
func (t *tx) Head(ctx context.Context) (seq int64, hash []byte, err error) {
	err = t.conn.QueryRowContext(ctx, `SELECT seq, hash FROM chain WHERE id = 1`).Scan(&seq, &hash)
	return seq, hash, err
}

// Exec runs a statement.
func (t *tx) Exec(ctx context.Context, query string, args ...any) (changed int64, err error) {
	result, err := t.conn.ExecContext(ctx, rebound(query), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Append appends rows, and runs statements, up to the first that fails.
func (t *tx) Append(ctx context.Context, rows []engine.Row) error {
	if len(rows) == 0 {
		return nil
	}
	return t.conn.Raw(func(raw any) error {
		conn, ok := raw.(driver.QueryerContext)
		if !ok {
			return fmt.Errorf("the driver of the log cannot query: %T", raw)
		}
		for i := 0; i < len(rows); i++ {
			if n := t.runOf(rows[i:]); n >= leastRun {
				if err := t.appendRun(ctx, conn, rows[i:i+n]); err != nil {
					return err
				}
				i += n - 1
				continue
			}
			s := t.statement(rows[i].Statement)
			t.values = t.values[:0]
			for n, v := range rows[i].Values {
				t.values = append(t.values, driver.NamedValue{Ordinal: n + 1, Value: v})
			}
			err := s.step(ctx, conn, t.values)
			if table := rows[i].Table; table != "" && cause(err) == engine.CauseContradiction {
				return engine.Contradiction(table, err)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// leastRun is the number of rows from which inserting them in one step is faster, although
// the statement is prepared anew.
const leastRun = 16

// runOf returns the number of first rows that can be inserted in one step.
func (t *tx) runOf(rows []engine.Row) int {
	n := 0
	for t.bulk && n < len(rows) && rows[n].Table != "" && rows[n].Statement == rows[0].Statement {
		n++
	}
	return n
}

// inserting is the statement of [tx.appendRun].
var inserting = &engine.Statement{Query: `SELECT unpack(?1, ?2)`}

// appendRun inserts rows of one table in one step: see package pack. The context does not
// interrupt it.
func (t *tx) appendRun(ctx context.Context, conn driver.QueryerContext, rows []engine.Row) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.packed = t.packed[:0]
	for i := range rows {
		if t.packed, err = pack.Append(t.packed, rows[i].Values); err != nil {
			return err
		}
	}
	t.values = append(t.values[:0],
		driver.NamedValue{Ordinal: 1, Value: insertion(rows[0].Table, rows[0].Columns)},
		driver.NamedValue{Ordinal: 2, Value: t.packed})
	inserted, err := t.statement(inserting).number(conn, t.values)
	switch {
	case cause(err) == engine.CauseContradiction:
		return engine.Contradiction(rows[0].Table, err)
	case err == nil && inserted != int64(len(rows)):
		return engine.ErrInsertedNothing
	}
	return err
}

// number runs a statement that returns a number.
func (s *statement) number(conn driver.QueryerContext, args []driver.NamedValue) (n int64, err error) {
	rows, err := conn.QueryContext(context.Background(), s.text, args)
	if err != nil {
		return 0, err
	}
	var one [1]driver.Value
	err = rows.Next(one[:])
	n, _ = one[0].(int64)
	return n, errors.Join(err, rows.Close())
}

// statement returns a statement with its text.
func (t *tx) statement(of *engine.Statement) *statement {
	if s := t.statements[of]; s != nil {
		return s
	}
	text := strings.TrimSpace(rebound(of.Query))
	if of.Table != "" {
		text = insertion(of.Table, of.Columns)
	}
	s := &statement{text, of.One || strings.HasPrefix(text, "INSERT ")}
	if s.returns {
		s.text += " RETURNING 1"
	}
	t.statements[of] = s
	return s
}

// insertion returns an INSERT of one row with these columns.
func insertion(table string, columns []string) string {
	names, marks := "", ""
	for n, column := range columns {
		names += ", " + column
		marks += ", ?" + strconv.Itoa(n+1)
	}
	return "INSERT INTO " + table + " (" + names[2:] + ") VALUES (" + marks[2:] + ")"
}

// step runs a statement to its end, or until ctx ends. It is run as a query, which binds
// all arguments at once; an execution does not. An INSERT returns its row: one that
// returns none has inserted nothing, which a trigger can bring about without an error.
// So does a statement that has to change one row.
func (s *statement) step(ctx context.Context, conn driver.QueryerContext, args []driver.NamedValue) error {
	rows, err := conn.QueryContext(ctx, s.text, args)
	if err != nil {
		return err
	}
	if s.returns {
		var one [1]driver.Value
		if err := rows.Next(one[:]); err != nil {
			if errors.Is(err, io.EOF) {
				err = engine.ErrInsertedNothing
			}
			return errors.Join(err, rows.Close())
		}
	}
	if err := rows.Next(nil); !errors.Is(err, io.EOF) {
		return errors.Join(errors.New("a statement that should return no row returned one"), err, rows.Close())
	}
	return rows.Close()
}
