package main

import (
	"context"

	"github.com/spf13/cobra"

	"neurocheck/internal/config"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// opened is the log of a command that reads patients.
type opened struct {
	log      *store.Store
	sig      ward.Signature // of the caller
	settings config.Settings
	ward     string // its name
}

// reading opens the log for a caller who may read patients, and closes it after do.
func (a *app) reading(cmd *cobra.Command, who signIn, do func(context.Context, *opened) error) (err error) {
	ctx := cmd.Context()
	s, err := a.openLog(ctx)
	if err != nil {
		return err
	}
	defer a.closing(s, &err)
	ctx, sig, err := a.reader(ctx, s, who)
	if err != nil {
		return err
	}
	in := opened{log: s, sig: sig}
	if in.settings, err = a.settingsFor(ctx, cmd, s); err != nil {
		return err
	}
	if in.ward, err = wardName(ctx, s); err != nil {
		return err
	}
	return do(ctx, &in)
}

// wardName returns the name of the ward, "" if the log has no ward yet.
func wardName(ctx context.Context, s *store.Store) (string, error) {
	w, err := s.Ward(ctx)
	if ward.KindOf(err) == ward.KindNotFound {
		err = nil
	}
	return w.Name, err
}
