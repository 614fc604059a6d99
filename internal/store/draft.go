package store

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"strconv"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// The kinds of forms that hold checks, which the board shows to everyone.
const (
	CheckForm  = "check" // of one new check
	PaperSheet = "paper" // of several checks from paper
)

// Draft is a half-filled form: one for each author, kind and subject. It is not part of
// the record.
type Draft struct {
	// Kind is [CheckForm] or the name of a screen. If it is empty, KeepDraft takes
	// CheckForm.
	Kind string
	// Subject names the subject of the form within its kind. The form of a check has none:
	// its patient is enough.
	Subject   string
	PatientID int64 // zero for an admission
	Author    string
	CheckID   string // the check of the form; of another kind, an ID of the form
	Revision  int64  // rises with every change, so that an older one never replaces a newer one
	Since     time.Time
	Content   string // written and read by the form alone
}

// normalize fills the key of the form of a check.
func (d *Draft) normalize() {
	if d.Kind == "" {
		d.Kind = CheckForm
	}
	if d.Kind == CheckForm {
		d.Subject = subjectOf(d.PatientID)
	}
}

// subjectOf returns the subject of a form that is about a patient alone.
func subjectOf(patient int64) string { return strconv.FormatInt(patient, 10) }

// KeepDraft replaces an older revision of a draft. It ignores a draft of a check that is
// saved already: the save was quicker.
func (s *Store) KeepDraft(ctx context.Context, d Draft) error {
	return s.explain(s.keepForm(ctx, func(t engine.Tx) error { return keepDraft(ctx, t, d) }))
}

// keepForm runs do in one write transaction that appends nothing to the record.
func (s *Store) keepForm(ctx context.Context, do func(engine.Tx) error) error {
	return s.begin(ctx, engine.Checked, nil, func(t engine.Tx, last chainEnd) (chainEnd, error) { return last, do(t) })
}

func keepDraft(ctx context.Context, t engine.Tx, d Draft) error {
	d.normalize()
	patient := sql.NullInt64{Int64: d.PatientID, Valid: d.PatientID != 0}
	_, err := t.Exec(ctx, `
		INSERT INTO draft (author, kind, subject, patient_id, check_id, revision, started_at, content)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8
		WHERE NOT EXISTS (SELECT 1 FROM neuro_check WHERE check_id = $5 AND version = 1)
		ON CONFLICT (author, kind, subject) DO UPDATE
		SET check_id = excluded.check_id, revision = excluded.revision, content = excluded.content,
			started_at = CASE WHEN excluded.check_id = draft.check_id THEN draft.started_at ELSE excluded.started_at END
		WHERE excluded.check_id <> draft.check_id OR excluded.revision > draft.revision`,
		d.Author, d.Kind, d.Subject, patient, d.CheckID, d.Revision, d.Since.UnixMilli(), d.Content)
	return err
}

// Claimed is the content of the form of a check that [Store.ClaimCheck] keeps: no answer
// was given yet.
const Claimed = "claimed"

// ClaimCheck keeps an empty form of a check for its author, unless another author than
// those that the caller knows of has a form of that patient open; then it returns that
// author. So two rounds that begin together do not lead two people to one bed. A form that
// the author has open already stays as it is.
func (s *Store) ClaimCheck(ctx context.Context, d Draft, known []string) (other string, err error) {
	d.Kind, d.Content = CheckForm, Claimed
	err = s.keepForm(ctx, func(t engine.Tx) error {
		other = "" // it may run again
		list, err := engine.All(ctx, t, scanDraft, draftQuery+`kind = $1 AND patient_id = $2`, CheckForm, d.PatientID)
		if err != nil {
			return err
		}
		open := false
		for _, o := range list {
			switch {
			case o.Author == d.Author:
				open = true
			case !slices.Contains(known, o.Author):
				other = o.Author
			}
		}
		if open || other != "" {
			return nil
		}
		return keepDraft(ctx, t, d)
	})
	return other, s.explain(err)
}

