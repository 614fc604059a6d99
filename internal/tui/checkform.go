package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// checkForm records a neuro check: all of it on one screen, one key an answer, each
// answer moving on. No answer is preset; those of the last check are shown in grey.
// Every answer is kept as a draft at once.
type checkForm struct {
	patient ward.Patient
	stay    ward.Stay
	history ward.History    // the patient's record, as last read
	known   map[string]bool // IDs of the checks on record when the form was opened

	check   ward.Check
	cause   string                // the cause in words; kept while no domain is attributed
	skipped map[*icans.Field]bool // answered as not assessed
	at      int                   // index into fields(); len(fields()) is the save line
	aside   aside
	steps   []step // for undo, the last one last

	view     preview      // of the answers as they are
	last     *ward.Check  // last check before the time of this one
	lastTool *ward.Check  // last such check on which the tool was done
	original icans.Result // of the version that a correction replaces

	loading request
	asking  request // of the record, before the save question
	saving  request
	opened  bool // record and draft are loaded

	revision int64 // of the draft
	since    time.Time
	dirty    bool
}

// aside holds the answers that a reason for "not done", or another tool, has replaced.
// They come back if the reason is taken back.
type aside struct {
	ICE, CAPD   [8]icans.Points
	StatedTotal icans.Points
	// Consciousness is the answer before "unarousable" set it; Set is true while that
	// answer has not been given by the user.
	Consciousness icans.Consciousness
	Set           bool
}

// step is the state of the answers before one change.
type step struct {
	findings icans.Findings
	skipped  map[*icans.Field]bool
	aside    aside
	cause    string
	at       int
}

func newCheckForm(p ward.Patient, stay ward.Stay) *checkForm {
	return &checkForm{patient: p, stay: stay, skipped: map[*icans.Field]bool{}}
}

// newCorrection makes a form that records the next version of a check.
func newCorrection(p ward.Patient, stay ward.Stay, c ward.Check) *checkForm {
	f := newCheckForm(p, stay)
	f.check, f.cause = c, c.CauseNote
	f.check.Version++
	f.check.Status = ward.Corrected
	f.check.Recorded = ward.Signature{}
	f.check.Reason, f.check.ReasonNote = "", ""
	f.original = c.Result
	return f
}

func (f *checkForm) correcting() bool { return f.check.Version > 1 }

// formRecord is the part of the log that the form needs.
type formRecord struct {
	chart   ward.Chart
	draft   store.Draft
	drafted bool
}

func (f *checkForm) open(a *app) (cmd tea.Cmd) {
	if f.opened || f.loading != 0 {
		return nil
	}
	read := f.reading(a)
	if !f.correcting() {
		f.check = ward.Check{ID: a.opts.NewID(), Version: 1, PatientID: f.patient.ID, Status: ward.Recorded, PerformedAt: ward.Moment(a.now.In(a.zone))}
		f.check.Findings.Tool = f.patient.Tool
	}
	f.loading, cmd = f.load(a, !f.correcting())
	return tea.Batch(read, cmd)
}

// refresh reads the record again after another terminal has changed it.
func (f *checkForm) refresh(a *app) (cmd tea.Cmd) {
	if !f.opened || f.saving != 0 {
		return nil
	}
	f.loading, cmd = f.load(a, false)
	return cmd
}

func (f *checkForm) load(a *app, drafted bool) (request, tea.Cmd) {
	log, site, author, id := a.store, a.site, a.user.Name, f.patient.ID
	return ask(a, id, func(ctx context.Context) (r formRecord, err error) {
		if r.chart, err = log.Chart(ctx, id); err != nil {
			return r, err
		}
		if h := &r.chart.History; h.Memory == (ward.Memory{}) && len(h.Checks) > 0 {
			h.Evaluate(site)
		}
		if drafted {
			r.draft, r.drafted, err = log.DraftOf(ctx, id, author)
		}
		return r, err
	})
}

// reading records in the audit trail that the patient's record is read, unless the form
// was opened from a screen about the same patient.
func (f *checkForm) reading(a *app) tea.Cmd {
	for _, s := range a.stack {
		if p, ok := s.(*patientScreen); ok && p.id == f.patient.ID {
			return nil
		}
	}
	return a.note(ward.AuditEvent{Event: ward.ReadPatient, PatientID: f.patient.ID})
}

