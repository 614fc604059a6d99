package store_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/folder"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

var makeFrozen = flag.Bool("frozen", false, "make the log of version 0001 anew, which is right only until 0001 has been released")

// frozenLog is a log of the first version of the record, with a record in every table; and
// frozenExport its tables, as a program of that version wrote them. Later versions read both.
const (
	frozenLog    = "../../testdata/log-0001/ward.db"
	frozenExport = "../../testdata/log-0001/ward"
	frozenHead   = "7b9a9d7ff87c33e73871566d58a882beb9173a4ac494b924ca01d6d1404bb1d7"
)

// makeFrozenLog makes the log and its export by way of the public methods.
func makeFrozenLog(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ward.db")
	s := must(store.Create(t.Context(), path))(t)
	storetest.Fill(t, s)
	ok(t, s.AddSeat(t.Context(), admin(12*time.Hour), ward.Seat{Label: "Desk 2", Kind: ward.Workstation, Fingerprint: "SHA256:" + strings.Repeat("k", 43), Key: "ssh-ed25519 AAAA"}))
	whole(t, s)
	ok(t, os.RemoveAll(frozenExport))
	must(folder.Write(t.Context(), s, frozenExport, folder.Options{Readers: 1}))(t)
	ok(t, s.Close())
	ok(t, os.WriteFile(frozenLog, must(os.ReadFile(path))(t), 0o600))
	t.Fatal("the log was made anew: note its head in frozenHead")
}

// The log of version 0001 in testdata is opened, verified, read and exported by this program
// as by that of its time, also by the script that needs no program.
func TestALogOfTheFirstVersion(t *testing.T) {
	if *makeFrozen {
		makeFrozenLog(t)
	}
	path := copied(t, frozenLog)
	log := fixture.Plain(t, path)
	for _, table := range store.RecordTables {
		if number(t, log, "SELECT count(*) FROM "+table) == 0 {
			t.Errorf("the log has no record in %s", table)
		}
	}
	ok(t, log.Close())
	s := must(store.Open(t.Context(), path))(t)
	if v := whole(t, s); v.Head != frozenHead {
		t.Errorf("the head is %s", v.Head)
	}
	exported := filepath.Join(t.TempDir(), "ward")
	must(folder.Write(t.Context(), s, exported, folder.Options{Readers: 1}))(t)
	sameTables(t, exported, frozenExport)
	p := must(s.PatientByMRN(t.Context(), ada().MRN))(t)
	storetest.Save(t, s, checkOf(p, "after", 9, 20*time.Hour))
	whole(t, s)
	ok(t, s.Close())
	if python, err := exec.LookPath("python3"); err == nil {
		out, err := exec.CommandContext(t.Context(), python, "../../schema/verify.py", copied(t, frozenLog)).CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte(frozenHead)) {
			t.Errorf("verify.py: %v\n%s", err, out)
		}
	}
}

// An export of that version comes in as it was.
func TestAnExportOfTheFirstVersion(t *testing.T) {
	w, problems, err := folder.Open(frozenExport)
	ok(t, err)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	defer w.Close()
	s := storetest.Fresh(t)
	_, problems, err = w.Import(t.Context(), s, login(30*time.Hour), store.ImportOptions{})
	ok(t, err)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	again := filepath.Join(t.TempDir(), "ward")
	must(folder.Write(t.Context(), s, again, folder.Options{Readers: 1}))(t)
	sameTables(t, again, frozenExport)
}

// sameTables compares the tables of two folders.
func sameTables(t *testing.T, got, want string) {
	t.Helper()
	for _, name := range folder.Names() {
		one, other := must(os.ReadFile(filepath.Join(want, name+".csv")))(t), must(os.ReadFile(filepath.Join(got, name+".csv")))(t)
		if diff := cmp.Diff(string(one), string(other)); diff != "" {
			t.Errorf("%s (-that version +this one):\n%s", name, diff)
		}
	}
}
