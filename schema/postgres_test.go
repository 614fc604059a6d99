package schema_test

import (
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"neurocheck/schema"
)

var update = flag.Bool("update", false, "write the migrations for PostgreSQL")

// The migrations for PostgreSQL are those for SQLite in another dialect.
func TestMigrationsForPostgreSQL(t *testing.T) {
	files, err := filepath.Glob("sqlite/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	for _, from := range files {
		content, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		want := onPostgreSQL(string(content))
		to := filepath.Join("postgres", filepath.Base(from))
		if *update {
			if err := os.WriteFile(to, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := fs.ReadFile(schema.Postgres, filepath.ToSlash(to)); err != nil || string(got) != want {
			t.Errorf("%s is not %s in the dialect of PostgreSQL (%v): go test ./schema -update writes it anew", to, from, err)
		}
	}
}

// substitutions turn a migration for SQLite into the dialect of PostgreSQL, in their order.
var substitutions = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`\) STRICT(, WITHOUT ROWID)?;`), ");"},
	{regexp.MustCompile(`\bINTEGER\b`), "BIGINT"},
	{regexp.MustCompile(`\bBLOB\b`), "BYTEA"},
	{regexp.MustCompile(`\bTEXT\b`), `TEXT COLLATE "C"`},
	{regexp.MustCompile(`zeroblob\((\d+)\)`), `decode(repeat('00', $1), 'hex')`},
	{regexp.MustCompile(`NOT GLOB '\*(\[[^']*\])\*'`), "!~ '$1'"},
	{regexp.MustCompile(`GLOB '([^'*]*)'`), "~ '^$1$$'"},
	{regexp.MustCompile(`(?m)^(CREATE TRIGGER .*) WHEN (.*) BEGIN SELECT RAISE\(ABORT, ('[^']*')\); END;$`), "$1 FOR EACH ROW WHEN ($2) EXECUTE FUNCTION refuse($3);"},
	{regexp.MustCompile(`(?m)^(CREATE TRIGGER .*) BEGIN SELECT RAISE\(ABORT, ('[^']*')\); END;$`), "$1 FOR EACH ROW EXECUTE FUNCTION refuse($2);"},
	{regexp.MustCompile(`(?m)^(CREATE TRIGGER \w+_no)_delete BEFORE DELETE (ON \w+) FOR EACH ROW (.*)$`), "$0\n${1}_truncate BEFORE TRUNCATE $2 FOR EACH STATEMENT $3"},
	{regexp.MustCompile(`(?m)^-- \+goose Statement(Begin|End)\n`), ""},
}

// onPostgreSQL returns a migration for SQLite in the dialect of PostgreSQL.
func onPostgreSQL(script string) string {
	for _, s := range substitutions {
		script = s.pattern.ReplaceAllString(script, s.by)
	}
	first := strings.Index(script, "CREATE TRIGGER ")
	if first < 0 {
		return made + script
	}
	first = strings.LastIndex(script[:first], "\n\n") + 1
	return made + script[:first] + refusing + script[first:] + grants(script)
}

const made = "-- Made from the migration for SQLite of the same name: go test ./schema -update\n\n"

// refusing is the function of the triggers. Its argument is the message.
const refusing = `
-- +goose StatementBegin
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$;
-- +goose StatementEnd
`

var created = regexp.MustCompile(`(?m)^CREATE TABLE (\w+) \((code )?`)

// grants returns the grants for the role of the program: it reads the reference tables,
// appends to those that a trigger keeps from being changed, and changes the others.
func grants(script string) string {
	rights := make(map[string][]string)
	for _, t := range created.FindAllStringSubmatch(script, -1) {
		kept := func(change string) bool { return strings.Contains(script, "CREATE TRIGGER "+t[1]+"_no_"+change) }
		may := "SELECT, INSERT, UPDATE, DELETE"
		switch {
		case t[2] != "":
			may = "SELECT"
		case kept("update"):
			may = "SELECT, INSERT"
		case kept("delete"):
			may = "SELECT, INSERT, UPDATE"
		}
		rights[may] = append(rights[may], t[1])
	}
	list := "\n-- The program runs as a member of the role neurocheck, and not as the owner of the tables.\n"
	for _, may := range slices.Sorted(maps.Keys(rights)) {
		list += "GRANT " + may + " ON " + strings.Join(rights[may], ", ") + " TO neurocheck;\n"
	}
	return list
}
