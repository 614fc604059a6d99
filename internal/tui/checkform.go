package tui

import (
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// checkForm records a neuro check: all of it on one screen, one key an answer,
// each answer moving on. Nothing is preset; the last check's answers stand
// beside in grey. Every answer is kept as a draft when it is given.
type checkForm struct {
	patient ward.Patient
	check   ward.Check
	skipped map[*icans.Field]bool // answered as not assessed
	at      int                   // index into fields(); len(fields()) is past the last

	last    *ward.Check // last check that stands, for the answers beside
	loading request
	opened  bool // the last check and the draft are there

	revision int64 // of the draft
	saving   request
	dirty    bool
}

func newCheckForm(p ward.Patient) *checkForm {
	return &checkForm{patient: p, skipped: map[*icans.Field]bool{}}
}

// correct makes the form record the next version of a check.
func newCorrection(p ward.Patient, c ward.Check) *checkForm {
	f := newCheckForm(p)
	f.check = c
	f.check.Version++
	f.check.Status = ward.Corrected
	f.check.Recorded = ward.Signature{}
	f.check.Reason, f.check.ReasonNote = "", ""
	return f
}

func (f *checkForm) correcting() bool { return f.check.Version > 1 }

// before is what the form needs of the log before the first answer.
type before struct {
	patient ward.Patient
	last    *ward.Check
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
	log, author, id, correcting := a.store, a.user.Name, f.check.ID, f.correcting()
	f.loading, cmd = ask(a, f.patient.ID, func(ctx context.Context) (b before, err error) {
		chart, err := log.Chart(ctx, f.patient.ID)
		if err != nil {
			return b, err
		}
		b.patient = chart.Patient
		for i := range chart.Checks {
			if c := &chart.Checks[i]; c.Stands() && c.ID != id {
				b.last = c
				break
			}
		}
		if !correcting {
			b.draft, b.drafted, err = log.DraftOf(ctx, chart.Patient.ID, author)
		}
		return b, err
	})
	return tea.Batch(read, cmd)
}

// reading records that somebody reads the patient, where the form was not opened
// from a screen about the same one.
func (f *checkForm) reading(a *app) tea.Cmd {
	for _, s := range a.stack {
		if p, ok := s.(*patientScreen); ok && p.id == f.patient.ID {
			return nil
		}
	}
	return a.note(ward.AuditEvent{Event: ward.ReadPatient, PatientID: f.patient.ID})
}

func (f *checkForm) aboutPatient() {}
func (f *checkForm) typing() bool  { return false }

// fields are the fields that the form asks for, in order. Where the tool could
// not be done its items are left out.
func (f *checkForm) fields() []*icans.Field {
	var list []*icans.Field
	for _, field := range icans.Fields() {
		switch field.Group {
		case icans.GroupICE, icans.GroupCAPD:
			if f.check.Findings.Unable != 0 || (field.Group == icans.GroupICE) != (f.check.Findings.Tool == icans.ICE) {
				continue
			}
		case icans.GroupDomain, icans.GroupSeen:
		default:
			continue
		}
		list = append(list, field)
	}
	return list
}

// field is the field in hand, the last one where the form is past it.
func (f *checkForm) field() *icans.Field {
	fields := f.fields()
	return fields[min(f.at, len(fields)-1)]
}

func (f *checkForm) finished() bool { return f.at >= len(f.fields()) }

var (
	keyUnable     = bind("u", "u", "unable")
	keyOtherCause = bind("o", "o", "other cause")
	keyTime       = bind("t", "t", "time")
	keyNote       = bind("c", "c", "comment")
	keyTool       = bind("k", "k", "change the tool")
	keyNoneSeen   = bind("z", "z", "none of the rest seen")
	keySkip       = bind("-", "-", "not assessed")
	keyUndo       = bind("backspace", "⌫", "take back")
	keyGo         = bind("up down tab shift+tab", "↑↓", "move")
	keyOn         = bind("enter", "enter", "go on")
)

func (f *checkForm) keys(*app) []key.Binding {
	list := keyList(keyGo)
	if f.finished() {
		list = append(list, bind("enter", "enter", "save"))
	} else if f.field().Several {
		list = append(list, keyOn)
	}
	return append(list, keySave, keyUnable, keyTime, keyNote, keyNoneSeen, keyOtherCause, keyUndo, keyLeave, keyTool, keySkip)
}

func (f *checkForm) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[before]:
		return f.begin(a, msg)
	case result[ward.Check]:
		return f.saved(a, msg)
	case tea.KeyPressMsg:
		if !f.opened {
			if key.Matches(msg, keyBack) {
				return a.pop()
			}
			return nil // an answer before the last check is known would go to the wrong place
		}
		return f.press(a, msg)
	}
	return nil
}

