//go:build !linux

package faults

// FilesInMemory does nothing: only on Linux is it known which files are in memory.
func FilesInMemory() {}
