package paper

import (
	"slices"
	"strings"
	"time"
)

// state is all of the sheet that undo takes back: the rows in the order of time, the selected cell,
// and a time that is being typed. The row after the last one is new: it has a time at
// most, until that is read.
type state struct {
	Rows     []row  `json:"rows"`
	Selected int    `json:"hand"` // the selected row; len(Rows) is the new one. Drafts have it by its first name
	Column   string `json:"column"`
	Typed    string `json:"typed,omitempty"` // the text of a time that is not read yet
	Late     bool   `json:"late,omitempty"`  // the late signs are shown on request
}

func (s *state) clone() state {
	c := *s
	c.Rows = make([]row, len(s.Rows))
	for i := range s.Rows {
		c.Rows[i] = s.Rows[i].clone()
	}
	return c
}

// row returns the selected row; nil for the new one.
func (s *state) row() *row {
	if s.Selected < 0 || s.Selected >= len(s.Rows) {
		return nil
	}
	return &s.Rows[s.Selected]
}

// before returns the time of the row before the selected one; zero for the first.
func (s *state) before() time.Time {
	if i := min(s.Selected, len(s.Rows)) - 1; i >= 0 {
		return s.Rows[i].At
	}
	return time.Time{}
}

// goNew selects the new row.
func (s *state) goNew() { s.Selected, s.Column = len(s.Rows), timeColumn }

// place puts a row in the order of time and selects it.
func (s *state) place(r row) {
	s.Selected = len(s.Rows)
	for s.Selected > 0 && s.Rows[s.Selected-1].At.After(r.At) {
		s.Selected--
	}
	s.Rows = slices.Insert(s.Rows, s.Selected, r)
}

// remove deletes the selected row. The one after it is selected.
func (s *state) remove() {
	s.Rows = slices.Delete(s.Rows, s.Selected, s.Selected+1)
	s.Column, s.Typed = timeColumn, ""
}

// step is one act that undo takes back.
type step struct {
	name   string
	serial uint64 // of the key press
	text   bool   // a character of a time: undone together with those before it
	was    state
}

// mostSteps is the number of acts that can be undone.
const mostSteps = 500

// history of the acts on a sheet.
type steps []step

func (l *steps) push(name string, serial uint64, text bool, was *state) {
	*l = append(*l, step{name, serial, text, was.clone()})
	if len(*l) > mostSteps {
		*l = slices.Delete(*l, 0, len(*l)-mostSteps)
	}
}

// undo removes the last act and returns the state before it. The characters of a time are
// one act.
func (l *steps) undo() (was state, name string, ok bool) {
	list := *l
	if len(list) == 0 {
		return was, "", false
	}
	i := len(list) - 1
	for list[i].text && i > 0 && list[i-1].text {
		i--
	}
	was, name = list[i].was, list[i].name
	*l = list[:i]
	return was, name, true
}

// since removes the acts from a key press on and returns the state before them. It reports
// false if there are none.
func (l *steps) since(serial uint64) (was state, ok bool) {
	for list := *l; len(list) > 0 && list[len(list)-1].serial >= serial; list = *l {
		was, ok = list[len(list)-1].was, true
		*l = list[:len(list)-1]
	}
	return was, ok
}

// onlyText reports whether the acts from a key press on are characters of a time.
func (l steps) onlyText(serial uint64) bool {
	return !slices.ContainsFunc(l, func(s step) bool { return s.serial >= serial && !s.text })
}

// isClock reports whether a text is a time in four figures, which needs no enter. Four
// figures that may begin a date wait for more.
func isClock(text string, now time.Time) bool {
	if len(text) != 4 || strings.Trim(text, "0123456789") != "" {
		return false
	}
	for year := now.Year() - 1; year <= now.Year()+1; year++ {
		if text == time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006") {
			return false
		}
	}
	return true
}
