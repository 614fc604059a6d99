package kit

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func typeAll(t *Text, keys ...string) (refusal string) {
	for _, k := range keys {
		if r, _ := t.Type(NewKey(keyMsg(k))); r != "" {
			refusal = r
		}
	}
	return refusal
}

func TestEditing(t *testing.T) {
	x := NewText("", 0)
	typeAll(x, "h", "e", "l", "o", "left", "l", "end", "!", "home", "X", "delete", "backspace", "H")
	if x.Value() != "Hello!" {
		t.Errorf("%q", x.Value())
	}
	typeAll(x, "end", "left", "ctrl+w")
	if x.Value() != "!" {
		t.Errorf("%q", x.Value())
	}
	typeAll(x, "ctrl+u")
	if x.Value() != "" || !x.Touched() {
		t.Errorf("%q", x.Value())
	}
	if _, mine := x.Type(NewKey(keyMsg("ctrl+v"))); mine { // would paste the server's clipboard
		t.Error("ctrl+v is taken")
	}
	typeAll(x, "e", "\u0301", "left", "delete")
	if x.Value() != "" {
		t.Errorf("a letter and its accent are not one: %q", x.Value())
	}
}

// B13: nothing is shortened without a word.
func TestLimits(t *testing.T) {
	long := strings.Repeat("x", 1075)
	x := NewText(long, 1000)
	if refusal := typeAll(x, "y"); refusal != "not taken: that would be 1,076 characters, and 1,000 are the limit" || x.Value() != long {
		t.Errorf("%q, %d characters", refusal, len(x.Value()))
	}
	x = NewText("note", 10)
	if refusal := x.Insert("1234567"); refusal == "" || x.Value() != "note" {
		t.Errorf("%q %q", refusal, x.Value())
	}
	if refusal := x.Insert("日本語123"); refusal != "" || x.Value() != "note日本語123" {
		t.Errorf("%q %q", refusal, x.Value())
	}
}

func TestPastes(t *testing.T) {
	x := NewText("", 0)
	x.Lines = true
	x.Insert("one\r\ntwo\u200b\x1b\x00\tthree\u202e")
	if x.Value() != "one\ntwo three" {
		t.Errorf("%q", x.Value())
	}
	typeAll(x, "up", "end", "enter", "and")
	if x.Value() != "one\nand\ntwo three" {
		t.Errorf("%q", x.Value())
	}
	if _, mine := x.Type(NewKey(keyMsg("up"))); !mine {
		t.Error("up does not move in the text")
	}
	if _, mine := x.Type(NewKey(keyMsg("up"))); mine {
		t.Error("up on the first line does not leave the text")
	}
	one := NewText("", 0)
	one.Insert("a\nb\n")
	if one.Value() != "a b" {
		t.Errorf("%q", one.Value())
	}
	upper := &Text{Clean: strings.ToUpper}
	upper.Insert("3a")
	if upper.Value() != "3A" {
		t.Errorf("%q", upper.Value())
	}
}

func TestFirstKeyReplaces(t *testing.T) {
	x := NewText("15:23", 5)
	x.Replace = true
	typeAll(x, "1")
	if x.Value() != "1" {
		t.Errorf("%q", x.Value())
	}
	x.Set("15:23")
	typeAll(x, "backspace", "4") // editing is no replacement
	if x.Value() != "15:24" {
		t.Errorf("%q", x.Value())
	}
}

func TestTextViews(t *testing.T) {
	pin := NewText("1234", 0)
	pin.Mask = Hidden
	name := NewText("woj12", 0)
	name.Mask = DotDigits
	if v := pin.View(page(20, 1), true)[0] + name.View(page(20, 1), false)[0]; v != "••••▌woj••" {
		t.Errorf("%q", v)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := page(rapid.IntRange(4, 40).Draw(t, "width"), 5)
		x := NewText(rapid.String().Draw(t, "text"), 0)
		x.Lines = rapid.Bool().Draw(t, "lines")
		for range rapid.IntRange(0, 10).Draw(t, "left") {
			typeAll(x, "left")
		}
		lines := x.View(p, true)
		for _, line := range lines {
			if p.Cells(line) > p.Width {
				t.Fatalf("%q is wider than %d", line, p.Width)
			}
		}
		if !strings.Contains(strings.Join(lines, ""), "▌") {
			t.Fatalf("the cursor is not in view: %q", lines)
		}
		before := utf8.RuneCountInString(x.Value())
		typeAll(x, "right", "backspace")
		if after := utf8.RuneCountInString(x.Value()); before > 0 && after >= before {
			t.Fatalf("%d characters, then %d", before, after)
		}
	})
}
