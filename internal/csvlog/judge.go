package csvlog

import (
	"fmt"
	"time"

	"neurocheck/internal/ward"
)

// particulars are what the rows of a file together say of one patient.
type particulars struct {
	in    ward.Intake // the patient, and the line of the first row; no check
	first time.Time   // when the patient was first examined
	said  []firstSaid
	// admissionAssumed says that the file does not tell of the admission.
	admissionAssumed bool
}

// firstSaid is what a row said of a patient before any other did.
type firstSaid struct {
	said
	line int
}

// firstOf returns what was first said in a column, or nil.
func (p *particulars) firstOf(column *Column) *firstSaid {
	for i := range p.said {
		if p.said[i].column == column {
			return &p.said[i]
		}
	}
	return nil
}

// gather keeps what a row says of its patient and no earlier one has said. It
// reads a cell only where it is new: what the rows say of a patient they say again
// and again.
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
		known = &particulars{}
		known.in.Line, known.in.Patient.MRN = r.in.Line, mrn
		f.patients[mrn] = known
	}
	if at := r.in.Check.PerformedAt; !at.IsZero() && (known.first.IsZero() || at.Before(known.first)) {
		known.first = at
	}
	for i, column := range header {
		if column == nil || column.Part != PartPatient || isKey(column) || r.texts[i] == "" {
			continue
		}
		cell := r.texts[i]
		first := known.firstOf(column)
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
		known.said = append(known.said, firstSaid{r.said[0], r.in.Line})
		column.read(&known.in, cell)
	}
}

// fillIn puts in what no row says of a patient.
func (p *particulars) fillIn() {
	patient := &p.in.Patient
	patient.Clean()
	if patient.AdmittedAt.IsZero() {
		patient.AdmittedAt, p.admissionAssumed = p.first, true
	}
	if patient.Tool == 0 && p.named() {
		patient.Tool = ward.ToolFor(patient.BirthDate, patient.AdmittedAt)
	}
}

// named reports whether the file says enough to admit the patient.
func (p *particulars) named() bool {
	return p.in.Patient.Name != "" && !p.in.Patient.BirthDate.IsZero()
}

// judge completes a row and adds what is wrong with it beside the other rows and at the
// time of the import.
func (f *Import) judge(r *row) {
	r.complete()
	if r.unread {
		return
	}
	known := f.patients[r.in.Patient.MRN]
	if known == nil {
		known = &particulars{} // a row without an MRN is refused, and judged as far as it goes
	}
	for _, s := range r.said {
		first := known.firstOf(s.column)
		if first == nil || first.cell == s.cell {
			continue
		}
		same := string(s.column.write(nil, &r.in.Patient, nil)) == string(s.column.write(nil, &known.in.Patient, nil))
		if !same {
			r.add(s.column.Name, fmt.Sprintf("line %d says otherwise of the same patient", first.line))
		}
	}
	var found []*ward.Error
	if r.in.Line == known.in.Line && known.named() {
		for _, e := range known.in.Patient.Problems(f.now) {
			if e.Field != "admitted_at" || !known.admissionAssumed {
				found = append(found, e)
			}
		}
	}
	for _, e := range r.in.Check.Problems(&known.in.Patient, f.now) {
		leftToLog := e.Field == "recorded_by" && r.in.Check.Recorded.By == "" || e.Field == "recorded_at" && r.in.Check.Recorded.At.IsZero()
		follows := (e.Field == "status" || e.Field == "reason") && r.isBad("version")
		if !leftToLog && !follows {
			found = append(found, e)
		}
	}
	for _, e := range found {
		if !r.isBad(e.Field) {
			r.add(e.Field, e.Reason)
		}
	}
}
