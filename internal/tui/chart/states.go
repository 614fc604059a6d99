package chart

import (
	"strings"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// stateLines returns the lines about the patient's state: the follow-up with the next
// check, the time without an examination, a waiting report, a cause named ahead, a
// discharge to confirm, the own baseline, and the forms that other people have open.
func (s *record) stateLines(p kit.Page) []string {
	st := s.state()
	var lines []string
	add := func(look kit.Look, text string) {
		for _, part := range p.Hang(" "+text, p.Width-1, 3) {
			lines = append(lines, look.Render(part))
		}
	}
	state, next := s.d.StateLine(st)
	if strings.TrimSpace(desk.StateMark(st)) == "" {
		state = strings.TrimSpace(state)
	}
	late := st.Next.State == ward.Overdue
	if gap := p.Width - 2 - p.Cells(state) - p.Cells(next); gap >= 3 {
		lines = append(lines, desk.StateLook(p.Theme, st).Render(" "+state)+strings.Repeat(" ", gap)+nextLook(p, late).Render(next))
	} else {
		add(desk.StateLook(p.Theme, st), state)
		add(nextLook(p, late), next)
	}
	if st.NotExamined.Flagged() {
		since := "the admission"
		if st.Conclusive != nil && st.Conclusive.PerformedAt.Equal(st.NotExaminedSince) {
			since = "the last conclusive check"
		}
		add(desk.FlagLook(p.Theme, st.NotExamined), words.FlagMark(st.NotExamined)+" NOT EXAMINED for "+s.d.Ago(st.NotExaminedSince)+", since "+since)
	}
	if st.Report != nil && st.FollowUp != nil {
		add(p.Note, desk.MarkReported+" reported, a check is due now: "+s.d.ReportWords(st.Report))
	}
	for _, text := range s.furtherStates(st) {
		add(kit.Look{}, text)
	}
	return lines
}

func nextLook(p kit.Page, late bool) kit.Look {
	if late {
		return p.Late
	}
	return kit.Look{}
}

// feeds returns the record that has the differences with the feed.
func (s *record) feeds() *ward.History {
	if s.loaded {
		return &s.chart.History
	}
	if h := s.d.History(s.id); h != nil {
		return h
	}
	return new(ward.History)
}

// furtherStates returns the lines that have no look of their own.
func (s *record) furtherStates(st *ward.PatientState) (lines []string) {
	for _, a := range s.causesNow() {
		lines = append(lines, "cause named ahead: "+causeWords(s.d, &a)+" (o ends it)")
	}
	if st.Left {
		lines = append(lines, s.d.LeftWords(&st.Stay)+": d confirms, p undoes it")
	}
	if st.FollowUp != nil && st.Mark == ward.MarkBaseline {
		lines = append(lines, desk.MarkBaseline+" grade "+words.Grade(st.Conclusive.Result)+" at own baseline")
	}
	if end := st.Stay.DischargedAt; !end.IsZero() && !st.Left {
		lines = append(lines, "left "+s.d.Time(end)+", "+ward.WordsFor(ward.Discharges, st.Stay.Discharge))
	}
	if s.d.Alike(s.id) {
		lines = append(lines, desk.MarkAlike+" similar name: check the MRN")
	}
	lines = append(lines, s.d.FeedLines(s.feeds())...)
	return append(lines, s.d.Drafts(s.id)...)
}
