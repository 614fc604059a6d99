package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

func TestWhatWasSavedComesBack(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	c := checkOf(p, "a", 8, 0)
	c.PerformedAt = time.Date(2026, 6, 10, 8, 0, 0, 123_456_789, time.FixedZone("", -(3*60+30)*60))
	c.Findings.OtherCause = icans.DomainSeizure | icans.DomainICP
	c.Findings.ICP = icans.FocalEdema | icans.CushingTriad
	c.Findings.Observed[icans.Speech] = 0 // not assessed
	c.Findings.ICE[icans.ICEWriting] = 0
	c.Note = "two\nlines, 山田 לוי"
	saved := must(s.SaveCheck(t.Context(), clinician(24*time.Hour), c))(t)
	chart := must(s.Chart(t.Context(), p.ID))(t)
	if diff := cmp.Diff(saved, chart.Checks[0]); diff != "" {
		t.Errorf("what SaveCheck returned and what is there differ:\n%s", diff)
	}
	got := chart.Checks[0]
	if got.PerformedAt.Format(time.RFC3339Nano) != "2026-06-10T08:00:00.123-03:30" {
		t.Errorf("performed at %s", got.PerformedAt.Format(time.RFC3339Nano))
	}
	if got.Recorded.At.Format(time.RFC3339Nano) != "2026-06-11T08:00:00+01:00" || got.Recorded.By != "Dr Ana Reis" || !got.Late() {
		t.Errorf("recorded %v", got.Recorded)
	}
	if got.Findings != c.Findings || got.Note != c.Note {
		t.Errorf("the findings or the note are not what was saved: %+v", got)
	}
	if diff := cmp.Diff(must(s.PatientByMRN(t.Context(), p.MRN))(t), p); diff != "" {
		t.Errorf("the patient:\n%s", diff)
	}
}

// NULL is not assessed, and 0 is the number 0.
func TestNotAssessedIsNeverZero(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	empty := checkOf(p, "empty", 10, 0)
	empty.Findings = icans.Findings{Tool: icans.ICE}
	save(t, s, empty)
	zero := checkOf(p, "zero", 0, time.Hour)
	save(t, s, zero)
	for _, f := range icans.Fields() {
		if f.Group == icans.GroupTool {
			continue
		}
		if n := number(t, s.reader, "SELECT count(*) FROM neuro_check WHERE check_id = 'empty' AND "+f.Column+" IS NOT NULL"); n != 0 {
			t.Errorf("%s is there, though nobody assessed it", f.Column)
		}
		if f.Group == icans.GroupICE {
			if n := number(t, s.reader, "SELECT count(*) FROM neuro_check WHERE check_id = 'zero' AND "+f.Column+" = 0"); n != 1 {
				t.Errorf("%s was 0, and is not", f.Column)
			}
		}
	}
	for id, want := range map[string]icans.Points{"empty": 0, "zero": icans.Scored(0)} {
		chart := must(s.Chart(t.Context(), p.ID))(t)
		if got := chart.Versions(id)[0].Result.Score; got != want {
			t.Errorf("%s: score %d, not %d", id, got, want)
		}
	}
	without := ada()
	without.MRN, without.Baseline, without.InfusedAt, without.Bed = "1", 0, time.Time{}, ""
	must(s.Admit(t.Context(), nurse(0), without))(t)
	if n := number(t, s.reader, `SELECT count(*) FROM patient WHERE mrn = '1' AND baseline IS NULL AND infused_at IS NULL AND infused_offset IS NULL AND bed IS NULL AND discharged_at IS NULL`); n != 1 {
		t.Error("what is not known of a patient is not NULL")
	}
}

func TestACheckItsFollowUpAndItsDraftAreOneTransaction(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	ok(t, s.KeepDraft(t.Context(), Draft{PatientID: p.ID, Author: "Sam Lee", CheckID: "a", Revision: 1, Content: "half"}))
	before := records(t, s)
	// The last step of the save fails, after all the others.
	must(s.writer.ExecContext(t.Context(), `CREATE TRIGGER stop BEFORE DELETE ON draft BEGIN SELECT RAISE(ABORT, 'stopped'); END`))(t)
	if _, err := s.SaveCheck(t.Context(), nurse(time.Hour), checkOf(p, "a", 8, 0)); err == nil {
		t.Fatal("the save did not fail")
	}
	if records(t, s) != before || len(openOf(t, s, p.ID)) != 0 || len(must(s.Drafts(t.Context(), "Sam Lee"))(t)) != 1 {
		t.Error("half of the save is there")
	}
	must(s.writer.ExecContext(t.Context(), `DROP TRIGGER stop`))(t)
	save(t, s, checkOf(p, "a", 8, 0))
	if records(t, s) != before+2 || len(openOf(t, s, p.ID)) != 1 || len(must(s.Drafts(t.Context(), "Sam Lee"))(t)) != 0 {
		t.Error("not all of the save is there")
	}
	whole(t, s)
}

