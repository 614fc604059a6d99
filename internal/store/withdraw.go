package store

import (
	"context"

	"neurocheck/internal/ward"
)

// WithdrawStay withdraws a stay that was recorded by mistake, or whose admission was
// cancelled, with a reason. It returns [ward.KindConflict] with the code stay_in_use if
// anything that counts was recorded in the stay. The patient stays in the log, and may be
// readmitted.
func (s *Store) WithdrawStay(ctx context.Context, sig ward.Signature, stay int64, reason string) (ward.Stay, error) {
	reason = ward.CleanLine(reason)
	return s.changesStay(ctx, sig, ward.MayMovePatient, "withdraw_stay", []any{stay, reason}, func(w *tx) (ward.Stay, error) {
		if reason == "" {
			return ward.Stay{}, ward.Invalid("reason", "missing")
		}
		next, err := w.currentStay(ctx, stay)
		if err != nil {
			return next, err
		}
		next.Reason = reason
		return next, w.withdrawStay(ctx, &next)
	})
}

// withdrawStay appends the version that withdraws a stay, unless the stay is in use.
func (w *tx) withdrawStay(ctx context.Context, stay *ward.Stay) error {
	chart, err := w.reader().chart(ctx, stay.PatientID)
	if err != nil {
		return err
	}
	if use := chart.UseOf(stay); use != "" {
		return &ward.Error{Kind: ward.KindConflict, Code: "stay_in_use", Reason: use + " was recorded in this stay; withdraw that first, or discharge the patient"}
	}
	return w.putNext(ctx, stay, ward.Withdrawn)
}
