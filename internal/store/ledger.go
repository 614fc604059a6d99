package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"maps"
	"regexp"
	"slices"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Damage must not be shown as truth. A record is compared with its row hash when it is
// read; but the tables that are derived from the record have no hash, and a patient whom
// they lose is missed without a word. So the first reading of a store derives those that
// every reading rests on anew, from the whole of their records, and each reading of a
// patient compares the rest: see [reader.allRead] and [reader.currentChecksAgree].

// sound derives the tables of the patients, stays and open follow-ups anew, unless an
// earlier reading of this store has done so.
func (s *Store) sound(ctx context.Context, in reader) error {
	if s.derived.Load() {
		return nil
	}
	if err := askAhead(ctx, in.q, in, askLedger); err != nil {
		return err
	}
	err := in.endFits(ctx)
	if err != nil {
		return err
	}
	l, err := in.ledger(ctx)
	if err == nil {
		err = l.compare(ctx, in)
	}
	if err == nil {
		s.derived.Store(true)
	}
	return err
}

// endFits returns an error unless the end of the chain is the last record, and the first
// record begins the chain: exports print the hashes of both.
func (in reader) endFits(ctx context.Context) error {
	seq, hash, err := headOf(ctx, in.q)
	if err != nil || seq == 0 {
		return err
	}
	last, err := recordAt(ctx, in.q, seq)
	if err == nil && hex.EncodeToString(last.hash) != hash {
		err = disagrees("chain", seq)
	}
	if err != nil {
		return err
	}
	first, err := recordAt(ctx, in.q, 1)
	if before := make([]byte, sha256.Size); err == nil && !bytes.Equal(first.hash, sum(chained(before, first.rowHash))) {
		err = engine.Unreadable("record 1", errDisagrees) // an export names the log by it
	}
	return err
}

func sum(hash [sha256.Size]byte) []byte { return hash[:] }

// recordNamed matches the name of a record.
var recordNamed = regexp.MustCompile(`record \d`)

// named turns an error of reading into one for a person. If the log is damaged and the
// error names no record, it verifies the log to name the first that does not fit.
func (s *Store) named(ctx context.Context, err error) error {
	err = s.explain(err)
	if ward.TroubleOf(err) != ward.LogDamaged || recordNamed.MatchString(err.Error()) {
		return err
	}
	if v, failed := s.VerifyWith(ctx, Verification{}); failed == nil && v.Misfit != "" {
		return s.explain(engine.Damage{Words: v.Misfit})
	}
	return err
}

// ledger is the rows of the derived tables as the record makes them.
type ledger struct {
	patients  map[int64]patientRow
	stays     map[int64]stayRow
	followUps map[int64]int64 // the open ones, with their patients
}

type patientRow struct{ id, seq, survivor int64 }

type stayRow struct {
	id, seq, patient, admitted int64
	ended                      sql.NullInt64
	withdrawn, onWard          bool
}

// wholeTable reads all records of a table, and compares their number with the count.
func wholeTable[T any](ctx context.Context, in reader, table string, decode func(*row) T) ([]T, error) {
	list, err := records(ctx, in, table, decode, `ORDER BY r.seq`)
	if err != nil {
		return nil, err
	}
	total, err := chainCounts(ctx, in.q)
	if err != nil {
		return nil, err
	}
	return list, hidden(total, table, len(list))
}

// ledger reads the records that every reading rests on. The staff is not among them: see
// [roster].
func (in reader) ledger(ctx context.Context) (*ledger, error) {
	l := &ledger{make(map[int64]patientRow), make(map[int64]stayRow), make(map[int64]int64)}
	for _, table := range []string{"ward", "seat", "settings"} {
		if _, err := wholeTable(ctx, in, table, func(*row) (none struct{}) { return none }); err != nil {
			return nil, err
		}
	}
	_, err := wholeTable(ctx, in, "patient", func(r *row) (none struct{}) {
		id := r.number("patient_id")
		l.patients[id] = patientRow{id, r.number("seq"), id}
		return none
	})
	if err != nil {
		return nil, err
	}
	if err := l.link(ctx, in); err != nil {
		return nil, err
	}
	_, err = wholeTable(ctx, in, "stay", func(r *row) (none struct{}) {
		row := stayRow{
			id: r.number("stay_id"), seq: r.number("seq"), patient: r.number("patient_id"), admitted: r.number("admitted_at"),
			ended: sql.NullInt64{Int64: r.number("discharged_at"), Valid: !r.isNull("discharged_at")}, withdrawn: r.text("status") == string(ward.Withdrawn),
		}
		row.onWard = !row.withdrawn && (!row.ended.Valid || r.flag("end_unconfirmed"))
		if !row.ended.Valid {
			row.ended.Int64 = 0
		}
		l.stays[row.id] = row
		return none
	})
	if err != nil {
		return nil, err
	}
	_, err = wholeTable(ctx, in, "follow_up", func(r *row) (none struct{}) {
		switch id := r.number("follow_up_id"); r.text("event") {
		case followUpOpened:
			l.followUps[id] = r.number("patient_id")
		case followUpClosed:
			delete(l.followUps, id)
		}
		return none
	})
	return l, err
}

