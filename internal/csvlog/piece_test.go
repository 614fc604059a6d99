package csvlog

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"neurocheck/internal/ward"
)

// exported is a version of a check with its patient and stay.
type exported struct {
	patient *ward.Patient
	stay    *ward.Stay
	check   ward.Check
}

// inPieces holds checks as a log reads them in parts of so many rows: with the texts and
// times of a check, and the kept cells.
type inPieces struct {
	rows []exported
	size int
	kept [][]string
}

func (l *inPieces) Parts() int   { return (len(l.rows) + l.size - 1) / l.size }
func (l *inPieces) Readers() int { return 3 }

func (l *inPieces) Each(_ context.Context, _, part int, yield func(*ward.Patient, *ward.Stay, *ward.Check, [][]byte) error) error {
	var c ward.Check // reused, as the log does
	for _, row := range l.rows[part*l.size : min((part+1)*l.size, len(l.rows))] {
		k := &row.check
		c = ward.Check{
			ID: k.ID, ReasonNote: k.ReasonNote, CauseNote: k.CauseNote, Note: k.Note,
			PerformedAt: k.PerformedAt, Recorded: k.Recorded,
		}
		var kept [][]byte
		for _, names := range l.kept {
			var cells []byte
			for i, name := range names {
				cells = byName[name].write(appendComma(cells, i), row.patient, row.stay, k)
			}
			kept = append(kept, cells)
		}
		if err := yield(row.patient, row.stay, &c, kept); err != nil {
			return err
		}
	}
	return nil
}

// An export in parts is the export row by row, whatever the patients and stays.
func TestPartsAreTheExportRowByRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &inPieces{size: rapid.IntRange(1, 5).Draw(t, "rows in a part")}
		for i := range rapid.IntRange(1, 3).Draw(t, "patients") {
			p, stays := drawPatient(t), drawStays(t)
			p.MRN = fmt.Sprint(i)
			for j := range rapid.IntRange(1, 4).Draw(t, "checks") {
				s := &stays[rapid.IntRange(0, len(stays)-1).Draw(t, "stay")]
				l.rows = append(l.rows, exported{&p, s, drawCheck(t, s, fmt.Sprint(i, "-", j))})
			}
		}
		each := func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
			for _, row := range l.rows {
				if err := yield(row.patient, row.stay, &row.check); err != nil {
					return err
				}
			}
			return nil
		}
		deidentified := NewDeidentifier(keyOf(5), lisbon, someDay).Profile()
		for name, p := range map[string]Profile{
			"lossless": {}, "spreadsheet": Profile{}.Spreadsheet(), "deidentified": deidentified, "both": deidentified.Spreadsheet(),
		} {
			var want, got strings.Builder
			n, err := p.Export(context.Background(), &want, each)
			if err != nil {
				t.Fatal(err)
			}
			l.kept = p.Kept()
			rows, err := p.ExportParts(context.Background(), &got, l, ExportOptions{})
			if err != nil || rows != n || got.String() != want.String() {
				t.Fatalf("%s: %d rows of %d, %v\n%s\n%s", name, rows, n, err, want.String(), got.String())
			}
		}
	})
}
