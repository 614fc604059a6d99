package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// inserter runs statements that bring no rows, again and again with other
// values, in the transaction that is open on a connection. It goes past
// database/sql, which asks the driver to bind one value at a time: with fifty
// columns that costs more than the insert.
type inserter struct {
	conn       *sql.Conn
	inserts    map[string]driver.StmtQueryContext // by table
	statements map[string]driver.StmtQueryContext // by their text
	args       []driver.NamedValue
}

func newInserter(conn *sql.Conn) *inserter {
	return &inserter{conn: conn, inserts: make(map[string]driver.StmtQueryContext), statements: make(map[string]driver.StmtQueryContext)}
}

// insert puts a row into a table: the same columns each time.
func (i *inserter) insert(ctx context.Context, table string, row []column) error {
	i.args = i.args[:0]
	for n, c := range row {
		i.args = append(i.args, driver.NamedValue{Ordinal: n + 1, Value: c.value})
	}
	stmt := i.inserts[table]
	if stmt != nil {
		return i.step(ctx, stmt)
	}
	names := make([]string, len(row))
	marks := make([]string, len(row))
	for n, c := range row {
		names[n], marks[n] = c.name, "?"+strconv.Itoa(n+1)
	}
	stmt, err := i.prepare("INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(marks, ", ") + ")")
	if err != nil {
		return err
	}
	i.inserts[table] = stmt
	return i.step(ctx, stmt)
}

// run runs a statement with values by their order.
func (i *inserter) run(ctx context.Context, query string, values ...any) error {
	i.args = i.args[:0]
	for n, v := range values {
		i.args = append(i.args, driver.NamedValue{Ordinal: n + 1, Value: v})
	}
	stmt, err := i.prepare(query)
	if err != nil {
		return err
	}
	return i.step(ctx, stmt)
}

func (i *inserter) prepare(query string) (driver.StmtQueryContext, error) {
	if stmt := i.statements[query]; stmt != nil {
		return stmt, nil
	}
	err := i.conn.Raw(func(raw any) error {
		conn, ok := raw.(driver.ConnPrepareContext)
		if !ok {
			return fmt.Errorf("the driver of the log cannot prepare: %T", raw)
		}
		stmt, err := prepared(conn, query)
		if err == nil {
			i.statements[query] = stmt
		}
		return err
	})
	return i.statements[query], err
}

// step runs a statement with the arguments to its end. A query binds them all at
// once, which an execution does not.
func (i *inserter) step(ctx context.Context, stmt driver.StmtQueryContext) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return i.conn.Raw(func(any) error {
		// A context that can end would be watched with each row.
		rows, err := stmt.QueryContext(context.Background(), i.args)
		if err != nil {
			return err
		}
		if err := rows.Next(nil); !errors.Is(err, io.EOF) {
			return errors.Join(errors.New("a statement that should bring nothing brought a row"), err, rows.Close())
		}
		return rows.Close()
	})
}

func (i *inserter) close() error {
	var errs []error
	for _, stmt := range i.statements {
		errs = append(errs, i.conn.Raw(func(any) error { return stmt.(driver.Stmt).Close() }))
	}
	return errors.Join(errs...)
}
