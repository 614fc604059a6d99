package bedside

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// Review is a check before its save, with the record that it is compared with. Its lines
// are those of the question whether to save.
type Review struct {
	Check    *ward.Check // with the result of the preview
	Original *ward.Check // that a correction replaces; nil for a new check
	History  *ward.History
	Preview  Preview
	By       string // the person who saves
	Clock    words.Clock
	Late     bool // the late signs are asked for

	Known   map[string]bool // the checks that were on the record when the form was begun
	Since   time.Time       // when the form was begun
	Unknown string          // the reason that the record could not be read again
}

// Lines returns the question of a new check: when and by whom it was done, its meaning and
// flag, and all remarks.
func (r *Review) Lines() []string {
	c := r.Check
	lines := []string{
		"done " + r.done() + " by " + words.Plain(r.By) + "   " + words.Meaning(&c.Findings, c.Result),
		FlagText(c),
	}
	if r.Preview.Old {
		lines[1] += r.Preview.Effect()
	}
	lines = append(lines, CauseWords(c)...)
	if left := r.NotAssessed(); left != "" {
		lines = append(lines, left)
	}
	return append(lines, r.Remarks()...)
}

// Refusal returns the reason that the check cannot be saved as it is, or an empty text.
func (r *Review) Refusal() string {
	c := r.Check
	x := &c.Findings
	late := TimeRefusal(r.History, c.PerformedAt, r.Clock)
	switch problems := x.Problems(); {
	case len(problems) > 0:
		return words.FieldWords(problems[0].Column) + ": " + problems[0].Reason
	case *x == (icans.Findings{Tool: x.Tool}):
		return "there is no answer to save yet"
	case x.OtherCause != 0 && c.CauseNote == "":
		return "Other cause: needs the cause in words, o names it"
	case late != "":
		return "Time of the check: " + late + ": t sets it"
	}
	return ""
}

// done returns the time of the check with its day.
func (r *Review) done() string {
	at := r.Check.PerformedAt
	if r.Clock.Now.Sub(at) > ward.LateAfter {
		label, when := r.Clock.LateEntry(at)
		return label + " " + when + ","
	}
	return r.Clock.DayTime(at)
}

// Meanwhile returns the checks that other people recorded since the form was begun, the
// oldest first.
func (r *Review) Meanwhile() []ward.Check {
	var list []ward.Check
	for i := range r.History.Checks {
		c := &r.History.Checks[i]
		if c.ID == r.Check.ID || c.Recorded.By == r.By || r.Known[c.ID] && !c.Recorded.At.After(r.Since) {
			continue
		}
		list = append(list, *c)
	}
	slices.SortStableFunc(list, func(a, b ward.Check) int { return a.Recorded.At.Compare(b.Recorded.At) })
	return list
}

// MeanwhileWords returns a check that another person recorded, in a sentence.
func MeanwhileWords(clock words.Clock, c *ward.Check) string {
	return clock.Time(c.PerformedAt) + " " + words.Plain(c.Recorded.By) + " recorded a check: " + words.Score(&c.Findings) + ", ICANS " + words.Grade(c.Result)
}

// Remarks returns the lines about the record: the checks that were recorded meanwhile, the
// points that are asked about once, the flags that change.
func (r *Review) Remarks() (lines []string) {
	if r.Unknown != "" {
		lines = append(lines, r.Unknown)
	}
	for _, m := range r.Meanwhile() {
		lines = append(lines, "MEANWHILE "+MeanwhileWords(r.Clock, &m)+".")
	}
	if list := r.warnings(); len(list) > 0 {
		lines = append(lines, "Please check: "+strings.ReplaceAll(strings.Join(list, "; ")+".", "?.", "?"))
	}
	if r.Original == nil {
		for _, d := range OthersDrafts(r.History, r.By) {
			lines = append(lines, OpenElsewhere(r.Clock, &d)+".")
		}
	}
	return append(lines, ChangedFlags(r.Clock, r.History, r.Preview.Changed)...)
}

// OthersDrafts returns the unsaved checks of a patient that other people have open.
func OthersDrafts(h *ward.History, by string) []ward.Draft {
	return slices.DeleteFunc(slices.Clone(h.Drafts), func(d ward.Draft) bool { return d.Paper || d.Author == by })
}

// OpenElsewhere returns a line about an unsaved form of another person.
func OpenElsewhere(clock words.Clock, d *ward.Draft) string {
	form := " has a check open since "
	if d.Paper {
		form = " has paper checks open since "
	}
	return words.ShortName(d.Author) + form + clock.Time(d.Since)
}

