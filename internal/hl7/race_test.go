//go:build race

package hl7

// measurable reports whether a test can measure memory: the race detector allocates its own.
const measurable = false
