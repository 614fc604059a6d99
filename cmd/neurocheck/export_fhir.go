package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/charmbracelet/x/term"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/fhir"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// The values of export --format.
const (
	formatCSV        = "csv"
	formatFHIR       = "fhir"
	formatFHIRNDJSON = "fhir-ndjson"
)

// runFHIR exports as FHIR.
func (e *exporting) runFHIR(ctx context.Context, s *store.Store, sel store.Selection) error {
	n, err := endOf(ctx, s)
	if err != nil {
		return err
	}
	staff, err := s.Staff(ctx)
	if err != nil {
		return err
	}
	origin, err := s.Origin(ctx)
	if err != nil {
		return err
	}
	o := fhir.Options{Log: origin, Made: now(), Staff: staff, Since: sel.Since, Until: sel.Until}
	write := func(w io.Writer) (int, error) {
		enc := fhir.NewNDJSON(w, o)
		if e.format == formatFHIR {
			enc = fhir.NewBundle(w, o)
		}
		err := s.EachChart(ctx, sel.PatientID, func(c *ward.Chart) error {
			if err := enc.Chart(c); err != nil {
				return err
			}
			e.tell(enc.Count())
			return ctx.Err()
		})
		if err != nil {
			return enc.Count(), err
		}
		return enc.Count(), enc.Close()
	}
	count := 0
	if e.toStandardOutput() {
		count, err = write(os.Stdout)
	} else {
		count, err = csvlog.WholeFile(e.output, csvlog.ExportOptions{Force: e.force, Log: s.Path()}, write)
		if term.IsTerminal(os.Stderr.Fd()) {
			fmt.Fprint(os.Stderr, "\r\x1b[K")
		}
	}
	if err != nil {
		return e.taken(err)
	}
	return e.wrote(ctx, s, sel, plural(count, "resource", "resources"), n)
}

// tell says on a terminal how far the export to a file is.
func (e *exporting) tell(resources int) {
	if !e.toStandardOutput() && term.IsTerminal(os.Stderr.Fd()) {
		fmt.Fprintf(os.Stderr, "\r%d resources", resources)
	}
}
