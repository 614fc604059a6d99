// Package faults is for tests alone: what happens to a ward's log when processes die,
// files vanish or are damaged, folders cannot be written, the clock goes back and
// a migration is cut short. Each test does it to a real file, from real processes,
// many times.
//
// The short form runs with all the other tests. The long form repeats each fault
// until it means something, and asserts how long writers wait:
//
//	NEUROCHECK_FAULTS=long go test -timeout 90m ./internal/faults/...
//
// Start with main_test.go: what the other processes do, and how a log is judged
// afterwards. The faults of a whole program in a terminal stand beside the program,
// in cmd/neurocheck.
package faults

import "os"

// Long reports whether the long form is asked for.
func Long() bool { return os.Getenv("NEUROCHECK_FAULTS") == "long" }

// Times is how often a fault is repeated, by the form.
func Times(short, long int) int {
	if Long() {
		return long
	}
	return short
}
