package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"neurocheck/internal/csvlog"
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
		fmt.Fprintf(stderr, "neurocheck: %v\nRun '%s --help' to see how it is used.\n", wrong.error, cmd.CommandPath())
		return 2
	case errors.Is(err, errSaid):
	case errors.Is(err, syscall.EPIPE): // whoever read the output has had enough
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "neurocheck: stopped")
	default:
		fmt.Fprintf(stderr, "neurocheck: %s\n", words(err))
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
	return func(p csvlog.Problem) { fmt.Fprintln(w, p) }
}
