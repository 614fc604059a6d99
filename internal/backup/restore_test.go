package backup

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"

	"neurocheck/internal/faults"
	"neurocheck/internal/ward"
)

// backups makes a plain backup and an encrypted one, and returns their content.
func backups(t *testing.T) (plain, sealed []byte, key age.Identity) {
	t.Helper()
	s, _, elsewhere := tempLog(t)
	identity := x25519(t)
	var both [2][]byte
	for i, to := range [][]age.Recipient{nil, {identity.Recipient()}} {
		path := filepath.Join(elsewhere, fmt.Sprint(i))
		if _, err := Write(t.Context(), s, path, Options{Recipients: to}); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		both[i] = content
	}
	return both[0], both[1], identity
}

func restoreBytes(t *testing.T, backup []byte, path string, identities ...age.Identity) error {
	t.Helper()
	_, err := Restore(t.Context(), bytes.NewReader(backup), path, RestoreOptions{Name: "the backup", Identities: identities})
	return err
}

func TestBackupsThatCannotBeRestored(t *testing.T) {
	t.Parallel()
	plain, sealed, key := backups(t)
	other := x25519(t)
	changed := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[at] ^= 1
		return b
	}
	var noLog bytes.Buffer
	if _, err := encrypt(t.Context(), &noLog, strings.NewReader("no log"), []age.Recipient{key.(*age.X25519Identity).Recipient()}); err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(t.TempDir(), "newer.db")
	change(t, newer, plain, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)")
	foreign := filepath.Join(t.TempDir(), "foreign.db")
	change(t, foreign, plain, "PRAGMA application_id = 7")
	altered := filepath.Join(t.TempDir(), "altered.db")
	change(t, altered, plain, "DROP TRIGGER neuro_check_no_update", "UPDATE neuro_check SET note = 'x' WHERE check_id = 'b'",
		"CREATE TRIGGER neuro_check_no_update BEFORE UPDATE ON neuro_check BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END")
	hidden := filepath.Join(t.TempDir(), "hidden.db")
	change(t, hidden, plain, "CREATE TRIGGER goose_db_version BEFORE INSERT ON neuro_check BEGIN SELECT RAISE(IGNORE); END")
	for name, c := range map[string]struct {
		backup []byte
		keys   []age.Identity
		kind   ward.Kind
		words  string
	}{
		"empty":                      {nil, nil, ward.KindUnavailable, "the backup is empty"},
		"a text":                     {[]byte("mrn,name\n"), nil, ward.KindUnavailable, "the backup is no backup of neurocheck"},
		"a beginning that is gone":   {plain[1:], nil, ward.KindUnavailable, "the backup is no backup of neurocheck"},
		"half":                       {plain[:len(plain)/2], nil, ward.KindUnavailable, "nothing was restored: the backup is damaged or is no database; nothing was changed: go on with another backup"},
		"its first bytes":            {plain[:100], nil, ward.KindUnavailable, "nothing was restored: the backup "},
		"a newer version":            {read(t, newer), nil, ward.KindUnavailable, "nothing was restored: the backup was written by a newer neurocheck (log version 999"},
		"another program's":          {read(t, foreign), nil, ward.KindUnavailable, "nothing was restored: the backup belongs to another program"},
		"an altered record":          {read(t, altered), nil, ward.KindUnavailable, "nothing was restored: the backup is not whole: "},
		"a hidden trigger":           {read(t, hidden), nil, ward.KindUnavailable, "nothing was restored: the backup was altered by another program: the trigger goose_db_version is none of the log's"},
		"encrypted, no key":          {sealed, nil, ward.KindInvalid, "the backup is encrypted; name the file with the private key: -i FILE"},
		"encrypted, the wrong key":   {sealed, []age.Identity{other}, ward.KindInvalid, "was encrypted for others"},
		"encrypted, half":            {sealed[:len(sealed)/2], []age.Identity{key}, ward.KindUnavailable, "cannot be decrypted to its end"},
		"encrypted, a letter less":   {sealed[:len(sealed)-1], []age.Identity{key}, ward.KindUnavailable, "cannot be decrypted to its end"},
		"encrypted, another letter":  {changed(sealed, len(sealed)/2), []age.Identity{key}, ward.KindUnavailable, "cannot be decrypted to its end"},
		"encrypted, another heading": {changed(sealed, len(magicAge)+40), []age.Identity{key}, ward.KindUnavailable, "its beginning cannot be decrypted"},
		"encrypted, a later age":     {[]byte("age-encryption.org/v9\n"), []age.Identity{key}, ward.KindUnavailable, "its beginning cannot be decrypted"},
		"encrypted, no log":          {noLog.Bytes(), []age.Identity{key}, ward.KindUnavailable, "nothing was restored: the backup "},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			err := restoreBytes(t, c.backup, filepath.Join(folder, "new", "log.db"), c.keys...)
			refused(t, err, c.kind, c.words)
			if err != nil && strings.Contains(err.Error(), ".neurocheck-") {
				t.Errorf("the error names a file that is gone: %v", err)
			}
			alone(t, folder)
		})
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// change writes a backup to path and changes it without the program.
func change(t *testing.T, path string, content []byte, statements ...string) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

