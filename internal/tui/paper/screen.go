package paper

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

func newSheet(d *desk.Desk, to kit.Place) kit.Screen {
	s := &sheet{desk: d, place: kit.Place{Screen: desk.Paper, Subject: to.Subject}, patient: desk.PatientOf(to.Subject)}
	s.resetClock()
	return s
}

// Init loads the record and the sheets that are open.
func (s *sheet) Init(h kit.Host) tea.Cmd {
	if s.opened || s.loading.Waiting() {
		return nil
	}
	read := s.desk.Note(h, ward.AuditEvent{Event: ward.ReadPatient, PatientID: s.patient})
	return tea.Batch(read, s.load(h, &s.loading))
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

func (s *sheet) loaded(h kit.Host, msg kit.Result[record]) tea.Cmd {
	if msg.Err != nil {
		h.Fail(desk.Words(msg.Err))
		return nil
	}
	if !s.opened {
		return s.begin(h, msg.Value)
	}
	before := s.history.Stay()
	s.take(msg.Value)
	s.dropSaved(h)
	cmd := tea.Batch(s.flush(h), s.renew(h))
	s.desk.SayLeft(h, before, s.history.Stay())
	return cmd
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

// Unsaved implements [desk.Unsaved].
func (s *sheet) Unsaved() string {
	if !s.dirty {
		return ""
	}
	return "paper checks of " + words.Name(&s.history.Patient)
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
	h.Say(fmt.Sprintf("Your unsaved sheet of %s is back: %s", s.desk.Time(since), ward.Several(len(d.Rows), "row")))
}

// leave closes the sheet. Its rows are kept.
func (s *sheet) leave(h kit.Host, _ kit.Key) tea.Cmd {
	switch {
	case !s.dirty:
	case s.saving.Waiting():
		defer h.Say("NOT SAVED YET: it is tried again; until then the sheet is kept")
	default:
		defer h.Say("Kept, not saved: " + s.count() + " of " + words.Name(&s.history.Patient) + ". b opens them again, :discard drops them")
	}
	return h.Close(s)
}
