package tui

import (
	"context"
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// patientScreen is one patient: the open follow-ups, and the checks as a table,
// newest first, with corrections visible.
type patientScreen struct {
	charted
	at   int // check in hand, in the table and in the trend
	plot bool
	zoom int  // index into zooms
	read bool // that somebody reads the patient is recorded
}

func (s *patientScreen) open(a *app) tea.Cmd {
	if s.read {
		return s.charted.open(a)
	}
	s.read = true
	return tea.Batch(a.note(ward.AuditEvent{Event: ward.ReadPatient, PatientID: s.id}), s.charted.open(a))
}

func newPatientScreen(id int64) *patientScreen { return &patientScreen{charted: charted{id: id}} }

func (s *patientScreen) title(a *app, w int) string { return s.titled(a, "PATIENT  ", w) }

var (
	keyInFull       = bind("enter", "enter", "in full")
	keyEdit         = bind("e", "e", "edit particulars")
	keyDischarge    = bind("d", "d", "discharge")
	keyIntervention = bind("i", "i", "intervention")
	keySymptom      = bind("s", "s", "reported symptom")
	keyOrder        = bind("o", "o", "order the schedule")
	keyEvents       = bind("v", "v", "events")
	keyTrend        = bind("t", "t", "trend")
	keyTable        = bind("t", "t", "table")
	keyZoom         = bind("z", "z", "zoom")
	keyReadings     = bind("left right up down", "← →", "older, newer")
	keyHistory      = bind("h", "h", "history of the particulars")
	keyMoveCheck    = bind("m", "m", "move this check to another patient")
	keyCorrect      = bind("r", "r", "correct this check")
	keyWithdraw     = bind("w", "w", "withdraw this check")
)

func (s *patientScreen) keys(*app) []key.Binding {
	list := keyList(keyMove, keyTrend)
	if s.plot {
		list = keyList(keyReadings, keyZoom, keyTable)
	}
	if len(s.chart.Checks) > 0 {
		list = append(list, keyInFull)
	}
	onWard := s.chart.Patient.OnWard()
	if onWard {
		list = append(list, keyCheck)
	}
	list = append(list, keyFollowUps, keySymptom, keyIntervention, keyEvents)
	if c := s.check(); c != nil && c.Stands() {
		list = append(list, keyCorrect, keyWithdraw, keyMoveCheck)
	}
	list = append(list, keyOrder, keyExport)
	list = append(list, keyEdit, keyHistory, keyAudit)
	if onWard {
		list = append(list, keyDischarge)
	}
	return append(list, keyBack)
}

// check returns the check in hand, or nil.
func (s *patientScreen) check() *ward.Check {
	if s.at < len(s.chart.Checks) {
		return &s.chart.Checks[s.at]
	}
	return nil
}

func (s *patientScreen) update(a *app, msg tea.Msg) tea.Cmd {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		return s.press(a, press)
	}
	cmd := s.take(a, msg)
	s.at = max(0, min(s.at, len(s.chart.Checks)-1))
	return cmd
}

