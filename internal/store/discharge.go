package store

import (
	"context"
	"slices"
	"time"

	"neurocheck/internal/ward"
)

// EditStay records a new version of a stay's visit, bed, clinician or admission:
// stay.Version is that of the version it replaces. A transfer is an edit of the bed.
// The end of a stay is left to [Store.Discharge] and [Store.UndoDischarge].
func (s *Store) EditStay(ctx context.Context, sig ward.Signature, stay ward.Stay) (ward.Stay, error) {
	stay.Clean()
	return s.changesStay(ctx, sig, ward.MayMovePatient, "edit_stay", []any{stay}, func(w *tx) (ward.Stay, error) {
		next, err := w.currentStay(ctx, stay.ID)
		if err != nil {
			return next, err
		}
		if stay.Version != next.Version {
			return next, changedMeanwhile()
		}
		next.Visit, next.Bed, next.Clinician, next.Reason = stay.Visit, stay.Bed, stay.Clinician, stay.Reason
		return next, w.editStay(ctx, &next, stay.AdmittedAt)
	})
}

// editStay appends the next version of a stay, with that time of admission.
func (w *tx) editStay(ctx context.Context, next *ward.Stay, admitted time.Time) error {
	if err := w.settleTypedStay(ctx, next, admitted); err != nil {
		return err
	}
	if admitted.Equal(next.AdmittedAt) {
		return w.changeStay(ctx, next)
	}
	next.AdmittedAt, next.AdmissionInferred = admitted, false
	if err := w.mayBeginThen(ctx, next); err != nil {
		return err
	}
	if err := w.changeStay(ctx, next); err != nil {
		return err
	}
	return w.reassess(ctx, next.PatientID, "stay")
}

// settleTypedStay is [tx.settleTyped] for the next version of a stay.
func (w *tx) settleTypedStay(ctx context.Context, next *ward.Stay, admitted time.Time) error {
	if w.isFeed() {
		return nil
	}
	before, err := w.currentStay(ctx, next.ID)
	if err != nil {
		return err
	}
	after := *next
	after.AdmittedAt = admitted
	return w.settleTyped(ctx, next.PatientID, before.Visit, feedFieldsOfStay(&before), feedFieldsOfStay(&after))
}

// mayBeginThen returns an error if a stay with another admission would overlap another
// stay of the patient, or leave out a check that was performed in it.
func (w *tx) mayBeginThen(ctx context.Context, stay *ward.Stay) error {
	h, err := w.reader().history(ctx, stay.PatientID, wholePart)
	if err != nil {
		return err
	}
	for i := range h.Stays {
		if o := &h.Stays[i]; o.ID != stay.ID && o.PatientID == stay.PatientID && overlap(o, stay) {
			return ward.Invalid("admitted_at", "is within another stay of the patient")
		}
	}
	for i := range h.Checks {
		if c := &h.Checks[i]; c.StayID == stay.ID && c.PerformedAt.Before(stay.AdmittedAt) {
			return ward.Invalid("admitted_at", "a check of this stay was performed before that")
		}
	}
	return nil
}

// overlap reports whether two stays overlap. One may begin at the end of the other.
func overlap(a, b *ward.Stay) bool {
	endsBefore := func(a, b *ward.Stay) bool { return !a.DischargedAt.IsZero() && !a.DischargedAt.After(b.AdmittedAt) }
	return !endsBefore(a, b) && !endsBefore(b, a)
}

// Discharge ends a patient's stay at a time, in one of [ward.Discharges]. If a feed
// discharges a patient with open work, the end is not confirmed: open work is a
// follow-up, a report, a draft, or a flagged last conclusive check. Two linked patients
// may both be on the ward: then both stays end. A zero time is that of the signature. A
// stay that ended so within the minute stays as it is.
func (s *Store) Discharge(ctx context.Context, sig ward.Signature, patient int64, at time.Time, how string) (ward.Stay, error) {
	at = ward.Moment(at)
	return s.changesStay(ctx, sig, ward.MayMovePatient, "discharge", []any{patient, at.UnixMilli(), how}, func(w *tx) (last ward.Stay, err error) {
		if how == ward.DiedICANS {
			if err := w.may(ctx, ward.MayDecide); err != nil {
				return last, err
			}
		}
		if at.IsZero() {
			at = w.sig.At
		}
		h, err := w.reader().history(ctx, patient, recentPart)
		if err != nil {
			return last, err
		}
		unconfirmed := w.isFeed() && hasOpenWork(&h)
		ended := false
		for _, stay := range h.Stays {
			if !stay.OnWard() {
				continue
			}
			stay.DischargedAt, stay.Discharge, stay.EndUnconfirmed, stay.Reason = at, how, unconfirmed, ""
			if err := w.changeStay(ctx, &stay); err != nil {
				return last, err
			}
			last, ended = stay, true
		}
		if was := h.Stay(); !ended && was != nil && was.Discharge == how && sameMinute(was.DischargedAt, at) && !was.EndUnconfirmed {
			return *was, nil
		}
		if !ended {
			return last, &ward.Error{Kind: ward.KindConflict, Code: notOnWard, Reason: "the patient left already"}
		}
		return last, w.reassessAfter(ctx, &h, at, "stay")
	})
}

