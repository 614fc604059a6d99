package chart

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
)

// patientScreen shows one patient in several views. One of them is in front.
type patientScreen struct {
	kit.Base
	selection
	views [viewCount]view
	front int
}

func newPatient(begin func(kit.Place) int) desk.Maker {
	return func(d *desk.Desk, to kit.Place) kit.Screen {
		s := &patientScreen{selection: selection{record: recordOf(d, to.Subject)}, front: begin(to)}
		s.checks.Open = s.openCheck
		about := desk.CheckOf(to.Subject)
		switch {
		case about == "":
		case s.front == viewEvents:
			s.events.Choose(about)
		default:
			s.checks.Choose(about)
		}
		s.views = [viewCount]view{
			viewChecks:  &checksView{selection: &s.selection},
			viewTrend:   &trendView{selection: &s.selection, toEvents: func() { s.front = viewEvents }},
			viewEvents:  &eventsView{selection: &s.selection},
			viewDetails: &detailsView{selection: &s.selection},
			viewAudit:   &auditView{selection: &s.selection, about: about},
		}
		return s
	}
}

func (s *patientScreen) view() view { return s.views[s.front] }

// Init implements [kit.Screen].
func (s *patientScreen) Init(h kit.Host) tea.Cmd {
	return tea.Batch(s.load(h), s.view().show(h), s.d.Visit(h, s.id))
}

// Update implements [kit.Screen].
func (s *patientScreen) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	loaded, cmd := s.take(h, msg)
	if loaded {
		s.fill()
	}
	for _, v := range s.views {
		if u, ok := v.(interface{ update(kit.Host, tea.Msg) }); ok {
			u.update(h, msg)
		}
	}
	switch msg := msg.(type) {
	case desk.Changed:
		if msg.Concerns(s.id) {
			cmd = tea.Batch(cmd, s.view().show(h))
		}
	case kit.Burst:
		if list := s.view().list(); list != nil && list.Paste(h, msg) {
			return cmd
		}
		return tea.Batch(cmd, s.scan(h, msg, s))
	}
	return cmd
}

// Typing implements [kit.Screen].
func (s *patientScreen) Typing() bool {
	list := s.view().list()
	return list != nil && list.Searching()
}

// Type implements [kit.Screen].
func (s *patientScreen) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) {
	return s.view().list().Type(h, k), nil
}

// Bindings implements [kit.Screen].
func (s *patientScreen) Bindings() []kit.Binding {
	if s.Typing() {
		return s.view().list().Bindings()
	}
	back := kit.Bind("esc", "", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) })
	if !s.loaded {
		keys := s.letters()
		for i := range keys {
			keys[i] = keys[i].If(false, "the record of the patient is not loaded yet")
		}
		return append(keys, back)
	}
	list := s.view().keys(s.toViews())
	list = append(list, s.letters()...)
	list = append(list, s.view().checkKeys()...)
	return append(list, back)
}

// toViews returns the keys that lead to another view.
func (s *patientScreen) toViews() []kit.Binding {
	by := func(step int) func(kit.Host, kit.Key) tea.Cmd {
		return func(h kit.Host, _ kit.Key) tea.Cmd {
			s.front = (s.front + step + viewCount) % viewCount
			return s.view().show(h)
		}
	}
	return []kit.Binding{
		kit.Bind("v tab", "next view", "next view: checks, trend, events, details and changes, audit", by(1)),
		kit.Bind("shift+tab", "", "previous view", by(-1)),
	}
}

// Marks implements [kit.Marker].
func (s *patientScreen) Marks() []kit.Mark { return append(desk.Marks(), trendMarks(&s.chart)...) }

// Head implements [kit.Screen].
func (s *patientScreen) Head(p kit.Page) []string {
	id := desk.Identity{Title: "PATIENT", Note: s.view().title(), Patient: s.patient(), Stay: s.stay(), Age: true}
	if id.Patient != nil {
		id.More = desk.Interpreter(id.Patient)
	}
	return s.d.Head(p, id)
}

// Body implements [kit.Screen].
func (s *patientScreen) Body(p kit.Page) []string {
	if !s.loaded {
		return s.waiting(p)
	}
	return s.view().body(p)
}

// Foot implements [kit.Screen].
func (s *patientScreen) Foot(p kit.Page) []string {
	if !s.loaded {
		return nil
	}
	var lines []string
	if list := s.view().list(); list != nil {
		if line, ok := list.SearchLine(p); ok {
			lines = append(lines, line)
		}
	}
	return append(lines, s.view().foot(p)...)
}