func (f *checkForm) begin(a *app, msg result[before]) tea.Cmd {
	if msg.request != f.loading || msg.patient != f.patient.ID {
		return nil
	}
	if msg.err != nil {
		a.fail(msg.err)
		return nil
	}
	f.opened = true
	f.patient, f.last = msg.value.patient, msg.value.last
	if msg.value.drafted {
		d := msg.value.draft
		f.check.ID, f.revision = d.CheckID, d.Revision
		f.restore(d.Content)
		f.dirty = true
		a.say("Your draft is back: go on where you were, or esc to discard it")
	}
	return nil
}

func (f *checkForm) press(a *app, press tea.KeyPressMsg) tea.Cmd {
	if f.saving != 0 {
		return nil // what is being saved does not change any more
	}
	x := &f.check.Findings
	switch {
	case key.Matches(press, keyBack):
		return f.leave(a)
	case key.Matches(press, keySave), key.Matches(press, keyOn) && f.finished():
		return f.askSave(a)
	case key.Matches(press, keyUnable):
		return a.push(f.unableDialog())
	case key.Matches(press, keyOtherCause):
		if a.user.Role != ward.Clinician {
			a.fail(ward.Conflict("another cause is attributed by a clinician, who corrects the check; your comment (c) can say what you think"))
			return nil
		}
		return a.push(f.otherCauseDialog(a))
	case key.Matches(press, keyTime):
		return a.push(f.timeDialog(a))
	case key.Matches(press, keyNote):
		return a.push(f.noteDialog())
	case key.Matches(press, keyTool):
		return a.push(f.toolDialog())
	case key.Matches(press, keyNoneSeen):
		for _, field := range f.fields() {
			if field.Group == icans.GroupSeen && !field.Assessed(x) {
				field.Answer(x, 0)
				delete(f.skipped, field)
			}
		}
		f.at = f.firstOpen()
		return f.keep(a)
	case key.Matches(press, keyUndo):
		if f.at > 0 && (f.finished() || !f.answered(f.field())) {
			f.at--
		}
		f.field().Clear(x)
		delete(f.skipped, f.field())
		return f.keep(a)
	case key.Matches(press, keySkip) && !f.finished():
		f.field().Clear(x)
		f.skipped[f.field()] = true
		f.at++
		return f.keep(a)
	case press.String() == "up" || press.String() == "shift+tab":
		f.at = max(0, f.at-1)
	case press.String() == "down" || press.String() == "tab" || key.Matches(press, keyOn):
		f.at = min(f.at+1, len(f.fields()))
	default:
		return f.answer(a, press)
	}
	return nil
}

func (f *checkForm) answered(field *icans.Field) bool {
	return field.Assessed(&f.check.Findings) || f.skipped[field]
}

// firstOpen is the first field that nobody has answered, or past the last.
func (f *checkForm) firstOpen() int {
	fields := f.fields()
	if i := slices.IndexFunc(fields, func(field *icans.Field) bool { return !f.answered(field) }); i >= 0 {
		return i
	}
	return len(fields)
}

