package store

import (
	"context"
	"database/sql"
	"slices"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// followUpQuery puts the events of a follow-up together; it is completed by a
// WHERE on o, the row that opened it.
const followUpQuery = `
	SELECT o.follow_up_id, o.patient_id, o.check_id, o.flag, o.at, o.at_offset, o.author,
		a.at, a.at_offset, coalesce(a.author, ''),
		c.at, c.at_offset, coalesce(c.author, ''), coalesce(c.outcome, ''), coalesce(c.note, '')
	FROM follow_up o
	LEFT JOIN follow_up a ON a.follow_up_id = o.follow_up_id AND a.event = 'acknowledged'
	LEFT JOIN follow_up c ON c.follow_up_id = o.follow_up_id AND c.event = 'closed'`

func scanFollowUp(rows *sql.Rows) (ward.FollowUp, error) {
	var f ward.FollowUp
	var flag string
	var at, atOff, acked, ackedOff, closed, closedOff sql.NullInt64
	err := rows.Scan(&f.ID, &f.PatientID, &f.CheckID, &flag, &at, &atOff, &f.Opened.By,
		&acked, &ackedOff, &f.Acked.By,
		&closed, &closedOff, &f.Closed.By, &f.Outcome, &f.Note)
	f.Level, _ = icans.ParseFlag(flag)
	f.Opened.At = fromMoment(at, atOff)
	f.Acked.At = fromMoment(acked, ackedOff)
	f.Closed.At = fromMoment(closed, closedOff)
	return f, err
}

// openFollowUp opens a follow-up for a flagged check, unless one as pressing is
// open for it.
func (w *tx) openFollowUp(ctx context.Context, c *ward.Check) error {
	open, err := all(ctx, w.sql, scanFollowUp, followUpQuery+`
		WHERE o.event = 'opened' AND o.check_id = $1 AND o.patient_id = $2 AND c.seq IS NULL`, c.ID, c.PatientID)
	if err != nil || slices.ContainsFunc(open, func(f ward.FollowUp) bool { return f.Level >= c.Result.Flag }) {
		return err
	}
	_, err = w.putFollowUp(ctx, c)
	return err
}

// putFollowUp opens a follow-up for a flagged check and returns its ID.
func (w *tx) putFollowUp(ctx context.Context, c *ward.Check) (id int64, err error) {
	id, err = w.append(ctx, "follow_up",
		column{"follow_up_id", ownSeq},
		column{"event", "opened"},
		column{"patient_id", c.PatientID},
		column{"check_id", c.ID},
		column{"flag", c.Result.Flag.Code()},
		column{"outcome", nil},
		column{"note", nil},
	)
	if err != nil {
		return 0, err
	}
	return id, w.inserts.run(ctx, `
		INSERT INTO follow_up_open (follow_up_id, patient_id)
		VALUES (?1, ?2)`, id, c.PatientID)
}

// Acknowledge records that somebody has taken a follow-up. It answers with
// [ward.KindConflict] where somebody else has, or where it is closed.
func (s *Store) Acknowledge(ctx context.Context, sig ward.Signature, id int64) error {
	return s.write(ctx, sig, func(t *tx) error {
		f, err := t.followUp(ctx, id)
		switch {
		case err != nil:
			return err
		case !f.IsOpen():
			return ward.Conflict("this follow-up is closed already")
		case f.Acked.Done():
			return ward.Conflict("this follow-up was acknowledged by " + f.Acked.By)
		}
		return t.followUpEvent(ctx, f, "acknowledged", "", "")
	})
}

// CloseFollowUp closes an acknowledged follow-up with an outcome and a note. It
// answers as [ward.FollowUp.Close] does.
func (s *Store) CloseFollowUp(ctx context.Context, sig ward.Signature, id int64, outcome, note string) error {
	note = ward.CleanLine(note)
	return s.write(ctx, sig, func(t *tx) error {
		f, err := t.followUp(ctx, id)
		if err != nil {
			return err
		}
		by, err := t.staffMember(ctx, sig.By)
		if err != nil {
			return err
		}
		if err := f.Close(by, outcome, note); err != nil {
			return err
		}
		return t.putClosed(ctx, f, outcome, note)
	})
}

func (w *tx) putClosed(ctx context.Context, f ward.FollowUp, outcome, note string) error {
	if err := w.followUpEvent(ctx, f, "closed", outcome, note); err != nil {
		return err
	}
	return w.exec(ctx, `DELETE FROM follow_up_open WHERE follow_up_id = $1`, f.ID)
}

func (w *tx) followUp(ctx context.Context, id int64) (ward.FollowUp, error) {
	return one(ctx, w.sql, "there is no such follow-up", scanFollowUp, followUpQuery+`
		WHERE o.event = 'opened' AND o.follow_up_id = $1`, id)
}

func (w *tx) followUpEvent(ctx context.Context, f ward.FollowUp, event, outcome, note string) error {
	_, err := w.append(ctx, "follow_up",
		column{"follow_up_id", f.ID},
		column{"event", event},
		column{"patient_id", f.PatientID},
		column{"check_id", f.CheckID},
		column{"flag", nil},
		column{"outcome", text(outcome)},
		column{"note", text(note)},
	)
	return err
}
