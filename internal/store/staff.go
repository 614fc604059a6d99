package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Staff returns the staff by name, those who left included. If a record of a member is
// damaged, it returns the others with an error that names the record; none if that record
// may be about any of them.
func (s *Store) Staff(ctx context.Context) ([]ward.Staff, error) {
	r, err := s.roster(ctx)
	if err != nil {
		return nil, s.explain(err)
	}
	return r.known, s.explain(r.damage())
}

// Staff is [Store.Staff] of the snapshot.
func (s *Snapshot) Staff(ctx context.Context) ([]ward.Staff, error) {
	r, err := rosterOf(ctx, reader{q: s.q, tables: s.tables}, true)
	if err != nil {
		return nil, err
	}
	return r.known, r.damage()
}

// StaffMember returns the member of staff with that name, regardless of case, also one
// who left. It returns [ward.KindNotFound] if there is none.
func (s *Store) StaffMember(ctx context.Context, name string) (ward.Staff, error) {
	r, err := s.roster(ctx)
	if err != nil {
		return ward.Staff{}, s.explain(err)
	}
	m, err := r.named(name)
	return m, s.explain(err)
}

// Role returns the role of an author, and whether the ward knows the author. On a log
// without a person on its staff every author has [ward.NoStaff].
func (s *Store) Role(ctx context.Context, author string) (role ward.Role, known bool, err error) {
	r, err := s.roster(ctx)
	if err == nil {
		role, known, err = r.role(author)
	}
	return role, known, s.explain(err)
}

// WithoutPINs reports whether no member of staff has a PIN yet. The key of a feed is none.
func (s *Store) WithoutPINs(ctx context.Context) (bool, error) {
	r, err := s.roster(ctx)
	return err == nil && !r.pins, s.explain(err)
}

// roster is the staff as the record has it. A decision about a member rests on the newest
// row of that name, so one that does not fit its hash lets no one act in that name. The
// others go on.
type roster struct {
	known   []ward.Staff     // by name
	damaged map[string]error // by folded name
	unclear error            // of a damaged row that may be about any member
	pins    bool             // there is a PIN of a person
}

func (s *Store) roster(ctx context.Context) (r *roster, err error) {
	err = s.db.Snapshots(ctx, 1, func(q []engine.Querier) error {
		in := reader{q: q[0], tables: s.tables}
		if err := askAhead(ctx, q[0], in, askStaff); err != nil {
			return err
		}
		r, err = rosterOf(ctx, in, true)
		return err
	})
	return r, err
}

// rosterOf reads all rows of two tables of a few dozen rows, and asks no index: a damaged one
// could hide that a name was disabled. If counted is set it compares their number with the
// count, which a transaction changes at its end.
func rosterOf(ctx context.Context, in reader, counted bool) (*roster, error) {
	r := &roster{damaged: make(map[string]error)}
	staff, err := readNamed(ctx, in, "staff", "name", counted, func(r *row) ward.Staff {
		return ward.Staff{Name: r.text("name"), Role: ward.Role(r.text("role")), Active: r.flag("active")}
	})
	if err != nil {
		return nil, err
	}
	pins, err := readNamed(ctx, in, "credential", "staff", counted, func(r *row) ward.PIN {
		return ward.PIN{Digest: r.text("digest"), OneTime: r.flag("one_time")}
	})
	if err != nil {
		return nil, err
	}
	r.pins, r.unclear = pins.hidden != nil || pins.ofPersons(staff), cmp.Or(staff.hidden, pins.hidden)
	for name, err := range staff.damaged {
		if _, member := staff.newest[name]; member || pins.has(name) {
			r.damaged[name] = err
		} else {
			r.unclear = cmp.Or(r.unclear, err)
		}
	}
	for name, err := range pins.damaged {
		if _, member := staff.newest[name]; member || r.damaged[name] != nil {
			r.damaged[name] = cmp.Or(r.damaged[name], err)
		} else {
			r.unclear = cmp.Or(r.unclear, err)
		}
	}
	if r.unclear != nil {
		return r, nil
	}
	for name, m := range staff.newest {
		if m.PIN = pins.newest[name]; r.damaged[name] == nil {
			r.known = append(r.known, m)
		}
	}
	slices.SortFunc(r.known, func(a, b ward.Staff) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name))
	})
	return r, nil
}

