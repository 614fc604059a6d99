package kit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

var ada = []string{" PATIENT  OKAFOR, Ada", " born 14 Mar 1961   MRN 0042317   bed 1A"}

func TestKeysBecomeBindings(t *testing.T) {
	n, saved, closed := 0, 0, 0
	screen := &plain{head: ada, binds: []Binding{
		Bind("n", "new check", "record a check", count1(&n)),
		Bind("s", "save", "save it", count1(&saved)).Recording("record"),
		Bind("x", "close", "close the follow-up", count1(&closed)).Recording("close"),
		Bind("d", "discharge", "discharge", nil).If(false, "nothing is chosen"),
		{Keys: []string{"0"}, Answer: true}, {Keys: []string{"1"}, Answer: true},
		{Keys: []string{"2"}, Answer: true}, {Keys: []string{"3"}, Answer: true},
	}}
	d := newDesk(t, Config{May: func(p string) string {
		if p == "close" {
			return "only a clinician may close a follow-up: Dr Nair, Dr Adeyemi"
		}
		return ""
	}}, screen)
	d.press("n", "N")
	if n != 2 {
		t.Errorf("n acted %d times", n)
	}
	d.press("k")
	d.sees("k does nothing here; answers: 0 to 3")
	d.press("d")
	d.sees("d does nothing now: nothing is chosen")
	d.press("x")
	d.sees("only a clinician may close")
	d.press("я")
	d.sees("switch to Latin letters")
	d.press("s")
	d.ReadOnly = "READ-ONLY: this copy cannot record"
	d.press("s")
	d.sees("READ-ONLY: this copy cannot record")
	if saved != 1 || closed != 0 {
		t.Errorf("saved %d, closed %d", saved, closed)
	}
	d.press("n")
	d.sees("n new check  s save  x close")
	d.seesNot("discharge")
}

// B4 and under 80×24: nothing acts that cannot be seen.
func TestSmallWindow(t *testing.T) {
	n, quit := 0, 0
	globals := func() []Binding {
		b := Bind("ctrl+c", "", "quit", count1(&quit))
		b.Always = true
		return []Binding{b}
	}
	d := newDesk(t, Config{Globals: globals}, &plain{binds: []Binding{Bind("n ctrl+s y", "", "", count1(&n))}})
	d.send(tea.WindowSizeMsg{Width: 60, Height: 20})
	d.press("n", "n", "n", "ctrl+s", "y")
	d.burst(time.Millisecond, chars("nnnnnn")...)
	d.wait(time.Second)
	d.press("ctrl+c")
	if n != 0 || quit != 1 {
		t.Errorf("n %d, quit %d", n, quit)
	}
	d.sees("Make the window larger: it is 60×20, 80×24 is needed. Keys")
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	d.wait(100 * time.Millisecond)
	d.press("n") // typed for the small window
	d.sees("too soon: the window had only just changed; press n again")
	d.wait(500 * time.Millisecond)
	d.press("n")
	if n != 1 {
		t.Errorf("n acted %d times", n)
	}
}

func TestQuestionsDropKeysOfTheScreenBefore(t *testing.T) {
	asked, yes, under := 0, 0, 0
	screen := &plain{head: ada, binds: []Binding{
		Bind("1 y", "", "", count1(&under)),
		Bind("d", "discharge", "discharge", func(h Host, _ Key) tea.Cmd {
			asked++
			return h.Push(Confirm(ada, []string{"Discharge?"}, "discharge", "back", func(Host) tea.Cmd {
				yes++
				return nil
			}))
		}),
	}}
	d := newDesk(t, Config{}, screen)
	d.send(keyMsg("d"))
	d.wait(31 * time.Millisecond)
	d.send(keyMsg("y")) // within 200 ms
	d.wait(250 * time.Millisecond)
	if asked != 1 || yes != 0 {
		t.Fatalf("asked %d, yes %d", asked, yes)
	}
	d.sees("too soon: the question had only just opened; press y again")
	d.sees("OKAFOR, Ada")
	d.sees("MRN 0042317")
	d.sees("1 y discharge    0 n back")
	d.send(tea.WindowSizeMsg{Width: 100, Height: 30})
	d.wait(300 * time.Millisecond)
	d.press("y") // within 500 ms of a resize
	d.sees("too soon: the window had only just changed; press y again")
	d.wait(300 * time.Millisecond)
	d.burst(5*time.Millisecond, chars("111111")...)
	d.wait(time.Second)
	d.sees("6 keys came at once (scan, paste?): not taken")
	d.send(tea.PasteMsg{Content: "y"})
	if yes != 0 {
		t.Fatalf("yes %d", yes)
	}
	d.burst(10*time.Millisecond, "y", "1") // the second came with the key that closed it
	d.wait(time.Second)
	if yes != 1 || under != 0 {
		t.Errorf("yes %d, under %d", yes, under)
	}
	d.press("1")
	if under != 1 {
		t.Errorf("under %d", under)
	}
	d.press("d", "esc")
	d.wait(time.Second)
	if yes != 1 || len(d.screens) != 1 {
		t.Errorf("esc answered: yes %d, %d screens", yes, len(d.screens))
	}
}

