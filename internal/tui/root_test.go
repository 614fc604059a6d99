package tui

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/config"
	"neurocheck/internal/service"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/board"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/tui/round"
	"neurocheck/internal/ward"
)

// program lets a seat play keys through the root.
type program struct{ *root }

func (p program) Handle(msg tea.Msg) tea.Cmd {
	_, cmd := p.Update(msg)
	return cmd
}

func (p program) Frame() string { return p.View().Content }

func (p program) Desk() *desk.Desk { return p.d }

func (p program) Stack() *kit.Stack { return p.stack }

func (p program) News(patients []int64) tea.Msg {
	return news{Event: service.Event{House: true, Patients: patients}}
}

func (p program) Tick() tea.Msg { return tick{} }

func (p program) SetTheme(theme *kit.Theme) { p.page.Theme = theme }

// seats makes seats of one ward, each with a root of its own.
type seats struct {
	t     *testing.T
	log   *store.Store
	clock *desktest.Clock
	extra map[string]desk.Maker
	last  *root

	settings func(context.Context) (config.Settings, error)
}

func newSeats(t *testing.T) *seats {
	return &seats{t: t, log: desktest.Ward(t), clock: desktest.NewClock()}
}

func (w *seats) sit() *desktest.Seat {
	all := board.Screens()
	all[desk.SignIn] = func(d *desk.Desk, _ kit.Place) kit.Screen { return &door{d: d} }
	for _, name := range []string{desk.Form, desk.Patient, desk.Discharge, desk.Withdraw, desk.Handover, desk.Edit} {
		all[name] = func(_ *desk.Desk, to kit.Place) kit.Screen { return &note{to: to} }
	}
	maps.Copy(all, round.Screens())
	maps.Copy(all, w.extra)
	ids := 0
	return desktest.Around(w.t, w.log, w.clock, func(timer kit.Timer) desktest.Program {
		site := ward.DefaultSite()
		w.last = newSeat(w.t.Context(), Options{
			Store: w.log, Now: w.clock.Time, Site: site, PINs: desktest.PINs, Support: "call 4-1234", Settings: w.settings,
			NewID: func() string {
				ids++
				return fmt.Sprint("id", ids)
			},
		}, all, w.clock.Time, timer)
		return program{w.last}
	})
}

// door is a sign-in in which a figure signs a member of staff in.
type door struct {
	kit.Base
	d       *desk.Desk
	loading kit.Pending
	asked   string
	refused string
}

type people struct {
	ward  ward.Ward
	zone  *time.Location
	staff []ward.Staff
}

func (s *door) Init(h kit.Host) tea.Cmd {
	s.asked, s.refused = "", ""
	return desk.Load(s.d, h, &s.loading, "", func(ctx context.Context, log *store.Store) (p people, err error) {
		if p.ward, err = log.Ward(ctx); err == nil {
			p.zone, err = p.ward.Location()
		}
		if err == nil {
			p.staff, err = log.Staff(ctx)
		}
		return p, err
	})
}

func (s *door) Update(_ kit.Host, msg tea.Msg) tea.Cmd {
	if r, ok := msg.(kit.Result[people]); ok && kit.Take(&s.loading, r) && r.Err == nil {
		s.d.SetWard(r.Value.ward, r.Value.zone, r.Value.staff)
	}
	return nil
}

func (s *door) AskPIN(name string) { s.asked = name }
func (s *door) Refuse(line string) { s.refused = line }

func (s *door) Bindings() []kit.Binding {
	return []kit.Binding{kit.Bind("1 2 3 4 5", "sign in", "sign in", func(h kit.Host, k kit.Key) tea.Cmd {
		return s.d.Doors.Enter(h, s.d.People()[k.Name[0]-'1'])
	})}
}

func (s *door) Body(kit.Page) []string {
	lines := []string{"asked " + s.asked, s.refused}
	for i, m := range s.d.People() {
		line := fmt.Sprintf("%d %s", i+1, m.Name)
		if since, ok := s.d.Doors.Locked(m.Name); ok {
			line += " locked since " + s.d.Time(since)
		}
		lines = append(lines, line)
	}
	return lines
}

// note is a screen of a place on which a text can be typed. The text p makes it fail.
type note struct {
	kit.Base
	to   kit.Place
	text string
	load int
}

