package kit

import (
	tea "charm.land/bubbletea/v2"
)

// help shows the keys and marks that are valid on the screen below it. It is made from
// their bindings, and typing searches it.
type help struct {
	Base
	of      func() []Binding
	marks   []Mark
	support string // the line that tells whom to call
	search  *Text
	scroll  Scroll
}

func newHelp(of func() []Binding, marks []Mark, support string) *help {
	return &help{of: of, marks: marks, support: support, search: NewText("", 40)}
}

// Over implements [Dialog].
func (*help) Over() {}

// Typing implements [Screen].
func (*help) Typing() bool { return true }

// Type implements [Screen]. A blank at the beginning is no search.
func (h *help) Type(host Host, k Key) (bool, tea.Cmd) {
	if k.Name == "home" || k.Name == "end" || k.Name == "space" && h.search.Value() == "" {
		return k.Name == "space", nil
	}
	refusal, mine := h.search.Type(k)
	if refusal != "" {
		host.Fail(refusal)
	}
	h.scroll.Home()
	return mine, nil
}

// Bindings implements [Screen].
func (h *help) Bindings() []Binding {
	leave := func(host Host, _ Key) tea.Cmd { return host.Close(h) }
	return append([]Binding{Bind("esc f1 enter", "back", "close the help", leave)}, h.scroll.Bindings()...)
}

// Body implements [Screen].
func (h *help) Body(p Page) []string {
	q := NewQuery(h.search.Value())
	var lines []string
	for _, b := range h.of() {
		name, text := b.Name(), b.Help
		if text == "" {
			text = b.Short
		}
		if text == "" || !q.Matches(name, text) && !q.MatchesWords(name, text) {
			continue
		}
		lines = append(lines, helpLines(p, b, name, text)...)
	}
	for _, m := range h.marks {
		if q.Matches(m.Sign, m.Means) || h.search.Value() == m.Sign {
			lines = append(lines, "  "+p.Strong.Render(p.Pad(m.Sign, 12))+" "+m.Means)
		}
	}
	if len(lines) == 0 {
		lines = append(lines, "  no key or mark has "+Plain(h.search.Value()))
	}
	head := " " + p.Strong.Render("KEYS") + " that work now   search: " + h.search.View(p.Narrow(40), true)[0]
	return append([]string{head}, h.scroll.View(p.With(p.Height-1), lines)...)
}

// helpLines draws one binding. A key that is off now shows its reason.
func helpLines(p Page, b Binding, name, text string) []string {
	look := p.Strong
	if b.Off != "" {
		look, text = p.Faint, text+" (not now: "+b.Off+")"
	}
	const column = 12
	rows := p.Wrap(text, p.Width-column-4)
	if p.Cells(name) > column { // a long name takes a line of its own
		return append([]string{"  " + look.Render(name)}, indented(rows, column+3)...)
	}
	rows = indented(rows, column+3)
	rows[0] = "  " + look.Render(p.Pad(name, column)) + rows[0][column+2:]
	return rows
}

func indented(rows []string, by int) []string {
	blank := make([]byte, by)
	for i := range blank {
		blank[i] = ' '
	}
	for i := range rows {
		rows[i] = string(blank) + rows[i]
	}
	return rows
}

// Foot implements [Screen].
func (h *help) Foot(p Page) []string {
	line := " esc back   type to search   ↑↓ scroll"
	if h.support != "" {
		return append(p.Wrap(" "+h.support, p.Width), p.Faint.Render(line))
	}
	return []string{p.Faint.Render(line)}
}
