package paper

import (
	"fmt"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// draft is an unfinished sheet as the log keeps it over a change of shift, a crash and a
// restart.
type draft struct {
	state
	TakenFrom string `json:"taken_from,omitempty"`
}

// content returns the sheet as the content of a draft.
func (s *sheet) content() string { return desk.Marshal(draft{s.state, s.takenFrom}) }

// readDraft reads the content of a draft. It leaves out a value that this version does not
// know: the row then asks for it again.
func readDraft(content string) (d draft, ok bool) {
	if content == "" || !desk.Unmarshal(content, &d) {
		return draft{}, false
	}
	for i := range d.Rows {
		r := &d.Rows[i]
		values := map[string]string{}
		var x icans.Findings
		for column, code := range r.Values {
			field := icans.FieldOf(column)
			switch {
			case field != nil && (code == kit.NotAssessed || field.Set(&x, code) == nil):
				values[column] = code
			case column == replacedValue:
				values[column] = replacedMark + strings.TrimPrefix(code, replacedMark)
			}
		}
		r.ID, r.Values = ward.CleanLine(r.ID), values
	}
	d.Typed = kit.Clean(d.Typed)
	d.Hand = max(0, min(d.Hand, len(d.Rows)))
	if d.Hand == len(d.Rows) || d.Column != twinColumn && icans.FieldOf(d.Column) == nil {
		d.Column = timeColumn
	}
	return d, true
}

// reopen fills the sheet from the content of a draft.
func (s *sheet) reopen(h kit.Host, content string) {
	d, ok := readDraft(content)
	if !ok {
		return
	}
	s.takenFrom = d.TakenFrom
	s.restore(d.state)
	since := s.desk.KeptSince(s.place)
	if since.IsZero() {
		since = s.desk.Now()
	}
	h.Say(fmt.Sprintf("Your unsaved sheet of %s is back: %s", s.desk.Time(since), desk.Several(len(d.Rows), "row")))
}

// restore takes the state of a draft, or one before a step.
func (s *sheet) restore(was state) {
	s.state, s.changed = was, true
	if r := s.state.row(); r != nil && s.state.Column != timeColumn {
		s.resetClock()
		return
	}
	typed := s.state.Typed
	s.startClock()
	if typed != "" {
		s.clock.Insert(typed)
		s.state.Typed = typed
	}
}

// resetClock makes a field for a time that is not known yet.
func (s *sheet) resetClock() {
	zone := s.desk.Zone()
	s.clock = kit.NewField(40, func(text string) kit.Reading[time.Time] {
		return readTime(text, s.desk.Now(), zone, s.state.before())
	})
}

// startClock makes the field for the time of the row in hand, which keeps its time to the
// second until a key replaces it.
func (s *sheet) startClock() {
	s.resetClock()
	s.state.Typed = ""
	if r := s.state.row(); r != nil {
		s.clock.Start(r.At, s.label(r.At), "")
	}
}

// rowsIn returns the number of rows of a draft in words.
func rowsIn(d *store.Draft) string {
	read, _ := readDraft(d.Content)
	return desk.Several(len(read.Rows), "row")
}
