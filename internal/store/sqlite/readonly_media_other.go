//go:build !unix

package sqlite

// readOnlyMedia cannot tell here.
func readOnlyMedia(string) bool { return false }

// Writable reports whether the log at path can be written, as far as can be told.
func Writable(string) bool { return true }
