package session

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// A door is a seat with the acts of the root that the sign-in needs.
type door struct {
	*desktest.Seat
	entered []string
	since   map[string]time.Time
	asked   int // the number of requests to quit
}

// newDoor returns a seat at its sign-in.
func newDoor(t *testing.T, seat *desktest.Seat) *door {
	t.Helper()
	s := &door{Seat: seat, since: map[string]time.Time{}}
	seat.Desk.Doors.Enter = func(h kit.Host, m ward.Staff) tea.Cmd {
		s.entered = append(s.entered, m.Name)
		s.Desk.SetUser(m)
		delete(s.since, m.Name)
		if cmd, ok := s.Unpark(m.Name); ok {
			return cmd
		}
		return s.Home()
	}
	seat.Desk.Doors.Quit = func(kit.Host) tea.Cmd {
		s.asked++
		return nil
	}
	seat.Desk.Doors.Locked = func(name string) (time.Time, bool) {
		at, ok := s.since[name]
		return at, ok
	}
	s.GoTo(kit.Place{Screen: desk.SignIn})
	return s
}

// lock locks the screen of the person at the keyboard.
func (s *door) lock() {
	who := s.Desk.User().Name
	s.since[who] = s.Now()
	s.Park(who)
	s.Desk.SetUser(ward.Staff{})
	s.GoTo(kit.Place{Screen: desk.SignIn, Detail: who})
}

// pin types a PIN and presses enter.
func (s *door) pin(text string) *door {
	s.Type(text).Press("enter")
	return s
}

func (s *door) wantEntered(t *testing.T, names ...string) {
	t.Helper()
	if len(s.entered) != len(names) {
		t.Fatalf("entered %v, want %v\n%s", s.entered, names, s.Screen())
	}
	for i := range names {
		if s.entered[i] != names[i] {
			t.Fatalf("entered %v, want %v", s.entered, names)
		}
	}
}
