package admit_test

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/admit"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newSeat(t *testing.T) *desktest.Seat {
	t.Helper()
	return desktest.New(t, admit.Screens())
}

// byMRN returns a patient of the log with the latest stay.
func byMRN(t *testing.T, s *desktest.Seat, mrn string) store.Known {
	t.Helper()
	list, err := s.Log.KnownPatients(t.Context())
	ok(t, err)
	for _, k := range list {
		if k.Patient.MRN == mrn {
			return k
		}
	}
	t.Fatalf("no patient has the MRN %s", mrn)
	return store.Known{}
}

// leave discharges a patient in the record.
func leave(t *testing.T, s *desktest.Seat, p ward.Patient, ago time.Duration, how string) {
	t.Helper()
	at := s.Now().Add(-ago)
	_, err := s.Log.Discharge(t.Context(), ward.Sign(desktest.Nair, at), p.ID, at, how)
	ok(t, err)
}

// nils admits BERG, Nils and discharges him on 28 November at 10:30.
func nils(t *testing.T, s *desktest.Seat) ward.Patient {
	t.Helper()
	p := s.Admit("5B", ward.Patient{MRN: "0041554", Name: "BERG, Nils", BirthDate: ward.Date{Year: 1958, Month: 2, Day: 3}})
	leave(t, s, p, 29*time.Hour+37*time.Minute, "home")
	return p
}

// fill types values into the lines of the form, from the selected line on; an empty one
// goes on. A value after = is an answer, which goes on by itself.
func fill(s *desktest.Seat, values ...string) {
	for _, v := range values {
		if answer, ok := strings.CutPrefix(v, "="); ok {
			s.Press(answer)
			continue
		}
		if v != "" {
			s.Type(v)
		}
		s.Press("enter")
	}
}

// esc presses esc and waits, because esc may be the beginning of an arrow.
func esc(s *desktest.Seat) *desktest.Seat {
	s.Press("esc").Wait(time.Second)
	return s
}

// mia types ROSSI, Mia into the form of a new patient.
func mia(s *desktest.Seat, mrn string) {
	fill(s, mrn, "ROSSI, Mia", "03/02/2019")
	s.Press("1") // 3 February
	fill(s, "", "", "6A", desktest.Tunde, "", "=0", "axi-cel")
}

// B5: a discharge by mistake is undone with two keys and a reason.
func TestDischargeAndBack(t *testing.T) {
	s := newSeat(t)
	p := s.Kowalski()
	s.SignIn(desktest.Maria).Go(desk.Discharge, desk.Subject(p.ID))
	s.Sees("DISCHARGE KOWALSKI, Piotr   born 2 Aug 1958   MRN 0041198   bed 4B", "now, 16:07 (t another time)", "Open follow-ups: none", "Check LATE", "4 died of ICANS (grade 5)")
	s.Golden("discharge")
	keys := []string{"d", "1", "y"} // d opened the question
	s.Press("1").Sees("Discharge KOWALSKI, Piotr, MRN 0041198, home, 16:07?").Golden("discharge-sure")
	s.Press("y").Sees("KOWALSKI, Piotr left 16:07, home; p 2 brings them back")
	t.Logf("discharge: %d keys (%s), at most 5", len(keys), strings.Join(keys, " "))
	if k := byMRN(t, s, "0041198"); k.Stay.OnWard() || k.Stay.Discharge != "home" {
		t.Errorf("%+v", k.Stay)
	}
	s.Go(desk.PatientIn, "").Sees("1 readmit KOWALSKI, Piotr   born 2 Aug 1958   MRN 0041198   left 16:07, home", "2 undo that discharge (16:07, Maria Santos)")
	s.Press("2").Sees("UNDO the discharge of KOWALSKI, Piotr   born 2 Aug 1958   MRN 0041198?").Golden("undo")
	s.Press("1").Sees("discharge undone: KOWALSKI, Piotr")
	if k := byMRN(t, s, "0041198"); !k.Stay.OnWard() || k.Stay.Reason != "entered in error" {
		t.Errorf("%+v", k.Stay)
	}
}

