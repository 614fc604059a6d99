package store

import (
	"context"
	"database/sql"
	"time"

	"neurocheck/internal/ward"
)

// PutOrder records an order about a patient's schedule. It answers with
// [ward.KindInvalid] for anybody but a clinician.
func (s *Store) PutOrder(ctx context.Context, sig ward.Signature, o ward.Order) error {
	o.Reason = ward.CleanLine(o.Reason)
	return s.write(ctx, sig, func(t *tx) error {
		by, err := t.staffMember(ctx, sig.By)
		if err != nil {
			return err
		}
		if err := o.Validate(by); err != nil {
			return err
		}
		if _, err := patientByID(ctx, t.sql, o.PatientID); err != nil {
			return err
		}
		var interval, until any
		switch o.Kind {
		case ward.OrderInterval:
			interval = int64(o.Interval / time.Minute)
		case ward.OrderExtend:
			until = int64(o.UntilDay)
		}
		_, err = t.append(ctx, "schedule_order",
			column{"patient_id", o.PatientID},
			column{"kind", string(o.Kind)},
			column{"interval_minutes", interval},
			column{"until_day", until},
			column{"reason", o.Reason},
		)
		return err
	})
}

func ordersOf(ctx context.Context, q querier, patient int64) ([]ward.Order, error) {
	return all(ctx, q, func(rows *sql.Rows) (o ward.Order, err error) {
		var at, offset sql.NullInt64
		var minutes int64
		err = rows.Scan(&at, &offset, &o.Ordered.By, &o.PatientID, &o.Kind, &minutes, &o.UntilDay, &o.Reason)
		o.Ordered.At = fromMoment(at, offset)
		o.Interval = time.Duration(minutes) * time.Minute
		return o, err
	}, `
		SELECT at, at_offset, author, patient_id, kind, coalesce(interval_minutes, 0), coalesce(until_day, 0), reason
		FROM schedule_order
		WHERE patient_id = $1
		ORDER BY seq DESC`, patient)
}

// ReportSymptom records what the patient or a caregiver reported.
func (s *Store) ReportSymptom(ctx context.Context, sig ward.Signature, y ward.Symptom) error {
	y.Words, y.ToldAt = ward.CleanLine(y.Words), ward.Moment(y.ToldAt)
	return s.write(ctx, sig, func(t *tx) error {
		p, err := patientByID(ctx, t.sql, y.PatientID)
		if err != nil {
			return err
		}
		if err := y.Validate(&p, sig.At); err != nil {
			return err
		}
		told, toldOffset := moment(y.ToldAt)
		_, err = t.append(ctx, "symptom",
			column{"patient_id", y.PatientID},
			column{"told_at", told},
			column{"told_offset", toldOffset},
			column{"told_by", y.ToldBy},
			column{"words", y.Words},
		)
		return err
	})
}

func symptomsOf(ctx context.Context, q querier, patient int64, most int) ([]ward.Symptom, error) {
	return all(ctx, q, func(rows *sql.Rows) (y ward.Symptom, err error) {
		var at, offset, told, toldOffset sql.NullInt64
		err = rows.Scan(&at, &offset, &y.Recorded.By, &y.PatientID, &told, &toldOffset, &y.ToldBy, &y.Words)
		y.Recorded.At, y.ToldAt = fromMoment(at, offset), fromMoment(told, toldOffset)
		return y, err
	}, `
		SELECT at, at_offset, author, patient_id, told_at, told_offset, told_by, words
		FROM symptom
		WHERE patient_id = $1
		ORDER BY told_at DESC, seq DESC
		LIMIT $2`, patient, most)
}

// Intervene records what was done.
func (s *Store) Intervene(ctx context.Context, sig ward.Signature, i ward.Intervention) error {
	i.Detail, i.DoneAt = ward.CleanLine(i.Detail), ward.Moment(i.DoneAt)
	return s.write(ctx, sig, func(t *tx) error {
		p, err := patientByID(ctx, t.sql, i.PatientID)
		if err != nil {
			return err
		}
		if err := i.Validate(&p, sig.At); err != nil {
			return err
		}
		return t.putIntervention(ctx, i, ownSeq, 1, "recorded")
	})
}

