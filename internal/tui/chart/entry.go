package chart

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// entry is a dialog that records something about one patient: lines that are typed or
// chosen, then one question that repeats all of them. It stays open until the save is
// confirmed, and an entry that is left keeps its text.
type entry struct {
	kit.Base
	record
	title string

	lines    func() []*line  // the lines that the answers so far ask for
	intro    func() []string // above the lines
	question func() []string // repeats the entry; asked after the last line
	problem  func() string   // the reason why the entry cannot be saved; empty if it can
	yes      string          // the label of the answer that saves
	needs    ward.Permission // to save
	save     func() act      // takes the values of the lines at the time of the key
	saved    func() string   // said after the save
	forget   func()          // drops the text that was kept
	keep     func(*entry)    // keeps the text of an entry that is left
	leftAt   time.Time       // when the text was left; zero for a new entry

	at      int       // the selected line; the question if it is behind the last one
	asked   bool      // a key led to the question
	askedAt time.Time // the time of the key that led to the question
	saving  kit.Pending
	request string
	typed   []typed
	// restored is the content of a draft of the log, until the chart is loaded: the lines
	// may depend on it.
	restored string
	scroll   kit.Scroll
}

// act writes an entry to the log.
type act func(context.Context, *store.Store, ward.Signature) error

// typed is a key of a line and the state before it, so that the keys of a scanner can be
// taken back.
type typed struct {
	serial uint64
	at     int
	undo   func()
}

// settleTime is the time in which a new question drops keys that were meant for the line
// before it.
const settleTime = 200 * time.Millisecond

// Over implements [kit.Dialog].
func (e *entry) Over() {}

// Init implements [kit.Screen].
func (e *entry) Init(h kit.Host) tea.Cmd {
	if e.request == "" {
		e.request = e.d.NewID()
	}
	e.saving.Forget() // the dialog was closed while it was saving: it asks again
	return e.load(h)
}

// Update implements [kit.Screen].
func (e *entry) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	_, cmd := e.take(h, msg)
	if e.restored != "" && e.patient() != nil {
		e.restore()
	}
	switch msg := msg.(type) {
	case kit.Result[desk.Done]:
		return e.takeSaved(h, msg)
	case kit.Burst:
		return tea.Batch(cmd, e.burst(h, msg))
	}
	return cmd
}

func (e *entry) takeSaved(h kit.Host, r kit.Result[desk.Done]) tea.Cmd {
	if !kit.Take(&e.saving, r) {
		return nil
	}
	if r.Err != nil {
		e.keep(e)
		h.Fail(desk.NotSaved(r.Err) + ". The text is kept; 1 tries again")
		return nil
	}
	e.forget()
	cmd := h.Close(e)
	h.Say(e.saved())
	return cmd
}

// burst takes characters that came at once: a wristband of the ward takes back the keys
// that it typed, and any other text goes into a line of text.
func (e *entry) burst(h kit.Host, b kit.Burst) tea.Cmd {
	if !b.Paste {
		e.takeBack(b.Since)
	}
	p := e.patient()
	if p == nil {
		return nil
	}
	_, known := e.d.ByMRN(b.Line())
	if known || ward.FoldMRN(b.Line()) == ward.FoldMRN(p.MRN) || !e.Typing() {
		return e.d.Wristband(h, b, p)
	}
	e.remember(b.Since)
	if refusal := e.selected().editor.Insert(b.Text); refusal != "" {
		h.Fail(refusal)
	}
	e.changed()
	return nil
}

// takeBack restores the lines as they were before a key.
func (e *entry) takeBack(since uint64) {
	for n := len(e.typed) - 1; n >= 0 && e.typed[n].serial >= since; n-- {
		e.typed[n].undo()
		e.at, e.asked = e.typed[n].at, false
		e.typed = e.typed[:n]
	}
	e.keepTyped()
}

// remember keeps the state of the selected line before a key.
func (e *entry) remember(serial uint64) {
	const most = 64
	e.typed = append(e.typed, typed{serial, e.at, e.selected().state()})
	if len(e.typed) > most {
		e.typed = e.typed[1:]
	}
}

// changed keeps an entry whose text changed, and makes another request of it.
func (e *entry) changed() {
	e.request = e.d.NewID()
	e.keepTyped()
}

