package store

import (
	"slices"
	"time"

	"neurocheck/internal/ward"
)

// Begin records a stay of a patient, which may have ended.
func (a *FeedAct) Begin(patient int64, stay ward.Stay) error {
	if _, err := a.patient(patient); err != nil {
		return err
	}
	stay.Clean()
	stay.ID, stay.PatientID, stay.Version, stay.Status = 0, patient, 1, ward.Recorded
	stay.Reason, stay.EndUnconfirmed, stay.Recorded, stay.Began = "", false, a.tx.sig, ward.Signature{}
	if err := a.mayEnd(&stay); err != nil {
		return err
	}
	if err := firstOf(stay.Problems(a.tx.sig.At)); err != nil {
		return err
	}
	a.moved[patient] = true
	return a.tx.putStay(a.ctx, &stay)
}

// mayEnd checks that the feed may end a stay so, and sets whether the end waits for a
// person.
func (a *FeedAct) mayEnd(stay *ward.Stay) error {
	if stay.DischargedAt.IsZero() {
		return nil
	}
	if stay.Discharge == ward.DiedICANS {
		if err := a.tx.may(a.ctx, ward.MayDecide); err != nil {
			return err
		}
	}
	h, err := a.tx.reader().history(a.ctx, stay.PatientID, recentPart)
	if err != nil {
		return err
	}
	later := slices.ContainsFunc(h.Stays, func(o ward.Stay) bool { return o.ID != stay.ID && !o.AdmittedAt.Before(stay.AdmittedAt) })
	stay.EndUnconfirmed = !later && hasOpenWork(&h)
	return nil
}

// stay returns the stay of a patient that is was: by its ID, or if that is 0 by the visit
// and the times.
func (a *FeedAct) stay(patient int64, was *ward.Stay) (ward.Stay, error) {
	if err := a.tx.may(a.ctx, ward.MayMovePatient); err != nil {
		return ward.Stay{}, err
	}
	stays, err := a.tx.reader().staysOf(a.ctx, patient)
	if err != nil {
		return ward.Stay{}, err
	}
	if at := indexOfStay(stays, was); at >= 0 {
		return stays[at], nil
	}
	return ward.Stay{}, ward.Conflict("the stay of the message is not in the log as the messages before it left it")
}

// indexOfStay returns the index of the stay that is was, or -1.
func indexOfStay(stays []ward.Stay, was *ward.Stay) int {
	return slices.IndexFunc(stays, func(s ward.Stay) bool {
		if was.ID != 0 {
			return s.ID == was.ID
		}
		return ward.FoldLine(s.Visit) == ward.FoldLine(was.Visit) && s.AdmittedAt.Equal(was.AdmittedAt) && s.DischargedAt.Equal(was.DischargedAt)
	})
}

// EditStay records the fields in which after differs from was: visit, bed, clinician and
// admission.
func (a *FeedAct) EditStay(patient int64, was, after *ward.Stay) error {
	stay, err := a.stay(patient, was)
	if err != nil {
		return err
	}
	next := stay
	for _, text := range []struct {
		before, after string
		to            *string
	}{
		{was.Visit, after.Visit, &next.Visit}, {was.Bed, after.Bed, &next.Bed}, {was.Clinician, after.Clinician, &next.Clinician},
	} {
		if text.before != text.after {
			*text.to = text.after
		}
	}
	if !was.AdmittedAt.Equal(after.AdmittedAt) {
		next.AdmittedAt, next.AdmissionInferred = ward.Moment(after.AdmittedAt), false
		if err := a.tx.mayBeginThen(a.ctx, &next); err != nil {
			return err
		}
	}
	return a.change(&stay, &next)
}

