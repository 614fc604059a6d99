// Package desktest drives the screens of the ward in tests, as a person does: a [Seat]
// has a real log, a desk and a stack of screens; it plays keys at injected times, and
// reads the screen. Commands run at once.
//
// Start with [New] for a ward with staff and no patients, then [Seat.Admit] and
// [Seat.Record]; or with [Demo] for the demo ward. [Seat.SignIn] takes a member of staff
// without a sign-in screen, and [Seat.Go] opens a place. [Seat.Another] is a second
// terminal on the same log with the same clock.
package desktest

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// Now is the time at which the stories begin: Sunday, 29 November 2026, 16:07 in London,
// as in the drawings of the specification.
var Now = time.Date(2026, time.November, 29, 16, 7, 0, 0, time.UTC)

// Clock is the clock of all seats of a test. Only tests move it.
type Clock struct {
	at    atomic.Pointer[time.Time] // saves that run in the background read it, too
	seats []*Seat
}

// Seat is one terminal.
type Seat struct {
	*kit.Stack
	Desk   *desk.Desk
	Log    *store.Store
	Opened []kit.Place // the places that the screens asked for
	Quit   bool        // the program was asked to end
	Raw    []string    // control codes, such as the bell
	Theme  *kit.Theme

	t      testing.TB
	clock  *Clock
	timers []timer
	makers map[string]desk.Maker
	seen   int64        // the last record that the seat knows
	open   []ward.Draft // the forms of checks that it knows
	ids    int
	name   string
	width  int // of the window
	held   []tea.Msg
	hold   bool
	async  bool
	jobs   sync.WaitGroup
	mu     sync.Mutex // guards held while jobs run

	program Program
}

// Program is the root of the program, for a seat that plays keys through it: see
// [Around].
type Program interface {
	Init() tea.Cmd
	Handle(tea.Msg) tea.Cmd
	Frame() string
	Desk() *desk.Desk
	Stack() *kit.Stack // may be another one after an error of the program
	News(patients []int64) tea.Msg
	Tick() tea.Msg
	SetTheme(*kit.Theme)
}

type timer struct {
	at  time.Time
	msg tea.Msg
}

// Empty is the lowest screen of a seat in place of the board. Its keys do nothing.
type Empty struct{ kit.Base }

// Head implements [kit.Screen].
func (*Empty) Head(kit.Page) []string { return []string{" EMPTY"} }

// New returns a seat on a new ward with staff, without patients and without anybody
// signed in. makers are the screens that the test needs; any other place is only noted
// in Opened.
func New(t testing.TB, makers ...map[string]desk.Maker) *Seat {
	t.Helper()
	return On(t, Ward(t), NewClock(), makers...)
}

// Demo returns a seat on the demo ward.
func Demo(t testing.TB, makers ...map[string]desk.Maker) *Seat {
	t.Helper()
	return On(t, DemoWard(t, Now), NewClock(), makers...)
}

// On returns a seat on a log.
func On(t testing.TB, log *store.Store, clock *Clock, makers ...map[string]desk.Maker) *Seat {
	t.Helper()
	log.SetUptime(clock.uptime)
	s := &Seat{t: t, Log: log, clock: clock, makers: map[string]desk.Maker{}, Theme: kit.NewTheme(kit.Options{}), name: fmt.Sprint(len(clock.seats) + 1), width: kit.LeastWidth}
	for _, list := range makers {
		for name, m := range list {
			s.makers[name] = m
		}
	}
	clock.seats = append(clock.seats, s)
	site := ward.DefaultSite()
	s.Desk = desk.New(desk.Options{
		Log: log, Clock: func() time.Time { return clock.Time() }, Site: site, PINs: PINs, Support: "call 4-1234, day and night",
		NewID: func() string {
			s.ids++
			return fmt.Sprintf("id-%s-%d", s.name, s.ids)
		},
	})
	w, err := log.Ward(t.Context())
	must(t, err)
	zone, err := w.Location()
	must(t, err)
	people, err := log.Staff(t.Context())
	must(t, err)
	s.Desk.SetWard(w, zone, people)
	s.Desk.Doors.Poll = func(kit.Host) tea.Cmd { return s.poll }
	c := s.Desk.Config()
	c.After = s.after
	c.Requests = &kit.Requests{Context: t.Context()}
	c.Open = s.show
	var lowest kit.Screen = &Empty{}
	if m := s.makers[desk.Board]; m != nil {
		lowest = m(s.Desk, kit.Place{Screen: desk.Board})
	}
	s.Stack = kit.NewStack(c, lowest)
	s.learn()
	return s
}