// WithdrawIntervention withdraws what was recorded in error; it stays readable.
func (s *Store) WithdrawIntervention(ctx context.Context, sig ward.Signature, id int64) error {
	return s.write(ctx, sig, func(t *tx) error {
		i, err := one(ctx, t.sql, "there is no such intervention", scanIntervention, interventionQuery+`
			WHERE i.version = 1 AND i.intervention_id = $1`, id)
		if err != nil {
			return err
		}
		if i.Withdrawn {
			return ward.Conflict("this was withdrawn already")
		}
		return t.putIntervention(ctx, i, id, 2, "withdrawn")
	})
}

func (w *tx) putIntervention(ctx context.Context, i ward.Intervention, id any, version int64, status string) error {
	done, doneOffset := moment(i.DoneAt)
	_, err := w.append(ctx, "intervention",
		column{"intervention_id", id},
		column{"version", version},
		column{"status", status},
		column{"patient_id", i.PatientID},
		column{"done_at", done},
		column{"done_offset", doneOffset},
		column{"kind", i.Kind},
		column{"detail", text(i.Detail)},
	)
	return err
}

// interventionQuery is completed by a WHERE on i, the first version.
const interventionQuery = `
	SELECT i.at, i.at_offset, i.author, i.intervention_id, i.patient_id, i.done_at, i.done_offset, i.kind, coalesce(i.detail, ''), w.seq IS NOT NULL
	FROM intervention i
	LEFT JOIN intervention w ON w.intervention_id = i.intervention_id AND w.version = 2`

func scanIntervention(rows *sql.Rows) (i ward.Intervention, err error) {
	var at, offset, done, doneOffset sql.NullInt64
	err = rows.Scan(&at, &offset, &i.Recorded.By, &i.ID, &i.PatientID, &done, &doneOffset, &i.Kind, &i.Detail, &i.Withdrawn)
	i.Recorded.At, i.DoneAt = fromMoment(at, offset), fromMoment(done, doneOffset)
	return i, err
}

func interventionsOf(ctx context.Context, q querier, patient int64) ([]ward.Intervention, error) {
	return all(ctx, q, scanIntervention, interventionQuery+`
		WHERE i.version = 1 AND i.patient_id = $1
		ORDER BY i.done_at DESC, i.seq DESC`, patient)
}

// Tick ticks an item of a follow-up's checklist, or takes the tick back.
func (s *Store) Tick(ctx context.Context, sig ward.Signature, followUp int64, item string, ticked bool) error {
	item = ward.CleanLine(item)
	return s.write(ctx, sig, func(t *tx) error {
		f, err := t.followUp(ctx, followUp)
		if err != nil {
			return err
		}
		if !f.IsOpen() {
			return ward.Conflict("this follow-up is closed already")
		}
		_, err = t.append(ctx, "follow_up_item",
			column{"follow_up_id", followUp},
			column{"item", item},
			column{"ticked", truth(ticked)},
		)
		return err
	})
}

// ticksOf returns the items that are ticked on checklists, by the number of the
// follow-up, with who ticked them; where picks the follow-ups by one argument.
func ticksOf(ctx context.Context, q querier, where string, arg any) (map[int64]map[string]ward.Signature, error) {
	type tick struct {
		followUp int64
		item     string
		ticked   bool
		by       ward.Signature
	}
	rows, err := all(ctx, q, func(rows *sql.Rows) (k tick, err error) {
		var at, offset sql.NullInt64
		err = rows.Scan(&k.followUp, &k.item, &k.ticked, &at, &offset, &k.by.By)
		k.by.At = fromMoment(at, offset)
		return k, err
	}, `
		SELECT follow_up_id, item, ticked, at, at_offset, author
		FROM follow_up_item`+where+`
		ORDER BY seq`, arg)
	ticks := make(map[int64]map[string]ward.Signature)
	for _, k := range rows {
		of := ticks[k.followUp]
		if of == nil {
			of = make(map[string]ward.Signature)
			ticks[k.followUp] = of
		}
		delete(of, k.item)
		if k.ticked {
			of[k.item] = k.by
		}
	}
	return ticks, err
}

// checksSince returns the checks that stand and were performed then or later,
// the last performed first.
func checksSince(ctx context.Context, q querier, patient int64, since time.Time) ([]ward.Check, error) {
	from, _ := moment(since)
	return all(ctx, q, scanCheck, `
		SELECT `+checkColumns+fromChecks+`
		WHERE c.patient_id = $1 AND c.performed_at >= $2 AND `+stands+`
		ORDER BY c.performed_at DESC, c.seq DESC`, patient, from)
}
