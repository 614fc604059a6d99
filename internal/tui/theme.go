package tui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// theme holds the look of each kind of text. Colours are of the palette of Wong
// (2011), which colour-blind people can tell apart; nothing depends on colour
// alone: every colour comes with a word or a mark.
type theme struct {
	plain    look // text like any other
	strong   look // headings, the patient
	faint    look // rules, keys, the last check's answers
	good     look // what went well
	bad      look // what went wrong
	selected look // the line or the field that the keys are about
	struck   look // superseded or withdrawn
	flags    [4]look
}

// look holds the codes before and after text of one kind. A screen is hundreds of
// such pieces, so Lip Gloss works them out once and not for each.
type look struct{ before, after string }

func looksLike(s lipgloss.Style) look {
	const text = "\u00b7" // no part of any styling
	before, after, _ := strings.Cut(s.Render(text), text)
	return look{before, after}
}

// Render makes a piece of a line look so.
func (l look) Render(piece string) string { return l.before + piece + l.after }

func newTheme(dark bool) theme {
	pick := lipgloss.LightDark(dark)
	color := func(light, dark string) lipgloss.Style {
		return lipgloss.NewStyle().Foreground(pick(lipgloss.Color(light), lipgloss.Color(dark)))
	}
	grey := color("#595959", "#a0a0a0")
	return theme{
		plain:    looksLike(lipgloss.NewStyle()),
		strong:   looksLike(lipgloss.NewStyle().Bold(true)),
		faint:    looksLike(grey),
		good:     looksLike(color("#006b4f", "#00c896")),
		bad:      looksLike(color("#a23b00", "#ff9a52").Bold(true)),
		selected: looksLike(lipgloss.NewStyle().Reverse(true)),
		struck:   looksLike(grey.Strikethrough(true)),
		flags: [4]look{
			icans.FlagNone:       looksLike(lipgloss.NewStyle()),
			icans.FlagIncomplete: looksLike(color("#0060a0", "#56b4e9")),
			icans.FlagGrade1:     looksLike(color("#8a5a00", "#f0c030").Bold(true)),
			icans.FlagUrgent:     looksLike(color("#a23b00", "#ff8a3c").Bold(true)),
		},
	}
}

// flagMark returns the mark of a flag: one cell, different in shape.
func flagMark(f icans.Flag) string {
	return [...]string{icans.FlagNone: " ", icans.FlagIncomplete: "◌", icans.FlagGrade1: "⚑", icans.FlagUrgent: "‼"}[f]
}

// stateMark returns the mark of a patient on the board: the worst of the alert, the
// mark of follow-up and grade, a waiting report, an unfinished check and the own
// baseline.
func stateMark(s *ward.PatientState) string {
	switch {
	case s.Alert == ward.AlertUrgent || s.Mark == ward.MarkUrgent:
		return "‼"
	case s.Alert == ward.AlertGrade1 || s.Mark == ward.MarkGrade1:
		return "⚑"
	case s.Report != nil:
		return "“"
	case s.Last != nil && s.Last.Unfinished():
		return "◌"
	case s.Mark == ward.MarkBaseline:
		return "="
	}
	return " "
}

// stateLook returns the look of a patient's line on the board.
func (t *theme) stateLook(s *ward.PatientState) look {
	switch stateMark(s) {
	case "‼":
		return t.flags[icans.FlagUrgent]
	case "⚑":
		return t.flags[icans.FlagGrade1]
	case "“", "◌":
		return t.flags[icans.FlagIncomplete]
	}
	return t.flags[icans.FlagNone]
}
