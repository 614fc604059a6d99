package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// Saved is a saved check with its consequences.
type Saved struct {
	Check ward.Check
	// Event is the effect on the patient's follow-up, empty if the check opened and
	// joined none; FollowUp is the follow-up after it, or nil. If very many checks joined
	// it, Joined has only the newest ones.
	Event       ward.JoinEvent
	FollowUp    *ward.FollowUp
	Old         bool // the check is flagged, but its flag is an old one
	Reevaluated []ward.Reevaluation
}

// SaveCheck records a version of a check with its grade and flag, the follow-up that a
// flag opens, joins or raises, and the flags of later checks that it changes, in one
// transaction; the drafts of the check are deleted with it, also that of an author whose
// draft was taken over.
//
// Version 1 is a new check; a later one corrects or withdraws the version before it.
// Saving the same version again records nothing and returns the saved one. SaveCheck
// returns [ward.KindInvalid] on the first field that cannot be recorded,
// [ward.KindNotAllowed] if other_cause is not the author's to name, and
// [ward.KindConflict] if another version came first.
func (s *Store) SaveCheck(ctx context.Context, sig ward.Signature, c ward.Check) (Saved, error) {
	saved, err := s.saveAct(ctx, sig, []ward.Check{c}, func(*tx) error { return nil })
	if err != nil {
		return Saved{}, err
	}
	return saved[0], nil
}

// SaveSheet is [Store.SaveCheck] for a sheet of checks of one patient from paper as one act:
// all are recorded or none. It deletes the author's draft of the sheet in the same
// transaction, and that of takenFrom, whose sheet it goes on with, if there is one.
func (s *Store) SaveSheet(ctx context.Context, sig ward.Signature, checks []ward.Check, takenFrom string) ([]Saved, error) {
	return s.saveAct(ctx, sig, checks, func(w *tx) error {
		if len(checks) == 0 {
			return nil
		}
		subject := subjectOf(checks[0].PatientID)
		if err := dropForm(ctx, w.sql, takenFrom, PaperSheet, subject); err != nil {
			return err
		}
		return dropForm(ctx, w.sql, sig.By, PaperSheet, subject)
	})
}

// saveAct records checks of one patient as one act. after runs in its transaction.
func (s *Store) saveAct(ctx context.Context, sig ward.Signature, checks []ward.Check, after func(*tx) error) (saved []Saved, err error) {
	save := func(w *tx) (err error) {
		if slices.ContainsFunc(checks, func(c ward.Check) bool { return c.Reason == ward.WrongPatient }) {
			return ward.Invalid("reason", "a check of the wrong patient is moved to the right one")
		}
		if saved, err = w.saveChecks(ctx, slices.Clone(checks)); err != nil {
			return err
		}
		for i := range saved {
			if err := w.dropDraft(ctx, &saved[i].Check); err != nil {
				return err
			}
		}
		return after(w)
	}
	reads := func(ctx context.Context, in reader) {
		for i := range checks {
			_, _ = in.versionsOf(ctx, ward.CleanLine(checks[i].ID))
		}
		if len(checks) > 0 {
			in.askHistories(ctx, linked(checks[0].PatientID), partFor(len(checks), &checks[0]))
		}
	}
	err = s.doReading(ctx, sig, ward.MayRecord, "save_checks", []any{checks}, reads, save, func(in reader, _ Done) (err error) {
		saved, err = in.savedBefore(ctx, checks)
		return err
	})
	return saved, err
}

// MoveCheck moves a check to another patient: it withdraws c, which must be the newest
// version, and records it as a new check with that ID for the patient to. Each names
// the other. A cause that a clinician named moves with the check only if the author may
// name one.
func (s *Store) MoveCheck(ctx context.Context, sig ward.Signature, c ward.Check, to int64, id string) (saved Saved, err error) {
	move := func(w *tx) error {
		versions, err := w.reader().versionsOf(ctx, c.ID)
		switch {
		case err != nil:
			return err
		case len(versions) == 0:
			return ward.NotFound("there is no such check")
		case len(versions) != c.Version:
			return changedMeanwhile()
		}
		if err := w.areTwo(ctx, versions[0].PatientID, to); err != nil {
			return err
		}
		gone, moved := versions[len(versions)-1], versions[len(versions)-1]
		gone.Version++
		gone.Status, gone.Reason, gone.ReasonNote = ward.Withdrawn, ward.WrongPatient, "moved: see check "+id
		gone.Recorded = ward.Signature{}
		moved.ID, moved.PatientID, moved.Version = id, to, 1
		moved.Status, moved.Reason, moved.ReasonNote = ward.Recorded, "", "moved here from check "+c.ID
		moved.Recorded = ward.Signature{}
		if _, err := w.saveChecks(ctx, []ward.Check{gone}); err != nil {
			return err
		}
		list, err := w.saveChecks(ctx, []ward.Check{moved})
		if err == nil {
			saved = list[0]
		}
		return err
	}
	err = s.doOrAnswer(ctx, sig, ward.MayRecord, "move_check", []any{c.ID, c.Version, to, id}, move, func(in reader, _ Done) error {
		list, err := in.savedBefore(ctx, []ward.Check{{ID: id, Version: 1}})
		if err == nil {
			saved = list[0]
		}
		return err
	})
	return saved, err
}

