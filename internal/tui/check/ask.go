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

// askLines returns the question for the selected field, or its help, as lines: the last is
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