func (s *note) Init(kit.Host) tea.Cmd {
	s.load++
	return nil
}

func (s *note) Head(kit.Page) []string { return []string{" " + s.to.Screen + " of " + s.to.Subject} }
func (s *note) Body(kit.Page) []string { return []string{"text " + s.text} }

func (s *note) Unsaved() string {
	if s.text == "" {
		return ""
	}
	return s.to.Screen + " of " + s.to.Subject
}

func (s *note) Bindings() []kit.Binding {
	return []kit.Binding{
		kit.Bind("esc", "back", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) }),
		kit.Bind("k", "write", "write", func(kit.Host, kit.Key) tea.Cmd {
			s.text += "k"
			return nil
		}),
		kit.Bind("y", "", "fail", func(kit.Host, kit.Key) tea.Cmd { panic("OKAFOR, Ada") }),
		kit.Bind("z", "", "fail later", func(kit.Host, kit.Key) tea.Cmd {
			return tea.Batch(func() tea.Msg { panic("OKAFOR, Ada") }, func() tea.Msg { return nil })
		}),
	}
}

// Names of the staff by the order of the sign-in.
func signIn(s *desktest.Seat, name string) *desktest.Seat {
	for i := range s.Desk.People() {
		if s.Desk.People()[i].Name == name {
			return s.Press(fmt.Sprint(i + 1))
		}
	}
	return s
}

func TestLockKeepsTheWork(t *testing.T) {
	w := newSeats(t)
	s := w.sit()
	p := s.Ada()
	s.Sees("asked")
	signIn(s, desktest.Maria).Sees("1 on the ward", "Maria Santos", "OKAFOR, Ada")
	s.Press("n", "k", "k").Sees("form of "+desk.Subject(p.ID), "text kk")
	s.Press("ctrl+l").Sees("asked Maria Santos", "Maria Santos locked since 16:07").SeesNot("text kk", "OKAFOR")
	s.Press("ctrl+c").Sees("sign in first")
	if s.Quit {
		t.Error("ended from a locked screen")
	}
	signIn(s, desktest.Nair).Sees("1 on the ward", "Dr Priya Nair").SeesNot("text kk")
	s.Press("ctrl+c").Sees("Quit neurocheck, Dr Priya Nair?", "Locked since 16:07: Maria Santos, unsaved: form of")
	s.Press("ctrl+c").Sees("1 quits, 0 stays")
	s.Press("0", "ctrl+l")
	signIn(s, desktest.Maria).Sees("text kk")
	s.Wait(time.Second).Press("k").Sees("text kkk")
	s.Press("ctrl+c").Sees("Unsaved: form of").Press("1")
	if !s.Quit {
		t.Error("did not end")
	}
}

func TestTheKeyboardAtRestLocks(t *testing.T) {
	w := newSeats(t)
	s := w.sit()
	s.Ada()
	signIn(s, desktest.Maria)
	for range 4 {
		s.Wait(time.Minute).Tick().SeesNot("asked")
	}
	s.Press("down")
	s.Wait(4 * time.Minute).Tick().Sees("on the ward")
	s.Wait(time.Minute).Tick().Sees("asked Maria Santos")
}

// C9: the next key of a person whose name was disabled locks.
func TestDisabledName(t *testing.T) {
	w := newSeats(t)
	s := w.sit()
	s.Ada()
	signIn(s, desktest.Tomasz)
	err := w.log.ChangeStaff(t.Context(), ward.Sign(desktest.Grace, s.Now()), desktest.Tomasz, ward.Nurse, false)
	if err != nil {
		t.Fatal(err)
	}
	s.Tick().Sees("on the ward")
	s.Press("n").Sees("Your name was disabled by Grace Lin").SeesNot("OKAFOR")
}

