package csvlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// each yields n checks of one patient.
func each(n int) Each {
	return func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		p, s := ward.Patient{MRN: "01", Name: "Okafor, Ada", Tool: icans.ICE}, ward.Stay{AdmittedAt: start}
		for i := range n {
			c := ward.Check{ID: fmt.Sprint(i), Version: 1, Status: ward.Recorded, PerformedAt: start, Findings: icans.Findings{Tool: icans.ICE}}
			c.Grade(0)
			if err := yield(&p, &s, &c); err != nil {
				return err
			}
		}
		return nil
	}
}

// names returns the entries of a folder.
func names(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return strings.Join(list, " ")
}

func TestExportFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "out.csv")
	rows, err := Profile{}.ExportFile(t.Context(), path, each(2500), ExportOptions{})
	if err != nil || rows != 2500 {
		t.Fatalf("%d rows, %v", rows, err)
	}
	data, err := os.ReadFile(path)
	if err != nil || strings.Count(string(data), "\n") != 2501 {
		t.Errorf("%d lines, %v", strings.Count(string(data), "\n"), err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}

	if _, err := (Profile{}).ExportFile(t.Context(), path, each(1), ExportOptions{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file that is there was not refused: %v", err)
	}
	if again, _ := os.ReadFile(path); string(again) != string(data) {
		t.Error("a file that is there was changed")
	}
	if _, err := (Profile{}).ExportFile(t.Context(), path, each(0), ExportOptions{Force: true}); err != nil {
		t.Error(err)
	}
	if again, _ := os.ReadFile(path); strings.Count(string(again), "\n") != 1 {
		t.Error("an export of nothing is not the header alone")
	}
	if got := names(t, folder); got != "out.csv" {
		t.Errorf("left behind: %s", got)
	}
}

func TestExportFileLeavesNothingHalf(t *testing.T) {
	broken := errors.New("broken")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		name string
		ctx  context.Context
		each Each
		want error
	}{
		{"stopped", ctx, each(5000), context.Canceled},
		{"reading fails", t.Context(), func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
			return errors.Join(each(2000)(yield), broken)
		}, broken},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "out.csv")
			if _, err := (Profile{}).ExportFile(test.ctx, path, test.each, ExportOptions{}); !errors.Is(err, test.want) {
				t.Errorf("%v", err)
			}
			if got := names(t, folder); got != "" {
				t.Errorf("left behind: %s", got)
			}
		})
	}
}

// Another program makes the file while the export runs.
func TestExportFileNeverReplacesUnasked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.csv")
	_, err := (Profile{}).ExportFile(t.Context(), path, func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		return os.WriteFile(path, []byte("theirs"), 0o600)
	}, ExportOptions{})
	if data, _ := os.ReadFile(path); !errors.Is(err, fs.ErrExist) || string(data) != "theirs" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestExportFileRefusesWhatIsNoFile(t *testing.T) {
	folder := t.TempDir()
	write := func(name string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte("kept"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	log := write("ward.db")
	write("ward.db-wal")
	link := filepath.Join(folder, "link.csv")
	if err := os.Symlink(log, link); err != nil {
		t.Fatal(err)
	}
	dangling := filepath.Join(folder, "dangling.csv")
	if err := os.Symlink("nowhere", dangling); err != nil {
		t.Fatal(err)
	}
	before := names(t, folder)
	for path, want := range map[string]string{
		folder:                                 " is a folder",
		folder + "/":                           " is a folder",
		link:                                   " is a link",
		dangling:                               " is a link",
		log:                                    "belongs to the log itself",
		log + "-wal":                           "belongs to the log itself",
		filepath.Join(folder, "no", "out.csv"): "cannot write",
		filepath.Join(log, "out.csv"):          "cannot write",
		os.DevNull:                             "is not a plain file",
	} {
		_, err := (Profile{}).ExportFile(t.Context(), path, each(1), ExportOptions{Force: true, Log: log})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), ".tmp") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if got := names(t, folder); got != before {
		t.Errorf("left behind: %s", got)
	}
	if data, _ := os.ReadFile(log); string(data) != "kept" {
		t.Error("the log was replaced")
	}
}

func TestWriterReturnsTheFailureOfWriting(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this machine has no /dev/full")
	}
	defer full.Close()
	if _, err := (Profile{}).Export(t.Context(), full, each(1)); err == nil {
		t.Error("a full disk went by unseen")
	}
}

func BenchmarkExport(b *testing.B) {
	for b.Loop() {
		if _, err := (Profile{}).Export(b.Context(), io.Discard, each(10_000)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/row")
}
