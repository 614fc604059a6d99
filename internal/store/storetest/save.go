package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func WithRequest(sig ward.Signature, id string) ward.Signature {
	sig.Request = id
	return sig
}

// An act that is asked for again answers with its records, also a day later; the same
// ID for anything else is refused.
func testARequestAnswersWithWhatWasRecorded(t *testing.T, l *logs) {
	s := l.opened(t)
	ctx := t.Context()
	p := Admit(t, s)
	q := Eva(t, s)
	a := Save(t, s, checkOf(p, "a", 10, 0)).Check
	Save(t, s, checkOf(p, "b", 9, 2*time.Hour))
	type answer struct {
		Patient ward.Patient
		Stay    ward.Stay
		Saved   []store.Saved
	}
	var left ward.Patient
	for _, act := range []struct {
		name string
		do   func(sig ward.Signature, other bool) (answer, error)
	}{
		{"save", func(sig ward.Signature, other bool) (answer, error) {
			c := checkOf(p, "c", 4, 4*time.Hour)
			if other {
				c.Note = "other"
			}
			saved, err := s.SaveSheet(ctx, sig, []ward.Check{c}, "")
			return answer{Saved: saved}, err
		}},
		{"late", func(sig ward.Signature, other bool) (answer, error) {
			c := checkOf(p, "late", 10, time.Hour)
			if other {
				c.PerformedAt = after(30 * time.Minute)
			}
			saved, err := s.SaveCheck(ctx, sig, c)
			return answer{Saved: []store.Saved{saved}}, err
		}},
		{"correct", func(sig ward.Signature, other bool) (answer, error) {
			c := correction(a, 9)
			if other {
				c = correction(a, 8)
			}
			saved, err := s.SaveCheck(ctx, sig, c)
			return answer{Saved: []store.Saved{saved}}, err
		}},
		{"move", func(sig ward.Signature, other bool) (answer, error) {
			c := ChartOf(t, s, p.ID).VersionsOf("b")[0]
			c.Version, c.Status = 1, ward.Recorded
			to := q.ID
			if other {
				to = 999
			}
			saved, err := s.MoveCheck(ctx, sig, c, to, "moved")
			return answer{Saved: []store.Saved{saved}}, err
		}},
		{"admit", func(sig ward.Signature, other bool) (answer, error) {
			in := ward.Patient{MRN: "9", Name: "NEW, One", SecondID: "z", Tool: icans.ICE}
			if other {
				in.Name = "NEW, Two"
			}
			p, stay, err := s.Admit(ctx, sig, in, ward.Stay{Bed: "3", AdmittedAt: after(5 * time.Hour)})
			if err == nil {
				left = p
			}
			return answer{Patient: p, Stay: stay}, err
		}},
		{"edit", func(sig ward.Signature, other bool) (answer, error) {
			in := p
			in.Product = "tisa-cel"
			if other {
				in.Product = "other"
			}
			p, err := s.EditPatient(ctx, sig, in)
			return answer{Patient: p}, err
		}},
		{"discharge", func(sig ward.Signature, other bool) (answer, error) {
			how := "home"
			if other {
				how = "died"
			}
			stay, err := s.Discharge(ctx, sig, left.ID, after(6*time.Hour), how)
			return answer{Stay: stay}, err
		}},
		{"undo", func(sig ward.Signature, other bool) (answer, error) {
			reason := "by mistake"
			if other {
				reason = "oh"
			}
			stay, err := s.UndoDischarge(ctx, sig, left.ID, reason)
			return answer{Stay: stay}, err
		}},
		{"discharge again", func(sig ward.Signature, _ bool) (answer, error) {
			how := map[bool]string{false: "home", true: "other"}[sig.Request == ""]
			stay, err := s.Discharge(ctx, sig, left.ID, after(6*time.Hour), how)
			return answer{Stay: stay}, err
		}},
		{"readmit", func(sig ward.Signature, other bool) (answer, error) {
			in := ward.Stay{PatientID: left.ID, Bed: "4", AdmittedAt: after(7 * time.Hour)}
			if other {
				in.Bed = "5"
			}
			stay, err := s.Readmit(ctx, sig, in)
			return answer{Stay: stay}, err
		}},
	} {
		first, err := act.do(WithRequest(nurse(8*time.Hour), act.name), false)
		if err != nil {
			t.Fatalf("%s: %v", act.name, err)
		}
		seq := LastSeq(t, s)
		again, err := act.do(WithRequest(nurse(32*time.Hour), act.name), false)
		if err != nil || LastSeq(t, s) != seq {
			t.Errorf("%s again: %v, %d records more", act.name, err, LastSeq(t, s)-seq)
		}
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("%s again answers otherwise (-first +again):\n%s", act.name, diff)
		}
		if act.name == "discharge again" {
			continue
		}
		_, err = act.do(WithRequest(nurse(8*time.Hour), act.name), true)
		refused(t, err, ward.KindConflict, "another request has this ID")
		if e, _ := err.(*ward.Error); e == nil || e.Code != "request_reused" {
			t.Errorf("%s: %v", act.name, err)
		}
		_, err = act.do(WithRequest(clinician(8*time.Hour), act.name), false)
		refused(t, err, ward.KindConflict, "another request has this ID")
	}
	Whole(t, s)
}

