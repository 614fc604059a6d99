package postgres

import (
	"context"
	"errors"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"neurocheck/internal/store/migration"
	"neurocheck/schema"
)

func migrations() fs.FS { return migration.Files(schema.Postgres, "postgres") }

// newestVersion is the number of the last migration that this program knows.
func newestVersion() int64 { return migration.Newest(migrations()) }

// migrate brings the tables in the schema of a connection up to date. Of several processes
// one does, and the others wait for it.
func migrate(ctx context.Context, config *pgx.ConnConfig) (err error) {
	pool := stdlib.OpenDB(*config)
	defer func() { err = errors.Join(err, pool.Close()) }()
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, pool, migrations(), goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}
