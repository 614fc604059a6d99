package sqlite

import (
	"context"
	"database/sql"
	"io/fs"

	"github.com/pressly/goose/v3"

	"neurocheck/internal/store/migration"
	"neurocheck/schema"
)

func version(ctx context.Context, pool *sql.DB) (version int64, err error) {
	err = pool.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied = 1`).Scan(&version)
	return version, err
}

func migrations() fs.FS { return migration.Files(schema.SQLite, "sqlite") }

// newestVersion is the number of the last migration that this program knows.
func newestVersion() int64 { return migration.Newest(migrations()) }

// migrate migrates a log to this program's version.
func migrate(ctx context.Context, pool *sql.DB) error {
	if v, err := version(ctx, pool); err == nil && v == newestVersion() {
		return nil
	}
	return migrateTo(ctx, pool, newestVersion())
}

func migrateTo(ctx context.Context, pool *sql.DB, version int64) error {
	provider, err := goose.NewProvider(goose.DialectSQLite3, pool, migrations())
	if err != nil {
		return err
	}
	_, err = provider.UpTo(ctx, version)
	return err
}
