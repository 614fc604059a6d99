package check

import (
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// discard asks whether to discard unsaved work of the person at the keyboard about a
// patient: the check, or a form of any other kind.
type discard struct {
	waiting
	patient int64
}

// mine is the draft of a check of the person at the keyboard, with its patient.
type mine struct {
	draft store.Draft
	found bool
	about ward.Patient
}

// unsaved is work that can be discarded.
type unsaved struct {
	words string // check of 15:13
	since time.Time
	holds string // the number of answers of a check
	drop  func(kit.Host) tea.Cmd
}

func newDiscard(d *desk.Desk, to kit.Place) kit.Screen {
	return &discard{waiting: waiting{desk: d, subject: to.Subject}, patient: desk.PatientOf(to.Subject)}
}

// Init loads the draft of a check.
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
	list := s.unsaved(&r.Value)
	switch {
	case r.Err != nil:
		h.Fail(desk.Words(r.Err))
		return h.Close(s)
	case len(list) == 0:
		cmd := h.Close(s)
		h.Say("nothing of yours about " + words.Name(&r.Value.about) + " is unsaved; :unsaved lists all")
		return cmd
	}
	q := s.question(&r.Value.about, list)
	q.Left = func(h kit.Host) tea.Cmd { return h.Close(s) }
	return h.Push(q)
}

// unsaved returns the check and the kept forms about the patient, the oldest first.
func (s *discard) unsaved(m *mine) (list []unsaved) {
	d := s.desk
	if m.found {
		list = append(list, unsaved{since: m.draft.Since, words: "check of " + d.Time(m.draft.Since), holds: " It has " + bedside.AnswerCount(m.draft.Content) + ".",
			drop: func(h kit.Host) tea.Cmd { return d.DropDraft(h, s.patient) }})
	}
	for _, f := range d.KeptForms() {
		if desk.PatientOf(f.Place.Subject) == s.patient {
			list = append(list, unsaved{since: f.Since, words: f.Words + " of " + d.Time(f.Since), drop: func(kit.Host) tea.Cmd {
				d.Keep(f.Place, nil)
				return nil
			}})
		}
	}
	slices.SortStableFunc(list, func(a, b unsaved) int { return a.since.Compare(b.since) })
	return list[:min(len(list), mostDiscarded)]
}

// mostDiscarded is the number of forms that the question lists, because each has a figure.
const mostDiscarded = 9

// question asks about the only one, or which of several to discard.
func (s *discard) question(about *ward.Patient, list []unsaved) *kit.Question {
	subject := []string{words.About(about)}
	drop := func(u unsaved) func(kit.Host) tea.Cmd {
		return func(h kit.Host) tea.Cmd {
			drop := u.drop(h)
			cmd := tea.Batch(h.Close(s), h.Go(kit.Place{Screen: desk.Board, Subject: desk.Subject(s.patient)}))
			h.Say("Discarded: the unsaved " + u.words + ", " + words.Name(about))
			return tea.Sequence(drop, cmd)
		}
	}
	if u := list[0]; len(list) == 1 {
		text := fmt.Sprintf("DISCARD your unsaved %s?%s Nothing of it stays.", u.words, u.holds)
		return kit.Confirm(subject, []string{text}, "discard", "keep it", drop(u))
	}
	var options []kit.Option
	for _, u := range list {
		options = append(options, kit.Option{Label: u.words, Do: drop(u)})
	}
	return kit.Choose(subject, []string{"DISCARD which of your unsaved work? Nothing of it stays."}, options...)
}
