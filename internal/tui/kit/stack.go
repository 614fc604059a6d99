package kit

import (
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
)

// The times in which keys of a new question are dropped, because they were typed for the
// screen before it.
const (
	afterOpening = 200 * time.Millisecond
	afterUpset   = 500 * time.Millisecond // a resize, an unlock, an error
)

// Config holds the parts of a program that the stack asks for.
type Config struct {
	Now      func() time.Time // the clock of the ward
	Zone     *time.Location
	After    Timer
	Requests *Requests
	May      func(permission string) string // see [Host]; nil allows all
	ReadOnly string                         // the reason why nothing can be recorded; empty if it can
	Open     func(Host, Place) tea.Cmd      // shows the screen that another one asked for
	Globals  func() []Binding               // the keys of every screen: lock, quit, command line
	Status   func() []string                // the end of the first line; the last one gives way first
	Trouble  func() []string                // lines in reverse until the trouble is over
	Support  string                         // the line at the end of the help
	Band     func(text string) string       // the name of the patient with a wristband; empty for another text
}

// Stack is the root's stack of screens. It delivers keys to the screen on top and each
// other message to all, and draws the frame.
type Stack struct {
	Config
	screens []Screen
	parked  map[string]*parked
	reader  Reader

	width, height int
	at            time.Time // the time of the message by the clock of the keys
	said          string
	small         string // said in a window that is too small
	bad           bool
	quiet         hush      // questions drop keys
	quietAll      hush      // every screen drops keys, but a text field
	closed        time.Time // a key closed a dialog; keys that come with it are dropped
	pressed       time.Time // the time of the key that acts now; zero for other messages
}

// hush is a time in which keys are dropped, because they were typed for the screen before,
// and the reason.
type hush struct {
	until time.Time
	why   string
}

func (q *hush) extend(until time.Time, why string) {
	if until.After(q.until) {
		*q = hush{until, why}
	}
}

// parked is the work that lies behind a lock, with the results that came meanwhile.
type parked struct {
	screens []Screen
	mail    []tea.Msg
}

// NewStack returns a stack with its lowest screen. The caller runs Init.
func NewStack(c Config, lowest Screen) *Stack {
	return &Stack{Config: c, screens: []Screen{lowest}, reader: Reader{After: c.After}, parked: map[string]*parked{},
		width: LeastWidth, height: LeastHeight}
}

// Init starts the lowest screen.
func (s *Stack) Init() tea.Cmd { return s.Top().Init(s) }

// Top returns the screen that gets the keys.
func (s *Stack) Top() Screen { return s.screens[len(s.screens)-1] }

// Base returns the screen under the dialogs.
func (s *Stack) Base() Screen { return s.screens[s.base()] }

// Screens returns the screens, the lowest first.
func (s *Stack) Screens() []Screen { return slices.Clone(s.screens) }

func (s *Stack) base() int {
	i := len(s.screens) - 1
	for i > 0 && isDialog(s.screens[i]) {
		i--
	}
	return i
}

func isDialog(screen Screen) bool {
	_, ok := screen.(Dialog)
	return ok
}

// Now implements [Host].
func (s *Stack) Now() time.Time { return s.Config.Now() }

// Zone implements [Host].
func (s *Stack) Zone() *time.Location { return s.Config.Zone }

// Requests implements [Host].
func (s *Stack) Requests() *Requests { return s.Config.Requests }

// May implements [Host].
func (s *Stack) May(permission string) string {
	if permission == "" || s.Config.May == nil {
		return ""
	}
	return s.Config.May(permission)
}

// Say implements [Host].
func (s *Stack) Say(text string) { s.said, s.bad = text, false }

// Fail implements [Host].
func (s *Stack) Fail(text string) {
	s.said, s.bad = text, true
	if s.pressed.IsZero() { // an error that no key asked for upsets the next one
		s.quiet.extend(s.at.Add(afterUpset), "an error had only just come")
	}
}

// SaySmall shows a line in a window that is too small, until it is resized.
func (s *Stack) SaySmall(text string) { s.small = text }

// Push implements [Host].
func (s *Stack) Push(screen Screen) tea.Cmd {
	if !isDialog(screen) && s.pressed.IsZero() { // no key asked for it, and a question keeps the keys
		s.screens = slices.Insert(s.screens, s.base()+1, screen)
		return screen.Init(s)
	}
	s.screens = append(s.screens, screen)
	if isDialog(screen) {
		wait := afterOpening
		if s.bad && s.said != "" {
			wait = afterUpset
		}
		s.quiet.extend(s.at.Add(wait), "the question had only just opened")
	}
	return screen.Init(s)
}

