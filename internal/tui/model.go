package tui

import (
	"context"
	"sync"
	"time"

	"neurocheck/internal/service"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
)

// root is the model that Bubble Tea runs.
type root struct {
	ctx    context.Context
	o      Options
	d      *desk.Desk
	stack  *kit.Stack
	makers map[string]desk.Maker
	places map[kit.Screen]kit.Place // of the screens that were opened by a place
	page   kit.Page                 // the measure and the looks of the terminal
	look   kit.Options
	width  int
	height int

	people   map[string]*absent // those who locked, by name
	entered  bool               // a person has signed in since the start
	idle     service.Idle
	disabled string // the reason for which the next key locks

	quitting kit.Screen // the question of ctrl+c

	served  served
	clock   clock
	alerts  int
	counted bool // alerts were counted since the last sign-in
	failure failure
	frames  frames

	demo sync.Mutex // guards left, which a command sets
	left []func() error

	// live is false in tests: they move the clock and look for changes themselves.
	live  bool
	steps func() time.Time // the clock of the keys, which never jumps
	timer kit.Timer
}

// tick is the tick of the clock of the program.
type tick struct{}

// absent is a person who locked, with the screens that wait behind the lock.
type absent struct {
	since   time.Time
	screens []kit.Screen
	unsaved []string
}

// served is the log that a service looks after for this program.
type served struct {
	log     *store.Store
	ward    string
	service *service.Service
	feed    *service.Feed
	end     func() // ends the service, and waits for it
	failed  error  // the log cannot be read
	since   time.Time
}

// clock compares the clock of the machine with one that never jumps.
type clock struct {
	wall, steps time.Time // at the last tick
	until       time.Time // of the line about a jump
	drafts      time.Time // the last time that the board was read for drafts
}

// failure is an error of the program, by its place in the code. The value of the panic
// may hold a patient's name, so it is not repeated.
type failure struct {
	code, at string
	when     time.Time
	fatal    bool
	drawing  string // the place of an error while drawing, which Update takes
}
