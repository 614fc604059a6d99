// Package wall has the display for a wall: beds, grades and the minutes to the next check
// in large figures. It shows no name, no MRN and no birth date, and records nothing.
//
// wall.go is the screen; pages.go shares the beds out to pages; bed.go draws a bed, and
// font.go its figures; connection.go tells whether the log still answers.
package wall

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// Screens returns the screens of the package.
func Screens() map[string]desk.Maker {
	return map[string]desk.Maker{desk.Wall: func(d *desk.Desk, to kit.Place) kit.Screen {
		return &wall{d: d, ends: to.Detail == desk.WithoutPIN}
	}}
}

// turnEvery is the time for which a page shows.
const turnEvery = 15 * time.Second

// wall is the screen. The desk keeps its records.
type wall struct {
	kit.Base
	d      *desk.Desk
	ends   bool // nothing is below it: leaving ends the program
	line   connection
	page   int
	pages  int // of the last drawing
	turned time.Time
}

// Init implements [kit.Screen].
func (w *wall) Init(h kit.Host) tea.Cmd {
	w.turned = w.d.Now()
	return tea.Batch(w.d.Reload(h), w.probe(h))
}

// Update implements [kit.Screen].
func (w *wall) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case desk.Tick:
		if now := w.d.Now(); now.Sub(w.turned) >= turnEvery || now.Before(w.turned) {
			w.turn(1)
		}
		return w.watch(h)
	case kit.Result[alive]:
		if kit.Take(&w.line.asking, msg) {
			return w.answered(h, msg)
		}
	}
	return nil
}

// turn shows another page.
func (w *wall) turn(by int) {
	w.turned = w.d.Now()
	if w.pages > 0 {
		w.page = (w.page + by + w.pages) % w.pages
	}
}

// Bindings implements [kit.Screen].
func (w *wall) Bindings() []kit.Binding {
	return []kit.Binding{
		kit.Bind("up down pgup pgdown left right", "page", "previous, next page", func(_ kit.Host, k kit.Key) tea.Cmd {
			if k.Name == "up" || k.Name == "pgup" || k.Name == "left" {
				w.turn(-1)
			} else {
				w.turn(1)
			}
			return nil
		}).As("↑↓").If(w.pages > 1, "all beds are on this page"),
		kit.Bind("esc", w.leaving(), "leave the wall", w.leave),
	}
}

// leave closes the wall. Below it the sign-in asks for the PIN; on a log without PINs the
// root asks whether to end the program.
func (w *wall) leave(h kit.Host, _ kit.Key) tea.Cmd {
	if w.ends {
		return w.d.Doors.Quit(h)
	}
	return h.Close(w)
}

func (w *wall) leaving() string {
	if w.ends || w.d.Ward().Synthetic {
		return "leave"
	}
	return "leave (asks PIN)"
}

// Marks implements [kit.Marker].
func (w *wall) Marks() []kit.Mark {
	return []kit.Mark{
		{Sign: "-", Means: "no check yet"},
		{Sign: "?", Means: "no single grade"},
		{Sign: "s c z w p", Means: "score, consciousness, seizure, weakness, pressure made the grade"},
	}
}

// Head implements [kit.Screen]. The name of the ward gives way to the counts.
func (w *wall) Head(p kit.Page) []string {
	c := w.d.Counts()
	late := "no check is late"
	if len(c.Late) > 0 {
		late = p.Late.Render(fmt.Sprintf("LATE %d", len(c.Late)))
	}
	parts := []string{late, fmt.Sprintf("NOT ACCEPTED %d", c.NotAccepted)}
	if c.Worst > 0 {
		parts = append(parts, p.Urgent.Render(fmt.Sprintf("WORST %s grade %d", c.WorstBed, c.Worst)))
	}
	if !w.d.Loaded() {
		parts = nil
	}
	room := p.Width - 1 - p.Cells("  "+strings.Join(w.d.Status(), "  "))
	name := p.Strong.Render(kit.Plain(w.d.Ward().Name))
	for _, gap := range []int{6, 3, 2} {
		line := strings.Join(append([]string{name}, parts...), strings.Repeat(" ", gap))
		if p.Cells(line) <= room {
			return []string{" " + line}
		}
	}
	counts := "  " + strings.Join(parts, "  ")
	return []string{" " + p.Fit(name, max(room-p.Cells(counts), 4)) + counts}
}

// beds returns the patients that the wall shows, in the order of the board.
func (w *wall) beds() (list []ward.PatientState) {
	for _, s := range w.d.Board() {
		if desk.OnBoard(&s) {
			list = append(list, s)
		}
	}
	return list
}

// Body implements [kit.Screen].
func (w *wall) Body(p kit.Page) []string {
	beds := w.beds()
	switch {
	case !w.d.Loaded():
		return []string{"", "  loading…"}
	case len(beds) == 0:
		return []string{"", "  The ward is empty."}
	}
	g, pages := w.layout(p, beds)
	return w.draw(p, g, pages[w.page])
}

// layout shares the beds out to pages of a size, and keeps the page within them.
func (w *wall) layout(p kit.Page, beds []ward.PatientState) (grid, [][]ward.PatientState) {
	g := gridFor(p, len(beds))
	pages := shareOut(beds, g)
	w.pages = len(pages)
	w.page = min(w.page, w.pages-1)
	return g, pages
}

// draw draws the beds of a page, row by row.
func (w *wall) draw(p kit.Page, g grid, beds []ward.PatientState) (lines []string) {
	for len(beds) > 0 {
		row := beds[:min(g.columns, len(beds))]
		beds = beds[len(row):]
		block := make([]string, g.lines)
		for i := range row {
			cell := w.bed(p, g, &row[i])
			for n := range block {
				text := ""
				if n < len(cell) {
					text = cell[n]
				}
				block[n] += " " + p.Pad(text, g.width)
			}
		}
		lines = append(lines, block...)
	}
	return lines
}

// KeyLine implements [kit.Liner]. It is drawn before the beds, in the room that they share
// with two lines at the foot.
func (w *wall) KeyLine(p kit.Page) string {
	beds := w.beds()
	line := " " + ward.Several(len(beds), "bed")
	if len(beds) > 0 {
		w.layout(p.With(p.Height-2), beds)
		line += fmt.Sprintf("   page %d of %d   ↑↓ page", w.page+1, w.pages)
	}
	return p.Faint.Render(line + "   esc " + w.leaving())
}