func (f *checkForm) typing() bool { return false }

// formOrder are the columns that the form asks for in another order than the record
// has them: the signs that flag a check come before the others.
var formOrder = map[string]int{"hallucinations": 1, "handwriting": 2, "headache": 3, "tremor": 4}

// formFields are the fields that the form can ask for, in its order.
var formFields = func() []*icans.Field {
	var list []*icans.Field
	for _, f := range icans.Fields() {
		switch f.Group {
		case icans.GroupICE, icans.GroupCAPD, icans.GroupDomain, icans.GroupSeen, icans.GroupCRS:
			list = append(list, f)
		}
	}
	first := slices.IndexFunc(list, func(f *icans.Field) bool { return formOrder[f.Column] > 0 })
	slices.SortStableFunc(list[first:first+len(formOrder)], func(a, b *icans.Field) int { return formOrder[a.Column] - formOrder[b.Column] })
	return list
}()

// fields returns the fields that the form asks for, in order. If the tool could not be
// done, its items are left out.
func (f *checkForm) fields() []*icans.Field {
	list := make([]*icans.Field, 0, len(formFields))
	for _, field := range formFields {
		if field.Group == icans.GroupICE || field.Group == icans.GroupCAPD {
			if f.check.Findings.Unable != 0 || (field.Group == icans.GroupICE) != (f.check.Findings.Tool == icans.ICE) {
				continue
			}
		}
		list = append(list, field)
	}
	return list
}

// isFeature reports whether the field is one of the five features, which every check
// needs.
func isFeature(field *icans.Field) bool {
	switch field.Column {
	case "confusion", "agitation", "inattention", "memory", "speech":
		return true
	}
	return false
}

// isLate reports whether the field is one of the three late signs.
func isLate(field *icans.Field) bool {
	switch field.Column {
	case "movement", "cranial_nerve", "personality":
		return true
	}
	return false
}

// lateProducts are the products after which late signs are looked for: those against
// BCMA, and the bispecifics of the same disease.
var lateProducts = []string{"cilta", "ide-cel", "carvykti", "abecma", "teclistamab", "elranatamab", "linvoseltamab", "talquetamab", "bcma"}

// asksLate reports whether the late signs belong to every check of this patient: after
// products that cause them, and if one was ever found.
func (f *checkForm) asksLate() bool {
	product := strings.ToLower(f.patient.Product)
	if slices.ContainsFunc(lateProducts, func(p string) bool { return strings.Contains(product, p) }) {
		return true
	}
	found := func(x *icans.Findings) bool {
		return x.Observed[icans.Movement] > icans.None || x.Observed[icans.CranialNerve] > icans.None || x.Observed[icans.Personality] > icans.None
	}
	return found(&f.check.Findings) || slices.ContainsFunc(f.history.Checks, func(c ward.Check) bool { return found(&c.Findings) })
}

// field returns the selected field, the last one if the form is on the save line.
func (f *checkForm) field() *icans.Field {
	fields := f.fields()
	return fields[min(f.at, len(fields)-1)]
}

func (f *checkForm) finished() bool { return f.at >= len(f.fields()) }

var (
	keyUnable     = bind("u", "u", "unable, tool")
	keyOtherCause = bind("o", "o", "another cause")
	keyTime       = bind("t", "t", "time")
	keyNote       = bind("c", "c", "comment")
	keyRestNone   = bind("z", "z", "rest none")
	keySkip       = bind("-", "-", "not assessed")
	keyUndo       = bind("backspace ctrl+z", "⌫", "undo")
	keyGo         = bind("up down tab shift+tab", "↑↓", "move")
	keyOn         = bind("enter", "enter", "next line")
)

func (f *checkForm) keys(*app) []key.Binding {
	list := keyList(keyGo)
	if f.finished() {
		list = append(list, bind("enter", "enter", "save"))
	} else if f.field().Several {
		list = append(list, keyOn)
	}
	return append(list, keySave, keyUnable, keyTime, keyNote, keyRestNone, keyOtherCause, keyUndo, keyLeave, keySkip)
}

