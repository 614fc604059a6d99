package admit_test

import (
	"fmt"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// Where the feed differs, the form asks about each difference once, and a person settles it.
func TestTheFeedSaysSomethingElse(t *testing.T) {
	s := newSeat(t)
	p := s.Kowalski()
	s.Feed(func(a *store.FeedAct) error {
		for _, d := range []ward.Difference{{Field: ward.FieldName, Feed: "KOWALSKA, Anna"}, {Field: ward.FieldBirthDate, Feed: "1958-08-03"}} {
			d.At = s.Now()
			if err := a.Differ(p.ID, d); err != nil {
				return err
			}
		}
		_, err := a.Admit(ward.Patient{MRN: "0041199", Name: "KOWALSKI, Piotr", BirthDate: p.BirthDate, Tool: icans.ICE}, ward.Stay{Bed: "5B", AdmittedAt: s.Now().Add(-time.Hour)},
			func([]ward.Patient, *ward.Patient) []int64 { return []int64{p.ID} })
		return err
	})
	s.SignIn(desktest.Maria).Go(desk.Edit, desk.Subject(p.ID))
	s.Sees("feed says name KOWALSKA, Anna; ours is KOWALSKI, Piotr", "1 take it", "2 keep ours", "0 later").Golden("feedsays")
	s.Press("2").Sees("feed says birth date 3 Aug 1958; ours is 2 Aug 1958", "Saved: feed says name KOWALSKA, Anna; ours is KOWALSKI, Piotr: keep ours")
	s.Press("1").Sees("KOWALSKI, Piotr   born 3 Aug 1958   MRN 0041198", "perhaps one person with KOWALSKI, Piotr MRN 0041199", "2 no: they are two persons")
	s.Press("0").Sees("EDIT").SeesNot("feed says", "perhaps one person")
	chart, err := s.Log.Chart(t.Context(), p.ID)
	ok(t, err)
	if len(chart.Differences) != 0 || chart.Patient.Name != "KOWALSKI, Piotr" || chart.Patient.BirthDate.Day != 3 || len(chart.Alike) != 1 {
		t.Errorf("%+v, differences %v, alike %v", chart.Patient, chart.Differences, chart.Alike)
	}
	s.Press("esc").Go(desk.Edit, desk.Subject(p.ID)).Press("2").Sees("Saved: perhaps one person with KOWALSKI, Piotr MRN 0041199: no: they are two")
	if chart, err = s.Log.Chart(t.Context(), p.ID); err != nil || len(chart.Alike) != 0 {
		t.Errorf("alike %v, %v", chart.Alike, err)
	}
}

// A question about two names of letters that the terminal cannot draw says so, because both
// look alike; and at each size it is whole.
func TestTheFeedSaysANameThatTheTerminalCannotDraw(t *testing.T) {
	s := newSeat(t)
	p := s.Kowalski()
	p.Name, p.Reason = "山田, 花子", "as the papers have it"
	if _, err := s.Log.EditPatient(t.Context(), ward.Sign(desktest.Maria, s.Now()), p); err != nil {
		t.Fatal(err)
	}
	s.Feed(func(a *store.FeedAct) error {
		return a.Differ(p.ID, ward.Difference{Field: ward.FieldName, Feed: "山本, 太郎", At: s.Now()})
	})
	s.SignIn(desktest.Maria).Go(desk.Edit, desk.Subject(p.ID))
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 60}} {
		s.Size(size[0], size[1]).Sees("feed says name 山本, 太郎; ours is 山田, 花子", "1 take it").Golden(fmt.Sprint("undrawn", size[0]))
	}
}
