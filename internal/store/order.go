package store

import (
	"context"
	"time"

	"neurocheck/internal/ward"
)

func decodeOrder(r *row) ward.Order {
	return ward.Order{
		PatientID: r.number("patient_id"), Kind: ward.OrderKind(r.text("kind")),
		Interval: time.Duration(r.number("interval_minutes")) * time.Minute, UntilDay: int(r.number("until_day")),
		Reason: r.text("reason"), Ordered: r.recorded(),
	}
}

// PutOrder records a clinician's order about a patient's schedule.
func (s *Store) PutOrder(ctx context.Context, sig ward.Signature, o ward.Order) error {
	o.Reason = ward.CleanLine(o.Reason)
	return s.do(ctx, sig, ward.MayDecide, "order", []any{o}, func(w *tx) error {
		if err := o.Validate(); err != nil {
			return err
		}
		if _, err := w.reader().patient(ctx, o.PatientID); err != nil {
			return err
		}
		o.Ordered = w.sig
		return w.putOrder(ctx, &o)
	})
}

func (w *tx) putOrder(ctx context.Context, o *ward.Order) error {
	var interval, until any
	switch o.Kind {
	case ward.OrderInterval:
		interval = int64(o.Interval / time.Minute)
	case ward.OrderExtend:
		until = int64(o.UntilDay)
	}
	_, err := w.append(ctx, "schedule_order", append([]column{
		{"patient_id", o.PatientID},
		{"kind", string(o.Kind)},
		{"interval_minutes", interval},
		{"until_day", until},
		{"reason", o.Reason},
	}, recordedColumns(o.Ordered)...)...)
	return err
}
