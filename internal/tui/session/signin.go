package session

import (
	"slices"
	"strings"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// signIn lists the names of the ward and asks one of them for the PIN. After a lock it
// asks the person who locked the screen at once.
type signIn struct {
	kit.Base
	d       *desk.Desk
	locked  string // the person who locked the screen; empty at the start
	other   bool   // another person than that one is at the keyboard
	refused string // the reason why the last person was sent out
	loading kit.Pending
	loaded  bool
	people  people
	name    *kit.Text // the part of a name that is typed
	list    kit.List
	entry   pinEntry
}

func newSignIn(d *desk.Desk, to kit.Place) kit.Screen {
	s := &signIn{d: d, locked: to.Detail}
	s.entry = pinEntry{d: d, wrong: map[string]guesses{}}
	return s
}

// Init begins anew: no typed name stays, and the names are loaded.
func (s *signIn) Init(h kit.Host) tea.Cmd {
	s.name = kit.NewText("", 60)
	s.name.Mask = kit.DotDigits
	s.list.Search("")
	s.entry.leave()
	if s.locked != "" && !s.other {
		s.entry.ask(ward.Staff{Name: s.locked})
	}
	return s.load(h)
}

// AskPIN implements [desk.Door].
func (s *signIn) AskPIN(name string) {
	s.locked, s.other, s.refused = name, false, ""
	s.entry.ask(ward.Staff{Name: name})
	s.fillAsked()
}

// Refuse implements [desk.Door].
func (s *signIn) Refuse(line string) {
	s.somebodyElse()
	s.locked, s.refused = "", line
}

// fillAsked takes the role of the person who is asked from the names.
func (s *signIn) fillAsked() {
	for _, m := range s.people.staff {
		if m.Name == s.entry.asked.Name {
			s.entry.asked = m
		}
	}
}

func (s *signIn) load(h kit.Host) tea.Cmd { return desk.Load(s.d, h, &s.loading, "", loadPeople) }

// Update implements [kit.Screen].
func (s *signIn) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[people]:
		if kit.Take(&s.loading, msg) {
			return s.show(h, msg)
		}
	case desk.Changed, desk.HouseChanged:
		if s.d.User().Name == "" { // else the board lies over it, and Init loads when it is gone
			return s.load(h) // a name may be new, or disabled
		}
	case kit.Burst:
		if s.entry.asking() {
			return s.entry.burst(h, msg)
		}
		return s.burst(h, msg)
	}
	return s.entry.update(h, msg)
}

func (s *signIn) show(h kit.Host, msg kit.Result[people]) tea.Cmd {
	if msg.Err != nil {
		h.Fail(desk.Words(msg.Err))
	}
	if msg.Err != nil && len(msg.Value.staff) == 0 {
		return nil
	}
	s.loaded, s.people = true, msg.Value
	s.d.SetWard(msg.Value.ward, msg.Value.zone, msg.Value.staff)
	if msg.Value.fresh {
		return h.Go(kit.Place{Screen: desk.FirstRun})
	}
	var rows []kit.Row
	for _, m := range s.listed() {
		rows = append(rows, kit.Row{ID: m.Name, Fields: []string{m.Name}})
	}
	s.fillAsked()
	s.list.SetRows(rows)
	return nil
}

