package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"neurocheck/internal/faults"
	"neurocheck/internal/store"
	"neurocheck/internal/store/postgres"
	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/internal/ward"
)

// pair is a primary server and its standby, for which each commit waits.
type pair struct{ primary, standby *pgserver.Server }

// newPair starts two servers with one ward, w, on which the tests may do everything.
func newPair(t *testing.T) (*pair, *store.Store, ward.Patient) {
	t.Helper()
	p := &pair{primary: pgserver.Start(t)}
	must(postgres.MakeWard(t.Context(), p.primary.Address(pgserver.Owner, "w")))(t)
	p.standby = pgserver.StartWith(t, pgserver.Options{From: p.primary})
	p.wait(t)
	s := p.open(t)
	storetest.SetUp(t, s)
	return p, s, storetest.Admit(t, s)
}

// wait makes commits wait for the standby.
func (p *pair) wait(t *testing.T) {
	t.Helper()
	said := must(p.primary.SQL("ALTER SYSTEM SET synchronous_standby_names = '*'; SELECT pg_reload_conf();"))(t)
	if said != "" {
		t.Fatal(said)
	}
	eventually(t, "the standby follows", func() bool {
		state, err := p.primary.Answer("postgres", "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
		return err == nil && state == "1"
	})
}

func (p *pair) open(t *testing.T) *store.Store {
	t.Helper()
	s := must(store.Open(t.Context(), pgserver.AddressOfTwo(p.primary, p.standby, pgserver.Program, "w")))(t)
	t.Cleanup(func() { ok(t, s.Close()) })
	return s
}

// fail kills the primary and makes the standby the primary. Another standby follows it.
func (p *pair) fail(t *testing.T) {
	t.Helper()
	ok(t, p.primary.Kill())
	ok(t, p.standby.Promote())
	p.primary, p.standby = p.standby, p.primary
	ok(t, p.standby.Follow(p.primary))
	p.wait(t)
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for began := time.Now(); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatalf("it does not happen that %s", what)
		}
	}
}

// numbered is a check of a patient with a number of its own.
func numbered(p ward.Patient, id string, n int) ward.Check {
	return fixture.CheckOf(p, id, 10, time.Duration(n)*time.Second)
}

// requested signs for a request.
func requested(at time.Duration, request string) ward.Signature {
	sig := fixture.Nurse(at)
	sig.Request = request
	return sig
}

// checkIDs returns how often each check is on record.
func checkIDs(t *testing.T, s *store.Store, patient int64) map[string]int {
	t.Helper()
	there := make(map[string]int)
	for _, c := range storetest.HistoryOf(t, s, patient).Checks {
		there[c.ID]++
	}
	return there
}

// Two servers take several times as long to start as their tests, so that these share them.
// In the long form there are 20 kills, which take a minute:
//
//	NEUROCHECK_FAULTS=long go test -run 'TestFailover$' -v ./internal/store/postgres
func TestFailover(t *testing.T) {
	if testing.Short() {
		t.Skip("two servers")
	}
	t.Parallel()
	p, s, patient := newPair(t)
	t.Run("kills", func(t *testing.T) { kills(t, p, s, patient) })
	t.Run("interrupted commit", func(t *testing.T) { interruptedCommit(t, p, s, patient) })
}

// The primary is killed under load: no save that was acknowledged is lost or doubled, and
// each writer goes on by itself.
func kills(t *testing.T, p *pair, s *store.Store, patient ward.Patient) {
	other := p.open(t)
	ctx, stop := context.WithCancel(t.Context())
	var acknowledged sync.Map
	var saved atomic.Int64
	var writers sync.WaitGroup
	for w := range 6 {
		in := []*store.Store{s, other}[w%2]
		writers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				c := numbered(patient, fmt.Sprintf("w%d-%d", w, n), w+10*n)
				if _, err := in.SaveCheck(t.Context(), requested(1000*time.Hour, "request of "+c.ID), c); err != nil {
					t.Errorf("%s: %v", c.ID, err)
					return
				}
				acknowledged.Store(c.ID, true)
				saved.Add(1)
			}
		})
	}
	count := faults.Times(1, 20)
	for range count {
		before := saved.Load()
		eventually(t, "checks are saved", func() bool { return saved.Load() >= before+10 || t.Failed() })
		p.fail(t)
	}
	before := saved.Load()
	eventually(t, "checks are saved after the last kill", func() bool { return saved.Load() >= before+10 || t.Failed() })
	stop()
	writers.Wait()
	there := checkIDs(t, s, patient.ID)
	acknowledged.Range(func(id, _ any) bool {
		if there[id.(string)] != 1 {
			t.Errorf("%s was acknowledged, and is %d times on record", id, there[id.(string)])
		}
		return true
	})
	t.Logf("%d kills of the primary: %d checks were acknowledged, %d are on record", count, saved.Load(), len(there))
	if len(there) != int(saved.Load()) {
		t.Errorf("%d were acknowledged, and %d are on record", saved.Load(), len(there))
	}
	storetest.Whole(t, s)
}

