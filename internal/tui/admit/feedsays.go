package admit

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// feedQuestion is something that differs between a patient's record and the feed: the
// value of a field, or another patient who is perhaps the same person.
type feedQuestion struct {
	field ward.FeedField
	visit string
	feed  string
	other int64
}

// nextQuestion returns the first of them that was not asked yet, and whether there is one.
func (s *edit) nextQuestion() (q feedQuestion, text string, found bool) {
	for i := range s.chart.Differences {
		d := &s.chart.Differences[i]
		q = feedQuestion{field: d.Field, visit: d.Visit, feed: d.Feed}
		if !s.asked[q] {
			return q, desk.FeedSays(d, s.d.Zone()) + "; ours is " + desk.Dash(s.ours(d.Field)), true
		}
	}
	for i, id := range s.chart.Alike {
		if q = (feedQuestion{other: id}); !s.asked[q] {
			lines := s.d.FeedLines(&ward.History{Alike: s.chart.Alike[i : i+1]})
			return q, strings.TrimSuffix(lines[0], ": e settles it"), true
		}
	}
	return q, "", false
}

// ours returns the ward's value of a field.
func (s *edit) ours(field ward.FeedField) string {
	p, stay := &s.chart.Patient, s.chart.Stay()
	switch field {
	case ward.FieldName:
		return words.Name(p)
	case ward.FieldBirthDate:
		return p.BirthDate.Words()
	case ward.FieldLanguage:
		return kit.Plain(p.Language)
	case ward.FieldClinician:
		if stay != nil {
			return kit.Plain(stay.Clinician)
		}
	case ward.FieldAdmitted:
		if stay != nil {
			return stay.AdmittedAt.In(s.d.Zone()).Format("2 Jan 15:04")
		}
	}
	return ""
}

// askNext asks the next question after an answer.
func (s *edit) askNext(h kit.Host) tea.Cmd {
	s.asking = false
	return s.askFeed(h)
}

// askFeed asks the next question about the feed, each once while the form is open.
func (s *edit) askFeed(h kit.Host) tea.Cmd {
	q, text, found := s.nextQuestion()
	if !found || s.asking {
		return nil
	}
	s.asking = true
	if s.asked == nil {
		s.asked = make(map[feedQuestion]bool)
	}
	s.asked[q] = true
	patient := s.patient
	c := desk.NewSaveQuestion(s.d, s.place)
	c.Subject, c.Text = []string{words.About(&s.chart.Patient)}, []string{text}
	option := func(key, label string, do func(context.Context, *store.Store, ward.Signature) error) {
		c.Options = append(c.Options, kit.Option{Keys: []string{key}, Label: label, Records: true, Needs: string(ward.MaySetTherapy),
			Do: func(h kit.Host) tea.Cmd { return c.Save(h, do) }})
	}
	if q.other != 0 {
		c.Text = append(c.Text, "If they are one, an administrator or a clinician merges them: neurocheck patient merge.")
		option("2", "no: they are two persons", func(ctx context.Context, log *store.Store, sig ward.Signature) error {
			return log.KeepApart(ctx, sig, patient, q.other)
		})
	} else {
		option("1", "take it", func(ctx context.Context, log *store.Store, sig ward.Signature) error {
			return log.Settle(ctx, sig, patient, q.field, true)
		})
		option("2", "keep ours", func(ctx context.Context, log *store.Store, sig ward.Signature) error {
			return log.Settle(ctx, sig, patient, q.field, false)
		})
	}
	c.Options = append(c.Options, kit.Option{Keys: []string{"0"}, Label: "later", Do: func(h kit.Host) tea.Cmd {
		return tea.Batch(h.Close(c), s.askNext(h))
	}})
	c.Left = func(h kit.Host) tea.Cmd {
		s.asking = false
		return h.Close(c)
	}
	c.Saved = func(h kit.Host) tea.Cmd {
		h.Say("settled")
		return s.askNext(h)
	}
	return h.Push(c)
}
