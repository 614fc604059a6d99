package intake

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// After any messages of two visits in any order, with checks recorded and withdrawn between
// them, a replay of the journal has the stays that the log has: a later message is compared
// with the replay, and changes the log.
func TestTheReplayIsTheLog(t *testing.T) {
	s := newStored(t)
	for seed := 1; seed <= 60; seed++ {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		o := &oneOf{stored: s, n: seed}
		var came []string
		for step := range 9 {
			m := drawn(r, step)
			came = append(came, fmt.Sprintf("%s of %s, %s %v: %s", m.Event, m.Recorded.At.Format("15:04:05"), m.Persons[0].Visit.Number, m.Persons[0].Visit.Place, o.take(m)))
			o.recordSomething(r, step)
			if replayed, kept := o.staysTwice(&m); !slices.Equal(replayed, kept) {
				t.Fatalf("seed %d:\nthe replay has %q\nthe log has    %q\nafter %q", seed, replayed, kept, came)
			}
		}
	}
}

// drawn returns a message: the first begins a visit, and each has a minute of its own.
func drawn(r *rand.Rand, step int) Message {
	event, number, place := "A01", "V1", []string{"H4", "12", "A"}
	if step > 0 {
		event = []string{"A01", "A02", "A02", "A03", "A08", "A11", "A12", "A13", "A31"}[r.IntN(9)]
		number = []string{"V1", "V1", "V1", "V2"}[r.IntN(4)]
		place = [][]string{{"H4", "12", "A"}, {"H4", "14", "B"}, {"ICU", "1", "1"}}[r.IntN(3)]
	}
	minute := 2 + 4*step
	if r.IntN(4) == 0 {
		minute = 3 + 4*r.IntN(9) // it comes too late, or too early
	}
	m := visitMessage(event, minute, func(p *hl7.Person) {
		visit(number, place...)(p)
		if r.IntN(3) == 0 {
			p.Visit.Admitted = minutes(1 + r.IntN(10))
		}
	})
	m.ControlID = fmt.Sprint(minute, "-", step)
	m.Recorded.At = m.Recorded.At.Add(time.Duration(r.IntN(3)) * 20 * time.Second)
	return m
}

// recordSomething sometimes records a check in the latest stay, or withdraws one. The record
// may refuse it.
func (o *oneOf) recordSomething(r *rand.Rand, step int) {
	chart, known := o.patient(o.number(ada))
	if !known || chart.Stay() == nil {
		return
	}
	at := chart.Stay().AdmittedAt.Add(time.Duration(r.IntN(20)) * time.Minute)
	c := ward.Check{ID: fmt.Sprint("drawn-", o.n, "-", step), Version: 1, PatientID: chart.Patient.ID, Status: ward.Recorded, PerformedAt: at, Findings: fixture.ICE(10)}
	switch draw := r.IntN(8); {
	case draw > 2, draw == 2 && len(chart.Checks) == 0:
		return
	case draw == 2:
		c = chart.Checks[0]
		c.Version, c.Status, c.Reason = c.Version+1, ward.Withdrawn, "entered_in_error"
	}
	if _, err := o.log.SaveCheck(o.t.Context(), ward.Sign(sam, c.PerformedAt.Add(24*time.Hour)), c); err != nil && ward.KindOf(err) == ward.KindInternal {
		o.t.Fatal(err)
	}
}

// staysTwice returns the stays of the patient as a replay has them, and as the log does.
func (o *oneOf) staysTwice(m *Message) (replayed, kept []string) {
	words := func(s *ward.Stay) string {
		return fmt.Sprint(s.Visit, " ", s.Bed, " ", s.AdmittedAt.UTC(), " ", s.DischargedAt.UTC(), " ", s.Discharge)
	}
	about := *m
	about.Number, about.Persons = newest, []hl7.Person{{MRN: o.number(ada)}}
	err := o.log.TakeMessage(o.t.Context(), ward.Sign(theFeed, m.Received.Add(o.days())), func(a *store.FeedAct) error {
		log := newLog(a)
		journal, err := log.journal(&about)
		state := Replay(&o.taker.Settings, log, journal).Patients[ward.FoldMRN(o.number(ada))]
		if err != nil || state == nil {
			return err
		}
		for _, i := range state.live() {
			replayed = append(replayed, words(&state.Stays[i].Stay))
		}
		return log.err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	chart, _ := o.patient(o.number(ada))
	for i := range chart.Stays {
		kept = append(kept, words(&chart.Stays[i]))
	}
	slices.Sort(replayed)
	slices.Sort(kept)
	return replayed, kept
}
