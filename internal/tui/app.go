package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// The smallest terminal that shows every screen whole.
const (
	leastWidth  = 80
	leastHeight = 24
)

// app is the root model.
type app struct {
	ctx  context.Context
	opts Options
	tick func() tea.Cmd // nil in tests: the clock stands still

	store     *store.Store
	leaveDemo func() error
	ward      ward.Ward
	zone      *time.Location
	user      ward.Staff
	site      *ward.Site

	upkeep upkeep
	parked map[string][]screen // what somebody left behind a locked screen, by their name

	now           time.Time // as of the last look at the clock
	touched       time.Time // when a key was last pressed
	width, height int
	method        ansi.Method // how this terminal counts the cells of a character
	theme         theme
	requests      request
	stack         []screen
	alerts        int    // patients who are late for something
	head          head   // the last record that the screens have seen
	said          string // the last thing that the program has to say
	saidBad       bool
}

type clockMsg struct{ now time.Time }

func newApp(ctx context.Context, o Options) *app {
	a := &app{ctx: ctx, opts: o, store: o.Store, parked: make(map[string][]screen), zone: time.UTC, site: &o.Site, now: o.Now(), touched: o.Now(), theme: newTheme(o.Site.Palette != ward.PaletteLight),
		width: leastWidth, height: leastHeight}
	a.stack = []screen{&signIn{}}
	return a
}

// Init implements tea.Model.
func (a *app) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, a.top().open(a), a.nextTick())
}

func (a *app) nextTick() tea.Cmd {
	if a.tick == nil {
		return nil
	}
	return a.tick()
}

func (a *app) top() screen { return a.stack[len(a.stack)-1] }

// push puts a screen on top.
func (a *app) push(s screen) tea.Cmd {
	a.stack = append(a.stack, s)
	return s.open(a)
}

// pop takes the top screen away; the one below is opened again, unless the top
// one was a dialog over it.
func (a *app) pop() tea.Cmd {
	_, over := a.top().(dialog)
	a.stack = a.stack[:len(a.stack)-1]
	if over {
		return nil
	}
	return a.top().open(a)
}

// close takes s away, and whatever has come to lie over it since. A result calls
// it: by then s need not be on top any more.
func (a *app) close(s screen) tea.Cmd {
	for i := range a.stack {
		if a.stack[i] == s {
			a.stack = a.stack[:i+1]
			return a.pop()
		}
	}
	return nil
}

// say shows a line until the next key.
func (a *app) say(text string) { a.said, a.saidBad = text, false }

// fail shows an error until the next key.
func (a *app) fail(err error) { a.said, a.saidBad = words(err), true }

// Update implements tea.Model.
func (a *app) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if msg.Text != "" && typed(msg.Text) != msg.Text {
			return a, nil
		}
		return a, a.press(msg)
	case tea.PasteMsg:
		msg.Content = typed(msg.Content)
		return a, a.top().update(a, msg)
	case tea.WindowSizeMsg:
		a.width, a.height = msg.Width, msg.Height
		return a, nil
	case tea.BackgroundColorMsg:
		if a.site.Palette != ward.PaletteLight && a.site.Palette != ward.PaletteDark {
			a.theme = newTheme(msg.IsDark())
		}
		return a, nil
	case tea.ModeReportMsg: // the terminal counts whole clusters of characters, as the renderer then does
		if msg.Mode == ansi.ModeUnicodeCore && msg.Value != ansi.ModeNotRecognized {
			a.method = ansi.GraphemeWidth
		}
		return a, nil
	case clockMsg:
		a.now = msg.now
		return a, tea.Batch(a.nextTick(), a.idle(), a.dailyCopy(), a.remind(), a.lookForChanges())
	case result[head]:
		return a, a.changed(msg)
	case result[sheets]:
		return a, a.wroteSheets(msg)
	case result[copied]:
		if msg.err != nil {
			a.fail(fmt.Errorf("the copy of the day could not be made: %w", msg.err))
		}
		return a, nil
	case result[noted]:
		a.notNoted(msg.err)
		return a, nil
	case result[kept]: // its form may be gone
		if msg.err != nil {
			a.fail(fmt.Errorf("the draft could not be kept: %w", msg.err))
		}
		return a, nil
	}
	var cmds []tea.Cmd
	for _, s := range a.stack {
		cmds = append(cmds, s.update(a, msg))
	}
	return a, tea.Batch(cmds...)
}

var (
	keyQuit = key.NewBinding(key.WithKeys("ctrl+c"), key.WithHelp("ctrl+c", "quit"))
	keyHelp = key.NewBinding(key.WithKeys("?"), key.WithHelp("?", "all keys"))
	keyBack = key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", "back"))
)