func TestBurstsReachTheScreen(t *testing.T) {
	screen := &plain{}
	d := newDesk(t, Config{}, screen)
	d.burst(5*time.Millisecond, append(chars("0042317"), "enter")...)
	d.wait(time.Second)
	if b, ok := screen.got[len(screen.got)-1].(Burst); !ok || b.Text != "0042317" || b.End != "enter" {
		t.Errorf("%+v", screen.got)
	}
	d.sees("7 keys came at once") // the screen said nothing
}

func TestDialogsLeaveTheIdentity(t *testing.T) {
	under := &plain{head: ada, body: strings.Split(strings.Repeat("line\n", 20), "\n")}
	d := newDesk(t, Config{
		Status:  func() []string { return []string{"Maria Santos", "15:45"} },
		Trouble: func() []string { return []string{"DISK FULL: NOT SAVED. Your answers are kept here"} },
	}, under)
	text := strings.Split(strings.Repeat("a reason\n", 40), "\n")
	d.play(d.Push(Confirm(ada, text, "save", "back", nil)))
	for _, want := range []string{"OKAFOR, Ada", "Maria Santos  15:45", "MRN 0042317", "DISK FULL", "1 y save    0 n back", "more lines"} {
		d.sees(want)
	}
	if n := strings.Count(d.screen(), "\n") + 1; n != 24 {
		t.Errorf("%d lines", n)
	}
	under.head = []string{" PATIENT  " + strings.Repeat("Long Name ", 9), ada[1]}
	d.sees("MRN 0042317")
	if n := strings.Count(strings.ReplaceAll(d.screen(), "\n", " "), "Long"); n != 9 {
		t.Errorf("%d of 9 names are seen:\n%s", n, d.screen())
	}
}

func TestStaleResultsAreDropped(t *testing.T) {
	r := &Requests{Context: t.Context()}
	var p Pending
	load := func(v int) func(context.Context) (int, error) {
		return func(context.Context) (int, error) { return v, nil }
	}
	first := Ask(r, &p, "ada", load(1))().(Result[int])
	second := Ask(r, &p, "ada", load(2))().(Result[int])
	other := second
	other.Subject = "ida"
	if Take(&p, first) || Take(&p, other) || !Take(&p, second) || Take(&p, second) {
		t.Error("a stale result is taken")
	}
	failed := Ask(r, &p, "ada", func(context.Context) (int, error) { panic("OKAFOR, Ada") })().(Result[int])
	if _, ok := errors.AsType[*Panic](failed.Err); !ok || strings.Contains(failed.Err.Error(), "OKAFOR") || !strings.Contains(failed.Err.Error(), "stack_test.go:") {
		t.Errorf("a panic is %v", failed.Err)
	}
	if !Take(&p, failed) || p.Waiting() {
		t.Error("the result of a panic is dropped")
	}
}

func TestClosingAScreenThatIsGone(t *testing.T) {
	low, mid := &plain{}, &plain{}
	d := newDesk(t, Config{}, low)
	d.Push(mid)
	q := Confirm(nil, nil, "y", "n", nil)
	d.Push(q)
	d.Close(mid) // a result came while a dialog was over it
	if len(d.screens) != 1 || low.inits != 2 {
		t.Errorf("%d screens, %d inits", len(d.screens), low.inits)
	}
	d.Close(mid)
	d.Close(low)
	if len(d.screens) != 1 {
		t.Errorf("%d screens", len(d.screens))
	}
	d.Push(q)
	d.Close(q)
	if low.inits != 2 {
		t.Error("a dialog that closes loads the screen under it again")
	}
}

