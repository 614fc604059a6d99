package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/report"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func (a *app) board() *cobra.Command {
	var at string
	var who signIn
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "board",
		Short: "Print the board: every patient, the most urgent first",
		Long: `Prints the board of the ward: of every patient the last check, the next one, the
follow-up, and the alert with its reasons; the most urgent patient first, and
patients whose discharge is not confirmed last.

With --at it answers from the records that the log had at that time: an imported
check counts from its recorded_at.

It holds names.`,
		Example: `  neurocheck board
  neurocheck board --json --at 2026-11-29T16:07:00Z`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.reading(cmd, who, func(ctx context.Context, in *opened) error {
				zone := in.settings.Site.Zone
				then, err := parseTime("--at", at, zone)
				if err != nil {
					return err
				}
				if err := noteBy(ctx, in.log, in.sig, ward.AuditEvent{Event: ward.ReadPatient, About: "board"}); err != nil {
					return err
				}
				states, shown, err := boardAt(ctx, in.log, &in.settings.Site, then)
				if err != nil {
					return err
				}
				board := report.NewBoard(in.ward, states, shown, zone)
				if !asJSON {
					return board.WriteText(cmd.OutOrStdout())
				}
				return answerRead(cmd, board)
			})
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "the board at this `TIME` instead of now: RFC 3339, or a date for the start of that day on the ward")
	who.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return cmd
}

// boardAt returns the states of the patients at a time, from the records that the log
// had then; if the time is zero, the present ones. shown is the time of the states.
func boardAt(ctx context.Context, s *store.Store, site *ward.Site, at time.Time) (states []ward.PatientState, shown time.Time, err error) {
	if at.IsZero() {
		shown = now()
		histories, err := s.Board(ctx)
		if err != nil {
			return nil, shown, err
		}
		for i := range histories {
			states = append(states, ward.Watch(&histories[i], site, shown))
		}
		return states, shown, nil
	}
	charts, _, _, err := s.Charts(ctx, 0, at)
	if err != nil {
		return nil, at, err
	}
	for i := range charts {
		if h, known := charts[i].At(at, site); known {
			states = append(states, ward.Watch(&h, site, at))
		}
	}
	return states, at, nil
}
