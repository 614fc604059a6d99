package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"neurocheck/internal/pack"
	"neurocheck/internal/ward"
)

// Reading is the checks of a selection as the log stood at one record, in parts
// that several readers can read at a time. Start with [Store.Read].
type Reading struct {
	Seq  int64  // number of the last record that it rests on
	Head string // hash of that record, in hexadecimal

	sel      Selection
	readers  []*checkReader
	patients []int64 // in their order; nil for the order of the record
}

// partLength is how many records a part spans, and partPatients how many patients
// where it is read by them.
const (
	partLength   = 1024
	partPatients = 8
)

// ReadOptions say how [Store.Read] reads.
type ReadOptions struct {
	// Kept are the columns of the CSV whose cells are wanted as the log keeps them.
	Kept []string
	// Readers is how many parts are to be read at a time.
	Readers int
	// Rank, where it is set, has the checks come patient by patient, in the order of
	// what it returns for each, instead of in the order of the record.
	Rank func(*ward.Patient) string
}

// Read runs do on the checks of a selection. What others record meanwhile is not
// among them.
func (s *Store) Read(ctx context.Context, sel Selection, o ReadOptions, do func(*Reading) error) error {
	if sel.PatientID != 0 {
		o.Readers = 1 // there is but one part
	}
	err := s.onViews(ctx, o.Readers+1, func(conns []*sql.Conn, ends []end) error {
		if len(ends) != 1 {
			return ward.Conflict("the end of the chain is missing; neurocheck verify says more")
		}
		r, err := newReading(ctx, conns, ends[0], sel, o)
		if err != nil {
			return err
		}
		return do(r)
	})
	return explain(s.path, err)
}

// newReading reads on the connections as of the record at e, where the view of the
// first one ends; it is for the patients.
func newReading(ctx context.Context, conns []*sql.Conn, e end, sel Selection, o ReadOptions) (*Reading, error) {
	r := &Reading{Seq: e.seq, Head: hex.EncodeToString(e.hash), sel: sel}
	one := sel
	switch {
	case sel.PatientID != 0:
		r.patients = []int64{sel.PatientID}
	case o.Rank != nil:
		list, err := (&View{conns[0]}).CheckedPatients(ctx, sel)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(list, func(a, b ward.Patient) int { return cmp.Compare(o.Rank(&a), o.Rank(&b)) })
		r.patients = make([]int64, len(list))
		for i := range list {
			r.patients[i] = list[i].ID
		}
		one.PatientID = anyPatient
	}
	patients := &patientsAt{conn: conns[0], last: r.Seq, known: make(map[int64]*ward.Patient)}
	query := readQuery(one, o.Kept, r.Seq)
	for _, conn := range conns[1:] {
		r.readers = append(r.readers, &checkReader{query: packedQuery{conn, query, ownColumns + len(o.Kept)}, patients: patients})
	}
	return r, nil
}

// anyPatient stands for each patient's number in a query.
const anyPatient = -1

// Readers returns how many parts can be read at a time.
func (r *Reading) Readers() int { return len(r.readers) }

// Parts returns how many parts there are.
func (r *Reading) Parts() int {
	if r.patients != nil { // their checks are found by an index
		return (len(r.patients) + partPatients - 1) / partPatients
	}
	return int((r.Seq + partLength - 1) / partLength)
}

// Count returns how many versions of checks there are to read.
func (r *Reading) Count(ctx context.Context) (n int, err error) {
	args := append([]any{0, r.Seq}, r.sel.args()...)
	row := r.readers[0].query.conn.QueryRowContext(ctx, numbered(`SELECT count(*) FROM neuro_check c WHERE `+between+r.sel.where(3)), args...)
	err = row.Scan(&n)
	return n, err
}

// Each calls yield for each version of each check of a part, counted from 0, in
// order: with the particulars of its patient as they held at
// Seq; with its texts and times; and with the cells of the kept columns. It stops
// at the first error and returns it. The patient is shared and stays as it is;
// the others are yield's own only until it returns. A reader, counted from 0,
// reads one part at a time.
func (r *Reading) Each(ctx context.Context, reader, part int, yield func(p *ward.Patient, c *ward.Check, kept []string) error) error {
	if r.patients == nil {
		from, to := int64(part)*partLength, min(int64(part+1)*partLength, r.Seq)
		return r.readers[reader].each(ctx, append([]any{from, to}, r.sel.args()...), yield)
	}
	from := part * partPatients
	for _, id := range r.patients[from:min(from+partPatients, len(r.patients))] {
		one := r.sel
		one.PatientID = id
		if err := r.readers[reader].each(ctx, append([]any{0, r.Seq}, one.args()...), yield); err != nil {
			return err
		}
	}
	return nil
}

// between picks the records above one number, up to another.
const between = `c.seq > $1 AND c.seq <= $2`

// ownColumns is how many columns a checkReader reads before the kept ones.
const ownColumns = 9

// readQuery selects what a checkReader reads.
func readQuery(sel Selection, kept []string, last int64) string {
	columns, names := "", ""
	for i, name := range kept {
		columns += fmt.Sprintf(", %s AS kept%d", cellOf(name), i)
		names += fmt.Sprintf(", kept%d", i)
	}
	return numbered(`
		SELECT pack(check_id, patient_id, reason_note, recorded_by, note, performed_at, performed_offset, recorded_at, recorded_offset` + names + `)
		FROM (
			SELECT c.check_id, c.patient_id, c.reason_note, c.recorded_by, c.note,
				c.performed_at, c.performed_offset, c.recorded_at, c.recorded_offset` + columns + `
			FROM neuro_check c
			LEFT JOIN reevaluation r ON r.check_id = c.check_id AND r.version = c.version AND r.seq <= ` + fmt.Sprint(last) + `
				AND NOT EXISTS (
					SELECT 1 FROM reevaluation l
					WHERE l.check_id = r.check_id AND l.version = r.version AND l.seq > r.seq AND l.seq <= ` + fmt.Sprint(last) + `)
			WHERE ` + between + sel.where(3) + `
			ORDER BY c.seq)`)
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

// checkReader reads checks on one connection.
type checkReader struct {
	query    packedQuery
	patients *patientsAt

	check ward.Check // the one that was read
	kept  []string
}

func (r *checkReader) each(ctx context.Context, args []any, yield func(*ward.Patient, *ward.Check, []string) error) error {
	rows, err := r.query.read(ctx, args...)
	if err != nil {
		return err
	}
	patients := make(map[int64]*ward.Patient)
	for rows.Next() {
		row := rows.Row
		c := &r.check
		*c = ward.Check{
			ID: row[0].Text, PatientID: row[1].Whole, ReasonNote: row[2].Text, Note: row[4].Text,
			PerformedAt: ward.FromRecord(row[5].Whole, int(row[6].Whole)),
			Recorded:    ward.Signature{By: row[3].Text, At: ward.FromRecord(row[7].Whole, int(row[8].Whole))},
		}
		p := patients[c.PatientID]
		if p == nil {
			if p, err = r.patients.get(ctx, c.PatientID); err != nil {
				return err
			}
			patients[c.PatientID] = p
		}
		r.kept = r.kept[:0]
		for i := range row[ownColumns:] {
			r.kept = append(r.kept, cell(&row[ownColumns+i]))
		}
		if err := yield(p, c, r.kept); err != nil {
			return err
		}
	}
	return nil
}

// cell is a value as the CSV has it, which is as the log keeps it.
func cell(v *pack.Value) string {
	if v.Kind == pack.Integer {
		return strconv.FormatInt(v.Whole, 10)
	}
	return v.Text
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
