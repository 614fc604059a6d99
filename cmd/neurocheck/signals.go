package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/charmbracelet/x/term"
)

// grace is the time for which work that was asked to end may clean up. Then the program
// ends anyway, because the work may wait for something that never comes: the other end
// of a pipe, the lock of a program that was stopped, a disk that does not answer.
const grace = 1500 * time.Millisecond

// graceKey is the key of the grace in the context of the program.
type graceKey struct{}

// allow gives the work of this program more than [grace] to clean up.
func allow(ctx context.Context, most time.Duration) {
	if allowed, ok := ctx.Value(graceKey{}).(*atomic.Int64); ok {
		allowed.Store(int64(most))
	}
}

// untilSignal returns a context that ends when the program is asked to end. If it has
// not ended after [grace], or is asked a second time, it is ended at once. The log is
// safe at any moment, and the next start sweeps what is left.
func untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	allowed := new(atomic.Int64)
	allowed.Store(int64(grace))
	ctx, cancel := context.WithCancel(context.WithValue(ctx, graceKey{}, allowed))
	asked := make(chan os.Signal, 2)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(s) { // as nohup asks for
			signal.Notify(asked, s)
		}
	}
	restore := terminalAsItIs()
	go func() {
		select {
		case <-asked:
		case <-ctx.Done():
			return
		}
		cancel()
		select {
		case <-asked:
		case <-time.After(time.Duration(allowed.Load())):
		}
		restore()
		fmt.Fprintln(os.Stderr, "neurocheck: stopped")
		os.Exit(1)
	}()
	return ctx, func() {
		signal.Stop(asked)
		cancel()
	}
}

// terminalAsItIs returns a function that brings the terminal back into its present
// state: a prompt for a PIN and the screens change it.
func terminalAsItIs() (restore func()) {
	before, err := term.GetState(os.Stdin.Fd())
	if err != nil {
		return func() {}
	}
	return func() {
		now, err := term.GetState(os.Stdin.Fd())
		if err != nil || *now == *before {
			return
		}
		_ = term.Restore(os.Stdin.Fd(), before) // the program ends in any case
		if term.IsTerminal(os.Stdout.Fd()) {
			fmt.Fprint(os.Stdout, "\x1b[?1049l\x1b[?25h\x1b[?2004l\x1b[0m")
		}
	}
}
