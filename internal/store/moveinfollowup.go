package store

import (
	"context"
	"fmt"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

func (m *moveIn) recordFollowUps(ctx context.Context, t *Tables) error {
	about := func(row *ward.FollowUpRow) (mrn string, number int64, open bool) {
		return row.MRN, row.Number, row.Event != ward.FollowUpClosed
	}
	err := eachPlaced(m, t.FollowUps, about, func(r *placedRow[ward.FollowUpRow], places *placed) error { return m.recordFollowUp(ctx, r, places) })
	if err != nil {
		return err
	}
	m.done.FollowUps = len(m.followUps)
	return nil
}

// recordFollowUp records an event of a follow-up.
func (m *moveIn) recordFollowUp(ctx context.Context, r *placedRow[ward.FollowUpRow], places *placed) error {
	row := &r.row
	if !m.signedWell(row.Signature, "by", "at") {
		return nil
	}
	opens := row.Event == ward.FollowUpAct(ward.JoinOpened)
	switch known := row.Number <= int64(len(m.followUps)); {
	case opens && row.Number != int64(len(m.followUps)+1):
		return m.refuseCell("follow_up_id", fmt.Sprintf("the next new follow-up is %d", len(m.followUps)+1))
	case !opens && !known:
		return m.refuseCell("follow_up_id", "no earlier row opens the follow-up")
	case opens:
		id := places.place(row.Number, m.patients.one[r.survivor])
		if id == 0 {
			return m.refuseCell("follow_up_id", "the patient has another follow-up open")
		}
		m.followUps = append(m.followUps, ward.FollowUp{PatientID: id, Opened: row.Signature})
	}
	f := &m.followUps[row.Number-1]
	switch {
	case m.patients.survivor[f.PatientID] != r.survivor:
		return m.refuseCell("mrn", "the follow-up is of another patient in an earlier row")
	case !f.IsOpen():
		return m.refuseCell("event", "the follow-up was closed")
	case row.Event.Joins() != (row.CheckID != ""):
		return m.refuseCell("check_id", "a check opens, joins or raises a follow-up, and does nothing else")
	}
	if row.Event.Joins() {
		return m.recordJoined(ctx, row, f)
	}
	return m.refuseOrFail("event", m.recordAct(ctx, row, f))
}

// recordAct records what a person did with a follow-up.
func (m *moveIn) recordAct(ctx context.Context, row *ward.FollowUpRow, f *ward.FollowUp) error {
	sig := row.Signature
	switch row.Event {
	case ward.FollowUpAcknowledged:
		f.Acked = sig
		return m.putFollowUpEvent(ctx, f, followUpAcknowledged, "", "", nil, sig)
	case ward.FollowUpNoted:
		if err := f.ValidateNote(row.Note); err != nil {
			return err
		}
		return m.putFollowUpEvent(ctx, f, followUpNoted, "", row.Note, nil, sig)
	case ward.FollowUpTicked, ward.FollowUpUnticked:
		if row.Item == "" {
			return ward.Invalid("item", "missing")
		}
		return m.putTick(ctx, f, row.Item, row.Event == ward.FollowUpTicked, sig)
	}
	if err := m.needs(ctx, ward.MayDecide); err != nil {
		return err
	}
	if err := f.ValidateClosing(row.Outcome, row.Note); err != nil {
		return err
	}
	f.Closed = sig
	if err := m.putFollowUpEvent(ctx, f, followUpClosed, row.Outcome, row.Note, boolInt(row.Item == ward.AskedAgain), sig); err != nil {
		return err
	}
	return m.dropFollowUpOpen(ctx, f.ID)
}

// recordJoined records a check that opened, joined or raised a follow-up. It refuses a level
// or a peak that the checks do not give.
func (m *moveIn) recordJoined(ctx context.Context, row *ward.FollowUpRow, f *ward.FollowUp) error {
	check := m.checks[row.CheckID]
	if check == nil {
		return m.refuseCell("check_id", "checks.csv has no such check")
	}
	settled := !m.unsettled[m.patients.survivor[f.PatientID]] && !m.unsettled[check.survivor]
	version, peak, level := joinedVersion(check, row, f, settled)
	switch {
	case !peak:
		return m.refuseCell("peak", "the findings of the checks give another one")
	case !level:
		return m.refuseCell("level", "the findings of the checks give another one")
	}
	flag := row.Level
	if row.Level == f.Level && version.flag.Flagged() {
		flag = min(row.Level, version.flag)
	}
	joined := ward.Joined{
		CheckID: row.CheckID, Event: ward.JoinEvent(row.Event), Flag: flag, Floor: version.floor, PerformedAt: version.performed, At: row.At,
	}
	h := ward.History{Patient: ward.Patient{ID: f.PatientID}, FollowUps: []ward.FollowUp{*f}}
	if err := m.putJoined(ctx, &h, &ward.FollowUpEvent{Joined: joined, By: row.By}, row.Level, row.Peak); err != nil {
		return err
	}
	*f = h.FollowUps[0]
	f.Join(joined)
	return nil
}

// joinedVersion returns the version of a check that joined a follow-up: of those that give
// the level and the peak after it, the newest that was recorded by then. peak and level
// report whether there is one.
//
// The peak follows from the findings. The level follows from the flag, which a later record
// may have changed, unless the record of the patient is settled.
func joinedVersion(check *movedCheck, row *ward.FollowUpRow, f *ward.FollowUp, settled bool) (version movedVersion, peak, level bool) {
	for _, v := range check.versions {
		fits := max(f.Peak, v.floor) == row.Peak
		worst := max(f.Level, v.least, icans.FlagGrade1) <= row.Level
		if settled {
			worst = max(f.Level, v.flag) == row.Level
		}
		if peak = peak || fits; !fits || !worst {
			continue
		}
		if !level || !v.recorded.After(row.At) {
			version = v
		}
		level = true
	}
	return version, peak, level
}
