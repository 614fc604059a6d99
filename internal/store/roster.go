package store

import (
	"context"
	"slices"

	"neurocheck/internal/ward"
)

// SetUp names the ward and adds its first member of staff, in one act. It returns
// [ward.KindConflict] if the log has a ward already, and [ward.KindInvalid] if the first
// is not an administrator: no other role could add the rest.
func (s *Store) SetUp(ctx context.Context, sig ward.Signature, w ward.Ward, first ward.Staff) error {
	if err := w.Validate(); err != nil {
		return err
	}
	if first.Role != ward.Admin {
		return ward.Invalid("role", "the first on the staff is an administrator")
	}
	return s.write(ctx, sig, func(t *tx) error {
		switch _, err := wardOf(ctx, t.reader()); {
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

// AddStaff adds a member of staff, with the PIN if there is one. It returns
// [ward.KindConflict] if the name is taken, regardless of case.
func (s *Store) AddStaff(ctx context.Context, sig ward.Signature, m ward.Staff) error {
	return s.write(ctx, sig, func(t *tx) error {
		if err := t.mayManageStaff(ctx); err != nil {
			return err
		}
		return t.addStaff(ctx, m)
	})
}

// ChangeStaff gives a member of staff another role, disables or enables them; it leaves
// the PIN unchanged. It returns [ward.KindConflict] if no administrator would remain.
func (s *Store) ChangeStaff(ctx context.Context, sig ward.Signature, name string, role ward.Role, active bool) error {
	return s.write(ctx, sig, func(t *tx) error {
		if err := t.mayManageStaff(ctx); err != nil {
			return err
		}
		staff, err := t.roster(ctx)
		if err == nil {
			err = staff.damage() // an administrator may be among them
		}
		if err != nil {
			return err
		}
		m, err := staff.named(name)
		if err != nil {
			return err
		}
		others := slices.ContainsFunc(staff.known, func(k ward.Staff) bool { return k.Active && k.Role == ward.Admin && k.Name != m.Name })
		if !others && m.Role == ward.Admin && (role != ward.Admin || !active) {
			return ward.Conflict("this is the last administrator: add another one first")
		}
		if (m.Role == ward.Feed) != (role == ward.Feed) {
			return ward.Invalid("role", "a feed stays a feed, and a person a person")
		}
		m.Role, m.Active = role, active
		if err := m.Validate(); err != nil {
			return err
		}
		return t.putStaff(ctx, m)
	})
}

// SetPIN gives a member of staff another PIN: their own, or an administrator gives it.
func (s *Store) SetPIN(ctx context.Context, sig ward.Signature, name string, pin ward.PIN) error {
	if !pin.Set() {
		return ward.Conflict("a demo ward has no PINs")
	}
	return s.write(ctx, sig, func(t *tx) error {
		staff, err := t.roster(ctx)
		if err != nil {
			return err
		}
		m, err := staff.named(name)
		if err != nil {
			return err
		}
		if err := t.mayGivePIN(ctx, m); err != nil {
			return err
		}
		if ward.IsLogin(t.sig.By) && m.Role == ward.Admin {
			if err := s.mayRecover(ctx, t.sql); err != nil {
				return err
			}
		}
		return t.putPIN(ctx, m.Name, pin)
	})
}

// mayManageStaff checks that the author may change the staff: an administrator, or the
// login of the machine while no person is on the staff, which is how a log begins.
func (w *tx) mayManageStaff(ctx context.Context) error {
	role, err := w.role(ctx)
	if err != nil || role == ward.NoStaff && ward.IsLogin(w.sig.By) {
		return err
	}
	return ward.MayDo(role, ward.MayAdminister)
}

// mayGivePIN checks that the author may set the PIN of m: it is the author's own, or
// the author is an administrator. The login of the machine, which owns the log's file,
// may reset that of an administrator: so a ward recovers, and the record shows it.
func (w *tx) mayGivePIN(ctx context.Context, m ward.Staff) error {
	recovers := ward.IsLogin(w.sig.By) && m.Role == ward.Admin
	if recovers || m.Role != ward.Feed && sameName(m.Name, w.sig.By) {
		return nil
	}
	return w.mayManageStaff(ctx)
}

func (w *tx) addStaff(ctx context.Context, m ward.Staff) error {
	if err := m.Validate(); err != nil {
		return err
	}
	known, err := w.roster(ctx)
	if err != nil {
		return err
	}
	taken := slices.ContainsFunc(known.known, func(k ward.Staff) bool { return looksSame(k.Name, m.Name) })
	switch _, err := known.named(m.Name); {
	case err == nil || taken:
		return ward.Conflict("there is a member of staff of that name already; add an initial or a shift")
	case ward.KindOf(err) != ward.KindNotFound:
		return err
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
	w.known = nil // read again
	_, err := w.append(ctx, "staff",
		column{"name", m.Name},
		column{"role", string(m.Role)},
		column{"active", boolInt(m.Active)},
	)
	return err
}

func (w *tx) putPIN(ctx context.Context, name string, pin ward.PIN) error {
	_, err := w.append(ctx, "credential",
		column{"staff", name},
		column{"digest", pin.Digest},
		column{"one_time", boolInt(pin.OneTime)},
	)
	return err
}
