package fhir

import (
	"strconv"
	"time"

	"neurocheck/internal/ward"
)

// events writes the interventions, reports and orders within the bounds.
func (e *Encoder) events(c *ward.Chart) {
	t := e.o.Touched
	for i := range c.Interventions {
		if done := &c.Interventions[i]; e.in(done.DoneAt) {
			e.touched(t != nil && t.Interventions[done.ID])
			e.intervention(&c.Patient, done)
			e.end()
		}
	}
	for i := range c.AllReports {
		if r := &c.AllReports[i]; e.in(r.ToldAt) {
			e.touched(t != nil && t.Reports[r.ID])
			e.report(r)
			e.end()
		}
	}
	// Orders have no number of their own; their times and their order among those of
	// one time do not change.
	e.touched(t != nil && t.Ordered[c.Patient.ID]) // a later one revokes those before
	same := make(map[int64]int)
	for i := range c.Orders {
		o := &c.Orders[i]
		at := o.Ordered.At.UnixMilli()
		same[at]++
		if e.in(o.Ordered.At) {
			e.order(o, e.id("order", o.PatientID, at, same[at]), orderStatus(c, i))
			e.end()
		}
	}
}

// intervention writes a drug as given, a dose of the immunotherapy as given or not,
// and anything else as a procedure. "Dose reduced" is one of those: that a dose was
// given then is not certain.
func (e *Encoder) intervention(p *ward.Patient, i *ward.Intervention) {
	id := e.id("intervention", i.ID)
	status, kind := "completed", "MedicationAdministration"
	medication, why := own(codeDone, i.Kind), []*concept(nil)
	switch i.Kind {
	case "dose_given":
		medication = therapy(p)
	case "dose_held", "dose_delayed":
		status, medication, why = "not-done", therapy(p), []*concept{own(codeDone, i.Kind)}
	case "imaging", "eeg", "lumbar_puncture", "transfer", "dose_reduced":
		kind = "Procedure"
	}
	if i.Withdrawn {
		status = "entered-in-error"
	}
	text := told(status, displays[codeDone+"."+i.Kind]+", "+when(i.DoneAt))
	if h := (header{ResourceType: kind, ID: id, Text: text}); kind == "Procedure" {
		e.put(&procedure{
			header: h, Status: status, Code: own(codeDone, i.Kind), Subject: e.subject(), Encounter: e.encounter(i.DoneAt),
			PerformedDateTime: stamp(i.DoneAt), Note: said(i.Detail),
		})
	} else {
		e.put(&medicationAdministration{
			header: h, Status: status, StatusReason: why, Medication: medication, Subject: e.subject(), Context: e.encounter(i.DoneAt),
			EffectiveDateTime: stamp(i.DoneAt), Note: said(i.Detail),
		})
	}
	e.recorded(ref(kind, id), id, i.Recorded)
}

// report writes a symptom that the patient or a caregiver reported.
func (e *Encoder) report(r *ward.Report) {
	id, status := e.id("report", r.ID), "final"
	if r.Withdrawn {
		status = "entered-in-error"
	}
	e.put(&observation{
		header:            header{ResourceType: "Observation", ID: id, Text: told(status, "Symptom reported by the "+r.ToldBy+", "+when(r.ToldAt))},
		Status:            status,
		Category:          []concept{*surveyed},
		Code:              own(codeSymptom),
		Subject:           e.subject(),
		Encounter:         e.encounter(r.ToldAt),
		EffectiveDateTime: stamp(r.ToldAt),
		Issued:            stamp(r.Recorded.At),
		value:             value{String: line(r.Words)},
		Component:         []component{{own(codeTeller), value{Concept: own(codeTeller, r.ToldBy)}}},
	})
	e.recorded(ref("Observation", id), id, r.Recorded)
}

// orderStatus returns the status of the order with index i of a chart: a later order
// about the interval replaces it, and the end of the stay ends all of them.
func orderStatus(c *ward.Chart, i int) string {
	extends := c.Orders[i].Kind == ward.OrderExtend
	for j := range c.Orders {
		o := &c.Orders[j]
		switch {
		case extends != (o.Kind == ward.OrderExtend):
		case extends && o.UntilDay > c.Orders[i].UntilDay, !extends && j > i:
			return "revoked"
		}
	}
	if !c.OnWard() {
		return "completed"
	}
	return "active"
}

func (e *Encoder) order(o *ward.Order, id, status string) {
	what := own(codeOrder, string(o.Kind))
	r := &serviceRequest{
		header:      header{ResourceType: "ServiceRequest", ID: id},
		Status:      status,
		Intent:      "order",
		Code:        own(codeCheck),
		OrderDetail: []*concept{what},
		Subject:     e.subject(),
		Encounter:   e.encounter(o.Ordered.At),
		AuthoredOn:  stamp(o.Ordered.At),
		Requester:   e.who(o.Ordered.By),
	}
	if why := worded(o.Reason); why != nil {
		r.ReasonCode = []concept{*why}
	}
	switch o.Kind {
	case ward.OrderInterval:
		r.OccurrenceTiming = &timing{repeat{Frequency: 1, Period: int(o.Interval / time.Minute), PeriodUnit: "min"}}
	case ward.OrderExtend:
		what.Text = "until day " + strconv.Itoa(o.UntilDay)
	case ward.OrderStop:
		r.DoNotPerform = is(true)
	}
	r.Text = told(status, "Order about the neuro checks, "+status+": "+words(codeOrder, string(o.Kind)))
	e.put(r)
}

// nextCheck writes the next check of the latest stay, as the watch plans it: when it is
// due, or that none is. A patient who was not examined for too long has that as a
// further reason.
func (e *Encoder) nextCheck(c *ward.Chart) {
	if e.o.Site == nil || !e.in(e.o.Made) || c.Stay() == nil {
		return
	}
	state := ward.Watch(&c.History, e.o.Site, e.o.Made)
	r := &serviceRequest{
		header:     header{ResourceType: "ServiceRequest", ID: e.id("next check", state.Stay.ID)},
		Status:     "completed",
		Intent:     "plan",
		Code:       own(codeCheck),
		Subject:    e.subject(),
		Encounter:  ref("Encounter", e.id("stay", state.Stay.ID)),
		ReasonCode: []concept{*own(codeDue, string(state.Next.Why))},
	}
	if state.Next.State != ward.NoneDue {
		r.Status, r.OccurrenceDateTime = "active", stamp(state.Next.Due)
	}
	switch state.Alert {
	case ward.AlertUrgent:
		r.Priority = "urgent"
	case ward.AlertGrade1, ward.AlertOverdue:
		r.Priority = "asap"
	}
	if state.NotExamined.Flagged() {
		r.ReasonCode = append(r.ReasonCode, *own(codeReason, "not_examined"))
	}
	if r.Text = told(r.Status, "No neuro check is due"); state.Next.State != ward.NoneDue {
		r.Text = told(r.Status, "The next neuro check is due "+when(state.Next.Due))
	}
	e.touched(true)
	e.put(r)
	e.end()
}
