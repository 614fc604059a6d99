package board

import (
	"fmt"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// A bed that the feed took over a person's says so until the patient is opened.
func TestABedThatTheFeedChanged(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.Record(ada, time.Hour, desktest.Maria)
	s.Feed(func(a *store.FeedAct) error {
		stays, err := s.Log.Chart(t.Context(), ada.ID)
		if err != nil {
			return err
		}
		was, after := *stays.Stay(), *stays.Stay()
		after.Bed = "14B"
		return a.EditStay(ada.ID, &was, &after)
	})
	s.SignIn(desktest.Maria)
	for _, size := range [][2]int{{80, 24}, {120, 36}} {
		s.Size(size[0], size[1]).Sees("14B!", "bed 14B (feed 16:07; was 1A by Dr Priya Nair)").Golden(fmt.Sprint("feedbed", size[0]))
	}
	if err := s.Log.Note(t.Context(), ward.Sign(desktest.Tomasz, s.Now()), ward.AuditEvent{Event: ward.ReadPatient, PatientID: ada.ID}); err != nil {
		t.Fatal(err)
	}
	s.Send(desk.Changed{All: true})
	s.Sees("14B").SeesNot("14B!", "(feed")
}

// A patient whom the feed discharged with an open follow-up keeps the row until a person
// confirms that.
func TestALeaveByTheFeedKeepsTheRow(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.Record(ada, time.Hour, desktest.Maria, "ice_city=0", "ice_year=0", "ice_month=0", "ice_hospital=0")
	s.Feed(func(a *store.FeedAct) error {
		chart, err := s.Log.Chart(t.Context(), ada.ID)
		if err != nil {
			return err
		}
		return a.End(ada.ID, chart.Stay(), s.Now().Add(-12*time.Minute), "home")
	})
	s.SignIn(desktest.Maria).Sees("left 15:55 (feed)", "0 on the ward").Golden("feedleft")
	s.Press("n").Sees("left 15:55 (feed): d confirms, p brings back")
	if err := s.Log.ConfirmDischarge(t.Context(), ward.Sign(desktest.Maria, s.Now()), ada.ID); err != nil {
		t.Fatal(err)
	}
	s.Send(desk.Changed{All: true})
	s.SeesNot("OKAFOR")
}
