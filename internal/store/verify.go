package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Verdict is what Verify found.
type Verdict struct {
	Records int64  // that fit, from the first
	Head    string // hash of the last of them, in hexadecimal
	// Misfit says what does not fit, naming the first record that does not;
	// empty where the record is whole.
	Misfit string
}

// recordTables are the tables of the record: the chain runs over all of them.
var recordTables = []string{
	"ward", "staff", "patient", "neuro_check", "follow_up",
	"schedule_order", "symptom", "intervention", "reevaluation", "follow_up_item",
	"credential", "audit_event", "settings",
}

// Verify walks the whole record and reports the first thing that does not fit:
// its tables, the chain over its records (see schema/CHAIN.md), the file itself,
// its indexes and triggers, and the tables that are derived from the record. The
// chain comes before the file, because it can name the record. An error means
// that the log could not be read, not that it is not whole.
func (s *Store) Verify(ctx context.Context) (v Verdict, err error) {
	want, err := freshSchema(ctx)
	if err != nil {
		return v, err
	}
	err = s.snapshot(ctx, func(q *sql.Tx) error {
		for _, look := range []func() (string, error){
			func() (string, error) { return sameSchema(ctx, q, want, "table ") },
			func() (string, error) { return walk(ctx, q, &v) },
			func() (string, error) { return wholeFile(ctx, q) },
			func() (string, error) { return sameSchema(ctx, q, want, "") },
			func() (string, error) { return derived(ctx, q) },
		} {
			misfit, err := look()
			if cause(err) == causeDamaged {
				misfit, err = fmt.Sprintf("the file is damaged, somewhere behind record %d", v.Records), nil
			}
			if err != nil || misfit != "" {
				v.Misfit = misfit
				return err
			}
		}
		return nil
	})
	return v, err
}

func scanText(rows *sql.Rows) (s string, err error) {
	err = rows.Scan(&s)
	return s, err
}

func wholeFile(ctx context.Context, q querier) (string, error) {
	found, err := all(ctx, q, scanText, `PRAGMA integrity_check(1)`)
	if err != nil || len(found) == 1 && found[0] == "ok" {
		return "", err
	}
	return "the file is damaged: " + strings.Join(found, "; "), nil
}

// record is one row of any table of the record.
type record struct {
	table string
	row   []column
	seq   int64
	hash  []byte
}

// name says which record it is, without saying whose.
func (r *record) name() string {
	what := fmt.Sprintf("record %d (%s", r.seq, r.table)
	for _, c := range r.row {
		if c.value != nil && (c.name == "check_id" || c.name == "patient_id" || c.name == "follow_up_id" || c.name == "version") {
			what += fmt.Sprintf(", %s %v", c.name, c.value)
		}
	}
	return what + ")"
}

// walkStep is how many records are in memory at a time.
const walkStep = 2000

func walk(ctx context.Context, q querier, v *Verdict) (string, error) {
	type head struct {
		seq  int64
		hash []byte
	}
	heads, err := all(ctx, q, func(rows *sql.Rows) (h head, err error) {
		err = rows.Scan(&h.seq, &h.hash)
		return h, err
	}, `SELECT seq, hash FROM chain`)
	if err != nil {
		return "", err
	}
	if len(heads) != 1 {
		return "the end of the chain is missing: the table chain does not hold its one row", nil
	}
	end := heads[0]
	before := make([]byte, 32)
	v.Head = hex.EncodeToString(before)
	for from := int64(0); from < end.seq; from += walkStep {
		records, err := window(ctx, q, from, min(from+walkStep, end.seq))
		if err != nil {
			return "", err
		}
		for i := range records {
			r := &records[i]
			switch expected := v.Records + 1; {
			case r.seq > expected:
				return fmt.Sprintf("record %d is missing; %s comes next", expected, r.name()), nil
			case r.seq < expected:
				return r.name() + " stands twice", nil
			}
			if !bytes.Equal(chainHash(before, r.table, r.row), r.hash) {
				return r.name() + " does not fit: it, or what came before it, is not what was recorded", nil
			}
			before = r.hash
			v.Records, v.Head = r.seq, hex.EncodeToString(before)
		}
	}
	if v.Records != end.seq {
		return fmt.Sprintf("record %d is missing: the record ends before its chain does", v.Records+1), nil
	}
	if !bytes.Equal(before, end.hash) {
		return fmt.Sprintf("record %d is not the one that the chain ends with", v.Records), nil
	}
	for _, table := range recordTables {
		outside, err := all(ctx, q, func(rows *sql.Rows) (seq int64, err error) {
			err = rows.Scan(&seq)
			return seq, err
		}, `SELECT seq FROM `+table+` WHERE seq < 1 OR seq > $1 ORDER BY seq LIMIT 1`, end.seq)
		if err != nil {
			return "", err
		}
		if len(outside) > 0 {
			return fmt.Sprintf("record %d (%s) stands outside the chain", outside[0], table), nil
		}
	}
	return "", nil
}

