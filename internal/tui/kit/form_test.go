package kit

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/reading"
)

// A sheet is a screen with a form.
type sheet struct {
	plain
	Form
	saved int
	taken string
	wide  []FormColumn
}

func yesNo(id, group string, column int) Line {
	return Line{ID: id, Label: strings.ToUpper(id[:1]) + id[1:], Group: group, Column: column, Skippable: true, Answers: []Answer{
		{"yes", []string{"1", "y"}, "yes"}, {"no", []string{"0", "n"}, "no"},
	}}
}

func newSheet(lines ...Line) *sheet {
	s := &sheet{}
	s.head = ada
	s.Last = func(Host, Key) tea.Cmd {
		s.saved++
		return nil
	}
	s.SetLines(lines)
	return s
}

func (s *sheet) Typing() bool { return s.Form.Typing() }

func (s *sheet) Type(h Host, k Key) (bool, tea.Cmd) { return s.Form.Type(h, k), nil }

func (s *sheet) Update(h Host, msg tea.Msg) tea.Cmd {
	if b, ok := msg.(Burst); ok && s.Paste(h, b) {
		s.taken = b.Text
	}
	return nil
}

func (s *sheet) Bindings() []Binding {
	rest := Bind("z *", "rest none", "set the rest to none", func(h Host, k Key) tea.Cmd {
		n := s.Fill("rest none", k.Serial, func(l Line) (string, bool) { return "no", l.ID == "speech" })
		h.Say(fmt.Sprintf("%d set to none", n))
		return nil
	})
	return append(s.Form.Bindings(), rest)
}

func (s *sheet) Body(p Page) []string {
	columns := []FormColumn{{Label: 16, Value: 11, Before: 11}, {Label: 16, Value: 11, Before: 10}}
	if s.wide != nil {
		columns = s.wide
	}
	return s.View(p, columns, func(p Page, g string) string { return p.Strong.Render(g) })
}

func check() *sheet {
	return newSheet(yesNo("year", "ICE", 0), yesNo("month", "ICE", 0), yesNo("city", "ICE", 0), yesNo("hospital", "ICE", 0),
		yesNo("names", "ICE", 0), yesNo("command", "ICE", 0), yesNo("confusion", "SEEN", 1), yesNo("memory", "SEEN", 1),
		yesNo("speech", "SEEN", 1), yesNo("tremor", "OTHER", 1))
}

func TestAnswersWalkAndUndo(t *testing.T) {
	s := check()
	d := newDesk(t, Config{}, s)
	d.press("1", "n", "y", "-")
	if s.Value("year") != "yes" || s.Value("month") != "no" || s.Value("city") != "yes" || s.Value("hospital") != NotAssessed || s.at != "names" {
		t.Fatalf("%v at %s", s.Values(), s.at)
	}
	d.sees("Hospital        –")
	d.sees("▌ Names")
	d.press("backspace")
	d.sees("undone: Hospital")
	if s.Value("hospital") != "" || s.at != "hospital" {
		t.Errorf("%v at %s", s.Values(), s.at)
	}
	d.press("7")
	d.sees("7 does nothing here; answers: 0, 1, n, y")
	d.press("ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z")
	d.sees("there is nothing to undo")
	if len(s.Value("year")+s.Value("month")) != 0 || s.at != "year" {
		t.Errorf("%v at %s", s.Values(), s.at)
	}
}

// B6: the rest is set only from here on, up to a line that needs a look, in one step.
func TestFillIsOneStep(t *testing.T) {
	s := check()
	d := newDesk(t, Config{}, s)
	d.press("tab", "z")
	d.sees("2 set to none")
	if s.Value("confusion") != "no" || s.Value("memory") != "no" || s.Value("speech") != "" || s.Value("year") != "" || s.at != "speech" {
		t.Errorf("%v at %s", s.Values(), s.at)
	}
	d.press("backspace")
	if s.Value("confusion")+s.Value("memory") != "" || s.at != "confusion" {
		t.Errorf("%v at %s", s.Values(), s.at)
	}
}

