package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// unableDialog asks why the tool was not done. The answers are kept aside, and 0 brings
// them back.
func (f *checkForm) unableDialog() *chooser {
	field := icans.FieldOf("unable")
	var words []string
	for _, t := range field.Terms {
		label := t.Label
		switch t.Code {
		case "unarousable":
			label += " (sets Consciousness too)"
		case "asleep":
			label += " (try to wake: see Consciousness)"
		}
		words = append(words, label)
	}
	choices := numbered(words, func(a *app, i int) tea.Cmd { return f.setUnable(a, i) })
	x := &f.check.Findings
	other := icans.CAPD
	if x.Tool == icans.CAPD {
		other = icans.ICE
	}
	choices = append(choices,
		choice{"9", "change the tool to " + toolName(other), func(a *app) tea.Cmd { return a.push(f.toolDialog(other)) }},
		choice{"0", "can be done: answers back", func(a *app) tea.Cmd { return f.setAble(a) }},
	)
	question := "Why was " + toolName(x.Tool) + " not done?   " + about(&f.patient) + "\nCannot speak or follow now, but could before? Not 5: score the items 0."
	return &chooser{box: box{strings.Split(question, "\n")}, choices: choices, columns: 2}
}

// setUnable records the reason that the tool was not done and keeps its answers aside.
func (f *checkForm) setUnable(a *app, term int) tea.Cmd {
	field, x := icans.FieldOf("unable"), &f.check.Findings
	cmd := f.change(a, func() {
		f.restoreConsciousness()
		if x.Unable == 0 {
			f.aside.ICE, f.aside.CAPD, f.aside.StatedTotal = x.ICE, x.CAPD, x.StatedTotal
			x.ICE, x.CAPD, x.StatedTotal = [8]icans.Points{}, [8]icans.Points{}, 0
		}
		field.Answer(x, term)
		if x.Unable == icans.UnableUnarousable && x.Consciousness != icans.Unarousable {
			f.aside.Consciousness, f.aside.Set = x.Consciousness, true
			x.Consciousness = icans.Unarousable
			delete(f.skipped, icans.FieldOf("consciousness"))
		}
		f.at = f.firstOpen()
	})
	switch x.Unable {
	case icans.UnableUnarousable:
		a.say("Consciousness was also set to unarousable")
	case icans.UnableSedated:
		a.say("Consciousness counts as uncertain; next look in 1 h, until a clinician names the cause")
	case icans.UnableAsleep, icans.UnableRefused, icans.UnableOffUnit:
		a.say("Next try in " + ward.Elapsed(a.site.Intervals.Unable))
	case icans.UnableLanguage:
		if c := f.toSave(); f.history.ICEBefore(&c) && !f.patient.Interpreter {
			a.say("Could answer before: this will be URGENT")
		}
	}
	f.carryCause(a)
	return cmd
}

// setAble takes the reason back: the answers return, and the consciousness from before
// "unarousable" set it.
func (f *checkForm) setAble(a *app) tea.Cmd {
	x := &f.check.Findings
	if x.Unable == 0 {
		return nil
	}
	return f.change(a, func() {
		f.restoreConsciousness()
		x.Unable = 0
		x.ICE, x.CAPD, x.StatedTotal = f.aside.ICE, f.aside.CAPD, f.aside.StatedTotal
		f.at = f.firstOpen()
	})
}

// restoreConsciousness undoes the answer that "unarousable" set, if the user has not
// answered since.
func (f *checkForm) restoreConsciousness() {
	if f.aside.Set {
		f.check.Findings.Consciousness = f.aside.Consciousness
		f.aside.Consciousness, f.aside.Set = 0, false
	}
}

// carryCause attributes the domains whose cause a clinician named ahead, on a check of a
// patient who is sedated or intubated.
func (f *checkForm) carryCause(a *app) {
	c := f.toSave()
	domains, cause := f.history.NamedAhead(&c)
	if domains == 0 {
		return
	}
	x := &f.check.Findings
	x.OtherCause |= domains
	x.UncertainCause &^= domains
	if f.cause == "" {
		f.cause = cause
	}
	f.evaluate(a)
	a.say("Carries the cause that a clinician named ahead: " + strings.Join(domains.Words(), ", ") + ", " + plain(cause))
}

