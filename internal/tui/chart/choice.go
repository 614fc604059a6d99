package chart

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// choice is a line that is answered with a figure.
type choice struct {
	terms  []ward.Term
	chosen string // the code; empty until an answer
	asks   bool   // the line asks again
}

// choiceLine returns a line with one answer for each term.
func choiceLine(label string, terms []ward.Term) (*line, *choice) {
	c := &choice{terms: terms, asks: true}
	l := &line{label: label, editor: c, value: c.Value, load: c.take, state: func() func() {
		was := *c
		return func() { *c = was }
	}}
	return l, c
}

// take chooses a term by its code. It ignores a code that is not offered any more.
func (c *choice) take(code string) {
	for _, t := range c.terms {
		if t.Code == code {
			c.chosen = code
		}
	}
}

// Type implements [kit.Editor].
func (c *choice) Type(kit.Key) (string, bool) { return "", false }

// Insert implements [kit.Editor].
func (c *choice) Insert(string) string { return "not taken: the line is answered with a number" }

// View implements [kit.Editor].
func (c *choice) View(p kit.Page, focused bool) []string {
	text := ward.WordsFor(c.terms, c.chosen)
	if c.chosen == "" {
		text = ""
	}
	if focused {
		return []string{p.Selected.Render(p.Fit(" "+text+" ", p.Width))}
	}
	return p.Wrap(text, p.Width)
}

// Value implements [kit.Editor].
func (c *choice) Value() string { return c.chosen }

// Touched implements [kit.Editor].
func (c *choice) Touched() bool { return c.chosen != "" }

// Leave implements [kit.Editor].
func (c *choice) Leave() bool { return c.chosen != "" }

// Note implements [kit.Editor].
func (c *choice) Note() (string, bool) { return "", false }

// Settled implements [kit.Editor].
func (c *choice) Settled() bool { return c.chosen != "" }

// Bindings implements [kit.Editor].
func (c *choice) Bindings() (list []kit.Binding) {
	for i, t := range c.terms {
		list = append(list, kit.Binding{
			Keys: []string{strconv.Itoa(i + 1)}, Short: t.Label, Help: t.Label, Answer: true,
			Do: func(kit.Host, kit.Key) tea.Cmd {
				c.chosen = t.Code
				return nil
			},
		})
	}
	return list
}
