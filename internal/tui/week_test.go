package tui

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// A workstation shows the ward for weeks: after a week of looking at the clock,
// of checks in every shift and of every screen, the memory is what it was after
// the first day.
func TestAWeekCostsNoMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("a week takes seconds")
	}
	s := newLog(t)
	p := okafor(t, s)
	b := atTheBoard(t, s)
	var heap [8]uint64
	for day := 1; day <= 7; day++ {
		for hour := range 24 {
			for range 30 { // a look at the clock every two minutes stands for all of them
				b.now = b.now.Add(2 * time.Minute)
				b.send(clockMsg{b.now})
				if len(b.screen()) == 0 {
					t.Fatal("nothing is drawn")
				}
			}
			if hour%8 == 0 {
				b.press(normal...)
				b.see("Saved")
			}
			b.press("enter", "t", "right", "z", "?", "esc", "esc", "f", "esc", "h", "esc", "n", "y", "esc", "d")
			b.see("OKAFOR")
		}
		runtime.GC()
		runtime.GC() // what was pooled goes with the second
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		heap[day] = m.HeapAlloc
	}
	chart, err := s.Chart(t.Context(), p.ID)
	if err != nil || len(chart.Checks) != 21 {
		t.Fatalf("%d checks in a week, %v", len(chart.Checks), err)
	}
	const some = 512 << 10 // twenty checks on the screen and their trend, and what the runtime keeps
	if heap[7] > heap[1]+some {
		t.Errorf("the heap grew: %s", fmt.Sprint(heap[1:]))
	}
	t.Logf("heap at the end of each day: %v", heap[1:])
}
