package main

// diskState is the state of the disk of the log.
type diskState struct {
	FreeBytes *int64 `json:"free_bytes"` // null if it is not known
}
