package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/demo"
	"neurocheck/internal/store"
	"neurocheck/internal/tui"
	"neurocheck/internal/ward"
)

func (a *app) demo() *cobra.Command {
	var write, at string
	var checks int
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the ward on a made-up log that is gone afterwards",
		Long: `Shows the ward on a made-up log of twelve patients, which is gone afterwards. With
--write it is kept in a file, and nothing is shown; then --checks makes a ward that
has been kept for years, with sixty patients now and so many checks in all.`,
		Example: `  neurocheck demo
  neurocheck demo --write demo.db && neurocheck --db demo.db
  neurocheck demo --write years.db --checks 1000000`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			stands, err := parseTime("--at", at, time.Local)
			if err != nil {
				return err
			}
			settings, err := loadSettings(settingsPath(cmd))
			if err != nil {
				return err
			}
			years := cmd.Flags().Changed("checks")
			if years && (write == "" || checks < demo.LeastChecks) {
				return wrongUse{fmt.Errorf("--checks goes with --write, and is at least %d", demo.LeastChecks)}
			}
			ctx, stop := untilSignal(cmd.Context())
			defer stop()
			if cmd.Flags().Changed("write") {
				if stands.IsZero() {
					stands = now()
				}
				fill := demo.Fill
				if years {
					fill = func(ctx context.Context, s *store.Store, stands time.Time) error {
						far := onTerminal("checks")
						defer far.end()
						return demo.FillYears(ctx, s, stands, checks, far.show)
					}
				}
				return writeDemo(ctx, write, stands, fill)
			}
			return showDemo(ctx, stands, settings.Site)
		},
	}
	cmd.Flags().StringVar(&write, "write", "", "keep the log in this `FILE`, which must not exist, and show nothing")
	cmd.Flags().IntVar(&checks, "checks", 0, "with --write: a ward of years with this `NUMBER` of checks")
	cmd.Flags().StringVar(&at, "at", "", "the `TIME` at which the ward stands, instead of now: RFC 3339, or a date")
	return cmd
}

// showDemo shows a demo ward. Where it stands at another time than now, the clock
// starts there.
func showDemo(ctx context.Context, stands time.Time, site ward.Site) (err error) {
	if err := needTerminal(); err != nil {
		return err
	}
	clock := now
	if !stands.IsZero() {
		ahead := stands.Sub(now())
		clock = func() time.Time { return now().Add(ahead) }
	}
	s, leave, err := newDemo(ctx, clock())
	if err != nil {
		return err
	}
	defer func() {
		if left := leave(); err == nil {
			err = left
		}
	}()
	return tui.Run(ctx, tui.Options{Store: s, Site: site, Now: clock, NewID: newID, ASCII: asciiOnly(), PINs: pins()})
}

// openDemo makes a demo ward for whoever looks round before setting up their own.
func openDemo(ctx context.Context) (*store.Store, func() error, error) {
	return newDemo(ctx, now())
}

// filling makes a ward in an empty log, as it stands at a time.
type filling func(ctx context.Context, s *store.Store, stands time.Time) error

// newDemo makes a demo ward in a folder of its own.
func newDemo(ctx context.Context, stands time.Time) (*store.Store, func() error, error) {
	s, leave, err := inFolder(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := demo.Fill(ctx, s, stands); err != nil {
		return nil, nil, errors.Join(err, leave())
	}
	return s, leave, nil
}

// writeDemo makes a demo ward at path. It appears there whole or not at all.
func writeDemo(ctx context.Context, path string, stands time.Time, fill filling) error {
	taken := ward.Conflict(path + " is there already; name a file that does not exist")
	switch {
	case path == "":
		return wrongUse{errors.New("--write names no file")}
	case exists(path):
		return taken
	}
	err := store.Make(ctx, path, func(s *store.Store) error { return fill(ctx, s, stands) })
	if errors.Is(err, fs.ErrExist) {
		return taken
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(os.Stderr, "wrote a made-up ward to %s; look at it with neurocheck --db %s\n", harmless(path), harmless(path))
	return err
}