// listed returns the people who can sign in. Those who have something unsaved or locked
// here come first, because they are most likely to return.
func (s *signIn) listed() []ward.Staff {
	list := slices.DeleteFunc(slices.Clone(s.people.staff), func(m ward.Staff) bool {
		return !m.Active || m.Role == ward.Feed || s.d.Only != "" && m.Name != s.d.Only
	})
	rank := func(m ward.Staff) int {
		_, locked := s.lockedSince(m.Name)
		switch {
		case len(s.people.unsaved[m.Name]) > 0:
			return 0
		case locked:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(list, func(a, b ward.Staff) int { return rank(a) - rank(b) })
	return list
}

func (s *signIn) lockedSince(name string) (since time.Time, ok bool) {
	if s.d.Doors.Locked == nil {
		return time.Time{}, false
	}
	return s.d.Doors.Locked(name)
}

// Typing implements [kit.Screen]: a character is part of a name or of a PIN.
func (s *signIn) Typing() bool { return true }

// Type implements [kit.Screen].
func (s *signIn) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) {
	s.entry.pressed = k.At
	if s.entry.asking() {
		return s.entry.typed(h, k), nil
	}
	refusal, mine := s.name.Type(k)
	if refusal != "" {
		h.Fail(refusal)
	}
	if mine {
		s.search()
	}
	return mine, nil
}

// search shows the names that hold the typed part, and selects the first one.
func (s *signIn) search() {
	s.list.Search(s.name.Value())
	if shown := s.list.Shown(); len(shown) > 0 {
		s.list.Choose(shown[0].ID)
	}
}

// burst takes a scan or a paste into the name line. With a figure in it, it is a wristband
// or a PIN and no name.
func (s *signIn) burst(h kit.Host, b kit.Burst) tea.Cmd {
	if strings.ContainsFunc(b.Text, unicode.IsDigit) {
		typed := []rune(s.name.Value())
		s.name.Set(string(typed[:max(0, len(typed)-b.Keys)]))
		s.search()
		h.Fail("type your name: a scan or a PIN does not go here")
		return nil
	}
	if b.Paste {
		if refusal := s.name.Insert(b.Line()); refusal != "" {
			h.Fail(refusal)
			return nil
		}
		s.search()
	}
	if b.End == "enter" {
		return s.choose(h)
	}
	return nil
}

// choose asks the selected person for the PIN. A demo ward asks for none.
func (s *signIn) choose(h kit.Host) tea.Cmd {
	id, ok := s.list.Chosen()
	if !ok {
		h.Fail("No such name. Ask an administrator to add you.")
		return nil
	}
	s.refused = ""
	for _, m := range s.people.staff {
		if m.Name == id {
			s.entry.ask(m)
		}
	}
	if s.d.Ward().Synthetic {
		return s.entry.compare(h)
	}
	return nil
}

// somebodyElse goes from a PIN to the list of names.
func (s *signIn) somebodyElse() {
	s.other = true
	s.entry.leave()
	s.name.Set("")
	s.search()
}

// Bindings implements [kit.Screen].
func (s *signIn) Bindings() []kit.Binding {
	if s.entry.asking() {
		return append(s.entry.bindings(s.somebodyElse), s.quit())
	}
	list := []kit.Binding{
		kit.Bind("enter", "sign in", "sign in with the chosen name", func(h kit.Host, _ kit.Key) tea.Cmd { return s.choose(h) }).If(s.loaded, "the names are being loaded"),
	}
	for _, b := range s.list.Bindings() {
		if b.Has(kit.Key{Name: "up"}) {
			b.Help = "another name"
			list = append(list, b)
		}
	}
	return append(list, kit.Bind("esc", "clear", "clear the typed name", func(kit.Host, kit.Key) tea.Cmd {
		s.somebodyElse()
		return nil
	}), s.quit())
}

// quit ends the program only if nobody's screens are locked here: behind a lock screen
// lies the shell of the person who started the program.
func (s *signIn) quit() kit.Binding {
	b := kit.Bind("ctrl+c", "", "quit: only for a person who is signed in", func(h kit.Host, _ kit.Key) tea.Cmd {
		if s.mayQuit() && s.d.Doors.Quit != nil {
			return s.d.Doors.Quit(h)
		}
		h.Fail("ctrl+c does nothing on a locked screen: sign in first, then ctrl+c quits")
		return nil
	})
	b.Always = true
	return b
}

func (s *signIn) mayQuit() bool {
	if s.locked != "" {
		return false
	}
	return !slices.ContainsFunc(s.people.staff, func(m ward.Staff) bool {
		_, locked := s.lockedSince(m.Name)
		return locked
	})
}

// Head implements [kit.Screen].
func (s *signIn) Head(p kit.Page) []string { return title(s.d, p) }

// The columns of the list of names.
const (
	nameCells = 27
	roleCells = 16
)

// Body draws the names, or the line for the PIN of one of them.
func (s *signIn) Body(p kit.Page) []string {
	if s.entry.asking() {
		since, locked := s.lockedSince(s.entry.asked.Name)
		return above(p, s.entry.body(p, s.people.unsaved[s.entry.asked.Name], locked, since), s.advice(p))
	}
	if !s.loaded {
		return []string{"", "  loading…"}
	}
	typed := s.name.View(p.Narrow(p.Width-42), true)[0]
	lines := []string{"", "  Who are you?  Type part of your name:  " + typed, ""}
	if s.refused != "" {
		lines = lines[:2]
		for _, line := range p.Wrap(s.refused, p.Width-4) {
			lines = append(lines, "  "+p.Bad.Render(line))
		}
	}
	end := s.advice(p)
	part := p.Narrow(p.Width - 2).With(p.Height - len(lines) - len(end) - 1)
	rows := s.list.View(part, s.row)
	for _, row := range rows {
		lines = append(lines, "  "+row)
	}
	if len(rows) == 0 {
		lines = append(lines, "  No such name. Ask an administrator to add you.")
	}
	return above(p, lines, end)
}

// above fills the page between its first lines and its last ones.
func above(p kit.Page, lines, end []string) []string {
	for len(lines) < p.Height-len(end) {
		lines = append(lines, "")
	}
	return append(lines, end...)
}

func (s *signIn) row(p kit.Page, row kit.Row, selected bool) string {
	role := ""
	for _, m := range s.people.staff {
		if m.Name == row.ID {
			role = ward.WordsFor(ward.Roles, string(m.Role))
		}
	}
	name := p.Pad(p.Fit(kit.Plain(row.ID), nameCells-1), nameCells)
	if selected {
		name = p.Strong.Render(name)
	}
	return " " + name + p.Pad(role, roleCells) + p.Fit(s.waiting(row.ID), p.Width-nameCells-roleCells-1)
}

// waiting returns what a person has left at this ward, without a word about patients.
func (s *signIn) waiting(name string) string {
	text := ""
	if kinds := s.people.unsaved[name]; len(kinds) > 0 {
		text = desk.UnsavedWords(kinds) + " not saved yet"
	}
	since, locked := s.lockedSince(name)
	switch {
	case locked && text != "":
		return desk.UnsavedWords(s.people.unsaved[name]) + " unsaved, locked " + s.d.Time(since)
	case locked:
		return "locked here since " + s.d.Time(since)
	}
	return text
}

// advice returns the lines at the end of the page.
func (s *signIn) advice(p kit.Page) []string {
	text := "Forgot your PIN? " + askAdministrator(s.people.staff)
	if s.d.Ward().Synthetic {
		text = "demo ward: no PIN, press enter"
	}
	var lines []string
	for _, line := range p.Wrap(text, p.Width-4) {
		lines = append(lines, "  "+line)
	}
	return append(lines, "  "+p.Faint.Render(disclaimer))
}

// askAdministrator names the administrators, who give out PINs.
func askAdministrator(staff []ward.Staff) string {
	var names []string
	for _, m := range staff {
		if m.Active && m.Role == ward.Admin {
			names = append(names, kit.Plain(m.Name))
		}
	}
	if len(names) == 0 {
		return "Ask an administrator."
	}
	return "Ask an administrator: " + strings.Join(names, ", ") + "."
}

// Foot shows in full a name that its column cuts, or the work and the time beside it.
func (s *signIn) Foot(p kit.Page) []string {
	id, ok := s.list.Chosen()
	if s.entry.asking() || !ok {
		return nil
	}
	waiting := s.waiting(id)
	if p.Cells(kit.Plain(id)) < nameCells && p.Cells(waiting) <= p.Width-nameCells-roleCells-5 {
		return nil
	}
	return p.Hang(" "+strings.TrimRight(kit.Plain(id)+"   "+waiting, " "), p.Width, 1)
}
