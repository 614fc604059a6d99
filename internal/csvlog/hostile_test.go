package csvlog

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	nasty "neurocheck/internal/faults/hostile"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// saysNothingElse wants text that a terminal shows as it is.
func saysNothingElse(t *testing.T, given, said string) {
	t.Helper()
	for _, r := range said {
		if unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			t.Fatalf("%.200q makes it say %.400q", given, said)
		}
	}
}

// Each hostile string in each column of text, as a well-formed cell: it is refused
// with its line and column, or kept clean and leaves as it was kept.
func TestHostileCells(t *testing.T) {
	log, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "log.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	now := time.Date(2026, 3, 17, 12, 0, 0, 0, time.UTC)
	sig := ward.Sign("Sam Lee", now)
	header := []string{"mrn", "name", "birth_date", "performed_at", "tool", "note", "recorded_by", "check_id", "second_id", "visit", "other_cause_note"}
	kept := 0
	for i, text := range nasty.Strings(3, nasty.Count(400)) {
		row := []string{fmt.Sprint("m", i), "X", "1961-03-14", "2026-03-17T09:00:00Z", "ice", "", "", fmt.Sprint("c", i), "", "", ""}
		row[[]int{0, 1, 2, 3, 4, 5, 5, 5, 6, 7, 8, 9, 10}[i%13]] = text
		var file bytes.Buffer
		w := csv.NewWriter(&file)
		_ = w.WriteAll([][]string{header, row})
		read, err := Read(&file, Options{Name: "a.csv", Now: now})
		if err != nil {
			saysNothingElse(t, text, err.Error())
			continue
		}
		done, refused, err := log.Import(t.Context(), sig, read.Rows(), store.ImportOptions{NewPatients: true})
		if err != nil {
			t.Fatalf("%.100q: %v", text, err)
		}
		for _, p := range read.WithRefused(refused) {
			saysNothingElse(t, text, fmt.Sprint(p))
			if !strings.HasPrefix(fmt.Sprint(p), "a.csv:") {
				t.Errorf("%.100q: %q does not say where", text, p)
			}
		}
		kept += done.Checks
	}
	if kept == 0 {
		t.Fatal("nothing was kept, so nothing was tried")
	}
	var out bytes.Buffer
	rows, err := Profile{}.Export(t.Context(), &out, func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		return log.EachCheck(t.Context(), store.Selection{}, func(p *ward.Patient, s *ward.Stay, c *ward.Check) error {
			for _, line := range []string{p.MRN, p.SecondID, p.Name, s.Visit, c.ID, c.Recorded.By, c.CauseNote} {
				if line != ward.CleanLine(line) {
					t.Errorf("kept %q", line)
				}
			}
			if c.Note != ward.CleanText(c.Note) {
				t.Errorf("kept the note %.200q", c.Note)
			}
			return yield(p, s, c)
		})
	})
	if err != nil || rows != kept {
		t.Fatalf("%d rows of %d left, %v", rows, kept, err)
	}
	again, err := Read(&out, Options{Name: "again.csv", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if found := wrong(again); len(found) > 0 {
		t.Errorf("what left does not come back: %v", found)
	}
	if v, err := log.Verify(t.Context()); err != nil || v.Misfit != "" {
		t.Errorf("%v, %q", err, v.Misfit)
	}
}

// Files that are hostile from the first byte on.
func TestHostileFiles(t *testing.T) {
	now := time.Date(2026, 3, 17, 12, 0, 0, 0, time.UTC)
	texts := nasty.Strings(4, nasty.Count(600))
	for i, text := range texts {
		whole := text + "," + texts[len(texts)-1-i] + "\n" + text
		if read, err := Read(strings.NewReader(whole), Options{Name: "a.csv", Now: now}); err != nil {
			saysNothingElse(t, whole, err.Error())
		} else {
			for _, p := range wrong(read) {
				saysNothingElse(t, whole, fmt.Sprint(p))
			}
		}
		var out bytes.Buffer
		_, err := Grade(t.Context(), strings.NewReader("tool,note\nice,"+text), "a.csv", &out, false, func(p Problem) { saysNothingElse(t, text, fmt.Sprint(p)) })
		if err != nil {
			saysNothingElse(t, text, err.Error())
		}
	}
}