// Each page of a plain backup is damaged in turn, if it holds something. If no record
// needs the page the backup is restored with the same record; else there is no log.
func TestADamagedBackupLeavesNothing(t *testing.T) {
	t.Parallel()
	plain, _, _ := backups(t)
	want, err := Restore(t.Context(), bytes.NewReader(plain), filepath.Join(t.TempDir(), "log.db"), RestoreOptions{Name: "the backup"})
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	found, pages := 0, 0
	for end := page; end <= len(plain); end += faults.Times(3, 1) * page {
		spoilt := bytes.Clone(plain)
		for at := end - 64; at < end; at++ { // the content of a page fills it from its end
			spoilt[at] ^= 0x55
		}
		if bytes.Count(plain[end-64:end], []byte{0}) == 64 {
			continue
		}
		pages++
		folder := t.TempDir()
		got, err := Restore(t.Context(), bytes.NewReader(spoilt), filepath.Join(folder, "log.db"), RestoreOptions{Name: "the backup"})
		if err != nil {
			found++
			alone(t, folder)
		} else if got != want {
			t.Errorf("page %d is damaged, and %+v is restored instead of %+v", end/page, got, want)
		}
	}
	if found < pages/2 {
		t.Errorf("the damage was found on %d of %d pages", found, pages)
	}
}

func TestALogIsNeverReplaced(t *testing.T) {
	t.Parallel()
	plain, _, _ := backups(t)
	for name, words := range map[string]string{
		"log.db":         "is there already, and is left as it is",
		"log.db-wal":     "left over from a log that is not",
		"log.db-shm":     "left over from a log that is not",
		"log.db-journal": "left over from a log that is not",
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, name)
			for kind, put := range map[string]func() error{
				"a file":                func() error { return os.WriteFile(path, []byte("theirs"), 0o600) },
				"a folder":              func() error { return os.Mkdir(path, 0o700) },
				"a link":                func() error { return os.Symlink("theirs", path) },
				"a file, at the moment": nil,
			} {
				var backup io.Reader = bytes.NewReader(plain)
				if put == nil {
					backup = io.MultiReader(bytes.NewReader(plain), atTheEnd(func() error { return os.WriteFile(path, []byte("theirs"), 0o600) }))
				} else if err := put(); err != nil {
					t.Fatal(err)
				}
				_, err := Restore(t.Context(), backup, filepath.Join(folder, "log.db"), RestoreOptions{Name: "the backup"})
				refused(t, err, ward.KindConflict, words)
				alone(t, folder, name)
				if content, err := os.ReadFile(path); err == nil && string(content) != "theirs" {
					t.Errorf("%s: theirs was replaced", kind)
				}
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// atTheEnd is called at the end of a reader.
type atTheEnd func() error

func (do atTheEnd) Read([]byte) (int, error) {
	if err := do(); err != nil {
		return 0, err
	}
	return 0, io.EOF
}

func TestADryRunKeepsNothing(t *testing.T) {
	t.Parallel()
	plain, sealed, key := backups(t)
	there := filepath.Join(t.TempDir(), "ward.db")
	if err := os.WriteFile(there, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, backup := range [][]byte{plain, sealed} {
		for _, path := range []string{there, filepath.Join(folder, "new", "log.db")} {
			c, err := Restore(t.Context(), bytes.NewReader(backup), path, RestoreOptions{Name: "the backup", Identities: []age.Identity{key}, DryRun: true})
			if err != nil || c.Checks != 3 || c.Patients != 1 {
				t.Errorf("%+v, %v", c, err)
			}
		}
	}
	alone(t, folder)
	alone(t, filepath.Dir(there))
	if content := read(t, there); string(content) != "theirs" {
		t.Error("the log that is there was changed")
	}
}

func TestAnArmoredBackup(t *testing.T) {
	t.Parallel()
	_, sealed, key := backups(t)
	var text bytes.Buffer
	w := armor.NewWriter(&text)
	if _, err := w.Write(sealed); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := restoreBytes(t, text.Bytes(), filepath.Join(t.TempDir(), "log.db"), key); err != nil {
		t.Error(err)
	}
	refused(t, restoreBytes(t, text.Bytes()[:text.Len()/2], filepath.Join(t.TempDir(), "log.db"), key), ward.KindUnavailable, "cannot be decrypted to its end")
}

// A person who waits for a backup that does not come can stop the program.
func TestARestoreThatIsStopped(t *testing.T) {
	t.Parallel()
	plain, sealed, key := backups(t)
	for name, backup := range map[string][]byte{"plain": plain, "encrypted": sealed} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			in, out := io.Pipe()
			go func() {
				_, _ = out.Write(backup[:len(backup)/2])
				stop() // and nothing more ever comes
			}()
			_, err := Restore(ctx, in, filepath.Join(folder, "log.db"), RestoreOptions{Name: "the backup", Identities: []age.Identity{key}})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
			alone(t, folder)
		})
	}
}

// A backup of a log from before the first release is refused in one sentence, and
// nothing is left. (A backup of an older released version is restored: see
// internal/faults/migration_test.go.)
func TestABackupOfAnUnreleasedVersion(t *testing.T) {
	t.Parallel()
	plain, _, _ := backups(t)
	old := filepath.Join(t.TempDir(), "old.db")
	change(t, old, plain, "PRAGMA user_version = 0")
	before := read(t, old)
	for _, dryRun := range []bool{false, true} {
		folder := t.TempDir()
		_, err := Restore(t.Context(), bytes.NewReader(before), filepath.Join(folder, "log.db"), RestoreOptions{Name: "the backup", DryRun: dryRun})
		refused(t, err, ward.KindUnavailable, "nothing was restored: the backup was made by a neurocheck from before the first release, which this one cannot read: export its checks with that program, and import them into a new log")
		alone(t, folder)
	}
}
