package words

import (
	"fmt"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// notDone are the reasons that a tool was not done, short enough for a list.
var notDone = map[icans.Unable]string{
	icans.UnableUnarousable: "unarousable", icans.UnableAsleep: "asleep", icans.UnableSedated: "sedated", icans.UnableIntubated: "intubated",
	icans.UnableLanguage: "language", icans.UnableRefused: "refused", icans.UnableOffUnit: "off unit", icans.UnableOther: "not done",
}

// Score returns the score of a check for a list: "ICE 8", "ICE 6–8", "CAPD 3",
// "ICE 8 total" if only the total is known, or the reason that the tool was not done.
func Score(x *icans.Findings) string {
	low, high := x.ScoreRange()
	tool := ToolName(x.Tool)
	if n, stated := x.StatedTotal.Value(); stated {
		return fmt.Sprintf("%s %d total", tool, n)
	}
	switch {
	case x.Unable != 0:
		return notDone[x.Unable]
	case x.Scored():
		return fmt.Sprintf("%s %d", tool, low)
	case low == 0 && high == x.Tool.MaxScore():
		return tool + " –"
	}
	return fmt.Sprintf("%s %d–%d", tool, low, high)
}

// Grade returns the grade or its interval: "1", "1 to 2".
func Grade(r icans.Result) string {
	if g, known := r.Grade(); known {
		return fmt.Sprint(g)
	}
	return fmt.Sprintf("%d to %d", r.Low, r.High)
}

// driverLetters are the letters of the domains that made a grade, by the order of
// [icans.AllDomains].
var driverLetters = [len(icans.AllDomains)]string{"s", "c", "z", "w", "p"}

// DriverLetters returns the letters of the domains: "c+p".
func DriverLetters(drivers icans.Domains) string {
	var letters []string
	for i, d := range icans.AllDomains {
		if drivers.Has(d) {
			letters = append(letters, driverLetters[i])
		}
	}
	return strings.Join(letters, "+")
}

// GradeCell returns a grade with the letters of the domains that made it: "2 s", "4 c+p".
// An interval has no letters.
func GradeCell(r icans.Result) string {
	text := Grade(r)
	if !r.Conclusive() || r.Drivers == 0 {
		return text
	}
	return text + " " + DriverLetters(r.Drivers)
}

// ScoreWords returns the score of a check in a sentence: "ICE 4 to 5 of 10", "ICE not
// done: asleep".
func ScoreWords(x *icans.Findings) string {
	tool := ToolName(x.Tool)
	if x.Unable != 0 {
		return tool + " not done: " + icans.FieldOf("unable").Words(x)
	}
	low, high := x.ScoreRange()
	if n, stated := x.StatedTotal.Value(); stated {
		return fmt.Sprintf("%s %d of %d, total only", tool, n, x.Tool.MaxScore())
	}
	if low == high {
		return fmt.Sprintf("%s %d of %d", tool, low, x.Tool.MaxScore())
	}
	return fmt.Sprintf("%s %d to %d of %d", tool, low, high, x.Tool.MaxScore())
}

// Meaning returns the meaning of findings in one line: score, grade, and the domains that
// made it.
func Meaning(x *icans.Findings, r icans.Result) string {
	line := ScoreWords(x) + "   ICANS " + Grade(r)
	if r.Drivers != 0 {
		line += "   made by: " + strings.Join(r.Drivers.Words(), ", ")
	}
	return line
}

// CheckWords returns a check in a sentence: "ICE 5, ICANS 2 (score)".
func CheckWords(c *ward.Check) string {
	text := Score(&c.Findings) + ", ICANS " + Grade(c.Result)
	if c.Result.Conclusive() && c.Result.Drivers != 0 {
		text += " (" + strings.Join(c.Result.Drivers.Words(), ", ") + ")"
	}
	return text
}

// Why returns the reasons of a flag in words, separated by commas.
func Why(r icans.Result) string { return strings.Join(r.Reasons.Words(), ", ") }

// FlagLine returns a flag with its reasons: "‼ URGENT: see the patient now. Why: …". It
// does not call a check without a flag normal: see [Unchanged].
func FlagLine(r icans.Result) string {
	why := Why(r)
	switch {
	case r.AtBaseline():
		return MarkBaseline + " grade " + Grade(r) + " at own baseline: no flag"
	case r.Flag == icans.FlagNone:
		return "no flag"
	case r.Flag == icans.FlagIncomplete && r.Reasons&^icans.Attributed == 0:
		return FlagMark(r.Flag) + " " + why
	case r.Flag == icans.FlagGrade1 && r.Floor == 0 && r.Reasons&icans.NotExamined != 0: // no feature was found
		return FlagMark(r.Flag) + " flagged. Why: " + why
	}
	return FlagMark(r.Flag) + " " + r.Flag.Words() + ". Why: " + why
}

// FlagShort names a flag for a list: "urgent", "grade 1", "unfinished", "no flag".
func FlagShort(f icans.Flag) string {
	return [...]string{icans.FlagNone: "no flag", icans.FlagIncomplete: "unfinished", icans.FlagGrade1: "grade 1", icans.FlagUrgent: "urgent"}[f]
}

// Unchanged returns the signs of a check without a flag that are not none, in words: such
// a check is not normal. It is empty if there are none.
func Unchanged(x *icans.Findings) string {
	var same, also []string
	for _, f := range icans.Fields() {
		if f.Group != icans.GroupSeen || !f.Assessed(x) || f.Holds(x, 0) {
			continue
		}
		word := strings.ToLower(f.Label) + " " + f.Words(x)
		if f.Column == "headache" || f.Column == "tremor" {
			also = append(also, word)
		} else {
			same = append(same, word)
		}
	}
	text := ""
	if len(same) > 0 {
		text = "no change: " + strings.Join(same, ", ")
	}
	if len(also) > 0 {
		text = strings.TrimPrefix(text+"; also "+strings.Join(also, ", "), "; ")
	}
	return text
}

// Change compares the total of a check with the last total before it by the same tool:
// " ↓3", or nothing.
func Change(h *ward.History, c *ward.Check) string {
	now, known := c.Findings.Total()
	if !known || h == nil {
		return ""
	}
	for i := len(h.Checks) - 1; i >= 0; i-- {
		o := &h.Checks[i]
		before, scored := o.Findings.Total()
		if o.ID == c.ID || o.Compare(c) >= 0 || !scored || o.Findings.Tool != c.Findings.Tool {
			continue
		}
		switch {
		case now > before:
			return fmt.Sprintf(" ↑%d", now-before)
		case now < before:
			return fmt.Sprintf(" ↓%d", before-now)
		}
		return ""
	}
	return ""
}
