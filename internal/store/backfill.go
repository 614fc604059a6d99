package store

import (
	"context"

	"neurocheck/internal/ward"
)

// Backfill records a range of the record that is known beforehand, such as the past of a
// demo ward: many acts with an author and a time each, kept all or none. Start with
// [Store.Backfill].
//
// It reads nothing back: the caller keeps each patient's [ward.History]. The authors of
// the acts need not be those who recorded them, so that only an administrator may.
type Backfill struct {
	tx  *tx
	ctx context.Context
}

// Backfill runs fn in one write transaction.
func (s *Store) Backfill(ctx context.Context, sig ward.Signature, fn func(*Backfill) error) error {
	return s.writeMany(ctx, sig, func(w *tx) error {
		role, err := w.role(ctx)
		if err == nil && role != ward.NoStaff {
			err = ward.MayDo(role, ward.MayAdminister)
		}
		if err != nil {
			return err
		}
		return fn(&Backfill{w, context.WithoutCancel(ctx)})
	})
}

// Admit records a patient and the first stay, and returns the history.
func (b *Backfill) Admit(sig ward.Signature, p ward.Patient, stay ward.Stay) (*ward.History, error) {
	b.tx.sig = sig
	p.Version, p.Recorded = 1, sig
	if err := b.tx.putPatient(b.ctx, &p); err != nil {
		return nil, err
	}
	stay.PatientID, stay.Version, stay.Status, stay.Recorded = p.ID, 1, ward.Recorded, sig
	if err := b.tx.putStay(b.ctx, &stay); err != nil {
		return nil, err
	}
	return &ward.History{Patient: p, Stays: []ward.Stay{stay}}, nil
}

// Check records a version of a check, and adds it to the history.
func (b *Backfill) Check(sig ward.Signature, h *ward.History, c ward.Check) (ward.Check, error) {
	b.tx.sig = sig
	c.PatientID = h.Patient.ID
	c.Recorded = b.tx.signed(c.Recorded)
	c.Clean()
	if err := firstOf(c.Problems(h.Stays, sig.At)); err != nil {
		return c, err
	}
	if stay := ward.StayAt(h.Stays, c.PerformedAt); stay != nil {
		c.StayID = stay.ID
	}
	out := ward.Record(h, b.tx.site, ward.Act{At: sig.At, By: sig.By, Checks: []ward.Check{c}})
	return out.Checks[0], b.tx.keep(b.ctx, h, &out)
}

// Acknowledge accepts the open follow-up of a history, if there is one.
func (b *Backfill) Acknowledge(sig ward.Signature, h *ward.History) error {
	f := h.Open()
	if f == nil || f.Acked.Done() {
		return nil
	}
	b.tx.sig = sig
	f.Acked = sig
	f.Acks = append(f.Acks, sig)
	return b.tx.putFollowUpEvent(b.ctx, f, followUpAcknowledged, "", "", nil, b.tx.sig)
}

// Close closes the accepted follow-up of a history, if there is one.
func (b *Backfill) Close(sig ward.Signature, h *ward.History, outcome, note string) error {
	f := h.Open()
	if f == nil || !f.Acked.Done() {
		return nil
	}
	b.tx.sig = sig
	f.Closed, f.Outcome, f.Note = sig, outcome, note
	if err := b.tx.putFollowUpEvent(b.ctx, f, followUpClosed, outcome, note, boolInt(false), b.tx.sig); err != nil {
		return err
	}
	return b.tx.dropFollowUpOpen(b.ctx, f.ID)
}

// Discharge ends the stay of a history.
func (b *Backfill) Discharge(sig ward.Signature, h *ward.History, how string) error {
	b.tx.sig = sig
	stay := h.Stay()
	stay.DischargedAt, stay.Discharge = sig.At, how
	return b.tx.changeStay(b.ctx, stay)
}
