package admit_test

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// Other members of the kinds of the cases B1 to B22.

// A figure after a name chooses, because no name holds one; in a number and in a scan it is
// a figure.
func TestAFigureAfterAName(t *testing.T) {
	for _, c := range []struct {
		typed string
		burst bool
		sees  string
	}{
		{typed: "ber1", sees: "READMIT BERG, Nils   born 3 Feb 1958   MRN 0041554?"},
		{typed: "ber2", sees: "UNDO the discharge of BERG, Nils   born 3 Feb 1958   MRN 0041554?"},
		{typed: "BERG, Nils2", sees: "UNDO the discharge of BERG, Nils"},
		{typed: "ber4", sees: "ADMIT  a new patient"},
		{typed: "ber5", sees: "Who left in the last 30 days"},
		{typed: "zimmer4", sees: "Name              zimmer"},
		{typed: "zimmer2", sees: "nobody matches"},
		{typed: "okaf2", sees: "UNDO the admission of OKAFOR, Ada   born 14 Mar 1961   MRN 0042317?"},
		{typed: "okaf3", sees: "on the ward, bed 1A: e edits, d discharges"},
		{typed: "00415542", sees: "00415542: after a number press enter first, then 1 to 5"},
		{typed: "be2", burst: true, sees: "MRN or name:  be2"},
		{typed: "ber12345", burst: true, sees: "nobody matches ber12345: 4 new patient"},
		{typed: "0041554", burst: true, sees: "1 readmit BERG, Nils"},
	} {
		s := newSeat(t)
		nils(t, s)
		s.Ada()
		s.SignIn(desktest.Maria).Go(desk.PatientIn, "")
		if c.burst {
			s.Burst(c.typed)
		} else {
			s.Type(c.typed)
		}
		s.Wait(time.Second).Sees(c.sees)
		if k := byMRN(t, s, "0041554"); k.Stay.OnWard() {
			t.Errorf("%s: something was saved", c.typed)
		}
	}
	s := newSeat(t)
	nils(t, s)
	s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Type("ber").Burst("0041554")
	s.SeesNot("UNDO", "READMIT").Sees("MRN or name:  0041554", "1 readmit BERG, Nils")
}

// B1: a former patient who is readmitted elsewhere is selected no more, and no other one is
// in their place.
func TestTheSelectedPatientReturnsElsewhere(t *testing.T) {
	s := newSeat(t)
	p, other := nils(t, s), s.Kowalski()
	leave(t, s, other, 30*time.Hour, "home")
	s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Press("5", "enter").Sees("2 undo that discharge (Sat 10:30")
	_, err := s.Log.UndoDischarge(t.Context(), ward.Sign(desktest.Nair, s.Now()), p.ID, "came back")
	ok(t, err)
	s.Tick()
	s.SeesNot("2 undo", "BERG").Press("2").Sees("nobody is chosen")
	s.Press("down").Sees("readmit KOWALSKI, Piotr")
}

// B3: a wristband enters nothing into any line of the form of details, and wipes nothing:
// the lines with a value begin anew with the first key.
func TestAWristbandInAnyLine(t *testing.T) {
	s := newSeat(t)
	p := s.Ada()
	s.Ida()
	s.SignIn(desktest.Nair).Go(desk.Edit, desk.Subject(p.ID))
	s.Press("up", "up", "up", "up", "up").Sees("▌ MRN")
	s.Burst("0042317").Sees("MRN               0042317", "▌ Name")
	for range 13 {
		s.Burst("0042317").Sees("wristband matches")
		s.Burst("0042371").Sees("WRONG WRISTBAND").Press("0")
		s.Paste("0042317\n").Sees("wristband matches")
		s.Press("down")
	}
	s.Sees("▌ Mild in health").Press("ctrl+s").Sees("nothing was changed")
}

