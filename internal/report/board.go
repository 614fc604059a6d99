package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// Board is the board of a ward at one time, as JSON: the patients on the ward and
// those whose discharge waits for confirmation, the most urgent first. An absent
// value is null and never left out. Codes are those of the CSV, times are RFC 3339 on
// the ward's clock.
type Board struct {
	At       boardTime      `json:"at"`
	Ward     string         `json:"ward"`
	Patients []BoardPatient `json:"patients"`
}

// BoardPatient is one row of a [Board].
type BoardPatient struct {
	MRN      string         `json:"mrn"`
	Name     string         `json:"name"`
	Bed      *string        `json:"bed"`
	Day      *int           `json:"day"`
	Mark     string         `json:"mark"`
	Last     *BoardCheck    `json:"last"`
	Next     BoardPlan      `json:"next"`
	FollowUp *boardFollowUp `json:"follow_up"`
	Report   *boardReport   `json:"report"`
	Left     *boardLeft     `json:"left"`
	Alert    string         `json:"alert"`
	AlertWhy []string       `json:"alert_why"`
	score    string         // of the last check in words, for the table
}

// BoardCheck is a check of a [Board].
type BoardCheck struct {
	CheckID     string    `json:"check_id"`
	PerformedAt boardTime `json:"performed_at"`
	Score       *int      `json:"score"`
	ICANSGrade  *int      `json:"icans_grade"`
	GradeLow    int       `json:"grade_low"`
	GradeHigh   int       `json:"grade_high"`
	Drivers     []string  `json:"drivers"`
	Flag        string    `json:"flag"`
	FlagReasons []string  `json:"flag_reasons"`
	Normal      bool      `json:"normal"`
}

// BoardPlan is the next check of a [Board].
type BoardPlan struct {
	DueAt    boardTime `json:"due_at"`
	State    string    `json:"state"`
	Interval *int64    `json:"interval_s"`
	Why      [1]string `json:"why"`
}

type boardFollowUp struct {
	State       string    `json:"state"`
	Level       string    `json:"level"`
	Peak        int       `json:"peak"`
	OpenedAt    boardTime `json:"opened_at"`
	RaisedAt    boardTime `json:"raised_at"`
	EscalatesAt boardTime `json:"escalates_at"`
	Checks      int       `json:"checks"`
}

type boardReport struct {
	At boardTime `json:"at"`
}

type boardLeft struct {
	At boardTime `json:"at"`
	By string    `json:"by"`
}

// boardTime is a time that is null if it is zero.
type boardTime struct{ time.Time }

// MarshalJSON writes the time with its milliseconds, if it has any.
func (t boardTime) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return []byte(t.Format(`"2006-01-02T15:04:05.999Z07:00"`)), nil
}

// NewBoard returns the board of the states of a ward at the time at. It leaves out
// patients whose discharge is confirmed: their open follow-ups are in the list of
// follow-ups and in the handover. It sorts states.
func NewBoard(name string, states []ward.PatientState, at time.Time, zone *time.Location) Board {
	in := onClock(zone)
	ward.MostUrgentFirst(states)
	b := Board{At: in(at), Ward: ward.CleanLine(name), Patients: []BoardPatient{}}
	for i := range states {
		if s := &states[i]; s.Stay.OnWard() || s.Left {
			b.Patients = append(b.Patients, boardPatient(s, at, zone, in))
		}
	}
	return b
}

// onClock returns a function that puts times on a ward's clock.
func onClock(zone *time.Location) func(time.Time) boardTime {
	return func(t time.Time) boardTime {
		if t.IsZero() {
			return boardTime{}
		}
		return boardTime{t.In(zone)}
	}
}

// NewBoardCheck returns a check as the board has it, for a command that records one.
func NewBoardCheck(c *ward.Check, zone *time.Location) *BoardCheck {
	return boardCheckOf(c, onClock(zone))
}

// NewBoardPlan returns the next check as the board has it.
func NewBoardPlan(p *ward.Plan, zone *time.Location) BoardPlan {
	plan := BoardPlan{DueAt: onClock(zone)(p.Due), State: ward.StateCodes[p.State], Why: [1]string{string(p.Why)}}
	if !p.Due.IsZero() {
		seconds := int64(p.Interval / time.Second)
		plan.Interval = &seconds
	}
	return plan
}

