package paper

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/reading"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// sheet is the screen that enters several checks of one patient from paper.
type sheet struct {
	kit.Base
	desk    *desk.Desk
	place   kit.Place
	patient int64

	history  ward.History // the patient's record, as last read
	tail     ward.History // its part that checks from tailFrom on need
	tailFrom time.Time    // the time of the first row; zero if the record was read since
	known    map[string]bool
	others   []store.Draft // the sheets that other people have open

	state state
	steps steps
	clock *kit.Field[time.Time] // the time of the selected row
	now   results
	sure  *kit.Question // whether to save, while it is open
	room  kit.Scroll

	loading, asking, saving kit.Pending

	opened    bool
	changed   bool      // something has changed since the draft was kept
	dirty     bool      // there is something to lose
	failed    bool      // the last save failed, and nothing has changed since
	askedAt   time.Time // the press that opened the question about a twin
	entered   time.Time // of the first try to save
	request   string    // the ID of the current save
	takenFrom string    // whose sheet this one goes on with
}

// record is the part of the log that a sheet needs.
type record struct {
	chart  ward.Chart
	drafts []store.Draft // the sheets about the patient, also that of the person at the keyboard
}

func (s *sheet) load(h kit.Host, pending *kit.Pending) tea.Cmd {
	id, site, subject := s.patient, s.desk.Site(), s.place.Subject
	return desk.Load(s.desk, h, pending, subject, func(ctx context.Context, log *store.Store) (r record, err error) {
		if r.chart, err = desk.ReadChart(ctx, log, id, site); err != nil {
			return r, err
		}
		for _, open := range r.chart.Drafts {
			if !open.Paper {
				continue
			}
			list, err := log.Drafts(ctx, open.Author)
			if err != nil {
				return r, err
			}
			r.drafts = append(r.drafts, slices.DeleteFunc(list, func(d store.Draft) bool { return d.Kind != store.PaperSheet || d.Subject != subject })...)
		}
		return r, nil
	})
}

// busy reports whether the sheet is on its way to the log, so that no key may change it.
func (s *sheet) busy() bool { return s.saving.Waiting() || s.asking.Waiting() }

// take replaces the record and evaluates the rows anew.
func (s *sheet) take(r record) {
	s.history, s.tailFrom = r.chart.History, time.Time{}
	s.others = slices.DeleteFunc(r.drafts, func(d store.Draft) bool { return d.Author == s.desk.User().Name || d.Author == s.takenFrom })
	if s.onOthers() && len(s.others) == 0 {
		s.state.goNew()
	}
	s.evaluate()
}

// evaluate computes the results of the rows. The part of the record that they need is made
// anew only if the record or the time of the first row has changed.
func (s *sheet) evaluate() {
	if len(s.state.Rows) > 0 && !s.tailFrom.Equal(s.state.Rows[0].At) {
		s.tailFrom = s.state.Rows[0].At
		s.tail = s.history.Tail(ward.Moment(s.tailFrom), s.desk.Site())
	}
	s.now = evaluate(&s.history, &s.tail, s.desk.Site(), s.state.Rows, s.desk.User().Name, s.desk.Now())
}

// dropSaved removes the rows that are on record already: saved just before a crash, or by a
// person who took the sheet over.
func (s *sheet) dropSaved(h kit.Host) {
	saved := map[string]*ward.Check{}
	for i := range s.history.Checks {
		saved[s.history.Checks[i].ID] = &s.history.Checks[i]
	}
	var by *ward.Check
	n := len(s.state.Rows)
	s.state.Rows = slices.DeleteFunc(s.state.Rows, func(r row) bool {
		if saved[r.ID] != nil {
			by = saved[r.ID]
		}
		return saved[r.ID] != nil
	})
	if by == nil {
		return
	}
	s.steps, s.changed = nil, true
	s.state.goNew()
	s.startClock()
	s.desk.Keep(s.place, nil) // the rows that are left are a draft of their own: the save dropped this one
	h.Say(fmt.Sprintf("%s of this sheet: saved already, at %s by %s", ward.Several(n-len(s.state.Rows), "row"), s.desk.Time(by.Recorded.At), words.ShortName(by.Recorded.By)))
}

// flush evaluates the rows and keeps the draft if anything changed.
func (s *sheet) flush(kit.Host) tea.Cmd {
	if !s.changed {
		return nil
	}
	s.changed, s.failed, s.request = false, false, ""
	s.evaluate()
	if s.dirty = len(s.state.Rows) > 0 || s.state.Typed != ""; s.dirty {
		s.desk.Keep(s.place, s.content())
	} else {
		s.desk.Keep(s.place, nil)
	}
	return nil
}

// content returns the sheet as the content of a draft.
func (s *sheet) content() string { return desk.Marshal(draft{s.state, s.takenFrom}) }

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
	s.clock = kit.NewField(40, func(text string) reading.Reading[time.Time] {
		return readTime(text, s.desk.Now(), zone, s.state.before())
	})
}

// startClock makes the field for the time of the selected row, which keeps its time to the
// second until a key replaces it.
func (s *sheet) startClock() {
	s.resetClock()
	s.state.Typed = ""
	if r := s.state.row(); r != nil {
		s.clock.Start(r.At, s.cellLabel(r.At), "")
	}
}

func (s *sheet) typed() { s.state.Typed, s.changed = s.clock.Value(), true }

// onOthers reports whether the line about the sheet of another person is selected.
func (s *sheet) onOthers() bool { return s.state.Selected > len(s.state.Rows) }

// step runs do as one act that undo takes back.
func (s *sheet) step(name string, k kit.Key, do func()) {
	s.steps.push(name, k.Serial, false, &s.state)
	s.changed = true
	do()
}

// late reports whether the late signs have columns.
func (s *sheet) late() bool { return s.state.Late || bedside.AsksLate(&s.history) }

// count returns the number of rows in words.
func (s *sheet) count() string { return ward.Several(len(s.state.Rows), "paper check") }

// proposal returns the time that enter takes for the new row: at the check interval after
// the last one.
func (s *sheet) proposal() (time.Time, bool) {
	at, ok := s.now.nextTime(s.desk.Site(), s.state.Rows, s.desk.Now())
	if ok && bedside.TimeRefusal(&s.history, at, s.desk.WallClock()) != "" {
		ok = false
	}
	return at, ok
}

// label returns the time of a row as texts have it: with the day of the week, or with that of
// the month if the sheet is longer than a week, and with the letters of the zone if the hour
// comes twice.
func (s *sheet) label(at time.Time) string {
	layout := "Mon 15:04"
	if rows := s.state.Rows; len(rows) > 0 && rows[len(rows)-1].At.Sub(rows[0].At) > 6*24*time.Hour {
		layout = "2 15:04"
	}
	text := at.In(s.desk.Zone()).Format(layout)
	if letters := s.desk.WallClock().Letters(at); letters != "" {
		text += " " + letters
	}
	return text
}

// cellLabel returns the label of a row as its cell has it. The letters of the zone take the
// room of the day.
func (s *sheet) cellLabel(at time.Time) string {
	if letters := s.desk.WallClock().Letters(at); letters != "" {
		return strings.TrimPrefix(at.In(s.desk.Zone()).Format("15:04"), "0") + " " + letters
	}
	return s.label(at)
}

// othersLine returns the line about the sheet that another person has open; empty if there
// is none.
func (s *sheet) othersLine() string {
	if len(s.others) == 0 {
		return ""
	}
	d := &s.others[0]
	return words.ShortName(d.Author) + " has paper checks open since " + s.desk.Time(d.Since) + ": " + rowsIn(d)
}
