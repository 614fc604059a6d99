package store

import (
	"context"
	"fmt"

	"neurocheck/internal/ward"
)

func (m *moveIn) recordStays(ctx context.Context, t *Tables) error {
	about := func(row *ward.StayRow) (mrn string, number int64, open bool) {
		return row.MRN, row.Stay.ID, row.Stay.Status != ward.Withdrawn && row.Stay.DischargedAt.IsZero()
	}
	err := eachPlaced(m, t.Stays, about, func(r *placedRow[ward.StayRow], places *placed) error { return m.recordStay(ctx, r, places) })
	if err != nil || len(m.refused) > 0 {
		return err
	}
	for i := range m.stays {
		if s := &m.stays[i]; s.Status != ward.Withdrawn {
			survivor := m.patients.survivor[s.PatientID]
			m.inForce[survivor] = append(m.inForce[survivor], *s)
		}
	}
	for _, stays := range m.inForce {
		ward.SortStays(stays)
	}
	m.done.Stays = len(m.stays)
	return nil
}

// recordStay records a version of a stay.
func (m *moveIn) recordStay(ctx context.Context, r *placedRow[ward.StayRow], places *placed) error {
	stay := r.row.Stay
	number := stay.ID
	var before ward.Stay
	if number <= int64(len(m.stays)) {
		before = m.stays[number-1]
	}
	switch {
	case stay.Version != before.Version+1:
		return m.refuseCell("version", fmt.Sprintf("the next version of the stay is %d", before.Version+1))
	case before.Version == 0 && number != int64(len(m.stays)+1):
		return m.refuseCell("stay_id", fmt.Sprintf("the next new stay is %d", len(m.stays)+1))
	case (stay.Version == 1) != (stay.Status == ward.Recorded):
		return m.refuseCell("status", "the first version is recorded, a later one corrected or withdrawn")
	case before.Status == ward.Withdrawn:
		return m.refuseCell("status", "the stay was withdrawn")
	case before.Version > 0 && m.patients.survivor[before.PatientID] != r.survivor:
		return m.refuseCell("mrn", "the stay is of another patient in an earlier row")
	case !m.signedWell(stay.Recorded, "recorded_by", "recorded_at"):
		return nil
	}
	stay.ID, stay.Began = before.ID, before.Began
	if stay.PatientID = places.place(number, m.patients.one[r.survivor]); stay.PatientID == 0 {
		return m.refuseCell("discharged_at", "the patient has another stay at the same time")
	}
	if problems := stay.Problems(m.sig.At); len(problems) > 0 {
		m.refuse(problems...)
		return nil
	}
	if stay.Discharge == ward.DiedICANS {
		if err := m.needs(ctx, ward.MayDecide); err != nil {
			return err
		}
	}
	if err := m.putStay(ctx, &stay); err != nil {
		return err
	}
	if before.Version == 0 {
		m.stays = append(m.stays, stay)
		return nil
	}
	if !stay.AdmittedAt.Equal(before.AdmittedAt) || stay.Status == ward.Withdrawn || !before.DischargedAt.IsZero() && !stay.DischargedAt.Equal(before.DischargedAt) {
		m.unsettled[r.survivor] = true
	}
	m.stays[number-1] = stay
	return nil
}
