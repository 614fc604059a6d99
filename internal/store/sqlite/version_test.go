package sqlite_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"neurocheck/internal/store"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
	"neurocheck/schema"
)

// The driver binds $1 by the order of its first use.
func TestPlaceholdersOutOfOrder(t *testing.T) {
	_, log := openedFile(t)
	for query, want := range map[string]string{
		`SELECT $2 || $1 || $2 || $10`:     "babj",
		`SELECT $10 || '$' || $1`:          "j$a",
		`SELECT '$' || $9 || '$9x' || $11`: "$i$9xk",
	} {
		args := []any{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"}
		got := must(engine.All(t.Context(), log.Pool(), engine.Scan[string], query, args...))(t)
		if len(got) != 1 || got[0] != want {
			t.Errorf("%s: bound as %q", query, got)
		}
	}
	_, err := log.Write(t.Context(), engine.Checked, func(w engine.Tx) (end engine.End, err error) {
		note := &engine.Statement{Query: `
			UPDATE draft
			SET content = $3
			WHERE subject = $2 AND author = $1`}
		if _, err := w.Exec(t.Context(), `INSERT INTO draft (author, kind, subject, check_id, revision, started_at, content) VALUES ($2, 'k', $1, 'c', 1, 1, '')`, "subject", "author"); err != nil {
			return end, err
		}
		if err := w.Append(t.Context(), []engine.Row{{Statement: note, Values: []any{"author", "subject", "content"}}}); err != nil {
			return end, err
		}
		got, err := engine.All(t.Context(), w, engine.Scan[string], `SELECT content FROM draft WHERE subject = $2 AND author = $1`, "author", "subject")
		if len(got) != 1 || got[0] != "content" {
			t.Errorf("bound as %q", got)
		}
		return end, err
	})
	ok(t, err)
}

func TestALogOfAnUnreleasedVersionIsRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "old.db")
	ok(t, os.WriteFile(path, nil, 0o600))
	plainSQL(t, path,
		fmt.Sprintf("PRAGMA application_id = %d", schema.ApplicationID),
		"CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY, version_id INTEGER, is_applied INTEGER)",
		"INSERT INTO goose_db_version VALUES (1, 4, 1)",
		"CREATE TABLE ward (seq INTEGER PRIMARY KEY)")
	before := must(os.ReadFile(path))(t)
	for range 2 {
		_, err := store.Open(t.Context(), path)
		refused(t, err, ward.KindUnavailable, path+" was made by a neurocheck from before the first release")
		_, err = store.OpenReadOnly(t.Context(), path)
		refused(t, err, ward.KindUnavailable, "import them into a new log")
	}
	if now := must(os.ReadFile(path))(t); !bytes.Equal(before, now) {
		t.Error("the file was changed")
	}
	if entries := must(os.ReadDir(dir))(t); len(entries) != 1 {
		t.Errorf("%v", entries)
	}
}

// The fingerprint changes with the first migration, and not with its comments.
func TestTheFileHasTheFingerprintOfTheFirstVersion(t *testing.T) {
	_, log := openedFile(t)
	if got := number(t, log.Reader(), "PRAGMA user_version"); got != schema.FirstVersion() || got == 0 {
		t.Errorf("user_version is %d, not %d", got, schema.FirstVersion())
	}
	if id := number(t, log.Reader(), "PRAGMA application_id"); id != schema.ApplicationID {
		t.Errorf("application_id is %x", id)
	}
}
