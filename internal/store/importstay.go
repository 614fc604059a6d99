package store

import (
	"context"
	"time"

	"neurocheck/internal/ward"
)

// findStays finds the stays of the rows, or records them. A row that names an admission
// belongs to that stay. The others belong to the stay that holds the check, or to one
// whose admission is inferred from the first such check.
func (p *importing) findStays(ctx context.Context) error {
	for i := range p.rows {
		row := &p.rows[i]
		if p.inLog(&row.Check) || row.Stay.AdmittedAt.IsZero() || row.Stay.AdmissionInferred {
			continue
		}
		if err := p.nameStay(ctx, row); err != nil {
			return err
		}
	}
	// The rows are in the order of time, and a stay that is inferred from one may hold
	// the next ones.
	for i := range p.rows {
		row := &p.rows[i]
		if p.inLog(&row.Check) || ward.StayAt(p.history.Stays, row.Check.PerformedAt) != nil {
			continue
		}
		if !row.Stay.AdmittedAt.IsZero() && !row.Stay.AdmissionInferred {
			continue // it names a stay that does not hold it; its check is refused
		}
		if err := p.inferStay(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

// nameStay finds or records the stay that a row names. A stay in the log that holds the
// check stays as it is: the log knows better when it began, unless that was inferred.
func (p *importing) nameStay(ctx context.Context, row *ward.ImportRow) error {
	named := &row.Stay
	for i := range p.history.Stays {
		if p.history.Stays[i].AdmittedAt.Equal(named.AdmittedAt) {
			return nil
		}
	}
	for i := range p.history.Stays {
		if o := &p.history.Stays[i]; o.AdmissionInferred && named.AdmittedAt.Before(o.AdmittedAt) && overlap(o, named) {
			return p.beginEarlier(ctx, row, o, named.AdmittedAt, false)
		}
	}
	if ward.StayAt(p.history.Stays, row.Check.PerformedAt) != nil {
		return nil
	}
	return p.addStay(ctx, row, *named)
}

// inferStay records a stay that begins with the check of a row, or moves the inferred
// admission of the next stay back to it, or the inferred end of the stay before it on. A
// check before an admission that a source gave belongs to no stay, and is refused.
func (p *importing) inferStay(ctx context.Context, row *ward.ImportRow) error {
	at := row.Check.PerformedAt
	for i := range p.history.Stays {
		if o := &p.history.Stays[i]; o.AdmittedAt.After(at) {
			if !o.AdmissionInferred {
				return nil
			}
			return p.beginEarlier(ctx, row, o, at, true)
		}
	}
	if n := len(p.history.Stays); n > 0 {
		if o := &p.history.Stays[n-1]; o.EndInferred && at.Sub(o.DischargedAt) <= leftAfter {
			return p.endLater(ctx, row, o)
		}
	}
	stay := row.Stay
	stay.AdmittedAt, stay.AdmissionInferred = at, true
	return p.addStay(ctx, row, stay)
}

// beginEarlier moves the inferred admission of a stay in the history back.
func (p *importing) beginEarlier(ctx context.Context, row *ward.ImportRow, stay *ward.Stay, at time.Time, inferred bool) error {
	next := *stay
	next.AdmittedAt, next.AdmissionInferred = at, inferred
	if !p.free(&next) {
		p.refuse(row.Line, ward.Invalid("admitted_at", "is within another stay of the patient"))
		return nil
	}
	if err := p.changeStay(ctx, &next); err != nil {
		return p.refuseOrFail(row.Line, err)
	}
	*stay = next
	p.moved = true
	return nil
}

// endLater moves the inferred end of a stay on to the last check that goes on with it, which
// begins with that of a row. The stay goes on if that is no longer too old.
func (p *importing) endLater(ctx context.Context, row *ward.ImportRow, stay *ward.Stay) error {
	next := *stay
	next.DischargedAt = row.Check.PerformedAt
	for i := range p.rows { // in the order of time
		if at := p.rows[i].Check.PerformedAt; at.After(next.DischargedAt) && at.Sub(next.DischargedAt) <= leftAfter {
			next.DischargedAt = at
		}
	}
	if p.OnWard || p.sig.At.Sub(next.DischargedAt) <= leftAfter {
		next.DischargedAt, next.Discharge, next.EndInferred = time.Time{}, "", false
	} else {
		p.done.Ended++
	}
	if err := p.changeStay(ctx, &next); err != nil {
		return p.refuseOrFail(row.Line, err)
	}
	*stay = next
	p.moved = true
	return nil
}

// free reports whether no other stay of the patient overlaps the stay.
func (p *importing) free(stay *ward.Stay) bool {
	for i := range p.history.Stays {
		if o := &p.history.Stays[i]; o.ID != stay.ID && overlap(o, stay) {
			return false
		}
	}
	return true
}

// leftAfter is the time after the last check from which on a new patient without a
// discharge is taken to have left.
const leftAfter = 72 * time.Hour

// inferEnd ends a stay with its last check, if the patient is new, no discharge is known and
// the check is too old for the patient to be on the ward.
func (p *importing) inferEnd(stay *ward.Stay) {
	last := p.rows[len(p.rows)-1].Check.PerformedAt // the rows are in the order of time
	if !p.isNew || p.OnWard || !stay.DischargedAt.IsZero() || !stay.Holds(last) || p.sig.At.Sub(last) <= leftAfter {
		return
	}
	stay.DischargedAt, stay.Discharge, stay.EndInferred = last, "other", true
	p.done.Ended++
}

func (p *importing) addStay(ctx context.Context, row *ward.ImportRow, stay ward.Stay) error {
	p.inferEnd(&stay)
	stay.ID, stay.Version, stay.Status, stay.PatientID = 0, 1, ward.Recorded, p.id
	stay.Recorded = p.heardOf(func(r *ward.ImportRow) bool { return stay.Holds(r.Check.PerformedAt) })
	err := firstOf(stay.Problems(p.sig.At))
	if err == nil && !p.free(&stay) {
		err = ward.Invalid("admitted_at", "is within another stay of the patient, or the end of this one is missing")
	}
	if err == nil && stay.Discharge == ward.DiedICANS {
		err = p.may(ctx, ward.MayDecide)
	}
	if err == nil {
		err = p.may(ctx, ward.MayMovePatient)
	}
	if err == nil {
		err = p.putStay(ctx, &stay)
	}
	if err != nil {
		return p.refuseOrFail(row.Line, err)
	}
	p.history.Stays = append(p.history.Stays, stay)
	ward.SortStays(p.history.Stays)
	return nil
}
