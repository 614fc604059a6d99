package storetest

import (
	"slices"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// A withdrawn stay is in no view, and its patient may be readmitted.
func testAStayByMistakeIsWithdrawn(t *testing.T, l *logs) {
	s := l.opened(t)
	ctx := t.Context()
	p := Admit(t, s)
	first := *historyOfStay(t, s, p.ID)
	_, err := s.WithdrawStay(ctx, nurse(0), first.ID, " ")
	refused(t, err, ward.KindInvalid, "reason: missing")
	_, err = s.WithdrawStay(ctx, nurse(0), 999, "wrong ward")
	refused(t, err, ward.KindNotFound, "no stay 999")
	sig := nurse(0)
	sig.Request = "cancel"
	gone := must(s.WithdrawStay(ctx, sig, first.ID, "wrong ward"))(t)
	if gone.Status != ward.Withdrawn || gone.Version != 2 || gone.Reason != "wrong ward" {
		t.Errorf("%+v", gone)
	}
	if again := must(s.WithdrawStay(ctx, sig, first.ID, "wrong ward"))(t); again != gone {
		t.Errorf("the request again: %+v, not %+v", again, gone)
	}
	_, err = s.WithdrawStay(ctx, nurse(0), first.ID, "wrong ward")
	refused(t, err, ward.KindNotFound, "no stay")
	if _, there := boardOf(t, s, p.ID); there {
		t.Error("the patient is on the board")
	}
	known := must(s.KnownPatients(ctx))(t)
	if h := HistoryOf(t, s, p.ID); len(h.Stays) != 0 || len(known) != 1 || known[0].Stay.ID != 0 {
		t.Errorf("%+v, %+v", h.Stays, known)
	}
	var words []string
	ok(t, s.EachAudit(ctx, store.AuditSelection{PatientID: p.ID}, func(e *ward.AuditEntry) error {
		words = append(words, e.Event+": "+e.Detail)
		return nil
	}))
	if !slices.Contains(words, "stay_withdrawn: wrong ward") {
		t.Errorf("the audit has %q", words)
	}
	Whole(t, s)

	_, err = s.SaveCheck(ctx, nurse(0), checkOf(p, "a", 10, 0))
	refused(t, err, ward.KindInvalid, "performed_at: is outside the patient's stays")
	_, _, err = s.Admit(ctx, nurse(0), ada(), ward.Stay{AdmittedAt: after(0)})
	refused(t, err, ward.KindQuestion, "readmit?")
	next := must(s.Readmit(ctx, nurse(0), ward.Stay{PatientID: p.ID, AdmittedAt: first.AdmittedAt}))(t)
	if h := HistoryOf(t, s, p.ID); len(h.Stays) != 1 || !h.OnWard() || h.Stay().ID != next.ID {
		t.Errorf("%+v", h.Stays)
	}
	if chart := ChartOf(t, s, p.ID); len(chart.StayVersions) != 3 {
		t.Errorf("%+v", chart.StayVersions)
	}
	Whole(t, s)
}

// A stay in which something was recorded stays, until that is withdrawn.
func testAStayInUseIsNotWithdrawn(t *testing.T, l *logs) {
	s := l.opened(t)
	for use, record := range map[string]func(t *testing.T, s *store.Store, p ward.Patient){
		"a check": func(t *testing.T, s *store.Store, p ward.Patient) { Save(t, s, checkOf(p, "a", 10, -time.Hour)) },
		"a report": func(t *testing.T, s *store.Store, p ward.Patient) {
			ok(t, s.PutReport(t.Context(), nurse(0), ward.Report{PatientID: p.ID, ToldAt: after(0), ToldBy: "patient", Words: "odd"}))
		},
		"an intervention": func(t *testing.T, s *store.Store, p ward.Patient) {
			ok(t, s.PutIntervention(t.Context(), nurse(0), ward.Intervention{PatientID: p.ID, DoneAt: after(0), Kind: "eeg"}))
		},
		"an order": func(t *testing.T, s *store.Store, p ward.Patient) {
			ok(t, s.PutOrder(t.Context(), clinician(0), ward.Order{PatientID: p.ID, Kind: ward.OrderStop, Reason: "asked"}))
		},
		"a cause": func(t *testing.T, s *store.Store, p ward.Patient) {
			ok(t, s.NameCause(t.Context(), clinician(0), ward.Attribution{PatientID: p.ID, Domain: "score", Cause: "a tube", Until: after(time.Hour)}))
		},
		"an open follow-up": func(t *testing.T, s *store.Store, p ward.Patient) {
			c := Save(t, s, checkOf(p, "b", 4, -time.Hour)).Check
			must(s.SaveCheck(t.Context(), nurse(0), withdrawal(c)))(t)
		},
		"an unsaved check": func(t *testing.T, s *store.Store, p ward.Patient) {
			ok(t, s.KeepDraft(t.Context(), store.Draft{PatientID: p.ID, Author: "Sam Lee", CheckID: "x", Revision: 1, Since: after(0), Content: "y"}))
		},
	} {
		p := admitNamed(t, s, use)
		record(t, s, p)
		stay := *historyOfStay(t, s, p.ID)
		before := must(s.Chart(t.Context(), p.ID))(t)
		for _, sig := range []ward.Signature{nurse(time.Hour), feed(time.Hour)} {
			_, err := s.WithdrawStay(t.Context(), sig, stay.ID, "cancelled")
			refused(t, err, ward.KindConflict, use+" was recorded in this stay")
		}
		if after := must(s.Chart(t.Context(), p.ID))(t); len(after.StayVersions) != len(before.StayVersions) {
			t.Errorf("%s: the stay has another version", use)
		}

		// Another stay, in which nothing was recorded, can be withdrawn all the same.
		must(s.Discharge(t.Context(), nurse(time.Hour), p.ID, after(time.Hour), "home"))(t)
		next := must(s.Readmit(t.Context(), nurse(2*time.Hour), ward.Stay{PatientID: p.ID, AdmittedAt: after(2 * time.Hour)}))(t)
		if use == "an unsaved check" {
			ok(t, s.DropDraft(t.Context(), p.ID, "Sam Lee"))
		}
		must(s.WithdrawStay(t.Context(), nurse(3*time.Hour), next.ID, "cancelled"))(t)
		if h := HistoryOf(t, s, p.ID); len(h.Stays) != 1 || h.OnWard() || h.Stay().ID != stay.ID {
			t.Errorf("%s: %+v", use, h.Stays)
		}
	}
	Whole(t, s)
}
