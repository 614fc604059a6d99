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

// plain makes text from the log or from outside safe to draw: it was cleaned when it
// entered, and is again here.
func plain(s string) string { return ward.CleanLine(ansi.Strip(s)) }

// fit cuts a line to w cells, with an ellipsis if it is longer.
func (a *app) fit(s string, w int) string { return a.cut(s, max(w, 0), "…") }

// cut cuts a line to w cells, with a tail if it is longer.
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

// simpleCells returns the number of cells of a line if every character takes one cell on
// every terminal: ASCII, Latin letters, this program's own marks, and styling. Nearly
// every line is such a one, and this count costs a tenth of a search for clusters of
// characters.
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
	'─': '-', '━': '=', '…': '.', '·': '.', '▌': '>', '⚑': '!', '‼': 'X', '◌': '?', '“': '"', '”': '"', '½': '%', '▼': 'v', '▲': '^', '↑': '^', '↓': 'v',
	'←': '<', '→': '>', '≈': '~', '–': '-', '×': 'x', '✓': '*', '└': '+', '●': '@', '○': 'o', '│': '|', '┬': '|', '┴': '|', '┈': '.',
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

// fullTime returns a time with its date.
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

// atMost breaks text into at most n lines of w cells; the last one is cut if there is
// more.
func (a *app) atMost(n int, s string, w int) []string {
	lines := a.wrap(s, w)
	if len(lines) > n {
		lines[n-1] = a.fit(strings.Join(lines[n-1:], " "), w)
		lines = lines[:n]
	}
	for i := range lines {
		lines[i] = a.fit(lines[i], w)
	}
	return lines
}

// brief returns a length of time in at most four cells: 47m, 4h28, 22h, 6d. It counts in
// minutes up to the given number.
func brief(d time.Duration, upTo int) string {
	minutes := int(max(d, 0) / time.Minute)
	switch {
	case minutes < upTo:
		return fmt.Sprintf("%dm", minutes)
	case minutes < 10*60:
		return fmt.Sprintf("%dh%02d", minutes/60, minutes%60)
	case minutes < 100*60:
		return fmt.Sprintf("%dh", minutes/60)
	}
	return fmt.Sprintf("%dd", minutes/60/24)
}

// day shows the day since infusion, such as +4.
func (a *app) day(p *ward.Patient, t time.Time) string {
	d, ok := p.Day(t, a.zone)
	if !ok {
		return "–"
	}
	return fmt.Sprintf("%+d", d)
}

// born returns a patient's date of birth, or the second identifier if that is unknown.
func born(p *ward.Patient) string {
	if p.BirthDate.IsZero() {
		return "birth date unknown, second ID " + plain(p.SecondID)
	}
	return "born " + p.BirthDate.Words()
}

// about returns the identifiers of a patient for a question: full name, date of birth
// and MRN.
func about(p *ward.Patient) string {
	return plain(p.Name) + "   " + born(p) + "   MRN " + plain(p.MRN)
}

// named returns the heading of a screen about a patient: the screen's name and the
// patient's full name. The rest of the identifiers follow in the line below: see
// [app.identity].
func (a *app) named(head string, p *ward.Patient) string {
	return a.theme.strong.Render(head + "  " + plain(p.Name))
}

// identity returns the lines below the heading of a screen about a patient: date of
// birth and MRN in full, then bed, day, therapy and baseline as far as they fit. A name
// that is too long for the heading comes first, on lines of its own.
func (a *app) identity(head string, p *ward.Patient, stay *ward.Stay, w int) []string {
	var lines []string
	if name := plain(p.Name); a.cells(head+"  "+name) > w-1 {
		for _, l := range a.wrapCells(name, w-2) {
			lines = append(lines, " "+a.theme.strong.Render(l))
		}
	}
	line := born(p)
	if !p.BirthDate.IsZero() {
		line += fmt.Sprintf(" (%d y)", p.BirthDate.YearsTo(ward.DateOf(a.now.In(a.zone))))
	}
	parts := []string{"MRN " + plain(p.MRN)}
	if stay != nil && stay.Bed != "" {
		parts = append(parts, "bed "+plain(stay.Bed))
	}
	if _, ok := p.Day(a.now, a.zone); ok {
		parts = append(parts, "day "+a.day(p, a.now))
	}
	if p.Product != "" {
		parts = append(parts, plain(p.Product))
	}
	if n, ok := p.Baseline.Value(); ok {
		parts = append(parts, fmt.Sprintf("%s base %d", toolName(p.Tool), n))
	}
	if p.Interpreter {
		parts = append(parts, "interpreter: "+plain(p.Language))
	}
	for i, part := range parts {
		switch next := line + "   " + part; {
		case a.cells(next) <= w-1:
			line = next
		case i == 0: // the MRN is never cut
			lines, line = append(lines, " "+line), part
		}
	}
	for _, l := range a.wrapCells(line, w-1) {
		lines = append(lines, " "+l)
	}
	return lines
}

