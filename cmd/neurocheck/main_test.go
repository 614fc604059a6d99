package main

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	_ "github.com/mattn/go-sqlite3"
	"github.com/rogpeppe/go-internal/testscript"

	"neurocheck/internal/faults"
	"neurocheck/internal/pin"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// raceVar has the options of the race detector. See clockEnv and testscript, which hand it
// on to programs.
const raceVar = "GORACE"

// freeVar has the free room, in MiB, on the disk of each log; else it is plentyFree.
const freeVar = "NEUROCHECK_TEST_FREE_MIB"

const plentyFree = 64 << 10

// freeFromEnvironment replaces the disk of the machine.
func freeFromEnvironment(string) (free int64, known bool) {
	mib, err := strconv.ParseInt(cmp.Or(os.Getenv(freeVar), strconv.Itoa(plentyFree)), 10, 64)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", freeVar, err))
	}
	return mib << 20, true
}

// quickPINs is the cost of the PINs of the tests.
var quickPINs = pin.Cost{Passes: 1, KiB: 8, Threads: 1}

// noAnswerVar lets neurocheck intake stop between a message that it has taken and the answer.
const noAnswerVar = "NEUROCHECK_TEST_NO_ANSWER"

func TestMain(m *testing.M) {
	faults.AtOnce(8)
	// A program of the race detector sleeps a second before it exits, and these tests run
	// more than a thousand programs. It reports a race when it sees it, not in that second.
	if os.Getenv(raceVar) == "" {
		if err := os.Setenv(raceVar, "atexit_sleep_ms=0"); err != nil {
			panic(err)
		}
	}
	testscript.Main(withServer{m}, map[string]func(){"deliver": deliver, "runner": obey, "neurocheck": func() {
		forTests()
		main()
	}})
}

// forTests sets the clock of the program, and the rest in which a test differs from a ward.
func forTests() {
	now, freeOn, pinCost = clockFromEnvironment(), freeFromEnvironment, quickPINs
	if os.Getenv(noAnswerVar) != "" {
		answerID = func() string { select {} }
	}
}

// withServer ends the server of the tests after all of them.
type withServer struct{ *testing.M }

func (m withServer) Run() int {
	faults.FilesInMemory()
	code := m.M.Run()
	if err := errors.Join(endServer(), endDemoLogs()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// scriptCommands are the commands of scripts.
var scriptCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"run":     runCommand,
	"status":  status,
	"input":   giveInput,
	"sql":     runSQL,
	"tamper":  tamper,
	"noted":   noteHead,
	"agekey":  makeKey,
	"demo":    makeDemo,
	"staffed": makeStaffed,
	"held":    runHeld,
	"rows":    writeRows,
	"instant": setInstant,
	"truncate": func(ts *testscript.TestScript, neg bool, args []string) {
		ts.Check(os.Truncate(ts.MkAbs(args[0]), 5000))
	},
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

// makeStaffed makes a log with staff whose PIN is 246813: staffed LOG. They are Kim
// Adler, an administrator; Dr Ana Reis, a clinician; Sam Lee and Lee Left, nurses, of whom
// the second is disabled. The pepper is where the program of the script looks for it.
func makeStaffed(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(writeStaffed(logArgument(ts, args[0]), filepath.Join(ts.Getenv("HOME"), ".config", "neurocheck", "pepper"), quickPINs))
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

// writeRows writes a CSV with a number of checks of one patient: rows NUMBER FILE.
func writeRows(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), rowsOfChecks(n), 0o600))
}

// rowsOfChecks returns a CSV with n checks of one patient, a minute apart, up to the start of
// the clock.
func rowsOfChecks(n int) []byte {
	var b bytes.Buffer
	b.WriteString("mrn,name,birth_date,performed_at,tool,ice_year\n")
	for at := clockStart().Add(-time.Duration(n) * time.Minute); n > 0; n-- {
		at = at.Add(time.Minute)
		b.WriteString("0042318,\"Fielding, Ida\",1949-05-02," + at.UTC().Format(time.RFC3339) + ",ice,1\n")
	}
	return b.Bytes()
}

// runSQL tampers with a log: sql FILE STATEMENT.
func runSQL(ts *testscript.TestScript, neg bool, args []string) {
	db, err := sql.Open("sqlite3", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(strings.Join(args[1:], " "))
	ts.Check(err)
}
