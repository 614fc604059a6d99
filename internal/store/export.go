package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"sync/atomic"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Export is the selected checks as the log had them at one record, in parts that several
// readers can read at a time. Start with [Store.Export].
type Export struct {
	Seq  int64  // number of the last record that it rests on
	Head string // hash of that record, in hexadecimal

	sel      Selection
	first    engine.Querier // for the patients
	tables   *layouts
	readers  []*checkReader
	patients []int64 // in their order; nil for the order of the record
	checks   int64   // versions of checks that all parts together have, before the selection by time

	read, parts atomic.Int64 // versions and parts that were read
}

// ExportOptions are the options of [Store.Export].
type ExportOptions struct {
	// Kept are the columns of the CSV whose cells are wanted as the log has them. Those of
	// one list come together.
	Kept [][]string
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
	err := s.read(ctx, func(reader) error { return nil }) // compares the tables that an export rests on
	if err != nil {
		return err
	}
	err = s.onSnapshots(ctx, o.Readers+1, func(conns []engine.Querier, ends []chainEnd) error {
		if len(ends) != 1 {
			return ward.Unavailable("the end of the chain is missing; neurocheck verify says more")
		}
		e, err := s.newExport(ctx, conns, ends[0], sel, o)
		if err != nil {
			return err
		}
		return do(e)
	})
	return s.named(ctx, err)
}

// newExport reads on the connections up to the record at the end; the first connection
// is for the patients.
func (s *Store) newExport(ctx context.Context, conns []engine.Querier, last chainEnd, sel Selection, o ExportOptions) (*Export, error) {
	in := reader{q: conns[0], tables: s.tables}
	e := &Export{Seq: last.seq, Head: hex.EncodeToString(last.hash), sel: sel, first: conns[0], tables: s.tables}
	switch {
	case sel.PatientID != 0:
		e.patients = []int64{sel.PatientID}
	case o.Rank != nil:
		list, err := (&Snapshot{q: conns[0], tables: s.tables}).CheckedPatients(ctx, Selection{})
		if err != nil {
			return nil, err
		}
		slices.SortFunc(list, func(a, b ward.Patient) int { return cmp.Compare(o.Rank(&a), o.Rank(&b)) })
		e.patients = []int64{}
		for i := range list {
			e.patients = append(e.patients, list[i].ID)
		}
	}
	var err error
	if e.checks, err = in.countOf(ctx, checkTable, sel.PatientID); err != nil {
		return nil, err
	}
	flags, err := in.newestFlags(ctx, sel.PatientID)
	if err != nil {
		return nil, err
	}
	l, err := s.tables.of(ctx, conns[0], checkTable)
	if err != nil {
		return nil, err
	}
	l = l.unchained()
	persons := newPersonCache(in)
	for _, conn := range conns[1:] {
		e.readers = append(e.readers, newCheckReader(conn, l, e.patients != nil, o.Kept, flags, persons))
	}
	return e, nil
}

// checkVersion names a version of a check.
type checkVersion struct {
	check string
	n     int64
}

// flagCells are the cells of a flag and of its reasons.
type flagCells struct{ flag, reasons string }

// newestFlags returns the flags of versions of checks that another record changed, of one
// patient if it is not 0.
func (in reader) newestFlags(ctx context.Context, patient int64) (map[checkVersion]flagCells, error) {
	flags := make(map[checkVersion]flagCells)
	rest, args := `ORDER BY r.seq`, []any(nil)
	if patient != 0 {
		rest, args = `WHERE r.patient_id IN (`+groupOf("$1")+`) ORDER BY r.seq`, []any{patient}
	}
	list, err := records(ctx, in, reevaluationTable, func(r *row) (none struct{}) {
		flags[checkVersion{r.text("check_id"), r.number("version")}] = flagCells{r.text("flag"), r.text("flag_reasons")}
		return none
	}, rest, args...)
	if err != nil {
		return nil, err
	}
	want, err := in.countOf(ctx, reevaluationTable, patient)
	if err != nil {
		return nil, err
	}
	return flags, hidden(map[string]int64{reevaluationTable: want}, reevaluationTable, len(list))
}

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
func (e *Export) Count(ctx context.Context) (int, error) {
	args := append([]any{0, e.Seq}, e.sel.args()...)
	n, err := engine.One(ctx, e.readers[0].query.q, "", engine.Scan[int64], `SELECT count(*) FROM neuro_check c WHERE `+between+e.sel.where(3), args...)
	return int(n), err
}

// Each calls yield for each version of each check of a part, counted from 0, in order:
// with its patient and stay, with its texts and times, and with the cells of each list of
// kept columns, joined by commas. It stops at the first error and returns it: also at a
// record that does not fit its row hash, and after the last part if records are hidden. The
// patient and the stay are shared and must not be changed; the others are yield's own only
// until it returns. A reader, counted from 0, reads one part at a time.
func (e *Export) Each(ctx context.Context, reader, part int, yield func(p *ward.Patient, s *ward.Stay, c *ward.Check, kept [][]byte) error) error {
	r := e.readers[reader]
	if e.patients == nil {
		from, to := int64(part)*partLength, min(int64(part+1)*partLength, e.Seq)
		if err := e.add(r.each(ctx, &e.sel, yield, from, to)); err != nil {
			return err
		}
	} else {
		from := part * partPatients
		for _, id := range e.patients[from:min(from+partPatients, len(e.patients))] {
			if err := e.add(r.each(ctx, &e.sel, yield, id, e.Seq)); err != nil {
				return err
			}
		}
	}
	if e.parts.Add(1) < int64(e.Parts()) {
		return nil
	}
	return hidden(map[string]int64{checkTable: e.checks}, checkTable, int(e.read.Load()))
}

