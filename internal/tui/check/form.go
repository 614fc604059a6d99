package check

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// form is the screen that records or corrects a neuro check: one key an answer, each
// answer going on to the next line. No answer is preset; those of the last check before
// the time of this one are shown in grey.
type form struct {
	kit.Base
	*examination
	place kit.Place

	loading, asking, taking kit.Pending
	asks                    *kit.Question // whether to save, while it is open
	leaving                 *kit.Question // whether to keep a correction
	saving                  saving

	opened bool   // record and draft are loaded
	dirty  bool   // there is something to lose
	back   string // the selected line before the key
	round  string // the detail of the place, if a round opened the form
}

func newForm(d *desk.Desk, to kit.Place) kit.Screen {
	e := &examination{desk: d, patient: desk.PatientOf(to.Subject)}
	e.check.ID = desk.CheckOf(to.Subject)
	f := &form{examination: e, place: kit.Place{Screen: to.Screen, Subject: to.Subject}, round: to.Detail}
	e.sheet.Changed = func() {
		e.changed = true
		e.sheet.lay()
	}
	e.sheet.Last = f.askSave
	e.sheet.open, e.sheet.help = f.open, e.help
	return f
}

// ofCorrection reports whether the form is to correct a check, also before it is loaded.
func (f *form) ofCorrection() bool { return f.place.Screen == desk.Correct }

// Init loads the record and the draft.
func (f *form) Init(h kit.Host) tea.Cmd {
	if f.opened || f.loading.Waiting() {
		return nil
	}
	read := f.desk.Visit(h, f.patient)
	return tea.Batch(read, f.load(h, &f.loading, !f.ofCorrection()))
}

// Update takes the record, the results of saves, and bursts.
func (f *form) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[record]:
		if kit.Take(&f.asking, msg) {
			return f.asked(h, msg)
		}
		if kit.Take(&f.loading, msg) {
			first := !f.opened
			cmd := f.loaded(h, msg)
			if first && f.opened {
				cmd = tea.Batch(cmd, f.answerOfRound(h))
			}
			return cmd
		}
	case kit.Result[store.Saved]:
		if kit.Take(&f.saving.pending, msg) {
			return f.saved(h, msg)
		}
	case kit.Result[theirs]:
		if kit.Take(&f.taking, msg) {
			return f.askTakeOver(h, msg, func(h kit.Host) tea.Cmd { return tea.Batch(f.flush(h), f.open(h, f.dialog)) })
		}
	case desk.Changed:
		if f.opened && !f.busy() && msg.Concerns(f.patient) {
			return f.load(h, &f.loading, false)
		}
	case kit.Burst:
		return f.burst(h, msg)
	}
	return nil
}

// answerOfRound gives the reason with which a round opened the form, such as asleep, and
// asks whether to save it.
func (f *form) answerOfRound(h kit.Host) tea.Cmd {
	for _, t := range icans.FieldOf("unable").Terms {
		if t.Code == f.round {
			h.Say(f.setNotDone(t, 0))
			return tea.Batch(f.flush(h), f.askSave(h, kit.Key{}))
		}
	}
	return nil
}

// busy reports whether the check is on its way to the log, so that no key may change it.
func (f *form) busy() bool {
	return f.saving.pending.Waiting() || f.asking.Waiting() || f.taking.Waiting()
}

// burst takes back the answers that a burst gave.
func (f *form) burst(h kit.Host, b kit.Burst) tea.Cmd {
	if !f.opened || f.sheet.Paste(h, b) {
		return nil
	}
	keep := f.flush(h)
	return tea.Batch(keep, f.desk.Wristband(h, b, &f.history.Patient))
}

// Typing reports whether a key is text: only in the name of a line to jump to.
func (f *form) Typing() bool { return f.opened && f.sheet.Typing() }

// Type takes a key of the name of a line.
func (f *form) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) { return f.sheet.Type(h, k), nil }

// Bindings returns the keys of the form. Each of them keeps the draft if it changed
// anything.
func (f *form) Bindings() []kit.Binding {
	if !f.opened {
		return []kit.Binding{kit.Bind("esc", "back", "back", f.leave)}
	}
	list := append(f.sheet.ownAnswers(), f.sheet.Bindings()...)
	if !f.sheet.Typing() {
		list = append(list, f.acts()...)
	}
	for i := range list {
		do := list[i].Do
		if f.busy() && list[i].Help != leaveHelp {
			list[i].Off = "the check is being saved"
		}
		list[i].Do = func(h kit.Host, k kit.Key) tea.Cmd {
			if l, ok := f.sheet.Current(); ok {
				f.back = l.ID
			}
			cmd := do(h, k)
			return tea.Batch(f.flush(h), cmd)
		}
	}
	return list
}

const leaveHelp = "leave the form; the answers are kept"

// acts returns the keys that are no answers.
func (f *form) acts() []kit.Binding {
	return []kit.Binding{
		kit.Bind("z *", "", "set the rest of the features and signs to none, from Confusion on", f.sheet.restNone).
			If(f.sheet.restNoneWorks(), "it works from Confusion on; answer the lines before it first"),
		kit.Bind("ctrl+s", "save", "save the check; asks first", f.askSave).Recording(string(ward.MayRecord)),
		kit.Bind("esc", "", leaveHelp, f.leave),
	}
}