func askLedger(ctx context.Context, in reader) {
	_, _, _ = headOf(ctx, in.q)
	if l, err := in.ledger(ctx); err == nil {
		_ = l.compare(ctx, in)
	}
}

// link links the patients of the ledger.
func (l *ledger) link(ctx context.Context, in reader) error {
	if _, err := wholeTable(ctx, in, "patient_link", decodeLink); err != nil {
		return err
	}
	links, err := in.activeLinks(ctx)
	for id, p := range l.patients {
		p.survivor = end(links, id)
		l.patients[id] = p
	}
	return err
}

// compare compares the ledger with the derived tables.
func (l *ledger) compare(ctx context.Context, in reader) error {
	patients, err := engine.All(ctx, in.q, func(rows engine.Results) (p patientRow, err error) {
		err = rows.Scan(&p.id, &p.seq, &p.survivor)
		return p, err
	}, `SELECT patient_id, seq, survivor_id FROM patient_now`)
	if err == nil {
		err = agree("patient_now", l.patients, patients, func(p patientRow) (int64, int64) { return p.id, p.id })
	}
	if err != nil {
		return err
	}
	stays, err := engine.All(ctx, in.q, func(rows engine.Results) (s stayRow, err error) {
		err = rows.Scan(&s.id, &s.seq, &s.patient, &s.admitted, &s.ended, &s.withdrawn, &s.onWard)
		return s, err
	}, `SELECT stay_id, seq, patient_id, admitted_at, ended_at, withdrawn = 1, on_ward = 1 FROM stay_now`)
	if err == nil {
		err = agree("stay_now", l.stays, stays, func(s stayRow) (int64, int64) { return s.id, s.seq })
	}
	if err != nil {
		return err
	}
	type open struct{ id, patient int64 }
	wanted := make(map[int64]open, len(l.followUps))
	for id, patient := range l.followUps {
		wanted[id] = open{id, patient}
	}
	followUps, err := engine.All(ctx, in.q, func(rows engine.Results) (f open, err error) {
		err = rows.Scan(&f.id, &f.patient)
		return f, err
	}, `SELECT follow_up_id, patient_id FROM follow_up_open`)
	if err == nil {
		err = agree("follow_up_open", wanted, followUps, func(f open) (int64, int64) { return f.id, f.id })
	}
	if err != nil {
		return err
	}
	return l.compareBoard(ctx, in)
}

// agree returns an error unless the rows of a derived table are those that are wanted. of
// returns the key of a row, and the record from which it is derived.
func agree[T comparable](table string, wanted map[int64]T, rows []T, of func(T) (key, seq int64)) error {
	found := make(map[int64]bool, len(rows))
	for _, row := range rows {
		key, seq := of(row)
		if found[key] || wanted[key] != row {
			return disagrees(table, seq)
		}
		found[key] = true
	}
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		if !found[key] {
			_, seq := of(wanted[key])
			return disagrees(table, seq)
		}
	}
	return nil
}

// compareBoard compares the patients of the board as an index finds them with the ledger.
func (l *ledger) compareBoard(ctx context.Context, in reader) error {
	shown := make(map[int64]bool)
	for _, s := range l.stays {
		if s.onWard {
			shown[l.patients[s.patient].survivor] = true
		}
	}
	for _, patient := range l.followUps {
		shown[l.patients[patient].survivor] = true
	}
	wanted := make(map[int64]int64)
	for id, p := range l.patients {
		if shown[p.survivor] {
			wanted[id] = id
		}
	}
	found, err := engine.All(ctx, in.q, engine.Scan[int64], onBoard)
	if err != nil {
		return err
	}
	return agree("stay_now", wanted, found, func(id int64) (int64, int64) { return id, id })
}

// read runs fn on a snapshot.
func (s *Store) read(ctx context.Context, fn func(reader) error) error {
	return s.snapshot(ctx, func(q engine.Querier) error {
		in := reader{q: q, tables: s.tables}
		if err := s.sound(ctx, in); err != nil {
			return err
		}
		return fn(in)
	})
}

// onBoard is a query for the patients on the board, with all that are linked as one.
var onBoard = withLinked(`SELECT patient_id FROM stay_now WHERE on_ward = 1
	UNION ALL SELECT patient_id FROM follow_up_open`)