func (f *checkForm) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[formRecord]:
		return f.loaded(a, msg)
	case result[store.Saved]:
		return f.saved(a, msg)
	case tea.KeyPressMsg:
		if !f.opened {
			if key.Matches(msg, keyBack) {
				return a.pop()
			}
			return nil // an answer before the record is loaded would go to the wrong line
		}
		return f.press(a, msg)
	}
	return nil
}

// loaded takes the record: when the form opens, when another terminal has changed it,
// and before the save question.
func (f *checkForm) loaded(a *app, msg result[formRecord]) tea.Cmd {
	if msg.patient != f.patient.ID || msg.request != f.loading && msg.request != f.asking {
		return nil
	}
	asking := msg.request == f.asking
	if asking {
		f.asking = 0
	}
	switch {
	case msg.err != nil && asking: // not knowing it is no reason not to save
		return f.pushSave(a, "Could not look for checks that others recorded meanwhile: "+words(msg.err))
	case msg.err != nil:
		a.fail(msg.err)
		return nil
	}
	news := len(f.meanwhile(a))
	f.history = msg.value.chart.History
	f.patient = f.history.Patient
	if stay := f.history.Stay(); stay != nil {
		f.stay = *stay
	}
	if !f.opened {
		f.begin(a, msg.value)
		return nil
	}
	f.evaluate(a)
	if asking {
		return f.pushSave(a, "")
	}
	if list := f.meanwhile(a); len(list) > news {
		a.say("MEANWHILE " + a.meanwhileWords(&list[len(list)-1]))
	}
	return nil
}

func (f *checkForm) begin(a *app, r formRecord) {
	f.opened = true
	f.since = a.now
	f.known = make(map[string]bool, len(f.history.Checks))
	for i := range f.history.Checks {
		f.known[f.history.Checks[i].ID] = true
	}
	if r.drafted {
		f.check.ID, f.revision = r.draft.CheckID, r.draft.Revision
		if !r.draft.Since.IsZero() {
			f.since = r.draft.Since
		}
		f.restore(r.draft.Content)
		f.dirty = true
		a.say("Your unsaved check of " + a.clock(f.since) + " is back")
	} else if others := f.openElsewhere(a); others != "" {
		a.say(others)
	}
	f.evaluate(a)
}

// openElsewhere returns a line about the unsaved checks of the patient that others have
// open, or "".
func (f *checkForm) openElsewhere(a *app) string {
	for _, d := range f.history.Drafts {
		if d.Author != a.user.Name {
			return plain(d.Author) + " has a check open since " + a.clock(d.Since)
		}
	}
	return ""
}

// meanwhile returns the checks that others recorded since the form was opened, the
// oldest first.
func (f *checkForm) meanwhile(a *app) []ward.Check {
	var list []ward.Check
	for i := range f.history.Checks {
		c := &f.history.Checks[i]
		if c.ID == f.check.ID || c.Recorded.By == a.user.Name || f.known[c.ID] && !c.Recorded.At.After(f.since) {
			continue
		}
		list = append(list, *c)
	}
	slices.SortStableFunc(list, func(a, b ward.Check) int { return a.Recorded.At.Compare(b.Recorded.At) })
	return list
}

func (a *app) meanwhileWords(c *ward.Check) string {
	return a.clock(c.PerformedAt) + " " + plain(c.Recorded.By) + " recorded a check: " + toolScore(&c.Findings) + ", ICANS " + grade(c.Result)
}

