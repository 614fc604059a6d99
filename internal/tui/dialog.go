package tui

import (
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// box is what the dialogs share: lines that say what is asked.
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
	key   string
	label string
	do    func(*app) tea.Cmd // called when the dialog is gone
}

// chooser asks for one of a few answers, one key each.
type chooser struct {
	box
	choices []choice
}

func newChooser(question string, choices ...choice) *chooser {
	return &chooser{box{strings.Split(question, "\n")}, choices}
}

func (c *chooser) update(a *app, msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	if key.Matches(press, keyBack) {
		return a.pop()
	}
	for _, answer := range c.choices {
		if press.String() == answer.key {
			back := a.pop()
			if answer.do == nil {
				return back
			}
			return tea.Sequence(back, answer.do(a))
		}
	}
	return nil
}

func (c *chooser) body(a *app, w, h int) []string {
	lines := c.text(a, w)
	row := ""
	for _, answer := range c.choices {
		cell := "   " + a.theme.strong.Render(answer.key) + " " + answer.label
		if len(c.choices) > 4 || row != "" && len(row)+len(cell) > 3*w/2 {
			lines = append(lines, strings.TrimPrefix(row, "  "))
			row = ""
		}
		row += cell
	}
	lines = append(lines, strings.TrimPrefix(row, "  "))
	return lines
}

func (c *chooser) keys(*app) []key.Binding {
	var list []key.Binding
	for _, answer := range c.choices {
		list = append(list, bind(answer.key, answer.key, answer.label))
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
	// take judges the text. It returns what is wrong with it, and then the
	// dialog stays; or nothing, and what to do when the dialog is gone.
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

var keyEnter = bind("enter", "enter", "go on")

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
	return keyList(keyEnter, bind("esc", "esc", "leave it as it was"))
}
