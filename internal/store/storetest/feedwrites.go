package storetest

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func testAFeedSignsInWithItsKey(t *testing.T, l *logs) {
	s := l.opened(t)
	key := bytes.Repeat([]byte{7}, 32)
	ok(t, s.AddStaff(t.Context(), admin(0), ward.Staff{Name: "LAB", Role: ward.Feed, Active: true, PIN: store.FeedKey(key)}))
	for _, name := range []string{"LAB", "lab", "feed LAB", "Feed lab"} {
		if m := must(s.SignInFeed(t.Context(), ward.Sign(name, after(0)), key))(t); m.Author() != "feed LAB" {
			t.Errorf("%s signs as %q", name, m.Author())
		}
	}
	for _, c := range []struct {
		name, says string
		key        []byte
	}{
		{"LAB", "that is not the key", key[:31]},
		{"LAB", "that is not the key", nil},
		{"ADT", "that is not the key", nil}, // a feed without a key
		{"Sam Lee", "this is no feed", key},
		{"NONE", "there is no such feed", key},
		{"", "there is no such feed", key},
	} {
		_, err := s.SignInFeed(t.Context(), ward.Sign(c.name, after(0)), c.key)
		refused(t, err, ward.KindNotAllowed, c.says)
	}
	_, err := s.SignIn(t.Context(), ward.Sign("LAB", after(0)), ward.SignedIn, ward.Guess{})
	refused(t, err, ward.KindNotAllowed, "a feed signs in with its key")
	ok(t, s.ChangeStaff(t.Context(), admin(0), "LAB", ward.Feed, false))
	_, err = s.SignInFeed(t.Context(), ward.Sign("LAB", after(0)), key)
	refused(t, err, ward.KindNotAllowed, "no longer on the staff")
	failed := 0
	ok(t, s.EachAudit(t.Context(), store.AuditSelection{}, func(e *ward.AuditEntry) error {
		if e.Event == ward.SignInFailed {
			failed++
		}
		if strings.Contains(e.Detail, string(key)) {
			t.Error("the key is in the audit")
		}
		return nil
	}))
	if failed != 3 {
		t.Errorf("%d failed sign-ins are in the audit", failed)
	}
	if none := must(s.WithoutPINs(t.Context()))(t); !none {
		t.Error("the key of a feed counts as a PIN")
	}
	Whole(t, s)
}

// Every write of a feed's transaction is refused if the author may not make it.
func testWhatAFeedMayWrite(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	stay := HistoryOf(t, s, p.ID).Stays[0]
	none := func([]ward.Patient, *ward.Patient) []int64 { return nil }
	take := func(sig ward.Signature, do func(*store.FeedAct) error) error {
		return s.TakeMessage(t.Context(), sig, do)
	}
	for _, sig := range []ward.Signature{nurse(0), clinician(0), admin(0), login(0), ward.Sign("feed NONE", after(0)), ward.Sign("No Body", after(0))} {
		err := take(sig, func(*store.FeedAct) error { t.Errorf("%s sends messages", sig.By); return nil })
		refused(t, err, ward.KindNotAllowed, "")
	}
	before := LastSeq(t, s)
	for name, do := range map[string]func(*store.FeedAct) error{
		"dies of ICANS": func(a *store.FeedAct) error { return a.End(p.ID, &stay, after(time.Hour), ward.DiedICANS) },
		"comes and dies of it": func(a *store.FeedAct) error {
			return a.Begin(p.ID, ward.Stay{AdmittedAt: after(-300 * time.Hour), DischargedAt: after(-290 * time.Hour), Discharge: ward.DiedICANS})
		},
		"a product": func(a *store.FeedAct) error {
			_, err := a.Admit(ward.Patient{MRN: "9", Name: "NEW, One", SecondID: "y", Tool: icans.ICE, Product: "axi-cel"}, ward.Stay{AdmittedAt: after(0)}, none)
			return err
		},
		"an infusion": func(a *store.FeedAct) error {
			_, err := a.Admit(ward.Patient{MRN: "9", Name: "NEW, One", SecondID: "y", Tool: icans.ICE, InfusedAt: after(0)}, ward.Stay{AdmittedAt: after(0)}, none)
			return err
		},
		"a baseline": func(a *store.FeedAct) error {
			_, err := a.Admit(ward.Patient{MRN: "9", Name: "NEW, One", SecondID: "y", Tool: icans.ICE, Baseline: icans.Scored(9)}, ward.Stay{AdmittedAt: after(0)}, none)
			return err
		},
	} {
		if err := take(feed(2*time.Hour), do); ward.KindOf(err) != ward.KindNotAllowed || LastSeq(t, s) != before {
			t.Errorf("%s: %v", name, err)
		}
	}
	// An edit has no way to change the therapy: it takes identifiers alone.
	changed := p
	changed.Name, changed.Product, changed.Baseline, changed.Interpreter, changed.Tool = "OKAFOR, Adaeze", "tisa-cel", icans.Scored(3), true, icans.CAPD
	ok(t, take(feed(2*time.Hour), func(a *store.FeedAct) error { return a.EditPatient(p.ID, &p, &changed) }))
	now := HistoryOf(t, s, p.ID).Patient
	if now.Name != "OKAFOR, Adaeze" || now.Product != p.Product || now.Baseline != p.Baseline || now.Interpreter != p.Interpreter || now.Tool != p.Tool {
		t.Errorf("after the edit: %+v", now)
	}
	Whole(t, s)
}

