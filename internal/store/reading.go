package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"neurocheck/internal/ward"
)

// Reading is the checks of a selection as the log stood at one record, in parts
// that several readers can read at a time. Start with [Store.Read].
type Reading struct {
	Seq  int64  // number of the last record that it rests on
	Head string // hash of that record, in hexadecimal

	sel     Selection
	readers []*checkReader
}

// partLength is how many records a part spans.
const partLength = 2048

// Read runs do on the checks of a selection, with so many readers. What others
// record meanwhile is not among them.
//
// kept are the columns of the CSV whose cells are wanted as the log keeps them. A
// group of several, which hold codes alone, comes as one text with commas between
// the cells: to hand over a text costs more than to join a dozen.
func (s *Store) Read(ctx context.Context, sel Selection, kept [][]string, readers int, do func(*Reading) error) error {
	if sel.PatientID != 0 {
		readers = 1 // there is but one part
	}
	err := s.onViews(ctx, readers+1, func(conns []*sql.Conn, ends []end) error {
		if len(ends) != 1 {
			return ward.Conflict("the end of the chain is missing; neurocheck verify says more")
		}
		r := newReading(conns, ends[0], sel, kept)
		return errors.Join(do(r), r.close())
	})
	return explain(s.path, err)
}

// newReading reads on the connections as of the record at e; one of them is for
// the patients.
func newReading(conns []*sql.Conn, e end, sel Selection, kept [][]string) *Reading {
	r := &Reading{Seq: e.seq, Head: hex.EncodeToString(e.hash), sel: sel}
	patients := &patientsAt{conn: conns[0], last: r.Seq, known: make(map[int64]*ward.Patient)}
	for _, conn := range conns[1:] {
		r.readers = append(r.readers, &checkReader{conn: conn, query: readQuery(sel, kept, r.Seq), patients: patients})
	}
	return r
}

func (r *Reading) close() error {
	var errs []error
	for _, reader := range r.readers {
		errs = append(errs, reader.close())
	}
	return errors.Join(errs...)
}

// Readers returns how many parts can be read at a time.
func (r *Reading) Readers() int { return len(r.readers) }

// Parts returns how many parts there are.
func (r *Reading) Parts() int {
	if r.sel.PatientID != 0 {
		return 1 // found by their index, and few
	}
	return int((r.Seq + partLength - 1) / partLength)
}

// Count returns how many versions of checks there are to read.
func (r *Reading) Count(ctx context.Context) (n int, err error) {
	args := append([]any{0, r.Seq}, r.sel.args()...)
	row := r.readers[0].conn.QueryRowContext(ctx, numbered(`SELECT count(*) FROM neuro_check c WHERE `+between+r.sel.where(3)), args...)
	err = row.Scan(&n)
	return n, err
}

// Each calls yield for each version of each check of a part, counted from 0, in
// the order of the record: with the particulars of its patient as they held at
// Seq; with its texts and times; and with the kept columns, a group each: nil for an
// empty one, else an int64 or a string. It stops at the first error and returns it. The
// patient is shared and stays as it is; the others are yield's own only until it
// returns. A reader, counted from 0, reads one part at a time.
func (r *Reading) Each(ctx context.Context, reader, part int, yield func(p *ward.Patient, c *ward.Check, kept []any) error) error {
	from, to := int64(part)*partLength, min(int64(part+1)*partLength, r.Seq)
	if r.sel.PatientID != 0 {
		from, to = 0, r.Seq
	}
	var args []driver.NamedValue
	for i, value := range append([]any{from, to}, r.sel.args()...) {
		args = append(args, driver.NamedValue{Ordinal: i + 1, Value: value})
	}
	return r.readers[reader].each(ctx, args, yield)
}

// between picks the records above one number, up to another.
const between = `c.seq > $1 AND c.seq <= $2`

// readQuery selects what a checkReader reads.
func readQuery(sel Selection, kept [][]string, last int64) string {
	columns := ""
	for _, group := range kept {
		var cells []string
		for _, name := range group {
			cells = append(cells, cellOf(name))
		}
		if len(cells) > 1 { // concat() would take memory for each row, and the readers would wait for each other
			cells = []string{"coalesce(" + strings.Join(cells, ", '') || ',' || coalesce(") + ", '')"}
		}
		columns += ", " + cells[0]
	}
	return numbered(`
		SELECT c.check_id, c.patient_id, coalesce(c.reason_note, ''), c.recorded_by, coalesce(c.note, ''),
			c.performed_at, c.performed_offset, c.recorded_at, c.recorded_offset` + columns + `
		FROM neuro_check c
		LEFT JOIN reevaluation r ON r.check_id = c.check_id AND r.version = c.version AND r.seq <= ` + fmt.Sprint(last) + `
			AND NOT EXISTS (
				SELECT 1 FROM reevaluation l
				WHERE l.check_id = r.check_id AND l.version = r.version AND l.seq > r.seq AND l.seq <= ` + fmt.Sprint(last) + `)
		WHERE ` + between + sel.where(3) + `
		ORDER BY c.seq`)
}

