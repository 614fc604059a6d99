package csvlog

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"

	"neurocheck/internal/ward"
)

// Spreadsheet returns p in the form that LibreOffice and Excel open as it is
// meant: with a byte order mark and CRLF, and with no text that they would run or
// read as something else. schema/SPREADSHEET.md says the form of each cell,
// and why. [ReadText] and [Grade] undo it: [profileMark] tells them which rows to.
func (p Profile) Spreadsheet() Profile {
	var list []*Column
	for _, c := range p.columns() {
		list = append(list, forSpreadsheet(c))
	}
	p.layout = &layout{begin: byteOrderMark, columns: append(list, profileMark), end: "\r\n"}
	return p
}

// profileMark is the column by which a row says that its texts were changed for a
// spreadsheet. It is a column, because nothing else of a file outlives being
// saved by a spreadsheet.
var profileMark = &Column{
	Field: Field{Name: "profile", Type: "string",
		Description: "How the texts of the row are written: spreadsheet, or empty for as they are", Constraints: Constraints{Enum: []string{spreadsheet}}},
	write: func(dst []byte, _ *ward.Patient, _ *ward.Stay, _ *ward.Check) []byte {
		return append(dst, spreadsheet...)
	},
	read: func(_ *ward.Patient, _ *ward.Stay, _ *ward.Check, cell string) string {
		if cell != spreadsheet {
			return "not allowed here; allowed: " + spreadsheet + ", or empty"
		}
		return ""
	},
}

const (
	spreadsheet   = "spreadsheet"
	byteOrderMark = "\ufeff" // by which Excel knows UTF-8
)

// SpreadsheetText returns a text in the form for spreadsheets, for other tables than
// those of this package.
func SpreadsheetText(s string) string { return disarm(s) }

func forSpreadsheet(c *Column) *Column {
	if c.text == nil {
		return c
	}
	safe := *c
	safe.write = func(dst []byte, p *ward.Patient, s *ward.Stay, k *ward.Check) []byte {
		return appendCell(dst, disarm(*c.text(p, s, k)))
	}
	return &safe
}

// disarm returns a text so that a spreadsheet takes it as text.
func disarm(s string) string {
	switch {
	case runs(s):
		return "'" + s
	case !mistakable(s):
		return s
	case len(utf16.Encode([]rune(s))) > mostHeld:
		return "'" + s
	}
	// A formula that is nothing but this text: the cell's value is then the text
	// itself, with its leading zeros.
	return `="` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// mostHeld is the longest text that Excel takes inside a formula.
const mostHeld = 255

// runs reports whether a spreadsheet would take the text for a formula, or an
// apostrophe at its start for one that disarm has put there.
func runs(s string) bool {
	for _, r := range s { // the first
		return strings.ContainsRune("=+-@\t\r'＝＋－＠", r)
	}
	return false
}

// mistakable reports whether a spreadsheet might read the text as a number, a
// date, a time or a truth value, in whatever language it speaks.
func mistakable(s string) bool {
	if strings.EqualFold(s, "true") || strings.EqualFold(s, "false") {
		return true
	}
	if strings.ContainsAny(s, "\n\t") || !strings.ContainsFunc(s, unicode.IsDigit) {
		return false
	}
	if !strings.ContainsFunc(s, unicode.IsLetter) {
		return true
	}
	const longestDate = 40
	first := []rune(s)[0]
	return len(s) <= longestDate && (!unicode.IsLetter(first) || wordThenFigures().MatchString(s))
}

// wordThenFigures is such as "May 4" or "Mar-12". The screens start sooner without
// having made it.
var wordThenFigures = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\pL\pM]+[^\pL\pM]*$`) })

// undisarm returns the text that disarm made this one from, also if a
// spreadsheet has read it and saved it again.
func undisarm(cell string) string {
	if inner, ok := strings.CutPrefix(cell, `="`); ok {
		if inner, ok = strings.CutSuffix(inner, `"`); ok {
			return strings.ReplaceAll(inner, `""`, `"`)
		}
	}
	if s, ok := strings.CutPrefix(cell, "'"); ok && disarm(s) == cell {
		return s
	}
	return cell
}