func TestPlaces(t *testing.T) {
	w := newSeats(t)
	s := w.sit()
	ada, ida := s.Ada(), s.Ida()
	signIn(s, desktest.Maria)
	s.Burst("0042317").Sees("patient of " + desk.Subject(ada.ID))
	s.Press(":").Type("1b").Press("enter").Sees("patient of " + desk.Subject(ida.ID))
	s.Press("esc").Sees("on the ward") // the screens of two patients are not one above the other
	s.Burst("0042317").Press(":").Type("discharge").Press("enter").Sees("discharge of " + desk.Subject(ada.ID))
	s.Press(":").Type("1a").Press("enter").Sees("patient of " + desk.Subject(ada.ID)).Press("esc").Sees("on the ward")
	s.Press("n", "k", ":").Type("check 1b").Press("enter").Sees("form of " + desk.Subject(ida.ID))
	s.Press("esc").Sees("text k") // a form with answers is not replaced
	s.Press("esc", ":").Type("okafor").Press("enter").Sees("several patients: 1A OKAFOR, Ada, 1B OKAFOR, Ida")
	s.Press("esc", ":").Type("okafor ida").Press("enter").Sees("patient of " + desk.Subject(ida.ID))
	s.Press(":").Type("interval").Press("enter").Sees("no command, bed, number or name interval")
}

// The rows have their new order as soon as the head names it.
func TestTheBoardIsSortedAtOnce(t *testing.T) {
	s := newSeats(t).sit()
	ada := s.Ada()
	s.Ida()
	s.Record(ada, time.Minute, desktest.Tomasz)
	signIn(s, desktest.Maria)
	first := func() string { return strings.Split(s.Screen(), "\n")[4] }
	if got := first(); !strings.Contains(got, "1B") {
		t.Errorf("by urgency %q is the first row", got)
	}
	s.Press(":").Type("sort b").Send(desktest.KeyMsg("enter"))
	s.Sees("by bed")
	if got := first(); !strings.Contains(got, "1A") {
		t.Errorf("by bed %q is the first row:\n%s", got, s.Screen())
	}
}

func TestCommandLine(t *testing.T) {
	w := newSeats(t)
	w.extra = map[string]desk.Maker{desk.Interval: func(_ *desk.Desk, to kit.Place) kit.Screen { return &note{to: to} }}
	s := w.sit()
	s.Ada()
	s.Ida()
	signIn(s, desktest.Maria)
	s.Press(":").Type("interval").Press("enter").Sees(":interval: only a clinician may do this: Dr Nair, Dr Adeyemi")
	s.Press("esc", ":").Type("1").Sees("1A", "OKAFOR, Ada")
	s.Press("esc", ":").Type("sort b").Press("enter").Sees("the board is in the order of bed", "by bed")
	s.Press(":").Type("undo").Press("enter").Sees("no check was saved here in the last 2 minutes")
	s.Press("esc", ":").Type("withdraw").Press("enter").Sees("there is no check to withdraw")
	s.Press("esc", ":").Type("lock").Press("enter").Sees("asked Maria Santos")
}

func TestNextDue(t *testing.T) {
	w := newSeats(t)
	s := w.sit()
	ada, ida := s.Ada(), s.Ida()
	s.Record(ada, 20*time.Minute, desktest.Maria)
	signIn(s, desktest.Maria)
	s.Press("g").Sees("form of " + desk.Subject(ida.ID))
}

// ctrl+z leads to the question that withdraws a save, for two minutes.
func TestUndoOfASave(t *testing.T) {
	w := newSeats(t)
	s := w.sit()
	ada := s.Ada()
	signIn(s, desktest.Maria)
	s.Desk.JustSaved(desk.Saved{Patient: ada.ID, Check: "check-1", At: s.Now()})
	s.Press("ctrl+z").Sees("withdraw of " + desk.CheckSubject(ada.ID, "check-1"))
	s.Press("esc").Wait(3 * time.Minute)
	s.Press("ctrl+z").Sees("no check was saved here in the last 2 minutes")
}

// B4: nothing acts in a window that is too small, but locking and ending.
func TestSmallWindow(t *testing.T) {
	w := newSeats(t)
	s := w.sit()
	s.Ada()
	signIn(s, desktest.Maria)
	s.Size(70, 24).Sees("Make the window larger: it is 70×24, 80×24 is needed")
	s.Press("n", "n", "k")
	s.Size(80, 24).Sees("on the ward")
	s.Size(70, 24).Press("ctrl+c").Sees("Quit neurocheck, Maria Santos? Nothing is unsaved. ctrl+c again quits.").Press("1", "y", "enter")
	s.Size(80, 24).Sees("Quit neurocheck, Maria Santos?", "0 n stay")
	if s.Press("0"); s.Quit {
		t.Error("it quits unasked")
	}
	if s.Size(70, 24).Press("ctrl+c", "ctrl+c"); !s.Quit {
		t.Error("the second ctrl+c does not quit")
	}
	s.Size(70, 24).Press("ctrl+l").Size(80, 24).Sees("asked Maria Santos")
}

