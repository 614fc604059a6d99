package seats

import (
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// BenchmarkBoardAfterASave measures the time from a save of one seat to the board of
// another one, while 50 seats are open: the bar is 50 ms and one frame at p99.
func BenchmarkBoardAfterASave(b *testing.B) {
	h := open(b, Limits{PerAddress: 200})
	p := h.admit()
	key := h.seat("Desk 2", "")
	for range 49 {
		h.sit(key, 80, 24).signIn("maria").sees("on the ward")
	}
	term := h.sit(key, 80, 24)
	term.signIn("tom").sees("on the ward")
	shows := func(mark bool) {
		for end := time.Now().Add(patience); strings.Contains(term.seen(), "report") != mark; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				b.Fatalf("the board does not change:\n%s", term.seen())
			}
		}
	}
	var times []time.Duration
	sign := func() ward.Signature { return ward.Sign(desktest.Maria, h.now()) }
	for b.Loop() {
		time.Sleep(150 * time.Millisecond)
		must(b, h.log.PutReport(b.Context(), sign(), ward.Report{PatientID: p.ID, ToldAt: h.now().Add(-time.Second), ToldBy: "patient", Words: "not myself"}))
		saved := time.Now()
		h.server.o.Service.Poke() // as the screens do after a save
		shows(true)
		times = append(times, time.Since(saved))
		chart, err := h.log.Chart(b.Context(), p.ID)
		must(b, err)
		for _, r := range chart.Reports {
			must(b, h.log.WithdrawReport(b.Context(), sign(), r.ID, "a test"))
		}
		h.server.o.Service.Poke()
		shows(false)
	}
	slices.Sort(times)
	ms := func(q int) float64 { return float64(times[min(len(times)-1, len(times)*q/100)].Microseconds()) / 1000 }
	b.ReportMetric(ms(50), "ms/p50")
	b.ReportMetric(ms(99), "ms/p99")
}
