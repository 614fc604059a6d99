package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"neurocheck/internal/ward"
)

// Staff returns the staff by name, those who left included.
func (s *Store) Staff(ctx context.Context) ([]ward.Staff, error) {
	known, err := staff(ctx, s.direct())
	return known, s.explain(err)
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

// roleOf returns the role of an author: NoStaff on a log without a person on its staff.
func roleOf(known []ward.Staff, author string) (ward.Role, error) {
	persons := false
	for _, m := range known {
		persons = persons || m.Role != ward.Feed
		if sameName(m.Author(), author) {
			return m.Role, nil
		}
	}
	if persons {
		return "", ward.NotAllowed("sign in: this ward has staff, and " + author + " is not on it")
	}
	return ward.NoStaff, nil
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
