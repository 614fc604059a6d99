package tui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// followUps lists the open follow-ups, one a patient, and the reports that wait for a
// check.
type followUps struct {
	patient int64 // 0 for the whole ward
	request request
	loaded  bool
	work    worklist
	list    []followUpRow
	asOf    time.Time
	at      int64 // ID of the selected patient; a reload does not change it
	saving  request
}

// worklist holds the records of the patients with open follow-ups or waiting reports,
// and the ticks of their checklists by follow-up.
type worklist struct {
	histories []ward.History
	ticks     map[int64]map[string]ward.Signature
}

// followUpRow is a patient on the list.
type followUpRow struct {
	ward.PatientState
	history *ward.History
}

func (s *followUps) open(a *app) (cmd tea.Cmd) {
	log, patient := a.store, s.patient
	s.request, cmd = ask(a, patient, func(ctx context.Context) (work worklist, err error) {
		board, err := log.Board(ctx)
		if err != nil {
			return work, err
		}
		work.ticks = make(map[int64]map[string]ward.Signature)
		for i := range board {
			h := &board[i]
			if patient != 0 && h.Patient.ID != patient || h.Open() == nil && h.Waiting() == nil {
				continue
			}
			work.histories = append(work.histories, *h)
			if f := h.Open(); f != nil {
				if work.ticks[f.ID], err = log.Ticks(ctx, f.ID); err != nil {
					return work, err
				}
			}
		}
		return work, nil
	})
	return cmd
}

func (s *followUps) refresh(a *app) tea.Cmd { return s.open(a) }
func (s *followUps) typing() bool           { return false }

func (s *followUps) title(a *app, w int) string {
	open, waiting, reports := 0, 0, 0
	for _, r := range s.rows(a) {
		if r.FollowUp != nil {
			open++
			if !r.FollowUp.Acked.Done() && r.Stay.OnWard() {
				waiting++
			}
		}
		if r.Report != nil {
			reports++
		}
	}
	return a.theme.strong.Render("FOLLOW-UPS") + fmt.Sprintf("   %d open   %d not accepted   %s", open, waiting, counted(reports, "report", "reports"))
}

// header names the selected patient, because accepting and closing record something
// about that patient.
func (s *followUps) header(a *app, w int) []string {
	r := s.selected(a)
	if r == nil {
		return []string{""}
	}
	line := about(&r.Patient) + "   bed " + bed(&r.Stay)
	if _, ok := r.Patient.Day(a.now, a.zone); ok {
		line += "   day " + a.day(&r.Patient, a.now)
	}
	var lines []string
	for _, l := range a.wrapCells(line, w-2) {
		lines = append(lines, " "+a.theme.strong.Render(l))
	}
	return lines
}

var (
	keyAccept = bind("a", "a", "accept")
	keyTicks  = bind("enter", "enter", "checklist")
	keyClose  = bind("x", "x", "close")
	keyView   = bind("v", "v", "open the patient")
)

func (s *followUps) keys(a *app) []key.Binding {
	r := s.selected(a)
	if r == nil {
		return keyList(keyMove, keyBack)
	}
	list := keyList(keyMove)
	if r.FollowUp != nil {
		if !r.FollowUp.Acked.Done() {
			list = append(list, keyAccept)
		}
		list = append(list, keyClose, keyTicks)
	}
	if r.Stay.OnWard() {
		list = append(list, keyCheck)
	}
	return append(list, keyView, keyBack)
}

