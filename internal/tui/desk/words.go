package desk

import (
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

func plain(s string) string { return kit.Plain(s) }

// The words that the screens share with the commands: see [words].

func Name(p *ward.Patient) string                      { return words.Name(p) }
func Born(p *ward.Patient) string                      { return words.Born(p) }
func MRN(p *ward.Patient) string                       { return words.MRN(p) }
func About(p *ward.Patient) string                     { return words.About(p) }
func ShortName(name string) string                     { return words.ShortName(name) }
func ToolName(t icans.Tool) string                     { return words.ToolName(t) }
func FieldWords(column string) string                  { return words.FieldWords(column) }
func Level(f *ward.FollowUp) string                    { return words.Level(f) }
func FlagMark(f icans.Flag) string                     { return words.FlagMark(f) }
func Score(x *icans.Findings) string                   { return words.Score(x) }
func ScoreWords(x *icans.Findings) string              { return words.ScoreWords(x) }
func Grade(r icans.Result) string                      { return words.Grade(r) }
func GradeCell(r icans.Result) string                  { return words.GradeCell(r) }
func DriverLetters(drivers icans.Domains) string       { return words.DriverLetters(drivers) }
func Meaning(x *icans.Findings, r icans.Result) string { return words.Meaning(x, r) }
func CheckWords(c *ward.Check) string                  { return words.CheckWords(c) }
func Why(r icans.Result) string                        { return words.Why(r) }
func FlagLine(r icans.Result) string                   { return words.FlagLine(r) }
func FlagShort(f icans.Flag) string                    { return words.FlagShort(f) }
func Unchanged(x *icans.Findings) string               { return words.Unchanged(x) }
func Change(h *ward.History, c *ward.Check) string     { return words.Change(h, c) }

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