// evaluate computes the results that the form shows, after a change of the answers, the
// time or the record.
func (f *checkForm) evaluate(a *app) {
	f.last, f.lastTool = nil, nil
	for i := len(f.history.Checks) - 1; i >= 0; i-- {
		c := &f.history.Checks[i]
		if c.ID == f.check.ID || !c.PerformedAt.Before(f.check.PerformedAt) {
			continue
		}
		if f.last == nil {
			f.last = c
		}
		if low, high := c.Findings.ScoreRange(); c.Findings.Tool == f.check.Findings.Tool && c.Findings.Unable == 0 && (high-low < c.Findings.Tool.MaxScore() || c.Findings.Scored()) {
			f.lastTool = c
			break
		}
	}
	f.view = previewOf(&f.history, a.site, f.toSave(), a.user.Name, latest(a.now, f.check.PerformedAt))
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// toSave returns the check as it would be recorded.
func (f *checkForm) toSave() ward.Check {
	c := f.check
	c.CauseNote = ""
	if c.Findings.OtherCause != 0 {
		c.CauseNote = f.cause
	}
	return c
}

func (f *checkForm) press(a *app, press tea.KeyPressMsg) tea.Cmd {
	if f.saving != 0 || f.asking != 0 {
		return nil // the check that is being saved does not change any more
	}
	switch {
	case key.Matches(press, keyBack):
		return f.leave(a)
	case key.Matches(press, keySave), key.Matches(press, keyOn) && f.finished():
		return f.askSave(a)
	case key.Matches(press, keyUndo):
		return f.undo(a)
	case press.String() == "up" || press.String() == "shift+tab":
		f.at = max(0, f.at-1)
		return nil
	case press.String() == "down" || press.String() == "tab" || key.Matches(press, keyOn):
		f.at = min(f.at+1, len(f.fields()))
		return nil
	case key.Matches(press, keySkip) && !f.finished():
		return f.change(a, func() {
			f.given(f.field())
			f.field().Clear(&f.check.Findings)
			f.skipped[f.field()] = true
			f.at++
		})
	}
	switch strings.ToLower(press.Text) {
	case "u":
		return a.push(f.unableDialog())
	case "o":
		return a.push(newCauseDialog(f))
	case "t":
		return a.push(f.timeDialog(a))
	case "c":
		return a.push(f.noteDialog())
	case "z":
		return f.restNone(a)
	}
	return f.answer(a, press)
}

// change makes one change of the answers, which undo takes back in one step.
func (f *checkForm) change(a *app, do func()) tea.Cmd {
	skipped := make(map[*icans.Field]bool, len(f.skipped))
	for field := range f.skipped {
		skipped[field] = true
	}
	f.steps = append(f.steps, step{f.check.Findings, skipped, f.aside, f.cause, f.at})
	do()
	f.evaluate(a)
	return f.keep(a)
}

// undo takes the last change of the answers back.
func (f *checkForm) undo(a *app) tea.Cmd {
	if len(f.steps) == 0 {
		a.say("Nothing to undo: - sets an answer to not assessed")
		return nil
	}
	s := f.steps[len(f.steps)-1]
	f.steps = f.steps[:len(f.steps)-1]
	f.check.Findings, f.skipped, f.aside, f.cause, f.at = s.findings, s.skipped, s.aside, s.cause, s.at
	f.evaluate(a)
	return f.keep(a)
}

// restNone sets the features and signs that were not answered to none, from Confusion
// on. It stops before each line that was not none when it was last assessed.
func (f *checkForm) restNone(a *app) tea.Cmd {
	fields := f.fields()
	first := slices.IndexFunc(fields, isFeature)
	if f.at < first {
		a.fail(ward.Conflict("z works from Confusion on: answer the lines before it, or - for not assessed"))
		return nil
	}
	stop, set, late := len(fields), []*icans.Field(nil), f.asksLate()
	for i, field := range fields[first:] {
		if field.Group != icans.GroupSeen || f.answered(field) || isLate(field) && !late {
			continue
		}
		if f.lastFinding(field) > 0 {
			stop = first + i
			break
		}
		set = append(set, field)
	}
	text := fmt.Sprintf("%d set to none", len(set))
	if stop < len(fields) {
		field := fields[stop]
		text += "; " + field.Label + " was " + field.Terms[f.lastFinding(field)].Label + " last time: answer it"
	}
	a.say(text)
	if len(set) == 0 {
		f.at = stop
		return nil
	}
	return f.change(a, func() {
		for _, field := range set {
			field.Answer(&f.check.Findings, 0)
		}
		f.at = stop
	})
}

// lastFinding returns the index of the term with which a feature or sign was last
// assessed before this check, 0 for none or never.
func (f *checkForm) lastFinding(field *icans.Field) int {
	for i := len(f.history.Checks) - 1; i >= 0; i-- {
		c := &f.history.Checks[i]
		if c.ID != f.check.ID && c.PerformedAt.Before(f.check.PerformedAt) && field.Assessed(&c.Findings) {
			return termOf(field, &c.Findings)
		}
	}
	return 0
}

// termOf returns the index of the term that a finding is, or -1.
func termOf(field *icans.Field, x *icans.Findings) int {
	return slices.IndexFunc(field.Terms, func(t icans.Term) bool { return t.Code == field.Code(x) })
}

func (f *checkForm) answered(field *icans.Field) bool {
	return field.Assessed(&f.check.Findings) || f.skipped[field]
}

// firstOpen returns the first field that was not answered, or the save line.
func (f *checkForm) firstOpen() int {
	fields := f.fields()
	if i := slices.IndexFunc(fields, func(field *icans.Field) bool { return !f.answered(field) }); i >= 0 {
		return i
	}
	return len(fields)
}

// given notes that the user gave this answer: "unarousable" as the reason for a tool that
// was not done then no longer owns it.
func (f *checkForm) given(field *icans.Field) {
	delete(f.skipped, field)
	if field.Column == "consciousness" {
		f.aside.Set = false
	}
}

// answer takes a key as an answer to the selected field.
func (f *checkForm) answer(a *app, press tea.KeyPressMsg) tea.Cmd {
	if press.Text == "" {
		return nil
	}
	if f.finished() {
		a.fail(ward.Invalid("", press.Text+" does nothing here: enter saves, ↑ goes back"))
		return nil
	}
	field := f.field()
	for i, t := range field.Terms {
		if !strings.Contains(t.Keys, strings.ToLower(press.Text)) {
			continue
		}
		return f.change(a, func() {
			f.given(field)
			field.Answer(&f.check.Findings, i)
			if f.check.Findings.Scored() {
				f.check.Findings.StatedTotal = 0
			}
			if !field.Several || t.Code == "none" {
				f.at++ // of several signs there may be more
			}
		})
	}
	a.fail(ward.Invalid(field.Column, press.Text+" does nothing here; answers: "+answerKeys(field)))
	return nil
}

// answerKeys returns the keys that answer a field: "0 to 3".
func answerKeys(field *icans.Field) string {
	first, last := field.Terms[0].Keys, field.Terms[len(field.Terms)-1].Keys
	return first[:1] + " to " + last[:1]
}

// kept is the value of a command that kept or dropped a draft.
type kept struct{}

// keep writes the draft to the log.
func (f *checkForm) keep(a *app) tea.Cmd {
	f.dirty = true
	if f.correcting() {
		return nil // the check itself is safe; the correction is made again
	}
	f.revision++
	d := store.Draft{PatientID: f.patient.ID, Author: a.user.Name, CheckID: f.check.ID, Revision: f.revision, Content: f.content(), Since: f.since}
	log := a.store
	_, cmd := ask(a, f.patient.ID, func(ctx context.Context) (kept, error) { return kept{}, log.KeepDraft(ctx, d) })
	return cmd
}

func (f *checkForm) leave(a *app) tea.Cmd {
	if !f.dirty {
		return a.pop()
	}
	discard := choice{"d", "discard it", func(a *app) tea.Cmd {
		log, id, author := a.store, f.patient.ID, a.user.Name
		_, cmd := ask(a, id, func(ctx context.Context) (kept, error) { return kept{}, log.DropDraft(ctx, id, author) })
		return tea.Sequence(cmd, a.pop())
	}}
	back := choice{"0 g", "back to the form", nil}
	if f.correcting() {
		discard.do = func(a *app) tea.Cmd { return a.pop() }
		return a.push(newChooser("The correction of the check of "+about(&f.patient)+" is not saved.", back, discard))
	}
	return a.push(newChooser("The check of "+about(&f.patient)+" is not saved.",
		choice{"k", "keep it as a draft", func(a *app) tea.Cmd {
			cmd := a.pop()
			a.say("Kept as your draft for " + f.patient.Name + "; n opens it again")
			return cmd
		}},
		discard, back,
	))
}
