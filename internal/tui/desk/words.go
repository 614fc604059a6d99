package desk

import (
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// Bed returns a bed, or – without one.
func Bed(s *ward.Stay) string {
	if s.Bed == "" {
		return "–"
	}
	return kit.Plain(s.Bed)
}

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
