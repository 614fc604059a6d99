package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"neurocheck/internal/ward"
)

// withoutTyped returns an error of the command line that repeats none of its words, unless
// one is nearly the name of a flag: any other may be the data of a patient, such as an MRN
// after a dash.
func withoutTyped(cmd *cobra.Command, args []string, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		if err := unknownBelow(cmd, args); err != nil {
			return err
		}
		name := unknown.GetSpecifiedName()
		if near := nearFlag(cmd.Flags(), name); near != "" && unknown.GetSpecifiedShortnames() == "" {
			return fmt.Errorf("unknown flag: --%s; did you mean --%s?", name, near)
		}
		return errors.New("unknown flag" + argumentOf(args, unknown))
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return fmt.Errorf("--%s takes %s", invalid.GetFlag().Name, kindOfValue(invalid.GetFlag().Value.Type()))
	}
	if _, ok := errors.AsType[*pflag.InvalidSyntaxError](err); ok {
		return errors.New("an argument that begins with -- is no flag")
	}
	return err
}

// unknownBelow returns the error about a word after a group of commands that is none of them,
// nil if there is none: its flags are unknown only because the word is.
func unknownBelow(cmd *cobra.Command, args []string) error {
	if !cmd.HasSubCommands() {
		return nil
	}
	_, rest, err := cmd.Root().Find(args)
	if err != nil {
		return nil
	}
	for i := 0; i < len(rest); i++ {
		if rest[i] == "--" {
			break
		}
		if !strings.HasPrefix(rest[i], "-") {
			return cmd.ValidateArgs(rest[i : i+1])
		}
		name := strings.TrimLeft(rest[i], "-")
		if f := cmd.Flags().Lookup(name); f != nil && f.NoOptDefVal == "" {
			i++ // the value of the flag
		}
	}
	return nil
}

// naming are the flags that choose a patient, a time, a file or a log. An empty value of any
// other flag clears a field, or is refused by its command.
var naming = strings.Fields("patient home person mrn new-mrn into apart since until at output all map errors template key-file key-out pin-file db config request since-record head")

// making are the flags of which - would be a file of that name.
var making = strings.Fields("all map errors template key-file key-out write")

// noEmptyNames refuses an empty value of a flag that chooses: it comes from a variable that a
// script did not set, and export --patient "$MRN" would write every patient.
func noEmptyNames(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if err == nil && f.Value.Type() == "string" && f.Value.String() == "" && slices.Contains(naming, f.Name) {
			err = wrongUse{fmt.Errorf("--%s has an empty value: give one, or leave the flag out", f.Name)}
		}
		if err == nil && f.Value.String() == "-" && slices.Contains(making, f.Name) {
			err = wrongUse{fmt.Errorf("--%s names a file or a folder, and is never the standard input or output", f.Name)}
		}
	})
	return err
}

// nearFlag returns the flag of which a name is a misspelling, empty if there is none.
func nearFlag(flags *pflag.FlagSet, name string) (near string) {
	flags.VisitAll(func(f *pflag.Flag) {
		d := ward.Distance([]rune(name), []rune(f.Name))
		if near == "" && !f.Hidden && d <= 2 && 3*d <= len(f.Name) {
			near = f.Name
		}
	})
	return near
}

// argumentOf returns the place of a flag on the command line.
func argumentOf(args []string, unknown *pflag.NotExistError) string {
	written := "--" + unknown.GetSpecifiedName()
	if group := unknown.GetSpecifiedShortnames(); group != "" {
		written = "-" + group
	}
	at := slices.IndexFunc(args, func(arg string) bool {
		name, _, _ := strings.Cut(arg, "=")
		return arg == written || name == written
	})
	if at < 0 {
		return ""
	}
	return fmt.Sprintf(": argument %d", at+1)
}

// kindOfValue names the values of a flag of a type of package pflag.
func kindOfValue(kind string) string {
	switch kind {
	case "bool":
		return "true or false"
	case "int", "int64", "uint", "count":
		return "a whole number"
	case "float64":
		return "a number"
	case "duration":
		return "a duration such as 12h"
	}
	return "another value"
}
