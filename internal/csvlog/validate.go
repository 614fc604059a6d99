package csvlog

import (
	"fmt"
	"slices"
	"time"

	"neurocheck/internal/ward"
)

// particulars holds the data of one patient that the rows of a file give together.
type particulars struct {
	facts
	patient ward.Patient
	line    int       // of the patient's first row
	first   time.Time // the patient's first examination

	// dated are the stays whose admission the file gives. undated holds the cells of
	// the rows that give none.
	dated   []*stayFacts
	undated stayFacts
	// stays are the patient's stays in the order of time, once they are complete.
	stays []ward.Stay
}

// stayFacts holds the data of one stay that the rows of a file give together.
type stayFacts struct {
	facts
	stay     ward.Stay
	line     int // of its first row; 0 if it has none
	overlaps int // first line of another stay at the same time; 0 if there is none
}

// facts are the cells of rows in the columns of a patient or of a stay.
type facts struct{ said []firstSaid }

// firstSaid is the cell of the first row that has one in its column.
type firstSaid struct {
	said
	line int
}

// firstOf returns the first cell of a column, or nil.
func (f *facts) firstOf(column *Column) *firstSaid {
	for i := range f.said {
		if f.said[i].column == column {
			return &f.said[i]
		}
	}
	return nil
}

// gather collects the cells of a row about its patient and stay that no earlier row
// has given. It reads only new cells, because most rows repeat them.
func (f *Import) gather(r *row, header []*Column) {
	if r.unread {
		return
	}
	mrn := r.in.Patient.MRN
	if mrn == "" {
		f.disagrees = true
		return
	}
	known := f.patients[mrn]
	if known == nil {
		known = &particulars{line: r.in.Line, patient: ward.Patient{MRN: mrn}}
		f.patients[mrn] = known
	}
	if at := r.in.Check.PerformedAt; !at.IsZero() && (known.first.IsZero() || at.Before(known.first)) {
		known.first = at
	}
	stay := known.stayFrom(r.in.Stay.AdmittedAt, r.in.Line)
	for i, column := range header {
		if column == nil || !column.ofPatient() || column.Name == "mrn" {
			continue
		}
		cell := r.cells.text(i)
		if cell == "" {
			continue
		}
		have := &known.facts
		if column.Part == PartStay {
			have = &stay.facts
		}
		first := have.firstOf(column)
		if first != nil && first.cell == cell {
			continue
		}
		r.said = r.said[:0]
		if first == nil {
			r.take(column, cell)
		}
		if len(r.said) == 0 {
			f.disagrees = true
			continue
		}
		have.said = append(have.said, firstSaid{r.said[0], r.in.Line})
		column.read(&known.patient, &stay.stay, nil, r.said[0].value)
	}
}

// stayFrom returns the stay that begins at the time admitted, which it adds if no
// earlier row has given it. Rows without an admission share one.
func (p *particulars) stayFrom(admitted time.Time, line int) *stayFacts {
	if admitted.IsZero() {
		if p.undated.line == 0 {
			p.undated.line = line
		}
		return &p.undated
	}
	for _, s := range p.dated {
		if s.stay.AdmittedAt.Equal(admitted) {
			return s
		}
	}
	s := &stayFacts{line: line, stay: ward.Stay{AdmittedAt: admitted}}
	p.dated = append(p.dated, s)
	return s
}

// complete fills in the data that no row gives, and reports whether the rows that
// give no admission agree with the others.
func (p *particulars) complete() (agree bool) {
	agree = true
	switch len(p.dated) {
	case 0:
		p.undated.stay.AdmittedAt, p.undated.stay.AdmissionInferred = p.first, true
		p.dated = append(p.dated, &p.undated)
	case 1:
		agree = p.dated[0].add(&p.undated)
	default:
		agree = len(p.undated.said) == 0
	}
	slices.SortStableFunc(p.dated, func(a, b *stayFacts) int { return a.stay.AdmittedAt.Compare(b.stay.AdmittedAt) })
	for i, s := range p.dated {
		s.stay.Clean()
		p.stays = append(p.stays, s.stay)
		if i == 0 {
			continue
		}
		before := p.dated[i-1]
		if end := before.stay.DischargedAt; end.IsZero() || end.After(s.stay.AdmittedAt) {
			// The row that comes later in the file is the one to look at.
			if s.line > before.line {
				s.overlaps = before.line
			} else {
				before.overlaps = s.line
			}
		}
	}
	p.patient.Clean()
	if p.patient.Tool == 0 && p.named() {
		p.patient.Tool = ward.ToolFor(p.patient.BirthDate, p.stays[0].AdmittedAt)
	}
	return agree
}

// add adds the cells of rows that give no admission to those of the only stay. It
// reports whether they agree; of two cells that differ it keeps the first.
func (s *stayFacts) add(undated *stayFacts) (agree bool) {
	agree = true
	if undated.line > 0 {
		s.line = min(s.line, undated.line)
	}
	for _, fact := range undated.said {
		first := s.firstOf(fact.column)
		switch {
		case first == nil:
			s.said = append(s.said, fact)
		case first.cell == fact.cell:
			first.line = min(first.line, fact.line)
			continue
		case first.line > fact.line:
			*first, agree = fact, false
		default:
			agree = false
			continue
		}
		fact.column.read(nil, &s.stay, nil, fact.value)
	}
	return agree
}

