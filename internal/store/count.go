package store

import (
	"context"
	"fmt"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// The tables chain_count and patient_count hold how many records each table has, in
// all and of each patient. A reader compares them with the rows that it found,
// because damage can hide a row without leaving any other trace.

// patientCounts returns how many records each table has of patients.
func patientCounts(ctx context.Context, q engine.Querier, of patients) (map[string]int64, error) {
	return counts(ctx, q, `
		SELECT table_name, CAST(sum(records) AS bigint)
		FROM patient_count
		WHERE patient_id IN (`+of.query+`)
		GROUP BY table_name`, of.args...)
}

// chainCounts returns how many records each table has.
func chainCounts(ctx context.Context, q engine.Querier) (map[string]int64, error) {
	return counts(ctx, q, `SELECT table_name, records FROM chain_count`)
}

func counts(ctx context.Context, q engine.Querier, query string, args ...any) (map[string]int64, error) {
	type count struct {
		table   string
		records int64
	}
	list, err := engine.All(ctx, q, func(rows engine.Results) (c count, err error) {
		err = rows.Scan(&c.table, &c.records)
		return c, err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	found := make(map[string]int64, len(list))
	for _, c := range list {
		found[c.table] = c.records
	}
	return found, nil
}

// hidden returns an error if a table has fewer or more rows than its count says.
func hidden(counts map[string]int64, table string, rows int) error {
	if want := counts[table]; want != int64(rows) {
		return ward.UnavailableFor(ward.LogDamaged, fmt.Sprintf("the log is damaged: %d rows of the table %s were read, and there should be %d", rows, table, want))
	}
	return nil
}
