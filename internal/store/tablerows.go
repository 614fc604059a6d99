package store

import (
	"cmp"
	"context"
	"slices"

	"neurocheck/internal/ward"
)

// The readers of the tables in which a ward leaves the log. The rows of each come in the
// order of the record.

// tableRows reads the records of a table, all of them in one go: SQL chooses none, because
// damage would hide it.
func tableRows[T any](ctx context.Context, s *Snapshot, table string, decode func(*row) T) ([]T, error) {
	in := reader{q: s.q, tables: s.tables}
	if s.inside {
		return records(ctx, in, table, decode, `WHERE r.seq > $1 ORDER BY r.seq`, s.after)
	}
	return wholeTable(ctx, in, table, decode)
}

// numberedRow is a row with the number of its record, so that the rows of two tables can be put
// into one order.
type numberedRow[T any] struct {
	seq int64
	row T
}

func inOrderOfRecord[T any](rows []numberedRow[T]) []numberedRow[T] {
	slices.SortFunc(rows, func(a, b numberedRow[T]) int { return cmp.Compare(a.seq, b.seq) })
	return rows
}

// viewedPatients are the patients as all views have them.
type viewedPatients struct {
	survivor map[int64]int64
	patients map[int64]*ward.Patient // the version in force of each survivor
	only     int64                   // a survivor; 0 for all
}

// viewedPatients reads the patients of a selection as all views have them.
func (s *Snapshot) viewedPatients(ctx context.Context, sel Selection) (*viewedPatients, error) {
	in := reader{q: s.q, tables: s.tables}
	survivor, err := in.survivors(ctx)
	if err != nil {
		return nil, err
	}
	p := &viewedPatients{survivor: survivor, patients: make(map[int64]*ward.Patient), only: survivor[sel.PatientID]}
	current, err := records(ctx, in, "patient", decodePatient, `JOIN patient_now n ON n.seq = r.seq WHERE n.survivor_id = n.patient_id`)
	for i := range current {
		p.patients[current[i].ID] = &current[i]
	}
	return p, err
}

// of returns the patient as whom a patient is read, and whether it is a selected one.
func (p *viewedPatients) of(id int64) (patient *ward.Patient, selected bool, err error) {
	survivor := p.survivor[id]
	patient = p.patients[survivor]
	if patient == nil {
		return nil, false, missingPatient(id)
	}
	return patient, p.only == 0 || p.only == survivor, nil
}

