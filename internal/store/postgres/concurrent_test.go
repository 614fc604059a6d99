package postgres_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"neurocheck/internal/store"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/postgres"
	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/internal/ward"
)

// openedWard makes a ward with its staff, and returns the function that opens it.
func openedWard(t *testing.T) (s *store.Store, again func() *store.Store, name string) {
	t.Helper()
	name = newWard(t)
	again = func() *store.Store {
		t.Helper()
		s := must(store.Open(t.Context(), server(t).Address(pgserver.Program, name)))(t)
		t.Cleanup(func() { ok(t, s.Close()) })
		return s
	}
	s = again()
	storetest.SetUp(t, s)
	return s, again, name
}

// Two programs save while a third imports.
func TestTwoProgramsAndAnImport(t *testing.T) {
	first, again, _ := openedWard(t)
	p := storetest.Admit(t, first)
	programs := []*store.Store{first, again()}
	var group sync.WaitGroup
	for i, s := range programs {
		for w := range 4 {
			group.Go(func() {
				for n := range 5 {
					if _, err := s.SaveCheck(t.Context(), fixture.Nurse(1000*time.Hour), numbered(p, fmt.Sprintf("p%d-%d-%d", i, w, n), 100*i+10*w+n)); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	group.Go(func() {
		eva := ward.Patient{MRN: "77", Name: "LIND, Eva", SecondID: "x", Tool: fixture.Ada().Tool}
		var rows []ward.ImportRow
		for n := range 300 {
			c := fixture.CheckOf(ward.Patient{}, fmt.Sprintf("imported-%d", n), 10, time.Duration(n)*time.Minute)
			rows = append(rows, ward.ImportRow{Line: n + 2, Patient: eva, Stay: ward.Stay{AdmittedAt: fixture.After(-time.Hour)}, Check: c})
		}
		done, refused, err := again().Import(t.Context(), fixture.Nurse(1000*time.Hour), slices.Values(rows), store.ImportOptions{})
		if err != nil || len(refused) > 0 || done.Checks != 300 {
			t.Errorf("%+v %v %v", done, refused, err)
		}
	})
	group.Wait()
	if there := checkIDs(t, first, p.ID); len(there) != 40 {
		t.Errorf("%d checks", len(there))
	}
	storetest.Whole(t, first)
}

// Some writes of a group fail, and the others are saved: if a statement of theirs fails at
// once, and if the server refuses a row that was sent together with those of others.
func TestAGroupSharesACommit(t *testing.T) {
	t.Run("a statement fails", func(t *testing.T) {
		groupOf(t, func(w engine.Tx, _ engine.Row) error {
			_, err := w.Exec(t.Context(), "INSERT INTO draft (author) VALUES ('x')") // which lacks columns
			return err
		})
	})
	t.Run("a row is refused", func(t *testing.T) {
		groupOf(t, func(w engine.Tx, row engine.Row) error {
			row.Values = slices.Clone(row.Values)
			row.Values[1] = nil
			return w.Append(t.Context(), []engine.Row{row})
		})
	})
}

// groupOf runs twelve writes at a time, of which four fail.
func groupOf(t *testing.T, fail func(engine.Tx, engine.Row) error) {
	_, _, name := openedWard(t)
	l := must(postgres.Open(t.Context(), server(t).Address(pgserver.Program, name)))(t)
	defer l.Close()
	commits := func() string {
		return must(server(t).Answer("hospital", "SELECT count(*) FROM "+name+".draft WHERE kind = 'group'"))(t)
	}
	entered, release := make(chan bool), make(chan bool)
	write := func(n int, fails bool) error {
		_, err := l.Write(t.Context(), engine.Checked, func(w engine.Tx) (end engine.End, err error) {
			if n == 0 {
				entered <- true
				<-release
			}
			row := engine.Row{Statement: draftRow, Values: []any{fmt.Sprint(n), "group", "s", "c", int64(1), int64(1), ""}}
			if err := w.Append(t.Context(), []engine.Row{row}); err != nil {
				return end, err
			}
			if fails {
				row.Values[0] = fmt.Sprint("fails ", n)
				err = fail(w, row)
			}
			return end, err
		})
		return err
	}
	var group sync.WaitGroup
	var mu sync.Mutex
	failed := 0
	run := func(n int) {
		group.Go(func() {
			if err := write(n, n%3 == 1); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed++
			}
		})
	}
	run(0)
	<-entered
	for n := 1; n < 12; n++ {
		run(n)
	}
	time.Sleep(50 * time.Millisecond) // they queue meanwhile; if one does not, it joins a later group
	if n := commits(); n != "0" {
		t.Errorf("%s were committed before the group", n)
	}
	close(release)
	group.Wait()
	if n := commits(); failed != 4 || n != "8" {
		t.Errorf("%d failed, and %s are there", failed, n)
	}
}

var draftRow = &engine.Statement{Table: "draft", Columns: []string{"author", "kind", "subject", "check_id", "revision", "started_at", "content"}}

// A writer that gives up its place in the queue, or panics, leaves the others their turn.
func TestAWriterThatGivesUp(t *testing.T) {
	_, _, name := openedWard(t)
	l := must(postgres.Open(t.Context(), server(t).Address(pgserver.Program, name)))(t)
	defer l.Close()
	nothing := func(engine.Tx) (end engine.End, err error) { return end, nil }
	entered, release := make(chan bool), make(chan bool)
	first := make(chan error, 1)
	go func() {
		defer func() { first <- fmt.Errorf("%v", recover()) }()
		_, _ = l.Write(t.Context(), engine.Checked, func(engine.Tx) (end engine.End, err error) {
			entered <- true
			<-release
			panic("in a write")
		})
	}()
	<-entered
	brief, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := l.Write(brief, engine.Checked, nothing); ward.TroubleOf(l.Explain(err)) != ward.LogLocked {
		t.Errorf("a writer that waited in vain: %v", err)
	}
	next := make(chan error, 1)
	go func() {
		_, err := l.Write(t.Context(), engine.Checked, nothing)
		next <- err
	}()
	close(release)
	ok(t, <-next)
	if err := <-first; err.Error() != "in a write" {
		t.Error(err)
	}
}

// A save is announced to another program at once; if the notification is lost, the poll finds
// it within two seconds.
func TestNews(t *testing.T) {
	s, again, name := openedWard(t)
	p := storetest.Admit(t, s)
	news := again().Saves(t.Context())
	listening := "SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN \"" + name + "\"'"
	eventually(t, "it listens", func() bool { return must(server(t).Answer("hospital", listening))(t) == "1" })
	drain := func() {
		for {
			select {
			case <-news:
			case <-time.After(300 * time.Millisecond):
				return
			}
		}
	}
	drain()
	arrives := func(how string, most time.Duration) {
		t.Helper()
		began := time.Now()
		select {
		case <-news:
			t.Logf("%s: %v", how, time.Since(began))
		case <-time.After(most):
			t.Errorf("%s: no news after %v", how, most)
		}
	}
	storetest.Save(t, s, numbered(p, "a", 1))
	arrives("notified", 10*time.Second)
	drain()
	// The second of these saves comes just after a poll, so that it waits longest.
	for n, id := range []string{"b", "c"} {
		must(server(t).SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN \"" + name + "\"';"))(t)
		slow := slowness(t)
		storetest.Save(t, s, numbered(p, id, 2+n))
		saved := time.Now()
		arrives("polled", 30*time.Second)
		// The poll waits for the processor and for the server a few times, each as long as this
		// test does: some milliseconds on a machine with nothing else to do.
		if passed, most := time.Since(saved), 2*time.Second+4*slow(); passed > most {
			t.Errorf("the news of a save came after %v, and not within %v", passed, most)
		}
	}
}

// slowness measures, until the function that it returns is called, the longest time that a
// goroutine waits for the processor and then for an answer of the server.
func slowness(t *testing.T) (longest func() time.Duration) {
	conn := must(pgx.Connect(t.Context(), strings.Split(server(t).Address(pgserver.Program, "w"), "&ward=")[0]))(t)
	t.Cleanup(func() { conn.Close(context.Background()) })
	ctx, stop := context.WithCancel(t.Context())
	most := make(chan time.Duration)
	go func() {
		var longest time.Duration
		for ctx.Err() == nil {
			const pause = 20 * time.Millisecond
			began := time.Now()
			time.Sleep(pause)
			if conn.Ping(t.Context()) == nil {
				longest = max(longest, time.Since(began)-pause)
			}
		}
		most <- longest
	}()
	return func() time.Duration {
		stop()
		return <-most
	}
}

// Texts that PostgreSQL does not take are refused with the name of their column, also in an
// import, and the connection is of use afterwards.
func TestUnwritableTexts(t *testing.T) {
	s, _, name := openedWard(t)
	l := must(postgres.Open(t.Context(), server(t).Address(pgserver.Program, name)))(t)
	defer l.Close()
	for _, text := range []string{"a\x00b", "a\xffb"} {
		for _, rules := range []engine.Rules{engine.Checked, engine.Unchecked} {
			_, err := l.Write(t.Context(), rules, func(w engine.Tx) (end engine.End, err error) {
				return end, w.Append(t.Context(), []engine.Row{{Statement: draftRow, Values: []any{text, "k", "s", "c", int64(1), int64(1), ""}}})
			})
			fixture.Refused(t, l.Explain(err), ward.KindInvalid, "author: holds a NUL")
		}
		_, err := s.PatientByMRN(t.Context(), text)
		if ward.KindOf(err) == ward.KindInternal || err == nil || strings.Contains(err.Error(), "b") && strings.Contains(err.Error(), text) {
			t.Errorf("looking for %q: %v", text, err)
		}
		err = s.KeepDraft(t.Context(), store.Draft{Kind: "k", Subject: "s", Author: "Sam Lee", CheckID: "c", Revision: 1, Content: text})
		fixture.Refused(t, err, ward.KindInvalid, "holds a NUL")
	}
	storetest.Whole(t, s)
}

// A row that a trigger of another program drops is noticed by the server before it commits,
// although it is one part of a statement with several.
func TestADroppedRow(t *testing.T) {
	s, _, name := openedWard(t)
	p := storetest.Admit(t, s)
	before := storetest.LastSeq(t, s)
	for _, table := range []string{"neuro_check", "check_now", "request"} {
		run := func(script string) {
			t.Helper()
			ok(t, server(t).Execute("hospital", strings.NewReplacer("W.", name+".", "TABLE", table).Replace(script)))
		}
		run(`CREATE FUNCTION W.drops() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER drops BEFORE INSERT ON W.TABLE FOR EACH ROW EXECUTE FUNCTION W.drops();`)
		_, err := s.SaveCheck(t.Context(), requested(time.Hour, "dropped in "+table), numbered(p, "dropped in "+table, 1))
		fixture.Refused(t, err, ward.KindUnavailable, "was not taken by the log, so nothing was saved")
		run(`DROP FUNCTION W.drops CASCADE;`)
		if now := storetest.LastSeq(t, s); now != before {
			t.Errorf("a row of %s was dropped, and record %d became %d", table, before, now)
		}
	}
	storetest.Save(t, s, numbered(p, "taken", 1))
	storetest.Whole(t, s)
}

// One process at a time listens to feeds.
func TestOneListener(t *testing.T) {
	s, again, _ := openedWard(t)
	other := again()
	turn := must(s.ListenAlone())(t)
	_, err := other.ListenAlone()
	fixture.Refused(t, err, ward.KindConflict, "another listener")
	turn.End()
	eventually(t, "the next one listens", func() bool {
		turn, err := other.ListenAlone()
		if err == nil {
			turn.End()
		}
		return err == nil
	})
}
