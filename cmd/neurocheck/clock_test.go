package main

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// No test of the command sees the real day. Each test starts its clock at one
// instant, and the clock then runs on through all the commands of that test. The
// two constants are the one place for that instant and its zone. Two variables
// replace them for a whole run, so that CI can repeat the tests in another year:
//
//	NEUROCHECK_TEST_NOW=2031-03-30T00:30:00+13:00 NEUROCHECK_TEST_ZONE=Pacific/Auckland go test ./cmd/neurocheck
//
// They are read by the test binary only: the program that is shipped has the clock
// of its machine.
const (
	defaultStart = "2026-11-23T08:00:00Z"
	defaultZone  = "Europe/Lisbon"
)

const (
	startVar   = "NEUROCHECK_TEST_NOW"   // RFC 3339: the instant at which the clock starts
	startedVar = "NEUROCHECK_TEST_SINCE" // RFC 3339: the real instant at which it was started
	zoneVar    = "NEUROCHECK_TEST_ZONE"  // a name of the time zone database
)

// clockStart returns the instant at which each test starts its clock, a full minute
// in the zone of the tests.
func clockStart() time.Time {
	zone, err := time.LoadLocation(clockZone())
	if err != nil {
		panic(fmt.Sprintf("%s: %v", zoneVar, err))
	}
	return mustParse(startVar, cmp.Or(os.Getenv(startVar), defaultStart)).Truncate(time.Minute).In(zone)
}

func clockZone() string { return cmp.Or(os.Getenv(zoneVar), defaultZone) }

// clockEnv starts a clock and returns the environment that makes the commands of
// one test follow it.
func clockEnv() []string {
	return []string{
		startVar + "=" + clockStart().Format(time.RFC3339Nano),
		startedVar + "=" + time.Now().Format(time.RFC3339Nano),
		"TZ=" + clockZone(),
		raceVar + "=" + os.Getenv(raceVar),
	}
}

// clockFromEnvironment returns the clock that clockEnv started. It panics if there
// is none, because a test that forgot it would run on the real day unnoticed.
func clockFromEnvironment() func() time.Time {
	start := mustParse(startVar, os.Getenv(startVar))
	started := mustParse(startedVar, os.Getenv(startedVar))
	return func() time.Time { return start.Add(time.Since(started)).Local() }
}

func mustParse(name, text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", name, err))
	}
	return at
}

// setInstant sets a variable of a script to a time relative to the start of its
// clock, in a zone or that of the tests: instant VARIABLE -10m LAYOUT [ZONE].
func setInstant(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 || len(args) > 4 {
		ts.Fatalf("usage: instant VARIABLE DURATION LAYOUT [ZONE]")
	}
	at := clockStart()
	if len(args) == 4 {
		zone, err := time.LoadLocation(args[3])
		ts.Check(err)
		at = at.In(zone)
	}
	after, err := time.ParseDuration(args[1])
	ts.Check(err)
	ts.Setenv(args[0], at.Add(after).Format(args[2]))
}

// The clock runs on from command to command, in the zone of the test, and does not
// start again with each.
func TestClockRunsOnThroughTheCommands(t *testing.T) {
	for _, v := range clockEnv() {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	earlier := clockFromEnvironment()()
	t.Setenv(startedVar, time.Now().Add(-time.Hour).Format(time.RFC3339Nano))
	later := clockFromEnvironment()()
	if ran := earlier.Sub(clockStart()); ran < 0 || ran > time.Minute {
		t.Errorf("the first command starts %v after the start", ran)
	}
	if ran := later.Sub(clockStart()); ran < time.Hour || ran > time.Hour+time.Minute {
		t.Errorf("a command an hour later starts %v after the start", ran)
	}
}
