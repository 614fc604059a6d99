package tui

import (
	"charm.land/lipgloss/v2"

	"neurocheck/internal/icans"
)

// theme is what each kind of text looks like. Colours are of the palette of Wong
// (2011), which colour-blind people can tell apart; nothing depends on colour
// alone: every colour stands beside a word or a mark.
type theme struct {
	plain    lipgloss.Style // text like any other
	strong   lipgloss.Style // headings, the patient
	faint    lipgloss.Style // rules, keys, the last check's answers
	good     lipgloss.Style // what went well
	bad      lipgloss.Style // what went wrong
	selected lipgloss.Style // the line or the field that the keys are about
	struck   lipgloss.Style // superseded or withdrawn
	flags    [4]lipgloss.Style
}

func newTheme(dark bool) theme {
	pick := lipgloss.LightDark(dark)
	color := func(light, dark string) lipgloss.Style {
		return lipgloss.NewStyle().Foreground(pick(lipgloss.Color(light), lipgloss.Color(dark)))
	}
	grey := color("#595959", "#a0a0a0")
	return theme{
		plain:    lipgloss.NewStyle(),
		strong:   lipgloss.NewStyle().Bold(true),
		faint:    grey,
		good:     color("#006b4f", "#00c896"),
		bad:      color("#a23b00", "#ff9a52").Bold(true),
		selected: lipgloss.NewStyle().Reverse(true),
		struck:   grey.Strikethrough(true),
		flags: [4]lipgloss.Style{
			icans.FlagNone:       lipgloss.NewStyle(),
			icans.FlagIncomplete: color("#0060a0", "#56b4e9"),
			icans.FlagGrade1:     color("#8a5a00", "#f0c030").Bold(true),
			icans.FlagUrgent:     color("#a23b00", "#ff8a3c").Bold(true),
		},
	}
}

// flagMark is the mark of a flag: one cell, told apart by shape.
func flagMark(f icans.Flag) string {
	return [...]string{icans.FlagNone: " ", icans.FlagIncomplete: "◌", icans.FlagGrade1: "⚑", icans.FlagUrgent: "‼"}[f]
}