// open opens a line that is no field. The draft remembers the dialog, and the selected line
// stays.
func (f *form) open(h kit.Host, line string) tea.Cmd {
	d := dialog{exam: f.examination, form: f}
	switch line {
	case takeOverLine:
		if list := f.others(); len(list) > 0 {
			return loadTheirs(f.desk, h, &f.taking, f.patient, list[0].Author)
		}
	case timeLine:
		return f.show(h, line, newTime(d))
	case unableLine:
		return f.show(h, line, &unable{d})
	case causeLine, causeText:
		return f.show(h, line, newCauses(d, line == causeText))
	case commentLine:
		return f.show(h, line, newComment(d))
	}
	return nil
}

func (f *form) show(h kit.Host, line string, dialog kit.Screen) tea.Cmd {
	f.dialog = line
	if f.back != "" {
		f.sheet.GoTo(f.back)
	}
	return tea.Batch(h.Push(dialog), f.keepDirty(h))
}

// shut implements [owner].
func (f *form) shut(h kit.Host, dialog kit.Screen) tea.Cmd {
	f.dialog = ""
	return tea.Batch(h.Close(dialog), f.flush(h), f.keepDirty(h))
}

// flush implements [owner].
func (f *form) flush(h kit.Host) tea.Cmd {
	if !f.changed {
		return nil
	}
	f.changed, f.dirty, f.saving.failed = false, true, false
	f.evaluate()
	if f.correcting() && f.dialog == "" && f.unchanged() { // each answer was changed back
		f.dirty = false
		f.desk.Keep(f.place, nil)
		return nil
	}
	return f.keep(h)
}

// leave closes the form. A new check is kept as a draft; a correction asks.
func (f *form) leave(h kit.Host, _ kit.Key) tea.Cmd {
	switch {
	case !f.dirty:
	case f.correcting():
		f.leaving = f.leaveCorrection()
		return h.Push(f.leaving)
	case f.saving.pending.Waiting():
		defer h.Say("NOT SAVED YET: it is tried again; until then the check is kept as your draft")
	default:
		again := "n opens it again, :discard drops it"
		if f.hasLeft() {
			again = "p, MRN and 3 open it again"
		}
		defer h.Say("Kept, not saved: your check of " + words.Name(&f.history.Patient) + ". " + again)
	}
	return h.Close(f)
}

// leaveCorrection asks whether to keep a correction or to discard it.
func (f *form) leaveCorrection() *kit.Question {
	text := []string{"The correction of the check of " + f.desk.DayTime(f.original.PerformedAt) + " is not saved. The check stays as it was."}
	return &kit.Question{Subject: []string{words.About(&f.history.Patient)}, Text: text, Options: []kit.Option{
		{Keys: []string{"1", "y"}, Label: "keep it for later: r brings it back", Do: func(h kit.Host) tea.Cmd { return h.Close(f) }},
		{Keys: []string{"2"}, Label: "discard it", Do: func(h kit.Host) tea.Cmd {
			f.desk.Keep(f.place, nil)
			return h.Close(f)
		}},
		{Keys: []string{"0", "n"}, Label: "back to the form"},
	}}
}

// Marks explains the marks of the form.
func (f *form) Marks() []kit.Mark {
	return append(desk.Marks(), kit.Mark{Sign: "*", Means: "another cause: the finding does not count"},
		kit.Mark{Sign: "?", Means: "the cause is uncertain"}, kit.Mark{Sign: "–", Means: "not assessed; a blank line was not touched yet"})
}

// Head returns the identity, from the board until the record is loaded.
func (f *form) Head(p kit.Page) []string {
	id := desk.Identity{Title: "NEURO CHECK", BaselineFirst: true}
	if f.ofCorrection() {
		id.Title = "CORRECTION"
	}
	if f.correcting() {
		id.Title += " of " + f.desk.Time(f.original.PerformedAt)
	}
	if f.opened {
		id.Patient, id.Stay = &f.history.Patient, f.history.Stay()
		if stay := ward.StayAt(f.history.Stays, f.check.PerformedAt); stay != nil && id.Stay.OnWard() {
			id.Stay = stay
		}
	} else if s, ok := f.desk.State(f.patient); ok {
		id.Patient, id.Stay = &s.Patient, &s.Stay
	}
	if id.Patient == nil {
		return f.desk.Head(p, id)
	}
	id.More = desk.Interpreter(id.Patient)
	if cause := f.desk.NamedCause(&f.history); f.opened && cause != "" {
		id.More = append(id.More, cause)
	}
	return f.desk.Head(p, id)
}

// Body implements [kit.Screen].
func (f *form) Body(p kit.Page) []string {
	if !f.opened {
		return []string{"", "  loading…"}
	}
	return f.body(p)
}

// Foot implements [kit.Screen].
func (f *form) Foot(p kit.Page) []string {
	if !f.opened {
		return nil
	}
	return f.foot(p, f.saving.words())
}

// KeyLine implements [kit.Liner].
func (f *form) KeyLine(p kit.Page) string {
	if jump, ok := f.sheet.JumpLine(p.Narrow(30)); ok {
		return " " + strings.TrimRight(jump, " ") + p.Faint.Render("   jump to a line: enter")
	}
	if !f.opened {
		return " " + p.Faint.Render("? all keys   ctrl+s save")
	}
	return f.keyLine(p)
}
