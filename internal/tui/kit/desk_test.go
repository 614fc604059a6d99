package kit

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// A desk is a stack with a clock that only tests move. Timers fire when the clock passes
// them.
type desk struct {
	*Stack
	t      *testing.T
	at     time.Time
	timers []timer
}

type timer struct {
	at  time.Time
	msg tea.Msg
}

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

func newDesk(t *testing.T, c Config, lowest Screen) *desk {
	d := &desk{t: t, at: noon}
	c.Now = func() time.Time { return d.at }
	c.After = func(wait time.Duration, msg tea.Msg) tea.Cmd {
		d.timers = append(d.timers, timer{d.at.Add(wait), msg})
		return nil
	}
	c.Requests = &Requests{Context: t.Context()}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	d.Stack = NewStack(c, lowest)
	d.Init()
	return d
}

// wait moves the clock and fires the timers that are due.
func (d *desk) wait(by time.Duration) {
	end := d.at.Add(by)
	for {
		i := slices.IndexFunc(d.timers, func(t timer) bool { return !t.at.After(end) })
		if i < 0 {
			break
		}
		due := d.timers[i]
		d.timers = slices.Delete(d.timers, i, i+1)
		d.at = due.at
		d.send(due.msg)
	}
	d.at = end
}

// send delivers a message and the results of the commands it leads to.
func (d *desk) send(msg tea.Msg) {
	d.play(d.Update(msg, d.at))
}

func (d *desk) play(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			d.play(c)
		}
	default:
		d.send(msg)
	}
}

// press plays keys as fingers do, a quarter of a second apart.
func (d *desk) press(keys ...string) {
	for _, k := range keys {
		d.send(keyMsg(k))
		d.wait(250 * time.Millisecond)
	}
}

// burst plays keys as a scanner does.
func (d *desk) burst(gap time.Duration, keys ...string) {
	for i, k := range keys {
		if i > 0 {
			d.wait(gap)
		}
		d.send(keyMsg(k))
	}
}

func (d *desk) sees(text string) {
	d.t.Helper()
	if screen := d.screen(); !strings.Contains(screen, text) {
		d.t.Errorf("the screen does not show %q:\n%s", text, screen)
	}
}

func (d *desk) seesNot(text string) {
	d.t.Helper()
	if screen := d.screen(); strings.Contains(screen, text) {
		d.t.Errorf("the screen shows %q:\n%s", text, screen)
	}
}

func (d *desk) screen() string {
	return ansi.Strip(d.View(page(0, 0)))
}

func page(w, h int) Page {
	return Page{Width: w, Height: h, Theme: NewTheme(Options{})}
}

// keyMsg makes the message of a key by its name.
func keyMsg(name string) tea.KeyPressMsg {
	if name == "shift+tab" {
		return tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
	}
	codes := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp,
		"pgdown": tea.KeyPgDown, "backspace": tea.KeyBackspace, "space": tea.KeySpace, "delete": tea.KeyDelete, "f1": tea.KeyF1,
		"kp0": tea.KeyKp0, "kp1": tea.KeyKp1, "kp-": tea.KeyKpMinus, "kp+": tea.KeyKpPlus, "kpenter": tea.KeyKpEnter,
	}
	if code, ok := codes[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if letter, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(letter)[0], Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

func chars(s string) []string { return strings.Split(s, "") }

// A plain is a screen with bindings, a head and a count of what was done.
type plain struct {
	Base
	head  []string
	body  []string
	binds []Binding
	got   []tea.Msg
	inits int
}

func (p *plain) Init(Host) tea.Cmd {
	p.inits++
	return nil
}

func (p *plain) Update(_ Host, msg tea.Msg) tea.Cmd {
	p.got = append(p.got, msg)
	return nil
}

func (p *plain) Head(Page) []string  { return p.head }
func (p *plain) Body(Page) []string  { return p.body }
func (p *plain) Bindings() []Binding { return p.binds }

// count returns a function for a binding that counts its calls.
func count1(n *int) func(Host, Key) tea.Cmd {
	return func(Host, Key) tea.Cmd {
		*n++
		return nil
	}
}
