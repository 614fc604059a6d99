package desk

import (
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// Dash returns a text, safe to draw, or – in place of an empty one.
func Dash(text string) string {
	if text == "" {
		return "–"
	}
	return kit.Plain(text)
}

// Bed returns a bed, or – without one.
func Bed(s *ward.Stay) string { return Dash(s.Bed) }

// Interpreter returns the piece for [Identity.More] about the language of a patient; none
// if the patient needs no interpreter.
func Interpreter(p *ward.Patient) []string {
	switch {
	case p.Interpreter && p.Language != "":
		return []string{"interpreter: " + kit.Plain(p.Language)}
	case p.Interpreter:
		return []string{"interpreter"}
	}
	return nil
}
