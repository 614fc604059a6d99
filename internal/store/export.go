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

// Export is the selected checks as the log had them at one record, in parts that several
// readers can read at a time. Start with [Store.Export].
type Export struct {
	Seq  int64  // number of the last record that it rests on
	Head string // hash of that record, in hexadecimal

	sel      Selection
	readers  []*checkReader
	patients []int64 // in their order; nil for the order of the record
}

// partLength is the number of records of a part, and partPatients the number of patients
// if it is read by them.
const (
	partLength   = 1024
	partPatients = 8
)

// ExportOptions are the options of [Store.Export].
type ExportOptions struct {
	// Kept are the columns of the CSV whose cells are wanted as the log has them.
	Kept []string
	// Readers is the number of parts to read at a time.
	Readers int
	// Rank, if it is set, makes the checks come patient by patient, in the order of its
	// results, instead of in the order of the record.
	Rank func(*ward.Patient) string
}

// Export runs do on the selected checks. Records that come meanwhile are not among them.
func (s *Store) Export(ctx context.Context, sel Selection, o ExportOptions, do func(*Export) error) error {
	if sel.PatientID != 0 {
		o.Readers = 1 // there is only one part
	}
	err := s.onSnapshots(ctx, o.Readers+1, func(conns []*sql.Conn, ends []chainEnd) error {
		if len(ends) != 1 {
			return ward.Unavailable("the end of the chain is missing; neurocheck verify says more")
		}
		e, err := s.newExport(ctx, conns, ends[0], sel, o)
		if err != nil {
			return err
		}
		return do(e)
	})
	return explain(s.path, err)
}

// newExport reads on the connections up to the record at the end; the first connection
// is for the patients.
func (s *Store) newExport(ctx context.Context, conns []*sql.Conn, last chainEnd, sel Selection, o ExportOptions) (*Export, error) {
	e := &Export{Seq: last.seq, Head: hex.EncodeToString(last.hash), sel: sel}
	one := sel
	switch {
	case sel.PatientID != 0:
		e.patients = []int64{sel.PatientID}
	case o.Rank != nil:
		list, err := (&Snapshot{q: conns[0], tables: s.tables}).CheckedPatients(ctx, sel)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(list, func(a, b ward.Patient) int { return cmp.Compare(o.Rank(&a), o.Rank(&b)) })
		e.patients = []int64{}
		for i := range list {
			e.patients = append(e.patients, list[i].ID)
		}
		one.PatientID = anyPatient
	}
	persons := &personCache{in: reader{q: conns[0], tables: s.tables}, known: make(map[int64]*person)}
	query := exportQuery(one, o.Kept)
	for _, conn := range conns[1:] {
		e.readers = append(e.readers, &checkReader{query: packedQuery{conn, query, ownColumns + len(o.Kept)}, persons: persons})
	}
	return e, nil
}

// anyPatient takes the place of each patient's number in a query.
const anyPatient = -1

// Readers returns the number of parts that can be read at a time.
func (e *Export) Readers() int { return len(e.readers) }

// Parts returns the number of parts.
func (e *Export) Parts() int {
	if e.patients != nil { // an index finds their checks
		return (len(e.patients) + partPatients - 1) / partPatients
	}
	return int((e.Seq + partLength - 1) / partLength)
}

// Count returns the number of selected versions of checks.
func (e *Export) Count(ctx context.Context) (n int, err error) {
	args := append([]any{0, e.Seq}, e.sel.args()...)
	row := e.readers[0].query.conn.QueryRowContext(ctx, numbered(`SELECT count(*) FROM neuro_check c WHERE `+between+e.sel.where(3)), args...)
	err = row.Scan(&n)
	return n, err
}

