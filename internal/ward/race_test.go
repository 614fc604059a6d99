//go:build race

package ward

// slower is the factor by which the race detector slows the random tests down.
const slower = 10
