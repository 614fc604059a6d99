package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/postgres"
	"neurocheck/internal/store/storetest/pgserver"
)

// conduct is the way in which a write of a group behaves.
type conduct int

const (
	appends conduct = iota
	asksFirst
	asksBetween
	refusesAtOnce
	refusesAfterAsking
	refusesAfterAppending
	refusesAfterBoth
	failsInAStatement
	failsInARow
	givesUp
	panics
	conducts
)

// saved reports whether the writes are there after an answer without an error.
func (c conduct) saved() bool { return c == appends || c == asksFirst || c == asksBetween }

var errRefusedByTest = errors.New("refused by the test")

// Writes of all kinds share commits, in any order: those that were acknowledged are there
// once, and of the others nothing is, also if the server refuses what was sent together with
// the rows of others.
func TestWritesOfAllKindsShareCommits(t *testing.T) {
	_, _, name := openedWard(t)
	l := must(postgres.Open(t.Context(), server(t).Address(pgserver.Program, name)))(t)
	defer l.Close()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	var mu sync.Mutex
	var expected []string
	const writers, writes = 24, 20
	var group sync.WaitGroup
	for w := range writers {
		var list []conduct
		for range writes {
			c := appends
			if random.IntN(3) == 0 { // most writes are saved, else no commit has several
				c = conduct(random.IntN(int(conducts)))
			}
			list = append(list, c)
		}
		group.Go(func() {
			for n, c := range list {
				id := fmt.Sprintf("%d-%d", w, n)
				out, err := behave(t, l, c, id)
				switch {
				case c.saved() != (err == nil):
					t.Errorf("%s, which behaves as %d: %v", id, c, err)
				case err != nil && out != engine.Nothing:
					t.Errorf("%s, which behaves as %d: %v with the outcome %d", id, c, err, out)
				case err == nil:
					mu.Lock()
					expected = append(expected, id)
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	there := strings.Fields(must(server(t).Answer("hospital", "SELECT string_agg(author, ' ') FROM "+name+".draft WHERE kind = 'group'"))(t))
	slices.Sort(there)
	slices.Sort(expected)
	if !slices.Equal(there, expected) {
		t.Errorf("%d writes are there, and %d were acknowledged", len(there), len(expected))
	}
}

// behave makes one write.
func behave(t *testing.T, l *postgres.Log, c conduct, id string) (out engine.Outcome, err error) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	defer func() {
		if recover() != nil {
			err = errRefusedByTest
		}
	}()
	return l.Write(ctx, engine.Checked, func(w engine.Tx) (end engine.End, err error) {
		row := engine.Row{Statement: draftRow, Values: []any{id, "group", "s", "c", int64(1), int64(1), ""}}
		switch c {
		case refusesAtOnce:
			return end, errRefusedByTest
		case asksFirst, refusesAfterAsking, refusesAfterBoth:
			if n, err := draftsOf(ctx, w, id); err != nil || n != 0 {
				return end, errors.Join(fmt.Errorf("%d rows before it", n), err)
			}
		case givesUp:
			cancel()
		}
		if c == refusesAfterAsking {
			return end, errRefusedByTest
		}
		if err := w.Append(ctx, []engine.Row{row}); err != nil {
			return end, err
		}
		switch c {
		case asksBetween, refusesAfterBoth:
			if n, err := draftsOf(ctx, w, id); err != nil || n != 1 {
				return end, errors.Join(fmt.Errorf("%d rows of its own", n), err)
			}
		case failsInAStatement:
			_, err := w.Exec(ctx, "INSERT INTO draft (author) VALUES ('x')") // which lacks columns
			return end, err
		case failsInARow:
			row.Values = []any{id + " again", nil, "s", "c", int64(1), int64(1), ""}
			return end, w.Append(ctx, []engine.Row{row})
		case panics:
			panic("in a write")
		}
		if c == refusesAfterAppending || c == refusesAfterBoth {
			return end, errRefusedByTest
		}
		return end, nil
	})
}

// draftsOf counts the drafts of an author as the transaction sees them.
func draftsOf(ctx context.Context, w engine.Tx, author string) (n int64, err error) {
	list, err := engine.All(ctx, w, engine.Scan[int64], `SELECT count(*) FROM draft WHERE author = $1`, author)
	if err == nil {
		n = list[0]
	}
	return n, err
}
