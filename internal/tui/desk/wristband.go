package desk

import (
	"cmp"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// Wristband takes a burst on a form or a screen that records about a patient. If the
// burst is the MRN of that patient, or a former one, a line says that it matches; of another
// one, the question WRONG WRISTBAND opens by way of the root, and keeps the draft. Any other
// burst is not taken, and a line says so. The caller has taken back the answers that the
// burst gave: see [kit.Form.TakeBack].
func (d *Desk) Wristband(h kit.Host, b kit.Burst, patient *ward.Patient) tea.Cmd {
	text := b.Line()
	if d.IsBandOf(text, patient) {
		h.Say("wristband matches " + d.Now().Format("15:04") + ": " + cmp.Or(formerMRN(text, patient), words.Name(patient)))
		return nil
	}
	if other, ok := d.ByMRN(text); ok {
		return h.Push(d.wrongBand(patient, other))
	}
	kit.NotTaken(h, b)
	return nil
}

// IsBandOf reports whether a text is the MRN of a patient, or a former one.
func (d *Desk) IsBandOf(text string, patient *ward.Patient) bool {
	if text != "" && ward.FoldMRN(text) == ward.FoldMRN(patient.MRN) {
		return true // the patient need not be on the board
	}
	s, ok := d.ByMRN(text)
	return ok && s.Patient.ID == patient.ID
}

// formerMRN says whose former MRN the text of a wristband is; empty if it is the current one.
func formerMRN(text string, patient *ward.Patient) string {
	if ward.FoldMRN(text) == ward.FoldMRN(patient.MRN) {
		return ""
	}
	return kit.Plain(text) + " is a former MRN of " + words.Name(patient) + ", now " + kit.Plain(patient.MRN)
}

// band returns the name and MRN of the patient with a wristband; empty for any other text.
func (d *Desk) band(text string) string {
	if s, ok := d.ByMRN(text); ok {
		return words.Name(&s.Patient) + " " + kit.Plain(s.Patient.MRN)
	}
	return ""
}

func (d *Desk) wrongBand(mine *ward.Patient, other *ward.PatientState) kit.Screen {
	theirs := other.Patient
	text := []string{
		"WRONG WRISTBAND: " + words.Name(&theirs) + " " + kit.Plain(theirs.MRN) + ".",
		"This form is for " + words.Name(mine) + " " + kit.Plain(mine.MRN) + ". Nothing was entered.",
	}
	return &kit.Question{Text: text, Options: []kit.Option{
		{Keys: []string{"1"}, Label: "go to " + words.Name(&theirs) + ", keep this draft", Do: func(h kit.Host) tea.Cmd {
			return h.Go(kit.Place{Screen: Patient, Subject: Subject(theirs.ID)})
		}},
		{Keys: []string{"0"}, Label: "stay"},
	}}
}

// Scan takes a burst on a list or on a patient's screen: an MRN of this ward leads to that
// patient.
func (d *Desk) Scan(h kit.Host, b kit.Burst) tea.Cmd {
	text := b.Line()
	if s, ok := d.ByMRN(text); ok {
		if former := formerMRN(text, &s.Patient); former != "" {
			h.Say(former)
		}
		return h.Go(kit.Place{Screen: Patient, Subject: Subject(s.Patient.ID)})
	}
	if looksLikeMRN(text) {
		h.Fail("No patient with MRN " + kit.Plain(text) + " on this ward")
		return nil
	}
	kit.NotTaken(h, b)
	return nil
}

// looksLikeMRN reports whether a burst may be the MRN of a wristband: one word with a
// figure in it.
func looksLikeMRN(text string) bool {
	digits := 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == ' ' || r == '\n' || r == '\t':
			return false
		}
	}
	return digits > 0 && len(text) <= 40
}

// NoHit words the answer to an exact search without a hit, for [kit.List.NoHit].
func NoHit(text string) string { return "No patient with MRN " + text + " on this ward" }
