package store

import (
	"context"
	"slices"
	"time"

	"neurocheck/internal/ward"
)

// FeedDifference is an event of a value of a feed that is not taken.
type FeedDifference struct {
	ward.Difference
	PatientID int64
	Open      bool // it came, and was not settled by this event
	Settled   bool // a person answered, and took the feed's value if Taken
	Taken     bool
	Recorded  ward.Signature
}

func decodeDifference(r *row) FeedDifference {
	event := r.text("event")
	return FeedDifference{
		Difference: ward.Difference{Field: ward.FeedField(r.text("field")), Visit: r.text("visit"), Feed: r.text("value"), At: r.time("told")},
		PatientID:  r.number("patient_id"), Open: event == feedDiffers,
		Settled: event == feedTaken || event == feedRefused, Taken: event == feedTaken, Recorded: r.signature(),
	}
}

func (w *tx) putDifference(ctx context.Context, event string, patient int64, d ward.Difference) error {
	columns := append([]column{
		{"event", event}, {"patient_id", patient}, {"field", string(d.Field)}, {"visit", text(d.Visit)}, {"value", text(d.Feed)},
	}, timeColumns("told", ward.Moment(d.At))...)
	_, err := w.append(ctx, "feed_difference", columns...)
	return err
}

// differencesOf returns all events of differences about the patients of a query, in
// their order.
func (in reader) differencesOf(ctx context.Context, query string, args ...any) ([]FeedDifference, error) {
	return records(ctx, in, "feed_difference", decodeDifference, `WHERE r.patient_id IN (`+query+`) ORDER BY r.seq`, args...)
}

// openDifferences returns the differences that wait for a person, in the order in which
// they came.
func openDifferences(events []FeedDifference) (open []FeedDifference) {
	for _, e := range events {
		open = slices.DeleteFunc(open, func(o FeedDifference) bool {
			return o.PatientID == e.PatientID && o.Field == e.Field && ward.FoldLine(o.Visit) == ward.FoldLine(e.Visit)
		})
		if e.Open {
			open = append(open, e)
		}
	}
	return open
}

// settleTyped answers the differences of fields that a person has typed: typing is an
// answer. was and now have the values before and after.
func (w *tx) settleTyped(ctx context.Context, patient int64, visit string, was, now map[ward.FeedField]string) error {
	if w.isFeed() {
		return nil
	}
	events, err := w.reader().differencesOf(ctx, "$1", patient)
	if err != nil {
		return err
	}
	for _, d := range openDifferences(events) {
		typed, ok := now[d.Field]
		if !ok || typed == was[d.Field] || d.OfStay() && ward.FoldLine(d.Visit) != ward.FoldLine(visit) {
			continue
		}
		event := feedRefused
		if typed == d.Feed {
			event = feedTaken
		}
		if err := w.putDifference(ctx, event, patient, d.Difference); err != nil {
			return err
		}
	}
	return nil
}

func feedFieldsOf(p *ward.Patient) map[ward.FeedField]string {
	return map[ward.FeedField]string{ward.FieldName: p.Name, ward.FieldBirthDate: p.BirthDate.String(), ward.FieldLanguage: p.Language}
}

func feedFieldsOfStay(s *ward.Stay) map[ward.FeedField]string {
	return map[ward.FeedField]string{ward.FieldClinician: s.Clinician, ward.FieldAdmitted: s.AdmittedAt.Format(time.RFC3339)}
}
