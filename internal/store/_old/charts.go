package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"strings"

	"neurocheck/internal/ward"
)

// EachChart calls yield for the chart of each patient, or of the one with this
// number where patient is not 0, in the order of admission. One chart is in memory
// at a time. It stops at the first error and returns it.
func (v *View) EachChart(ctx context.Context, patient int64, yield func(*ward.Chart) error) error {
	ids, err := all(ctx, v.q, func(rows *sql.Rows) (id int64, err error) {
		err = rows.Scan(&id)
		return id, err
	}, `
		SELECT patient_id
		FROM patient_now
		WHERE $1 = 0 OR patient_id = $1
		ORDER BY patient_id`, patient)
	if err != nil {
		return err
	}
	for _, id := range ids {
		chart, err := chartOf(ctx, v.q, id)
		if err != nil {
			return err
		}
		if err := yield(&chart); err != nil {
			return err
		}
	}
	return nil
}

// CountPatients returns how many patients the log has.
func (v *View) CountPatients(ctx context.Context) (int, error) {
	return one(ctx, v.q, "nothing", scanNumber, `SELECT count(*) FROM patient_now`)
}

// Origin returns the hash, in hexadecimal, of the first record. It tells a log, and
// every copy of it, from all others, and never changes. It is empty where nothing
// is recorded yet.
func (v *View) Origin(ctx context.Context) (string, error) {
	first := "SELECT hash FROM " + strings.Join(recordTables, " WHERE seq = 1 UNION ALL SELECT hash FROM ") + " WHERE seq = 1"
	sums, err := all(ctx, v.q, func(rows *sql.Rows) (sum []byte, err error) {
		err = rows.Scan(&sum)
		return sum, err
	}, first)
	if err != nil || len(sums) == 0 {
		return "", err
	}
	return hex.EncodeToString(sums[0]), nil
}