// rows returns the list at the present time: follow-ups that were not accepted in time
// first, then those not accepted, reports, and accepted ones; in each the worst peak
// first.
func (s *followUps) rows(a *app) []followUpRow {
	if s.asOf.Equal(a.now) && !s.asOf.IsZero() {
		return s.list
	}
	s.asOf, s.list = a.now, nil
	for i := range s.work.histories {
		h := &s.work.histories[i]
		s.list = append(s.list, followUpRow{ward.Watch(h, a.site, a.now), h})
	}
	slices.SortStableFunc(s.list, func(a, b followUpRow) int {
		return cmp.Or(
			cmp.Compare(a.place(), b.place()),
			cmp.Compare(b.level(), a.level()), cmp.Compare(b.peak(), a.peak()),
			a.EscalatesAt.Compare(b.EscalatesAt), strings.Compare(a.Stay.Bed, b.Stay.Bed), cmp.Compare(a.Patient.ID, b.Patient.ID),
		)
	})
	return s.list
}

// place returns the part of the list that a patient belongs to.
func (r *followUpRow) place() int {
	f := r.FollowUp
	switch {
	case f != nil && !r.Stay.OnWard():
		return 4
	case f != nil && r.Escalated:
		return 0
	case f != nil && !f.Acked.Done():
		return 1
	case f == nil:
		return 2
	}
	return 3
}

func (r *followUpRow) level() icans.Flag {
	if r.FollowUp == nil {
		return 0
	}
	return r.FollowUp.Level
}

func (r *followUpRow) peak() int {
	if r.FollowUp == nil {
		return 0
	}
	return r.FollowUp.Peak
}

func (s *followUps) index(a *app) int {
	return slices.IndexFunc(s.rows(a), func(r followUpRow) bool { return r.Patient.ID == s.at })
}

// selected returns the row of the selected patient, or nil.
func (s *followUps) selected(a *app) *followUpRow {
	if i := s.index(a); i >= 0 {
		return &s.list[i]
	}
	return nil
}

func (s *followUps) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[worklist]:
		if msg.request != s.request {
			return nil
		}
		if msg.err != nil {
			a.fail(msg.err)
			return nil
		}
		s.loaded, s.work, s.asOf = true, msg.value, time.Time{}
		if rows := s.rows(a); s.at == 0 && len(rows) > 0 {
			s.at = rows[0].Patient.ID // so that no reload changes it
		}
	case result[done]:
		if msg.request != s.saving {
			return nil
		}
		s.saving = 0
		if msg.err != nil {
			a.fail(msg.err)
		}
		return s.open(a)
	case tea.KeyPressMsg:
		return s.press(a, msg)
	}
	return nil
}

func (s *followUps) press(a *app, press tea.KeyPressMsg) tea.Cmd {
	r := s.selected(a)
	switch {
	case key.Matches(press, keyBack):
		return a.pop()
	case key.Matches(press, keyMove):
		if rows := s.rows(a); len(rows) > 0 {
			s.at = rows[moved(press.String(), s.index(a), len(rows))].Patient.ID
		}
	case !key.Matches(press, keyAccept, keyTicks, keyClose, keyView, keyCheck):
	case r == nil:
		if len(s.list) > 0 {
			a.fail(ward.Conflict("no patient is chosen: choose one with ↑ ↓"))
		}
	case key.Matches(press, keyView):
		return a.push(newPatientScreen(r.Patient.ID))
	case key.Matches(press, keyCheck):
		if !r.Stay.OnWard() {
			a.fail(ward.Conflict("the patient is not on the ward"))
			return nil
		}
		return a.push(newCheckForm(r.Patient, r.Stay))
	case r.FollowUp == nil:
		a.fail(ward.Conflict("a report waits for a check: n records one"))
	case key.Matches(press, keyTicks):
		return a.push(newChecklist(a, r, s.work.ticks[r.FollowUp.ID]))
	case key.Matches(press, keyAccept):
		if r.FollowUp.Acked.Done() {
			a.fail(ward.Conflict("it was accepted " + a.clock(r.FollowUp.Acked.At) + " by " + plain(r.FollowUp.Acked.By)))
			return nil
		}
		return a.push(s.acceptDialog(r))
	case key.Matches(press, keyClose):
		return s.close(a, r)
	}
	return nil
}

