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

// inserter runs statements that bring no rows, in the transaction that is open on
// a connection and in the order in which they were ordered, but not at once: they
// gather, and where they are many a goroutine runs them while whoever orders them
// goes on to the next. [inserter.settle] waits until all of them have run; what
// reads the log in the transaction does so through [settled], which asks for it.
//
// It goes past database/sql, which asks the driver to bind one value at a time:
// with fifty columns that costs more than the insert.
type inserter struct {
	conn       *sql.Conn
	inserts    map[string]*statement // by table
	statements map[string]*statement // by their text

	waiting *orders      // what nobody has begun
	ordered chan *orders // to the goroutine, once there is one
	done    chan *orders // from it
	behind  int          // how many of them it has and has not brought back
	failed  error
}

// orders are statements to run, one after the other.
type orders struct {
	list   []order
	values []driver.NamedValue // of all of them, end to end
	err    error               // why they stopped
}

type order struct {
	stmt   *statement
	values int // how many of the values are its own
}

// statement is a statement that is prepared when it is first needed.
type statement struct {
	text string
	stmt driver.StmtQueryContext
}

const (
	fullOrders  = 512 // how many the goroutine is given at a time
	mostOrdered = 4   // how many times that it may be behind
)

func newInserter(conn *sql.Conn) *inserter {
	return &inserter{conn: conn, inserts: make(map[string]*statement), statements: make(map[string]*statement), waiting: &orders{}}
}

// insert puts a row into a table: the same columns each time. The values are the
// inserter's until it has settled.
func (i *inserter) insert(ctx context.Context, table string, row []column) error {
	stmt := i.inserts[table]
	if stmt == nil {
		names := make([]string, len(row))
		marks := make([]string, len(row))
		for n, c := range row {
			names[n], marks[n] = c.name, "?"+strconv.Itoa(n+1)
		}
		stmt = &statement{text: "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(marks, ", ") + ")"}
		i.inserts[table], i.statements[stmt.text] = stmt, stmt
	}
	for n, c := range row {
		i.waiting.values = append(i.waiting.values, driver.NamedValue{Ordinal: n + 1, Value: c.value})
	}
	return i.order(ctx, stmt, len(row))
}

// run runs a statement with values by their order.
func (i *inserter) run(ctx context.Context, query string, values ...any) error {
	stmt := i.statements[query]
	if stmt == nil {
		stmt = &statement{text: query}
		i.statements[query] = stmt
	}
	for n, v := range values {
		i.waiting.values = append(i.waiting.values, driver.NamedValue{Ordinal: n + 1, Value: v})
	}
	return i.order(ctx, stmt, len(values))
}

func (i *inserter) order(ctx context.Context, stmt *statement, values int) error {
	i.waiting.list = append(i.waiting.list, order{stmt, values})
	if len(i.waiting.list) < fullOrders {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if i.ordered == nil {
		i.ordered, i.done = make(chan *orders, mostOrdered), make(chan *orders, mostOrdered)
		go func() {
			defer close(i.done)
			var failed error
			for o := range i.ordered {
				if failed == nil {
					failed = i.carryOut(o)
				}
				o.err = failed
				i.done <- o
			}
		}()
	}
	i.ordered <- i.waiting
	i.waiting = nil
	i.behind++
	if i.behind == mostOrdered {
		i.waiting = i.await()
	} else {
		i.waiting = &orders{}
	}
	return i.failed
}

// await takes back the oldest orders that the goroutine has, empty again.
func (i *inserter) await() *orders {
	o := <-i.done
	i.behind--
	if i.failed == nil {
		i.failed = o.err
	}
	clear(o.values) // what they hold is not kept
	o.list, o.values = o.list[:0], o.values[:0]
	return o
}

// settle returns when all that was ordered has run.
func (i *inserter) settle(ctx context.Context) error {
	for i.behind > 0 {
		i.await()
	}
	if err := errors.Join(i.failed, ctx.Err()); err != nil {
		return err
	}
	i.failed = i.carryOut(i.waiting)
	i.waiting.list, i.waiting.values = i.waiting.list[:0], i.waiting.values[:0]
	return i.failed
}

// carryOut runs orders up to the first one that fails.
func (i *inserter) carryOut(o *orders) error {
	if len(o.list) == 0 {
		return nil
	}
	return i.conn.Raw(func(raw any) error {
		conn, ok := raw.(driver.ConnPrepareContext)
		if !ok {
			return fmt.Errorf("the driver of the log cannot prepare: %T", raw)
		}
		values := o.values
		for _, next := range o.list {
			if err := next.stmt.step(conn, values[:next.values]); err != nil {
				return err
			}
			values = values[next.values:]
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

// step runs a statement to its end. A query binds all its arguments at once,
// which an execution does not.
func (s *statement) step(conn driver.ConnPrepareContext, args []driver.NamedValue) (err error) {
	if s.stmt == nil {
		if s.stmt, err = prepared(conn, s.text); err != nil {
			return err
		}
	}
	// A context that can end would be watched with each row.
	rows, err := s.stmt.QueryContext(context.Background(), args)
	if err != nil {
		return err
	}
	if err := rows.Next(nil); !errors.Is(err, io.EOF) {
		return errors.Join(errors.New("a statement that should bring nothing brought a row"), err, rows.Close())
	}
	return rows.Close()
}

// close ends the goroutine and forgets what has not run.
func (i *inserter) close() error {
	if i.ordered != nil {
		close(i.ordered)
		for range i.done { // where something failed it may still have orders, which are rolled back with the rest
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

// settled reads and writes in the transaction of an inserter, behind all that was
// ordered before.
type settled struct {
	tx      *sql.Tx
	inserts *inserter
}

// QueryContext runs a query that brings rows.
func (s settled) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := s.inserts.settle(ctx); err != nil {
		return nil, err
	}
	return s.tx.QueryContext(ctx, query, args...)
}

// ExecContext runs a statement that brings none.
func (s settled) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := s.inserts.settle(ctx); err != nil {
		return nil, err
	}
	return s.tx.ExecContext(ctx, query, args...)
}
