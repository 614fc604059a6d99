//go:build linux && cgo

package disk

import (
	"os"
	"testing"
)

// A test runs this program again: as the process that is recorded, or with fault.c under
// SQLite.
func TestMain(m *testing.M) {
	if job := os.Getenv("NEUROCHECK_FAULTS_JOB"); job != "" {
		os.Exit(runJob(job))
	}
	os.Exit(m.Run())
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
