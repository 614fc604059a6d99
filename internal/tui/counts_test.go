package tui

import (
	"cmp"
	"context"
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
	return sitAtWall(t, log, clock, nil)
}

// sitAtWall returns a seat whose program was started as a display for a wall, if wall is
// not nil.
func sitAtWall(t *testing.T, log *store.Store, clock *desktest.Clock, wall *Wall) *desktest.Seat {
	t.Helper()
	ids := 0 // unique by its address, so that two seats make different IDs
	return desktest.Around(t, log, clock, func(timer kit.Timer) desktest.Program {
		return program{newSeat(t.Context(), Options{
			Store: log, Now: clock.Time, Site: ward.DefaultSite(), PINs: desktest.PINs, Wall: wall,
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

// count is an act of screens.md section 6.
type count struct {
	act    string
	most   int
	user   string                             // empty is a nurse
	record func(*desktest.Seat, ward.Patient) // the record before the sign-in
	first  string                             // keys that lead to the act and do not count
	keys   string                             // from the board with the selected patient
	sees   []string                           // on the screen after them
	holds  func(*floor, ward.Patient) bool    // of the record after them
}

// counts lists the acts of section 6.
var counts = []count{
	{act: "normal check", most: 16, keys: complete, sees: []string{"Saved", "ICE 10", "normal check"},
		holds: func(f *floor, p ward.Patient) bool { c := f.chart(p).Last(); return c != nil && c.Normal() }},
	{act: "asleep", most: 6, keys: "n u 2 ctrl+s y", sees: []string{"Saved", "asleep"},
		holds: func(f *floor, p ward.Patient) bool { return f.chart(p).Last() != nil }},
	{act: "correct one item", most: 10, record: recorded(), keys: "enter r / s p enter 1 ctrl+s 1", sees: []string{"mild"},
		holds: func(f *floor, p ward.Patient) bool { return f.chart(p).Last().Version == 2 }},
	{act: "discharge", most: 5, record: recorded(), keys: "d 1 y", sees: []string{"left 16:07, home", "0 on the ward"},
		holds: func(f *floor, p ward.Patient) bool { return !f.chart(p).OnWard() }},
	{act: "next due patient", most: 1, keys: "g", sees: []string{"NEURO CHECK  OKAFOR, Ada"}},
	{act: "normal check in a round", most: 16, first: "g esc", keys: strings.Replace(complete, "n", "enter", 1), sees: []string{"ROUND  1 of 1 done", "Saved 16:07: OKAFOR, Ada", "normal check"},
		holds: func(f *floor, p ward.Patient) bool { c := f.chart(p).Last(); return c != nil && c.Normal() }},
	{act: "asleep in a round", most: 6, first: "g esc", keys: "2 y", sees: []string{"ROUND  1 of 1 done", "Saved 16:07: OKAFOR, Ada", "asleep"},
		holds: func(f *floor, p ward.Patient) bool { return f.chart(p).Last() != nil }},
	{act: "accept", most: 2, user: "nair", record: recorded("ice_city=0", "speech=mild"), keys: "a 1", sees: []string{"accepted", "NOT ACCEPTED 0"},
		holds: func(f *floor, p ward.Patient) bool { return f.chart(p).Open().Acked.Done() }},
	{act: "paper night of six, times on the hour", most: 100, keys: paperNight("2 0 enter y", "2 2 enter", "0 0 enter", "0 2 enter", "0 4 enter", "0 6 enter"),
		sees: []string{"6 checks from paper", "normal check"}, holds: holdsNight},
	{act: "paper night of six, times proposed", most: 100, record: everyTwoHours, keys: paperNight("2 0 enter y", "enter", "enter", "enter", "enter", "enter"),
		sees: []string{"6 checks from paper", "normal check"}, holds: holdsNight},
	{act: "paper night of six, four figures each", most: 106, keys: paperNight("2 0 0 0 y", "2 2 0 0", "0 0 0 0", "0 2 0 0", "0 4 0 0", "0 6 0 0"),
		sees: []string{"6 checks from paper", "normal check"}, holds: holdsNight},
	{act: "undo a save", most: 4, first: complete, keys: "ctrl+z 1", sees: []string{"Withdrawn: the check of 16:07"},
		holds: func(f *floor, p ward.Patient) bool { return f.chart(p).Last() == nil }},
}

// paperNight returns the keys of a night of normal checks from paper, at times that are
// typed so.
func paperNight(times ...string) string {
	const row = " 1 1 1 1 3 1 1 1 0 0 0 0 z "
	return "b " + strings.Join(times, row) + row + "ctrl+s y"
}

// holdsNight reports whether the record has the six checks of the night, each at its time.
func holdsNight(f *floor, p ward.Patient) bool {
	var times []string
	for _, c := range f.chart(p).Checks {
		if c.Normal() {
			times = append(times, c.PerformedAt.UTC().Format("Mon 15:04"))
		}
	}
	return strings.Join(times, ", ") == "Sat 20:00, Sat 22:00, Sun 00:00, Sun 02:00, Sun 04:00, Sun 06:00"
}

// everyTwoHours orders the check interval that the times on paper have.
func everyTwoHours(s *desktest.Seat, p ward.Patient) {
	err := s.Log.PutOrder(context.Background(), ward.Sign(desktest.Nair, s.Now().Add(-24*time.Hour)), ward.Order{PatientID: p.ID, Kind: ward.OrderInterval, Interval: 2 * time.Hour, Reason: "as the protocol has it"})
	if err != nil {
		panic(err)
	}
}

// recorded returns a function that records a check of 20 minutes ago.
func recorded(fields ...string) func(*desktest.Seat, ward.Patient) {
	return func(s *desktest.Seat, p ward.Patient) { s.Record(p, 20*time.Minute, desktest.Tomasz, fields...) }
}

// The counts of section 6, played on the whole program and printed: go test -v -run Counts.
func TestCounts(t *testing.T) {
	var table strings.Builder
	for _, c := range counts {
		t.Run(c.act, func(t *testing.T) {
			f := newFloor(t)
			s := f.seat()
			ada := s.Ada()
			if c.record != nil {
				c.record(s, ada)
			}
			enter(s, cmp.Or(c.user, "maria")).Sees("1 on the ward")
			selected(t, s, "OKAFOR, Ada")
			keys(s, c.first).Wait(time.Second)
			keys(s, c.keys).Wait(time.Second).Sees(c.sees...)
			if c.holds != nil && !c.holds(f, ada) {
				t.Errorf("the record does not hold it\n%s", s.Screen())
			}
			n := len(strings.Fields(c.keys))
			if n > c.most {
				t.Errorf("%d keys, at most %d", n, c.most)
			}
			fmt.Fprintf(&table, "\n%-42s %2d keys, at most %2d: %s", c.act, n, c.most, c.keys)
		})
	}
	t.Run("worst patient after the sign-in", func(t *testing.T) {
		s := newFloor(t).seat()
		ada := s.Ada()
		s.Record(s.Ida(), time.Hour, desktest.Tomasz)
		s.Record(ada, 20*time.Minute, desktest.Tomasz, "ice_city=0", "speech=mild")
		selected(t, enter(s, "nair").Sees("WORST 1A 1"), "OKAFOR, Ada")
		fmt.Fprintf(&table, "\n%-42s  0 keys", "worst patient after the sign-in")
	})
	t.Log(table.String())
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