// learn takes the records and the open forms of the log as known.
func (s *Seat) learn() {
	var err error
	s.seen, _, err = s.Log.Head(s.t.Context())
	must(s.t, err)
	s.open, err = s.Log.OpenChecks(s.t.Context())
	must(s.t, err)
}

// NewClock returns a clock that shows [Now].
func NewClock() *Clock {
	c := &Clock{}
	c.set(Now)
	return c
}

// uptime returns the time of the clock as that of a machine, because names wait by it.
func (c *Clock) uptime() ward.Uptime {
	return ward.Uptime{Boot: "test", For: time.Duration(c.Time().UnixMilli()) * time.Millisecond}
}

// Time returns the time of the clock.
func (c *Clock) Time() time.Time { return *c.at.Load() }

func (c *Clock) set(to time.Time) { c.at.Store(&to) }

// Around returns a seat that plays keys through a program on the log. make builds the
// program with the timer of the seat.
func Around(t testing.TB, log *store.Store, clock *Clock, make func(kit.Timer) Program) *Seat {
	t.Helper()
	log.SetUptime(clock.uptime)
	s := &Seat{t: t, Log: log, clock: clock, Theme: kit.NewTheme(kit.Options{}), name: fmt.Sprint(len(clock.seats) + 1), width: kit.LeastWidth}
	clock.seats = append(clock.seats, s)
	s.program = make(s.after)
	s.Desk, s.Stack = s.program.Desk(), s.program.Stack()
	s.Desk.Doors.Poll = func(kit.Host) tea.Cmd { return s.poll }
	s.learn()
	s.play(s.program.Init())
	return s
}

// Another returns a second terminal on the log of the first one, with the same clock.
func (s *Seat) Another() *Seat {
	s.t.Helper()
	return On(s.t, s.Log, s.clock, s.makers)
}

// SignIn takes a member of staff by the name and loads the board.
func (s *Seat) SignIn(name string) *Seat {
	s.t.Helper()
	i := slices.IndexFunc(s.Desk.People(), func(m ward.Staff) bool { return m.Name == name })
	if i < 0 {
		s.t.Fatalf("no member of staff is called %s", name)
	}
	s.Desk.SetUser(s.Desk.People()[i])
	s.tick()
	s.play(s.Desk.Reload(s.Stack))
	s.play(s.Desk.LoadKept(s.Stack))
	s.play(s.Init())
	return s
}

// Go opens a place, as a screen does.
func (s *Seat) Go(screen, subject string) *Seat {
	return s.GoTo(kit.Place{Screen: screen, Subject: subject})
}

// GoTo opens a place, as a screen does.
func (s *Seat) GoTo(to kit.Place) *Seat {
	s.tick()
	s.play(s.show(s.Stack, to))
	s.Wait(time.Second)
	return s
}

// show shows the screen of a place. The board closes all others.
func (s *Seat) show(h kit.Host, to kit.Place) tea.Cmd {
	s.Opened = append(s.Opened, to)
	make := s.makers[to.Screen]
	switch {
	case to.Screen == desk.Board:
		return s.Home()
	case make == nil:
		return nil
	}
	return h.Push(make(s.Desk, to))
}

// LastOpened returns the place that was asked for last.
func (s *Seat) LastOpened() kit.Place {
	if len(s.Opened) == 0 {
		return kit.Place{}
	}
	return s.Opened[len(s.Opened)-1]
}

func (s *Seat) after(wait time.Duration, msg tea.Msg) tea.Cmd {
	s.timers = append(s.timers, timer{s.clock.Time().Add(wait), msg})
	return nil
}

// Now returns the time of the clock in the ward's zone.
func (s *Seat) Now() time.Time { return s.clock.Time().In(s.Desk.Zone()) }

