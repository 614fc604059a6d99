package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
	"neurocheck/schema"
)

func TestNumbered(t *testing.T) {
	s := fresh(t)
	var got string
	ok(t, s.reader.QueryRowContext(t.Context(), numbered(`SELECT $2 || $1 || $2 || $10`), "a", "b", 3, 4, 5, 6, 7, 8, 9, "j").Scan(&got))
	if got != "babj" {
		t.Errorf("bound as %q", got)
	}
}

func TestEveryTableIsStrict(t *testing.T) {
	s := fresh(t)
	loose := must(all(t.Context(), s.reader, scanText, `
		SELECT name FROM pragma_table_list
		WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> 'goose_db_version'`))(t)
	if len(loose) > 0 {
		t.Errorf("not strict: %v", loose)
	}
}

func TestEveryTableOfTheRecordIsChainedAndGuarded(t *testing.T) {
	s := fresh(t)
	chained := must(all(t.Context(), s.reader, scanText, `
		SELECT l.name FROM pragma_table_list l
		WHERE l.schema = 'main' AND l.name <> 'chain' AND EXISTS (SELECT 1 FROM pragma_table_info(l.name) i WHERE i.name = 'hash')`))(t)
	slices.Sort(chained)
	if want := slices.Sorted(slices.Values(recordTables)); !slices.Equal(chained, want) {
		t.Errorf("the tables with a hash are %v; Verify walks %v", chained, want)
	}
}

// On the store's own connection, where recursive triggers are on.
func TestTheRecordIsAppendOnly(t *testing.T) {
	s := must(Open(t.Context(), fullLog(t)))(t)
	defer s.Close()
	for _, table := range recordTables {
		for _, statement := range []string{
			"UPDATE " + table + " SET author = 'x'",
			"UPDATE OR REPLACE " + table + " SET seq = seq + 1000",
			"DELETE FROM " + table,
			"INSERT OR REPLACE INTO " + table + " SELECT * FROM " + table,
			"REPLACE INTO " + table + " SELECT * FROM " + table + " LIMIT 1",
		} {
			if _, err := s.writer.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", statement, err)
			}
		}
	}
	for statement, says := range map[string]string{
		"DELETE FROM chain":                                                    "append-only",
		"UPDATE chain SET seq = seq - 1":                                       "only grows",
		"UPDATE chain SET hash = zeroblob(32)":                                 "only grows",
		"INSERT OR REPLACE INTO chain SELECT id, seq + 1, hash FROM chain":     "append-only",
		"INSERT INTO chain (id, seq, hash) VALUES (2, 0, zeroblob(32))":        "CHECK constraint failed",
		"UPDATE chain SET seq = seq + 1, hash = x'00'":                         "CHECK constraint failed",
		"INSERT INTO follow_up_open (follow_up_id, patient_id) VALUES (-9, 1)": "FOREIGN KEY constraint failed",
	} {
		if _, err := s.writer.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", statement, err)
		}
	}
	whole(t, s)
}

// vocabulary is a column and the words that the program has for it.
type vocabulary struct {
	table, column string
	words         []string
	several       bool
	// beside are what the other columns must be for a word.
	beside func(word string) map[string]any
}

func codes(terms []ward.Term) (words []string) {
	for _, term := range terms {
		words = append(words, term.Code)
	}
	return words
}

func vocabularies() []vocabulary {
	var flags, tools []string
	for _, term := range icans.FlagTerms {
		flags = append(flags, term.Code)
	}
	for _, term := range icans.FieldOf("tool").Terms {
		tools = append(tools, term.Code)
	}
	list := []vocabulary{
		{table: "staff", column: "role", words: codes(ward.Roles)},
		{table: "patient", column: "patient_tool", words: tools},
		{table: "patient", column: "discharge", words: codes(ward.Discharges), beside: func(string) map[string]any {
			return map[string]any{"discharged_at": 1, "discharged_offset": 0}
		}},
		{table: "neuro_check", column: "status", words: codes(ward.Statuses), beside: func(word string) map[string]any {
			if word == string(ward.Recorded) {
				return map[string]any{"version": 1, "reason": nil}
			}
			return map[string]any{"version": 2, "reason": "other"}
		}},
		{table: "neuro_check", column: "reason", words: codes(ward.Reasons), beside: func(string) map[string]any {
			return map[string]any{"version": 2, "status": "corrected"}
		}},
		{table: "neuro_check", column: "flag", words: flags},
		{table: "follow_up", column: "flag", words: flags[1:]},
		{table: "follow_up", column: "outcome", words: codes(ward.Outcomes), beside: func(string) map[string]any {
			return map[string]any{"event": "closed", "flag": nil}
		}},
		{table: "follow_up", column: "event", words: []string{"opened", "acknowledged", "closed"}, beside: func(word string) map[string]any {
			beside := map[string]any{"flag": nil, "outcome": nil}
			switch word {
			case "opened":
				beside["flag"] = "urgent"
			case "closed":
				beside["outcome"] = "resolved"
			}
			return beside
		}},
		{table: "schedule_order", column: "kind", words: codes(ward.OrderKinds), beside: func(word string) map[string]any {
			beside := map[string]any{"interval_minutes": nil, "until_day": nil}
			switch ward.OrderKind(word) {
			case ward.OrderInterval:
				beside["interval_minutes"] = 60
			case ward.OrderExtend:
				beside["until_day"] = 40
			}
			return beside
		}},
		{table: "symptom", column: "told_by", words: codes(ward.Tellers)},
		{table: "intervention", column: "kind", words: codes(ward.Interventions)},
		{table: "intervention", column: "status", words: []string{"recorded", "withdrawn"}, beside: func(word string) map[string]any {
			if word == "withdrawn" {
				return map[string]any{"version": 2}
			}
			return nil
		}},
		{table: "reevaluation", column: "flag", words: flags},
		{table: "audit_event", column: "event", words: codes(ward.AuditEvents)},
	}
	for _, f := range icans.Fields() {
		v := vocabulary{table: "neuro_check", column: f.Column, several: f.Several}
		for _, term := range f.Terms {
			v.words = append(v.words, term.Code)
		}
		list = append(list, v)
	}
	return list
}

