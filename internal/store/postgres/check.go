package postgres

import (
	"context"
	"strings"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/migration"
)

// Check compares one aspect of the database with the one that the program made.
func (l *Log) Check(ctx context.Context, q engine.Querier, a engine.Aspect) (m engine.Misfit, err error) {
	switch a {
	case engine.Objects:
		m.Words, err = strangeObject(ctx, q)
	case engine.Versions:
		m.Words, err = migration.Misfit(ctx, q, "is_applied")
	case engine.Storage:
		m.Words, err = rulesBroken(ctx, q)
	case engine.References:
		return keysBroken(ctx, q)
	}
	return m, err
}

// constraint is a rule of a table.
type constraint struct {
	table, name string
	valid       bool
	rule        string   // of a CHECK
	columns     []string // of a foreign key
	parent      string
	numbered    bool     // the table of a foreign key has seq
	keys        []string // the columns of the parent
}

// rulesBroken looks for an index that is not valid, and for a row that breaks a CHECK of its
// table: the program cannot look at the pages of the server.
func rulesBroken(ctx context.Context, q engine.Querier) (string, error) {
	invalid, err := engine.All(ctx, q, engine.Scan[string], `
		SELECT c.relname::text
		FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
		WHERE c.relnamespace = current_schema()::regnamespace AND NOT (i.indisvalid AND i.indisready)
		ORDER BY 1`)
	if err != nil {
		return "", err
	}
	if len(invalid) > 0 {
		return "the index " + invalid[0] + " is not valid", nil
	}
	rules, err := engine.All(ctx, q, func(rows engine.Results) (c constraint, err error) {
		err = rows.Scan(&c.table, &c.name, &c.valid, &c.rule)
		return c, err
	}, `
		SELECT t.relname::text, k.conname::text, k.convalidated, pg_get_expr(k.conbin, k.conrelid)
		FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
		WHERE k.connamespace = current_schema()::regnamespace AND k.contype = 'c'
		ORDER BY 1, 2`)
	if err != nil {
		return "", err
	}
	byTable := make(map[string][]string)
	var tables []string
	for _, c := range rules {
		if !c.valid {
			return "the rule " + c.name + " of the table " + c.table + " does not hold for all rows", nil
		}
		if byTable[c.table] == nil {
			tables = append(tables, c.table)
		}
		byTable[c.table] = append(byTable[c.table], c.rule)
	}
	for _, table := range tables {
		broken, err := engine.All(ctx, q, engine.Scan[int64], `SELECT 1 FROM `+table+` WHERE NOT (`+strings.Join(byTable[table], `) OR NOT (`)+`) LIMIT 1`)
		if err != nil {
			return "", err
		}
		if len(broken) > 0 {
			return "a row of the table " + table + " breaks a rule of the table", nil
		}
	}
	return "", nil
}

// leastReferences is the table whose foreign keys are not checked here: its words are
// compared when the record is verified.
const leastReferences = "neuro_check"

// keysBroken looks for a row that refers to a row that is not there.
func keysBroken(ctx context.Context, q engine.Querier) (m engine.Misfit, err error) {
	keys, err := engine.All(ctx, q, func(rows engine.Results) (c constraint, err error) {
		err = rows.Scan(&c.table, &c.parent, &c.numbered, &c.columns, &c.keys)
		return c, err
	}, `
		SELECT t.relname::text, p.relname::text,
			EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'seq'),
			ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u (n, i) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY u.i),
			ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u (n, i) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY u.i)
		FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
		WHERE k.connamespace = current_schema()::regnamespace AND k.contype = 'f' AND t.relname <> $1
		ORDER BY 1, 2, 3`, leastReferences)
	if err != nil {
		return m, err
	}
	for _, c := range keys {
		matches, given := "", ""
		for i := range c.columns {
			matches += " AND p." + c.keys[i] + " = c." + c.columns[i]
			given += " AND c." + c.columns[i] + " IS NOT NULL"
		}
		number := "0::bigint"
		if c.numbered {
			number = "c.seq"
		}
		broken, err := engine.All(ctx, q, engine.Scan[int64], `SELECT `+number+` FROM `+c.table+` c WHERE NOT EXISTS (SELECT FROM `+c.parent+` p WHERE `+matches[5:]+`)`+given+` LIMIT 1`)
		if err != nil {
			return m, err
		}
		if len(broken) > 0 {
			return engine.Misfit{Table: c.table, Seq: broken[0], Parent: c.parent}, nil
		}
	}
	return m, nil
}
