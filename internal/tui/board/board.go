// Package board has the board of the ward: one line a patient, the most urgent first.
//
// board.go is the screen: its list, its messages and its counts. columns.go draws a row,
// and keys.go has the bindings.
package board

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// Screens returns the screens of the package.
func Screens() map[string]desk.Maker {
	return map[string]desk.Maker{desk.Board: func(d *desk.Desk, to kit.Place) kit.Screen { return newBoard(d, to) }}
}

// board is the screen. The desk keeps its records.
type board struct {
	kit.Base
	d      *desk.Desk
	list   kit.List
	alerts int
	known  bool      // alerts were counted since the board was loaded
	flash  time.Time // until then the line of counts is reverse
}

func newBoard(d *desk.Desk, to kit.Place) *board {
	b := &board{d: d}
	b.list.Digits = true
	b.list.NoHit = desk.NoHit
	b.list.Open = func(h kit.Host, id string) tea.Cmd { return h.Go(kit.Place{Screen: desk.Patient, Subject: id}) }
	if to.Subject != "" {
		b.list.Choose(to.Subject)
	}
	return b
}

// Choose implements [desk.Chooser].
func (b *board) Choose(subject string) { b.list.Choose(subject) }

// Selected implements [desk.Holder].
func (b *board) Selected() (string, bool) { return b.list.Chosen() }

// Marks implements [kit.Marker].
func (b *board) Marks() []kit.Mark { return desk.Marks() }

// Init implements [kit.Screen].
func (b *board) Init(h kit.Host) tea.Cmd {
	b.sync()
	b.d.EndVisit()
	return b.d.Reload(h)
}

// Update implements [kit.Screen].
func (b *board) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	if burst, ok := msg.(kit.Burst); ok {
		return b.burst(h, burst)
	}
	b.sync()
	if b.d.Loaded() {
		alerts := b.d.Alerts()
		if b.known && alerts > b.alerts {
			b.flash = b.d.Now().Add(flashFor)
		}
		b.alerts, b.known = alerts, true
	}
	return nil
}

// flashFor is the time for which the line of counts is reverse after a check fell due or
// a follow-up went over time.
const flashFor = 3 * time.Second

// burst takes a scan: in a search it is text, and the enter at its end opens an exact hit;
// else it leads to the patient.
func (b *board) burst(h kit.Host, burst kit.Burst) tea.Cmd {
	if !b.list.Paste(h, burst) {
		// The scanned patient is also selected after esc, as after a search.
		if s, ok := b.d.ByMRN(burst.Line()); ok && desk.OnBoard(s) {
			b.list.Choose(desk.Subject(s.Patient.ID))
		}
		return b.d.Scan(h, burst)
	}
	if id, ok := b.list.Exact(burst.Line()); ok && burst.End == "enter" {
		b.list.Search("")
		b.list.Choose(id)
		return b.list.Open(h, id)
	}
	return nil
}

// sync brings the rows up to the board of the desk.
func (b *board) sync() {
	if !b.d.Loaded() {
		return
	}
	states := b.states()
	rows := make([]kit.Row, len(states))
	for i := range states {
		rows[i] = b.d.Row(&states[i])
	}
	b.list.SetRows(rows)
}

// states returns the patients that have a row, in the order of the board.
func (b *board) states() []ward.PatientState {
	states := make([]ward.PatientState, 0, len(b.d.Board()))
	for _, s := range b.d.Board() {
		if desk.OnBoard(&s) {
			states = append(states, s)
		}
	}
	switch b.d.Order {
	case desk.ByBed:
		slices.SortStableFunc(states, func(a, b ward.PatientState) int { return compareBeds(a.Stay.Bed, b.Stay.Bed) })
	case desk.ByDue:
		slices.SortStableFunc(states, func(a, b ward.PatientState) int {
			return cmp.Or(boolOrder(a.Next.Due.IsZero(), b.Next.Due.IsZero()), a.Next.Due.Compare(b.Next.Due))
		})
	}
	return states
}