// A15: a step restores the state that the caller keeps elsewhere.
func TestStepsRestoreTheCallersState(t *testing.T) {
	s := check()
	s.Set("year", "yes", 1)
	awake := true
	s.Step("unable", 2, func() { awake = true }, func() {
		awake = false
		s.Set("year", "", 2)
	})
	if s.Undo(); !awake || s.Value("year") != "yes" {
		t.Errorf("awake %v, %v", awake, s.Values())
	}
}

// B3: a wristband is scanned on a form.
func TestABurstGivesNoAnswers(t *testing.T) {
	s := check()
	d := newDesk(t, Config{}, s)
	d.press("1")
	d.burst(5*time.Millisecond, append(chars("0011011"), "enter")...)
	d.wait(time.Second)
	d.sees("7 keys came at once (scan, paste?): not taken")
	if s.Value("year") != "yes" || s.Value("month")+s.Value("city") != "" || s.at != "month" {
		t.Errorf("%v at %s", s.Values(), s.at)
	}
	d.send(tea.PasteMsg{Content: "1111"})
	if s.Value("month") != "" {
		t.Errorf("%v", s.Values())
	}
	d.press("backspace")
	if s.Value("year") != "" {
		t.Error("the answers before the burst cannot be undone")
	}
}

func TestMovesInAForm(t *testing.T) {
	s := check()
	d := newDesk(t, Config{}, s)
	for _, c := range []struct{ key, at string }{
		{"down", "month"}, {"kp+", "year"}, {"right", "confusion"}, {"down", "memory"}, {"left", "month"}, {"end", "tremor"},
		{"tab", "year"}, {"shift+tab", "tremor"}, {"home", "year"}, {"kp1", "month"}, {"kp-", "city"}, {"up", "month"},
	} {
		if d.press(c.key); s.at != c.at {
			t.Errorf("%s leads to %s, not %s", c.key, s.at, c.at)
		}
	}
	d.press("/", "s", "p")
	if s.at != "speech" {
		t.Errorf("/sp leads to %s", s.at)
	}
	d.press("enter", "end", "kpenter")
	if s.saved != 1 {
		t.Error("enter on the last line does not save")
	}
}

func TestFormsKeepValuesWhenLinesChange(t *testing.T) {
	s := check()
	s.Set("city", "yes", 1)
	s.GoTo("city")
	s.SetLines([]Line{yesNo("city", "X", 0), yesNo("eye contact", "X", 0)})
	if s.Value("city") != "yes" || s.at != "city" {
		t.Errorf("%v at %s", s.Values(), s.at)
	}
	s.SetLines([]Line{yesNo("eye contact", "X", 0)})
	if s.at != "eye contact" {
		t.Errorf("at %s", s.at)
	}
}

// A form of texts: the patient's details.
func TestEditorsInAForm(t *testing.T) {
	now := time.Date(2026, 11, 29, 15, 23, 0, 0, time.UTC)
	when := NewField(20, func(s string) reading.Reading[time.Time] { return reading.Time(s, now, time.UTC) }).
		Start(now.Add(7*time.Second), "15:23", "today 15:23, now")
	name := NewText("", 10)
	s := newSheet(
		Line{ID: "name", Label: "Name", Editor: Plainly(name, func(v string) string {
			if v == "" {
				return "a name is needed"
			}
			return ""
		})},
		Line{ID: "time", Label: "Time", Editor: when}, yesNo("tool", "", 0))
	s.wide = []FormColumn{{Label: 16, Value: 60}}
	d := newDesk(t, Config{}, s)
	d.press("enter")
	d.sees("a name is needed")
	d.press("B", "e", "r", "g", "?", "enter")
	if name.Value() != "Berg?" || s.at != "time" {
		t.Fatalf("%q at %s", name.Value(), s.at)
	}
	d.press("enter")
	if v, ok := when.Get(); !ok || !v.Equal(now.Add(7*time.Second)) || s.at != "tool" { // B7: untouched to the second
		t.Fatalf("%v %v at %s", v, ok, s.at)
	}
	d.press("up")
	d.press(chars("1535")...) // B8
	d.sees("1535▌")
	d.press("enter")
	d.sees("in the future, the clock says 15:23. Yesterday?")
	d.sees("1 yes, yesterday 15:35")
	if _, ok := when.Get(); ok || s.at != "time" {
		t.Error("a time ahead is taken")
	}
	d.press("0", "ctrl+u")
	d.press(chars("25:10 dex")...) // B9
	d.press("enter")
	d.sees("is no time")
	d.press("ctrl+u")
	d.press(chars("1535")...)
	d.press("enter", "1")
	if v, _ := when.Get(); !v.Equal(time.Date(2026, 11, 28, 15, 35, 0, 0, time.UTC)) || s.at != "tool" {
		t.Errorf("%v at %s", v, s.at)
	}
	d.sees("yesterday 15:35, 23 h 48 min ago")
	d.press("up", "up")
	d.send(tea.PasteMsg{Content: "a long name"})
	d.sees("not taken: that would be 16 characters, and 10 are the limit")
	if name.Value() != "Berg?" {
		t.Errorf("%q", name.Value())
	}
}

