package store

import (
	"context"
	"database/sql"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// snapshot runs do on one consistent view of the log. It answers with
// [ward.KindConflict] where the file was removed or replaced.
func (s *Store) snapshot(ctx context.Context, do func(q *sql.Tx) error) error {
	if err := s.sameFile(oldShown); err != nil {
		return err
	}
	t, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return explain(s.path, err)
	}
	defer t.Rollback()
	return explain(s.path, do(t))
}

// Board returns how each patient on the ward stands, in no order, with the checks
// since recent. It costs what the patients on the ward cost, not what
// the history does.
func (s *Store) Board(ctx context.Context, recent time.Time) (board []ward.Standing, err error) {
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
				WHERE o.seq IN (SELECT follow_up_id FROM follow_up_open WHERE patient_id = $1)
				ORDER BY o.follow_up_id`, p.ID)
			if err != nil {
				return err
			}
			if standing.Recent, err = checksSince(ctx, q, p.ID, recent); err != nil {
				return err
			}
			if standing.Orders, err = ordersOf(ctx, q, p.ID); err != nil {
				return err
			}
			told, err := symptomsOf(ctx, q, p.ID, 1)
			if err != nil {
				return err
			}
			if len(told) > 0 {
				standing.Told = told[0].ToldAt
			}
			board = append(board, standing)
		}
		return nil
	})
	return board, err
}

// stands picks the versions of checks that count.
const stands = `c.status <> 'withdrawn'
			AND NOT EXISTS (SELECT 1 FROM neuro_check l WHERE l.check_id = c.check_id AND l.version = c.version + 1)`

// lastChecks returns the last performed checks that stand, the newest first.
func lastChecks(ctx context.Context, q querier, patient int64, most int) ([]ward.Check, error) {
	return all(ctx, q, scanCheck, `
		SELECT `+checkColumns+fromChecks+`
		WHERE c.patient_id = $1 AND `+stands+`
		ORDER BY c.performed_at DESC, c.seq DESC
		LIMIT $2`, patient, most)
}

// Chart returns all that the log holds of one patient.
func (s *Store) Chart(ctx context.Context, patient int64) (chart ward.Chart, err error) {
	err = s.snapshot(ctx, func(q *sql.Tx) (err error) {
		chart, err = chartOf(ctx, q, patient)
		return err
	})
	return chart, err
}

func chartOf(ctx context.Context, q querier, patient int64) (chart ward.Chart, err error) {
	if chart.Patient, err = patientByID(ctx, q, patient); err != nil {
		return chart, err
	}
	chart.History, err = all(ctx, q, scanPatient, `
		SELECT `+patientColumns+`
		FROM patient p
		WHERE p.patient_id = $1
		ORDER BY p.version DESC`, patient)
	if err != nil {
		return chart, err
	}
	versions, err := all(ctx, q, scanCheck, `
		SELECT `+checkColumns+fromChecks+`
		WHERE c.patient_id = $1
		ORDER BY c.performed_at DESC, c.seq DESC`, patient)
	if err != nil {
		return chart, err
	}
	chart.Checks = ward.ByCheck(versions)
	chart.FollowUps, err = all(ctx, q, scanFollowUp, followUpQuery+`
		WHERE o.event = 'opened' AND o.patient_id = $1
		ORDER BY o.follow_up_id DESC`, patient)
	if err != nil {
		return chart, err
	}
	if chart.Ticks, err = ticksOf(ctx, q, `
		WHERE follow_up_id IN (SELECT follow_up_id FROM follow_up WHERE patient_id = $1)`, patient); err != nil {
		return chart, err
	}
	events, err := beside(ctx, q, patient)
	chart.Orders, chart.Symptoms, chart.Interventions = events.Orders, events.Symptoms, events.Interventions
	return chart, err
}

// beside returns what stands beside the checks: a chart with nothing else in it.
func beside(ctx context.Context, q querier, patient int64) (chart ward.Chart, err error) {
	const every = 1 << 30
	if chart.Orders, err = ordersOf(ctx, q, patient); err != nil {
		return chart, err
	}
	if chart.Symptoms, err = symptomsOf(ctx, q, patient, every); err != nil {
		return chart, err
	}
	chart.Interventions, err = interventionsOf(ctx, q, patient)
	return chart, err
}

// FollowUps returns the open follow-ups of the whole log, also of patients who
// were discharged: those that nobody has acknowledged first, and of each the
// longest open first.
func (s *Store) FollowUps(ctx context.Context) (list []ward.Flagged, err error) {
	err = s.snapshot(ctx, func(q *sql.Tx) error {
		open, err := all(ctx, q, scanFollowUp, followUpQuery+`
			WHERE o.seq IN (SELECT follow_up_id FROM follow_up_open)
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
				SELECT `+checkColumns+fromChecks+`
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
			ticks, err := ticksOf(ctx, q, `
				WHERE follow_up_id = $1`, f.ID)
			if err != nil {
				return err
			}
			if flagged.Ticks = ticks[f.ID]; flagged.Ticks == nil {
				flagged.Ticks = make(map[string]ward.Signature)
			}
			flagged.LastNormal = len(last) == 1 && last[0].Result.Flag == icans.FlagNone
			list = append(list, flagged)
		}
		return nil
	})
	return list, err
}

// Charts returns the charts that a handover is about: of everybody on the ward,
// of who was discharged since, and of who left with a follow-up open; or of one
// patient, where patient is not 0. seq and head are the number, and the hash in
// hexadecimal, of the last record that they rest on.
func (s *Store) Charts(ctx context.Context, patient int64, since time.Time) (charts []ward.Chart, seq int64, head string, err error) {
	err = s.snapshot(ctx, func(q *sql.Tx) (err error) {
		ids := []int64{patient}
		if patient == 0 {
			if ids, err = handedOver(ctx, q, since); err != nil {
				return err
			}
		}
		for _, id := range ids {
			chart, err := chartOf(ctx, q, id)
			if err != nil {
				return err
			}
			charts = append(charts, chart)
		}
		seq, head, err = headOf(ctx, q)
		return err
	})
	return charts, seq, head, err
}

// handedOver returns who a handover of the whole ward is about. An index serves
// each part of the question: however many were here once, nobody else is looked at.
func handedOver(ctx context.Context, q querier, since time.Time) ([]int64, error) {
	from, _ := moment(since)
	return all(ctx, q, func(rows *sql.Rows) (id int64, err error) {
		err = rows.Scan(&id)
		return id, err
	}, `
		SELECT patient_id FROM patient_now
		WHERE patient_id IN (
			SELECT patient_id FROM patient_now WHERE on_ward = 1
			UNION ALL SELECT patient_id FROM follow_up_open
			UNION ALL SELECT p.patient_id
				FROM patient p JOIN patient_now n ON n.patient_id = p.patient_id AND n.seq = p.seq
				WHERE p.discharged_at >= $1)
		ORDER BY patient_id`, from)
}
