package kit

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// Screen is one screen of the stack. A screen is a pointer and keeps its own state.
//
// Update gets each message that is no key: results, bursts, sizes. Keys that act are
// bindings. Characters go to Type while Typing reports true.
type Screen interface {
	// Init starts the loads of the screen. The stack calls it when the screen comes to
	// the top, but not when a dialog over it closes.
	Init(Host) tea.Cmd
	Update(Host, tea.Msg) tea.Cmd
	// Head returns the title and the identity of the subject. These lines stay visible
	// under every dialog, and the stack wraps one that is too long instead of cutting it.
	Head(Page) []string
	Body(Page) []string // at most Height lines
	Foot(Page) []string
	Bindings() []Binding
	// Typing reports whether a character is text now and no command.
	Typing() bool
	// Type takes each key while Typing holds, before the bindings do. It reports whether
	// the key was text or edited it; if not, the bindings get it.
	Type(Host, Key) (mine bool, cmd tea.Cmd)
}

// Dialog is a screen over the lower lines of another one. Only its Body and Foot are
// drawn.
type Dialog interface {
	Screen
	Over()
}

// Hesitant is a screen in whose text field some keys are no text if they come alone, such
// as the figure of a choice after a name. Such a key waits for a second one, as on a list.
type Hesitant interface {
	Hesitates(Key) bool
}

// Untyper is a screen with text fields that take no wristband. Untype takes the characters
// of a burst back that were typed into them.
type Untyper interface {
	Untype(Burst)
}

// Liner is a screen that draws its own line of keys, because another text shares it.
type Liner interface {
	KeyLine(Page) string
}

// Marker is a screen that explains the marks it shows; the help lists them.
type Marker interface {
	Marks() []Mark
}

// Mark is a sign and its meaning.
type Mark struct{ Sign, Means string }

// Host is the part of the stack that a screen may use while it updates. Its methods take
// effect at once, so that the next key already meets the new screen.
type Host interface {
	Now() time.Time // the time of the message, in the ward's eyes
	Zone() *time.Location
	// Push puts a screen on top. One that no key asked for, because a result opens it,
	// comes under a question that is open.
	Push(Screen) tea.Cmd
	// Close removes a screen with all that lies over it. A result may call it for a
	// screen that is not on top any more, or is gone.
	Close(Screen) tea.Cmd
	// Go asks the root, which alone knows all screens, for another one.
	Go(Place) tea.Cmd
	Say(string)  // one line, until the next key
	Fail(string) // the same, as an error
	Requests() *Requests
	// May returns the reason why the person at the keyboard lacks a permission, and who
	// has it; empty if they may.
	May(permission string) string
}

// Place is a screen by its name and the subject it is about, both in the caller's words.
type Place struct {
	Screen  string
	Subject string
	Detail  string // what it begins with, such as a version or a search
}

// Base has the methods that many screens leave empty. Screens embed it.
type Base struct{}

func (Base) Init(Host) tea.Cmd              { return nil }
func (Base) Update(Host, tea.Msg) tea.Cmd   { return nil }
func (Base) Head(Page) []string             { return nil }
func (Base) Body(Page) []string             { return nil }
func (Base) Foot(Page) []string             { return nil }
func (Base) Bindings() []Binding            { return nil }
func (Base) Typing() bool                   { return false }
func (Base) Type(Host, Key) (bool, tea.Cmd) { return false, nil }
