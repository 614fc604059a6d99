package report

import (
	"os"
	"testing"

	"neurocheck/internal/faults"
)

func TestMain(m *testing.M) {
	faults.FilesInMemory()
	os.Exit(m.Run())
}