// B18: another terminal changes the patient while a question is open: it shows the patient
// of now, says so, and refuses an answer that is about the past.
func TestAnotherTerminalMeanwhile(t *testing.T) {
	type act func(s *desktest.Seat, p ward.Patient) error
	sig := func(s *desktest.Seat) ward.Signature { return ward.Sign(desktest.Tunde, s.Now()) }
	discharge := func(s *desktest.Seat, p ward.Patient) error {
		_, err := s.Log.Discharge(t.Context(), sig(s), p.ID, s.Now(), "transferred")
		return err
	}
	rename := func(s *desktest.Seat, p ward.Patient) error {
		now := byMRN(t, s, p.MRN).Patient
		now.Name = "KOWALSKA, Petra"
		_, err := s.Log.EditPatient(t.Context(), sig(s), now)
		return err
	}
	transfer := func(s *desktest.Seat, p ward.Patient) error {
		now := byMRN(t, s, p.MRN).Stay
		now.Bed = "9Z"
		_, err := s.Log.EditStay(t.Context(), sig(s), now)
		return err
	}
	undo := func(s *desktest.Seat, p ward.Patient) error {
		_, err := s.Log.UndoDischarge(t.Context(), sig(s), p.ID, "came back")
		return err
	}
	again := func(s *desktest.Seat, p ward.Patient) error {
		if err := undo(s, p); err != nil {
			return err
		}
		return discharge(s, p)
	}
	for _, c := range []struct {
		name   string
		left   bool // the patient left before
		screen string
		keys   string
		race   act
		sees   string
		key    string
		then   string
	}{
		{"discharged, and discharged", false, desk.Discharge, "", discharge, "the patient left", "1", "1 does nothing now: the patient left"},
		{"discharged at the second question", false, desk.Discharge, "1", discharge, "MRN 0041198, home, 16:0", "y", "y does nothing now: the patient left"},
		{"discharged, renamed", false, desk.Discharge, "1", rename, "Discharge KOWALSKA, Petra, MRN 0041198, home", "y", "KOWALSKA, Petra left"},
		{"discharged, moved", false, desk.Discharge, "1", transfer, "bed 9Z", "n", "bed 9Z"},
		{"undone twice", true, desk.UndoLeave, "", undo, "on the ward, bed 4B", "1", "1 does nothing now: the patient is on the ward"},
		{"another discharge", true, desk.UndoLeave, "", again, "transferred, Dr Adeyemi. Why?", "0", "EMPTY"},
		{"another discharge, with words", true, desk.UndoLeave, "3 x", again, "transferred, Dr Adeyemi. Why?", "3", "reason       x"},
		{"renamed, then undone", true, desk.UndoLeave, "", rename, "UNDO the discharge of KOWALSKA, Petra", "1", "discharge undone: KOWALSKA, Petra"},
		{"readmitted, undone", true, desk.PatientIn, "1 7 A enter enter enter enter", undo, "on the ward, bed 4B", "1", "1 does nothing now: on the ward, bed 4B"},
		{"readmitted, renamed", true, desk.PatientIn, "1 7 A enter enter enter enter", rename, "READMIT KOWALSKA, Petra", "1", "readmitted KOWALSKA, Petra"},
		{"moved, and discharged", false, desk.Edit, "7 A", discharge, "look again. Your lines are kept", "ctrl+s", "Please check: the patient left 16:0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSeat(t)
			p := s.Kowalski()
			if c.left {
				leave(t, s, p, time.Hour, "home")
			}
			s.SignIn(desktest.Nair).Go(c.screen, desk.Subject(p.ID))
			s.Press(strings.Fields(c.keys)...).Wait(time.Minute)
			ok(t, c.race(s, p))
			s.Tick().Wait(time.Second).Sees(c.sees, "somebody changed this meanwhile; look again")
			s.Press(c.key).Wait(time.Second).Sees(c.then)
		})
	}
}

// B14: a time that was typed and not read yet is there again, as the other lines are.
func TestAHalfTypedReadmissionIsKept(t *testing.T) {
	s := newSeat(t)
	nils(t, s)
	s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Type("ber1").Wait(time.Second)
	s.Type("7A").Press("enter").Type("V-12").Press("enter", "enter").Type("15:3")
	esc(s).Press("1").Wait(time.Second).Sees("bed          7A", "visit        V-12", "admitted     15:3")
	again := s.Another().SignIn(desktest.Maria)
	again.Go(desk.PatientIn, "").Type("ber1").Wait(time.Second)
	again.Sees("bed          7A", "admitted     15:3")
	again.Press("enter", "enter", "enter").Type("0").Press("enter", "1").Sees("readmitted BERG, Nils")
	if k := byMRN(t, s, "0041554"); k.Stay.AdmittedAt.In(s.Desk.Zone()).Format("15:04") != "15:30" {
		t.Errorf("%s", k.Stay.AdmittedAt)
	}
}

// B15: an invisible character makes no other number, and leading zeros or the same name
// and birth date are asked about.
func TestKnownPersonsAreNoticed(t *testing.T) {
	for _, story := range []struct{ mrn, name, born, sees, no string }{
		{"0042317\u200b", "X, Y", "1 May 1950", "MRN of OKAFOR, Ada, on the ward, bed 1A. Readmit?", "the MRN is taken"},
		{"００４２３１７", "X, Y", "1 May 1950", "MRN of OKAFOR, Ada", "the MRN is taken"},
		{"42317", "X, Y", "1 May 1950", "like 0042317 OKAFOR, Ada", ""},
		{"0042371", "X, Y", "1 May 1950", "like 0042317 OKAFOR, Ada", ""},
		{"9999999", "Okafor, Áda", "14.3.1961", "same name and birth date as 0042317: same person?", ""},
		{"004-2317", "X, Y", "1 May 1950", "like 0042317 OKAFOR, Ada", ""},
		{"OO423l7", "X, Y", "1 May 1950", "like 0042317 OKAFOR, Ada", ""},
		{"MRN 42317", "X, Y", "1 May 1950", "like 0042317 OKAFOR, Ada", ""},
		{"9999999", "Ada Okafor", "14.3.1961", "same name and birth date as 0042317", ""},
		{"9999999", "OKAFOR, Ada Maria", "14.3.1961", "same name and birth date as 0042317", ""},
		{"9999999", "okafor,ada", "14.3.1961", "same name and birth date as 0042317", ""},
		{"9999999", "OKAFOR, A\u0301da", "1961", "same name as 0042317, born 14 Mar 1961: same person?", ""},
		{"9999999", "Mueller-Lopez, Ann", "3 Feb 1960", "same name and birth date as 0050111", ""},
		{"9999999", "MÜLLER LÓPEZ, Ann", "2 Mar 1960", "same name as 0050111, born 3 Feb 1960, day and month", ""},
	} {
		s := newSeat(t)
		s.Ada()
		s.Admit("9A", ward.Patient{MRN: "0050111", Name: "MÜLLER LÓPEZ, Ann", BirthDate: ward.Date{Year: 1960, Month: 2, Day: 3}})
		s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Press("4", "enter").Paste(story.mrn).Press("enter")
		s.Paste(story.name).Press("enter")
		fill(s, story.born, "second")
		s.Press("ctrl+s").Sees("LOOK AGAIN", story.sees)
		if story.no != "" {
			s.Press("1").Sees(story.no)
		}
	}
}
