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

// objectsOf reads the objects of the schema. An index of a key is part of its table. A function
// of another schema has that one in its name. No other function is looked at: the server has
// more of its own than ten wards have objects.
func objectsOf(ctx context.Context, q engine.Querier) ([]object, error) {
	return engine.All(ctx, q, func(rows engine.Results) (o object, err error) {
		err = rows.Scan(&o.kind, &o.name, &o.of, &o.words)
		return o, err
	}, `
		SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'i' THEN 'index' WHEN 'v' THEN 'view' ELSE 'relation' END, c.relname::text, coalesce(i.indrelid::regclass::text, ''),
			CASE WHEN c.relrowsecurity THEN 'with policies' WHEN c.relhassubclass THEN 'with parts' ELSE '' END
		FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind <> 't' AND i.indisprimary IS NOT TRUE
			AND NOT (i.indisunique IS TRUE AND EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = i.indrelid AND k.conindid = c.oid))
			AND NOT (c.relkind = 'S' AND c.relname = 'goose_db_version_id_seq')
		UNION ALL
		SELECT 'trigger', t.tgname::text, c.relname::text,
			CASE WHEN t.tgisinternal THEN 'of a key' ELSE t.tgfoid::regproc::text || '(''' || replace(encode(t.tgargs, 'escape'), '\000', '') || ''')' END
			|| CASE WHEN t.tgenabled IN ('O', 'A') THEN '' ELSE ', switched off' END
		FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relhastriggers AND NOT (t.tgisinternal AND t.tgenabled IN ('O', 'A'))
		UNION ALL
		SELECT 'function', p.proname::text, '', p.prosrc
		FROM pg_proc p
		WHERE p.pronamespace = current_schema()::regnamespace
		UNION ALL
		SELECT 'rule', r.rulename::text, c.relname::text, ''
		FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relhasrules`)
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
	slices.SortFunc(got, func(a, b object) int {
		return cmp.Or(cmp.Compare(first(a), first(b)), cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name), cmp.Compare(a.of, b.of))
	})
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
