package admit

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// edit changes the details of a patient and the stay. Another bed is a transfer.
type edit struct {
	kit.Base
	d       *desk.Desk
	place   kit.Place
	patient int64
	loading kit.Pending
	chart   *ward.Chart
	fields  *particulars // nil until the chart is loaded
	known   registry
	knowing kit.Pending
	reason  string // typed into the question before the save
	asked   map[feedQuestion]bool
	asking  bool // one of them is open
	// restored is the content of a draft of the log, until the chart is loaded.
	restored string
}

func newEdit(d *desk.Desk, to kit.Place) kit.Screen {
	s := &edit{d: d, place: to, patient: desk.PatientOf(to.Subject)}
	switch kept := d.Kept(to).(type) {
	case *edit:
		return kept
	case string:
		s.restored = kept
	}
	return s
}

// Content implements [desk.Contented].
func (s *edit) Content() string {
	d := s.fields.draft()
	d.Reason = s.reason
	return desk.Marshal(d)
}

// Init implements [kit.Screen].
func (s *edit) Init(h kit.Host) tea.Cmd {
	if s.fields != nil && s.fields.touched() {
		h.Say("Your unsaved changes are back")
	}
	return s.load(h)
}

func (s *edit) load(h kit.Host) tea.Cmd {
	patient := s.patient
	return tea.Batch(
		desk.Load(s.d, h, &s.loading, s.place.Subject, func(ctx context.Context, log *store.Store) (ward.Chart, error) { return log.Chart(ctx, patient) }),
		loadRegistry(s.d, h, &s.knowing),
	)
}

// Update implements [kit.Screen].
func (s *edit) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[ward.Chart]:
		if !kit.Take(&s.loading, msg) {
			return nil
		}
		if msg.Err != nil {
			h.Fail(desk.Words(msg.Err))
			return nil
		}
		s.take(h, &msg.Value)
		return s.askFeed(h)
	case kit.Result[registry]:
		if kit.Take(&s.knowing, msg) && msg.Err == nil {
			s.known = msg.Value
		}
	case desk.Changed:
		if msg.Concerns(s.patient) {
			return s.load(h)
		}
	case kit.Burst:
		if s.fields != nil {
			return s.burst(h, msg)
		}
	}
	return nil
}

// burst takes a paste, or a scan in the line of the MRN; in any other line a scan is a
// wristband.
func (s *edit) burst(h kit.Host, b kit.Burst) tea.Cmd {
	l, _ := s.fields.form.Current()
	if _, onWard := s.d.ByMRN(b.Line()); onWard && l.ID != "mrn" {
		s.fields.form.TakeBack(b)
		return s.d.Wristband(h, b, &s.chart.Patient)
	}
	return s.fields.burst(h, b)
}

// take makes the form from a chart. If another person changed the patient meanwhile, the
// lines that were typed stay.
func (s *edit) take(h kit.Host, chart *ward.Chart) {
	stay := ward.Stay{}
	if last := chart.Stay(); last != nil {
		stay = *last
	}
	old := s.fields
	s.chart = chart
	if old != nil && old.patient.Version == chart.Patient.Version && old.stay.Version == stay.Version {
		return
	}
	fresh := newParticulars(s.d, chart.Patient, stay, s.keep)
	fresh.texts["bed"].Replace = true // most edits are transfers
	fresh.form.GoTo("bed")
	if old != nil && old.touched() {
		fresh.carry(old)
		h.Fail("somebody changed this meanwhile; look again. Your lines are kept")
	}
	s.fields = fresh
	if s.restored != "" {
		s.reason = fresh.restore(s.restored).Reason
		s.restored = ""
		s.keep()
		h.Say("Your unsaved changes are back")
	}
}

