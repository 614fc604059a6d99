// Package demo fills an empty log with an invented ward, so that a new user can try
// the program. None of its people exists.
//
// Start with [Fill]. The ward is the table in courses.go: one course a patient, in
// lengths of time before now, so that the ward looks the same at any time of opening.
// [FillYears] makes a log of any size out of the same courses.
package demo

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// The rounds on the ward: a check is recorded a little after it was performed, and a
// normal one is repeated every 8 h.
const (
	round   = 8 * time.Hour
	written = 2 * time.Minute
	atOnce  = -1 // for plannedCheck.late: recorded at the time it was performed
)

// Fill records the demo ward in an empty log: through the store, in the order of time,
// the last of it shortly before now. The same now gives the same log.
func Fill(ctx context.Context, s *store.Store, now time.Time) error {
	zone, err := theWard.Location()
	if err != nil {
		return err
	}
	now = now.In(zone).Truncate(time.Minute)
	if err := begin(ctx, s, now.Add(-40*day)); err != nil {
		return err
	}
	f := &filling{store: s, patients: make(map[string]*ward.Patient)}
	for i := range courses {
		p := &patient{filling: f, course: &courses[i], number: i + 1, now: now}
		p.plan()
	}
	slices.SortStableFunc(f.events, func(a, b event) int { return a.at.Compare(b.at) })
	for _, e := range f.events {
		if err := e.do(ctx, ward.Sign(e.by, e.at)); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return nil
}

// begin names the ward and its staff, and sets the rules.
func begin(ctx context.Context, s *store.Store, opened time.Time) error {
	site := ward.DefaultSite()
	var err error
	if site.Zone, err = theWard.Location(); err != nil {
		return err
	}
	s.SetRules(site)
	if err := s.SetUp(ctx, ward.Sign(staff[0].Name, opened), theWard, staff[0]); err != nil {
		return err
	}
	for i, m := range staff[1:] {
		at := opened.Add(time.Duration(i+1) * time.Minute)
		if err := s.AddStaff(ctx, ward.Sign(staff[0].Name, at), m); err != nil {
			return err
		}
	}
	return nil
}

// filling collects the events of all courses.
type filling struct {
	store    *store.Store
	patients map[string]*ward.Patient // by MRN, once admitted
	events   []event
}

// event is one act of recording.
type event struct {
	at   time.Time
	by   string
	name string // for an error
	do   func(context.Context, ward.Signature) error
}

// patient turns a course into events.
type patient struct {
	*filling
	*course
	number int
	now    time.Time
	record ward.Patient // as the log has it, once admitted
}

func (p *patient) at(when time.Time, by, name string, do func(context.Context, ward.Signature) error) {
	p.events = append(p.events, event{when, by, fmt.Sprintf("demo patient %d: %s", p.number, name), do})
}

func (p *patient) plan() {
	admitted := p.now.Add(-p.admitted)
	p.at(admitted.Add(p.heard()), onShift(admitted), "admission", func(ctx context.Context, sig ward.Signature) (err error) {
		stay := p.stay
		stay.AdmittedAt = admitted
		p.record, _, err = p.store.Admit(ctx, sig, p.identity(), stay)
		p.patients[p.who.MRN] = &p.record
		return err
	})
	if p.health != 0 {
		p.at(admitted.Add(time.Hour), p.stay.Clinician, "features in health", func(ctx context.Context, sig ward.Signature) (err error) {
			p.record.Health, p.record.Reason = p.health, "as his wife describes him"
			p.record, err = p.store.EditPatient(ctx, sig, p.record)
			return err
		})
	}
	for i, l := range p.allChecks() {
		p.planCheck(l, fmt.Sprintf("demo-%02d-%02d", p.number, i+1))
	}
	p.planEvents()
	p.planDraft()
	if p.home > 0 {
		left := p.now.Add(-p.home)
		p.at(left.Add(written), cmp.Or(p.homeBy, onShift(left)), "discharge", func(ctx context.Context, sig ward.Signature) error {
			_, err := p.store.Discharge(ctx, sig, p.record.ID, left, "home")
			return err
		})
	}
	if p.linkedInto != "" {
		p.at(p.now.Add(-p.linked), drNair, "link", func(ctx context.Context, sig ward.Signature) error {
			return p.store.Link(ctx, sig, p.record.ID, p.patients[p.linkedInto].ID, "one person: two numbers from two admissions")
		})
	}
}

// heard returns how long after the admission it was recorded.
func (p *patient) heard() time.Duration { return min(20*time.Minute, p.admitted/2) }

// planEvents records interventions, reports, orders and causes named ahead.
func (p *patient) planEvents() {
	for _, d := range p.done {
		at := p.now.Add(-d.ago)
		p.at(at.Add(written), onShift(at), d.kind, func(ctx context.Context, sig ward.Signature) error {
			return p.store.PutIntervention(ctx, sig, ward.Intervention{PatientID: p.record.ID, DoneAt: at, Kind: d.kind, Detail: d.detail})
		})
	}
	for _, r := range p.reports {
		at := p.now.Add(-r.ago)
		p.at(at.Add(written), onShift(at), "a report", func(ctx context.Context, sig ward.Signature) error {
			return p.store.PutReport(ctx, sig, ward.Report{PatientID: p.record.ID, ToldAt: at, ToldBy: r.by, Words: r.words})
		})
	}
	for _, o := range p.orders {
		p.at(p.now.Add(-o.ago), p.stay.Clinician, "an order", func(ctx context.Context, sig ward.Signature) error {
			put := o.order
			put.PatientID = p.record.ID
			return p.store.PutOrder(ctx, sig, put)
		})
	}
	for _, c := range p.causes {
		at := p.now.Add(-c.ago)
		p.at(at, p.stay.Clinician, "a cause", func(ctx context.Context, sig ward.Signature) error {
			return p.store.NameCause(ctx, sig, ward.Attribution{PatientID: p.record.ID, Domain: c.domain, Cause: c.cause, Until: at.Add(c.lasts)})
		})
	}
}

// planDraft keeps an unsaved form. Its content is that of the screens' form.
func (p *patient) planDraft() {
	d := p.draft
	if d == nil {
		return
	}
	at := p.now.Add(-d.ago)
	p.at(at, d.by, "a draft", func(ctx context.Context, sig ward.Signature) error {
		content, err := json.Marshal(struct {
			PerformedAt time.Time         `json:"performed_at"`
			Answers     map[string]string `json:"answers"`
			At          string            `json:"at"`
		}{at, d.answers, d.field})
		if err != nil {
			return err
		}
		return p.store.KeepDraft(ctx, store.Draft{
			PatientID: p.record.ID, Author: sig.By, CheckID: fmt.Sprintf("demo-%02d-draft", p.number), Revision: 1, Since: at, Content: string(content),
		})
	})
}

func (p *patient) identity() ward.Patient {
	who := p.who
	admitted := p.now.Add(-p.admitted)
	if p.age > 0 {
		who.BirthDate = ward.DateOf(admitted.AddDate(-p.age, -4, -11))
	}
	who.Tool = ward.ToolFor(who.BirthDate, p.now)
	if p.baseline != nothing {
		who.Baseline = icans.Scored(p.baseline)
	}
	if p.infused != 0 {
		// On the wall clock, so that the day since infusion is the same at
		// every hour of now.
		y, m, d := p.now.Date()
		who.InfusedAt = time.Date(y, m, d-p.infused, 11, 20, 0, 0, p.now.Location())
	}
	return who
}

// allChecks returns the checks of a course, after the baseline check and the uneventful
// rounds before them.
func (p *patient) allChecks() []plannedCheck {
	if p.baseline == nothing || p.noRounds {
		return p.checks
	}
	checks := slices.Clone(p.checks)
	slices.Reverse(checks) // from here on the newest first
	baseline := p.admitted - 2*time.Hour
	if n := len(checks); n > 0 {
		for ago := checks[n-1].ago + round; ago < baseline-round/2; ago += round {
			// Rounds are never on the minute.
			stray := time.Duration((7*len(checks)+5*p.number)%23-11) * time.Minute
			checks = append(checks, plannedCheck{ago: ago + stray, score: p.baseline, found: p.always})
		}
	}
	checks = append(checks, plannedCheck{ago: baseline, score: p.baseline, found: p.always, note: "baseline"})
	slices.Reverse(checks)
	return checks
}

// author returns the person who records a check: a clinician if it attributes a
// finding, unless the cause was named ahead.
func (c *course) author(l plannedCheck, at time.Time) string {
	if strings.Contains(l.found, "other_cause=") && len(c.causes) == 0 {
		return c.stay.Clinician
	}
	return onShift(at)
}

// planCheck records one check and the acts that follow it.
func (p *patient) planCheck(l plannedCheck, id string) {
	performed := p.now.Add(-l.ago)
	recorded := performed.Add(l.delay())
	by := p.author(l, recorded)
	check := ward.Check{ID: id, Version: 1, Status: ward.Recorded, PerformedAt: performed, CauseNote: l.cause, Note: l.note}
	p.at(recorded, by, id, func(ctx context.Context, sig ward.Signature) error {
		return p.save(ctx, sig, check, l.score, l.found)
	})
	if f := l.fixed; f != nil {
		p.at(recorded.Add(f.after), by, id+" again", func(ctx context.Context, sig ward.Signature) error {
			if f.movedTo != "" {
				return p.move(ctx, sig, id, f.movedTo)
			}
			again := check
			again.Version, again.Status, again.Reason, again.ReasonNote = 2, f.status, f.reason, f.why
			return p.save(ctx, sig, again, f.score, f.found)
		})
	}
	if l.acked > 0 {
		at := recorded.Add(l.acked)
		p.at(at, cmp.Or(l.ackedBy, onShift(at)), id+" accepted", func(ctx context.Context, sig ward.Signature) error {
			return p.followUp(ctx, func(f int64) error { return p.store.Acknowledge(ctx, sig, f) })
		})
	}
	for i, item := range l.ticked {
		at := recorded.Add(time.Duration(i+1) * time.Minute)
		p.at(at, onShift(at), id+" ticked", func(ctx context.Context, sig ward.Signature) error {
			return p.followUp(ctx, func(f int64) error { return p.store.Tick(ctx, sig, f, item, true) })
		})
	}
	if l.closed > 0 {
		p.at(recorded.Add(l.closed), p.stay.Clinician, id+" closed", func(ctx context.Context, sig ward.Signature) error {
			return p.followUp(ctx, func(f int64) error { return p.store.CloseFollowUp(ctx, sig, f, l.outcome, l.words, false) })
		})
	}
}

// delay returns the time from performing a check to recording it.
func (l *plannedCheck) delay() time.Duration {
	switch l.late {
	case 0:
		return written
	case atOnce:
		return 0
	}
	return l.late
}

func (p *patient) save(ctx context.Context, sig ward.Signature, c ward.Check, score int, found string) (err error) {
	c.PatientID = p.record.ID
	if c.Findings, err = findings(p.record.Tool, score, found); err != nil {
		return err
	}
	if c.Findings.OtherCause == 0 {
		c.CauseNote = ""
	}
	_, err = p.store.SaveCheck(ctx, sig, c)
	return err
}

// move moves a check to the patient with that MRN.
func (p *patient) move(ctx context.Context, sig ward.Signature, id, mrn string) error {
	chart, err := p.store.Chart(ctx, p.record.ID)
	if err != nil {
		return err
	}
	c := chart.Current(id)
	if c == nil {
		return ward.NotFound("this check was not recorded")
	}
	_, err = p.store.MoveCheck(ctx, sig, *c, p.patients[mrn].ID, id+"-moved")
	return err
}

// followUp calls do for the open follow-up.
func (p *patient) followUp(ctx context.Context, do func(id int64) error) error {
	chart, err := p.store.Chart(ctx, p.record.ID)
	if err != nil {
		return err
	}
	if f := chart.Open(); f != nil {
		return do(f.ID)
	}
	return ward.NotFound("the patient has no open follow-up")
}

// findings returns those of a patient without any finding, with that score, changed by
// found: "column=code", separated by blanks. "column=" is not assessed. The late signs
// are not assessed unless found has them.
func findings(tool icans.Tool, score int, found string) (icans.Findings, error) {
	x := icans.Findings{
		Tool:          tool,
		Consciousness: icans.Alert,
		Seizure:       icans.NoSeizure,
		Motor:         icans.NoWeakness,
		ICP:           icans.ICPNone,
	}
	for _, sign := range []int{
		icans.Confusion, icans.Agitation, icans.Inattention, icans.Memory, icans.Speech,
		icans.Hallucinations, icans.Handwriting, icans.Headache, icans.Tremor,
	} {
		x.Observed[sign] = icans.None
	}
	if score != nothing {
		x.ICE, x.CAPD = items(tool, score)
	}
	for part := range strings.FieldsSeq(found) {
		column, code, _ := strings.Cut(part, "=")
		field := icans.FieldOf(column)
		if field == nil {
			return x, ward.Invalid(column, "no such column")
		}
		if err := field.Set(&x, code); err != nil {
			return x, err
		}
	}
	return x, nil
}

// items gives a score its items: ICE loses points, and CAPD gains them, in the usual
// order.
func items(tool icans.Tool, score int) (ice, capd [8]icans.Points) {
	if tool == icans.CAPD {
		points := [8]int{}
		for _, i := range slices.Repeat([]int{6, 7, 4, 3, 5, 2, 1, 0}, 4)[:score] {
			points[i]++
		}
		for i, n := range points {
			capd[i] = icans.Scored(n)
		}
		return ice, capd
	}
	points := [8]int{1, 1, 1, 1, 3, 1, 1, 1}
	for _, i := range []int{
		icans.ICEAttention, icans.ICEWriting, icans.ICENaming, icans.ICEHospital, icans.ICENaming,
		icans.ICECity, icans.ICEMonth, icans.ICENaming, icans.ICEYear, icans.ICECommand,
	}[:icans.ICE.MaxScore()-score] {
		points[i]--
	}
	for i, n := range points {
		ice[i] = icans.Scored(n)
	}
	return ice, capd
}
