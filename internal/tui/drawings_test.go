package tui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/service"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// The lines of screens.md section 4.12 on the whole program at 80×24, in colour, without
// colour and in ASCII.
func TestDrawingsOfTrouble(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(*testing.T, *desktest.Seat, ward.Patient)
		sees string
	}{
		{"settings", func(_ *testing.T, s *desktest.Seat, _ ward.Patient) {
			s.Desk.SetNotice(desk.NoticeSettings, "SETTINGS ERROR, site.toml line 14. Using those of 12 Nov. Tell an administrator (:settings)")
		}, "SETTINGS ERROR"},
		{"disk full", func(_ *testing.T, s *desktest.Seat, _ ward.Patient) {
			s.Desk.SetNotice(desk.NoticeDisk, "DISK FULL: NOT SAVED. Your answers are kept here. Use paper; call 4-1234")
		}, "DISK FULL: NOT SAVED"},
		{"log locked", func(_ *testing.T, s *desktest.Seat, _ ward.Patient) {
			s.Desk.SetNotice(desk.NoticeLog, "Another program holds the log (5 s). Waiting, nothing is lost")
		}, "Another program holds the log"},
		{"damaged", func(_ *testing.T, s *desktest.Seat, _ ward.Patient) {
			s.Desk.SetNotice(desk.NoticeDamaged, "This log lost its newest records. Use paper; call 4-1234")
		}, "This log lost its newest records"},
		{"old data", func(_ *testing.T, s *desktest.Seat, _ ward.Patient) {
			s.Send(news{Event: service.Event{Read: true, Reading: ward.Unavailable("the server is away")}})
			s.Wait(2 * time.Minute).Tick()
		}, "NO CONNECTION: board as of 16:07"},
		{"upkeep", func(_ *testing.T, s *desktest.Seat, _ ward.Patient) {
			s.Send(news{Event: service.Event{Kept: true, Upkeep: errors.New("the daily copy: no space left on device")}})
		}, "the daily copy"},
		{"not saved", func(_ *testing.T, s *desktest.Seat, _ ward.Patient) {
			keys(s, "n 1 1 1 1 3 1 1 1 0 0 0 0 z enter")
			s.Desk.SetUser(ward.Staff{Name: "Stranger", Role: ward.Nurse})
			s.Press("y")
		}, "NOT SAVED"},
		{"disabled", func(t *testing.T, s *desktest.Seat, _ ward.Patient) {
			err := s.Desk.Log.ChangeStaff(t.Context(), ward.Sign(desktest.Grace, s.Now()), desktest.Maria, ward.Nurse, false)
			if err != nil {
				t.Fatal(err)
			}
			s.Tick().Press("n")
		}, "Your name was disabled by Grace Lin"},
		{"small window", func(_ *testing.T, s *desktest.Seat, _ ward.Patient) { s.Size(60, 20) }, "Make the window larger: it is 60×20"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFloor(t)
			f.t = t
			s := f.seat()
			ada := s.Ada()
			s.Record(ada, 20*time.Minute, desktest.Tomasz, "ice_city=0")
			enter(s, "maria")
			c.make(t, s, ada)
			s.Sees(c.sees)
			s.Golden(c.name)
		})
	}
}

// The line about a jump of the clock, by a clock of the keys that does not jump.
func TestDrawingOfAClockJump(t *testing.T) {
	w := newSeats(t)
	s := w.sit()
	s.Ada()
	signIn(s, desktest.Maria)
	steps := s.Now()
	w.last.steps = func() time.Time { return steps }
	s.Tick()
	s.Jump(time.Date(2026, 11, 29, 14, 2, 0, 0, time.UTC))
	s.Sees("This machine's clock jumped from 16:07 to 14:02").Golden("clock")
}