// change records the next version of a stay, unless it is the same.
func (a *FeedAct) change(stay, next *ward.Stay) error {
	next.Clean()
	// Seconds count, which no screen shows: later messages find the stay by its times.
	moved := !next.AdmittedAt.Equal(stay.AdmittedAt) || !next.DischargedAt.Equal(stay.DischargedAt)
	if !moved && len(next.ChangesFrom(stay, time.UTC)) == 0 && next.EndUnconfirmed == stay.EndUnconfirmed {
		return nil
	}
	if moved {
		a.moved[stay.PatientID] = true
	}
	next.Reason = ""
	return a.tx.changeStay(a.ctx, next)
}

// End ends a stay, or moves its end. A patient with open work stays on the board until a
// person confirms the end.
func (a *FeedAct) End(patient int64, was *ward.Stay, at time.Time, how string) error {
	stay, err := a.stay(patient, was)
	if err != nil {
		return err
	}
	next := stay
	next.DischargedAt, next.Discharge, next.EndInferred = ward.Moment(at), how, false
	if err := a.mayEnd(&next); err != nil {
		return err
	}
	if !stay.DischargedAt.IsZero() {
		next.EndUnconfirmed = stay.EndUnconfirmed // a person may have confirmed that the patient left
	}
	return a.change(&stay, &next)
}

// Undo takes the end of a stay back.
func (a *FeedAct) Undo(patient int64, was *ward.Stay) error {
	stay, err := a.stay(patient, was)
	if err != nil {
		return err
	}
	next := stay
	next.DischargedAt, next.Discharge, next.EndInferred, next.EndUnconfirmed = time.Time{}, "", false, false
	return a.change(&stay, &next)
}

// Withdraw withdraws a stay in which nothing is recorded.
func (a *FeedAct) Withdraw(patient int64, was *ward.Stay) error {
	stay, err := a.stay(patient, was)
	if err != nil {
		return err
	}
	stay.Reason = ""
	a.moved[stay.PatientID] = true
	return a.tx.withdrawStay(a.ctx, &stay)
}

// Restore lets a withdrawn stay count again, as after has it.
func (a *FeedAct) Restore(patient, id int64, after *ward.Stay) error {
	if _, err := a.patient(patient); err != nil {
		return err
	}
	_, ids, err := a.tx.reader().group(a.ctx, patient)
	if err != nil {
		return err
	}
	for _, one := range ids {
		versions, err := a.tx.reader().stayVersions(a.ctx, one)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(versions, func(v ward.Stay) bool { return v.ID == id })
		if at < 0 || versions[at].Status != ward.Withdrawn {
			continue
		}
		next := versions[at]
		next.Visit, next.Bed, next.Clinician, next.AdmittedAt = after.Visit, after.Bed, after.Clinician, after.AdmittedAt
		next.DischargedAt, next.Discharge, next.Reason = after.DischargedAt, after.Discharge, ""
		if err := a.mayEnd(&next); err != nil {
			return err
		}
		a.moved[one] = true
		return a.tx.changeStay(a.ctx, &next)
	}
	return ward.Conflict("the stay that was withdrawn is not in the log")
}

// Busy reports whether something that counts was recorded in a stay of a patient besides
// the stay.
func (a *FeedAct) Busy(patient int64, stay *ward.Stay) (bool, error) {
	chart, err := a.tx.reader().chart(a.ctx, patient)
	if err != nil {
		return false, err
	}
	at := indexOfStay(chart.Stays, stay)
	return at >= 0 && chart.UseOf(&chart.Stays[at]) != "", nil
}

// HasRecords reports whether anything is recorded about a patient besides identifiers and
// stays.
func (a *FeedAct) HasRecords(patient int64) (bool, error) {
	counts, err := patientCounts(a.ctx, a.tx.sql, alone(patient))
	if err != nil {
		return false, err
	}
	for _, table := range []string{checkTable, "report", "intervention", "schedule_order", "attribution", "follow_up"} {
		if counts[table] > 0 {
			return true, nil
		}
	}
	h, err := a.tx.reader().history(a.ctx, patient, recentPart)
	return len(h.Drafts) > 0, err
}
