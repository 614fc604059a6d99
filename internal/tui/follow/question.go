package follow

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// question is a question about the follow-up of its opening. It follows the changes of
// other terminals, so that the answer is never about another state than it shows.
type question struct {
	*desk.SaveQuestion
	patient  ward.Patient
	followUp int64
	text     *kit.Text                                                // what is typed; nil without an input
	words    func(*ward.PatientState) (subject string, text []string) // as they are now
	refusal  func(*ward.PatientState) string                          // the reason why no answer records; empty if one does
	onWard   bool
	closed   bool
}

func newQuestion(d *desk.Desk, to kit.Place, s *ward.PatientState) question {
	return question{SaveQuestion: desk.NewSaveQuestion(d, to), patient: s.Patient, followUp: s.FollowUp.ID}
}

// fill takes the state of the patient. It returns a line if the patient, the stay or the
// refusal is another one than before.
func (q *question) fill(s *ward.PatientState) (news string) {
	subject, text := q.words(s)
	if left := q.Desk.Left(&s.Stay); left != "" {
		text = append([]string{"The patient " + left + "."}, text...)
	}
	off := q.refusal(s)
	switch {
	case off != "" && off != q.Options[0].Off:
		news = off
	case len(q.Subject) > 0 && q.Subject[0] != subject, s.Stay.OnWard() != q.onWard:
		news = desk.ChangedMeanwhile
	}
	q.patient, q.onWard, q.Subject, q.Text = s.Patient, s.Stay.OnWard(), []string{subject}, text
	q.off(off)
	return news
}

// off switches the answers that record off, or on again if there is no reason.
func (q *question) off(reason string) {
	for i := range q.Options {
		if q.Options[i].Records {
			q.Options[i].Off = reason
		}
	}
}

// Update implements [kit.Screen].
func (q *question) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	if q.Desk.Loaded() && !q.closed && !q.Saving() {
		q.follow(h)
	}
	return q.SaveQuestion.Update(h, msg)
}

// follow compares the question with the board. A follow-up that was closed stays in it,
// with the person who closed it.
func (q *question) follow(h kit.Host) {
	if s := open(q.Desk, q.patient.ID); s != nil && s.FollowUp.ID == q.followUp {
		if news := q.fill(s); news != "" {
			h.Fail(news)
		}
		return
	}
	q.closed = true
	text := "it was closed meanwhile"
	if f := closedBy(q.Desk, q.patient.ID, q.followUp); f != nil {
		text = words.ShortName(f.Closed.By) + " closed it at " + q.Desk.Time(f.Closed.At) + ": " + ward.WordsFor(ward.Outcomes, f.Outcome)
	}
	if q.text != nil && q.text.Value() != "" {
		text += ". Your note is kept"
	}
	q.off("closed already")
	q.Text = append(q.Text, text)
	h.Fail(text)
}