// A burst that repeats answers leaves the selected line as it was.
func TestBurstTakesBackRepeatedAnswers(t *testing.T) {
	f := &Form{}
	f.SetLines([]Line{{ID: "a", Answers: []Answer{{"0", []string{"0"}, "no"}}}, {ID: "b"}})
	f.Load(map[string]string{"a": "0"})
	f.answers(f.lines[0])[0].Do(nil, Key{Name: "0", Serial: 7})
	if f.at != "b" {
		t.Fatalf("at %s", f.at)
	}
	if n := f.TakeBack(Burst{Since: 7}); n != 1 || f.at != "a" || f.values["a"] != "0" {
		t.Errorf("%d taken back, at %s, value %q", n, f.at, f.values["a"])
	}
}

// A column draws its questions in full if all its lines stay in view so, else each in one
// row as long as rows are free.
func TestQuestionsNextToTheLines(t *testing.T) {
	f := &Form{}
	f.SetLines([]Line{
		{ID: "a", Label: "Year", Before: []string{"yes", "no", "yes"}, Ask: "What year is it?"},
		{ID: "b", Label: "Counts", Ask: "Count backwards from 100", Words: "0 no\n1 yes"},
		{ID: "c", Label: "Alert", Words: "0 no\n1 yes"},
	})
	p := Page{Width: 80, Theme: NewTheme(Options{NoColor: true})}
	view := func(height int, c FormColumn) string {
		lines := f.View(p.With(height), []FormColumn{c}, func(Page, string) string { return "" })
		for i := range lines {
			lines[i] = strings.TrimRight(ansi.Strip(lines[i]), " ")
		}
		return strings.Join(lines, "|")
	}
	next := FormColumn{Label: 8, Value: 4, Before: 4, Earlier: 2, Ask: 18}
	below, words := next, next
	below.Below, below.Ask, words.Words = true, 3, true
	for _, c := range []struct {
		height int
		column FormColumn
		want   string
	}{
		{4, next, "▌ Year        yes no  What year is it?|  Counts              Count backwards|                      from 100|  Alert"},
		{3, next, "▌ Year        yes no  What year is it?|  Counts              Count backwards …|  Alert"},
		{5, words, "▌ Year        yes no  What year is it?|  Counts              Count backwards|                      from 100|  Alert               0 no|                      1 yes"},
		{3, words, "▌ Year        yes no  What year is it?|  Counts              Count backwards …|  Alert               0 no  1 yes"},
		{6, below, "▌ Year        yes no|    What year is it?|  Counts|    Count backwards from|    100|  Alert"},
		{5, below, "▌ Year        yes no|    What year is it?|  Counts|    Count backwards fro…|  Alert"},
		{4, below, "▌ Year        yes no|    What year is it?|  Counts|  Alert"},
		{3, below, "▌ Year        yes no|  Counts|  Alert"},
		{3, FormColumn{Label: 8, Value: 4, Before: 4}, "▌ Year        yes|  Counts|  Alert"},
	} {
		if got := view(c.height, c.column); got != c.want {
			t.Errorf("%d rows of %+v:\n got %s\nwant %s", c.height, c.column, got, c.want)
		}
	}
}
