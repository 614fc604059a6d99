package intake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/internal/ward"
)

// server is the PostgreSQL of the tests of this package. It is started by the first that
// needs it.
var server struct {
	sync.Once
	*pgserver.Server
	err error
}

func TestMain(m *testing.M) {
	result := m.Run()
	if server.Server != nil {
		if err := server.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			result = 1
		}
	}
	os.Exit(result)
}

// newWard makes an empty ward on the server, and returns its address.
func newWard(t *testing.T) string {
	t.Helper()
	server.Do(func() { server.Server, server.err = pgserver.New(pgserver.Options{}) })
	if errors.Is(server.err, pgserver.ErrMissing) && os.Getenv(pgserver.Required) != "required" {
		t.Skip(server.err)
	}
	if server.err != nil {
		t.Fatal(server.err)
	}
	return server.NewWard(t, func(address string) error {
		_, err := store.MakeWard(t.Context(), address)
		return err
	})
}

// onEngines runs a test on a log of each engine, at the same time.
func onEngines(t *testing.T, test func(t *testing.T, s *stored)) {
	for name, log := range map[string]func(*testing.T) *stored{"SQLite": newStored, "PostgreSQL": newStoredOnServer} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, log(t))
		})
	}
}

// newStoredOnServer makes a log on the server.
func newStoredOnServer(t *testing.T) *stored {
	t.Helper()
	address := newWard(t)
	log, err := store.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	staff(t, log)
	return opened(t, address, log)
}

// newStored makes a log in a file.
func newStored(t *testing.T) *stored {
	t.Helper()
	path := staffedFile.Copy(t, func(path string) error {
		return store.CreateWith(t.Context(), path, func(s *store.Store) error {
			staff(t, s)
			return nil
		})
	})
	log, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return opened(t, path, log)
}

// staffedFile is the log of which [newStored] returns copies.
var staffedFile fixture.Template

// subject is a log about one patient, of the MRN 0042317.
type subject interface {
	// take takes a message, and returns its answer in words, such as "AA applied".
	take(Message) string
	// show returns a patient in words.
	show(mrn string) string
	// person records a change of the patient by a person.
	person(mrn string, at time.Time, by string, change func(*ward.Patient, *ward.Stay))
	// admitted records an admission of a patient by a person.
	admitted(p ward.Patient, s ward.Stay, at time.Time, by string)
	// settle records the answer of a person to a difference of the patient.
	settle(at time.Time, by string, f Field, feed bool)
	// occupy records something in the stay of the patient.
	occupy()
	// held returns the control IDs of the messages about the patient that are held.
	held() []string
	// kept returns the number of messages and patients that the log has.
	kept() int
}

// onAllLogs runs the rows of a table on a log in memory and on a log of each engine. next
// returns the log of the next row: a new one, or a new patient of an engine's.
func onAllLogs(t *testing.T, rows func(t *testing.T, next func() subject)) {
	t.Run("memory", func(t *testing.T) { rows(t, func() subject { return newRecord(t) }) })
	onEngines(t, func(t *testing.T, s *stored) {
		n := 0
		rows(t, func() subject {
			n++
			return &oneOf{stored: s, n: n}
		})
		s.whole()
	})
}

// occupy implements [subject].
func (r *record) occupy() { r.patients[ada].busy = true }

// settle implements [subject].
func (r *record) settle(at time.Time, by string, f Field, feed bool) {
	k := r.patients[ada]
	i := slices.IndexFunc(k.differences, func(d Difference) bool { return d.Field == f })
	if feed {
		k.patient.Name = k.differences[i].Feed // the tests settle names
	}
	k.differences = slices.Delete(k.differences, i, i+1)
	r.journal = append(r.journal, Entry{Act: &Act{MRN: ada, At: at, By: by, Settled: &Settled{f, feed}}})
}

// held implements [subject]. A record in memory has no inbox: the outcomes of a replay say
// what is held.
func (r *record) held() (list []string) {
	outcomes := Replay(&r.settings, r, r.journal).Outcomes
	for _, e := range r.journal {
		if e.Message != nil && outcomes[e.Message.Number].Did == Held {
			list = append(list, e.Message.ControlID)
		}
	}
	return list
}

// kept implements [subject].
func (r *record) kept() int { return len(r.journal) + len(r.patients) }
