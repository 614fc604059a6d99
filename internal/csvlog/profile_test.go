package csvlog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestProfilesLeaveNothingHalf(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "out.csv")
	for name, p := range map[string]Profile{
		"lossless": {}, "spreadsheet": Profile{}.Spreadsheet(), "redcap": Profile{}.REDCap(lisbon),
		"deidentified": NewDeidentifier(keyOf(1), lisbon, someDay).Profile(),
	} {
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if _, err := p.ExportFile(ctx, path, each(2), ExportOptions{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, stopped: %v", name, err)
		}
		if got := names(t, folder); got != "" {
			t.Errorf("%s left behind: %s", name, got)
		}
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skip("this machine has no /dev/full")
		}
		if _, err := p.Export(t.Context(), full, each(1)); err == nil {
			t.Errorf("%s: a full disk went by unseen", name)
		}
		full.Close()
	}
}
