package check

import (
	"fmt"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// atQuarterTo returns a seat at 15:45 with the ward of the drawings: Ada, with checks at
// 03:40 and 11:42.
func atQuarterTo(t *testing.T) (*desktest.Seat, ward.Patient) {
	t.Helper()
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.Jump(time.Date(2026, 11, 29, 15, 45, 0, 0, time.UTC))
	s.Record(ada, 12*time.Hour+5*time.Minute, desktest.Tomasz, "ice_city=0", "movement=mild")
	s.Record(ada, 4*time.Hour+3*time.Minute, desktest.Tomasz, "ice_hospital=0", "ice_attention=0", "confusion=mild", "handwriting=mild", "tremor=mild", "movement=", "cranial_nerve=", "personality=", "crs_grade=1")
	s.SignIn(desktest.Maria)
	return s, ada
}

func openForm(s *desktest.Seat, p ward.Patient) *desktest.Seat {
	s.Go(desk.Form, desk.Subject(p.ID))
	return s.Wait(time.Second)
}

func TestDrawings(t *testing.T) {
	s, ada := atQuarterTo(t)
	openForm(s, ada)
	s.Press("1", "1", "0", "0", "1", "1", "0")
	s.Golden("ice")
	s.Press("u")
	s.Golden("unable")
	s.Press("esc", "0", "0", "0", "0", "0", "z")
	s.Golden("rest")
	s.Press("ctrl+s")
	s.Golden("save")
	s.Press("0", "o", "1")
	s.Golden("cause")
	s.Press("esc", "t")
	s.Golden("time")
}

// The large windows show more: the questions next to the items, then earlier checks and
// the findings in words.
func TestDrawingsOfLargeWindows(t *testing.T) {
	for _, size := range []struct{ width, height int }{{120, 36}, {200, 60}} {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			s, ada := atQuarterTo(t)
			openForm(s, ada).Size(size.width, size.height)
			s.Press("1", "1", "0", "0", "1", "1", "0").Golden("ice")
			s.Press("0", "1", "0", "0", "0", "2", "0", "ctrl+s").Golden("save")

			s, child := atTheChild(t)
			openForm(s, child).Size(size.width, size.height)
			s.Press("1", "2", "3", "-", "0").Golden("capd")
		})
	}
}

func TestDrawingOfCAPD(t *testing.T) {
	s, child := atTheChild(t)
	openForm(s, child).Press("1", "2", "3", "-", "0")
	s.Golden("capd")
}

// atTheChild returns a seat with a child on the ward, who has a check with CAPD.
func atTheChild(t *testing.T) (*desktest.Seat, ward.Patient) {
	t.Helper()
	s := desktest.New(t, Screens())
	child := s.Admit("6A", ward.Patient{MRN: "0043371", Name: "ROSSI, Mia", BirthDate: ward.Date{Year: 2019, Month: 2, Day: 3}, Tool: icans.CAPD, Baseline: icans.Scored(1), Language: "Portuguese", Interpreter: true})
	capd := []string{"tool=capd"}
	for i := range 8 {
		capd = append(capd, fmt.Sprintf("capd_%d=%d", i+1, i%3))
	}
	for _, f := range icans.Fields() {
		if f.Group == icans.GroupICE {
			capd = append([]string{f.Column + "="}, capd...)
		}
	}
	s.Record(child, 4*time.Hour, desktest.Tomasz, append(capd, "memory=moderate")...)
	s.SignIn(desktest.Maria)
	return s, child
}

func TestDrawingOfACorrection(t *testing.T) {
	s, ada := atQuarterTo(t)
	saved := s.Record(ada, time.Hour, desktest.Maria, "speech=mild")
	s.Tick()
	s.Go(desk.Correct, desk.CheckSubject(ada.ID, saved.Check.ID))
	s.Wait(time.Second).Press("/", "s", "p", "enter", "2", "ctrl+s")
	s.Golden("correct")
	s.Press("1")
	s.Go(desk.Withdraw, desk.CheckSubject(ada.ID, saved.Check.ID))
	s.Wait(time.Second)
	s.Golden("withdraw")
}
