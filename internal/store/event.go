package store

import (
	"context"
	"slices"

	"neurocheck/internal/ward"
)

// eventKind is a kind of event of a patient that is recorded once and may be withdrawn: a
// report or an intervention.
type eventKind[T any] struct {
	name    string // of its table, and in messages
	id      string // the column of its ID
	decode  func(*row) T
	columns func(*T) (patient int64, columns []column)
	undo    func(event *T, reason string, sig ward.Signature)
}

var reports = eventKind[ward.Report]{
	name: "report", id: "report_id",
	decode: func(r *row) ward.Report {
		return ward.Report{
			ID: r.number("report_id"), PatientID: r.number("patient_id"), ToldAt: r.time("told"), ToldBy: r.text("told_by"),
			Words: r.text("words"), Recorded: r.recorded(),
		}
	},
	columns: func(r *ward.Report) (int64, []column) {
		return r.PatientID, append(timeColumns("told", r.ToldAt), column{"told_by", r.ToldBy}, column{"words", r.Words})
	},
	undo: func(r *ward.Report, reason string, sig ward.Signature) {
		r.Withdrawn, r.Reason, r.Undone = true, reason, sig
	},
}

var interventions = eventKind[ward.Intervention]{
	name: "intervention", id: "intervention_id",
	decode: func(r *row) ward.Intervention {
		return ward.Intervention{
			ID: r.number("intervention_id"), PatientID: r.number("patient_id"), DoneAt: r.time("done"), Kind: r.text("kind"),
			Detail: r.text("detail"), Recorded: r.recorded(),
		}
	},
	columns: func(i *ward.Intervention) (int64, []column) {
		return i.PatientID, append(timeColumns("done", i.DoneAt), column{"kind", i.Kind}, column{"detail", text(i.Detail)})
	},
	undo: func(i *ward.Intervention, reason string, sig ward.Signature) {
		i.Withdrawn, i.Reason, i.Undone = true, reason, sig
	},
}

// eventVersion is one row of an event: the first records it, the second withdraws it.
type eventVersion[T any] struct {
	id     int64
	number int64
	event  T
	reason string
	sig    ward.Signature
	seq    int64
}

// versions returns the rows of the events that a condition selects, in the order of the
// record.
func (k *eventKind[T]) versions(ctx context.Context, in reader, where string, args ...any) ([]eventVersion[T], error) {
	decode := func(r *row) eventVersion[T] {
		return eventVersion[T]{r.number(k.id), r.number("version"), k.decode(r), r.text("reason"), r.recorded(), r.number("seq")}
	}
	return records(ctx, in, k.name, decode, where+` ORDER BY r.seq`, args...)
}

// of returns the events that a condition selects, withdrawn ones too, in the order of the
// record.
func (k *eventKind[T]) of(ctx context.Context, in reader, where string, args ...any) ([]T, error) {
	versions, err := k.versions(ctx, in, where, args...)
	var list []T
	at := make(map[int64]int)
	for _, v := range versions {
		if v.number == 1 {
			at[v.id] = len(list)
			list = append(list, v.event)
		} else if i, ok := at[v.id]; ok {
			k.undo(&list[i], v.reason, v.sig)
		}
	}
	return list, err
}

// ofPatient returns the events of a patient, withdrawn ones too.
func (k *eventKind[T]) ofPatient(ctx context.Context, in reader, patient int64) ([]T, error) {
	return k.of(ctx, in, `WHERE r.patient_id = $1`, patient)
}

// record appends the first version of an event.
func (k *eventKind[T]) record(ctx context.Context, w *tx, event *T) error {
	_, err := k.put(ctx, w, event, eventVersion[T]{number: 1, sig: w.sig})
	return err
}