func (s *followUps) acceptDialog(r *followUpRow) *chooser {
	id, who := r.FollowUp.ID, about(&r.Patient)
	return newChooser("Accept the follow-up of "+who+"?",
		yes("accept", func(a *app) tea.Cmd {
			return s.act(a, func(ctx context.Context, sig ward.Signature) error { return a.store.Acknowledge(ctx, sig, id) })
		}), no("back"))
}

func (s *followUps) act(a *app, do func(context.Context, ward.Signature) error) (cmd tea.Cmd) {
	if s.saving != 0 {
		return nil // one at a time
	}
	s.saving, cmd = ask(a, s.patient, act(signed(a, do)))
	return cmd
}

// close asks for the outcome and the note of a follow-up.
func (s *followUps) close(a *app, r *followUpRow) tea.Cmd {
	f := *r.FollowUp
	if err := ward.MayDo(a.user.Role, ward.MayDecide); err != nil {
		a.fail(ward.NotAllowed("a follow-up is closed by a clinician"))
		return nil
	}
	if !f.Acked.Done() {
		a.fail(ward.Conflict("accept it first: press a"))
		return nil
	}
	question := "CLOSE the follow-up of " + about(&r.Patient) + "?\n" + f.Level.Words() + ", peak " + fmt.Sprint(f.Peak) + ", open since " + a.clock(f.Opened.At) + ". How did it end?"
	if r.history.Lifted(&f) {
		question += "\ncorrected: no flag now"
	}
	c := closing{list: s, patient: r.Patient, followUp: f, last: r.Last, conclusive: r.Conclusive, ask: r.history.AskResolved()}
	choices := numbered(labels(ward.Outcomes), func(a *app, i int) tea.Cmd { return a.push(c.noteDialog(i, "")) })
	return a.push(newChooser(question, append(choices, no("back"))...))
}

// closing is a follow-up that is being closed: the record that its questions need.
type closing struct {
	list             *followUps
	patient          ward.Patient
	followUp         ward.FollowUp
	last, conclusive *ward.Check
	ask              bool // closing as resolved is asked about again
}

func (c closing) noteDialog(outcome int, note string) *asker {
	o := ward.Outcomes[outcome]
	return newAsker(about(&c.patient)+"\n"+o.Label+". Note (needed):", note, func(a *app, note string) (string, func(*app) tea.Cmd) {
		if err := c.followUp.ValidateClosing(o.Code, note); err != nil {
			return words(err), nil
		}
		return "", func(a *app) tea.Cmd {
			if o.Code == ward.Resolved && c.ask {
				return a.push(c.againDialog(a, outcome, note))
			}
			return c.save(a, o.Code, note, false)
		}
	})
}

// againDialog asks again before a follow-up is closed as resolved although the record
// says otherwise.
func (c closing) againDialog(a *app, outcome int, note string) *chooser {
	question := "CLOSE the follow-up of " + about(&c.patient) + "?\n"
	switch last := c.conclusive; {
	case last != nil && last.Result.Flag.Flagged():
		question += "STILL FLAGGED. The last conclusive check (" + a.clock(last.PerformedAt) + ") is " + toolScore(&last.Findings) + ", ICANS " + grade(last.Result) + ", " + last.Result.Flag.Code() + "."
	default:
		question += "NO CONCLUSIVE CHECK since the last flagged one."
	}
	question += "\nClose as resolved all the same? It stays in the record that you were asked."
	back := func(a *app) tea.Cmd { return a.push(c.noteDialog(outcome, note)) }
	return newChooser(question,
		yes("close as resolved", func(a *app) tea.Cmd { return c.save(a, ward.Resolved, note, true) }),
		choice{"0 n", "back, the note is kept", back})
}

func (c closing) save(a *app, outcome, note string, asked bool) tea.Cmd {
	return c.list.act(a, func(ctx context.Context, sig ward.Signature) error {
		return a.store.CloseFollowUp(ctx, sig, c.followUp.ID, outcome, note, asked)
	})
}

