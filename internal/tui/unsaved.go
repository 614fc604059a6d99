package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// unsavedWork names the unsaved work of the open screens, and that of the closed ones,
// which the desk keeps or, for a check, the board has.
func (r *root) unsavedWork() []string {
	var list []string
	add := func(words string) {
		if !slices.Contains(list, words) {
			list = append(list, words)
		}
	}
	named := map[any]bool{} // screens, and places without their detail
	for _, s := range r.stack.Screens() {
		if words := unsaved(s); words != "" {
			add(words)
			at := r.places[s]
			named[s], named[kit.Place{Screen: at.Screen, Subject: at.Subject}] = true, true
		}
	}
	for _, f := range r.d.KeptForms() {
		if !named[f.Work] && !named[kit.Place{Screen: f.Place.Screen, Subject: f.Place.Subject}] {
			add(f.Words + r.ofPatient(f))
		}
	}
	for _, s := range r.d.UnsavedChecks() {
		add("check of " + words.Name(&s.Patient)) // as its form says while it is open
	}
	return list
}

// ofPatient names the patient of an unsaved form, if it has one on the board.
func (r *root) ofPatient(f desk.KeptForm) string {
	if s, ok := r.d.State(desk.PatientOf(f.Place.Subject)); ok {
		return ", " + words.Name(&s.Patient)
	}
	if f.Place.Screen == desk.Form {
		return " of a patient who left the board"
	}
	return ""
}

// mostListed is the number of unsaved forms that one question lists.
const mostListed = 9

// listUnsaved lists the unsaved forms of the person at the keyboard, so that also one is
// found whose follow-up was closed or whose patient has left.
func (r *root) listUnsaved(h kit.Host, _ string) tea.Cmd {
	forms := r.d.KeptForms()
	if len(forms) == 0 {
		h.Say(r.onlyChecks())
		return nil
	}
	var options []kit.Option
	for _, f := range forms[:min(len(forms), mostListed)] {
		options = append(options, kit.Option{Label: f.Words + ", " + r.aboutForm(f), Do: func(h kit.Host) tea.Cmd { return h.Push(r.unsavedForm(f)) }})
	}
	var text []string
	if more := len(forms) - mostListed; more > 0 {
		text = append(text, ward.Several(more, "newer one")+" not listed.")
	}
	if checks := r.checksOpen(); checks != "" {
		text = append(text, checks+".")
	}
	return h.Push(kit.Choose([]string{"NOT SAVED YET by " + kit.Plain(r.d.User().Name)}, text, options...))
}

// onlyChecks says that no form is unsaved but those of checks.
func (r *root) onlyChecks() string {
	if checks := r.checksOpen(); checks != "" {
		return checks + "; nothing else is unsaved"
	}
	return "nothing of yours is unsaved here; the board marks unsaved checks ½"
}

// checksOpen lists the beds of the unsaved checks, which n opens.
func (r *root) checksOpen() string {
	var beds []string
	for _, s := range r.d.UnsavedChecks() {
		beds = append(beds, desk.Bed(&s.Stay))
	}
	if len(beds) == 0 {
		return ""
	}
	return ward.Several(len(beds), "check") + " of yours not saved: " + strings.Join(beds, ", ") + ", which n opens"
}

// aboutForm names the patient of an unsaved form and the time at which it was begun.
func (r *root) aboutForm(f desk.KeptForm) string {
	since := "since " + r.d.Time(f.Since)
	patient := desk.PatientOf(f.Place.Subject)
	if patient == 0 {
		return since
	}
	if s, ok := r.d.State(patient); ok {
		return words.Name(&s.Patient) + ", " + words.MRN(&s.Patient) + ", " + since
	}
	return "a patient who left the board, " + since
}

// unsavedForm asks whether to open an unsaved form or to discard it.
func (r *root) unsavedForm(f desk.KeptForm) kit.Screen {
	var text []string
	if f.Text != "" {
		text = append(text, kit.Plain(f.Text))
	}
	return kit.Choose([]string{"NOT SAVED YET: " + f.Words + ", " + r.aboutForm(f)}, text,
		kit.Option{Label: "open it", Do: func(h kit.Host) tea.Cmd {
			if f.Place.Screen != desk.Withdraw {
				return h.Go(kit.Place{Screen: f.Place.Screen, Subject: f.Place.Subject})
			}
			// The withdrawal of a check keeps no text: this one is of an event.
			cmd := h.Go(kit.Place{Screen: desk.Events, Subject: f.Place.Subject})
			h.Say("w brings the text back")
			return cmd
		}},
		kit.Option{Label: "discard it", Do: func(h kit.Host) tea.Cmd {
			h.Say("discarded: " + f.Words + ", " + r.aboutForm(f))
			if f.Place.Screen == desk.Form {
				return r.d.DropDraft(h, desk.PatientOf(f.Place.Subject))
			}
			r.d.Keep(f.Place, nil)
			return nil
		}},
	)
}