// B5: the same MRN, admitted again, is a question and no dead end.
func TestTheSameMRNIsReadmitted(t *testing.T) {
	s := newSeat(t)
	p := s.Kowalski()
	leave(t, s, p, time.Hour, "home")
	s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Press("4", "enter")
	fill(s, "0041198", "KOWALSKI, Piotr", "2 Aug 1958", "", "", "4B")
	s.Press("ctrl+s").Sees("LOOK AGAIN before saving", "MRN of KOWALSKI, Piotr, left 15:07, home. Readmit?", "2 readmit KOWALSKI, Piotr")
	s.Press("1").Sees("1 does nothing now: the MRN is taken")
	s.Press("2").Sees("READMIT KOWALSKI, Piotr   born 2 Aug 1958   MRN 0041198?", "Therapy and day count go on: axi-cel, day +1")
	s.Press("enter", "enter", "enter", "enter").Press("1").Sees("readmitted KOWALSKI, Piotr   MRN 0041198, bed 4B; first check due")
	if k := byMRN(t, s, "0041198"); !k.Stay.OnWard() || k.Stay.Bed != "4B" || k.Patient.ID != p.ID {
		t.Errorf("%+v", k)
	}
}

func TestPatientInByNameAndByScan(t *testing.T) {
	s := newSeat(t)
	p := nils(t, s)
	ada := s.Ada()
	s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Type("bérg")
	s.Sees("1 readmit BERG, Nils   born 3 Feb 1958   MRN 0041554   left 28 Nov, home", "2 undo that discharge (Sat 10:30, Dr Nair)    3 late check for that stay", "4 new patient      5 who left in the last 30 days")
	s.Golden("patient-in")
	s.Press("enter", "3")
	if to := s.LastOpened(); to.Screen != desk.Form || to.Subject != desk.Subject(p.ID) {
		t.Errorf("%+v", to)
	}
	s.Press("x").Sees("nobody matches").Press("enter", "ctrl+u").Type("berg").Sees("MRN or name:  berg▌")
	s.Press("esc").Go(desk.PatientIn, "").Burst("0042317").Sees("1 open OKAFOR, Ada   born 14 Mar 1961   MRN 0042317   on the ward, bed 1A")
	s.Press("1")
	if to := s.LastOpened(); to.Screen != desk.Patient || to.Subject != desk.Subject(ada.ID) {
		t.Errorf("%+v", to)
	}
	s.Press("esc", "esc").Go(desk.PatientIn, "").Press("5", "enter").Sees("Who left in the last 30 days", "BERG, Nils")
}

func TestReadmit(t *testing.T) {
	s := newSeat(t)
	nils(t, s)
	s.Ada()
	s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Type("berg").Press("enter", "1")
	s.Sees("READMIT BERG, Nils   born 3 Feb 1958   MRN 0041554?", "left Sat 10:30, home, Dr Nair")
	s.Type("1A").Sees("OKAFOR, Ada is in 1A now: both?").Golden("readmit")
	s.Press("esc", "1").Sees("1A")
	s.Press("backspace", "backspace").Type("5B").Press("enter", "enter", "enter").Type("28 Nov 09:00").Press("enter").Sees("is before the last stay ended")
	s.Press("ctrl+u").Type("15:30").Press("enter", "1").Sees("readmitted BERG, Nils", "first check due 16:00")
	if k := byMRN(t, s, "0041554"); !k.Stay.OnWard() || k.Stay.AdmittedAt.In(s.Desk.Zone()).Format("15:04") != "15:30" {
		t.Errorf("%+v", k.Stay)
	}
}

func TestTheDeadAreNotReadmitted(t *testing.T) {
	s := newSeat(t)
	p := s.Kowalski()
	leave(t, s, p, time.Hour, "died")
	s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Type("kowal").Press("enter", "1").Sees("the stay ended with the patient's death: 2 undoes that")
	s.Press("2", "3").Type("wrong patient").Press("enter", "1").Sees("discharge undone")
}