// A stay with something recorded in it is not withdrawn, and one without counts again
// after its restoration.
func testAStayOfTheFeedIsWithdrawnAndRestored(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	stay := HistoryOf(t, s, p.ID).Stays[0]
	take := func(do func(*store.FeedAct) error) error { return s.TakeMessage(t.Context(), feed(20*time.Hour), do) }
	ok(t, take(func(a *store.FeedAct) error { return a.Withdraw(p.ID, &stay) }))
	if h := HistoryOf(t, s, p.ID); len(h.Stays) != 0 {
		t.Errorf("stays: %+v", h.Stays)
	}
	if board := must(s.Board(t.Context()))(t); len(board) != 0 {
		t.Errorf("%d patients on the board", len(board))
	}
	Whole(t, s)
	stay.Bed = "13B"
	ok(t, take(func(a *store.FeedAct) error { return a.Restore(p.ID, stay.ID, &stay) }))
	if h := HistoryOf(t, s, p.ID); len(h.Stays) != 1 || h.Stays[0].Bed != "13B" || !h.OnWard() {
		t.Errorf("stays: %+v", h.Stays)
	}
	Save(t, s, checkOf(p, "a", 10, time.Hour))
	stay = HistoryOf(t, s, p.ID).Stays[0]
	refused(t, take(func(a *store.FeedAct) error { return a.Withdraw(p.ID, &stay) }), ward.KindConflict, "was recorded in this stay")
	Whole(t, s)
}

// One message can change several stays: the reads of a later change have the records of the
// earlier ones, which the log has not counted yet.
func testAMessageChangesSeveralStays(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	first := HistoryOf(t, s, p.ID).Stays[0]
	Save(t, s, checkOf(p, "a", 7, time.Hour))
	ok(t, s.TakeMessage(t.Context(), feed(20*time.Hour), func(a *store.FeedAct) error {
		if err := a.End(p.ID, &first, after(2*time.Hour), "home"); err != nil {
			return err
		}
		second := ward.Stay{PatientID: p.ID, AdmittedAt: after(3 * time.Hour)}
		if err := a.Begin(p.ID, second); err != nil {
			return err
		}
		if busy, err := a.Busy(p.ID, &second); err != nil || busy {
			t.Errorf("the new stay is busy: %t, %v", busy, err)
		}
		return a.Withdraw(p.ID, &second)
	}))
	if h := ChartOf(t, s, p.ID); len(h.Stays) != 1 || h.Stays[0].Discharge != "home" || len(h.StayVersions) != 4 {
		t.Errorf("stays: %+v", h.Stays)
	}
	Whole(t, s)
}

// A person who types settles the difference, and so does an answer.
func testDifferencesAreSettled(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	differ := func(list ...ward.Difference) {
		t.Helper()
		ok(t, s.TakeMessage(t.Context(), feed(time.Hour), func(a *store.FeedAct) error {
			for _, d := range list {
				d.At = after(time.Hour)
				ok(t, a.Differ(p.ID, d))
			}
			return nil
		}))
	}
	open := func() (list string) {
		for _, d := range must(s.Board(t.Context()))(t)[0].Differences {
			list += string(d.Field) + "=" + d.Feed + ";"
		}
		return list
	}
	differ(ward.Difference{Field: ward.FieldName, Feed: "SILVA, Rosa"}, ward.Difference{Field: ward.FieldBirthDate, Feed: "1960-01-02"}, ward.Difference{Field: ward.FieldClinician, Feed: "NAIR, Priya"})
	if got := open(); got != "name=SILVA, Rosa;birth_date=1960-01-02;clinician=NAIR, Priya;" {
		t.Fatalf("open: %s", got)
	}
	ok(t, s.Settle(t.Context(), nurse(2*time.Hour), p.ID, ward.FieldBirthDate, true))
	refused(t, s.Settle(t.Context(), nurse(2*time.Hour), p.ID, ward.FieldBirthDate, true), ward.KindNotFound, "the feed says nothing else")
	ok(t, s.Settle(t.Context(), nurse(2*time.Hour), p.ID, ward.FieldClinician, true))
	h := HistoryOf(t, s, p.ID)
	if h.Patient.BirthDate.String() != "1960-01-02" || h.Stays[0].Clinician != "NAIR, Priya" || open() != "name=SILVA, Rosa;" {
		t.Errorf("%+v %+v, open %s", h.Patient, h.Stays, open())
	}
	typed := h.Patient
	typed.Name = "OKAFOR, Adaeze"
	must(s.EditPatient(t.Context(), nurse(3*time.Hour), typed))(t)
	if open() != "" {
		t.Errorf("open after typing: %s", open())
	}
	Whole(t, s)
}