// Each calls yield for each version of each check of a part, counted from 0, in order:
// with its patient and stay, with its texts and times, and with the cells of the kept
// columns. It stops at the first error and returns it. The patient and the stay are
// shared and must not be changed; the others are yield's own only until it returns. A
// reader, counted from 0, reads one part at a time.
func (e *Export) Each(ctx context.Context, reader, part int, yield func(p *ward.Patient, s *ward.Stay, c *ward.Check, kept []string) error) error {
	if e.patients == nil {
		from, to := int64(part)*partLength, min(int64(part+1)*partLength, e.Seq)
		return e.readers[reader].each(ctx, append([]any{from, to}, e.sel.args()...), yield)
	}
	from := part * partPatients
	for _, id := range e.patients[from:min(from+partPatients, len(e.patients))] {
		one := e.sel
		one.PatientID = id
		if err := e.readers[reader].each(ctx, append([]any{0, e.Seq}, one.args()...), yield); err != nil {
			return err
		}
	}
	return nil
}

// between selects the records above one number, up to another.
const between = `c.seq > $1 AND c.seq <= $2`

// ownColumns is the number of columns that a checkReader reads before the kept ones.
const ownColumns = 10

// exportQuery selects the columns of a checkReader.
func exportQuery(sel Selection, kept []string) string {
	columns, names := "", ""
	for i, name := range kept {
		columns += fmt.Sprintf(", %s AS kept%d", cellOf(name), i)
		names += fmt.Sprintf(", kept%d", i)
	}
	return numbered(`
		SELECT pack(check_id, patient_id, reason_note, recorded_by, note, performed_at, performed_offset, recorded_at, recorded_offset, other_cause_note` + names + `)
		FROM (
			SELECT c.check_id, c.patient_id, c.reason_note, c.recorded_by, c.note,
				c.performed_at, c.performed_offset, c.recorded_at, c.recorded_offset, c.other_cause_note` + columns + `
			FROM neuro_check c
			LEFT JOIN reevaluation r ON r.seq = (SELECT max(n.seq) FROM reevaluation n WHERE n.check_id = c.check_id AND n.version = c.version)
			WHERE ` + between + sel.where(3) + `
			ORDER BY c.seq)`)
}

// cellOf returns a column of the CSV in SQL.
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
	query   packedQuery
	persons *personCache

	check ward.Check // scratch
	kept  []string
}

func (r *checkReader) each(ctx context.Context, args []any, yield func(*ward.Patient, *ward.Stay, *ward.Check, []string) error) error {
	rows, err := r.query.read(ctx, args...)
	if err != nil {
		return err
	}
	persons := make(map[int64]*person)
	for rows.Next() {
		row := rows.Row
		c := &r.check
		*c = ward.Check{
			ID: row[0].Text, PatientID: row[1].Whole, ReasonNote: row[2].Text, Note: row[4].Text, CauseNote: row[9].Text,
			PerformedAt: ward.FromRecord(row[5].Whole, int(row[6].Whole)),
			Recorded:    ward.Signature{By: row[3].Text, At: ward.FromRecord(row[7].Whole, int(row[8].Whole))},
		}
		p := persons[c.PatientID]
		if p == nil {
			if p, err = r.persons.get(ctx, c.PatientID); err != nil {
				return err
			}
			persons[c.PatientID] = p
		}
		r.kept = r.kept[:0]
		for i := range row[ownColumns:] {
			r.kept = append(r.kept, cell(&row[ownColumns+i]))
		}
		if err := yield(&p.patient, p.stayAt(c.PerformedAt), c, r.kept); err != nil {
			return err
		}
	}
	return nil
}

// cell returns a value as the CSV has it, which is as the log has it.
func cell(v *pack.Value) string {
	if v.Kind == pack.Integer {
		return strconv.FormatInt(v.Whole, 10)
	}
	return v.Text
}

// personCache looks up patients with their stays, for several readers.
type personCache struct {
	in reader

	mu    sync.Mutex
	known map[int64]*person
}

// mostPersons is the number kept in memory: more than are on a ward at a time, so that in
// the order of the record each is looked up about once.
const mostPersons = 1000

func (l *personCache) get(ctx context.Context, id int64) (*person, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.known[id]; p != nil {
		return p, nil
	}
	p, err := l.in.person(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(l.known) == mostPersons {
		clear(l.known)
	}
	l.known[id] = p
	return p, nil
}