func TestDischargeAtAnotherTime(t *testing.T) {
	s := newSeat(t)
	p := s.Kowalski()
	s.SignIn(desktest.Maria).Go(desk.Discharge, desk.Subject(p.ID)).Press("4").Sees("only a clinician may do this: Dr Nair, Dr Adeyemi")
	s.Press("t").Type("1700").Press("enter").Sees("in the future, the clock says 16:07. Yesterday?").Press("n")
	s.Press("ctrl+u").Type("20 Nov 10:00").Press("enter").Sees("is before admission")
	s.Press("ctrl+u").Type("1530").Press("enter").Sees("today 15:30, 37 min ago").Press("2").Sees("transferred, 15:30?").Press("1").Sees("left 15:30, transferred")
	if k := byMRN(t, s, "0041198"); k.Stay.DischargedAt.In(s.Desk.Zone()).Format("15:04") != "15:30" {
		t.Errorf("%+v", k.Stay)
	}
}

func TestDiedOfICANSIsAClinicians(t *testing.T) {
	s := newSeat(t)
	p := s.Kowalski()
	s.Record(p, time.Minute, desktest.Maria, "consciousness=tactile")
	s.SignIn(desktest.Nair).Go(desk.Discharge, desk.Subject(p.ID)).Sees("Open follow-up: urgent, accept 13m: it stays")
	s.Press("4", "y").Sees("left 16:07, died of ICANS (grade 5)")
	if k := byMRN(t, s, "0041198"); k.Stay.Discharge != ward.DiedICANS {
		t.Errorf("%+v", k.Stay)
	}
}

func TestAFeedsDischargeIsConfirmedOrUndone(t *testing.T) {
	for _, key := range []string{"1", "2"} {
		s := newSeat(t)
		p := s.Kowalski()
		s.Record(p, time.Hour, desktest.Maria, "ice_city=0")
		ok(t, s.Log.AddStaff(t.Context(), ward.Sign(desktest.Grace, s.Now()), ward.Staff{Name: "ADT", Role: ward.Feed, Active: true}))
		at := s.Now().Add(-5 * time.Minute)
		stay, err := s.Log.Discharge(t.Context(), ward.Sign("feed ADT", s.Now()), p.ID, at, "home")
		ok(t, err)
		if !stay.EndUnconfirmed {
			t.Fatal("confirmed already")
		}
		s.SignIn(desktest.Maria).Go(desk.Discharge, desk.Subject(p.ID)).Sees("left 16:02 (feed), home, not confirmed.", "Open follow-up: grade 1: it stays open.")
		s.Press(key)
		if key == "2" {
			s.Press("2").Sees("discharge undone")
		}
		if k := byMRN(t, s, "0041198"); k.Stay.EndUnconfirmed || k.Stay.OnWard() != (key == "2") {
			t.Errorf("%s: %+v", key, k.Stay)
		}
	}
}

