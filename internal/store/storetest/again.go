package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func testAdmitUnlessKnown(t *testing.T, l *logs) {
	s := l.opened(t)
	admit := func(at time.Duration, p ward.Patient, stay ward.Stay, a store.Answers) (ward.Patient, ward.Stay, error) {
		p.Tool = 0
		return s.AdmitUnlessKnown(t.Context(), nurse(at), p, stay, a)
	}
	p, stay, err := admit(0, ada(), ward.Stay{Bed: "1A", Visit: "V1"}, store.Answers{})
	ok(t, err)
	if p.Tool != icans.ICE || !stay.AdmittedAt.Equal(after(0)) || stay.Bed != "1A" {
		t.Errorf("%+v, %+v", p, stay)
	}
	seq := LastSeq(t, s)
	for _, same := range []ward.Stay{{Visit: "V1"}, {Visit: "V1", AdmittedAt: after(-time.Hour)}, {}} {
		again, there, err := admit(30*time.Second, ada(), same, store.Answers{})
		if err != nil || again.ID != p.ID || there.ID != stay.ID || LastSeq(t, s) != seq {
			t.Errorf("%+v: %+v, %+v, %v", same, again, there, err)
		}
	}
	other := ada()
	other.Name = "SILVA, Rosa"
	for _, c := range []struct {
		p    ward.Patient
		stay ward.Stay
	}{{ada(), ward.Stay{Visit: "V2"}}, {ada(), ward.Stay{AdmittedAt: after(-time.Hour)}}, {other, ward.Stay{Visit: "V1"}}, {other, ward.Stay{}}} {
		_, _, err := admit(30*time.Second, c.p, c.stay, store.Answers{NewPatient: true, Readmit: true})
		refused(t, err, ward.KindConflict, "a patient on the ward has this MRN")
	}

	twin := ada()
	twin.MRN, twin.Name = "9", "okafor,  ADA"
	zeros := ward.Patient{MRN: "42317", Name: "LIND, Eva", SecondID: "x"}
	for _, like := range []ward.Patient{twin, zeros} {
		_, _, err := admit(0, like, ward.Stay{}, store.Answers{})
		refused(t, err, ward.KindQuestion, "--new-patient")
		if q, is := err.(*ward.Error); !is || q.Code != "looks_known" || q.Patient != p.ID {
			t.Errorf("%+v", err)
		}
		_, _, err = admit(0, like, ward.Stay{}, store.Answers{NewPatient: true})
		ok(t, err)
	}

	must(s.Discharge(t.Context(), nurse(time.Hour), p.ID, time.Time{}, "home"))(t)
	_, _, err = admit(2*time.Hour, ada(), ward.Stay{}, store.Answers{})
	refused(t, err, ward.KindQuestion, "readmit?")
	_, _, err = admit(2*time.Hour, other, ward.Stay{}, store.Answers{Readmit: true})
	refused(t, err, ward.KindConflict, "has another name or birth date")
	again, next, err := admit(2*time.Hour, ada(), ward.Stay{Bed: "2"}, store.Answers{Readmit: true})
	if err != nil || again.ID != p.ID || next.ID == stay.ID || !next.OnWard() {
		t.Errorf("%+v, %+v, %v", again, next, err)
	}
	Whole(t, s)
}

// Each act is asked for twice, by two authors: the second time the log stays as it is.
func testAnActAskedForAgainAppendsNothing(t *testing.T, l *logs) {
	s := l.opened(t)
	p, q := Admit(t, s), Eva(t, s)
	update := store.PatientUpdate{Language: new("pt"), Product: new(" axi-cel "), InfusedAt: new(after(-time.Hour)), Bed: new("3"), Clinician: new("Dr X")}
	for _, act := range []struct {
		name string
		do   func(context.Context, ward.Signature) error
	}{
		{"update", func(ctx context.Context, sig ward.Signature) error {
			_, _, err := s.UpdatePatient(ctx, sig, p.ID, update)
			return err
		}},
		{"transfer", func(ctx context.Context, sig ward.Signature) error {
			_, _, err := s.Transfer(ctx, sig, p.ID, "14B")
			return err
		}},
		{"discharge", func(ctx context.Context, sig ward.Signature) error {
			_, err := s.Discharge(ctx, sig, p.ID, time.Time{}, "home")
			return err
		}},
		{"undo", func(ctx context.Context, sig ward.Signature) error {
			_, err := s.UndoDischarge(ctx, sig, p.ID, "by mistake")
			return err
		}},
		{"discharge again", func(ctx context.Context, sig ward.Signature) error {
			_, err := s.Discharge(ctx, sig, p.ID, after(9*time.Minute), "home")
			return err
		}},
		{"readmit", func(ctx context.Context, sig ward.Signature) error {
			_, err := s.Readmit(ctx, sig, ward.Stay{PatientID: p.ID, Bed: "7"})
			return err
		}},
		{"merge", func(ctx context.Context, sig ward.Signature) error { return s.Link(ctx, sig, q.ID, p.ID, "one person") }},
		{"withdraw the merge", func(ctx context.Context, sig ward.Signature) error { return s.Unlink(ctx, sig, q.ID, "two persons") }},
	} {
		before := LastSeq(t, s)
		var first, second store.Receipt
		ok(t, act.do(store.WithReceipt(t.Context(), &first), clinician(10*time.Minute)))
		if first.There || len(first.Records) == 0 || first.Records[0] != before+1 {
			t.Errorf("%s: %+v after record %d", act.name, first, before)
		}
		ok(t, act.do(store.WithReceipt(t.Context(), &second), admin(10*time.Minute+30*time.Second)))
		if !second.There || len(second.Records) != 0 || LastSeq(t, s) != first.Records[len(first.Records)-1] {
			t.Errorf("%s again: %+v", act.name, second)
		}
	}
	_, err := s.Discharge(t.Context(), nurse(11*time.Minute), p.ID, after(11*time.Minute), "home")
	ok(t, err)
	_, err = s.Discharge(t.Context(), nurse(11*time.Minute), p.ID, after(11*time.Minute), "died")
	refused(t, err, ward.KindConflict, "left already")
	_, _, err = s.Transfer(t.Context(), nurse(12*time.Minute), p.ID, "5")
	refused(t, err, ward.KindConflict, "not on the ward")
	Whole(t, s)
}

