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
// another one, while 50 seats are open: the bar is 50 ms and one frame at p99. Beside it is
// the same without the other seats.
func BenchmarkBoardAfterASave(b *testing.B) {
	h := open(b, Limits{PerAddress: 200})
	p := h.admit()
	key := h.seat("Desk 2", "")
	term := h.sit(key, 80, 24)
	term.signIn("tom").sees("on the ward")
	var alone, crowded []time.Duration
	for range 20 {
		alone = append(alone, h.boardAfterASave(term, p))
	}
	for range 49 {
		h.sit(key, 80, 24).signIn("maria").sees("on the ward").blind.Store(true)
	}
	for b.Loop() {
		crowded = append(crowded, h.boardAfterASave(term, p))
	}
	slices.Sort(alone)
	slices.Sort(crowded)
	ms := func(times []time.Duration, q int) float64 {
		return float64(times[min(len(times)-1, len(times)*q/100)].Microseconds()) / 1000
	}
	b.ReportMetric(ms(alone, 50), "ms/p50-alone")
	b.ReportMetric(ms(crowded, 50), "ms/p50")
	b.ReportMetric(ms(crowded, 99), "ms/p99")
}

// boardAfterASave saves a report, waits until a board has it, and withdraws it.
func (h *house) boardAfterASave(term *terminal, p ward.Patient) time.Duration {
	h.t.Helper()
	shows := func(mark bool) {
		for end := time.Now().Add(patience); strings.Contains(term.seen(), "report") != mark; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				h.t.Fatalf("the board does not change:\n%s", term.seen())
			}
		}
	}
	sign := func() ward.Signature { return ward.Sign(desktest.Maria, h.now()) }
	time.Sleep(150 * time.Millisecond)
	must(h.t, h.log.PutReport(h.t.Context(), sign(), ward.Report{PatientID: p.ID, ToldAt: h.now().Add(-time.Second), ToldBy: "patient", Words: "not myself"}))
	saved := time.Now()
	h.server.o.Service.Poke() // as the screens do after a save
	shows(true)
	took := time.Since(saved)
	chart, err := h.log.Chart(h.t.Context(), p.ID)
	must(h.t, err)
	for _, r := range chart.Reports {
		must(h.t, h.log.WithdrawReport(h.t.Context(), sign(), r.ID, "a test"))
	}
	h.server.o.Service.Poke()
	shows(false)
	return took
}
