package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Head returns the number and the hash, in hexadecimal, of the last record.
func (s *Store) Head(ctx context.Context) (seq int64, hash string, err error) {
	seq, hash, err = headOf(ctx, s.db.Pool())
	return seq, hash, s.explain(err)
}

func headOf(ctx context.Context, q engine.Querier) (seq int64, hash string, err error) {
	end, err := chainEndOf(ctx, q)
	return end.seq, hex.EncodeToString(end.hash), err
}

// chainEnd is the end of the chain: the number and the hash of the last record.
type chainEnd struct {
	seq  int64
	hash []byte
}

func chainEndOf(ctx context.Context, q engine.Querier) (chainEnd, error) {
	return engine.One(ctx, q, "the log has no chain", scanEnd, `SELECT seq, hash FROM chain WHERE id = 1`)
}

func scanEnd(rows engine.Results) (e chainEnd, err error) {
	err = rows.Scan(&e.seq, &e.hash)
	return e, err
}

// originOf returns the hash of the first record in hexadecimal, empty if there is none.
func originOf(ctx context.Context, q engine.Querier) (string, error) {
	first, err := recordAt(ctx, q, 1)
	if ward.KindOf(err) == ward.KindUnavailable {
		err = nil // it is missing
	}
	return hex.EncodeToString(first.hash), err
}

// endOf returns the end of the record of a log: the zero End if it has no record.
func endOf(ctx context.Context, q engine.Querier) (e engine.End, err error) {
	if e.Seq, e.Hash, err = headOf(ctx, q); err != nil || e.Seq < 1 {
		return engine.End{}, err
	}
	if e.Origin, err = originOf(ctx, q); err != nil || e.Origin == "" {
		return engine.End{}, err
	}
	return e, nil
}

// endOf is the function endOf for this log, whose first record never changes.
func (s *Store) endOf(ctx context.Context, q engine.Querier) (engine.End, error) {
	last, err := chainEndOf(ctx, q)
	if err != nil {
		return engine.End{}, err
	}
	return s.markOf(ctx, q, last)
}

// markOf returns an end of the record with the log that it belongs to: the zero End if there
// is no record.
func (s *Store) markOf(ctx context.Context, q engine.Querier, last chainEnd) (end engine.End, err error) {
	if last.seq < 1 {
		return end, nil
	}
	known := s.origin.Load()
	if known == nil {
		origin, err := originOf(ctx, q)
		if err != nil || origin == "" {
			return end, err
		}
		known = &origin
		s.origin.Store(known)
	}
	return engine.End{Origin: *known, Seq: last.seq, Hash: hex.EncodeToString(last.hash)}, nil
}

// recordEnd is the hashes of a record.
type recordEnd struct{ hash, rowHash []byte }

// likelyTables is the number of tables in which a record mostly is: see searchOrder.
const likelyTables = 2

// searchOrder returns the tables of the record, those first in which the record with that
// number mostly is, whether it is the first or one of the last: on a new connection, one query
// of all tables takes longer than the rest of a short command.
func searchOrder(seq int64) []string {
	likely := []string{"audit_event", checkTable}
	if seq == 1 {
		likely = []string{"ward", "patient"}
	}
	others := slices.DeleteFunc(slices.Clone(recordTables), func(table string) bool { return slices.Contains(likely, table) })
	return append(likely, others...)
}

// recordAt finds the hashes of the record with that number in any of the tables. It does
// not compare the row with them: see [reader.numbered].
func recordAt(ctx context.Context, q engine.Querier, seq int64) (recordEnd, error) {
	order := searchOrder(seq)
	in := func(ctx context.Context, q engine.Querier, tables []string) (found []recordEnd, err error) {
		for _, table := range tables {
			found, err = engine.All(ctx, q, scanRecordEnd, `SELECT hash, row_hash FROM `+table+` WHERE seq = $1`, seq)
			if err != nil || len(found) > 0 {
				break
			}
		}
		return found, err
	}
	found, err := in(ctx, q, order[:likelyTables])
	if err == nil && len(found) == 0 {
		rest := func(ctx context.Context, r reader) { _, _ = in(ctx, r.q, order[likelyTables:]) }
		if err = askAhead(ctx, q, reader{q: q}, rest); err == nil {
			found, err = in(ctx, q, order[likelyTables:])
		}
	}
	switch {
	case err != nil:
		return recordEnd{}, err
	case len(found) == 0:
		return recordEnd{}, ward.Unavailable(lostRecord(seq).Error())
	}
	return found[0], nil
}

func scanRecordEnd(rows engine.Results) (r recordEnd, err error) {
	err = rows.Scan(&r.hash, &r.rowHash)
	return r, err
}

// numbered returns the record with that number, from any of the tables.
func (in reader) numbered(ctx context.Context, seq int64) (r record, err error) {
	for _, table := range searchOrder(seq) {
		l, err := in.tables.of(ctx, in.q, table)
		if err != nil {
			return r, err
		}
		err = eachRecord(ctx, in.q, l, engine.Rows{Where: `r.seq = $1`}, []any{seq}, func(row []engine.Value) error {
			r = recordOf(l, row)
			return nil
		})
		if err != nil || r.table != "" {
			return r, err
		}
	}
	return r, lostRecord(seq)
}

// lostRecord is the error of a record that no table has.
func lostRecord(seq int64) error {
	return engine.Damage{Words: fmt.Sprintf("record %d is missing", seq)}
}
