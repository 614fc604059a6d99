// Package demo fills an empty log with a synthetic ward, so that somebody can
// look round before there is anything real to see. Nobody on it exists.
//
// Start with [Fill]. The ward itself is the table in courses.go: one course a
// patient, told in time before now, so that the ward looks the same at whatever
// time it is opened. [FillYears] makes a log of any size out of the same courses.
package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// The rounds on the ward: a check is written down a little after it was
// performed, and a normal one is repeated every 8 h.
const (
	round   = 8 * time.Hour
	written = 2 * time.Minute
)

// Fill records the demo ward in an empty log, as people would have recorded it:
// through the store, in the order of time, the last of it shortly before now.
// The same now gives the same log.
func Fill(ctx context.Context, s *store.Store, now time.Time) error {
	zone, err := theWard.Location()
	if err != nil {
		return err
	}
	now = now.In(zone).Truncate(time.Minute)
	if err := begin(ctx, s, now.Add(-40*day)); err != nil {
		return err
	}
	var events []event
	for i := range courses {
		p := &telling{course: &courses[i], number: i + 1, now: now, store: s}
		p.tell()
		events = append(events, p.events...)
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	for _, e := range events {
		if err := e.do(ctx, ward.Sign(e.by, e.at)); err != nil {
			return fmt.Errorf("%s: %w", e.what, err)
		}
	}
	return nil
}

// begin names the ward and its staff.
func begin(ctx context.Context, s *store.Store, opened time.Time) error {
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

// event is one thing that somebody records.
type event struct {
	at   time.Time
	by   string
	what string // for an error
	do   func(context.Context, ward.Signature) error
}

// telling turns a course into events.
type telling struct {
	*course
	number  int
	now     time.Time
	store   *store.Store
	patient ward.Patient // as the log has it, once admitted
	events  []event
}

func (t *telling) at(when time.Time, by, what string, do func(context.Context, ward.Signature) error) {
	t.events = append(t.events, event{when, by, fmt.Sprintf("demo patient %d: %s", t.number, what), do})
}

func (t *telling) tell() {
	admitted := t.now.Add(-t.admitted)
	t.at(admitted.Add(20*time.Minute), onShift(admitted), "admission", func(ctx context.Context, sig ward.Signature) (err error) {
		t.patient, err = t.store.Admit(ctx, sig, t.particulars())
		return err
	})
	for i, l := range t.allLooks() {
		t.look(l, fmt.Sprintf("demo-%02d-%02d", t.number, i+1))
	}
	t.beside()
	if t.home > 0 {
		left := t.now.Add(-t.home)
		t.at(left.Add(written), onShift(left), "discharge", func(ctx context.Context, sig ward.Signature) (err error) {
			t.patient.DischargedAt, t.patient.Discharge = left, "home"
			t.patient, err = t.store.Edit(ctx, sig, t.patient)
			return err
		})
	}
}

// beside records what stands beside the checks.
func (t *telling) beside() {
	for _, d := range t.done {
		at := t.now.Add(-d.ago)
		t.at(at.Add(written), onShift(at), d.kind, func(ctx context.Context, sig ward.Signature) error {
			return t.store.Intervene(ctx, sig, ward.Intervention{PatientID: t.patient.ID, DoneAt: at, Kind: d.kind, Detail: d.detail})
		})
	}
	for _, r := range t.told {
		at := t.now.Add(-r.ago)
		t.at(at.Add(written), onShift(at), "a report", func(ctx context.Context, sig ward.Signature) error {
			return t.store.ReportSymptom(ctx, sig, ward.Symptom{PatientID: t.patient.ID, ToldAt: at, ToldBy: r.by, Words: r.words})
		})
	}
	for _, o := range t.orders {
		t.at(t.now.Add(-o.ago), t.who.Clinician, "an order", func(ctx context.Context, sig ward.Signature) error {
			put := o.order
			put.PatientID = t.patient.ID
			return t.store.PutOrder(ctx, sig, put)
		})
	}
}

func (t *telling) particulars() ward.Patient {
	p := t.who
	p.AdmittedAt = t.now.Add(-t.admitted)
	if t.age > 0 {
		p.BirthDate = ward.DateOf(p.AdmittedAt.AddDate(-t.age, -4, -11))
	}
	p.Tool = ward.ToolFor(p.BirthDate, t.now)
	if t.baseline != nothing {
		p.Baseline = icans.Scored(t.baseline)
	}
	if t.infused != 0 {
		// On the wall clock, so that the day since infusion is the same at
		// every hour of now.
		y, m, d := t.now.Date()
		p.InfusedAt = time.Date(y, m, d-t.infused, 11, 20, 0, 0, t.now.Location())
	}
	return p
}

// allLooks puts the baseline check and the uneventful rounds before the looks
// that the course tells of.
func (t *telling) allLooks() []look {
	if t.baseline == nothing {
		return t.looks
	}
	looks := slices.Clone(t.looks)
	slices.Reverse(looks) // from here on the newest first
	baseline := t.admitted - 2*time.Hour
	if n := len(looks); n > 0 {
		for ago := looks[n-1].ago + round; ago < baseline-round/2; ago += round {
			// Nobody makes a round on the minute.
			stray := time.Duration((7*len(looks)+5*t.number)%23-11) * time.Minute
			looks = append(looks, look{ago: ago + stray, score: t.baseline})
		}
	}
	looks = append(looks, look{ago: baseline, score: t.baseline, note: "baseline"})
	slices.Reverse(looks)
	return looks
}

// look records one check, and what was done about it afterwards.
func (t *telling) look(l look, id string) {
	performed := t.now.Add(-l.ago)
	recorded := performed.Add(cmp.Or(l.late, written))
	by := onShift(recorded)
	if strings.Contains(l.seen, "other_cause=") { // a clinician attributes
		by = t.who.Clinician
	}
	t.at(recorded, by, id, func(ctx context.Context, sig ward.Signature) error {
		return t.save(ctx, sig, ward.Check{ID: id, Version: 1, Status: ward.Recorded, PerformedAt: performed, Note: l.note}, l.score, l.seen)
	})
	if f := l.fixed; f != nil {
		t.at(recorded.Add(f.after), by, id+" again", func(ctx context.Context, sig ward.Signature) error {
			return t.save(ctx, sig, ward.Check{ID: id, Version: 2, Status: f.status, Reason: f.reason, ReasonNote: f.why, PerformedAt: performed, Note: l.note}, f.score, f.seen)
		})
	}
	if l.acked > 0 {
		taken := recorded.Add(l.acked)
		t.at(taken, cmp.Or(l.ackedBy, onShift(taken)), id+" acknowledged", func(ctx context.Context, sig ward.Signature) error {
			return t.followUp(ctx, id, func(f int64) error { return t.store.Acknowledge(ctx, sig, f) })
		})
	}
	if l.closed > 0 {
		t.at(recorded.Add(l.closed), t.who.Clinician, id+" closed", func(ctx context.Context, sig ward.Signature) error {
			return t.followUp(ctx, id, func(f int64) error { return t.store.CloseFollowUp(ctx, sig, f, l.outcome, l.words) })
		})
	}
}

func (t *telling) save(ctx context.Context, sig ward.Signature, c ward.Check, score int, seen string) (err error) {
	c.PatientID = t.patient.ID
	if c.Findings, err = findings(t.patient.Tool, score, seen); err != nil {
		return err
	}
	_, err = t.store.SaveCheck(ctx, sig, c)
	return err
}

// followUp finds the open follow-up of a check.
func (t *telling) followUp(ctx context.Context, check string, do func(id int64) error) error {
	chart, err := t.store.Chart(ctx, t.patient.ID)
	if err != nil {
		return err
	}
	for _, f := range ward.Open(chart.FollowUps) {
		if f.CheckID == check {
			return do(f.ID)
		}
	}
	return ward.NotFound("this check has no open follow-up")
}

// findings are those of a patient in whom nothing is wrong, with that score,
// changed by seen: "column=code", parted by blanks. "column=" is not assessed.
func findings(tool icans.Tool, score int, seen string) (icans.Findings, error) {
	x := icans.Findings{
		Tool:          tool,
		Consciousness: icans.Alert,
		Seizure:       icans.NoSeizure,
		Motor:         icans.NoWeakness,
		ICP:           icans.ICPNone,
	}
	for i := range x.Observed {
		x.Observed[i] = icans.None
	}
	if score != nothing {
		x.ICE, x.CAPD = items(tool, score)
	}
	for part := range strings.FieldsSeq(seen) {
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

// items gives a score its items: ICE loses points, and CAPD gains them, in the
// order in which they usually go.
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
