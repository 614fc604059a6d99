package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"neurocheck/internal/faults"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/internal/ward"
)

// Whichever answer of the server is lost, also one of those that a program asks for once and
// keeps, the program saves and reads as before when the server answers again. The short form
// loses every second answer.
func TestALostAnswerLeavesNothingWrong(t *testing.T) {
	s, _, name := openedWard(t)
	p := storetest.Admit(t, s)
	w := newWire(t, server(t))
	step := faults.Times(2, 1)
	losses := 0
	for lost := true; lost; losses++ {
		number := 1 + losses*step
		again := must(store.Open(t.Context(), w.address(pgserver.Program, name)))(t)
		id := fmt.Sprint("check ", losses)
		acts := map[string]func() error{
			"save": func() error {
				_, err := again.SaveCheck(t.Context(), requested(1000*time.Hour, id), fixture.CheckOf(p, id, 9, time.Duration(losses)*time.Hour))
				return err
			},
			"board": func() error { _, err := again.Board(t.Context()); return err },
			"chart": func() error { _, err := again.Chart(t.Context(), p.ID); return err },
		}
		happened := w.loseNext(number)
		for what, act := range acts {
			if err := act(); err != nil && ward.KindOf(err) != ward.KindUnavailable {
				t.Errorf("the %s without the answer of round trip %d: %v", what, number, err)
			}
		}
		lost = happened()
		for what, act := range acts {
			if err := act(); err != nil {
				t.Errorf("the %s after the loss of round trip %d: %v", what, number, err)
			}
		}
		ok(t, again.Close())
	}
	if losses < 10 {
		t.Errorf("%d answers were lost", losses-1)
	}
	storetest.Whole(t, s)
}
