package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// patientScreen shows one patient: the state, and the checks as a table or as a trend.
// The table has every version, newest first, so that corrections are visible.
type patientScreen struct {
	charted
	at   versionKey // selected check, in the table and in the trend
	plot bool
	zoom int  // index into zooms
	read bool // the audit trail has that the patient is read
}

// versionKey identifies a version of a check. A reload keeps it selected.
type versionKey struct {
	id      string
	version int
}

func (s *patientScreen) open(a *app) tea.Cmd {
	if s.read {
		return s.charted.open(a)
	}
	s.read = true
	return tea.Batch(a.note(ward.AuditEvent{Event: ward.ReadPatient, PatientID: s.id}), s.charted.open(a))
}

func newPatientScreen(id int64) *patientScreen { return &patientScreen{charted: charted{id: id}} }

func (s *patientScreen) title(a *app, _ int) string    { return s.titled(a, "PATIENT") }
func (s *patientScreen) header(a *app, w int) []string { return s.identified(a, "PATIENT", w) }

var (
	keyInFull       = bind("enter", "enter", "in full")
	keyEdit         = bind("e", "e", "edit details")
	keyDischarge    = bind("d", "d", "discharge")
	keyIntervention = bind("i", "i", "what was done")
	keySymptom      = bind("s", "s", "reported symptom")
	keyOrder        = bind("o", "o", "interval, cause")
	keyEvents       = bind("v", "v", "events")
	keyTrend        = bind("t", "t", "trend")
	keyTable        = bind("t", "t", "table")
	keyZoom         = bind("z", "z", "zoom")
	keyReadings     = bind("left right up down", "← →", "checks")
	keyHistory      = bind("h", "h", "changes")
	keyMoveCheck    = bind("m", "m", "move this check to another patient")
	keyCorrect      = bind("r", "r", "correct this check")
	keyWithdraw     = bind("w", "w", "withdraw this check")
)

func (s *patientScreen) keys(*app) []key.Binding {
	list := keyList(keyMove, keyTrend)
	if s.plot {
		list = keyList(keyReadings, keyZoom, keyTable)
	}
	if len(s.chart.Versions) > 0 {
		list = append(list, keyInFull)
	}
	if s.chart.OnWard() {
		list = append(list, keyCheck)
	}
	list = append(list, keyFollowUps, keySymptom, keyIntervention, keyEvents)
	if c := s.check(); c != nil && c.Valid() {
		list = append(list, keyCorrect, keyWithdraw, keyMoveCheck)
	}
	list = append(list, keyOrder, keyExport)
	list = append(list, keyEdit, keyHistory, keyAudit)
	if s.chart.OnWard() || s.left() {
		list = append(list, keyDischarge)
	}
	return append(list, keyBack)
}

// left reports whether a feed discharged the patient and no person confirmed it.
func (s *patientScreen) left() bool {
	stay := s.chart.Stay()
	return stay != nil && !stay.OnWard() && stay.EndUnconfirmed
}

// index returns the line of the selected version, or -1.
func (s *patientScreen) index() int {
	return slices.IndexFunc(s.chart.Versions, func(c ward.Check) bool { return c.ID == s.at.id && c.Version == s.at.version })
}

// check returns the selected version, or nil.
func (s *patientScreen) check() *ward.Check {
	if i := s.index(); i >= 0 {
		return &s.chart.Versions[i]
	}
	return nil
}

// choose selects the version with that index.
func (s *patientScreen) choose(i int) {
	if i >= 0 && i < len(s.chart.Versions) {
		c := &s.chart.Versions[i]
		s.at = versionKey{c.ID, c.Version}
	}
}

func (s *patientScreen) update(a *app, msg tea.Msg) tea.Cmd {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		return s.press(a, press)
	}
	was := s.check()
	current := was != nil && !was.Superseded
	cmd := s.take(a, msg)
	switch now := s.check(); {
	case s.at == versionKey{}:
		s.choose(0)
	case current && now != nil && now.Superseded: // a correction: the version that counts is selected
		if c := s.chart.Current(s.at.id); c != nil {
			s.at.version = c.Version
		}
	}
	return cmd
}

