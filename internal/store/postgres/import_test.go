package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// inParts are the options of an import of manyRows in parts of two hundred rows, one patient
// each.
var inParts = store.ImportOptions{NewPatients: true, PartRows: 200}

func late() ward.Signature { return fixture.Nurse(20_000 * time.Hour) }

// An import that is stopped between its parts names the last one that it kept, and the same
// import goes on: no row is lost or doubled.
func TestAnImportInPartsGoesOn(t *testing.T) {
	s, again, _ := openedWard(t)
	const rows = 4000
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	before, other := storetest.LastSeq(t, s), again()
	news := other.Saves(ctx)
	go func() {
		for ctx.Err() == nil {
			select {
			case <-news:
			case <-ctx.Done():
			}
			if seq, _, err := other.Head(ctx); err != nil || seq > before {
				stop()
			}
		}
	}()
	done, refused, err := s.Import(ctx, late(), manyRows(rows), inParts)
	if err == nil || len(refused) > 0 {
		t.Fatal("the import was not stopped", done, refused)
	}
	kept := done.Checks
	words := fmt.Sprintf("part %d of 20 of import-", kept/200)
	if kept < 200 || kept >= rows || kept%200 != 0 || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), fmt.Sprintf("%d rows so far", kept)) {
		t.Errorf("kept %d: %v", kept, err)
	}
	storetest.Whole(t, s)
	done, refused, err = s.Import(t.Context(), late(), manyRows(rows), inParts)
	ok(t, err)
	if len(refused) > 0 || done.Known != kept || done.Checks != rows-kept || done.Patients != (rows-kept)/200 {
		t.Errorf("%+v %v after %d", done, refused, kept)
	}
	storetest.Whole(t, s)
}

// A row that is refused keeps the whole file out, also if it is of the last part.
func TestAnImportInPartsIsAllOrNone(t *testing.T) {
	s, _, _ := openedWard(t)
	before := storetest.LastSeq(t, s)
	rows := func(yield func(ward.ImportRow) bool) {
		for row := range manyRows(1000) {
			if row.Line == 1001 {
				row.Claimed = []ward.Claim{{Column: "flag", Cell: "urgent"}, {Column: "score", Cell: "3"}}
			}
			if !yield(row) {
				return
			}
		}
	}
	done, refused, err := s.Import(t.Context(), late(), rows, inParts)
	ok(t, err)
	if len(refused) == 0 || refused[0].Line != 1001 || done != (store.Imported{}) || storetest.LastSeq(t, s) != before {
		t.Errorf("%+v %v", done, refused)
	}
	o := inParts
	o.DryRun = true
	done, refused, err = s.Import(t.Context(), late(), manyRows(1000), o)
	ok(t, err)
	if len(refused) > 0 || done.Checks != 1000 || done.Patients != 5 || storetest.LastSeq(t, s) != before {
		t.Errorf("a dry run: %+v %v", done, refused)
	}
}

// Two programs import the same file in parts at once, and a third saves.
func TestTwoImportsInParts(t *testing.T) {
	s, again, _ := openedWard(t)
	p := storetest.Admit(t, s)
	const rows = 2000
	var done [2]store.Imported
	var group sync.WaitGroup
	for i := range done {
		other := again()
		group.Go(func() {
			var refused []ward.Refusal
			var err error
			done[i], refused, err = other.Import(t.Context(), late(), manyRows(rows), inParts)
			if err != nil || len(refused) > 0 {
				t.Error(refused, err)
			}
		})
	}
	for n := range 20 {
		if _, err := s.SaveCheck(t.Context(), fixture.Nurse(1000*time.Hour), numbered(p, fmt.Sprint("beside-", n), n)); err != nil {
			t.Error(err)
		}
	}
	group.Wait()
	if done[0].Checks+done[1].Checks != rows || done[0].Known+done[1].Known != rows || done[0].Patients+done[1].Patients != rows/200 {
		t.Errorf("%+v %+v", done[0], done[1])
	}
	storetest.Whole(t, s)
}
