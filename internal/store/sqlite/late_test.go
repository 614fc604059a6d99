package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"neurocheck/internal/store/sqlite"
)

// The file of the late notes has a greatest size.
func TestLateNotesAreBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "late")
	line := []byte(strings.Repeat("x", 1<<16) + "\n")
	for range 3 {
		ok(t, sqlite.AppendLine(path, line))
	}
	if err := sqlite.AppendLine(path, line); err == nil {
		t.Error("it grows without an end")
	}
	if info, most := must(os.Stat(path))(t), int64(sqlite.MostLate); info.Size() > most {
		t.Errorf("%d bytes", info.Size())
	}
}
