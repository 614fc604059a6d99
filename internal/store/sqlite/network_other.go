//go:build !linux

package sqlite

// refuseNetwork cannot identify the file system of a folder on this system.
func refuseNetwork(string) error { return nil }
