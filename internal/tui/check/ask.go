package check

import (
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// helpOf returns the text that a large window shows next to a line: the question, in the
// patient's language if the site has it, or the observation of CAPD.
func helpOf(site *ward.Site, p *ward.Patient, field *icans.Field) string {
	if field.Group == icans.GroupCAPD {
		return field.Help
	}
	return site.Question(field, p.Language)
}

// answerWords returns the answers to a sign in words, one a line.
func answerWords(field *icans.Field) string {
	var words []string
	if field.Group == icans.GroupDomain {
		for _, t := range field.Terms {
			words = append(words, t.Keys[:1]+" "+t.Label)
		}
	}
	return strings.Join(words, "\n")
}

// askLines returns the question for the field in hand, or its help, as lines: the last is
// for the line of keys, the others, which only the objects or the sentence of the site
// need, are for the foot. A help is cut, because ? has it in full. skip is in front of it
// if the choices have no room for it.
func askLines(p kit.Page, field *icans.Field, question, skip string) []string {
	text := " " + field.Help
	if question != "" {
		text = ` Ask: "` + question + `"`
	}
	if skip != "" {
		text = " " + skip + "  " + text
	}
	if field.Ask == "" {
		return []string{p.Fit(text, p.Width)}
	}
	return p.Hang(text, p.Width, 1)
}

// skipWords is the answer that every line has.
const skipWords = "- not assessed"

// choices lists the answers of a field with their keys, broken into lines. If only the
// last one, to skip the field, needs another line, it is left to the line of keys, and skip
// is that answer.
func choices(p kit.Page, field *icans.Field, x *icans.Findings) (lines []string, skip string) {
	line := " " + p.Strong.Render(field.Label+":")
	gap := "  "
	if len(field.Terms) == 2 {
		gap = "   "
	}
	add := func(gap, keys, label string) {
		cell := p.Strong.Render(keys) + " " + label
		if p.Cells(line+gap+cell) > p.Width-1 {
			lines = append(lines, line)
			line = "  " + cell
			return
		}
		line += gap + cell
	}
	if len(field.Terms) == 2 && field.Terms[1].Code != "focal_weakness" { // yes first, as one asks
		add("  ", "1 y", "yes")
		add(gap, "0 n", "no")
	} else {
		for i, t := range field.Terms {
			before := gap
			if i == 0 {
				before = "  "
			}
			add(before, t.Keys[:1], choiceLabel(field, x, i))
		}
	}
	if len(lines) == 0 && p.Cells(line+"   "+skipWords) > p.Width-1 {
		return []string{line}, skipWords
	}
	add("   ", "-", "not assessed")
	if field.Several {
		add("   ", "enter", "next")
	}
	return append(lines, line), ""
}

// choiceLabel returns the words of an answer, without the figure that its key shows.
func choiceLabel(field *icans.Field, x *icans.Findings, i int) string {
	t := field.Terms[i]
	label := t.Label
	if field.Group == icans.GroupCAPD {
		_, label, _ = strings.Cut(label, " ")
	}
	if label == t.Keys[:1] {
		return ""
	}
	if field.Several && field.Holds(x, i) {
		return "[" + label + "]"
	}
	return label
}
