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

// discard asks whether to discard the draft of the person at the keyboard.
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
		if m.draft, m.found, err = log.DraftOf(ctx, id, author); err != nil || !m.found {
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
	switch {
	case r.Err != nil:
		h.Fail(desk.Words(r.Err))
		return h.Close(s)
	case !r.Value.found:
		cmd := h.Close(s)
		h.Say("there is no unsaved check of yours for this patient")
		return cmd
	}
	m := r.Value
	text := []string{fmt.Sprintf("DISCARD your unsaved check of %s? It has %s. Nothing of it stays.", s.desk.Time(m.draft.Since), bedside.AnswerCount(m.draft.Content))}
	q := kit.Confirm([]string{desk.About(&m.about)}, text, "discard", "keep it", func(h kit.Host) tea.Cmd {
		drop := s.desk.DropDraft(h, s.patient)
		cmd := tea.Batch(h.Close(s), h.Go(kit.Place{Screen: desk.Board, Subject: s.subject}))
		h.Say("Discarded: the unsaved check of " + desk.Name(&m.about))
		return tea.Sequence(drop, cmd)
	})
	q.Left = func(h kit.Host) tea.Cmd { return h.Close(s) }
	return h.Push(q)
}