// EachPatientRow calls yield for each version of each patient, and each link.
func (s *Snapshot) EachPatientRow(ctx context.Context, sel Selection, yield func(*ward.PatientRow) error) error {
	who, err := s.viewedPatients(ctx, sel)
	if err != nil {
		return err
	}
	type change struct {
		patient ward.Patient
		link    *ward.Link
	}
	changes, err := tableRows(ctx, s, "patient", func(r *row) numberedRow[change] {
		return numberedRow[change]{r.number("seq"), change{patient: decodePatient(r)}}
	})
	if err != nil {
		return err
	}
	links, err := tableRows(ctx, s, "patient_link", func(r *row) numberedRow[change] {
		link := decodeLink(r)
		return numberedRow[change]{r.number("seq"), change{link: &link}}
	})
	if err != nil {
		return err
	}
	all := newPatientRows()
	for _, c := range inOrderOfRecord(append(changes, links...)) {
		var out ward.PatientRow
		if c.row.link != nil {
			out = all.link(c.row.link)
		} else {
			out = all.version(c.row.patient)
		}
		_, selected, err := who.of(out.Patient.ID)
		if err == nil && selected {
			err = yield(&out)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// patientRows makes the rows of patients from their versions and links, in order.
type patientRows struct {
	current map[int64]ward.Patient
	mrns    map[int64][]string // of all versions so far
	into    map[int64]int64    // by the links so far
}

func newPatientRows() *patientRows {
	return &patientRows{make(map[int64]ward.Patient), make(map[int64][]string), make(map[int64]int64)}
}

func (l *patientRows) version(p ward.Patient) ward.PatientRow {
	l.current[p.ID] = p
	if !slices.Contains(l.mrns[p.ID], p.MRN) {
		l.mrns[p.ID] = append(l.mrns[p.ID], p.MRN)
	}
	status := ward.Corrected
	if p.Version == 1 {
		status = ward.Recorded
	}
	return l.row(p, status)
}

func (l *patientRows) link(link *ward.Link) ward.PatientRow {
	p, status := l.current[link.PatientID], ward.Linked
	if l.into[p.ID] = link.Into; link.Undone {
		status = ward.Unlinked
		delete(l.into, p.ID)
	}
	p.ID, p.Reason, p.Recorded = link.PatientID, link.Reason, link.Recorded
	return l.row(p, status)
}

func (l *patientRows) row(p ward.Patient, status ward.Status) ward.PatientRow {
	return ward.PatientRow{
		Patient: p, Status: status, Former: ward.FormerMRNs(l.mrns[p.ID], p.MRN), LinkedTo: l.current[l.into[p.ID]].MRN,
	}
}

// EachStayRow calls yield for each version of each stay.
func (s *Snapshot) EachStayRow(ctx context.Context, sel Selection, yield func(*ward.StayRow) error) error {
	who, err := s.viewedPatients(ctx, sel)
	if err != nil {
		return err
	}
	versions, err := tableRows(ctx, s, "stay", decodeStay)
	if err != nil {
		return err
	}
	numbers := make(map[int64]int64)
	for i := range versions {
		v := &versions[i]
		if _, known := numbers[v.ID]; !known {
			numbers[v.ID] = int64(len(numbers) + 1)
		}
		patient, selected, err := who.of(v.PatientID)
		if err != nil {
			return err
		}
		out := ward.StayRow{Stay: *v, MRN: patient.MRN}
		out.Stay.ID = numbers[v.ID]
		if selected {
			err = yield(&out)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// EachEventRow calls yield for each version of each intervention, report and order. sel
// bounds the time of the event.
func (s *Snapshot) EachEventRow(ctx context.Context, sel Selection, yield func(*ward.EventRow) error) error {
	who, err := s.viewedPatients(ctx, sel)
	if err != nil {
		return err
	}
	rows, err := s.eventRows(ctx)
	if err != nil {
		return err
	}
	numbers := make(map[eventName]int64)
	for i := range rows {
		e := &rows[i].row
		if _, known := numbers[e.eventName]; !known {
			numbers[e.eventName] = int64(len(numbers) + 1)
		}
		patient, selected, err := who.of(e.patient)
		if err != nil {
			return err
		}
		out := ward.EventRow{Event: e.event, Version: e.version, Patient: *patient}
		out.Event.ID = numbers[e.eventName]
		if selected && sel.holds(out.Event.At) {
			err = yield(&out)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// eventName identifies an event: one of the table with that kind.
type eventName struct {
	kind ward.EventKind
	id   int64
}

// recordedEvent is a version of an event of a patient.
type recordedEvent struct {
	eventName
	patient int64
	version int
	event   ward.Event
}

func (s *Snapshot) eventRows(ctx context.Context) ([]numberedRow[recordedEvent], error) {
	done, err := tableRows(ctx, s, interventions.name, func(r *row) numberedRow[recordedEvent] {
		i := interventions.decode(r)
		return eventOf(r, ward.AnIntervention, i.ID, i.PatientID, ward.Event{At: i.DoneAt, What: i.Kind, Detail: i.Detail, Recorded: i.Recorded})
	})
	if err != nil {
		return nil, err
	}
	told, err := tableRows(ctx, s, reports.name, func(r *row) numberedRow[recordedEvent] {
		t := reports.decode(r)
		return eventOf(r, ward.AReport, t.ID, t.PatientID, ward.Event{At: t.ToldAt, What: t.ToldBy, Detail: t.Words, Recorded: t.Recorded})
	})
	if err != nil {
		return nil, err
	}
	ordered, err := tableRows(ctx, s, "schedule_order", func(r *row) numberedRow[recordedEvent] {
		o := decodeOrder(r)
		seq := r.number("seq")
		e := ward.Event{Kind: ward.AnOrder, At: o.Ordered.At, What: string(o.Kind), Detail: o.Reason, Interval: o.Interval, UntilDay: o.UntilDay, Recorded: o.Ordered}
		return numberedRow[recordedEvent]{seq, recordedEvent{eventName{ward.AnOrder, seq}, o.PatientID, 1, e}}
	})
	return inOrderOfRecord(slices.Concat(done, told, ordered)), err
}

// eventOf returns the version of an event in a row, of which the second is the withdrawal.
func eventOf(r *row, kind ward.EventKind, id, patient int64, e ward.Event) numberedRow[recordedEvent] {
	version := int(r.number("version"))
	e.Kind, e.Withdrawn, e.Reason = kind, version > 1, r.text("reason")
	return numberedRow[recordedEvent]{r.number("seq"), recordedEvent{eventName{kind, id}, patient, version, e}}
}

// EachFollowUpRow calls yield for each event of each follow-up.
func (s *Snapshot) EachFollowUpRow(ctx context.Context, sel Selection, yield func(*ward.FollowUpRow) error) error {
	who, err := s.viewedPatients(ctx, sel)
	if err != nil {
		return err
	}
	type event struct {
		ward.FollowUpRow
		patient int64
	}
	events, err := tableRows(ctx, s, "follow_up", func(r *row) numberedRow[event] {
		e := decodeFollowUpEvent(r)
		out := ward.FollowUpRow{
			Number: e.id, Event: ward.FollowUpAct(e.event), Signature: e.sig, CheckID: e.joined.CheckID, Level: e.level, Peak: e.peak,
			Outcome: e.outcome, Note: e.note,
		}
		if e.asked {
			out.Item = ward.AskedAgain
		}
		return numberedRow[event]{r.number("seq"), event{out, e.patient}}
	})
	if err != nil {
		return err
	}
	ticks, err := tableRows(ctx, s, "follow_up_item", func(r *row) numberedRow[event] {
		out := ward.FollowUpRow{Number: r.number("follow_up_id"), Event: ward.FollowUpUnticked, Signature: r.recorded(), Item: r.text("item")}
		if r.flag("ticked") {
			out.Event = ward.FollowUpTicked
		}
		return numberedRow[event]{r.number("seq"), event{out, r.number("patient_id")}}
	})
	if err != nil {
		return err
	}
	numbers := make(map[int64]int64)
	for _, e := range inOrderOfRecord(append(events, ticks...)) {
		out := e.row.FollowUpRow
		if _, known := numbers[out.Number]; !known {
			numbers[out.Number] = int64(len(numbers) + 1)
		}
		out.Number = numbers[out.Number]
		patient, selected, err := who.of(e.row.patient)
		if err != nil {
			return err
		}
		out.MRN = patient.MRN
		if selected {
			err = yield(&out)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Snapshot returns the snapshot on which an export rests, for its other tables; it may be
// read once all parts are.
func (e *Export) Snapshot() *Snapshot { return &Snapshot{q: e.first, tables: e.tables} }
