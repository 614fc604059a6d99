package csvlog

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"neurocheck/internal/ward"
)

// If the rows of a file agree on its patients they are not validated again one by
// one: that finds nothing that validating them would not, and misses nothing.
func TestPatientsWhoAgreeAreValidatedOnce(t *testing.T) {
	pool := []struct {
		column string
		cells  []string
	}{
		{"mrn", []string{"1", "1", "1", "2", " 1", "", "\x01", "1\xff"}},
		{"performed_at", []string{"2026-03-17T02:10:00Z", "2026-03-18T02:10:00Z", "2030-01-01T00:00:00Z", "soon"}},
		{"tool", []string{"ice", "ice", "none"}},
		{"name", []string{"OKAFOR, Ada", "OKAFOR, Ada", "OKAFOR,  Ada", "", "SILVA, Rui", "O\x07", "\xff"}},
		{"birth_date", []string{"1961-03-14", "1961-03-14", "", "2061-03-14", "61"}},
		{"infused_at", []string{"", "2026-03-13T10:00:00Z", "2026-03-13T11:00:00+01:00", "2026-03-13T10:00:00Z ", "then"}},
		{"interpreter", []string{"", "0", "1", "2"}},
		{"admitted_at", []string{"2026-03-12T10:00:00Z", "2026-03-12T10:00:00Z", "", "2026-03-12T11:00:00+01:00", "2026-03-17T10:00:00Z", "now"}},
		{"discharged_at", []string{"", "", "2026-03-17T10:00:00Z", "2026-03-11T10:00:00Z"}},
		{"discharge", []string{"", "", "home", "away"}},
		{"bed", []string{"12A", "12A", "", "12B", "\x01"}},
	}
	agreed := 0
	rapid.Check(t, func(rt *rapid.T) {
		var text strings.Builder
		w := csv.NewWriter(&text)
		var header []string
		for _, p := range pool {
			header = append(header, p.column)
		}
		columns := rapid.Permutation(header).Draw(rt, "header")
		w.Write(columns)
		good := rapid.IntRange(0, 8).Draw(rt, "rows with the first of everything")
		for range rapid.IntRange(1, 8).Draw(rt, "rows") {
			row := make([]string, len(columns))
			for _, p := range pool {
				cells := p.cells
				if good > 0 {
					cells = cells[:1]
				}
				row[slices.Index(columns, p.column)] = rapid.SampledFrom(cells).Draw(rt, p.column)
			}
			good--
			w.Write(row)
		}
		w.Flush()
		f, err := Read(strings.NewReader(text.String()), Options{Name: "f.csv", Now: now})
		if err != nil || len(f.Problems) > 0 {
			rt.Fatal(err, f.Problems)
		}
		if !f.disagrees {
			agreed++
		}
		rows := func() (list []ward.ImportRow) {
			for in := range f.Rows() {
				in.Wrong, in.Claimed = slices.Clone(in.Wrong), slices.Clone(in.Claimed)
				if len(in.Wrong) > 0 { // nothing else of it is used
					in.Patient, in.Stay, in.Check = ward.Patient{}, ward.Stay{}, ward.Check{}
				}
				list = append(list, in)
			}
			return list
		}
		got := rows()
		f.disagrees = true
		if diff := cmp.Diff(rows(), got); diff != "" {
			rt.Errorf("%s\n(-validated one by one +got)\n%s", text.String(), diff)
		}
	})
	if agreed == 0 {
		t.Error("no file was drawn whose rows agree")
	}
}
