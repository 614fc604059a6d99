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
	p.Clean()
	stay.Clean()
	admit := func(w *tx) (err error) {
		if err := w.mayAdmit(ctx, &p); err != nil {
			return err
		}
		p.Recorded = w.signed(p.Recorded)
		p.ID, p.Version = 0, 1
		if err := firstOf(p.Problems(w.now())); err != nil {
			return err
		}
		if err := w.mrnIsFree(ctx, p.MRN, 0); err != nil {
			return err
		}
		if err := w.putPatient(ctx, &p); err != nil {
			return err
		}
		stay.PatientID = p.ID
		return w.beginStay(ctx, &stay)
	}
	err := s.doOrAnswer(ctx, sig, ward.MayMovePatient, "admit", []any{p, stay}, admit, func(in reader, done Done) error {
		list, err := appendedIn(ctx, in, "patient", decodePatient, done)
		if err != nil || len(list) == 0 {
			return err
		}
		p = list[0]
		stay, err = in.answerStay(ctx, done)
		return err
	})
	return p, stay, err
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
	q := ward.Question("readmit", "a patient who left has this MRN: readmit?")
	q.Field = "mrn"
	return q
}

// EditPatient records a new version of a patient's identifiers and therapy: p.Version
// is that of the version it replaces. If flags depend on the change, the patient's
// checks are evaluated again. A baseline that changes after the infusion needs a reason.
func (s *Store) EditPatient(ctx context.Context, sig ward.Signature, p ward.Patient) (ward.Patient, error) {
	p.Clean()
	edit := func(w *tx) error {
		before, err := w.reader().patient(ctx, p.ID)
		if err != nil {
			return err
		}
		if p.Version != before.Version {
			return changedMeanwhile()
		}
		if err := w.mayEdit(ctx, &before, &p); err != nil {
			return err
		}
		if w.baselineLate(&before, &p) && p.Reason == "" {
			return ward.Invalid("reason", "missing: the baseline changes after the infusion")
		}
		p.Version++
		p.Recorded = w.sig
		if err := firstOf(p.Problems(w.now())); err != nil {
			return err
		}
		if err := w.mrnIsFree(ctx, p.MRN, p.ID); err != nil {
			return err
		}
		if err := w.putPatient(ctx, &p); err != nil {
			return err
		}
		if err := w.settleTyped(ctx, p.ID, "", feedFieldsOf(&before), feedFieldsOf(&p)); err != nil {
			return err
		}
		if evaluatedAlike(&before, &p) {
			return nil
		}
		return w.reassess(ctx, p.ID, "patient")
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

// evaluatedAlike reports whether no flag can differ between two versions of a patient.
func evaluatedAlike(a, b *ward.Patient) bool {
	return a.Tool == b.Tool && a.Baseline == b.Baseline && a.Health == b.Health && a.Interpreter == b.Interpreter && a.InfusedAt.Equal(b.InfusedAt)
}
