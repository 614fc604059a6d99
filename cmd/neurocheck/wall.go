package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"neurocheck/internal/store"
	"neurocheck/internal/tui"
	"neurocheck/internal/ward"
)

func (a *app) wall() *cobra.Command {
	var who signIn
	cmd := &cobra.Command{
		Use:   "wall",
		Short: "Show beds, grades and due times on a wall, without names",
		Long: `Shows the beds of the ward on a screen for all to see: the grade, and the minutes to
the next check, or since it was due, in large figures. It shows no names, MRNs or
birth dates, and records nothing but that it was shown.

It asks who you are and for your PIN, on the screen or with --by, unless the log has
no staff with a PIN. Only a PIN leaves it.

It goes on while the log is away, and says since when.`,
		Example: `  neurocheck wall
  neurocheck wall --by 'Maria Santos'`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := needTerminal(); err != nil {
				return err
			}
			ctx := cmd.Context()
			s, err := a.openLog(ctx)
			if err != nil {
				return err
			}
			defer closing(s, &err)
			wall, err := wallSession(ctx, s, who)
			if err != nil {
				return err
			}
			settings, err := settingsFor(ctx, cmd, s)
			if err != nil {
				return err
			}
			return tui.Run(ctx, tui.Options{
				Store: s, Site: settings.Site, SettingsError: settings.Warning(settings.Site.Zone), Wall: &wall,
				PINs: pins(), Now: now, NewID: newID, ASCII: asciiOnly(), Env: os.Environ(),
				Settings: settingsReader(cmd, s),
			})
		},
	}
	who.flagsFor(cmd, "your `NAME`; the PIN is asked for before the wall shows, and not on the screen")
	return cmd
}

// wallSession signs in the person who shows the wall, and records that it is shown. If
// the sign-in screen is to ask, that screen does both.
func wallSession(ctx context.Context, s *store.Store, who signIn) (wall tui.Wall, err error) {
	open, err := s.WithoutPINs(ctx)
	if err != nil || !open && who.by == "" {
		return wall, err
	}
	_, sig, err := reader(ctx, s, who)
	if err != nil {
		return wall, err
	}
	if open {
		wall.Open = true
		if wall.Ward, err = s.Ward(ctx); ward.KindOf(err) == ward.KindNotFound {
			wall.Ward, err = ward.Ward{Name: "Ward without a name"}, nil
		}
		if err != nil {
			return wall, err
		}
	} else {
		wall.By = sig.By
	}
	return wall, noteBy(ctx, s, sig, ward.AuditEvent{Event: ward.ReadPatient, About: "wall"})
}
