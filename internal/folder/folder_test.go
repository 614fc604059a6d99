package folder_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/faults"
	"neurocheck/internal/folder"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/internal/ward"
)

// engines make empty logs, by the name of their engine.
func engines(t *testing.T) map[string]func(t *testing.T) *store.Store {
	makers := map[string]func(t *testing.T) *store.Store{"SQLite": storetest.Fresh}
	server, err := pgserver.New(pgserver.Options{})
	if errors.Is(err, pgserver.ErrMissing) && os.Getenv(pgserver.Required) != "required" {
		t.Log("PostgreSQL is not installed: SQLite alone")
		return makers
	}
	fixture.OK(t, err)
	t.Cleanup(func() { fixture.OK(t, server.Close()) })
	makers["PostgreSQL"] = func(t *testing.T) *store.Store {
		address := server.NewWard(t, func(address string) error {
			_, err := store.MakeWard(t.Context(), address)
			return err
		})
		s := fixture.Must(store.Open(t.Context(), address))(t)
		t.Cleanup(func() { fixture.OK(t, s.Close()) })
		return s
	}
	return makers
}

// exported writes the ward of a log, and returns the folder.
func exported(t *testing.T, s *store.Store, o folder.Options) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ward")
	o.Readers = 2
	fixture.Must(folder.Write(t.Context(), s, path, o))(t)
	return path
}

// imported imports a ward as the owner of a log without staff.
func imported(t *testing.T, s *store.Store, path string, at time.Duration) store.MovedIn {
	t.Helper()
	w, problems, err := folder.Open(path)
	fixture.OK(t, err)
	if len(problems) > 0 {
		t.Fatalf("the folder has problems: %v", problems)
	}
	defer func() { fixture.OK(t, w.Close()) }()
	done, problems, err := w.Import(t.Context(), s, fixture.Login(at), store.ImportOptions{})
	fixture.OK(t, err)
	if len(problems) > 0 {
		t.Fatalf("refused: %v", problems)
	}
	return done
}

// tables returns the tables of a folder.
func tables(t *testing.T, path string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for _, name := range folder.Names() {
		all[name] = string(fixture.Must(os.ReadFile(filepath.Join(path, name+".csv")))(t))
	}
	return all
}

func sameTables(t *testing.T, what, a, b string) {
	t.Helper()
	if diff := cmp.Diff(tables(t, a), tables(t, b)); diff != "" {
		t.Fatalf("%s (-out +out again):\n%s", what, diff)
	}
}

// Out, into an empty log, out: the same bytes, whatever a ward did, from each engine into
// the other. The long form takes 60 wards of each, the short one two of SQLite and one of
// PostgreSQL.
func TestOutInOut(t *testing.T) {
	makers := engines(t)
	for from, make := range makers {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			total := map[string]int{}
			wards := faults.Times(2, 60)
			if from == "PostgreSQL" {
				wards = faults.Times(1, 60)
			}
			for seed := range uint64(wards) {
				s := make(t)
				storetest.SetUp(t, s)
				l := life{t: t, r: rand.New(rand.NewPCG(seed, 11)), s: s, done: total}
				l.live(120)
				storetest.Whole(t, s)
				out := exported(t, s, folder.Options{AsSpreadsheet: seed%3 == 1})
				for to, make := range makers {
					what := fmt.Sprintf("seed %d, into %s", seed, to)
					again := make(t)
					if done := imported(t, again, out, l.now+90*24*time.Hour); done.Known || done.Checks == 0 {
						t.Errorf("%s: %+v", what, done)
					}
					storetest.Whole(t, again)
					sameTables(t, what, out, exported(t, again, folder.Options{AsSpreadsheet: seed%3 == 1}))
					sameWatch(t, what, s, again, l.now)
					if done := imported(t, again, out, l.now+91*24*time.Hour); !done.Known {
						t.Errorf("%s: a second time it is not known", what)
					}
				}
			}
			for _, a := range acts {
				if faults.Long() && total[a.name] == 0 {
					t.Errorf("no ward had this: %s", a.name)
				}
			}
		})
	}
}

// sameWatch compares the boards of two logs: the marks, alerts and due times.
func sameWatch(t *testing.T, what string, a, b *store.Store, at time.Duration) {
	t.Helper()
	states := func(s *store.Store) map[string]string {
		site := ward.DefaultSite()
		all := make(map[string]string)
		board := fixture.Must(s.Board(t.Context()))(t)
		for i := range board {
			state := ward.Watch(&board[i], &site, fixture.After(at))
			all[board[i].Patient.MRN] = fmt.Sprintf("%v %v %v %v", state.Alert, state.Mark, state.Next.Due.UnixMilli(), state.FollowUp != nil)
		}
		return all
	}
	if diff := cmp.Diff(states(a), states(b)); diff != "" {
		t.Errorf("%s: the board (-before +after):\n%s", what, diff)
	}
}
