// Package tui is the program of the screens: the root model, which alone knows all
// screens. The screens are in subpackages by area, built on package kit, and share
// package desk.
//
// Start with [Run]. model.go has the state of the model that Bubble Tea runs. root.go has
// its methods: it delivers messages to the desk and then to the stack of screens, and
// builds the view. screens.go lists the packages of screens, and places.go opens the screen
// that another one asked for. lock.go lets people in and locks; commands.go has the command
// line; keys.go the keys of every screen; news.go the messages of package service;
// recover.go goes on after an error of the program; frames.go paces the drawing.
package tui

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/config"
	"neurocheck/internal/pin"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// Options are the parts that the screens need from outside.
type Options struct {
	Store *store.Store
	Now   func() time.Time // the clock of the ward
	NewID func() string    // makes the IDs of checks and of requests
	ASCII bool             // the terminal draws nothing but ASCII
	Env   []string         // of the session, for its colours
	Site  ward.Site
	// SettingsError is the line about a settings file that is not used; empty if there is
	// none.
	SettingsError string
	Support       string // whom to call
	Remote        bool   // a session over SSH, which writes no files
	PINs          *pin.Keeper
	// Settings reads the settings in force with their source.
	Settings func(context.Context) (config.Settings, error)

	// OpenDemo makes a demo ward, to try before a ward is set up; leave closes and
	// removes it. Nil if there is none to offer.
	OpenDemo func(context.Context) (s *store.Store, leave func() error, err error)
}

// Run shows the ward until the user quits. A hang-up ends it as a key would. Forms keep
// each answer as a draft, so that nothing typed is lost.
func Run(ctx context.Context, o Options) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP)
	defer stop()
	r := newRoot(ctx, o)
	defer r.leave()
	r.frames.program = tea.NewProgram(r, tea.WithContext(ctx), tea.WithFPS(120))
	_, err := r.frames.program.Run()
	switch {
	case r.failure.fatal:
		return fmt.Errorf("the program failed: error %s at %s. Saved checks are safe, and an unsaved check is kept as a draft: start it again, and %s", r.failure.code, r.failure.at, r.d.Call())
	case errors.Is(err, tea.ErrInterrupted), ctx.Err() != nil:
		return nil
	case errors.Is(err, tea.ErrProgramPanic):
		return fmt.Errorf("the program failed; saved checks are safe, and an unsaved check is kept as a draft: %w", err)
	}
	return err
}