func boardPatient(s *ward.PatientState, at time.Time, zone *time.Location, in func(time.Time) boardTime) BoardPatient {
	p := BoardPatient{
		MRN: s.Patient.MRN, Name: s.Patient.Name, Mark: ward.MarkCodes[s.Mark],
		Next:  NewBoardPlan(&s.Next, zone),
		Alert: ward.AlertCodes[s.Alert], AlertWhy: []string{},
	}
	if s.Stay.Bed != "" {
		p.Bed = &s.Stay.Bed
	}
	if day, known := s.Patient.Day(at, zone); known {
		p.Day = &day
	}
	if s.Last != nil {
		p.Last, p.score = boardCheckOf(s.Last, in), scoreWords(&s.Last.Findings)
	}
	if f := s.FollowUp; f != nil {
		p.FollowUp = &boardFollowUp{
			State: "open", Level: f.Level.Code(), Peak: f.Peak, OpenedAt: in(f.Opened.At), RaisedAt: in(f.RaisedAt),
			EscalatesAt: in(s.EscalatesAt), Checks: f.Checks(),
		}
		if f.Acked.Done() {
			p.FollowUp.State = "acknowledged"
		}
	}
	if s.Report != nil {
		p.Report = &boardReport{in(s.Report.ToldAt)}
	}
	if s.Left {
		p.Left = &boardLeft{in(s.Stay.DischargedAt), s.Stay.Recorded.By}
	}
	for _, why := range s.AlertWhy {
		p.AlertWhy = append(p.AlertWhy, string(why))
	}
	return p
}

func boardCheckOf(c *ward.Check, in func(time.Time) boardTime) *BoardCheck {
	b := &BoardCheck{
		CheckID: c.ID, PerformedAt: in(c.PerformedAt), GradeLow: c.Result.Low, GradeHigh: c.Result.High,
		Drivers: c.Result.Drivers.Codes(), Flag: c.Result.Flag.Code(), FlagReasons: c.Result.Reasons.Codes(), Normal: c.Normal(),
	}
	if n, known := c.Result.Score.Value(); known {
		b.Score = &n
	}
	if n, known := c.Result.Grade(); known {
		b.ICANSGrade = &n
	}
	return b
}

// scoreWords returns the score of a check in few words.
func scoreWords(x *icans.Findings) string {
	tool := icans.FieldOf("tool").Words(x)
	low, high := x.ScoreRange()
	switch total, known := x.Total(); {
	case known:
		return fmt.Sprintf("%s %d", tool, total)
	case x.Unable != 0:
		return icans.FieldOf("unable").Words(x)
	default:
		return fmt.Sprintf("%s %d to %d", tool, low, high)
	}
}

// WriteText writes the board as a plain table.
func (b *Board) WriteText(w io.Writer) error {
	rows := [][]string{{"bed", "patient", "MRN", "day", "score", "ICANS", "next", "follow-up", "alert"}}
	for i := range b.Patients {
		rows = append(rows, b.row(&b.Patients[i]))
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	var out strings.Builder
	title := b.Ward
	if title == "" {
		title = "board"
	}
	fmt.Fprintf(&out, "%s   %s   %d on the board\n\n", title, b.At.Format("Mon 2 Jan 2006 15:04 MST"), len(b.Patients))
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-ansi.StringWidth(cell)+2))
		}
		out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func (b *Board) row(p *BoardPatient) []string {
	row := []string{"–", clean(p.Name), clean(p.MRN), "–", "no check", "", b.next(p), b.followUp(p), p.Alert}
	if p.Bed != nil {
		row[0] = clean(*p.Bed)
	}
	if p.Day != nil {
		row[3] = fmt.Sprintf("%+d", *p.Day)
	}
	if l := p.Last; l != nil {
		row[4] = p.score
		row[5] = fmt.Sprintf("%d to %d", l.GradeLow, l.GradeHigh)
		if l.ICANSGrade != nil {
			row[5] = fmt.Sprint(*l.ICANSGrade)
		}
		if len(l.Drivers) > 0 {
			row[5] += " " + strings.Join(l.Drivers, ", ")
		}
		if p.Mark == ward.MarkCodes[ward.MarkBaseline] {
			row[5] += " (own baseline)"
		}
	}
	if len(p.AlertWhy) > 0 {
		row[8] += ": " + strings.ReplaceAll(strings.Join(p.AlertWhy, ", "), "_", " ")
	}
	return row
}

func (b *Board) next(p *BoardPatient) string {
	switch {
	case p.Left != nil:
		return "left " + p.Left.At.Format("2 Jan 15:04") + " (" + clean(p.Left.By) + ")"
	case p.Next.DueAt.IsZero():
		return ward.WordsFor(ward.Whys, p.Next.Why[0])
	case p.Next.State == ward.StateCodes[ward.Overdue]:
		return "LATE " + ward.Elapsed(b.At.Sub(p.Next.DueAt.Time))
	}
	return "in " + ward.Elapsed(p.Next.DueAt.Sub(b.At.Time))
}

func (b *Board) followUp(p *BoardPatient) string {
	f := p.FollowUp
	switch {
	case f == nil && p.Report != nil:
		return "report"
	case f == nil:
		return ""
	case f.State == "acknowledged":
		return "accepted"
	case f.EscalatesAt.IsZero():
		return "open"
	case b.At.After(f.EscalatesAt.Time):
		return "WAITS " + ward.Elapsed(b.At.Sub(f.EscalatesAt.Time))
	}
	return "accept within " + ward.Elapsed(f.EscalatesAt.Sub(b.At.Time))
}
