package store

import (
	"context"
	"fmt"
	"time"

	"neurocheck/internal/ward"
)

func (m *moveIn) recordEvents(ctx context.Context, t *Tables) error {
	err := t.Events(func(line int, row *ward.EventRow) error {
		m.line = line
		return m.recordEvent(ctx, row)
	})
	m.done.Events = len(m.events)
	return err
}

// recordEvent records a version of an event.
func (m *moveIn) recordEvent(ctx context.Context, row *ward.EventRow) error {
	survivor, known := m.survivorOf(row.Patient.MRN)
	if !known || !m.signedWell(row.Event.Recorded, "recorded_by", "recorded_at") {
		return nil
	}
	number := row.Event.ID
	if row.Version == 1 {
		switch {
		case number != int64(len(m.events)+1):
			return m.refuseCell("event_id", fmt.Sprintf("the next new event is %d", len(m.events)+1))
		case row.Event.Withdrawn || row.Event.Reason != "":
			return m.refuseCell("status", "the first version is recorded, without a reason")
		}
		id, err := m.putEvent(ctx, survivor, row, 0)
		if err != nil {
			return m.refuseOrFail("what", err)
		}
		m.events = append(m.events, movedEvent{id, survivor, *row, 1})
		return nil
	}
	if number > int64(len(m.events)) {
		return m.refuseCell("event_id", "no earlier row has the event")
	}
	e := &m.events[number-1]
	first := &e.row.Event
	switch {
	case e.version > 1 || first.Kind == ward.AnOrder:
		return m.refuseCell("version", "the event has no such version")
	case !row.Event.Withdrawn || row.Event.Reason == "":
		return m.refuseCell("status", "the second version withdraws the event, with a reason")
	case e.survivor != survivor || first.Kind != row.Event.Kind || !first.At.Equal(row.Event.At) || first.What != row.Event.What || first.Detail != row.Event.Detail:
		return m.refuseCell("event_id", "the first version of the event is another one")
	}
	_, err := m.putEvent(ctx, survivor, row, e.id)
	e.version = 2
	return err
}

// putEvent appends a version of an event, the second if there is an ID, and returns the ID
// of a new one.
func (m *moveIn) putEvent(ctx context.Context, patient int64, row *ward.EventRow, id int64) (int64, error) {
	e, number, sig := &row.Event, int64(row.Version), row.Event.Recorded
	switch e.Kind {
	case ward.AnIntervention:
		i := ward.Intervention{PatientID: patient, DoneAt: e.At, Kind: e.What, Detail: e.Detail}
		if err := i.Validate(time.Time{}, m.sig.At); err != nil {
			return 0, err
		}
		return interventions.put(ctx, m.tx, &i, eventVersion[ward.Intervention]{id: id, number: number, reason: e.Reason, sig: sig})
	case ward.AReport:
		r := ward.Report{PatientID: patient, ToldAt: e.At, ToldBy: e.What, Words: e.Detail}
		if err := r.Validate(time.Time{}, m.sig.At); err != nil {
			return 0, err
		}
		m.unsettled[patient] = true
		return reports.put(ctx, m.tx, &r, eventVersion[ward.Report]{id: id, number: number, reason: e.Reason, sig: sig})
	}
	if err := m.needs(ctx, ward.MayDecide); err != nil {
		return 0, err
	}
	o := ward.Order{PatientID: patient, Kind: ward.OrderKind(e.What), Interval: e.Interval, UntilDay: e.UntilDay, Reason: e.Detail, Ordered: sig}
	if !e.At.Equal(sig.At) {
		return 0, ward.Invalid("at", "an order is recorded when it is made")
	}
	if err := o.Validate(); err != nil {
		return 0, err
	}
	return 0, m.putOrder(ctx, &o)
}
