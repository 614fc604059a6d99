package store

import (
	"context"

	"neurocheck/internal/store/engine"
)

// presence is the kind of the rows by which the servers of a ward know of each other. Their
// author is empty, so that they are no person's draft.
const presence = "presence"

// Presence is the state of a server of seats as it has written it last. It is kept with the
// drafts, because it lives as long as they do and is no part of the record either.
type Presence struct {
	Server   string
	Revision int64 // rises with every write
	Content  string
}

// KeepPresence replaces the state of a server by a newer one.
func (s *Store) KeepPresence(ctx context.Context, p Presence) error {
	return s.KeepDraft(ctx, Draft{Kind: presence, Subject: p.Server, CheckID: p.Server, Revision: p.Revision, Content: p.Content})
}

// Presences returns the state of each server of the ward, those included that ended without
// a word.
func (s *Store) Presences(ctx context.Context) (all []Presence, err error) {
	list, err := engine.All(ctx, s.db.Pool(), scanDraft, draftQuery+`author = '' AND kind = $1 ORDER BY subject`, presence)
	for _, d := range list {
		all = append(all, Presence{Server: d.Subject, Revision: d.Revision, Content: d.Content})
	}
	return all, s.explain(err)
}

// DropPresence deletes the state of a server, unless it has written a newer one.
func (s *Store) DropPresence(ctx context.Context, p Presence) error {
	return s.explain(s.keepForm(ctx, func(t engine.Tx) error {
		_, err := t.Exec(ctx, `DELETE FROM draft WHERE author = '' AND kind = $1 AND subject = $2 AND revision <= $3`, presence, p.Server, p.Revision)
		return err
	}))
}
