package office

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// staff lists the names of the ward with their roles. An administrator changes them: see
// staffacts.go.
type staff struct {
	kit.Base
	d       *desk.Desk
	loading kit.Pending
	saving  kit.Pending
	loaded  bool
	people  []ward.Staff
	list    kit.List
}

func newStaff(d *desk.Desk, _ kit.Place) kit.Screen { return &staff{d: d} }

// Init implements [kit.Screen].
func (s *staff) Init(h kit.Host) tea.Cmd {
	s.list.Open = s.open
	return desk.Load(s.d, h, &s.loading, "", func(ctx context.Context, log *store.Store) ([]ward.Staff, error) { return log.Staff(ctx) })
}

// Update implements [kit.Screen].
func (s *staff) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[[]ward.Staff]:
		if kit.Take(&s.loading, msg) {
			s.show(h, msg)
		}
	case kit.Result[changed]:
		if kit.Take(&s.saving, msg) {
			return s.saved(h, msg)
		}
	case desk.Changed, desk.HouseChanged:
		return s.Init(h)
	case kit.Burst:
		if !s.list.Paste(h, msg) {
			return s.d.Scan(h, msg)
		}
	}
	return nil
}

func (s *staff) show(h kit.Host, msg kit.Result[[]ward.Staff]) {
	if msg.Err != nil {
		h.Fail(desk.Words(msg.Err))
		return
	}
	s.loaded, s.people = true, msg.Value
	s.d.SetWard(s.d.Ward(), s.d.Zone(), msg.Value) // refusals name the people of now
	rows := make([]kit.Row, len(s.people))
	for i, m := range s.people {
		rows[i] = kit.Row{ID: m.Name, Fields: []string{m.Name, roleWords(m.Role), s.state(m)}}
	}
	s.list.SetRows(rows)
}

func roleWords(r ward.Role) string { return ward.WordsFor(ward.Roles, string(r)) }

// state returns the state of a name and of its PIN.
func (s *staff) state(m ward.Staff) string {
	switch {
	case !m.Active:
		return "× disabled"
	case m.Role == ward.Feed:
		return "signs in with a key"
	case s.d.Ward().Synthetic:
		return "demo ward: no PIN"
	case !m.PIN.Set():
		return "no PIN yet"
	case m.PIN.OneTime:
		return "PIN given out, not used yet"
	}
	return "PIN set"
}

// member returns the member of staff in a row.
func (s *staff) member(name string) (ward.Staff, bool) {
	for _, m := range s.people {
		if m.Name == name {
			return m, true
		}
	}
	return ward.Staff{}, false
}

// Typing implements [kit.Screen].
func (s *staff) Typing() bool { return s.list.Searching() }

// Type implements [kit.Screen].
func (s *staff) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) { return s.list.Type(h, k), nil }

// Bindings implements [kit.Screen].
func (s *staff) Bindings() []kit.Binding {
	list := s.list.Bindings()
	for i, b := range list {
		if b.Has(kit.Key{Name: "enter"}) && !s.list.Searching() {
			list[i].Short, list[i].Help = "new PIN, role, disable, add", "give out a new PIN, change the role, disable or enable the name, add another one"
		}
	}
	return append(list, kit.Bind("esc", "back", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) }))
}

// Head implements [kit.Screen].
func (s *staff) Head(p kit.Page) []string {
	return []string{" " + p.Strong.Render("STAFF") + "   " + kit.Plain(s.d.Ward().Name)}
}

// Body draws the names.
func (s *staff) Body(p kit.Page) []string {
	if !s.loaded {
		return []string{"", "  loading…"}
	}
	const name, role = 32, 16
	head := p.Faint.Render("  " + p.Pad("name", name) + p.Pad("role", role) + "state")
	rows := s.list.View(p.With(p.Height-1), func(p kit.Page, row kit.Row, selected bool) string {
		m, _ := s.member(row.ID)
		line := " " + p.Pad(p.Fit(kit.Plain(m.Name), name-1), name) + p.Pad(roleWords(m.Role), role) + s.state(m)
		switch {
		case selected:
			return p.Strong.Render(line)
		case !m.Active:
			return p.Faint.Render(line)
		}
		return line
	})
	if len(rows) == 0 {
		rows = []string{"  nobody matches"}
	}
	return append([]string{head}, rows...)
}

// Foot shows the selected name in full, and who may change it.
func (s *staff) Foot(p kit.Page) []string {
	var lines []string
	if line, ok := s.list.SearchLine(p); ok {
		lines = append(lines, line)
	}
	if id, ok := s.list.Chosen(); ok {
		lines = append(lines, p.Hang(" "+kit.Plain(id), p.Width, 1)...)
	}
	if reason := s.d.Refusal(ward.MayAdminister); reason != "" {
		lines = append(lines, p.Hang(" "+reason, p.Width, 1)...)
	}
	return lines
}
