package main

// freeOn returns the free room on the disk of a folder. A test replaces it, so that none
// depends on the disk of its machine.
var freeOn = freeBytes

// diskState is the state of the disk of the log.
type diskState struct {
	FreeBytes *int64 `json:"free_bytes"` // null if it is not known
}
