package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// What the check form asks beside its fields.

func (f *checkForm) unableDialog() *chooser {
	field := icans.FieldOf("unable")
	var labels []string
	for _, t := range field.Terms {
		labels = append(labels, t.Label)
	}
	choices := numbered(labels, func(a *app, i int) tea.Cmd {
		x := &f.check.Findings
		clearItems(x)
		field.Answer(x, i)
		if x.Unable == icans.UnableUnarousable {
			x.Consciousness = icans.Unarousable
			a.say("Consciousness is unarousable then, too")
		}
		f.at = f.firstOpen()
		return f.keep(a)
	})
	if f.check.Findings.Unable != 0 {
		choices = append(choices, choice{"0", "able after all: answer the items", func(a *app) tea.Cmd {
			f.check.Findings.Unable = 0
			f.at = 0
			return f.keep(a)
		}})
	}
	tool := icans.FieldOf("tool").Words(&f.check.Findings)
	return newChooser("Why could "+tool+" not be done at all? Its items are then left empty.", choices...)
}

// clearItems empties the items of both tools.
func clearItems(x *icans.Findings) {
	x.ICE, x.CAPD = [8]icans.Points{}, [8]icans.Points{}
}

func (f *checkForm) toolDialog() *chooser {
	x := &f.check.Findings
	other := icans.Findings{Tool: icans.ICE}
	if x.Tool == icans.ICE {
		other.Tool = icans.CAPD
	}
	name := icans.FieldOf("tool").Words(&other)
	return newChooser("Change the tool of this check to "+name+"? The answers to the other one are cleared.\n"+icans.FieldOf("tool").Help+".",
		choice{"y", "change to " + name, func(a *app) tea.Cmd {
			clearItems(x)
			x.Unable = 0
			x.Tool = other.Tool
			f.at = 0
			return f.keep(a)
		}},
		choice{"g", "go back", nil},
	)
}

func (f *checkForm) timeDialog(a *app) *asker {
	now := f.check.PerformedAt.In(a.zone).Format(timeLayout)
	if ward.DateOf(f.check.PerformedAt.In(a.zone)) == ward.DateOf(a.now.In(a.zone)) {
		now = f.check.PerformedAt.In(a.zone).Format("15:04")
	}
	return newAsker("When was the patient examined?   "+timeHint, now, func(a *app, text string) (string, func(*app) tea.Cmd) {
		at, ok := parseTime(text, a.now, a.zone)
		switch {
		case !ok:
			return "write it as " + timeHint, nil
		case at.After(a.now):
			return "that lies in the future", nil
		case at.Before(f.patient.AdmittedAt) && !f.patient.AdmittedAt.After(a.now): // else the clock was set back
			return "that lies before the admission, " + a.fullTime(f.patient.AdmittedAt), nil
		}
		return "", func(a *app) tea.Cmd {
			f.check.PerformedAt = at
			return f.keep(a)
		}
	})
}

func (f *checkForm) noteDialog() *asker {
	return newAsker("Comment", f.check.Note, func(a *app, text string) (string, func(*app) tea.Cmd) {
		return "", func(a *app) tea.Cmd {
			f.check.Note = text
			return f.keep(a)
		}
	})
}

func (f *checkForm) reasonDialog() *chooser {
	var labels []string
	for _, t := range ward.Reasons {
		labels = append(labels, t.Label)
	}
	return newChooser("Why is the check corrected? The old version stays readable beside the new one.",
		numbered(labels, func(a *app, i int) tea.Cmd {
			f.check.Reason = ward.Reasons[i].Code
			return f.askSave(a)
		})...)
}

// causes ticks the domains that a clinician attributes to something else.
type causes struct {
	box
	form *checkForm
}

func (f *checkForm) otherCauseDialog(*app) *causes {
	return &causes{form: f, box: box{[]string{
		"Which domains does a clinician attribute to something else? They leave the grade.",
		"Sedation, stroke, haemorrhage …: a comment has to say what.",
	}}}
}

var keyDone = bind("enter esc", "enter", "done")

func (c *causes) keys(*app) []key.Binding {
	return keyList(bind("1", "1 to 5", "tick or untick"), keyDone)
}

func (c *causes) update(a *app, msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	if key.Matches(press, keyDone) {
		back := a.pop()
		if c.form.check.Findings.OtherCause != 0 && c.form.check.Note == "" {
			return a.push(c.form.noteDialog())
		}
		return back
	}
	field := icans.FieldOf("other_cause")
	for i, t := range field.Terms {
		if press.Text != "" && strings.Contains(t.Keys, press.Text) {
			field.Answer(&c.form.check.Findings, i)
			return c.form.keep(a)
		}
	}
	return nil
}

func (c *causes) body(a *app, w, h int) []string {
	lines := c.text(a, w)
	field := icans.FieldOf("other_cause")
	for i, t := range field.Terms {
		box := "[ ]"
		if field.Holds(&c.form.check.Findings, i) {
			box = "[x]"
		}
		lines = append(lines, " "+a.theme.strong.Render(t.Keys)+" "+box+" "+t.Label)
	}
	return lines
}
