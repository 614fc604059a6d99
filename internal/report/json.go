package report

import (
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// HandoverJSON returns a handover as a value that encodes as one JSON object. Its codes are those of the
// CSV and of board --json, its times RFC 3339 on the ward's wall clock; a field that
// does not apply is left out, and a list without entries is empty.
func HandoverJSON(h ward.Handover, s Sheet) any {
	j := document{
		Ward: ward.CleanLine(s.Ward), Since: stamp(h.Since.In(h.Zone)), MadeAt: stamp(h.Now.In(h.Zone)), MadeBy: ward.CleanLine(s.MadeBy),
		Record: s.Seq, Head: s.Head, Patients: make([]patient, 0, len(h.Patients)),
	}
	for i := range h.Patients {
		j.Patients = append(j.Patients, patientOf(&h.Patients[i], h))
	}
	return j
}

// stamp is a time that the JSON leaves out if it is zero.
type stamp time.Time

func (s stamp) IsZero() bool { return time.Time(s).IsZero() }

func (s stamp) MarshalJSON() ([]byte, error) {
	return []byte(time.Time(s).Format(`"` + time.RFC3339 + `"`)), nil
}

type document struct {
	Ward     string    `json:"ward"`
	Since    stamp     `json:"since"`
	MadeAt   stamp     `json:"made_at"`
	MadeBy   string    `json:"made_by"`
	Record   int64     `json:"record"`
	Head     string    `json:"head"`
	Patients []patient `json:"patients"`
}

type patient struct {
	MRN         string `json:"mrn"`
	Name        string `json:"name"`
	BirthDate   string `json:"birth_date,omitempty"`
	SecondID    string `json:"second_id,omitempty"`
	Bed         string `json:"bed,omitempty"`
	Visit       string `json:"visit,omitempty"`
	Product     string `json:"product,omitempty"`
	Clinician   string `json:"clinician,omitempty"`
	Language    string `json:"language,omitempty"`
	Interpreter bool   `json:"interpreter"`
	Baseline    *int   `json:"baseline,omitempty"`
	InfusedAt   stamp  `json:"infused_at,omitzero"`
	Day         *int   `json:"day,omitempty"`

	AdmittedAt   stamp  `json:"admitted_at,omitzero"`
	Admitted     bool   `json:"admitted_in_period"`
	DischargedAt stamp  `json:"discharged_at,omitzero"`
	Discharge    string `json:"discharge,omitempty"`
	Discharged   bool   `json:"discharged_in_period"`
	Unconfirmed  bool   `json:"left_not_confirmed"`

	Mark             string   `json:"mark"`
	Alert            string   `json:"alert"`
	AlertWhy         []string `json:"alert_why"`
	NotExamined      string   `json:"not_examined,omitempty"`
	NotExaminedSince stamp    `json:"not_examined_since,omitzero"`

	Trend      string  `json:"trend"` // from before to conclusive
	Last       *check  `json:"last,omitempty"`
	Conclusive *check  `json:"conclusive,omitempty"`
	Before     *check  `json:"before,omitempty"`
	Worst      *check  `json:"worst,omitempty"`
	Checks     int     `json:"checks_in_period"`
	Flagged    []check `json:"flagged"`

	FollowUps []followUp `json:"follow_ups"`
	Missed    []missed   `json:"missed"`
	Entries   []entry    `json:"entries"`
	Events    []event    `json:"events"`
	Report    *event     `json:"report,omitempty"` // it waits for a check
	Next      next       `json:"next"`
}

type check struct {
	ID           string            `json:"check_id"`
	Version      int               `json:"version"`
	Status       string            `json:"status"`
	PerformedAt  stamp             `json:"performed_at"`
	RecordedAt   stamp             `json:"recorded_at"`
	RecordedBy   string            `json:"recorded_by"`
	Tool         string            `json:"tool"`
	Unable       string            `json:"unable,omitempty"`
	Score        *int              `json:"score,omitempty"`
	StatedTotal  *int              `json:"stated_total,omitempty"`
	Grade        *int              `json:"icans_grade,omitempty"`
	Low          int               `json:"grade_low"`
	High         int               `json:"grade_high"`
	Drivers      []string          `json:"drivers"`
	OtherCause   []string          `json:"other_cause"`
	CauseNote    string            `json:"other_cause_note,omitempty"`
	Uncertain    []string          `json:"uncertain_cause"`
	Flag         string            `json:"flag"`
	Reasons      []string          `json:"flag_reasons"`
	Normal       bool              `json:"normal"`
	AtBaseline   bool              `json:"at_baseline"`
	Unexamined   bool              `json:"unexamined"` // it leaves the patient unexamined
	Observations map[string]string `json:"seen"`       // features and signs that are not none
}

type followUp struct {
	ID             int64         `json:"follow_up_id"`
	Level          string        `json:"level"`
	Peak           int           `json:"peak"`
	State          string        `json:"state"` // open, acknowledged or closed
	OpenedAt       stamp         `json:"opened_at"`
	OpenedBy       string        `json:"opened_by"`
	RaisedAt       stamp         `json:"raised_at,omitzero"`
	AcknowledgedAt stamp         `json:"acknowledged_at,omitzero"`
	AcknowledgedBy string        `json:"acknowledged_by,omitempty"`
	Escalated      bool          `json:"escalated"`
	EscalatesAt    stamp         `json:"escalates_at,omitzero"`
	Lifted         bool          `json:"lifted"`
	ClosedAt       stamp         `json:"closed_at,omitzero"`
	ClosedBy       string        `json:"closed_by,omitempty"`
	Outcome        string        `json:"outcome,omitempty"`
	Note           string        `json:"note,omitempty"`
	Asked          bool          `json:"asked_again"`
	Code           string        `json:"icd10,omitempty"`
	Ticked         int           `json:"items_done"`
	Open           []string      `json:"items_open"`
	Joined         []joinedCheck `json:"checks"`
}

// joinedCheck is a check that opened, joined or raised a follow-up.
type joinedCheck struct {
	CheckID     string `json:"check_id"`
	Event       string `json:"event"`
	PerformedAt stamp  `json:"performed_at"`
	Flag        string `json:"flag"`
	Grade       int    `json:"grade"`
	At          stamp  `json:"at"`
}

type missed struct {
	Due        stamp  `json:"due"`
	Until      stamp  `json:"until,omitzero"`
	End        string `json:"end"`
	Minutes    int    `json:"late_minutes"`
	KnownLater bool   `json:"known_later"`
}

type entry struct {
	Kind   string `json:"kind"`
	Reason string `json:"reason,omitempty"`
	Note   string `json:"reason_note,omitempty"`
	Check  check  `json:"check"`
	Was    *check `json:"was,omitempty"`
}

type event struct {
	Kind       string `json:"kind"`
	At         stamp  `json:"at"`
	What       string `json:"what"`
	Detail     string `json:"detail,omitempty"`
	Minutes    int    `json:"interval_minutes,omitempty"`
	UntilDay   int    `json:"until_day,omitempty"`
	Withdrawn  bool   `json:"withdrawn"`
	Reason     string `json:"reason,omitempty"`
	RecordedAt stamp  `json:"recorded_at"`
	RecordedBy string `json:"recorded_by"`
}

type next struct {
	State     string   `json:"state"`
	Due       stamp    `json:"due_at,omitzero"`
	Interval  int      `json:"interval_s,omitempty"`
	Why       []string `json:"why"`
	BurstEnds stamp    `json:"burst_ends,omitzero"`
	Then      int      `json:"then_interval_s,omitempty"`
}

// patientOf returns one patient of the handover all.
func patientOf(h *ward.HandoverPatient, all ward.Handover) patient {
	at := func(t time.Time) stamp { return inZone(t, all.Zone) }
	maybe := func(c *ward.Check) *check {
		if c == nil {
			return nil
		}
		return new(checkIn(c, all.Zone))
	}
	p, stay := &h.Patient, &h.Stay
	out := patient{
		MRN: p.MRN, Name: p.Name, BirthDate: p.BirthDate.String(), SecondID: p.SecondID, Bed: stay.Bed, Visit: stay.Visit, Product: p.Product,
		Clinician: stay.Clinician, Language: p.Language, Interpreter: p.Interpreter, Baseline: number(p.Baseline), InfusedAt: at(p.InfusedAt),
		AdmittedAt: at(stay.AdmittedAt), Admitted: h.Admitted, DischargedAt: at(stay.DischargedAt), Discharge: stay.Discharge, Discharged: h.Discharged,
		Unconfirmed: h.Left, Mark: ward.MarkCodes[h.Mark], Alert: ward.AlertCodes[h.Alert], AlertWhy: make([]string, 0, len(h.AlertWhy)),
		Trend: ward.Trends[h.Trend].Code, Last: maybe(h.Last), Conclusive: maybe(h.Conclusive), Before: maybe(h.Before), Worst: maybe(h.Worst),
		Checks: h.Checks, Flagged: make([]check, 0, len(h.Flags)),
		FollowUps: make([]followUp, 0), Missed: make([]missed, 0), Entries: make([]entry, 0), Events: make([]event, 0),
		Next: next{
			State: ward.StateCodes[h.Next.State], Due: at(h.Next.Due), Interval: int(h.Next.Interval / time.Second), Why: []string{string(h.Next.Why)},
			BurstEnds: at(h.BurstEnds), Then: int(h.Then / time.Second),
		},
	}
	for _, why := range h.AlertWhy {
		out.AlertWhy = append(out.AlertWhy, string(why))
	}
	if h.NotExamined.Flagged() {
		out.NotExamined, out.NotExaminedSince = h.NotExamined.Code(), at(h.NotExaminedSince)
	}
	if day, ok := p.Day(all.Now, all.Zone); ok {
		out.Day = &day
	}
	for _, c := range h.Flags {
		out.Flagged = append(out.Flagged, checkIn(c, all.Zone))
	}
	for i := range h.Follow {
		out.FollowUps = append(out.FollowUps, followUpIn(&h.Follow[i], all.Zone))
	}
	for _, m := range h.Missed {
		out.Missed = append(out.Missed, missed{at(m.Due), at(m.Until), string(m.End), int(m.Late / time.Minute), m.KnownLater})
	}
	for _, n := range h.Notes {
		out.Entries = append(out.Entries, entry{string(n.Kind), n.Check.Reason, n.Check.ReasonNote, checkIn(n.Check, all.Zone), maybe(n.Was)})
	}
	for i := range h.Events {
		out.Events = append(out.Events, eventIn(&h.Events[i], all.Zone))
	}
	if r := h.Report; r != nil {
		out.Report = new(eventIn(&ward.Event{Kind: ward.AReport, At: r.ToldAt, What: r.ToldBy, Detail: r.Words, Recorded: r.Recorded}, all.Zone))
	}
	return out
}

func followUpIn(f *ward.HandoverFollowUp, zone *time.Location) followUp {
	out := followUp{
		ID: f.ID, Level: f.Level.Code(), Peak: f.Peak, State: "open", OpenedAt: inZone(f.Opened.At, zone), OpenedBy: f.Opened.By, RaisedAt: inZone(f.RaisedAt, zone),
		AcknowledgedAt: inZone(f.Acked.At, zone), AcknowledgedBy: f.Acked.By, Escalated: f.Escalated, EscalatesAt: inZone(f.EscalatesAt, zone), Lifted: f.Lifted,
		ClosedAt: inZone(f.Closed.At, zone), ClosedBy: f.Closed.By, Outcome: f.Outcome, Note: f.Note, Asked: f.Asked, Code: f.ICD10(),
		Ticked: f.Ticked, Open: append([]string{}, f.Open...), Joined: make([]joinedCheck, 0, len(f.Joined)),
	}
	switch {
	case !f.IsOpen():
		out.State = "closed"
	case f.Acked.Done():
		out.State = "acknowledged"
	}
	for _, j := range f.Joined {
		out.Joined = append(out.Joined, joinedCheck{j.CheckID, string(j.Event), inZone(j.PerformedAt, zone), j.Flag.Code(), j.Floor, inZone(j.At, zone)})
	}
	return out
}

func eventIn(e *ward.Event, zone *time.Location) event {
	return event{
		Kind: string(e.Kind), At: inZone(e.At, zone), What: e.What, Detail: e.Detail, Minutes: int(e.Interval / time.Minute), UntilDay: e.UntilDay,
		Withdrawn: e.Withdrawn, Reason: e.Reason, RecordedAt: inZone(e.Recorded.At, zone), RecordedBy: e.Recorded.By,
	}
}

func inZone(t time.Time, zone *time.Location) stamp {
	if t.IsZero() {
		return stamp{}
	}
	return stamp(t.In(zone))
}

func checkIn(c *ward.Check, zone *time.Location) check {
	x := &c.Findings
	out := check{
		ID: c.ID, Version: c.Version, Status: string(c.Status),
		PerformedAt: inZone(c.PerformedAt, zone), RecordedAt: inZone(c.Recorded.At, zone), RecordedBy: c.Recorded.By,
		Tool: icans.FieldOf("tool").Code(x), Unable: icans.FieldOf("unable").Code(x),
		Score: number(c.Result.Score), StatedTotal: number(x.StatedTotal), Low: c.Result.Low, High: c.Result.High,
		Drivers: c.Result.Drivers.Codes(), OtherCause: x.OtherCause.Codes(), CauseNote: c.CauseNote, Uncertain: x.UncertainCause.Codes(),
		Flag: c.Result.Flag.Code(), Reasons: c.Result.Reasons.Codes(), Normal: c.Normal(), AtBaseline: c.AtBaseline(), Unexamined: c.Unexamined(),
		Observations: make(map[string]string),
	}
	if g, known := c.Result.Grade(); known {
		out.Grade = &g
	}
	for _, f := range icans.Fields() {
		if code := f.Code(x); f.Group == icans.GroupSeen && code != "" && code != "none" {
			out.Observations[f.Column] = code
		}
	}
	return out
}

func number(p icans.Points) *int {
	n, known := p.Value()
	if !known {
		return nil
	}
	return &n
}