// An update is one act: both versions or none, and one request.
func testUpdateOfAPatientAndTheStay(t *testing.T, l *logs) {
	s := l.opened(t)
	ctx := t.Context()
	p := Admit(t, s)
	asked := func(sig ward.Signature) ward.Signature {
		sig.Request = "update-1"
		return sig
	}
	u := store.PatientUpdate{MRN: new("0042318"), BirthDate: new(ward.Date{}), SecondID: new("CHI 7"), Visit: new("V9"), Reason: "typed wrongly"}
	bad := u
	bad.SecondID = new("")
	_, _, err := s.UpdatePatient(ctx, asked(nurse(0)), p.ID, bad)
	refused(t, err, ward.KindInvalid, "birth_date: missing")
	bad = u
	bad.Bed = new("a bed with far too long a name")
	_, _, err = s.UpdatePatient(ctx, asked(nurse(0)), p.ID, bad)
	refused(t, err, ward.KindInvalid, "bed")
	seq := LastSeq(t, s)
	var first, again store.Receipt
	q, stay, err := s.UpdatePatient(store.WithReceipt(ctx, &first), asked(nurse(0)), p.ID, u)
	ok(t, err)
	if q.MRN != "0042318" || !q.BirthDate.IsZero() || q.Reason != u.Reason || stay.Visit != "V9" || stay.Reason != u.Reason || !slices.Equal(first.Records, []int64{seq + 1, seq + 2}) {
		t.Errorf("%+v, %+v, %+v", q, stay, first)
	}
	p2, stay2, err := s.UpdatePatient(store.WithReceipt(ctx, &again), asked(nurse(time.Hour)), p.ID, u)
	if err != nil || p2.Version != q.Version || stay2.Version != stay.Version || !again.There || !slices.Equal(again.Records, first.Records) {
		t.Errorf("%+v, %+v, %+v, %v", p2, stay2, again, err)
	}
	u.Visit = new("V10")
	_, _, err = s.UpdatePatient(ctx, asked(nurse(time.Hour)), p.ID, u)
	refused(t, err, ward.KindConflict, "another request has this ID")

	must(s.WithdrawStay(ctx, nurse(time.Hour), stay.ID, "wrong ward"))(t)
	_, _, err = s.UpdatePatient(ctx, nurse(2*time.Hour), p.ID, store.PatientUpdate{Bed: new("3")})
	refused(t, err, ward.KindNotFound, "no stay")
	if q, _, err = s.UpdatePatient(ctx, nurse(2*time.Hour), p.ID, store.PatientUpdate{Language: new("pt")}); err != nil || q.Language != "pt" {
		t.Errorf("%+v, %v", q, err)
	}
	Whole(t, s)
}

// A dry run answers as the act does, and the log stays as it is.
func testADryRunKeepsNothing(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	before := LastSeq(t, s)
	r := store.Receipt{DryRun: true}
	ctx := store.WithReceipt(t.Context(), &r)
	sig := nurse(0)
	sig.Request = "r"
	_, moved, err := s.Transfer(ctx, sig, p.ID, "14B")
	if err != nil || moved.Bed != "14B" || r.There || len(r.Records) != 0 {
		t.Errorf("%+v, %+v, %v", moved, r, err)
	}
	_, _, err = s.Transfer(ctx, sig, p.ID, historyOfStay(t, s, p.ID).Bed)
	if err != nil || !r.There {
		t.Errorf("the bed of the patient: %+v, %v", r, err)
	}
	_, _, err = s.Transfer(ctx, sig, p.ID, "")
	refused(t, err, ward.KindInvalid, "bed: missing")
	_, err = s.Discharge(ctx, sig, p.ID, time.Time{}, ward.DiedICANS)
	refused(t, err, ward.KindNotAllowed, "only a clinician")
	if LastSeq(t, s) != before || historyOfStay(t, s, p.ID).Bed == "14B" {
		t.Error("a dry run was recorded")
	}
	r.DryRun = false
	if _, _, err = s.Transfer(ctx, sig, p.ID, "14B"); err != nil || LastSeq(t, s) != before+1 { // the request is free
		t.Errorf("%v", err)
	}
	Whole(t, s)
}
