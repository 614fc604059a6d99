package paper

import (
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// sheet is the screen that enters several checks of one patient from paper.
type sheet struct {
	kit.Base
	desk    *desk.Desk
	place   kit.Place
	patient int64

	history ward.History // the patient's record, as last read
	known   map[string]bool
	others  []store.Draft // the sheets that other people have open

	state state
	steps steps
	clock *kit.Field[time.Time] // the time of the row in hand
	now   results
	room  kit.Scroll

	loading, asking, saving kit.Pending

	opened    bool
	changed   bool      // something has changed since the draft was kept
	dirty     bool      // there is something to lose
	failed    bool      // the last save failed, and nothing has changed since
	askedAt   time.Time // the press that opened the question about a twin
	entered   time.Time // of the first try to save
	request   string    // the ID of the save in hand
	takenFrom string    // whose sheet this one goes on with
}

func newSheet(d *desk.Desk, to kit.Place) kit.Screen {
	s := &sheet{desk: d, place: kit.Place{Screen: desk.Paper, Subject: to.Subject}, patient: desk.PatientOf(to.Subject)}
	s.resetClock()
	return s
}

// record is the part of the log that a sheet needs.
type record struct {
	chart  ward.Chart
	drafts []store.Draft // the sheets about the patient, also that of the person at the keyboard
}

// Init loads the record and the sheets that are open.
func (s *sheet) Init(h kit.Host) tea.Cmd {
	if s.opened || s.loading.Waiting() {
		return nil
	}
	read := s.desk.Note(h, ward.AuditEvent{Event: ward.ReadPatient, PatientID: s.patient})
	return tea.Batch(read, s.load(h, &s.loading))
}

func (s *sheet) load(h kit.Host, pending *kit.Pending) tea.Cmd {
	id, site, subject := s.patient, s.desk.Site(), s.place.Subject
	return desk.Load(s.desk, h, pending, subject, func(ctx context.Context, log *store.Store) (r record, err error) {
		if r.chart, err = log.Chart(ctx, id); err != nil {
			return r, err
		}
		if h := &r.chart.History; h.Memory == (ward.Memory{}) && len(h.Checks) > 0 {
			h.Evaluate(site)
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

// Update takes the record, the result of a save, and bursts.
func (s *sheet) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[record]:
		if kit.Take(&s.asking, msg) {
			return s.asked(h, msg)
		}
		if kit.Take(&s.loading, msg) {
			return s.loaded(h, msg)
		}
	case kit.Result[[]store.Saved]:
		if kit.Take(&s.saving, msg) {
			return s.saved(h, msg)
		}
	case desk.Changed:
		if s.opened && !s.busy() && msg.Concerns(s.patient) {
			return s.load(h, &s.loading)
		}
	case kit.Burst:
		return s.burst(h, msg)
	}
	return nil
}

// busy reports whether the sheet is on its way to the log, so that no key may change it.
func (s *sheet) busy() bool { return s.saving.Waiting() || s.asking.Waiting() }

func (s *sheet) loaded(h kit.Host, msg kit.Result[record]) tea.Cmd {
	if msg.Err != nil {
		h.Fail(desk.Words(msg.Err))
		return nil
	}
	if !s.opened {
		return s.begin(h, msg.Value)
	}
	s.take(msg.Value)
	s.dropSaved(h)
	return s.flush(h)
}

// begin fills the sheet for the first time: with the draft, or with nothing.
func (s *sheet) begin(h kit.Host, r record) tea.Cmd {
	s.opened = true
	s.known = make(map[string]bool, len(r.chart.Checks))
	for i := range r.chart.Checks {
		s.known[r.chart.Checks[i].ID] = true
	}
	content, _ := s.desk.Kept(s.place).(string)
	for _, d := range r.drafts {
		if content == "" && d.Author == s.desk.User().Name {
			content = d.Content // begun at another keyboard
		}
	}
	s.reopen(h, content)
	s.take(r)
	s.dropSaved(h)
	return s.flush(h)
}

// take replaces the record and evaluates the rows anew.
func (s *sheet) take(r record) {
	s.history = r.chart.History
	s.others = slices.DeleteFunc(r.drafts, func(d store.Draft) bool { return d.Author == s.desk.User().Name })
	s.evaluate()
}

func (s *sheet) evaluate() {
	s.now = evaluate(&s.history, s.desk.Site(), s.state.Rows, s.desk.User().Name, s.desk.Now())
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
	h.Say(fmt.Sprintf("%s of this sheet: saved already, at %s by %s", desk.Several(n-len(s.state.Rows), "row"), s.desk.Time(by.Recorded.At), desk.ShortName(by.Recorded.By)))
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

// Unsaved implements [desk.Unsaved].
func (s *sheet) Unsaved() string {
	if !s.dirty {
		return ""
	}
	return "paper checks of " + desk.Name(&s.history.Patient)
}

// burst takes back the keys of a burst, unless they are the text of a time. The MRN of a
// wristband is compared with the patient.
func (s *sheet) burst(h kit.Host, b kit.Burst) tea.Cmd {
	if !s.opened || s.busy() {
		return nil
	}
	_, known := s.desk.ByMRN(b.Line())
	known = known || ward.FoldMRN(b.Line()) == ward.FoldMRN(s.history.Patient.MRN)
	text := !known && s.Typing() && s.steps.onlyText(b.Since)
	switch {
	case text && !b.Paste:
		return nil // the keys were delivered one by one
	case text:
		s.steps.push("time", b.Since, true, &s.state)
		if refusal := s.clock.Insert(b.Text); refusal != "" {
			h.Fail(refusal)
		}
		s.typed()
		return s.flush(h)
	}
	if was, ok := s.steps.since(b.Since); ok {
		s.restore(was)
	}
	return tea.Batch(s.flush(h), s.desk.Wristband(h, b, &s.history.Patient))
}
