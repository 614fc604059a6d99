package store

import (
	"context"
	"database/sql"
	"math"
	"time"

	"neurocheck/internal/ward"
)

// Draft is a half-filled form: one for each patient and author. It is not part of the
// record.
type Draft struct {
	PatientID int64
	Author    string
	CheckID   string
	Revision  int64 // rises with every change, so that an older one never replaces a newer one
	Since     time.Time
	Content   string // written and read by the form alone
}

// KeepDraft replaces an older revision of a draft. It ignores a draft of a check that is
// saved already: the save was quicker.
func (s *Store) KeepDraft(ctx context.Context, d Draft) error {
	return explain(s.path, s.begin(ctx, checked, func(_ *sql.Conn, t *sql.Tx) error {
		_, err := t.ExecContext(ctx, numbered(`
			INSERT INTO draft (patient_id, author, check_id, revision, started_at, content)
			SELECT $1, $2, $3, $4, $5, $6
			WHERE NOT EXISTS (SELECT 1 FROM neuro_check WHERE check_id = $3 AND version = 1)
			ON CONFLICT (patient_id, author) DO UPDATE
			SET check_id = excluded.check_id, revision = excluded.revision, content = excluded.content,
				started_at = CASE WHEN excluded.check_id = draft.check_id THEN draft.started_at ELSE excluded.started_at END
			WHERE excluded.check_id <> draft.check_id OR excluded.revision > draft.revision`),
			d.PatientID, d.Author, d.CheckID, d.Revision, d.Since.UnixMilli(), d.Content)
		return err
	}))
}

const draftQuery = `
	SELECT patient_id, author, check_id, revision, started_at, content
	FROM draft
	WHERE content <> '' AND `

func scanDraft(rows *sql.Rows) (d Draft, err error) {
	var since int64
	err = rows.Scan(&d.PatientID, &d.Author, &d.CheckID, &d.Revision, &since, &d.Content)
	d.Since = time.UnixMilli(since)
	return d, err
}

// DraftOf returns the draft of that author for that patient, and whether there is one.
func (s *Store) DraftOf(ctx context.Context, patient int64, author string) (Draft, bool, error) {
	list, err := all(ctx, s.reader, scanDraft, draftQuery+`patient_id = $1 AND author = $2`, patient, author)
	if err != nil || len(list) == 0 {
		return Draft{}, false, explain(s.path, err)
	}
	return list[0], true, nil
}

// Drafts returns the drafts of an author.
func (s *Store) Drafts(ctx context.Context, author string) ([]Draft, error) {
	list, err := all(ctx, s.reader, scanDraft, draftQuery+`author = $1`, author)
	return list, explain(s.path, err)
}

// DropDraft deletes the draft of that author for that patient. Its row stays, so that a
// key still on its way to KeepDraft does not restore it.
func (s *Store) DropDraft(ctx context.Context, patient int64, author string) error {
	return explain(s.path, s.begin(ctx, checked, func(_ *sql.Conn, t *sql.Tx) error {
		_, err := t.ExecContext(ctx, numbered(`
			UPDATE draft
			SET content = '', revision = $3
			WHERE patient_id = $1 AND author = $2`), patient, author, int64(math.MaxInt64))
		return err
	}))
}

// dropDraft deletes the author's draft of a saved check. A draft of another check of
// that patient stays.
func (w *tx) dropDraft(ctx context.Context, c *ward.Check) error {
	return w.exec(ctx, `
		DELETE FROM draft
		WHERE patient_id = $1 AND author = $2 AND check_id = $3`, c.PatientID, w.sig.By, c.ID)
}
