package tui

import (
	"testing"
	"time"
)

// The clock is set back by an hour right after the admission and the first check:
// both lie in the future then, and the next check is recorded all the same.
func TestAdmissionAndLastCheckInTheFuture(t *testing.T) {
	s := newLog(t)
	b := atTheBoard(t, s)
	b.press("a")
	for _, text := range []string{"0042317", "OKAFOR, Ada", "14 Mar 1961"} {
		b.types(text)
		b.press("enter")
	}
	b.press("ctrl+s")
	b.see("OKAFOR, Ada", "no check")
	b.press(normal...)
	b.see("Saved: OKAFOR, Ada")

	b.now = theTime.Add(-time.Hour)
	b.send(clockMsg{b.now})
	b.press("n", "y", "y") // and this one is half-filled when the clock goes back once more
	b.now = b.now.Add(-10 * time.Minute)
	b.send(clockMsg{b.now})
	b.press("esc", "k", "n")
	b.see("Your unsaved check of 01:10 is back")
	b.press("y", "y", "3", "y", "y", "n", "a", "0", "0", "0", "z", "ctrl+s")
	b.see("Time of the check: is in the future")
	b.press("t")
	b.fill("00:59")
	b.press("enter", "ctrl+s", "y")
	b.see("Saved: OKAFOR, Ada", "ICE 9")

	chart, err := s.Chart(t.Context(), patientOf(t, b))
	if err != nil || len(chart.Checks) != 2 {
		t.Fatalf("%d checks, %v", len(chart.Checks), err)
	}
	if v, err := s.Verify(t.Context()); err != nil || v.Misfit != "" {
		t.Error(err, v.Misfit)
	}
}

func patientOf(t *testing.T, b *bedside) int64 {
	t.Helper()
	p, err := b.a.store.PatientByMRN(t.Context(), "0042317")
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}
