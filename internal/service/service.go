// Package service does the work that belongs to a process and not to a screen: it looks
// for changes of the log and announces them, makes the daily copy, and keeps the
// downtime sheets up to date. It draws nothing and imports no screen.
//
// Start with [New] and [Service.Run]. A session of screens subscribes, and reads its
// [Feed]. [Sessions] know who is at which seat and which forms are open; [Session] has the
// idle clock by which a session locks, and [Turns] limit the PINs that are digested at once.
package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"neurocheck/internal/backup"
	"neurocheck/internal/config"
	"neurocheck/internal/downtime"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// Every is the time between two looks at the log, so that a change at another terminal is
// seen within two seconds.
const Every = time.Second

// Event is news for the screens.
type Event struct {
	// Patients are those about whom records were appended, or for whom a form of a check was
	// opened or closed.
	Patients []int64
	// Board is set with Patients, if it could be read: read once for all feeds after these
	// records. The reader of the feed may change it.
	Board *store.Roll
	// House is set if records were appended about the ward, its staff, PINs, seats, settings,
	// or the verdict on the log, or if the settings file is refused, or is not any more. A
	// sign-in is no news, because a shift that signs in would else let each seat read the staff
	// for each person.
	House bool
	// Reading is the state of the log: an error if it cannot be read. It is reported when
	// it begins and when it is over.
	Reading error
	// Read is set with Reading: the log was asked.
	Read bool
	// Upkeep is the error of the daily copy or of the downtime sheets; nil after a success.
	// Kept is set with it.
	Upkeep error
	Kept   bool
}

// Options are the parts that a service needs from outside.
type Options struct {
	Log   *store.Store
	Clock func() time.Time
	Ward  ward.Ward
	Site  ward.Site
	// Settings reads the settings again, after a record that is about no patient and now and
	// then; nil if they stay as Site has them.
	Settings func(context.Context) (config.Settings, error)
}

// Service looks after one log.
type Service struct {
	o    Options
	site atomic.Pointer[ward.Site] // the settings in force
	zone *time.Location
	poke chan struct{}

	mu    sync.Mutex
	feeds []*Feed

	boards boards

	seen   int64
	open   []ward.Draft // the forms of checks at the last look
	failed bool         // the last look failed

	settleBy time.Time // until when each look reads the settings; zero if they are those in force
	settled  time.Time // the last reading of the settings
	warning  string    // about the settings file, at that reading

	sheets downtime.Keeper
	work   chan struct{} // asks for maintenance
	ill    bool          // the last maintenance failed

	copied   ward.Date // the day of the last copy; mu guards it
	again    time.Time // at which maintenance that failed is tried again; mu guards it
	uncopied error     // of the copy of the day, until it is made
}

// New returns a service for a log. Records that it has already are no news.
func New(ctx context.Context, o Options) (*Service, error) {
	s := &Service{o: o, zone: o.Site.Zone, poke: make(chan struct{}, 1), work: make(chan struct{}, 1), boards: boards{log: o.Log, clock: o.Clock}}
	if s.zone == nil {
		s.zone = time.UTC
	}
	s.site.Store(&s.o.Site)
	s.sheets = downtime.Keeper{Store: o.Log}
	var err error
	if s.seen, _, err = o.Log.Head(ctx); err != nil {
		return s, err
	}
	s.open, err = o.Log.OpenChecks(ctx)
	return s, err
}

// Run works until the context ends. Before it returns, it brings the downtime sheets up
// to the last record.
func (s *Service) Run(ctx context.Context) {
	var maintenance sync.WaitGroup
	maintenance.Go(func() { s.keepUp(ctx) })
	ticks := time.NewTicker(Every)
	defer ticks.Stop()
	saves := s.o.Log.Saves(ctx)
	s.ask() // the sheets and the copy of today
	for {
		select {
		case <-ctx.Done():
			maintenance.Wait()
			if s.keeps() {
				_ = s.updateSheets(context.WithoutCancel(ctx)) // no screen is there for an error
			}
			return
		case <-ticks.C:
		case <-saves:
		case <-s.poke:
		}
		s.Look(ctx)
		if s.due() {
			s.ask()
		}
	}
}

func (s *Service) now() time.Time { return s.o.Clock().In(s.zone) }

// Poke makes the service look at the log at once, as after a save.
func (s *Service) Poke() {
	select {
	case s.poke <- struct{}{}:
	default: // one is waiting already
	}
}

