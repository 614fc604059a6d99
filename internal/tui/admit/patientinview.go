package admit

import (
	"strings"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/words"
)

// Head implements [kit.Screen].
func (s *patientIn) Head(p kit.Page) []string { return []string{" " + p.Strong.Render("PATIENT IN")} }

// Body implements [kit.Screen]. The choices are about the selected patient; below them are
// the other hits.
func (s *patientIn) Body(p kit.Page) []string {
	var lines []string
	switch {
	case s.recent:
		lines = append(lines, " "+p.Strong.Render("Who left in the last 30 days"))
	default:
		lines = append(lines, " MRN or name:  "+s.search.View(p.Narrow(p.Width-16), !s.choosing)[0])
	}
	k, ok := s.chosen()
	number := func(n, text string) string { return p.Strong.Render(n) + " " + text }
	switch {
	case s.known == nil && s.loading.Waiting():
		lines = append(lines, "  loading…")
	case ok:
		lines = append(lines, s.aboutChosen(p, k, number)...)
	case strings.TrimSpace(s.search.Value()) != "":
		lines = append(lines, "  nobody matches"+s.enterFirst())
	case s.recent:
		lines = append(lines, "  nobody left")
	}
	lines = append(lines, "  "+number("4", "new patient")+"      "+number("5", "who left in the last 30 days"))
	if len(s.hits) < 2 {
		return lines
	}
	lines = append(lines, "")
	return append(lines, s.list.View(p.With(max(p.Height-len(lines), 1)), func(p kit.Page, row kit.Row, selected bool) string {
		for _, k := range s.hits {
			if desk.Subject(k.Patient.ID) == row.ID {
				return s.hit(p, k, selected)
			}
		}
		return ""
	})...)
}

// aboutChosen draws the choices about the selected patient, who is named in full.
func (s *patientIn) aboutChosen(p kit.Page, k store.Known, number func(n, text string) string) []string {
	who := words.About(&k.Patient) + "   " + leftWords(s.d, &k.Stay)
	switch {
	case k.Stay.ID == 0:
		return p.Hang("  "+number("1", "readmit "+who), p.Width-1, 4)
	case k.Stay.OnWard():
		when := "(" + s.d.Time(k.Stay.AdmittedAt) + ", " + words.ShortName(k.Stay.Began.By) + ")"
		lines := p.Hang("  "+number("1", "open "+who), p.Width-1, 4)
		return append(lines, p.Hang("  "+number("2", "undo that admission "+when), p.Width-1, 4)...)
	}
	first := number("1", "readmit "+who)
	if died(&k.Stay) {
		first = p.Faint.Render("1 readmit ") + who
	}
	lines := p.Hang("  "+first, p.Width-1, 4)
	when := "(" + s.d.Time(k.Stay.DischargedAt) + ", " + words.ShortName(k.Stay.Recorded.By) + ")"
	lines = append(lines, p.Hang("  "+number("2", "undo that discharge "+when)+"    "+number("3", "late check for that stay"), p.Width-1, 4)...)
	return append(lines, p.Faint.Render("    (2 asks why: 1 entered in error  2 came back  3 other, with text)"))
}

// hit draws one of several hits. The name alone may be cut, because the selected patient
// is named above in full.
func (s *patientIn) hit(p kit.Page, k store.Known, selected bool) string {
	rest := "   " + words.Born(&k.Patient) + "   " + words.MRN(&k.Patient) + "   " + leftWords(s.d, &k.Stay)
	name := p.Fit(words.Name(&k.Patient), max(p.Width-p.Cells(rest)-1, 8))
	line := " " + name + rest
	if selected {
		return p.Strong.Render(line)
	}
	return line
}

// Foot implements [kit.Screen].
func (s *patientIn) Foot(p kit.Page) []string {
	text := " type or scan; 4 enter new patient, 5 enter who left lately"
	switch {
	case s.choosing:
		text = " 1 to 5 choose   ↑↓ another one   a letter searches again   esc back"
	case s.afterName():
		text = " 1 to 5 choose   ↓ another one   esc back"
	case s.search.Value() != "":
		text = " enter, then 1 to 5 choose   esc back"
	}
	return []string{p.Faint.Render(text)}
}

// enterFirst says after a number why a figure did not choose.
func (s *patientIn) enterFirst() string {
	text := []rune(strings.TrimSpace(s.search.Value()))
	if n := len(text) - 1; n > 0 && text[n] >= '1' && text[n] <= '5' && len(s.matches(string(text[:n]))) > 0 {
		return " " + kit.Plain(string(text)) + ": after a number press enter first, then 1 to 5"
	}
	return ""
}