// combinations are what a column of several values may hold.
func (v vocabulary) combinations() []string {
	if !v.several {
		return v.words
	}
	words, all := v.words, []string(nil)
	if words[0] == "none" {
		words, all = words[1:], words[:1:1]
	}
	for set := 1; set < 1<<len(words); set++ {
		var some []string
		for i, word := range words {
			if set&(1<<i) != 0 {
				some = append(some, word)
			}
		}
		all = append(all, strings.Join(some, ";"))
	}
	return all
}

func (v vocabulary) foreign() []any {
	first, last := v.words[0], v.words[len(v.words)-1]
	foreign := []any{"", "x", " ", "NONE", first + " ", " " + last, first + ";", ";" + last, first + ";" + first + "x", first + "," + last, -1, 5, 99}
	if first != strings.ToUpper(first) {
		foreign = append(foreign, strings.ToUpper(first))
	}
	if v.several && first == "none" {
		foreign = append(foreign, first+";"+last, last+";"+first)
	}
	if !v.several {
		foreign = append(foreign, first+";"+last)
	}
	return foreign
}

func TestTheDatabaseHasTheWordsOfTheProgram(t *testing.T) {
	s := must(Open(t.Context(), fullLog(t)))(t)
	defer s.Close()
	for _, v := range vocabularies() {
		columns := must(all(t.Context(), s.reader, scanText, `SELECT name FROM pragma_table_info('`+v.table+`')`))(t)
		// put copies a record with that word in the column, and undoes it.
		put := func(word any, beside map[string]any) error {
			values, args := slices.Clone(columns), []any(nil)
			set := func(column string, value any) {
				if i := slices.Index(columns, column); i >= 0 {
					args = append(args, value)
					values[i] = fmt.Sprintf("?%d", len(args))
				}
			}
			set("seq", 5000)
			switch v.table {
			case "patient":
				set("version", 5000)
			case "neuro_check":
				set("check_id", "another")
			case "follow_up":
				set("follow_up_id", 5000)
			case "intervention":
				set("intervention_id", 5000)
			}
			for column, value := range beside {
				set(column, value)
			}
			set(v.column, word)
			tx := must(s.writer.BeginTx(t.Context(), nil))(t)
			defer tx.Rollback()
			_, err := tx.ExecContext(t.Context(), "INSERT INTO "+v.table+" SELECT "+strings.Join(values, ", ")+" FROM "+v.table+" ORDER BY seq LIMIT 1", args...)
			return err
		}
		beside := func(word string) map[string]any {
			if v.beside == nil {
				return nil
			}
			return v.beside(word)
		}
		for _, word := range v.combinations() {
			if err := put(word, beside(word)); err != nil {
				t.Errorf("%s.%s: %q is refused: %v", v.table, v.column, word, err)
			}
		}
		for _, word := range v.foreign() {
			if slices.Contains(v.words, strings.TrimSpace(fmt.Sprint(word))) && v.words[0] == "0" {
				continue // a number, whatever stands around it
			}
			if err := put(word, beside(v.words[0])); err == nil {
				t.Errorf("%s.%s: %q is let in", v.table, v.column, word)
			}
		}
	}
}

