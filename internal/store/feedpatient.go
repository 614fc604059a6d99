package store

import "neurocheck/internal/ward"

// Admit records a new patient with the first stay, which may have ended, and marks the
// patients who are perhaps the same person: alike returns them.
func (a *FeedAct) Admit(p ward.Patient, stay ward.Stay, alike func(known []ward.Patient, p *ward.Patient) []int64) (ward.Patient, error) {
	p.Clean()
	if err := a.tx.may(a.ctx, ward.MayMovePatient); err != nil {
		return p, err
	}
	if err := a.tx.mayAdmit(a.ctx, &p); err != nil {
		return p, err
	}
	p.ID, p.Version, p.Reason, p.Recorded = 0, 1, "", a.tx.sig
	if err := firstOf(p.Problems(a.tx.now())); err != nil {
		return p, err
	}
	if err := a.tx.mrnIsFree(a.ctx, p.MRN, 0); err != nil {
		return p, err
	}
	known, err := records(a.ctx, a.tx.reader(), "patient", decodePatient, `JOIN patient_now n ON n.seq = r.seq`)
	if err != nil {
		return p, err
	}
	if err := a.tx.putPatient(a.ctx, &p); err != nil {
		return p, err
	}
	if err := a.Begin(p.ID, stay); err != nil {
		return p, err
	}
	for _, other := range alike(known, &p) {
		if err := a.PutAlike(p.ID, other); err != nil {
			return p, err
		}
	}
	return p, nil
}

// PutAlike marks two patients as perhaps one person.
func (a *FeedAct) PutAlike(patient, other int64) error {
	if _, err := a.patient(patient); err != nil {
		return err
	}
	return a.tx.putAlike(a.ctx, patientsAlike, patient, other)
}

// EditPatient records the fields in which after differs from before: name, birth date,
// language and second identifier.
func (a *FeedAct) EditPatient(id int64, before, after *ward.Patient) error {
	p, err := a.patient(id)
	if err != nil {
		return err
	}
	next := p
	for _, text := range []struct {
		before, after string
		to            *string
	}{
		{before.Name, after.Name, &next.Name}, {before.Language, after.Language, &next.Language}, {before.SecondID, after.SecondID, &next.SecondID},
	} {
		if text.before != text.after {
			*text.to = text.after
		}
	}
	if before.BirthDate != after.BirthDate {
		next.BirthDate = after.BirthDate
	}
	return a.putPatient(&p, &next)
}

// putPatient records the next version of a patient, unless it is the same.
func (a *FeedAct) putPatient(p, next *ward.Patient) error {
	if *next == *p {
		return nil
	}
	next.Version, next.Reason, next.Recorded = p.Version+1, "", a.tx.sig
	if err := firstOf(next.Problems(a.tx.now())); err != nil {
		return err
	}
	return a.tx.putPatient(a.ctx, next)
}

// Rename gives a patient another MRN; the present one stays findable.
func (a *FeedAct) Rename(id int64, mrn string) error {
	p, err := a.patient(id)
	if err != nil {
		return err
	}
	next := p
	next.MRN = ward.CleanLine(mrn)
	if err := a.tx.mrnIsFree(a.ctx, next.MRN, id); err != nil {
		return err
	}
	return a.putPatient(&p, &next)
}

// Link makes two patients one.
func (a *FeedAct) Link(patient, into int64, reason string) error {
	if err := a.tx.may(a.ctx, ward.MayLink); err != nil {
		return err
	}
	return a.tx.link(a.ctx, patient, into, ward.CleanLine(reason))
}

// Differ records a value of the feed that is not taken.
func (a *FeedAct) Differ(patient int64, d ward.Difference) error {
	return a.putDifference(feedDiffers, patient, d)
}

// Agree records that a difference is gone.
func (a *FeedAct) Agree(patient int64, d ward.Difference) error {
	return a.putDifference(feedAgrees, patient, d)
}

func (a *FeedAct) putDifference(event string, patient int64, d ward.Difference) error {
	if _, err := a.patient(patient); err != nil {
		return err
	}
	return a.tx.putDifference(a.ctx, event, patient, d)
}