func askStaff(ctx context.Context, in reader) { _, _ = rosterOf(ctx, in, true) }

// namedRows is the rows of a table about members of staff, by folded name.
type namedRows[T any] struct {
	rows    int
	newest  map[string]T     // the newest row of each name
	damaged map[string]error // newer than that, or the only one, and does not fit its hash
	hidden  error            // rows are missing
}

func (n *namedRows[T]) has(name string) bool {
	_, ok := n.newest[name]
	return ok
}

// ofPersons reports whether a row is about a person, as far as the staff is known: a feed
// is none.
func (n *namedRows[T]) ofPersons(staff *namedRows[ward.Staff]) bool {
	for name := range n.newest {
		if m, known := staff.newest[name]; !known || m.Role != ward.Feed {
			return true
		}
	}
	return len(n.damaged) > 0
}

func readNamed[T any](ctx context.Context, in reader, table, column string, counted bool, decode func(*row) T) (*namedRows[T], error) {
	l, err := in.tables.of(ctx, in.q, table)
	if err != nil {
		return nil, err
	}
	n := &namedRows[T]{newest: make(map[string]T), damaged: make(map[string]error)}
	r := row{l: l}
	err = eachRow(ctx, in.q, l, engine.Rows{Rest: `ORDER BY r.seq`}, nil, func(values []engine.Value, fits bool) error {
		n.rows++
		r.take(values)
		name := strings.ToLower(r.text(column))
		if !fits {
			n.damaged[name] = misfit(l, values)
			return nil
		}
		n.newest[name] = decode(&r)
		delete(n.damaged, name)
		return nil
	})
	if err != nil || !counted {
		return n, err
	}
	counts, err := chainCounts(ctx, in.q)
	n.hidden = hidden(counts, table, n.rows)
	return n, err
}

// damage returns the error of a damaged row, nil if all fit.
func (r *roster) damage() error {
	if r.unclear != nil || len(r.damaged) == 0 {
		return r.unclear
	}
	return r.damaged[slices.Sorted(maps.Keys(r.damaged))[0]]
}

// named returns the member of staff with that name, regardless of case, also one who left.
func (r *roster) named(name string) (ward.Staff, error) {
	if err := cmp.Or(r.unclear, r.damaged[strings.ToLower(name)]); err != nil {
		return ward.Staff{}, err
	}
	for _, m := range r.known {
		if sameName(m.Name, name) {
			return m, nil
		}
	}
	return ward.Staff{}, ward.NotFound("no such name on the staff; ask an administrator to add you")
}

// signing returns the member of staff, or the feed, that an author is.
func (r *roster) signing(author string) (m ward.Staff, err error) {
	name := author
	if feed, ok := ward.FeedName(strings.ToLower(author)); ok {
		name = feed
	}
	if !ward.IsLogin(author) {
		m, err = r.named(name)
	}
	if err == nil && !sameName(m.Author(), author) {
		err = ward.NotFound("no such name on the staff")
	}
	return m, err
}

// role returns the role of an author: see [Store.Role].
func (r *roster) role(author string) (role ward.Role, known bool, err error) {
	m, err := r.signing(author)
	if ward.KindOf(err) != ward.KindNotFound {
		return m.Role, err == nil, err
	}
	persons := r.damage() != nil || slices.ContainsFunc(r.known, func(m ward.Staff) bool { return m.Role != ward.Feed })
	return ward.NoStaff, !persons, nil
}

func leftStaff(name string) error {
	return ward.NotAllowed(name + " is no longer on the staff; nothing was recorded")
}

func sameName(a, b string) bool { return strings.EqualFold(a, b) }

// looksSame compares a new name with one of the record as other identifiers are compared:
// letters of another case or width are the same. A lookup does not, so that two names of a
// log that has both stay apart.
func looksSame(a, b string) bool { return ward.FoldLine(a) == ward.FoldLine(b) }