// A commit that is interrupted while it waits for its standby is on the primary alone: every
// reader finds it, and it is lost with the primary. So neither the save nor a repetition of
// its request is acknowledged before a standby has it.
func interruptedCommit(t *testing.T, p *pair, s *store.Store, patient ward.Patient) {
	other := p.open(t)
	ok(t, p.standby.End())
	answers := make(chan error, 2)
	save := func(s *store.Store) {
		_, err := s.SaveCheck(t.Context(), requested(time.Hour, "the request"), numbered(patient, "interrupted", 1))
		answers <- err
	}
	go save(s)
	waiting := "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query <> ''"
	eventually(t, "the commit waits for the standby", func() bool { return must(p.primary.Answer("hospital", waiting))(t) == "1" })
	for range 2 { // the commit, and that which looks it up
		eventually(t, "a commit waits", func() bool { return must(p.primary.Answer("hospital", waiting))(t) != "0" })
		must(p.primary.SQLIn("hospital", "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep';"))(t)
	}
	found := must(p.primary.Answer("hospital", "SELECT count(*) FROM w.neuro_check WHERE check_id = 'interrupted'"))(t)
	if found != "1" {
		t.Fatalf("the trap is gone: %s checks are on the primary", found)
	}
	go save(other) // which finds the request done
	select {
	case err := <-answers:
		t.Fatalf("it was acknowledged while the primary alone had it (%v)", err)
	case <-time.After(500 * time.Millisecond):
	}
	ok(t, p.primary.Kill())
	ok(t, p.standby.Run())
	ok(t, p.standby.Promote())
	for range 2 {
		ok(t, <-answers)
	}
	if n := checkIDs(t, s, patient.ID)["interrupted"]; n != 1 {
		t.Errorf("it was acknowledged, and is %d times on record", n)
	}
	if said := must(p.standby.Answer("hospital", "SELECT string_agg(id, ' ') FROM w.request"))(t); strings.Count(said, "the request") != 1 {
		t.Errorf("requests: %s", said)
	}
	storetest.Whole(t, s)
}

// A primary that hangs keeps its connections. Until another server is the primary a save waits,
// and a reading ends with an error. Then the save goes on there by itself, and is on record once.
func TestAPrimaryThatHangs(t *testing.T) {
	if testing.Short() {
		t.Skip("two servers")
	}
	t.Parallel()
	p, first, patient := newPair(t)
	ok(t, first.Close())
	s := must(store.Open(t.Context(), pgserver.AddressOfTwo(p.primary, p.standby, pgserver.Program, "w")+"&connect_timeout=1"))(t)
	t.Cleanup(func() { ok(t, s.Close()) })
	s.Saves(t.Context()) // as the screens do
	must(s.SaveCheck(t.Context(), requested(time.Hour, "before"), numbered(patient, "before", 1)))(t)
	storetest.HistoryOf(t, s, patient.ID)

	goesOn := must(p.primary.Hang())(t)
	t.Cleanup(func() { _ = goesOn() })
	saved, read := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := s.SaveCheck(t.Context(), requested(time.Hour, "the request"), numbered(patient, "hanging", 2))
		saved <- err
	}()
	go func() {
		_, err := s.Chart(t.Context(), patient.ID)
		read <- err
	}()
	select {
	case err := <-read:
		if ward.KindOf(err) != ward.KindUnavailable || s.Away() == 0 {
			t.Errorf("the reading: %v, away for %v", err, s.Away())
		}
	case <-time.After(time.Minute):
		t.Fatal("the reading does not end")
	}
	select {
	case err := <-saved:
		t.Fatalf("the save has ended: %v", err)
	default:
	}
	ok(t, p.standby.Promote())
	select {
	case err := <-saved:
		ok(t, err)
	case <-time.After(time.Minute):
		t.Fatal("the save does not end")
	}
	if n := checkIDs(t, s, patient.ID)["hanging"]; n != 1 || s.Away() != 0 {
		t.Errorf("it was acknowledged, and is %d times on record; away for %v", n, s.Away())
	}
	storetest.Whole(t, s)
}