// selected returns the selected line, or nil if the question is asked.
func (e *entry) selected() *line {
	if list := e.lines(); e.at < len(list) {
		return list[e.at]
	}
	return nil
}

// Typing implements [kit.Screen].
func (e *entry) Typing() bool {
	l := e.selected()
	return l != nil && e.patient() != nil && !e.saving.Waiting() && len(l.editor.Bindings()) == 0
}

// Type implements [kit.Screen].
func (e *entry) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) {
	l := e.selected()
	before := l.editor.Value()
	e.remember(k.Serial)
	refusal, mine := l.editor.Type(k)
	if refusal != "" {
		h.Fail(refusal)
	}
	if l.editor.Value() != before {
		e.changed()
	}
	if chooser, ok := l.editor.(interface{ picked() bool }); ok && mine && chooser.picked() {
		e.next(k)
	}
	return mine, nil
}

// next goes on to the line after the selected one, or to the question.
func (e *entry) next(k kit.Key) {
	e.at++
	e.asked = true // a line that stays only while it is typed in goes
	if e.asked = e.selected() == nil; e.asked {
		e.askedAt = k.At
	}
}

// goTo selects a line.
func (e *entry) goTo(l *line) {
	for i, other := range e.lines() {
		if other == l {
			e.at, e.asked = i, false
		}
	}
}

// Bindings implements [kit.Screen].
func (e *entry) Bindings() []kit.Binding {
	leave := kit.Bind("esc", "", "back; the text is kept", func(h kit.Host, _ kit.Key) tea.Cmd { return e.leave(h) })
	if e.saving.Waiting() || e.patient() == nil {
		return []kit.Binding{leave.If(!e.saving.Waiting(), "saving…")}
	}
	up := kit.Bind("up shift+tab", "", "the previous line", func(kit.Host, kit.Key) tea.Cmd {
		e.at--
		e.asked = false
		return nil
	}).If(e.at > 0, "this is the first line")
	l := e.selected()
	if l == nil {
		return append(e.answers(), up, leave)
	}
	list := e.choices(l)
	list = append(list, kit.Bind("enter down tab", "OK", "the next line", func(_ kit.Host, k kit.Key) tea.Cmd {
		if l.editor.Leave() {
			e.next(k)
		}
		return nil
	}))
	list = append(list, up, leave)
	return append(list, e.pages()...)
}

// pages returns the keys that scroll a dialog that is higher than its room.
func (e *entry) pages() (list []kit.Binding) {
	for _, b := range e.scroll.Bindings() {
		if b.Has(kit.Key{Name: "pgup"}) || b.Has(kit.Key{Name: "pgdown"}) {
			list = append(list, b)
		}
	}
	return list
}

// choices returns the answers of a line that asks. An answer that settles it goes on.
func (e *entry) choices(l *line) []kit.Binding {
	list := l.editor.Bindings()
	for i, b := range list {
		list[i].Do = func(h kit.Host, k kit.Key) tea.Cmd {
			cmd := b.Do(h, k)
			e.changed()
			if l.editor.Settled() {
				e.next(k)
			}
			return cmd
		}
	}
	return list
}

// answers returns the answers to the question, and the key that leads back to the time.
func (e *entry) answers() []kit.Binding {
	early := func(h kit.Host, k kit.Key) bool {
		if k.At.Sub(e.askedAt) >= settleTime {
			return false
		}
		h.Fail("too soon: the question had only just opened; press " + kit.ShownKey(k.Name) + " again")
		return true
	}
	reason := e.problem()
	yes := kit.Binding{Keys: []string{"1", "y"}, Shown: "1 y", Short: e.yes, Help: e.yes, Answer: true, Do: func(h kit.Host, k kit.Key) tea.Cmd {
		if early(h, k) {
			return nil
		}
		do := e.save()
		e.keep(e)
		return desk.Save(e.d, h, &e.saving, e.subject, e.request, func(ctx context.Context, log *store.Store, sig ward.Signature) (desk.Done, error) {
			return desk.Done{}, do(ctx, log, sig)
		})
	}}.Recording(string(e.needs)).If(reason == "", reason)
	no := kit.Binding{Keys: []string{"0", "n"}, Shown: "0 n", Short: "back, the text is kept", Help: "back, the text is kept", Answer: true, Do: func(h kit.Host, k kit.Key) tea.Cmd {
		if early(h, k) {
			return nil
		}
		return e.leave(h)
	}}
	list := []kit.Binding{yes, no}
	for _, l := range e.lines() {
		if l.time {
			list = append(list, kit.Bind("t", "", "another time", func(kit.Host, kit.Key) tea.Cmd {
				e.goTo(l)
				return nil
			}))
		}
	}
	return list
}