// warnings returns the points that are asked about once. That of a total far from the one
// before it gets the time of that check.
func (r *Review) warnings() []string {
	c := r.Check
	list := c.Warnings(r.History, r.Clock.Zone, r.Clock.Now)
	if r.Original != nil && c.PerformedAt.Equal(r.Original.PerformedAt) { // the age of the check is no news then
		list = slices.DeleteFunc(list, func(text string) bool { return strings.HasPrefix(text, "done ") })
	}
	total, known := c.Findings.Total()
	last := LastBefore(r.History, c)
	if last == nil || !known {
		return list
	}
	before, _ := last.Findings.Total()
	tool := words.ToolName(c.Findings.Tool)
	for i, text := range list {
		if text == fmt.Sprintf("%s is %d now, it was %d", tool, total, before) {
			list[i] = text + " at " + r.Clock.Time(last.PerformedAt) + fmt.Sprintf(" (%d lower)", before-total)
			if total > before {
				list[i] = text + " at " + r.Clock.Time(last.PerformedAt) + fmt.Sprintf(" (%d higher)", total-before)
			}
		}
	}
	return list
}

// mostChanged is the number of changed flags that a question names one by one.
const mostChanged = 3

// ChangedFlags returns the other checks whose flag or reasons change.
func ChangedFlags(clock words.Clock, h *ward.History, changed []ward.Reevaluation) (lines []string) {
	for i, r := range changed {
		if i == mostChanged {
			return append(lines, fmt.Sprintf("The flags of %d more checks change.", len(changed)-mostChanged))
		}
		was := ""
		for j := range h.Checks {
			if h.Checks[j].ID == r.Check.ID {
				was = words.FlagShort(h.Checks[j].Result.Flag) + " → "
			}
		}
		now := words.FlagShort(r.Check.Result.Flag)
		if strings.HasPrefix(was, now+" →") {
			was, now = "", now+", for other reasons"
		}
		lines = append(lines, "The check of "+clock.DayTime(r.Check.PerformedAt)+" changes: "+was+now+".")
	}
	return lines
}

// NotAssessed returns the items without an answer: those that every check needs, and the
// other signs. It is empty if there are none.
func (r *Review) NotAssessed() string {
	var needed, other []string
	x := &r.Check.Findings
	value := func(column string) string { return icans.FieldOf(column).Code(x) }
	for _, field := range Fields {
		switch {
		case Hidden(field, value) || field.Assessed(x) || field.Group == icans.GroupCRS || IsLate(field) && !r.Late:
		case field.Group == icans.GroupSeen && !IsFeature(field):
			other = append(other, field.Label)
		case x.StatedTotal != 0 && (field.Group == icans.GroupICE || field.Group == icans.GroupCAPD):
		default:
			needed = append(needed, field.Label)
		}
	}
	var parts []string
	if len(needed) > 0 {
		parts = append(parts, "Not assessed: "+strings.Join(needed, ", ")+".")
	}
	if len(other) > 0 {
		parts = append(parts, "Also not looked at: "+strings.Join(other, ", ")+".")
	}
	return strings.Join(parts, "  ")
}

// CauseWords returns the domains that are attributed or uncertain, one line each.
func CauseWords(c *ward.Check) (lines []string) {
	x := &c.Findings
	if x.OtherCause != 0 {
		lines = append(lines, "Other cause (does not count): "+strings.Join(x.OtherCause.Words(), ", ")+": "+words.Plain(c.CauseNote))
	}
	if u := x.Uncertain(); u != 0 {
		lines = append(lines, "Uncertain cause: "+strings.Join(u.Words(), ", "))
	}
	return lines
}

// FlagText returns the flag that a check has or would have. Only a normal check is called
// normal.
func FlagText(c *ward.Check) string {
	r := c.Result
	text := words.FlagLine(r)
	if r.Flag != icans.FlagNone || r.Reasons != 0 {
		return text
	}
	if c.Normal() {
		return "normal check: no flag"
	}
	if same := words.Unchanged(&c.Findings); same != "" {
		text += "; " + same
	}
	return text
}

// Effect returns the effect of a save on the follow-up.
func (p *Preview) Effect() string {
	switch {
	case p.Old:
		return ". Over 24 h old and a later check exists: opens no follow-up"
	case p.Event == ward.JoinOpened:
		return ". Opens a follow-up"
	case p.Event == ward.JoinRaised:
		return ". RAISES the follow-up"
	case p.Event == ward.JoinJoined:
		return ". Joins the follow-up"
	}
	return ""
}
