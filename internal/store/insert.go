package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// inserter appends records to the chain and runs what goes with them, in the
// transaction that is open on a connection and in the order in which it was
// ordered, but not at once: orders gather, and where they are many one goroutine
// seals them and another runs them while whoever gives them goes on to the next.
// [inserter.settle] waits until all of them have run; what reads the log in the
// transaction does so through [settled], which asks for it.
//
// It goes past database/sql, which asks the driver to bind one value at a time:
// with fifty columns that costs more than the insert.
type inserter struct {
	conn       *sql.Conn
	hash       []byte                // of the last record that was sealed
	text       []byte                // what was last hashed
	row        []column              // what was last sealed
	statements map[string]*statement // by what they are for

	waiting *orders      // what nobody has begun
	ordered chan *orders // to the goroutines, once there are any
	done    chan *orders // from them
	behind  int          // how many of them they have and have not brought back
	failed  error
}

// orders are statements to run, one after the other.
type orders struct {
	list   []order
	values []driver.NamedValue // of all that are sealed, end to end
	hashes []byte              // of the records among them, end to end
	err    error               // why they stopped
}

// order is a record to append to a table, or a statement to run.
type order struct {
	table, query string                      // one of them
	row          func(dst []column) []column // appends the values: whoever seals them calls it
	stmt         *statement                  // once it is sealed
}

// statement is a statement that is prepared when it is first needed.
type statement struct {
	text   string
	stmt   driver.StmtQueryContext
	values int
}

const (
	fullOrders  = 512 // how many the goroutines are given at a time
	mostOrdered = 8   // how many times that they may be behind
)

// newInserter begins behind the record that has this hash.
func newInserter(conn *sql.Conn, hash []byte) *inserter {
	return &inserter{conn: conn, hash: hash, statements: make(map[string]*statement), waiting: &orders{}}
}

// record appends a record to the chain: a row of table, the same columns each
// time. What row holds on to is the inserter's until it has settled.
func (i *inserter) record(ctx context.Context, table string, row func(dst []column) []column) error {
	return i.order(ctx, order{table: table, row: row})
}

// run runs a statement with values by their order.
func (i *inserter) run(ctx context.Context, query string, values ...any) error {
	return i.order(ctx, order{query: query, row: func(dst []column) []column {
		for _, v := range values {
			dst = append(dst, column{value: v})
		}
		return dst
	}})
}

// seal works out the values of the orders, and gives the records their hashes.
func (i *inserter) seal(o *orders) {
	for n := range o.list {
		next := &o.list[n]
		i.row = next.row(i.row[:0])
		if next.table != "" {
			i.text = append(append(append(i.text[:0], i.hash...), next.table...), '\n')
			for _, c := range i.row {
				i.text = appendValue(i.text, c.name, c.value)
			}
			hash := sha256.Sum256(i.text)
			i.hash = append(i.hash[:0], hash[:]...)
			o.hashes = append(o.hashes, hash[:]...)
			i.row = append(i.row, column{"hash", o.hashes[len(o.hashes)-len(hash):]})
		}
		for n, c := range i.row {
			o.values = append(o.values, driver.NamedValue{Ordinal: n + 1, Value: c.value})
		}
		next.stmt = i.statement(next)
	}
	clear(i.row) // what it holds is not kept
}

// statement finds or makes the statement of an order, whose values are in row.
func (i *inserter) statement(o *order) *statement {
	s := i.statements[o.table+o.query]
	if s == nil {
		s = &statement{text: o.query, values: len(i.row)}
		if o.table != "" {
			columns, marks := "", ""
			for n, c := range i.row {
				columns += ", " + c.name
				marks += ", ?" + strconv.Itoa(n+1)
			}
			s.text = "INSERT INTO " + o.table + " (" + columns[2:] + ") VALUES (" + marks[2:] + ")"
		}
		i.statements[o.table+o.query] = s
	}
	return s
}

func (i *inserter) order(ctx context.Context, o order) error {
	i.waiting.list = append(i.waiting.list, o)
	if len(i.waiting.list) < fullOrders {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if i.ordered == nil {
		i.ordered, i.done = make(chan *orders, mostOrdered), make(chan *orders, mostOrdered)
		sealed := make(chan *orders, mostOrdered)
		go func() {
			defer close(sealed)
			for o := range i.ordered {
				i.seal(o)
				sealed <- o
			}
		}()
		go func() {
			defer close(i.done)
			var failed error
			for o := range sealed {
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

// await takes back the oldest orders that the goroutines have, empty again.
func (i *inserter) await() *orders {
	o := <-i.done
	i.behind--
	if i.failed == nil {
		i.failed = o.err
	}
	o.forget()
	return o
}

// forget makes orders empty again, with the memory that they had.
func (o *orders) forget() {
	clear(o.list) // what they hold is not kept
	clear(o.values)
	o.list, o.values, o.hashes = o.list[:0], o.values[:0], o.hashes[:0]
}

// settle returns when all that was ordered has run.
func (i *inserter) settle(ctx context.Context) error {
	for i.behind > 0 {
		i.await()
	}
	if err := errors.Join(i.failed, ctx.Err()); err != nil {
		return err
	}
	i.seal(i.waiting)
	i.failed = i.carryOut(i.waiting)
	i.waiting.forget()
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
			count := next.stmt.values
			if err := next.stmt.step(conn, values[:count]); err != nil {
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

// close ends the goroutines and forgets what has not run.
func (i *inserter) close() error {
	if i.ordered != nil {
		close(i.ordered)
		for range i.done { // where something failed they may still have orders, which are rolled back with the rest
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
