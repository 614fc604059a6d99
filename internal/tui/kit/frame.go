package kit

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// View draws the screen on top, or the screen under the dialogs with the dialog over its
// lower lines. Its head stays visible in any case.
func (s *Stack) View(p Page) string {
	p.Width, p.Height = s.width, s.height
	if TooSmall(p.Width, p.Height) {
		return finish(p, smallLines(p, s.small))
	}
	base, top := s.Base(), s.Top()
	lines := append(s.head(p, base), p.Faint.Render(Rule(p.Width)))
	if s.Trouble != nil {
		for _, t := range s.Trouble() {
			for _, line := range p.Hang(" "+t, p.Width, 1) {
				lines = append(lines, p.Theme.Trouble.Render(p.Pad(line, p.Width)))
			}
		}
	}
	room := p.With(p.Height - len(lines))
	var foot []string
	if base == top {
		foot = s.foot(room, top)
	} else {
		foot = s.dialog(room, top)
	}
	room.Height = max(0, room.Height-len(foot))
	body := base.Body(room)
	lines = append(lines, body[:min(len(body), room.Height)]...)
	for len(lines) < p.Height-len(foot) {
		lines = append(lines, "")
	}
	return finish(p, append(lines, foot...))
}

// head draws the title and the identity. The first line ends with the status, of which
// the last piece gives way first; the head itself is wrapped and never cut.
func (s *Stack) head(p Page, base Screen) []string {
	var lines []string
	for _, line := range base.Head(p) {
		lines = append(lines, p.Hang(line, p.Width, 1)...)
	}
	if len(lines) == 0 {
		lines = []string{""}
	}
	if s.Status == nil {
		return lines
	}
	pieces := s.Status()
	for n := len(pieces); n > 0; n-- {
		right := "  " + strings.Join(pieces[:n], "  ")
		if room := p.Width - p.Cells(right); p.Cells(lines[0]) <= room {
			lines[0] = p.Pad(lines[0], room) + right
			break
		}
	}
	return lines
}

func (s *Stack) foot(p Page, top Screen) []string {
	lines := append([]string{p.Faint.Render(Rule(p.Width))}, top.Foot(p)...)
	return append(lines, s.lastLine(p, top)...)
}

// lastLine is the line of keys, unless the program has something to say.
func (s *Stack) lastLine(p Page, top Screen) []string {
	if s.said != "" {
		return s.saidLines(p)
	}
	if l, ok := top.(Liner); ok {
		return []string{l.KeyLine(p)}
	}
	key := "? all"
	if top.Typing() {
		key = "F1 all"
	}
	bindings := s.bindings()
	line, short := KeyLine(p, bindings, key+" keys"), KeyLine(p, bindings, key)
	if p.Cells(short) > p.Cells(line)-len(" keys") { // one more key fits
		line = short
	}
	return []string{line}
}

func (s *Stack) saidLines(p Page) []string {
	look := p.Good
	if s.bad {
		look = p.Bad
	}
	lines := p.Hang(" "+s.said, p.Width, 1)
	for i := range lines {
		lines[i] = look.Render(lines[i])
	}
	return lines
}

// dialog draws a dialog with the rule above it. It takes no more than the room, and
// scrolls in it.
func (s *Stack) dialog(p Page, top Screen) []string {
	end := slices.Clone(top.Foot(p))
	if s.said != "" {
		end = append(end, s.saidLines(p)...)
	}
	body := top.Body(p.With(max(1, p.Height-1-len(end))))
	lines := append([]string{p.Strong.Render(Rule(p.Width))}, body...)
	lines = append(lines, end...)
	return lines[max(0, len(lines)-p.Height):]
}

// finish is the last step of drawing: no line is wider than the window, and a terminal
// with ASCII alone gets nothing else.
func finish(p Page, lines []string) string {
	for i, line := range lines {
		lines[i] = p.Cut(line, p.Width)
	}
	screen := strings.Join(lines, "\n")
	if !p.ASCII {
		return screen
	}
	for i, line := range strings.Split(ToASCII(screen, p.Measure), "\n") {
		lines[i] = p.cutASCII(line, strings.HasSuffix(ansi.Strip(lines[i]), "…"))
	}
	return strings.Join(lines, "\n")
}

// cutASCII makes a line fit whose signs took more cells in ASCII than the gaps behind them
// had. A line that was cut already loses more of its last cell; of another one a gap before
// the signs gives way, so that no figure at its end is lost. A line that is cut ends in a sign.
func (p Page) cutASCII(line string, cutAlready bool) string {
	for p.Cells(line) > p.Width {
		if p.Cells(strings.TrimRight(ansi.Strip(line), " ")) <= p.Width {
			return p.Cut(line, p.Width) // nothing but the blanks of its end
		}
		at := strings.LastIndex(line, "   ")
		if at < 0 || cutAlready {
			return p.cut(line, p.Width, asciiFor['…'])
		}
		line = line[:at] + line[at+1:]
	}
	return line
}
