package kit

import "fmt"

// The smallest window that shows every screen whole.
const (
	LeastWidth  = 80
	LeastHeight = 24
)

// TooSmall reports whether a window cannot show what a key would do.
func TooSmall(width, height int) bool { return width < LeastWidth || height < LeastHeight }

// smallLines returns the message of a window that is too small, and the line about the last
// key.
func smallLines(p Page, said string) []string {
	text := fmt.Sprintf("Make the window larger: it is %d×%d, %d×%d is needed. Keys do nothing until then. Nothing typed is lost.",
		p.Width, p.Height, LeastWidth, LeastHeight)
	lines := p.Wrap(text, max(p.Width, 1))
	if said != "" {
		lines = append(lines, p.Wrap(said, max(p.Width, 1))...)
	}
	return lines[:min(len(lines), max(p.Height, 0))]
}
