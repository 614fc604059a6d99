package csvlog

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// readAny records a cell in any spelling that has one meaning in the column, or returns
// the reason to refuse it. value is the cell as the column reads it. The strict spelling
// is tried first, so that an export costs no more.
func (c *Column) readAny(p *ward.Patient, s *ward.Stay, k *ward.Check, cell string, zone *time.Location) (value, reason string) {
	if reason = c.read(p, s, k, cell); reason == "" {
		return cell, ""
	}
	value, unreadable := c.respelled(cell, zone)
	switch {
	case unreadable != "":
		return "", unreadable
	case value == cell:
		return "", reason
	case value == "":
		return "", ""
	}
	if c.read(p, s, k, value) != "" {
		return "", reason // of the cell as the file has it
	}
	return value, ""
}

// respelled returns a cell in the spelling of an export, if it has one meaning: without
// blanks around it, codes and labels in any case, numbers as 1.0 or 01, yes and no for 1
// and 0, times as any ISO 8601 and without an offset in the zone. Any other cell comes
// back as it is.
func (c *Column) respelled(cell string, zone *time.Location) (value, reason string) {
	cell = strings.TrimSpace(cell)
	terms, several := vocabulary(c)
	switch {
	case cell == "":
		return "", ""
	case c.when != nil:
		t, reason := ReadTime(cell, zone)
		if reason != "" {
			return "", reason
		}
		return string(appendTime(nil, t)), ""
	case c.Type == "date":
		if strings.EqualFold(cell, unknownDate) {
			return unknownDate, ""
		}
		return readDate(cell), ""
	case c.Type == "boolean":
		return Flag(cell), ""
	case several:
		var words []string
		for word := range strings.SplitSeq(cell, ";") {
			words = append(words, wordOf(strings.TrimSpace(word), terms))
		}
		return strings.Join(words, ";"), ""
	case c.Type == "integer" || len(terms) > 0 && terms[0].Code == "0":
		if len(terms) == 2 {
			cell = Flag(cell)
		}
		return wordOf(wholeNumber(cell), terms), ""
	case len(terms) > 0:
		return wordOf(cell, terms), ""
	}
	return cell, ""
}

// wordOf returns the code of the only term with that code or label, else the word. A label
// counts without its code before it: "0 never" is "never".
func wordOf(word string, terms []ward.Term) string {
	folded, code := FoldWord(word), ""
	for _, t := range terms {
		label := strings.TrimPrefix(t.Label, t.Code+" ")
		if folded == FoldWord(t.Code) || folded == FoldWord(t.Label) || folded == FoldWord(label) {
			if code != "" {
				return word
			}
			code = t.Code
		}
	}
	if code == "" {
		return word
	}
	return code
}

// FoldWord returns the form in which the names of columns, codes and labels are compared:
// without case, accents, blanks, underscores and hyphens.
func FoldWord(word string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || unicode.IsSpace(r) || unicode.IsMark(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(ward.FoldLine(word)))
}

var (
	yes = []string{"1", "yes", "y", "true", "checked"}
	no  = []string{"0", "no", "n", "false", "unchecked"}
)

// Flag returns 1 or 0 for a word that means it, else the word.
func Flag(word string) string {
	folded := wholeNumber(strings.ToLower(word))
	switch {
	case slices.Contains(yes, folded):
		return "1"
	case slices.Contains(no, folded):
		return "0"
	}
	return word
}

// wholeNumber returns 01, 1.0 and 1,0 as 1, and any other text as it is.
func wholeNumber(text string) string {
	whole := text
	if at := strings.IndexAny(text, ".,"); at >= 0 {
		whole = text[:at]
		if zeros := text[at+1:]; zeros == "" || strings.Trim(zeros, "0") != "" {
			return text
		}
	}
	if whole == "" || strings.Trim(whole, "0123456789") != "" {
		return text
	}
	return whole[min(len(whole)-1, len(whole)-len(strings.TrimLeft(whole, "0"))):]
}

// claimed returns the cell of a computed column as it is compared: without blanks around
// it, and 5.0 as 5.
func (c *Column) claimed(cell string) string {
	cell = strings.TrimSpace(cell)
	if c.Type == "integer" {
		cell = wholeNumber(cell)
	}
	return cell
}

// takeTotal makes the total that a row claims without all items a stated total. It returns
// the column of its problems: score if the total came from there.
func (r *row) takeTotal() (column string) {
	x := &r.in.Check.Findings
	at := slices.IndexFunc(r.in.Claimed, func(c ward.Claim) bool { return c.Column == "score" })
	if at < 0 || x.Tool == 0 || x.Unable != 0 || x.StatedTotal != 0 || x.Scored() {
		return "stated_total"
	}
	if err := icans.FieldOf("stated_total").Set(x, r.in.Claimed[at].Cell); err != nil || x.StatedTotal == 0 {
		return "stated_total" // the log compares it with the items
	}
	r.in.Claimed = slices.Delete(r.in.Claimed, at, at+1)
	return "score"
}
