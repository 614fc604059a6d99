package chart

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// episodes returns the episodes of the patient, the first one first.
func (r *record) episodes() []ward.Episode {
	if r.outdated(&r.foundAs) {
		r.found = r.chart.Episodes(r.d.Site(), r.d.Now())
	}
	return r.found
}

// episodeLines returns the last episode with its hours at each grade; none if no check had
// a grade.
func (r *record) episodeLines(p kit.Page) (lines []string) {
	list := r.episodes()
	if len(list) == 0 {
		return nil
	}
	e := &list[len(list)-1]
	head := "EPISODE"
	if len(list) > 1 {
		head += " " + strconv.Itoa(len(list))
	}
	text := " " + head + "  " + r.episodeWords(e)
	hours := hoursWords(e)
	if whole := text + "; " + strings.Join(hours, ", "); p.Cells(whole) < p.Width {
		return []string{whole}
	}
	lines = p.Hang(text, p.Width-1, 1)
	line := " " + hours[0]
	for _, part := range hours[1:] {
		if p.Cells(line+", "+part) < p.Width-1 {
			line += ", " + part
			continue
		}
		lines, line = append(lines, line+","), "  "+part
	}
	return append(lines, line)
}

// episodeWords returns onset, peak and end: "since 03:40, peak 2 (score)".
func (r *record) episodeWords(e *ward.Episode) string {
	text := "since " + r.d.Time(e.Onset)
	if !e.End.IsZero() {
		text = r.d.Time(e.Onset) + " to " + r.d.Time(e.End)
	}
	text += fmt.Sprintf(", peak %d (%s)", e.Peak, strings.Join(e.Drivers.Words(), ", "))
	if e.PeakHigh > e.Peak {
		text += fmt.Sprintf(", perhaps %d", e.PeakHigh)
	}
	if e.End.IsZero() && !e.EarliestEnd.IsZero() {
		text += ", perhaps over since " + r.d.Time(e.EarliestEnd)
	}
	return text
}

// hoursWords returns the hours that are sure at each grade, and then those that are not:
// "hours at 1: 4.0", "at 2: 0.4", "no single grade 1.0", "unknown 7.1". Unknown is the time
// after a check was due.
func hoursWords(e *ward.Episode) []string {
	var list []string
	add := func(name string, length time.Duration) {
		if length >= 3*time.Minute { // 0.1 h, rounded
			list = append(list, fmt.Sprintf("%s %.1f", name, length.Hours()))
		}
	}
	for grade, b := range e.Hours {
		add(fmt.Sprintf("at %d:", grade), b.Least)
	}
	add("no single grade", e.Unsure)
	add("unknown", e.Unknown)
	if len(list) == 0 {
		list = []string{fmt.Sprintf("at %d: 0.0", e.Peak)}
	}
	list[0] = "hours " + list[0]
	return list
}