func (s *followUps) foot(a *app, w int) []string {
	r := s.selected(a)
	if r == nil {
		return nil
	}
	var lines []string
	add := func(text string, style look) {
		if text == "" {
			return
		}
		for _, l := range a.atMost(2, text, w-2) {
			lines = append(lines, " "+style.Render(l))
		}
	}
	f := r.FollowUp
	if f != nil {
		text := "opened " + a.clock(f.Opened.At)
		if !f.RaisedAt.IsZero() {
			text += ", raised " + a.clock(f.RaisedAt)
		}
		if c := lastJoined(r.history, f); c != nil {
			text += ": " + strings.Join(c.Result.Reasons.Words(), ", ")
		}
		add(text, a.theme.flags[f.Level])
		joined := "joined: " + a.joined(f)
		if ticks := a.ticked(r, s.work.ticks[f.ID]); ticks != "" {
			joined = a.pad(a.fit(joined, w-22), w-22) + "checklist " + ticks
		}
		add(joined, a.theme.plain)
		add(a.sinceFlag(r), a.theme.strong)
	}
	if r.Report != nil {
		add(a.reportWords(r.Report), a.theme.flags[icans.FlagIncomplete])
	}
	add(a.planWords(r.Next), a.theme.faint)
	return lines
}

// lastJoined returns the last check that joined, or nil.
func lastJoined(h *ward.History, f *ward.FollowUp) *ward.Check {
	for i := len(h.Checks) - 1; i >= 0; i-- {
		if _, joined := f.Has(h.Checks[i].ID); joined {
			return &h.Checks[i]
		}
	}
	return nil
}

// joined lists the checks of a follow-up, the first first: time, mark and grade.
func (a *app) joined(f *ward.FollowUp) string {
	var list []string
	for i := range f.Joined {
		j := &f.Joined[i]
		list = append(list, fmt.Sprintf("%s %s %d", a.clock(j.PerformedAt), flagMark(j.Flag), j.Floor))
	}
	const most = 4
	if more := len(list) - most; more > 0 {
		list = append([]string{list[0], fmt.Sprintf("%d more", more)}, list[len(list)-most+1:]...)
	}
	return strings.Join(list, ", ")
}

// sinceFlag returns the course since the last flagged check of a follow-up, in words.
// "Normal" is said of a normal check only.
func (a *app) sinceFlag(r *followUpRow) string {
	if r.history.Lifted(r.FollowUp) {
		return "corrected: no flag now; a clinician must close it"
	}
	last := r.history.Last()
	if last == nil {
		return ""
	}
	when := "last check " + a.clock(last.PerformedAt)
	switch {
	case last.Normal():
		text := "last check normal " + a.clock(last.PerformedAt)
		if a.quietFor24h(r.history) {
			text += "; 24 h without a flag"
		}
		return text
	case last.Result.Flag.Flagged():
		return when + " is flagged: " + meaning(&last.Findings, last.Result)
	case a.quietFor24h(r.history):
		return when + ": " + flagLine(last.Result) + "; 24 h without a flag"
	}
	return when + ": " + flagLine(last.Result)
}

// quietFor24h reports whether a conclusive check was made 24 h or more after the last
// flagged one, and no gap between checks since was longer than 12 h.
func (a *app) quietFor24h(h *ward.History) bool {
	const quiet, gap = 24 * time.Hour, 12 * time.Hour
	i := len(h.Checks) - 1
	for ; i >= 0 && !h.Checks[i].Result.Flag.Flagged(); i-- {
		if i > 0 && h.Checks[i].PerformedAt.Sub(h.Checks[i-1].PerformedAt) > gap {
			return false
		}
	}
	if i < 0 {
		return false
	}
	flagged := h.Checks[i].PerformedAt
	return slices.ContainsFunc(h.Checks[i+1:], func(c ward.Check) bool {
		return c.Result.Conclusive() && c.PerformedAt.Sub(flagged) >= quiet
	})
}

