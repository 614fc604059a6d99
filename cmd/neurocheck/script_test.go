package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/internal/ward"
)

// The scripts in testdata/script run the command as a person would, each on a machine on
// which neurocheck has never run. The commands that begin with run or status run one after the
// other in one process, and those with exec in one of their own: see runner. $DATA is the
// folder testdata of the project, and $NOW the instant at which the clock of the script started
// (see clock_test.go).
//
// $WARD, $DEMO and the other names of logs are logs of the script. On SQLite they are files,
// ward.db and demo.db, which do not exist yet. On PostgreSQL they are empty wards. A line
// that holds for one engine alone begins with [sqlite] or [postgres]. A script that is about
// files, or about servers, begins with "# [sqlite]" or "# [postgres]" and the reason. One that
// names no log runs on SQLite alone, too, because it would do the same again.
//
// On PostgreSQL $DATABASE is the database of the script, and $NEW a ward in it that is not
// made yet; $NEWBYOWNER is $NEW for the login of the owner, and $STAFFBYOWNER is $STAFF.

// logNames are the names of logs in scripts.
var logNames = strings.Fields("WARD DEMO ONE TWO WEEK BY SOME NONE OTHER AGAIN PRESENT SUMMER YEARS DRY EMPTY BARE JSON STAFF REDCAP EXCEL FLOW TWICE")

// mostFileScripts is the limit of scripts that are about files.
const mostFileScripts = 20

func TestScripts(t *testing.T) {
	files := slices.DeleteFunc(scriptFiles(t), func(path string) bool { return reasonFor(path, "postgres") != "" })
	runScripts(t, "sqlite", files, func(env *testscript.Env, name string) map[string]string {
		logs := make(map[string]string)
		for _, log := range logsOf(name) {
			logs[log] = strings.ToLower(log) + ".db"
		}
		return logs
	})
}

func TestScriptsOnPostgreSQL(t *testing.T) {
	var files, fileScripts []string
	for _, path := range scriptFiles(t) {
		switch name := scriptName(path); {
		case reasonFor(path, "sqlite") != "":
			fileScripts = append(fileScripts, name+": "+reasonFor(path, "sqlite"))
		case len(logsOf(name)) > 0:
			files = append(files, path)
		}
	}
	t.Logf("%d scripts run on PostgreSQL; %d are about files:\n%s", len(files), len(fileScripts), strings.Join(fileScripts, "\n"))
	if len(fileScripts) > mostFileScripts {
		t.Errorf("%d scripts are about files, at most %d", len(fileScripts), mostFileScripts)
	}
	server := wardServer(t)
	runScripts(t, "postgres", files, server.logsFor)
}

// runScripts runs scripts on an engine. logs returns the logs of a script by their names.
func runScripts(t *testing.T, engine string, files []string, logs func(env *testscript.Env, script string) map[string]string) {
	data, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files:               files,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Condition:           func(cond string) (bool, error) { return cond == engine, knownCondition(cond) },
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
			env.Setenv("NEUROCHECK_DB", "")
			env.Setenv("DATA", data)
			env.Setenv("SCHEMA", filepath.Join(data, "..", "schema"))
			env.Setenv("NOW", clockStart().Format(time.RFC3339))
			script := strings.TrimPrefix(filepath.Base(env.WorkDir), "script-")
			for name, log := range logs(env, script) {
				env.Setenv(name, log)
			}
			env.Vars = append(env.Vars, clockEnv()...)
			newRunner(env, script)
			return nil
		},
		Cmds: scriptCommands,
	})
}

func knownCondition(cond string) error {
	if cond != "sqlite" && cond != "postgres" {
		return fmt.Errorf("there is no condition %q", cond)
	}
	return nil
}

func scriptFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) < 25 {
		t.Fatalf("there are %d scripts: %v", len(files), err)
	}
	return files
}

func scriptName(path string) string { return strings.TrimSuffix(filepath.Base(path), ".txtar") }

// reasonFor returns the reason for which a script runs on one engine alone, empty if it
// does not.
func reasonFor(path, engine string) string {
	text, _ := os.ReadFile(path) // testscript reports a script that cannot be read
	first, _, _ := strings.Cut(string(text), "\n")
	reason, alone := strings.CutPrefix(first, "# ["+engine+"] ")
	if !alone {
		return ""
	}
	return reason
}

