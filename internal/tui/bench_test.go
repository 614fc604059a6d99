package tui

import (
	"path/filepath"
	"testing"

	"neurocheck/internal/demo"
	"neurocheck/internal/store"
)

// fullWard makes a log with every bed taken.
func fullWard(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "log.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := demo.FillYears(t.Context(), s, theTime, demo.LeastChecks, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	return s
}

// atTheFullBoard signs a nurse in on the fullest screen that there is.
func atTheFullBoard(t testing.TB) *bedside {
	t.Helper()
	b := atTheDoor(t, fullWard(t))
	b.size(200, 60)
	b.types("maria")
	b.press("enter")
	b.see("OKAFOR")
	return b
}

// BenchmarkKeyToFrame is what a key costs until the screen is drawn: it has to fit
// into a frame at 60 Hz, 16.7 ms, many times over.
func BenchmarkKeyToFrame(b *testing.B) {
	for name, keys := range map[string][2]string{
		"board": {"down", "up"},
		"form":  {"y", "backspace"},
	} {
		b.Run(name, func(b *testing.B) {
			at := atTheFullBoard(b)
			if name == "form" {
				at.press("n")
				at.see("NEURO CHECK")
			}
			for i := 0; b.Loop(); i++ {
				at.press(keys[i%2])
				if len(at.a.View().Content) == 0 {
					b.Fatal("nothing is drawn")
				}
			}
		})
	}
}