func hasOpenWork(h *ward.History) bool {
	last := h.Conclusive()
	return h.Open() != nil || h.Waiting() != nil || len(h.Drafts) > 0 || last != nil && last.Result.Flag.Flagged()
}

// reassessAfter evaluates the checks of a patient anew if one was performed after a
// time: the record of that time has changed. h is the recent part of the history.
func (w *tx) reassessAfter(ctx context.Context, h *ward.History, at time.Time, because string) error {
	if last := h.Last(); last == nil || last.PerformedAt.Before(at) {
		return nil
	}
	return w.reassess(ctx, h.Patient.ID, because)
}

// ConfirmDischarge confirms a discharge by a feed.
func (s *Store) ConfirmDischarge(ctx context.Context, sig ward.Signature, patient int64) error {
	return s.do(ctx, sig, ward.MayRecord, "confirm_discharge", []any{patient}, func(w *tx) error {
		stays, err := w.reader().staysOf(ctx, patient)
		if err != nil {
			return err
		}
		confirmed := false
		for i := range stays {
			stay := &stays[i]
			if !stay.EndUnconfirmed {
				continue
			}
			stay.EndUnconfirmed, stay.Reason = false, ""
			if err := w.changeStay(ctx, stay); err != nil {
				return err
			}
			confirmed = true
		}
		if !confirmed {
			return ward.Conflict("no discharge of this patient waits to be confirmed")
		}
		return nil
	})
}

// UndoDischarge withdraws the discharge from the latest stay, with a reason: the stay
// goes on. Of two linked patients who were discharged together, both stays go on. A stay
// whose end was withdrawn already stays as it is.
func (s *Store) UndoDischarge(ctx context.Context, sig ward.Signature, patient int64, reason string) (ward.Stay, error) {
	reason = ward.CleanLine(reason)
	return s.changesStay(ctx, sig, ward.MayMovePatient, "undo_discharge", []any{patient, reason}, func(w *tx) (last ward.Stay, err error) {
		if reason == "" {
			return last, ward.Invalid("reason", "missing")
		}
		h, err := w.reader().history(ctx, patient, recentPart)
		if err != nil {
			return last, err
		}
		if h.Stay() == nil {
			return last, ward.NotFound("the patient has no stay")
		}
		if h.OnWard() || slices.ContainsFunc(h.Stays, func(s ward.Stay) bool { return s.OnWard() }) {
			return *h.Stay(), w.wasUndone(ctx, h.Stay())
		}
		latest := *h.Stay()
		for _, stay := range h.Stays {
			together := stay.DischargedAt.Equal(latest.DischargedAt) && stay.Recorded.At.Equal(latest.Recorded.At)
			if stay.ID != latest.ID && !together {
				continue
			}
			stay.DischargedAt, stay.Discharge, stay.Reason = time.Time{}, "", reason
			stay.EndInferred, stay.EndUnconfirmed = false, false
			if err := w.changeStay(ctx, &stay); err != nil {
				return last, err
			}
			last = stay
		}
		return last, w.reassessAfter(ctx, &h, latest.DischargedAt, "stay")
	})
}

// wasUndone returns nil if an end of an open stay was withdrawn.
func (w *tx) wasUndone(ctx context.Context, stay *ward.Stay) error {
	versions, err := w.reader().stayVersions(ctx, stay.PatientID)
	if err != nil || slices.ContainsFunc(versions, func(v ward.Stay) bool { return v.ID == stay.ID && !v.DischargedAt.IsZero() }) {
		return err
	}
	return onWard("the patient is on the ward")
}

// changesStay runs an act that changes a stay, and returns the version after it.
func (s *Store) changesStay(ctx context.Context, sig ward.Signature, p ward.Permission, act string, content []any, change func(*tx) (ward.Stay, error)) (stay ward.Stay, err error) {
	do := func(w *tx) (err error) {
		stay, err = change(w)
		return err
	}
	err = s.doOrAnswer(ctx, sig, p, act, content, do, func(in reader, done Done) (err error) {
		stay, err = in.answerStay(ctx, done)
		return err
	})
	return stay, err
}

// answerStay returns the last version of a stay that an earlier act appended.
func (in reader) answerStay(ctx context.Context, done Done) (ward.Stay, error) {
	list, err := appendedIn(ctx, in, "stay", decodeStay, done)
	if err != nil || len(list) == 0 {
		return ward.Stay{}, err
	}
	last := list[len(list)-1]
	versions, err := in.stayVersions(ctx, last.PatientID)
	if i := slices.IndexFunc(versions, func(v ward.Stay) bool { return v.ID == last.ID && v.Version == last.Version }); i >= 0 {
		last = versions[i]
	}
	return last, err
}