// withdraw appends the version that withdraws an event, and returns the event.
func (k *eventKind[T]) withdraw(ctx context.Context, w *tx, id int64, reason string) (*T, error) {
	versions, err := k.versions(ctx, w.reader(), `WHERE r.`+k.id+` = $1`, id)
	switch {
	case err != nil:
		return nil, err
	case len(versions) == 0:
		return nil, ward.NotFound("there is no such " + k.name)
	case len(versions) > 1:
		return nil, ward.Conflict("this was withdrawn already")
	case reason == "":
		return nil, ward.Invalid("reason", "missing")
	}
	event := &versions[0].event
	_, err = k.put(ctx, w, event, eventVersion[T]{id: id, number: 2, reason: reason, sig: w.sig})
	return event, err
}

// put appends a version of an event, and returns the number of its record, which is the ID
// of a new event.
func (k *eventKind[T]) put(ctx context.Context, w *tx, event *T, v eventVersion[T]) (seq int64, err error) {
	var id any = v.id
	status := ward.Withdrawn
	if v.number == 1 {
		id, status = ownSeq, ward.Recorded
	}
	patient, columns := k.columns(event)
	return w.append(ctx, k.name, slices.Concat([]column{
		{k.id, id}, {"version", v.number}, {"status", string(status)}, {"reason", text(v.reason)}, {"patient_id", patient},
	}, columns, recordedColumns(v.sig))...)
}

// PutReport records a symptom that the patient or a caregiver reported.
func (s *Store) PutReport(ctx context.Context, sig ward.Signature, r ward.Report) error {
	r.Words, r.ToldAt = ward.CleanLine(r.Words), ward.Moment(r.ToldAt)
	return s.do(ctx, sig, ward.MayRecord, "report", []any{r}, func(w *tx) error {
		stay, err := w.latestStay(ctx, r.PatientID)
		if err != nil {
			return err
		}
		if err := r.Validate(stay.AdmittedAt, sig.At); err != nil {
			return err
		}
		if err := reports.record(ctx, w, &r); err != nil {
			return err
		}
		return w.reassessReported(ctx, &r)
	})
}

// WithdrawReport withdraws a mistaken report with a reason; it stays readable.
func (s *Store) WithdrawReport(ctx context.Context, sig ward.Signature, id int64, reason string) error {
	reason = ward.CleanLine(reason)
	return s.do(ctx, sig, ward.MayRecord, "withdraw_report", []any{id, reason}, func(w *tx) error {
		report, err := reports.withdraw(ctx, w, id, reason)
		if err != nil {
			return err
		}
		return w.reassessReported(ctx, report)
	})
}

// reassessReported evaluates the checks of the patient anew if one was performed after
// the report: its interval depends on the report, and a later flag on the interval.
func (w *tx) reassessReported(ctx context.Context, r *ward.Report) error {
	h, err := w.reader().history(ctx, r.PatientID, recentPart)
	if err != nil {
		return err
	}
	return w.reassessAfter(ctx, &h, r.ToldAt, "report")
}

// PutIntervention records an intervention.
func (s *Store) PutIntervention(ctx context.Context, sig ward.Signature, i ward.Intervention) error {
	i.Detail, i.DoneAt = ward.CleanLine(i.Detail), ward.Moment(i.DoneAt)
	return s.do(ctx, sig, ward.MayRecord, "intervention", []any{i}, func(w *tx) error {
		stay, err := w.latestStay(ctx, i.PatientID)
		if err != nil {
			return err
		}
		if err := i.Validate(stay.AdmittedAt, sig.At); err != nil {
			return err
		}
		return interventions.record(ctx, w, &i)
	})
}

// WithdrawIntervention withdraws a mistaken intervention with a reason; it stays
// readable.
func (s *Store) WithdrawIntervention(ctx context.Context, sig ward.Signature, id int64, reason string) error {
	reason = ward.CleanLine(reason)
	return s.do(ctx, sig, ward.MayRecord, "withdraw_intervention", []any{id, reason}, func(w *tx) error {
		_, err := interventions.withdraw(ctx, w, id, reason)
		return err
	})
}
