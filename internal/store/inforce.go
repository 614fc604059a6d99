package store

import "context"

// The tables named …_now hold the versions that are in force, so that the board and
// a save read what the patients on the ward need, and not their history.

// putPatientNow puts the version of a patient in force that has the number seq. A new
// patient is linked into no other.
func (w *tx) putPatientNow(ctx context.Context, patient, seq int64) error {
	return w.inserts.run(ctx, `
		INSERT INTO patient_now (patient_id, seq, survivor_id)
		VALUES (?1, ?2, ?1)
		ON CONFLICT (patient_id) DO UPDATE
		SET seq = excluded.seq`, patient, seq)
}

// putMRN makes the folded MRN the current one of a patient; the one before it becomes
// a former one.
func (w *tx) putMRN(ctx context.Context, patient int64, folded string) error {
	err := w.inserts.run(ctx, `UPDATE patient_mrn SET current = 0 WHERE patient_id = ?1 AND folded <> ?2`, patient, folded)
	if err != nil {
		return err
	}
	return w.inserts.run(ctx, `
		INSERT INTO patient_mrn (folded, patient_id, current)
		VALUES (?1, ?2, 1)
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
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
		ON CONFLICT (stay_id) DO UPDATE
		SET seq = excluded.seq, admitted_at = excluded.admitted_at, ended_at = excluded.ended_at,
			withdrawn = excluded.withdrawn, on_ward = excluded.on_ward`,
		s.stay, s.seq, s.patient, s.admitted, s.ended, truth(s.withdrawn), truth(onWard))
}

// checkKey is the key of a check in the table check_now.
type checkKey struct{ patient, performed, recorded, seq int64 }

// replaceCheck replaces the version of a check that counted before by the one that
// counts now; either may be nil.
func (w *tx) replaceCheck(ctx context.Context, before, now *checkKey) error {
	if before != nil {
		err := w.inserts.run(ctx, `
			DELETE FROM check_now
			WHERE patient_id = ?1 AND performed_at = ?2 AND recorded_at = ?3 AND seq = ?4`,
			before.patient, before.performed, before.recorded, before.seq)
		if err != nil {
			return err
		}
	}
	if now == nil {
		return nil
	}
	return w.inserts.run(ctx, `
		INSERT INTO check_now (patient_id, performed_at, recorded_at, seq)
		VALUES (?1, ?2, ?3, ?4)`, now.patient, now.performed, now.recorded, now.seq)
}

// putReevaluation makes the reevaluation with that number the newest of a check.
func (w *tx) putReevaluation(ctx context.Context, of checkKey, seq int64) error {
	return w.inserts.run(ctx, `
		UPDATE check_now
		SET reevaluation = ?5
		WHERE patient_id = ?1 AND performed_at = ?2 AND recorded_at = ?3 AND seq = ?4`,
		of.patient, of.performed, of.recorded, of.seq, seq)
}

func (w *tx) putFollowUpOpen(ctx context.Context, followUp, patient int64) error {
	return w.inserts.run(ctx, `INSERT INTO follow_up_open (follow_up_id, patient_id) VALUES (?1, ?2)`, followUp, patient)
}

func (w *tx) dropFollowUpOpen(ctx context.Context, followUp int64) error {
	return w.inserts.run(ctx, `DELETE FROM follow_up_open WHERE follow_up_id = ?1`, followUp)
}