// reportWords returns a report with its time and the person who said it.
func (a *app) reportWords(r *ward.Report) string {
	by := ward.WordsFor(ward.Reporters, r.ToldBy)
	_, noun, found := strings.Cut(by, " ") // "a caregiver"
	if !found {
		noun = by
	}
	return a.clock(r.ToldAt) + " " + noun + ": “" + plain(r.Words) + "”"
}

func (s *followUps) body(a *app, w, h int) []string {
	rows := s.rows(a)
	switch {
	case !s.loaded:
		return []string{"", "  loading…"}
	case len(rows) == 0:
		return []string{"", "  No follow-up is open."}
	}
	lines := []string{a.theme.faint.Render("    " + a.pad("bed", s.bedWidth(a)) + a.pad("patient", 21) + a.pad("level", 10) + a.pad("peak", 6) + a.pad("checks", 8) + "state")}
	at := s.index(a)
	first, end := window(at, len(rows), h-len(lines))
	for i := first; i < end; i++ {
		r := &rows[i]
		line := s.line(a, r, i == at, w)
		if i == at {
			line = a.theme.selected.Render(a.pad(ansi.Strip(line), w))
		} else {
			line = a.theme.flags[max(r.level(), icans.FlagIncomplete)].Render(line)
		}
		lines = append(lines, line)
	}
	return lines
}

// bedWidth returns the width of the beds' column.
func (s *followUps) bedWidth(a *app) int {
	width := 3
	for _, r := range s.rows(a) {
		width = max(width, a.cells(bed(&r.Stay)))
	}
	return min(width, 8) + 1
}

// levelWords are the levels of a follow-up, short enough for the list.
var levelWords = map[icans.Flag]string{icans.FlagGrade1: "grade 1", icans.FlagUrgent: "urgent"}

func (s *followUps) line(a *app, r *followUpRow, selected bool, w int) string {
	mark := " "
	if selected {
		mark = "▌"
	}
	where := bed(&r.Stay)
	if !r.Stay.OnWard() {
		where = "–"
	}
	who := a.pad(where, s.bedWidth(a)) + a.pad(a.fit(plain(r.Patient.Name), 20), 21)
	f := r.FollowUp
	if f == nil {
		return a.fit(mark+"“  "+who+a.pad("report", 24)+a.reportWords(r.Report), w)
	}
	return a.fit(mark+flagMark(f.Level)+"  "+who+a.pad(levelWords[f.Level], 10)+a.pad(fmt.Sprint(f.Peak), 6)+a.pad(fmt.Sprint(f.Checks()), 8)+a.followUpState(&r.PatientState), w)
}

// followUpState returns the state of a follow-up for the list.
func (a *app) followUpState(s *ward.PatientState) string {
	f := s.FollowUp
	var parts []string
	if !s.Stay.OnWard() {
		state := "not accepted"
		if f.Acked.Done() {
			state = "accepted"
		}
		return "left " + s.Stay.DischargedAt.In(a.zone).Format("2 Jan") + "; " + state
	}
	if f.Acked.Done() {
		return "accepted " + a.clock(f.Acked.At) + " " + shortName(f.Acked.By)
	}
	if !f.RaisedAt.IsZero() {
		parts = append(parts, "raised "+a.clock(f.RaisedAt))
	}
	if s.NotExamined.Flagged() {
		parts = append(parts, "not examined")
	}
	if s.Escalated {
		parts = append(parts, "WAITS "+brief(a.now.Sub(s.EscalatesAt), 100))
	} else if len(parts) > 0 {
		parts = append(parts, "accept "+brief(s.EscalatesAt.Sub(a.now), 100))
	} else {
		parts = append(parts, "accept within "+brief(s.EscalatesAt.Sub(a.now), 100))
	}
	return strings.Join(parts, ", ")
}
