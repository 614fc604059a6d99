package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func testLinkedPatientsAreReadAsOne(t *testing.T, l *logs) {
	s := l.opened(t)
	ctx := t.Context()
	a, b := Admit(t, s), Eva(t, s)
	Save(t, s, checkOf(a, "a1", 10, -3*time.Hour))
	Save(t, s, checkOf(b, "b1", 8, -2*time.Hour))
	Save(t, s, checkOf(a, "a2", 9, -time.Hour))
	before := [2]ward.History{HistoryOf(t, s, a.ID), HistoryOf(t, s, b.ID)}
	refused(t, s.Link(ctx, clinician(0), b.ID, a.ID, " "), ward.KindInvalid, "reason")
	refused(t, s.Link(ctx, clinician(0), b.ID, b.ID, "one"), ward.KindInvalid, "into")
	refused(t, s.Link(ctx, clinician(0), b.ID, 999, "one"), ward.KindNotFound, "no patient 999")
	refused(t, s.Unlink(ctx, clinician(0), b.ID, "two persons"), ward.KindNotFound, "not linked")
	ok(t, s.Link(ctx, clinician(0), b.ID, a.ID, "one person"))
	refused(t, s.Link(ctx, clinician(0), a.ID, b.ID, "a circle"), ward.KindInvalid, "one patient already")
	seq := LastSeq(t, s)
	ok(t, s.Link(ctx, clinician(0), b.ID, a.ID, "one person"))
	if LastSeq(t, s) != seq {
		t.Error("the same link again is recorded again")
	}

	for _, id := range []int64{a.ID, b.ID} {
		chart := ChartOf(t, s, id)
		if chart.Patient.ID != a.ID || len(chart.Checks) != 3 || len(chart.Stays) != 2 || len(chart.Links) != 1 || len(chart.FollowUps) != 2 {
			t.Errorf("the chart of both: %+v", chart.History)
		}
		if got := ids(t, s, store.Selection{PatientID: id}); len(got) != 3 {
			t.Errorf("a selection of %d has %v", id, got)
		}
		n := 0
		ok(t, s.EachAudit(ctx, store.AuditSelection{PatientID: id}, func(e *ward.AuditEntry) error {
			if e.PatientID == b.ID && e.Event == "check_recorded" {
				n++
			}
			return nil
		}))
		if n != 1 {
			t.Errorf("the audit trail of %d has %d checks of the other", id, n)
		}
	}
	if p := must(s.PatientByMRN(ctx, b.MRN))(t); p.ID != a.ID {
		t.Errorf("the MRN of the other leads to %d", p.ID)
	}
	other := "0099123"
	_, _, err := s.UpdatePatient(ctx, clinician(0), a.ID, store.PatientUpdate{MRN: &other})
	ok(t, err)
	if board := must(s.Board(ctx))(t); len(board) != 1 || board[0].Patient.ID != a.ID || !slices.Equal(board[0].FormerMRNs, []string{a.MRN, b.MRN}) {
		t.Errorf("%d on the board: %+v", len(board), board)
	}
	chart := ChartOf(t, s, a.ID)
	if r := chart.Current("b1").Result.Reasons; r&icans.ICEDrop2 == 0 {
		t.Errorf("the check of the other is not compared: %s", r.AppendCodes(nil))
	}
	Whole(t, s)

	ok(t, s.Unlink(ctx, clinician(time.Hour), b.ID, "two persons"))
	seq = LastSeq(t, s)
	ok(t, s.Unlink(ctx, clinician(time.Hour), b.ID, "two persons"))
	if LastSeq(t, s) != seq {
		t.Error("the same withdrawal again is recorded again")
	}
	for i, id := range []int64{a.ID, b.ID} {
		h := HistoryOf(t, s, id)
		if h.Patient.ID != id || len(h.Checks) != len(before[i].Checks) || h.Memory != before[i].Memory {
			t.Errorf("the chart of %d:\n%+v\n%+v", id, h, before[i])
		}
		for k := range h.Checks {
			if h.Checks[k].Result != before[i].Checks[k].Result {
				t.Errorf("%s has %+v, not %+v", h.Checks[k].ID, h.Checks[k].Result, before[i].Checks[k].Result)
			}
		}
	}
	Whole(t, s)
}

