package kit

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// played plays keys with their times in milliseconds and returns what the reader made of
// them: "a@30" is a key and its time, "<text>" a burst.
func played(t *testing.T, how func(Key) Manner, script string) string {
	t.Helper()
	var out []string
	var due []timer
	now := noon
	r := Reader{After: func(d time.Duration, msg tea.Msg) tea.Cmd {
		due = append(due, timer{now.Add(d), msg})
		return nil
	}}
	note := func(items []any) {
		for _, item := range items {
			switch item := item.(type) {
			case Key:
				out = append(out, fmt.Sprintf("%s@%d", item.Name, now.Sub(noon).Milliseconds()))
			case Burst:
				s := "<" + item.Text + ">"
				if item.End != "" {
					s += item.End
				}
				if item.Keys > 0 {
					s += fmt.Sprintf("-%d", item.Keys)
				}
				out = append(out, s)
			}
		}
	}
	run := func(until time.Time) {
		for {
			i := slices.IndexFunc(due, func(x timer) bool { return !x.at.After(until) })
			if i < 0 {
				break
			}
			x := due[i]
			due = slices.Delete(due, i, i+1)
			now = x.at
			items, _ := r.Quiet(x.msg.(QuietMsg), now, how)
			note(items)
		}
		now = until
	}
	for part := range strings.FieldsSeq(script) {
		var ms int
		name, when, _ := strings.Cut(part, "@")
		fmt.Sscan(when, &ms)
		run(noon.Add(time.Duration(ms) * time.Millisecond))
		items, _ := r.Press(keyMsg(name), now, how)
		note(items)
	}
	run(now.Add(time.Second))
	return strings.Join(out, " ")
}

func TestBursts(t *testing.T) {
	always := func(m Manner) func(Key) Manner { return func(Key) Manner { return m } }
	form := func(k Key) Manner {
		if isDigit(k.Name) {
			return AtOnce
		}
		return Waits
	}
	for _, c := range []struct {
		name           string
		how            func(Key) Manner
		script, result string
	}{
		{"a character waits on a list", always(Waits), "n@0", "n@30"},
		{"two slow characters", always(Waits), "n@0 z@100", "n@30 z@130"},
		{"two quick ones keep their order", always(Waits), "d@0 1@20", "d@50 1@50"},
		{"an arrow does not wait", always(Waits), "down@0 enter@5 ctrl+s@6", "down@0 enter@5 ctrl+s@6"},
		{"an arrow after a character keeps the order", always(Waits), "n@0 down@10", "n@10 down@10"},
		{"four characters and enter are keys", always(Waits), "1@0 2@5 3@10 4@15 enter@20", "1@20 2@20 3@20 4@20 enter@20"},
		{"B3: a scanner with enter", always(Waits), "0@0 0@5 4@10 2@15 3@20 1@25 7@30 enter@35", "<0042317>enter"},
		{"a scanner with tab", always(Waits), "0@0 0@5 4@10 2@15 3@20 tab@25", "<00423>tab"},
		{"a scanner with CR LF", always(Waits), "0@0 0@5 4@10 2@15 3@20 enter@25 ctrl+j@30", "<00423>enter"},
		{"a scanner with LF", form, "0@0 0@5 4@10 2@15 3@20 ctrl+j@25", "0@0 0@5 4@10 2@15 <00423>enter-4"},
		{"four characters with CR LF", always(Waits), "1@0 2@5 3@10 4@15 enter@20 ctrl+j@21", "1@20 2@20 3@20 4@20 enter@20"},
		{"four characters with LF", always(Waits), "1@0 2@5 3@10 4@15 ctrl+j@20", "1@20 2@20 3@20 4@20 enter@20"},
		{"a line feed alone", always(Waits), "enter@0 ctrl+j@200", "enter@0 ctrl+j@200"},
		{"a scanner that ends with silence", always(Waits), "0@0 0@29 4@58 2@87 3@116", "<00423>"},
		{"30 ms apart is typing", always(Waits), "0@0 0@30 4@60 2@90 3@120 enter@150", "0@30 0@60 4@90 2@120 3@150 enter@150"},
		{"an enter after the silence is a key", always(Waits), "0@0 0@5 4@10 2@15 3@20 enter@90", "<00423> enter@90"},
		{"a burst with a gap below the silence", always(Waits), "0@0 0@5 4@10 2@15 3@20 1@65 7@70 enter@75", "<0042317>enter"},
		{"two scans", always(Waits), "0@0 0@5 4@10 2@15 3@20 enter@25 1@200 1@205 1@210 1@215 1@220 enter@225", "<00423>enter <11111>enter"},
		{"an arrow in a burst", always(Waits), "0@0 0@5 4@10 2@15 3@20 down@25", "<00423> down@25"},
		{"an answer acts at once", form, "1@0", "1@0"},
		{"B3: a scanner on a form", form, "0@0 0@5 4@10 2@15 3@20 1@25 7@30 enter@35", "0@0 0@5 4@10 2@15 <0042317>enter-4"},
		{"a scanner with letters on a form", form, "0@0 d@5 4@10 2@15 3@20 1@25 enter@35", "0@0 <0d4231>enter-1"},
		{"quick answers of a person", form, "1@0 1@40 1@80 0@120 1@160 1@200", "1@0 1@40 1@80 0@120 1@160 1@200"},
		{"a command waits on a form", form, "1@0 z@100", "1@0 z@130"},
		{"a text field", always(IsText), "s@0 e@5 e@10 n@15 x@20 enter@25", "s@0 e@5 e@10 n@15 x@20 <seenx>enter-5"},
		{"a person in a text field", always(IsText), "s@0 e@50 enter@100", "s@0 e@50 enter@100"},
		// B20: an arrow in parts.
		{"B20: a split arrow", always(Waits), "esc@0 [@60 B@61", "down@61"},
		{"a split arrow in three", always(Waits), "esc@0 [@60 A@149", "up@149"},
		{"a split arrow of the other kind", always(Waits), "esc@0 O@60 D@61", "left@61"},
		{"a split key of the keypad", always(Waits), "esc@0 O@60 q@61", "1@91"},
		{"split page keys", always(IsText), "esc@0 [@60 5@61 ~@62 esc@300 [@360 6@361 ~@362", "pgup@62 pgdown@362"},
		{"a split delete and end", always(IsText), "esc@0 [@60 3@61 ~@62 esc@300 [@360 4@420 ~@440", "delete@62 end@440"},
		{"a split F1, in three ways", always(Waits), "esc@0 O@60 P@61 esc@300 [@360 1@361 1@362 ~@363 esc@600 [@660 [@661 A@662", "f1@61 f1@363 f1@662"},
		{"a split shift+tab", always(Waits), "esc@0 [@60 Z@61", "shift+tab@61"},
		{"a split arrow with ctrl", always(AtOnce), "esc@0 [@60 1@61 ;@62 5@63 A@64", ""},
		{"the split begin of a paste", always(IsText), "esc@0 [@60 2@61 0@61 0@61 ~@62 x@200", "x@200"},
		{"a code that never ends", always(Waits), "esc@0 [@60 5@61 !@70", "esc@70 [@100 5@100 !@100"},
		{"too late for an arrow", always(Waits), "esc@0 [@160 B@161", "esc@150 [@191 b@191"},
		{"esc alone", always(Waits), "esc@0", "esc@150"},
		{"esc and another key", always(Waits), "esc@0 down@40", "esc@40 down@40"},
		{"esc twice", always(Waits), "esc@0 esc@40", "esc@40 esc@190"},
		{"esc and a bracket", always(IsText), "esc@0 [@60 x@70", "esc@70 [@70 x@70"},
	} {
		if got := played(t, c.how, c.script); got != c.result {
			t.Errorf("%s: %s: %s, want %s", c.name, c.script, got, c.result)
		}
	}
}

