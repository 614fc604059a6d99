package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/reading"
	"neurocheck/internal/report"
	"neurocheck/internal/ward"
)

func (a *app) handover() *cobra.Command {
	var patient, since string
	var who signIn
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "handover",
		Short: "Print what the next shift must know",
		Long: `Prints the handover to the next shift, patient by patient, the most urgent first:
how each one is and was, the flags and who accepted them, checks that were missed,
what was done, and what is due. It is plain text of 78 columns.

It is about the last 12 hours, or the time since --since. It holds names and
dates of birth.`,
		Example: `  neurocheck handover | lp
  neurocheck handover --since 19:00
  neurocheck handover --patient 0042317 --since 2026-03-14 --json`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.reading(cmd, who, func(ctx context.Context, in *opened) error {
				shift, err := in.shift(ctx, since, patient, ward.AuditEvent{Event: ward.ReadHandover}, in.log.HandoverCharts)
				if err != nil {
					return err
				}
				handed := ward.BuildHandover(&in.settings.Site, shift.charts, shift.from, shift.at)
				if asJSON {
					return answerRead(cmd, report.HandoverJSON(handed, shift.sheet))
				}
				return report.Handover(cmd.OutOrStdout(), handed, shift.sheet)
			})
		},
	}
	cmd.Flags().StringVar(&patient, "patient", "", "only the patient with this `MRN`")
	cmd.Flags().StringVar(&since, "since", "", "what happened from this `TIME`: 19:00 for the last time the ward's clock showed it, RFC 3339, or a date (default 12 hours ago)")
	who.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return cmd
}

// shiftStart reads --since. A time of day is the last one that is over: of an hour that comes
// twice the second, once that is over, and of one that never was today that of yesterday.
func shiftStart(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if text == "" {
		return now.Add(-ward.Shift), nil
	}
	if _, err := time.Parse("15:04", text); err == nil {
		y, m, d := now.In(zone).Date()
		for back := range 3 {
			day := time.Date(y, m, d-back, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			if r := reading.Time(day+" "+text, now, zone); r.OK() {
				return r.Value, nil
			}
		}
	}
	switch at, err := parseTime("--since", text, zone); {
	case err != nil:
		return at, wrongUse{errors.New("--since: write the time as 19:00 or 2026-03-14T09:05:00+01:00, or the date as 2026-03-14")}
	case at.After(now):
		return at, wrongUse{errors.New("--since is in the future")}
	default:
		return at, nil
	}
}

// shift is the part of the record that a handover or a report is about.
type shift struct {
	from, at time.Time
	charts   []ward.Chart
	sheet    report.Sheet
}

// chartsOf is [store.Store.Charts] or [store.Store.HandoverCharts].
type chartsOf func(ctx context.Context, patient int64, since time.Time) (charts []ward.Chart, seq int64, head string, err error)

// shift reads the record since a time that a flag names, of the patient with an MRN or of
// the whole ward, and records event about it first.
func (in *opened) shift(ctx context.Context, since, patient string, event ward.AuditEvent, read chartsOf) (sh shift, err error) {
	sh.at = now()
	if sh.from, err = shiftStart(since, sh.at, in.settings.Site.Zone); err != nil {
		return sh, err
	}
	if event.PatientID, err = patientID(ctx, in.log, patient); err != nil {
		return sh, err
	}
	if err := noteBy(ctx, in.log, in.sig, event); err != nil {
		return sh, err
	}
	sh.sheet = report.Sheet{Ward: in.ward, MadeBy: in.sig.By}
	sh.charts, sh.sheet.Seq, sh.sheet.Head, err = read(ctx, event.PatientID, sh.from)
	return sh, err
}