// Look looks for changes and announces them.
func (s *Service) Look(ctx context.Context) {
	found, err := s.poll(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		if !s.failed {
			s.announce(Event{Read: true, Reading: err})
		}
		s.failed = true
	default:
		e := Event{Patients: found.patients, House: found.house, Read: s.failed}
		if found.house {
			s.settleBy = s.o.Clock().Add(patience)
		}
		if s.settles() && s.readSettings(ctx) {
			e.House = true
			s.ask()
		}
		if found.last != s.seen {
			s.ask()
		}
		s.failed, s.seen, s.open = false, found.last, found.open
		if len(e.Patients) > 0 {
			e.Board = s.boardForAll(ctx)
		}
		if len(e.Patients) > 0 || e.House || e.Read {
			s.announce(e)
		}
	}
}

// boardForAll reads the board for the feeds. If it cannot be read, each session reads it
// and says why it cannot.
func (s *Service) boardForAll(ctx context.Context) *store.Roll {
	s.mu.Lock()
	none := len(s.feeds) == 0
	s.mu.Unlock()
	if none {
		return nil
	}
	board, err := s.Board(ctx)
	if err != nil {
		return nil
	}
	return &board
}

// found is the outcome of a look at the log.
type found struct {
	last     int64 // the number of the last record
	open     []ward.Draft
	patients []int64 // those with a new record, or with a form that was opened or closed
	house    bool    // records about no patient
}

func (s *Service) poll(ctx context.Context) (f found, err error) {
	if err = s.o.Log.StillThere(); err != nil {
		return f, err
	}
	if f.last, _, err = s.o.Log.Head(ctx); err != nil {
		return f, err
	}
	if f.last != s.seen {
		if f.patients, f.last, err = s.o.Log.Changed(ctx, s.seen); err != nil {
			return f, err
		}
		if f.house, err = s.o.Log.HouseChanged(ctx, s.seen); err != nil {
			return f, err
		}
	}
	if f.open, err = s.o.Log.OpenChecks(ctx); err != nil {
		return f, err
	}
	for _, p := range store.DraftsChanged(s.open, f.open) {
		if !slices.Contains(f.patients, p) {
			f.patients = append(f.patients, p)
		}
	}
	return f, nil
}

// patience is the time for which a settings file may come into its place after its record:
// neurocheck config apply does both in this order. Another program of the ward may have a file
// of its own, which never does.
const patience = 10 * time.Second

// rereadEvery is the time between two readings of the settings if nothing is recorded: a file
// that is damaged, or repaired as it was before, makes no record.
const rereadEvery = time.Minute

// settles reports whether this look reads the settings. The first one does, because they may
// have changed since the process read them.
func (s *Service) settles() bool {
	now := s.o.Clock()
	since := now.Sub(s.settled)
	return now.Before(s.settleBy) || since < 0 || since >= rereadEvery
}

// readSettings takes the settings in force, and reports whether they, or the warning about
// their file, are other ones than before.
func (s *Service) readSettings(ctx context.Context) (changed bool) {
	if s.o.Settings == nil {
		return false
	}
	s.settled = s.o.Clock()
	now, inForce, err := config.InForce(ctx, s.o.Log, s.o.Settings)
	if err != nil {
		return false // the look says so if the log is away
	}
	if warning := now.Warning(s.zone); warning != s.warning {
		s.warning, changed = warning, true
	}
	if !inForce {
		return changed
	}
	s.settleBy = time.Time{}
	if config.Recorded(&now.Site) == config.Recorded(s.site.Load()) {
		return changed
	}
	s.site.Store(&now.Site)
	s.mu.Lock()
	s.copied = ward.Date{} // they may be the first ones that ask for copies
	s.mu.Unlock()
	return true
}

// ask asks for maintenance. Several requests while it works are one.
func (s *Service) ask() {
	select {
	case s.work <- struct{}{}:
	default:
	}
}

// keeps reports whether the log gets copies and sheets: a demo ward and a read-only log do
// not.
func (s *Service) keeps() bool {
	return s.o.Ward.Name != "" && !s.o.Ward.Synthetic && !s.o.Log.ReadOnly()
}

// keepUp makes the daily copy and the downtime sheets, apart from the looks at the log,
// because a copy takes seconds.
func (s *Service) keepUp(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.work:
		}
		if s.keeps() {
			s.Upkeep(ctx)
		}
	}
}

// tryAgain is the time after which maintenance that failed is tried again: a server, a share
// or the room on a disk may be back, and a quiet ward has no record that would ask for it.
const tryAgain = 10 * time.Minute

