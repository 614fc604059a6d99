package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	_ "github.com/mattn/go-sqlite3"
	"github.com/rogpeppe/go-internal/testscript"

	"neurocheck/internal/pin"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// noAnswerVar lets neurocheck intake stop between a message that it has taken and the answer.
const noAnswerVar = "NEUROCHECK_TEST_NO_ANSWER"

func TestMain(m *testing.M) {
	// The tests in a terminal wait most of their time, as a person would between keys.
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"neurocheck": func() {
		now = clockFromEnvironment()
		if os.Getenv(noAnswerVar) != "" {
			answerID = func() string { select {} }
		}
		main()
	}})
}

// TestScripts runs the command as a person would, each script on a machine on
// which neurocheck has never run. $DATA is the folder testdata of the project, and
// $NOW the instant at which the clock of the script started (see clock_test.go).
func TestScripts(t *testing.T) {
	data, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
			env.Setenv("NEUROCHECK_DB", "")
			env.Setenv("DATA", data)
			env.Setenv("NOW", clockStart().Format(time.RFC3339))
			env.Vars = append(env.Vars, clockEnv()...)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status":  status,
			"sql":     runSQL,
			"noted":   noteHead,
			"agekey":  makeKey,
			"staffed": makeStaffed,
			"held":    runHeld,
			"rows":    writeRows,
			"instant": setInstant,
			"truncate": func(ts *testscript.TestScript, neg bool, args []string) {
				ts.Check(os.Truncate(ts.MkAbs(args[0]), 5000))
			},
		},
	})
}

// status runs neurocheck and wants this exit status: status 2 grade --nope.
func status(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec("neurocheck", args[1:]...)
	got := "exit status 0"
	if err != nil {
		got = err.Error()
	}
	if got != "exit status "+args[0] {
		ts.Fatalf("%s, not %s", got, args[0])
	}
}

// makeKey makes a pair of keys of age: agekey PRIVATE-FILE PUBLIC-FILE. $PUBLIC is
// the public one afterwards.
func makeKey(ts *testscript.TestScript, neg bool, args []string) {
	key, err := age.GenerateX25519Identity()
	ts.Check(err)
	ts.Setenv("PUBLIC", key.Recipient().String())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(key.String()+"\n"), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte("# "+args[1]+"\n"+key.Recipient().String()+"\n"), 0o600))
}

// makeStaffed makes a log with staff whose PIN is 246813: staffed FILE. They are Kim
// Adler, an administrator; Dr Ana Reis, a clinician; Sam Lee and Lee Left, nurses, of whom
// the second is disabled. The pepper is where the program of the script looks for it.
func makeStaffed(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(writeStaffed(ts.MkAbs(args[0]), filepath.Join(ts.Getenv("HOME"), ".config", "neurocheck", "pepper"), pin.Cost{Passes: 1, KiB: 8, Threads: 1}))
}

// writeStaffed makes the log of makeStaffed with another pepper and cost of the PINs.
func writeStaffed(path, pepper string, cost pin.Cost) (err error) {
	ctx := context.Background()
	s, err := store.Create(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	at := clockStart().Add(-time.Hour)
	keeper := pin.Keeper{Cost: cost, Pepper: pin.File(pepper)}
	kim := ward.Sign("Kim Adler", at)
	staff := []ward.Staff{{Name: "Kim Adler", Role: ward.Admin}, {Name: "Dr Ana Reis", Role: ward.Clinician}, {Name: "Sam Lee", Role: ward.Nurse}, {Name: "Lee Left", Role: ward.Nurse}}
	for i := range staff { // a digest for each, because wrong PINs are counted by digest
		digest, err := keeper.Digest("246813", true)
		if err != nil {
			return err
		}
		staff[i].Active, staff[i].PIN = true, ward.PIN{Digest: digest}
	}
	err = s.SetUp(ctx, kim, ward.Ward{Name: "Haematology 4", Zone: "UTC"}, staff[0])
	for _, m := range staff[1:] {
		err = errors.Join(err, s.AddStaff(ctx, kim, m))
	}
	return errors.Join(err, s.ChangeStaff(ctx, kim, "Lee Left", ward.Nurse, false))
}

// runHeld runs neurocheck while another program has begun to write to a log and was
// stopped: held LOG STATUS ARGUMENTS.
func runHeld(ts *testscript.TestScript, neg bool, args []string) {
	db, err := sql.Open("sqlite3", ts.MkAbs(args[0])+"?_txlock=immediate")
	ts.Check(err)
	defer db.Close()
	hold, err := db.Begin()
	ts.Check(err)
	defer hold.Rollback()
	status(ts, neg, args[1:])
}

// writeRows writes a CSV with a number of checks of one patient: rows NUMBER FILE.
func writeRows(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	var b strings.Builder
	b.WriteString("mrn,name,birth_date,performed_at,tool,ice_year\n")
	for at := clockStart().Add(-time.Duration(n) * time.Minute); n > 0; n-- {
		at = at.Add(time.Minute)
		b.WriteString("0042318,\"Fielding, Ida\",1949-05-02," + at.UTC().Format(time.RFC3339) + ",ice,1\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o600))
}

// runSQL tampers with a log: sql FILE STATEMENT.
func runSQL(ts *testscript.TestScript, neg bool, args []string) {
	db, err := sql.Open("sqlite3", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(strings.Join(args[1:], " "))
	ts.Check(err)
}
