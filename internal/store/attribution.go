package store

import (
	"context"
	"slices"
	"time"

	"neurocheck/internal/ward"
)

// attributionsOf returns the causes that clinicians named ahead for patients, the oldest
// first.
func (in reader) attributionsOf(ctx context.Context, of patients) ([]ward.Attribution, error) {
	type event struct {
		ward.Attribution
		ended bool
	}
	events, err := records(ctx, in, "attribution", func(r *row) event {
		return event{ward.Attribution{
			ID: r.number("attribution_id"), PatientID: r.number("patient_id"), Domain: r.text("domain"), Cause: r.text("cause"),
			Until: r.time("until"), Named: r.signature(),
		}, r.text("event") == causeEnded}
	}, `WHERE r.patient_id IN (`+of.query+`) ORDER BY r.seq`, of.args...)
	var list []ward.Attribution
	for _, e := range events {
		if !e.ended {
			list = append(list, e.Attribution)
		} else if i := slices.IndexFunc(list, func(a ward.Attribution) bool { return a.ID == e.ID }); i >= 0 {
			list[i].Ended = e.Named
		}
	}
	return list, err
}

// NameCause records the cause that a clinician names for a domain, for at most 24 h
// ahead.
func (s *Store) NameCause(ctx context.Context, sig ward.Signature, a ward.Attribution) error {
	a.Cause, a.Until = ward.CleanLine(a.Cause), ward.Moment(a.Until)
	return s.do(ctx, sig, ward.MayDecide, "name_cause", []any{a}, func(w *tx) error {
		if err := a.Validate(sig.At); err != nil {
			return err
		}
		if _, err := w.reader().patient(ctx, a.PatientID); err != nil {
			return err
		}
		return w.putAttribution(ctx, ownSeq, causeNamed, a.PatientID, a.Domain, a.Cause, a.Until)
	})
}

// EndCause ends a cause before its time.
func (s *Store) EndCause(ctx context.Context, sig ward.Signature, id int64) error {
	return s.do(ctx, sig, ward.MayDecide, "end_cause", []any{id}, func(w *tx) error {
		type event struct {
			patient int64
			domain  string
		}
		events, err := records(ctx, w.reader(), "attribution", func(r *row) event {
			return event{r.number("patient_id"), r.text("domain")}
		}, `WHERE r.attribution_id = $1 ORDER BY r.seq`, id)
		switch {
		case err != nil:
			return err
		case len(events) == 0:
			return ward.NotFound("there is no such cause")
		case len(events) > 1:
			return ward.Conflict("this cause was ended already")
		}
		return w.putAttribution(ctx, id, causeEnded, events[0].patient, events[0].domain, "", time.Time{})
	})
}

func (w *tx) putAttribution(ctx context.Context, id any, event string, patient int64, domain, cause string, until time.Time) error {
	columns := slices.Concat([]column{
		{"attribution_id", id}, {"event", event}, {"patient_id", patient}, {"domain", domain}, {"cause", text(cause)},
	}, timeColumns("until", until))
	_, err := w.append(ctx, "attribution", columns...)
	return err
}