// Saving a version again records nothing and answers with its consequences, also in a
// request of its own; other content is a conflict.
func testSavedAgain(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	Save(t, s, checkOf(p, "first", 9, 2*time.Hour))
	c := checkOf(p, "a", 10, 0)
	first := must(s.SaveCheck(t.Context(), nurse(3*time.Hour), c))(t)
	if len(first.Reevaluated) != 1 {
		t.Fatalf("%+v", first)
	}
	flagged := checkOf(p, "b", 4, 4*time.Hour)
	second := must(s.SaveCheck(t.Context(), nurse(4*time.Hour), flagged))(t)
	seq := LastSeq(t, s)
	for _, by := range []ward.Signature{nurse(5 * time.Hour), clinician(6 * time.Hour), WithRequest(nurse(5*time.Hour), "r")} {
		if diff := cmp.Diff(first, must(s.SaveCheck(t.Context(), by, c))(t)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(second, must(s.SaveCheck(t.Context(), by, flagged))(t)); diff != "" {
			t.Error(diff)
		}
	}
	c.Note = "other"
	_, err := s.SaveCheck(t.Context(), nurse(5*time.Hour), c)
	refused(t, err, ward.KindConflict, "somebody changed this meanwhile")
	if LastSeq(t, s) != seq {
		t.Error("something was recorded")
	}
}

// A withdrawal is the act of one person: the same one by another person is refused, so that
// no person is told that the act of another one is theirs. By the same person it is a repetition.
func testTheSameWithdrawalByTwo(t *testing.T, l *logs) {
	s := l.opened(t)
	gone := withdrawal(Save(t, s, checkOf(Admit(t, s), "a", 10, 0)).Check)
	first := must(s.SaveCheck(t.Context(), nurse(2*time.Hour), gone))(t)
	_, err := s.SaveCheck(t.Context(), clinician(3*time.Hour), gone)
	refused(t, err, ward.KindConflict, "somebody changed this meanwhile")
	if diff := cmp.Diff(first, must(s.SaveCheck(t.Context(), nurse(3*time.Hour), gone))(t)); diff != "" {
		t.Error(diff)
	}
}

func testACheckThatCannotBeSaved(t *testing.T, l *logs) {
	s := l.opened(t)
	p, q := Admit(t, s), Eva(t, s)
	a := Save(t, s, checkOf(p, "a", 10, 0)).Check
	gone := Save(t, s, checkOf(p, "gone", 10, time.Hour)).Check
	must(s.SaveCheck(t.Context(), nurse(2*time.Hour), withdrawal(gone)))(t)
	now := 3 * time.Hour
	seq := LastSeq(t, s)
	for name, c := range map[string]struct {
		checks []ward.Check
		kind   ward.Kind
		says   string
	}{
		"in the future":        {[]ward.Check{checkOf(p, "x", 10, now+time.Minute)}, ward.KindInvalid, "performed_at: is in the future"},
		"before the admission": {[]ward.Check{checkOf(p, "x", 10, -121*time.Hour)}, ward.KindInvalid, "performed_at: is before"},
		"no such patient":      {[]ward.Check{checkOf(ward.Patient{ID: 999}, "x", 10, 0)}, ward.KindNotFound, "no patient 999"},
		"two patients":         {[]ward.Check{checkOf(p, "x", 10, now), checkOf(q, "y", 10, now)}, ward.KindInvalid, "patient_id"},
		"one twice":            {[]ward.Check{checkOf(p, "x", 10, now), checkOf(p, "x", 10, now)}, ward.KindInvalid, "check_id: twice"},
		"the second is wrong":  {[]ward.Check{checkOf(p, "x", 10, now), checkOf(p, "y", 10, 9*time.Hour)}, ward.KindInvalid, "performed_at"},
		"version 3":            {[]ward.Check{correction(correction(a, 9), 8)}, ward.KindConflict, "version 2 of this check is not there"},
		"after its withdrawal": {[]ward.Check{correction(withdrawal(gone), 8)}, ward.KindConflict, "was withdrawn"},
		"of another patient": {[]ward.Check{func() ward.Check {
			c := correction(a, 8)
			c.PatientID = q.ID
			return c
		}()}, ward.KindConflict, "belongs to another patient"},
		"for the wrong patient": {[]ward.Check{func() ward.Check {
			c := withdrawal(a)
			c.Reason = ward.WrongPatient
			return c
		}()}, ward.KindInvalid, "reason"},
	} {
		_, err := s.SaveSheet(t.Context(), nurse(now), c.checks, "")
		t.Log(name)
		refused(t, err, c.kind, c.says)
	}
	if LastSeq(t, s) != seq {
		t.Error("something was recorded")
	}
}

// A22: checks of a downtime, typed as one act in any order, end in the same follow-up;
// typed one by one, the status of 4 h ago opens it.
func testAPaperSheetInAnyOrder(t *testing.T, l *logs) {
	s := l.opened(t)
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		for _, atOnce := range []bool{true, false} {
			p := admitNamed(t, s, fmt.Sprint(order, atOnce))
			status := checkOf(p, p.MRN+" status", 10, -4*time.Hour)
			status.Findings.Seizure = icans.ProlongedSeizure
			both := []ward.Check{status, checkOf(p, p.MRN+" ten", 10, -30*time.Hour)}
			list := []ward.Check{both[order[0]], both[order[1]]}
			if atOnce {
				must(s.SaveSheet(t.Context(), nurse(0), list, ""))(t)
			} else {
				for i, c := range list {
					must(s.SaveCheck(t.Context(), nurse(time.Duration(i)*time.Minute), c))(t)
				}
			}
			h := HistoryOf(t, s, p.ID)
			if len(h.FollowUps) != 1 || h.Open() == nil || h.Open().Level != icans.FlagUrgent || h.Open().Checks() != 1 {
				t.Errorf("order %v, at once %v: %+v", order, atOnce, h.FollowUps)
			}
		}
	}
	Whole(t, s)
}