// Of two follow-ups that a link brings together the more urgent one counts, and both
// stay open until they are closed.
func testLinkOfTwoOpenFollowUps(t *testing.T, l *logs) {
	s := l.opened(t)
	a, b := Admit(t, s), Eva(t, s)
	urgent := Save(t, s, checkOf(b, "b", 2, -2*time.Hour)).FollowUp.ID
	Save(t, s, checkOf(a, "a", 8, -time.Hour))
	ok(t, s.Link(t.Context(), clinician(0), b.ID, a.ID, "one person"))
	site := ward.DefaultSite()
	h, _ := boardOf(t, s, a.ID)
	if state := ward.Watch(h, &site, after(0)); state.FollowUp.ID != urgent || state.Alert != ward.AlertUrgent {
		t.Errorf("%+v", state.FollowUp)
	}
	if saved := Save(t, s, checkOf(a, "c", 8, time.Hour)); saved.FollowUp.ID != urgent {
		t.Errorf("the next check joins %+v", saved.FollowUp)
	}
	ok(t, s.Acknowledge(t.Context(), nurse(2*time.Hour), urgent))
	ok(t, s.CloseFollowUp(t.Context(), clinician(2*time.Hour), urgent, ward.ConfirmedICANS, "x", false))
	h, _ = boardOf(t, s, a.ID)
	if f := h.Open(); f == nil || f.Level != icans.FlagGrade1 {
		t.Errorf("%+v", f)
	}
	Whole(t, s)
}

// A flagged check that joined the follow-up of the patient that it was linked into opens
// one of its own when the link is undone.
func testUnlinkLeavesNoFlagWithoutAFollowUp(t *testing.T, l *logs) {
	s := l.opened(t)
	a, b := Admit(t, s), Eva(t, s)
	Save(t, s, checkOf(a, "a", 8, -3*time.Hour))
	ok(t, s.Link(t.Context(), clinician(-2*time.Hour), b.ID, a.ID, "one person"))
	Save(t, s, checkOf(b, "b", 8, -time.Hour))
	if h := HistoryOf(t, s, a.ID); len(h.FollowUps) != 1 || h.FollowUps[0].Checks() != 2 {
		t.Fatalf("%+v", h.FollowUps)
	}
	ok(t, s.Unlink(t.Context(), clinician(0), b.ID, "two persons"))
	if h := HistoryOf(t, s, b.ID); h.Open() == nil || h.Open().Checks() != 1 || h.Open().PatientID != b.ID {
		t.Errorf("%+v", h.FollowUps)
	}
	if n := read[int64](t, l, s, `SELECT count(*) FROM reevaluation WHERE check_id = 'b' AND flag = (SELECT flag FROM neuro_check WHERE check_id = 'b') AND coalesce(flag_reasons, '') = (SELECT coalesce(flag_reasons, '') FROM neuro_check WHERE check_id = 'b')`); n[0] != 0 {
		t.Errorf("%d reevaluations without a change", n)
	}
	Whole(t, s)
}

// Three patients, linked one into the other, come apart in any order.
func testAChainOfLinks(t *testing.T, l *logs) {
	s := l.opened(t)
	var list []ward.Patient
	for i := range 3 {
		p := AdmitAs(t, s, ward.Patient{MRN: fmt.Sprint(i), Name: "LIND, Eva", SecondID: "x", Tool: icans.ICE}, "1")
		Save(t, s, checkOf(p, fmt.Sprint("c", i), 9, time.Duration(-i)*time.Hour))
		list = append(list, p)
	}
	for times, order := range [][]int{{1, 2}, {2, 1}} {
		by := clinician(time.Duration(1+times) * time.Hour)
		ok(t, s.Link(t.Context(), by, list[2].ID, list[1].ID, "one"))
		ok(t, s.Link(t.Context(), by, list[1].ID, list[0].ID, "one"))
		refused(t, s.Link(t.Context(), by, list[2].ID, list[0].ID, "one"), ward.KindInvalid, "one patient already")
		if h := HistoryOf(t, s, list[2].ID); h.Patient.ID != list[0].ID || len(h.Checks) != 3 {
			t.Errorf("%+v", h)
		}
		for n, i := range order {
			ok(t, s.Unlink(t.Context(), by, list[i].ID, "two"))
			Whole(t, s)
			survivors := read[int64](t, l, s, `SELECT survivor_id FROM patient_now ORDER BY patient_id`)
			want := []int64{list[0].ID, list[1].ID, list[2].ID}
			if n == 0 && i == 1 {
				want[2] = list[1].ID
			}
			if n == 0 && i == 2 {
				want[1] = list[0].ID
			}
			if !slices.Equal(survivors, want) {
				t.Errorf("survivors %v, not %v", survivors, want)
			}
		}
	}
}

