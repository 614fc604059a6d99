package engine

import (
	"context"
	"errors"

	"neurocheck/internal/ward"
)

// All reads a query to its end and closes it, one value a row. A row that cannot be
// scanned is a [Damage], because the program wrote all of them.
func All[T any](ctx context.Context, q Querier, scan func(Results) (T, error), query string, args ...any) (_ []T, err error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, AsDamage(err)
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// One reads the first row of a query. It returns [ward.KindNotFound] with the words of
// missing if there is none.
func One[T any](ctx context.Context, q Querier, missing string, scan func(Results) (T, error), query string, args ...any) (v T, err error) {
	list, err := All(ctx, q, scan, query, args...)
	if err != nil {
		return v, err
	}
	if len(list) == 0 {
		return v, ward.NotFound(missing)
	}
	return list[0], nil
}

// AsDamage makes err the error of a row that cannot be read, unless the read was
// cancelled.
func AsDamage(err error) error {
	if _, ok := errors.AsType[Damage](err); ok || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return Unreadable("one of its records", err)
}

// Scan scans a row of one value.
func Scan[T any](rows Results) (v T, err error) {
	err = rows.Scan(&v)
	return v, err
}
