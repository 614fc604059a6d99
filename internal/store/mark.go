package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/ward"
)

// A log in a file has a mark beside it: the end of the record that was acknowledged last. See
// package sqlite.

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
		lost = ward.UnavailableFor(ward.LogRolledBack, fmt.Sprintf("%s lost its newest records: %s; %s. To go on with it as it is, an administrator runs neurocheck verify --accept --reason TEXT --by NAME", path, words, sqlite.RecoveryHint(path)))
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
