package chart

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// patientScreen shows one patient. Its views share the check and the event in hand, which
// are chosen by their IDs.
type patientScreen struct {
	kit.Base
	record
	view  view
	about string // a check, if the audit is about that one alone

	checks  kit.List
	events  kit.List
	audit   kit.List
	details kit.Scroll
	rows    [2]int // of the checks and of the events

	trend     trend
	throughAt bool // the line through the plot is at the event in hand

	auditing kit.Pending
	entries  []ward.AuditEntry
	audited  bool // the entries are loaded
}

func newPatient(begin func(kit.Place) view) desk.Maker {
	return func(d *desk.Desk, to kit.Place) kit.Screen {
		s := &patientScreen{record: recordOf(d, to.Subject), view: begin(to), about: desk.CheckOf(to.Subject)}
		s.checks.Open = s.openCheck
		if s.about != "" {
			s.checks.Choose(s.about)
		}
		return s
	}
}

// Init implements [kit.Screen].
func (s *patientScreen) Init(h kit.Host) tea.Cmd {
	return tea.Batch(s.load(h), s.enter(h), s.d.Visit(h, s.id))
}

// enter loads the part of a view that the chart lacks.
func (s *patientScreen) enter(h kit.Host) tea.Cmd {
	if s.view != viewAudit {
		return nil
	}
	return s.loadAudit(h)
}

// Update implements [kit.Screen].
func (s *patientScreen) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	loaded, cmd := s.take(h, msg)
	if loaded {
		s.fill()
	}
	switch msg := msg.(type) {
	case desk.Changed:
		if msg.Concerns(s.id) {
			cmd = tea.Batch(cmd, s.enter(h))
		}
	case kit.Result[[]ward.AuditEntry]:
		s.takeAudit(h, msg)
	case kit.Burst:
		if list := s.list(); list != nil && list.Paste(h, msg) {
			return cmd
		}
		return tea.Batch(cmd, s.scan(h, msg, s))
	}
	return cmd
}

// fill gives the lists the records of the chart. The choices stay with their records.
func (s *patientScreen) fill() {
	checks, events := s.checkRows(), s.eventRows()
	set(&s.checks, s.rows[0] == 0, checks)
	set(&s.events, s.rows[1] == 0, events)
	s.rows = [2]int{len(checks), len(events)}
}

// set gives a list its rows. The first record of an empty list comes in hand, because no
// other one was.
func set(list *kit.List, empty bool, rows []kit.Row) {
	list.SetRows(rows)
	if _, ok := list.Chosen(); !ok && empty && len(rows) > 0 {
		list.Choose(rows[0].ID)
	}
}

// list returns the list of the view, or nil if it has none.
func (s *patientScreen) list() *kit.List {
	switch s.view {
	case viewChecks:
		return &s.checks
	case viewEvents:
		return &s.events
	case viewAudit:
		return &s.audit
	}
	return nil
}

// check returns the check in hand in the version that counts, also a withdrawn one; nil
// if none is in hand.
func (s *patientScreen) check() *ward.Check {
	id, ok := s.checks.Chosen()
	if !ok {
		return nil
	}
	return s.chart.Current(id)
}

func (s *patientScreen) openCheck(h kit.Host, id string) tea.Cmd {
	return h.Go(kit.Place{Screen: desk.Check, Subject: desk.CheckSubject(s.id, id)})
}

// Typing implements [kit.Screen].
func (s *patientScreen) Typing() bool {
	list := s.list()
	return list != nil && list.Searching()
}

// Type implements [kit.Screen].
func (s *patientScreen) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) { return s.list().Type(h, k), nil }

// Marks implements [kit.Marker].
func (s *patientScreen) Marks() []kit.Mark { return append(desk.Marks(), trendMarks(&s.chart)...) }

// Head implements [kit.Screen].
func (s *patientScreen) Head(p kit.Page) []string {
	id := desk.Identity{Title: "PATIENT", Note: s.note(), Patient: s.patient(), Stay: s.stay(), Age: true}
	if id.Patient != nil {
		id.More = desk.Interpreter(id.Patient)
	}
	return s.d.Head(p, id)
}

// note returns the name of the view, with the length of time that the trend shows.
func (s *patientScreen) note() string {
	title := viewTitles[s.view]
	switch {
	case s.view == viewTrend:
		return title + ", " + s.trend.zoomName()
	case s.view == viewAudit && s.about != "":
		if c := s.chart.Current(s.about); c != nil {
			return "audit of the check of " + s.d.Time(c.PerformedAt)
		}
	}
	return title
}

// Body implements [kit.Screen].
func (s *patientScreen) Body(p kit.Page) []string {
	if !s.loaded {
		return s.waiting(p)
	}
	switch s.view {
	case viewTrend:
		return s.trendBody(p)
	case viewEvents:
		return s.eventsBody(p)
	case viewDetails:
		return s.details.View(p, s.detailLines(p))
	case viewAudit:
		return s.auditBody(p)
	}
	return s.checksBody(p)
}

// Foot implements [kit.Screen].
func (s *patientScreen) Foot(p kit.Page) []string {
	if !s.loaded {
		return nil
	}
	var lines []string
	if list := s.list(); list != nil {
		if line, ok := list.SearchLine(p); ok {
			lines = append(lines, line)
		}
	}
	switch s.view {
	case viewChecks:
		return append(lines, s.checksFoot(p)...)
	case viewTrend:
		return s.trendFoot(p)
	case viewEvents:
		return append(lines, s.eventsFoot(p)...)
	case viewAudit:
		return append(lines, s.auditFoot(p)...)
	}
	return lines
}

// loadAudit reads the audit trail of the patient.
func (s *patientScreen) loadAudit(h kit.Host) tea.Cmd {
	selection := store.AuditSelection{PatientID: s.id, Newest: auditLength}
	cmds := []tea.Cmd{desk.Load(s.d, h, &s.auditing, s.subject, func(ctx context.Context, log *store.Store) (list []ward.AuditEntry, err error) {
		err = log.EachAudit(ctx, selection, func(e *ward.AuditEntry) error {
			list = append(list, *e)
			return nil
		})
		return list, err
	})}
	if !s.audited {
		cmds = append(cmds, s.d.Note(h, ward.AuditEvent{Event: ward.ReadAudit, PatientID: s.id}))
	}
	s.audited = true
	return tea.Batch(cmds...)
}