var variable = regexp.MustCompile(`\$\{?([A-Z]+?)(BYOWNER)?\b`)

// logsOf returns the names of logs in a script.
func logsOf(name string) (logs []string) {
	text, _ := os.ReadFile(filepath.Join("testdata", "script", name+".txtar"))
	for _, m := range variable.FindAllStringSubmatch(string(text), -1) {
		if log := m[1]; slices.Contains(logNames, log) && !slices.Contains(logs, log) {
			logs = append(logs, log)
		}
	}
	return logs
}

var demoCommand = regexp.MustCompile(`(?m)^demo \$([A-Z]+)$`)

// demoOf returns the name of the log of a script that is a demo ward; empty if none is.
func demoOf(name string) string {
	text, _ := os.ReadFile(filepath.Join("testdata", "script", name+".txtar"))
	if m := demoCommand.FindStringSubmatch(string(text)); m != nil {
		return m[1]
	}
	return ""
}

// wardsOnServer is a server for all tests of this package. It has a database for each number
// of wards that a script needs, all empty or the first a demo ward. Each script gets a copy of
// one, which takes less time than making wards, and no more wards than it names, because a
// ward is 300 files.
type wardsOnServer struct {
	*pgserver.Server
	pooler *pooler
	mu     sync.Mutex
	made   map[string]bool // the databases
}

var sharedServer struct {
	sync.Once
	*wardsOnServer
	err error
}

