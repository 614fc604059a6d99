package follow

import (
	"fmt"
	"slices"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// Foot implements [kit.Screen]. It holds the details of the selected row.
func (s *followUps) Foot(p kit.Page) []string {
	r := s.chosen()
	if r == nil {
		return nil
	}
	h := s.d.History(r.Patient.ID)
	var lines []string
	add := func(look kit.Look, text string) {
		if text == "" {
			return
		}
		for _, line := range p.Hang(" "+text, p.Width-1, 1) {
			lines = append(lines, look.Render(line))
		}
	}
	if f := r.FollowUp; f != nil && h != nil {
		add(desk.FlagLook(p.Theme, f.Level), s.opened(h, f))
		add(kit.Look{}, s.cutState(p, r))
		lines = append(lines, s.joined(p, r)...)
		if s.back > 0 {
			add(p.Strong, s.earlier(h))
		} else {
			add(p.Strong, sinceFlag(s.d, h, f, r.DayWithoutFlag))
		}
		if n := len(f.Notes); n > 0 {
			add(kit.Look{}, "comment "+noteWords(s.d, &f.Notes[n-1]))
		}
	}
	if r.Report != nil {
		add(p.Note, "reported "+s.d.ReportWords(r.Report))
	}
	add(p.Faint, intervals(s.d, r, h))
	return lines
}

// noteWords returns a comment with its time and author.
func noteWords(d *desk.Desk, n *ward.FollowUpNote) string {
	return d.Time(n.At) + " " + words.ShortName(n.By) + ": " + kit.Plain(n.Text)
}

// opened returns the times of opening and raising, and the reasons of the check that did it:
// a milder one that joined later must not look like the reason.
func (s *followUps) opened(h *ward.History, f *ward.FollowUp) string {
	text := "opened " + s.d.Time(f.Opened.At)
	if !f.RaisedAt.IsZero() {
		text += ", raised " + s.d.Time(f.RaisedAt)
	}
	if c := raisedBy(h, f); c != nil && c.Result.Reasons != 0 {
		text += ": " + words.Why(c.Result)
	}
	return text
}

// raisedBy returns the check that raised a follow-up last, or opened it if none did; nil if
// it was withdrawn.
func raisedBy(h *ward.History, f *ward.FollowUp) *ward.Check {
	for _, j := range slices.Backward(f.Joined) {
		if j.Event == ward.JoinJoined {
			continue
		}
		if i := slices.IndexFunc(h.Checks, func(c ward.Check) bool { return c.ID == j.CheckID }); i >= 0 {
			return &h.Checks[i]
		}
		return nil
	}
	return nil
}

// joined returns the checks that joined, with the state of the checklist at the end.
func (s *followUps) joined(p kit.Page, r *ward.PatientState) []string {
	f := r.FollowUp
	var list []string
	for i := range f.Joined {
		j := &f.Joined[i]
		list = append(list, fmt.Sprintf("%s %s %d", s.d.Time(j.PerformedAt), words.FlagMark(j.Flag), j.Floor))
	}
	const most = 4
	if more := len(list) - most; more > 0 {
		list = append([]string{list[0], fmt.Sprintf("%d more", more)}, list[len(list)-most+1:]...)
	}
	line := " joined: " + strings.Join(list, ", ")
	right := ""
	if items := s.d.Site().Checklist(f.Level, r.Patient.Product); len(items) > 0 {
		right = fmt.Sprintf("checklist %d of %d", ticked(items, s.ticks[f.ID]), len(items))
	}
	if room := p.Width - p.Cells(right) - 4; right != "" && p.Cells(line)+1 < room {
		return []string{p.Pad(line, room) + right}
	}
	lines := p.Hang(line, p.Width-1, 1)
	if right != "" {
		lines = append(lines, " "+right)
	}
	return lines
}

// ticked returns the number of items that are ticked.
func ticked(items []string, done map[string]ward.Signature) (n int) {
	for _, item := range items {
		if _, ok := done[item]; ok {
			n++
		}
	}
	return n
}

// lifted says that corrections lifted every flag; a clinician is asked to close.
func lifted(d *desk.Desk) string {
	if d.Refusal(ward.MayDecide) == "" {
		return "corrected: no flag now; close it?"
	}
	return "corrected: no flag now; a clinician must close it"
}

// sinceFlag returns the course since the first flagged check of a follow-up. It says
// normal of a normal check only.
func sinceFlag(d *desk.Desk, h *ward.History, f *ward.FollowUp, dayWithout bool) string {
	last := h.Last()
	switch {
	case h.Lifted(f):
		return lifted(d)
	case last == nil:
		return ""
	}
	quiet := ""
	if dayWithout {
		quiet = "; 24 h without a flag"
	}
	at := d.Time(last.PerformedAt)
	switch {
	case last.Normal():
		return "Last check normal " + at + quiet
	case last.Result.Flag.Flagged():
		return "Last check " + at + " is flagged. " + lastNormal(d, h, f)
	case last.Result.Flag == icans.FlagNone && last.Result.Reasons == 0 && words.Unchanged(&last.Findings) != "":
		return "Last check " + at + ": no flag; " + words.Unchanged(&last.Findings) + quiet
	}
	return "Last check " + at + ": " + words.FlagLine(last.Result) + quiet
}

// lastNormal returns the last normal check after the first one that joined.
func lastNormal(d *desk.Desk, h *ward.History, f *ward.FollowUp) string {
	if len(f.Joined) > 0 {
		first := f.Joined[0].PerformedAt
		for i := len(h.Checks) - 1; i >= 0; i-- {
			if c := &h.Checks[i]; c.Normal() && c.PerformedAt.After(first) {
				return "Last normal check " + d.Time(c.PerformedAt) + "."
			}
		}
	}
	return "No normal check since the first flag."
}

// earlier returns the check that ← has gone back to.
func (s *followUps) earlier(h *ward.History) string {
	i := len(h.Checks) - 1 - s.back
	if i < 0 {
		return ""
	}
	c := &h.Checks[i]
	return s.d.Time(c.PerformedAt) + " " + words.CheckWords(c) + ". " + words.FlagLine(c.Result)
}

// intervals returns the interval in force: "every 1 h until 19:45, then every 2 h".
func intervals(d *desk.Desk, r *ward.PatientState, h *ward.History) string {
	if !r.Stay.OnWard() || h == nil {
		return "left " + d.FullTime(r.Stay.DischargedAt) + ": no check is due"
	}
	next := r.Next
	if until, then, ok := h.AfterBurst(d.Site(), d.Now()); ok && desk.Every(&next) != "" {
		return desk.Every(&next) + " until " + d.Time(until) + ", then every " + ward.Elapsed(then)
	}
	return d.Plan(&next)
}
