package round

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// form is the form of a check. esc closes it.
type form struct{ kit.Base }

func (f *form) Bindings() []kit.Binding {
	return []kit.Binding{kit.Bind("esc", "", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(f) })}
}

// atTheCard returns a seat at the card of a round whose first form was closed.
func atTheCard(t *testing.T, p ward.Patient) *desktest.Seat {
	t.Helper()
	s := desktest.New(t, Screens(), map[string]desk.Maker{desk.Form: func(*desk.Desk, kit.Place) kit.Screen { return &form{} }})
	first := s.Admit("4B", p)
	s.Record(first, 8*time.Hour+26*time.Minute, desktest.Tomasz)
	s.Record(s.Ada(), 7*time.Hour+51*time.Minute, desktest.Tomasz)
	s.Record(s.Ida(), 7*time.Hour+43*time.Minute, desktest.Tomasz)
	s.SignIn(desktest.Maria).Go(desk.Round, "")
	if to := s.LastOpened(); to.Screen != desk.Form || to.Subject != desk.Subject(first.ID) || to.Detail != desk.InRound {
		t.Fatalf("opened %v", to)
	}
	return s.Press("esc").Wait(time.Second).Tick()
}

var kowalski = ward.Patient{MRN: "0041198", Name: "KOWALSKI, Piotr", BirthDate: ward.Date{Year: 1958, Month: 8, Day: 2}}

// The card in colour, without colour and in ASCII, with the line of the last save.
func TestCard(t *testing.T) {
	s := atTheCard(t, kowalski)
	s.Golden("first")
	ada, _ := s.Desk.ByMRN("0042317")
	saved := s.Record(ada.Patient, 0, desktest.Maria)
	s.Desk.JustSaved(desk.Saved{Patient: ada.Patient.ID, Check: saved.Check.ID, At: s.Now(),
		Words: "Saved 16:07: OKAFOR, Ada  MRN 0042317  ICE 10  ICANS 0  normal check"})
	s.Press("enter", "esc").Wait(time.Second).Tick().Sees("ROUND  1 of 3 done   next: 4B, LATE 26m").Golden("saved")
	s.Size(120, 36).Golden("saved120")
	s.Size(200, 60).Golden("saved200")
	s.Size(80, 24).Press("5").Sees("next: 1B").Press("5", "5", "5").Sees("left for later: 4B, 1B").Golden("over")
}

// A name that is too long for its line is not shortened.
func TestCardOfALongName(t *testing.T) {
	p := kowalski
	p.Name = "山田山田山田山田山田山田, 花子花子花子花子花子花子花子花子"
	p.Language, p.Interpreter = "Japanese", true
	s := atTheCard(t, p)
	s.Sees(p.Name, "MRN 0041198", "born 2 Aug 1958", "interpreter: Japanese").Golden("long")
}

// The wristband of the next patient opens the form, and the line says that it matches.
func TestTheWristbandOfTheNextPatient(t *testing.T) {
	s := atTheCard(t, kowalski)
	s.Burst("0041198").Sees("wristband matches 16:07: KOWALSKI, Piotr").SeesNot("not taken")
	if to := s.LastOpened(); to.Screen != desk.Form {
		t.Errorf("opened %v", to)
	}
}

// A ward without patients has no round.
func TestRoundOfAnEmptyWard(t *testing.T) {
	s := desktest.New(t, Screens())
	s.SignIn(desktest.Maria).Go(desk.Round, "")
	s.Sees("ROUND  0 of 0 done", "The round is over")
}
