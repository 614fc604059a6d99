package tui

import (
	"slices"
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/ward"
)

// box is the part that all dialogs have: the lines of the question.
type box struct {
	lines []string
}

func (b *box) isDialog()               {}
func (b *box) open(*app) tea.Cmd       { return nil }
func (b *box) title(*app, int) string  { return "" }
func (b *box) foot(*app, int) []string { return nil }
func (b *box) typing() bool            { return false }
func (b *box) text(a *app, w int) []string {
	var lines []string
	for i, line := range b.lines {
		for _, l := range a.wrap(line, w-2) {
			if i == 0 {
				l = a.theme.strong.Render(l)
			}
			lines = append(lines, " "+l)
		}
	}
	return lines
}

// choice is one answer of a chooser.
type choice struct {
	keys  string // the keys that give it, separated by blanks: "1 y"
	label string
	do    func(*app) tea.Cmd // called after the dialog has closed; nil does nothing
}

// yes and no are the answers to a question that records something.
func yes(label string, do func(*app) tea.Cmd) choice { return choice{"1 y", label, do} }

func no(label string) choice { return choice{"0 n", label, nil} }

// chooser asks for one of a few answers, one key each.
type chooser struct {
	box
	choices []choice
	columns int // columns of the answers; 0 puts a few in one row, many one below the other
}

func newChooser(question string, choices ...choice) *chooser {
	return &chooser{box: box{strings.Split(question, "\n")}, choices: choices}
}

func (c *chooser) update(a *app, msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	if key.Matches(press, keyBack) {
		return a.pop()
	}
	pressed := strings.ToLower(press.String())
	for _, answer := range c.choices {
		if slices.Contains(strings.Fields(answer.keys), pressed) {
			back := a.pop()
			if answer.do == nil {
				return back
			}
			return tea.Sequence(back, answer.do(a))
		}
	}
	if press.Text != "" {
		a.fail(ward.Invalid("", press.Text+" does nothing here"))
	}
	return nil
}

func (c *chooser) body(a *app, w, h int) []string {
	lines := c.text(a, w)
	if c.columns > 1 {
		return append(lines, c.grid(a, w)...)
	}
	row, all := "", 0
	for _, answer := range c.choices {
		all += a.cells("   " + answer.keys + " " + answer.label)
	}
	for _, answer := range c.choices {
		cell := "   " + a.theme.strong.Render(answer.keys) + " " + answer.label
		if all > w && len(c.choices) > 4 || row != "" && a.cells(row)+a.cells(cell) > w {
			lines = append(lines, strings.TrimPrefix(row, "  "))
			row = ""
		}
		row += cell
	}
	return append(lines, strings.TrimPrefix(row, "  "))
}

// grid draws the answers in columns, filled one after the other.
func (c *chooser) grid(a *app, w int) []string {
	rows := (len(c.choices) + c.columns - 1) / c.columns
	lines := make([]string, rows)
	for first := 0; first < len(c.choices); first += rows {
		column, widest := c.choices[first:min(first+rows, len(c.choices))], 0
		for _, answer := range column {
			widest = max(widest, a.cells("  "+answer.keys+" "+answer.label))
		}
		for i, answer := range column {
			lines[i] += a.pad("  "+a.theme.strong.Render(answer.keys)+" "+answer.label, widest)
		}
	}
	for i := range lines {
		lines[i] = a.fit(strings.TrimRight(lines[i], " "), w)
	}
	return lines
}

func (c *chooser) keys(*app) []key.Binding {
	var list []key.Binding
	for _, answer := range c.choices {
		list = append(list, bind(answer.keys, answer.keys, answer.label))
	}
	return append(list, keyBack)
}

// numbered makes choices of words, picked with 1, 2, 3 …
func numbered(labels []string, do func(a *app, i int) tea.Cmd) []choice {
	var list []choice
	for i, label := range labels {
		list = append(list, choice{strconv.Itoa(i + 1), label, func(a *app) tea.Cmd { return do(a, i) }})
	}
	return list
}

// asker asks for one line of text.
type asker struct {
	box
	input textinput.Model
	err   string
	// take judges the text. It returns the reason that it is wrong, and the dialog
	// stays open; or "" and the function to call after the dialog has closed.
	take func(a *app, text string) (wrong string, do func(*app) tea.Cmd)
}

func newAsker(question, text string, take func(*app, string) (string, func(*app) tea.Cmd)) *asker {
	k := &asker{box: box{strings.Split(question, "\n")}, input: newInput(text, 400), take: take}
	k.input.Focus()
	return k
}

// newInput is a line to type into, with a cursor that does not blink.
func newInput(text string, most int) textinput.Model {
	in := textinput.New()
	in.Prompt = ""
	in.CharLimit = most
	styles := textinput.DefaultStyles(true)
	styles.Focused = textinput.StyleState{}
	styles.Blurred = textinput.StyleState{}
	styles.Cursor.Blink = false
	in.SetStyles(styles)
	in.SetValue(text)
	in.CursorEnd()
	return in
}

var keyEnter = bind("enter", "enter", "OK")

func (k *asker) typing() bool { return true }

func (k *asker) update(a *app, msg tea.Msg) tea.Cmd {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		switch {
		case key.Matches(press, keyBack):
			return a.pop()
		case key.Matches(press, keyEnter):
			wrong, do := k.take(a, plain(k.input.Value()))
			if wrong != "" {
				k.err = wrong
				return nil
			}
			back := a.pop()
			if do == nil {
				return back
			}
			return tea.Sequence(back, do(a))
		}
		k.err = ""
	}
	k.input, _ = k.input.Update(msg)
	return nil
}

func (k *asker) body(a *app, w, h int) []string {
	k.input.SetWidth(w - 5)
	lines := append(k.text(a, w), " "+a.theme.strong.Render("▌")+" "+k.input.View())
	if k.err != "" {
		lines = append(lines, " "+a.theme.bad.Render(k.err))
	}
	return lines
}

func (k *asker) keys(*app) []key.Binding {
	return keyList(keyEnter, bind("esc", "esc", "cancel"))
}
