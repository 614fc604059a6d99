package store

import (
	"context"
	"database/sql"
	"strings"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Staff returns the staff by name, those who left included.
func (s *Store) Staff(ctx context.Context) ([]ward.Staff, error) {
	known, err := staff(ctx, s.db.Pool())
	return known, s.explain(err)
}

// Staff is [Store.Staff] of the snapshot.
func (s *Snapshot) Staff(ctx context.Context) ([]ward.Staff, error) { return staff(ctx, s.q) }

// StaffMember returns the member of staff with that name, regardless of case, also one
// who left. It returns [ward.KindNotFound] if there is none.
func (s *Store) StaffMember(ctx context.Context, name string) (ward.Staff, error) {
	known, err := s.Staff(ctx)
	if err != nil {
		return ward.Staff{}, err
	}
	return named(known, name)
}

// staff reads a table of a few dozen rows, so it compares names in Go, which knows the
// letters of every script.
func staff(ctx context.Context, q engine.Querier) ([]ward.Staff, error) {
	return engine.All(ctx, q, func(rows *sql.Rows) (m ward.Staff, err error) {
		err = rows.Scan(&m.Name, &m.Role, &m.Active, &m.PIN.Digest, &m.PIN.OneTime)
		return m, err
	}, `
		SELECT s.name, s.role, s.active, coalesce(c.digest, ''), coalesce(c.one_time, 0)
		FROM staff s
		LEFT JOIN credential c ON c.seq = (SELECT max(seq) FROM credential n WHERE n.staff = s.name)
		WHERE NOT EXISTS (SELECT 1 FROM staff n WHERE n.name = s.name AND n.seq > s.seq)
		ORDER BY lower(s.name)`)
}

func leftStaff(name string) error {
	return ward.NotAllowed(name + " is no longer on the staff; nothing was recorded")
}

// named finds a name, regardless of case, also among those who left.
func named(known []ward.Staff, name string) (ward.Staff, error) {
	for _, m := range known {
		if sameName(m.Name, name) {
			return m, nil
		}
	}
	return ward.Staff{}, ward.NotFound("no such name on the staff; ask an administrator to add you")
}

func sameName(a, b string) bool { return strings.EqualFold(a, b) }
