package kit

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Look is the styling before and after a piece of text. A screen is hundreds of such
// pieces, so Lip Gloss computes the styling once and not for each piece.
type Look struct{ before, after string }

func lookOf(s lipgloss.Style) Look {
	const text = "\u00b7" // occurs in no styling
	before, after, _ := strings.Cut(s.Render(text), text)
	return Look{before, after}
}

// Render styles a piece of a line. Empty text stays empty.
func (l Look) Render(piece string) string {
	if piece == "" {
		return ""
	}
	return l.before + piece + l.after
}

// Theme is the look of each kind of text. The colours are from the palette of Wong
// (2011), which people with any colour vision can tell apart, and no meaning depends on
// colour alone: each coloured piece has a word or a mark with it.
type Theme struct {
	ASCII bool // the terminal draws nothing but ASCII

	Strong   Look // headings, the subject
	Faint    Look // rules, keys, earlier values
	Good     Look // an action that succeeded
	Bad      Look // an error, a refusal
	Selected Look // the selected line or field
	Struck   Look // replaced, withdrawn
	Urgent   Look
	Warning  Look
	Note     Look // unfinished
	Late     Look // bold reverse, with or without colours
	Trouble  Look // the reverse line under the identity
}

// Options are the properties of a terminal that decide the theme.
type Options struct {
	Light   bool // light background
	NoColor bool
	ASCII   bool
}

// NewTheme returns the looks for a terminal.
func NewTheme(o Options) *Theme {
	pick := lipgloss.LightDark(!o.Light)
	color := func(light, dark string) lipgloss.Style {
		if o.NoColor {
			return lipgloss.NewStyle()
		}
		return lipgloss.NewStyle().Foreground(pick(lipgloss.Color(light), lipgloss.Color(dark)))
	}
	grey, plain := color("#595959", "#a0a0a0"), lipgloss.NewStyle()
	return &Theme{
		ASCII:    o.ASCII,
		Strong:   lookOf(plain.Bold(true)),
		Faint:    lookOf(grey),
		Good:     lookOf(color("#006b4f", "#00c896")),
		Bad:      lookOf(color("#a23b00", "#ff9a52").Bold(true)),
		Selected: lookOf(plain.Reverse(true)),
		Struck:   lookOf(grey.Strikethrough(true)),
		Urgent:   lookOf(color("#a23b00", "#ff8a3c").Bold(true)),
		Warning:  lookOf(color("#8a5a00", "#f0c030").Bold(true)),
		Note:     lookOf(color("#0060a0", "#56b4e9")),
		Late:     lookOf(plain.Bold(true).Reverse(true)),
		Trouble:  lookOf(plain.Reverse(true)),
	}
}

// ReadEnv reads from the environment of a session whether it wants colours and whether
// it draws more than ASCII. The environment of the process is not asked, because a
// server's is not that of the terminal.
func ReadEnv(env []string) (o Options) {
	values := map[string]string{}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		values[name] = value
	}
	o.NoColor = values["NO_COLOR"] != "" || values["TERM"] == "dumb"
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(values[name]); v != "" {
			o.ASCII = !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
			break
		}
	}
	return o
}

// Rule returns a line over the whole width.
func Rule(w int) string { return strings.Repeat("─", max(w, 0)) }

// Undrawn reports whether the terminal draws a * for letters of a text.
func (p Page) Undrawn(text string) bool {
	return p.ASCII && strings.Count(ToASCII(text, p.Measure), "*") > strings.Count(text, "*")
}

// ToASCII draws a screen with ASCII alone. Letters lose their accents. A sign that needs
// more cells in ASCII takes them from the next gap of the line, so that the columns
// behind the gap stay aligned. A character without a form becomes an asterisk for each
// cell.
func ToASCII(screen string, m Measure) string {
	var b strings.Builder
	owed, blanks := 0, 0
	for _, r := range screen {
		if r == ' ' {
			if blanks++; blanks > 1 && owed > 0 {
				owed--
				continue
			}
			b.WriteByte(' ')
			continue
		}
		blanks = 0
		switch form, known := asciiFor[r]; {
		case r == '\n':
			owed = 0
			b.WriteByte('\n')
		case r < 0x80:
			b.WriteRune(r)
		case known:
			owed += len(form) - 1
			b.WriteString(form)
		default:
			cells := m.Cells(string(r))
			form := asciiLetters(r, cells)
			owed += len(form) - cells
			b.WriteString(form)
		}
	}
	return b.String()
}
