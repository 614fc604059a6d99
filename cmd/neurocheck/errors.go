package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/ward"
)

// wrongUse is an error in the use of the program.
type wrongUse struct{ error }

// said is a failure whose words are on the standard error already.
type said struct{ error }

func (s said) Unwrap() error { return s.error }

// unsuccessful is a failure of the work as such, such as bad rows in grade: it exits
// with 1, whatever its kind.
type unsuccessful struct{ error }

func (u unsuccessful) Unwrap() error { return u.error }

// answered is a failure whose JSON is on the standard output already.
type answered struct{ error }

func (a answered) Unwrap() error { return a.error }

// needsAttention ends a command that is done, and has said what needs the attention of a
// person: it exits with 6.
type needsAttention struct{ error }

// exitCodes are the exit codes by kind of failure.
var exitCodes = [...]int{
	ward.KindInternal:    1,
	ward.KindUnavailable: 1,
	ward.KindUsage:       2,
	ward.KindInvalid:     3,
	ward.KindNotFound:    3,
	ward.KindConflict:    3,
	ward.KindQuestion:    4,
	ward.KindNotAllowed:  5,
}

// attentionExit is the exit code of [needsAttention].
const attentionExit = 6

// exitHelp is the table of exit codes for neurocheck help exit.
const exitHelp = `neurocheck exits with

  0  done, or nothing to do
  1  failed: a file, a disk, a lock, a damaged log; grade if a row is bad,
     verify if the record is not whole, check if its answers end before the save
  2  wrong use
  3  refused: the data break a rule, and nothing was kept
  4  a question for a person: the flags that answer it are in error.flags
  5  not signed in, or not allowed
  6  status, intake: done, and something needs attention

With --json a command writes one JSON object to the standard output, also if it
fails; words go to the standard error. records are the numbers of the records that
it appended, and the fields of the command itself follow:

  {"ok":true,"command":"patient transfer","exit":0,"recorded":1,"records":[353],
   "did":"transferred","patient":17,"stay":42,"there_already":false}
  {"ok":false,"command":"import","exit":3,
   "error":{"kind":"invalid","code":"rows_refused","message":"...","flags":[]},
   "problems":[{"code":"not_allowed","column":"ice_year","reason":"allowed: 0, 1",
   "count":5000,"lines":[2,3,4],"allowed":["0","1"]}],
   "problems_total":10000,"recorded":0}

audit and grade write one object a line, and the failure is the last one. If the
data themselves go to the standard output, --json is wrong use.

The kinds are usage (2), invalid, not_found, conflict (3), question (4),
not_allowed (5), unavailable and internal (1).
`

// helpExit is the help topic about exit codes.
func helpExit() *cobra.Command {
	return &cobra.Command{Use: "exit", Short: "Exit codes, and the JSON of a failure", Long: exitHelp}
}

// kindOf returns the kind of a failure.
func kindOf(err error) ward.Kind {
	if _, wrong := errors.AsType[wrongUse](err); wrong {
		return ward.KindUsage
	}
	kind := ward.KindOf(err)
	if _, file := errors.AsType[*fs.PathError](err); file && kind == ward.KindInternal {
		return ward.KindUnavailable
	}
	return kind
}

// exitCode returns the exit code of a failure, 0 for none.
func exitCode(err error) int {
	if err == nil {
		return 0
	}
	if _, ok := errors.AsType[needsAttention](err); ok {
		return attentionExit
	}
	if _, ok := errors.AsType[unsuccessful](err); ok {
		return 1
	}
	return exitCodes[kindOf(err)]
}

// exit reports a failure to the caller of the program, in words and, if --json asks
// for it, as JSON, and returns the exit code. It is the only place that does so.
func exit(cmd *cobra.Command, args []string, err error) int {
	if err == nil {
		return 0
	}
	if _, ok := errors.AsType[needsAttention](err); ok {
		return attentionExit
	}
	sayFailure(cmd, err)
	if _, done := errors.AsType[answered](err); !done && wantsJSON(cmd, args) && !errors.Is(err, syscall.EPIPE) {
		writeFailure(cmd, err)
	}
	return exitCode(err)
}

// sayFailure writes a failure to the standard error.
func sayFailure(cmd *cobra.Command, err error) {
	stderr := cmd.ErrOrStderr()
	wrong, isWrong := errors.AsType[wrongUse](err)
	_, isSaid := errors.AsType[said](err)
	switch {
	case isSaid, errors.Is(err, syscall.EPIPE): // the reader of the output has left
	case isWrong:
		fmt.Fprintf(stderr, "neurocheck: %s\nRun '%s --help' to see how it is used.\n", harmless(wrong.Error()), cmd.CommandPath())
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "neurocheck: stopped")
	default:
		fmt.Fprintf(stderr, "neurocheck: %s\n", harmless(words(err)))
	}
}

// wantsJSON reports whether the command line asks for JSON. If it was not understood,
// the flag may not have been read yet.
func wantsJSON(cmd *cobra.Command, args []string) bool {
	flag := cmd.Flags().Lookup("json")
	if flag == nil {
		return cmd.HasSubCommands() && slices.Contains(args, "--json") // the name of the command was mistyped
	}
	return flag.Value.String() == "true" || !flag.Changed && slices.Contains(args, "--json")
}

// words returns a failure as a sentence. Errors of the operating system are reworded;
// the others name the remedy already.
func words(err error) string {
	e, ok := errors.AsType[*fs.PathError](err)
	if !ok || err.Error() != e.Error() {
		return strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	did := map[string]string{"open": "open", "read": "read", "write": "write", "mkdir": "make the folder"}[e.Op]
	if did == "" {
		did = e.Op
	}
	path := e.Path
	switch path {
	case os.Stdout.Name():
		path = "to the standard output"
	case os.Stdin.Name():
		path = "the standard input"
	}
	return fmt.Sprintf("cannot %s %s: %v", did, path, e.Err)
}

// complain returns a function that writes each problem of a file as a line.
func complain(w io.Writer) func(csvlog.Problem) {
	return func(p csvlog.Problem) { fmt.Fprintln(w, harmless(fmt.Sprint(p))) }
}

// harmless makes a message fit for a terminal: the name of a file, or a flag, can hold
// escape sequences and marks that change the direction of a line. They are shown as Go
// writes them.
func harmless(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch one := string(r); {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], one):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n', r == ' ', ward.CleanLine(one) == one:
			b.WriteRune(r)
		case strconv.IsPrint(r): // invisible all the same
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}
