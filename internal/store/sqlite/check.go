package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/migration"
)

// Check compares one aspect of the database with the one that the program made.
func (l *Log) Check(ctx context.Context, q engine.Querier, a engine.Aspect) (m engine.Misfit, err error) {
	switch a {
	case engine.Objects:
		m.Words, err = strangeObject(ctx, q, newestVersion())
	case engine.Versions:
		m.Words, err = migration.Misfit(ctx, q, "is_applied = 1")
	case engine.Storage:
		m.Words, err = fileDamaged(ctx, q)
	case engine.References:
		return keysBroken(ctx, q)
	}
	return m, err
}

// fileDamaged verifies the pages of the file, its indexes, and the CHECKs of its
// tables.
func fileDamaged(ctx context.Context, q engine.Querier) (string, error) {
	if _, err := engine.All(ctx, q, engine.Scan[string], "PRAGMA ignore_check_constraints = off"); err != nil {
		return "", err
	}
	found, err := engine.All(ctx, q, engine.Scan[string], `PRAGMA integrity_check(1)`)
	if err != nil || len(found) == 1 && found[0] == "ok" {
		return "", err
	}
	return "the file is damaged: " + strings.Join(found[:min(len(found), 1)], ""), nil
}

// leastReferences is the table whose foreign keys are not checked here: SQLite takes longer
// for the twenty references of a check than for the rest of the file. Its words are compared
// when the record is verified.
const leastReferences = "neuro_check"

// keysBroken runs SQLite's own check of the foreign keys.
func keysBroken(ctx context.Context, q engine.Querier) (m engine.Misfit, err error) {
	type broken struct {
		row    sql.NullInt64
		parent string
	}
	names, err := engine.All(ctx, q, engine.Scan[string], `
		SELECT name
		FROM pragma_table_list
		WHERE schema = 'main' AND type = 'table' AND name <> $1`, leastReferences)
	if err != nil {
		return m, err
	}
	for _, table := range names {
		list, err := engine.All(ctx, q, func(rows engine.Results) (b broken, err error) {
			err = rows.Scan(&b.row, &b.parent)
			return b, err
		}, `SELECT rowid, parent FROM pragma_foreign_key_check('`+table+`') LIMIT 1`)
		if err != nil {
			return m, err
		}
		if len(list) > 0 {
			return engine.Misfit{Table: table, Seq: list[0].row.Int64, Parent: list[0].parent}, nil
		}
	}
	return m, nil
}
