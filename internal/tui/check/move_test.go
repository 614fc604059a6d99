package check

import (
	"testing"
	"time"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

func TestMove(t *testing.T) {
	s := desktest.New(t, Screens())
	ada, ida := s.Ada(), s.Ida()
	saved := s.Record(ada, time.Hour, desktest.Tomasz, "ice_city=0")
	s.SignIn(desktest.Maria)
	s.Go(desk.MoveCheck, desk.CheckSubject(ada.ID, saved.Check.ID))
	s.Wait(time.Second).Sees("MOVE the check of Sun 29 Nov 15:07 away from OKAFOR, Ada").Type("1b").Sees("▌ 1B    OKAFOR, Ida   born 2 Nov 1958   MRN 0042371")
	s.Press("enter").Sees("MOVE the check of Sun 29 Nov 15:07, ICE 9, ICANS 1 (score), recorded by Tomasz", "from  OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "to    OKAFOR, Ida   born 2 Nov 1958   MRN 0042371   bed 1B", "there: ICANS 1")
	s.Press("y").Sees("Moved: the check of 15:07 from OKAFOR, Ada to OKAFOR, Ida, MRN 0042371")
	if a, i := chartOf(t, s, ada), chartOf(t, s, ida); len(a.Checks) != 0 || len(i.Checks) != 1 {
		t.Errorf("%d checks of Ada, %d of Ida", len(a.Checks), len(i.Checks))
	}
}

// A check goes to a patient who left, too, and the question tells what changes for both.
func TestMoveToAPatientWhoLeft(t *testing.T) {
	s := desktest.New(t, Screens())
	ada, ida := s.Ada(), s.Ida()
	first := s.Record(ada, 5*time.Hour, desktest.Tomasz, "ice_city=0")
	s.Record(ada, 3*time.Hour, desktest.Tomasz, "ice_city=0", "ice_year=0", "ice_month=0")
	last := s.Record(ada, 30*time.Minute, desktest.Tomasz)
	s.Record(ida, 4*time.Hour, desktest.Tomasz, "ice_city=0", "ice_year=0", "ice_month=0")
	if _, err := s.Log.Discharge(t.Context(), ward.Sign(desktest.Nair, s.Now()), ida.ID, s.Now().Add(-time.Hour), "home"); err != nil {
		t.Fatal(err)
	}
	s.SignIn(desktest.Maria).Go(desk.MoveCheck, desk.CheckSubject(ada.ID, last.Check.ID))
	s.Type("ida").Press("enter").Sees("OKAFOR, Ida was not on the ward at Sun 29 Nov 15:37, the time of the check")
	s.Press("esc").Sees("EMPTY").Go(desk.MoveCheck, desk.CheckSubject(ada.ID, first.Check.ID))
	s.Type("1b").Sees("no other patient matches").Press("ctrl+u").Type("0042371").Sees("▌ left  OKAFOR, Ida   born 2 Nov 1958   MRN 0042371   left Sun 29 Nov 15:07")
	s.Press("enter").Sees(
		"from  OKAFOR, Ada   born 14 Mar 1961   MRN 0042317   bed 1A",
		"to    OKAFOR, Ida   born 2 Nov 1958   MRN 0042371   left Sun 29 Nov 15:07",
		"there: ICANS 1", "there: The check of Sun 29 Nov 12:07 changes: grade 1, for other reasons.",
		"here: The check of Sun 29 Nov 13:07 changes: grade 1, for other reasons.",
		"here: The grade 1 follow-up stays until a clinician closes it.")
	s.Golden("question")
	s.Press("y").Sees("Moved: the check of 11:07 from OKAFOR, Ada to OKAFOR, Ida, MRN 0042371")
	if a, i := chartOf(t, s, ada), chartOf(t, s, ida); len(a.Checks) != 2 || len(i.Checks) != 2 {
		t.Errorf("%d checks of Ada, %d of Ida", len(a.Checks), len(i.Checks))
	}
}

// A search by name leaves several patients, those on the ward before those who left, and
// of an MRN in full that patient alone.
func TestMoveFindsPatients(t *testing.T) {
	s := desktest.New(t, Screens())
	ada, ida := s.Ada(), s.Ida()
	s.Admit("3C", ward.Patient{MRN: "42371", Name: "OKAFOR, Ola"})
	s.Kowalski()
	saved := s.Record(ada, 3*time.Hour, desktest.Tomasz)
	if _, err := s.Log.Discharge(t.Context(), ward.Sign(desktest.Nair, s.Now()), ida.ID, s.Now().Add(-time.Hour), "home"); err != nil {
		t.Fatal(err)
	}
	s.SignIn(desktest.Maria).Go(desk.MoveCheck, desk.CheckSubject(ada.ID, saved.Check.ID))
	s.Press("enter").Sees("no patient is chosen: type a bed, a name or an MRN")
	s.Type("okafor").Sees("▌ 3C    OKAFOR, Ola", "  left  OKAFOR, Ida").SeesNot("1A    ", "KOWALSKI")
	s.Press("down").Sees("▌ left  OKAFOR, Ida").Press("up", "up").Sees("▌ 3C    OKAFOR, Ola")
	s.Press("ctrl+u").Burst("42371").Sees("OKAFOR, Ola").SeesNot("OKAFOR, Ida   born")
}

// A correction shows the later checks that change.
func TestCorrectionChangesLaterChecks(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	first := s.Record(ada, 6*time.Hour, desktest.Tomasz, "ice_city=0", "ice_year=0", "ice_month=0")
	s.Record(ada, 2*time.Hour, desktest.Tomasz, "ice_city=0", "ice_year=0")
	s.SignIn(desktest.Maria)
	s.Go(desk.Correct, desk.CheckSubject(ada.ID, first.Check.ID))
	s.Sees("CORRECTION of 10:07").Press("1", "1", "1", "ctrl+s").Sees("Year no → yes", "ICANS 1 → 0", "The check of Sun 29 Nov 14:07 changes: grade 1, for other reasons.")
	s.SeesNot("6 h ago").Press("0", "esc").Sees("The correction of the check of Sun 29 Nov 10:07 is not saved").Wait(time.Second).Press("2").Sees("EMPTY")
	s.Go(desk.Correct, desk.CheckSubject(ada.ID, first.Check.ID))
	s.Press("ctrl+s").Sees("nothing was changed")
}
