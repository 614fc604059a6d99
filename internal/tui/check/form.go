package check

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// form is the screen that records or corrects a neuro check: one key an answer, each
// answer going on to the next line. No answer is preset; those of the last check before
// the time of this one are shown in grey.
type form struct {
	kit.Base
	desk    *desk.Desk
	subject string
	patient int64

	check ward.Check // its ID, time and comment; the findings are the values of the sheet
	sheet kit.Form
	now   icans.Findings // of the values of the sheet
	cause string         // the cause in words; kept while no domain is attributed
	late  bool           // the late signs are shown on request
	typed string         // the text of a time that is not read yet

	history  ward.History // the patient's record, as last read
	known    map[string]bool
	original *ward.Check // the version that a correction replaces; nil for a new check
	last     *ward.Check // the last check before the time of this one
	lastTool *ward.Check // the last such check at which the tool was done
	view     bedside.Preview

	loading, asking, saving, taking kit.Pending

	opened    bool      // record and draft are loaded
	changed   bool      // a value has changed since the last draft
	dirty     bool      // there is something to lose
	back      string    // the line in hand before the key
	dialog    string    // the dialog that is open, as a draft names it
	since     time.Time // when the form was begun
	request   string    // the ID of the save in hand
	takenFrom string    // whose draft this form goes on with
	entered   time.Time // of the first try to save
	failed    bool      // the last save failed, and no answer has changed since
}

func newForm(d *desk.Desk, to kit.Place) kit.Screen {
	f := &form{desk: d, subject: to.Subject, patient: desk.PatientOf(to.Subject)}
	f.sheet.Changed = func() {
		f.changed = true
		f.layLines()
	}
	f.sheet.Last = f.askSave
	return f
}

// newCorrection returns a form that records the next version of a check.
func newCorrection(d *desk.Desk, to kit.Place) kit.Screen {
	f := newForm(d, to).(*form)
	f.check.ID = desk.CheckOf(to.Subject)
	return f
}

func (f *form) correcting() bool { return desk.CheckOf(f.subject) != "" }

// findings returns the findings of the form, as the last change of a value left them.
func (f *form) findings() icans.Findings { return f.now }

// asksLate reports whether the form asks for the late signs: on request, and if the
// patient is asked for them.
func (f *form) asksLate() bool { return f.late || bedside.AsksLate(&f.history) }

// record is the part of the log that a form needs.
type record struct {
	chart   ward.Chart
	draft   store.Draft
	drafted bool
}

// Init loads the record and the draft.
func (f *form) Init(h kit.Host) tea.Cmd {
	if f.opened || f.loading.Waiting() {
		return nil
	}
	read := f.desk.Visit(h, f.patient)
	return tea.Batch(read, f.load(h, &f.loading, !f.correcting()))
}