func (s *patientScreen) press(a *app, press tea.KeyPressMsg) tea.Cmd {
	check := s.check()
	valid := check != nil && check.Valid()
	switch {
	case key.Matches(press, keyBack):
		return a.pop()
	case !s.loaded:
	case key.Matches(press, keyTrend):
		s.plot = !s.plot
		if check != nil && !check.Valid() {
			s.toReading(1)
		}
	case key.Matches(press, keyZoom) && s.plot:
		s.zoom = (s.zoom + 1) % len(zooms)
	case key.Matches(press, keyReadings) && s.plot:
		step := 1
		if k := press.String(); k == "right" || k == "up" {
			step = -1
		}
		s.toReading(step)
	case key.Matches(press, keyMove) && !s.plot:
		s.choose(moved(press.String(), s.index(), len(s.chart.Versions)))
	case key.Matches(press, keyInFull) && check != nil:
		return a.push(&checkScreen{chart: s.chart, versions: s.chart.VersionsOf(check.ID)})
	case key.Matches(press, keyCheck) && s.chart.OnWard():
		return a.push(newCheckForm(s.chart.Patient, s.stay()))
	case key.Matches(press, keyFollowUps):
		return a.push(&followUps{patient: s.id})
	case key.Matches(press, keyExport):
		return a.push(newExport(a, &s.chart.Patient))
	case key.Matches(press, keyHistory):
		return a.push(newHistory(s.id))
	case key.Matches(press, keyAudit):
		return a.push(newAuditScreen(s.id))
	case key.Matches(press, keyEdit):
		return a.push(newPatientForm(a, s.chart.Patient, s.stay()))
	case key.Matches(press, keySymptom):
		return a.push(symptomDialog(s.chart.Patient, s.stay(), s.record))
	case key.Matches(press, keyIntervention):
		return a.push(interventionDialog(s.chart.Patient, s.stay(), s.record))
	case key.Matches(press, keyOrder):
		return a.push(orderDialog(a, &s.charted))
	case key.Matches(press, keyEvents):
		return a.push(newEvents(s.id))
	case key.Matches(press, keyMoveCheck) && valid:
		return a.push(moveDialog(a, s.chart.Patient, *check, s.record))
	case key.Matches(press, keyCorrect) && valid:
		return a.push(newCorrection(s.chart.Patient, s.stay(), *check))
	case key.Matches(press, keyWithdraw) && valid:
		return a.push(s.withdrawDialog(a, *check))
	case key.Matches(press, keyDischarge) && s.chart.OnWard():
		return a.push(s.dischargeDialog(a))
	case key.Matches(press, keyDischarge) && s.left():
		return a.push(s.confirmDialog(a))
	}
	return nil
}

func labels(terms []ward.Term) []string {
	var list []string
	for _, t := range terms {
		list = append(list, t.Label)
	}
	return list
}

func (s *patientScreen) withdrawDialog(a *app, c ward.Check) *chooser {
	question := "WITHDRAW the check of " + a.clock(c.PerformedAt) + "?   " + about(&s.chart.Patient) + "\n" +
		meaning(&c.Findings, c.Result) + "   recorded by " + plain(c.Recorded.By) + "\nIt stays readable and no longer counts. Why?"
	choices := numbered(labels(correctionReasons), func(a *app, i int) tea.Cmd {
		c.Version++
		c.Status, c.Reason, c.ReasonNote, c.Recorded = ward.Withdrawn, correctionReasons[i].Code, "", ward.Signature{}
		return s.record(a, func(ctx context.Context, sig ward.Signature) error {
			_, err := a.store.SaveCheck(ctx, sig, c)
			return err
		})
	})
	return newChooser(question, append(choices, no("back"))...)
}

func (s *patientScreen) dischargeDialog(a *app) *chooser {
	p, stay := s.chart.Patient, s.stay()
	state := ward.Watch(&s.chart.History, a.site, a.now)
	question := "DISCHARGE   " + about(&p) + "   bed " + bed(&stay) + "\nnow, " + a.clock(a.now)
	if state.FollowUp != nil {
		question += "   A follow-up is open: it stays on the list until a clinician closes it."
	}
	if state.Next.State == ward.Overdue {
		question += "   Check " + a.due(state.Next)
	}
	question += "\nWhere does the patient go?"
	choices := numbered(labels(ward.Discharges), func(a *app, i int) tea.Cmd {
		how := ward.Discharges[i]
		return a.push(newChooser("Discharge "+about(&p)+", "+how.Label+", "+a.clock(a.now)+"?",
			yes("discharge", func(a *app) tea.Cmd {
				return s.record(a, func(ctx context.Context, sig ward.Signature) error {
					_, err := a.store.Discharge(ctx, sig, p.ID, sig.At, how.Code)
					return err
				})
			}), no("back")))
	})
	return newChooser(question, append(choices, no("back"))...)
}

