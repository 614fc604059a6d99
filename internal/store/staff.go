package store

import (
	"context"
	"database/sql"

	"neurocheck/internal/ward"
)

// staffStillActive refuses the signature of a person who left the staff: they may
// have been at the keyboard when an administrator ended their time.
func (w *tx) staffStillActive(ctx context.Context) error {
	left, err := all(ctx, w.sql, func(rows *sql.Rows) (left bool, err error) {
		err = rows.Scan(&left)
		return left, err
	}, `
		SELECT active = 0
		FROM staff
		WHERE name = $1
		ORDER BY seq DESC
		LIMIT 1`, w.sig.By)
	if err == nil && len(left) > 0 && left[0] {
		err = leftStaff(w.sig.By)
	}
	return err
}

func leftStaff(name string) error {
	return ward.Conflict(name + " is no longer on the staff; nothing was recorded")
}
