package chart

import (
	"context"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// auditLength is the number of entries that the view shows; neurocheck audit lists all.
const auditLength = 1000

// auditView lists the audit trail of the patient or of one check.
type auditView struct {
	*selection
	about   string // the check; empty for the patient
	reading kit.Pending
	entries []ward.AuditEntry
	rows    kit.List
	noted   bool // the audit trail has that it was read
}

func (s *auditView) title() string {
	if c := s.chart.Current(s.about); c != nil {
		return "audit of the check of " + s.d.Time(c.PerformedAt)
	}
	return "audit"
}

func (s *auditView) list() *kit.List { return &s.rows }

func (s *auditView) keys(toViews []kit.Binding) []kit.Binding {
	list := s.rows.Bindings()
	return append(list[:1:1], append(toViews, list[1:]...)...)
}

func (s *auditView) checkKeys() []kit.Binding { return s.noCheckKeys() }

// show reads the audit trail of the patient.
func (s *auditView) show(h kit.Host) tea.Cmd {
	selection := store.AuditSelection{PatientID: s.id, Newest: auditLength}
	cmds := []tea.Cmd{desk.Load(s.d, h, &s.reading, s.subject, func(ctx context.Context, log *store.Store) (list []ward.AuditEntry, err error) {
		err = log.EachAudit(ctx, selection, func(e *ward.AuditEntry) error {
			list = append(list, *e)
			return nil
		})
		return list, err
	})}
	if !s.noted {
		cmds = append(cmds, s.d.Note(h, ward.AuditEvent{Event: ward.ReadAudit, PatientID: s.id}))
	}
	s.noted = true
	return tea.Batch(cmds...)
}

func (s *auditView) update(h kit.Host, msg tea.Msg) {
	if r, ok := msg.(kit.Result[[]ward.AuditEntry]); ok {
		s.takeEntries(h, r)
	}
}

// takeEntries takes the entries of the audit trail, the newest first. The view about one
// check keeps the entries that name it.
func (s *auditView) takeEntries(h kit.Host, r kit.Result[[]ward.AuditEntry]) {
	if !kit.Take(&s.reading, r) {
		return
	}
	if r.Err != nil {
		h.Fail(desk.Words(r.Err))
		return
	}
	s.entries = r.Value
	if s.about != "" {
		s.entries = slices.DeleteFunc(s.entries, func(e ward.AuditEntry) bool { return e.About != s.about })
	}
	rows := make([]kit.Row, len(s.entries))
	for i := range s.entries {
		e := &s.entries[i]
		rows[i] = kit.Row{ID: strconv.FormatInt(e.Seq, 10), Fields: []string{s.d.DayTime(e.Signature.At), kit.Plain(e.Signature.By), s.words(e), strconv.FormatInt(e.Seq, 10)}}
	}
	s.rows.SetRows(rows)
}

// entry returns the entry with the number of a record, or nil.
func (s *auditView) entry(id string) *ward.AuditEntry {
	i := slices.IndexFunc(s.entries, func(e ward.AuditEntry) bool { return strconv.FormatInt(e.Seq, 10) == id })
	if i < 0 {
		return nil
	}
	return &s.entries[i]
}

// words returns an entry in words. A check is named by its time and not by its ID.
func (s *auditView) words(e *ward.AuditEntry) string {
	if c := s.chart.Current(e.About); c != nil {
		named := *e
		named.About = "check of " + s.d.Time(c.PerformedAt)
		return kit.Plain(named.Words())
	}
	return kit.Plain(e.Words())
}

func (s *auditView) body(p kit.Page) []string {
	if s.reading.Waiting() && s.entries == nil {
		return []string{"", "  loading…"}
	}
	lines := []string{p.Faint.Render("  " + p.Pad("when", 13) + p.Pad("who", 21) + p.Pad("record", 8) + "what")}
	rows := s.rows.View(p.With(p.Height-1), func(p kit.Page, row kit.Row, selected bool) string {
		e := s.entry(row.ID)
		if e == nil {
			return ""
		}
		text := p.Fit(" "+p.Pad(s.d.Time(e.Signature.At), 13)+p.Pad(kit.Plain(e.Signature.By), 21)+p.Pad(row.ID, 8)+s.words(e), p.Width)
		if selected {
			return p.Selected.Render(p.Pad(text, p.Width))
		}
		return text
	})
	return append(lines, rows...)
}

// foot returns the selected entry in full.
func (s *auditView) foot(p kit.Page) []string {
	id, ok := s.rows.Chosen()
	e := s.entry(id)
	if !ok || e == nil {
		return nil
	}
	text := s.d.FullTime(e.Signature.At) + "   " + kit.Plain(e.Signature.By) + "   " + s.words(e)
	return p.Hang(" "+text, p.Width-1, 1)
}
