//go:build linux && cgo

package disk

import (
	"os"
	"testing"

	"neurocheck/internal/faults"
	"neurocheck/internal/store/storetest/fixture"
)

// A test runs this program again: as the process that is recorded, or with fault.c under
// SQLite.
func TestMain(m *testing.M) {
	if job := os.Getenv("NEUROCHECK_FAULTS_JOB"); job != "" {
		os.Exit(runJob(job))
	}
	faults.FilesInMemory()
	os.Exit(m.Run())
}

var ok = fixture.OK

func must[T any](v T, err error) func(*testing.T) T { return fixture.Must(v, err) }
