package storetest

import (
	"slices"
	"testing"
	"time"

	"neurocheck/internal/ward"
)

// A search finds former names and numbers, and the latest stay; two linked patients are
// one.
func testKnownPatients(t *testing.T, l *logs) {
	s := l.opened(t)
	ctx := t.Context()
	p := Admit(t, s)
	p.MRN, p.Name = "0042318", "OKAFOR-SMITH, Ada"
	p = must(s.EditPatient(ctx, nurse(0), p))(t)
	must(s.Discharge(ctx, nurse(time.Hour), p.ID, after(time.Hour), "home"))(t)
	other := ada()
	other.MRN = "0050000"
	q := AdmitAs(t, s, other, "2")
	list := must(s.KnownPatients(ctx))(t)
	if len(list) != 2 || list[0].Patient.MRN != "0042318" || list[0].Stay.Discharge != "home" || !list[1].Stay.OnWard() {
		t.Fatalf("%+v", list)
	}
	if !slices.Contains(list[0].MRNs, ada().MRN) || !slices.Contains(list[0].Names, ada().Name) {
		t.Errorf("former: %v %v", list[0].MRNs, list[0].Names)
	}
	ok(t, s.Link(ctx, clinician(2*time.Hour), p.ID, q.ID, "one person"))
	if list = must(s.KnownPatients(ctx))(t); len(list) != 1 || list[0].Patient.ID != q.ID || !slices.Contains(list[0].MRNs, "0042318") {
		t.Errorf("linked: %+v", list)
	}
}

func testCommentsOnAFollowUp(t *testing.T, l *logs) {
	s := l.opened(t)
	ctx := t.Context()
	p := Admit(t, s)
	must(s.SaveCheck(ctx, nurse(time.Hour), checkOf(p, "c01", 8, time.Hour)))(t)
	id := ChartOf(t, s, p.ID).Open().ID
	ok(t, s.NoteFollowUp(ctx, nurse(2*time.Hour), id, " seen,  settled "))
	refused(t, s.NoteFollowUp(ctx, nurse(2*time.Hour), id, ""), ward.KindInvalid, "note: missing")
	f := ChartOf(t, s, p.ID).Open()
	if len(f.Notes) != 1 || f.Notes[0].Text != "seen, settled" || f.Notes[0].By != "Sam Lee" {
		t.Errorf("%+v", f.Notes)
	}
	if then, _ := f.At(after(90 * time.Minute)); len(then.Notes) != 0 {
		t.Errorf("a comment was known before it was made: %+v", then.Notes)
	}
	Whole(t, s)
}
