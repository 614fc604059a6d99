package chart_test

import (
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/chart"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// A feed's discharge that is not confirmed is undone; a patient in the bed is not readmitted.
func TestNoCheckOfAPatientWhomAFeedDischarged(t *testing.T) {
	s, ada := seat(t, desktest.Maria)
	s.Feed(func(a *store.FeedAct) error {
		c, err := s.Log.Chart(t.Context(), ada.ID)
		if err != nil {
			return err
		}
		return a.End(ada.ID, c.Stay(), s.Now(), "home")
	})
	s.Tick()
	s.Sees("left 16:07 (feed): d confirms, p undoes it").Press("n").Sees("n does nothing now: left 16:07 (feed): d confirms, p undoes it")
}

// The details name the MRN of a record that is linked into the patient's: a wristband may have it.
func TestDetailsOfALink(t *testing.T) {
	s, ada := seat(t, desktest.Nair)
	if err := s.Log.Link(t.Context(), ward.Sign(desktest.Nair, s.Now()), s.Ida().ID, ada.ID, "two numbers"); err != nil {
		t.Fatal(err)
	}
	s.Tick()
	s.Press("v", "v", "v").Sees("details and changes", "former MRN       0042371", "linked with the record of MRN 0042371 by Dr Priya Nair")
}

// A patient who came back has no check in this stay, and the checks of the stay before may be
// shown below.
func TestNoCheckSinceTheReadmission(t *testing.T) {
	s := desktest.New(t, chart.Screens())
	kow := s.Kowalski()
	s.SignIn(desktest.Nair).Go(desk.Patient, desk.Subject(kow.ID))
	if _, err := s.Log.Discharge(t.Context(), ward.Sign(desktest.Nair, s.Now()), kow.ID, s.Now(), "home"); err != nil {
		t.Fatal(err)
	}
	s.Wait(time.Minute)
	if _, err := s.Log.Readmit(t.Context(), ward.Sign(desktest.Nair, s.Now()), ward.Stay{PatientID: kow.ID, Bed: "12B", AdmittedAt: s.Now()}); err != nil {
		t.Fatal(err)
	}
	s.Tick()
	s.Sees("no check yet in this stay")
}
