//go:build !linux

package postgres_test

import (
	"testing"
	"time"

	"neurocheck/internal/store/storetest/pgserver"
)

// cpuTime returns nothing: the figures of this package are taken on Linux.
func cpuTime(testing.TB, *pgserver.Server) time.Duration { return 1 }
