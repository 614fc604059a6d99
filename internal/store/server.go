package store

import (
	"context"

	"neurocheck/internal/store/postgres"
)

// OnServer reports whether the name of a log is the address of one on PostgreSQL, and not
// the path of a file: postgres://HOST/DATABASE?ward=WARD.
func OnServer(name string) bool { return postgres.IsAddress(name) }

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
