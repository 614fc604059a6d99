// Package desk holds the parts that all screens of the ward share: the log and the
// person at one keyboard, the names of the screens, the words for patients, checks and
// follow-ups, and the acts of loading and saving. It imports no screen; the root in
// package tui alone knows all screens.
//
// # A screen
//
// A screen is a [kit.Screen] that gets a *Desk from its constructor. A package of screens
// exports one function, from which the root learns them:
//
//	func Screens() map[string]desk.Maker {
//		return map[string]desk.Maker{desk.Patient: newPatient}
//	}
//
//	func newPatient(d *desk.Desk, to kit.Place) kit.Screen { … }
//
// A screen asks for another one by its name, and never builds one of another package:
//
//	h.Go(kit.Place{Screen: desk.Form, Subject: desk.Subject(id)})
//
// place.go lists the names, with the subject and the detail that each one takes.
//
// # Loading and saving
//
// [Load] and [Save] make the command; the result is a [kit.Result] that the screen takes
// with [kit.Take]. Save signs with the person who was at the keyboard when the key was
// pressed, at the time when the save runs:
//
//	cmd := desk.Load(d, h, &s.loading, to.Subject, func(ctx context.Context, log *store.Store) (ward.Chart, error) {
//		return log.Chart(ctx, id)
//	})
//	cmd := desk.Save(d, h, &s.saving, to.Subject, s.request, func(ctx context.Context, log *store.Store, sig ward.Signature) (store.Saved, error) {
//		return log.SaveCheck(ctx, sig, check)
//	})
//
// A screen makes the ID of a request with [Desk.NewID] when its question opens, and
// repeats it if the save is tried again.
//
// # The ward
//
// The desk keeps the board: [Desk.Board] has the state of each patient now, the most
// urgent first, and [Desk.History] the record behind it. After a change it has the new board,
// or has asked for it, before the screens get the message [Changed]. A screen about one patient
// loads its own chart, and loads it again if [Changed] concerns that patient.
//
// # Time
//
// [Desk.Now] is the time of the current message, in the ward's zone; Update and the
// drawing functions use it. Commands use [Desk.Clock].
package desk

