package desk_test

import (
	"context"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

func TestWordsOfTheWard(t *testing.T) {
	s := desktest.New(t)
	ada := s.Ada()
	s.Record(ada, 5*time.Hour, desktest.Maria)
	s.Record(ada, 22*time.Minute, desktest.Maria, "ice_city=0", "ice_attention=0", "ice_year=0", "ice_month=0", "ice_hospital=0")
	s.SignIn(desktest.Nair)
	state, ok := s.Desk.State(ada.ID)
	if !ok {
		t.Fatal("Ada is not on the board")
	}
	for what, is := range map[string][2]string{
		"due":         {s.Desk.Due(&state.Next), "in 38m"},
		"follow-up":   {s.Desk.FollowUpCell(state), "WAITS 7m"},
		"score":       {s.Desk.ScoreCell(state), "ICE 5 ↓5"},
		"grade":       {words.GradeCell(state.Last.Result), "2 s"},
		"check":       {words.CheckWords(state.Last), "ICE 5, ICANS 2 (score)"},
		"day":         {s.Desk.Day(&ada, s.Now()), "+4"},
		"about":       {words.About(&ada), "OKAFOR, Ada   born 14 Mar 1961   MRN 0042317"},
		"state":       {s.Desk.FollowUpState(state), "WAITS 7m"},
		"mark":        {desk.StateMark(state), desk.MarkUrgent},
		"refusal":     {s.Desk.Refusal(ward.MayAdminister), "only an administrator may do this: Grace Lin"},
		"subject":     {desk.CheckOf(desk.CheckSubject(3, "a/b")), "a/b"},
		"short name":  {words.ShortName(desktest.Tunde), "Dr Adeyemi"},
		"time":        {s.Desk.Time(s.Now().Add(-24 * time.Hour)), "Sat 16:07"},
		"second seat": {s.Another().SignIn(desktest.Maria).Desk.User().Name, desktest.Maria},
	} {
		if is[0] != is[1] {
			t.Errorf("%s: %q, want %q", what, is[0], is[1])
		}
	}
}

// The therapy gives way first, and a long name takes a line of its own.
func TestIdentity(t *testing.T) {
	s := desktest.New(t)
	ada := s.Ada()
	s.SignIn(desktest.Maria)
	state, _ := s.Desk.State(ada.ID)
	page := kit.Page{Width: 80, Height: 24, Theme: s.Theme}
	id := desk.Identity{Title: "NEURO CHECK", Patient: &ada, Stay: &state.Stay, BaselineFirst: true}
	want := " born 14 Mar 1961   MRN 0042317   bed 1A   day +4   axi-cel   baseline ICE 10"
	if lines := s.Desk.Head(page, id); len(lines) != 2 || lines[1] != want {
		t.Errorf("%q", lines)
	}
	id.More = []string{"interpreter: Portuguese"}
	want = " born 14 Mar 1961   MRN 0042317   bed 1A   day +4   interpreter: Portuguese"
	if lines := s.Desk.Head(page, id); lines[1] != want {
		t.Errorf("%q", lines)
	}
	ada.Name = "WOJCIECHOWSKA-BRZĘCZYSZCZYKIEWICZ, Maria Magdalena Antonina Konstancja Bogumiła"
	if lines := s.Desk.Head(page, id); len(lines) != 4 {
		t.Errorf("%q", lines)
	}
}

// A save at another terminal reaches the board, and a save here is seen at once.
func TestChangesAreSeen(t *testing.T) {
	s := desktest.New(t)
	ada := s.Ada()
	s.SignIn(desktest.Maria)
	other := s.Another().SignIn(desktest.Tomasz)
	other.Record(ada, time.Minute, desktest.Tomasz)
	s.Tick()
	if state, _ := s.Desk.State(ada.ID); state.Last == nil {
		t.Error("the check of another terminal is not on the board")
	}
}

// The board that comes with the news of a change is shown without another read, and none
// takes the place of a newer one.
func TestABoardThatComesWithTheNews(t *testing.T) {
	s := desktest.New(t)
	ada := s.Ada()
	s.SignIn(desktest.Maria)
	read := func() *store.Roll {
		began := time.Now()
		list, err := s.Log.Board(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return &store.Roll{At: s.Now(), Began: began, Histories: list}
	}
	seen := func() bool {
		state, _ := s.Desk.State(ada.ID)
		return state.Last != nil
	}
	old := read()
	s.Record(ada, time.Minute, desktest.Tomasz)
	s.Desk.ReadBoard = func() func(context.Context) (store.Roll, error) {
		t.Error("the board was read again")
		return nil
	}
	s.Send(desk.Changed{Patients: []int64{ada.ID}, Board: old})
	if seen() {
		t.Fatal("the old board has the check")
	}
	s.Send(desk.Changed{Patients: []int64{ada.ID}, Board: read()})
	if !seen() {
		t.Error("the board of the news is not shown")
	}
	s.Send(desk.Changed{Patients: []int64{ada.ID}, Board: old})
	if !seen() {
		t.Error("an older board took the place of a newer one")
	}
}
