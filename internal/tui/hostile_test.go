package tui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/faults/hostile"
	"neurocheck/internal/store"
)

// styling is all that the screens may send besides text and line breaks.
var styling = regexp.MustCompile(`\x1b\[[0-9;:]*m`)

// harmless wants a screen that holds text and nothing else.
func (b *bedside) harmless(given string) {
	b.t.Helper()
	drawn := b.a.View()
	text := styling.ReplaceAllString(drawn.Content, "")
	if !utf8.ValidString(text) {
		b.t.Fatalf("%.200q makes a screen that is no UTF-8:\n%q", given, text)
	}
	for _, r := range text {
		if r != '\n' && (unicode.IsControl(r) || r == '\ufeff' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u061c') {
			b.t.Fatalf("%.200q puts %U on the screen:\n%q", given, r, text)
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		if w := b.a.cells(line); w > b.a.width {
			b.t.Fatalf("%.200q makes a line of %d cells:\n%q", given, w, line)
		}
	}
	if strings.Contains(drawn.WindowTitle, "OKAFOR") || styling.MatchString(drawn.WindowTitle) {
		b.t.Fatalf("the window's title is %q", drawn.WindowTitle)
	}
}

// give brings text in as a paste and as keys, and looks at the screen after each.
func (b *bedside) give(text string) {
	b.t.Helper()
	b.send(tea.PasteMsg{Content: text})
	b.harmless(text)
	for i, r := range []rune(text) {
		if i == 8 {
			break // keys are slow, and the paste had all of it
		}
		b.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	b.harmless(text)
}

// Every text input of the screens takes every hostile string: nothing of it reaches
// the terminal but text, nothing fails, and what is kept is clean.
func TestHostileTextInEveryInput(t *testing.T) {
	texts := hostile.Strings(1, hostile.Count(150))
	inputs := map[string]func(b *bedside) []int{ // opens the input; how many lines it has
		"sign-in filter": func(b *bedside) []int { return []int{1} },
		"PIN":            func(b *bedside) []int { b.press("enter"); return []int{1} },
		"admission":      func(b *bedside) []int { b.signIn("sam"); b.press("a"); return make([]int, 13) },
		"board filter":   func(b *bedside) []int { b.signIn("sam"); b.press("/"); return []int{1} },
		"comment":        func(b *bedside) []int { b.signIn("sam"); b.press("n", "c"); return []int{1} },
		"time":           func(b *bedside) []int { b.signIn("sam"); b.press("n", "t"); return []int{1} },
		"symptom":        func(b *bedside) []int { b.signIn("sam"); b.press("enter", "s", "1"); return []int{1} },
		"intervention":   func(b *bedside) []int { b.signIn("sam"); b.press("enter", "i", "a"); return []int{1} },
		"order":          func(b *bedside) []int { b.signIn("ines"); b.press("esc", "enter", "o", "1"); return []int{1} },
		"order's reason": func(b *bedside) []int {
			b.signIn("ines")
			b.press("esc", "enter", "o", "1")
			b.fill("6h")
			b.press("enter")
			return []int{1}
		},
		"extended until":  func(b *bedside) []int { b.signIn("ines"); b.press("esc", "enter", "o", "4"); return []int{1} },
		"handover's file": func(b *bedside) []int { b.signIn("sam"); b.press("h", "p"); return []int{1} },
		"move to an MRN": func(b *bedside) []int {
			b.signIn("sam")
			b.press(normal...)
			b.press("enter", "m")
			return []int{1}
		},
		"outcome": func(b *bedside) []int {
			b.signIn("sam")
			b.press("n", "n")
			b.press(normal[2:]...)
			b.press("f", "a", "1", "esc", "esc")
			b.signIn("ines")
			b.press("x", "1")
			return []int{1}
		},
		"export":  func(b *bedside) []int { b.signIn("sam"); b.press("x"); return []int{1} },
		"own PIN": func(b *bedside) []int { b.signIn("sam"); b.press("p"); return make([]int, 3) },
		"staff":   func(b *bedside) []int { b.signIn("kim"); b.press("s", "a"); return make([]int, 2) },
	}
	for name, open := range inputs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newLog(t)
			okafor(t, s)
			b := atTheDoor(t, s)
			lines := open(b)
			if !b.a.top().typing() {
				t.Fatalf("there is nothing to type into on\n%s", b.screen())
			}
			for _, text := range texts {
				for range lines {
					b.press("ctrl+u")
					b.give(text)
					if len(lines) > 1 {
						b.press("down")
					}
				}
				for range len(lines) - 1 {
					b.press("up")
				}
			}
		})
	}
}

// What is typed is kept clean, and drawn clean again wherever it is shown.
func TestHostileTextIsKeptClean(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	b := atTheBoard(t, s)
	for i, text := range hostile.Strings(2, hostile.Count(60)) {
		b.press("enter", "s", "1")
		b.send(tea.PasteMsg{Content: text})
		b.press("enter", "enter")
		for range 4 {
			b.press("esc") // out of whatever was refused, up to the board or the door
		}
		b.again()
		b.press("n", "c")
		b.send(tea.PasteMsg{Content: text})
		b.press("enter", "esc", "esc")
		b.again()
		if i%10 == 0 {
			b.press("enter", "v")
			b.harmless(text)
			b.again()
		}
	}
	chart, err := s.Chart(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(chart.AllReports) == 0 {
		t.Fatal("nothing was kept, so nothing was tried")
	}
	for _, y := range chart.AllReports {
		if why := unfit(y.Words); why != "" {
			t.Errorf("kept %q: %s", y.Words, why)
		}
	}
	whole(t, s)
}

// unfit says why a text may not stand in a line of the record. It is written from
// the tables of Unicode, and not from what cleans the text.
func unfit(s string) string {
	switch {
	case s == "":
		return "nothing"
	case !utf8.ValidString(s):
		return "no UTF-8"
	case strings.TrimSpace(s) != s:
		return "blanks around it"
	}
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return fmt.Sprintf("%U breaks or controls a line", r)
		case unicode.Is(unicode.Bidi_Control, r):
			return fmt.Sprintf("%U turns the line round", r)
		}
	}
	return ""
}

// again comes back to the board from wherever the keys led.
func (b *bedside) again() {
	b.t.Helper()
	for range 12 {
		if _, ok := b.a.top().(*board); ok {
			if f := b.a.top().(*board); f.filtering || f.filter.Value() != "" {
				b.press("esc")
				continue
			}
			return
		}
		if _, ok := b.a.top().(*chooser); ok {
			b.press("k", "esc") // keeps a draft, or leaves the question
			continue
		}
		if _, ok := b.a.top().(*signIn); ok {
			b.press("esc")
			b.signIn("sam")
			continue
		}
		b.press("esc")
	}
	b.t.Fatalf("there is no way back to the board from\n%s", b.screen())
}

func whole(t *testing.T, s *store.Store) {
	t.Helper()
	if v, err := s.Verify(t.Context()); err != nil || v.Misfit != "" {
		t.Errorf("%v, %q", err, v.Misfit)
	}
}

func TestHostileFirstRun(t *testing.T) {
	s, err := store.Create(t.Context(), t.TempDir()+"/log.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b := atTheDoor(t, s)
	b.press("1")
	for _, text := range hostile.Strings(6, hostile.Count(150)) {
		for range 5 {
			b.press("ctrl+u")
			b.give(text)
			b.press("down")
		}
		b.press("ctrl+s") // refused, with a reason that is drawn
		b.harmless(text)
		for range 5 {
			b.press("up")
		}
	}
}
