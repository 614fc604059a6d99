package store

import (
	"iter"
	"slices"
	"sync"

	"neurocheck/internal/ward"
)

// importRows holds the rows of an import by their MRN, in the order of the first rows. Most
// of them wait in a file, so that the memory grows with the patients and not with the rows.
type importRows struct {
	spool  spool
	groups []*rowGroup
	byMRN  map[string]*rowGroup // by the MRN as rows have it, and folded
	last   *rowGroup            // most rows have the MRN of the one before
	count  int
	held   int // bytes in memory
	free   sync.Pool
}

// rowGroup holds the rows of one MRN.
type rowGroup struct {
	mrn     string // folded
	rows    pile
	count   int
	persons []rowPerson
	refused []ward.Refusal // of rows that are wrong by themselves, which are not among the rows
}

// rowPerson is the data of patient and stay, which is the same in most rows of an MRN.
type rowPerson struct {
	patient ward.Patient
	stay    ward.Stay
}

// gatherRows reads all rows.
func gatherRows(rows iter.Seq[ward.ImportRow]) (*importRows, error) {
	in := &importRows{byMRN: make(map[string]*rowGroup)}
	for row := range rows {
		if err := in.add(&row); err != nil {
			in.close()
			return nil, err
		}
	}
	in.byMRN, in.last = nil, nil
	return in, nil
}

func (in *importRows) close() { in.spool.close() }

func (in *importRows) add(row *ward.ImportRow) error {
	g := in.groupOf(row.Patient.MRN)
	in.count++
	if len(row.Wrong) > 0 {
		for _, e := range row.Wrong {
			g.refused = append(g.refused, ward.Refusal{Line: row.Line, Err: e})
		}
		return nil
	}
	before := len(g.rows.held)
	g.pack(row)
	in.held += len(g.rows.held) - before
	if in.held < mostHeld {
		return nil
	}
	in.held = 0
	for _, g := range in.groups {
		if err := g.rows.drain(&in.spool); err != nil {
			return err
		}
	}
	return nil
}

// groupOf returns the group of an MRN, which it adds if there is none.
func (in *importRows) groupOf(mrn string) *rowGroup {
	if g := in.last; g != nil && len(g.persons) > 0 && g.persons[len(g.persons)-1].patient.MRN == mrn {
		return g
	}
	g := in.byMRN[mrn]
	if g == nil {
		folded := ward.FoldMRN(mrn)
		if g = in.byMRN[folded]; g == nil {
			g = &rowGroup{mrn: folded}
			in.groups = append(in.groups, g)
			in.byMRN[folded] = g
		}
		in.byMRN[mrn] = g
	}
	in.last = g
	return g
}

// pack adds a row to the group.
func (g *rowGroup) pack(row *ward.ImportRow) {
	g.count++
	row.Check.Clean()
	p := &g.rows.held
	p.number(int64(row.Line))
	p.flag(row.Unnamed)
	p.flag(row.Returned)
	p.number(int64(g.person(row)))
	p.number(int64(len(row.Claimed)))
	for _, c := range row.Claimed {
		p.number(int64(slices.Index(ward.ComputedColumns, c.Column)))
		p.text(c.Cell)
	}
	p.check(&row.Check)
}

// person returns the place of the patient and the stay of a row among those of the group. It
// compares the row with a few of them only: rows may all differ.
func (g *rowGroup) person(row *ward.ImportRow) int {
	const few = 8
	next := rowPerson{row.Patient, row.Stay}
	for k := len(g.persons) - 1; k >= max(0, len(g.persons)-few); k-- {
		if g.persons[k] == next {
			return k
		}
	}
	g.persons = append(g.persons, next)
	return len(g.persons) - 1
}

// read returns the rows of a group, all texts of which are clean.
func (in *importRows) read(g *rowGroup) ([]ward.ImportRow, error) {
	all, err := g.rows.content(&in.spool)
	if err != nil {
		return nil, err
	}
	persons := slices.Clone(g.persons)
	for k := range persons {
		persons[k].patient.Clean()
		persons[k].stay.Clean()
	}
	rows := in.room(g.count)
	u := unpack(all)
	for i := range rows {
		u.row(&rows[i], persons)
	}
	return rows, nil
}

// room returns memory for rows, if possible that of a patient who is decided: a row is a
// kilobyte.
func (in *importRows) room(count int) []ward.ImportRow {
	if free, ok := in.free.Get().(*[]ward.ImportRow); ok && cap(*free) >= count {
		return (*free)[:count]
	}
	return make([]ward.ImportRow, count)
}

// done takes back the memory of rows that are decided.
func (in *importRows) done(rows []ward.ImportRow) {
	clear(rows)
	in.free.Put(&rows)
}

// row reads a row as [rowGroup.pack] wrote it.
func (u *unpacker) row(row *ward.ImportRow, persons []rowPerson) {
	row.Line = int(u.number())
	row.Unnamed, row.Returned = u.flag(), u.flag()
	person := &persons[u.number()]
	row.Patient, row.Stay = person.patient, person.stay
	if n := u.number(); n > 0 {
		row.Claimed = make([]ward.Claim, n)
	}
	for i := range row.Claimed {
		row.Claimed[i].Column = ward.ComputedColumns[u.number()]
		row.Claimed[i].Cell = u.text()
	}
	u.check(&row.Check)
}
