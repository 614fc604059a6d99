package desk

import (
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

func plain(s string) string { return kit.Plain(s) }

// Name returns the full name of a patient, safe to draw.
func Name(p *ward.Patient) string { return plain(p.Name) }

// Born returns the date of birth, or the second identifier if that is unknown.
func Born(p *ward.Patient) string {
	if p.BirthDate.IsZero() {
		return "birth date unknown, second ID " + plain(p.SecondID)
	}
	return "born " + p.BirthDate.Words()
}

// MRN returns the medical record number with its name: MRN 0042317.
func MRN(p *ward.Patient) string { return "MRN " + plain(p.MRN) }

// About returns the identifiers that every question has: full name, date of birth, MRN.
func About(p *ward.Patient) string { return Name(p) + "   " + Born(p) + "   " + MRN(p) }

// ShortName returns the name of a member of staff for a list: "Dr Adeyemi" for "Dr Tunde
// Adeyemi", any other name in full.
func ShortName(name string) string {
	words := strings.Fields(plain(name))
	if len(words) > 2 && words[0] == "Dr" {
		return words[0] + " " + words[len(words)-1]
	}
	return strings.Join(words, " ")
}

// ToolName returns ICE or CAPD.
func ToolName(t icans.Tool) string { return icans.FieldOf("tool").Words(&icans.Findings{Tool: t}) }

// Bed returns a bed, or – without one.
func Bed(s *ward.Stay) string {
	if s.Bed == "" {
		return "–"
	}
	return plain(s.Bed)
}

// Interpreter returns the piece for [Identity.More] about the language of a patient; none
// if the patient needs no interpreter.
func Interpreter(p *ward.Patient) []string {
	switch {
	case p.Interpreter && p.Language != "":
		return []string{"interpreter: " + plain(p.Language)}
	case p.Interpreter:
		return []string{"interpreter"}
	}
	return nil
}
