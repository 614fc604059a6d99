package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
)

// object is a table, index, trigger or view of the database.
type object struct{ name, definition string }

func objects(ctx context.Context, q querier) ([]object, error) {
	return all(ctx, q, func(rows *sql.Rows) (o object, err error) {
		err = rows.Scan(&o.name, &o.definition)
		return o, err
	}, `
		SELECT type || ' ' || name, coalesce(sql, '')
		FROM sqlite_schema
		WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> 'goose_db_version'
		ORDER BY 1`)
}

// freshObjects returns the objects of a new log.
func freshObjects(ctx context.Context) (_ []object, err error) {
	memory := sql.OpenDB(connector{"file::memory:", modeProbe})
	memory.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, memory.Close()) }()
	if err := migrate(ctx, memory); err != nil {
		return nil, err
	}
	return objects(ctx, memory)
}

// objectsDiffer compares the objects of the log whose names begin with kind with
// those of a new one.
func objectsDiffer(ctx context.Context, q querier, want []object, kind string) (string, error) {
	got, err := objects(ctx, q)
	if err != nil {
		return "", err
	}
	other := func(o object) bool { return !strings.HasPrefix(o.name, kind) }
	got, want = slices.DeleteFunc(got, other), slices.DeleteFunc(slices.Clone(want), other)
	for _, o := range want {
		if !slices.ContainsFunc(got, func(g object) bool { return g.name == o.name }) {
			return "the " + o.name + " is missing", nil
		}
	}
	for _, g := range got {
		i := slices.IndexFunc(want, func(o object) bool { return o.name == g.name })
		if i < 0 {
			return "the " + g.name + " is none of the log's", nil
		}
		if want[i].definition != g.definition {
			return "the " + g.name + " is not as the program made it", nil
		}
	}
	return "", nil
}