// due reports whether maintenance is due without a new record.
func (s *Service) due() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.again.IsZero() {
		return !s.now().Before(s.again)
	}
	return ward.DateOf(s.now()) != s.copied
}

// Upkeep makes the daily copy, unless today has one, and brings the downtime sheets up to
// the record. It announces failures, and the next success.
func (s *Service) Upkeep(ctx context.Context) {
	err := s.daily(ctx)
	if failed := s.updateSheets(ctx); err == nil {
		err = failed
	}
	if ctx.Err() == nil && (err != nil || s.ill) {
		s.announce(Event{Upkeep: err, Kept: true})
	}
	s.ill = err != nil
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.now(); err == nil {
		s.again = time.Time{}
	} else if !now.Before(s.again) {
		s.again = now.Add(tryAgain)
	}
}

// daily makes the copy of the day. Until one that failed is tried again, it returns the
// error of the last try, so that a save between does not hide it.
func (s *Service) daily(ctx context.Context) error {
	now := s.now()
	today := ward.DateOf(now)
	s.mu.Lock()
	copied, waits := s.copied == today, now.Before(s.again)
	s.mu.Unlock()
	if copied {
		return nil
	}
	if s.uncopied != nil && waits {
		return s.uncopied
	}
	made, err := backup.Daily(ctx, s.o.Log, today, s.site.Load().Backups.Keep)
	if err != nil {
		err = fmt.Errorf("the copy of the day could not be made: %w", err)
	}
	damaged := ward.TroubleOf(err) == ward.LogDamaged // that of tomorrow looks again: the verdict is noted
	err = errors.Join(err, s.noteVerdict(ctx, made != "", err))
	if s.uncopied = err; err == nil || damaged {
		s.uncopied = nil
		s.mu.Lock()
		s.copied = today
		s.mu.Unlock()
	}
	return err
}

// noteVerdict records what the copy found, because it verifies the record: damage stays
// known until an administrator has seen it.
func (s *Service) noteVerdict(ctx context.Context, whole bool, found error) error {
	damaged := ward.TroubleOf(found) == ward.LogDamaged
	if !whole && !damaged {
		return nil
	}
	words := ""
	if damaged {
		words = found.Error()
	}
	last, _, err := s.o.Log.Head(ctx)
	if err == nil {
		err = s.o.Log.NoteVerdict(ctx, ward.Sign(ward.Login("daily copy"), s.now()), words, last)
	}
	if damaged {
		return nil // a log in that state may take no record: the line on the screens is left
	}
	return err
}

func (s *Service) updateSheets(ctx context.Context) error {
	s.sheets.Site = s.site.Load()
	return s.sheets.Update(ctx, s.o.Clock())
}

// Subscribe returns a feed of the events from now on.
func (s *Service) Subscribe() *Feed {
	f := &Feed{service: s, news: make(chan struct{}, 1)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.feeds = append(s.feeds, f)
	return f
}

func (s *Service) announce(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.feeds {
		f.add(e)
	}
}

// Feed is the news of one session. Events that the session has not read yet are put
// together, so that a session that does not read delays no other.
type Feed struct {
	service *Service
	news    chan struct{}
	mu      sync.Mutex
	waiting Event
}

func (f *Feed) add(e Event) {
	f.mu.Lock()
	w := &f.waiting
	w.House = w.House || e.House
	for _, p := range e.Patients {
		if !slices.Contains(w.Patients, p) {
			w.Patients = append(w.Patients, p)
		}
	}
	if len(e.Patients) > 0 {
		w.Board = e.Board // none, if it could not be read: an earlier one lacks these records
	}
	if e.Read {
		w.Read, w.Reading = true, e.Reading
	}
	if e.Kept {
		w.Kept, w.Upkeep = true, e.Upkeep
	}
	f.mu.Unlock()
	select {
	case f.news <- struct{}{}:
	default:
	}
}

// Next waits for news. It reports false if the context ended.
func (f *Feed) Next(ctx context.Context) (Event, bool) {
	select {
	case <-ctx.Done():
		return Event{}, false
	case <-f.news:
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.waiting
	f.waiting = Event{}
	if e.Board != nil {
		own := ownCopy(*e.Board)
		e.Board = &own
	}
	return e, true
}

// Close ends the feed.
func (f *Feed) Close() {
	s := f.service
	s.mu.Lock()
	defer s.mu.Unlock()
	s.feeds = slices.DeleteFunc(s.feeds, func(other *Feed) bool { return other == f })
}
