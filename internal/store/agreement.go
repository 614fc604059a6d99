package store

import (
	"context"
	"maps"
	"slices"

	"neurocheck/internal/store/engine"
)

// agreement is the part of a patient's record that decides which checks are in force:
// the rows of check_now, and the versions and reevaluations that indexes find. It is
// comparable with ==. If it stands still, so does the comparison that was made for it,
// because the record only grows.
type agreement struct {
	inForce                  int64 // rows of check_now
	mixed                    int64 // their times, numbers and reevaluations
	versions, versionSum     int64 // rows of neuro_check, and the sum of their numbers
	again, againSum          int64 // rows of reevaluation
	versionsWant, againWants int64 // by patient_count
}

// currentChecksAgree returns an error unless the checks in force of the patients are those
// that their records make, and their agreements. It compares a patient anew if anything that
// an index finds has changed since the last comparison of this store; a version that was
// altered in its place does not fit its hash when it is read. Inside a transaction that may be
// taken back nothing is remembered.
func (in reader) currentChecksAgree(ctx context.Context, of patients) (map[int64]*agreement, error) {
	found, err := in.agreements(ctx, of)
	if err != nil {
		return nil, err
	}
	if in.inside {
		return found, in.compareChecks(ctx, of, found)
	}
	var changed []int64
	for _, id := range slices.Sorted(maps.Keys(found)) {
		a := found[id]
		if a.versions != a.versionsWant || a.again != a.againWants {
			return nil, disagrees("patient_count", id)
		}
		if was, compared := in.tables.agreed.Load(id); !compared || was != *a {
			changed = append(changed, id)
		}
	}
	const few = 8
	if len(changed) > few {
		err = in.compareChecks(ctx, of, found)
	} else {
		for _, id := range changed {
			if err = in.compareChecks(ctx, alone(id), found); err != nil {
				break
			}
		}
	}
	if err != nil {
		return nil, err
	}
	for _, id := range changed {
		in.tables.agreed.Store(id, *found[id])
	}
	return found, nil
}

// agreements reads the agreements of patients.
func (in reader) agreements(ctx context.Context, of patients) (map[int64]*agreement, error) {
	found := make(map[int64]*agreement)
	for _, part := range []struct {
		query string
		into  func(a *agreement) (n, sum *int64)
	}{
		{`SELECT patient_id, count(*), CAST(sum((performed_at * 31 + recorded_at * 17 + coalesce(reevaluation, 0)) % 16777213 * (seq % 65519)) AS bigint) FROM check_now`,
			func(a *agreement) (n, sum *int64) { return &a.inForce, &a.mixed }},
		{`SELECT patient_id, count(*), CAST(sum(seq) AS bigint) FROM neuro_check`,
			func(a *agreement) (n, sum *int64) { return &a.versions, &a.versionSum }},
		{`SELECT patient_id, count(*), CAST(sum(seq) AS bigint) FROM reevaluation`,
			func(a *agreement) (n, sum *int64) { return &a.again, &a.againSum }},
		{`SELECT patient_id, CAST(sum(CASE table_name WHEN 'neuro_check' THEN records ELSE 0 END) AS bigint), CAST(sum(CASE table_name WHEN 'reevaluation' THEN records ELSE 0 END) AS bigint) FROM patient_count`,
			func(a *agreement) (n, sum *int64) { return &a.versionsWant, &a.againWants }},
	} {
		_, err := engine.All(ctx, in.q, func(rows engine.Results) (none struct{}, err error) {
			var id, n, sum int64
			if err := rows.Scan(&id, &n, &sum); err != nil {
				return none, err
			}
			if found[id] == nil {
				found[id] = new(agreement)
			}
			first, second := part.into(found[id])
			*first, *second = n, sum
			return none, nil
		}, part.query+` WHERE patient_id IN (`+of.query+`) GROUP BY patient_id`, of.args...)
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// compareChecks compares the checks in force of patients with their versions: of each the
// newest one that is not withdrawn, with its last reevaluation.
func (in reader) compareChecks(ctx context.Context, of patients, found map[int64]*agreement) error {
	_, err := engine.All(ctx, in.q, func(rows engine.Results) (none struct{}, err error) {
		var id, current, agreeing int64
		if err := rows.Scan(&id, &current, &agreeing); err != nil {
			return none, err
		}
		var inForce int64
		if a := found[id]; a != nil {
			inForce = a.inForce
		}
		if current != agreeing || current != inForce {
			return none, disagrees("check_now", id)
		}
		return none, nil
	}, `
		SELECT p.patient_id, count(c.seq), count(n.seq)
		FROM patient_now p LEFT JOIN neuro_check c
			ON c.patient_id = p.patient_id AND c.status <> 'withdrawn'
				AND NOT EXISTS (SELECT 1 FROM neuro_check l WHERE l.check_id = c.check_id AND l.version = c.version + 1)
		LEFT JOIN check_now n
			ON n.patient_id = c.patient_id AND n.performed_at = c.performed_at AND n.recorded_at = c.recorded_at AND n.seq = c.seq
				AND coalesce(n.reevaluation, 0) = coalesce((SELECT max(r.seq) FROM reevaluation r WHERE r.check_id = c.check_id AND r.version = c.version), 0)
		WHERE p.patient_id IN (`+of.query+`)
		GROUP BY p.patient_id
		ORDER BY p.patient_id`, of.args...)
	return err
}
