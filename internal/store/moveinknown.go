package store

import (
	"slices"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// movedPatients are the patients of a ward that moves in, after the rows so far.
type movedPatients struct {
	current map[int64]ward.Patient
	mrns    map[int64][]string
	byMRN   map[string]int64 // folded
	byAll   map[string]int64 // by all MRNs so far, as a row has the former ones
	links   map[int64]activeLink

	survivor map[int64]int64   // after all rows
	one      map[int64][]int64 // those who are one patient, by the survivor, who comes first
}

func newMovedPatients() movedPatients {
	return movedPatients{
		current: make(map[int64]ward.Patient), mrns: make(map[int64][]string), byMRN: make(map[string]int64), byAll: make(map[string]int64),
		links: make(map[int64]activeLink), survivor: make(map[int64]int64), one: make(map[int64][]int64),
	}
}

// find returns the patient of a row: the one who has or had its MRN, else the one whose MRNs
// are the former ones. It returns 0 for an unknown one.
func (l *movedPatients) find(row *ward.PatientRow) int64 {
	if id := l.byMRN[ward.FoldMRN(row.Patient.MRN)]; id != 0 {
		return id
	}
	return l.byAll[row.Former]
}

func (l *movedPatients) put(p *ward.Patient) {
	l.current[p.ID] = *p
	l.byMRN[ward.FoldMRN(p.MRN)] = p.ID
	if !slices.Contains(l.mrns[p.ID], p.MRN) {
		l.mrns[p.ID] = append(l.mrns[p.ID], p.MRN)
	}
	l.byAll[ward.FormerMRNs(l.mrns[p.ID], "")] = p.ID
}

// join follows the links, after all rows.
func (l *movedPatients) join() {
	ids := make([]int64, 0, len(l.current))
	for id := range l.current {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		l.survivor[id] = end(l.links, id)
	}
	for _, id := range ids {
		if l.survivor[id] == id {
			l.one[id] = append([]int64{id}, l.one[id]...)
		} else {
			l.one[l.survivor[id]] = append(l.one[l.survivor[id]], id)
		}
	}
}

// movedCheck is a check of a ward that moves in, after the rows so far.
type movedCheck struct {
	survivor int64
	last     ward.Status
	versions []movedVersion
}

// movedVersion is the part of a version of a check that follow-ups rest on.
type movedVersion struct {
	performed, recorded time.Time
	floor               int
	flag                icans.Flag // as it is in force
	least               icans.Flag // of the findings alone, whatever is mild in health
}

// movedOrder notices whether the checks of a patient come in the order of both their times:
// then no late entry has changed a flag.
type movedOrder struct{ performed, recorded time.Time }

// add reports whether a check comes after those before it.
func (o *movedOrder) add(c *ward.Check) (inOrder bool) {
	inOrder = !c.PerformedAt.Before(o.performed) && !c.Recorded.At.Before(o.recorded)
	o.performed, o.recorded = c.PerformedAt, c.Recorded.At
	return inOrder
}

// movedEvent is an event of a ward that moves in, after the rows so far.
type movedEvent struct {
	id       int64
	survivor int64
	row      ward.EventRow // the first version
	version  int
}
