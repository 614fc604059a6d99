package store

import (
	"context"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/postgres"
	"neurocheck/internal/ward"
)

// OnServer reports whether the name of a log is the address of one on PostgreSQL, and not
// the path of a file: postgres://HOST/DATABASE?ward=WARD.
func OnServer(name string) bool { return postgres.IsAddress(name) }

// PlaceOnServer returns the place that an address names.
func PlaceOnServer(address string) (postgres.Place, error) { return postgres.PlaceOf(address) }

// WardOnServer is a ward of a database.
type WardOnServer = postgres.Ward

// MakeWard makes the ward that an address names, or brings it up to date. It runs as the
// owner of the ward, and reports whether it made or changed anything.
func MakeWard(ctx context.Context, address string) (made bool, err error) {
	return postgres.MakeWard(ctx, address)
}

// Wards returns the wards of the database that an address names.
func Wards(ctx context.Context, address string) ([]WardOnServer, error) {
	return postgres.Wards(ctx, address)
}

func onServer(ctx context.Context, address string, open func(context.Context, string) (*postgres.Log, error)) (*Store, error) {
	log, err := open(ctx, address)
	if err != nil {
		return nil, err
	}
	return New(log), nil
}

// Place returns the place of the log for people: its path, or its address without anything
// that may be secret.
func (s *Store) Place() string {
	if remote, ok := s.db.(*postgres.Log); ok {
		return remote.Address()
	}
	return s.Path()
}

// mayRecover returns an error unless the login may reset the PIN of an administrator. On a
// server that is the login of the owner of the ward, because every workstation has one that
// may record. A file has one owner.
func (s *Store) mayRecover(ctx context.Context, q engine.Querier) error {
	if !s.onServer() {
		return nil
	}
	owns, err := engine.One(ctx, q, "there is no such ward", engine.Scan[bool],
		`SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = current_schema()`)
	if err == nil && !owns {
		err = ward.NotAllowed("on a server the owner of the ward resets the PIN of an administrator: name the owner in --db, as in postgres://OWNER@HOST/DATABASE?ward=w7b")
	}
	return err
}
