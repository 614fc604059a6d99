package fhir

import (
	"strconv"
	"time"

	"neurocheck/internal/ward"
)

// beside writes what stands beside the checks and lies in the bounds.
func (e *Encoder) beside(c *ward.Chart) {
	for i := range c.Interventions {
		if e.in(c.Interventions[i].DoneAt) {
			e.intervention(&c.Patient, &c.Interventions[i])
		}
	}
	// Reports and orders have no number of their own; their times and their place
	// among those of the same time do not change.
	same := make(map[[2]int64]int)
	for i := len(c.Symptoms) - 1; i >= 0; i-- {
		s := &c.Symptoms[i]
		at := [2]int64{s.ToldAt.UnixMilli(), s.Recorded.At.UnixMilli()}
		same[at]++
		if e.in(s.ToldAt) {
			e.symptom(s, e.id("symptom", s.PatientID, at[0], at[1], same[at]))
		}
	}
	clear(same)
	for i := len(c.Orders) - 1; i >= 0; i-- {
		o := &c.Orders[i]
		at := [2]int64{o.Ordered.At.UnixMilli()}
		same[at]++
		if e.in(o.Ordered.At) {
			e.order(o, e.id("order", o.PatientID, at[0], same[at]), orderStatus(c, i))
		}
	}
}

// intervention writes a drug as given, a dose of the immunotherapy as given or not,
// and anything else as a procedure. "Dose reduced" is one of those: that a dose was
// given then is not what it says.
func (e *Encoder) intervention(p *ward.Patient, i *ward.Intervention) {
	id := e.id("intervention", i.ID)
	status, kind := "completed", "MedicationAdministration"
	medication, why := own(codeDone, i.Kind), []*concept(nil)
	switch i.Kind {
	case "dose_given":
		medication = therapy(p)
	case "dose_held", "dose_delayed":
		status, medication, why = "not-done", therapy(p), []*concept{own(codeDone, i.Kind)}
	case "imaging", "eeg", "transfer", "dose_reduced":
		kind = "Procedure"
	}
	if i.Withdrawn {
		status = "entered-in-error"
	}
	if h := (header{ResourceType: kind, ID: id}); kind == "Procedure" {
		e.put(&procedure{
			header: h, Status: status, Code: own(codeDone, i.Kind), Subject: e.subject(i.PatientID),
			PerformedDateTime: stamp(i.DoneAt), Note: said(i.Detail),
		})
	} else {
		e.put(&medicationAdministration{
			header: h, Status: status, StatusReason: why, Medication: medication, Subject: e.subject(i.PatientID),
			EffectiveDateTime: stamp(i.DoneAt), Note: said(i.Detail),
		})
	}
	e.recorded(ref(kind, id), id, i.Recorded)
}

func (e *Encoder) symptom(s *ward.Symptom, id string) {
	e.put(&observation{
		header:            header{ResourceType: "Observation", ID: id},
		Status:            "final",
		Category:          []concept{*surveyed},
		Code:              own(codeSymptom),
		Subject:           e.subject(s.PatientID),
		EffectiveDateTime: stamp(s.ToldAt),
		Issued:            stamp(s.Recorded.At),
		value:             value{String: line(s.Words)},
		Component:         []component{{own(codeTeller), value{Concept: own(codeTeller, s.ToldBy)}}},
	})
	e.recorded(ref("Observation", id), id, s.Recorded)
}

// orderStatus says what became of the i-th order of a chart: a later one about the
// interval takes its place, and with the stay all of them end.
func orderStatus(c *ward.Chart, i int) string {
	extends := c.Orders[i].Kind == ward.OrderExtend
	for j := range c.Orders {
		o := &c.Orders[j]
		switch {
		case extends != (o.Kind == ward.OrderExtend):
		case extends && o.UntilDay > c.Orders[i].UntilDay, !extends && j < i:
			return "revoked"
		}
	}
	if !c.Patient.OnWard() {
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
		Subject:     e.subject(o.PatientID),
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
	e.put(r)
}