// ReleaseCheck deletes the form that ClaimCheck kept, unless an answer was given since.
func (s *Store) ReleaseCheck(ctx context.Context, patient int64, author string) error {
	return s.explain(s.keepForm(ctx, func(t engine.Tx) error {
		_, err := t.Exec(ctx, `DELETE FROM draft WHERE author = $1 AND kind = $2 AND subject = $3 AND content = $4`,
			author, CheckForm, subjectOf(patient), Claimed)
		return err
	}))
}

// OpenChecks returns the forms of checks that are open, of all patients and authors. They
// are no records, so that [Store.Changed] does not announce them.
func (s *Store) OpenChecks(ctx context.Context) (open []ward.Draft, err error) {
	list, err := engine.All(ctx, s.db.Pool(), scanDraft, draftQuery+`kind IN ($1, $2) ORDER BY started_at, author, subject`, CheckForm, PaperSheet)
	for _, d := range list {
		open = append(open, d.open())
	}
	return open, s.explain(err)
}

func (d *Draft) open() ward.Draft {
	return ward.Draft{PatientID: d.PatientID, Author: d.Author, CheckID: d.CheckID, Paper: d.Kind == PaperSheet, Since: d.Since}
}

// DraftsChanged returns the patients whose open forms differ between two answers of
// [Store.OpenChecks].
func DraftsChanged(before, after []ward.Draft) (patients []int64) {
	for _, lists := range [][2][]ward.Draft{{before, after}, {after, before}} {
		for _, d := range lists[0] {
			if !slices.Contains(lists[1], d) && !slices.Contains(patients, d.PatientID) {
				patients = append(patients, d.PatientID)
			}
		}
	}
	return patients
}

const draftQuery = `
	SELECT author, kind, subject, patient_id, check_id, revision, started_at, content
	FROM draft
	WHERE content <> '' AND `

func scanDraft(rows engine.Results) (d Draft, err error) {
	var since int64
	var patient sql.NullInt64
	err = rows.Scan(&d.Author, &d.Kind, &d.Subject, &patient, &d.CheckID, &d.Revision, &since, &d.Content)
	d.PatientID, d.Since = patient.Int64, time.UnixMilli(since)
	return d, err
}

// DraftOf returns the form of a check of that author for that patient, and whether there
// is one.
func (s *Store) DraftOf(ctx context.Context, patient int64, author string) (Draft, bool, error) {
	list, err := engine.All(ctx, s.db.Pool(), scanDraft, draftQuery+`author = $1 AND kind = $2 AND subject = $3`, author, CheckForm, subjectOf(patient))
	if err != nil || len(list) == 0 {
		return Draft{}, false, s.explain(err)
	}
	return list[0], true, nil
}

// Drafts returns the drafts of an author, of every kind, the oldest first.
func (s *Store) Drafts(ctx context.Context, author string) ([]Draft, error) {
	list, err := engine.All(ctx, s.db.Pool(), scanDraft, draftQuery+`author = $1 ORDER BY started_at, kind, subject`, author)
	return list, s.explain(err)
}

// DropDraft deletes the form of a check of that author for that patient.
func (s *Store) DropDraft(ctx context.Context, patient int64, author string) error {
	return s.DropForm(ctx, author, CheckForm, subjectOf(patient))
}

// DropForm deletes a draft. Its row stays, so that a key still on its way to KeepDraft
// does not restore it.
func (s *Store) DropForm(ctx context.Context, author, kind, subject string) error {
	return s.explain(s.keepForm(ctx, func(t engine.Tx) error { return dropForm(ctx, t, author, kind, subject) }))
}

func dropForm(ctx context.Context, in interface {
	Exec(context.Context, string, ...any) (int64, error)
}, author, kind, subject string) error {
	_, err := in.Exec(ctx, `
		UPDATE draft
		SET content = '', revision = $4
		WHERE author = $1 AND kind = $2 AND subject = $3`, author, kind, subject, int64(math.MaxInt64))
	return err
}

// dropDraft deletes the drafts of a saved check: the author's own, and the one that it goes
// on with. A draft of another check of that patient stays. [Store.KeepDraft] does not
// restore them, because the check is on record.
func (w *tx) dropDraft(ctx context.Context, c *ward.Check) error {
	return w.inserts.run(ctx, `
		DELETE FROM draft
		WHERE patient_id = $1 AND kind = $2 AND check_id = $3`, c.PatientID, CheckForm, c.ID)
}
