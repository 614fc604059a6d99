package kit

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// Row is a record in a list.
type Row struct {
	ID     string   // fixed for ever; the choice holds on to it
	Fields []string // the texts that a search looks in
	Codes  []string // the texts that an exact search compares whole, such as an MRN
}

// List shows records, one of them selected. The choice is an ID from the first drawing on:
// a reload or another order moves the line of the record and never the choice. If the
// record leaves the list, nothing is selected until a key chooses again.
type List struct {
	// Open is called by enter, with the selected record or the exact hit of a search.
	Open func(Host, string) tea.Cmd
	// NoHit words the answer to an exact search without a hit; nil is "nothing matches".
	NoHit func(text string) string
	// Digits lets a figure begin an exact search.
	Digits bool
	// Moved is called after a key has chosen another record.
	Moved func(id string)

	rows   []Row
	loaded bool
	chosen string
	comes  bool // the chosen record is saved and not yet among the rows
	near   int  // the line of the choice when it was last shown
	query  string
	search *Text // nil unless a search is being typed
	exact  bool  // the search began with a figure
	top    int
	room   int
}

// SetRows replaces the records, in the order of their lines.
func (l *List) SetRows(rows []Row) {
	l.rows = rows
	first := !l.loaded
	l.loaded = true
	if first && l.chosen == "" && len(rows) > 0 {
		l.chosen = rows[0].ID
	}
	switch there := l.has(l.chosen); {
	case there:
		l.comes = false
	case !l.comes:
		l.chosen = ""
	}
	l.remember()
}

// Choose selects a record, for example the one that was just saved. If the record is
// not among the rows yet, the choice waits for it, so that a patient who was admitted is selected
// after the next reload. A key that chooses ends the wait.
func (l *List) Choose(id string) {
	l.chosen, l.comes = id, !l.has(id)
	l.remember()
}

func (l *List) has(id string) bool {
	return slices.ContainsFunc(l.rows, func(r Row) bool { return r.ID == id })
}

func (l *List) remember() {
	if i := l.index(l.Shown()); i >= 0 {
		l.near = i
	}
}

// Chosen returns the selected record. None is selected if a search hides it.
func (l *List) Chosen() (id string, ok bool) {
	if l.chosen == "" || l.index(l.Shown()) < 0 {
		return "", false
	}
	return l.chosen, true
}

// None is the reason that action keys give if nothing is selected.
func (l *List) None() string {
	switch {
	case len(l.rows) == 0:
		return "the list is empty"
	case len(l.Shown()) == 0:
		return "nobody matches: esc clears the search"
	}
	return "nothing is chosen: ↑ ↓ choose"
}

// Acting returns a binding as it works on the selected record: it is off, with the reason,
// if nothing is.
func (l *List) Acting(b Binding, do func(Host, string) tea.Cmd) Binding {
	id, ok := l.Chosen()
	b.Do = func(h Host, _ Key) tea.Cmd { return do(h, id) }
	if b.Off != "" {
		return b
	}
	return b.If(ok, l.None())
}

// Shown returns the rows that the search leaves.
func (l *List) Shown() []Row {
	q := NewQuery(l.query)
	if q.Empty() {
		return l.rows
	}
	if l.exact {
		return Filter(q, l.rows, func(r Row) []string { return r.Codes })
	}
	return Filter(q, l.rows, func(r Row) []string { return append(slices.Clone(r.Fields), r.Codes...) })
}

// Exact returns the only record that has the searched text as one of its codes.
func (l *List) Exact(text string) (id string, ok bool) {
	q, n := NewQuery(text), 0
	for _, r := range l.rows {
		if slices.ContainsFunc(r.Codes, q.Is) {
			id = r.ID
			n++
		}
	}
	return id, n == 1
}

func (l *List) index(shown []Row) int {
	return slices.IndexFunc(shown, func(r Row) bool { return r.ID == l.chosen })
}

// Searching reports whether a search is being typed, so that characters are text.
func (l *List) Searching() bool { return l.search != nil }

// Search sets the search, as a paste or the command line does.
func (l *List) Search(text string) {
	l.query, l.search, l.exact = text, nil, false
}

// SearchLine returns the line of the search with its count, and whether there is one.
func (l *List) SearchLine(p Page) (string, bool) {
	if l.search == nil && l.query == "" {
		return "", false
	}
	count := "  " + CountWords(len(l.Shown()), len(l.rows))
	text := Plain(l.query)
	if l.search != nil {
		text = l.search.View(p.Narrow(max(p.Width-p.Cells(count)-3, 8)), true)[0]
	}
	return " /" + text + p.Faint.Render(count), true
}

