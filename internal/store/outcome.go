package store

import (
	"context"

	"neurocheck/internal/ward"
)

// keep appends the consequences of an act and updates the derived tables. It sets the
// IDs of new follow-ups in h.
func (w *tx) keep(ctx context.Context, h *ward.History, out *ward.Outcome) error {
	for i := range out.Checks {
		if err := w.putCheck(ctx, &out.Checks[i]); err != nil {
			return err
		}
	}
	for i := range out.Reevaluated {
		if err := w.putReevaluation(ctx, &out.Reevaluated[i]); err != nil {
			return err
		}
	}
	if err := w.putEvents(ctx, h, out.Events); err != nil {
		return err
	}
	return w.keepMemory(ctx, h)
}

// keepMemory writes down the part of the patient's checks that later comparisons need.
func (w *tx) keepMemory(ctx context.Context, h *ward.History) error {
	memory, err := memoryText(h.Patient.ID, h.Memory)
	if err != nil {
		return err
	}
	return w.inserts.run(ctx, `UPDATE patient_now SET memory = $2 WHERE patient_id = $1`, h.Patient.ID, memory)
}

// reassess evaluates all checks of a patient again, because a record that flags depend
// on has changed.
func (w *tx) reassess(ctx context.Context, patient int64, because string) error {
	h, err := w.reader().history(ctx, patient, wholePart)
	if err != nil {
		return err
	}
	out := ward.Reassess(&h, w.site, ward.Act{At: w.sig.At, By: w.sig.By})
	return w.keepReassessed(ctx, &h, &out, because)
}

// keepReassessed is [tx.keep] after [ward.Reassess]: because names the table of the
// record that changed.
func (w *tx) keepReassessed(ctx context.Context, h *ward.History, out *ward.Outcome, because string) error {
	for i := range out.Reevaluated {
		out.Reevaluated[i].Because = because
	}
	return w.keep(ctx, h, out)
}
