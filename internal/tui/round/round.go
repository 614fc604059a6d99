// Package round has the round: one patient after the other, the most overdue first. Between
// two forms it shows the next patient, and asks how to go on.
//
// Start with round.go, which is the screen with its keys; queue.go holds the patients who are
// left and those who are done; claim.go reserves a check, so that two rounds do not lead to
// one bed.
package round

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// Screens returns the screens of the package.
func Screens() map[string]desk.Maker {
	return map[string]desk.Maker{desk.Round: newRound}
}

// round is the screen. It lies under the form of each patient, and comes back to the top
// if the form closes.
type round struct {
	kit.Base
	d     *desk.Desk
	queue queue
	claim claim
	saved desk.Saved // the last save of the round
	note  string     // about a check that another person has just begun
}

func newRound(d *desk.Desk, _ kit.Place) kit.Screen {
	r := &round{d: d, queue: newQueue(d)}
	r.claim.next = true // the first form opens at once
	r.saved.Check = d.LastSave().Check
	return r
}

// Marks implements [kit.Marker].
func (r *round) Marks() []kit.Mark { return desk.Marks() }

// Selected implements [desk.Holder]: commands act on the patient who is next.
func (r *round) Selected() (string, bool) {
	s, ok := r.queue.next()
	if !ok {
		return "", false
	}
	return desk.Subject(s.Patient.ID), true
}

// Init takes the save of the form that was open, and opens the first form.
func (r *round) Init(h kit.Host) tea.Cmd {
	r.takeSave()
	release := r.release(h)
	if !r.claim.next {
		return release
	}
	r.claim.next = false
	s, ok := r.queue.next()
	if !ok {
		return release
	}
	return tea.Batch(release, r.begin(h, s, desk.InRound, true))
}

// takeSave counts the patient whose check was saved last.
func (r *round) takeSave() {
	last := r.d.LastSave()
	if last.Check == "" || last.Check == r.saved.Check {
		return
	}
	r.saved = last
	r.queue.finish(last.Patient, last.Check)
	r.note = ""
}

// Update implements [kit.Screen].
func (r *round) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	r.queue.sync()
	switch msg := msg.(type) {
	case kit.Result[claimed]:
		if kit.Take(&r.claim.pending, msg) {
			return r.claimed(h, msg)
		}
	case desk.Tick:
		return r.openSlow(h)
	case kit.Burst:
		return r.burst(h, msg)
	}
	return nil
}

// burst takes a wristband: that of the next patient begins the form.
func (r *round) burst(h kit.Host, b kit.Burst) tea.Cmd {
	s, ok := r.queue.next()
	if ok && r.d.IsBandOf(b.Line(), &s.Patient) {
		said := r.d.Wristband(h, b, &s.Patient)
		return tea.Batch(said, r.begin(h, s, desk.InRound, false))
	}
	return r.d.Scan(h, b)
}

// answers are the reasons that the card offers, by their keys.
var answers = []struct{ key, code, words string }{
	{"2", "asleep", "asleep"}, {"3", "refused", "refused"}, {"4", "off_unit", "off the unit"},
}

// Bindings implements [kit.Screen].
func (r *round) Bindings() []kit.Binding {
	s, ok := r.queue.next()
	if !ok {
		return []kit.Binding{kit.Bind("esc 0 enter", "", "end the round, to the board", r.end)}
	}
	begin := func(detail string) func(kit.Host, kit.Key) tea.Cmd {
		return func(h kit.Host, _ kit.Key) tea.Cmd { return r.begin(h, s, detail, false) }
	}
	list := []kit.Binding{r.acting(kit.Bind("1 enter n g", "", "begin the check of the next patient", begin(desk.InRound)).As("1 enter"))}
	for _, a := range answers {
		list = append(list, r.acting(kit.Bind(a.key, "", a.words+": asks at once whether to save that", begin(a.code))))
	}
	return append(list,
		kit.Bind("5", "", "later: leave this patient for the end of the round", func(kit.Host, kit.Key) tea.Cmd {
			r.queue.leave(s.Patient.ID)
			r.note = ""
			return nil
		}),
		kit.Bind("0 esc", "", "end the round, to the board", r.end),
	)
}

// acting returns a key that begins a check.
func (r *round) acting(b kit.Binding) kit.Binding {
	b.Answer = true
	return b.Recording(string(ward.MayRecord)).If(!r.claim.pending.Waiting(), "the form is being opened")
}

func (r *round) end(h kit.Host, _ kit.Key) tea.Cmd {
	cmd := h.Close(r)
	h.Say("Round: " + r.progress())
	return cmd
}