// answer takes a key as an answer to the field in hand.
func (f *checkForm) answer(a *app, press tea.KeyPressMsg) tea.Cmd {
	if f.finished() || press.Text == "" {
		return nil
	}
	field := f.field()
	for i, t := range field.Terms {
		if !strings.Contains(t.Keys, strings.ToLower(press.Text)) {
			continue
		}
		field.Answer(&f.check.Findings, i)
		delete(f.skipped, field)
		if !field.Several || t.Code == "none" {
			f.at++ // of several signs there may be more
		}
		return f.keep(a)
	}
	a.fail(ward.Invalid(field.Column, press.Text+" is no answer here"))
	return nil
}

// kept is what keeping or dropping a draft brings back.
type kept struct{}

// keep writes the draft down.
func (f *checkForm) keep(a *app) tea.Cmd {
	f.dirty = true
	if f.correcting() {
		return nil // the check itself is safe; a correction is asked for again
	}
	f.revision++
	d := store.Draft{PatientID: f.patient.ID, Author: a.user.Name, CheckID: f.check.ID, Revision: f.revision, Content: f.content()}
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
	goOn := choice{"g", "go on", nil}
	if f.correcting() {
		discard.do = func(a *app) tea.Cmd { return a.pop() }
		return a.push(newChooser("This correction is not saved.", goOn, discard))
	}
	return a.push(newChooser("This check is not saved.",
		choice{"k", "keep it as a draft", func(a *app) tea.Cmd {
			cmd := a.pop()
			a.say("Kept as your draft for " + f.patient.Name + "; n goes on with it")
			return cmd
		}},
		discard, goOn,
	))
}

func (f *checkForm) askSave(a *app) tea.Cmd {
	x := &f.check.Findings
	if problems := x.Problems(); len(problems) > 0 {
		a.fail(ward.Invalid(problems[0].Column, problems[0].Reason))
		return nil
	}
	if x.OtherCause != 0 && f.check.Note == "" {
		a.fail(ward.Invalid("note", "another cause needs a comment that says why: press c"))
		return nil
	}
	if f.correcting() && f.check.Reason == "" {
		return a.push(f.reasonDialog())
	}
	r := icans.Evaluate(x)
	question := []string{
		"SAVE?   " + plain(f.patient.Name) + "   b. " + f.patient.BirthDate.Words() + "   MRN " + plain(f.patient.MRN),
		meaning(x, r) + "   performed " + a.clock(f.check.PerformedAt),
		strings.TrimSpace(flagLine(r)),
	}
	if f.correcting() {
		question = append(question, "correction: "+ward.WordsFor(ward.Reasons, f.check.Reason))
	}
	for _, slip := range f.check.Slips(&f.patient, f.last, a.now) {
		question = append(question, "Look again: "+slip+".")
	}
	return a.push(newChooser(strings.Join(question, "\n"),
		choice{"y", "save", f.save},
		choice{"g", "go back to the form", nil},
	))
}

func (f *checkForm) save(a *app) (cmd tea.Cmd) {
	if f.saving != 0 {
		return nil // one save at a time
	}
	log, by, zone, now, check := a.store, a.user.Name, a.zone, a.opts.Now, f.check
	f.saving, cmd = ask(a, f.patient.ID, func(ctx context.Context) (ward.Check, error) {
		return log.SaveCheck(ctx, ward.Sign(by, now().In(zone)), check)
	})
	return cmd
}

func (f *checkForm) saved(a *app, msg result[ward.Check]) tea.Cmd {
	if msg.request != f.saving || msg.patient != f.patient.ID {
		return nil
	}
	f.saving = 0
	if msg.err != nil {
		a.fail(msg.err)
		return nil
	}
	f.dirty = false
	cmd := a.close(f)
	c := &msg.value
	text := "Saved: " + f.patient.Name + "   " + toolScore(&c.Findings) + "   ICANS " + grade(c.Result)
	if c.Result.Flag != icans.FlagNone {
		text += "   " + flagMark(c.Result.Flag) + " follow-up opened"
	}
	a.say(text)
	return cmd
}