// areTwo returns an error if two patients are one, or linked as one.
func (w *tx) areTwo(ctx context.Context, a, b int64) error {
	_, ids, err := w.reader().group(ctx, b)
	if err == nil && slices.Contains(ids, a) {
		err = ward.Invalid("patient_id", "the check is of this patient already")
	}
	return err
}

// saveChecks records checks of one patient. It is the whole of a save: it reads the
// patient's history, validates the checks, lets the rules record them, and appends the
// consequences.
func (w *tx) saveChecks(ctx context.Context, checks []ward.Check) ([]Saved, error) {
	fresh, before, err := w.splitKnown(ctx, checks)
	if err != nil {
		return nil, err
	}
	if len(fresh) == 0 {
		return w.reader().savedBefore(ctx, checks)
	}
	h, err := w.historyFor(ctx, fresh)
	if err != nil {
		return nil, err
	}
	for _, c := range fresh {
		if err := w.validateCheck(ctx, c, before[c.ID], &h); err != nil {
			return nil, err
		}
	}
	act := ward.Act{At: w.sig.At, By: w.sig.By}
	for _, c := range fresh {
		act.Checks = append(act.Checks, *c)
	}
	out := ward.Record(&h, w.site, act)
	if err := w.keep(ctx, &h, &out); err != nil {
		return nil, err
	}
	return w.savedOf(ctx, checks, before, &h, &out)
}

// splitKnown cleans the checks and returns those that are not in the log yet, and the
// versions that the log has of each. A version that is in the log with other content
// is a conflict.
func (w *tx) splitKnown(ctx context.Context, checks []ward.Check) (fresh []*ward.Check, before map[string][]ward.Check, err error) {
	before = make(map[string][]ward.Check, len(checks))
	for i := range checks {
		c := &checks[i]
		anyAuthor := c.Recorded.By == "" && c.Version == 1
		c.Recorded = w.signed(c.Recorded)
		c.Clean()
		if c.PatientID != checks[0].PatientID {
			return nil, nil, ward.Invalid("patient_id", "checks of several patients cannot be saved as one act")
		}
		if _, twice := before[c.ID]; twice {
			return nil, nil, ward.Invalid("check_id", "twice in one act")
		}
		versions, err := w.reader().versionsOf(ctx, c.ID)
		if err != nil {
			return nil, nil, err
		}
		before[c.ID] = versions
		if c.Version < 1 || c.Version > len(versions) {
			fresh = append(fresh, c)
			continue
		}
		if err := sameVersion(c, &versions[c.Version-1], anyAuthor); err != nil {
			return nil, nil, err
		}
	}
	return fresh, before, nil
}

// sameVersion returns a conflict unless c has the content of the version that is in the
// log. anyAuthor accepts another author, because two people may save one draft; a
// correction or a withdrawal is the act of one person.
func sameVersion(c, there *ward.Check, anyAuthor bool) error {
	same := *c
	if anyAuthor {
		same.Recorded.By = there.Recorded.By
	}
	if !there.Same(&same) {
		return changedMeanwhile()
	}
	return nil
}

// historyFor returns the history that recording the checks needs: the recent part for
// one new check that is the patient's last, else the whole.
func (w *tx) historyFor(ctx context.Context, checks []*ward.Check) (ward.History, error) {
	c := checks[0]
	if partFor(len(checks), c) == savingPart {
		h, err := w.reader().history(ctx, c.PatientID, savingPart)
		if last := h.Last(); err != nil || last == nil || c.Compare(last) > 0 {
			return h, err
		}
		all := func(ctx context.Context, in reader) { in.askHistories(ctx, linked(c.PatientID), wholePart) }
		if err := w.ahead(ctx, all); err != nil {
			return ward.History{}, err
		}
	}
	return w.reader().history(ctx, c.PatientID, wholePart)
}

// partFor returns the part of the history to read first for saving checks.
func partFor(count int, first *ward.Check) part {
	if count == 1 && first.Version == 1 {
		return savingPart
	}
	return wholePart
}

// validateCheck returns an error if a version of a check cannot be recorded. before are
// the versions in the log.
func (w *tx) validateCheck(ctx context.Context, c *ward.Check, before []ward.Check, h *ward.History) error {
	c.StayID, c.Because, c.Superseded = 0, "", false
	if stay := ward.StayAt(h.Stays, c.PerformedAt); stay != nil {
		c.StayID = stay.ID
	}
	var last *ward.Check
	if len(before) > 0 {
		last = &before[len(before)-1]
	}
	problems := c.Problems(h.Stays, w.sig.At)
	if len(h.Stays) == 0 { // all were withdrawn
		problems = append(problems, ward.Invalid("performed_at", "is outside the patient's stays"))
	}
	if last != nil && last.PerformedAt.Equal(c.PerformedAt) {
		// The time is in the record already: it may look wrong now because the clock was
		// set back since.
		problems = slices.DeleteFunc(problems, func(e *ward.Error) bool { return e.Field == "performed_at" || e.Field == "recorded_at" })
	}
	if err := firstOf(problems); err != nil {
		return err
	}
	if err := follows(c, last); err != nil {
		return err
	}
	return w.mayAttribute(ctx, c, last, h)
}