// Close implements [Host].
func (s *Stack) Close(screen Screen) tea.Cmd {
	i := slices.Index(s.screens, screen)
	if i <= 0 {
		return nil
	}
	dialogs := !slices.ContainsFunc(s.screens[i:], func(x Screen) bool { return !isDialog(x) })
	s.screens = slices.Delete(s.screens, i, len(s.screens))
	if !s.pressed.IsZero() && dialogs {
		s.closed = s.pressed
	}
	if dialogs {
		return nil
	}
	return s.Top().Init(s)
}

// Go implements [Host].
func (s *Stack) Go(to Place) tea.Cmd { return s.Open(s, to) }

// Home closes all but the lowest screen.
func (s *Stack) Home() tea.Cmd {
	if len(s.screens) == 1 {
		return nil
	}
	return s.Close(s.screens[1])
}

// Park takes the screens above the lowest away and keeps them under a name, as a lock
// does. Results that come meanwhile wait for them.
func (s *Stack) Park(name string) tea.Cmd {
	s.parked[name] = &parked{screens: slices.Clone(s.screens[1:])}
	s.screens = s.screens[:1:1]
	s.said = "" // it may name a patient
	s.reader.Drop()
	return s.Top().Init(s)
}

// Drop forgets the screens that were kept under a name.
func (s *Stack) Drop(name string) { delete(s.parked, name) }

// Unpark brings the screens back that were kept under a name. It reports false if there
// are none.
func (s *Stack) Unpark(name string) (tea.Cmd, bool) {
	p := s.parked[name]
	if p == nil || len(p.screens) == 0 {
		delete(s.parked, name)
		return nil, false
	}
	delete(s.parked, name)
	s.screens = append(s.screens[:1:1], p.screens...)
	s.quietAll.extend(s.at.Add(afterUpset), "the screen had only just come back")
	s.reader.Drop()
	var cmds []tea.Cmd
	for _, msg := range p.mail {
		cmds = append(cmds, s.all(msg))
	}
	return tea.Batch(append(cmds, s.Top().Init(s))...), true
}

// Update takes a message. at is the time by a clock that never jumps, by which bursts are
// told from typing.
func (s *Stack) Update(msg tea.Msg, at time.Time) tea.Cmd {
	s.at = at
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		items, cmd := s.reader.Press(msg, at, s.manner)
		return tea.Batch(s.deliver(items), cmd)
	case QuietMsg:
		items, cmd := s.reader.Quiet(msg, at, s.manner)
		return tea.Batch(s.deliver(items), cmd)
	case tea.PasteMsg:
		return s.deliver(s.reader.Paste(msg.Content, at))
	case tea.WindowSizeMsg:
		s.resize(msg)
	case interface{ result() }:
		for _, p := range s.parked {
			p.mail = append(p.mail, msg)
		}
	}
	return s.all(msg)
}

func (s *Stack) resize(msg tea.WindowSizeMsg) {
	if msg.Width == s.width && msg.Height == s.height {
		return
	}
	const why = "the window had only just changed"
	if TooSmall(s.width, s.height) {
		s.quietAll.extend(s.at.Add(afterUpset), why)
	}
	s.width, s.height, s.small = msg.Width, msg.Height, ""
	s.quiet.extend(s.at.Add(afterUpset), why)
}

// all delivers a message to each screen. A screen may close others while it updates.
func (s *Stack) all(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, screen := range slices.Clone(s.screens) {
		if slices.Index(s.screens, screen) >= 0 {
			cmds = append(cmds, screen.Update(s, msg))
		}
	}
	return tea.Batch(cmds...)
}

// bindings returns the keys of the screen on top, then those of every screen.
func (s *Stack) bindings() []Binding {
	top := s.Top()
	list := append(slices.Clone(top.Bindings()), s.helpKey(top))
	return append(list, s.globals(top)...)
}

// globals returns the keys of every screen. Over a dialog only those remain that always
// work.
func (s *Stack) globals(top Screen) []Binding {
	if s.Globals == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.Globals()), func(b Binding) bool { return isDialog(top) && !b.Always })
}

