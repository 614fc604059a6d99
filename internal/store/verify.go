package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"neurocheck/internal/ward"
)

// Verification says what [Store.VerifyWith] is to look for and tell.
type Verification struct {
	// Heads are hashes of records that were noted earlier, as [ParseHead]
	// returns them.
	Heads []string
	// Progress, where it is set, is called from time to time with how many of
	// all records have been read.
	Progress func(done, total int64)
}

// Verdict is what Verify found.
type Verdict struct {
	Records int64  // that fit, from the first
	Head    string // hash of the last of them, in hexadecimal
	// Misfit says what does not fit, naming the first record that does not;
	// empty where the record is whole.
	Misfit string
	// Noted are the heads that were asked about, in the order of the asking.
	Noted []Noted
}

// Noted is a head that was noted earlier, and the record whose hash it is, among
// those that fit.
type Noted struct {
	Head   string // as it was asked
	Seq    int64  // 0 where it is part of the record no more, or never was
	Record string // which record, without saying whose
	At     time.Time
}

// Found reports whether the head is still part of the record.
func (n Noted) Found() bool { return n.Seq > 0 }

// The digits of a head: all of them, or the first ones at the least.
const (
	leastDigits = 16
	mostDigits  = 64
)

// ParseHead reads a head as somebody noted it: the whole hash, or its first 16
// or more digits. It answers with [ward.KindInvalid] for anything else, and for
// the zeros that stand before the first record and prove nothing.
func ParseHead(text string) (string, error) {
	head := strings.ToLower(strings.TrimSpace(text))
	other := func(r rune) bool { return !strings.ContainsRune("0123456789abcdef", r) }
	switch {
	case len(head) < leastDigits || len(head) > mostDigits || strings.ContainsFunc(head, other):
		return "", ward.Invalid("head", fmt.Sprintf("no head; it is %d digits from 0 to f, or the first %d or more of them", mostDigits, leastDigits))
	case strings.Trim(head, "0") == "":
		return "", ward.Invalid("head", "that is the head of an empty record, which is part of every one")
	}
	return head, nil
}

// recordTables are the tables of the record: the chain runs over all of them.
var recordTables = []string{
	"ward", "staff", "patient", "neuro_check", "follow_up",
	"schedule_order", "symptom", "intervention", "reevaluation", "follow_up_item",
	"credential", "audit_event", "settings",
}

// Verify walks the whole record and reports the first thing that does not fit:
// its tables, the chain over its records (see schema/CHAIN.md) and the grades in
// them, the file itself, its indexes and triggers, the tables that are derived
// from the record, and what its rows refer to. The chain comes before the file,
// because it can name the record. An error means that the log could not be read,
// not that it is not whole.
func (s *Store) Verify(ctx context.Context) (Verdict, error) {
	return s.VerifyWith(ctx, Verification{})
}

// VerifyWith is [Store.Verify] that also looks for heads noted earlier, and tells
// how far it is. It reads on as many connections as the machine has processors,
// up to four.
func (s *Store) VerifyWith(ctx context.Context, o Verification) (v Verdict, err error) {
	v.Head = strings.Repeat("0", mostDigits)
	v.Noted = make([]Noted, len(o.Heads))
	for i, head := range o.Heads {
		v.Noted[i].Head = head
	}
	err = s.verify(ctx, o, &v)
	return v, explain(s.path, err)
}

