package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/ward"
)

// A log in a file has a mark beside it: the end of the record that was acknowledged last. See
// package sqlite.

// originOf returns the hash of the first record in hexadecimal, empty if there is none.
func originOf(ctx context.Context, q engine.Querier) (string, error) {
	first := "SELECT hash FROM " + strings.Join(recordTables, " WHERE seq = 1 UNION ALL SELECT hash FROM ") + " WHERE seq = 1"
	sums, err := engine.All(ctx, q, engine.Scan[[]byte], first)
	if err != nil || len(sums) == 0 {
		return "", err
	}
	return hex.EncodeToString(sums[0]), nil
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
func (s *Store) endOf(ctx context.Context, q engine.Querier) (e engine.End, err error) {
	known := s.origin.Load()
	if known == nil {
		if e, err = endOf(ctx, q); e.Origin != "" {
			s.origin.Store(&e.Origin)
		}
		return e, err
	}
	e.Seq, e.Hash, err = headOf(ctx, q)
	e.Origin = *known
	return e, err
}

// compareMark compares the log with its mark, and returns an error of its own if the log
// lost its newest records: then nothing can be recorded until an administrator accepts the
// log, see [Accept].
func (s *Store) compareMark(ctx context.Context) (lost, err error) {
	last, found, err := s.file.Mark() // before the log is read, which then has that record or later ones
	if err != nil {
		return nil, err
	}
	now, err := s.endOf(ctx, s.db.Pool())
	recorded := now.Seq > 0
	if ward.KindOf(err) == ward.KindNotFound { // it has no end, which verify says
		now, recorded, err = engine.End{}, true, nil
	}
	if err != nil {
		return nil, err
	}
	if !found {
		s.unmarked.Store(recorded && sqlite.KeepsMarks)
		return nil, nil
	}
	words, err := lostSince(ctx, s.db.Pool(), last, now)
	if err == nil && words != "" {
		path := s.Path()
		lost = ward.UnavailableFor(ward.LogRolledBack, fmt.Sprintf("%s lost its newest records: %s; %s. To go on with it as it is, an administrator runs neurocheck verify --accept --reason TEXT --by NAME", path, words, RecoveryHint(path)))
	}
	return lost, err
}

// lostSince says the difference between a log and the mark of its last record, or nothing
// if the log has that record.
func lostSince(ctx context.Context, q engine.Querier, last, now engine.End) (string, error) {
	switch {
	case now.Seq > 0 && now.Origin != last.Origin:
		return "it is another log than the one that was written here last", nil
	case now.Seq+1 == last.Seq:
		return fmt.Sprintf("record %d, which was saved, is lost", last.Seq), nil
	case now.Seq < last.Seq:
		return fmt.Sprintf("records %d to %d, which were saved, are lost", now.Seq+1, last.Seq), nil
	}
	there, err := recordAt(ctx, q, last.Seq)
	if ward.KindOf(err) == ward.KindUnavailable {
		err = nil // it is missing
	}
	hash, _ := hex.DecodeString(last.Hash)
	if err != nil || bytes.Equal(there.hash, hash) {
		return "", err
	}
	return fmt.Sprintf("record %d is not the one that was saved", last.Seq), nil
}

// Accept lets a log that lost its newest records, or that replaced another one, be
// written again as it is. It records the act and the reason of its author, who must be an
// administrator, and returns [ward.KindConflict] if the log lost nothing.
func Accept(ctx context.Context, path string, sig ward.Signature, reason string) (err error) {
	reason = ward.CleanLine(reason)
	if reason == "" {
		return ward.Invalid("reason", "missing: say why the log is used as it is")
	}
	s, err := open(ctx, path, sqlite.Open, func(*sqlite.Log, error) error { return nil })
	if err != nil {
		return err
	}
	defer func() {
		if closed := s.Close(); err == nil {
			err = closed
		}
	}()
	if s.lost == nil {
		if trouble := s.Trouble(); trouble != nil {
			return trouble
		}
		return ward.Conflict(s.Path() + " lost no record that was saved here; there is nothing to accept")
	}
	last, _, err := s.file.Mark()
	if err != nil {
		return err
	}
	return s.do(ctx, sig, ward.MayAdminister, "accept", []any{reason}, func(w *tx) error {
		return w.note(ctx, ward.AuditEvent{Event: ward.LogAccepted, About: fmt.Sprintf("record %d was the last before", last.Seq), Detail: reason})
	})
}

// markMissing records that no mark was found, if this is the first save since. It returns
// nil if another process has written the mark meanwhile.
func (s *Store) markMissing(ctx context.Context, w *tx) error {
	if !s.unmarked.Load() {
		return nil
	}
	if _, found, err := s.file.Mark(); err != nil || found {
		return err
	}
	return w.note(ctx, ward.AuditEvent{Event: ward.MarkMissing, Detail: "the newest records may be lost"})
}
