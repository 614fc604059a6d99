package store

import (
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

func TestPatientsAreEditedByVersions(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	_, err := s.Admit(t.Context(), nurse(0), ada())
	refused(t, err, ward.KindConflict, "another patient has this MRN: bed 12A")
	short := ada()
	short.MRN = "42317" // leading zeros make another MRN
	q := must(s.Admit(t.Context(), nurse(0), short))(t)

	moved := p
	moved.Bed = "1"
	moved = must(s.Edit(t.Context(), nurse(time.Hour), moved))(t)
	if moved.Version != 2 || moved.ID != p.ID {
		t.Errorf("edited into %+v", moved)
	}
	late := p
	late.Bed = "2"
	_, err = s.Edit(t.Context(), nurse(time.Hour), late)
	refused(t, err, ward.KindConflict, "somebody else has edited this patient")
	taken := q
	taken.MRN = p.MRN
	_, err = s.Edit(t.Context(), nurse(time.Hour), taken)
	refused(t, err, ward.KindConflict, "another patient has this MRN: bed 1")
	bad := moved
	bad.Name = ""
	_, err = s.Edit(t.Context(), nurse(time.Hour), bad)
	refused(t, err, ward.KindInvalid, "name: missing")

	save(t, s, checkOf(p, "a", 8, 0))
	home := moved
	home.DischargedAt, home.Discharge = after(2*time.Hour), "home"
	must(s.Edit(t.Context(), nurse(2*time.Hour), home))(t)
	if b := board(t, s); len(b) != 1 || b[0].Patient.ID != q.ID {
		t.Error("the board is not of those on the ward")
	}
	if len(must(s.FollowUps(t.Context()))(t)) != 1 {
		t.Error("the open follow-up of somebody who was discharged is not listed")
	}
	chart := must(s.Chart(t.Context(), p.ID))(t)
	if len(chart.History) != 3 || chart.History[0].Version != 3 || chart.History[2].Bed != "12A" || chart.Patient.Discharge != "home" {
		t.Errorf("the history: %+v", chart.History)
	}
	_, err = s.Chart(t.Context(), 999)
	refused(t, err, ward.KindNotFound, "no such patient")
	_, err = s.PatientByMRN(t.Context(), "no")
	refused(t, err, ward.KindNotFound, "no patient with this MRN")
	whole(t, s)
}

func TestBoardAndChart(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	other := ada()
	other.MRN, other.Bed = "0000002", "2A"
	q := must(s.Admit(t.Context(), nurse(0), other))(t)
	late := save(t, s, checkOf(p, "late", 10, 2*time.Hour))
	// Recorded later, performed earlier: the last look is still the other.
	must(s.SaveCheck(t.Context(), nurse(5*time.Hour), checkOf(p, "early", 10, 0)))(t)
	save(t, s, checkOf(q, "flagged", 8, 3*time.Hour))
	gone := save(t, s, checkOf(q, "gone", 10, 4*time.Hour))
	must(s.SaveCheck(t.Context(), nurse(6*time.Hour), withdrawal(gone)))(t)

	b := board(t, s)
	if b[0].Last.ID != "late" || b[0].Before.ID != "early" || len(b[0].Open) != 0 || b[0].Level() != icans.FlagNone {
		t.Errorf("the one: %+v", b[0])
	}
	if len(b) != 2 || b[1].Patient.ID != q.ID || b[1].Last.ID != "flagged" || b[1].Before != nil || len(b[1].Open) != 1 {
		t.Errorf("the other: %+v", b[1])
	}
	fixed := must(s.SaveCheck(t.Context(), nurse(7*time.Hour), correction(late, 9)))(t)
	chart := must(s.Chart(t.Context(), p.ID))(t)
	var order []string
	for _, c := range chart.Checks {
		order = append(order, c.ID+"/"+string(c.Status))
	}
	if len(order) != 3 || order[0] != "late/corrected" || order[1] != "late/recorded" || order[2] != "early/recorded" {
		t.Errorf("the checks: %v", order)
	}
	if last := chart.Last(); last.Version != fixed.Version || last.Result.Flag != icans.FlagGrade1 || chart.Checks[1].Superseded != true {
		t.Errorf("the last: %+v", last)
	}

	// Those that nobody has taken come first.
	save(t, s, checkOf(q, "second", 4, 8*time.Hour))
	ok(t, s.Acknowledge(t.Context(), nurse(9*time.Hour), openOf(t, s, p.ID)[0].ID))
	var list []string
	for _, f := range must(s.FollowUps(t.Context()))(t) {
		list = append(list, f.Check.ID)
	}
	if len(list) != 3 || list[0] != "flagged" || list[1] != "second" || list[2] != "late" {
		t.Errorf("the follow-ups: %v", list)
	}
}

func TestStaff(t *testing.T) {
	s := fresh(t)
	_, err := s.Ward(t.Context())
	refused(t, err, ward.KindNotFound, "no ward yet")
	setUp(t, s)
	if w := must(s.Ward(t.Context()))(t); w.Name != "Haematology 4" || w.Zone != "Europe/Lisbon" {
		t.Errorf("the ward is %+v", w)
	}
	refused(t, s.AddStaff(t.Context(), admin(0), ward.Staff{Name: "SAM LEE", Role: ward.Nurse, Active: true}), ward.KindConflict, "somebody of that name")
	refused(t, s.AddStaff(t.Context(), admin(0), ward.Staff{Name: "X", Role: "cook", Active: true}), ward.KindInvalid, "role")
	refused(t, s.SetUp(t.Context(), nurse(0), ward.Ward{Name: "Another", Zone: "UTC"}, ward.Staff{Name: "Y", Role: ward.Admin, Active: true}), ward.KindConflict, "has a ward already")
}
