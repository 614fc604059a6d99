package session

import (
	"context"
	"errors"
	"regexp"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// firstRun offers to set up the ward of a new log, or to try the demo ward.
type firstRun struct {
	kit.Base
	d       *desk.Desk
	opening kit.Pending
}

func newFirstRun(d *desk.Desk, _ kit.Place) kit.Screen { return &firstRun{d: d} }

// Head implements [kit.Screen].
func (s *firstRun) Head(p kit.Page) []string { return title(s.d, p) }

// Body draws the two ways to begin.
func (s *firstRun) Body(p kit.Page) []string {
	if s.opening.Waiting() {
		return []string{"", "  loading…"}
	}
	lines := []string{
		"", "  This log is new. How do you want to begin?", "",
		"   " + p.Strong.Render("1") + "  set up this ward: its name, its time zone, and you, its administrator",
		"   " + p.Strong.Render("2") + "  try the demo ward: invented patients, nothing is kept",
	}
	return above(p, lines, []string{"  " + p.Faint.Render(disclaimer)})
}

// Bindings implements [kit.Screen].
func (s *firstRun) Bindings() []kit.Binding {
	setUp := kit.Bind("1", "set up this ward", "set up this ward", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Push(newSetUp(s.d, s)) }).Recording("")
	demo := kit.Bind("2", "try the demo ward", "try the demo ward: invented patients", func(h kit.Host, _ kit.Key) tea.Cmd { return s.open(h) })
	setUp.Answer, demo.Answer = true, true
	quit := kit.Bind("ctrl+c", "quit", "quit", func(h kit.Host, _ kit.Key) tea.Cmd { return s.d.Doors.Quit(h) }).If(s.d.Doors.Quit != nil, "there is nothing to quit")
	quit.Always = true
	return []kit.Binding{setUp, demo.If(s.d.OpenDemo != nil, "there is no demo ward here"), quit}
}

// demoWard is a demo ward that was opened. The root closes it, because it made the
// function that opens it.
type demoWard struct{ log *store.Store }

func (s *firstRun) open(h kit.Host) tea.Cmd {
	make := s.d.OpenDemo
	return desk.Load(s.d, h, &s.opening, "", func(context.Context, *store.Store) (demoWard, error) {
		log, _, err := make()
		return demoWard{log}, err
	})
}

// Update implements [kit.Screen].
func (s *firstRun) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	r, ok := msg.(kit.Result[demoWard])
	if !ok || !kit.Take(&s.opening, r) {
		return nil
	}
	if r.Err != nil {
		h.Fail(desk.Words(r.Err))
		return nil
	}
	s.d.Log = r.Value.log
	return s.begin(h)
}

// begin goes to the sign-in of the ward that the log has now.
func (s *firstRun) begin(h kit.Host) tea.Cmd {
	return tea.Batch(h.Close(s), func() tea.Msg { return desk.Changed{All: true} })
}

// setUp names the ward, its time zone and the first person, who is its administrator and
// chooses a PIN.
type setUp struct {
	kit.Base
	kit.Form
	d       *desk.Desk
	under   *firstRun
	lines   []kit.Line
	reading kit.Pending
	saving  kit.Pending
}

func newSetUp(d *desk.Desk, under *firstRun) *setUp {
	s := &setUp{d: d, under: under}
	line := func(id, label string, check func(string) string) kit.Line {
		return kit.Line{ID: id, Label: label, Editor: kit.Plainly(kit.NewText("", 60), check)}
	}
	s.lines = []kit.Line{
		line("ward", "Name of the ward", needed("missing: such as Haematology 4")),
		line("zone", "Time zone", zoneFault),
		line("staff", "Your name", s.nameFault),
	}
	s.lines = append(s.lines, pinLines(func() string { return s.Value("staff") })...)
	s.Last = func(h kit.Host, _ kit.Key) tea.Cmd { return s.check(h) }
	s.SetLines(s.lines)
	return s
}

func needed(missing string) func(string) string {
	return func(text string) string {
		if ward.CleanLine(text) == "" {
			return missing
		}
		return ""
	}
}

// zoneName has the characters of time zones, such as EST5EDT and America/Port-au-Prince. A
// name of a person has a space.
var zoneName = regexp.MustCompile(`^[A-Za-z0-9_+/-]+$`)

// zoneFault refuses what is no name of a time zone as the line is left, so that the next
// lines are not typed one too high: a PIN would show. Whether the zone exists is asked later,
// because that reads a file.
func zoneFault(text string) string {
	text = ward.CleanLine(text)
	if fault := needed("missing: such as Europe/London, America/New_York or UTC")(text); fault != "" {
		return fault
	}
	if !zoneName.MatchString(text) {
		return ward.NoSuchZone
	}
	return ""
}

