package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// sitAtAll returns a seat with all screens of this version, at the sign-in.
func sitAtAll(t *testing.T, log *store.Store, clock *desktest.Clock) *desktest.Seat {
	t.Helper()
	ids := 0 // unique by its address, so that two seats make different IDs
	return desktest.Around(t, log, clock, func(timer kit.Timer) desktest.Program {
		return program{newSeat(t.Context(), Options{
			Store: log, Now: clock.Time, Site: ward.DefaultSite(), PINs: desktest.PINs,
			NewID: func() string {
				ids++
				return fmt.Sprintf("%p-%d", &ids, ids)
			},
		}, makers(), clock.Time, timer)}
	})
}

// enter signs a member of staff in with the real screens.
func enter(s *desktest.Seat, name string) *desktest.Seat {
	return s.Type(name).Press("enter").Type(desktest.PIN).Press("enter").Wait(time.Second)
}

// The counts of screens.md section 6, from the board with the patient in hand.
func TestCounts(t *testing.T) {
	normal := []string{"n", "1", "1", "1", "1", "3", "1", "1", "1", "0", "0", "0", "0", "z", "enter", "y"}
	for _, c := range []struct {
		act   string
		most  int
		first [][]string // keys that lead to the act and do not count
		keys  []string
		sees  []string
	}{
		{"normal check", 16, nil, normal, []string{"Saved", "ICE 10", "normal check"}},
		{"asleep", 6, nil, []string{"n", "u", "2", "ctrl+s", "y"}, []string{"Saved", "asleep"}},
		{"next due patient", 1, nil, []string{"g"}, []string{"NEURO CHECK  OKAFOR, Ada"}},
		{"correct one item", 10, [][]string{normal}, []string{"enter", "r", "/", "s", "p", "enter", "1", "ctrl+s", "1"}, []string{"mild"}},
		{"undo a save", 4, [][]string{normal}, []string{"ctrl+z", "1"}, []string{"Withdrawn: the check of 16:07"}},
	} {
		t.Run(c.act, func(t *testing.T) {
			log, clock := desktest.Ward(t), desktest.NewClock()
			s := sitAtAll(t, log, clock)
			s.Ada()
			enter(s, "maria").Sees("1 on the ward")
			for _, keys := range c.first {
				s.Press(keys...).Wait(time.Second)
			}
			s.Press(c.keys...).Wait(time.Second).Sees(c.sees...)
			t.Logf("%-18s %3d keys, at most %d", c.act, len(c.keys), c.most)
			if len(c.keys) > c.most {
				t.Errorf("%d keys", len(c.keys))
			}
		})
	}
}

// Accepting takes two keys, and the worst patient none after the sign-in.
func TestCountsOfAFollowUp(t *testing.T) {
	log, clock := desktest.Ward(t), desktest.NewClock()
	s := sitAtAll(t, log, clock)
	ada := s.Ada()
	s.Record(s.Ida(), time.Hour, desktest.Maria)
	s.Record(ada, 20*time.Minute, desktest.Maria, "ice_city=0", "speech=mild")
	enter(s, "nair")
	if line := s.Line("▌"); !strings.Contains(line, "OKAFOR, Ada") {
		t.Errorf("the worst patient is not in hand:\n%s", s.Screen())
	}
	s.Press("a", "1").Wait(time.Second).Sees("accepted", "NOT ACCEPTED 0")
	t.Log("accept               2 keys, at most 2; the worst patient after the sign-in 0")
}

// The sign-in with which a person locks asks for that person's PIN, and says why a
// disabled name is locked out.
func TestTheSignInIsTheLockScreen(t *testing.T) {
	log, clock := desktest.Ward(t), desktest.NewClock()
	s := sitAtAll(t, log, clock)
	s.Ada()
	enter(s, "toma").Sees("1 on the ward")
	s.Press("ctrl+l").Sees("LOCKED by "+desktest.Tomasz, "somebody else: esc").SeesNot("OKAFOR")
	s.Type(desktest.PIN).Press("enter").Wait(time.Second).Sees("1 on the ward")
	if err := log.ChangeStaff(t.Context(), ward.Sign(desktest.Grace, s.Now()), desktest.Tomasz, ward.Nurse, false); err != nil {
		t.Fatal(err)
	}
	s.Tick().Press("n").Sees("Who are you?", "Your name was disabled by Grace Lin").SeesNot("OKAFOR", "PIN ")
}

// The first urgent check of a patient opens the checklist of the follow-up that it opened.
func TestTheChecklistOpensWithTheFirstFollowUp(t *testing.T) {
	s := sitAtAll(t, desktest.Ward(t), desktest.NewClock())
	s.Ada()
	enter(s, "maria").Press("n", "0", "0", "0", "0", "0", "0", "0", "0", "2", "0", "0", "0", "z", "ctrl+s", "y").Wait(time.Second)
	s.Sees("SAVED  ‼ URGENT", "OKAFOR, Ada", "see the patient now").Press("2").Sees("2 [x]")
}
