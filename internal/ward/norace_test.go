//go:build !race

package ward

const slower = 1
