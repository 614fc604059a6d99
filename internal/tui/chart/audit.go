package chart

import (
	"slices"
	"strconv"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// auditLength is the number of entries that the view shows; neurocheck audit lists all.
const auditLength = 1000

// takeAudit takes the entries of the audit trail, the newest first. The view about one
// check keeps the entries that name it.
func (s *patientScreen) takeAudit(h kit.Host, r kit.Result[[]ward.AuditEntry]) {
	if !kit.Take(&s.auditing, r) {
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
		rows[i] = kit.Row{ID: strconv.FormatInt(e.Seq, 10), Fields: []string{s.d.DayTime(e.Signature.At), plain(e.Signature.By), s.auditWords(e), strconv.FormatInt(e.Seq, 10)}}
	}
	s.audit.SetRows(rows)
}

// entry returns the entry with the number of a record, or nil.
func (s *patientScreen) entry(id string) *ward.AuditEntry {
	i := slices.IndexFunc(s.entries, func(e ward.AuditEntry) bool { return strconv.FormatInt(e.Seq, 10) == id })
	if i < 0 {
		return nil
	}
	return &s.entries[i]
}

// auditWords returns an entry in words. A check is named by its time and not by its ID.
func (s *patientScreen) auditWords(e *ward.AuditEntry) string {
	if c := s.chart.Current(e.About); c != nil {
		named := *e
		named.About = "check of " + s.d.Time(c.PerformedAt)
		return plain(named.Words())
	}
	return plain(e.Words())
}

func (s *patientScreen) auditBody(p kit.Page) []string {
	if s.auditing.Waiting() && s.entries == nil {
		return []string{"", "  loading…"}
	}
	lines := []string{p.Faint.Render("  " + p.Pad("when", 13) + p.Pad("who", 21) + p.Pad("record", 8) + "what")}
	rows := s.audit.View(p.With(p.Height-1), func(p kit.Page, row kit.Row, inHand bool) string {
		e := s.entry(row.ID)
		if e == nil {
			return ""
		}
		text := p.Fit(" "+p.Pad(s.d.Time(e.Signature.At), 13)+p.Pad(plain(e.Signature.By), 21)+p.Pad(row.ID, 8)+s.auditWords(e), p.Width)
		if inHand {
			return p.Selected.Render(p.Pad(text, p.Width))
		}
		return text
	})
	return append(lines, rows...)
}

// auditFoot returns the entry in hand in full.
func (s *patientScreen) auditFoot(p kit.Page) []string {
	id, ok := s.audit.Chosen()
	e := s.entry(id)
	if !ok || e == nil {
		return nil
	}
	text := s.d.FullTime(e.Signature.At) + "   " + plain(e.Signature.By) + "   " + s.auditWords(e)
	return p.Hang(" "+text, p.Width-1, 1)
}