// View draws the lines that the page has room for, the selected one among them. draw
// returns one line without the mark of the choice.
func (l *List) View(p Page, draw func(p Page, row Row, selected bool) string) []string {
	shown := l.Shown()
	l.room = p.Height
	selected := l.index(shown)
	at := selected
	if at < 0 {
		at = max(0, min(l.near, len(shown)-1))
	}
	l.top = scrollTo(l.top, at, at+1, len(shown), p.Height)
	lines := make([]string, len(shown))
	part := p.Narrow(p.Width - 1)
	for i := max(0, l.top); i < min(len(shown), l.top+p.Height+1); i++ {
		mark := " "
		if i == selected {
			mark = p.Strong.Render("▌")
		}
		lines[i] = mark + draw(part, shown[i], i == selected)
	}
	return p.window(lines, l.top)
}

// Type takes a key of the search. A screen calls it while [List.Searching] holds.
func (l *List) Type(h Host, k Key) bool {
	refusal, mine := l.search.Type(k)
	if refusal != "" {
		h.Fail(refusal)
	}
	l.query = l.search.Value()
	return mine
}

// Paste puts a burst into the search as text. It reports false if no search is
// being typed.
func (l *List) Paste(h Host, b Burst) bool {
	if l.search == nil {
		return false
	}
	if b.Paste {
		if refusal := l.search.Insert(b.Line()); refusal != "" {
			h.Fail(refusal)
		}
	}
	l.query = l.search.Value()
	return true
}

// Bindings returns the keys of the list. While a search is being typed they are those of
// the search.
func (l *List) Bindings() []Binding {
	if l.search != nil {
		return append([]Binding{
			Bind("enter", "open an exact hit, keep the search", "open an exact hit; else keep the search", l.enterSearch),
			Bind("esc", "no search", "clear the search", l.clear),
		}, l.movers("up down pgup pgdown")...)
	}
	list := l.movers("up down k j home end pgup pgdown")
	if l.Open != nil {
		list = append(list, l.Acting(Bind("enter", "open", "open the chosen line", nil), l.Open))
	}
	list = append(list, Bind("/", "search", "search name, number, state; accents and case do not matter", func(Host, Key) tea.Cmd {
		l.begin(l.query, false)
		return nil
	}))
	if l.Digits {
		list = append(list, Bind("0 1 2 3 4 5 6 7 8 9", "", "search for a number; enter opens an exact hit only", func(_ Host, k Key) tea.Cmd {
			l.begin(k.Text, true)
			return nil
		}).As("0-9"))
	}
	if l.query != "" {
		list = append(list, Bind("esc", "no search", "clear the search", l.clear))
	}
	return list
}

func (l *List) movers(keys string) []Binding {
	b := Bind(keys, "choose", "previous or next line; home, end, pgup, pgdn", func(h Host, k Key) tea.Cmd {
		l.move(k.Name)
		return nil
	}).As("↑↓")
	b.AtOnce = true
	return []Binding{b.If(len(l.Shown()) > 0, l.None())}
}

func (l *List) begin(text string, exact bool) {
	l.search, l.exact, l.query = NewText(text, 60), exact, text
}

func (l *List) clear(Host, Key) tea.Cmd {
	l.query, l.search, l.exact = "", nil, false
	l.remember()
	return nil
}

// enterSearch opens an exact hit. Without one, a search by figures says that there is
// none and stays, and a search by words ends and selects its only hit.
func (l *List) enterSearch(h Host, _ Key) tea.Cmd {
	if id, ok := l.Exact(l.query); ok {
		l.clear(h, Key{})
		l.Choose(id)
		if l.Open == nil {
			return nil
		}
		return l.Open(h, id)
	}
	shown := l.Shown()
	switch {
	case l.exact || len(shown) == 0:
		text := "nothing matches " + Plain(l.query)
		if l.NoHit != nil && strings.TrimSpace(l.query) != "" {
			text = l.NoHit(Plain(l.query))
		}
		h.Fail(text)
		return nil
	case len(shown) == 1:
		l.Choose(shown[0].ID)
	}
	l.search = nil
	return nil
}

// move chooses another line. If nothing is selected, it begins at the place of the record
// that was.
func (l *List) move(key string) {
	shown := l.Shown()
	if len(shown) == 0 {
		return
	}
	i := l.index(shown)
	page := max(l.room-2, 1)
	by := map[string]int{"up": -1, "k": -1, "down": 1, "j": 1, "pgup": -page, "pgdown": page}[key]
	if i < 0 {
		i, by = min(l.near, len(shown)-1), 0
	}
	switch key {
	case "home":
		i, by = 0, 0
	case "end":
		i, by = len(shown)-1, 0
	}
	i = max(0, min(i+by, len(shown)-1))
	l.chosen, l.near, l.comes = shown[i].ID, i, false
	if l.Moved != nil {
		l.Moved(l.chosen)
	}
}
