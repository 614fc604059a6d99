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
	"neurocheck/internal/words"
)

// move finds another patient by bed, name or MRN, and moves a check there.
type move struct {
	waiting
	check   *ward.Check
	from    ward.Chart
	others  candidates
	search  *kit.Text
	found   candidates // by the search
	chosen  int64      // the selected patient; 0 until a key or a search chooses
	to      store.Known
	asking  kit.Pending
	saving  kit.Pending
	request string
	id      string        // of the check there
	asks    *kit.Question // whether to move, while it is open
}

func newMove(d *desk.Desk, to kit.Place) kit.Screen {
	return &move{waiting: waiting{desk: d, subject: to.Subject}, search: kit.NewText("", 80), request: d.NewID(), id: d.NewID()}
}

// origin is the record of the patient whose check is moved, and the patients who may get
// it.
type origin struct {
	chart  ward.Chart
	others candidates
}

// Init loads the record.
func (s *move) Init(h kit.Host) tea.Cmd {
	if s.check != nil {
		return nil
	}
	return s.load(h)
}

func (s *move) load(h kit.Host) tea.Cmd {
	id, site := desk.PatientOf(s.subject), s.desk.Site()
	return desk.Load(s.desk, h, &s.loading, s.subject, func(ctx context.Context, log *store.Store) (o origin, err error) {
		if o.chart, err = desk.ReadChart(ctx, log, id, site); err != nil {
			return o, err
		}
		known, err := log.KnownPatients(ctx)
		o.others = othersThan(known, o.chart.Patient.ID)
		return o, err
	})
}

// Update takes the records, a wristband, and the result of the move.
func (s *move) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[origin]:
		if kit.Take(&s.loading, msg) {
			return s.loaded(h, msg)
		}
	case kit.Result[ward.Chart]:
		if kit.Take(&s.asking, msg) {
			return s.ask(h, msg)
		}
	case kit.Result[store.Saved]:
		if kit.Take(&s.saving, msg) {
			return s.moved(h, msg)
		}
	case desk.Changed:
		if s.check != nil && !s.saving.Waiting() {
			return s.load(h)
		}
	case kit.Burst:
		if msg.Paste {
			s.search.Insert(msg.Text)
		}
		s.find()
	}
	return nil
}

func (s *move) loaded(h kit.Host, msg kit.Result[origin]) tea.Cmd {
	c := msg.Value.chart.Current(desk.CheckOf(s.subject))
	switch {
	case msg.Err != nil:
		h.Fail(desk.Words(msg.Err))
		return h.Close(s)
	case withdrawnAlready(s.desk, c) != "":
		cmd := h.Close(s)
		h.Fail(withdrawnAlready(s.desk, c))
		return cmd
	}
	s.check, s.from, s.others = c, msg.Value.chart, msg.Value.others
	chosen := s.chosen
	s.find()
	if chosen != 0 && s.found.index(chosen) >= 0 {
		s.chosen = chosen
	}
	if s.asks != nil {
		return s.choose(h, kit.Key{}) // both records may have changed
	}
	return nil
}

// find looks for the patients that the search names, and selects the first one.
func (s *move) find() {
	s.found, s.chosen = s.others.matching(s.search.Value()), 0
	if len(s.found) > 0 {
		s.chosen = s.found[0].Patient.ID
	}
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
		s.find()
	}
	return mine, nil
}

// Bindings implements [kit.Screen].
func (s *move) Bindings() []kit.Binding {
	step := func(by int) func(kit.Host, kit.Key) tea.Cmd {
		return func(kit.Host, kit.Key) tea.Cmd {
			if n := len(s.found); n > 0 {
				s.chosen = s.found[max(0, min(s.found.index(s.chosen)+by, n-1))].Patient.ID
			}
			return nil
		}
	}
	return []kit.Binding{
		kit.Bind("enter", "choose", "ask whether to move the check to the chosen patient", s.choose).Recording(string(ward.MayRecord)).
			If(s.Typing(), "the check is being moved"),
		kit.Bind("down", "", "next patient", step(1)).As("↑↓"),
		kit.Bind("up", "", "previous patient", step(-1)),
		kit.Bind("esc", "back", "back, without a move", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) }),
	}
}

// choose reads the record of the selected patient, so that the question tells the
// consequences there.
func (s *move) choose(h kit.Host, _ kit.Key) tea.Cmd {
	i := s.found.index(s.chosen)
	if i < 0 {
		h.Fail("no patient is chosen: type a bed, a name or an MRN")
		return s.shut(h)
	}
	s.to = s.found[i]
	id, site := s.chosen, s.desk.Site()
	return desk.Load(s.desk, h, &s.asking, desk.Subject(id), func(ctx context.Context, log *store.Store) (ward.Chart, error) {
		return desk.ReadChart(ctx, log, id, site)
	})
}

