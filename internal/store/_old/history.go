package store

import (
	"context"

	"neurocheck/internal/ward"
)

// History is a stretch of the record that is known beforehand, such as the past
// of a synthetic ward: many records with an author and a time each, kept all or
// none. Start with [Store.Tell].
//
// It reads nothing back. Whoever tells brings the patients and the follow-ups as
// they were returned, and checks that [ward.Check.Look] has compared with those
// before them; in the order of time, so that no flag has to be looked at again.
type History struct {
	tx  *tx
	ctx context.Context
}

// Tell records what tell tells, in one transaction. The end of ctx does not
// interrupt a statement, which would cost more than most of them do: tell looks
// after it.
func (s *Store) Tell(ctx context.Context, sig ward.Signature, tell func(*History) error) error {
	return s.write(ctx, sig, func(t *tx) error {
		return t.withoutRules(ctx, func() error { return tell(&History{t, context.WithoutCancel(ctx)}) })
	})
}

// Admit is [Store.Admit].
func (h *History) Admit(sig ward.Signature, p ward.Patient) (ward.Patient, error) {
	h.tx.sig = sig
	return h.tx.admit(h.ctx, p)
}

// Edit is [Store.Edit] of the version that holds.
func (h *History) Edit(sig ward.Signature, p ward.Patient) (ward.Patient, error) {
	h.tx.sig = sig
	p.Version++
	return h.tx.putPatient(h.ctx, p)
}

// Check records a version of a check of p. Where c is flagged and flagged is
// set, it opens a follow-up and returns it.
func (h *History) Check(sig ward.Signature, p *ward.Patient, c *ward.Check, flagged bool) (f ward.FollowUp, err error) {
	h.tx.sig = sig
	c.Recorded = h.tx.signed(c)
	c.Clean()
	if err := joined(c.Problems(p, sig.At)); err != nil {
		return f, err
	}
	if err := h.tx.appendCheck(h.ctx, c); err != nil || !flagged {
		return f, err
	}
	f = ward.FollowUp{PatientID: c.PatientID, CheckID: c.ID, Level: c.Result.Flag, Opened: sig}
	f.ID, err = h.tx.putFollowUp(h.ctx, c)
	return f, err
}

// Acknowledge is [Store.Acknowledge] of an open follow-up.
func (h *History) Acknowledge(sig ward.Signature, f ward.FollowUp) error {
	h.tx.sig = sig
	return h.tx.followUpEvent(h.ctx, f, "acknowledged", "", "")
}

// Close is [Store.CloseFollowUp] of an acknowledged follow-up by a clinician.
func (h *History) Close(sig ward.Signature, f ward.FollowUp, outcome, note string) error {
	h.tx.sig = sig
	return h.tx.putClosed(h.ctx, f, outcome, note)
}
