package store

import (
	"context"
	"slices"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Admit records a new patient and the first stay. It returns
// [ward.KindConflict] if the MRN is on the ward, and a [ward.KindQuestion] if it is
// that of a patient who left: see [Store.Readmit].
func (s *Store) Admit(ctx context.Context, sig ward.Signature, p ward.Patient, stay ward.Stay) (ward.Patient, ward.Stay, error) {
	return s.admits(ctx, sig, "admit", p, stay, nil, func(w *tx, p *ward.Patient, stay *ward.Stay) error {
		if err := w.mayAdmit(ctx, p); err != nil {
			return err
		}
		return w.admit(ctx, p, stay)
	})
}

// Answers are the answers of a person to the questions of [Store.AdmitUnlessKnown].
type Answers struct {
	NewPatient bool // who looks known is another person
	Readmit    bool // a patient who left comes back
}

// AdmitUnlessKnown is [Store.Admit] for a caller who does not look through the patients of
// the log first: a patient who looks like one of them is a [ward.KindQuestion] with the code
// looks_known. A patient whose stay has the visit, or began within the minute, stays as it
// is. A zero time of admission is that of the signature, and without a tool the age decides.
func (s *Store) AdmitUnlessKnown(ctx context.Context, sig ward.Signature, p ward.Patient, stay ward.Stay, a Answers) (ward.Patient, ward.Stay, error) {
	return s.admits(ctx, sig, "admit_unless_known", p, stay, []any{a}, func(w *tx, p *ward.Patient, stay *ward.Stay) error {
		if stay.AdmittedAt.IsZero() {
			stay.AdmittedAt = w.sig.At
		}
		if p.Tool == 0 {
			p.Tool = ward.ToolFor(p.BirthDate, stay.AdmittedAt.In(w.site.Zone))
		}
		if err := w.mayAdmit(ctx, p); err != nil {
			return err
		}
		if err := firstOf(p.Problems(w.now())); err != nil {
			return err
		}
		known, err := w.admitKnown(ctx, p, stay, a)
		if err != nil || known {
			return err
		}
		return w.admit(ctx, p, stay)
	})
}

// admits runs an act that admits a patient, and returns the patient and the stay after it.
func (s *Store) admits(ctx context.Context, sig ward.Signature, act string, p ward.Patient, stay ward.Stay, more []any, admit func(*tx, *ward.Patient, *ward.Stay) error) (ward.Patient, ward.Stay, error) {
	p.Clean()
	stay.Clean()
	asked, from := p, stay
	do := func(w *tx) error {
		p, stay = asked, from // it may run again
		return admit(w, &p, &stay)
	}
	err := s.doOrAnswer(ctx, sig, ward.MayMovePatient, act, append([]any{p, stay}, more...), do, func(in reader, done Done) (err error) {
		if stay, err = in.answerStay(ctx, done); err != nil {
			return err
		}
		p, err = in.patient(ctx, stay.PatientID)
		return err
	})
	return p, stay, err
}

// admit appends a new patient and the first stay.
func (w *tx) admit(ctx context.Context, p *ward.Patient, stay *ward.Stay) error {
	p.Recorded = w.signed(p.Recorded)
	p.ID, p.Version = 0, 1
	if err := firstOf(p.Problems(w.now())); err != nil {
		return err
	}
	if err := w.mrnIsFree(ctx, p.MRN, 0); err != nil {
		return err
	}
	if err := w.putPatient(ctx, p); err != nil {
		return err
	}
	stay.PatientID = p.ID
	return w.beginStay(ctx, stay)
}

// admitKnown finds the patient of the MRN, and the stay if it has begun already, or begins
// it if the answer is so. It reports whether it did. Without a patient of that MRN it asks
// if the new one looks known.
func (w *tx) admitKnown(ctx context.Context, p *ward.Patient, stay *ward.Stay, a Answers) (bool, error) {
	id, err := w.reader().patientIDByMRN(ctx, p.MRN)
	switch {
	case err != nil:
		return false, err
	case id != 0:
		return w.readmitKnown(ctx, id, p, stay, a)
	case a.NewPatient:
		return false, nil
	}
	known, err := w.lookalikes(ctx)
	if err != nil {
		return false, err
	}
	if q := known.ask(p); q != nil {
		return false, q
	}
	return false, nil
}

// readmitKnown is [tx.admitKnown] for the patient with the ID, whose MRN it is.
func (w *tx) readmitKnown(ctx context.Context, id int64, p *ward.Patient, stay *ward.Stay, a Answers) (bool, error) {
	known, err := w.reader().patient(ctx, id)
	if err != nil {
		return false, err
	}
	stays, err := w.reader().staysOf(ctx, id)
	if err != nil {
		return false, err
	}
	same := ward.FoldName(known.Name) == ward.FoldName(p.Name) && known.BirthDate == p.BirthDate
	for i := range stays {
		if same && sameAdmission(&stays[i], stay) {
			*p, *stay = known, stays[i]
			return true, nil
		}
	}
	if !a.Readmit || slices.ContainsFunc(stays, func(s ward.Stay) bool { return s.OnWard() }) {
		return false, nil // the MRN is not free
	}
	if !same {
		return false, ward.Conflict("the patient of this MRN has another name or birth date in the log")
	}
	stay.PatientID = id
	*p = known
	*stay, err = w.readmit(ctx, *stay)
	return true, err
}

// sameAdmission reports whether a stay of the log is the one that is to begin: that of the
// visit, or without one that of the minute.
func sameAdmission(there, stay *ward.Stay) bool {
	if there.Visit != "" && stay.Visit != "" {
		return there.Visit == stay.Visit
	}
	return sameMinute(there.AdmittedAt, stay.AdmittedAt)
}

// mayAdmit checks the permissions for the therapy of a new patient.
func (w *tx) mayAdmit(ctx context.Context, p *ward.Patient) error {
	return w.mayEdit(ctx, &ward.Patient{Tool: p.Tool}, p)
}

// mayEdit checks the permissions for the changes between two versions of a patient:
// the therapy is the staff's, a baseline after the infusion and features that are
// mild in health are a clinician's.
func (w *tx) mayEdit(ctx context.Context, before, p *ward.Patient) error {
	therapy := before.Product != p.Product || !before.InfusedAt.Equal(p.InfusedAt) || before.Tool != p.Tool ||
		before.Interpreter != p.Interpreter || baselineDiffers(before, p)
	if therapy {
		if err := w.may(ctx, ward.MaySetTherapy); err != nil {
			return err
		}
	}
	if before.Health != p.Health || w.baselineLate(before, p) {
		return w.may(ctx, ward.MayDecide)
	}
	return nil
}

func baselineDiffers(a, b *ward.Patient) bool {
	return a.Baseline != b.Baseline || a.BaselineLost != b.BaselineLost
}

// baselineLate reports whether a version changes the baseline after the infusion, by
// the time of the version or of the one before it.
func (w *tx) baselineLate(before, p *ward.Patient) bool {
	infused := func(p *ward.Patient) bool { return !p.InfusedAt.IsZero() && !p.InfusedAt.After(w.sig.At) }
	return baselineDiffers(before, p) && (infused(before) || infused(p))
}

// mrnIsFree returns an error if a patient other than id, or one that is linked to it,
// has the MRN or had it.
func (w *tx) mrnIsFree(ctx context.Context, mrn string, id int64) error {
	holders, err := engine.All(ctx, w.sql, engine.Scan[int64], `SELECT patient_id FROM patient_mrn WHERE folded = $1`, ward.FoldMRN(mrn))
	if err != nil || len(holders) == 0 || holders[0] == id {
		return err
	}
	stays, err := w.reader().staysOf(ctx, holders[0])
	if err != nil {
		return err
	}
	if slices.ContainsFunc(stays, func(s ward.Stay) bool { return s.OnWard() }) {
		return &ward.Error{Kind: ward.KindConflict, Field: "mrn", Code: "on_ward", Reason: "a patient on the ward has this MRN"}
	}
	if id != 0 {
		e := ward.Conflict("this is the MRN of another patient, now or earlier")
		e.Field = "mrn"
		return e
	}
	q := ward.Question("readmit", "a patient who left has this MRN: readmit?", "--readmit")
	q.Field, q.Patient = "mrn", holders[0]
	return q
}

// EditPatient records a new version of a patient's identifiers and therapy: p.Version
// is that of the version it replaces. If flags depend on the change, the patient's
// checks are evaluated again. A baseline that changes after the infusion needs a reason.
func (s *Store) EditPatient(ctx context.Context, sig ward.Signature, p ward.Patient) (ward.Patient, error) {
	p.Clean()
	asked := p
	edit := func(w *tx) error {
		p = asked // it may run again
		before, err := w.reader().patient(ctx, p.ID)
		if err != nil {
			return err
		}
		if p.Version != before.Version {
			return changedMeanwhile()
		}
		return w.editPatient(ctx, &before, &p)
	}
	err := s.doOrAnswer(ctx, sig, ward.MayMovePatient, "edit_patient", []any{p}, edit, func(in reader, done Done) error {
		list, err := appendedIn(ctx, in, "patient", decodePatient, done)
		if err == nil && len(list) > 0 {
			p = list[0]
		}
		return err
	})
	return p, err
}

// editPatient appends the version after before.
func (w *tx) editPatient(ctx context.Context, before, p *ward.Patient) error {
	if err := w.mayEdit(ctx, before, p); err != nil {
		return err
	}
	if w.baselineLate(before, p) && p.Reason == "" {
		return ward.Invalid("reason", "missing: the baseline changes after the infusion")
	}
	p.Version = before.Version + 1
	p.Recorded = w.sig
	if err := firstOf(p.Problems(w.now())); err != nil {
		return err
	}
	if err := w.mrnIsFree(ctx, p.MRN, p.ID); err != nil {
		return err
	}
	if err := w.putPatient(ctx, p); err != nil {
		return err
	}
	if err := w.settleTyped(ctx, p.ID, "", feedFieldsOf(before), feedFieldsOf(p)); err != nil {
		return err
	}
	if evaluatedAlike(before, p) {
		return nil
	}
	return w.reassess(ctx, p.ID, "patient")
}

// evaluatedAlike reports whether no flag can differ between two versions of a patient.
func evaluatedAlike(a, b *ward.Patient) bool {
	return a.Tool == b.Tool && a.Baseline == b.Baseline && a.Health == b.Health && a.Interpreter == b.Interpreter && a.InfusedAt.Equal(b.InfusedAt)
}
