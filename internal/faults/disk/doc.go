// Package disk is tests alone: what happens to a ward's log when the power
// fails, the disk is full, or it answers with an error.
//
// For the power cuts another process works on a log while every call that changes
// a file or a folder is recorded, down to its bytes (recorder_test.go). Such a
// recording is played to a simulated disk, which knows what was synced and what
// was not (drive_test.go); at a random call the power fails, and what was not
// synced is lost, kept, torn or out of order. What is left must hold everything
// that was acknowledged before (cut_test.go). The same with synchronous=NORMAL
// must lose something, or the test would prove nothing.
//
// The disk is full, or fails, in two ways: at one call after the other through
// testdata/fault.c, which stands between SQLite and the C library, and on a small
// file system of its own.
//
// The short form runs with all the other tests. The long form cuts the power a
// thousand times in each mode, and fails every single write:
//
//	NEUROCHECK_FAULTS=long go test -timeout 90m ./internal/faults/...
//
// Start with shift_test.go: the work that is interrupted.
package disk
