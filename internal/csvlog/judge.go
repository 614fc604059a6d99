package csvlog

import (
	"fmt"
	"time"

	"neurocheck/internal/ward"
)

// particulars are what the rows of a file together say of one patient.
type particulars struct {
	in     ward.Intake     // the patient, and the line of the first row; no check
	first  time.Time       // when the patient was first examined
	source map[*Column]int // the line that said it first
	// admissionAssumed says that the file does not tell of the admission.
	admissionAssumed bool
}

// gather keeps what a row says of its patient and no earlier one has said.
func (f *Import) gather(r *row) {
	mrn := r.in.Patient.MRN
	if mrn == "" {
		return
	}
	known := f.patients[mrn]
	if known == nil {
		known = &particulars{source: make(map[*Column]int)}
		known.in.Line, known.in.Patient.MRN = r.in.Line, mrn
		f.patients[mrn] = known
	}
	if at := r.in.Check.PerformedAt; !at.IsZero() && (known.first.IsZero() || at.Before(known.first)) {
		known.first = at
	}
	for _, s := range r.said {
		if known.source[s.column] == 0 {
			known.source[s.column] = r.in.Line
			s.column.read(&known.in, s.cell)
		}
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

// judge adds to a row what is wrong with it beside the other rows and at the
// time of the import.
func (f *Import) judge(r *row, now time.Time) {
	if r.unread {
		return
	}
	known := f.patients[r.in.Patient.MRN]
	if known == nil {
		known = &particulars{} // a row without an MRN is refused, and judged as far as it goes
	}
	for _, s := range r.said {
		if known.source[s.column] == 0 {
			continue
		}
		same := string(s.column.write(nil, &r.in.Patient, nil)) == string(s.column.write(nil, &known.in.Patient, nil))
		if !same {
			r.add(s.column.Name, fmt.Sprintf("line %d says otherwise of the same patient", known.source[s.column]))
		}
	}
	var found []*ward.Error
	if r.in.Line == known.in.Line && known.named() {
		for _, e := range known.in.Patient.Problems(now) {
			if e.Field != "admitted_at" || !known.admissionAssumed {
				found = append(found, e)
			}
		}
	}
	for _, e := range r.in.Check.Problems(&known.in.Patient, now) {
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
