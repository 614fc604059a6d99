package seats

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// long is set for the long form of tests: 250 seats in place of 20. It is one command, and
// takes two minutes:
//
//	NEUROCHECK_FAULTS=long go test -run TestManySeats -v ./internal/seats
var long = os.Getenv("NEUROCHECK_FAULTS") == "long"

// nurse returns the name of a nurse: without figures, which a busy machine delivers as a
// burst that the sign-in takes for a scan.
func nurse(i int) string { return fmt.Sprintf("Nurse Q%c%c", 'a'+i/26, 'a'+i%26) }

// 200 seats are open, and at 50 more nurses type: each letter is in the draft of its own
// patient and nurse, and a save at one seat is on the boards of the others.
func TestManySeats(t *testing.T) {
	t.Parallel()
	idle, typing := 15, 5
	if long {
		idle, typing = 200, 50
	}
	h := open(t, Limits{PerAddress: 1000})
	key := h.seat("Desk 2", "")
	p := h.admit()
	for i := range typing {
		digest, err := h.pins.Digest(desktest.PIN, false)
		must(t, err)
		must(t, h.log.AddStaff(t.Context(), ward.Sign(desktest.Grace, h.now()), ward.Staff{Name: nurse(i), Role: ward.Nurse, Active: true, PIN: ward.PIN{Digest: digest}}))
	}
	terms := make([]*terminal, idle+typing)
	var all sync.WaitGroup
	turn := make(chan struct{}, 10) // at once, as a machine with few processors bears
	for i := range terms {
		all.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			name := "maria"
			if i >= idle {
				name = strings.ToLower(nurse(i - idle))
			}
			terms[i] = h.sit(key, 80, 24).signIn(name).sees("OKAFOR, Ada")
		})
	}
	all.Wait()
	if n := h.server.o.Sessions.Status(time.Now()); n.Seats != idle+typing || n.SignedIn != idle+typing {
		t.Fatalf("%+v", n)
	}
	var answers atomic.Int64
	for i := range typing {
		all.Go(func() {
			// Another nurse with this patient open has a line in place of the question.
			x := terms[idle+i].press("n").sees("no answer yet")
			for range 3 {
				x.press("1")
				answers.Add(1)
			}
			x.sees("yes")
		})
	}
	all.Wait()
	drafts := 0
	for end := time.Now().Add(patience); drafts < typing && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		drafts = 0
		for i := range typing {
			d, ok, err := h.log.DraftOf(t.Context(), p.ID, nurse(i))
			must(t, err)
			if ok && d.Content != store.Claimed {
				drafts++
			}
		}
	}
	if drafts != typing || answers.Load() != int64(3*typing) {
		t.Errorf("%d drafts of %d nurses", drafts, typing)
	}
	must(t, h.log.PutReport(t.Context(), ward.Sign(desktest.Maria, h.now()), ward.Report{PatientID: p.ID, ToldAt: h.now().Add(-time.Second), ToldBy: "patient", Words: "not myself"}))
	h.server.o.Service.Poke()
	for _, x := range terms[:idle] {
		x.sees("report")
	}
	t.Logf("%d seats were idle and %d typed: %d answers, %d drafts, and a save on %d boards", idle, typing, answers.Load(), drafts, idle)
}

// A terminal may send anything: its session may end or show nonsense, and the others go on.
func TestAnythingFromATerminal(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{})
	key := h.seat("Desk 2", "")
	fine := h.sit(key, 80, 24)
	fine.signIn("maria").sees("on the ward")
	parts := []string{"\x1b[", "\x1b]", "\x1bP", "\x1b_", "\x1b^", "\x1bO", "\x1b\x1b", "\x9b", "\x9d", ";", ":", "?", ">", "<", "=", "$", "~", "M", "m", "t", "u", "R", "c", "y", "q",
		"200~", "201~", "999999999999999999999", "-1", "0", "1", "\a", "\x1b\\", "52;c;", "\xff", "\xf0\x9f", "\u200b", "é", strings.Repeat("\u0301", 50), strings.Repeat("A", 300), "\r", "\x00", "\x7f", "\x0c"}
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	var all sync.WaitGroup
	for range 4 {
		x := h.sit(key, 80, 24)
		var text strings.Builder
		for text.Len() < 50_000 {
			text.WriteString(parts[random.IntN(len(parts))])
		}
		all.Go(func() {
			_, _ = x.in.Write([]byte(text.String())) // the session may have ended
			time.Sleep(time.Second)
			_ = x.client.Close()
		})
	}
	all.Wait()
	fine.press("h").sees("HANDOVER")
	h.sit(key, 80, 24).sees("Who are you?")
	if t.Failed() {
		t.Log("seed ", seed)
	}
}
