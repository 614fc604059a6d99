package report

import (
	"encoding/json"
	"io"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// HandoverJSON writes a handover as one JSON object. Its codes are those of the
// CSV, its times RFC 3339 on the ward's wall clock; a field that does not apply is
// left out, and a list without anything in it is empty.
func HandoverJSON(w io.Writer, h ward.Handover, s Sheet) error {
	j := document{
		Ward: ward.CleanLine(s.Ward), Since: stamp(h.Since.In(h.Zone)), MadeAt: stamp(h.Now.In(h.Zone)), MadeBy: ward.CleanLine(s.MadeBy), Head: s.Head,
		Patients: make([]patient, 0, len(h.Patients)),
	}
	for i := range h.Patients {
		j.Patients = append(j.Patients, patientOf(&h.Patients[i], h))
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(j)
}

// stamp is a time that the JSON leaves out where there is none.
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
	Head     string    `json:"head"`
	Patients []patient `json:"patients"`
}

type patient struct {
	MRN         string `json:"mrn"`
	Name        string `json:"name"`
	BirthDate   string `json:"birth_date"`
	Bed         string `json:"bed,omitempty"`
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

	Turn    string  `json:"turn"` // from before to tested
	Last    *check  `json:"last,omitempty"`
	Tested  *check  `json:"tested,omitempty"`
	Before  *check  `json:"before,omitempty"`
	Worst   *check  `json:"worst,omitempty"`
	Checks  int     `json:"checks_in_period"`
	Flagged []check `json:"flagged"`

	FollowUps []followUp `json:"follow_ups"`
	Gaps      []gap      `json:"gaps"`
	Entries   []entry    `json:"entries"`
	Events    []event    `json:"events"`
	Next      next       `json:"next"`
}

type check struct {
	ID          string            `json:"check_id"`
	Version     int               `json:"version"`
	Status      string            `json:"status"`
	PerformedAt stamp             `json:"performed_at"`
	RecordedAt  stamp             `json:"recorded_at"`
	RecordedBy  string            `json:"recorded_by"`
	Tool        string            `json:"tool"`
	Unable      string            `json:"unable,omitempty"`
	Counts      bool              `json:"counts"` // it satisfies the schedule
	Score       *int              `json:"score,omitempty"`
	Grade       *int              `json:"icans_grade,omitempty"`
	Low         int               `json:"grade_low"`
	High        int               `json:"grade_high"`
	Drivers     []string          `json:"drivers"`
	Flag        string            `json:"flag"`
	Reasons     []string          `json:"flag_reasons"`
	Seen        map[string]string `json:"seen"` // features that are not none
}

type followUp struct {
	ID             int64  `json:"follow_up_id"`
	CheckID        string `json:"check_id"`
	PerformedAt    stamp  `json:"performed_at,omitzero"`
	Flag           string `json:"flag"`
	OpenedAt       stamp  `json:"opened_at"`
	OpenedBy       string `json:"opened_by"`
	Open           bool   `json:"open"`
	AcknowledgedAt stamp  `json:"acknowledged_at,omitzero"`
	AcknowledgedBy string `json:"acknowledged_by,omitempty"`
	Escalated      bool   `json:"escalated"`
	EscalatesAt    stamp  `json:"escalates_at,omitzero"`
	LastNormal     bool   `json:"last_check_normal"`
	Lifted         bool   `json:"lifted"`
	ClosedAt       stamp  `json:"closed_at,omitzero"`
	ClosedBy       string `json:"closed_by,omitempty"`
	Outcome        string `json:"outcome,omitempty"`
	Note           string `json:"note,omitempty"`
	Code           string `json:"icd10,omitempty"`
}

type gap struct {
	Due       stamp   `json:"due"`
	Until     stamp   `json:"until,omitzero"`
	End       string  `json:"end"`
	Minutes   int     `json:"late_minutes"`
	Tried     []check `json:"tried"`
	Hindsight bool    `json:"hindsight"`
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
	Withdrawn  bool   `json:"withdrawn"`
	RecordedAt stamp  `json:"recorded_at"`
	RecordedBy string `json:"recorded_by"`
}

type next struct {
	State string `json:"state"`
	Due   stamp  `json:"due,omitzero"`
	Why   string `json:"why"`
	Ends  stamp  `json:"ends,omitzero"`
}

// states are the codes of how a plan stands.
var states = [...]string{ward.NoneDue: "none", ward.Later: "later", ward.DueSoon: "due_soon", ward.Overdue: "overdue"}

func patientOf(h *ward.HandedPatient, all ward.Handover) patient {
	at := func(t time.Time) stamp { return inZone(t, all.Zone) }
	checkOf := func(c *ward.Check) check { return checkIn(c, all.Zone) }
	maybe := func(c *ward.Check) *check {
		if c == nil {
			return nil
		}
		return new(checkOf(c))
	}
	checks := func(list []*ward.Check) []check {
		out := make([]check, len(list))
		for i, c := range list {
			out[i] = checkOf(c)
		}
		return out
	}
	p := &h.Patient
	out := patient{
		MRN: p.MRN, Name: p.Name, BirthDate: p.BirthDate.String(), Bed: p.Bed, Product: p.Product, Clinician: p.Clinician,
		Language: p.Language, Interpreter: p.Interpreter, Baseline: number(p.Baseline), InfusedAt: at(p.InfusedAt),
		AdmittedAt: at(p.AdmittedAt), Admitted: h.Admitted, DischargedAt: at(p.DischargedAt), Discharge: p.Discharge, Discharged: h.Discharged,
		Turn: ward.Turns[h.Turn].Code, Last: maybe(h.Last), Tested: maybe(h.Tested), Before: maybe(h.Before), Worst: maybe(h.Worst),
		Checks: h.Checks, Flagged: checks(h.Flags),
		FollowUps: make([]followUp, 0), Gaps: make([]gap, 0), Entries: make([]entry, 0), Events: make([]event, 0),
		Next: next{states[h.State], at(h.Plan.Due), h.Plan.Why, at(h.Plan.Ends)},
	}
	if day, ok := p.Day(all.Now, all.Zone); ok {
		out.Day = &day
	}
	for i := range h.Follow {
		f := &h.Follow[i]
		one := followUp{
			ID: f.ID, CheckID: f.CheckID, Flag: f.Level.Code(), OpenedAt: at(f.Opened.At), OpenedBy: f.Opened.By, Open: f.IsOpen(),
			AcknowledgedAt: at(f.Acked.At), AcknowledgedBy: f.Acked.By, Escalated: f.Escalated, EscalatesAt: at(f.EscalatesAt),
			LastNormal: f.LastNormal, Lifted: f.Lifted,
			ClosedAt: at(f.Closed.At), ClosedBy: f.Closed.By, Outcome: f.Outcome, Note: f.Note, Code: f.Code,
		}
		if f.Check != nil {
			one.PerformedAt = at(f.Check.PerformedAt)
		}
		out.FollowUps = append(out.FollowUps, one)
	}
	for _, g := range h.Gaps {
		out.Gaps = append(out.Gaps, gap{at(g.Due), at(g.Until), string(g.End), int(g.Late / time.Minute), checks(g.Tried), g.Hindsight})
	}
	for _, n := range h.Notes {
		out.Entries = append(out.Entries, entry{string(n.Kind), n.Check.Reason, n.Check.ReasonNote, checkOf(n.Check), maybe(n.Was)})
	}
	for _, e := range h.Events {
		out.Events = append(out.Events, event{string(e.Kind), at(e.At), e.What, e.Detail, e.Withdrawn, at(e.Recorded.At), e.Recorded.By})
	}
	return out
}

func inZone(t time.Time, zone *time.Location) stamp {
	if t.IsZero() {
		return stamp{}
	}
	return stamp(t.In(zone))
}

func checkIn(c *ward.Check, zone *time.Location) check {
	out := check{
		ID: c.ID, Version: c.Version, Status: string(c.Status),
		PerformedAt: inZone(c.PerformedAt, zone), RecordedAt: inZone(c.Recorded.At, zone), RecordedBy: c.Recorded.By,
		Tool: icans.FieldOf("tool").Code(&c.Findings), Unable: icans.FieldOf("unable").Code(&c.Findings), Counts: c.Counts(),
		Score: number(c.Result.Score), Low: c.Result.Low, High: c.Result.High,
		Drivers: c.Result.Drivers.Codes(), Flag: c.Result.Flag.Code(), Reasons: c.Result.Reasons.Codes(),
		Seen: make(map[string]string),
	}
	if g, known := c.Result.Grade(); known {
		out.Grade = &g
	}
	for _, f := range icans.Fields() {
		if code := f.Code(&c.Findings); f.Group == icans.GroupSeen && code != "" && code != "none" {
			out.Seen[f.Column] = code
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
