package admit

import (
	"context"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/reading"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// discharge asks for the way in which a patient leaves, and for the time if it is not
// now. A second question saves it.
type discharge struct {
	kit.Base
	d       *desk.Desk
	at      kit.Place
	patient ward.Patient
	stay    ward.Stay
	when    *kit.Field[time.Time] // untouched it is the time of the save
	editing bool                  // the time is being typed
	runs    kit.TypedRuns         // the time before the keys of a scanner
	sure    *leaving              // the second question
	gone    string                // the reason why the patient cannot be discharged any more
}

// justLeftPlace is the place under which the desk keeps the patient who left last.
var justLeftPlace = kit.Place{Screen: desk.PatientIn, Detail: "left"}

// justLeft is the patient whom the person at the keyboard discharged last.
type justLeft struct {
	patient int64
	at      time.Time
}

func newDischarge(d *desk.Desk, to kit.Place) kit.Screen {
	s, ok := d.State(desk.PatientOf(to.Subject))
	switch {
	case !ok || !s.Stay.OnWard() && !s.Left:
		who := "The patient is not on the ward."
		return &kit.Question{Text: []string{who}, Options: []kit.Option{{Keys: []string{"0"}, Label: "back"}}}
	case s.Left:
		return newConfirmation(d, to, s)
	}
	q := &discharge{d: d, at: to, patient: s.Patient, stay: s.Stay}
	q.resetTime()
	q.restore()
	return q
}

// restore takes the time that was typed before a crash.
func (q *discharge) restore() {
	var m timeLine
	if kept, ok := q.d.Kept(q.at).(string); ok && desk.Unmarshal(kept, &m) {
		m.retype(q.when, q.d)
		q.editing = m.At.IsZero()
	}
}

// keep keeps a time that was typed over a crash. The time of the save is none.
func (q *discharge) keep() {
	text := ""
	if q.when.Value() != "" {
		text = desk.Marshal(timeLineOf(q.when))
	}
	q.d.KeepText(q.at, text)
}

// Over implements [kit.Dialog].
func (q *discharge) Over() {}

func (q *discharge) resetTime() {
	q.when = kit.NewField(40, func(text string) reading.Reading[time.Time] {
		r := reading.Time(text, q.d.Now(), q.d.Zone())
		if r.OK() && r.Value.Before(q.stay.AdmittedAt) {
			return reading.Reading[time.Time]{Err: r.Words + " is before admission, " + q.d.Time(q.stay.AdmittedAt)}
		}
		return r
	})
	q.when.Say = func(at time.Time) string { return reading.TimeWords(at, q.d.Now(), q.d.Zone()) }
}

// time returns the time of the discharge that was typed; zero for the time of the save.
func (q *discharge) time() time.Time {
	at, _ := q.when.Get()
	return at
}

// timeWords returns the time for the question: "15:52", "Sat 28 Nov 10:30".
func (q *discharge) timeWords() string {
	if at := q.time(); !at.IsZero() {
		return q.d.Time(at)
	}
	return q.d.Now().Format("15:04")
}

// Typing implements [kit.Screen].
func (q *discharge) Typing() bool { return q.editing && len(q.when.Bindings()) == 0 }

// Type implements [kit.Screen].
func (q *discharge) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) {
	q.runs.Before(q.when, k)
	refusal, mine := q.when.Type(k)
	if refusal != "" {
		h.Fail(refusal)
	}
	q.keep()
	return mine, nil
}

// Bindings implements [kit.Screen].
func (q *discharge) Bindings() []kit.Binding {
	if q.editing {
		return q.timeBindings()
	}
	var list []kit.Binding
	for i, how := range ward.Discharges {
		b := kit.Bind(strconv.Itoa(i+1), how.Label, "the patient leaves: "+how.Label, func(h kit.Host, _ kit.Key) tea.Cmd { return h.Push(q.confirm(how)) }).
			If(q.gone == "", q.gone)
		needs := ward.MayMovePatient
		if how.Code == ward.DiedICANS {
			needs = ward.MayDecide
		}
		b = b.Recording(string(needs))
		b.Answer = true
		list = append(list, b)
	}
	return append(list,
		kit.Bind("t", "another time", "another time", func(kit.Host, kit.Key) tea.Cmd {
			q.editing = true
			return nil
		}),
		kit.Bind("0 esc n", "back", "back, nothing is recorded", func(h kit.Host, _ kit.Key) tea.Cmd {
			q.d.Keep(q.at, nil) // an old time must not come back with the next discharge
			return h.Close(q)
		}),
	)
}

