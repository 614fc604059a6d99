package storetest

import (
	"slices"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func testSavingAFlaggedCheckOpensAFollowUpThatTheNextOneJoins(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	save := func(id string, points int, at time.Duration) store.Saved {
		t.Helper()
		saved, err := s.SaveCheck(t.Context(), nurse(at), ward.Check{ID: id, Version: 1, PatientID: p.ID, Status: ward.Recorded, PerformedAt: after(at), Findings: iceOf(points)})
		ok(t, err)
		return saved
	}
	save("a", 10, -9*time.Hour)
	opened := save("b", 8, -8*time.Hour)
	if opened.Event != ward.JoinOpened || opened.FollowUp == nil || opened.FollowUp.ID == 0 {
		t.Fatalf("the first flagged check: %+v", opened)
	}
	ok(t, s.Acknowledge(t.Context(), nurse(-7*time.Hour-30*time.Minute), opened.FollowUp.ID))
	if joined := save("c", 8, -7*time.Hour); joined.Event != ward.JoinJoined {
		t.Errorf("a check as bad: %q", joined.Event)
	}
	if raised := save("d", 4, -6*time.Hour); raised.Event != ward.JoinRaised {
		t.Errorf("a worse check: %q", raised.Event)
	}
	board, err := s.Board(t.Context())
	ok(t, err)
	site := ward.DefaultSite()
	state := ward.Watch(&board[0], &site, after(-6*time.Hour+time.Minute))
	if state.FollowUp == nil || state.FollowUp.Checks() != 3 || state.FollowUp.Acked.Done() || state.Alert != ward.AlertUrgent || state.Next.Why != ward.WhyBurst {
		t.Errorf("state: %+v, follow-up %+v", state, state.FollowUp)
	}
	Whole(t, s)
}

func testALateEntryChangesLaterFlags(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	for i, points := range []int{9, 9} {
		_, err := s.SaveCheck(t.Context(), nurse(time.Duration(i-8)*time.Hour), ward.Check{ID: string(rune('a' + i)), Version: 1, PatientID: p.ID, Status: ward.Recorded, PerformedAt: after(time.Duration(i-8) * time.Hour), Findings: iceOf(points)})
		ok(t, err)
	}
	late, err := s.SaveCheck(t.Context(), nurse(0), ward.Check{ID: "late", Version: 1, PatientID: p.ID, Status: ward.Recorded, PerformedAt: after(-9 * time.Hour), Findings: iceOf(10)})
	ok(t, err)
	if !slices.ContainsFunc(late.Reevaluated, func(r ward.Reevaluation) bool { return r.Check.ID == "a" && r.Because == "late" }) {
		t.Errorf("reevaluated: %+v", late.Reevaluated)
	}
	Whole(t, s)
}
