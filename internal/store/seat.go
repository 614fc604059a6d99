package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"neurocheck/internal/ward"
)

// Seats returns the seats over SSH by label, disabled ones included.
func (s *Store) Seats(ctx context.Context) ([]ward.Seat, error) {
	list, err := seats(ctx, s.direct())
	return list, s.explain(err)
}

func seats(ctx context.Context, in reader) ([]ward.Seat, error) {
	rows, err := records(ctx, in, "seat", func(r *row) ward.Seat {
		return ward.Seat{
			Label: r.text("label"), Kind: ward.SeatKind(r.text("kind")), Staff: r.text("staff"),
			Fingerprint: r.text("fingerprint"), Key: r.text("public_key"), Active: r.flag("active"),
		}
	}, `ORDER BY r.seq`)
	return newestByName(rows, func(x *ward.Seat) string { return x.Label }), err
}

// AddSeat lets the holder of a key open the ward over SSH. It returns
// [ward.KindConflict] if an active seat has that label, regardless of case, or that key.
// The label of a disabled seat may be given to another key.
func (s *Store) AddSeat(ctx context.Context, sig ward.Signature, seat ward.Seat) error {
	seat.Active = true
	if err := seat.Validate(); err != nil {
		return err
	}
	return s.write(ctx, sig, func(t *tx) error {
		if err := t.may(ctx, ward.MayAdminister); err != nil {
			return err
		}
		known, err := seats(ctx, t.reader())
		if err != nil {
			return err
		}
		for _, k := range known {
			switch {
			case looksSame(k.Label, seat.Label) && !k.Active:
				seat.Label = k.Label // one seat, also if the case of its label differs
			case looksSame(k.Label, seat.Label):
				return ward.Conflict("there is a seat of that label already: disable it first, or choose another label")
			case k.Active && k.Key == seat.Key:
				return ward.Conflict("the seat " + k.Label + " has that key already: a key opens one seat")
			}
		}
		if seat.Kind == ward.MemberSeat {
			if seat.Staff, err = t.holder(ctx, seat.Staff); err != nil {
				return err
			}
		}
		return t.putSeat(ctx, seat)
	})
}

// holder returns the name of the member of staff who is given a key.
func (w *tx) holder(ctx context.Context, name string) (string, error) {
	known, err := w.roster(ctx)
	if err != nil {
		return "", err
	}
	m, err := known.named(name)
	switch {
	case err != nil:
		return "", err
	case !m.Active:
		return "", leftStaff(m.Name)
	case m.Role == ward.Feed:
		return "", ward.Invalid("staff", "a feed takes no seat")
	}
	return m.Name, nil
}

// DisableSeat ends the right of a key to open the ward. It returns [ward.KindNotFound] if
// there is no such seat, and [ward.KindConflict] if it is disabled already.
func (s *Store) DisableSeat(ctx context.Context, sig ward.Signature, label string) error {
	return s.write(ctx, sig, func(t *tx) error {
		if err := t.may(ctx, ward.MayAdminister); err != nil {
			return err
		}
		known, err := seats(ctx, t.reader())
		if err != nil {
			return err
		}
		for _, k := range known {
			switch {
			case !sameName(k.Label, label):
				continue
			case !k.Active:
				return ward.Conflict("the seat " + k.Label + " is disabled already")
			}
			k.Active = false
			return t.putSeat(ctx, k)
		}
		return ward.NotFound("there is no seat of that label: neurocheck seat list prints them")
	})
}

func (w *tx) putSeat(ctx context.Context, s ward.Seat) error {
	_, err := w.append(ctx, "seat",
		column{"label", s.Label},
		column{"kind", string(s.Kind)},
		column{"staff", text(s.Staff)},
		column{"fingerprint", s.Fingerprint},
		column{"public_key", s.Key},
		column{"active", boolInt(s.Active)},
	)
	return err
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
