package tui

import (
	"context"
	"slices"
	"sync"
	"time"

	"neurocheck/internal/service"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
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
	sized  chan struct{} // closed by the first size of the terminal

	people   map[string]*absent // those who locked, by name
	entered  bool               // a person has signed in since the start
	session  *service.Session
	taking   kit.Pending // work from another seat
	quitted  bool        // the person signed out
	reason   string      // for which the program ends
	disabled string      // the reason for which the next key locks

	wall walled

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
	end     func()    // ends the service, and waits for it
	failed  error     // the log cannot be read
	good    time.Time // the last time before that at which it was
}

// clock compares the clock of the machine with one that never jumps.
type clock struct {
	wall, steps time.Time // at the last tick
	until       time.Time // of the line about a jump
}

// failure is an error of the program, by its place in the code. The value of the panic
// may hold a patient's name, so it is not repeated.
type failure struct {
	code, at string
	when     time.Time
	fatal    bool
	drawing  string // the place of an error while drawing, which Update takes
}

// walled is the state of the display for a wall. It lies over the sign-in: the screens of
// the person who showed it are locked, so that no message of theirs can name a patient.
type walled struct {
	shown bool   // until a person signs in
	by    string // who showed it
	first bool   // the first person who signs in shows it
	open  bool   // the log has no PINs, so that there is no sign-in
	ward  ward.Ward
}

// begin takes the options of the program.
func (w *walled) begin(o *Wall) {
	if o != nil {
		*w = walled{by: o.By, first: o.By == "" && !o.Open, open: o.Open, ward: o.Ward}
	}
}

// begins reports whether the person who has just signed in shows the wall.
func (w *walled) begins() bool {
	first := w.first
	w.first = false
	return first
}

// isOpen reports whether a screen is on the stack.
func (r *root) isOpen(screen string) bool {
	return slices.ContainsFunc(r.stack.Screens(), func(s kit.Screen) bool { return r.places[s].Screen == screen })
}
