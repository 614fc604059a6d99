//go:build unix

package sqlite_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// files are the contents of a log and its sidecar files.
type files map[string][]byte

// filesOf reads a log as it is, perhaps in use.
func filesOf(t *testing.T, path string, suffixes ...string) files {
	t.Helper()
	f := files{}
	for _, suffix := range suffixes {
		if content, err := os.ReadFile(path + suffix); err == nil {
			f[suffix] = content
		}
	}
	return f
}

// put replaces the log at path, and of its sidecar files those that are given.
func (f files) put(t *testing.T, path string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(path + suffix)
	}
	for suffix, content := range f {
		ok(t, os.WriteFile(path+suffix, content, 0o600))
	}
}

// audited returns the events of the audit trail.
func audited(t *testing.T, s *store.Store) (events []string) {
	t.Helper()
	ok(t, s.EachAudit(t.Context(), store.AuditSelection{}, func(e *ward.AuditEntry) error {
		events = append(events, e.Event)
		return nil
	}))
	return events
}

// A log that lost records, or that another one replaced, is read-only and says why, until
// an administrator accepts it.
func TestALogThatLostRecordsIsReadOnlyUntilItIsAccepted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		replace func(t *testing.T, path string, early files)
		says    string
	}{
		"an older copy":                           {func(t *testing.T, path string, early files) { early.put(t, path) }, "lost its newest records: records "},
		"the bare file without its log":           {func(t *testing.T, path string, early files) { files{"": early["bare"]}.put(t, path) }, "lost its newest records: record"},
		"another ward's log":                      {func(t *testing.T, path string, _ files) { filesOf(t, otherWard(t), "").put(t, path) }, "it is another log than the one that was written here last"},
		"another ward's log, with its side files": {func(t *testing.T, path string, _ files) { filesOf(t, otherWard(t), "", "-wal").put(t, path) }, "it is another log"},
		"an older copy that went on elsewhere": {func(t *testing.T, path string, early files) {
			elsewhere := filepath.Join(t.TempDir(), "log.db")
			early.put(t, elsewhere)
			s := must(store.Open(t.Context(), elsewhere))(t)
			for i := range 20 {
				ok(t, s.Note(t.Context(), nurse(time.Duration(i)), ward.AuditEvent{Event: ward.ReadPatient}))
			}
			ok(t, s.Close())
			filesOf(t, elsewhere, "").put(t, path)
		}, "is not the one that was saved"},
		"an empty log": {func(t *testing.T, path string, _ files) { filesOf(t, must(made(t))(t), "").put(t, path) }, "records 1 to "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "log.db")
			s := must(store.Create(t.Context(), path))(t)
			setUp(t, s)
			p := admit(t, s)
			must(fixture.Plain(t, path).ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"))(t)
			early := filesOf(t, path, "")
			save(t, s, checkOf(p, "a", 8, 0))
			early["bare"] = filesOf(t, path, "")[""]
			for i := range 3 {
				save(t, s, checkOf(p, string(rune('b'+i)), 8, time.Duration(i+1)*time.Hour))
			}
			ok(t, s.Close())
			bare := early["bare"]
			delete(early, "bare")
			if strings.HasPrefix(name, "the bare") {
				early["bare"] = bare
			}
			c.replace(t, path, early)

			for range 2 { // it stays so
				for which, opening := range map[string]*store.Store{"Open": must(store.Open(t.Context(), path))(t), "OpenReadOnly": must(store.OpenReadOnly(t.Context(), path))(t)} {
					refused(t, opening.Trouble(), ward.KindUnavailable, c.says)
					if ward.TroubleOf(opening.Trouble()) != ward.LogRolledBack || !opening.ReadOnly() {
						t.Errorf("%s: trouble %v, read-only %v", which, ward.TroubleOf(opening.Trouble()), opening.ReadOnly())
					}
					must(opening.Board(t.Context()))(t) // the patients are shown
					err := opening.Note(t.Context(), nurse(0), ward.AuditEvent{Event: ward.ReadPatient})
					refused(t, err, ward.KindUnavailable, "")
					ok(t, opening.Close())
				}
			}
			accepts(t, path)
		})
	}
}

// accepts has an administrator accept a log, and others try.
func accepts(t *testing.T, path string) {
	t.Helper()
	empty := func() bool {
		s := must(store.OpenReadOnly(t.Context(), path))(t)
		defer s.Close()
		return lastSeq(t, s) == 0
	}()
	if !empty { // else there is no staff yet
		for _, by := range []ward.Signature{nurse(0), clinician(0), login(0), ward.Sign("No Body", after(0))} {
			refused(t, store.Accept(t.Context(), path, by, "restored by hand"), ward.KindNotAllowed, "")
		}
	}
	refused(t, store.Accept(t.Context(), path, admin(0), " "), ward.KindInvalid, "reason")
	s := must(store.Open(t.Context(), path))(t)
	if s.Trouble() == nil {
		t.Fatal("it was accepted by a person who may not")
	}
	ok(t, s.Close())
	ok(t, store.Accept(t.Context(), path, admin(time.Hour), "restored by hand"))
	s = must(store.Open(t.Context(), path))(t)
	defer s.Close()
	events := audited(t, s)
	if s.Trouble() != nil || len(events) == 0 || events[len(events)-1] != ward.LogAccepted {
		t.Errorf("trouble %v after %v", s.Trouble(), events)
	}
	if slices.Contains(events[max(0, len(events)-2):], ward.MarkMissing) {
		t.Error("the audit says that the mark was missing")
	}
	ok(t, s.Note(t.Context(), admin(time.Hour), ward.AuditEvent{Event: ward.ReadPatient}))
	whole(t, s)
	refused(t, store.Accept(t.Context(), path, admin(0), "again"), ward.KindConflict, "nothing to accept")
}

