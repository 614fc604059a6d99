// Package migration has the code that the engines share about the versions of their tables:
// numbered SQL files, which goose runs, and goose's own table of those that it ran.
//
// Start with [Newest].
package migration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"neurocheck/internal/store/engine"
)

// Files returns the migrations in a folder of the embedded files of package schema.
func Files(embedded fs.FS, folder string) fs.FS {
	sub, err := fs.Sub(embedded, folder)
	if err != nil {
		panic(err) // the folder is embedded
	}
	return sub
}

// Newest returns the number of the last migration that this program knows.
func Newest(files fs.FS) int64 {
	newest := int64(0)
	names, _ := fs.Glob(files, "*.sql")
	for _, name := range names {
		if n, err := goose.NumericComponent(name); err == nil {
			newest = max(newest, n)
		}
	}
	return newest
}

// Digest returns a digest of the objects of a schema in their order, each by its four texts.
func Digest(objects [][4]string) string {
	sum := sha256.New()
	for _, o := range objects {
		for _, text := range o {
			fmt.Fprintf(sum, "%d:%s", len(text), text)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Misfit compares goose's table with the migrations that it must list: each once, in order.
// applied is the condition of a row for a migration that was run; its type differs between
// engines. Misfit returns the difference in words, or "".
func Misfit(ctx context.Context, q engine.Querier, applied string) (string, error) {
	list, err := engine.All(ctx, q, engine.Scan[int64], `SELECT CASE WHEN `+applied+` THEN version_id ELSE -1 END FROM goose_db_version ORDER BY id`)
	if err != nil {
		return "", err
	}
	for i, v := range list {
		if v != int64(i) {
			return "the table goose_db_version does not list the versions of the log", nil
		}
	}
	return "", nil
}