func TestAdmissionLooksAgain(t *testing.T) {
	s := newSeat(t)
	old := s.Admit("7A", ward.Patient{MRN: "0043317", Name: "ROSSI, Mia", BirthDate: ward.Date{Year: 2019, Month: 2, Day: 3}, Tool: icans.CAPD})
	leave(t, s, old, 20*time.Hour, "home")
	s.Admit("6A", ward.Patient{MRN: "0040001", Name: "MENSAH, Kofi"})
	s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Press("4", "enter")
	s.Golden("admission")
	mia(s, "0043371")
	fill(s, "15:50", "14:00")
	s.Press("1") // ICE
	s.Press("ctrl+s")
	s.Sees("LOOK AGAIN before saving   ROSSI, Mia", "7 years old", "typed 03/02/2019, read as 3 February",
		"like 0043317 ROSSI, Mia, same birth date: same person?", "MENSAH, Kofi is in 6A now: both?", "7 years: CAPD is usual",
		"29 Nov 2026 14:00", "first check due 16:20 (30 min after admission)", "1 y admit as written    2 it is 0043317")
	s.Golden("look-again")
	s.Press("0").Sees("ADMIT  a new patient").Press("ctrl+s", "1").Sees("admitted ROSSI, Mia   MRN 0043371, bed 6A; first check due 16:20")
	k := byMRN(t, s, "0043371")
	if k.Patient.BirthDate != (ward.Date{Year: 2019, Month: 2, Day: 3}) || k.Patient.Tool != icans.ICE || k.Stay.Clinician != desktest.Tunde {
		t.Errorf("%+v", k)
	}
	if to := s.LastOpened(); to.Screen != desk.Board || to.Subject != desk.Subject(k.Patient.ID) {
		t.Errorf("%+v", to)
	}
}

func TestItIsTheKnownOne(t *testing.T) {
	s := newSeat(t)
	old := s.Admit("7A", ward.Patient{MRN: "0043317", Name: "ROSSI, Mia", BirthDate: ward.Date{Year: 2019, Month: 2, Day: 3}, Tool: icans.CAPD})
	leave(t, s, old, 20*time.Hour, "home")
	s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Press("4", "enter")
	mia(s, "0043371")
	s.Press("ctrl+s", "2").Sees("READMIT ROSSI, Mia", "6A")
	s.Press("enter", "enter", "enter", "enter", "1").Sees("readmitted ROSSI, Mia   MRN 0043317, bed 6A")
}

// B10: an infusion at a time that is ahead is today's. B11: a year that may be a slip is
// asked about.
func TestInfusionTimes(t *testing.T) {
	s := newSeat(t)
	s.SignIn(desktest.Nair)
	s.Jump(time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC))
	s.Go(desk.PatientIn, "").Press("4", "enter")
	mia(s, "0050001")
	fill(s, "", "14:00")
	s.Sees("today 14:00, in 3 h 59 min").Press("ctrl+s", "1")
	if p := byMRN(t, s, "0050001").Patient; !p.InfusedAt.Equal(time.Date(2026, 12, 1, 14, 0, 0, 0, time.UTC)) {
		t.Errorf("infused at %s", p.InfusedAt)
	}
	s.Jump(time.Date(2027, 1, 2, 10, 0, 0, 0, time.UTC))
	s.Go(desk.PatientIn, "").Press("4", "enter")
	fill(s, "0050002", "LUND, Per", "1 May 1950", "", "", "8A", "", "", "=0", "axi-cel", "", "2026-01-02")
	s.Sees("the time of day is missing").Type(" 09:00").Press("enter").Sees("2 January 2026 is a year ago: is the year right?").Press("2")
	s.Press("ctrl+s", "1")
	if p := byMRN(t, s, "0050002").Patient; !p.InfusedAt.Equal(time.Date(2027, 1, 2, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("infused at %s", p.InfusedAt)
	}
}

// A day 0 long before the admission, or one that leaves no check due, is shown.
func TestAnOldInfusionIsShown(t *testing.T) {
	s := newSeat(t)
	s.SignIn(desktest.Nair).Go(desk.PatientIn, "").Press("4", "enter")
	fill(s, "0050002", "LUND, Per", "1 May 1950", "", "", "8A", "", "", "=0", "axi-cel", "", "2 Mar 2026 09:00", "=1", "0")
	s.Press("ctrl+s").Sees("272 days before admission? first check due 16:37", "baseline ICE 0: is that right? 10 is full marks", "3 mild in health: none")
	s.Press("3", "4", "enter").Press("ctrl+s").Sees("memory", "in health").Press("1")
	if p := byMRN(t, s, "0050002").Patient; !p.Health.Has(icans.Memory) {
		t.Errorf("%+v", p)
	}
}

