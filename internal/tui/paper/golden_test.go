package paper

import (
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// morning is the time at which the sheet of the drawings is entered.
var morning = time.Date(2026, 11, 29, 8, 10, 0, 0, time.UTC)

// atTheWard returns a seat of Maria at 8:10, and KOWALSKI, Piotr, whose product asks for the
// late signs and whose last check was yesterday at noon.
func atTheWard(t *testing.T) (*desktest.Seat, ward.Patient) {
	t.Helper()
	s := desktest.New(t, Screens())
	p := s.Admit("4B", ward.Patient{MRN: "0041198", Name: "KOWALSKI, Piotr", BirthDate: ward.Date{Year: 1958, Month: 8, Day: 2}, Product: "ide-cel", InfusedAt: desktest.Now.Add(-7 * 24 * time.Hour)})
	s.Jump(morning)
	s.Record(p, 20*time.Hour+10*time.Minute, desktest.Tomasz)
	s.SignIn(desktest.Maria)
	return s, p
}

// atTheSheet is atTheWard with the sheet of the patient open.
func atTheSheet(t *testing.T) (*desktest.Seat, ward.Patient) {
	t.Helper()
	s, p := atTheWard(t)
	return open(s, p), p
}

func open(s *desktest.Seat, p ward.Patient) *desktest.Seat {
	s.Go(desk.Paper, desk.Subject(p.ID))
	return s.Wait(time.Second)
}

// keys plays keys that are separated by blanks.
func keys(s *desktest.Seat, list string) *desktest.Seat {
	return s.Press(strings.Fields(list)...)
}

// normal are the keys of a normal check.
const normal = "1 1 1 1 3 1 1 1 0 0 0 0 z "

// night plays the rows of the drawing, up to the last cell of ICE in the fourth.
func night(s *desktest.Seat) *desktest.Seat {
	keys(s, "2 0 0 0 y "+normal)
	keys(s, "0 enter u 2 0 enter")
	keys(s, "0 2 enter 1 1 0 1 3 1 1 1 0 0 0 0 0 0 1 z")
	return keys(s, "0 4 0 0 1 1 1 1 3 1 1")
}

// The lines of the drawing in screens.md that the screen shows in the same state. Only the
// grade of the fourth row is another one there: with nothing but ICE assessed it is 0 to 4.
const drawing = ` PAPER CHECKS  KOWALSKI, Piotr                               Maria Santos  08:10
 born 2 Aug 1958   MRN 0041198   bed 4B   day +7   ICE   baseline ICE 10
────────────────────────────────────────────────────────────────────────────────
 night of Sat 28 to Sun 29 Nov       ICE           signs    SEEN       OTHER
 time       Y M C H N F W B   C Z W P  C A L M S  H W A T  M F P  result
 Sat 20:00  1 1 1 1 3 1 1 1   0 0 0 0  0 0 0 0 0  0 0 0 0  0 0 0  10 0
 Sun 00:00  unable: asleep    0 - - -  - - - - -  - - - -  - - -  – 0–4 ◌
 Sun 02:00  1 1 0 1 3 1 1 1   0 0 0 0  0 0 1 0 0  0 0 0 0  0 0 0   9 1 ⚑
 Sun 04:00  1 1 1 1 3 1 1 ▌
      ? there is a check of 04:10 by T. Wójcik, ICE 10. The same one? 1 y  0 n

 time 04:00: typed as 4, 04 or 0400; enter takes the time shown in grey







 Counts back:  1 y yes   0 n no   - not assessed
────────────────────────────────────────────────────────────────────────────────
 Sun 04:00   ICE 9 to 10   ICANS 0 to 4
 02:00 ⚑ will open a follow-up. (Over 24 h old it opens none: "old flag".)
 enter next time  ↑ change a row  u unable  z rest none  ctrl+s save 4`

func TestDrawing(t *testing.T) {
	s, p := atTheSheet(t)
	night(s)
	s.Another().SignIn(desktest.Tomasz).Record(p, 4*time.Hour, desktest.Tomasz)
	s.Tick()
	lines := strings.Split(s.Screen(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	if want := strings.Split(drawing, "\n"); !slices.Equal(lines, want) {
		t.Errorf("the screen is not the drawing:\n%s", s.Screen())
	}
	s.Golden("sheet")
	s.Size(120, 36)
	s.Golden("sheet-120")
	s.Size(200, 60)
	s.Golden("sheet-200")
}

func TestDrawingsOfQuestions(t *testing.T) {
	s, p := atTheWard(t)
	s.Record(p, 26*time.Hour, desktest.Tomasz)
	open(s, p).Golden("new")
	keys(s, "y e s t e r d a y space 6 enter")
	s.Sees("Sat 06:10 by T. Wójcik, ICE 10: if it is the same one")
	keys(s, "1 1 1 1 0 0 0 0 2 0 0 0 z 0")
	night(s)
	s.Record(p, 4*time.Hour+5*time.Minute, desktest.Tomasz)
	s.Tick()
	keys(s, "enter")
	s.Golden("twin")
	keys(s, "0 up up u")
	s.Golden("unable")
	keys(s, "esc ctrl+s")
	s.Golden("save")
}

func TestDrawingOfCAPD(t *testing.T) {
	s := desktest.New(t, Screens())
	child := s.Admit("6A", ward.Patient{MRN: "0043371", Name: "ROSSI, Mia", BirthDate: ward.Date{Year: 2019, Month: 2, Day: 3}, Tool: icans.CAPD, Baseline: icans.Scored(1), Language: "Portuguese", Interpreter: true})
	s.SignIn(desktest.Maria)
	open(s, child)
	keys(s, "1 0 0 0 1 2 3 0 0 0 0 4 0 0 0 1 1 2 z")
	keys(s, "1 2 enter 0 0 1")
	s.Golden("capd")
	s.Size(120, 36)
	s.Golden("capd-120")
}
