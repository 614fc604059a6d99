package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
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
		Short: "Try the demo ward: invented patients, gone afterwards",
		Long: `Shows a ward of twelve invented patients, which is gone afterwards. With --write it is
kept in a file, and nothing is shown; then --checks makes a ward with years of records,
with sixty patients now and that number of checks in all.`,
		Example: `  neurocheck demo
  neurocheck demo --write demo.db && neurocheck --db demo.db
  neurocheck demo --write years.db --checks 1000000`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			start, err := parseTime("--at", at, time.Local)
			if err != nil {
				return err
			}
			settings := settingsWithoutLog(cmd)
			years := cmd.Flags().Changed("checks")
			if years && (write == "" || checks < demo.LeastChecks) {
				return wrongUse{fmt.Errorf("--checks goes with --write, and is at least %d", demo.LeastChecks)}
			}
			ctx := cmd.Context()
			if cmd.Flags().Changed("write") {
				if start.IsZero() {
					start = now()
				}
				fill := demo.Fill
				if years {
					fill = func(ctx context.Context, s *store.Store, at time.Time) error {
						shown := onTerminal("checks")
						defer shown.end()
						return demo.FillYears(ctx, s, at, checks, shown.show)
					}
				}
				return writeDemo(ctx, write, start, fill)
			}
			return showDemo(ctx, start, settings.Site)
		},
	}
	cmd.Flags().StringVar(&write, "write", "", "keep the log in this `FILE`, which must not exist, and show nothing")
	cmd.Flags().IntVar(&checks, "checks", 0, "with --write: a ward of years with this `NUMBER` of checks")
	cmd.Flags().StringVar(&at, "at", "", "the `TIME` of the ward, instead of now: RFC 3339, or a date")
	return cmd
}

// showDemo shows a demo ward. If it is of another time than now, the clock starts at
// that time.
func showDemo(ctx context.Context, at time.Time, site ward.Site) (err error) {
	if err := needTerminal(); err != nil {
		return err
	}
	clock := now
	if !at.IsZero() {
		ahead := at.Sub(now())
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
	return tui.Run(ctx, tui.Options{Store: s, Site: site, Now: clock, NewID: newID, ASCII: asciiOnly(), Env: os.Environ(), PINs: pins()})
}

// openDemo makes a demo ward, to try before setting up a ward.
func openDemo(ctx context.Context) (*store.Store, func() error, error) {
	return newDemo(ctx, now())
}

// filling records a ward in an empty log, in its state at a time.
type filling func(ctx context.Context, s *store.Store, at time.Time) error

// newDemo makes a demo ward in a folder of its own.
func newDemo(ctx context.Context, at time.Time) (*store.Store, func() error, error) {
	s, leave, err := tempLog(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := demo.Fill(ctx, s, at); err != nil {
		return nil, nil, errors.Join(err, leave())
	}
	return s, leave, nil
}

// writeDemo makes a demo ward at path. The file appears whole or not at all.
func writeDemo(ctx context.Context, path string, at time.Time, fill filling) error {
	taken := ward.Conflict(path + " exists already; name a file that does not exist")
	switch {
	case store.OnServer(path):
		return fillServer(ctx, path, at, fill)
	case path == "":
		return wrongUse{errors.New("--write names no file")}
	case exists(path):
		return taken
	}
	err := store.CreateWith(ctx, path, func(s *store.Store) error { return fill(ctx, s, at) })
	if errors.Is(err, fs.ErrExist) {
		return taken
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(os.Stderr, "wrote a demo ward to %s; open it with neurocheck --db %s\n", harmless(path), harmless(path))
	return err
}

// fillServer makes a demo ward in an empty ward on a server: in a file first, so that the
// ward gets all of it or nothing.
func fillServer(ctx context.Context, name string, at time.Time, fill filling) (err error) {
	to, err := openAt(ctx, name)
	if err != nil {
		return err
	}
	defer closing(to, &err)
	s, leave, err := tempLog(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leave()) }()
	if err := fill(ctx, s, at); err != nil {
		return err
	}
	sig, err := administrator(ctx, s)
	if err != nil {
		return err
	}
	if _, err := s.CopyTo(ctx, sig, to, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(os.Stderr, "wrote a demo ward to %s\n", harmless(publicName(name)))
	return err
}

// administrator returns the signature of an administrator of a demo ward; that of the login
// if the ward has none.
func administrator(ctx context.Context, s *store.Store) (ward.Signature, error) {
	list, err := s.Staff(ctx)
	i := slices.IndexFunc(list, func(m ward.Staff) bool { return m.Role == ward.Admin && m.Active })
	if err != nil || i < 0 {
		return outside(), err
	}
	return ward.Sign(list[i].Name, now()), nil
}
