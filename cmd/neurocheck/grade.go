package main

import (
	"errors"
	"os"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/ward"
)

func (a *app) grade() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "grade [FILE|-]",
		Short: "Grade the checks of a CSV, without a log",
		Long: `Reads checks as CSV, and writes for each its score, its ICANS grade or the interval
in which the grade lies, the domains that made it, and its flag with the reasons.

The header may name any columns of schema/checks.schema.json in any order; only
tool is needed. A bad row is reported and left out, the others are graded, and the
exit code is 1.`,
		Example: `  neurocheck grade checks.csv
  neurocheck export | neurocheck grade --json`,
		Args: atMostOne,
		RunE: func(cmd *cobra.Command, args []string) error {
			in, name, err := input(args)
			if err != nil {
				return err
			}
			defer in.Close() // opened for reading only
			var shown *progress
			if !term.IsTerminal(os.Stdout.Fd()) { // else the output is there
				shown = onTerminal("MiB")
			}
			defer shown.end()
			say := complain(os.Stderr)
			bad, err := csvlog.Grade(cmd.Context(), followed(in, shown), name, os.Stdout, asJSON, func(p csvlog.Problem) {
				shown.end()
				say(p)
			})
			if err == nil && bad > 0 {
				err = unsuccessful{said{ward.Invalid("", plural(bad, "row was refused", "rows were refused"))}}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object a line")
	return cmd
}

func atMostOne(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return errors.New(cmd.Name() + " takes one file")
	}
	return nil
}

func justOne(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return errors.New(cmd.Name() + " takes one file; - is the standard input")
	}
	return nil
}
