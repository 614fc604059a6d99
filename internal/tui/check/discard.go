package check

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// discard asks whether to discard the draft of the person at the keyboard: of a check, or of
// checks from paper.
type discard struct {
	waiting
	patient int64
}

// mine is the draft of the person at the keyboard, with its patient.
type mine struct {
	draft store.Draft
	found bool
	about ward.Patient
}

func newDiscard(d *desk.Desk, to kit.Place) kit.Screen {
	return &discard{waiting: waiting{desk: d, subject: to.Subject}, patient: desk.PatientOf(to.Subject)}
}

// Init loads the draft.
func (s *discard) Init(h kit.Host) tea.Cmd {
	id, author := s.patient, s.desk.User().Name
	return desk.Load(s.desk, h, &s.loading, s.subject, func(ctx context.Context, log *store.Store) (m mine, err error) {
		if m.draft, m.found, err = log.DraftOf(ctx, id, author); err != nil {
			return m, err
		}
		chart, err := log.Chart(ctx, id)
		m.about = chart.Patient
		return m, err
	})
}

// Update asks if the draft has come.
func (s *discard) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	r, ok := msg.(kit.Result[mine])
	if !ok || !kit.Take(&s.loading, r) {
		return nil
	}
	sheet := s.desk.Kept(s.paper()) != nil
	switch {
	case r.Err != nil:
		h.Fail(desk.Words(r.Err))
		return h.Close(s)
	case sheet && r.Value.found:
		return s.ask(h, kit.Choose([]string{desk.About(&r.Value.about)}, []string{"DISCARD which one? Nothing of it stays."},
			kit.Option{Label: "your unsaved check of " + s.desk.Time(r.Value.draft.Since), Do: func(h kit.Host) tea.Cmd { return s.discardCheck(h, &r.Value) }},
			kit.Option{Label: "your paper checks of " + s.desk.Time(s.desk.KeptSince(s.paper())), Do: func(h kit.Host) tea.Cmd { return s.discardSheet(h, &r.Value) }},
		))
	case sheet:
		text := []string{fmt.Sprintf("DISCARD your unsaved paper checks of %s? Nothing of them stays.", s.desk.Time(s.desk.KeptSince(s.paper())))}
		return s.ask(h, kit.Confirm([]string{desk.About(&r.Value.about)}, text, "discard", "keep them", func(h kit.Host) tea.Cmd { return s.discardSheet(h, &r.Value) }))
	case !r.Value.found:
		cmd := h.Close(s)
		h.Say("there is no unsaved check of yours for this patient")
		return cmd
	}
	m := r.Value
	text := []string{fmt.Sprintf("DISCARD your unsaved check of %s? It has %s. Nothing of it stays.", s.desk.Time(m.draft.Since), bedside.AnswerCount(m.draft.Content))}
	return s.ask(h, kit.Confirm([]string{desk.About(&m.about)}, text, "discard", "keep it", func(h kit.Host) tea.Cmd { return s.discardCheck(h, &m) }))
}

func (s *discard) ask(h kit.Host, q *kit.Question) tea.Cmd {
	q.Left = func(h kit.Host) tea.Cmd { return h.Close(s) }
	return h.Push(q)
}

func (s *discard) discardCheck(h kit.Host, m *mine) tea.Cmd {
	return tea.Sequence(s.desk.DropDraft(h, s.patient), s.discarded(h, "the unsaved check of "+desk.Name(&m.about)))
}

// paper returns the place of the checks from paper.
func (s *discard) paper() kit.Place { return kit.Place{Screen: desk.Paper, Subject: s.subject} }

func (s *discard) discardSheet(h kit.Host, m *mine) tea.Cmd {
	s.desk.Keep(s.paper(), nil)
	return s.discarded(h, "the paper checks of "+desk.Name(&m.about))
}

// discarded goes to the board and says that a draft is gone.
func (s *discard) discarded(h kit.Host, draft string) tea.Cmd {
	cmd := tea.Batch(h.Close(s), h.Go(kit.Place{Screen: desk.Board, Subject: s.subject}))
	h.Say("Discarded: " + draft)
	return cmd
}
