package backup

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

var morning = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// newLog makes a log at path with a patient and a few checks.
func newLog(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Create(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	sig := ward.Sign("Sam Lee", morning)
	err = s.SetUp(t.Context(), sig, ward.Ward{Name: "Haematology 4", Zone: "Europe/Lisbon"}, ward.Staff{Name: "Sam Lee", Role: ward.Admin, Active: true})
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := s.Admit(t.Context(), sig,
		ward.Patient{MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, Tool: icans.ICE},
		ward.Stay{Bed: "1A", AdmittedAt: morning.Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a", "b", "c"} {
		c := ward.Check{ID: id, Version: 1, PatientID: p.ID, Status: ward.Recorded, PerformedAt: morning, Findings: icans.Findings{Tool: icans.ICE, Consciousness: icans.Drowsy}}
		if _, err := s.SaveCheck(t.Context(), sig, c); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// tempLog makes a log in a folder of its own, and one more folder.
func tempLog(t *testing.T) (s *store.Store, folder, elsewhere string) {
	t.Helper()
	folder, elsewhere = t.TempDir(), t.TempDir()
	return newLog(t, filepath.Join(folder, "ward.db")), folder, elsewhere
}

// alone fails the test if a folder has other entries than these and an open log.
func alone(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, e := range entries {
		if name := e.Name(); name != "ward.db" && name != "ward.db-wal" && name != "ward.db-shm" && name != "ward.db-queue" {
			got = append(got, name)
		}
	}
	if !slices.Equal(got, names) {
		t.Errorf("there are %q, not %q", got, names)
	}
}

func contents(t *testing.T, s *store.Store) store.Contents {
	t.Helper()
	c, err := s.Contents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func x25519(t *testing.T) *age.X25519Identity {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

func refused(t *testing.T, err error, kind ward.Kind, words string) {
	t.Helper()
	if err == nil || ward.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		t.Errorf("error %v (kind %d), not one of kind %d that says %q", err, ward.KindOf(err), kind, words)
	}
}

func restore(t *testing.T, backup, path string, identities ...age.Identity) (store.Contents, error) {
	t.Helper()
	file, err := os.Open(backup)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	return Restore(t.Context(), file, path, RestoreOptions{Name: "the backup", Identities: identities})
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	s, folder, elsewhere := tempLog(t)
	one, two := x25519(t), x25519(t)
	quantum, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		to   []age.Recipient
		keys []age.Identity
	}{
		"plain":             {nil, nil},
		"for one":           {[]age.Recipient{one.Recipient()}, []age.Identity{one}},
		"for two":           {[]age.Recipient{one.Recipient(), two.Recipient()}, []age.Identity{two}},
		"post-quantum":      {[]age.Recipient{quantum.Recipient()}, []age.Identity{quantum}},
		"among other keys":  {[]age.Recipient{two.Recipient()}, []age.Identity{one, quantum, two}},
		"plain, with a key": {nil, []age.Identity{one}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(elsewhere, name)
			var walked, all int64
			stages := make(map[string]bool)
			made, err := Write(t.Context(), s, path, Options{Recipients: c.to, Progress: func(stage string, done, total int64) {
				if stages[stage] = true; stage == "records verified" {
					walked, all = done, total
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			if walked != made.Records || all != made.Records {
				t.Errorf("%d of %d records were verified, of %d", walked, all, made.Records)
			}
			if stages["MiB encrypted"] != made.Encrypted || stages["MiB read back"] != made.Encrypted {
				t.Errorf("told of %v", stages)
			}
			info, err := os.Stat(path)
			if err != nil || info.Mode() != 0o600 || info.Size() != made.Bytes {
				t.Errorf("%v, %v, and %d bytes were said", info, err, made.Bytes)
			}
			if made.Contents != contents(t, s) || made.Encrypted != (c.to != nil) {
				t.Errorf("%+v", made)
			}
			if content, err := os.ReadFile(path); err != nil || bytes.Contains(content, []byte("OKAFOR")) == made.Encrypted {
				t.Error("what is encrypted is not what should be")
			}
			alone(t, folder)
			to := filepath.Join(t.TempDir(), "new", "deeper", "ward.db")
			got, err := restore(t, path, to, c.keys...)
			if err != nil || got != made.Contents {
				t.Fatalf("%+v, %v", got, err)
			}
			alone(t, filepath.Dir(to))
			alone(t, filepath.Dir(filepath.Dir(filepath.Dir(to))), "new")
			for name, mode := range map[string]fs.FileMode{to: 0o600, filepath.Dir(to): 0o700 | fs.ModeDir} {
				if info, err := os.Stat(name); err != nil || info.Mode() != mode {
					t.Errorf("%s: %v, %v", name, info.Mode(), err)
				}
			}
			back, err := store.Open(t.Context(), to)
			if err != nil {
				t.Fatal(err)
			}
			defer back.Close()
			if v, err := back.Verify(t.Context()); err != nil || v.Misfit != "" || v.Head != made.Head {
				t.Errorf("%+v, %v", v, err)
			}
		})
	}
}

// stopping is a recipient that calls do in the middle of a backup: after the plain copy
// was made, before anything is encrypted.
type stopping struct {
	age.Recipient
	do func() error
}

func (s stopping) Wrap(key []byte) ([]*age.Stanza, error) {
	if err := s.do(); err != nil {
		return nil, err
	}
	return s.Recipient.Wrap(key)
}

func TestTheMiddleOfABackup(t *testing.T) {
	t.Parallel()
	s, folder, elsewhere := tempLog(t)
	path := filepath.Join(elsewhere, "ward.age")
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		do   func(stop func()) error
		want error
	}{
		"stopped":                 {func(stop func()) error { stop(); return nil }, context.Canceled},
		"fails":                   {func(func()) error { return broken }, broken},
		"somebody takes the name": {func(func()) error { return os.WriteFile(path, []byte("theirs"), 0o600) }, fs.ErrExist},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			looked := false
			_, err := Write(ctx, s, path, Options{Recipients: []age.Recipient{stopping{x25519(t).Recipient(), func() error {
				looked = true
				if plain, _ := filepath.Glob(filepath.Join(elsewhere, "*", "*")); plain != nil {
					t.Errorf("the plain copy is where the backup goes: %q", plain)
				}
				copies, _ := filepath.Glob(filepath.Join(folder, wholefile.Temporary, "log"))
				if len(copies) != 1 {
					t.Fatalf("there are plain copies %q, not one beside the log", copies)
				}
				for name, mode := range map[string]fs.FileMode{copies[0]: 0o600, filepath.Dir(copies[0]): 0o700 | fs.ModeDir} {
					if info, err := os.Stat(name); err != nil || info.Mode() != mode {
						t.Errorf("%s: %v, %v", name, info.Mode(), err)
					}
				}
				return c.do(stop)
			}}}})
			if !errors.Is(err, c.want) || !looked {
				t.Errorf("%v", err)
			}
			alone(t, folder)
			if errors.Is(c.want, fs.ErrExist) {
				if content, _ := os.ReadFile(path); string(content) != "theirs" {
					t.Error("theirs was replaced")
				}
				_ = os.Remove(path)
			}
			alone(t, elsewhere)
		})
	}
}

func TestABackupThatIsStopped(t *testing.T) {
	t.Parallel()
	s, folder, elsewhere := tempLog(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for _, to := range [][]age.Recipient{nil, {x25519(t).Recipient()}} {
		if _, err := Write(ctx, s, filepath.Join(elsewhere, "ward"), Options{Recipients: to}); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	}
	alone(t, folder)
	alone(t, elsewhere)
}

// readBack finds every difference between the file and the text.
func TestReadBack(t *testing.T) {
	t.Parallel()
	key := x25519(t)
	for name, c := range map[string]struct {
		spoil func(sealed []byte) []byte
		words string
	}{
		"as written":     {func(b []byte) []byte { return b }, ""},
		"a letter less":  {func(b []byte) []byte { return b[:len(b)-1] }, "does not read back"},
		"another letter": {func(b []byte) []byte { b[len(b)-1] ^= 1; return b }, "does not read back"},
		"another text": {func([]byte) []byte {
			var other bytes.Buffer
			if _, err := encrypt(t.Context(), &other, strings.NewReader("another"), []age.Recipient{key.Recipient()}); err != nil {
				t.Fatal(err)
			}
			return other.Bytes()
		}, "does not read back"},
	} {
		t.Run(name, func(t *testing.T) {
			var sealed bytes.Buffer
			kept, err := encrypt(t.Context(), &sealed, strings.NewReader("text"), []age.Recipient{key.Recipient()})
			if err != nil {
				t.Fatal(err)
			}
			file, err := os.Create(filepath.Join(t.TempDir(), "file"))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			if _, err := file.Write(c.spoil(sealed.Bytes())); err != nil {
				t.Fatal(err)
			}
			switch err := readBack(t.Context(), file, key, kept, nil); {
			case c.words == "" && err != nil:
				t.Error(err)
			case c.words != "" && (err == nil || !strings.Contains(err.Error(), c.words)):
				t.Errorf("%v", err)
			}
		})
	}
}

// A killed program does not remove its folder: the next backup does.
func TestFoldersOfKilledProgramsAreRemoved(t *testing.T) {
	t.Parallel()
	s, folder, elsewhere := tempLog(t)
	left := filepath.Join(folder, ".neurocheck-1.tmp")
	if err := os.Mkdir(left, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(left, "log"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(t.Context(), s, filepath.Join(elsewhere, "ward.age"), Options{Recipients: []age.Recipient{x25519(t).Recipient()}}); err != nil {
		t.Fatal(err)
	}
	wholefile.SweepFor(s.Path())
	alone(t, folder)
}

func TestKeys(t *testing.T) {
	t.Parallel()
	key := x25519(t)
	public, secret := key.Recipient().String(), key.String()
	for text, words := range map[string]string{
		secret:                     "this is a private key",
		strings.ToLower(secret):    "this is a private key",
		public[:40]:                "this is no public key",
		"":                         "this is no public key",
		public + "\n" + public:     "this is no public key",
		"ssh-ed25519 AAAAC3NzaC1l": "keys of SSH are not taken",
	} {
		_, err := ParseRecipient(text)
		refused(t, err, ward.KindInvalid, words)
		if err != nil && len(text) > 20 && strings.Contains(err.Error(), text[:20]) {
			t.Errorf("the error repeats what it was given: %v", err)
		}
	}
	for content, want := range map[string]string{
		"# ours\n\n" + public + "\r\n " + public + "\n": "",
		"":                       "keys.txt: there is no public key in it",
		"# ours\n":               "keys.txt: there is no public key in it",
		public + "\n" + secret:   "keys.txt:2: this is a private key",
		strings.Repeat("a", 1e5): "cannot read keys.txt",
	} {
		got, err := ReadRecipients(strings.NewReader(content), "keys.txt")
		if want == "" && (err != nil || len(got) != 2) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%d keys, %v", len(got), err)
		}
	}
	for content, want := range map[string]string{
		"# created\n" + secret + "\n":           "",
		"":                                      "holds no private key of age",
		public:                                  "holds no private key of age",
		magicArmor + "\n":                       "is itself encrypted",
		magicAge + "v1\n":                       "is itself encrypted",
		"-----BEGIN OPENSSH PRIVATE KEY-----\n": "holds no private key of age",
		secret + "\n" + secret + "x":            "holds no private key of age",
	} {
		got, err := ReadIdentities(strings.NewReader(content), "keys.txt")
		if want == "" && (err != nil || len(got) != 1) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%d keys, %v", len(got), err)
		}
		if err != nil && strings.Contains(err.Error(), secret[:20]) {
			t.Errorf("the error repeats a private key: %v", err)
		}
	}
	if _, err := ReadIdentities(failing{}, "keys.txt"); err == nil {
		t.Error("a file that cannot be read went by unseen")
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