func (s *setUp) nameFault(text string) string {
	if e, refused := errors.AsType[*ward.Error](s.first(text).Validate()); refused {
		return e.Reason
	}
	return ""
}

// first returns the first member of staff.
func (s *setUp) first(name string) ward.Staff {
	return ward.Staff{Name: ward.CleanLine(name), Role: ward.Admin, Active: true}
}

func (s *setUp) ward() ward.Ward {
	return ward.Ward{Name: ward.CleanLine(s.Value("ward")), Zone: ward.CleanLine(s.Value("zone"))}
}

// Head implements [kit.Screen].
func (s *setUp) Head(p kit.Page) []string {
	return []string{" " + p.Strong.Render("FIRST RUN") + "   the ward and you, its administrator"}
}

// Body draws the rule of a PIN, then the lines.
func (s *setUp) Body(p kit.Page) []string {
	text := "Your name signs all that you record; as an administrator you add the staff. " + pinRule
	lines := []string{""}
	for _, line := range p.Wrap(text, p.Width-4) {
		lines = append(lines, "  "+line)
	}
	lines = append(lines, "")
	if s.saving.Waiting() || s.reading.Waiting() {
		return append(lines, "  loading…")
	}
	return append(lines, drawForm(&s.Form, p.With(p.Height-len(lines)))...)
}

// Typing implements [kit.Screen].
func (s *setUp) Typing() bool { return s.Form.Typing() }

// Type implements [kit.Screen].
func (s *setUp) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) { return s.Form.Type(h, k), nil }

// Bindings implements [kit.Screen].
func (s *setUp) Bindings() []kit.Binding {
	list := []kit.Binding{
		kit.Bind("ctrl+s", "save", "set up the ward", func(h kit.Host, _ kit.Key) tea.Cmd { return s.check(h) }).Recording(""),
		kit.Bind("esc", "back", "back, without a ward", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) }),
	}
	return append(list, s.Form.Bindings()...)
}

// Update implements [kit.Screen].
func (s *setUp) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Burst:
		s.Paste(h, msg)
	case kit.Result[*time.Location]:
		if kit.Take(&s.reading, msg) {
			return s.confirm(h, msg)
		}
	case kit.Result[desk.Done]:
		if kit.Take(&s.saving, msg) {
			return s.saved(h, msg.Err)
		}
	}
	return nil
}

// check reads the time zone, which is a file of the machine, before it asks.
func (s *setUp) check(h kit.Host) tea.Cmd {
	if s.reading.Waiting() || s.saving.Waiting() || !leaveLines(&s.Form, s.lines) {
		return nil
	}
	w := s.ward()
	return desk.Load(s.d, h, &s.reading, "", func(context.Context, *store.Store) (*time.Location, error) {
		if err := w.Validate(); err != nil {
			return nil, err
		}
		return w.Location()
	})
}

func (s *setUp) confirm(h kit.Host, msg kit.Result[*time.Location]) tea.Cmd {
	if e, refused := errors.AsType[*ward.Error](msg.Err); refused {
		s.GoTo(e.Field)
	}
	if msg.Err != nil {
		h.Fail(desk.Words(msg.Err))
		return nil
	}
	zone, w, first := msg.Value, s.ward(), s.first(s.Value("staff"))
	subject := "SET UP " + kit.Plain(w.Name) + "?"
	text := []string{
		"time zone " + kit.Plain(w.Zone) + ", where it is " + s.d.Now().In(zone).Format("15:04, Mon 2 Jan 2006") + " now",
		"administrator " + kit.Plain(first.Name) + ", who adds the staff with :staff",
	}
	return h.Push(kit.Confirm([]string{subject}, text, "set up", "back", func(h kit.Host) tea.Cmd { return s.save(h, w, first, zone) }))
}

func (s *setUp) save(h kit.Host, w ward.Ward, first ward.Staff, zone *time.Location) tea.Cmd {
	keeper, clock, chosen := s.d.PINs, s.d.Clock, s.Value("pin")
	return desk.Load(s.d, h, &s.saving, "", func(ctx context.Context, log *store.Store) (done desk.Done, err error) {
		if first.PIN.Digest, err = keeper.Digest(chosen, true); err != nil {
			return done, err
		}
		return done, log.SetUp(ctx, ward.Sign(first.Name, clock().In(zone)), w, first)
	})
}

func (s *setUp) saved(h kit.Host, err error) tea.Cmd {
	if err != nil {
		h.Fail(desk.NotSaved(err))
		return nil
	}
	name := s.first(s.Value("staff")).Name
	cmd := s.under.begin(h) // with all that lies over it
	h.Say(kit.Plain(name) + " is the administrator. Sign in; :staff adds the others.")
	return cmd
}
