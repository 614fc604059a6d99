package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// notCopied are the tables that a copy has from its migrations, and the drafts.
var notCopied = []string{"draft", "goose_db_version", "sqlite_sequence"}

// A copy has every row of every table but the drafts, and every table is the concern of
// one part of it.
func TestACopyHasEveryRow(t *testing.T) {
	from := must(Open(t.Context(), sampleLog(t)))(t)
	defer from.Close()
	ok(t, from.KeepDraft(t.Context(), Draft{Author: "Sam Lee", Kind: PaperSheet, Subject: "x", CheckID: "x", Content: "{}"}))
	path := filepath.Join(t.TempDir(), "copy.db")
	ok(t, copyToFile(t.Context(), from, path, nil))
	to := must(Open(t.Context(), path))(t)
	defer to.Close()
	whole(t, to)
	tables := must(engine.All(t.Context(), from.db.Pool(), engine.Scan[string], `SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`))(t)
	for _, table := range tables {
		known := slices.Contains(recordTables, table) || slices.Contains(derivedNames, table) || table == "chain" ||
			slices.Contains(notCopied, table) || slices.ContainsFunc(vocabularies(), func(v vocabulary) bool { return v.table == table })
		if !known {
			t.Errorf("a copy does not know of the table %s", table)
		}
		before, after := rowsOf(t, from, table), rowsOf(t, to, table)
		if slices.Contains(notCopied, table) {
			if table == "draft" && (len(before) == 0 || len(after) > 0) {
				t.Errorf("%d drafts became %d", len(before), len(after))
			}
			continue
		}
		if d := cmp.Diff(before, after); d != "" {
			t.Errorf("%s (-log +copy):\n%s", table, d)
		}
		if len(before) == 0 && (slices.Contains(recordTables, table) || slices.Contains(derivedNames, table)) {
			t.Errorf("the sample has no row of %s", table)
		}
	}
}

// rowsOf returns the rows of a table in an order of their own.
func rowsOf(t *testing.T, s *Store, table string) [][]any {
	t.Helper()
	return must(engine.All(t.Context(), s.db.Pool(), func(rows engine.Results) ([]any, error) {
		names, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		return scanValues(rows, len(names))
	}, `SELECT * FROM `+table+` ORDER BY 1`))(t)
}

func copyToFile(ctx context.Context, from *Store, path string, progress Stages) error {
	return CreateWith(ctx, path, func(to *Store) error {
		_, err := from.CopyTo(ctx, ward.Sign("Kim Adler", time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)), to, progress)
		return err
	})
}

// A log that is damaged is not copied, and the copy appears whole or not at all.
func TestADamagedLogIsNotCopied(t *testing.T) {
	sample := sampleLog(t)
	for name, c := range map[string]struct{ damage, words string }{
		"a value":       {"DROP TRIGGER patient_no_update; UPDATE patient SET name = 'Another' WHERE seq = (SELECT min(seq) FROM patient)", "is not as it was recorded"},
		"a hash":        {"DROP TRIGGER audit_event_no_update; UPDATE audit_event SET hash = zeroblob(32) WHERE seq = (SELECT min(seq) FROM audit_event)", "does not follow the record before it"},
		"a row":         {"DROP TRIGGER audit_event_no_delete; DELETE FROM audit_event WHERE seq = (SELECT max(seq) FROM audit_event)", "is missing"},
		"a derived row": {"DELETE FROM check_now WHERE seq = (SELECT max(seq) FROM check_now)", "the table check_now does not agree"},
		"the end":       {"DROP TRIGGER chain_forward; UPDATE chain SET hash = zeroblob(32)", "is not the one that the chain ends with"},
	} {
		t.Run(name, func(t *testing.T) {
			path := copied(t, sample)
			plainSQL(t, path, c.damage)
			from, err := OpenReadOnly(t.Context(), path)
			ok(t, err)
			defer from.Close()
			to := filepath.Join(t.TempDir(), "copy.db")
			err = copyToFile(t.Context(), from, to, nil)
			refused(t, err, ward.KindUnavailable, c.words)
			if entries := must(os.ReadDir(filepath.Dir(to)))(t); len(entries) > 0 {
				t.Errorf("there are %v", entries)
			}
		})
	}
}

func TestACopyIntoAFileThatIsInterrupted(t *testing.T) {
	from := must(Open(t.Context(), sampleLog(t)))(t)
	defer from.Close()
	to := filepath.Join(t.TempDir(), "copy.db")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	err := copyToFile(ctx, from, to, func(string, int64, int64) { stop() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if entries := must(os.ReadDir(filepath.Dir(to)))(t); len(entries) > 0 {
		t.Errorf("there are %v", entries)
	}
	ok(t, os.WriteFile(to, []byte("theirs"), 0o600))
	if err := copyToFile(t.Context(), from, to, nil); !errors.Is(err, fs.ErrExist) || !strings.Contains(string(must(os.ReadFile(to))(t)), "theirs") {
		t.Errorf("%v", err)
	}
}
