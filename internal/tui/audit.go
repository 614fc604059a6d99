package tui

import (
	"context"
	"strconv"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// auditScreen is who did what with one patient: recorded, changed, read,
// exported; the newest first.
type auditScreen struct {
	charted
	asked   request
	entries []ward.AuditEntry
	at      int
}

// mostEntries is how far back the screen goes; neurocheck audit lists all.
const mostEntries = 1000

func newAuditScreen(id int64) *auditScreen { return &auditScreen{charted: charted{id: id}} }

var keyAudit = bind("a", "a", "audit: who did what")

func (s *auditScreen) open(a *app) tea.Cmd {
	log, id := a.store, s.id
	var list tea.Cmd
	s.asked, list = ask(a, id, func(ctx context.Context) (entries []ward.AuditEntry, err error) {
		err = log.EachAudit(ctx, store.AuditSelection{PatientID: id, Newest: mostEntries}, func(e *ward.AuditEntry) error {
			entries = append(entries, *e)
			return nil
		})
		return entries, err
	})
	return tea.Batch(s.charted.open(a), list)
}

func (s *auditScreen) refresh(a *app) tea.Cmd     { return s.open(a) }
func (s *auditScreen) title(a *app, _ int) string { return s.titled(a, "AUDIT") }
func (s *auditScreen) header(a *app, w int) []string {
	return s.identified(a, "AUDIT", w)
}

func (s *auditScreen) foot(*app, int) []string { return nil }
func (s *auditScreen) keys(*app) []key.Binding { return keyList(keyMove, keyBack) }

func (s *auditScreen) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[[]ward.AuditEntry]:
		if msg.request != s.asked || msg.patient != s.id {
			return nil
		}
		if msg.err != nil {
			a.fail(msg.err)
			return nil
		}
		s.entries = msg.value
		s.at = max(0, min(s.at, len(s.entries)-1))
		return nil
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, keyBack):
			return a.pop()
		case key.Matches(msg, keyMove):
			s.at = moved(msg.String(), s.at, len(s.entries))
		}
		return nil
	}
	return s.take(a, msg)
}

func (s *auditScreen) body(a *app, w, h int) []string {
	if !s.loaded || s.entries == nil {
		return []string{"", "  loading…"}
	}
	lines := []string{a.theme.faint.Render("    " + a.pad("when", 14) + a.pad("who", 22) + a.pad("record", 8) + "what")}
	first, end := window(s.at, len(s.entries), h-1)
	for i := first; i < end; i++ {
		e := &s.entries[i]
		line := a.pad(a.clock(e.Signature.At), 14) + a.pad(a.fit(plain(e.Signature.By), 20), 22) + a.pad(strconv.FormatInt(e.Seq, 10), 8) + plain(e.Words())
		if i == s.at {
			lines = append(lines, a.theme.selected.Render(a.pad(a.fit(" ▌  "+line, w), w)))
			continue
		}
		lines = append(lines, a.fit("    "+line, w))
	}
	return lines
}
