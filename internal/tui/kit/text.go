package kit

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Text is a text field of one line or of several. It never shortens a text: input that
// exceeds the limit is refused as a whole, and a longer text that it began with stays.
//
// It does not use the text input of bubbles, because that one cuts at its limit, pastes
// the clipboard of the machine it runs on, which may be a server, and has one line.
type Text struct {
	Limit   int                 // characters; zero for no limit
	Lines   bool                // several lines: enter breaks a line
	Replace bool                // the first key replaces the text shown
	Clean   func(string) string // drops characters that the text may not hold; nil is [Clean]
	Mask    func(rune) rune     // draws a character as another one, for a PIN

	value   []rune
	cursor  int
	touched bool
}

// Hidden draws each character as a dot.
func Hidden(rune) rune { return '•' }

// DotDigits draws figures as dots, so that a PIN that is typed in the wrong line does not
// show.
func DotDigits(r rune) rune {
	if unicode.IsDigit(r) {
		return '•'
	}
	return r
}

// NewText returns a field that shows a text.
func NewText(value string, limit int) *Text {
	t := &Text{Limit: limit}
	t.Set(value)
	return t
}

// Set replaces the text, as if it had not been touched.
func (t *Text) Set(value string) {
	t.value, t.touched = []rune(value), false
	t.cursor = len(t.value)
}

// Value returns the text.
func (t *Text) Value() string { return string(t.value) }

// Touched reports whether a key has changed the text.
func (t *Text) Touched() bool { return t.touched }

// Type takes a key. It returns the reason if the key is refused, and whether the key
// belongs to the field at all.
func (t *Text) Type(k Key) (refusal string, mine bool) {
	if k.Text != "" {
		return t.Insert(k.Text), true
	}
	switch k.Name {
	case "enter":
		if !t.Lines {
			return "", false
		}
		return t.Insert("\n"), true
	case "left":
		t.cursor = t.step(-1)
	case "right":
		t.cursor = t.step(1)
	case "home":
		t.cursor = t.lineStart()
	case "end":
		t.cursor = t.lineEnd()
	case "up", "down":
		return "", t.Lines && t.moveLine(k.Name == "down")
	case "backspace":
		t.cut(t.step(-1), t.cursor)
	case "delete":
		t.cut(t.cursor, t.step(1))
	case "ctrl+w":
		t.cut(t.wordStart(), t.cursor)
	case "ctrl+u":
		t.cut(0, len(t.value))
	default:
		return "", false
	}
	return "", true
}

// Insert puts text at the cursor, or returns the reason why it is refused.
func (t *Text) Insert(text string) (refusal string) {
	clean := t.Clean
	if clean == nil {
		clean = Clean
	}
	text = clean(text)
	if !t.Lines {
		text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' }), " ")
	}
	text = strings.ReplaceAll(text, "\t", " ")
	if text == "" {
		return ""
	}
	replaced := t.Replace && !t.touched
	size := len(t.value) + utf8.RuneCountInString(text)
	if replaced {
		size = utf8.RuneCountInString(text)
	}
	if t.Limit > 0 && size > t.Limit {
		return fmt.Sprintf("not taken: that would be %s characters, and %s are the limit", thousands(size), thousands(t.Limit))
	}
	if replaced {
		t.value, t.cursor = nil, 0
	}
	added := []rune(text)
	t.value = append(t.value[:t.cursor:t.cursor], append(added, t.value[t.cursor:]...)...)
	t.cursor += len(added)
	t.touched = true
	return ""
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func (t *Text) cut(from, to int) {
	if from == to {
		return
	}
	t.value = append(t.value[:from:from], t.value[to:]...)
	t.cursor, t.touched = from, true
}

// step returns the place one visible character before or after the cursor.
func (t *Text) step(by int) int {
	if by > 0 {
		if t.cursor == len(t.value) {
			return t.cursor
		}
		cluster, _ := ansi.FirstGraphemeCluster(string(t.value[t.cursor:]), ansi.GraphemeWidth)
		return t.cursor + max(1, utf8.RuneCountInString(cluster))
	}
	at, last := 0, 0
	for at < t.cursor {
		last = at
		cluster, _ := ansi.FirstGraphemeCluster(string(t.value[at:]), ansi.GraphemeWidth)
		at += max(1, utf8.RuneCountInString(cluster))
	}
	return last
}

func (t *Text) wordStart() int {
	i := t.cursor
	for i > 0 && unicode.IsSpace(t.value[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(t.value[i-1]) {
		i--
	}
	return i
}

func (t *Text) lineStart() int {
	i := t.cursor
	for i > 0 && t.value[i-1] != '\n' {
		i--
	}
	return i
}

func (t *Text) lineEnd() int {
	i := t.cursor
	for i < len(t.value) && t.value[i] != '\n' {
		i++
	}
	return i
}

// moveLine moves the cursor a line up or down. It reports whether there is one.
func (t *Text) moveLine(down bool) bool {
	start := t.lineStart()
	column := t.cursor - start
	if down {
		end := t.lineEnd()
		if end == len(t.value) {
			return false
		}
		t.cursor = end + 1
	} else {
		if start == 0 {
			return false
		}
		t.cursor = start - 1
		t.cursor = t.lineStart()
	}
	t.cursor = min(t.cursor+column, t.lineEnd())
	return true
}

// View draws the text in lines of the page's width, the cursor as ▌ if the field has the
// focus. A field of one line shows the part around the cursor.
func (t *Text) View(p Page, focused bool) []string {
	before, after := t.drawn(t.value[:t.cursor]), t.drawn(t.value[t.cursor:])
	if !focused {
		return t.lay(p, before+after)
	}
	if t.Lines {
		return p.Wrap(before+"▌"+after, p.Width)
	}
	text := before + "▌"
	if room := p.Width - p.Cells(text); room >= 0 {
		return []string{p.Cut(text+p.Cut(after, room), p.Width)}
	}
	over := p.Cells(text) - p.Width + 1
	line := "…" + p.Method.TruncateLeft(text, over, "")
	for p.Cells(line) > p.Width && over < p.Cells(text) { // the cut fell into a wide character
		over++
		line = "…" + p.Method.TruncateLeft(text, over, "")
	}
	return []string{line}
}

func (t *Text) lay(p Page, text string) []string {
	if t.Lines {
		return p.Wrap(text, p.Width)
	}
	return []string{p.Fit(text, p.Width)}
}

func (t *Text) drawn(part []rune) string {
	if t.Mask != nil {
		masked := make([]rune, len(part))
		for i, r := range part {
			masked[i] = t.Mask(r)
		}
		part = masked
	}
	if t.Lines {
		return Clean(string(part))
	}
	return Plain(string(part))
}