// shortName returns the name of a member of staff for a list: "Dr Adeyemi" for "Dr Tunde
// Adeyemi", any other name in full.
func shortName(name string) string {
	words := strings.Fields(plain(name))
	if len(words) > 2 && words[0] == "Dr" {
		return words[0] + " " + words[len(words)-1]
	}
	return strings.Join(words, " ")
}

// wrapCells breaks text into lines of at most w cells, also inside a word.
func (a *app) wrapCells(s string, w int) []string {
	return strings.Split(a.method.Wrap(s, max(w, 1), ""), "\n")
}

func toolName(t icans.Tool) string { return icans.FieldOf("tool").Words(&icans.Findings{Tool: t}) }

// notDone are the reasons that a tool was not done, short enough for a list.
var notDone = map[icans.Unable]string{
	icans.UnableUnarousable: "unarousable", icans.UnableAsleep: "asleep", icans.UnableSedated: "sedated", icans.UnableIntubated: "intubated",
	icans.UnableLanguage: "language", icans.UnableRefused: "refused", icans.UnableOffUnit: "off unit", icans.UnableOther: "not done",
}

// toolScore returns the score of a check for a list: "ICE 8", "ICE 6–8", "CAPD 3",
// "ICE 8 total" if only the total is known, or the reason that the tool was not done.
func toolScore(x *icans.Findings) string {
	low, high := x.ScoreRange()
	tool := icans.FieldOf("tool").Words(x)
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

// grade returns the grade or its interval: "1", "1 to 2".
func grade(r icans.Result) string {
	if g, known := r.Grade(); known {
		return fmt.Sprint(g)
	}
	return fmt.Sprintf("%d to %d", r.Low, r.High)
}

// driverLetters are the letters of the domains that made a grade, by the order of
// [icans.AllDomains].
var driverLetters = [len(icans.AllDomains)]string{"s", "c", "z", "w", "p"}

// gradeColumn returns a grade with the letters of the domains that made it: "2 s",
// "4 c+p". An interval has no letters.
func gradeColumn(r icans.Result) string {
	text := grade(r)
	if !r.Conclusive() || r.Drivers == 0 {
		return text
	}
	var letters []string
	for i, d := range icans.AllDomains {
		if r.Drivers.Has(d) {
			letters = append(letters, driverLetters[i])
		}
	}
	return text + " " + strings.Join(letters, "+")
}

// scoreWords returns the score of a check in a sentence: "ICE 4 to 5 of 10", "ICE not
// done: asleep".
func scoreWords(x *icans.Findings) string {
	tool := icans.FieldOf("tool").Words(x)
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

// meaning returns the meaning of findings in one line: score, grade, and the domains
// that made it.
func meaning(x *icans.Findings, r icans.Result) string {
	line := scoreWords(x) + "   ICANS " + grade(r)
	if r.Drivers != 0 {
		line += "   made by: " + strings.Join(r.Drivers.Words(), ", ")
	}
	return line
}

// flagLine returns a flag with its reasons in words. A check without a flag is not
// called normal: see [unchanged].
func flagLine(r icans.Result) string {
	why := strings.Join(r.Reasons.Words(), ", ")
	switch {
	case r.AtBaseline():
		return "= grade " + grade(r) + " at own baseline: no flag"
	case r.Flag == icans.FlagNone:
		return "no flag"
	case r.Flag == icans.FlagIncomplete && r.Reasons&^icans.Attributed == 0:
		return flagMark(r.Flag) + " " + why
	case r.Flag == icans.FlagGrade1 && r.Floor == 0 && r.Reasons&icans.NotExamined != 0: // no feature was found
		return flagMark(r.Flag) + " flagged. Why: " + why
	}
	return flagMark(r.Flag) + " " + r.Flag.Words() + ". Why: " + why
}

// unchanged returns the signs of a check without a flag that are not none, in words:
// such a check is not normal. It is empty if there are none.
func unchanged(x *icans.Findings) string {
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

// words turns an error into a sentence for the person at the keyboard. It is the
// one place that does.
func words(err error) string {
	if e, ok := errors.AsType[*ward.Error](err); ok {
		if e.Field == "" {
			return e.Reason
		}
		return fieldWords(e.Field) + ": " + e.Reason
	}
	return "this did not work: " + err.Error()
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
	"outcome": "Outcome", "role": "Role", "kind": "Kind", "interval": "Interval", "until_day": "Last day", "reason": "Reason",
	"second_id": "Second ID", "visit": "Visit", "interpreter": "Interpreter", "features_mild": "Mild in health", "other_cause_note": "Cause",
	"told_at": "Time", "done_at": "Time", "words": "Words", "detail": "Detail", "until": "Until", "cause": "Cause",
}

// keyList puts bindings together, leaving out those that do not work now.
func keyList(bindings ...key.Binding) []key.Binding { return bindings }

func bind(keys, shown, does string) key.Binding {
	return key.NewBinding(key.WithKeys(strings.Fields(keys)...), key.WithHelp(shown, does))
}

// typed returns the text of a key or a paste: without control characters, but with blanks
// of every kind, and without marks that turn a line round, because an input draws all of
// its text.
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
