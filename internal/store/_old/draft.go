package store

import (
	"context"
	"database/sql"
	"math"

	"neurocheck/internal/ward"
)

// Draft is a half-filled form: one a patient and author, no part of the record.
type Draft struct {
	PatientID int64
	Author    string
	CheckID   string
	Revision  int64  // rises with every change, so that an older one never writes over a newer
	Content   string // the form's own business
}

// KeepDraft keeps a draft in the place of an older revision of it. A draft of a
// check that is saved already is dropped: the save was quicker.
func (s *Store) KeepDraft(ctx context.Context, d Draft) error {
	return explain(s.path, s.begin(ctx, func(_ *sql.Conn, t *sql.Tx) error {
		_, err := t.ExecContext(ctx, numbered(`
			INSERT INTO draft (patient_id, author, check_id, revision, content)
			SELECT $1, $2, $3, $4, $5
			WHERE NOT EXISTS (SELECT 1 FROM neuro_check WHERE check_id = $3 AND version = 1)
			ON CONFLICT (patient_id, author) DO UPDATE
			SET check_id = excluded.check_id, revision = excluded.revision, content = excluded.content
			WHERE excluded.check_id <> draft.check_id OR excluded.revision > draft.revision`),
			d.PatientID, d.Author, d.CheckID, d.Revision, d.Content)
		return err
	}))
}

// DraftOf returns the draft of that author for that patient, and whether there
// is one.
func (s *Store) DraftOf(ctx context.Context, patient int64, author string) (Draft, bool, error) {
	list, err := drafts(ctx, s.reader, `
		SELECT patient_id, author, check_id, revision, content
		FROM draft
		WHERE patient_id = $1 AND author = $2 AND content <> ''`, patient, author)
	if err != nil || len(list) == 0 {
		return Draft{}, false, explain(s.path, err)
	}
	return list[0], true, nil
}

// Drafts returns the drafts of an author.
func (s *Store) Drafts(ctx context.Context, author string) ([]Draft, error) {
	list, err := drafts(ctx, s.reader, `
		SELECT patient_id, author, check_id, revision, content
		FROM draft
		WHERE author = $1 AND content <> ''`, author)
	return list, explain(s.path, err)
}

func drafts(ctx context.Context, q querier, query string, args ...any) ([]Draft, error) {
	return all(ctx, q, func(rows *sql.Rows) (d Draft, err error) {
		err = rows.Scan(&d.PatientID, &d.Author, &d.CheckID, &d.Revision, &d.Content)
		return d, err
	}, query, args...)
}

// DropDraft throws the draft of that author for that patient away. Its place is
// kept, so that a key still on its way to KeepDraft does not bring it back.
func (s *Store) DropDraft(ctx context.Context, patient int64, author string) error {
	return explain(s.path, s.begin(ctx, func(_ *sql.Conn, t *sql.Tx) error {
		_, err := t.ExecContext(ctx, numbered(`
			UPDATE draft
			SET content = '', revision = $3
			WHERE patient_id = $1 AND author = $2`), patient, author, int64(math.MaxInt64))
		return err
	}))
}

// dropDraft drops the author's draft of a saved check. A draft of another check
// of that patient stays.
func (w *tx) dropDraft(ctx context.Context, c *ward.Check) error {
	return w.exec(ctx, `
		DELETE FROM draft
		WHERE patient_id = $1 AND author = $2 AND check_id = $3`, c.PatientID, w.sig.By, c.ID)
}
