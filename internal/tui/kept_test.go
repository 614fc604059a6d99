package tui

import (
	"testing"
	"time"

	"neurocheck/internal/tui/desk/desktest"
)

// B14: each form that was typed into and not saved is back after kill -9. A seat that
// makes no further move is the program that was killed.
func TestFormsSurviveAKill(t *testing.T) {
	for _, c := range []struct {
		form, who string
		open      []string // from the board with the patient in hand
		text      string
		kind      string
		back      []string // keys that open the form again; those of open if nil
	}{
		{"reported symptom", "maria", []string{"s", "1", "enter"}, "very quiet", "1 report", []string{"s"}},
		{"intervention", "maria", []string{"i", "2", "enter"}, "8 mg iv", "1 intervention", []string{"i"}},
		{"check interval", "nair", []string{"t", "1", "6", "h", "enter"}, "worried", "1 interval", []string{"t"}},
		{"comment", "maria", []string{"c"}, "neurology at 18", "1 comment", nil},
		{"closing note", "nair", []string{"x"}, "seen, stable", "1 closing note", nil},
		{"details", "maria", []string{"e", "down"}, "-Smith", "1 edit", []string{"e"}},
		{"admission", "maria", []string{"p", "4", "enter"}, "0099887", "1 admission", nil},
	} {
		t.Run(c.form, func(t *testing.T) {
			log, clock := desktest.Ward(t), desktest.NewClock()
			s := sitAtAll(t, log, clock)
			s.Record(s.Ada(), 20*time.Minute, desktest.Maria, "ice_city=0", "speech=mild")
			enter(s, c.who).Press(c.open...).Type(c.text).Sees(c.text)

			again := sitAtAll(t, log, clock)
			again.Sees(c.kind + " not saved yet")
			enter(again, c.who).Sees(c.kind + " not saved yet").SeesNot("½")
			if c.back == nil {
				c.back = c.open
			}
			again.Press(c.back...).Sees(c.text)

			// Esc and a lock keep it as well.
			again.Press("ctrl+l").SeesNot(c.text).Sees("Kept, not saved: " + c.kind)
			again.Type(desktest.PIN).Press("enter").Wait(time.Second).Sees(c.text)
		})
	}
}
