package fhir

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// narrative is the content of a resource in words, made from its codes alone: it holds no text
// that a person typed, and no name.
type narrative struct {
	Status string `json:"status"`
	Div    string `json:"div"`
}

// told returns sentences as the narrative of a resource with that status.
func told(status string, sentences ...string) *narrative {
	if status == "entered-in-error" {
		sentences = append([]string{"Entered in error, and withdrawn"}, sentences...)
	}
	var b strings.Builder
	for _, s := range sentences {
		if s != "" {
			b.WriteString(" " + html.EscapeString(strings.ToUpper(s[:1])+s[1:]) + ".")
		}
	}
	return &narrative{"generated", `<div xmlns="http://www.w3.org/1999/xhtml">` + strings.TrimSpace(b.String()) + "</div>"}
}

// when returns a time in words, on the clock that it was recorded by.
func when(t time.Time) string { return t.Format("2006-01-02 15:04 -07:00") }

func fromTo(from, to time.Time) (text string) {
	if !from.IsZero() {
		text = " from " + when(from)
	}
	if !to.IsZero() {
		text += " to " + when(to)
	}
	return text
}

// words returns the words of a code of the CodeSystem; none for no code.
func words(of, code string) string {
	if code == "" {
		return ""
	}
	return displays[of+"."+code]
}

func toolName(t icans.Tool) string {
	if t == icans.CAPD {
		return "CAPD"
	}
	return "ICE"
}

// checkWords returns the findings of a check: whether it was a normal check, each finding
// that was there, and each that was not assessed. "Normal" is said of nothing else.
func checkWords(c *ward.Check) (sentences []string) {
	sentences = []string{"Neuro check of " + when(c.PerformedAt)}
	if c.Normal() {
		sentences = append(sentences, "Normal check")
	}
	var found, missing []string
	for _, f := range icans.Fields() {
		switch f.Group {
		case icans.GroupDomain, icans.GroupSeen, icans.GroupUnable, icans.GroupOtherCause:
		default:
			continue
		}
		switch code := f.Code(&c.Findings); {
		case code == "" && (f.Group == icans.GroupDomain || f.Group == icans.GroupSeen):
			missing = append(missing, displays[f.Column])
		case code != "" && code != "none" && code != "alert":
			found = append(found, displays[f.Column]+": "+f.Words(&c.Findings))
		}
	}
	if len(found) > 0 {
		sentences = append(sentences, strings.Join(found, "; "))
	}
	if len(missing) > 0 {
		sentences = append(sentences, "Not assessed: "+strings.Join(missing, ", "))
	}
	return sentences
}

// scoreWords returns the score of a check, or that there is none.
func scoreWords(c *ward.Check, v *value) string {
	name := toolName(c.Findings.Tool)
	switch {
	case v.Quantity != nil:
		return name + " " + strconv.Itoa(v.Quantity.Value)
	case v.Range != nil:
		return fmt.Sprintf("%s %d to %d: not every item was scored", name, v.Range.Low.Value, v.Range.High.Value)
	}
	return name + " was not scored"
}

// gradeWords returns the grade of a check with its domains, and its flag with the reasons.
func gradeWords(r *icans.Result) []string {
	grade := fmt.Sprintf("ICANS grade %d to %d", r.Low, r.High)
	if g, known := r.Grade(); known {
		grade = "ICANS grade " + strconv.Itoa(g)
	}
	if by := r.Drivers.Words(); len(by) > 0 {
		grade += ", by " + strings.Join(by, ", ")
	}
	flag := "Flag: " + words(codeFlag, r.Flag.Code())
	if why := r.Reasons.Words(); len(why) > 0 {
		flag += " (" + strings.Join(why, ", ") + ")"
	}
	return []string{grade, flag}
}