// B17: the age counts on the ward's calendar, not on that of the machine.
func TestAgesOnTheWardsCalendar(t *testing.T) {
	s := newSeat(t)
	s.SignIn(desktest.Maria)
	s.Jump(time.Date(2027, 7, 10, 23, 30, 0, 0, time.UTC)) // 00:30 in London on the 11th
	s.Go(desk.PatientIn, "").Press("4", "enter")
	fill(s, "0050003", "LEE, Kim", "2015-07-11")
	s.Sees("ICE, by age (12 y)").Press("ctrl+s").Sees("ICE").SeesNot("CAPD is usual")
	s.Press("1")
	if p := byMRN(t, s, "0050003").Patient; p.Tool != icans.ICE {
		t.Errorf("tool %v", p.Tool)
	}
}

func TestBirthDateUnknownNeedsASecondIdentifier(t *testing.T) {
	s := newSeat(t)
	s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Press("4", "enter")
	fill(s, "0050004", "DOE, Jo", "30 Feb 1950")
	s.Sees("there is no 30 February").Press("ctrl+u").Type("1950").Press("enter").Sees("a second identifier is needed")
	s.Press("ctrl+s").Sees("Date of birth: missing; if it is unknown, give a second identifier")
	s.Press("down").Type("passport X1").Press("ctrl+s", "1")
	if p := byMRN(t, s, "0050004").Patient; !p.BirthDate.IsZero() || p.SecondID != "passport X1, born 1950" {
		t.Errorf("%+v", p)
	}
}

// A baseline after the infusion is a clinician's: the form says so before it saves.
func TestABaselineAfterTheInfusion(t *testing.T) {
	s := newSeat(t)
	s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Press("4", "enter")
	mia(s, "0050005")
	fill(s, "", "28 Nov 09:00")
	s.Press("3")
	s.Type("9").Press("ctrl+s").Sees("after the infusion a clinician sets it: Dr Nair, Dr Adeyemi")
}

// Half-filled forms are kept over esc and over a lock.
func TestHalfFilledFormsAreKept(t *testing.T) {
	s := newSeat(t)
	ada := s.Ada()
	s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Press("4", "enter")
	fill(s, "0050006", "LUND, Per")
	esc(s).Sees("This admission is not saved.").Press("1").Sees("p 4 brings it back")
	s.Press("4", "enter").Sees("Your unsaved admission of 16:07 is back", "LUND, Per")
	s.Park(desktest.Maria)
	s.SeesNot("LUND")
	if _, back := s.Unpark(desktest.Maria); !back {
		t.Fatal("nothing was kept")
	}
	s.Wait(time.Second).Sees("LUND, Per")
	esc(s).Press("2", "4", "enter").SeesNot("LUND, Per")
	esc(esc(s)).Go(desk.Edit, desk.Subject(ada.ID)).Type("9C")
	esc(s).Press("1").Go(desk.Edit, desk.Subject(ada.ID)).Sees("Your unsaved changes are back", "9C▌")
}

