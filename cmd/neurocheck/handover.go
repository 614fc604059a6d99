package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/report"
	"neurocheck/internal/store"
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
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			ctx := cmd.Context()
			s, err := a.openLog(ctx)
			if err != nil {
				return err
			}
			defer closing(s, &err)
			ctx, sig, err := reader(ctx, s, who)
			if err != nil {
				return err
			}
			settings, err := settingsFor(ctx, cmd, s)
			if err != nil {
				return err
			}
			name, err := wardName(ctx, s)
			if err != nil {
				return err
			}
			at := now()
			from, err := shiftStart(since, at, settings.Site.Zone)
			if err != nil {
				return err
			}
			only, err := patientID(ctx, s, patient)
			if err != nil {
				return err
			}
			if err := noteBy(ctx, s, sig, ward.AuditEvent{Event: ward.ReadHandover, PatientID: only}); err != nil {
				return err
			}
			charts, seq, head, err := s.Charts(ctx, only, from)
			if err != nil {
				return err
			}
			sheet := report.Sheet{Ward: name, MadeBy: sig.By, Seq: seq, Head: head}
			handed := ward.BuildHandover(&settings.Site, charts, from, at)
			if asJSON {
				return report.HandoverJSON(os.Stdout, handed, sheet)
			}
			return report.Handover(os.Stdout, handed, sheet)
		},
	}
	cmd.Flags().StringVar(&patient, "patient", "", "only the patient with this `MRN`")
	cmd.Flags().StringVar(&since, "since", "", "what happened from this `TIME`: 19:00 for the last time the ward's clock showed it, RFC 3339, or a date (default 12 hours ago)")
	who.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return cmd
}

// shiftStart reads --since. A time of day is the last one that is over.
func shiftStart(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if text == "" {
		return now.Add(-ward.Shift), nil
	}
	clock, err := time.Parse("15:04", text)
	if err == nil {
		y, m, d := now.In(zone).Date()
		at := time.Date(y, m, d, clock.Hour(), clock.Minute(), 0, 0, zone)
		if at.After(now) {
			at = time.Date(y, m, d-1, clock.Hour(), clock.Minute(), 0, 0, zone)
		}
		return at, nil
	}
	at, err := parseTime("--since", text, zone)
	if err == nil && at.After(now) {
		err = wrongUse{fmt.Errorf("--since is in the future")}
	}
	return at, err
}

// wardName returns the name of the ward, "" if the log has no ward yet.
func wardName(ctx context.Context, s *store.Store) (string, error) {
	w, err := s.Ward(ctx)
	if ward.KindOf(err) == ward.KindNotFound {
		err = nil
	}
	return w.Name, err
}
