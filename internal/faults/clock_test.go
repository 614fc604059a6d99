package faults

import (
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// The clock is set back by an hour in the middle of a shift: the earlier records are
// in the future then, and the work goes on.
func TestTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	path := newLog(t)
	s := opened(t, path)
	ctx := t.Context()
	before, now := nurse(0), nurse(-time.Hour+time.Minute)
	p, stay, err := s.Admit(ctx, before, ward.Patient{
		MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, Tool: icans.ICE,
	}, ward.Stay{Bed: "11B", AdmittedAt: before.At})
	ok(t, err)
	first := must(s.SaveCheck(ctx, before, checkOf(p, "first", 8, 0)))(t)
	slip := must(s.SaveCheck(ctx, before, checkOf(p, "slip", 8, 0)))(t).Check
	if first.Event != ward.JoinOpened {
		t.Fatalf("the first check: %+v", first)
	}
	followUp := first.FollowUp.ID

	// The next check, although the last one and the admission are in the future.
	next := checkOf(p, "next", 4, 0)
	next.PerformedAt = now.At
	must(s.SaveCheck(ctx, now, next))(t)
	// A correction and a withdrawal of checks in the future.
	must(s.SaveCheck(ctx, now, corrected(first.Check, 9)))(t)
	slip.Version++
	slip.Status, slip.Reason, slip.Recorded = ward.Withdrawn, "entered_in_error", ward.Signature{}
	must(s.SaveCheck(ctx, now, slip))(t)
	// A follow-up that was opened in the future, another bed, a draft.
	ok(t, s.Acknowledge(ctx, now, followUp))
	ok(t, s.CloseFollowUp(ctx, clinician(-time.Hour+time.Minute), followUp, "resolved", "looked at", true))
	stay.Bed = "12A"
	must(s.EditStay(ctx, now, stay))(t)
	for revision := range int64(2) {
		ok(t, s.KeepDraft(ctx, store.Draft{PatientID: p.ID, Author: "Sam Lee", CheckID: "draft", Revision: revision + 1, Since: now.At, Content: "half-filled"}))
	}

	// A slip of the hand is refused as before.
	for at, says := range map[time.Time]string{
		now.At.Add(time.Minute):     "is in the future",
		now.At.Add(-24 * time.Hour): "is before the patient's admission",
	} {
		c := checkOf(p, "a slip of the hand", 10, 0)
		c.PerformedAt = at
		_, err := s.SaveCheck(ctx, now, c)
		refused(t, err, ward.KindInvalid, says)
	}

	// The record is in the order in which it was made.
	var ids []string
	ok(t, s.EachCheck(ctx, store.Selection{}, func(_ *ward.Patient, _ *ward.Stay, c *ward.Check) error {
		ids = append(ids, c.ID)
		return nil
	}))
	want := []string{"first", "slip", "next", "first", "slip"}
	if len(ids) != len(want) {
		t.Fatalf("the record holds %q", ids)
	}
	for i := range want {
		if ids[i] != want[i] {
			t.Errorf("the record holds %q, not %q", ids, want)
			break
		}
	}
	whole(t, s)

	// The patient is on the board in the new bed, and a check is due.
	board := must(s.Board(ctx))(t)
	if len(board) != 1 {
		t.Fatalf("%d patients are on the board", len(board))
	}
	site := ward.DefaultSite()
	if state := ward.Watch(&board[0], &site, now.At); state.Next.Due.IsZero() || state.Stay.Bed != "12A" {
		t.Errorf("bed %s, next %+v", state.Stay.Bed, state.Next)
	}
}
