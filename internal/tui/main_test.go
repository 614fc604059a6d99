package tui

import (
	"os"
	"testing"

	"neurocheck/internal/faults"
)

func TestMain(m *testing.M) {
	faults.AtOnce(3)
	faults.FilesInMemory()
	os.Exit(m.Run())
}