func (s *patientScreen) press(a *app, press tea.KeyPressMsg) tea.Cmd {
	check := s.check()
	stands := check != nil && check.Stands()
	switch {
	case key.Matches(press, keyBack):
		return a.pop()
	case !s.loaded:
	case key.Matches(press, keyTrend):
		s.plot = !s.plot
		if check != nil && !check.Stands() {
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
		s.at = moved(press.String(), s.at, len(s.chart.Checks))
	case key.Matches(press, keyInFull) && check != nil:
		return a.push(&checkScreen{chart: s.chart, versions: s.chart.Versions(check.ID)})
	case key.Matches(press, keyCheck) && s.chart.Patient.OnWard():
		return a.push(newCheckForm(s.chart.Patient))
	case key.Matches(press, keyFollowUps):
		return a.push(&followUps{patient: s.id})
	case key.Matches(press, keyExport):
		return a.push(newExport(a, &s.chart.Patient))
	case key.Matches(press, keyHistory):
		return a.push(newHistory(s.id))
	case key.Matches(press, keyAudit):
		return a.push(newAuditScreen(s.id))
	case key.Matches(press, keyEdit):
		return a.push(newPatientForm(a, s.chart.Patient))
	case key.Matches(press, keySymptom):
		return a.push(symptomDialog(s.chart.Patient, s.record))
	case key.Matches(press, keyIntervention):
		return a.push(interventionDialog(s.chart.Patient, s.record))
	case key.Matches(press, keyOrder):
		return a.push(orderDialog(s.chart.Patient, s.record))
	case key.Matches(press, keyEvents):
		return a.push(newEvents(s.id))
	case key.Matches(press, keyMoveCheck) && stands:
		return a.push(moveDialog(s.chart.Patient, *check, s.record))
	case key.Matches(press, keyCorrect) && stands:
		return a.push(newCorrection(s.chart.Patient, *check))
	case key.Matches(press, keyWithdraw) && stands:
		return a.push(s.withdrawDialog(*check))
	case key.Matches(press, keyDischarge) && s.chart.Patient.OnWard():
		return a.push(s.dischargeDialog())
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

func (s *patientScreen) withdrawDialog(c ward.Check) *chooser {
	question := "Withdraw the check of " + plain(s.chart.Patient.Name) + ", MRN " + plain(s.chart.Patient.MRN) + ": " + toolScore(&c.Findings) +
		"?\nIt stays readable, struck through, and no longer counts. Why?"
	return newChooser(question, numbered(labels(ward.Reasons), func(a *app, i int) tea.Cmd {
		c.Version++
		c.Status, c.Reason, c.ReasonNote, c.Recorded = ward.Withdrawn, ward.Reasons[i].Code, "", ward.Signature{}
		return s.record(a, func(ctx context.Context, sig ward.Signature) error {
			_, err := a.store.SaveCheck(ctx, sig, c)
			return err
		})
	})...)
}

func (s *patientScreen) dischargeDialog() *chooser {
	p := s.chart.Patient
	question := "Discharge " + plain(p.Name) + ", b. " + p.BirthDate.Words() + ", MRN " + plain(p.MRN) + "? How does the stay end?"
	if n := len(ward.Open(s.chart.FollowUps)); n > 0 {
		question += fmt.Sprintf("\nOpen follow-ups: %d. They stay on the list until a person closes them.", n)
	}
	return newChooser(question, numbered(labels(ward.Discharges), func(a *app, i int) tea.Cmd {
		return s.record(a, func(ctx context.Context, sig ward.Signature) error {
			p.DischargedAt, p.Discharge = sig.At, ward.Discharges[i].Code
			_, err := a.store.Edit(ctx, sig, p)
			return err
		})
	})...)
}

func (s *patientScreen) foot(a *app, w int) []string {
	if !s.loaded {
		return nil
	}
	p := &s.chart.Patient
	var parts []string
	add := func(label, value string) {
		if value != "" {
			parts = append(parts, label+value)
		}
	}
	add("", plain(p.Product))
	if !p.InfusedAt.IsZero() {
		add("infused ", a.fullTime(p.InfusedAt))
	}
	if n, ok := p.Baseline.Value(); ok {
		add("baseline ", fmt.Sprintf("%s %d", icans.FieldOf("tool").Words(&icans.Findings{Tool: p.Tool}), n))
	}
	add("", plain(p.Language))
	if p.Interpreter {
		add("", "interpreter")
	}
	add("clinician ", plain(p.Clinician))
	if !p.OnWard() {
		add("discharged ", a.fullTime(p.DischargedAt)+", "+ward.WordsFor(ward.Discharges, p.Discharge))
	}
	plan := a.site.Next(p, s.chart.Last(), s.chart.Orders, s.chart.Told(), a.zone)
	due := a.theme.faint
	if plan.State(a.site, a.now) == ward.Overdue {
		due = a.theme.bad
	}
	zoom := ""
	if s.plot {
		zoom = "[" + zooms[s.zoom].name + "]   "
	}
	if s.plot {
		if marks := s.legend(); marks != "" { // the particulars are on the table
			parts = []string{marks}
		}
	}
	return []string{
		" " + due.Render(a.fit(zoom+a.planLine(plan), w-2)),
		" " + a.theme.faint.Render(a.fit(strings.Join(parts, " · "), w-2)),
	}
}

func (s *patientScreen) body(a *app, w, h int) []string {
	if !s.loaded {
		return []string{"", "  one moment…"}
	}
	var lines []string
	most := 3
	if s.plot {
		most = 1 // the trend needs the room
	}
	for _, f := range ward.Open(s.chart.FollowUps) {
		if len(lines) == most {
			if s.plot {
				break
			}
			lines = append(lines, fmt.Sprintf("   and %d more: f shows them", len(ward.Open(s.chart.FollowUps))-3))
			break
		}
		state := "nobody has taken it"
		if f.Acked.Done() {
			state = "taken " + a.clock(f.Acked.At) + " by " + plain(f.Acked.By)
		}
		lines = append(lines, " "+a.theme.flags[f.Level].Render(a.fit(flagMark(f.Level)+" follow-up open for "+a.ago(f.Opened.At)+": "+f.Level.Words()+", "+state, w-2)))
	}
	if s.plot {
		return append(lines, s.plotted(a, w)...)
	}
	if len(lines) > 0 {
		lines = append(lines, "")
	}
	if len(s.chart.Checks) == 0 {
		if !s.chart.Patient.OnWard() {
			return append(lines, "", "  No check was recorded.")
		}
		return append(lines, "", "  No check yet. Press n for the first one.")
	}
	lines = append(lines, a.theme.faint.Render("    "+a.pad("performed", 13)+a.pad("day", 4)+a.pad("score", 12)+a.pad("ICANS", 7)+a.pad("from", 13)+a.pad("flag", 11)+"recorded by"))
	room := h - len(lines)
	first, end := window(s.at, len(s.chart.Checks), room)
	for i := first; i < end; i++ {
		lines = append(lines, s.line(a, &s.chart.Checks[i], i == s.at, w))
	}
	return lines
}

func (s *patientScreen) line(a *app, c *ward.Check, selected bool, w int) string {
	mark := "  "
	if selected {
		mark = "▌ "
	}
	text := a.pad(a.clock(c.PerformedAt), 13) + a.pad(a.day(&s.chart.Patient, c.PerformedAt), 4) +
		a.pad(toolScore(&c.Findings), 12) + a.pad(grade(c.Result), 7) +
		a.pad(a.fit(strings.Join(c.Result.Drivers.Words(), ", "), 12), 13)
	flag := c.Result.Flag.Code()
	if c.Result.Flag == icans.FlagNone {
		flag = "–"
	}
	text += a.pad(flag, 11) + versionWord(c) + plain(c.Recorded.By)
	if w > 110 {
		text = a.pad(text, 105) + strings.Join(c.Result.Reasons.Words(), ", ")
		if c.Note != "" {
			text += "  “" + plain(c.Note) + "”"
		}
	}
	line := a.fit(mark+flagMark(c.Result.Flag)+" "+text, w)
	switch {
	case selected:
		return a.theme.selected.Render(a.pad(ansi.Strip(line), w))
	case !c.Stands():
		return a.theme.struck.Render(line)
	}
	return a.theme.flags[c.Result.Flag].Render(line)
}

// versionWord says what has become of a version, and what it is.
func versionWord(c *ward.Check) string {
	switch {
	case c.Superseded:
		return "× old "
	case c.Status == ward.Withdrawn:
		return "× withdrawn "
	case c.Status == ward.Corrected:
		return "corrected "
	case c.Because != "":
		return "re-evaluated "
	case c.Late():
		return "late entry "
	}
	return ""
}
