package kit

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

func TestASCII(t *testing.T) {
	for screen, want := range map[string]string{
		"‼ ⚑ ◌ “ = ½ ≈ ▼ ▲ ×":      `!! ! ? " = % ~ v ^ x`,
		"▌‼ 3B    SØRENSEN, Bjørg": ">!! 3B   SORENSEN, Bjorg",
		" ⚑ 2A    GARCÍA":          " ! 2A    GARCIA",
		"mild → moderate":          "mild -> moderate",
		"ICE 9–10 ↓3   next":       "ICE 9-10 dn3  next",
		"山田, 花子   x":               "****, ****   x",
		"Straße   Ærø   x":         "Strasse  AEro  x",
		"e\u0301":                  "e",
		"───┈┈":                    "---..",
	} {
		if got := ToASCII(screen, Measure{}); got != want {
			t.Errorf("%q is %q, want %q", screen, got, want)
		}
	}
	seen := map[string]rune{}
	for _, mark := range "‼⚑◌“=½≈▼▲×" {
		form := asciiFor[mark]
		if seen[form] != 0 && form != "" {
			t.Errorf("%c and %c are both %q", mark, seen[form], form)
		}
		seen[form] = mark
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("‼⚑◌▌─→ÅłßΩ山é \n\x1b[1m"))).Draw(t, "screen")
		if i := strings.IndexFunc(ToASCII(s, Measure{}), func(r rune) bool { return r >= 0x80 }); i >= 0 {
			t.Fatalf("%q is not ASCII", ToASCII(s, Measure{}))
		}
	})
}

// A sign that takes two cells in ASCII takes none from the end of its line unseen: a gap
// before it gives way, or the line ends in the sign of a cut.
func TestASCIILinesEndInASign(t *testing.T) {
	p := Page{Theme: NewTheme(Options{NoColor: true, ASCII: true}), Width: 24, Height: 1}
	for line, want := range map[string]string{
		"18:33   ‼ grade 3, seve…": "18:33   !! grade 3, sev.",
		"‼ 1A   WAITS 40m, next 9": "!! 1A  WAITS 40m, next 9",
		"1A   ‼ WAITS 40m in 1h05": "1A  !! WAITS 40m in 1h05",
		"‼ grade 3, very confused": "!! grade 3, very confus.",
		"1A   ‼ grade 3, better  ": "1A   !! grade 3, better ",
		"‼ grade 3   confused now": "!! grade 3  confused now",
	} {
		if got := finish(p, []string{line}); got != want {
			t.Errorf("%q is %q, want %q", line, got, want)
		}
	}
}

func TestThemes(t *testing.T) {
	for _, o := range []Options{{}, {Light: true}, {NoColor: true}} {
		th := NewTheme(o)
		for _, l := range []Look{th.Strong, th.Faint, th.Good, th.Bad, th.Selected, th.Struck, th.Urgent, th.Warning, th.Note, th.Late} {
			s := l.Render("text")
			if ansi.Strip(s) != "text" || o.NoColor && (strings.Contains(s, "38;") || strings.Contains(s, "48;")) {
				t.Errorf("%+v: %q", o, s)
			}
		}
		if !strings.Contains(th.Late.Render("LATE"), "7") {
			t.Errorf("LATE is not reverse: %q", th.Late.Render("LATE"))
		}
	}
	if NewTheme(Options{}).Bad == NewTheme(Options{Light: true}).Bad {
		t.Error("a light background has the colours of a dark one")
	}
}

func TestReadEnv(t *testing.T) {
	for env, want := range map[string]Options{
		"LANG=en_GB.UTF-8":              {},
		"LANG=en_GB.UTF-8 NO_COLOR=1":   {NoColor: true},
		"LANG=en_GB.UTF-8 NO_COLOR=":    {},
		"LANG=en_GB.UTF-8 LC_ALL=C":     {ASCII: true},
		"LC_CTYPE=C.utf8 LANG=C":        {},
		"TERM=dumb LANG=pt_PT.UTF-8":    {NoColor: true},
		"LANG=POSIX":                    {ASCII: true},
		"TERM=xterm LC_ALL= LANG=de_DE": {ASCII: true},
	} {
		if got := ReadEnv(strings.Fields(env)); got != want {
			t.Errorf("%s: %+v", env, got)
		}
	}
}

func TestMeasures(t *testing.T) {
	var m Measure
	for _, c := range []struct {
		got, want string
	}{
		{m.Pad("山田", 6), "山田  "}, {m.Fit("山田, 花子", 7), "山田, …"}, {m.Pad("SØRENSEN", 5), "SØRE…"},
		{strings.Join(m.Wrap("one two three", 7), "|"), "one two|three"}, {strings.Join(m.Wrap("0042317004231700423170042317", 10), "|"), "0042317004|2317004231|70042317"},
		{strings.Join(m.Hang("one two three", 9, 2), "|"), "one two|  three"}, {Plain("a\x1b[31mb\u202ec\nd"), "abc d"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.StringOf(rapid.RuneFrom([]rune("abÅé山花\u0301\u0903  ,-‼")))
		s, w := Plain(letters.Draw(t, "s")), rapid.IntRange(2, 30).Draw(t, "w")
		for _, line := range []string{m.Cut(s, w), m.Fit(s, w), m.Pad(s, w)} {
			if n := m.Method.StringWidth(line); n > w {
				t.Fatalf("%q takes %d of %d cells", line, n, w)
			}
		}
		kept := strings.Join(strings.Fields(strings.Join(m.Wrap(s, w), " ")), "")
		if want := strings.Join(strings.Fields(s), ""); kept != want {
			t.Fatalf("wrapping %q to %d keeps %q", s, w, kept)
		}
	})
}