// confirmDialog confirms or undoes the discharge that a feed recorded.
func (s *patientScreen) confirmDialog(a *app) *chooser {
	p, stay := s.chart.Patient, s.stay()
	return newChooser(about(&p)+"\nA feed discharged this patient "+a.clock(stay.DischargedAt)+". Is that right?",
		choice{"1 y", "confirm the discharge", func(a *app) tea.Cmd {
			return s.record(a, func(ctx context.Context, sig ward.Signature) error { return a.store.ConfirmDischarge(ctx, sig, p.ID) })
		}},
		choice{"2", "undo it: still here", func(a *app) tea.Cmd {
			return a.push(newAsker(about(&p)+"\nUndo the discharge. Why? (needed)", "", func(a *app, reason string) (string, func(*app) tea.Cmd) {
				if reason == "" {
					return "a reason is needed", nil
				}
				return "", func(a *app) tea.Cmd {
					return s.record(a, func(ctx context.Context, sig ward.Signature) error {
						_, err := a.store.UndoDischarge(ctx, sig, p.ID, reason)
						return err
					})
				}
			}))
		}},
		no("back"))
}

func (s *patientScreen) foot(a *app, w int) []string {
	if !s.loaded {
		return nil
	}
	stay := s.stay()
	var parts []string
	add := func(label, value string) {
		if value != "" {
			parts = append(parts, label+value)
		}
	}
	p := &s.chart.Patient
	if !p.InfusedAt.IsZero() {
		add("infused ", a.fullTime(p.InfusedAt))
	}
	add("", plain(p.Language))
	add("clinician ", plain(stay.Clinician))
	if !stay.DischargedAt.IsZero() {
		add("discharged ", a.fullTime(stay.DischargedAt)+", "+ward.WordsFor(ward.Discharges, stay.Discharge))
	}
	if s.plot { // the trend needs the room
		lines := []string{" " + a.theme.strong.Render(a.fit(s.readOut(a), w-2))}
		if marks := s.legend(); marks != "" && a.height > leastHeight {
			lines = append(lines, " "+a.theme.faint.Render(a.fit(marks, w-2)))
		}
		return lines
	}
	plan := s.chart.Next(a.site, a.now)
	due := a.theme.faint
	if plan.State == ward.Overdue {
		due = a.theme.bad
	}
	return []string{
		" " + due.Render(a.fit(a.planWords(plan), w-2)),
		" " + a.theme.faint.Render(a.fit(strings.Join(parts, " · "), w-2)),
	}
}

// state returns the lines about the patient's state: the follow-up, the time without an
// examination, a waiting report, a cause named ahead, a discharge to confirm. keys is the
// text for the keys that accept a follow-up.
func (s *patientScreen) state(a *app, w int, keys string) []string {
	h := &s.chart.History
	st := ward.Watch(h, a.site, a.now)
	var lines []string
	add := func(style look, text string) {
		lines = append(lines, " "+style.Render(a.fit(text, w-2)))
	}
	if f := st.FollowUp; f != nil {
		text := fmt.Sprintf("%s %s, peak %d", flagMark(f.Level), levelWords[f.Level], f.Peak)
		switch {
		case f.Acked.Done():
			text += ", accepted " + a.clock(f.Acked.At) + " by " + plain(f.Acked.By)
		case !st.Stay.OnWard():
			text += ", not accepted"
		case st.Escalated:
			text += ", NOT ACCEPTED, over time by " + brief(a.now.Sub(st.EscalatesAt), 100) + keys
		default:
			text += ", accept within " + brief(st.EscalatesAt.Sub(a.now), 100) + keys
		}
		if !f.RaisedAt.IsZero() {
			text += ", raised " + a.clock(f.RaisedAt)
		}
		add(a.theme.flags[f.Level], text)
	}
	if st.NotExamined.Flagged() {
		since := "the admission"
		if st.Conclusive != nil && st.Conclusive.PerformedAt.Equal(st.NotExaminedSince) {
			since = "the last conclusive check"
		}
		add(a.theme.flags[st.NotExamined], flagMark(st.NotExamined)+" NOT EXAMINED for "+a.ago(st.NotExaminedSince)+", since "+since)
	}
	if st.Report != nil {
		add(a.theme.flags[icans.FlagIncomplete], "“ reported, a check is due now: "+a.reportWords(st.Report))
	}
	if cause := a.namedCause(h); cause != "" {
		add(a.theme.plain, "other cause named ahead: "+cause)
	}
	if st.Left {
		add(a.theme.strong, a.leftWords(&st.Stay)+": d confirms or undoes it")
	}
	if st.FollowUp == nil && st.Mark == ward.MarkBaseline {
		add(a.theme.plain, "= grade "+grade(st.Conclusive.Result)+" at own baseline")
	}
	return lines
}

