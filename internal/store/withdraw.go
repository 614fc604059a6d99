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

// WithdrawLatestStay is [Store.WithdrawStay] for the latest stay of a patient. If that was
// withdrawn already, it appends nothing: an earlier stay stays.
func (s *Store) WithdrawLatestStay(ctx context.Context, sig ward.Signature, patient int64, reason string) (ward.Stay, error) {
	reason = ward.CleanLine(reason)
	return s.changesStay(ctx, sig, ward.MayMovePatient, "withdraw_latest_stay", []any{patient, reason}, func(w *tx) (last ward.Stay, err error) {
		if reason == "" {
			return last, ward.Invalid("reason", "missing")
		}
		_, ids, err := w.reader().group(ctx, patient)
		if err != nil {
			return last, err
		}
		for _, id := range ids {
			versions, err := w.reader().stayVersions(ctx, id)
			if err != nil {
				return last, err
			}
			for _, v := range versions { // of each stay the newest version comes first
				if v.ID > last.ID {
					last = v
				}
			}
		}
		switch {
		case last.ID == 0:
			return last, ward.NotFound("the patient has no stay")
		case last.Status == ward.Withdrawn:
			return last, nil
		}
		last.Reason = reason
		return last, w.withdrawStay(ctx, &last)
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