// otherWard makes the log of another ward.
func otherWard(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "other.db")
	s := must(store.Create(t.Context(), path))(t)
	ok(t, s.SetUp(t.Context(), admin(-300*time.Hour), ward.Ward{Name: "Haematology 5", Zone: "Europe/Lisbon"}, ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true}))
	ok(t, s.AddStaff(t.Context(), admin(-200*time.Hour), ward.Staff{Name: "Sam Lee", Role: ward.Nurse, Active: true}))
	ok(t, s.AddStaff(t.Context(), admin(-200*time.Hour), ward.Staff{Name: "Dr Ana Reis", Role: ward.Clinician, Active: true}))
	for range 20 {
		ok(t, s.Note(t.Context(), admin(0), ward.AuditEvent{Event: ward.ReadAudit}))
	}
	ok(t, s.Close())
	return path
}

// made makes a log without a record.
func made(t *testing.T) (string, error) {
	path := filepath.Join(t.TempDir(), "empty.db")
	s, err := store.Create(t.Context(), path)
	if err == nil {
		err = s.Close()
	}
	return path, err
}

// A log without a mark opens, and the first save says so in the audit, once.
func TestALogWithoutItsMarkSaysSoOnce(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, queue string){
		"no file":         func(t *testing.T, queue string) { ok(t, os.Remove(queue)) },
		"an empty file":   func(t *testing.T, queue string) { ok(t, os.WriteFile(queue, nil, 0o600)) },
		"a line of words": func(t *testing.T, queue string) { ok(t, os.WriteFile(queue, []byte("a 1 b c\n"), 0o600)) },
		"half a line": func(t *testing.T, queue string) {
			ok(t, os.WriteFile(queue, must(os.ReadFile(queue))(t)[:90], 0o600))
		},
		"another number": func(t *testing.T, queue string) {
			line := must(os.ReadFile(queue))(t)
			line[70] = '9'
			ok(t, os.WriteFile(queue, line, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := fullLog(t)
			spoil(t, path+"-queue")
			first, second := must(store.Open(t.Context(), path))(t), must(store.Open(t.Context(), path))(t)
			defer first.Close()
			defer second.Close()
			ok(t, first.KeepDraft(t.Context(), store.Draft{Author: "Sam Lee", CheckID: "x", Kind: "x", Revision: 1, Content: "x"})) // no record: nothing is said yet
			for _, s := range []*store.Store{first, second, first} {
				ok(t, s.Note(t.Context(), nurse(time.Hour), ward.AuditEvent{Event: ward.ReadPatient}))
			}
			said := 0
			for _, e := range audited(t, first) {
				if e == ward.MarkMissing {
					said++
				}
			}
			if said != 1 {
				t.Errorf("the audit says it %d times", said)
			}
			whole(t, first)
			again := must(store.Open(t.Context(), path))(t)
			defer again.Close()
			ok(t, again.Note(t.Context(), nurse(time.Hour), ward.AuditEvent{Event: ward.ReadPatient}))
			if events := audited(t, again); again.Trouble() != nil || events[len(events)-2] == ward.MarkMissing || events[len(events)-1] == ward.MarkMissing {
				t.Errorf("%v, %v", again.Trouble(), events)
			}
		})
	}
}

// A new log with records has its mark at once, so that its first copy cannot replace it.
func TestANewLogHasItsMark(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	ok(t, store.CreateWith(t.Context(), path, func(s *store.Store) error { setUp(t, s); return nil }))
	m, found, err := sqlite.ReadMark(path + "-queue")
	if err != nil || !found || m.Seq == 0 {
		t.Errorf("%+v %v %v", m, found, err)
	}
	s := must(store.Open(t.Context(), path))(t)
	defer s.Close()
	admit(t, s)
	if slices.Contains(audited(t, s), ward.MarkMissing) {
		t.Error("the mark was missing")
	}
	now, _, _ := sqlite.ReadMark(path + "-queue")
	seq, hash, err := s.Head(t.Context())
	ok(t, err)
	if now.Seq != seq || now.Hash != hash || now.Origin != m.Origin {
		t.Errorf("%+v, not %d %s", now, seq, hash)
	}
}

