package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"neurocheck/internal/ward"
)

// mark says which record of which log was acknowledged last. It is written into the
// file of the queue after the record is on disk, and so never runs ahead of the log. A log
// that does not have that record has lost it with its write-ahead log, which SQLite
// silently drops from the first damaged page on; or an older copy, or another log, has
// replaced it.
type mark struct {
	origin string // hash of the first record, in hexadecimal: it distinguishes a log and its copies from all others
	seq    int64  // of the last record
	hash   string // of that record
}

// line returns the mark as one line, always of the same length. It ends with a checksum
// that a half-written line does not have.
func (m mark) line() string {
	line := fmt.Sprintf("%64s %019d %64s", m.origin, m.seq, m.hash)
	sum := sha256.Sum256([]byte(line))
	return line + " " + hex.EncodeToString(sum[:8]) + "\n"
}

// readMark returns the mark in the file of the queue. found is false if there is none,
// or if the file has something else.
func readMark(queue string) (m mark, found bool, err error) {
	content, err := readSide(queue)
	if err != nil {
		return m, false, err
	}
	words := strings.Fields(string(content))
	if len(words) != 4 {
		return m, false, nil
	}
	m.origin, m.hash = words[0], words[2]
	if _, err := fmt.Sscanf(words[1], "%d", &m.seq); err != nil {
		return m, false, nil
	}
	return m, string(content) == m.line(), nil
}

// writeMark writes the mark into the file of the queue.
func writeMark(file *os.File, m mark) error {
	line := m.line()
	if _, err := file.WriteAt([]byte(line), 0); err != nil {
		return err
	}
	if info, err := file.Stat(); err != nil || info.Size() == int64(len(line)) {
		return err
	}
	return file.Truncate(int64(len(line)))
}

// originOf returns the hash of the first record in hexadecimal, empty if there is none.
func originOf(ctx context.Context, q querier) (string, error) {
	first := "SELECT hash FROM " + strings.Join(recordTables, " WHERE seq = 1 UNION ALL SELECT hash FROM ") + " WHERE seq = 1"
	sums, err := all(ctx, q, scanBytes, first)
	if err != nil || len(sums) == 0 {
		return "", err
	}
	return hex.EncodeToString(sums[0]), nil
}

// markOf returns the mark of a log as it is: ok is false if it has no record.
func (s *Store) markOf(ctx context.Context, q querier) (m mark, ok bool, err error) {
	if m.seq, m.hash, err = headOf(ctx, q); err != nil || m.seq < 1 {
		return m, false, err
	}
	known := s.origin.Load()
	if known == nil {
		origin, err := originOf(ctx, q)
		if err != nil || origin == "" {
			return m, false, err
		}
		known = &origin
		s.origin.Store(known)
	}
	m.origin = *known
	return m, true, nil
}

// compareMark compares the log with its mark. If they disagree nothing can be recorded
// until an administrator accepts the log: see [Accept].
func (s *Store) compareMark(ctx context.Context) error {
	last, found, err := readMark(s.queue) // before the log is read, which then has that record or later ones
	if err != nil {
		return err
	}
	now, ok, err := s.markOf(ctx, s.reader)
	if ward.KindOf(err) == ward.KindNotFound { // it has no end, which verify says
		now, ok, err = mark{}, true, nil
	}
	if err != nil {
		return err
	}
	if !found {
		s.unmarked.Store(ok && keepsMarks)
		return nil
	}
	lost, err := s.lost(ctx, last, now)
	if err == nil && lost != "" {
		s.trouble = ward.UnavailableFor(ward.LogRolledBack, fmt.Sprintf("%s lost its newest records: %s; %s. To go on with it as it is, an administrator runs neurocheck verify --accept --reason TEXT --by NAME", s.path, lost, WayBack(s.path)))
	}
	return err
}

// lost says the difference between a log and the mark of its last record, or nothing if
// the log has that record.
func (s *Store) lost(ctx context.Context, last, now mark) (string, error) {
	switch {
	case now.seq > 0 && now.origin != last.origin:
		return "it is another log than the one that was written here last", nil
	case now.seq+1 == last.seq:
		return fmt.Sprintf("record %d, which was saved, is lost", last.seq), nil
	case now.seq < last.seq:
		return fmt.Sprintf("records %d to %d, which were saved, are lost", now.seq+1, last.seq), nil
	}
	there, err := recordAt(ctx, s.reader, last.seq)
	if ward.KindOf(err) == ward.KindUnavailable {
		err = nil // it is missing
	}
	hash, _ := hex.DecodeString(last.hash)
	if err != nil || bytes.Equal(there.hash, hash) {
		return "", err
	}
	return fmt.Sprintf("record %d is not the one that was saved", last.seq), nil
}

// Accept lets a log that lost its newest records, or that replaced another one, be
// written again as it is. It records the act and the reason of its author, who must be an
// administrator, and returns [ward.KindConflict] if the log lost nothing.
func Accept(ctx context.Context, path string, sig ward.Signature, reason string) (err error) {
	reason = ward.CleanLine(reason)
	if reason == "" {
		return ward.Invalid("reason", "missing: say why the log is used as it is")
	}
	s, err := open(ctx, path, true)
	if err != nil {
		return err
	}
	defer func() {
		if closed := s.Close(); err == nil {
			err = closed
		}
	}()
	if t := ward.TroubleOf(s.trouble); t != ward.LogRolledBack {
		if s.trouble != nil {
			return s.trouble
		}
		return ward.Conflict(s.path + " lost no record that was saved here; there is nothing to accept")
	}
	last, _, err := readMark(s.queue)
	if err != nil {
		return err
	}
	s.trouble = nil
	return s.do(ctx, sig, ward.MayAdminister, "accept", []any{reason}, func(w *tx) error {
		return w.note(ctx, ward.AuditEvent{Event: ward.LogAccepted, About: fmt.Sprintf("record %d was the last before", last.seq), Detail: reason})
	})
}

// markMissing records that no mark was found, if this is the first save since. It returns
// nil if another process has written the mark meanwhile.
func (s *Store) markMissing(ctx context.Context, w *tx) error {
	if !s.unmarked.Load() {
		return nil
	}
	if _, found, err := readMark(s.queue); err != nil || found {
		return err
	}
	return w.note(ctx, ward.AuditEvent{Event: ward.MarkMissing, Detail: "the newest records may be lost"})
}