func (e *Export) add(read int, err error) error {
	e.read.Add(int64(read))
	return err
}

// checkReader reads checks on one connection.
type checkReader struct {
	query   batchQuery
	layout  *layout
	columns exportColumns
	kept    [][]keptColumn
	flags   map[checkVersion]flagCells
	persons *personCache

	text  []byte // scratch for the canonical encoding
	check ward.Check
	cells [][]byte // of each list of kept columns
}

// exportColumns are the indexes of the columns that make up a check without its findings.
type exportColumns struct {
	id, version, patient, reasonNote, recordedBy, note, causeNote, performed, performedOffset, recorded, recordedOffset, low, high int
}

func newCheckReader(q engine.Querier, l *layout, ofPatient bool, kept [][]string, flags map[checkVersion]flagCells, persons *personCache) *checkReader {
	query := recordsWhere(q, l, "seq > $1 AND seq <= $2")
	query.rows.Passing = true
	if ofPatient {
		query.rows.Where, query.rows.Rest = "", `WHERE r.patient_id IN (`+groupOf("$1")+`) AND r.seq <= $2 ORDER BY r.seq`
	}
	r := &checkReader{query: query, layout: l, flags: flags, persons: persons}
	r.columns = exportColumns{
		id: l.at("check_id"), version: l.at("version"), patient: l.at("patient_id"), reasonNote: l.at("reason_note"), recordedBy: l.at("recorded_by"),
		note: l.at("note"), causeNote: l.at("other_cause_note"), performed: l.at("performed_at"), performedOffset: l.at("performed_offset"),
		recorded: l.at("recorded_at"), recordedOffset: l.at("recorded_offset"), low: l.at("grade_low"), high: l.at("grade_high"),
	}
	for _, names := range kept {
		var columns []keptColumn
		for _, name := range names {
			columns = append(columns, keptColumn{name: name, at: l.at(name), computed: name == "icans_grade" || name == "flag" || name == "flag_reasons"})
		}
		r.kept = append(r.kept, columns)
	}
	r.cells = make([][]byte, len(kept))
	return r
}

// keptColumn is a column of the CSV whose cells are as the log has them.
type keptColumn struct {
	name     string
	at       int  // index of the column of the table; -1 if it has none
	computed bool // a cell may come from other columns, or from another record
}

// takeCells makes the cells those of a row.
func (r *checkReader) takeCells(row []engine.Value) {
	for n, columns := range r.kept {
		text := r.cells[n][:0]
		for i := range columns {
			if i > 0 {
				text = append(text, ',')
			}
			switch of := &columns[i]; {
			case of.computed:
				text = append(text, r.computed(of, row)...)
			case len(row[of.at].Text) == 1: // most of them
				text = append(text, row[of.at].Text[0])
			default:
				text = append(text, cell(&row[of.at])...)
			}
		}
		r.cells[n] = text
	}
}

func (r *checkReader) computed(of *keptColumn, row []engine.Value) string {
	switch of.name {
	case "icans_grade":
		if row[r.columns.low].Number() != row[r.columns.high].Number() {
			return ""
		}
		return cell(&row[r.columns.low])
	case "flag":
		if changed, ok := r.changed(row); ok {
			return changed.flag
		}
	case "flag_reasons":
		if changed, ok := r.changed(row); ok {
			return changed.reasons
		}
	}
	return cell(&row[of.at])
}

func (r *checkReader) changed(row []engine.Value) (flagCells, bool) {
	if len(r.flags) == 0 {
		return flagCells{}, false
	}
	cells, ok := r.flags[checkVersion{row[r.columns.id].Text, row[r.columns.version].Number()}]
	return cells, ok
}

// each calls yield for the selected checks among those that the arguments select, and
// returns the number of all of these.
func (r *checkReader) each(ctx context.Context, sel *Selection, yield func(*ward.Patient, *ward.Stay, *ward.Check, [][]byte) error, args ...any) (read int, err error) {
	rows, err := r.query.read(ctx, args...)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	persons := make(map[int64]*person)
	for rows.Next() {
		row := rows.Row()
		read++
		if err := r.fits(row); err != nil {
			return read, err
		}
		c := r.decode(row)
		if !sel.holds(c.PerformedAt) {
			continue
		}
		p := persons[c.PatientID]
		if p == nil {
			if p, err = r.persons.get(ctx, c.PatientID); err != nil {
				return read, err
			}
			persons[c.PatientID] = p
		}
		r.takeCells(row)
		if err := yield(&p.patient, p.stayAt(c.PerformedAt), c, r.cells); err != nil {
			return read, err
		}
	}
	return read, nil
}

// fits returns an error unless a record fits its row hash.
func (r *checkReader) fits(row []engine.Value) error {
	r.text = r.layout.encode(r.text[:0], row)
	if own := sha256.Sum256(r.text); string(own[:]) != row[r.layout.rowHash].Text {
		return misfit(r.layout, row)
	}
	return nil
}

// decode returns the check of a row without its findings, until the next one.
func (r *checkReader) decode(row []engine.Value) *ward.Check {
	at, c := &r.columns, &r.check
	c.ID, c.PatientID = row[at.id].Text, row[at.patient].Number()
	c.ReasonNote, c.Note, c.CauseNote = row[at.reasonNote].Text, row[at.note].Text, row[at.causeNote].Text
	c.PerformedAt = ward.FromRecord(row[at.performed].Number(), int(row[at.performedOffset].Number()))
	c.Recorded.By, c.Recorded.At = row[at.recordedBy].Text, ward.FromRecord(row[at.recorded].Number(), int(row[at.recordedOffset].Number()))
	return c
}