// follows returns an error if a version cannot follow the last one, which is nil for a
// new check.
func follows(c, last *ward.Check) error {
	switch {
	case last == nil && c.Version != 1, last != nil && c.Version != last.Version+1:
		return ward.Conflict(fmt.Sprintf("version %d of this check is not there, so version %d cannot follow it", c.Version-1, c.Version))
	case last != nil && last.PatientID != c.PatientID:
		return ward.Conflict("this check belongs to another patient")
	case last != nil && last.Status == ward.Withdrawn:
		return ward.Conflict("this check was withdrawn; record a new one")
	}
	return nil
}

// mayAttribute checks that the author may name, change or lift the other causes that
// differ from those of the version before it. A cause that a clinician named ahead is
// carried by checks of every author. h is the patient's history around the check.
func (w *tx) mayAttribute(ctx context.Context, c, last *ward.Check, h *ward.History) error {
	var was icans.Domains
	wasNote := ""
	if last != nil {
		was, wasNote = last.Findings.OtherCause, last.CauseNote
	}
	if c.Findings.OtherCause == was && c.CauseNote == wasNote || c.Status == ward.Withdrawn {
		return nil
	}
	if ahead, _ := h.NamedAhead(c); c.Findings.OtherCause != 0 && ahead.Has(c.Findings.OtherCause) {
		return nil
	}
	return w.may(ctx, ward.MayDecide)
}

// savedOf returns the saved checks in the order of the request.
func (w *tx) savedOf(ctx context.Context, checks []ward.Check, before map[string][]ward.Check, h *ward.History, out *ward.Outcome) ([]Saved, error) {
	var list []Saved
	for i := range checks {
		c, versions := &checks[i], before[checks[i].ID]
		at := slices.IndexFunc(out.Checks, func(o ward.Check) bool { return o.ID == c.ID && o.Version == c.Version })
		if at < 0 {
			known, err := w.reader().savedBefore(ctx, checks[i:i+1])
			if err != nil {
				return nil, err
			}
			list = append(list, known...)
			continue
		}
		s := Saved{Check: out.Checks[at], Reevaluated: out.Reevaluated}
		for _, e := range out.Events {
			if e.CheckID == c.ID {
				s.Event = e.Event
				f := h.FollowUps[e.Index]
				s.FollowUp = &f
			}
		}
		rose := len(versions) == 0 || s.Check.Result.Flag > versions[len(versions)-1].Result.Flag
		s.Old = s.Event == "" && rose && s.Check.Result.Flag.Flagged()
		list = append(list, s)
	}
	return list, nil
}

// savedBefore returns the versions of checks that earlier acts saved, with the
// consequences that they had then; the follow-ups are as they are now.
func (in reader) savedBefore(ctx context.Context, checks []ward.Check) ([]Saved, error) {
	var list []Saved
	for i := range checks {
		versions, err := in.versionsOf(ctx, ward.CleanLine(checks[i].ID))
		if err != nil {
			return nil, err
		}
		n := checks[i].Version
		if n < 1 || n > len(versions) {
			return nil, ward.NotFound("there is no such check")
		}
		s := Saved{Check: versions[n-1]}
		if err := in.consequences(ctx, &s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// consequences adds to a saved check those that the log has of it.
func (in reader) consequences(ctx context.Context, s *Saved) error {
	_, ids, err := in.group(ctx, s.Check.PatientID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		followUps, err := in.followUpsOf(ctx, id)
		if err != nil {
			return err
		}
		for i := range followUps {
			for _, j := range followUps[i].Joined {
				if j.CheckID == s.Check.ID && j.At.Equal(s.Check.Recorded.At) {
					s.Event, s.FollowUp = j.Event, &followUps[i]
				}
			}
		}
		changed, err := records(ctx, in, reevaluationTable, decodeReevaluation, `WHERE r.patient_id = $1 AND r.because = $2 ORDER BY r.seq`, id, s.Check.ID)
		if err != nil {
			return err
		}
		for _, r := range changed {
			versions, err := in.versionsOf(ctx, r.id)
			if err != nil || r.version > len(versions) {
				return err
			}
			c := versions[r.version-1]
			c.Result.Flag, c.Result.Reasons, c.Because = r.flag, r.reasons, r.because
			s.Reevaluated = append(s.Reevaluated, ward.Reevaluation{Check: c, Because: r.because})
		}
	}
	s.Old = s.Event == "" && s.Check.Result.Flag.Flagged() && s.Check.Recorded.At.Sub(s.Check.PerformedAt) > 24*time.Hour
	return nil
}
