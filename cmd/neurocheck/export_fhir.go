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
	return e.fromSnapshot(ctx, s, sel, func(v *store.Snapshot) (int, error) { return e.writeFHIR(ctx, v, sel, s.Path()) })
}

func (e *exporting) writeFHIR(ctx context.Context, v *store.Snapshot, sel store.Selection, log string) (count int, err error) {
	o := fhir.Options{Made: now(), Since: sel.Since, Until: sel.Until}
	if o.Staff, err = v.Staff(ctx); err != nil {
		return 0, err
	}
	if o.Log, err = v.Origin(ctx); err != nil {
		return 0, err
	}
	shown := e.progress("patients")
	defer shown.end()
	patients, charts := 1, 0
	if shown != nil && sel.PatientID == 0 {
		if patients, err = v.CountPatients(ctx); err != nil {
			return 0, err
		}
	}
	write := func(w io.Writer) error {
		enc := fhir.NewNDJSON(w, o)
		if e.format == formatFHIR {
			enc = fhir.NewBundle(w, o)
		}
		err := v.EachChart(ctx, sel.PatientID, func(c *ward.Chart) error {
			if err := enc.Chart(c); err != nil {
				return err
			}
			charts++
			shown.show(charts, patients)
			return ctx.Err()
		})
		count = enc.Count()
		if err != nil {
			return err
		}
		err = enc.Close()
		count = enc.Count()
		return err
	}
	if e.toStandardOutput() {
		err = write(e.stdout)
		return count, err
	}
	err = wholefile.Write(e.output, wholefile.Options{Force: e.force, Log: log}, func(temp *os.File) error { return write(temp) })
	return count, err
}