// named reports whether the file gives enough to admit the patient.
func (p *particulars) named() bool {
	return p.patient.Name != "" && (!p.patient.BirthDate.IsZero() || p.patient.SecondID != "")
}

// stayOf returns the stay of a row: the one that it gives, else the patient's only
// one, else the latest one that holds the time of the check. It returns nil if there
// is none.
func (p *particulars) stayOf(in *ward.ImportRow) *stayFacts {
	if admitted := in.Stay.AdmittedAt; !admitted.IsZero() {
		for _, s := range p.dated {
			if s.stay.AdmittedAt.Equal(admitted) {
				return s
			}
		}
		return nil
	}
	if len(p.dated) == 1 {
		return p.dated[0]
	}
	for _, s := range slices.Backward(p.dated) {
		if s.stay.Holds(in.Check.PerformedAt) {
			return s
		}
	}
	return nil
}

// validate completes a row and adds the reasons to refuse it, given the other rows and
// the time of the import.
func (f *Import) validate(r *row) {
	r.complete()
	if r.unread {
		return
	}
	known := f.patients[r.in.Patient.MRN]
	if known == nil {
		known = &particulars{} // a row without an MRN is refused, for its other problems too
	}
	r.stay = known.stayOf(&r.in)
	f.compare(r, known)
	found := slices.Concat(f.ofPatient(r, known), f.ofStay(r, known), f.ofCheck(r, known))
	for _, e := range found {
		if !r.isBad(e.Field) {
			r.add(e.Field, e.Reason)
		}
	}
}

// compare adds the cells of a row that differ from the first ones of the same patient
// or stay.
func (f *Import) compare(r *row, known *particulars) {
	for _, s := range r.said {
		have := &known.facts
		if s.column.Part == PartStay {
			if r.stay == nil {
				continue
			}
			have = &r.stay.facts
		}
		first := have.firstOf(s.column)
		switch {
		case first == nil && s.column.Part == PartStay && len(known.dated) > 1:
			r.add(s.column.Name, "the file has several stays of this patient; give admitted_at in this row too")
		case first == nil || first.cell == s.cell:
		case s.column.Name == "name" && ward.FoldName(s.value) == ward.FoldName(first.value):
		case string(s.column.write(nil, &r.in.Patient, &r.in.Stay, nil)) != known.cell(s.column, r.stay):
			of := "patient"
			if s.column.Part == PartStay {
				of = "stay"
			}
			r.add(s.column.Name, fmt.Sprintf("line %d says otherwise of the same %s", first.line, of))
		}
	}
}

// cell returns a cell of the patient or of one of the stays, as the CSV has it.
func (p *particulars) cell(column *Column, s *stayFacts) string {
	var stay *ward.Stay
	if s != nil {
		stay = &s.stay
	}
	return string(column.write(nil, &p.patient, stay, nil))
}

// ofPatient returns the problems of the patient that a row is the first one of.
func (f *Import) ofPatient(r *row, known *particulars) []*ward.Error {
	if r.in.Line != known.line || !known.named() {
		return nil
	}
	return known.patient.Problems(f.Now)
}

// ofStay returns the problems of the stay that a row is the first one of. An inferred
// admission is no statement of the file; its stay counts only if the patient is
// admitted.
func (f *Import) ofStay(r *row, known *particulars) (found []*ward.Error) {
	s := r.stay
	if s == nil || r.in.Line != s.line || s.stay.AdmissionInferred && !known.named() {
		return nil
	}
	for _, e := range s.stay.Problems(f.Now) {
		if e.Field != "admitted_at" || !s.stay.AdmissionInferred {
			found = append(found, e)
		}
	}
	if s.overlaps > 0 {
		found = append(found, ward.Invalid("admitted_at", fmt.Sprintf(
			"this stay overlaps that of line %d; a patient has one stay at a time, so give the discharged_at of the earlier one", s.overlaps)))
	}
	return found
}

// ofCheck returns the problems of the check of a row. The log fills in the author and
// the time of recording if the row leaves them out.
func (f *Import) ofCheck(r *row, known *particulars) (found []*ward.Error) {
	c := &r.in.Check
	for _, e := range c.Problems(known.stays, f.Now) {
		leftToLog := e.Field == "recorded_by" && c.Recorded.By == "" || e.Field == "recorded_at" && c.Recorded.At.IsZero()
		if e.Field == "stated_total" {
			e.Field = r.total
		}
		follows := (e.Field == "status" || e.Field == "reason") && r.isBad("version")
		if !leftToLog && !follows {
			found = append(found, e)
		}
	}
	elsewhere := ward.StayAt(known.stays, c.PerformedAt)
	if r.stay != nil && elsewhere != nil && !r.stay.stay.Holds(c.PerformedAt) {
		found = append(found, ward.Invalid("performed_at", "is outside the stay of the row's admitted_at"))
	}
	return found
}
