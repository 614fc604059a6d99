package store

import (
	"context"
	"fmt"
	"slices"

	"neurocheck/internal/ward"
)

// findPatient reads the patient of the rows, or admits one.
func (p *importing) findPatient(ctx context.Context) error {
	if p.id == 0 {
		return p.admit(ctx)
	}
	_, ids, err := p.reader().group(ctx, p.id)
	if err != nil {
		return err
	}
	if p.history, err = p.reader().history(ctx, p.id, wholePart); err != nil {
		return err
	}
	for _, id := range ids {
		patient, err := p.reader().patient(ctx, id)
		if err != nil {
			return err
		}
		p.one = append(p.one, patient)
	}
	p.checkIdentity()
	return nil
}

// checkIdentity refuses rows that name another patient than the log has.
func (p *importing) checkIdentity() {
	var e *ward.Error
	for i := range p.rows {
		row := &p.rows[i]
		if i == 0 || row.Patient != p.rows[i-1].Patient { // most rows are as the one before
			e = row.Identity(&p.history.Patient)
		}
		if e != nil && !slices.ContainsFunc(p.one, func(known ward.Patient) bool { return row.Identity(&known) == nil }) {
			p.refuse(row.Line, e)
		}
	}
}

// admit admits the patient from the first row that names one.
func (p *importing) admit(ctx context.Context) error {
	i := slices.IndexFunc(p.rows, func(r ward.ImportRow) bool {
		return r.Patient.Name != "" && (!r.Patient.BirthDate.IsZero() || r.Patient.SecondID != "")
	})
	if i < 0 {
		p.refuse(p.rows[0].Line, ward.Invalid("mrn", "no patient in the log has this MRN; give name and birth_date to admit the patient"))
		return nil
	}
	patient := p.rows[i].Patient
	patient.ID, patient.Version = 0, 1
	patient.Recorded = p.heardOf(func(*ward.ImportRow) bool { return true })
	err := firstOf(patient.Problems(p.now()))
	if err == nil {
		err = p.may(ctx, ward.MayMovePatient)
	}
	if err == nil {
		err = p.mayAdmit(ctx, &patient)
	}
	if err == nil {
		err = p.looksKnown(ctx, p.rows[i].Line, &patient)
	}
	if err == nil {
		err = p.putPatient(ctx, &patient)
	}
	if err != nil {
		return p.refuseOrFail(p.rows[i].Line, err)
	}
	if p.known != nil {
		p.known.add(&patient)
	}
	p.done.Patients++
	p.isNew = true
	p.id, p.history, p.one = patient.ID, ward.History{Patient: patient}, []ward.Patient{patient}
	p.checkIdentity()
	return nil
}

// looksKnown returns a question if a new patient looks like one of the log, or like one
// that this import has admitted.
func (p *importing) looksKnown(ctx context.Context, line int, patient *ward.Patient) (err error) {
	if p.NewPatients {
		return nil
	}
	if p.known == nil {
		if p.known, err = p.lookalikes(ctx); err != nil {
			return err
		}
	}
	if q := p.known.ask(patient); q != nil {
		q.Reason = fmt.Sprintf("line %d: %s", line, q.Reason)
		return q
	}
	return nil
}
