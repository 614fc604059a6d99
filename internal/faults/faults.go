// Package faults tests a ward's log under faults: its tests kill processes that write to the
// log, remove or damage its files, write-protect its folder, set the clock back and interrupt
// a migration, many times, in real processes and on real files. Other packages use its small
// disks and its number of repetitions.
//
// The short form runs with all other tests. The long form repeats each fault until the
// result is significant, and asserts how long writers wait. It is one command, for a machine
// that does nothing else:
//
//	NEUROCHECK_FAULTS=long go test -timeout 90m ./internal/faults/... ./cmd/neurocheck
//
// Start with main_test.go: the jobs of the other processes, and the verdict on the log
// afterwards. The faults of a whole program in a terminal are in cmd/neurocheck.
package faults

import (
	"flag"
	"os"
	"strconv"
)

// Long reports whether the long form runs.
func Long() bool { return os.Getenv("NEUROCHECK_FAULTS") == "long" }

// Times returns the number of repetitions of a fault, by the form.
func Times(short, long int) int {
	if Long() {
		return long
	}
	return short
}

// AtOnce runs n parallel tests of a test program at a time, also if there are fewer processors,
// because its tests wait for keys, clocks and other processes most of their time. Call it in
// TestMain; -parallel replaces it.
func AtOnce(n int) {
	if err := flag.Set("test.parallel", strconv.Itoa(n)); err != nil {
		panic(err)
	}
}