func (s *Stack) helpKey(top Screen) Binding {
	b := Bind("? f1", "", "keys, answers and marks that are valid now", func(h Host, _ Key) tea.Cmd {
		var marks []Mark
		if m, ok := s.Base().(Marker); ok {
			marks = m.Marks()
		}
		return h.Push(newHelp(func() []Binding { return append(slices.Clone(top.Bindings()), s.globals(top)...) }, marks, s.Support))
	})
	_, open := top.(*help)
	b.Shown = "? F1"
	return b.If(!open, "the help is open: esc closes it")
}

// manner tells the reader how a character acts now.
func (s *Stack) manner(k Key) Manner {
	if s.Top().Typing() {
		if top, ok := s.Top().(Hesitant); ok && top.Hesitates(k) {
			return Waits
		}
		return IsText
	}
	if b, ok := Find(s.bindings(), k); ok && b.AtOnce && b.Off == "" && s.hushed(s.at) == "" {
		return AtOnce
	}
	return Waits
}

// hushed returns the reason that the screen on top drops a key that was pressed at a time;
// empty if it takes the key.
func (s *Stack) hushed(at time.Time) string {
	switch {
	case s.Top().Typing():
		return ""
	case at.Before(s.quietAll.until):
		return s.quietAll.why
	case isDialog(s.Top()) && at.Before(s.quiet.until):
		return s.quiet.why
	}
	return ""
}

func (s *Stack) deliver(items []any) tea.Cmd {
	var cmds []tea.Cmd
	for _, item := range items {
		switch item := item.(type) {
		case Key:
			s.pressed = item.At
			cmds = append(cmds, s.key(item))
		case Burst:
			s.pressed = s.at
			cmds = append(cmds, s.burst(item))
		}
		s.pressed = time.Time{}
	}
	return tea.Batch(cmds...)
}

func (s *Stack) key(k Key) tea.Cmd {
	b, found := Find(s.bindings(), k)
	if found && b.Always {
		return s.run(b, k)
	}
	if TooSmall(s.width, s.height) {
		return nil
	}
	if together := k.At.Sub(s.closed); !s.closed.IsZero() && together >= 0 && together < burstGap {
		s.closed = k.At
		return nil
	}
	if why := s.hushed(k.At); why != "" {
		s.said, s.bad = "too soon: "+why+"; press "+ShownKey(Plain(k.Name))+" again", true
		return nil
	}
	s.said = ""
	if s.Top().Typing() {
		if mine, cmd := s.Top().Type(s, k); mine {
			return cmd
		}
	}
	if !found {
		s.said, s.bad = Refusal(s.bindings(), k), true
		return nil
	}
	return s.run(b, k)
}

// run does what a binding is for, unless it is off or not allowed.
func (s *Stack) run(b Binding, k Key) tea.Cmd {
	reason := s.May(b.Needs)
	switch {
	case b.Off != "":
		s.said = ShownKey(k.Name) + " does nothing now: " + b.Off
	case reason != "":
		s.said = reason
	case b.Records && s.ReadOnly != "":
		s.said = s.ReadOnly
	case b.Do != nil:
		return b.Do(s, k)
	}
	s.bad = true
	return nil
}

// burst delivers a burst to the screen on top. A question drops it, and so does a window
// that is too small. If the screen neither takes it nor says anything, the stack does.
func (s *Stack) burst(b Burst) tea.Cmd {
	if TooSmall(s.width, s.height) || s.hushed(s.at) != "" {
		return nil
	}
	top := s.Top()
	if isDialog(top) && !top.Typing() {
		NotTaken(s, b)
		return nil
	}
	s.said = ""
	if who := s.band(b); who != "" {
		if u, ok := top.(Untyper); ok && top.Typing() {
			u.Untype(b)
			s.Fail("is this a wristband, " + who + "? Nothing was entered")
			return nil
		}
	}
	cmd := top.Update(s, b)
	if s.said == "" && top == s.Top() && !top.Typing() {
		NotTaken(s, b)
	}
	return cmd
}

func (s *Stack) band(b Burst) string {
	if s.Band == nil {
		return ""
	}
	return s.Band(b.Line())
}

// NotTaken says that the keys of a burst were not taken.
func NotTaken(h Host, b Burst) {
	h.Fail(fmt.Sprintf("%d keys came at once (scan, paste?): not taken", len([]rune(b.Text))))
}