// A patient on the ward stays on the board if the other's stay, which began later, ended
// before the link: a second record that was made by mistake and discharged.
func testALinkLeavesThePatientOnTheWard(t *testing.T, l *logs) {
	s := l.opened(t)
	ctx := t.Context()
	a := Admit(t, s)
	b, _, err := s.Admit(ctx, nurse(-100*time.Hour), ward.Patient{MRN: "77", Name: "LIND, Eva", SecondID: "x", Tool: icans.ICE}, ward.Stay{AdmittedAt: after(-100 * time.Hour)})
	ok(t, err)
	Save(t, s, checkOf(a, "a", 2, -time.Hour))
	must(s.Discharge(ctx, nurse(-30*time.Minute), b.ID, after(-30*time.Minute), "other"))(t)
	before, _ := boardOf(t, s, a.ID)
	site := ward.DefaultSite()
	want := ward.Watch(before, &site, after(time.Minute))
	ok(t, s.Link(ctx, clinician(0), b.ID, a.ID, "one person"))
	h, there := boardOf(t, s, a.ID)
	if got := ward.Watch(h, &site, after(time.Minute)); !there || !h.OnWard() || got.Alert != ward.AlertUrgent || got.Next.Why != want.Next.Why || !got.Next.Due.Equal(want.Next.Due) {
		t.Errorf("on the board %v, on the ward %v, %+v", there, h.OnWard(), got.Next)
	}
	known := must(s.KnownPatients(ctx))(t)
	if i := slices.IndexFunc(known, func(k store.Known) bool { return k.Patient.ID == a.ID }); i < 0 || !known[i].Stay.OnWard() {
		t.Errorf("among all patients %+v", known)
	}
	if saved := Save(t, s, checkOf(b, "b", 2, -20*time.Minute)); saved.Check.PatientID != b.ID {
		t.Errorf("%+v", saved.Check)
	}
	must(s.Discharge(ctx, nurse(time.Hour), a.ID, after(time.Hour), "home"))(t)
	stay := must(s.UndoDischarge(ctx, nurse(2*time.Hour), b.ID, "by mistake"))(t)
	if stay.PatientID != a.ID {
		t.Errorf("another stay goes on: %+v", stay)
	}
	Whole(t, s)
}

// Both stays of two linked patients end with one discharge, and go on with one undoing.
func testLinkedPatientsLeaveTogether(t *testing.T, l *logs) {
	s := l.opened(t)
	ctx := t.Context()
	a, b := Admit(t, s), Eva(t, s)
	ok(t, s.Link(ctx, clinician(0), b.ID, a.ID, "one person"))
	_, _, err := s.Admit(ctx, nurse(0), ward.Patient{MRN: b.MRN, Name: "X, Y", SecondID: "x", Tool: icans.ICE}, ward.Stay{AdmittedAt: after(0)})
	refused(t, err, ward.KindConflict, "on the ward")
	must(s.Discharge(ctx, nurse(time.Hour), a.ID, after(time.Hour), "home"))(t)
	if board := must(s.Board(ctx))(t); len(board) != 0 {
		t.Errorf("%d on the board", len(board))
	}
	must(s.UndoDischarge(ctx, nurse(2*time.Hour), b.ID, "by mistake"))(t)
	for _, stay := range HistoryOf(t, s, a.ID).Stays {
		if !stay.OnWard() {
			t.Errorf("%+v", stay)
		}
	}
	patients, _, err := s.Changed(ctx, LastSeq(t, s)-1)
	ok(t, err)
	if !slices.Contains(patients, a.ID) {
		t.Errorf("changed: %v", patients)
	}
	Whole(t, s)
}