// carry takes over the lines that were typed into an older form.
func (f *particulars) carry(old *particulars) {
	for column, t := range old.texts {
		if t.Touched() {
			f.texts[column] = t
		}
	}
	if old.born.Touched() {
		f.born = old.born
	}
	if old.admitted.Touched() {
		f.admitted = old.admitted
	}
	if old.infused.Touched() {
		f.infused = old.infused
	}
	if old.health != old.patient.Health {
		f.health = old.health
	}
	if old.lost != old.patient.BaselineLost {
		f.lost = old.lost
	}
	values, before := f.form.Values(), old.form.Values()
	if was := yesNo(old.patient.Interpreter); before["interpreter"] != was {
		values["interpreter"] = before["interpreter"]
	}
	if was := icans.FieldOf("tool").Code(&icans.Findings{Tool: old.patient.Tool}); before["patient_tool"] != was {
		values["patient_tool"] = before["patient_tool"]
	}
	f.form.SetLines(f.lines())
	f.form.Load(values)
	if l, ok := old.form.Current(); ok {
		f.form.GoTo(l.ID)
	}
}

// keep keeps the form for the next opening, if something was typed.
func (s *edit) keep() {
	if s.fields != nil && s.fields.touched() {
		s.d.Keep(s.place, s)
	} else {
		s.d.Keep(s.place, nil)
	}
}

// Unsaved implements [desk.Unsaved].
func (s *edit) Unsaved() string {
	if s.chart == nil || s.fields == nil || !s.fields.touched() {
		return ""
	}
	return "details of " + words.Name(&s.chart.Patient)
}

// Head implements [kit.Screen].
func (s *edit) Head(p kit.Page) []string {
	id := desk.Identity{Title: "EDIT"}
	if s.chart != nil {
		id.Patient, id.Stay = &s.chart.Patient, s.chart.Stay()
	}
	return s.d.Head(p, id)
}

// Body implements [kit.Screen].
func (s *edit) Body(p kit.Page) []string {
	if s.fields == nil {
		return []string{"", " loading…"}
	}
	return s.fields.view(p)
}

// Foot implements [kit.Screen].
func (s *edit) Foot(p kit.Page) []string {
	if s.fields == nil {
		return nil
	}
	return s.fields.foot(p)
}

// Typing implements [kit.Screen].
func (s *edit) Typing() bool { return s.fields != nil && s.fields.form.Typing() }

// Type implements [kit.Screen].
func (s *edit) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) { return s.fields.form.Type(h, k), nil }

// Bindings implements [kit.Screen].
func (s *edit) Bindings() []kit.Binding {
	back := kit.Bind("esc", "back", "back; what was typed is kept", s.leave)
	if s.fields == nil {
		return []kit.Binding{back}
	}
	s.fields.form.Last = s.check
	return append(s.fields.form.Bindings(), kit.Bind("ctrl+s", "save", "show the changes, then save", s.check).Recording(string(ward.MayMovePatient)), back)
}

// leave closes the form. Changes are kept, or discarded if the answer says so.
func (s *edit) leave(h kit.Host, _ kit.Key) tea.Cmd {
	if s.fields == nil || !s.fields.touched() {
		s.d.Keep(s.place, nil)
		return h.Close(s)
	}
	return h.Push(&kit.Question{Subject: []string{words.About(&s.chart.Patient)}, Text: []string{"These changes are not saved."}, Options: []kit.Option{
		{Keys: []string{"1"}, Label: "leave them: e brings them back", Do: func(h kit.Host) tea.Cmd {
			s.keep()
			h.Say("kept, not saved: e brings them back")
			return h.Close(s)
		}},
		{Keys: []string{"2"}, Label: "discard them", Do: func(h kit.Host) tea.Cmd {
			s.d.Keep(s.place, nil)
			return h.Close(s)
		}},
		{Keys: []string{"0"}, Label: "back to the form"},
	}})
}

// check shows the changes, unless a line cannot be recorded or nothing changed.
func (s *edit) check(h kit.Host, _ kit.Key) tea.Cmd {
	if s.known == nil && s.knowing.Waiting() {
		h.Fail("the patients of the log are being read: press it again")
		return nil
	}
	p, stay, problem := s.fields.read()
	if problem != nil {
		s.fields.blame(h, problem)
		return nil
	}
	changes := slices.Concat(p.ChangesFrom(&s.fields.patient, s.d.Zone()), stay.ChangesFrom(&s.fields.stay, s.d.Zone()))
	if p.BaselineLost != s.fields.patient.BaselineLost {
		changes = append(changes, ward.Change{Field: "baseline_lost", From: itemWords(s.fields.patient.BaselineLost), To: itemWords(p.BaselineLost)})
	}
	if len(changes) == 0 {
		h.Say("nothing was changed")
		return nil
	}
	return h.Push(newChanges(s, p, stay, changes))
}