func (a *app) press(msg tea.KeyPressMsg) tea.Cmd {
	a.said, a.touched = "", a.now
	top := a.top()
	switch {
	case key.Matches(msg, keyQuit):
		return tea.Sequence(a.note(ward.AuditEvent{Event: ward.SignedOut}), tea.Quit)
	case key.Matches(msg, keyLock) && a.user.Name != "":
		return a.lock()
	case key.Matches(msg, keyHelp) && !top.typing():
		if _, open := top.(*help); !open {
			return a.push(&help{of: top})
		}
	case a.store.ReadOnly() && !top.typing() && key.Matches(msg, recording(top.keys(a))...):
		a.fail(ward.Conflict("the log is open read-only: nothing can be recorded"))
		return nil
	}
	return top.update(a, msg)
}

// View implements tea.Model.
func (a *app) View() tea.View {
	v := tea.NewView(a.draw())
	v.AltScreen = true
	v.WindowTitle = "neurocheck"
	if a.alerts > 0 && a.site.Bell {
		v.WindowTitle = fmt.Sprintf("(%d due) neurocheck", a.alerts)
	}
	return v
}

func (a *app) draw() string {
	if a.width < leastWidth || a.height < leastHeight {
		return a.finish([]string{
			"neurocheck needs a screen of 80 columns and 24 lines.",
			"Make the window larger; nothing that was typed is lost.",
		})
	}
	base := len(a.stack) - 1
	for base > 0 {
		if _, over := a.stack[base].(dialog); !over {
			break
		}
		base--
	}
	under, top := a.stack[base], a.top()
	w := a.width - 1

	lines := []string{a.topLine(under, a.width)}
	if h, ok := under.(headed); ok {
		lines = append(lines, h.header(a, a.width)...)
	}
	if line := a.opts.SettingsError; line != "" {
		lines = append(lines, a.theme.selected.Render(" "+line+" "))
	}
	lines = append(lines, a.theme.faint.Render(rule(a.width)))
	foot := top.foot(a, w)
	foot = append(foot, a.keyLine(top, w))
	if base < len(a.stack)-1 {
		foot = append(a.overlay(top, w, a.height-len(lines)-len(foot)), foot...)
	} else {
		foot = append([]string{a.theme.faint.Render(rule(a.width))}, foot...)
	}
	foot = foot[max(0, len(foot)-(a.height-len(lines))):]
	room := a.height - len(lines) - len(foot)
	body := under.body(a, w, room)
	lines = append(lines, body[:min(len(body), room)]...)
	for len(lines) < a.height-len(foot) {
		lines = append(lines, "")
	}
	return a.finish(append(lines, foot...))
}

// overlay draws a dialog as the lowest part of the screen under it, in at most room
// lines. A dialog that is too long keeps its first lines, which name the patient, and
// its last ones, which hold the answers.
func (a *app) overlay(d screen, w, room int) []string {
	const first = 3
	lines := append([]string{a.theme.strong.Render(heavyRule(a.width))}, d.body(a, w, room-1)...)
	if len(lines) <= room || room <= first+1 {
		return lines[:min(len(lines), max(room, 0))]
	}
	more := a.theme.faint.Render(fmt.Sprintf("  … %d lines more", len(lines)-room+1))
	return append(append(lines[:first:first], more), lines[len(lines)-(room-first-1):]...)
}

// topLine draws the heading of a screen, with the user and the clock to the right of
// it. If the heading names a patient with a long name, user and clock give way.
func (a *app) topLine(s screen, w int) string {
	mode := ""
	switch {
	case a.store.ReadOnly():
		mode = "READ-ONLY  "
	case a.ward.Synthetic:
		mode = "DEMO  "
	}
	now := a.clock(a.now) + " "
	rights := []string{mode + now, mode, ""}
	if a.user.Name != "" {
		rights = append([]string{mode + a.fit(a.user.Name, 18) + "  " + now}, rights...)
	}
	for _, right := range rights {
		left := " " + s.title(a, w-a.cells(right)-2)
		if a.cells(left)+a.cells(right)+1 <= w || right == "" {
			return a.pad(left, w-a.cells(right)) + right
		}
	}
	return ""
}

func (a *app) keyLine(s screen, w int) string {
	if a.said != "" {
		style := a.theme.good
		if a.saidBad {
			style = a.theme.bad
		}
		return style.Render(a.fit(" "+plain(a.said), w))
	}
	const always = "  ? all keys"
	line := ""
	for _, b := range s.keys(a) {
		h := b.Help()
		if !b.Enabled() || h.Key == "" {
			continue
		}
		next := line + "  " + h.Key + " " + h.Desc
		if a.cells(next+always) > w {
			break
		}
		line = next
	}
	if !s.typing() {
		line += always
	}
	return a.theme.faint.Render(a.fit(strings.TrimPrefix(line, " "), w))
}

// finish is the one place that everything drawn goes through. It counts cells as
// the terminal does, whatever was counted before.
func (a *app) finish(lines []string) string {
	for i, line := range lines {
		lines[i] = a.cut(line, a.width, "")
		for w := a.width - 1; w > 0 && a.method.StringWidth(lines[i]) > a.width; w-- { // marks without a width can hide one
			lines[i] = a.method.Truncate(line, w, "")
		}
	}
	screen := strings.Join(lines, "\n")
	if a.opts.ASCII {
		return toASCII(screen, a.cells)
	}
	return screen
}