// Wait moves the clock of all seats and fires the timers that are due.
func (s *Seat) Wait(by time.Duration) *Seat {
	end := s.clock.Time().Add(by)
	for {
		var due *Seat
		at := -1
		for _, seat := range s.clock.seats {
			for i := range seat.timers {
				if t := seat.timers[i]; !t.at.After(end) && (due == nil || t.at.Before(due.timers[at].at)) {
					due, at = seat, i
				}
			}
		}
		if due == nil {
			break
		}
		fire := due.timers[at]
		due.timers = slices.Delete(due.timers, at, at+1)
		s.clock.set(fire.at)
		due.Send(fire.msg)
	}
	s.clock.set(end)
	return s
}

// Jump sets the clock, as a machine does whose clock was wrong.
func (s *Seat) Jump(to time.Time) {
	s.clock.set(to)
	s.Tick()
}

// Tick sends the tick of the clock and looks for changes of the log, as the program does
// once in a second.
func (s *Seat) Tick() *Seat {
	if s.program != nil {
		s.Send(s.program.Tick())
	} else {
		s.Send(desk.Tick{At: s.clock.Time()})
	}
	s.play(s.poll)
	return s
}

func (s *Seat) tick() { s.Desk.SetNow(s.clock.Time()) }

// poll looks for changes of the log. As in the program, one that cannot be reached has none.
func (s *Seat) poll() tea.Msg {
	patients, last, err := s.Log.Changed(s.t.Context(), s.seen)
	var open []ward.Draft
	if err == nil {
		open, err = s.Log.OpenChecks(s.t.Context())
	}
	if ward.KindOf(err) == ward.KindUnavailable {
		return nil
	}
	must(s.t, err)
	drafts := store.DraftsChanged(s.open, open)
	if last == s.seen && len(drafts) == 0 {
		return nil
	}
	patients = append(patients, drafts...)
	s.seen, s.open = last, open
	if s.program != nil {
		return s.program.News(patients)
	}
	return desk.Changed{Patients: patients}
}

// Send delivers a message and the results of the commands that it leads to.
func (s *Seat) Send(msg tea.Msg) {
	if s.program != nil {
		s.play(s.program.Handle(msg))
		s.Stack = s.program.Stack()
		return
	}
	s.tick()
	s.play(s.Desk.Update(s.Stack, msg))
	s.play(s.Update(msg, s.clock.Time()))
	s.play(s.Desk.Flush(s.Stack))
}

func (s *Seat) play(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if s.async {
		s.jobs.Go(func() {
			msg := cmd()
			s.mu.Lock()
			defer s.mu.Unlock()
			s.held = append(s.held, msg)
		})
		return
	}
	s.take(cmd())
}

func (s *Seat) take(msg tea.Msg) {
	if v := reflect.ValueOf(msg); v.IsValid() && v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
		for i := range v.Len() { // a batch, or a sequence
			s.play(v.Index(i).Interface().(tea.Cmd))
		}
		return
	}
	switch msg := msg.(type) {
	case nil:
	case tea.QuitMsg:
		s.Quit = true
	case tea.RawMsg:
		s.Raw = append(s.Raw, fmt.Sprint(msg.Msg))
	default:
		if s.hold {
			s.held = append(s.held, msg)
			return
		}
		s.Send(msg)
	}
}

// Hold keeps the results of commands back, until Release delivers them.
func (s *Seat) Hold() { s.hold = true }

// Release delivers the results that were held.
func (s *Seat) Release() {
	s.hold = false
	held := s.held
	s.held = nil
	for _, msg := range held {
		s.Send(msg)
	}
}

// Background runs commands at the same time as the keys, as the program does, until
// Finish waits for them and delivers their results.
func (s *Seat) Background() { s.async = true }

// Finish waits for the commands since Background and delivers their results.
func (s *Seat) Finish() *Seat {
	s.async = false
	s.jobs.Wait()
	held := s.held
	s.held = nil
	for _, msg := range held {
		s.take(msg)
	}
	return s
}

// Press plays keys as fingers do, a quarter of a second apart. A key is a character or a
// name: enter, esc, up, ctrl+s, f1, kp5.
func (s *Seat) Press(keys ...string) *Seat {
	s.t.Helper()
	for _, k := range keys {
		s.Send(KeyMsg(k))
		s.Wait(250 * time.Millisecond)
	}
	return s
}

