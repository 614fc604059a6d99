package tui

import (
	"testing"
	"time"

	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// A check that was found on paper after the patient had left: p finds the patient, 3 opens
// the form, and the time within the stay is asked for first.
func TestLateCheckForAPatientWhoLeft(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	ada := s.Ada()
	s.Record(ada, 5*time.Hour, desktest.Tomasz)
	_, err := f.log.Discharge(t.Context(), ward.Sign(desktest.Nair, s.Now()), ada.ID, s.Now().Add(-2*time.Hour), "home")
	f.ok(err)
	enter(s, "maria").Press("p").Type("0042317").Press("enter").Sees("3 late check for that stay")
	s.Press("3").Wait(time.Second).Sees("NEURO CHECK  OKAFOR, Ada", "left 14:07, home", "When was the patient examined?")
	s.Type("1330").Press("enter").Sees("LATE ENTRY Sun 29 Nov 13:30")
	keys(s, "1 1 1 1 3 1 1 0 0 0 0 0 z esc").Wait(time.Second).Sees("PATIENT IN", "p, MRN and 3 open it again")
	s.Press("3").Wait(time.Second).Sees("Your unsaved check of 16:07 is back", "LATE ENTRY Sun 29 Nov 13:30", "ICE 9 of 10")
	keys(s, "ctrl+s").Wait(time.Second).Sees("done LATE ENTRY Sun 29 Nov 13:30, 2 h 37 ago, by Maria Santos")
	s.Press("y").Wait(time.Second).Sees("0 on the ward", "Saved 16:07: OKAFOR, Ada  MRN 0042317  ICE 9", "follow-up opened")
	chart := f.chart(ada)
	if c := chart.Last(); c == nil || c.StayID == 0 || c.PerformedAt.Equal(s.Now()) || chart.Open() == nil {
		t.Errorf("recorded %+v, follow-up %+v", c, chart.Open())
	}
	s.Press("ctrl+z").Wait(time.Second).Sees("UNDO the save", "WITHDRAW the check of Sun 29 Nov 13:30?").Press("y").Wait(time.Second).Sees("Withdrawn: the check of 13:30")
}