// No list of words in the migrations goes without a comparison.
func TestEveryListOfWordsIsCompared(t *testing.T) {
	known := make(map[string]bool)
	for _, v := range vocabularies() {
		known[v.table+"."+v.column] = true
	}
	table, inList := regexp.MustCompile(`^CREATE TABLE (\w+)`), regexp.MustCompile(`^\s+(\w+) TEXT.* IN \('`)
	for _, name := range must(fs.Glob(schema.SQLite, "sqlite/*.sql"))(t) {
		var in string
		for line := range strings.Lines(string(must(schema.SQLite.ReadFile(name))(t))) {
			if m := table.FindStringSubmatch(line); m != nil {
				in = m[1]
			}
			if m := inList.FindStringSubmatch(line); m != nil && !known[in+"."+m[1]] {
				t.Errorf("%s: the words of %s.%s are compared with nothing", name, in, m[1])
			}
		}
	}
}

// tracer is a connection that notes the statements that it runs.
type tracer struct {
	*sqlite3.SQLiteConn
	note func(query string)
}

func (c tracer) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.note(query)
	return c.SQLiteConn.QueryContext(ctx, query, args)
}

func (c tracer) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.note(query)
	return c.SQLiteConn.ExecContext(ctx, query, args)
}

type tracing struct {
	connector
	note func(query string)
}

func (c tracing) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return tracer{conn.(*sqlite3.SQLiteConn), c.note}, nil
}

// What is asked at the bedside must cost what the patient, or the ward's beds,
// cost, and not what the history does.
func TestNoScreenReadsTheWholeHistory(t *testing.T) {
	path := fullLog(t)
	s := must(Open(t.Context(), path))(t)
	defer s.Close()
	var mu sync.Mutex
	var queries []string
	for _, pool := range []struct {
		of   **sql.DB
		mode access
	}{{&s.reader, modeRead}, {&s.writer, modeWrite}} {
		ok(t, (*pool.of).Close())
		*pool.of = sql.OpenDB(tracing{connector{dsn(path, pool.mode), pool.mode}, func(query string) {
			mu.Lock()
			defer mu.Unlock()
			if !slices.Contains(queries, query) {
				queries = append(queries, query)
			}
		}})
		(*pool.of).SetMaxOpenConns(1)
	}
	s.ahead = nil // the pools that were closed took their write-ahead log with them

	board(t, s)
	p := must(s.PatientByMRN(t.Context(), ada().MRN))(t)
	must(s.Chart(t.Context(), p.ID))(t)
	must(s.FollowUps(t.Context()))(t)
	saved := must(s.SaveCheck(t.Context(), nurse(50*time.Hour), checkOf(p, "traced", 8, 50*time.Hour)))(t)
	must(s.SaveCheck(t.Context(), nurse(51*time.Hour), correction(saved, 4)))(t)
	open := openOf(t, s, p.ID)
	ok(t, s.Acknowledge(t.Context(), nurse(52*time.Hour), open[0].ID))
	ok(t, s.CloseFollowUp(t.Context(), clinician(52*time.Hour), open[0].ID, "resolved", "x"))
	must(s.Edit(t.Context(), nurse(53*time.Hour), p))(t)
	ok(t, s.KeepDraft(t.Context(), Draft{PatientID: p.ID, Author: "Sam Lee", CheckID: "d", Revision: 1, Content: "x"}))
	ok(t, s.DropDraft(t.Context(), p.ID, "Sam Lee"))
	_, _, err := s.Import(t.Context(), nurse(54*time.Hour), slices.Values([]ward.Intake{{Patient: p, Check: checkOf(p, "imported", 10, 54*time.Hour)}}), false)
	ok(t, err)

	// What may be walked from end to end is as small as the ward.
	small := regexp.MustCompile(`^SCAN (n USING INDEX patient_now_on_ward|follow_up_open\b.*|ward|s|staff|n|chain)$`)
	plain := newPool(path, modeProbe, 1)
	defer plain.Close()
	for _, query := range queries {
		if q := strings.TrimSpace(query); strings.HasPrefix(q, "PRAGMA") || !regexp.MustCompile(`^(SELECT|INSERT|UPDATE|DELETE)`).MatchString(q) {
			continue
		}
		args := make([]any, 60)
		most := 0
		for _, m := range regexp.MustCompile(`\?(\d+)`).FindAllStringSubmatch(query, -1) {
			n := 0
			must(fmt.Sscan(m[1], &n))(t)
			most = max(most, n)
		}
		steps := must(all(t.Context(), plain, func(rows *sql.Rows) (step string, err error) {
			var a, b, c int
			err = rows.Scan(&a, &b, &c, &step)
			return step, err
		}, "EXPLAIN QUERY PLAN "+query, args[:most]...))(t)
		for _, step := range steps {
			if strings.HasPrefix(step, "SCAN") && !small.MatchString(step) && !(step == "SCAN CONSTANT ROW") {
				t.Errorf("%s in\n%s", step, query)
			}
			if step == "SCAN n" && !strings.Contains(query, "staff") {
				t.Errorf("%s in\n%s", step, query)
			}
		}
	}
	if len(queries) < 20 {
		t.Errorf("only %d statements were noted", len(queries))
	}
}
