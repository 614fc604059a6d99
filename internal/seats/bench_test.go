package seats

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// BenchmarkBoardAfterASave measures the time from a save of one seat to the board of
// another one, while 50 seats are open, or 13 in a quick run: the bar is 50 ms and one frame
// at p99. It also gives the same without the other seats, the commit of the save, and the
// time by which a goroutine that sleeps a millisecond wakes too late, which is that of the
// machine.
func BenchmarkBoardAfterASave(b *testing.B) {
	h := open(b, Limits{PerAddress: 200})
	p := h.admit()
	key := h.seat("Desk 2", "")
	term := h.sit(key, 80, 24)
	term.signIn("tom").sees("on the ward")
	others := 49
	if os.Getenv("NEUROCHECK_BENCH_QUICK") != "" {
		others = 12
	}
	var alone, crowded, commits []time.Duration
	for range others / 2 {
		_, took := h.boardAfterASave(term, p)
		alone = append(alone, took)
	}
	for range others {
		h.sit(key, 80, 24).signIn("maria").sees("on the ward").blind.Store(true)
	}
	late := wakesLate()
	for b.Loop() {
		commit, took := h.boardAfterASave(term, p)
		commits, crowded = append(commits, commit), append(crowded, took)
	}
	b.ReportMetric(millis(alone, 50), "ms/p50-alone")
	b.ReportMetric(millis(crowded, 50), "ms/p50")
	b.ReportMetric(millis(crowded, 99), "ms/p99")
	b.ReportMetric(millis(commits, 50), "ms/commit-p50")
	b.ReportMetric(millis(commits, 99), "ms/commit-p99")
	wakes := late()
	b.ReportMetric(millis(wakes, 50), "ms/late-p50")
	b.ReportMetric(millis(wakes, 99), "ms/late-p99")
}

// millis returns a quantile of times in milliseconds.
func millis(times []time.Duration, percent int) float64 {
	slices.Sort(times)
	return float64(times[min(len(times)-1, len(times)*percent/100)].Microseconds()) / 1000
}

// wakesLate measures how late a sleep of a millisecond ends, until the function that it
// returns is called.
func wakesLate() (stop func() []time.Duration) {
	end, all := make(chan struct{}), make(chan []time.Duration)
	go func() {
		var late []time.Duration
		for {
			select {
			case <-end:
				all <- late
				return
			default:
			}
			begun := time.Now()
			time.Sleep(time.Millisecond)
			late = append(late, time.Since(begun)-time.Millisecond)
		}
	}()
	return func() []time.Duration {
		close(end)
		return <-all
	}
}

// boardAfterASave saves a report, waits until a board has it, and withdraws it. It returns
// the times of the commit and of the board after it.
func (h *house) boardAfterASave(term *terminal, p ward.Patient) (commit, took time.Duration) {
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
	begun := time.Now()
	must(h.t, h.log.PutReport(h.t.Context(), sign(), ward.Report{PatientID: p.ID, ToldAt: h.now().Add(-time.Second), ToldBy: "patient", Words: "not myself"}))
	saved := time.Now()
	h.server.o.Service.Poke() // as the screens do after a save
	shows(true)
	took = time.Since(saved)
	chart, err := h.log.Chart(h.t.Context(), p.ID)
	must(h.t, err)
	for _, r := range chart.Reports {
		must(h.t, h.log.WithdrawReport(h.t.Context(), sign(), r.ID, "a test"))
	}
	h.server.o.Service.Poke()
	shows(false)
	return saved.Sub(begun), took
}
