package kit

import tea "charm.land/bubbletea/v2"

// Scroll shows lines that may be more than the room holds.
type Scroll struct {
	top, room, count int
}

// View draws the part of the lines that is in view, with a line that counts the hidden
// ones. It remembers the sizes, so that keys move by a page of what is shown.
func (s *Scroll) View(p Page, lines []string) []string {
	s.room, s.count = p.Height, len(lines)
	s.top = max(0, min(s.top, lastTop(len(lines), p.Height)))
	return p.window(lines, s.top)
}

// Bindings returns the keys that scroll. They do nothing, and say why, if all is shown.
func (s *Scroll) Bindings() []Binding {
	by := func(n int) func(Host, Key) tea.Cmd {
		return func(Host, Key) tea.Cmd {
			s.top = max(0, min(s.top+n, lastTop(s.count, s.room)))
			return nil
		}
	}
	list := []Binding{
		Bind("up down", "scroll", "a line up or down", func(h Host, k Key) tea.Cmd {
			if k.Name == "up" {
				return by(-1)(h, k)
			}
			return by(1)(h, k)
		}).As("↑↓"),
		Bind("pgup", "", "a page up", by(-max(s.room-2, 1))),
		Bind("pgdown", "", "a page down", by(max(s.room-2, 1))),
		Bind("home", "", "to the beginning", by(-s.count)),
		Bind("end", "", "to the end", by(s.count)),
	}
	for i := range list {
		list[i] = list[i].If(s.count > s.room, "all of it is shown")
	}
	return list
}

// Show brings a line into view, counted from 0.
func (s *Scroll) Show(line int) { s.top = scrollTo(s.top, line, line+1, s.count, s.room) }

// Home goes to the beginning.
func (s *Scroll) Home() { s.top = 0 }

// lastTop returns the greatest top. The first line of the room then tells how many are
// above, and the last line of all is in view.
func lastTop(count, room int) int { return max(0, count-room) }

// scrollTo returns the first line to draw so that the lines from first to end are in view,
// between the two lines that tell how many are hidden.
func scrollTo(top, first, end, count, room int) int {
	switch {
	case count <= room:
		return 0
	case room < 3: // too low for a line that counts
		return first
	}
	top = min(top, max(first-1, 0))
	if end > top+room-1 {
		top = end - room + 1
	}
	return max(0, min(top, lastTop(count, room)))
}

// window returns the lines from top on that the page has room for. If lines are hidden,
// the first or last line of the room says how many.
func (p Page) window(lines []string, top int) []string {
	if len(lines) <= p.Height {
		return lines
	}
	if p.Height < 3 {
		return lines[top:min(top+max(p.Height, 0), len(lines))]
	}
	var out []string
	from, room := top, p.Height
	if top > 0 {
		from++
		out = append(out, p.More(from, false))
		room--
	}
	end := from + room
	if end >= len(lines) {
		return append(out, lines[from:]...)
	}
	out = append(out, lines[from:end-1]...)
	return append(out, p.More(len(lines)-end+1, true))
}
