package main

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/report"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func (a *app) handover() *cobra.Command {
	var patient, since string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "handover",
		Short: "Print what the next shift must know",
		Long: `Prints what the next shift must know, patient by patient, the most worrying first:
how each one is and was, the flags and who has taken them, checks that were missed,
what was done, and what is due. It is plain text of 80 columns.

It tells of the last 12 hours, or of the time since --since. It holds names and
dates of birth.`,
		Example: `  neurocheck handover | lp
  neurocheck handover --since 19:00
  neurocheck handover --patient 0042317 --since 2026-03-14 --json`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			ctx, stop := untilSignal(cmd.Context())
			defer stop()
			settings, err := loadSettings(settingsPath(cmd))
			if err != nil {
				return err
			}
			s, err := a.openLog(ctx)
			if err != nil {
				return err
			}
			defer closing(s, &err)
			zone, err := wardZone(ctx, s)
			if err != nil {
				return err
			}
			stands := now()
			from, err := shiftStart(since, stands, zone)
			if err != nil {
				return err
			}
			charts, sheet, err := toHandOver(ctx, s, ward.CleanLine(patient), from)
			if err != nil {
				return err
			}
			sheet.MadeBy = "login " + login()
			handed := ward.Hand(&settings.Site, charts, from, stands, zone)
			if asJSON {
				return report.HandoverJSON(os.Stdout, handed, sheet)
			}
			return report.Handover(os.Stdout, handed, sheet)
		},
	}
	cmd.Flags().StringVar(&patient, "patient", "", "only the patient with this `MRN`")
	cmd.Flags().StringVar(&since, "since", "", "what happened from this `TIME`: 19:00 for the last time the ward's clock showed it, RFC 3339, or a date (default 12 hours ago)")
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
		err = wrongUse{fmt.Errorf("--since lies in the future")}
	}
	return at, err
}

// toHandOver reads the charts of everybody whom a handover may tell of, or of one
// patient, and the head of the record at which they stand.
func toHandOver(ctx context.Context, s *store.Store, mrn string, since time.Time) (charts []ward.Chart, sheet report.Sheet, err error) {
	w, err := s.Ward(ctx)
	if err != nil && ward.KindOf(err) != ward.KindNotFound {
		return nil, sheet, err
	}
	sheet.Ward = w.Name
	for range 10 { // reading again where somebody recorded something meanwhile
		_, head, err := s.Head(ctx)
		if err != nil {
			return nil, sheet, err
		}
		if charts, err = chartsOf(ctx, s, mrn, since); err != nil {
			return nil, sheet, err
		}
		if _, sheet.Head, err = s.Head(ctx); err != nil || sheet.Head == head {
			return charts, sheet, err
		}
	}
	return nil, sheet, ward.Conflict("the log changed all the time while it was read; try again")
}

func chartsOf(ctx context.Context, s *store.Store, mrn string, since time.Time) (charts []ward.Chart, err error) {
	seen := make(map[int64]bool)
	add := func(id int64) error {
		if seen[id] {
			return nil
		}
		seen[id] = true
		chart, err := s.Chart(ctx, id)
		charts = append(charts, chart)
		return err
	}
	if mrn != "" {
		p, err := s.PatientByMRN(ctx, mrn)
		if err != nil {
			return nil, err
		}
		return charts, add(p.ID)
	}
	board, err := s.Board(ctx, since)
	if err != nil {
		return nil, err
	}
	for _, b := range board {
		if err := add(b.Patient.ID); err != nil {
			return nil, err
		}
	}
	open, err := s.FollowUps(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range open {
		if err := add(f.Patient.ID); err != nil {
			return nil, err
		}
	}
	// Who was discharged since then had checks or events not long before.
	var left []int64
	discharged := func(p *ward.Patient) error {
		if !p.OnWard() && !p.DischargedAt.Before(since) {
			left = append(left, p.ID)
		}
		return nil
	}
	recent := store.Selection{Since: since.AddDate(0, -2, 0)}
	if err := s.EachCheck(ctx, recent, func(p *ward.Patient, _ *ward.Check) error { return discharged(p) }); err != nil {
		return nil, err
	}
	if err := s.EachEvent(ctx, recent, func(p *ward.Patient, _ *ward.Event) error { return discharged(p) }); err != nil {
		return nil, err
	}
	for _, id := range left {
		if err := add(id); err != nil {
			return nil, err
		}
	}
	return charts, nil
}

// login is who is at the keyboard as far as the machine knows.
func login() string {
	who, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return who.Username
}
