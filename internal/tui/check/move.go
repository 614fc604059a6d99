package check

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// move finds another patient by bed, name or MRN, and moves a check there.
type move struct {
	waiting
	check   *ward.Check
	from    ward.Patient
	search  *kit.Text
	chosen  string // the patient in hand; empty until a key or a search chooses
	saving  kit.Pending
	request string
	id      string // of the check there
}

func newMove(d *desk.Desk, to kit.Place) kit.Screen {
	return &move{waiting: waiting{desk: d, subject: to.Subject}, search: kit.NewText("", 80), request: d.NewID(), id: d.NewID()}
}

// Init loads the record.
func (s *move) Init(h kit.Host) tea.Cmd {
	if s.check != nil {
		return nil
	}
	return s.loadChart(h)
}

// Update takes the record, a wristband, and the result of the move.
func (s *move) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[ward.Chart]:
		if !kit.Take(&s.loading, msg) {
			return nil
		}
		c := msg.Value.Current(desk.CheckOf(s.subject))
		switch {
		case msg.Err != nil:
			h.Fail(desk.Words(msg.Err))
			return h.Close(s)
		case c == nil || c.Status == ward.Withdrawn:
			h.Fail("this check is withdrawn already")
			return h.Close(s)
		}
		s.check, s.from = c, msg.Value.Patient
	case kit.Result[store.Saved]:
		if kit.Take(&s.saving, msg) {
			return s.moved(h, msg)
		}
	case kit.Burst:
		if msg.Paste {
			s.search.Insert(msg.Text)
		}
		s.choose(0)
	}
	return nil
}

func (s *move) moved(h kit.Host, msg kit.Result[store.Saved]) tea.Cmd {
	if msg.Err != nil {
		h.Fail("NOT MOVED: " + desk.Words(msg.Err))
		return nil
	}
	saved := &msg.Value
	to := saved.Check.PatientID
	cmd := h.Close(s)
	name := "another patient"
	if state, ok := s.desk.State(to); ok {
		name = desk.Name(&state.Patient) + ", " + desk.MRN(&state.Patient)
	}
	return tea.Batch(cmd, afterSave(h, to, saved, "Moved: the check of "+s.desk.Time(saved.Check.PerformedAt)+" from "+desk.Name(&s.from)+" to "+name))
}

// Typing implements [kit.Screen].
func (s *move) Typing() bool { return s.check != nil && !s.saving.Waiting() }

// Type takes a key of the search.
func (s *move) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) {
	before := s.search.Value()
	refusal, mine := s.search.Type(k)
	if refusal != "" {
		h.Fail(refusal)
	}
	if s.search.Value() != before {
		s.choose(0)
	}
	return mine, nil
}

// found returns the other patients of the ward that the search leaves; none without one.
func (s *move) found() (list []*ward.PatientState) {
	q := kit.NewQuery(s.search.Value())
	if q.Empty() {
		return nil
	}
	states := s.desk.Board()
	for i := range states {
		p := &states[i].Patient
		if p.ID != desk.PatientOf(s.subject) && q.Matches(p.Name, p.MRN, states[i].Stay.Bed) {
			list = append(list, &states[i])
		}
	}
	return list
}

// choose takes the patient with an index of the list in hand.
func (s *move) choose(i int) {
	s.chosen = ""
	if list := s.found(); i >= 0 && i < len(list) {
		s.chosen = desk.Subject(list[i].Patient.ID)
	}
}

func (s *move) index(list []*ward.PatientState) int {
	for i, state := range list {
		if desk.Subject(state.Patient.ID) == s.chosen {
			return i
		}
	}
	return -1
}