// window reads the records numbered above from, up to to, in order.
func window(ctx context.Context, q querier, from, to int64) ([]record, error) {
	var records []record
	for _, table := range recordTables {
		more, err := all(ctx, q, scanRecord(table), `
			SELECT *
			FROM `+table+`
			WHERE seq > $1 AND seq <= $2`, from, to)
		if err != nil {
			return nil, err
		}
		records = append(records, more...)
	}
	slices.SortStableFunc(records, func(a, b record) int { return cmp.Compare(a.seq, b.seq) })
	return records, nil
}

func scanRecord(table string) func(*sql.Rows) (record, error) {
	var names []string
	return func(rows *sql.Rows) (r record, err error) {
		if names == nil {
			if names, err = rows.Columns(); err != nil {
				return r, err
			}
		}
		values := make([]any, len(names))
		dest := make([]any, len(names))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return r, err
		}
		r.table = table
		for i, name := range names {
			switch name {
			case "hash":
				r.hash, _ = values[i].([]byte)
				continue
			case "seq":
				r.seq, _ = values[i].(int64)
			}
			r.row = append(r.row, column{name, values[i]})
		}
		return r, nil
	}
}

// object is a table, index or trigger of the database.
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

// freshSchema is what the tables, indexes and triggers of a log are.
func freshSchema(ctx context.Context) (_ []object, err error) {
	memory := sql.OpenDB(connector{"file::memory:", modeProbe})
	memory.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, memory.Close()) }()
	if err := migrate(ctx, memory); err != nil {
		return nil, err
	}
	return objects(ctx, memory)
}

// sameSchema compares the objects of the log whose names begin with kind.
func sameSchema(ctx context.Context, q querier, want []object, kind string) (string, error) {
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

// derived compares the tables that are derived from the record with it.
func derived(ctx context.Context, q querier) (string, error) {
	for _, d := range []struct{ table, stored, computed string }{
		{"patient_now", `
			SELECT patient_id, seq, mrn, on_ward
			FROM patient_now`, `
			SELECT patient_id, seq, mrn, discharged_at IS NULL
			FROM patient p
			WHERE NOT EXISTS (SELECT 1 FROM patient l WHERE l.patient_id = p.patient_id AND l.version = p.version + 1)`},
		{"follow_up_open", `
			SELECT follow_up_id, patient_id
			FROM follow_up_open`, `
			SELECT follow_up_id, patient_id
			FROM follow_up o
			WHERE o.event = 'opened'
				AND NOT EXISTS (SELECT 1 FROM follow_up c WHERE c.follow_up_id = o.follow_up_id AND c.event = 'closed')`},
	} {
		for _, difference := range []string{
			d.stored + " EXCEPT " + d.computed,
			d.computed + " EXCEPT " + d.stored,
		} {
			found, err := all(ctx, q, func(rows *sql.Rows) (int64, error) { return 0, nil }, difference+" LIMIT 1")
			if err != nil {
				return "", err
			}
			if len(found) > 0 {
				return "the table " + d.table + " does not agree with the record", nil
			}
		}
	}
	return "", nil
}

// Head returns the number and the hash, in hexadecimal, of the last record.
func (s *Store) Head(ctx context.Context) (seq int64, hash string, err error) {
	seq, hash, err = headOf(ctx, s.reader)
	return seq, hash, explain(s.path, err)
}

func headOf(ctx context.Context, q querier) (seq int64, hash string, err error) {
	_, err = one(ctx, q, "the log has no chain", func(rows *sql.Rows) (none struct{}, err error) {
		var sum []byte
		err = rows.Scan(&seq, &sum)
		hash = hex.EncodeToString(sum)
		return none, err
	}, `SELECT seq, hash FROM chain WHERE id = 1`)
	return seq, hash, err
}
