package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"neurocheck/internal/config"
	"neurocheck/internal/seats"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// remote is the side of the server for a command that a client runs over SSH.
type remote struct {
	log      *store.Store
	by       string // the member of staff, who is known
	settings func(context.Context) (config.Settings, error)
}

// remoteFlags are the flags that a client may give. Those that name a file, or another
// person, are for the machine itself.
var remoteFlags = []string{"at", "deidentify", "dictionary", "events", "format", "help", "home", "json", "only", "patient", "profile", "since", "table", "until", "ward"}

// remoteCommand runs a command that only reads for a client, and returns its exit code.
func remoteCommand(ctx context.Context, r remote, c seats.Command) int {
	a := &app{remote: &r}
	root := &cobra.Command{Use: "neurocheck", SilenceErrors: true, SilenceUsage: true}
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(a.board(), a.export(), a.handover(), a.report())
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) (err error) {
		cmd.Flags().Visit(func(f *pflag.Flag) {
			if err == nil && !slices.Contains(remoteFlags, f.Name) {
				err = fmt.Errorf("over SSH there is no --%s: %s", f.Name, insteadOf(f.Name))
			}
		})
		if a.started = err == nil; !a.started {
			return err
		}
		return noEmptyNames(cmd)
	}
	root.SetArgs(c.Args)
	root.SetIn(strings.NewReader(""))
	root.SetOut(c.Stdout)
	root.SetErr(c.Stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil && !a.started {
		err = wrongUse{err}
	}
	return exit(cmd, c.Args, err)
}

// insteadOf says why a client does not give a flag.
func insteadOf(flag string) string {
	switch flag {
	case "by", "pin-file":
		return "the key of the seat says who you are"
	case "output", "force":
		return "the output comes to your own machine, and > puts it into a file there"
	}
	return "it names a file of the server"
}

// reader returns the signature of a caller who reads patients, and a context for the
// reading: the member of staff at a seat, or one who signs in here.
func (a *app) reader(ctx context.Context, s *store.Store, in signIn) (context.Context, ward.Signature, error) {
	if a.remote == nil {
		return reader(ctx, s, in)
	}
	m, err := s.StaffMember(ctx, a.remote.by)
	switch {
	case err != nil:
		return ctx, ward.Signature{}, err
	case !m.Active:
		return ctx, ward.Signature{}, notSignedIn(m.Name + " is no longer on the staff")
	}
	return store.ReadBy(ctx, m.Name), ward.Sign(m.Name, now()), ward.MayDo(m.Role, ward.MayRead)
}

// settingsFor returns the settings in force, as [settingsFor] does. A client names no file: it
// is that of the server.
func (a *app) settingsFor(ctx context.Context, cmd *cobra.Command, s *store.Store) (config.Settings, error) {
	if a.remote == nil {
		return settingsFor(ctx, cmd, s)
	}
	return takeSettings(ctx, cmd, s, a.remote.settings)
}
