package store

import (
	"context"
	"database/sql"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// snapshot runs do on one consistent view of the log.
func (s *Store) snapshot(ctx context.Context, do func(q *sql.Tx) error) error {
	t, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return explain(s.path, err)
	}
	defer t.Rollback()
	return explain(s.path, do(t))
}

// Board returns how each patient on the ward stands, the most urgent first. It
// costs what the patients on the ward cost, not what the history does.
func (s *Store) Board(ctx context.Context) (board []ward.Standing, err error) {
	err = s.snapshot(ctx, func(q *sql.Tx) error {
		patients, err := all(ctx, q, scanPatient, `
			SELECT `+patientColumns+`
			FROM patient_now n JOIN patient p ON p.seq = n.seq
			WHERE n.on_ward = 1`)
		if err != nil {
			return err
		}
		for _, p := range patients {
			standing := ward.Standing{Patient: p}
			last, err := lastChecks(ctx, q, p.ID, 2)
			if err != nil {
				return err
			}
			if len(last) > 0 {
				standing.Last = &last[0]
			}
			if len(last) > 1 {
				standing.Before = &last[1]
			}
			standing.Open, err = all(ctx, q, scanFollowUp, followUpQuery+`
				JOIN follow_up_open u ON u.follow_up_id = o.follow_up_id
				WHERE u.patient_id = $1 AND o.event = 'opened'
				ORDER BY o.follow_up_id`, p.ID)
			if err != nil {
				return err
			}
			board = append(board, standing)
		}
		ward.MostUrgentFirst(board)
		return nil
	})
	return board, err
}

// lastChecks returns the last performed checks that stand, the newest first.
func lastChecks(ctx context.Context, q querier, patient int64, most int) ([]ward.Check, error) {
	return all(ctx, q, scanCheck, `
		SELECT `+checkColumns+`
		FROM neuro_check c
		WHERE c.patient_id = $1 AND c.status <> 'withdrawn'
			AND NOT EXISTS (SELECT 1 FROM neuro_check l WHERE l.check_id = c.check_id AND l.version = c.version + 1)
		ORDER BY c.performed_at DESC, c.seq DESC
		LIMIT $2`, patient, most)
}

// Chart returns all that the log holds of one patient.
func (s *Store) Chart(ctx context.Context, patient int64) (chart ward.Chart, err error) {
	err = s.snapshot(ctx, func(q *sql.Tx) (err error) {
		if chart.Patient, err = patientByID(ctx, q, patient); err != nil {
			return err
		}
		chart.History, err = all(ctx, q, scanPatient, `
			SELECT `+patientColumns+`
			FROM patient p
			WHERE p.patient_id = $1
			ORDER BY p.version DESC`, patient)
		if err != nil {
			return err
		}
		versions, err := all(ctx, q, scanCheck, `
			SELECT `+checkColumns+`
			FROM neuro_check c
			WHERE c.patient_id = $1
			ORDER BY c.performed_at DESC, c.seq DESC`, patient)
		if err != nil {
			return err
		}
		chart.Checks = ward.ByCheck(versions)
		chart.FollowUps, err = all(ctx, q, scanFollowUp, followUpQuery+`
			WHERE o.event = 'opened' AND o.patient_id = $1
			ORDER BY o.follow_up_id DESC`, patient)
		return err
	})
	return chart, err
}

// FollowUps returns the open follow-ups of the whole log, also of patients who
// were discharged: those that nobody has acknowledged first, and of each the
// longest open first.
func (s *Store) FollowUps(ctx context.Context) (list []ward.Flagged, err error) {
	err = s.snapshot(ctx, func(q *sql.Tx) error {
		open, err := all(ctx, q, scanFollowUp, followUpQuery+`
			JOIN follow_up_open u ON u.follow_up_id = o.follow_up_id
			WHERE o.event = 'opened'
			ORDER BY a.seq IS NOT NULL, o.follow_up_id`)
		if err != nil {
			return err
		}
		for _, f := range open {
			flagged := ward.Flagged{FollowUp: f}
			if flagged.Patient, err = patientByID(ctx, q, f.PatientID); err != nil {
				return err
			}
			flagged.Check, err = one(ctx, q, "there is no such check", scanCheck, `
				SELECT `+checkColumns+`
				FROM neuro_check c
				WHERE c.check_id = $1
				ORDER BY c.version DESC
				LIMIT 1`, f.CheckID)
			if err != nil {
				return err
			}
			last, err := lastChecks(ctx, q, f.PatientID, 1)
			if err != nil {
				return err
			}
			flagged.LastNormal = len(last) == 1 && last[0].Result.Flag == icans.FlagNone
			list = append(list, flagged)
		}
		return nil
	})
	return list, err
}