// wardServer returns the server, and skips the test if PostgreSQL is not installed.
func wardServer(t *testing.T) *wardsOnServer {
	t.Helper()
	sharedServer.Do(func() {
		server, err := pgserver.New(pgserver.Options{})
		if sharedServer.err = err; err != nil {
			return
		}
		sharedServer.wardsOnServer = &wardsOnServer{Server: server, made: map[string]bool{wardsNamed(false, 0): true}}
		sharedServer.pooler, sharedServer.err = newPooler(filepath.Join(server.Socket(), ".s.PGSQL.5432"))
	})
	switch err := sharedServer.err; {
	case errors.Is(err, pgserver.ErrMissing) && os.Getenv(pgserver.Required) != "required":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	return sharedServer.wardsOnServer
}

// database makes a database with a number of wards, of which the first may be a demo ward.
func (s *wardsOnServer) database(name string, demo bool, wards int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	from, err := s.template(demo, wards)
	if err != nil {
		return err
	}
	return s.Copy(from, name)
}

// template returns the database of which those with so many wards are copies.
func (s *wardsOnServer) template(demo bool, wards int) (name string, err error) {
	name = wardsNamed(demo, wards)
	if s.made[name] {
		return name, nil
	}
	last := wardNumber(wards - 1)
	fills := demo && wards == 1
	var before string
	if fills {
		before, err = s.template(false, wards)
	} else {
		before, err = s.template(demo, wards-1)
	}
	if err == nil {
		err = s.Copy(before, name)
	}
	switch {
	case err != nil:
	case fills:
		err = fillWithDemo(s.AddressIn(name, pgserver.Program, last), clockStart())
	default:
		_, err = store.MakeWard(context.Background(), s.AddressIn(name, pgserver.Owner, last))
	}
	s.made[name] = err == nil
	return name, err
}

// wardsNamed returns the name of a template. That without any ward is the database of each
// server.
func wardsNamed(demo bool, n int) string {
	switch {
	case demo:
		return fmt.Sprintf("demo%d", n)
	case n == 0:
		return "hospital"
	}
	return fmt.Sprintf("empty%d", n)
}

func wardNumber(n int) string { return fmt.Sprintf("ward%d", n) }

// endServer ends the server of [wardServer] after all tests.
func endServer() error {
	if sharedServer.wardsOnServer == nil {
		return nil
	}
	return errors.Join(sharedServer.pooler.close(), sharedServer.Close())
}

// addressIn returns the address of a ward in a database by the pooler.
func (s *wardsOnServer) addressIn(database, login, ward string) string {
	return strings.Replace(s.AddressIn(database, login, ward), s.Socket(), s.pooler.folder, 1)
}

// logsFor makes the logs of a script, which are there until it ends.
func (s *wardsOnServer) logsFor(env *testscript.Env, script string) map[string]string {
	database := "script_" + strings.ReplaceAll(script, "-", "_")
	logs := make(map[string]string)
	names, demo := logsOf(script), demoOf(script)
	if i := slices.Index(names, demo); i > 0 {
		names[0], names[i] = demo, names[0]
	}
	if err := s.database(database, demo != "", len(names)); err != nil {
		panic(err) // no script can run
	}
	env.Defer(func() {
		s.pooler.forget(database)
		s.Remove(database)
	})
	for n, log := range names {
		logs[log] = s.addressIn(database, pgserver.Program, wardNumber(n))
		logs[log+"BYOWNER"] = s.addressIn(database, pgserver.Owner, wardNumber(n))
	}
	if demo != "" {
		logs[filledVar] = logs[demo]
	}
	logs["NEW"], logs["NEWBYOWNER"] = s.addressIn(database, pgserver.Program, "made"), s.addressIn(database, pgserver.Owner, "made")
	logs["DATABASE"], _, _ = strings.Cut(logs["NEWBYOWNER"], "&ward=")
	return logs
}

// logArgument returns the log that an argument of a script names.
func logArgument(ts *testscript.TestScript, arg string) string {
	if store.OnServer(arg) {
		return arg
	}
	return ts.MkAbs(arg)
}

// tamper changes a log in spite of its triggers, as another program with all rights can:
// tamper LOG STATEMENT.
func tamper(ts *testscript.TestScript, neg bool, args []string) {
	statement := strings.Join(args[1:], " ")
	if store.OnServer(args[0]) {
		database, ward := partsOf(args[0])
		ts.Check(sharedServer.Execute(database, "SET search_path = "+ward+"; SET session_replication_role = replica; "+statement+";"))
		return
	}
	db, err := sql.Open("sqlite3", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	rows, err := db.Query("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
	ts.Check(err)
	var drop, create string
	for rows.Next() {
		var name, definition string
		ts.Check(rows.Scan(&name, &definition))
		drop, create = drop+"DROP TRIGGER "+name+";", create+definition+";"
	}
	ts.Check(errors.Join(rows.Err(), rows.Close()))
	_, err = db.Exec(drop + statement + ";" + create)
	ts.Check(err)
}

// partsOf returns the database and the ward of an address.
func partsOf(address string) (database, ward string) {
	_, rest, _ := strings.Cut(address, "@/")
	database, rest, _ = strings.Cut(rest, "?")
	_, ward, _ = strings.Cut(rest, "ward=")
	return database, ward
}

// noteHead puts the head of a log into a variable: noted LOG NAME.
func noteHead(ts *testscript.TestScript, neg bool, args []string) {
	s, err := store.OpenReadOnly(context.Background(), logArgument(ts, args[0]))
	ts.Check(err)
	defer s.Close()
	_, head, err := s.Head(context.Background())
	ts.Check(err)
	ts.Setenv(args[1], head)
}

// runHeld runs neurocheck while another program has begun to write to a log and was
// stopped: held LOG STATUS ARGUMENTS.
func runHeld(ts *testscript.TestScript, neg bool, args []string) {
	if !store.OnServer(args[0]) {
		db, err := sql.Open("sqlite3", ts.MkAbs(args[0])+"?_txlock=immediate")
		ts.Check(err)
		defer db.Close()
		hold, err := db.Begin()
		ts.Check(err)
		defer hold.Rollback()
		status(ts, neg, args[1:])
		return
	}
	s, err := store.Open(context.Background(), args[0])
	ts.Check(err)
	defer s.Close()
	ran := false
	// The function runs in the transaction, which has the lock of the record.
	err = s.NoteSettings(context.Background(), ward.Sign(ward.Login("other"), clockStart()), "{}", func(string) string {
		if !ran {
			ran = true
			status(ts, neg, args[1:])
		}
		return "held"
	})
	ts.Check(err)
	if !ran {
		ts.Fatalf("the log was not held")
	}
}