func (s *Store) verify(ctx context.Context, o Verification, v *Verdict) error {
	want, err := freshSchema(ctx)
	if err != nil {
		return err
	}
	// What reads the record relies on its tables.
	if v.Misfit, err = sameSchema(ctx, s.reader, want, "table "); err != nil || v.Misfit != "" {
		return v.damaged(err)
	}
	return s.onViews(ctx, min(runtime.GOMAXPROCS(0), 4), func(conns []*sql.Conn, ends []end) error {
		if len(ends) != 1 {
			v.Misfit = "the end of the chain is missing: the table chain does not hold its one row"
			return nil
		}
		walk := newWalk(ends[0], o)
		looks := []look{ // the longest first
			wholeFile,
			func(ctx context.Context, q querier) (string, error) { return sameSchema(ctx, q, want, "") },
			derived,
			references,
		}
		found := inParallel(ctx, conns, walk, looks)
		if err := walk.verdict(ctx, conns[0], v); err != nil || v.Misfit != "" {
			return v.damaged(err)
		}
		for _, f := range found {
			if v.Misfit = f.misfit; f.err != nil || f.misfit != "" {
				return v.damaged(f.err)
			}
		}
		return ctx.Err()
	})
}

// damaged puts what SQLite says of a damaged file into the verdict.
func (v *Verdict) damaged(err error) error {
	if cause(err) != causeDamaged {
		return err
	}
	v.Misfit = fmt.Sprintf("the file is damaged, somewhere behind record %d", v.Records)
	return nil
}

// A look is one way to look at the whole log; it says what does not fit.
type look func(ctx context.Context, q querier) (misfit string, err error)

// found is what a look found.
type found struct {
	misfit string
	err    error
}

// inParallel shares the walk and the looks among the connections.
func inParallel(ctx context.Context, conns []*sql.Conn, w *walk, looks []look) []found {
	all := make([]found, len(looks))
	next := make(chan int, len(looks))
	for i := range looks {
		next <- i
	}
	close(next)
	var working sync.WaitGroup
	for _, conn := range conns {
		working.Go(func() {
			for i := range next {
				all[i].misfit, all[i].err = looks[i](ctx, conn)
			}
			w.read(ctx, conn)
		})
	}
	working.Wait()
	return all
}

func scanText(rows *sql.Rows) (s string, err error) {
	err = rows.Scan(&s)
	return s, err
}

// wholeFile looks at the pages of the file, its indexes, and the words in its
// rows. Those of the checks are left to the walk: SQLite takes eight times as
// long over their rules as over all the rest.
func wholeFile(ctx context.Context, q querier) (string, error) {
	if misfit, err := integrity(ctx, q, "PRAGMA ignore_check_constraints = on", "1"); err != nil || misfit != "" {
		return misfit, err
	}
	for _, table := range recordTables {
		if table == checkTable {
			continue
		}
		if misfit, err := integrity(ctx, q, "PRAGMA ignore_check_constraints = off", table); err != nil || misfit != "" {
			return misfit, err
		}
	}
	return "", nil
}

func integrity(ctx context.Context, q querier, rules, what string) (string, error) {
	if _, err := all(ctx, q, scanText, rules); err != nil {
		return "", err
	}
	found, err := all(ctx, q, scanText, `PRAGMA integrity_check(`+what+`)`)
	if err != nil || len(found) == 1 && found[0] == "ok" {
		return "", err
	}
	return "the file is damaged: " + strings.Join(found[:min(len(found), 1)], ""), nil
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

// references looks for rows that refer to a row that is not there.
func references(ctx context.Context, q querier) (string, error) {
	type broken struct {
		table, parent string
		row           sql.NullInt64
	}
	list, err := all(ctx, q, func(rows *sql.Rows) (b broken, err error) {
		err = rows.Scan(&b.table, &b.row, &b.parent)
		return b, err
	}, `SELECT "table", rowid, parent FROM pragma_foreign_key_check LIMIT 1`)
	if err != nil || len(list) == 0 {
		return "", err
	}
	b := list[0]
	from := "a row of the table " + b.table
	if slices.Contains(recordTables, b.table) {
		r, err := one(ctx, q, "", scanRecord(b.table), `SELECT * FROM `+b.table+` WHERE seq = $1`, b.row.Int64)
		if err != nil {
			return "", err
		}
		from = r.name()
	}
	return from + " refers to a row of the table " + b.parent + " that is not there", nil
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