// leave closes the dialog. If a line was touched, the text is kept for this person and
// patient.
func (e *entry) leave(h kit.Host) tea.Cmd {
	cmd := h.Close(e)
	if e.touched() {
		e.leftAt = e.d.Now()
		h.Say("not saved; the text is kept")
	}
	e.keepTyped()
	return cmd
}

// Unsaved implements [desk.Unsaved].
func (e *entry) Unsaved() string {
	pt := e.patient()
	if pt == nil || !e.touched() {
		return ""
	}
	return strings.ToLower(e.title) + " of " + words.Name(pt)
}

// Body implements [kit.Screen].
func (e *entry) Body(p kit.Page) []string {
	pt := e.patient()
	if pt == nil {
		return e.waiting(p)
	}
	var lines []string
	add := func(text string, look kit.Look) {
		for _, part := range p.Hang(" "+text, p.Width-1, 1) {
			lines = append(lines, look.Render(part))
		}
	}
	add(e.title+"   "+words.About(pt), p.Strong)
	if left := e.d.Left(e.stay()); left != "" {
		add("The patient "+left+".", p.Bad)
	}
	if !e.leftAt.IsZero() {
		add("Your unsaved entry of "+e.d.Time(e.leftAt)+" is back.", p.Note)
	}
	for _, text := range e.intro() {
		add(text, kit.Look{})
	}
	for i, l := range e.lines() {
		lines = append(lines, l.view(p, i == e.at)...)
	}
	if e.selected() != nil {
		return e.scroll.View(p, lines)
	}
	for _, text := range e.question() {
		add(text, p.Strong)
	}
	if reason := e.problem(); reason != "" {
		add(reason, p.Bad)
	}
	if e.saving.Waiting() {
		add("saving… NOT SAVED YET", p.Note)
	}
	return e.scroll.View(p, lines)
}

// Foot implements [kit.Screen].
func (e *entry) Foot(p kit.Page) []string {
	if l := e.selected(); l != nil {
		if list := l.editor.Bindings(); len(list) > 0 {
			return answerLine(p, list)
		}
		return []string{p.Faint.Render(" enter OK   ↑ previous line   esc back, the text is kept")}
	}
	lines := answerLine(p, e.Bindings())
	if change := p.Faint.Render("    ↑ change"); p.Cells(lines[len(lines)-1]+change) < p.Width {
		lines[len(lines)-1] += change
	}
	return lines
}

// value is the value of a line in a draft.
type value struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Content implements [desk.Contented]: the values of the lines that were shown.
func (e *entry) Content() string {
	list := e.lines()
	values := make([]value, len(list))
	for i, l := range list {
		values[i] = value{l.label, l.value()}
	}
	return desk.Marshal(values)
}

// restore fills the lines from the content of a draft. Each value may bring further
// lines, so that they are filled one after the other.
func (e *entry) restore() {
	var values []value
	desk.Unmarshal(e.restored, &values)
	e.restored = ""
	for i, v := range values {
		list := e.lines()
		if i >= len(list) || list[i].label != v.Label {
			return
		}
		if v.Value != "" {
			list[i].load(v.Value)
		}
	}
}

// keepTyped keeps the entry if a line was touched.
func (e *entry) keepTyped() {
	if e.touched() {
		e.keep(e)
	} else {
		e.forget()
	}
}

func (e *entry) touched() bool {
	for _, l := range e.lines() {
		if l.editor.Touched() && l.editor.Value() != "" {
			return true
		}
	}
	return false
}

// refusal returns the words of an error for which an entry cannot be saved; empty if there
// is none.
func refusal(err error) string {
	if err == nil {
		return ""
	}
	return desk.Words(err)
}
