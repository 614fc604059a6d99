package wall

import (
	"fmt"
	"strings"
	"time"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// bed draws a bed: a line of words, and below it bed, grade and minutes in large figures.
func (w *wall) bed(p kit.Page, g grid, s *ward.PatientState) []string {
	f := font{large: g.large, ascii: p.ASCII}
	grade, minutes := f.draw(gradeFigure(s)), f.draw(w.minutes(s, mostMinutes))
	bed := f.draw(strings.ToUpper(s.Stay.Bed))
	const gap = 2
	fits := func() bool { return f.width(bed)+gap+f.width(grade)+1+f.width(minutes) <= g.width }
	most := mostMinutes
	if !fits() { // the bed matters more than the minutes of a long time
		most = fewMinutes
		minutes = f.draw(w.minutes(s, most))
	}
	if !fits() {
		bed = nil // the line of words has it
	}
	late := s.Next.State == ward.Overdue
	look := desk.StateLook(p.Theme, s)
	lines := []string{w.words(p, g, s, look, w.wait(s) > most)}
	for n := range f.lines() {
		left := ""
		if bed != nil {
			left = bed[n] + strings.Repeat(" ", gap)
		}
		left += grade[n]
		right := at(minutes, n)
		space := max(g.width-p.Cells(left)-p.Cells(right), 0)
		switch {
		case late && space > 0:
			right, space = p.Late.Render(" "+right), space-1
		case late:
			right = p.Late.Render(right)
		case w.stale():
			right = p.Faint.Render(right)
		}
		lines = append(lines, look.Render(left)+strings.Repeat(" ", space)+right)
	}
	return lines
}

// at returns a line of figures; empty if there are none.
func at(lines []string, n int) string {
	if n >= len(lines) {
		return ""
	}
	return lines[n]
}

// gradeFigure returns the grade of the last check as one figure: - for no check, ? for no
// single grade.
func gradeFigure(s *ward.PatientState) string {
	switch {
	case s.Last == nil:
		return "-"
	case !s.Last.Result.Conclusive():
		return "?"
	}
	return fmt.Sprint(s.Last.Result.Low)
}

// The greatest number of minutes that is shown as such, and that of a narrow bed. Above it
// the wall shows hours, with an H.
const (
	mostMinutes = 999
	fewMinutes  = 99
)

// wait returns the minutes to the next check, or since it was due.
func (w *wall) wait(s *ward.PatientState) int {
	return int(s.Next.Due.Sub(w.d.Now()).Abs() / time.Minute)
}

// minutes returns the figures of the next check: minutes up to a number, else hours.
func (w *wall) minutes(s *ward.PatientState, most int) string {
	if s.Next.Due.IsZero() || s.Left {
		return ""
	}
	if n := w.wait(s); n > most {
		return fmt.Sprintf("%dH", min(n/60, 99))
	}
	return fmt.Sprint(w.wait(s))
}

// words returns the line above the figures: as much as has room of bed, grade or the
// follow-up that waits, and of the word for the minutes. The bed comes first in any case.
func (w *wall) words(p kit.Page, g grid, s *ward.PatientState, look kit.Look, hours bool) string {
	bed, state, due := desk.Bed(&s.Stay), stateWords(w.d, s), w.dueWords(s)
	if hours && s.Next.State == ward.Overdue {
		due = strings.Replace(due, "LATE min", "LATE", 1)
	}
	reverse := s.Next.State == ward.Overdue && due != ""
	for _, parts := range [][2]string{{state, due}, {state, short(due)}, {"", due}, {"", short(due)}} {
		text := bed
		if parts[0] != "" {
			text += "  " + parts[0]
		}
		if p.Cells(text)+2+p.Cells(parts[1]) > g.width {
			continue
		}
		end := parts[1]
		if reverse {
			end = p.Late.Render(end)
		}
		if due == "" {
			return look.Render(text)
		}
		return look.Render(p.Pad(text, g.width-p.Cells(parts[1]))) + end
	}
	return look.Render(p.Fit(bed, g.width))
}

// stateWords returns the follow-up that nobody accepted, the patient who was not examined,
// or the grade with its domains.
func stateWords(d *desk.Desk, s *ward.PatientState) string {
	switch {
	case s.Left:
		return d.LeftWords(&s.Stay)
	case desk.NotAccepted(s):
		return "NOT ACCEPTED"
	case s.NotExamined.Flagged():
		return d.ScoreCell(s)
	case s.Last == nil:
		return "no check"
	}
	return "grade " + words.GradeCell(s.Last.Result)
}

// dueWords names the minutes. While the log does not answer it says of what time they are.
func (w *wall) dueWords(s *ward.PatientState) string {
	word := "next in"
	switch {
	case s.Left:
		return ""
	case s.Next.State == ward.Overdue:
		word = "LATE min"
	case s.Next.Due.IsZero():
		return w.d.Due(&s.Next)
	}
	if w.stale() {
		return strings.TrimSpace(short(word) + " as of " + w.d.Time(w.line.good))
	}
	return word
}

// short returns the words for a narrow bed: the figures are below them.
func short(due string) string {
	switch due {
	case "LATE min":
		return "LATE"
	case "next in":
		return ""
	}
	return due
}