// Type plays the characters of a text as fingers do.
func (s *Seat) Type(text string) *Seat { return s.Press(strings.Split(text, "")...) }

// Burst plays keys as a scanner does, 5 ms apart, with enter at the end.
func (s *Seat) Burst(text string) *Seat {
	for _, c := range strings.Split(text, "") {
		s.Send(KeyMsg(c))
		s.Wait(5 * time.Millisecond)
	}
	s.Send(KeyMsg("enter"))
	return s.Wait(250 * time.Millisecond)
}

// Paste delivers a paste.
func (s *Seat) Paste(text string) *Seat {
	s.Send(tea.PasteMsg{Content: text})
	return s.Wait(250 * time.Millisecond)
}

// Size sets the size of the window.
func (s *Seat) Size(width, height int) *Seat {
	s.width = width
	s.Send(tea.WindowSizeMsg{Width: width, Height: height})
	return s.Wait(time.Second)
}

// Drawn returns the screen with its styling.
func (s *Seat) Drawn() string {
	if s.program != nil {
		return s.program.Frame()
	}
	s.tick()
	return s.View(kit.Page{Theme: s.Theme})
}

// Screen returns the screen as text.
func (s *Seat) Screen() string { return ansi.Strip(s.Drawn()) }

// Sees fails the test if the screen lacks one of the texts.
func (s *Seat) Sees(texts ...string) *Seat {
	s.t.Helper()
	screen := s.Screen()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			s.t.Errorf("the screen does not show %q:\n%s", text, screen)
		}
	}
	return s
}

// SeesNot fails the test if the screen shows one of the texts.
func (s *Seat) SeesNot(texts ...string) *Seat {
	s.t.Helper()
	screen := s.Screen()
	for _, text := range texts {
		if strings.Contains(screen, text) {
			s.t.Errorf("the screen shows %q:\n%s", text, screen)
		}
	}
	return s
}

// Line returns the first line of the screen that holds a text.
func (s *Seat) Line(text string) string {
	for line := range strings.SplitSeq(s.Screen(), "\n") {
		if strings.Contains(line, text) {
			return line
		}
	}
	return ""
}

// Golden compares the screen with the golden files of the test in colour, without colour
// and in ASCII: testdata/NAME/colour.golden and so on. go test -update writes them.
func (s *Seat) Golden(name string) {
	s.t.Helper()
	run, ok := s.t.(*testing.T)
	if !ok {
		s.t.Fatal("goldens belong to tests")
	}
	before := s.Theme
	for kind, o := range map[string]kit.Options{"colour": {}, "plain": {NoColor: true}, "ascii": {NoColor: true, ASCII: true}} {
		run.Run(name+"/"+kind, func(t *testing.T) {
			s.look(kit.NewTheme(o))
			screen := []byte(s.Drawn())
			for i, line := range bytes.Split(screen, []byte("\n")) {
				if n := ansi.StringWidth(string(line)); n > s.width {
					t.Errorf("line %d takes %d cells", i+1, n)
				}
			}
			golden.RequireEqual(t, screen)
		})
	}
	s.look(before)
}

// look sets the looks of the terminal.
func (s *Seat) look(theme *kit.Theme) {
	s.Theme = theme
	if s.program != nil {
		s.program.SetTheme(theme)
	}
}

// KeyMsg makes the message of a key by its name.
func KeyMsg(name string) tea.KeyPressMsg {
	if name == "shift+tab" {
		return tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
	}
	if code, ok := codes[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if name == "space" {
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	if letter, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(letter)[0], Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

var codes = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp,
	"pgdown": tea.KeyPgDown, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "f1": tea.KeyF1,
	"kp0": tea.KeyKp0, "kp1": tea.KeyKp1, "kp2": tea.KeyKp2, "kp3": tea.KeyKp3, "kp4": tea.KeyKp4, "kp5": tea.KeyKp5,
	"kp6": tea.KeyKp6, "kp7": tea.KeyKp7, "kp8": tea.KeyKp8, "kp9": tea.KeyKp9,
	"kp-": tea.KeyKpMinus, "kp+": tea.KeyKpPlus, "kp*": tea.KeyKpMultiply, "kpenter": tea.KeyKpEnter,
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
