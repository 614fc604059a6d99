package admit

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// admission is the form of a new patient. What was typed is kept until it is saved or
// discarded.
type admission struct {
	kit.Base
	place   kit.Place
	fields  *particulars
	known   registry
	loading kit.Pending
	since   string     // the time at which the form was begun
	look    *lookAgain // the last look-again step
}

// admissionPlace is the place under which a half-filled form is kept.
var admissionPlace = kit.Place{Screen: desk.PatientIn, Detail: "new"}

// newAdmission returns the form for a new patient. mrn and name are texts that were
// typed into the search.
func newAdmission(d *desk.Desk, known registry, mrn, name string) *admission {
	a := &admission{place: admissionPlace, known: known, since: d.Now().Format("15:04")}
	a.fields = newParticulars(d, ward.Patient{MRN: mrn, Name: name}, ward.Stay{}, func() { d.Keep(a.place, a) })
	if mrn != "" {
		a.fields.form.GoTo("name")
	}
	return a
}

// reopened returns the form of an admission that a draft of the log holds.
func reopened(d *desk.Desk, known registry, content string) *admission {
	a := newAdmission(d, known, "", "")
	a.since = d.Time(d.KeptSince(a.place))
	a.fields.restore(content)
	d.Keep(a.place, a)
	return a
}

// Content implements [desk.Contented].
func (a *admission) Content() string { return desk.Marshal(a.fields.draft()) }

// Init implements [kit.Screen].
func (a *admission) Init(h kit.Host) tea.Cmd { return loadRegistry(a.fields.d, h, &a.loading) }

// Update implements [kit.Screen].
func (a *admission) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[registry]:
		if kit.Take(&a.loading, msg) && msg.Err == nil {
			a.known = msg.Value
			if a.look != nil {
				a.look.refresh(h)
			}
		}
	case desk.Changed:
		return loadRegistry(a.fields.d, h, &a.loading)
	case kit.Burst:
		return a.fields.burst(h, msg)
	}
	return nil
}

// burst takes a scan or a paste. In the line of the MRN it is the MRN; a wristband in
// another line is no answer there.
func (f *particulars) burst(h kit.Host, b kit.Burst) tea.Cmd {
	l, _ := f.form.Current()
	s, known := f.d.ByMRN(b.Line())
	switch {
	case l.ID == "mrn" && f.form.Typing():
		f.takeMRN(h, b)
	case known:
		f.form.TakeBack(b)
		h.Fail("is this a wristband, " + words.Name(&s.Patient) + "? Its line is MRN. Nothing was entered")
	case !f.form.Paste(h, b):
		kit.NotTaken(h, b)
	}
	return nil
}

// takeMRN puts a scan or a paste into the line of the MRN. It replaces the text there,
// because a scanner reads whole numbers.
func (f *particulars) takeMRN(h kit.Host, b kit.Burst) {
	f.form.TakeBack(b)
	mrn := f.texts["mrn"]
	fresh := kit.NewText("", mrn.Limit)
	if refusal := fresh.Insert(b.Line()); refusal != "" {
		h.Fail(refusal)
		return
	}
	if fresh.Value() != mrn.Value() {
		*mrn = *fresh
		f.form.Changed()
	}
	if b.End != "" {
		f.form.GoTo("name")
	}
}

// Head implements [kit.Screen].
func (a *admission) Head(p kit.Page) []string {
	d := a.fields.d
	lines := []string{" " + p.Strong.Render("ADMIT") + "  a new patient to " + kit.Plain(d.Ward().Name)}
	if patient, _ := a.fields.written(); patient.Name != "" && patient.MRN != "" {
		who := words.Name(&patient) + "   " + words.MRN(&patient)
		if !patient.BirthDate.IsZero() {
			who = words.About(&patient)
		}
		lines = append(lines, p.Hang(" "+p.Strong.Render(who), p.Width-1, 1)...)
	}
	return lines
}

// Body implements [kit.Screen].
func (a *admission) Body(p kit.Page) []string { return a.fields.view(p) }

// Foot implements [kit.Screen].
func (a *admission) Foot(p kit.Page) []string { return a.fields.foot(p) }

// Typing implements [kit.Screen].
func (a *admission) Typing() bool { return a.fields.form.Typing() }

// Type implements [kit.Screen].
func (a *admission) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) { return a.fields.form.Type(h, k), nil }

// Bindings implements [kit.Screen].
func (a *admission) Bindings() []kit.Binding {
	a.fields.form.Last = a.check
	var list []kit.Binding
	if l, ok := a.fields.form.Current(); ok && l.ID == "mrn" && l.Editor.Value() == "" {
		// The enter of "4 enter" on the screen before, if 4 alone was enough there, or of a
		// scanner that read nothing.
		list = append(list, kit.Bind("enter", "", "the MRN is needed", func(h kit.Host, _ kit.Key) tea.Cmd {
			h.Say("type or scan the MRN; ↓ goes on without it")
			return nil
		}))
	}
	list = append(list, a.fields.form.Bindings()...)
	list = append(list,
		kit.Bind("ctrl+s", "save", "look again, then save", a.check).Recording(string(ward.MayMovePatient)),
		kit.Bind("esc", "back", "back; what was typed is kept", a.leave))
	return list
}

// check opens the look-again step, unless a line cannot be recorded.
func (a *admission) check(h kit.Host, _ kit.Key) tea.Cmd {
	if a.known == nil && a.loading.Waiting() {
		h.Fail("the patients of the log are being read: press it again")
		return nil
	}
	p, stay, problem := a.fields.read()
	if problem != nil {
		a.fields.blame(h, problem)
		return nil
	}
	a.look = newLookAgain(a, p, stay)
	return h.Push(a.look)
}

// leave closes the form. Typed text is kept, or discarded if the answer says so.
// Unsaved implements [desk.Unsaved].
func (a *admission) Unsaved() string {
	if !a.fields.touched() {
		return ""
	}
	return "admission of a new patient"
}

func (a *admission) leave(h kit.Host, _ kit.Key) tea.Cmd {
	if !a.fields.touched() {
		a.fields.d.Keep(a.place, nil)
		return h.Close(a)
	}
	return h.Push(&kit.Question{Text: []string{"This admission is not saved."}, Options: []kit.Option{
		{Keys: []string{"1"}, Label: "keep it unsaved: p 4 brings it back", Do: func(h kit.Host) tea.Cmd {
			a.fields.d.Keep(a.place, a)
			h.Say("kept, not saved: p 4 brings it back")
			return h.Close(a)
		}},
		{Keys: []string{"2"}, Label: "discard it", Do: func(h kit.Host) tea.Cmd {
			a.fields.d.Keep(a.place, nil)
			return h.Close(a)
		}},
		{Keys: []string{"0"}, Label: "back to the form"},
	}})
}

// save admits the patient as written.
func (l *lookAgain) save(h kit.Host) tea.Cmd {
	p, stay := l.patient, l.stay
	return l.SaveID(h, func(ctx context.Context, log *store.Store, sig ward.Signature) (int64, error) {
		admitted, _, err := log.Admit(ctx, sig, p, stay)
		return admitted.ID, err
	})
}