// A sheet that is saved again after an unknown outcome is the same act: it appends nothing
// and answers with the same checks. The same request with another sheet is refused.
func testAPaperSheetTwice(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	sig := nurse(0)
	sig.Request = "sheet"
	sheet := []ward.Check{checkOf(p, "a", 10, -6*time.Hour), checkOf(p, "b", 8, -4*time.Hour), checkOf(p, "c", 8, -2*time.Hour)}
	first := must(s.SaveSheet(t.Context(), sig, sheet, ""))(t)
	seq := LastSeq(t, s)
	sig.At = after(time.Minute)
	again := must(s.SaveSheet(t.Context(), sig, sheet, ""))(t)
	if diff := cmp.Diff(first, again); diff != "" || LastSeq(t, s) != seq {
		t.Errorf("%d records more; %s", LastSeq(t, s)-seq, diff)
	}
	_, err := s.SaveSheet(t.Context(), sig, sheet[:2], "")
	refused(t, err, ward.KindConflict, "another request has this ID")
	Whole(t, s)
}

// The level and the peak on each row are those after its own event.
func testEachEventHasTheLevelAfterIt(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	Save(t, s, checkOf(p, "a", 8, -8*time.Hour))
	must(s.SaveSheet(t.Context(), nurse(0), []ward.Check{checkOf(p, "b", 8, -6*time.Hour), checkOf(p, "c", 4, -4*time.Hour), checkOf(p, "d", 2, -2*time.Hour)}, ""))(t)
	rows := read[string](t, l, s, `SELECT check_id || ' ' || event || ' ' || level || ' ' || peak FROM follow_up ORDER BY seq`)
	want := []string{"a opened grade1 1", "b joined grade1 1", "c raised urgent 2", "d raised urgent 3"}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

func testMoveCheck(t *testing.T, l *logs) {
	s := l.opened(t)
	ctx := t.Context()
	p, q := Admit(t, s), Eva(t, s)
	Save(t, s, checkOf(p, "a", 10, 0))
	wrong := Save(t, s, checkOf(p, "wrong", 4, 2*time.Hour)).Check
	Save(t, s, checkOf(p, "b", 9, 4*time.Hour))
	forged := wrong
	forged.Findings = iceOf(10)
	moved := must(s.MoveCheck(ctx, nurse(5*time.Hour), forged, q.ID, "right"))(t)
	if moved.Check.PatientID != q.ID || moved.Check.Findings != wrong.Findings || moved.Event != ward.JoinOpened || moved.Check.ReasonNote != "moved here from check wrong" {
		t.Errorf("moved: %+v", moved)
	}
	versions := ChartOf(t, s, p.ID).VersionsOf("wrong")
	if len(versions) != 2 || versions[0].Status != ward.Withdrawn || versions[0].Reason != ward.WrongPatient || versions[0].ReasonNote != "moved: see check right" {
		t.Errorf("withdrawn: %+v", versions)
	}
	if b := ChartOf(t, s, p.ID).Current("b"); b.Result.Reasons&icans.ICEDrop2 != 0 || b.Because != "wrong" && b.Because != "" {
		t.Errorf("the check after it: %+v", b.Result)
	}
	for name, move := range map[string]func() error{
		"again": func() error { _, err := s.MoveCheck(ctx, nurse(6*time.Hour), wrong, q.ID, "x"); return err },
		"to the same": func() error {
			_, err := s.MoveCheck(ctx, nurse(6*time.Hour), moved.Check, q.ID, "x")
			return err
		},
		"to nobody":        func() error { _, err := s.MoveCheck(ctx, nurse(6*time.Hour), moved.Check, 999, "x"); return err },
		"as a known check": func() error { _, err := s.MoveCheck(ctx, nurse(6*time.Hour), moved.Check, p.ID, "a"); return err },
	} {
		seq := LastSeq(t, s)
		if err := move(); err == nil || ward.KindOf(err) == ward.KindInternal || LastSeq(t, s) != seq {
			t.Errorf("%s: %v, %d records", name, err, LastSeq(t, s)-seq)
		}
	}
	Whole(t, s)
}

func testAnEditThatFlagsDependOn(t *testing.T, l *logs) {
	s := l.opened(t)
	for name, change := range map[string]func(*ward.Patient){
		"baseline":    func(p *ward.Patient) { p.Baseline, p.Reason = icans.Scored(8), "told by the family" },
		"health":      func(p *ward.Patient) { p.Health = 1 << icans.Memory },
		"interpreter": func(p *ward.Patient) { p.Interpreter = true },
		"infusion":    func(p *ward.Patient) { p.InfusedAt = time.Time{} },
		"name":        func(p *ward.Patient) { p.Name = "OKAFOR, Ida" },
	} {
		p := admitNamed(t, s, name)
		Save(t, s, checkOf(p, name+" pre", 8, -110*time.Hour))
		eight := checkOf(p, name+" eight", 8, -20*time.Hour)
		Save(t, s, eight)
		memory := checkOf(p, name+" memory", 10, 0)
		memory.Findings.Observed[icans.Memory] = icans.Mild
		Save(t, s, memory)
		language := checkOf(p, name+" language", 10, time.Hour)
		language.Findings.ICE, language.Findings.Unable = [8]icans.Points{}, icans.UnableLanguage
		Save(t, s, language)
		change(&p)
		must(s.EditPatient(t.Context(), clinician(2*time.Hour), p))(t)
		h := HistoryOf(t, s, p.ID)
		fresh := h
		site := ward.DefaultSite()
		fresh.Checks = append([]ward.Check(nil), h.Checks...)
		fresh.Evaluate(&site)
		changed := read[int64](t, l, s, fmt.Sprintf(`SELECT count(*) FROM reevaluation WHERE because = 'patient' AND patient_id = %d`, p.ID))[0]
		for i := range h.Checks {
			if h.Checks[i].Result != fresh.Checks[i].Result {
				t.Errorf("%s: %s has %+v, and anew %+v", name, h.Checks[i].ID, h.Checks[i].Result, fresh.Checks[i].Result)
			}
		}
		if h.Memory != fresh.Memory || (changed > 0) == (name == "name") {
			t.Errorf("%s: %d reevaluations, memory\n%+v\n%+v", name, changed, h.Memory, fresh.Memory)
		}
	}
	Whole(t, s)
}