// A copy that cannot record says so before a key does nothing.
func TestDrawingOfAReadOnlyCopy(t *testing.T) {
	writing := newFloor(t)
	writing.seat().Ada()
	log, err := store.OpenReadOnly(t.Context(), writing.log.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	s := sitAtAll(t, log, writing.clock)
	enter(s, "maria").Press("n").Sees("this copy cannot record").Golden("read-only")
}

// An error of the program leads to the board.
func TestDrawingOfAnError(t *testing.T) {
	w := newSeats(t)
	s := w.sit()
	s.Ada()
	signIn(s, desktest.Maria)
	w.last.failure.at = "" // the code of the line is not that of another version
	s.Press("n", "y").Sees("Error ", "Your draft is kept")
	s.Stack.Fail(fmt.Sprintf("Error 4F2A. Your draft is kept; %s", s.Desk.Call()))
	s.Golden("error")
}

// The dialogs of the root: help, command line, the question of ctrl+c, and the search of
// the board and an empty board.
func TestDrawingsOfTheRoot(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	enter(s, "maria").Golden("empty ward")
	s.Ada()
	s.Sorensen()
	s.Tick()
	s.Press("/").Type("soren").Golden("search")
	up(s)
	s.Press("down", "?").Golden("help")
	up(s)
	s.Press(":").Type("1").Golden("command line")
	up(s)
	keys(s, "n 1 ctrl+c").Sees("Unsaved").Golden("quit")
	s.Press("0").Wait(time.Second)
	s.Press("ctrl+l").Sees("LOCKED by Maria Santos").Golden("locked")
}

// The dialogs that the packages of the screens do not draw, from the board with Ada selected.
func TestDrawingsOfDialogs(t *testing.T) {
	for _, c := range []struct{ name, user, keys, sees string }{
		{"pin", "", "m a r i a enter x y", "SIGN IN   Maria Santos"},
		{"one-time pin", "grace", ": s t a f f enter / m a r i a enter enter 1 1", "Give this only to Maria Santos: "},
		{"accept", "maria", "a", "Accept for OKAFOR, Ada"},
		{"checklist", "maria", "f enter", "CHECKLIST"},
		{"comment", "maria", "c s e e n enter", "COMMENT on the follow-up of OKAFOR, Ada"},
		{"move", "maria", "m 1 b", "MOVE the check of Sun 29 Nov 15:47"},
		{"move, question", "maria", "m 1 b enter", "from  OKAFOR, Ada"},
		{"discard", "maria", "n 1 : d i s c a r d enter", "DISCARD your unsaved check"},
		{"comment of a check", "maria", "n c t i r e d", "Comment   OKAFOR, Ada"},
		{"late entry", "maria", "n t 0 3 0 0 enter 1 ctrl+s", "LATE ENTRY"},
		{"asleep", "maria", "n u 2 ctrl+s", "asleep"},
		{"yesterday", "maria", "n t 1 8 0 0 enter", "in the future"},
		{"who left", "maria", "p 5 enter", "BERG, Nils"},
		{"undo of a save", "maria", "n 1 1 1 1 3 1 1 1 0 0 0 0 z enter y enter ctrl+z", "UNDO the save"},
		{"wristband", "maria", "n 1 scan", "WRONG WRISTBAND: OKAFOR, Ida 0042371"},
		{"meanwhile", "maria", "n 1 1 1 1 3 1 1 1 0 0 0 0 z other ctrl+s", "MEANWHILE"},
		{"opened elsewhere", "maria", "elsewhere n", "Tomasz Wójcik has a check open"},
		{"feed", "maria", "feed d", "(feed)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &floor{t, desktest.Ward(t), desktest.NewClock()}
			s := f.seat()
			ada := s.Ada()
			s.Ida()
			nils := s.Admit("5B", ward.Patient{MRN: "0041554", Name: "BERG, Nils", BirthDate: ward.Date{Year: 1958, Month: 2, Day: 3}})
			_, err := f.log.Discharge(t.Context(), ward.Sign(desktest.Nair, s.Now().Add(-29*time.Hour)), nils.ID, s.Now().Add(-29*time.Hour), "home")
			f.ok(err)
			s.Record(ada, 20*time.Minute, desktest.Tomasz, "consciousness=tactile")
			if c.user != "" {
				enter(s, c.user)
			}
			s.Wait(time.Second)
			for _, key := range strings.Fields(c.keys) {
				switch key {
				case "scan":
					s.Burst("0042371")
				case "other":
					s.Record(ada, time.Minute, desktest.Tomasz, "ice_city=0")
					s.Tick()
				case "elsewhere":
					keys(enter(f.seat(), "tomasz"), "n 1 1")
				case "feed":
					f.ok(f.log.AddStaff(t.Context(), ward.Sign(desktest.Grace, s.Now()), ward.Staff{Name: "ADT", Role: ward.Feed, Active: true}))
					_, err := f.log.Discharge(t.Context(), ward.Sign("feed ADT", s.Now()), ada.ID, s.Now().Add(-5*time.Minute), "home")
					f.ok(err)
					s.Tick()
				default:
					s.Press(key)
				}
				s.Wait(time.Second)
			}
			s.Sees(c.sees)
			if c.name == "one-time pin" { // the PIN is another one each time
				return
			}
			s.Golden(c.name)
		})
	}
}
