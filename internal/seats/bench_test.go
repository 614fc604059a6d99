package seats

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"neurocheck/internal/pin"
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

// BenchmarkAShiftSignsIn measures 32 sign-ins at once with PINs of the standard cost: the
// bar is 400 MB for the whole process, which holds the clients here, and none refused.
func BenchmarkAShiftSignsIn(b *testing.B) {
	const shift = 32
	h := open(b, Limits{PerAddress: 200})
	h.pins = &pin.Keeper{Pepper: desktest.PINs.Pepper}
	digest, err := h.pins.Digest(desktest.PIN, false)
	must(b, err)
	must(b, h.log.SetPIN(b.Context(), ward.Sign(desktest.Grace, h.now()), desktest.Maria, ward.PIN{Digest: digest}))
	key := h.seat("Desk 2", "")
	for b.Loop() {
		terms := make([]*terminal, shift)
		for i := range terms {
			terms[i] = h.sit(key, 80, 24)
			terms[i].sees("Who are you?", "nurse").typeText("maria").press("\r").sees("PIN").typeText(desktest.PIN)
		}
		_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the highest memory begins anew
		begun := time.Now()
		var all sync.WaitGroup
		for _, term := range terms {
			all.Go(func() { term.press("\r").seesWithin(10*time.Minute, "on the ward") })
		}
		all.Wait()
		b.ReportMetric(time.Since(begun).Seconds(), "s/all")
		b.ReportMetric(highest(b), "MiB/highest")
		for _, term := range terms {
			term.client.Close()
		}
	}
}

// highest returns the highest memory of this process in MiB.
func highest(b *testing.B) (mib float64) {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("only Linux tells the memory of a process")
	}
	for line := range strings.Lines(string(status)) {
		if kib, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			_, err := fmt.Sscan(kib, &mib)
			must(b, err)
			return mib / 1024
		}
	}
	return 0
}
