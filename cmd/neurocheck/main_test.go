package main

import (
	"database/sql"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	_ "github.com/mattn/go-sqlite3"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	// The tests in a terminal wait most of their time, as a person would between keys.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"neurocheck": func() {
		now = clockFromEnvironment()
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

// runSQL tampers with a log: sql FILE STATEMENT.
func runSQL(ts *testscript.TestScript, neg bool, args []string) {
	db, err := sql.Open("sqlite3", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(strings.Join(args[1:], " "))
	ts.Check(err)
}