// progress returns "2 of 4 done", with the beds that were left for later.
func (r *round) progress() string {
	done, all := r.queue.counts()
	text := fmt.Sprintf("%d of %d done", done, all)
	if left := r.queue.left(); len(left) > 0 {
		text += ", left for later: " + strings.Join(left, ", ")
	}
	return text
}

// Head implements [kit.Screen].
func (r *round) Head(p kit.Page) []string {
	title := " " + p.Strong.Render("ROUND") + "  "
	s, ok := r.queue.next()
	if !ok {
		return []string{title + r.progress()}
	}
	due := r.d.Due(&s.Next)
	if s.Next.State == ward.Overdue {
		due = p.Late.Render(due)
	}
	done, all := r.queue.counts()
	return []string{title + fmt.Sprintf("%d of %d done   next: %s, ", done, all, desk.Bed(&s.Stay)) + due}
}

// Body implements [kit.Screen].
func (r *round) Body(p kit.Page) []string {
	lines := append(r.lastSave(p), "")
	s, ok := r.queue.next()
	if !ok {
		return append(lines, r.over(p)...)
	}
	lines = append(lines, r.patient(p, s)...)
	key := p.Strong.Render
	lines = append(lines,
		" "+key("1 enter")+"  begin (or scan the wristband)    "+key("2")+" asleep   "+key("3")+" refused   "+key("4")+" off the unit",
		" "+key("5")+" later: leave for the end of the round   "+key("0 esc")+"  end the round")
	then := r.queue.words(r.d)
	if then != "" {
		then = "then: " + then + "; "
	}
	return append(lines, p.Hang(" "+then+"beds that fall due are added", p.Width, 1)...)
}

// over returns the lines of a round without a next patient.
func (r *round) over(p kit.Page) []string {
	text := "No other check is due within " + ward.Elapsed(r.d.Site().DueSoon) + "."
	if left := r.queue.left(); len(left) > 0 {
		text = "Left for later: " + strings.Join(left, ", ") + "; g on the board begins again with them."
	}
	lines := p.Hang(" "+p.Strong.Render("The round is over.")+" "+text, p.Width, 1)
	return append(lines, " "+p.Strong.Render("enter")+"  to the board; a bed that falls due meanwhile is added")
}

// lastSave returns the line about the last save, while it can be undone with the key.
func (r *round) lastSave(p kit.Page) []string {
	if r.saved.Words == "" || r.queue.undone(r.saved.Check) {
		return nil
	}
	lines := p.Hang(" "+r.saved.Words, p.Width, 1)
	if _, ok := r.d.Undo(); ok && r.d.LastSave().Check == r.saved.Check {
		lines = onLine(p, lines, "   (ctrl+z undo)")
	}
	for i := range lines {
		lines[i] = p.Good.Render(lines[i])
	}
	return lines
}

// onLine adds a piece that is not broken to the last line, or on a line of its own if it
// does not fit.
func onLine(p kit.Page, lines []string, piece string) []string {
	last := len(lines) - 1
	if p.Cells(lines[last]+piece) <= p.Width {
		lines[last] += piece
		return lines
	}
	return append(lines, p.Hang(" "+strings.TrimLeft(piece, " "), p.Width, 1)...)
}

// patient returns the identity of the next patient and what is known of open forms.
func (r *round) patient(p kit.Page, s *ward.PatientState) []string {
	mark := desk.StateLook(p.Theme, s).Render(desk.StateMark(s))
	lines := p.Hang(" "+p.Strong.Render("NEXT")+" "+mark+" "+p.Strong.Render(words.Name(&s.Patient)), p.Width, 1)
	lines = onLine(p, lines, "   "+words.Born(&s.Patient)+"   "+words.MRN(&s.Patient)+"   bed "+desk.Bed(&s.Stay))
	add := func(text string) {
		for _, l := range p.Hang(" "+text, p.Width, 1) {
			lines = append(lines, p.Note.Render(l))
		}
	}
	if r.note != "" {
		add(r.note)
	}
	for _, draft := range s.Drafts {
		if draft.Author == r.d.User().Name {
			add(desk.MarkDraft + " your unsaved check of " + r.d.Time(draft.Since) + " goes on")
		}
	}
	for _, other := range r.d.Drafts(s.Patient.ID) {
		add(desk.MarkDraft + " " + other)
	}
	for _, more := range desk.Interpreter(&s.Patient) {
		add(more)
	}
	return lines
}