// feedQuestion is something that differs between a patient's record and the feed: the
// value of a field, or another patient who is perhaps the same person.
type feedQuestion struct {
	field ward.FeedField
	visit string
	feed  string
	other int64
}

// nextQuestion returns the first of them that was not asked yet, and whether there is one.
func (s *edit) nextQuestion() (q feedQuestion, text string, found bool) {
	for i := range s.chart.Differences {
		d := &s.chart.Differences[i]
		q = feedQuestion{field: d.Field, visit: d.Visit, feed: d.Feed}
		if !s.asked[q] {
			return q, desk.FeedSays(d, s.d.Zone()) + "; ours is " + desk.Dash(s.ours(d.Field)), true
		}
	}
	for i, id := range s.chart.Alike {
		if q = (feedQuestion{other: id}); !s.asked[q] {
			lines := s.d.FeedLines(&ward.History{Alike: s.chart.Alike[i : i+1]})
			return q, strings.TrimSuffix(lines[0], ": e settles it"), true
		}
	}
	return q, "", false
}

// ours returns the ward's value of a field.
func (s *edit) ours(field ward.FeedField) string {
	p, stay := &s.chart.Patient, s.chart.Stay()
	switch field {
	case ward.FieldName:
		return words.Name(p)
	case ward.FieldBirthDate:
		return p.BirthDate.Words()
	case ward.FieldLanguage:
		return kit.Plain(p.Language)
	case ward.FieldClinician:
		if stay != nil {
			return kit.Plain(stay.Clinician)
		}
	case ward.FieldAdmitted:
		if stay != nil {
			return s.d.WallClock().ShortTime(stay.AdmittedAt)
		}
	}
	return ""
}

// askNext asks the next question after an answer.
func (s *edit) askNext(h kit.Host) tea.Cmd {
	s.asking = false
	return s.askFeed(h)
}

// askFeed asks the next question about the feed, each once while the form is open.
func (s *edit) askFeed(h kit.Host) tea.Cmd {
	q, text, found := s.nextQuestion()
	if !found || s.asking {
		return nil
	}
	s.asking = true
	if s.asked == nil {
		s.asked = make(map[feedQuestion]bool)
	}
	s.asked[q] = true
	patient, answer := s.patient, ""
	c := desk.NewSaveQuestion(s.d, s.place)
	c.Subject, c.Text = []string{words.About(&s.chart.Patient)}, []string{text}
	option := func(key, label string, do func(context.Context, *store.Store, ward.Signature) error) {
		c.Options = append(c.Options, kit.Option{Keys: []string{key}, Label: label, Records: true, Needs: string(ward.MaySetTherapy),
			Do: func(h kit.Host) tea.Cmd {
				answer = label
				return c.Save(h, do)
			}})
	}
	if q.other != 0 {
		c.Text = append(c.Text, "If they are one, an administrator or a clinician merges them: neurocheck patient merge.")
		option("2", "no: they are two persons", func(ctx context.Context, log *store.Store, sig ward.Signature) error {
			return log.KeepApart(ctx, sig, patient, q.other)
		})
	} else {
		option("1", "take it", func(ctx context.Context, log *store.Store, sig ward.Signature) error {
			return log.Settle(ctx, sig, patient, q.field, true)
		})
		option("2", "keep ours", func(ctx context.Context, log *store.Store, sig ward.Signature) error {
			return log.Settle(ctx, sig, patient, q.field, false)
		})
	}
	c.Options = append(c.Options, kit.Option{Keys: []string{"0"}, Label: "later", Do: func(h kit.Host) tea.Cmd {
		return tea.Batch(h.Close(c), s.askNext(h))
	}})
	c.Left = func(h kit.Host) tea.Cmd {
		s.asking = false
		return h.Close(c)
	}
	c.Saved = func(h kit.Host) tea.Cmd {
		h.Say("Saved: " + text + ": " + answer)
		s.asking = false
		return s.load(h) // the next question is about the patient as it is now
	}
	return h.Push(c)
}