// timeBindings returns the keys while the time is typed.
func (q *discharge) timeBindings() []kit.Binding {
	list := q.when.Bindings()
	for i, b := range list {
		list[i].Do = func(h kit.Host, k kit.Key) tea.Cmd {
			cmd := b.Do(h, k)
			q.editing = !q.when.Settled()
			q.keep()
			return cmd
		}
	}
	return append(list,
		kit.Bind("enter tab", "OK", "take the time", func(kit.Host, kit.Key) tea.Cmd {
			if strings.TrimSpace(q.when.Value()) == "" {
				q.resetTime()
				q.editing = false
			} else {
				q.editing = !q.when.Leave()
			}
			q.keep()
			return nil
		}),
		kit.Bind("esc", "", "back to now", func(kit.Host, kit.Key) tea.Cmd {
			q.resetTime()
			q.editing = false
			q.keep()
			return nil
		}),
	)
}

// Untype implements [kit.Untyper].
func (q *discharge) Untype(b kit.Burst) {
	q.runs.TakeBack(b)
	q.keep()
}

// refresh compares the patient with the board, because another terminal may have moved,
// renamed or discharged them since the question opened.
func (q *discharge) refresh(h kit.Host) {
	if !q.d.Loaded() || q.gone != "" || q.sure != nil && q.sure.Saving() {
		return
	}
	s, ok := q.d.State(q.patient.ID)
	switch {
	case !ok:
		q.gone = "the patient left meanwhile"
	case !s.Stay.OnWard():
		q.stay, q.gone = s.Stay, "the patient "+q.d.LeftAt(&s.Stay)
	case sameVersions(&s.Patient, &q.patient, &s.Stay, &q.stay):
		return
	default:
		q.patient, q.stay = s.Patient, s.Stay
	}
	h.Fail(desk.ChangedMeanwhile)
}

// Update implements [kit.Screen].
func (q *discharge) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	q.refresh(h)
	if b, ok := msg.(kit.Burst); ok && q.Typing() && b.Paste {
		if refusal := q.when.Insert(b.Text); refusal != "" {
			h.Fail(refusal)
		}
		q.keep()
	}
	return nil
}

// Body implements [kit.Screen].
func (q *discharge) Body(p kit.Page) []string {
	var lines []string
	for _, line := range p.Hang(" DISCHARGE "+words.About(&q.patient)+"   bed "+desk.Bed(&q.stay), p.Width-1, 1) {
		lines = append(lines, p.Strong.Render(line))
	}
	if q.gone != "" {
		return append(lines, p.Hang(" "+q.gone, p.Width-1, 1)...)
	}
	when := "now, " + q.timeWords() + " (t another time)"
	if at := q.time(); !at.IsZero() {
		_, words := q.when.Get()
		if note, _ := q.when.Note(); words {
			when = note + " (t another time)"
		}
	}
	if q.editing {
		lines = append(lines, " time  "+q.when.View(p.Narrow(40), true)[0])
		if note, bad := q.when.Note(); note != "" {
			look := p.Faint
			if bad {
				look = p.Bad
			}
			for _, line := range p.Wrap(note, p.Width-8) {
				lines = append(lines, "       "+look.Render(line))
			}
		}
		return lines
	}
	return append(lines, p.Hang(" "+when+"    "+q.openWork(), p.Width-1, 1)...)
}

// openWork returns the follow-up, report, draft and check that stay behind.
func (q *discharge) openWork() string {
	s, ok := q.d.State(q.patient.ID)
	if !ok {
		return ""
	}
	parts := []string{"Open follow-ups: none"}
	if f := s.FollowUp; f != nil {
		parts[0] = "Open follow-up: " + words.Level(f) + ", " + q.d.FollowUpCell(s) + ": it stays open"
	}
	if s.Report != nil {
		parts = append(parts, "a report waits")
	}
	for _, draft := range s.Drafts {
		parts = append(parts, "½ draft of "+words.ShortName(draft.Author))
	}
	if !s.Next.Due.IsZero() {
		parts = append(parts, "Check "+q.d.Due(&s.Next))
	}
	return strings.Join(parts, "    ")
}