func (f *checkForm) toolDialog(to icans.Tool) *chooser {
	name := toolName(to)
	age := ""
	if !f.patient.BirthDate.IsZero() {
		age = fmt.Sprintf(" (age %d)", f.patient.BirthDate.YearsTo(ward.DateOf(f.check.PerformedAt)))
	}
	return newChooser("Change the tool of this check to "+name+"?   "+about(&f.patient)+age+"\nThe answers are kept aside. "+icans.FieldOf("tool").Help+".",
		yes("change to "+name, func(a *app) tea.Cmd {
			return f.change(a, func() {
				x := &f.check.Findings
				f.restoreConsciousness()
				if x.Unable == 0 {
					f.aside.ICE, f.aside.CAPD = either(x.ICE, f.aside.ICE), either(x.CAPD, f.aside.CAPD)
				}
				x.ICE, x.CAPD, x.StatedTotal, x.Unable = [8]icans.Points{}, [8]icans.Points{}, 0, 0
				if x.Tool = to; to == icans.ICE {
					x.ICE = f.aside.ICE
				} else {
					x.CAPD = f.aside.CAPD
				}
				f.at = f.firstOpen()
			})
		}),
		no("back"),
	)
}

// either returns the first items if there are any, else the second.
func either(a, b [8]icans.Points) [8]icans.Points {
	if a != ([8]icans.Points{}) {
		return a
	}
	return b
}

func (f *checkForm) timeDialog(a *app) *asker {
	at := f.check.PerformedAt.In(a.zone)
	now := at.Format(timeLayout)
	if ward.DateOf(at) == ward.DateOf(a.now.In(a.zone)) {
		now = at.Format("15:04")
	}
	return newAsker(about(&f.patient)+"\nWhen was the patient examined?   "+timeHint, now, func(a *app, text string) (string, func(*app) tea.Cmd) {
		if text == now {
			return "", nil // untouched, it stays to the second
		}
		at, ok := parseTime(text, a.now, a.zone)
		switch {
		case !ok:
			return "write it as " + timeHint, nil
		case at.After(a.now):
			return "is in the future", nil
		case at.Before(f.stay.AdmittedAt) && !f.stay.AdmittedAt.After(a.now) && ward.StayAt(f.history.Stays, at) == nil: // else the clock was set back
			return "is before admission, " + a.fullTime(f.stay.AdmittedAt), nil
		}
		return "", func(a *app) tea.Cmd {
			f.check.PerformedAt = at
			f.evaluate(a)
			return f.keep(a)
		}
	})
}

func (f *checkForm) noteDialog() *asker {
	return newAsker("Comment   "+about(&f.patient), f.check.Note, func(a *app, text string) (string, func(*app) tea.Cmd) {
		return "", func(a *app) tea.Cmd {
			f.check.Note = text
			return f.keep(a)
		}
	})
}

// causeDialog asks which findings have another cause, and for the cause in words. It
// turns each domain: counts, uncertain, other cause.
type causeDialog struct {
	box
	form   *checkForm
	input  textinput.Model
	naming bool // the cause is being typed
	err    string
}

func newCauseDialog(f *checkForm) *causeDialog {
	d := &causeDialog{form: f, input: newInput(f.cause, 200)}
	d.input.Focus()
	return d
}

func (d *causeDialog) typing() bool { return d.naming }

func (d *causeDialog) keys(*app) []key.Binding {
	if d.naming {
		return keyList(keyEnter, bind("esc", "esc", "back, text is kept"))
	}
	return keyList(bind("1", "1 to 5", "counts → uncertain → other cause"), keyEnter, bind("esc", "esc", "back"))
}

func (d *causeDialog) update(a *app, msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok && d.naming:
		d.input, _ = d.input.Update(msg)
		return d.name(a)
	case !ok:
		return nil
	case key.Matches(press, keyBack) && d.naming:
		d.naming = false
		return nil
	case key.Matches(press, keyBack):
		return a.pop()
	case key.Matches(press, keyEnter):
		return d.done(a)
	case d.naming:
		d.err = ""
		d.input, _ = d.input.Update(press)
		return d.name(a)
	}
	if n := strings.Index("12345", press.Text); press.Text != "" && n >= 0 {
		return d.turn(a, icans.AllDomains[n])
	}
	if press.Text != "" {
		a.fail(ward.Invalid("", press.Text+" does nothing here: 1 to 5 turns a finding"))
	}
	return nil
}

