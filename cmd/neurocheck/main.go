// Command neurocheck is a ward's log of neuro checks after immune effector cell
// therapy: the screens, and the commands around them. Each subcommand has a file
// of its own that turns flags into calls and results into an exit code; the rules
// are in the packages under internal/. The clock and the randomness of the whole
// program enter here.
//
// The exit codes are in errors.go: see neurocheck help exit.
package main

import (
	"context"
	"crypto/rand"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	// If the reader of the output has left, writing it is then an error like any
	// other and not a sudden death.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := untilSignal(context.Background())
	code := execute(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// now is the clock of the whole program. The program never sets it: only its test
// binary does, before main, so that no test depends on the day it runs.
var now = time.Now

// newID makes the identity of a check.
func newID() string { return strings.ToLower(rand.Text()) }