func TestACancelledSaveRecordsNothing(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	before := records(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.SaveCheck(ctx, nurse(time.Hour), checkOf(p, "a", 8, 0)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if records(t, s) != before {
		t.Error("something was recorded")
	}
	save(t, s, checkOf(p, "a", 8, 0))
}

func TestSavingTwiceSavesOnce(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	c := checkOf(p, "a", 8, 0)
	first := save(t, s, c)
	n := records(t, s)
	again := must(s.SaveCheck(t.Context(), nurse(9*time.Hour), c))(t)
	if diff := cmp.Diff(first, again); diff != "" || records(t, s) != n {
		t.Errorf("the second save recorded %d, and answered otherwise:\n%s", records(t, s)-n, diff)
	}
	second := must(s.SaveCheck(t.Context(), nurse(9*time.Hour), correction(first, 9)))(t)
	n = records(t, s)
	must(s.SaveCheck(t.Context(), nurse(10*time.Hour), correction(first, 9)))(t)
	if old := must(s.SaveCheck(t.Context(), nurse(10*time.Hour), c))(t); !old.Superseded || old.Version != 1 {
		t.Errorf("the first version, saved again, is answered with %+v", old)
	}
	if records(t, s) != n {
		t.Error("a version saved again was recorded again")
	}

	other := c
	other.Findings = iceOf(7)
	_, err := s.SaveCheck(t.Context(), nurse(10*time.Hour), other)
	refused(t, err, ward.KindConflict, "another version of this check was recorded first")
	_, err = s.SaveCheck(t.Context(), nurse(10*time.Hour), correction(first, 6))
	refused(t, err, ward.KindConflict, "another version of this check was recorded first")
	third := correction(second, 6)
	third.Version = 4
	_, err = s.SaveCheck(t.Context(), nurse(10*time.Hour), third)
	refused(t, err, ward.KindConflict, "version 3 of this check is not there")
	if records(t, s) != n {
		t.Error("something refused was recorded")
	}
	whole(t, s)
}

func TestVersions(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	other := ada()
	other.MRN = "0000001"
	q := must(s.Admit(t.Context(), nurse(0), other))(t)
	first := save(t, s, checkOf(p, "a", 10, 0))

	stolen := correction(first, 9)
	stolen.PatientID = q.ID
	_, err := s.SaveCheck(t.Context(), nurse(time.Hour), stolen)
	refused(t, err, ward.KindConflict, "belongs to another patient")
	for name, change := range map[string]func(*ward.Check){
		"status":        func(c *ward.Check) { c.Status = ward.Recorded },
		"reason":        func(c *ward.Check) { c.Reason = "" },
		"performed_at":  func(c *ward.Check) { c.PerformedAt = after(2 * time.Hour) },
		"ice_naming":    func(c *ward.Check) { c.Findings.ICE[icans.ICENaming] = 9 },
		"check_id":      func(c *ward.Check) { c.ID = "" },
		"consciousness": func(c *ward.Check) { c.Findings.Consciousness = 77 },
	} {
		bad := correction(first, 9)
		change(&bad)
		_, err := s.SaveCheck(t.Context(), nurse(time.Hour), bad)
		refused(t, err, ward.KindInvalid, name+": ")
	}
	unknown := checkOf(p, "b", 10, 0)
	unknown.PatientID = 999
	_, err = s.SaveCheck(t.Context(), nurse(time.Hour), unknown)
	refused(t, err, ward.KindNotFound, "no such patient")
	_, err = s.SaveCheck(t.Context(), ward.Signature{}, checkOf(p, "b", 10, 0))
	refused(t, err, ward.KindInvalid, "author")

	gone := must(s.SaveCheck(t.Context(), nurse(time.Hour), withdrawal(first)))(t)
	if gone.Result.Flag != icans.FlagNone {
		t.Error("a withdrawn check is flagged")
	}
	_, err = s.SaveCheck(t.Context(), nurse(2*time.Hour), correction(gone, 9))
	refused(t, err, ward.KindConflict, "was withdrawn; record a new one")
	chart := must(s.Chart(t.Context(), p.ID))(t)
	if len(chart.Versions("a")) != 2 || !chart.Versions("a")[1].Superseded || chart.Last() != nil || board(t, s)[0].Last != nil {
		t.Error("a withdrawn check stands, or its first version is gone")
	}
	whole(t, s)
}

func TestFollowUpsAndCorrections(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	a := save(t, s, checkOf(p, "a", 8, 0))
	if open := openOf(t, s, p.ID); len(open) != 1 || open[0].Level != icans.FlagGrade1 || open[0].CheckID != "a" {
		t.Fatalf("open: %+v", open)
	}
	worse := must(s.SaveCheck(t.Context(), nurse(time.Hour), correction(a, 4)))(t)
	if open := openOf(t, s, p.ID); len(open) != 2 || open[0].Level != icans.FlagUrgent {
		t.Fatalf("a correction that worsens the flag opened nothing more pressing: %+v", open)
	}
	if level := board(t, s)[0]; level.Level() != icans.FlagUrgent {
		t.Errorf("the board shows %v", level.Level())
	}
	better := must(s.SaveCheck(t.Context(), nurse(2*time.Hour), correction(worse, 10)))(t)
	if len(openOf(t, s, p.ID)) != 2 {
		t.Error("a correction that lifts the flag closed a follow-up, or opened one")
	}
	for _, f := range must(s.FollowUps(t.Context()))(t) {
		if !f.Lifted() || !f.LastNormal || f.Patient.ID != p.ID || f.Check.Version != 3 {
			t.Errorf("listed as %+v", f)
		}
	}
	again := must(s.SaveCheck(t.Context(), nurse(3*time.Hour), correction(better, 8)))(t)
	if len(openOf(t, s, p.ID)) != 2 {
		t.Error("another follow-up was opened beside one as pressing")
	}
	for _, f := range openOf(t, s, p.ID) {
		ok(t, s.Acknowledge(t.Context(), nurse(4*time.Hour), f.ID))
		ok(t, s.CloseFollowUp(t.Context(), clinician(5*time.Hour), f.ID, "resolved", "well"))
	}
	must(s.SaveCheck(t.Context(), nurse(6*time.Hour), correction(again, 9)))(t)
	if len(openOf(t, s, p.ID)) != 0 {
		t.Error("a correction that changes no flag opened a follow-up")
	}
	whole(t, s)
}

func TestFollowUpsAreAcknowledgedAndClosedOnce(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	save(t, s, checkOf(p, "a", 8, 0))
	id := openOf(t, s, p.ID)[0].ID
	refused(t, s.CloseFollowUp(t.Context(), clinician(time.Hour), id, "resolved", "x"), ward.KindConflict, "acknowledge the follow-up first")
	ok(t, s.Acknowledge(t.Context(), nurse(time.Hour), id))
	refused(t, s.Acknowledge(t.Context(), clinician(time.Hour), id), ward.KindConflict, "was acknowledged by Sam Lee")
	refused(t, s.CloseFollowUp(t.Context(), nurse(time.Hour), id, ward.ConfirmedICANS, "x"), ward.KindInvalid, "by a clinician")
	refused(t, s.CloseFollowUp(t.Context(), clinician(time.Hour), id, "cured", "x"), ward.KindInvalid, "outcome")
	refused(t, s.CloseFollowUp(t.Context(), clinician(time.Hour), id, "resolved", ""), ward.KindInvalid, "note")
	refused(t, s.CloseFollowUp(t.Context(), ward.Sign("Nobody", after(time.Hour)), id, "resolved", "x"), ward.KindNotFound, "nobody of that name")
	refused(t, s.Acknowledge(t.Context(), nurse(time.Hour), 999), ward.KindNotFound, "no such follow-up")
	ok(t, s.CloseFollowUp(t.Context(), clinician(2*time.Hour), id, ward.ConfirmedICANS, "grade 1"))
	refused(t, s.CloseFollowUp(t.Context(), clinician(2*time.Hour), id, "resolved", "x"), ward.KindConflict, "closed already")
	chart := must(s.Chart(t.Context(), p.ID))(t)
	f := chart.FollowUps[0]
	if f.IsOpen() || f.Acked.By != "Sam Lee" || f.Closed.By != "Dr Ana Reis" || f.Outcome != ward.ConfirmedICANS || f.Note != "grade 1" || !f.Closed.At.Equal(after(2*time.Hour)) {
		t.Errorf("closed as %+v", f)
	}
	if len(must(s.FollowUps(t.Context()))(t)) != 0 || len(board(t, s)[0].Open) != 0 {
		t.Error("it is still listed as open")
	}
	whole(t, s)
}
