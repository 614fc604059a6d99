package store

import (
	"context"
	"database/sql"
	"slices"

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
		err = rows.Scan(&w.Name, &w.Zone, &w.Synthetic)
		return w, err
	}, `
		SELECT name, zone, synthetic IS NOT NULL
		FROM ward
		ORDER BY seq DESC
		LIMIT 1`)
}

// SetUp names the ward and adds its first member of staff, in one step. It
// answers with [ward.KindConflict] where somebody else was first, and with
// [ward.KindInvalid] where the first is no administrator: nobody could then add
// the others.
func (s *Store) SetUp(ctx context.Context, sig ward.Signature, w ward.Ward, first ward.Staff) error {
	if err := w.Validate(); err != nil {
		return err
	}
	if first.Role != ward.Admin {
		return ward.Invalid("role", "the first on the staff is an administrator")
	}
	return s.write(ctx, sig, func(t *tx) error {
		switch _, err := wardOf(ctx, t.sql); {
		case err == nil:
			return ward.Conflict("this log has a ward already; sign in, or start another log")
		case ward.KindOf(err) != ward.KindNotFound:
			return err
		}
		var synthetic any
		if w.Synthetic {
			synthetic = int64(1)
		}
		if _, err := t.append(ctx, "ward", column{"name", w.Name}, column{"zone", w.Zone}, column{"synthetic", synthetic}); err != nil {
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

// StaffMember returns who has that name, whatever the case, also one who left. It
// answers with [ward.KindNotFound] where nobody has.
func (s *Store) StaffMember(ctx context.Context, name string) (ward.Staff, error) {
	known, err := s.Staff(ctx)
	if err != nil {
		return ward.Staff{}, err
	}
	return named(known, name)
}

// staff reads a table of a few dozen rows, so it compares names in Go, which
// knows the letters of every script.
func staff(ctx context.Context, q querier) ([]ward.Staff, error) {
	return all(ctx, q, func(rows *sql.Rows) (m ward.Staff, err error) {
		err = rows.Scan(&m.Name, &m.Role, &m.Active, &m.PIN.Digest, &m.PIN.OneTime)
		return m, err
	}, `
		SELECT s.name, s.role, s.active, coalesce(c.digest, ''), coalesce(c.one_time, 0)
		FROM staff s
		LEFT JOIN credential c ON c.seq = (SELECT max(seq) FROM credential n WHERE n.staff = s.name)
		WHERE NOT EXISTS (SELECT 1 FROM staff n WHERE n.name = s.name AND n.seq > s.seq)
		ORDER BY lower(s.name)`)
}

// AddStaff adds a member of staff, with the PIN where there is one. It answers
// with [ward.KindConflict] where the name is taken, whatever the case, and with
// [ward.KindInvalid] where sig is not that of an administrator.
func (s *Store) AddStaff(ctx context.Context, sig ward.Signature, m ward.Staff) error {
	return s.write(ctx, sig, func(t *tx) error {
		if err := t.managesStaff(ctx); err != nil {
			return err
		}
		return t.addStaff(ctx, m)
	})
}

// ChangeStaff gives a member of staff another role, ends their time on the staff,
// or takes them back; it leaves the PIN alone. It answers with
// [ward.KindConflict] where nobody would be left to look after the staff, and
// with [ward.KindInvalid] where sig is not that of an administrator.
func (s *Store) ChangeStaff(ctx context.Context, sig ward.Signature, name string, role ward.Role, active bool) error {
	return s.write(ctx, sig, func(t *tx) error {
		if err := t.managesStaff(ctx); err != nil {
			return err
		}
		known, err := staff(ctx, t.sql)
		if err != nil {
			return err
		}
		m, err := named(known, name)
		if err != nil {
			return err
		}
		admins := 0
		for _, k := range known {
			if k.Active && k.Role == ward.Admin && k.Name != m.Name {
				admins++
			}
		}
		if admins == 0 && m.Role == ward.Admin && (role != ward.Admin || !active) {
			return ward.Conflict("this is the last administrator: make somebody else one first")
		}
		m.Role, m.Active = role, active
		if err := m.Validate(); err != nil {
			return err
		}
		return t.putStaff(ctx, m)
	})
}

// SetPIN gives a member of staff another PIN. It answers with
// [ward.KindInvalid] where sig is neither theirs nor that of an administrator.
func (s *Store) SetPIN(ctx context.Context, sig ward.Signature, name string, pin ward.PIN) error {
	if !pin.Set() {
		return ward.Conflict("nobody has a PIN on a made-up ward")
	}
	return s.write(ctx, sig, func(t *tx) error {
		known, err := staff(ctx, t.sql)
		if err != nil {
			return err
		}
		m, err := named(known, name)
		if err != nil {
			return err
		}
		if !sameName(m.Name, sig.By) {
			if err := t.managesStaff(ctx); err != nil {
				return err
			}
		}
		return t.putPIN(ctx, m.Name, pin)
	})
}

// managesStaff judges whether the author may look after the staff: an
// administrator, or who is logged in to the machine as the owner of the log. The
// latter is how a ward gets its administrator back, and the record says so.
func (w *tx) managesStaff(ctx context.Context) error {
	if ward.IsLogin(w.sig.By) {
		return nil
	}
	by, err := w.staffMember(ctx, w.sig.By)
	if err != nil {
		return err
	}
	return ward.MayManageStaff(by)
}

func (w *tx) addStaff(ctx context.Context, m ward.Staff) error {
	if err := m.Validate(); err != nil {
		return err
	}
	known, err := staff(ctx, w.sql)
	if err != nil {
		return err
	}
	if _, err := named(known, m.Name); err == nil {
		return ward.Conflict("there is somebody of that name already; add an initial or a shift")
	}
	if err := w.putStaff(ctx, m); err != nil {
		return err
	}
	if !m.PIN.Set() {
		return nil
	}
	return w.putPIN(ctx, m.Name, m.PIN)
}

func (w *tx) putStaff(ctx context.Context, m ward.Staff) error {
	_, err := w.append(ctx, "staff",
		column{"name", m.Name},
		column{"role", string(m.Role)},
		column{"active", truth(m.Active)},
	)
	return err
}

func (w *tx) putPIN(ctx context.Context, name string, pin ward.PIN) error {
	_, err := w.append(ctx, "credential",
		column{"staff", name},
		column{"digest", pin.Digest},
		column{"one_time", truth(pin.OneTime)},
	)
	return err
}

// staffMember returns who is on the staff by that name now.
func (w *tx) staffMember(ctx context.Context, name string) (ward.Staff, error) {
	known, err := staff(ctx, w.sql)
	if err != nil {
		return ward.Staff{}, err
	}
	m, err := named(known, name)
	if err == nil && !m.Active {
		err = gone(m)
	}
	return m, err
}

// stillHere refuses the signature of somebody who left the staff: they may have
// been at the keyboard when an administrator ended their time.
func (w *tx) stillHere(ctx context.Context) error {
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
		err = gone(ward.Staff{Name: w.sig.By})
	}
	return err
}

func gone(m ward.Staff) error {
	return ward.Conflict(m.Name + " is no longer on the staff; nothing was recorded")
}

// named finds a name, whatever the case, also among those who left.
func named(known []ward.Staff, name string) (ward.Staff, error) {
	for _, m := range known {
		if sameName(m.Name, name) {
			return m, nil
		}
	}
	return ward.Staff{}, ward.NotFound("there is nobody of that name on the staff")
}

// WithoutPINs reports whether nobody on the staff has a PIN yet.
func (s *Store) WithoutPINs(ctx context.Context) (bool, error) {
	known, err := staff(ctx, s.reader)
	return !slices.ContainsFunc(known, func(m ward.Staff) bool { return m.PIN.Set() }), explain(s.path, err)
}
