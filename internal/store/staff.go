package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"neurocheck/internal/ward"
)

// Ward returns the ward. It returns [ward.KindNotFound] if the log has none yet.
func (s *Store) Ward(ctx context.Context) (ward.Ward, error) {
	w, err := wardOf(ctx, s.direct())
	return w, explain(s.path, err)
}

func wardOf(ctx context.Context, in reader) (ward.Ward, error) {
	return firstRecord(ctx, in, "this log has no ward yet", "ward", func(r *row) ward.Ward {
		return ward.Ward{Name: r.text("name"), Zone: r.text("zone"), Synthetic: !r.isNull("synthetic")}
	}, `ORDER BY r.seq DESC LIMIT 1`)
}

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

// Staff returns the staff by name, those who left included.
func (s *Store) Staff(ctx context.Context) ([]ward.Staff, error) {
	known, err := staff(ctx, s.direct())
	return known, explain(s.path, err)
}

// Staff is [Store.Staff] of the snapshot.
func (s *Snapshot) Staff(ctx context.Context) ([]ward.Staff, error) {
	return staff(ctx, reader{q: s.q, tables: s.tables})
}

// StaffMember returns the member of staff with that name, regardless of case, also one
// who left. It returns [ward.KindNotFound] if there is none.
func (s *Store) StaffMember(ctx context.Context, name string) (ward.Staff, error) {
	known, err := s.Staff(ctx)
	if err != nil {
		return ward.Staff{}, err
	}
	return named(known, name)
}

// staff reads two tables of a few dozen rows, so it compares names in Go, which knows the
// letters of every script. It reads all their rows, and asks no index: a damaged one could
// hide that a name was disabled.
func staff(ctx context.Context, in reader) ([]ward.Staff, error) {
	rows, err := records(ctx, in, "staff", func(r *row) ward.Staff {
		return ward.Staff{Name: r.text("name"), Role: ward.Role(r.text("role")), Active: r.flag("active")}
	}, `ORDER BY r.seq`)
	if err != nil {
		return nil, err
	}
	type given struct {
		to  string
		pin ward.PIN
	}
	pins, err := records(ctx, in, "credential", func(r *row) given {
		return given{r.text("staff"), ward.PIN{Digest: r.text("digest"), OneTime: r.flag("one_time")}}
	}, `ORDER BY r.seq`)
	known := newestByName(rows, func(m *ward.Staff) string { return m.Name })
	for i := range known {
		for _, p := range pins {
			if p.to == known[i].Name {
				known[i].PIN = p.pin
			}
		}
	}
	return known, err
}

// newestByName returns the last row of each name, by name regardless of case.
func newestByName[T any](rows []T, name func(*T) string) []T {
	newest := make(map[string]T)
	for _, x := range rows {
		newest[name(&x)] = x
	}
	return slices.SortedFunc(maps.Values(newest), func(a, b T) int {
		return cmp.Or(strings.Compare(strings.ToLower(name(&a)), strings.ToLower(name(&b))), strings.Compare(name(&a), name(&b)))
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
		known, err := staff(ctx, t.reader())
		if err != nil {
			return err
		}
		m, err := named(known, name)
		if err != nil {
			return err
		}
		others := slices.ContainsFunc(known, func(k ward.Staff) bool { return k.Active && k.Role == ward.Admin && k.Name != m.Name })
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
		known, err := staff(ctx, t.reader())
		if err != nil {
			return err
		}
		m, err := named(known, name)
		if err != nil {
			return err
		}
		if err := t.mayGivePIN(ctx, m); err != nil {
			return err
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
	known, err := staff(ctx, w.reader())
	if err != nil {
		return err
	}
	if _, err := named(known, m.Name); err == nil {
		return ward.Conflict("there is a member of staff of that name already; add an initial or a shift")
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

// WithoutPINs reports whether no member of staff has a PIN yet.
func (s *Store) WithoutPINs(ctx context.Context) (bool, error) {
	known, err := staff(ctx, s.direct())
	return !slices.ContainsFunc(known, func(m ward.Staff) bool { return m.PIN.Set() }), explain(s.path, err)
}
