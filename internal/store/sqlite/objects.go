package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/migration"
	"neurocheck/internal/ward"
)

// A trigger, a view or a table that this program did not make can change every save, so
// the objects of a log are compared by type and name with those of a new log at each
// open, and again in the next save if the schema changed meanwhile. Names prove nothing:
// a trigger can have the name of a table, and sqlite_ is a prefix like any other in a
// schema that was written by hand.

// object is a table, index, trigger or view of the database.
type object struct{ kind, name, table, definition string }

// called returns the type and the name of the object, shortened: its name may come from
// a person who wants to confuse.
func (o *object) called() string {
	name := []rune(o.name)
	if most := 60; len(name) > most {
		name = append(name[:most], '…')
	}
	return o.kind + " " + string(name)
}

func (o *object) same(p object) bool { return o.kind == p.kind && o.name == p.name }

func objects(ctx context.Context, q engine.Querier) ([]object, error) {
	return engine.All(ctx, q, func(rows engine.Results) (o object, err error) {
		err = rows.Scan(&o.kind, &o.name, &o.table, &o.definition)
		return o, err
	}, `
		SELECT coalesce(type, ''), coalesce(name, ''), coalesce(tbl_name, ''), coalesce(sql, '')
		FROM sqlite_schema
		ORDER BY type, name, tbl_name, sql`)
}

// newestObjects is the digest of the objects of a new log: comparing with it costs a
// tenth of making a new log. A test says the value after a change of the schema.
const newestObjects = "a71796b2703dec285f6a25b75b8133aa1321c3bda296fc326aa4c6175a2466c9"

// digestOf returns a digest of objects in their order.
func digestOf(list []object) string {
	texts := make([][4]string, len(list))
	for i, o := range list {
		texts[i] = [4]string{o.kind, o.name, o.table, o.definition}
	}
	return migration.Digest(texts)
}

// freshObjects returns the objects of a new log of a version.
func freshObjects(ctx context.Context, version int64) (_ []object, err error) {
	memory := sql.OpenDB(connector{"file::memory:", modeProbe})
	memory.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, memory.Close()) }()
	if err := migrateTo(ctx, memory, version); err != nil {
		return nil, err
	}
	return objects(ctx, querier{memory})
}

// strangeObject compares the objects of a log of a version with those of a new one, and
// says the first difference, or nothing.
func strangeObject(ctx context.Context, q engine.Querier, version int64) (string, error) {
	got, err := objects(ctx, q)
	if err != nil {
		return "", err
	}
	if version == newestVersion() && digestOf(got) == newestObjects {
		return "", nil
	}
	want, err := freshObjects(ctx, version)
	if err != nil {
		return "", err
	}
	return difference(got, want), nil
}

// difference says the first difference between two lists of objects, tables first,
// because all else relies on them.
func difference(got, want []object) string {
	for _, tables := range []bool{true, false} {
		other := func(o object) bool { return (o.kind == "table") != tables }
		if differs := listsDiffer(slices.DeleteFunc(slices.Clone(got), other), slices.DeleteFunc(slices.Clone(want), other)); differs != "" {
			return differs
		}
	}
	return ""
}

func listsDiffer(got, want []object) string {
	for i := range want {
		if !slices.ContainsFunc(got, want[i].same) {
			return "the " + want[i].called() + " is missing"
		}
	}
	for i := range got {
		at := slices.IndexFunc(want, got[i].same)
		switch {
		case at < 0:
			return "the " + got[i].called() + " is none of the log's"
		case want[at] != got[i]:
			return "the " + got[i].called() + " is not as the program made it"
		case i > 0 && got[i].same(got[i-1]):
			return "the " + got[i].called() + " is there twice"
		}
	}
	return ""
}

// alteredSchema returns the error of a log with a strange object.
func alteredSchema(path, strange string) error {
	return ward.UnavailableFor(ward.LogDamaged, fmt.Sprintf("%s was altered by another program: %s; look at it with --read-only, and %s", path, strange, RecoveryHint(path)))
}

// unaltered refuses to write if the schema changed since the objects were last compared,
// unless they are still those of a new log. It runs inside the transaction.
func (l *Log) unaltered(ctx context.Context, q engine.Querier) error {
	cookie, err := engine.One(ctx, q, "", engine.Scan[int64], `PRAGMA schema_version`)
	if err != nil || cookie == l.schema.Load() {
		return err
	}
	strange, err := strangeObject(ctx, q, newestVersion())
	if err != nil {
		return err
	}
	if strange != "" {
		return alteredSchema(l.path, strange)
	}
	l.schema.Store(cookie)
	return nil
}
