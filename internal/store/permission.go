package store

import (
	"context"

	"neurocheck/internal/ward"
)

// do runs one act of an author who has the permission: in one transaction, and only
// once for a request. content is the content of the request: the arguments of the act.
func (s *Store) do(ctx context.Context, sig ward.Signature, p ward.Permission, act string, content []any, fn func(*tx) error) error {
	return s.doWith(ctx, sig, checked, p, act, content, fn)
}

func (s *Store) doWith(ctx context.Context, sig ward.Signature, c checks, p ward.Permission, act string, content []any, fn func(*tx) error) error {
	request, err := NewRequest(sig.Request, append([]any{act, sig.By}, content...)...)
	if err != nil {
		return err
	}
	_, err = s.act(ctx, sig, request, c, func(w *tx) error {
		if err := w.may(ctx, p); err != nil {
			return err
		}
		return fn(w)
	})
	return err
}

// may returns nil if the author of the transaction has the permission.
func (w *tx) may(ctx context.Context, p ward.Permission) error {
	role, err := w.role(ctx)
	if err != nil {
		return err
	}
	return ward.MayDo(role, p)
}

// role returns the role of the author: NoStaff on a log without a person on its
// staff.
func (w *tx) role(ctx context.Context) (ward.Role, error) {
	if w.known == nil {
		known, err := staff(ctx, w.sql)
		if err != nil {
			return "", err
		}
		w.known = known
	}
	persons := false
	for _, m := range w.known {
		persons = persons || m.Role != ward.Feed
		if sameName(m.Author(), w.sig.By) {
			if !m.Active {
				return "", leftStaff(m.Name)
			}
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
