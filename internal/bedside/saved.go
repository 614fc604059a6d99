package bedside

import (
	"fmt"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// SavedWords returns the line about a saved check and its consequences. It names the time
// of the first try to save if that was in another minute.
func SavedWords(clock words.Clock, site *ward.Site, p *ward.Patient, s *store.Saved, entered time.Time) string {
	c := &s.Check
	text := "Saved " + clock.Time(clock.Now)
	if !entered.Truncate(time.Minute).Equal(clock.Now.Truncate(time.Minute)) {
		text += ", entered " + clock.Time(entered)
	}
	text += ": " + words.Name(p) + "  " + words.MRN(p) + "  " + words.Score(&c.Findings) + "  ICANS " + words.GradeCell(c.Result) + "  " + Consequence(site, s)
	if n := len(s.Reevaluated); n == 1 {
		text += "; the flag of another check changed"
	} else if n > 1 {
		text += fmt.Sprintf("; the flags of %d other checks changed", n)
	}
	return text
}

// Consequence returns the effect of a save on the follow-up, or the flag.
func Consequence(site *ward.Site, s *store.Saved) string {
	r := s.Check.Result
	mark := words.FlagMark(r.Flag)
	lower := s.FollowUp != nil && s.FollowUp.IsOpen() && r.Flag < s.FollowUp.Level
	switch {
	case s.Old:
		return mark + " old flag: no follow-up"
	case s.Event == ward.JoinOpened:
		return mark + " follow-up opened" + acceptWithin(site, s)
	case s.Event == ward.JoinRaised:
		return mark + " follow-up RAISED" + acceptWithin(site, s)
	case lower:
		return words.Lower(&s.Check, s.FollowUp)
	case s.Event == ward.JoinJoined:
		return mark + " joined the follow-up"
	case r.Flag.Flagged():
		return mark + " " + r.Flag.Words()
	case r.AtBaseline():
		return "= at own baseline"
	case r.Flag == icans.FlagIncomplete && s.Check.Unfinished():
		return mark + " unfinished: please complete"
	case s.Check.Normal():
		return "normal check"
	}
	return "no flag"
}

func acceptWithin(site *ward.Site, s *store.Saved) string {
	if s.FollowUp == nil {
		return ""
	}
	f := s.FollowUp
	since := f.Opened.At
	if f.RaisedAt.After(since) {
		since = f.RaisedAt
	}
	return ": accept within " + ward.Elapsed(site.EscalatesAt(f).Sub(since))
}
