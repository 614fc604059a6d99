package office

import (
	"context"
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// newestEntries is the number of records that the screen lists; the command lists all.
const newestEntries = 1000

// audit lists the records of the ward, or of one patient, with their authors, the newest
// first.
type audit struct {
	kit.Base
	d       *desk.Desk
	subject string
	loading kit.Pending
	noted   bool
	loaded  bool
	entries map[string]*ward.AuditEntry
	list    kit.List
}

func newAudit(d *desk.Desk, to kit.Place) kit.Screen { return &audit{d: d, subject: to.Subject} }

// Init implements [kit.Screen].
func (s *audit) Init(h kit.Host) tea.Cmd {
	var note tea.Cmd
	if !s.noted {
		s.noted = true
		note = s.d.Note(h, ward.AuditEvent{Event: ward.ReadAudit, PatientID: desk.PatientOf(s.subject)})
	}
	return tea.Batch(note, s.load(h))
}

func (s *audit) load(h kit.Host) tea.Cmd {
	sel := store.AuditSelection{PatientID: desk.PatientOf(s.subject), Newest: newestEntries}
	return desk.Load(s.d, h, &s.loading, s.subject, func(ctx context.Context, log *store.Store) (list []ward.AuditEntry, err error) {
		err = log.EachAudit(ctx, sel, func(e *ward.AuditEntry) error {
			list = append(list, *e)
			return nil
		})
		return list, err
	})
}

// Update implements [kit.Screen].
func (s *audit) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[[]ward.AuditEntry]:
		if kit.Take(&s.loading, msg) {
			s.show(h, msg)
		}
	case desk.Changed:
		return s.load(h)
	case kit.Burst:
		if !s.list.Paste(h, msg) {
			return s.d.Scan(h, msg)
		}
	}
	return nil
}

func (s *audit) show(h kit.Host, msg kit.Result[[]ward.AuditEntry]) {
	if msg.Err != nil {
		h.Fail(desk.Words(msg.Err))
		return
	}
	s.loaded, s.entries = true, map[string]*ward.AuditEntry{}
	rows := make([]kit.Row, 0, len(msg.Value))
	for i := range msg.Value {
		e := &msg.Value[i]
		id := strconv.FormatInt(e.Seq, 10)
		s.entries[id] = e
		rows = append(rows, kit.Row{ID: id, Fields: []string{e.Signature.By, e.Words()}, Codes: []string{id, e.MRN}})
	}
	s.list.SetRows(rows)
}

// Typing implements [kit.Screen].
func (s *audit) Typing() bool { return s.list.Searching() }

// Type implements [kit.Screen].
func (s *audit) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) { return s.list.Type(h, k), nil }

// Bindings implements [kit.Screen].
func (s *audit) Bindings() []kit.Binding {
	return append(s.list.Bindings(), kit.Bind("esc", "back", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) }))
}

// Head implements [kit.Screen].
func (s *audit) Head(p kit.Page) []string {
	text := "   " + kit.Plain(s.d.Ward().Name)
	if id := desk.PatientOf(s.subject); id != 0 {
		if state, ok := s.d.State(id); ok {
			return s.d.Head(p, desk.Identity{Title: "AUDIT", Patient: &state.Patient, Stay: &state.Stay})
		}
		text = "   one patient"
	}
	if len(s.entries) == newestEntries {
		text += fmt.Sprintf(", the newest %d records; neurocheck audit lists all", newestEntries)
	}
	return []string{" " + p.Strong.Render("AUDIT") + text}
}

// Body draws the records.
func (s *audit) Body(p kit.Page) []string {
	if !s.loaded {
		return []string{"", "  loading…"}
	}
	head := p.Faint.Render("  " + p.Pad("when", 14) + p.Pad("who", 20) + "what")
	rows := s.list.View(p.With(p.Height-1), func(p kit.Page, row kit.Row, selected bool) string {
		e := s.entries[row.ID]
		line := " " + p.Pad(s.d.Time(e.Signature.At), 14) + p.Pad(p.Fit(kit.Plain(e.Signature.By), 19), 20)
		if e.MRN != "" {
			line += "MRN " + kit.Plain(e.MRN) + "  "
		}
		line = p.Fit(line+kit.Plain(e.Words()), p.Width)
		if selected {
			return p.Strong.Render(line)
		}
		return line
	})
	if len(rows) == 0 {
		return []string{head, "  no record matches"}
	}
	return append([]string{head}, rows...)
}

// Foot shows the selected record in full.
func (s *audit) Foot(p kit.Page) []string {
	var lines []string
	if id, ok := s.list.Chosen(); ok && s.entries[id] != nil {
		e := s.entries[id]
		first := fmt.Sprintf(" record %d   %s   %s", e.Seq, s.d.FullTime(e.Signature.At), kit.Plain(e.Signature.By))
		if e.MRN != "" {
			first += "   MRN " + kit.Plain(e.MRN)
		}
		lines = append(p.Hang(first, p.Width, 1), p.Hang(" "+kit.Plain(e.Words()), p.Width, 1)...)
	}
	if line, ok := s.list.SearchLine(p); ok {
		lines = append(lines, line)
	}
	return lines
}