// compareBeds orders beds by their number first, so that 10A follows 9B.
func compareBeds(a, b string) int {
	number := func(s string) int {
		n := 0
		for _, r := range s {
			if r < '0' || r > '9' {
				break
			}
			n = n*10 + int(r-'0')
		}
		return n
	}
	return cmp.Or(boolOrder(a == "", b == ""), cmp.Compare(number(a), number(b)), strings.Compare(a, b))
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// selected returns the state of the selected patient, or nil.
func (b *board) selected() *ward.PatientState {
	id, ok := b.list.Chosen()
	if !ok {
		return nil
	}
	s, _ := b.d.State(desk.PatientOf(id))
	return s
}

// Head implements [kit.Screen].
func (b *board) Head(p kit.Page) []string {
	n := 0
	for _, s := range b.d.Board() {
		if s.Stay.OnWard() {
			n++
		}
	}
	first := " " + p.Strong.Render(kit.Plain(b.d.Ward().Name)) + fmt.Sprintf("   %d on the ward", n)
	if o := b.d.Order; o != "" && o != desk.ByUrgency {
		first += ", by " + string(o)
	}
	c := b.d.Counts()
	late, rest := b.counts(&c, mostLate)
	for n := mostLate - 1; n >= 0 && p.Cells(late+rest) > p.Width; n-- {
		late, rest = b.counts(&c, n) // the list shows the late beds, too
	}
	line := p.Urgent.Render(late)
	if !strings.HasPrefix(late, " LATE") {
		line = late
	}
	line += rest
	if b.d.Now().Before(b.flash) {
		line = p.Late.Render(p.Pad(late+rest, p.Width))
	}
	return []string{first, p.Fit(line, p.Width)}
}

// mostLate is the greatest number of late beds that the head names.
const mostLate = 3

// counts returns the late checks, of which it names some beds, and the other numbers of the
// whole ward.
func (b *board) counts(c *desk.Counts, most int) (late, rest string) {
	late = " no check is late"
	if len(c.Late) > 0 {
		var list []string
		for _, s := range c.Late[:min(most, len(c.Late))] {
			list = append(list, desk.Bed(&s.Stay)+" "+desk.Brief(b.d.Now().Sub(s.Next.Due), 60))
		}
		late = fmt.Sprintf(" LATE %d", len(c.Late))
		if more := len(c.Late) - most; more > 0 && most > 0 {
			list = append(list, fmt.Sprintf("+%d", more))
		}
		if len(list) > 0 {
			late += ": " + strings.Join(list, ", ")
		}
	}
	rest = fmt.Sprintf("  in 1 h: %d  NOT ACCEPTED %d", c.Soon, c.NotAccepted)
	if c.Worst > 0 {
		rest += fmt.Sprintf("  WORST %s %d", c.WorstBed, c.Worst)
	}
	return late, rest
}

// Body implements [kit.Screen].
func (b *board) Body(p kit.Page) []string {
	states := b.states()
	switch {
	case !b.d.Loaded():
		return []string{"", "  loading…"}
	case len(states) == 0:
		return []string{"", "  The ward is empty: p admits the first patient."}
	case len(b.list.Shown()) == 0:
		return []string{"", "  nobody matches: esc ends the search"}
	}
	byID := make(map[string]*ward.PatientState, len(states))
	for i := range states {
		byID[desk.Subject(states[i].Patient.ID)] = &states[i]
	}
	columns := b.columnsFor(p, states)
	lines := []string{p.Faint.Render(heading(p, columns))}
	return append(lines, b.list.View(p.With(p.Height-1), func(p kit.Page, row kit.Row, _ bool) string {
		s := byID[row.ID]
		if s == nil {
			return ""
		}
		return b.line(p, columns, s)
	})...)
}

// Foot implements [kit.Screen].
func (b *board) Foot(p kit.Page) []string {
	var lines []string
	if line, ok := b.list.SearchLine(p); ok {
		lines = append(lines, line)
	}
	s := b.selected()
	if s == nil {
		if b.d.Loaded() && len(b.states()) > 0 {
			lines = append(lines, p.Faint.Render(" "+b.list.None()))
		}
		if drafts := b.othersDrafts(0); drafts != "" {
			lines = append(lines, p.Faint.Render(p.Fit(" "+drafts, p.Width)))
		}
		return lines
	}
	line := " " + words.About(&s.Patient)
	if b.bedRoom(p, s) > mostBed { // its row cuts it
		line += "   bed " + desk.Bed(&s.Stay)
	}
	for _, part := range []string{kit.Plain(s.Patient.Product), words.ShortName(s.Stay.Clinician), desk.Every(&s.Next)} {
		if part != "" && p.Cells(line+"   "+part) <= p.Width {
			line += "   " + part
		}
	}
	lines = append(lines, p.Hang(line, p.Width, 1)...)
	if moved := b.d.BedWords(s); moved != "" {
		lines = append(lines, p.Hang(" "+moved, p.Width, 1)...)
	}
	details := b.d.Details(s)
	if drafts := b.othersDrafts(s.Patient.ID); drafts != "" {
		details += ". " + drafts
	}
	return append(lines, firstLines(p, details, 2)...)
}

// firstLines wraps a text and ends the last of at most n lines with an ellipsis if there
// is more: the patient's screen has all of it.
func firstLines(p kit.Page, text string, n int) []string {
	lines := p.Wrap(text, p.Width-2)
	if len(lines) > n {
		lines[n-1] = p.Fit(strings.Join(lines[n-1:], " "), p.Width-2)
		lines = lines[:n]
	}
	for i := range lines {
		lines[i] = " " + p.Faint.Render(lines[i])
	}
	return lines
}

// othersDrafts lists the unsaved checks of patients that are not selected: "Draft 4B:
// Tomasz Wójcik 15:41".
func (b *board) othersDrafts(selected int64) string {
	var list []string
	for _, s := range b.d.Board() {
		for _, draft := range s.Drafts {
			if s.Patient.ID != selected {
				list = append(list, "Draft "+desk.Bed(&s.Stay)+": "+words.ShortName(draft.Author)+" "+b.d.Time(draft.Since))
			}
		}
	}
	return strings.Join(list, ", ")
}
