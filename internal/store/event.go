package store

import (
	"context"
	"slices"

	"neurocheck/internal/ward"
)

// eventVersion is one row of a report or an intervention: the first records it, the second
// withdraws it.
type eventVersion[T any] struct {
	id     int64
	number int64
	event  T
	reason string
	sig    ward.Signature
}

// withdrawals puts the two versions of events together; undo marks an event withdrawn.
func withdrawals[T any](versions []eventVersion[T], undo func(*T, string, ward.Signature)) []T {
	var list []T
	at := make(map[int64]int)
	for _, v := range versions {
		if v.number == 1 {
			at[v.id] = len(list)
			list = append(list, v.event)
		} else if i, ok := at[v.id]; ok {
			undo(&list[i], v.reason, v.sig)
		}
	}
	return list
}

func decodeReport(r *row) eventVersion[ward.Report] {
	report := ward.Report{
		ID: r.number("report_id"), PatientID: r.number("patient_id"), ToldAt: r.time("told"), ToldBy: r.text("told_by"),
		Words: r.text("words"), Recorded: r.signature(),
	}
	return eventVersion[ward.Report]{report.ID, r.number("version"), report, r.text("reason"), r.signature()}
}

// reportsOf returns the reports about a patient, withdrawn ones too, in the order of
// the record.
func (in reader) reportsOf(ctx context.Context, patient int64) ([]ward.Report, error) {
	versions, err := records(ctx, in, "report", decodeReport, `WHERE r.patient_id = $1 ORDER BY r.seq`, patient)
	return withdrawnReports(versions), err
}

// withdrawnReports puts the versions of reports together.
func withdrawnReports(versions []eventVersion[ward.Report]) []ward.Report {
	return withdrawals(versions, func(r *ward.Report, reason string, sig ward.Signature) {
		r.Withdrawn, r.Reason, r.Undone = true, reason, sig
	})
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
		if err := w.putReport(ctx, &r, ownSeq, 1, ward.Recorded, ""); err != nil {
			return err
		}
		return w.reassessReported(ctx, &r)
	})
}

// WithdrawReport withdraws a mistaken report with a reason; it stays readable.
func (s *Store) WithdrawReport(ctx context.Context, sig ward.Signature, id int64, reason string) error {
	reason = ward.CleanLine(reason)
	return s.do(ctx, sig, ward.MayRecord, "withdraw_report", []any{id, reason}, func(w *tx) error {
		versions, err := records(ctx, w.reader(), "report", decodeReport, `WHERE r.report_id = $1 ORDER BY r.seq`, id)
		if err != nil {
			return err
		}
		if err := mayWithdraw(len(versions), reason, "report"); err != nil {
			return err
		}
		report := &versions[0].event
		if err := w.putReport(ctx, report, id, 2, ward.Withdrawn, reason); err != nil {
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

// mayWithdraw returns an error if an event with that many versions cannot be withdrawn.
func mayWithdraw(versions int, reason, what string) error {
	switch {
	case versions == 0:
		return ward.NotFound("there is no such " + what)
	case versions > 1:
		return ward.Conflict("this was withdrawn already")
	case reason == "":
		return ward.Invalid("reason", "missing")
	}
	return nil
}

func (w *tx) putReport(ctx context.Context, r *ward.Report, id any, version int64, status ward.Status, reason string) error {
	columns := slices.Concat([]column{
		{"report_id", id}, {"version", version}, {"status", string(status)}, {"reason", text(reason)}, {"patient_id", r.PatientID},
	}, timeColumns("told", r.ToldAt), []column{{"told_by", r.ToldBy}, {"words", r.Words}})
	_, err := w.append(ctx, "report", columns...)
	return err
}

func decodeIntervention(r *row) eventVersion[ward.Intervention] {
	i := ward.Intervention{
		ID: r.number("intervention_id"), PatientID: r.number("patient_id"), DoneAt: r.time("done"), Kind: r.text("kind"),
		Detail: r.text("detail"), Recorded: r.signature(),
	}
	return eventVersion[ward.Intervention]{i.ID, r.number("version"), i, r.text("reason"), r.signature()}
}

// interventionsOf returns the interventions of a patient, withdrawn ones too, in the
// order of the record.
func (in reader) interventionsOf(ctx context.Context, patient int64) ([]ward.Intervention, error) {
	versions, err := records(ctx, in, "intervention", decodeIntervention, `WHERE r.patient_id = $1 ORDER BY r.seq`, patient)
	return withdrawnInterventions(versions), err
}

// withdrawnInterventions puts the versions of interventions together.
func withdrawnInterventions(versions []eventVersion[ward.Intervention]) []ward.Intervention {
	return withdrawals(versions, func(i *ward.Intervention, reason string, sig ward.Signature) {
		i.Withdrawn, i.Reason, i.Undone = true, reason, sig
	})
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
		return w.putIntervention(ctx, &i, ownSeq, 1, ward.Recorded, "")
	})
}

// WithdrawIntervention withdraws a mistaken intervention with a reason; it stays
// readable.
func (s *Store) WithdrawIntervention(ctx context.Context, sig ward.Signature, id int64, reason string) error {
	reason = ward.CleanLine(reason)
	return s.do(ctx, sig, ward.MayRecord, "withdraw_intervention", []any{id, reason}, func(w *tx) error {
		versions, err := records(ctx, w.reader(), "intervention", decodeIntervention, `WHERE r.intervention_id = $1 ORDER BY r.seq`, id)
		if err != nil {
			return err
		}
		if err := mayWithdraw(len(versions), reason, "intervention"); err != nil {
			return err
		}
		return w.putIntervention(ctx, &versions[0].event, id, 2, ward.Withdrawn, reason)
	})
}

func (w *tx) putIntervention(ctx context.Context, i *ward.Intervention, id any, version int64, status ward.Status, reason string) error {
	columns := slices.Concat([]column{
		{"intervention_id", id}, {"version", version}, {"status", string(status)}, {"reason", text(reason)}, {"patient_id", i.PatientID},
	}, timeColumns("done", i.DoneAt), []column{{"kind", i.Kind}, {"detail", text(i.Detail)}})
	_, err := w.append(ctx, "intervention", columns...)
	return err
}
