package store

import (
	"context"
	"fmt"

	"neurocheck/internal/ward"
)

func (m *moveIn) recordPatients(ctx context.Context, t *Tables) error {
	if err := m.needs(ctx, ward.MayMovePatient); err != nil {
		return err
	}
	var alike *lookalikes
	if !m.options.NewPatients {
		var err error
		if alike, err = m.lookalikes(ctx); err != nil {
			return err
		}
	}
	err := t.Patients(func(line int, row *ward.PatientRow) error {
		m.line = line
		m.done.Patients++
		if !m.signedWell(row.Patient.Recorded, "recorded_by", "recorded_at") {
			return nil
		}
		switch row.Status {
		case ward.Linked, ward.Unlinked:
			return m.recordLink(ctx, row)
		}
		return m.recordPatient(ctx, row, alike)
	})
	if err != nil {
		return err
	}
	m.done.Patients = len(m.patients.current)
	m.patients.join()
	for _, ids := range m.patients.one {
		for _, id := range ids[1:] {
			if err := m.exec(ctx, `UPDATE patient_now SET survivor_id = $2 WHERE patient_id = $1`, id, ids[0]); err != nil {
				return err
			}
			m.unsettled[ids[0]] = true
		}
	}
	return nil
}

// recordPatient records a version of a patient.
func (m *moveIn) recordPatient(ctx context.Context, row *ward.PatientRow, alike *lookalikes) error {
	p, id := row.Patient, m.patients.find(row)
	before := m.patients.current[id]
	first := row.Status == ward.Recorded
	switch {
	case first && id != 0:
		return m.refuseCell("mrn", "an earlier row has this MRN, and this one is the first of a patient")
	case !first && id == 0:
		return m.refuseCell("former_mrns", "no earlier row has the patient")
	case p.Version != before.Version+1:
		return m.refuseCell("version", fmt.Sprintf("the next version of the patient is %d", before.Version+1))
	}
	if m.patients.byMRN[ward.FoldMRN(p.MRN)] == 0 {
		known, err := m.reader().patientIDByMRN(ctx, p.MRN)
		switch {
		case err != nil:
			return err
		case known != 0:
			return errKnown
		}
	}
	if problems := p.Problems(m.now()); len(problems) > 0 {
		m.refuse(forPatients(problems)...)
		return nil
	}
	p.ID = id
	if err := m.mayMoveIn(ctx, &before, &p); err != nil {
		return err
	}
	if first && alike != nil {
		if q := alike.ask(&p); q != nil {
			q.Reason = fmt.Sprintf("line %d of patients.csv: %s", m.line, q.Reason)
			return q
		}
	}
	if err := m.putPatient(ctx, &p); err != nil {
		return m.refuseOrFail("mrn", err)
	}
	if !first && evaluatesOtherwise(&before, &p) {
		m.unsettled[p.ID] = true
	}
	m.patients.put(&p)
	return nil
}

// mayMoveIn checks the permissions for a version of a patient.
func (m *moveIn) mayMoveIn(ctx context.Context, before, p *ward.Patient) error {
	if p.Version == 1 {
		return m.mayAdmit(ctx, p)
	}
	return m.mayEdit(ctx, before, p)
}

// evaluatesOtherwise reports whether flags may change with a version of a patient.
func evaluatesOtherwise(before, p *ward.Patient) bool {
	return before.Tool != p.Tool || before.Baseline != p.Baseline || before.Health != p.Health || before.Interpreter != p.Interpreter ||
		!before.InfusedAt.Equal(p.InfusedAt)
}

// forPatients gives the problems of a patient the names of the columns of the table.
func forPatients(problems []*ward.Error) []*ward.Error {
	for _, e := range problems {
		if e.Field == "patient_tool" {
			e.Field = "tool"
		}
	}
	return problems
}

// recordLink records a link of two patients, or its undoing.
func (m *moveIn) recordLink(ctx context.Context, row *ward.PatientRow) error {
	if err := m.needs(ctx, ward.MayLink); err != nil {
		return err
	}
	id := m.patients.find(row)
	link := ward.Link{PatientID: id, Undone: row.Status == ward.Unlinked, Reason: row.Patient.Reason, Recorded: row.Patient.Recorded}
	active, linked := m.patients.links[id]
	link.Into = active.into
	switch {
	case id == 0:
		return m.refuseCell("mrn", "no earlier row has the patient")
	case link.Reason == "":
		return m.refuseCell("reason", "missing")
	case link.Undone == linked:
	case link.Undone:
		return m.refuseCell("status", "the patient is not linked")
	default:
		return m.refuseCell("status", "the patient is linked already")
	}
	m.unsettled[id] = true
	if link.Undone {
		m.unsettled[link.Into] = true
		delete(m.patients.links, id)
		_, err := m.putLink(ctx, active.id, link)
		return err
	}
	link.Into = m.patients.byMRN[ward.FoldMRN(row.LinkedTo)]
	if link.Into == 0 || end(m.patients.links, link.Into) == id {
		return m.refuseCell("linked_to", "no other patient in an earlier row has this MRN, or that one is linked to this one")
	}
	m.unsettled[link.Into] = true
	seq, err := m.putLink(ctx, ownSeq, link)
	m.patients.links[id] = activeLink{seq, link.Into}
	return err
}