func (f *form) load(h kit.Host, pending *kit.Pending, drafted bool) tea.Cmd {
	id, site, author := f.patient, f.desk.Site(), f.desk.User().Name
	return desk.Load(f.desk, h, pending, f.subject, func(ctx context.Context, log *store.Store) (r record, err error) {
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

// Update takes the record, the results of saves, and bursts.
func (f *form) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[record]:
		if kit.Take(&f.asking, msg) {
			return f.asked(h, msg)
		}
		if kit.Take(&f.loading, msg) {
			return f.loaded(h, msg)
		}
	case kit.Result[store.Saved]:
		if kit.Take(&f.saving, msg) {
			return f.saved(h, msg)
		}
	case kit.Result[theirs]:
		if kit.Take(&f.taking, msg) {
			return f.takeOver(h, msg)
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

// busy reports whether the check is on its way to the log, so that no key may change it.
func (f *form) busy() bool { return f.saving.Waiting() || f.asking.Waiting() || f.taking.Waiting() }

// burst takes back the answers that a burst gave.
func (f *form) burst(h kit.Host, b kit.Burst) tea.Cmd {
	if !f.opened || f.sheet.Paste(h, b) {
		return nil
	}
	keep := f.flush(h)
	return tea.Batch(keep, f.desk.Wristband(h, b, &f.history.Patient))
}

// loaded takes the record: when the form opens, and after a change of the log.
func (f *form) loaded(h kit.Host, msg kit.Result[record]) tea.Cmd {
	if msg.Err != nil {
		h.Fail(desk.Words(msg.Err))
		return nil
	}
	if !f.opened {
		return f.begin(h, msg.Value)
	}
	before := len(f.review(nil, "").Meanwhile())
	f.take(&msg.Value.chart)
	if f.takenAway() {
		c := f.current()
		f.check.ID = f.desk.NewID()
		h.Say(desk.ShortName(c.Recorded.By) + " took over this check and saved it at " + f.desk.Time(c.Recorded.At) + ". A save here is a check of its own")
		return nil
	}
	if list := f.review(nil, "").Meanwhile(); len(list) > before {
		h.Say("MEANWHILE " + bedside.MeanwhileWords(f.clock(), &list[len(list)-1]))
	}
	return nil
}

// take replaces the record and compares with it anew.
func (f *form) take(chart *ward.Chart) {
	f.history = chart.History
	f.evaluate()
	f.layLines()
}

// begin fills the form for the first time: with a draft, with the check to correct, or
// with nothing.
func (f *form) begin(h kit.Host, r record) tea.Cmd {
	f.history = r.chart.History
	f.since = f.desk.Now()
	f.known = make(map[string]bool, len(f.history.Checks))
	for i := range f.history.Checks {
		f.known[f.history.Checks[i].ID] = true
	}
	if f.correcting() {
		if reason := f.beginCorrection(&r.chart); reason != "" {
			h.Fail(reason)
			return h.Close(f)
		}
	} else {
		f.check = ward.Check{ID: f.desk.NewID(), Version: 1, PatientID: f.patient, Status: ward.Recorded, PerformedAt: ward.Moment(f.desk.Now())}
		f.sheet.Load(map[string]string{toolValue: bedside.ToolCode(f.history.Patient.Tool)})
		f.layLines()
	}
	f.opened = true
	f.take(&r.chart)
	f.firstLine()
	cmd := f.reopen(h, r)
	f.changed = false
	return cmd
}

// firstLine takes the first line of the form in hand.
func (f *form) firstLine() {
	for _, field := range sheetFields {
		if !hidden(field, f.sheet.Value) {
			f.sheet.GoTo(field.Column)
			return
		}
	}
}

// others returns the unsaved checks of the patient that other people have open.
func (f *form) others() []ward.Draft {
	if f.correcting() {
		return nil
	}
	return bedside.OthersDrafts(&f.history, f.desk.User().Name)
}

// current returns the version of this check on the record, or nil.
func (f *form) current() *ward.Check {
	for i := range f.history.Checks {
		if f.history.Checks[i].ID == f.check.ID {
			return &f.history.Checks[i]
		}
	}
	return nil
}

// takenAway reports whether another person saved this check from a draft taken over.
func (f *form) takenAway() bool {
	c := f.current()
	return c != nil && !f.correcting() && !f.busy() && c.Recorded.By != f.desk.User().Name
}

// evaluate computes the results that the form shows, after a change of the answers, the
// time or the record.
func (f *form) evaluate() {
	f.last = bedside.LastBefore(&f.history, &f.check)
	f.lastTool = bedside.LastWithTool(&f.history, &f.check, f.tool())
	f.view = bedside.PreviewOf(&f.history, f.desk.Site(), f.toSave(), f.desk.User().Name, f.desk.Now())
}

// toSave returns the check as it would be recorded.
func (f *form) toSave() ward.Check {
	c := f.check
	c.Findings = f.findings()
	c.Note = ward.CleanText(f.check.Note)
	c.CauseNote = ""
	if c.Findings.OtherCause != 0 {
		c.CauseNote = ward.CleanLine(f.cause)
	}
	return c
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
	list := append(f.ownAnswers(), f.sheet.Bindings()...)
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
		kit.Bind("z *", "", "set the rest of the features and signs to none, from Confusion on", f.restNone).
			If(f.restNoneWorks(), "it works from Confusion on; answer the lines before it first"),
		kit.Bind("ctrl+s", "save", "save the check; asks first", f.askSave).Recording(string(ward.MayRecord)),
		kit.Bind("esc", "", leaveHelp, f.leave),
	}
}

// flush evaluates and keeps the draft if a value changed.
func (f *form) flush(h kit.Host) tea.Cmd {
	if !f.changed {
		return nil
	}
	f.changed, f.dirty = false, true
	f.evaluate()
	f.layLines()
	return f.keep(h)
}

// leaveCorrection asks whether to keep a correction or to discard it.
func (f *form) leaveCorrection() *kit.Question {
	text := []string{"The correction of the check of " + f.desk.DayTime(f.original.PerformedAt) + " is not saved. The check stays as it was."}
	return &kit.Question{Subject: []string{desk.About(&f.history.Patient)}, Text: text, Options: []kit.Option{
		{Keys: []string{"1", "y"}, Label: "keep it for later: r brings it back", Do: func(h kit.Host) tea.Cmd { return h.Close(f) }},
		{Keys: []string{"2"}, Label: "discard it", Do: func(h kit.Host) tea.Cmd {
			f.desk.Keep(f.place(), nil)
			return h.Close(f)
		}},
		{Keys: []string{"0", "n"}, Label: "back to the form"},
	}}
}

// leave closes the form. A new check is kept as a draft; a correction asks.
func (f *form) leave(h kit.Host, _ kit.Key) tea.Cmd {
	switch {
	case !f.dirty:
	case f.correcting():
		return h.Push(f.leaveCorrection())
	case f.saving.Waiting():
		defer h.Say("NOT SAVED YET: it is tried again; until then the check is kept as your draft")
	default:
		defer h.Say("Kept, not saved: your check of " + desk.Name(&f.history.Patient) + ". n opens it again, :discard drops it")
	}
	return h.Close(f)
}
