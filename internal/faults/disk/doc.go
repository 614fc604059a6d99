// Package disk has tests alone: of a ward's log if the power fails, or if the disk is
// full or returns errors.
//
// For the power cuts another process works on a log while recorder_test.go records every
// call that changes a file or a folder, with its bytes. The recording is played to a
// simulated disk, which distinguishes synced bytes from others (drive_test.go). At a
// random call the power fails: bytes that were not synced are lost, kept, torn or out of
// order. The disk must still have everything that was acknowledged before (cut_test.go).
// With synchronous=NORMAL the same must lose something, else the test would prove nothing.
//
// The disk is full, or fails, in two ways: at one call after the other through
// testdata/fault.c, which wraps the C library for SQLite, and on a small file system.
//
// The short form runs with all the other tests. The long form cuts the power a
// thousand times in each mode, and fails every single write:
//
//	NEUROCHECK_FAULTS=long go test -timeout 90m ./internal/faults/... ./cmd/neurocheck
//
// Start with shift_test.go: the work that the faults interrupt.
package disk
