package tui

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// plain makes text from the log or from outside safe to draw: it was cleaned
// where it entered, and is again here.
func plain(s string) string { return ward.CleanLine(ansi.Strip(s)) }

// fit cuts a line to w cells, with an ellipsis where something is lost.
func (a *app) fit(s string, w int) string { return a.cut(s, max(w, 0), "…") }

// cut cuts a line to w cells, with a tail where something is lost.
func (a *app) cut(s string, w int, tail string) string {
	if n, known := simpleCells(s); known && n <= w {
		return s
	}
	return a.method.Truncate(s, w, tail)
}

// cells is how many cells a line takes on this terminal.
func (a *app) cells(s string) int {
	if n, known := simpleCells(s); known {
		return n
	}
	return a.method.StringWidth(s)
}

// simpleCells is how many cells a line takes that holds nothing but what takes one
// cell on every terminal - ASCII, Latin letters, this program's own marks - and
// styling. Nearly every line is such a one, and counting it so costs a tenth of
// looking for clusters of characters in it.
func simpleCells(s string) (n int, known bool) {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case ' ' <= c && c <= '~':
			i++
			n++
		case c == ansi.ESC:
			end := i + 2
			for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == ';' || s[end] == ':') {
				end++
			}
			if end >= len(s) || s[i+1] != '[' || s[end] != 'm' {
				return 0, false
			}
			i = end + 1
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if _, mark := asciiFor[r]; !mark && (r < 'À' || r > 'ɏ') {
				return 0, false
			}
			i += size
			n++
		}
	}
	return n, true
}

// pad fills a line up to w cells, and cuts a longer one.
func (a *app) pad(s string, w int) string {
	s = a.fit(s, w)
	return s + strings.Repeat(" ", max(0, w-a.cells(s)))
}

func rule(w int) string      { return strings.Repeat("─", w) }
func heavyRule(w int) string { return strings.Repeat("━", w) }

// wrap breaks text into lines of at most w cells.
func (a *app) wrap(s string, w int) []string {
	return strings.Split(a.method.Wordwrap(s, w, ""), "\n")
}

// toASCII draws with ASCII alone, every character as wide as it was.
func toASCII(s string, width func(string) int) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		if a, ok := asciiFor[r]; ok {
			b.WriteByte(a)
			continue
		}
		b.WriteString(strings.Repeat("?", width(string(r))))
	}
	return b.String()
}

var asciiFor = map[rune]byte{
	'─': '-', '━': '=', '…': '.', '·': '.', '▌': '>', '⚑': '!', '‼': 'X', '◌': 'o', '↑': '^', '↓': 'v',
	'←': '<', '→': '>', '≈': '~', '–': '-', '×': 'x', '✓': '*', '└': '+', '●': '@', '○': 'o', '│': '|', '┬': '|', '┴': '|', '┈': '.', '▲': 'A',
	'▁': '_', '▂': '_', '▃': '-', '▄': '-', '▅': '=', '▆': '=', '▇': '#', '█': '#',
}

// clock shows a time of today in hours and minutes, and another day's with the
// day, on the ward's wall clock.
func (a *app) clock(t time.Time) string {
	t = t.In(a.zone)
	today := ward.DateOf(a.now.In(a.zone))
	switch days := today.DaysTo(ward.DateOf(t)); {
	case days == 0:
		return t.Format("15:04")
	case days < 0 && days > -7:
		return t.Format("Mon 15:04")
	case t.Year() == a.now.In(a.zone).Year():
		return t.Format("2 Jan 15:04")
	}
	return t.Format("2 Jan 2006 15:04")
}

// fullTime shows a time with its date, for what has to be exact.
func (a *app) fullTime(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(a.zone).Format("2 Jan 2006 15:04")
}

// ago says how long ago a time was.
func (a *app) ago(t time.Time) string { return ward.Elapsed(a.now.Sub(t)) }

// short shows a length of time in few cells: 25m, 7h40, 3d4h.
func short(d time.Duration) string {
	minutes := int(max(d, 0) / time.Minute)
	switch {
	case minutes < 60:
		return fmt.Sprintf("%dm", minutes)
	case minutes < 24*60:
		return fmt.Sprintf("%dh%02d", minutes/60, minutes%60)
	}
	return fmt.Sprintf("%dd%dh", minutes/60/24, minutes/60%24)
}

// day shows the day since infusion, such as +4.
func (a *app) day(p *ward.Patient, t time.Time) string {
	d, ok := p.Day(t, a.zone)
	if !ok {
		return "–"
	}
	return fmt.Sprintf("%+d", d)
}