// New bed: e shows old and new.
func TestTransfer(t *testing.T) {
	s := newSeat(t)
	ada := s.Ada()
	s.Kowalski()
	s.SignIn(desktest.Maria).Go(desk.Edit, desk.Subject(ada.ID)).Golden("edit")
	s.Type("4B").Press("ctrl+s")
	s.Sees("TRANSFER OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "Bed: 1A → 4B", "Please check: 4B  KOWALSKI, Piotr is in 4B now: both?")
	s.Golden("transfer")
	s.Press("1").Sees("saved 16:07: OKAFOR, Ada   MRN 0042317")
	if k := byMRN(t, s, "0042317"); k.Stay.Bed != "4B" || k.Patient.Version != 1 {
		t.Errorf("%+v", k)
	}
}

// An identifier changes with a reason, and another person's change meanwhile is said.
func TestEditAsksTheReason(t *testing.T) {
	s := newSeat(t)
	ada := s.Ada()
	s.SignIn(desktest.Maria).Go(desk.Edit, desk.Subject(ada.ID)).Press("home", "end")
	s.Press("up", "up", "up", "up", "up", "backspace").Type("8")
	other := ada
	other.Language = "Portuguese"
	_, err := s.Log.EditPatient(t.Context(), ward.Sign(desktest.Tomasz, s.Now()), other)
	ok(t, err)
	s.Tick().Sees("somebody changed this meanwhile; look again", "0042318", "Portuguese")
	s.Press("ctrl+s").Sees("MRN: 0042317 → 0042318").Press("enter").Sees("a reason is needed")
	s.Type("typing slip").Press("enter").Golden("edit-reason")
	s.Press("1").Sees("saved 16:07: OKAFOR, Ada   MRN 0042318")
	if p := byMRN(t, s, "0042318").Patient; p.Reason != "typing slip" || p.Language != "Portuguese" {
		t.Errorf("%+v", p)
	}
	s.Go(desk.Edit, desk.Subject(ada.ID)).Press("ctrl+s").Sees("nothing was changed")
}

// A baseline that is worse than a total on record is shown.
func TestAPoorBaselineIsShown(t *testing.T) {
	s := newSeat(t)
	ada := s.Ada()
	s.Record(ada, time.Hour, desktest.Maria)
	s.SignIn(desktest.Nair).Go(desk.Edit, desk.Subject(ada.ID)).Press("down", "down", "down", "enter", "down", "down", "down", "1", "ctrl+u").Type("6").Press("ctrl+s")
	s.Sees("Baseline: 10 → 6", "baseline ICE 6: is that right? 10 is full marks", "baseline 6, but 10 is on record", "reason")
}

// Wristbands of others are no answer in a form.
func TestAScanInAnotherLine(t *testing.T) {
	s := newSeat(t)
	ada := s.Ada()
	s.Ida()
	s.SignIn(desktest.Maria).Go(desk.Edit, desk.Subject(ada.ID)).Press("up").Burst("0042371").Sees("WRONG WRISTBAND: OKAFOR, Ida 0042371")
	s.Press("0").SeesNot("0042371")
	s.Burst("0042317").Sees("wristband matches 16:07")
}

// A line is read as it is left: while a time is typed, no figure of it answers the question
// that the figures before it would raise.
func TestALineIsNotReadWhileItIsTyped(t *testing.T) {
	s := newSeat(t).SignIn(desktest.Maria).Go(desk.PatientIn, "").Press("4", "enter")
	s.Type("0043371").Press("enter").Type("ROSSI, Mia").Press("enter").Sees(" ROSSI, Mia   MRN 0043371")
	for _, c := range strings.Split("03/02/2019", "") {
		s.Press(c).SeesNot("which day", "write the")
	}
	s.Press("enter").Sees("which day: 3 February 2019 or 2 March 2019?").Press("1").Sees("ROSSI, Mia   born 3 Feb 2019   MRN 0043371")
	for range 7 {
		s.Press("down")
	}
	for _, c := range strings.Split("2315", "") {
		s.Press(c).SeesNot("Yesterday?")
	}
	s.Press("enter").Sees("in the future, the clock says 16:07. Yesterday?").Press("1").Sees("yesterday 23:15")
}

// UndoLeave works for a patient of whom the board knows nothing.
func TestUndoLeave(t *testing.T) {
	s := newSeat(t)
	p := nils(t, s)
	s.SignIn(desktest.Maria).Go(desk.UndoLeave, desk.Subject(p.ID)).Sees("UNDO the discharge of BERG, Nils   born 3 Feb 1958   MRN 0041554?")
	s.Press("2").Sees("discharge undone: BERG, Nils")
	if k := byMRN(t, s, "0041554"); !k.Stay.OnWard() || k.Stay.Reason != "came back" {
		t.Errorf("%+v", k.Stay)
	}
	s.Go(desk.Discharge, "0").Sees("The patient is not on the ward.")
}

// A failed save keeps the dialog and says so; a slow one says that it is not saved yet.
func TestASaveThatFailsKeepsTheQuestion(t *testing.T) {
	s := newSeat(t)
	p := s.Kowalski()
	s.SignIn(desktest.Maria).Go(desk.Discharge, desk.Subject(p.ID)).Press("1")
	s.Hold()
	s.Press("y").Wait(12 * time.Second).Sees("saving… no answer for 12 s. NOT SAVED YET")
	s.Release()
	s.Sees("KOWALSKI, Piotr left")
	q := s.Sorensen()
	s.Tick().Go(desk.Discharge, desk.Subject(q.ID)).Press("1")
	ok(t, s.Log.ChangeStaff(t.Context(), ward.Sign(desktest.Grace, s.Now()), desktest.Maria, ward.Nurse, false))
	s.Press("y").Sees("NOT SAVED", "Discharge SØRENSEN, Bjørg, MRN 0039984, home")
}

// Another patient's MRN is refused before the save.
func TestAnotherPatientsMRN(t *testing.T) {
	s := newSeat(t)
	ada := s.Ada()
	s.Ida()
	s.SignIn(desktest.Maria).Go(desk.Edit, desk.Subject(ada.ID)).Press("up", "up", "up", "up", "up", "ctrl+u").Type("0042371").Press("ctrl+s")
	s.Sees("MRN: 0042317 → 0042371", "MRN of OKAFOR, Ida, on the ward, bed 1B").Type("x").Press("enter", "1").Sees("this is the MRN of OKAFOR, Ida")
}

// A similar name on the ward is shown.
func TestSimilarNamesAreShown(t *testing.T) {
	s := newSeat(t)
	s.Ada()
	s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Press("4", "enter")
	fill(s, "7777777", "OKAFOR, Ade", "1 May 1950")
	s.Press("ctrl+s").Sees("similar: OKAFOR, Ada 0042317 in 1A")
}

// Letters mean the same under Caps Lock, and a selected patient on the board is no former
// one.
func TestPatientInFromTheBoard(t *testing.T) {
	s := newSeat(t)
	ada := s.Ada()
	s.SignIn(desktest.Maria).Go(desk.PatientIn, desk.Subject(ada.ID)).SeesNot("OKAFOR").Type("OKA").Sees("1 open OKAFOR, Ada")
}

// Another terminal admits the same person while the question is open.
func TestTwoAdmitAtOnce(t *testing.T) {
	s := newSeat(t)
	s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Press("4", "enter")
	fill(s, "0050007", "LUND, Per", "1 May 1950")
	s.Press("ctrl+s").Sees("ADMIT   LUND, Per")
	s.Admit("9A", ward.Patient{MRN: "0050070", Name: "LUND, Per", BirthDate: ward.Date{Year: 1950, Month: 5, Day: 1}})
	s.Tick().Sees("admitted meanwhile: like 0050070 LUND, Per, same birth date: same person?", "2 it is 0050070")
}

// A name of any length is never cut in a question.
func TestLongNamesAreWhole(t *testing.T) {
	const name = "WOJCIECHOWSKA-BRZĘCZYSZCZYKIEWICZ, Maria Magdalena Antonina Konstancja Bogumiła"
	s := newSeat(t)
	p := s.Admit("4C", ward.Patient{MRN: "0041111", Name: name})
	whole := func() {
		t.Helper()
		if screen := strings.Join(strings.Fields(s.Screen()), " "); !strings.Contains(screen, name) || !strings.Contains(screen, "0041111") {
			t.Errorf("the name or the MRN is not whole:\n%s", s.Screen())
		}
	}
	s.SignIn(desktest.Maria).Go(desk.Discharge, desk.Subject(p.ID))
	whole()
	s.Press("1")
	whole()
	s.Press("y")
	s.Go(desk.PatientIn, "")
	whole()
	s.Press("2")
	whole()
	s.Press("0").Wait(time.Second).Press("1")
	whole()
}