// An error of the program leads to the board; a second one soon after ends it. The text
// of the error is not shown, because it may hold a name.
func TestErrorOfTheProgram(t *testing.T) {
	w := newSeats(t)
	s := w.sit()
	s.Ada()
	signIn(s, desktest.Maria)
	s.Press("n", "y").Sees("on the ward", "Error "+w.last.failure.code+". Your draft is kept; call 4-1234").SeesNot("form of")
	s.Press("n", "y")
	if !s.Quit || !w.last.failure.fatal || strings.Contains(w.last.failure.at, "OKAFOR") {
		t.Errorf("%+v", w.last.failure)
	}
}

// An error in a command is one of the program, also in one of several.
func TestErrorOfACommand(t *testing.T) {
	w := newSeats(t)
	s := w.sit()
	s.Ada()
	signIn(s, desktest.Maria)
	s.Press("n", "z").Sees("on the ward", "Error "+w.last.failure.code+". Your draft is kept").SeesNot("form of")
	if at := w.last.failure.at; !strings.HasPrefix(at, "root_test.go:") {
		t.Errorf("at %q", at)
	}
}

func TestClockJump(t *testing.T) {
	w := newSeats(t)
	s := w.sit()
	signIn(s, desktest.Maria)
	steps := s.Now()
	w.last.steps = func() time.Time { return steps }
	s.Tick()
	steps = steps.Add(time.Second)
	s.Jump(s.Now().Add(-2 * time.Hour))
	s.Sees("This machine's clock jumped from 16:07 to 14:07. Check it before you record")
	steps = steps.Add(6 * time.Minute)
	s.Wait(6 * time.Minute).Press("down").Tick().SeesNot("clock jumped")
}

func TestBell(t *testing.T) {
	w := newSeats(t)
	s := w.sit()
	ada := s.Ada()
	s.Record(ada, 7*time.Hour+59*time.Minute, desktest.Maria)
	signIn(s, desktest.Maria)
	s.Tick()
	if len(s.Raw) != 0 {
		t.Error("rings at the sign-in")
	}
	s.Wait(time.Minute).Tick().Tick()
	if len(s.Raw) != 1 || w.last.View().WindowTitle != "(1 due) neurocheck" {
		t.Errorf("rang %d times, title %q", len(s.Raw), w.last.View().WindowTitle)
	}
}

// A follow-up that goes over time rings, too.
func TestBellForAFollowUp(t *testing.T) {
	w := newSeats(t)
	s := w.sit()
	s.Record(s.Ada(), 14*time.Minute, desktest.Maria, "consciousness=tactile")
	signIn(s, desktest.Maria)
	s.Tick()
	if len(s.Raw) != 0 {
		t.Error("rings at the sign-in")
	}
	s.Wait(time.Minute).Tick().Tick().Sees("WAITS")
	if line := strings.Split(s.Drawn(), "\n")[1]; len(s.Raw) != 1 || !strings.Contains(line, "\x1b[1;7m") {
		t.Errorf("rang %d times; the line of counts: %q", len(s.Raw), line)
	}
}

func TestConnection(t *testing.T) {
	w := newSeats(t)
	s := w.sit()
	signIn(s, desktest.Maria)
	s.Send(news{Event: service.Event{Read: true, Reading: ward.Unavailable("the server is away")}})
	s.Wait(2 * time.Minute).Tick().Sees("NO CONNECTION: board as of 16:07 (2 min). Due times still count; the server is")
	s.Send(news{Event: service.Event{Read: true}})
	s.SeesNot("NO CONNECTION")
}

// Each screen of this version is made by one package, and each command has a name of its
// own.
func TestScreensAndCommands(t *testing.T) {
	seen := map[string]bool{}
	for _, list := range screens {
		for name := range list() {
			if seen[name] {
				t.Errorf("two packages make %s", name)
			}
			seen[name] = true
		}
	}
	names := map[string]bool{}
	for _, c := range placeCommands {
		if names[c.name] {
			t.Errorf("two commands are called %s", c.name)
		}
		names[c.name] = true
	}
}
