package faults

import (
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// The clock is set back by an hour in the middle of a shift: what was recorded
// before lies in the future then, and the work goes on all the same.
func TestTheClockIsSetBack(t *testing.T) {
	path := newLog(t)
	s := opened(t, path)
	ctx := t.Context()
	before, now := nurse(0), nurse(-time.Hour+time.Minute)
	p := must(s.Admit(ctx, before, ward.Patient{
		MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14},
		Tool: icans.ICE, AdmittedAt: before.At,
	}))(t)
	first := must(s.SaveCheck(ctx, before, checkOf(p, "first", 8, 0)))(t)
	slip := must(s.SaveCheck(ctx, before, checkOf(p, "slip", 8, 0)))(t)
	followUps := ward.Open(must(s.Chart(ctx, p.ID))(t).FollowUps)
	if len(followUps) != 2 {
		t.Fatalf("%d follow-ups", len(followUps))
	}

	// The next check, though the last one and the admission lie in the future.
	next := checkOf(p, "next", 4, 0)
	next.PerformedAt = now.At
	must(s.SaveCheck(ctx, now, next))(t)
	// A correction and a withdrawal of what lies in the future.
	must(s.SaveCheck(ctx, now, corrected(first, 9)))(t)
	slip.Version++
	slip.Status, slip.Reason, slip.Recorded = ward.Withdrawn, "wrong_patient", ward.Signature{}
	must(s.SaveCheck(ctx, now, slip))(t)
	// A follow-up that was opened in the future, another bed, a draft.
	ok(t, s.Acknowledge(ctx, now, followUps[0].ID))
	ok(t, s.CloseFollowUp(ctx, clinician(-time.Hour+time.Minute), followUps[0].ID, "resolved", "looked at"))
	p.Bed = "12A"
	must(s.Edit(ctx, now, p))(t)
	for revision := range int64(2) {
		ok(t, s.KeepDraft(ctx, store.Draft{PatientID: p.ID, Author: "Sam Lee", CheckID: "draft", Revision: revision + 1, Content: "half-filled"}))
	}

	// What is a slip of the hand is refused as ever.
	for at, says := range map[time.Time]string{
		now.At.Add(time.Minute):     "lies in the future",
		now.At.Add(-24 * time.Hour): "lies before the patient's admission",
	} {
		c := checkOf(p, "a slip of the hand", 10, 0)
		c.PerformedAt = at
		_, err := s.SaveCheck(ctx, now, c)
		refused(t, err, ward.KindInvalid, says)
	}

	// The record is in the order in which it was made.
	var ids []string
	ok(t, s.EachCheck(ctx, store.Selection{}, func(_ *ward.Patient, c *ward.Check) error {
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

	// The board is there, and a check is due when it is.
	site := ward.DefaultSite()
	for _, standing := range must(s.Board(ctx, now.At.Add(-time.Hour)))(t) {
		if plan := standing.Plan(&site, time.UTC); plan.Due.IsZero() {
			t.Errorf("nothing is due: %+v", plan)
		}
	}
}
