package check

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/kit"
)

// owner is the form under a dialog.
type owner interface {
	// flush evaluates the examination and keeps the draft, if the dialog has changed it.
	flush(kit.Host) tea.Cmd
	// shut closes the dialog.
	shut(kit.Host, kit.Screen) tea.Cmd
}

// dialog is the part that the dialogs of a form have in common. They change its
// examination, and what is typed into them is in the draft with each key.
type dialog struct {
	kit.Base
	exam *examination
	form owner
	runs kit.TypedRuns // the text before the keys of a scanner
}

// Over implements [kit.Dialog].
func (*dialog) Over() {}

// touched evaluates and keeps a change.
func (d *dialog) touched(h kit.Host) tea.Cmd {
	d.exam.changed = true
	return d.form.flush(h)
}

// textBurst takes a burst into the text of a dialog. The MRN of a wristband is no text: it
// is taken out again and compared with the patient.
func (d *dialog) textBurst(h kit.Host, e kit.Editor, b kit.Burst) tea.Cmd {
	if _, known := d.exam.desk.ByMRN(b.Line()); !known {
		if !b.Paste {
			return nil // the keys were delivered one by one
		}
		if refusal := e.Insert(b.Text); refusal != "" {
			h.Fail(refusal)
		}
		return nil
	}
	d.runs.TakeBack(b)
	return d.exam.desk.Wristband(h, b, &d.exam.history.Patient)
}
