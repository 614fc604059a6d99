package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// exporting is one export.
type exporting struct {
	patient      string
	since, until string
	output       string
	force        bool
	events       bool
}

func (a *app) export() *cobra.Command {
	var e exporting
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write checks of the log as CSV",
		Long: `Writes checks as CSV, one row a version of a check in the order of the record, with
the columns of schema/checks.schema.json. Nothing is lost: importing it into an
empty log and exporting again gives the same.

With --events it writes the interventions, reported symptoms and orders about the
schedule instead: a second file, with the columns of schema/events.schema.json.

The file holds names and dates of birth; it is made for its owner alone.`,
		Example: `  neurocheck export --output checks.csv
  neurocheck export --events --output events.csv
  neurocheck export --patient 0042317 --since 2026-03-01 | neurocheck grade`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			ctx, stop := untilSignal(cmd.Context())
			defer stop()
			s, err := a.openLog(ctx)
			if err != nil {
				return err
			}
			defer closing(s, &err)
			return e.run(ctx, s)
		},
	}
	cmd.Flags().StringVar(&e.patient, "patient", "", "only those of the patient with this `MRN`")
	cmd.Flags().StringVar(&e.since, "since", "", "only those performed at this `TIME` or later: RFC 3339, or a date for the start of that day on the ward")
	cmd.Flags().StringVar(&e.until, "until", "", "only those performed before this `TIME`")
	cmd.Flags().StringVarP(&e.output, "output", "o", "-", "the `FILE` to write; - is the standard output")
	cmd.Flags().BoolVar(&e.events, "events", false, "write interventions, reported symptoms and orders instead of checks")
	cmd.Flags().BoolVar(&e.force, "force", false, "replace the file where it is there already")
	return cmd
}

func (e *exporting) run(ctx context.Context, s *store.Store) error {
	sel, err := e.selection(ctx, s)
	if err != nil {
		return err
	}
	each := func(yield func(*ward.Patient, *ward.Check) error) error { return s.EachCheck(ctx, sel, yield) }
	events := func(yield func(*ward.Patient, *ward.Event) error) error { return s.EachEvent(ctx, sel, yield) }
	if e.output == "-" || e.output == "" {
		if e.events {
			_, err = csvlog.ExportEvents(ctx, os.Stdout, events)
		} else {
			_, err = csvlog.Export(ctx, os.Stdout, each, csvlog.ExportOptions{})
		}
		return err
	}
	o := csvlog.ExportOptions{Force: e.force, Log: s.Path()}
	if term.IsTerminal(os.Stderr.Fd()) && !e.events {
		if o.Total, err = s.CountChecks(ctx, sel); err != nil {
			return err
		}
		o.Progress = func(done, total int) { fmt.Fprintf(os.Stderr, "\r%d of %d rows", done, total) }
		defer fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
	rows := 0
	if e.events {
		rows, err = csvlog.ExportEventsFile(ctx, e.output, events, o)
	} else {
		rows, err = csvlog.ExportFile(ctx, e.output, each, o)
	}
	if errors.Is(err, fs.ErrExist) {
		return ward.Conflict(e.output + " is there already; name another file, or replace it with --force")
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(os.Stderr, "wrote %s to %s\n", plural(rows, "row", "rows"), e.output)
	return err
}

// selection turns the flags into what to read.
func (e *exporting) selection(ctx context.Context, s *store.Store) (sel store.Selection, err error) {
	if sel.PatientID, err = patientID(ctx, s, e.patient); err != nil {
		return sel, err
	}
	zone, err := wardZone(ctx, s)
	if err != nil {
		return sel, err
	}
	if sel.Since, err = parseTime("--since", e.since, zone); err != nil {
		return sel, err
	}
	sel.Until, err = parseTime("--until", e.until, zone)
	return sel, err
}

// wardZone returns the ward's time zone, UTC where the log has no ward yet.
func wardZone(ctx context.Context, s *store.Store) (*time.Location, error) {
	w, err := s.Ward(ctx)
	if ward.KindOf(err) == ward.KindNotFound {
		return time.UTC, nil
	}
	if err != nil {
		return nil, err
	}
	return w.Location()
}

// parseTime reads the time that a flag names; a date is the start of that day.
func parseTime(flag, text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, wrongUse{fmt.Errorf("%s: write the time as 2026-03-14T09:05:00+01:00, or the date as 2026-03-14", flag)}
	}
	return t, nil
}
