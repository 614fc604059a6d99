package chart

import (
	"strconv"
	"strings"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// foundWords returns the findings that are not the best of their kind, and those that the
// check needs and that were not assessed, because unknown is not normal.
func foundWords(x *icans.Findings) string {
	var found, missing []string
	features := 0
	for _, f := range icans.Fields() {
		items := f.Group == icans.GroupICE || f.Group == icans.GroupCAPD
		if f.Group == icans.GroupSeen {
			features++
		}
		switch {
		case items && (x.Unable != 0 || x.StatedTotal != 0 || (f.Group == icans.GroupICE) != (x.Tool == icans.ICE)):
		case !items && f.Group != icans.GroupDomain && f.Group != icans.GroupSeen:
		case !f.Assessed(x) && features > icans.Features: // no check needs the other signs
		case !f.Assessed(x):
			missing = append(missing, strings.ToLower(f.Label))
		case !bedside.IsNormal(f, x):
			words := strings.ToLower(f.Label) + " " + f.Words(x)
			if most := len(f.Terms) - 1; f.Group == icans.GroupICE && most > 1 {
				words += " of " + strconv.Itoa(most)
			}
			found = append(found, words)
		}
	}
	if n, ok := x.CRSGrade.Value(); ok && n > 0 {
		found = append(found, "CRS "+strconv.Itoa(n))
	}
	text := strings.Join(found, ", ")
	switch {
	case len(found) == 0 && len(missing) >= icans.Features+len(icans.AllDomains)-1:
		return "nothing else was assessed"
	case len(missing) > 0:
		text = strings.TrimPrefix(text+"; not assessed: "+strings.Join(missing, ", "), "; ")
	}
	return text
}

// checkWhy returns the flag of a check with the reasons, for a list.
func checkWhy(c *ward.Check) string {
	why := words.Why(c.Result)
	switch {
	case c.Normal():
		return "normal"
	case c.Result.AtBaseline():
		return "at own baseline"
	case c.Result.Flag == icans.FlagNone && why == "":
		if same := words.Unchanged(&c.Findings); same != "" {
			return "no flag; " + same
		}
		return "no flag"
	}
	return why
}

// versionWord returns the state of a check that is not its first version.
func versionWord(c *ward.Check) string {
	switch {
	case c.Superseded:
		return desk.MarkNotDone + " replaced: "
	case c.Status == ward.Withdrawn:
		return desk.MarkNotDone + " withdrawn: "
	case c.Status == ward.Corrected:
		return "corrected: "
	case c.Because != "":
		return "flag changed: "
	case c.Late():
		return "late entry: "
	}
	return ""
}

// readOut returns a check in one sentence: time, score, grade, flag and the reasons.
func (s *record) readOut(c *ward.Check) string {
	text := s.d.Time(c.PerformedAt) + " " + words.CheckWords(c) + ": "
	switch {
	case c.Status == ward.Withdrawn:
		return text + "withdrawn, no longer counts"
	case c.Result.AtBaseline():
		return text + "at own baseline, no flag"
	case c.Normal():
		return text + "normal check"
	case c.Result.Flag == icans.FlagNone:
		if same := words.Unchanged(&c.Findings); same != "" {
			return text + "no flag; " + same
		}
		return text + "no flag"
	}
	short, why := words.FlagShort(c.Result.Flag), words.Why(c.Result)
	if why != short && !strings.HasPrefix(why, short+",") { // "grade 1" is both the flag and its first reason
		why = short + ", " + why
	}
	return text + why
}

// strong draws lines in the strong look.
func strong(p kit.Page, lines []string) []string {
	for i := range lines {
		lines[i] = p.Strong.Render(lines[i])
	}
	return lines
}
