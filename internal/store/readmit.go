package store

import (
	"context"
	"time"

	"neurocheck/internal/ward"
)

// Readmit records a new stay of a patient who left; stay.PatientID is the patient. The
// therapy and the day count go on. A zero time of admission is that of the signature. A
// stay that began within the minute stays as it is.
func (s *Store) Readmit(ctx context.Context, sig ward.Signature, stay ward.Stay) (ward.Stay, error) {
	stay.Clean()
	return s.changesStay(ctx, sig, ward.MayMovePatient, "readmit", []any{stay}, func(w *tx) (ward.Stay, error) { return w.readmit(ctx, stay) })
}

func (w *tx) readmit(ctx context.Context, stay ward.Stay) (ward.Stay, error) {
	if stay.AdmittedAt.IsZero() {
		stay.AdmittedAt = w.sig.At
	}
	stays, err := w.reader().staysOf(ctx, stay.PatientID)
	if err != nil {
		return stay, err
	}
	for i := range stays {
		switch o := &stays[i]; {
		case o.OnWard() && sameMinute(o.AdmittedAt, stay.AdmittedAt) && (stay.Visit == "" || stay.Visit == o.Visit):
			return *o, nil
		case o.OnWard():
			return stay, onWard("the patient is on the ward")
		case stay.AdmittedAt.Before(o.DischargedAt):
			return stay, ward.Invalid("admitted_at", "is before the end of the last stay")
		}
	}
	return stay, w.beginStay(ctx, &stay)
}

// beginStay records a new stay, without an end.
func (w *tx) beginStay(ctx context.Context, stay *ward.Stay) error {
	stay.ID, stay.Version, stay.Status, stay.Reason = 0, 1, ward.Recorded, ""
	stay.DischargedAt, stay.Discharge, stay.EndInferred, stay.EndUnconfirmed = time.Time{}, "", false, false
	stay.Recorded = w.signed(stay.Recorded)
	if err := firstOf(stay.Problems(w.sig.At)); err != nil {
		return err
	}
	return w.putStay(ctx, stay)
}
