package admit_test

import (
	"testing"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
)

// An admission by mistake is undone as a discharge is, unless something was recorded in it.
func TestAdmissionUndone(t *testing.T) {
	s := newSeat(t)
	p := s.Kowalski()
	s.SignIn(desktest.Maria).Go(desk.PatientIn, "").Type("kowal")
	s.Sees("1 open KOWALSKI, Piotr   born 2 Aug 1958   MRN 0041198   on the ward, bed 4B", "2 undo that admission (")
	s.Golden("patient-in-on-ward")
	s.Press("2").Sees("UNDO the admission of KOWALSKI, Piotr   born 2 Aug 1958   MRN 0041198?", "on the ward, bed 4B, admitted Fri 16:07, Dr Nair. Why?", "1 entered in error", "2 wrong patient").Golden("undo-admission")
	s.Press("3").Type("another Kowalski").Press("esc", "esc", "2", "3").Sees("another Kowalski").Press("enter", "1")
	s.Sees("admission undone: KOWALSKI, Piotr   MRN 0041198; p brings them back")
	if k := byMRN(t, s, "0041198"); k.Stay.ID != 0 {
		t.Errorf("%+v", k.Stay)
	}

	// Without a stay the patient comes in again by a readmission.
	s.Go(desk.PatientIn, "").Type("kowal").Sees("1 readmit KOWALSKI, Piotr   born 2 Aug 1958   MRN 0041198   no stay")
	s.Press("2").Sees("2 does nothing now: the patient has no stay: 1 readmits")
	s.Press("1").Sees("READMIT KOWALSKI, Piotr", "no stay: the last admission was undone. Therapy and day count go on")
	s.Type("4B").Press("enter", "enter", "enter", "enter", "1").Sees("readmitted KOWALSKI, Piotr   MRN 0041198, bed 4B")

	s.Record(p, 0, desktest.Maria)
	s.Go(desk.PatientIn, "").Type("kowal").Press("enter", "2", "1").Sees("NOT SAVED: a check was recorded in this stay; withdraw that first, or")
	if k := byMRN(t, s, "0041198"); !k.Stay.OnWard() {
		t.Errorf("%+v", k.Stay)
	}
}
