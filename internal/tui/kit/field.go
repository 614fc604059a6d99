package kit

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/reading"
)

// Editor is a line that is typed, as forms and questions hold it: a [Text] by way of
// [Plainly], or a [Field] that reads the text as a value.
type Editor interface {
	Type(Key) (refusal string, mine bool)
	Insert(text string) (refusal string)
	View(p Page, focused bool) []string
	Value() string
	Touched() bool
	// Leave reads the text when the line is left. It reports false if the line asks or
	// refuses, so that the form stays there.
	Leave() bool
	// Note returns the reading in words, the question or the reason of a refusal.
	Note() (text string, bad bool)
	// Bindings returns the answers while the line asks; then a character is no text.
	Bindings() []Binding
	// Settled reports whether an answer has led to a value, so that the form goes on.
	Settled() bool
}

// snapshot returns a function that restores an editor as it is now.
func snapshot(e Editor) (restore func()) {
	if e, ok := e.(interface{ snapshot() func() }); ok {
		return e.snapshot()
	}
	return func() {}
}

// TypedRuns holds the state of editors before characters that came close together, so that
// those of a burst can be taken back.
type TypedRuns struct {
	list []typedRun
	last time.Time // of the last character; zero after another key
}

type typedRun struct {
	editor  Editor
	serial  uint64
	restore func()
}

// Before is called before an editor takes a key.
func (r *TypedRuns) Before(e Editor, k Key) {
	if !k.Typed() {
		r.last = time.Time{}
		return
	}
	const most = 4
	last := len(r.list) - 1
	if gap := k.At.Sub(r.last); last < 0 || r.list[last].editor != e || r.last.IsZero() || gap < 0 || gap >= burstGap {
		r.list = append(r.list[max(0, last+2-most):], typedRun{e, k.Serial, snapshot(e)})
	}
	r.last = k.At
}

// TakeBack restores the editors as they were before a burst. It reports whether there was
// something to restore.
func (r *TypedRuns) TakeBack(b Burst) (any bool) {
	for n := len(r.list) - 1; n >= 0 && r.list[n].serial >= b.Since; n-- {
		r.list[n].restore()
		r.list, any = r.list[:n], true
	}
	r.last = time.Time{}
	return any
}

// answering returns the bindings of an editor that asks. An answer that settles it goes
// on to the next line.
func answering(e Editor, next func()) []Binding {
	list := e.Bindings()
	for i, b := range list {
		list[i].Do = func(h Host, k Key) tea.Cmd {
			cmd := b.Do(h, k)
			if e.Settled() {
				next()
			}
			return cmd
		}
	}
	return list
}

// Plainly makes an editor of a text that is not read as anything else. check returns the
// reason why a text is refused; nil takes any.
func Plainly(t *Text, check func(string) string) Editor { return &plainEditor{Text: t, check: check} }

type plainEditor struct {
	*Text
	check func(string) string
	wrong string
}

func (e *plainEditor) Leave() bool {
	e.wrong = ""
	if e.check != nil {
		e.wrong = e.check(e.Value())
	}
	return e.wrong == ""
}

func (e *plainEditor) snapshot() func() {
	editor, text := *e, *e.Text
	return func() { *e, *e.Text = editor, text }
}

func (e *plainEditor) Type(k Key) (string, bool) {
	e.wrong = ""
	return e.Text.Type(k)
}

func (e *plainEditor) Note() (string, bool) { return e.wrong, e.wrong != "" }
func (e *plainEditor) Bindings() []Binding  { return nil }
func (e *plainEditor) Settled() bool        { return e.wrong == "" }

// Field is a text that is read as a value: a time, a date, a length. Untouched it keeps
// the value that it began with, to the second, whatever the text shows.
type Field[T any] struct {
	*Text
	Read func(string) reading.Reading[T]
	// Say returns the words of the value as they are now, in place of those of its reading:
	// an hour later a time is not "now" any more. Nil if the words stay true.
	Say func(T) string

	value   T
	words   string
	given   bool // there is a value
	reading reading.Reading[T]
	asking  bool
}

// NewField returns a field without a value.
func NewField[T any](limit int, read func(string) reading.Reading[T]) *Field[T] {
	f := &Field[T]{Text: NewText("", limit), Read: read}
	f.Replace = true
	return f
}

// Start shows a value that the field keeps until a key replaces it.
func (f *Field[T]) Start(value T, shown, words string) *Field[T] {
	f.Set(shown)
	f.value, f.words, f.given = value, words, true
	f.reading, f.asking = reading.Reading[T]{}, false
	return f
}

// Get returns the value, and whether there is one. It is the value of the last reading
// that was taken, not of a text still being typed.
func (f *Field[T]) Get() (T, bool) { return f.value, f.given }

// Settled implements [Editor].
func (f *Field[T]) Settled() bool { return f.given }

// Type takes a key and forgets the reading of the text before it.
func (f *Field[T]) Type(k Key) (string, bool) {
	before := f.Value()
	refusal, mine := f.Text.Type(k)
	f.changed(before)
	return refusal, mine
}

// Insert puts text at the cursor, as [Text.Insert] does.
func (f *Field[T]) Insert(text string) string {
	before := f.Value()
	refusal := f.Text.Insert(text)
	f.changed(before)
	return refusal
}

func (f *Field[T]) snapshot() func() {
	field, text := *f, *f.Text
	return func() { *f, *f.Text = field, text }
}

func (f *Field[T]) changed(before string) {
	if f.Value() != before {
		var none T
		f.value, f.given, f.words = none, false, ""
		f.reading, f.asking = reading.Reading[T]{}, false
	}
}

// Leave reads the text, unless it was not touched or has been read already.
func (f *Field[T]) Leave() bool {
	if f.given {
		return true
	}
	f.reading = f.Read(f.Value())
	f.asking = f.reading.Question != ""
	if f.reading.OK() {
		f.value, f.words, f.given = f.reading.Value, f.reading.Words, true
	}
	return f.given
}

// Note returns the reading in words, or the reason why there is none.
func (f *Field[T]) Note() (string, bool) {
	switch {
	case f.reading.Err != "":
		return f.reading.Err, true
	case f.asking:
		return f.reading.Question, true
	case f.Say != nil && f.given && f.words != "":
		return f.Say(f.value), false
	}
	return f.words, false
}

// Bindings returns the choices while the field asks.
func (f *Field[T]) Bindings() []Binding {
	if !f.asking {
		return nil
	}
	var list []Binding
	for _, c := range f.reading.Choices {
		list = append(list, Binding{
			Keys: c.Keys, Shown: c.Keys[0], Short: c.Label, Help: c.Label, Answer: true,
			Do: func(Host, Key) tea.Cmd {
				f.choose(c)
				return nil
			},
		})
	}
	return list
}

func (f *Field[T]) choose(c reading.Choice[T]) {
	f.asking, f.reading = false, reading.Reading[T]{}
	if !c.Back {
		f.value, f.words, f.given = c.Value, c.Words, true
	}
}