func TestReaderReportsPastes(t *testing.T) {
	var r Reader
	items, _ := r.Press(keyMsg("n"), noon, func(Key) Manner { return Waits })
	if len(items) != 0 {
		t.Errorf("the key does not wait: %v", items)
	}
	items = r.Paste("0042317\n", noon)
	if len(items) != 2 || items[0].(Key).Name != "n" || items[1].(Burst).Line() != "0042317" || !items[1].(Burst).Paste {
		t.Errorf("%+v", items)
	}
}

func TestKeyNames(t *testing.T) {
	for _, c := range []struct {
		msg  tea.KeyPressMsg
		want Key
	}{
		{tea.KeyPressMsg{Code: 'a', Text: "a"}, Key{Name: "a", Text: "a"}},
		{tea.KeyPressMsg{Code: 'a', Text: "A", Mod: tea.ModCapsLock}, Key{Name: "a", Text: "A"}}, // B16
		{tea.KeyPressMsg{Code: 'a', Text: "A", Mod: tea.ModShift}, Key{Name: "a", Text: "A"}},
		{tea.KeyPressMsg{Code: 'A', Text: "A"}, Key{Name: "a", Text: "A"}},
		{tea.KeyPressMsg{Code: 'S', Mod: tea.ModCtrl | tea.ModShift}, Key{Name: "ctrl+s"}},
		{tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}, Key{Name: "space", Text: " "}},
		{tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}, Key{Name: "shift+tab"}},
		{tea.KeyPressMsg{Code: tea.KeyKp7}, Key{Name: "7", Text: "7", Keypad: true}},
		{tea.KeyPressMsg{Code: tea.KeyKp7, Text: "7"}, Key{Name: "7", Text: "7", Keypad: true}},
		{tea.KeyPressMsg{Code: tea.KeyKpEnter}, Key{Name: "enter", Keypad: true}},
		{tea.KeyPressMsg{Code: tea.KeyKpMultiply}, Key{Name: "*", Text: "*", Keypad: true}},
		{tea.KeyPressMsg{Code: 'é', Text: "É"}, Key{Name: "é", Text: "É"}},
		{tea.KeyPressMsg{Code: 'x', Mod: tea.ModAlt}, Key{Name: "alt+x"}},
		{tea.KeyPressMsg{Code: tea.KeyLeft, Mod: tea.ModCtrl}, Key{Name: "ctrl+left"}},
		{tea.KeyPressMsg{Code: tea.KeyBackspace}, Key{Name: "backspace"}},
	} {
		if got := NewKey(c.msg); got != c.want {
			t.Errorf("%+v is %+v, want %+v", c.msg, got, c.want)
		}
	}
	for c, foreign := range map[rune]bool{'я': true, 'ｎ': true, '１': true, '٣': true, 'ø': false, 'n': false, '1': false, '!': false, 'é': false} {
		if k := NewKey(tea.KeyPressMsg{Code: c, Text: string(c)}); k.Foreign() != foreign {
			t.Errorf("%c is foreign: %v", c, !foreign)
		}
	}
}