// Foot implements [kit.Screen].
func (q *discharge) Foot(p kit.Page) []string {
	if q.editing {
		line := " enter OK   esc now"
		for _, b := range q.when.Bindings() {
			line += "   " + p.Strong.Render(b.Name()) + " " + b.Short
		}
		return p.Hang(line, p.Width-1, 1)
	}
	line := ""
	for i, how := range ward.Discharges {
		line += "   " + p.Strong.Render(strconv.Itoa(i+1)) + " " + how.Label
	}
	return p.Hang(line[1:]+"   "+p.Strong.Render("0")+" back", p.Width, 2)
}

// leaving asks once more, and saves.
type leaving struct {
	*desk.SaveQuestion
	q   *discharge
	how ward.Term
}

// Body implements [kit.Screen]. The patient is named as the board has them now.
func (c *leaving) Body(p kit.Page) []string {
	q := c.q
	c.Subject = []string{"Discharge " + words.Name(&q.patient) + ", " + words.MRN(&q.patient) + ", " + c.how.Label + ", " + q.timeWords() + "?"}
	c.Text = []string{words.Born(&q.patient) + "   bed " + desk.Bed(&q.stay), q.openWork()}
	if q.gone != "" {
		c.Text = append(c.Text, q.gone)
	}
	return c.SaveQuestion.Body(p)
}

// Bindings implements [kit.Screen].
func (c *leaving) Bindings() []kit.Binding {
	c.Options[0].Off = c.q.gone
	return c.SaveQuestion.Bindings()
}

func (q *discharge) confirm(how ward.Term) kit.Screen {
	at, patient := q.time(), q.patient.ID
	c := &leaving{desk.NewSaveQuestion(q.d, q.at), q, how}
	c.Self, q.sure = c, c
	needs := ward.MayMovePatient
	if how.Code == ward.DiedICANS {
		needs = ward.MayDecide
	}
	c.Options = []kit.Option{
		{Keys: []string{"1", "y"}, Label: "yes", Records: true, Needs: string(needs), Do: func(h kit.Host) tea.Cmd {
			return c.Save(h, func(ctx context.Context, log *store.Store, sig ward.Signature) error {
				then := at
				if then.IsZero() {
					then = sig.At
				}
				_, err := log.Discharge(ctx, sig, patient, then, how.Code)
				return err
			})
		}},
		{Keys: []string{"0", "n"}, Label: "no"},
	}
	c.Saved = func(h kit.Host) tea.Cmd {
		q.d.Keep(justLeftPlace, justLeft{patient, q.d.Now()})
		cmd := h.Go(kit.Place{Screen: desk.Board})
		h.Say(words.Name(&q.patient) + " left " + q.timeWords() + ", " + how.Label + "; p 2 brings them back")
		return cmd
	}
	return c
}

// newConfirmation asks about a discharge by the feed: confirm it, or undo it.
func newConfirmation(d *desk.Desk, to kit.Place, s *ward.PatientState) kit.Screen {
	k := store.Known{Patient: s.Patient, Stay: s.Stay}
	patient := s.Patient
	c := desk.NewSaveQuestion(d, to)
	c.Subject = []string{"DISCHARGE by the feed: " + words.About(&patient) + "   bed " + desk.Bed(&s.Stay)}
	c.Text = []string{d.LeftWords(&s.Stay) + ", " + ward.WordsFor(ward.Discharges, s.Stay.Discharge) + ", not confirmed."}
	if s.FollowUp != nil {
		c.Text = append(c.Text, "Open follow-up: "+words.Level(s.FollowUp)+": it stays open.")
	}
	c.Options = []kit.Option{
		{Keys: []string{"1", "y"}, Label: "yes, the patient left", Records: true, Needs: string(ward.MayRecord), Do: func(h kit.Host) tea.Cmd {
			return c.Save(h, func(ctx context.Context, log *store.Store, sig ward.Signature) error {
				return log.ConfirmDischarge(ctx, sig, patient.ID)
			})
		}},
		{Keys: []string{"2"}, Label: "no: undo the discharge", Records: true, Needs: string(ward.MayMovePatient), Do: func(h kit.Host) tea.Cmd {
			return tea.Batch(h.Close(c), h.Push(newUndo(d, k)))
		}},
		{Keys: []string{"0", "n"}, Label: "back"},
	}
	c.Saved = func(h kit.Host) tea.Cmd {
		d.Keep(justLeftPlace, justLeft{patient.ID, d.Now()})
		cmd := h.Go(kit.Place{Screen: desk.Board})
		h.Say("confirmed: " + words.Name(&patient) + "   " + words.MRN(&patient) + " left " + d.Time(k.Stay.DischargedAt) + "; p 2 brings them back")
		return cmd
	}
	return c
}
