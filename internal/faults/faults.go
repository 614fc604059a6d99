// Package faults has tests alone. They kill processes that write to a ward's log, remove
// or damage its files, write-protect its folder, set the clock back and cut a migration
// short: in real processes, on real files, many times.
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

import "os"

// Long reports whether the long form runs.
func Long() bool { return os.Getenv("NEUROCHECK_FAULTS") == "long" }

// Times returns the number of repetitions of a fault, by the form.
func Times(short, long int) int {
	if Long() {
		return long
	}
	return short
}
