package main

import (
	"context"
	"io"
	"os"

	"neurocheck/internal/fhir"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
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
	far := e.far("patients")
	patients, charts := 1, 0
	if far != nil && sel.PatientID == 0 {
		contents, err := s.Contents(ctx)
		if err != nil {
			return err
		}
		patients = contents.Patients
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
			charts++
			far.show(charts, patients)
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
		err = wholefile.Write(e.output, wholefile.Options{Force: e.force, Log: s.Path()}, func(temp *os.File) (err error) {
			count, err = write(temp)
			return err
		})
	}
	far.end()
	if err != nil {
		return e.taken(err)
	}
	return e.wrote(ctx, s, sel, plural(count, "resource", "resources"), n)
}