// name keeps the cause as it is typed, as part of the draft.
func (d *causeDialog) name(a *app) tea.Cmd {
	d.form.cause = plain(d.input.Value())
	return d.form.keep(a)
}

// done closes the dialog, after the cause was typed if one is needed.
func (d *causeDialog) done(a *app) tea.Cmd {
	f := d.form
	switch {
	case f.check.Findings.OtherCause == 0:
		return a.pop()
	case !d.naming:
		d.naming = true
		return nil
	case f.cause == "":
		d.err = "name the cause: propofol since 14:10, stroke, …"
		return nil
	}
	return a.pop()
}

// turn moves one domain on: counts, uncertain, other cause. Only a clinician names or
// lifts another cause.
func (d *causeDialog) turn(a *app, one icans.Domains) tea.Cmd {
	x := &d.form.check.Findings
	decides := ward.MayDo(a.user.Role, ward.MayDecide) == nil
	if x.OtherCause.Has(one) && !decides {
		a.fail(ward.NotAllowed("a clinician named this cause: only a clinician changes it"))
		return nil
	}
	return d.form.change(a, func() {
		switch {
		case x.OtherCause.Has(one):
			x.OtherCause &^= one
		case x.UncertainCause.Has(one):
			x.UncertainCause &^= one
			if decides {
				x.OtherCause |= one
			}
		default:
			x.UncertainCause |= one
		}
	})
}

func (d *causeDialog) body(a *app, w, h int) []string {
	f := d.form
	x := &f.check.Findings
	lines := []string{" " + a.theme.strong.Render(a.fit("Another cause?   "+about(&f.patient)+"   check of "+a.clock(f.check.PerformedAt), w-2))}
	who := "1 to 5: counts → uncertain → other cause"
	if ward.MayDo(a.user.Role, ward.MayDecide) != nil {
		who = "1 to 5 turns it: counts → uncertain"
	}
	lines = append(lines, "   "+a.theme.faint.Render(a.pad("", 17)+a.pad("finding", 14)+who))
	for i, one := range icans.AllDomains {
		state, effect := "counts", ""
		low, high := x.TableGrade(one)
		switch {
		case x.OtherCause.Has(one) && low == high:
			state, effect = "other cause", "does not count"
		case x.OtherCause.Has(one):
			state, effect = "other cause", fmt.Sprintf("not assessed: grade 0 to %d", high)
		case x.Uncertain().Has(one):
			state, effect = "uncertain", fmt.Sprintf("counts as grade 0 to %d", high)
		}
		lines = append(lines, "  "+a.theme.strong.Render(fmt.Sprint(i+1))+" "+a.pad(domainLabels[i], 16)+a.pad(a.fit(d.finding(i), 13), 14)+a.pad(state, 14)+effect)
	}
	if x.OtherCause != 0 || d.naming {
		d.input.SetWidth(w - 28)
		text := plain(f.cause)
		if d.naming {
			text = a.theme.strong.Render("▌") + " " + d.input.View()
		}
		lines = append(lines, "  Which cause? (needed)  "+text)
	}
	if d.err != "" {
		lines = append(lines, " "+a.theme.bad.Render(d.err))
	}
	return append(lines, " "+a.theme.strong.Render("ICANS now "+grade(f.view.result)))
}

var domainLabels = [len(icans.AllDomains)]string{"Score", "Consciousness", "Seizure", "New weakness", "Raised pressure"}

// finding returns the finding of the domain with index i, short.
func (d *causeDialog) finding(i int) string {
	x := &d.form.check.Findings
	if icans.AllDomains[i] == icans.DomainScore {
		return toolScore(x)
	}
	text := icans.FieldOf(icans.AllDomains[i].Codes()[0]).Words(x)
	if text == "" {
		return "–"
	}
	return text
}
