// Package tui is the program of the screens: the root model, which alone knows all
// screens. The screens are in subpackages by area, built on package kit, and share
// package desk.
//
// Start with [Run]. model.go has the state of the model that Bubble Tea runs. root.go has
// its methods: it delivers messages to the desk and then to the stack of screens, and
// builds the view. screens.go lists the packages of screens, and places.go opens the screen
// that another one asked for. lock.go lets people in and locks; commands.go has the command
// line; keys.go the keys of every screen; wall.go shows the display for a wall; news.go the
// messages of package service; program.go runs the program, at a terminal or at a seat over
// SSH, and ending.go ends it; elsewhere.go goes on with work from another seat; recover.go
// goes on after an error of the program; frames.go paces the drawing.
package tui

import (
	"context"
	"os/signal"
	"syscall"
	"time"

	"neurocheck/internal/config"
	"neurocheck/internal/pin"
	"neurocheck/internal/service"
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

	// Service looks after the log for all sessions of a server; nil starts one for this
	// program alone. Sessions are those of the process; nil is this one alone.
	Service  *service.Service
	Sessions *service.Sessions
	// Seat is the label of the seat over SSH, and Only the one member whose key opened it;
	// empty if any member may sign in.
	Seat, Only string
	// Outside returns the command that brings a file to the person's own machine: the
	// arguments come after the name of the ward. It is set with Remote.
	Outside func(by, arguments string) string

	// Settings reads the settings in force with their source.
	Settings func(context.Context) (config.Settings, error)

	// Wall shows the display for a wall first; nil shows the ward.
	Wall *Wall

	// OpenDemo makes a demo ward, to try before a ward is set up; leave closes and
	// removes it. Nil if there is none to offer.
	OpenDemo func(context.Context) (s *store.Store, leave func() error, err error)
}

// Wall describes the session of a display for a wall.
type Wall struct {
	// By is the member of staff who gave the PIN on the command line. If it is empty, the
	// sign-in asks, unless Open is set.
	By string
	// Open is set for a log without PINs, which asks nothing: Ward is shown.
	Open bool
	Ward ward.Ward
}

// Run shows the ward until the user quits. A hang-up ends it as a key would. Forms keep
// each answer as a draft, so that nothing typed is lost.
func Run(ctx context.Context, o Options) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP)
	defer stop()
	return NewProgram(ctx, o).Run()
}
