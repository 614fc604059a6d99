package store

import (
	"context"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// The tables named …_now hold the versions that are in force, so that the board and
// a save read what the patients on the ward need, and not their history.

// putPatientNow puts the version of a patient in force that has the number seq. A new
// patient is linked into no other.
func (w *tx) putPatientNow(ctx context.Context, patient, seq int64) error {
	return w.inserts.run(ctx, `
		INSERT INTO patient_now (patient_id, seq, survivor_id)
		VALUES ($1, $2, $1)
		ON CONFLICT (patient_id) DO UPDATE
		SET seq = excluded.seq`, patient, seq)
}

// putMRN makes the folded MRN the current one of a patient; the one before it becomes
// a former one.
func (w *tx) putMRN(ctx context.Context, patient int64, folded string) error {
	err := w.inserts.run(ctx, `UPDATE patient_mrn SET current = 0 WHERE patient_id = $1 AND folded <> $2`, patient, folded)
	if err != nil {
		return err
	}
	return w.inserts.run(ctx, `
		INSERT INTO patient_mrn (folded, patient_id, current)
		VALUES ($1, $2, 1)
		ON CONFLICT (folded) DO UPDATE
		SET current = 1
		WHERE patient_mrn.patient_id = excluded.patient_id`, folded, patient)
}

// stayNow is a row of the table stay_now.
type stayNow struct {
	stay, seq, patient  int64
	admitted            int64
	ended               any  // int64, or nil
	withdrawn, leftOpen bool // leftOpen: it ended, and the end is not confirmed
}

// putStayNow puts a version of a stay in force.
func (w *tx) putStayNow(ctx context.Context, s stayNow) error {
	onWard := !s.withdrawn && (s.ended == nil || s.leftOpen)
	return w.inserts.run(ctx, `
		INSERT INTO stay_now (stay_id, seq, patient_id, admitted_at, ended_at, withdrawn, on_ward)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (stay_id) DO UPDATE
		SET seq = excluded.seq, admitted_at = excluded.admitted_at, ended_at = excluded.ended_at,
			withdrawn = excluded.withdrawn, on_ward = excluded.on_ward`,
		s.stay, s.seq, s.patient, s.admitted, s.ended, boolInt(s.withdrawn), boolInt(onWard))
}

// putCheckNow puts a version of a check in force, instead of the one before it. A
// withdrawn check has none in force.
func (w *tx) putCheckNow(ctx context.Context, c *ward.Check, seq int64) error {
	if c.Version > 1 {
		err := w.inserts.run(ctx, `
			DELETE FROM check_now
			WHERE (patient_id, performed_at, recorded_at, seq) IN (
				SELECT patient_id, performed_at, recorded_at, seq FROM neuro_check WHERE check_id = $1 AND version = $2)`, c.ID, int64(c.Version-1))
		if err != nil {
			return err
		}
	}
	if c.Status == ward.Withdrawn {
		return nil
	}
	return w.inserts.run(ctx, `
		INSERT INTO check_now (patient_id, performed_at, recorded_at, seq)
		VALUES ($1, $2, $3, $4)`, c.PatientID, c.PerformedAt.UnixMilli(), c.Recorded.At.UnixMilli(), seq)
}

// putChecksNow puts the versions of checks with the numbers from first to last in force, as
// [tx.putCheckNow] does one by one. later is set if one of them is not the first version.
func (w *tx) putChecksNow(ctx context.Context, first, last int64, later bool) error {
	const inForce = `
		INSERT INTO check_now (patient_id, performed_at, recorded_at, seq)
		SELECT c.patient_id, c.performed_at, c.recorded_at, c.seq
		FROM neuro_check c
		WHERE c.seq BETWEEN $1 AND $2`
	const order = ` ORDER BY 1, 2, 3, 4`
	if last < first {
		return nil
	}
	if !later {
		changed, err := w.sql.Exec(ctx, inForce+order, first, last)
		if err == nil && changed != last-first+1 {
			err = engine.ErrInsertedNothing
		}
		return err
	}
	err := w.exec(ctx, `
		DELETE FROM check_now
		WHERE (patient_id, performed_at, recorded_at, seq) IN (
			SELECT b.patient_id, b.performed_at, b.recorded_at, b.seq
			FROM neuro_check c JOIN neuro_check b ON b.check_id = c.check_id AND b.version = c.version - 1
			WHERE c.seq BETWEEN $1 AND $2)`, first, last)
	if err != nil {
		return err
	}
	return w.exec(ctx, inForce+`
		AND c.status <> 'withdrawn'
		AND NOT EXISTS (SELECT 1 FROM neuro_check l WHERE l.check_id = c.check_id AND l.version = c.version + 1)`+order, first, last)
}

// putReevaluationNow makes the reevaluation with that number the newest of a version of
// a check.
func (w *tx) putReevaluationNow(ctx context.Context, id string, version int, seq int64) error {
	return w.inserts.run(ctx, `
		UPDATE check_now
		SET reevaluation = $3
		WHERE (patient_id, performed_at, recorded_at, seq) = (
			SELECT patient_id, performed_at, recorded_at, seq FROM neuro_check WHERE check_id = $1 AND version = $2)`, id, int64(version), seq)
}

func (w *tx) putFollowUpOpen(ctx context.Context, followUp, patient int64) error {
	return w.inserts.run(ctx, `INSERT INTO follow_up_open (follow_up_id, patient_id) VALUES ($1, $2)`, followUp, patient)
}

func (w *tx) dropFollowUpOpen(ctx context.Context, followUp int64) error {
	return w.inserts.run(ctx, `DELETE FROM follow_up_open WHERE follow_up_id = $1`, followUp)
}
