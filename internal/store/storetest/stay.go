package storetest

import (
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func boardOf(t *testing.T, s *store.Store, patient int64) (*ward.History, bool) {
	t.Helper()
	board := must(s.Board(t.Context()))(t)
	for i := range board {
		if board[i].Patient.ID == patient {
			return &board[i], true
		}
	}
	return nil, false
}

func testPatientsAreEditedByVersions(t *testing.T, l *logs) {
	s := l.opened(t)
	ctx := t.Context()
	p := Admit(t, s)
	again := ada()
	again.MRN = "００４２３１７" // wide digits make the same MRN
	_, _, err := s.Admit(ctx, nurse(0), again, ward.Stay{AdmittedAt: after(0)})
	refused(t, err, ward.KindConflict, "a patient on the ward has this MRN")
	again.MRN = "42317" // without the zeros it is another
	q := AdmitAs(t, s, again, "2")
	p.MRN = "0042318"
	edited := must(s.EditPatient(ctx, nurse(0), p))(t)
	if edited.Version != 2 || edited.ID != p.ID || must(s.PatientByMRN(ctx, "0042317"))(t).ID != p.ID || must(s.PatientByMRN(ctx, "0042318"))(t).ID != p.ID {
		t.Errorf("edited: %+v", edited)
	}
	_, err = s.EditPatient(ctx, nurse(0), p)
	refused(t, err, ward.KindConflict, "somebody changed this meanwhile")
	q.MRN = "0042317" // a former one of the other
	_, err = s.EditPatient(ctx, nurse(0), q)
	refused(t, err, ward.KindConflict, "mrn: ")
	edited.Baseline = icans.Scored(9)
	_, err = s.EditPatient(ctx, clinician(0), edited)
	refused(t, err, ward.KindInvalid, "reason: missing")
	edited.Name, edited.Baseline = "", 0
	_, err = s.EditPatient(ctx, nurse(0), edited)
	refused(t, err, ward.KindInvalid, "name: missing")
	must(s.Discharge(ctx, nurse(time.Hour), p.ID, after(time.Hour), "home"))(t)
	_, _, err = s.Admit(ctx, nurse(2*time.Hour), ada(), ward.Stay{AdmittedAt: after(2 * time.Hour)})
	refused(t, err, ward.KindQuestion, "readmit?")
	if chart := ChartOf(t, s, p.ID); len(chart.PatientVersions) != 2 || chart.PatientVersions[0].MRN != "0042318" || len(chart.StayVersions) != 2 {
		t.Errorf("%+v", chart.PatientVersions)
	}
	Whole(t, s)
}

// Ages count on the ward's calendar: born on the day that begins there at 23:00 UTC.
func testAgesCountOnTheWardsCalendar(t *testing.T, l *logs) {
	s := l.opened(t)
	at := time.Date(2026, 7, 10, 23, 30, 0, 0, time.UTC) // 00:30 in Lisbon
	p := ward.Patient{MRN: "1", Name: "NEW, Born", BirthDate: ward.Date{Year: 2026, Month: 7, Day: 11}, Tool: icans.CAPD}
	_, _, err := s.Admit(t.Context(), ward.Sign("Sam Lee", at), p, ward.Stay{AdmittedAt: at})
	ok(t, err)
}

func testATransferIsAnEditOfTheBed(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	stay := *historyOfStay(t, s, p.ID)
	stay.Bed, stay.DischargedAt, stay.Discharge = "14B", after(0), ward.DiedICANS // the end is not for an edit
	moved := must(s.EditStay(t.Context(), feed(0), stay))(t)
	if moved.Bed != "14B" || !moved.OnWard() || moved.Version != 2 || moved.Began.By != "Sam Lee" || moved.Recorded.By != "feed ADT" {
		t.Errorf("%+v", moved)
	}
	_, err := s.EditStay(t.Context(), nurse(0), stay)
	refused(t, err, ward.KindConflict, "somebody changed this meanwhile")
	stay.ID = 999
	_, err = s.EditStay(t.Context(), nurse(0), stay)
	refused(t, err, ward.KindNotFound, "no stay 999")
	Whole(t, s)
}

func historyOfStay(t *testing.T, s *store.Store, patient int64) *ward.Stay {
	t.Helper()
	h := HistoryOf(t, s, patient)
	return h.Stay()
}

// Another admission changes from when a patient counts as not examined.
func testAnAdmissionThatMoves(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	asleep := checkOf(p, "a", 10, -119*time.Hour)
	asleep.Findings = icans.Findings{Tool: icans.ICE, Unable: icans.UnableAsleep}
	Save(t, s, asleep)
	stay := *historyOfStay(t, s, p.ID)
	stay.AdmittedAt = after(-118 * time.Hour)
	_, err := s.EditStay(t.Context(), nurse(0), stay)
	refused(t, err, ward.KindInvalid, "admitted_at: a check of this stay was performed before that")
	stay.AdmittedAt = after(-140 * time.Hour)
	must(s.EditStay(t.Context(), nurse(0), stay))(t)
	h := HistoryOf(t, s, p.ID)
	if c := h.Checks[0]; c.Result.Reasons&icans.NotExamined == 0 || c.Result.Flag != icans.FlagUrgent || c.Because != "stay" {
		t.Errorf("%+v", c)
	}
	must(s.Discharge(t.Context(), nurse(0), p.ID, after(0), "home"))(t)
	next := must(s.Readmit(t.Context(), nurse(time.Hour), ward.Stay{PatientID: p.ID, AdmittedAt: after(time.Hour)}))(t)
	next.AdmittedAt = after(-time.Hour)
	_, err = s.EditStay(t.Context(), nurse(2*time.Hour), next)
	refused(t, err, ward.KindInvalid, "is within another stay")
	Whole(t, s)
}

// A feed's discharge of a patient with open work stays on the board until a person
// confirms it or undoes it.
func testAFeedsDischargeWaitsForAPerson(t *testing.T, l *logs) {
	s := l.opened(t)
	for name, work := range map[string]func(t *testing.T, s *store.Store, p ward.Patient){
		"nothing":   func(*testing.T, *store.Store, ward.Patient) {},
		"follow-up": func(t *testing.T, s *store.Store, p ward.Patient) { Save(t, s, checkOf(p, "a", 8, -time.Hour)) },
		"report": func(t *testing.T, s *store.Store, p ward.Patient) {
			ok(t, s.PutReport(t.Context(), nurse(0), ward.Report{PatientID: p.ID, ToldAt: after(0), ToldBy: "patient", Words: "odd"}))
		},
		"draft": func(t *testing.T, s *store.Store, p ward.Patient) {
			ok(t, s.KeepDraft(t.Context(), store.Draft{PatientID: p.ID, Author: "Sam Lee", CheckID: "x", Revision: 1, Since: after(0), Content: "y"}))
		},
		"a closed flag": func(t *testing.T, s *store.Store, p ward.Patient) {
			f := Save(t, s, checkOf(p, "b", 8, -time.Hour)).FollowUp
			ok(t, s.Acknowledge(t.Context(), nurse(0), f.ID))
			ok(t, s.CloseFollowUp(t.Context(), clinician(0), f.ID, ward.ConfirmedICANS, "grade 1", false))
		},
	} {
		p := admitNamed(t, s, name)
		work(t, s, p)
		stay := must(s.Discharge(t.Context(), feed(time.Hour), p.ID, after(time.Hour), "home"))(t)
		h, there := boardOf(t, s, p.ID)
		if name == "nothing" {
			if stay.EndUnconfirmed || there {
				t.Errorf("%s: %+v", name, stay)
			}
			refused(t, s.ConfirmDischarge(t.Context(), nurse(2*time.Hour), p.ID), ward.KindConflict, "")
			continue
		}
		site := ward.DefaultSite()
		if !stay.EndUnconfirmed || !there || !ward.Watch(h, &site, after(2*time.Hour)).Left {
			t.Errorf("%s: %+v, on the board %v", name, stay, there)
		}
		_, err := s.Discharge(t.Context(), nurse(2*time.Hour), p.ID, after(2*time.Hour), "home")
		refused(t, err, ward.KindConflict, "the patient left already")
		ok(t, s.ConfirmDischarge(t.Context(), nurse(2*time.Hour), p.ID))
		if h, there := boardOf(t, s, p.ID); there != (name == "follow-up") || there && ward.Watch(h, &site, after(2*time.Hour)).Left {
			t.Errorf("%s: once it is confirmed: on the board %v", name, there)
		}
		ok(t, s.EachCheck(t.Context(), store.Selection{PatientID: p.ID}, func(_ *ward.Patient, got *ward.Stay, _ *ward.Check) error {
			if got.AdmittedBy != "Sam Lee" || got.DischargedBy != "feed ADT" {
				t.Errorf("%s: the times are from %s and %s", name, got.AdmittedBy, got.DischargedBy)
			}
			return nil
		}))
	}
	Whole(t, s)
}

func testDischargeUndoAndReadmission(t *testing.T, l *logs) {
	s := l.opened(t)
	ctx := t.Context()
	p := Admit(t, s)
	Save(t, s, checkOf(p, "a", 8, -time.Hour))
	_, err := s.UndoDischarge(ctx, nurse(0), p.ID, "x")
	refused(t, err, ward.KindConflict, "is on the ward")
	_, err = s.Readmit(ctx, nurse(0), ward.Stay{PatientID: p.ID, AdmittedAt: after(0)})
	refused(t, err, ward.KindConflict, "is on the ward")
	_, err = s.Discharge(ctx, nurse(0), p.ID, after(time.Hour), "home")
	refused(t, err, ward.KindInvalid, "discharged_at: is in the future")
	_, err = s.Discharge(ctx, nurse(0), p.ID, after(0), "gone")
	refused(t, err, ward.KindInvalid, "discharge: allowed")
	must(s.Discharge(ctx, nurse(time.Hour), p.ID, after(time.Hour), "home"))(t)
	if h, there := boardOf(t, s, p.ID); !there || h.Open() == nil || h.OnWard() { // listed under discharged
		t.Error("the open follow-up is lost")
	}
	_, err = s.UndoDischarge(ctx, nurse(2*time.Hour), p.ID, " ")
	refused(t, err, ward.KindInvalid, "reason")
	back := must(s.UndoDischarge(ctx, nurse(2*time.Hour), p.ID, "by mistake"))(t)
	if !back.OnWard() || back.Reason != "by mistake" || back.Version != 3 {
		t.Errorf("%+v", back)
	}
	again := must(s.Discharge(ctx, nurse(3*time.Hour), p.ID, after(3*time.Hour), "home"))(t)
	if again.Reason != "" {
		t.Errorf("the discharge has the reason of the undoing: %+v", again)
	}

	// A check is recorded late into the ended stay, and no check outside it.
	saved := must(s.SaveCheck(ctx, nurse(5*time.Hour), checkOf(p, "late", 4, 2*time.Hour)))(t)
	if saved.Check.StayID != again.ID || saved.Event != ward.JoinRaised {
		t.Errorf("%+v", saved)
	}
	_, err = s.SaveCheck(ctx, nurse(5*time.Hour), checkOf(p, "outside", 4, 4*time.Hour))
	refused(t, err, ward.KindInvalid, "performed_at: is outside the patient's stays")

	_, err = s.Readmit(ctx, nurse(6*time.Hour), ward.Stay{PatientID: p.ID, AdmittedAt: after(2 * time.Hour)})
	refused(t, err, ward.KindInvalid, "admitted_at: is before the end")
	_, err = s.Readmit(ctx, nurse(6*time.Hour), ward.Stay{PatientID: 999, AdmittedAt: after(6 * time.Hour)})
	refused(t, err, ward.KindNotFound, "no patient 999")
	must(s.Readmit(ctx, nurse(6*time.Hour), ward.Stay{PatientID: p.ID, Bed: "1", AdmittedAt: after(6 * time.Hour)}))(t)
	_, err = s.UndoDischarge(ctx, nurse(7*time.Hour), p.ID, "by mistake")
	refused(t, err, ward.KindConflict, "is on the ward")
	must(s.Discharge(ctx, nurse(8*time.Hour), p.ID, after(8*time.Hour), "home"))(t)
	undone := must(s.UndoDischarge(ctx, nurse(9*time.Hour), p.ID, "by mistake"))(t)
	if undone.Bed != "1" {
		t.Errorf("the wrong stay goes on: %+v", undone)
	}
	h := HistoryOf(t, s, p.ID)
	if len(h.Stays) != 2 || !h.OnWard() || h.Open() == nil {
		t.Errorf("%+v", h.Stays)
	}
	Whole(t, s)
}

// A feed may tell of a discharge when later checks are recorded already.
func testADischargeBeforeTheLastCheck(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	c := Save(t, s, checkOf(p, "a", 10, 0)).Check
	must(s.Discharge(t.Context(), feed(time.Hour), p.ID, after(-time.Hour), "home"))(t)
	Whole(t, s)
	must(s.SaveCheck(t.Context(), nurse(2*time.Hour), correction(c, 9)))(t)
	must(s.UndoDischarge(t.Context(), feed(3*time.Hour), p.ID, "cancelled"))(t)
	Whole(t, s)
}

func testStaff(t *testing.T, l *logs) {
	s := l.fresh(t)
	_, err := s.Ward(t.Context())
	refused(t, err, ward.KindNotFound, "no ward yet")
	SetUp(t, s)
	if w := must(s.Ward(t.Context()))(t); w.Name != "Haematology 4" || w.Zone != "Europe/Lisbon" {
		t.Errorf("the ward is %+v", w)
	}
	refused(t, s.AddStaff(t.Context(), admin(0), ward.Staff{Name: "SAM LEE", Role: ward.Nurse, Active: true}), ward.KindConflict, "of that name already")
	refused(t, s.AddStaff(t.Context(), admin(0), ward.Staff{Name: "X", Role: "cook", Active: true}), ward.KindInvalid, "role")
	refused(t, s.AddStaff(t.Context(), admin(0), ward.Staff{Name: "feed X", Role: ward.Nurse, Active: true}), ward.KindInvalid, "reserved")
	refused(t, s.SetUp(t.Context(), nurse(0), ward.Ward{Name: "Another", Zone: "UTC"}, ward.Staff{Name: "Y", Role: ward.Admin, Active: true}), ward.KindConflict, "has a ward already")
	refused(t, s.ChangeStaff(t.Context(), admin(0), "Kim Adler", ward.Nurse, true), ward.KindConflict, "last administrator")
	refused(t, s.ChangeStaff(t.Context(), admin(0), "ADT", ward.Nurse, true), ward.KindInvalid, "a feed stays a feed")
	pin := ward.PIN{Digest: "d"}
	refused(t, s.SetPIN(t.Context(), login(0), "Sam Lee", pin), ward.KindNotAllowed, "sign in")
	ok(t, s.SetPIN(t.Context(), nurse(0), "sam lee", pin))
	refused(t, s.SetPIN(t.Context(), nurse(0), "Dr Ana Reis", pin), ward.KindNotAllowed, "administrator")
	refused(t, s.SetPIN(t.Context(), feed(0), "ADT", pin), ward.KindNotAllowed, "administrator")
}

func testSigningIn(t *testing.T, l *logs) {
	s := l.opened(t)
	ok(t, s.SetPIN(t.Context(), nurse(0), "Sam Lee", ward.PIN{Digest: "right"}))
	sign := func(by string, at time.Duration, right bool) error {
		_, err := s.SignIn(t.Context(), ward.Sign(by, after(at)), ward.SignedIn, ward.Guess{Matches: func(ward.PIN) (bool, error) { return right, nil }})
		return err
	}
	ok(t, sign("sam lee", time.Minute, true))
	refused(t, sign("No Body", time.Minute, true), ward.KindNotFound, "no such name")
	refused(t, sign("ADT", time.Minute, true), ward.KindNotAllowed, "never here")
	refused(t, sign("Dr Ana Reis", time.Minute, true), ward.KindConflict, "has no PIN yet")
	up := ward.Uptime{Boot: "first", For: 100 * time.Hour}
	s.SetUptime(func() ward.Uptime { return up })
	for i := range ward.LockAfter {
		up.For += time.Hour
		refused(t, sign("Sam Lee", time.Duration(i+1)*time.Hour, false), ward.KindInvalid, "not the PIN")
	}
	// The wall clock may go where it likes: the lock does not follow it (cases.md C6).
	for _, wall := range []time.Duration{ward.LockAfter*time.Hour + time.Minute, -24 * time.Hour, 365 * 24 * time.Hour} {
		refused(t, sign("Sam Lee", wall, true), ward.KindConflict, "locked after 6 wrong tries: try again in 15 min")
	}
	up = ward.Uptime{Boot: "second", For: time.Minute} // the machine was started again
	refused(t, sign("Sam Lee", 7*time.Hour, true), ward.KindConflict, "try again in 14 min")
	up = ward.Uptime{Boot: "first", For: 106*time.Hour + ward.LockFor - time.Second}
	refused(t, sign("Sam Lee", 7*time.Hour, true), ward.KindConflict, "try again in 1 min")
	up.For += time.Second
	refused(t, sign("Sam Lee", 7*time.Hour, false), ward.KindInvalid, "not the PIN")
	refused(t, sign("Sam Lee", 8*time.Hour, true), ward.KindConflict, "locked after 7 wrong tries")
	ok(t, s.SetPIN(t.Context(), admin(9*time.Hour), "Sam Lee", ward.PIN{Digest: "new"}))
	ok(t, sign("Sam Lee", 9*time.Hour, true))
	ok(t, s.ChangeStaff(t.Context(), admin(10*time.Hour), "Sam Lee", ward.Nurse, false))
	refused(t, sign("Sam Lee", 11*time.Hour, true), ward.KindNotAllowed, "no longer on the staff")
}
