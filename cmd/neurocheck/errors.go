package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/ward"
)

// wrongUse is an error in how the program was called.
type wrongUse struct{ error }

// errSaid is a failure that has been said in full on the standard error.
var errSaid = errors.New("said already")

// exit says an error to a person and returns the exit status. It is the one
// place that does.
func exit(cmd *cobra.Command, err error) int {
	stderr := cmd.ErrOrStderr()
	var wrong wrongUse
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintf(stderr, "neurocheck: %s\nRun '%s --help' to see how it is used.\n", harmless(wrong.Error()), cmd.CommandPath())
		return 2
	case errors.Is(err, errSaid):
	case errors.Is(err, syscall.EPIPE): // whoever read the output has had enough
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "neurocheck: stopped")
	default:
		fmt.Fprintf(stderr, "neurocheck: %s\n", harmless(words(err)))
	}
	return 1
}

// words says an error of the operating system as a sentence; the others say what
// there is to do by themselves.
func words(err error) string {
	e, ok := errors.AsType[*fs.PathError](err)
	if !ok || err.Error() != e.Error() {
		return strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	what := map[string]string{"open": "open", "read": "read", "write": "write", "mkdir": "make the folder"}[e.Op]
	if what == "" {
		what = e.Op
	}
	where := e.Path
	switch where {
	case os.Stdout.Name():
		where = "to the standard output"
	case os.Stdin.Name():
		where = "the standard input"
	}
	return fmt.Sprintf("cannot %s %s: %v", what, where, e.Err)
}

// complain says problems of a file, one a line.
func complain(w io.Writer) func(csvlog.Problem) {
	return func(p csvlog.Problem) { fmt.Fprintln(w, harmless(fmt.Sprint(p))) }
}

// harmless makes what is said fit for a terminal: a file's name, or a flag, can hold
// escape sequences and marks that turn a line round. They are shown as Go writes
// them.
func harmless(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch one := string(r); {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], one):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n', r == ' ', ward.CleanLine(one) == one:
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}