// A screen that a result opens comes under a question, which keeps the keys: they were
// typed for it.
func TestAScreenOfAResultComesUnderAQuestion(t *testing.T) {
	next, quits, inNext := &plain{}, 0, 0
	next.binds = []Binding{Bind("1", "", "", count1(&inNext))}
	d := newDesk(t, Config{Globals: func() []Binding {
		b := Bind("ctrl+c", "", "", func(h Host, _ Key) tea.Cmd {
			return h.Push(Confirm(nil, []string{"Quit?"}, "quit", "stay", func(Host) tea.Cmd {
				quits++
				return nil
			}))
		})
		b.Always = true
		return []Binding{b}
	}}, &plain{})
	d.send(keyMsg("ctrl+c"))
	d.play(d.Push(next))
	d.sees("Quit?")
	d.wait(time.Second)
	d.press("1")
	d.wait(time.Second)
	if quits != 1 || inNext != 0 {
		t.Errorf("%d keys reached the question, %d the screen under it", quits, inNext)
	}
	if d.Top() != next || next.inits != 1 {
		t.Errorf("the screen under it was made ready %d times, and %T is on top", next.inits, d.Top())
	}
}

func TestParkedWorkGetsItsResults(t *testing.T) {
	door, form := &plain{}, &plain{}
	d := newDesk(t, Config{}, door)
	d.Push(form)
	d.Park("maria")
	var p Pending
	d.send(Ask(d.Requests(), &p, "ada", func(context.Context) (int, error) { return 1, nil })())
	d.send(tea.FocusMsg{})
	if len(form.got) != 0 || d.parked["maria"] == nil {
		t.Errorf("a locked screen got %v", form.got)
	}
	if _, ok := d.Unpark("tomasz"); ok {
		t.Error("another name unlocks")
	}
	if _, ok := d.Unpark("maria"); !ok || d.Top() != form || len(form.got) != 1 {
		t.Errorf("got %v", form.got)
	}
}

func TestHelpIsMadeFromBindings(t *testing.T) {
	n := 0
	screen := &plain{head: ada, binds: []Binding{
		Bind("n", "new check", "record a check", count1(&n)),
		Bind("d", "", "discharge", nil).If(false, "nothing is chosen"),
		Bind("g", "", "the form of the patient due first", nil),
	}}
	d := newDesk(t, Config{Support: "Support: 4711"}, screen)
	d.press("?")
	for _, want := range []string{"record a check", "discharge (not now: nothing is chosen)", "Support: 4711", "OKAFOR, Ada"} {
		d.sees(want)
	}
	d.press("n") // searches
	d.sees("record a check")
	d.press("e", "w")
	if d.seesNot("record a check"); n != 0 {
		t.Error("typing in the help acts")
	}
	d.press("backspace", "backspace", "backspace", "d", "u", "e")
	d.sees("due first")
	d.press("esc")
	d.wait(time.Second)
	d.seesNot("due first")
	d.press("f1")
	d.sees("KEYS")
	d.press("f1")
	d.seesNot("KEYS")
}

// root runs a stack as a program does.
type root struct {
	*Stack
}

func (r root) Init() tea.Cmd { return r.Stack.Init() }

func (r root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	return r, r.Stack.Update(msg, time.Now())
}

func (r root) View() tea.View { return tea.NewView(r.Stack.View(page(80, 24))) }

// The codes of a keypad and of arrows in parts, as a terminal sends them.
func TestRealKeys(t *testing.T) {
	var got []string
	names := "0 1 2 3 4 5 6 7 8 9 - + * enter up down left right"
	screen := &plain{binds: []Binding{Bind(names, "", "", func(_ Host, k Key) tea.Cmd {
		got = append(got, k.Name)
		return nil
	}), Bind("q", "", "", func(Host, Key) tea.Cmd { return tea.Quit })}}
	s := NewStack(Config{Now: time.Now, Zone: time.UTC, After: Tick}, screen)
	in, out := io.Pipe()
	go func() {
		for _, part := range []string{"\x1bOq", "\x1bOy", "\x1bOm", "\x1bOk", "\x1bOj", "\x1bOM", "\x1b", "[B", "\x1b", "OA", "q"} {
			_, _ = out.Write([]byte(part))
			time.Sleep(70 * time.Millisecond)
		}
	}()
	_, err := tea.NewProgram(root{Stack: s}, tea.WithInput(in), tea.WithOutput(&bytes.Buffer{}),
		tea.WithWindowSize(80, 24), tea.WithContext(t.Context())).Run()
	if want := "1 9 - + * enter down up"; err != nil || strings.Join(got, " ") != want {
		t.Errorf("%v, %v, want %s", got, err, want)
	}
}
