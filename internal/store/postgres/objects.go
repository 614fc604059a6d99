package postgres

import (
	"cmp"
	"context"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/migration"
)

// A trigger, a rule, a view or a table that this program did not make can change every save.
// So the objects of the schema are compared at each open with those of the migrations.

// object is a table, index, trigger, function, view or rule. Its words are what is compared
// besides its name: for a trigger its function and whether it fires, for a function its text.
type object struct{ kind, name, of, words string }

func (o object) called() string { return o.kind + " " + o.name }

func (o object) same(p object) bool { return o.kind == p.kind && o.name == p.name && o.of == p.of }

var (
	comments  = regexp.MustCompile(`(?m)--.*$`)
	creation  = regexp.MustCompile(`(?s)CREATE (?:UNIQUE )?(TABLE|INDEX|TRIGGER|FUNCTION) (\w+)(.*?);\n`)
	onTable   = regexp.MustCompile(` ON (\w+)`)
	arguments = regexp.MustCompile(`EXECUTE FUNCTION (.*)$`)
	body      = regexp.MustCompile(`(?s)\$\$(.*)\$\$`)
)

// newestObjects is the digest of the objects of a new ward: comparing with it costs a short
// command nothing, and reading the migrations as much as all else. A test says the value after
// a change of the schema.
const newestObjects = "706015528f7cadac7ea0e23e6a01235f45f0c523635d6ad6a5429d2d4e25c9af"

// digestOf returns a digest of objects in any order.
func digestOf(list []object) string {
	texts := make([][4]string, len(list))
	for i, o := range list {
		texts[i] = [4]string{o.kind, o.name, o.of, o.words}
	}
	slices.SortFunc(texts, func(a, b [4]string) int { return slices.Compare(a[:], b[:]) })
	return migration.Digest(texts)
}

// madeObjects returns the objects that the migrations make.
func madeObjects() (list []object) {
	files, _ := fs.Glob(migrations(), "*.sql")
	for _, name := range files {
		content, _ := fs.ReadFile(migrations(), name)
		for _, m := range creation.FindAllStringSubmatch(comments.ReplaceAllString(string(content), ""), -1) {
			o := object{kind: strings.ToLower(m[1]), name: m[2]}
			switch o.kind {
			case "index":
				o.of = onTable.FindStringSubmatch(m[3])[1]
			case "trigger":
				o.of = onTable.FindStringSubmatch(m[3])[1]
				o.words = arguments.FindStringSubmatch(m[3])[1]
			case "function":
				o.words = body.FindStringSubmatch(m[3])[1]
			}
			list = append(list, o)
		}
	}
	return append(list, object{kind: "table", name: "goose_db_version"})
}

// objectsOf reads the objects of the schema. An index of a key is part of its table.
func objectsOf(ctx context.Context, q engine.Querier) ([]object, error) {
	return engine.All(ctx, q, func(rows engine.Results) (o object, err error) {
		err = rows.Scan(&o.kind, &o.name, &o.of, &o.words)
		return o, err
	}, `
		WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
		SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'i' THEN 'index' WHEN 'v' THEN 'view' ELSE 'relation' END, c.relname::text,
			coalesce((SELECT t.relname::text FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid WHERE i.indexrelid = c.oid), ''),
			CASE WHEN c.relrowsecurity THEN 'with policies' WHEN c.relhassubclass THEN 'with parts' ELSE '' END
		FROM pg_class c
		WHERE c.relnamespace = (SELECT oid FROM ours) AND c.relkind <> 't'
			AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u'))
			AND NOT (c.relkind = 'S' AND c.relname = 'goose_db_version_id_seq')
		UNION ALL
		SELECT 'trigger', t.tgname::text, c.relname::text,
			p.proname::text || '(''' || replace(encode(t.tgargs, 'escape'), '\000', '') || ''')' || CASE t.tgenabled WHEN 'O' THEN '' WHEN 'A' THEN '' ELSE ', switched off' END
			|| CASE p.pronamespace WHEN c.relnamespace THEN '' ELSE ', of another schema' END
		FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
		WHERE c.relnamespace = (SELECT oid FROM ours) AND NOT t.tgisinternal
		UNION ALL
		SELECT 'trigger', t.tgname::text, c.relname::text, 'of a key, switched off'
		FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE c.relnamespace = (SELECT oid FROM ours) AND t.tgisinternal AND t.tgenabled NOT IN ('O', 'A')
		UNION ALL
		SELECT 'function', p.proname::text, '', p.prosrc
		FROM pg_proc p
		WHERE p.pronamespace = (SELECT oid FROM ours)
		UNION ALL
		SELECT 'rule', r.rulename::text, c.relname::text, ''
		FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
		WHERE c.relnamespace = (SELECT oid FROM ours) AND c.relkind = 'r'
		ORDER BY 1, 2, 3`)
}

// strangeObject compares the objects of the schema with those of the migrations, and says the
// first difference, or nothing.
func strangeObject(ctx context.Context, q engine.Querier) (string, error) {
	got, err := objectsOf(ctx, q)
	if err != nil {
		return "", err
	}
	if digestOf(got) == newestObjects {
		return "", nil
	}
	// Tables first, because all else relies on them.
	slices.SortStableFunc(got, func(a, b object) int { return cmp.Compare(first(a), first(b)) })
	return difference(got, madeObjects()), nil
}

func first(o object) int {
	if o.kind == "table" {
		return 0
	}
	return 1
}

func difference(got, want []object) string {
	for _, o := range want {
		at := slices.IndexFunc(got, o.same)
		if at < 0 {
			return "the " + o.called() + " is missing"
		}
		if got[at].words != o.words {
			return "the " + o.called() + " is not as the program made it"
		}
	}
	for _, o := range got {
		if !slices.ContainsFunc(want, o.same) {
			return "the " + o.called() + " is none of the log's"
		}
	}
	return ""
}
