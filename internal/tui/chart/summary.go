package chart

import (
	"fmt"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// summary returns the meaning of the check and all that was recorded with it.
func (s *record) summary(p kit.Page, c *ward.Check) []string {
	var lines []string
	add := func(look kit.Look, text string) {
		for _, part := range p.Hang(" "+text, p.Width-1, 1) {
			lines = append(lines, look.Render(part))
		}
	}
	look := desk.FlagLook(p.Theme, c.Result.Flag)
	meaning, flag, why := words.Meaning(&c.Findings, c.Result), flagWords(c), whyWords(c)
	if gap := p.Width - 3 - p.Cells(meaning) - p.Cells(flag); gap >= 3 {
		lines = append(lines, look.Render(" "+p.Pad(meaning, p.Cells(meaning)+gap)+" "+flag))
	} else {
		add(look, meaning)
		add(look, flag)
	}
	if why != "" {
		add(look, why)
	}
	times := fmt.Sprintf("done %s (day %s), %s", s.d.DayTime(c.PerformedAt), s.d.Day(&s.chart.Patient, c.PerformedAt), s.d.RecordedBy(&s.chart, c))
	add(p.Faint, times)
	for _, text := range s.remarks(c) {
		add(kit.Look{}, text)
	}
	return append(lines, "")
}

// flagWords returns the flag of a version without the reasons. Only a normal check is
// called normal.
func flagWords(c *ward.Check) string {
	switch {
	case c.Superseded:
		return desk.MarkNotDone + " replaced"
	case c.Status == ward.Withdrawn:
		return desk.MarkNotDone + " withdrawn, no longer counts"
	case c.Normal():
		return "normal check: no flag"
	case c.Result.AtBaseline():
		return desk.MarkBaseline + " at own baseline: no flag"
	case c.Result.Flag == icans.FlagNone:
		return "no flag"
	}
	return words.FlagMark(c.Result.Flag) + " " + c.Result.Flag.Words()
}

// whyWords returns the reasons of the flag; of a check without a flag the signs that make
// it no normal one.
func whyWords(c *ward.Check) string {
	if why := words.Why(c.Result); why != "" && !c.Result.AtBaseline() {
		return "Why: " + why
	}
	if c.Valid() {
		return words.Unchanged(&c.Findings)
	}
	return ""
}

// remarks returns the causes, the follow-up, the change of the flag, and the comment.
func (s *record) remarks(c *ward.Check) (list []string) {
	if c.Because != "" {
		text := "flag changed: an earlier check was added or corrected"
		if other := s.chart.Current(c.Because); other != nil {
			text += " (that of " + s.d.Time(other.PerformedAt) + ", recorded " + s.d.Time(other.Recorded.At) + ")"
		}
		list = append(list, text)
	}
	if c.Findings.OtherCause != 0 {
		list = append(list, "Other cause (does not count): "+strings.Join(c.Findings.OtherCause.Words(), ", ")+": "+kit.Plain(c.CauseNote))
	}
	if u := c.Findings.Uncertain(); u != 0 {
		list = append(list, "Uncertain cause: "+strings.Join(u.Words(), ", "))
	}
	for i := range s.chart.FollowUps {
		if event, ok := s.chart.FollowUps[i].Has(c.ID); ok {
			list = append(list, s.followUpLine(&s.chart.FollowUps[i], event))
		}
	}
	if c.Note != "" {
		list = append(list, "“"+kit.Plain(c.Note)+"”")
	}
	return list
}

// followUpLine returns the effect of the check on a follow-up, and the state of that.
func (s *record) followUpLine(f *ward.FollowUp, event ward.JoinEvent) string {
	text := string(event) + " the follow-up of " + s.d.Time(f.Opened.At)
	if f.Acked.Done() {
		text += ", accepted " + s.d.Time(f.Acked.At) + " by " + kit.Plain(f.Acked.By)
	}
	if f.IsOpen() {
		return text
	}
	text += ", closed " + s.d.Time(f.Closed.At) + " by " + kit.Plain(f.Closed.By) + ": " + ward.WordsFor(ward.Outcomes, f.Outcome)
	if code := f.ICD10(); code != "" {
		text += " (" + code + ")"
	}
	if f.Note != "" {
		text += ", “" + kit.Plain(f.Note) + "”"
	}
	if f.Asked {
		text += " (asked again)"
	}
	return text
}
