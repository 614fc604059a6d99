package store

import (
	"context"
	"database/sql"

	"neurocheck/internal/ward"
)

// Ward returns the ward's particulars. It answers with [ward.KindNotFound] where
// the log has not been given any.
func (s *Store) Ward(ctx context.Context) (ward.Ward, error) {
	w, err := wardOf(ctx, s.reader)
	return w, explain(s.path, err)
}

func wardOf(ctx context.Context, q querier) (ward.Ward, error) {
	return one(ctx, q, "this log has no ward yet", func(rows *sql.Rows) (w ward.Ward, err error) {
		err = rows.Scan(&w.Name, &w.Zone)
		return w, err
	}, `
		SELECT name, zone
		FROM ward
		ORDER BY seq DESC
		LIMIT 1`)
}

// SetUp names the ward and adds its first member of staff, in one step. It
// answers with [ward.KindConflict] where somebody else was first.
func (s *Store) SetUp(ctx context.Context, sig ward.Signature, w ward.Ward, first ward.Staff) error {
	if err := w.Validate(); err != nil {
		return err
	}
	return s.write(ctx, sig, func(t *tx) error {
		switch _, err := wardOf(ctx, t.sql); {
		case err == nil:
			return ward.Conflict("this log has a ward already; sign in, or start another log")
		case ward.KindOf(err) != ward.KindNotFound:
			return err
		}
		if _, err := t.append(ctx, "ward", column{"name", w.Name}, column{"zone", w.Zone}); err != nil {
			return err
		}
		return t.addStaff(ctx, first)
	})
}

// Staff returns the staff by name, those who left included.
func (s *Store) Staff(ctx context.Context) ([]ward.Staff, error) {
	known, err := staff(ctx, s.reader)
	return known, explain(s.path, err)
}

func staff(ctx context.Context, q querier) ([]ward.Staff, error) {
	return all(ctx, q, func(rows *sql.Rows) (m ward.Staff, err error) {
		err = rows.Scan(&m.Name, &m.Role, &m.Active)
		return m, err
	}, `
		SELECT name, role, active
		FROM staff s
		WHERE NOT EXISTS (SELECT 1 FROM staff n WHERE lower(n.name) = lower(s.name) AND n.seq > s.seq)
		ORDER BY lower(name)`)
}

// AddStaff adds a member of staff. It answers with [ward.KindConflict] where the
// name is taken, whatever the case.
func (s *Store) AddStaff(ctx context.Context, sig ward.Signature, m ward.Staff) error {
	return s.write(ctx, sig, func(t *tx) error { return t.addStaff(ctx, m) })
}

func (w *tx) addStaff(ctx context.Context, m ward.Staff) error {
	if err := m.Validate(); err != nil {
		return err
	}
	known, err := staff(ctx, w.sql)
	if err != nil {
		return err
	}
	for _, k := range known {
		if sameName(k.Name, m.Name) {
			return ward.Conflict("there is somebody of that name already; add an initial or a shift")
		}
	}
	_, err = w.append(ctx, "staff",
		column{"name", m.Name},
		column{"role", string(m.Role)},
		column{"active", truth(m.Active)},
	)
	return err
}
