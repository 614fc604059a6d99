// Package tui holds the screens of a ward's log: clinicians and nurses read it here, and
// record checks. It is the only package that imports Bubble
// Tea and Lip Gloss.
//
// Start with [Run]. Inside, app.go is the one root model: it keeps the stack of
// screens, hands a key to the screen on top and every result to all of them, and
// draws the frame round the top one. screen.go has the interface of a screen. Each screen
// has a file of its own, named as design and help name it; dialogs are screens
// that lie over another.
//
// Update decides and commands do: nothing here reads the log or a clock but
// inside a command, and every result says which request and which patient it
// belongs to, so that one that comes late is dropped and never shown under
// another patient.
package tui

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/pin"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// Options are the things that the screens need from outside.
type Options struct {
	Store *store.Store
	Now   func() time.Time // the only clock
	NewID func() string    // makes the ID of a new check
	ASCII bool             // draw with ASCII alone, for a terminal that has nothing else
	Site  ward.Site        // what this hospital has set
	PINs  *pin.Keeper      // digests and compares the PINs of the staff

	// SettingsError is the line about a settings file that is not used; empty if there
	// is none. Every screen shows it.
	SettingsError string

	// OpenDemo makes a demo ward, to try before a ward is set up; leave closes and
	// removes it. Nil if there is none to offer.
	OpenDemo func(context.Context) (s *store.Store, leave func() error, err error)
}

// refresh is how often the screens look at the clock and at the log: another
// terminal's change is seen within two seconds.
const refresh = time.Second

// Run shows the ward until the user quits. A hang-up ends it as a key would:
// every answer is kept as a draft when it is given, so nothing is lost.
func Run(ctx context.Context, o Options) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP)
	defer stop()
	a := newApp(ctx, o)
	a.tick = func() tea.Cmd {
		return tea.Tick(refresh, func(time.Time) tea.Msg { return clockMsg{o.Now()} })
	}
	defer func() {
		if a.leaveDemo != nil {
			_ = a.leaveDemo()
		}
	}()
	g := &guard{app: a}
	_, err := tea.NewProgram(g, tea.WithContext(ctx)).Run()
	if g.failed != "" {
		return fmt.Errorf("the program failed at %s; what was saved is safe, and a half-filled check is kept as a draft: start it again, and tell who looks after it", g.failed)
	}
	if a.keepsUp() && !a.upkeep.writing && a.upkeep.sheets.Store != nil { // a save may have been the last thing
		_ = a.upkeep.sheets.Update(context.WithoutCancel(ctx), o.Now()) // nobody is there to be told
	}
	switch {
	case errors.Is(err, tea.ErrInterrupted), ctx.Err() != nil:
		return nil
	case errors.Is(err, tea.ErrProgramPanic):
		return fmt.Errorf("the program failed; what was saved is safe, and a half-filled check is kept as a draft: %w", err)
	}
	return err
}
