package faults

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// wardRound works as a nurse and a clinician do until it is killed: it keeps
// drafts, saves, corrects, accepts and closes follow-ups. It writes a line after each
// act that the store has acknowledged.
func wardRound(ctx context.Context, path, name string, _ io.Reader, out io.Writer) error {
	s, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	p, err := admit(ctx, s, name)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "patient", p.ID)
	for i := 0; ; i++ {
		at := time.Duration(i) * 8 * time.Hour
		id := fmt.Sprintf("%s-%d", name, i)
		for revision := range int64(3) {
			d := store.Draft{PatientID: p.ID, Author: "Sam Lee", CheckID: id, Revision: revision + 1, Since: after(at), Content: fmt.Sprint("half-filled ", revision+1)}
			if err := s.KeepDraft(ctx, d); err != nil {
				return err
			}
			fmt.Fprintln(out, "draft", id, revision+1)
		}
		saved, err := s.SaveCheck(ctx, nurse(at), checkOf(p, id, 8, at))
		if err != nil {
			return err
		}
		fmt.Fprintln(out, "check", id, 1)
		if _, err := s.SaveCheck(ctx, nurse(at), corrected(saved.Check, 9)); err != nil {
			return err
		}
		fmt.Fprintln(out, "check", id, 2)
		if saved.Event != ward.JoinOpened {
			return fmt.Errorf("check %s opened no follow-up: %+v", id, saved)
		}
		f := saved.FollowUp.ID
		fmt.Fprintln(out, "opened", f)
		if err := s.Acknowledge(ctx, nurse(at), f); err != nil {
			return err
		}
		fmt.Fprintln(out, "accepted", f)
		if err := s.CloseFollowUp(ctx, clinician(at), f, "resolved", "looked at", true); err != nil {
			return err
		}
		fmt.Fprintln(out, "closed", f)
	}
}

// acknowledged holds the acts of one writer that the store acknowledged.
type acknowledged struct {
	patient  int64
	checks   map[string]int // by check: its last version
	opened   []int64        // follow-ups
	accepted []int64
	closed   []int64
	draftOf  string // check of the last draft, empty if it was saved since
	revision int64
}

func (a *acknowledged) add(t *testing.T, line string) {
	t.Helper()
	var n int64
	words := strings.Fields(line)
	must(fmt.Sscan(words[len(words)-1], &n))(t)
	switch words[0] {
	case "patient":
		a.patient = n
	case "draft":
		a.draftOf, a.revision = words[1], n
	case "check":
		a.checks[words[1]] = int(n)
		a.draftOf = ""
	case "opened":
		a.opened = append(a.opened, n)
	case "accepted":
		a.accepted = append(a.accepted, n)
	case "closed":
		a.closed = append(a.closed, n)
	default:
		t.Fatalf("a writer said %q", line)
	}
}

// mustBeIn fails the test unless all of it is in the log.
func (a *acknowledged) mustBeIn(t *testing.T, s *store.Store) {
	t.Helper()
	if a.patient == 0 {
		return // killed before its first line
	}
	chart := must(s.Chart(t.Context(), a.patient))(t)
	versions := make(map[string]int)
	for _, c := range chart.Versions {
		for ; c.Version > versions[c.ID]; versions[c.ID]++ {
		}
	}
	for id, version := range a.checks {
		if versions[id] < version {
			t.Errorf("version %d of check %s was acknowledged, and version %d is there", version, id, versions[id])
		}
	}
	followUps := make(map[int64]ward.FollowUp)
	for _, f := range chart.FollowUps {
		followUps[f.ID] = f
	}
	for _, id := range a.opened {
		if followUps[id].ID != id {
			t.Errorf("follow-up %d was opened, and is not there", id)
		}
	}
	for _, id := range a.accepted {
		if f := followUps[id]; !f.Acked.Done() {
			t.Errorf("follow-up %d was accepted, and is not", id)
		}
	}
	for _, id := range a.closed {
		if f := followUps[id]; !f.Closed.Done() {
			t.Errorf("follow-up %d was closed, and is not", id)
		}
	}
	if a.draftOf == "" || versions[a.draftOf] > 0 { // saved, but not acknowledged any more
		return
	}
	d, is, err := s.DraftOf(t.Context(), a.patient, "Sam Lee")
	ok(t, err)
	if !is || d.CheckID != a.draftOf || d.Revision < a.revision {
		t.Errorf("revision %d of the draft of %s was kept, and revision %d of that of %q is there", a.revision, a.draftOf, d.Revision, d.CheckID)
	}
}

// round is a writer at work.
type round struct {
	cmd   *exec.Cmd
	said  []string
	end   chan struct{}
	acked acknowledged // after it has ended
}

func startRound(t *testing.T, path, name string, complaint io.Writer) *round {
	t.Helper()
	r := &round{cmd: another(t, "ward round", path, name), end: make(chan struct{})}
	r.cmd.Stderr = complaint
	out := must(r.cmd.StdoutPipe())(t)
	began := make(chan struct{})
	ok(t, r.cmd.Start())
	go func() {
		defer close(r.end)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if r.said = append(r.said, lines.Text()); len(r.said) == 1 {
				close(began)
			}
		}
	}()
	select {
	case <-began:
	case <-r.end:
		t.Fatalf("%s ended before it began", name)
	}
	return r
}

// ended waits for the last line of a writer.
func (r *round) ended(t *testing.T) {
	t.Helper()
	<-r.end
	r.acked.checks = make(map[string]int)
	for _, line := range r.said {
		r.acked.add(t, line)
	}
}

// Three writers at a time are killed at random moments: everything that the store
// acknowledged to one of them is there, the record is whole, and the last draft too.
func TestKilledWhileWriting(t *testing.T) {
	t.Parallel()
	path := newLog(t)
	random := rand.New(rand.NewPCG(4, 500))
	var all []acknowledged
	checks := 0
	for i := range Times(5, 500) {
		var rounds []*round
		for k := range 3 {
			rounds = append(rounds, startRound(t, path, fmt.Sprintf("round-%d-%d", i, k), os.Stderr))
		}
		for _, r := range rounds {
			moment := time.NewTimer(time.Duration(random.Int64N(int64(30 * time.Millisecond))))
			<-moment.C
			ok(t, r.cmd.Process.Kill())
		}
		for _, r := range rounds {
			r.ended(t)
			killed(t, r.cmd)
		}
		s := must(store.Open(t.Context(), path))(t)
		for _, r := range rounds {
			r.acked.mustBeIn(t, s)
			all = append(all, r.acked)
			checks += len(r.acked.checks)
		}
		whole(t, s)
		ok(t, s.Close())
		if t.Failed() {
			t.Fatalf("after %d kills", 3*(i+1))
		}
	}
	s := opened(t, path)
	for _, acked := range all {
		acked.mustBeIn(t, s)
	}
	t.Logf("%d kills, %d checks acknowledged", len(all), checks)
	if checks == 0 {
		t.Error("nothing was ever acknowledged, so nothing was shown")
	}
}
