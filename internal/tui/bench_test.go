package tui

import (
	"testing"
	"time"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/tui/kit"
)

// A second of the board at rest, and the load of the board.
func BenchmarkRest(b *testing.B) {
	log := desktest.DemoWard(b, desktest.Now)
	clock := desktest.NewClock()
	all := makers()
	all[desk.SignIn] = func(d *desk.Desk, _ kit.Place) kit.Screen { return &door{d: d} }
	var r *root
	s := desktest.Around(b, log, clock, func(timer kit.Timer) desktest.Program {
		r = newSeat(b.Context(), Options{Store: log, Now: clock.Time, PINs: desktest.PINs, NewID: func() string { return "id" }}, all, clock.Time, timer)
		return program{r}
	})
	signIn(s, desktest.Maria).Sees("12 on the ward")
	b.Run("tick", func(b *testing.B) {
		for b.Loop() {
			s.Wait(time.Second)
			r.Update(tick{})
			r.View()
		}
	})
	b.Run("view", func(b *testing.B) {
		for b.Loop() {
			r.View()
		}
	})
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			if _, err := log.Board(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("poll", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := log.Head(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
