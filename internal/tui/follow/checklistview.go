package follow

import (
	"fmt"
	"strings"
	"time"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// Body implements [kit.Screen]. The identity stays, and the items scroll.
func (c *checklist) Body(p kit.Page) []string {
	s := c.state()
	if c.followUp == 0 {
		return []string{" loading the checklist…"}
	}
	if s == nil {
		return []string{" This follow-up is closed."}
	}
	lines := c.title(p, s)
	lines = append(lines, p.Faint.Render(kit.Rule(p.Width)))
	lines = append(lines, c.tell(p, s)...)
	var items []string
	for i, item := range c.items() {
		items = append(items, c.item(p, s, i, item)...)
	}
	items = append(items, comments(c.d, p, s.FollowUp)...)
	return append(lines, c.scroll.View(p.With(max(p.Height-len(lines), 1)), items)...)
}

// title returns the flag, the full name and the time to accept; below it the identifiers.
func (c *checklist) title(p kit.Page, s *ward.PatientState) []string {
	f := s.FollowUp
	word := "CHECKLIST"
	level := words.FlagMark(f.Level) + " " + levelPeak(f)
	if c.after {
		word = "SAVED"
		level = words.FlagMark(f.Level) + " " + strings.ToUpper(words.Level(f))
	}
	state := "not accepted"
	switch {
	case f.Acked.Done():
		state = "accepted " + c.d.Time(f.Acked.At) + " " + words.ShortName(f.Acked.By)
	case s.Escalated:
		state = c.d.FollowUpCell(s)
	case s.Stay.OnWard():
		minutes := int((s.EscalatesAt.Sub(c.d.Now()) + time.Minute - 1) / time.Minute)
		state = fmt.Sprintf("accept within %d min", minutes)
	}
	look := desk.FlagLook(p.Theme, f.Level)
	line := " " + p.Strong.Render(word) + "  " + look.Render(level) + "   " + p.Strong.Render(words.Name(&s.Patient))
	lines := p.Hang(line, p.Width-1, 1)
	if last := len(lines) - 1; p.Cells(lines[last])+p.Cells(state)+3 <= p.Width {
		lines[last] = p.Pad(lines[last], p.Width-p.Cells(state)-1) + look.Render(state)
	} else {
		lines = append(lines, " "+look.Render(state))
	}
	who := " " + words.Born(&s.Patient) + "   " + words.MRN(&s.Patient) + "   bed " + desk.Bed(&s.Stay)
	if _, ok := s.Patient.Day(c.d.Now(), c.d.Zone()); ok {
		who += "   day " + c.d.Day(&s.Patient, c.d.Now())
	}
	return append(lines, p.Hang(who, p.Width-1, 1)...)
}

// tell returns the people to tell after a save, and the next check.
func (c *checklist) tell(p kit.Page, s *ward.PatientState) []string {
	next := "next check " + c.d.Time(s.Next.Due)
	if every := desk.Every(&s.Next); every != "" {
		next += ", " + every
	}
	if s.Next.Due.IsZero() {
		next = c.d.Plan(&s.Next)
	}
	left := " Tell now: " + c.responsible(s)
	if !c.after {
		left = " Responsible: " + c.responsible(s)
	}
	var lines []string
	if gap := p.Width - p.Cells(left) - p.Cells(next) - 1; gap >= 2 {
		lines = []string{left + strings.Repeat(" ", gap) + next}
	} else {
		lines = append(p.Hang(left, p.Width-1, 1), p.Hang(" "+next, p.Width-1, 1)...)
	}
	if last := s.Last; last != nil && last.Result.Flag < s.FollowUp.Level {
		text := " " + words.Lower(last, s.FollowUp)
		if h := c.d.History(c.patient); h != nil && h.Lifted(s.FollowUp) {
			text = " " + lifted(c.d)
		}
		lines = append(lines, text)
	}
	return lines
}

// responsible names the responsible clinician, or the clinicians of the ward if the stay
// has none.
func (c *checklist) responsible(s *ward.PatientState) string {
	if s.Stay.Clinician != "" {
		name := kit.Plain(s.Stay.Clinician)
		if c.after {
			name += " (responsible)"
		}
		return name
	}
	var names []string
	for _, m := range c.d.People() {
		if m.Active && m.Role == ward.Clinician {
			names = append(names, words.ShortName(m.Name))
		}
	}
	if len(names) == 0 {
		return "a clinician"
	}
	return "a clinician (none is named): " + strings.Join(names, ", ")
}

// due is the item that shows the time of the next check.
const due = "repeat the check when due"

// item draws an item: its number, its box, the words, and the signature of the tick.
func (c *checklist) item(p kit.Page, s *ward.PatientState, i int, item string) []string {
	sig, ticked := c.done[item]
	by := signed(c.d, sig, ticked)
	for _, t := range c.queue {
		if t.item == item {
			by = "saving…"
		}
	}
	return drawItem(p, i, itemWords(c.d, s, item), ticked, by)
}

// itemWords returns the words of an item, with the time of the next check if it is about
// that.
func itemWords(d *desk.Desk, s *ward.PatientState, item string) string {
	words := kit.Plain(item)
	if item == due && !s.Next.Due.IsZero() {
		words += ": " + d.Time(s.Next.Due)
	}
	return words
}

// signed returns the time and the author of a tick; empty without one.
func signed(d *desk.Desk, sig ward.Signature, ticked bool) string {
	if !ticked {
		return ""
	}
	return d.Time(sig.At) + " " + kit.Plain(sig.By)
}

func drawItem(p kit.Page, i int, words string, ticked bool, by string) []string {
	box := "[ ]"
	if ticked {
		box = "[x]"
	}
	lead := fmt.Sprintf(" %2d %s ", i+1, box)
	const column = 48
	if line := lead + words; by != "" && p.Cells(line) < column && p.Width-column >= p.Cells(by) {
		return []string{p.Pad(line, column) + p.Faint.Render(by)}
	} else if by != "" && p.Cells(line+"  "+by) <= p.Width-1 {
		return []string{line + "  " + p.Faint.Render(by)}
	}
	lines := p.Hang(lead+words, p.Width-1, p.Cells(lead))
	if by != "" {
		lines = append(lines, strings.Repeat(" ", p.Cells(lead))+p.Faint.Render(by))
	}
	return lines
}

// Foot implements [kit.Screen].
func (c *checklist) Foot(p kit.Page) []string {
	if c.state() == nil {
		return []string{p.Faint.Render(" esc back")}
	}
	text := "number (and enter) ticks, again unticks   a accept   c comment   esc back"
	switch {
	case c.number != "":
		return []string{" " + p.Strong.Render("item "+c.number+"▌") + "   enter " + c.verb() + "s it, or another number   esc forget it"}
	case c.after && c.d.InRound():
		text = "number (and enter) ticks, again unticks   a accept   enter esc g  the round"
	case c.after:
		text = "number (and enter) ticks, again unticks   a accept   enter g go on   esc board"
	}
	return []string{p.Faint.Render(" " + text)}
}
