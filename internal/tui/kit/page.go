package kit

import "fmt"

// Page is the room that a screen draws on, with the measure and the looks of its
// terminal.
type Page struct {
	Width, Height int
	Measure
	*Theme
}

// With returns the page with another height.
func (p Page) With(height int) Page {
	p.Height = height
	return p
}

// Narrow returns the page with another width.
func (p Page) Narrow(width int) Page {
	p.Width = width
	return p
}

// More returns the line that tells how many lines a part hides below or above, such as
// "↓ 6 more lines".
func (p Page) More(n int, below bool) string {
	arrow := "↑"
	if below {
		arrow = "↓"
	}
	noun := "lines"
	if n == 1 {
		noun = "line"
	}
	return p.Faint.Render(fmt.Sprintf("   %s %d more %s", arrow, n, noun))
}