// Bindings implements [kit.Screen].
func (s *move) Bindings() []kit.Binding {
	step := func(by int) func(kit.Host, kit.Key) tea.Cmd {
		return func(kit.Host, kit.Key) tea.Cmd {
			list := s.found()
			s.choose(max(0, min(s.index(list)+by, len(list)-1)))
			return nil
		}
	}
	return []kit.Binding{
		kit.Bind("enter", "choose", "ask whether to move the check to the patient in hand", s.ask).Recording(string(ward.MayRecord)).
			If(s.Typing(), "the check is being moved"),
		kit.Bind("down", "", "next patient", step(1)).As("↑↓"),
		kit.Bind("up", "", "previous patient", step(-1)),
		kit.Bind("esc", "back", "back, without a move", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) }),
	}
}

// ask names both patients in full.
func (s *move) ask(h kit.Host, _ kit.Key) tea.Cmd {
	list := s.found()
	i := s.index(list)
	if i < 0 {
		h.Fail("no patient is chosen: type a bed, a name or an MRN")
		return nil
	}
	to := list[i].Patient
	text := []string{
		"MOVE the check of " + s.desk.DayTime(s.check.PerformedAt) + ", " + desk.CheckWords(s.check) + ", recorded by " + kit.Plain(s.check.Recorded.By) + "?",
		"from  " + desk.About(&s.from),
		"to    " + desk.About(&to) + "   bed " + desk.Bed(&list[i].Stay),
	}
	if record := s.desk.History(to.ID); record != nil {
		there := *s.check
		there.ID, there.PatientID, there.Version, there.Status = s.id, to.ID, 1, ward.Recorded
		view := bedside.PreviewOf(record, s.desk.Site(), there, s.desk.User().Name, s.desk.Now())
		there.Result = view.Result
		text = append(text, "there: ICANS "+desk.Grade(view.Result)+"   "+bedside.FlagText(&there)+view.Effect())
	}
	text = append(text, "It is withdrawn here and recorded there, each naming the other.")
	q := kit.Confirm(nil, text, "move", "back", func(h kit.Host) tea.Cmd {
		check, id := *s.check, s.id
		return desk.Save(s.desk, h, &s.saving, s.subject, s.request, func(ctx context.Context, log *store.Store, sig ward.Signature) (store.Saved, error) {
			return log.MoveCheck(ctx, sig, check, to.ID, id)
		})
	})
	q.Options[0].Records, q.Options[0].Needs = true, string(ward.MayRecord)
	return h.Push(q)
}

// mostFound is the number of patients that the dialog shows.
const mostFound = 6

// Body implements [kit.Screen].
func (s *move) Body(p kit.Page) []string {
	if !s.Typing() {
		return s.waiting.Body(p)
	}
	var lines []string
	head := " MOVE the check of " + s.desk.DayTime(s.check.PerformedAt) + " away from " + desk.About(&s.from)
	for _, line := range p.Hang(head, p.Width, 1) {
		lines = append(lines, p.Strong.Render(line))
	}
	lines = append(lines, " To whom? bed, name or MRN:  "+strings.TrimRight(s.search.View(p.Narrow(p.Width-30), true)[0], " "))
	list := s.found()
	if len(list) == 0 && s.search.Value() != "" {
		lines = append(lines, "  "+p.Bad.Render("nobody else on this ward matches"))
	}
	first := max(0, s.index(list)-mostFound+1)
	for i, state := range list {
		if i < first || i >= first+mostFound {
			continue
		}
		mark := "  "
		if desk.Subject(state.Patient.ID) == s.chosen {
			mark = p.Strong.Render("▌ ")
		}
		for j, line := range p.Wrap(p.Pad(desk.Bed(&state.Stay), 6)+desk.About(&state.Patient), p.Width-4) {
			if j == 0 {
				lines = append(lines, " "+mark+line)
			} else {
				lines = append(lines, "         "+line)
			}
		}
	}
	if n := len(list) - mostFound; n > 0 {
		lines = append(lines, p.More(n, true))
	}
	return lines
}

// Foot implements [kit.Screen].
func (s *move) Foot(p kit.Page) []string {
	return []string{p.Faint.Render(" enter choose   ↑↓ another one   esc back")}
}
