package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"neurocheck/internal/tui"
)

// app holds the flags that the subcommands share.
type app struct {
	db       string // --db
	readOnly bool   // --read-only
	started  bool   // the command line was understood, and the work began
	remote   *remote
}

// execute runs the command line and returns the exit status.
func execute(ctx context.Context, args []string) int {
	a := &app{}
	return a.execute(ctx, a.root(), args)
}

// execute runs the command line of a root command.
func (a *app) execute(ctx context.Context, root *cobra.Command, args []string) int {
	root.SetArgs(args)
	out := &printed{Writer: root.OutOrStdout()}
	root.SetOut(out)
	cmd, err := root.ExecuteContextC(ctx)
	switch {
	case out.err != nil && (err == nil || !a.started):
		err = out.err
	case err != nil && !a.started:
		err = wrongUse{withoutTyped(cmd, args, err)}
	}
	return exit(cmd, args, err)
}

// printed is the standard output with its first error, which cobra drops when it writes help.
type printed struct {
	io.Writer
	err error
}

// Write implements [io.Writer].
func (p *printed) Write(b []byte) (int, error) {
	n, err := p.Writer.Write(b)
	if p.err == nil {
		p.err = err
	}
	return n, err
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "neurocheck",
		Short: "A ward's log of neuro checks, with ICANS grading",
		Long: `A ward's log of neuro checks after CAR-T and other immune effector cell therapy.
Without a command it shows the ward.

It supports judgement and does not replace it: it shows which finding made the
grade, and leaves the diagnosis to a clinician.

The log is the file named with --db, else with NEUROCHECK_DB, else
neurocheck/neurocheck.db in $XDG_DATA_HOME (~/.local/share). It may be a ward on a
PostgreSQL server: see neurocheck help postgres. A site's settings are in
its settings file: see neurocheck config.`,
		Example: `  neurocheck
  neurocheck --db /srv/ward/neurocheck.db
  neurocheck --db /mnt/copy/neurocheck.db --read-only
  neurocheck demo`,
		Args:          none,
		Version:       version(),
		SilenceErrors: true, // exit writes them
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			a.started = true
			return noEmptyNames(cmd)
		},
		RunE: a.ward,
	}
	root.SetVersionTemplate("neurocheck {{.Version}}\n")
	root.PersistentFlags().StringVar(&a.db, "db", "", "the log, a `FILE`, or a ward on a server: postgres://HOST/DATABASE?ward=WARD")
	root.PersistentFlags().String("config", "", "the site's settings, a TOML `FILE`")
	root.Flags().BoolVar(&a.readOnly, "read-only", false, "look at a log without being able to change it")
	root.AddCommand(a.board(), a.check(), a.grade(), a.importer(), a.export(), a.verify(), a.audit(), a.handover(), a.report(),
		a.staff(), a.seat(), a.serve(), a.wall(), a.backup(), a.restore(), a.copy(), a.config(), a.demo(), a.status(), a.quality(), a.patient(), a.intake(), a.wards(), helpExit(), helpKiosk(), helpPostgres())
	root.AddCommand(packagingCommands()...)
	explainServe(root)
	a.completeValues(root)
	onlyKnownTopics(root)
	return root
}

// onlyKnownTopics has help refuse a command or topic that does not exist: it would print the
// help of the whole program and end well, as if the word were right.
func onlyKnownTopics(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, help := range root.Commands() {
		if help.Name() != "help" {
			continue
		}
		help.Args = func(_ *cobra.Command, args []string) error {
			found, rest, err := root.Find(args)
			if err != nil || len(rest) == 0 {
				return err
			}
			return none(found, rest)
		}
	}
}

// none refuses arguments: for the root they are commands that do not exist.
func none(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case cmd.HasParent() && cmd.HasSubCommands():
		var names []string
		for _, c := range cmd.Commands() {
			names = append(names, c.Name())
		}
		return fmt.Errorf("%s has no such command; there are %s", cmd.Name(), strings.Join(names, ", "))
	case cmd.HasParent():
		return fmt.Errorf("%s takes no argument", cmd.Name())
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("there is no command %q; did you mean %s?", args[0], near[0])
	}
	return errors.New("there is no such command")
}

// ward shows the ward.
func (a *app) ward(cmd *cobra.Command, _ []string) (err error) {
	if err := needTerminal(); err != nil {
		return err
	}
	ctx := cmd.Context()
	s, err := a.wardLog(ctx)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	settings, err := settingsFor(ctx, cmd, s)
	if err != nil {
		return err
	}
	return tui.Run(ctx, tui.Options{
		Store: s, Site: settings.Site, SettingsError: settings.Warning(settings.Site.Zone),
		PINs: pins(), Now: now, NewID: newID, ASCII: asciiOnly(), Env: os.Environ(), OpenDemo: openDemo,
		Settings: settingsReader(cmd, s),
	})
}