// A log that is moved with its files, or copied with them, is the same log.
func TestALogThatMovesKeepsItsMark(t *testing.T) {
	path := fullLog(t)
	to := filepath.Join(t.TempDir(), "moved.db")
	filesOf(t, path, "", "-queue").put(t, to)
	s := must(store.Open(t.Context(), to))(t)
	defer s.Close()
	ok(t, s.Note(t.Context(), nurse(time.Hour), ward.AuditEvent{Event: ward.ReadPatient}))
	if events := audited(t, s); s.Trouble() != nil || slices.Contains(events, ward.MarkMissing) {
		t.Errorf("%v, %v", s.Trouble(), events)
	}
}

func TestALogWithTwoNamesIsRefused(t *testing.T) {
	path := fullLog(t)
	other := filepath.Join(t.TempDir(), "other.db")
	ok(t, os.Link(path, other))
	for _, p := range []string{path, other} {
		_, err := store.Open(t.Context(), p)
		refused(t, err, ward.KindUnavailable, "has another name (a hard link)")
		_, err = store.OpenReadOnly(t.Context(), p)
		refused(t, err, ward.KindUnavailable, "has another name (a hard link)")
	}
	ok(t, os.Remove(other))
	reopened(t, path)
}

// The maker of a log was killed between giving it its name and removing the other one.
func TestTheNameByWhichALogWasMadeIsRemoved(t *testing.T) {
	path := fullLog(t)
	left := filepath.Join(filepath.Dir(path), strings.Replace(wholefile.Temporary, "*", "1", 1))
	ok(t, os.Mkdir(left, 0o700))
	ok(t, os.Link(path, filepath.Join(left, "log")))
	whole(t, reopened(t, path))
}

// lay puts something that is no plain file in the place of a sidecar file.
func TestASideFileThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	full := fullLog(t)
	for _, suffix := range sqlite.SideSuffixes {
		for name, lay := range layings {
			if name == "a huge file" && suffix != "-queue" {
				continue
			}
			t.Run(suffix+" "+name, func(t *testing.T) {
				t.Parallel()
				path := copied(t, full)
				lay(t, path+suffix)
				before, _ := os.Lstat(path + suffix)
				done := make(chan error, 2)
				go func() {
					_, err := store.Open(t.Context(), path)
					done <- err
					_, err = store.OpenReadOnly(t.Context(), path)
					done <- err
				}()
				for range 2 {
					select {
					case err := <-done:
						refused(t, err, ward.KindUnavailable, path+suffix+" ")
					case <-time.After(20 * time.Second):
						t.Fatal("it hangs")
					}
				}
				if now, err := os.Lstat(path + suffix); err != nil || now.Mode() != before.Mode() || now.Size() != before.Size() {
					t.Errorf("the file was changed: %v", err)
				}
			})
		}
	}
}

var layings = map[string]func(t *testing.T, side string){
	"a folder":    func(t *testing.T, side string) { ok(t, os.Mkdir(side, 0o700)) },
	"a pipe":      func(t *testing.T, side string) { pipe(t, side) },
	"an open end": func(t *testing.T, side string) { ok(t, os.Symlink("/dev/zero", side)) },
	"a link": func(t *testing.T, side string) {
		touch(t, side+".elsewhere", "x")
		ok(t, os.Symlink(side+".elsewhere", side))
	},
	"a link to nothing": func(t *testing.T, side string) { ok(t, os.Symlink(side+".nothing", side)) },
	"another's file": func(t *testing.T, side string) {
		touch(t, side+".elsewhere", "x")
		ok(t, os.Link(side+".elsewhere", side))
	},
	"a huge file": func(t *testing.T, side string) { touch(t, side, ""); ok(t, os.Truncate(side, 1<<40)) },
}

// The queue was replaced while the log is open.
func TestAPipeThatReplacesTheQueue(t *testing.T) {
	s := opened(t)
	ok(t, os.Remove(s.Path()+"-queue"))
	pipe(t, s.Path()+"-queue")
	err := s.Note(t.Context(), nurse(0), ward.AuditEvent{Event: ward.ReadPatient})
	refused(t, err, ward.KindUnavailable, "is no plain file but a pipe")
}

func TestAMarkIsOneLine(t *testing.T) {
	queue := filepath.Join(t.TempDir(), "queue")
	for _, m := range []engine.End{{Origin: strings.Repeat("a", 64), Seq: 1, Hash: strings.Repeat("b", 64)}, {Origin: strings.Repeat("0", 64), Seq: 1 << 62, Hash: strings.Repeat("f", 64)}} {
		ok(t, os.WriteFile(queue, bytes.Repeat([]byte("x"), 3000), 0o600))
		file := must(sqlite.OpenSide(queue, os.O_RDWR))(t)
		ok(t, sqlite.WriteMark(file, m))
		ok(t, file.Close())
		if got, found, err := sqlite.ReadMark(queue); got != m || !found || err != nil {
			t.Errorf("%+v %v %v", got, found, err)
		}
	}
}