// who shows a patient with the identifiers that every screen has that records
// something: name, date of birth and MRN. Only the name gives way where there is
// little room; numbers are never cut.
func (a *app) who(p *ward.Patient, width int) string {
	rest := "  b. " + p.BirthDate.Words() + "  MRN " + plain(p.MRN)
	more := ""
	if p.Bed != "" {
		more += "  bed " + plain(p.Bed)
	}
	if _, ok := p.Day(a.now, a.zone); ok {
		more += "  day " + a.day(p, a.now)
	}
	const leastName = 12
	if a.cells(rest+more)+leastName <= width {
		rest += more
	}
	return a.theme.strong.Render(a.fit(plain(p.Name), width-a.cells(rest))) + rest
}

// toolScore shows the score of a check: "ICE 8", "ICE 6–8", "CAPD 3".
func toolScore(x *icans.Findings) string {
	low, high := x.ScoreRange()
	tool := icans.FieldOf("tool").Words(x)
	switch {
	case x.Unable != 0:
		return tool + " unable"
	case icans.Evaluate(x).Score != 0:
		return fmt.Sprintf("%s %d", tool, low)
	case low == 0 && high == x.Tool.MaxScore():
		return tool + " –"
	}
	return fmt.Sprintf("%s %d–%d", tool, low, high)
}

// grade shows the grade or its interval: "1", "1 to 2".
func grade(r icans.Result) string {
	if g, known := r.Grade(); known {
		return fmt.Sprint(g)
	}
	return fmt.Sprintf("%d to %d", r.Low, r.High)
}

// meaning shows what findings mean in one line: score, grade, and what made it.
func meaning(x *icans.Findings, r icans.Result) string {
	line := strings.Replace(toolScore(x), "–", " to ", 1)
	if line = strings.Replace(line, "  to ", " –", 1); x.Unable == 0 {
		line += fmt.Sprintf(" of %d", x.Tool.MaxScore())
	}
	line += "   ICANS " + grade(r)
	if r.Drivers != 0 {
		line += "   from: " + strings.Join(r.Drivers.Words(), ", ")
	}
	return line
}

// flagLine shows a flag with its reasons in words.
func flagLine(r icans.Result) string {
	if r.Flag == icans.FlagNone {
		return "  no flag"
	}
	why := strings.Join(r.Reasons.Words(), ", ")
	if r.Flag == icans.FlagIncomplete { // the list alone is long enough
		return flagMark(r.Flag) + " incomplete: " + strings.ReplaceAll(why, " not assessed", "")
	}
	return flagMark(r.Flag) + " " + r.Flag.Words() + ": " + why
}

// words turns an error into a sentence for the person at the keyboard. It is the
// one place that does.
func words(err error) string {
	if e, ok := errors.AsType[*ward.Error](err); ok {
		if e.Field == "" {
			return e.Reason
		}
		return fieldWords(e.Field) + ": " + e.Reason
	}
	return "that failed: " + err.Error()
}

// fieldWords turns the name of a column into words.
func fieldWords(column string) string {
	if f := icans.FieldOf(column); f != nil {
		return f.Label
	}
	if w, ok := columnWords[column]; ok {
		return w
	}
	return strings.ReplaceAll(column, "_", " ")
}

var columnWords = map[string]string{
	"mrn": "MRN", "name": "Name", "birth_date": "Date of birth", "bed": "Bed", "product": "Product",
	"infused_at": "Infusion", "patient_tool": "Tool", "baseline": "Baseline", "language": "Language",
	"clinician": "Clinician", "admitted_at": "Admission", "discharged_at": "Discharge", "discharge": "Discharge",
	"performed_at": "Time of the check", "note": "Note", "ward": "Ward", "zone": "Time zone", "staff": "Name",
	"outcome": "Outcome", "role": "Role", "kind": "Order", "interval": "Interval", "until_day": "Last day", "reason": "Reason",
}

// keyList puts bindings together, leaving out those that do not work now.
func keyList(bindings ...key.Binding) []key.Binding { return bindings }

func bind(keys, shown, does string) key.Binding {
	return key.NewBinding(key.WithKeys(strings.Fields(keys)...), key.WithHelp(shown, does))
}

// typed is what of a key or a paste is text: no control characters but blanks of
// every kind, and no marks that turn a line round. An input draws what it holds.
func typed(s string) string {
	return strings.Map(func(r rune) rune {
		switch one := string(r); {
		case r == ' ', r == '\n', r == '\t', r >= '!' && r <= '~', ward.CleanLine(one) == one:
			return r
		case r == '\r':
			return '\n'
		}
		return -1
	}, s)
}
