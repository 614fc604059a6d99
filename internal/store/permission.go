package store

import (
	"context"
	"strings"

	"neurocheck/internal/ward"
)

// do runs one act of an author who has the permission: in one transaction, and only
// once for a request. content is the content of the request: the arguments of the act.
func (s *Store) do(ctx context.Context, sig ward.Signature, p ward.Permission, act string, content []any, fn func(*tx) error) error {
	return s.doOrAnswer(ctx, sig, p, act, content, fn, nil)
}

// doOrAnswer is [Store.do] for an act with a result. If an earlier act has done the
// request, fn does not run, and answer reads the result from the records of that act.
func (s *Store) doOrAnswer(ctx context.Context, sig ward.Signature, p ward.Permission, act string, content []any, fn func(*tx) error, answer func(reader, Done) error) error {
	request, err := NewRequest(sig.Request, append([]any{act, sig.By}, content...)...)
	if err != nil {
		return err
	}
	done, err := s.act(ctx, sig, request, checked, permitted(ctx, p, fn))
	if err != nil || !done.Before || answer == nil {
		return err
	}
	return s.read(ctx, func(in reader) error { return answer(in, done) })
}

// doMany is [Store.do] for many rows that the caller validates. Rows have no request.
func (s *Store) doMany(ctx context.Context, sig ward.Signature, p ward.Permission, fn func(*tx) error) error {
	return s.writeMany(ctx, sig, permitted(ctx, p, fn))
}

// permitted runs fn if the author has the permission.
func permitted(ctx context.Context, p ward.Permission, fn func(*tx) error) func(*tx) error {
	return func(w *tx) error {
		if err := w.may(ctx, p); err != nil {
			return err
		}
		return fn(w)
	}
}

// appendedIn returns the records of a table that an act appended, in order.
func appendedIn[T any](ctx context.Context, in reader, table string, decode func(*row) T, done Done) ([]T, error) {
	return records(ctx, in, table, decode, `WHERE r.seq BETWEEN $1 AND $2 ORDER BY r.seq`, done.First, done.Last)
}

// may returns nil if the author of the transaction has the permission.
func (w *tx) may(ctx context.Context, p ward.Permission) error {
	role, err := w.role(ctx)
	if err != nil {
		return err
	}
	return ward.MayDo(role, p)
}

// staff returns the staff as the transaction knows it.
func (w *tx) staff(ctx context.Context) ([]ward.Staff, error) {
	if w.known == nil {
		known, err := staff(ctx, w.reader())
		if err != nil {
			return nil, err
		}
		w.known = append([]ward.Staff{}, known...) // not nil if there are none
	}
	return w.known, nil
}

// signsAs finds the author on the staff, and signs with the name as the staff has it.
// It refuses an author who left: that person may have been at the keyboard when an
// administrator disabled the name. It refuses a feed that is not on the staff, too.
func (w *tx) signsAs(ctx context.Context) error {
	known, err := w.staff(ctx)
	if err != nil {
		return err
	}
	for _, m := range known {
		if sameName(m.Author(), w.sig.By) {
			w.sig.By = m.Author()
			if !m.Active {
				return leftStaff(m.Name)
			}
			return nil
		}
	}
	if _, feed := ward.FeedName(strings.ToLower(w.sig.By)); feed {
		return ward.NotAllowed("there is no such feed; an administrator adds it")
	}
	return nil
}

// role returns the role of the author: NoStaff on a log without a person on its
// staff.
func (w *tx) role(ctx context.Context) (ward.Role, error) {
	known, err := w.staff(ctx)
	if err != nil {
		return "", err
	}
	persons := false
	for _, m := range known {
		persons = persons || m.Role != ward.Feed
		if sameName(m.Author(), w.sig.By) {
			return m.Role, nil
		}
	}
	if persons {
		return "", ward.NotAllowed("sign in: this ward has staff, and " + w.sig.By + " is not on it")
	}
	return ward.NoStaff, nil
}

// isFeed reports whether the author of the transaction is a feed.
func (w *tx) isFeed() bool {
	_, feed := ward.FeedName(w.sig.By)
	return feed
}
