package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/config"
	"neurocheck/internal/csvlog"
	"neurocheck/internal/report"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// counting holds the flags of neurocheck quality.
type counting struct {
	since, until  string
	asJSON, asCSV bool
}

func (a *app) quality() *cobra.Command {
	var c counting
	cmd := &cobra.Command{
		Use:   "quality",
		Short: "Count how well the ward keeps its watch, without patients and staff",
		Long: `Counts how well the ward keeps its watch, over all patients. It needs no sign-in,
because it names no patient and no person, and it writes nothing to the log.

Checks due, as the schedule stood then: with the settings, orders, reports and flags that
were known. A check counts from when it was performed, also if it was recorded late.
  on time       up to 30 min after it was due (early: more than 30 min before)
  late          later, and before the next one fell due; with the time by which
  not possible  ICE or CAPD was not done; with the reason
  missed        no check came before the next one fell due
  left          the patient left, more than 30 min after it was due
  still due     it is, for more than 30 min
The first check of an inferred admission was not due by it. If the ward heard of a stay late,
as by an import, none was due from the last check before that until then.

Times, in minutes: from the last normal check of the stay to the first flag; from the
opening or raising of a follow-up to its acceptance; and from the first grade of 2 or
more of an episode (its least grade) to the first steroid within 24 h. The median and the
90th percentile need 5 times; of fewer only the number is given.

Items assessed, of the checks that were done with the tool: all without a reason in unable.

A check that was due counts in the period in which it fell due, a follow-up in that in
which it was opened or raised, and everything else in that of the check.`,
		Example: `  neurocheck quality --since 2026-11-01 --until 2026-12-01
  neurocheck quality --json
  neurocheck quality --csv > quality.csv`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if c.asJSON && c.asCSV {
				return wrongUse{errors.New("--json and --csv are two forms of the same figures: name one")}
			}
			s, err := a.openToLook(cmd.Context())
			if err != nil {
				return err
			}
			defer closing(s, &err)
			return c.run(cmd, s)
		},
	}
	cmd.Flags().StringVar(&c.since, "since", "", "from this `TIME` on: RFC 3339, or a date for the start of that day on the ward")
	cmd.Flags().StringVar(&c.until, "until", "", "before this `TIME`")
	cmd.Flags().BoolVar(&c.asJSON, "json", false, "write one JSON object")
	cmd.Flags().BoolVar(&c.asCSV, "csv", false, "write CSV, with the columns of schema/quality.schema.json")
	return cmd
}

func (c *counting) run(cmd *cobra.Command, s *store.Store) error {
	ctx := cmd.Context()
	settings, err := settingsInForce(ctx, cmd, s)
	if err != nil {
		return err
	}
	zone := settings.Site.Zone
	since, err := parseTime("--since", c.since, zone)
	if err != nil {
		return err
	}
	until, err := parseTime("--until", c.until, zone)
	if err != nil {
		return err
	}
	if !until.IsZero() && !since.Before(until) {
		return wrongUse{errors.New("--until is not after --since")}
	}
	if since.After(now()) { // a wrong year would show a ward without any fault
		return wrongUse{errors.New("--since is in the future")}
	}
	name, err := wardName(ctx, s)
	if err != nil {
		return err
	}
	figures := ward.NewQuality(since, until, now())
	var seq int64
	var head string
	err = s.Snapshot(ctx, func(v *store.Snapshot) (err error) {
		if seq, head, err = v.Head(ctx); err != nil {
			return err
		}
		return countQuality(ctx, v, figures, &settings.Site)
	})
	switch {
	case err != nil:
		return err
	case c.asJSON:
		return answerRead(cmd, report.NewQuality(name, figures, seq, head, zone))
	case c.asCSV:
		return writeFigures(ctx, cmd.OutOrStdout(), figures)
	}
	return report.NewQuality(name, figures, seq, head, zone).WriteText(cmd.OutOrStdout())
}

// countQuality adds every patient of a log to the figures. site has the settings of today.
func countQuality(ctx context.Context, v *store.Snapshot, figures *ward.Quality, site *ward.Site) error {
	recorded, err := v.SettingsVersions(ctx)
	if err != nil {
		return err
	}
	then, changes := settingsThen(recorded, site)
	return v.EachChart(ctx, 0, func(chart *ward.Chart) error {
		figures.Add(chart, then, changes)
		return nil
	})
}

// settingsThen returns the settings that were in force at a time, and the times at which they
// changed. Before the first ones were recorded, those were in force; if none were, those of
// today.
func settingsThen(recorded []store.SettingsVersion, today *ward.Site) (then ward.SiteAt, changes []time.Time) {
	var sites []*ward.Site
	for _, r := range recorded {
		site, ok := config.FromRecord(r.Content)
		if !ok {
			continue
		}
		site.Zone = today.Zone
		sites, changes = append(sites, &site), append(changes, r.At)
	}
	if len(sites) == 0 {
		return func(time.Time) *ward.Site { return today }, nil
	}
	return func(t time.Time) *ward.Site {
		for i, from := range slices.Backward(changes) {
			if !t.Before(from) {
				return sites[i]
			}
		}
		return sites[0]
	}, changes
}

// writeFigures writes the figures as CSV.
func writeFigures(ctx context.Context, w io.Writer, figures *ward.Quality) error {
	list := figures.Figures()
	_, err := csvlog.Quality.Export(ctx, w, func(yield func(*ward.Figure) error) error {
		for i := range list {
			if err := yield(&list[i]); err != nil {
				return err
			}
		}
		return nil
	}, false)
	return err
}
