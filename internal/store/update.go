package store

import (
	"context"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// PatientUpdate has new values for some fields of a patient and of the latest stay. A nil
// field stays as it is.
type PatientUpdate struct {
	MRN, Name, SecondID, Language, Product *string       `json:",omitempty"`
	BirthDate                              *ward.Date    `json:",omitempty"` // zero: not known
	Interpreter                            *bool         `json:",omitempty"`
	InfusedAt                              *time.Time    `json:",omitempty"`
	Tool                                   *icans.Tool   `json:",omitempty"`
	Baseline                               *icans.Points `json:",omitempty"`

	Visit, Bed, Clinician *string    `json:",omitempty"`
	AdmittedAt            *time.Time `json:",omitempty"`

	Reason string `json:",omitempty"`
}

// UpdatePatient records a version of the patient or of the latest stay, whichever has the
// fields that change, or of both as one act. It appends nothing if all values are so already.
func (s *Store) UpdatePatient(ctx context.Context, sig ward.Signature, patient int64, u PatientUpdate) (ward.Patient, ward.Stay, error) {
	u.Reason = ward.CleanLine(u.Reason)
	return s.updates(ctx, sig, "update_patient", patient, []any{patient, u}, func(w *tx, p *ward.Patient, stay *ward.Stay) error {
		if err := w.updatePatient(ctx, p, &u); err != nil {
			return err
		}
		if stay.ID == 0 && u.ofStay() {
			return ward.NotFound("the patient has no stay")
		}
		return w.updateStay(ctx, stay, &u)
	})
}

// Transfer records another bed of a patient on the ward. It appends nothing if the patient
// is in that bed.
func (s *Store) Transfer(ctx context.Context, sig ward.Signature, patient int64, bed string) (ward.Patient, ward.Stay, error) {
	bed = ward.CleanLine(bed)
	return s.updates(ctx, sig, "transfer", patient, []any{patient, bed}, func(w *tx, _ *ward.Patient, stay *ward.Stay) error {
		switch {
		case bed == "":
			return ward.Invalid("bed", "missing")
		case !stay.OnWard():
			return &ward.Error{Kind: ward.KindConflict, Code: notOnWard, Reason: "the patient is not on the ward"}
		}
		return w.updateStay(ctx, stay, &PatientUpdate{Bed: &bed})
	})
}

// updates runs an act that changes a patient or the latest stay, and returns both as they
// are after it. The stay is zero if all were withdrawn.
func (s *Store) updates(ctx context.Context, sig ward.Signature, act string, patient int64, content []any, update func(*tx, *ward.Patient, *ward.Stay) error) (p ward.Patient, stay ward.Stay, err error) {
	load := func(in reader) error {
		survivor, _, err := in.group(ctx, patient)
		if err != nil {
			return err
		}
		if p, err = in.patient(ctx, survivor); err != nil {
			return err
		}
		stays, err := in.staysOf(ctx, survivor)
		if len(stays) > 0 {
			stay = stays[len(stays)-1]
		}
		return err
	}
	do := func(w *tx) error {
		if err := load(w.reader()); err != nil {
			return err
		}
		return update(w, &p, &stay)
	}
	err = s.doOrAnswer(ctx, sig, ward.MayMovePatient, act, content, do, func(in reader, _ Done) error { return load(in) })
	return p, stay, err
}

// updatePatient appends a version of the patient if a field of it changes.
func (w *tx) updatePatient(ctx context.Context, p *ward.Patient, u *PatientUpdate) error {
	before := *p
	set(&p.MRN, u.MRN)
	set(&p.Name, u.Name)
	set(&p.SecondID, u.SecondID)
	set(&p.Language, u.Language)
	set(&p.Product, u.Product)
	set(&p.BirthDate, u.BirthDate)
	set(&p.Interpreter, u.Interpreter)
	set(&p.InfusedAt, u.InfusedAt)
	set(&p.Tool, u.Tool)
	set(&p.Baseline, u.Baseline)
	p.Clean()
	if p.InfusedAt.Equal(before.InfusedAt) {
		p.InfusedAt = before.InfusedAt
	}
	if *p == before {
		return nil
	}
	p.Reason = u.Reason
	return w.editPatient(ctx, &before, p)
}

// updateStay appends a version of a stay if a field of it changes.
func (w *tx) updateStay(ctx context.Context, stay *ward.Stay, u *PatientUpdate) error {
	before := *stay
	set(&stay.Visit, u.Visit)
	set(&stay.Bed, u.Bed)
	set(&stay.Clinician, u.Clinician)
	admitted := before.AdmittedAt
	set(&admitted, u.AdmittedAt)
	stay.Clean()
	stay.AdmittedAt, stay.DischargedAt = before.AdmittedAt, before.DischargedAt
	if *stay == before && admitted.Equal(before.AdmittedAt) {
		return nil
	}
	stay.Reason = u.Reason
	return w.editStay(ctx, stay, ward.Moment(admitted))
}

// ofStay reports whether a field of the stay is to be updated.
func (u *PatientUpdate) ofStay() bool {
	return u.Visit != nil || u.Bed != nil || u.Clinician != nil || u.AdmittedAt != nil
}

// set replaces a value if there is a new one.
func set[T any](value, with *T) {
	if with != nil {
		*value = *with
	}
}