// cellOf is a column of the CSV in SQL.
func cellOf(name string) string {
	switch name {
	case "icans_grade":
		return "CASE WHEN c.grade_low = c.grade_high THEN c.grade_low END"
	case "flag":
		return "coalesce(r.flag, c.flag)"
	case "flag_reasons":
		return "CASE WHEN r.seq IS NULL THEN c.flag_reasons ELSE r.flag_reasons END"
	}
	return "c." + name
}

// checkReader reads checks on one connection, by the driver's own means: through
// database/sql, fifty columns cost more than all the rest of an export.
type checkReader struct {
	conn     *sql.Conn
	query    string
	stmt     driver.StmtQueryContext // made when it is first needed
	patients *patientsAt
}

func (r *checkReader) close() error {
	if r.stmt == nil {
		return nil
	}
	return r.conn.Raw(func(any) error { return r.stmt.(driver.Stmt).Close() })
}

func (r *checkReader) each(ctx context.Context, args []driver.NamedValue, yield func(*ward.Patient, *ward.Check, []any) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return r.conn.Raw(func(raw any) (err error) {
		if r.stmt == nil {
			conn, ok := raw.(driver.ConnPrepareContext)
			if !ok {
				return fmt.Errorf("the driver of the log cannot prepare: %T", raw)
			}
			if r.stmt, err = prepared(conn, r.query); err != nil {
				return err
			}
		}
		// A context that can end would be watched with each row.
		rows, err := r.stmt.QueryContext(context.Background(), args)
		if err != nil {
			return err
		}
		return errors.Join(r.rows(ctx, rows, yield), rows.Close())
	})
}

func (r *checkReader) rows(ctx context.Context, rows driver.Rows, yield func(*ward.Patient, *ward.Check, []any) error) error {
	row := make([]driver.Value, len(rows.Columns()))
	kept := make([]any, len(row)-9)
	patients := make(map[int64]*ward.Patient)
	for {
		if err := rows.Next(row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var c ward.Check
		c.ID, _ = row[0].(string)
		c.PatientID, _ = row[1].(int64)
		c.ReasonNote, _ = row[2].(string)
		c.Recorded.By, _ = row[3].(string)
		c.Note, _ = row[4].(string)
		c.PerformedAt = momentOf(row[5], row[6])
		c.Recorded.At = momentOf(row[7], row[8])
		p := patients[c.PatientID]
		if p == nil {
			var err error
			if p, err = r.patients.get(ctx, c.PatientID); err != nil {
				return err
			}
			patients[c.PatientID] = p
		}
		for i := range kept {
			kept[i] = row[9+i]
		}
		if err := yield(p, &c, kept); err != nil {
			return err
		}
	}
}

func momentOf(ms, offset driver.Value) time.Time {
	at, _ := ms.(int64)
	minutes, _ := offset.(int64)
	return ward.FromRecord(at, int(minutes))
}

// patientsAt looks up patients as they were at a record, for several readers.
type patientsAt struct {
	conn *sql.Conn
	last int64 // the record

	mu    sync.Mutex
	known map[int64]*ward.Patient
}

// mostPatients is how many are kept in memory: more than lie on a ward at a time,
// so that in the order of the record each is looked up about once.
const mostPatients = 1000

func (l *patientsAt) get(ctx context.Context, id int64) (*ward.Patient, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.known[id]; p != nil {
		return p, nil
	}
	p, err := one(ctx, l.conn, "there is no such patient", scanPatient, `
		SELECT `+patientColumns+`
		FROM patient p
		WHERE p.patient_id = $1 AND p.seq <= $2
		ORDER BY p.version DESC
		LIMIT 1`, id, l.last)
	if err != nil {
		return nil, err
	}
	if len(l.known) == mostPatients {
		clear(l.known)
	}
	l.known[id] = &p
	return &p, nil
}