import (
	"context"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/config"
	"neurocheck/internal/pin"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// Options are the parts that a desk needs from outside.
type Options struct {
	Log   *store.Store
	Clock func() time.Time // the only clock
	NewID func() string    // makes the IDs of checks and of requests
	Site  ward.Site
	PINs  *pin.Keeper
	// Support is the support line, such as "call 4-1234, day and night".
	Support string
	// Remote is set for a session over SSH, which writes no files.
	Remote bool
	// Outside returns the command that brings a file to the person's own machine. It is
	// set with Remote; the arguments come after the name of the ward.
	Outside func(by, arguments string) string
	// Only is the one member of staff who may sign in here, because the key of that member
	// opened the seat; empty if any may.
	Only string
	// Waiting returns the number of sign-ins that wait until their PIN is compared. Nil if
	// none ever waits.
	Waiting func() int
	// ReadBoard returns the function that reads the board now, for the sessions of a process
	// together. Nil, or a nil function, reads it for this one alone.
	ReadBoard func() func(context.Context) (store.Roll, error)
	// Settings reads the settings in force with their source, for the screen of the
	// settings. Nil if only the site is known.
	Settings func(context.Context) (config.Settings, error)
	// OpenDemo makes a demo ward, to try before a ward is set up; leave closes and
	// removes it. Nil if there is none to offer.
	OpenDemo func() (log *store.Store, leave func() error, err error)
}

// Desk is one keyboard with the person at it. All its methods but [Desk.Clock] and
// [Desk.NewID] belong to Update and View; a command takes the values that it needs with
// it.
type Desk struct {
	Options
	// Doors are the acts that only the root can do. The root sets them.
	Doors Doors
	// Order is the order of the board's rows.
	Order Order

	ward   ward.Ward
	people []ward.Staff
	user   ward.Staff
	site   *ward.Site
	zone   *time.Location
	now    time.Time

	roster    roster
	notices   [noticeCount]string
	saved     Saved
	visit     visit
	drafts    int64                  // the last revision
	onTheWay  map[checkKey]lateDraft // to the log, the newest of each form
	keptAt    time.Time              // when the log was last asked again to take them
	checks    map[checkKey]time.Time // the unsaved checks that this program knows, and their beginning
	wrote     *atomic.Bool           // a save has succeeded since the last message
	kept      map[formKey]*keptForm
	unwritten []unwritten // forms that the log does not have yet
	flushing  kit.Pending

	health   *health
	probing  kit.Pending
	probedAt time.Time
	missing  bool // the audit lacks readings so far
	noting   kit.Pending
	notedAt  time.Time

	counting   kit.Pending // of the inbox of the feed
	countedAt  time.Time
	countedFor string // the administrator
}

// Doors are the acts that need the whole stack of screens.
type Doors struct {
	// Enter lets a person in who has signed in: to the screens that they locked, else to
	// the board.
	Enter func(kit.Host, ward.Staff) tea.Cmd
	Lock  func(kit.Host) tea.Cmd
	Quit  func(kit.Host) tea.Cmd // asks first
	// Locked reports whether screens of a person are kept behind the lock, and since when.
	Locked func(name string) (since time.Time, ok bool)
	// InRound reports whether a round is open: its card takes the place of the board. Nil if
	// there are no rounds.
	InRound func() bool
	// Poll asks for changes of the log at once. The desk calls it after each save.
	Poll func(kit.Host) tea.Cmd
}

// New returns a desk without a user.
func New(o Options) *Desk {
	d := &Desk{Options: o, zone: time.UTC, wrote: new(atomic.Bool), health: new(health)}
	site := o.Site
	if site.Zone != nil {
		d.zone = site.Zone
	}
	d.site = &site
	d.now = o.Clock()
	if d.Log != nil {
		d.health.opened(d.Log.Trouble())
	}
	return d
}

// Ward returns the ward; its name is empty before the first run.
func (d *Desk) Ward() ward.Ward { return d.ward }

// SetWard takes a ward and its staff, as the sign-in has loaded them.
func (d *Desk) SetWard(w ward.Ward, zone *time.Location, people []ward.Staff) {
	d.ward, d.people = w, people
	if zone == nil {
		zone = time.UTC
	}
	d.zone = zone
	site := *d.site // commands read the old one
	site.Zone = zone
	d.site = &site
	d.roster.stale()
}

// People returns the staff, as the sign-in has loaded it last.
func (d *Desk) People() []ward.Staff { return d.people }

// Site returns the settings. A command may keep the pointer: a change of the settings
// makes another Site.
func (d *Desk) Site() *ward.Site { return d.site }

// SetSite takes other settings.
func (d *Desk) SetSite(site ward.Site) {
	site.Zone = d.zone
	d.site = &site
	d.roster.stale()
}

// Zone returns the time zone of the ward.
func (d *Desk) Zone() *time.Location { return d.zone }

// Now returns the time of the current message, in the ward's zone.
func (d *Desk) Now() time.Time { return d.now.In(d.zone) }

// SetNow sets the time of the current message. The root calls it before each message.
func (d *Desk) SetNow(t time.Time) { d.now = t }

// User returns the person at the keyboard; the name is empty before a sign-in.
func (d *Desk) User() ward.Staff { return d.user }

// SetUser takes the person at the keyboard. The root calls it.
func (d *Desk) SetUser(m ward.Staff) {
	d.user = m
	d.saved = Saved{}
	d.EndVisit()
	if m.Name != "" && d.Log != nil && d.Log.Owes() { // the sign-in may be one
		d.setMissing(true)
	}
}

// May returns the reason why the person at the keyboard lacks a permission, and the
// people who have it; empty if they may. It is the May of [kit.Config].
func (d *Desk) May(permission string) string {
	if permission == "" {
		return ""
	}
	return d.Refusal(ward.Permission(permission))
}

// Refusal is [Desk.May] for a permission of package ward.
func (d *Desk) Refusal(p ward.Permission) string {
	err := ward.MayDo(d.user.Role, p)
	if err == nil {
		return ""
	}
	reason := err.Error()
	names := ""
	for _, m := range d.people {
		if m.Active && m.Role != ward.Feed && ward.MayDo(m.Role, p) == nil {
			if names != "" {
				names += ", "
			}
			names += words.ShortName(m.Name)
		}
	}
	if names != "" {
		reason += ": " + names
	}
	return reason
}

// ReadOnly returns the reason why nothing can be recorded; empty if it can.
func (d *Desk) ReadOnly() string {
	if d.Log != nil && d.Log.ReadOnly() {
		return "READ-ONLY: this copy cannot record"
	}
	return ""
}
