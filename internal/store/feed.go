package store

import (
	"context"

	"neurocheck/internal/ward"
)

// FeedAct is the transaction in which one message of a feed is applied and noted, all or
// nothing. Every write asks the permissions of the feed. Start with [Store.TakeMessage] or
// [Store.RetryMessage].
type FeedAct struct {
	tx    *tx
	ctx   context.Context
	moved map[int64]bool // patients of whom a stay began, ended or was withdrawn
}

// TakeMessage runs fn in one transaction of a feed: sig.By must be one.
func (s *Store) TakeMessage(ctx context.Context, sig ward.Signature, fn func(*FeedAct) error) error {
	return s.write(ctx, sig, func(w *tx) error {
		role, err := w.role(ctx)
		if err != nil {
			return err
		}
		if role != ward.Feed {
			return ward.NotAllowed("only a feed sends messages")
		}
		return w.runFeed(ctx, fn)
	})
}

// runFeed runs fn, and evaluates the checks of the patients whose stays it changed anew.
func (w *tx) runFeed(ctx context.Context, fn func(*FeedAct) error) error {
	a := &FeedAct{tx: w, ctx: ctx, moved: make(map[int64]bool)}
	if err := fn(a); err != nil {
		return err
	}
	for patient := range a.moved {
		h, err := w.reader().history(ctx, patient, recentPart)
		if err != nil {
			return err
		}
		if h.Last() == nil {
			continue
		}
		if err := w.reassess(ctx, h.Patient.ID, "stay"); err != nil {
			return err
		}
	}
	return nil
}

// Patient returns the patient with an MRN, present or former, or the one that this
// patient is linked into, and whether there is one.
func (a *FeedAct) Patient(mrn string) (p ward.Patient, known bool, err error) {
	id, err := a.tx.reader().patientIDByMRN(a.ctx, mrn)
	if err != nil || id == 0 {
		return p, false, err
	}
	p, err = a.tx.reader().patient(a.ctx, id)
	return p, err == nil, err
}

// patient returns the patient of a write, if the feed may make it.
func (a *FeedAct) patient(id int64) (ward.Patient, error) {
	if err := a.tx.may(a.ctx, ward.MayMovePatient); err != nil {
		return ward.Patient{}, err
	}
	return a.tx.reader().patient(a.ctx, id)
}
