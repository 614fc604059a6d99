package office

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/kit"
)

// textWidth is the width of a handover in cells, on the screen, on paper and in a file.
const textWidth = 78

// document is a text to read. It scrolls, and / finds lines in it.
type document struct {
	width  int    // of the lines in cells
	indent string // before each line on the screen
	lines  []string
	scroll kit.Scroll
	find   *kit.Text // the text that is sought; nil while none is
	hit    int       // the hit in view, from 0
}

// set replaces the text. A line that is too long is wrapped.
func (t *document) set(lines []string) {
	t.lines = nil
	for _, line := range lines {
		t.lines = append(t.lines, kit.Measure{}.Hang(line, t.width, 4)...)
	}
	t.scroll.View(kit.Page{Height: 1}, t.lines) // the keys are drawn before the text, and need its length
}

// hits returns the numbers of the lines that hold the sought text.
func (t *document) hits() (found []int) {
	if t.find == nil {
		return nil
	}
	q := kit.NewQuery(t.find.Value())
	for i, line := range t.lines {
		if !q.Empty() && q.Matches(line) {
			found = append(found, i)
		}
	}
	return found
}

// goTo brings a hit into view. After the last one the first one follows.
func (t *document) goTo(n int) {
	hits := t.hits()
	if len(hits) == 0 {
		t.hit = 0
		return
	}
	t.hit = (n + len(hits)) % len(hits)
	t.scroll.Show(hits[t.hit])
}

func (t *document) typing() bool { return t.find != nil }

func (t *document) typed(h kit.Host, k kit.Key) bool {
	refusal, mine := t.find.Type(k)
	if refusal != "" {
		h.Fail(refusal)
	}
	if mine {
		t.goTo(0)
	}
	return mine
}

// burst takes a paste or a scan as the sought text.
func (t *document) burst(h kit.Host, b kit.Burst) {
	switch {
	case t.find == nil:
		kit.NotTaken(h, b)
	case b.Paste:
		if refusal := t.find.Insert(b.Line()); refusal != "" {
			h.Fail(refusal)
		}
		t.goTo(0)
	}
}

func (t *document) bindings() []kit.Binding {
	if t.find == nil {
		list := t.scroll.Bindings()
		return append(list, kit.Bind("/", "find", "find lines; accents and case do not matter", func(kit.Host, kit.Key) tea.Cmd {
			t.find, t.hit = kit.NewText("", 60), 0
			return nil
		}))
	}
	next := func(by int) func(kit.Host, kit.Key) tea.Cmd {
		return func(h kit.Host, _ kit.Key) tea.Cmd {
			if len(t.hits()) == 0 {
				h.Fail("nothing matches")
			}
			t.goTo(t.hit + by)
			return nil
		}
	}
	return []kit.Binding{
		kit.Bind("enter down", "next", "the next line that matches", next(1)).As("enter"),
		kit.Bind("up", "", "the previous line that matches", next(-1)),
		kit.Bind("esc", "no search", "end the search", func(kit.Host, kit.Key) tea.Cmd {
			t.find = nil
			return nil
		}),
	}
}

// findLine returns the line of the search with its count, and whether there is a search.
func (t *document) findLine(p kit.Page) (string, bool) {
	if t.find == nil {
		return "", false
	}
	hits, at := t.hits(), 0
	if len(hits) > 0 {
		at = t.hit + 1
	}
	return " /" + t.find.View(p.Narrow(40), true)[0] + p.Faint.Render("  "+kit.CountWords(at, len(hits))), true
}

// view draws the part of the text in view. look returns the look of a line.
func (t *document) view(p kit.Page, look func(string) kit.Look) []string {
	at := -1
	if hits := t.hits(); len(hits) > 0 {
		at = hits[min(t.hit, len(hits)-1)]
	}
	lines := make([]string, len(t.lines))
	for i, line := range t.lines {
		if i == at {
			lines[i] = t.indent + p.Selected.Render(line)
			continue
		}
		lines[i] = t.indent + look(line).Render(line)
	}
	return t.scroll.View(p, lines)
}