// ask names both patients in full, and the consequences for both.
func (s *move) ask(h kit.Host, msg kit.Result[ward.Chart]) tea.Cmd {
	to := &msg.Value
	switch at := s.check.PerformedAt; {
	case msg.Err != nil:
		h.Fail(desk.Words(msg.Err))
		return s.shut(h)
	case s.to.Patient.ID != s.chosen:
		return nil // another patient is selected by now
	case len(to.Stays) > 0 && ward.StayAt(to.Stays, at) == nil:
		h.Fail(words.Name(&to.Patient) + " was not on the ward at " + s.desk.DayTime(at) + ", the time of the check")
		return s.shut(h)
	}
	text := []string{
		"MOVE the check of " + s.desk.DayTime(s.check.PerformedAt) + ", " + words.CheckWords(s.check) + ", recorded by " + kit.Plain(s.check.Recorded.By) + "?",
		"from  " + words.About(&s.from.Patient) + "   " + placeWords(s.desk, s.from.Stay()),
		"to    " + words.About(&to.Patient) + "   " + placeWords(s.desk, &s.to.Stay),
	}
	text = append(text, s.consequences(to)...)
	text = append(text, "It is withdrawn here and recorded there, each naming the other.")
	if s.asks != nil {
		desk.Renew(h, s.asks, nil, text)
		return nil
	}
	s.asks = kit.Confirm(nil, text, "move", "back", s.save).Recording(string(ward.MayRecord))
	s.asks.Left = func(kit.Host) tea.Cmd {
		s.asks = nil
		return nil
	}
	return h.Push(s.asks)
}

// shut closes a question whose move is not possible any more.
func (s *move) shut(h kit.Host) tea.Cmd {
	if s.asks == nil {
		return nil
	}
	asks := s.asks
	s.asks = nil
	return h.Close(asks)
}

// consequences returns the lines about the result of the check there, and about the other
// checks of both patients that change.
func (s *move) consequences(to *ward.Chart) []string {
	d, there := s.desk, *s.check
	there.ID, there.PatientID, there.Version, there.Status = s.id, to.Patient.ID, 1, ward.Recorded
	view := bedside.PreviewOf(&to.History, d.Site(), there, d.User().Name, d.Now())
	there.Result = view.Result
	lines := []string{"there: ICANS " + words.Grade(view.Result) + "   " + bedside.FlagText(&there) + view.Effect()}
	for _, line := range bedside.ChangedFlags(d.WallClock(), &to.History, view.Changed) {
		lines = append(lines, "there: "+line)
	}
	for _, line := range withoutCheck(d, &s.from, withdrawn(s.check)) {
		lines = append(lines, "here: "+line)
	}
	return lines
}

func (s *move) save(h kit.Host) tea.Cmd {
	s.asks = nil
	check, to, id := *s.check, s.to.Patient.ID, s.id
	return desk.Save(s.desk, h, &s.saving, s.subject, s.request, func(ctx context.Context, log *store.Store, sig ward.Signature) (store.Saved, error) {
		return log.MoveCheck(ctx, sig, check, to, id)
	})
}

func (s *move) moved(h kit.Host, msg kit.Result[store.Saved]) tea.Cmd {
	if msg.Err != nil {
		h.Fail("NOT MOVED: " + desk.Words(msg.Err))
		if kind := ward.KindOf(msg.Err); kind != ward.KindUnavailable && kind != ward.KindInternal {
			s.request = s.desk.NewID() // refused, so that another try is another act
		}
		return nil
	}
	saved := &msg.Value
	line := "Moved: the check of " + s.desk.Time(saved.Check.PerformedAt) + " from " + words.Name(&s.from.Patient) + " to " + words.Name(&s.to.Patient) + ", " + words.MRN(&s.to.Patient)
	return tea.Batch(h.Close(s), desk.AfterSaving(h, saved.Check.PatientID, saved, line))
}

// mostFound is the number of patients that the dialog shows.
const mostFound = 6

// Body implements [kit.Screen].
func (s *move) Body(p kit.Page) []string {
	if !s.Typing() {
		return s.waiting.Body(p)
	}
	var lines []string
	head := " MOVE the check of " + s.desk.DayTime(s.check.PerformedAt) + " away from " + words.About(&s.from.Patient)
	for _, line := range p.Hang(head, p.Width, 1) {
		lines = append(lines, p.Strong.Render(line))
	}
	lines = append(lines, " To whom? bed, name or MRN:  "+strings.TrimRight(s.search.View(p.Narrow(p.Width-30), true)[0], " "))
	if len(s.found) == 0 && s.search.Value() != "" {
		lines = append(lines, "  "+p.Bad.Render("no other patient matches, on this ward or among those who left it"))
	}
	first := max(0, s.found.index(s.chosen)-mostFound+1)
	for _, k := range s.found[first:min(first+mostFound, len(s.found))] {
		lines = append(lines, s.row(p, &k)...)
	}
	if n := len(s.found) - first - mostFound; n > 0 {
		lines = append(lines, p.More(n, true))
	}
	return lines
}

// row draws a patient, in full.
func (s *move) row(p kit.Page, k *store.Known) (rows []string) {
	bed, end := desk.Bed(&k.Stay), ""
	if !isOnWard(&k.Stay) {
		bed, end = "left", "   "+placeWords(s.desk, &k.Stay)
	}
	mark := "  "
	if k.Patient.ID == s.chosen {
		mark = p.Strong.Render("▌ ")
	}
	for i, line := range p.Wrap(p.Pad(bed, 6)+words.About(&k.Patient)+end, p.Width-4) {
		if i > 0 {
			mark = "        "
		}
		rows = append(rows, " "+mark+line)
	}
	return rows
}

// Foot implements [kit.Screen].
func (s *move) Foot(p kit.Page) []string {
	return []string{p.Faint.Render(" enter choose   ↑↓ another one   esc back")}
}
