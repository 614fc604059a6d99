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