// trendLine returns the one line above the trend: the follow-up, the next check, and the
// time that the trend shows.
func (s *patientScreen) trendLine(a *app, w int) string {
	plan := s.chart.Next(a.site, a.now)
	right := "[" + zooms[s.zoom].name + "]"
	if !plan.Due.IsZero() {
		right = "next " + a.clock(plan.Due) + "  " + right
	}
	room := w - a.cells(right) - 1
	left := ""
	if lines := s.state(a, room, ""); len(lines) > 0 {
		left = lines[0]
	}
	return a.pad(left, room) + right
}

func (s *patientScreen) body(a *app, w, h int) []string {
	if !s.loaded {
		return []string{"", "  loading…"}
	}
	lines := s.state(a, w, " (f a accept)")
	if s.plot {
		return append([]string{s.trendLine(a, w)}, s.plotted(a, w, h-1)...)
	}
	if len(lines) > 0 {
		lines = append(lines, "")
	}
	if len(s.chart.Versions) == 0 {
		if !s.chart.OnWard() {
			return append(lines, "", "  No check was recorded.")
		}
		return append(lines, "", "  No check yet. Press n for the first one.")
	}
	lines = append(lines, a.theme.faint.Render("   "+a.pad("time", 13)+a.pad("day", 4)+a.pad("score", 13)+a.pad("ICANS", 8)+"  flag and why"))
	room := h - len(lines)
	at := s.index()
	first, end := window(at, len(s.chart.Versions), room)
	for i := first; i < end; i++ {
		lines = append(lines, s.line(a, &s.chart.Versions[i], i == at, w))
	}
	return lines
}

func (s *patientScreen) line(a *app, c *ward.Check, selected bool, w int) string {
	mark := " "
	if selected {
		mark = "▌"
	}
	text := a.pad(a.clock(c.PerformedAt), 13) + a.pad(a.day(&s.chart.Patient, c.PerformedAt), 4) +
		a.pad(a.fit(toolScore(&c.Findings), 12), 13) + a.pad(gradeColumn(c.Result), 8)
	why := strings.Join(c.Result.Reasons.Words(), ", ")
	switch {
	case c.Normal():
		why = "normal"
	case c.Result.Flag == icans.FlagNone && why == "":
		if why = "no flag"; unchanged(&c.Findings) != "" {
			why += "; " + unchanged(&c.Findings)
		}
	case c.Result.AtBaseline():
		why = "at own baseline"
	}
	sign := flagMark(c.Result.Flag)
	if c.Result.AtBaseline() {
		sign = "="
	}
	text += sign + " " + versionWord(c) + why
	if w > 110 {
		text = a.pad(a.fit(text, w-34), w-33) + plain(c.Recorded.By)
	}
	line := a.fit(mark+"  "+text, w)
	switch {
	case selected:
		return a.theme.selected.Render(a.pad(ansi.Strip(line), w))
	case !c.Valid():
		return a.theme.struck.Render(line)
	}
	return a.theme.flags[c.Result.Flag].Render(line)
}

// versionWord returns the state of a version, if it is not the first one that counts.
func versionWord(c *ward.Check) string {
	switch {
	case c.Superseded:
		return "× replaced: "
	case c.Status == ward.Withdrawn:
		return "× withdrawn: "
	case c.Status == ward.Corrected:
		return "corrected: "
	case c.Because != "":
		return "flag changed: "
	case c.Late():
		return "late entry: "
	}
	return ""
}
