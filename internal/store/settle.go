package store

import (
	"context"
	"slices"
	"time"

	"neurocheck/internal/ward"
)

// Settle answers the difference of a field: the feed's value is taken, or the ward's is
// kept. It returns [ward.KindNotFound] if there is none.
func (s *Store) Settle(ctx context.Context, sig ward.Signature, patient int64, field ward.FeedField, take bool) error {
	return s.do(ctx, sig, ward.MaySetTherapy, "settle", []any{patient, field, take}, func(w *tx) error {
		events, err := w.reader().differencesOf(ctx, groupOf("$1"), patient)
		if err != nil {
			return err
		}
		open := openDifferences(events)
		at := slices.IndexFunc(open, func(d FeedDifference) bool { return d.Field == field })
		if at < 0 {
			return ward.NotFound("the feed says nothing else about this field")
		}
		d := open[at]
		event := feedRefused
		if take {
			event = feedTaken
			if err := w.takeValue(ctx, &d); err != nil {
				return err
			}
		}
		return w.putDifference(ctx, event, d.PatientID, d.Difference)
	})
}

// takeValue records the value of a feed in the name of the person who takes it.
func (w *tx) takeValue(ctx context.Context, d *FeedDifference) error {
	if d.OfStay() {
		return w.takeStayValue(ctx, d)
	}
	p, err := w.reader().patient(ctx, d.PatientID)
	if err != nil {
		return err
	}
	switch d.Field {
	case ward.FieldName:
		p.Name = d.Feed
	case ward.FieldLanguage:
		p.Language = d.Feed
	case ward.FieldBirthDate:
		if p.BirthDate, err = ward.ParseDate(d.Feed); err != nil {
			return err
		}
	}
	p.Version++
	p.Reason, p.Recorded = asTheHospital, w.sig
	if err := firstOf(p.Problems(w.now())); err != nil {
		return err
	}
	return w.putPatient(ctx, &p)
}

const asTheHospital = "as the hospital has it"

func (w *tx) takeStayValue(ctx context.Context, d *FeedDifference) error {
	versions, err := w.reader().stayVersions(ctx, d.PatientID)
	if err != nil {
		return err
	}
	stays := slices.DeleteFunc(currentStays(versions), func(s ward.Stay) bool { return ward.FoldLine(s.Visit) != ward.FoldLine(d.Visit) })
	if len(stays) == 0 {
		return ward.Conflict("the stay of this difference is no longer in the log")
	}
	stay := stays[len(stays)-1]
	stay.Reason = asTheHospital
	if d.Field == ward.FieldClinician {
		stay.Clinician = d.Feed
		return w.changeStay(ctx, &stay)
	}
	at, err := time.Parse(time.RFC3339, d.Feed)
	if err != nil {
		return err
	}
	stay.AdmittedAt, stay.AdmissionInferred = ward.Moment(at), false
	if err := w.mayBeginThen(ctx, &stay); err != nil {
		return err
	}
	if err := w.changeStay(ctx, &stay); err != nil {
		return err
	}
	return w.reassess(ctx, stay.PatientID, "stay")
}
