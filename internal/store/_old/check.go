package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// checkColumns selects a version of a check, with whether a later one stands in
// its place.
var checkColumns = func() string {
	names := []string{
		"c.check_id", "c.version", "c.patient_id", "c.status", "coalesce(c.reason, '')", "coalesce(c.reason_note, '')",
		"c.performed_at", "c.performed_offset", "c.recorded_at", "c.recorded_offset", "c.recorded_by",
		"coalesce(c.note, '')", "c.score", "c.grade_low", "c.grade_high", "coalesce(c.drivers, '')", "c.flag", "coalesce(c.flag_reasons, '')",
		"EXISTS (SELECT 1 FROM neuro_check l WHERE l.check_id = c.check_id AND l.version = c.version + 1)",
		"r.flag", "r.flag_reasons", "coalesce(r.because, '')",
	}
	for _, f := range icans.Fields() {
		names = append(names, "c."+f.Column)
	}
	return strings.Join(names, ", ")
}()

// fromChecks completes checkColumns: a version of a check, and how its flag was
// evaluated anew, if it was.
const fromChecks = `
	FROM neuro_check c
	LEFT JOIN reevaluation r ON r.seq = (SELECT max(seq) FROM reevaluation n WHERE n.check_id = c.check_id AND n.version = c.version)`

// checkRow scans checkColumns.
type checkRow struct {
	c                                            ward.Check
	performed, performedOff, recorded, recordedO sql.NullInt64
	score                                        sql.NullInt64
	drivers, flag, reasons                       string
	newFlag, newReasons                          sql.NullString
	findings                                     []sql.NullString
}

func (r *checkRow) dest() []any {
	c := &r.c
	dest := []any{
		&c.ID, &c.Version, &c.PatientID, &c.Status, &c.Reason, &c.ReasonNote,
		&r.performed, &r.performedOff, &r.recorded, &r.recordedO, &c.Recorded.By,
		&c.Note, &r.score, &c.Result.Low, &c.Result.High, &r.drivers, &r.flag, &r.reasons,
		&c.Superseded, &r.newFlag, &r.newReasons, &c.Because,
	}
	r.findings = make([]sql.NullString, len(icans.Fields()))
	for i := range r.findings {
		dest = append(dest, &r.findings[i])
	}
	return dest
}

func (r *checkRow) check() (ward.Check, error) {
	c := r.c
	damaged := func(column string) (ward.Check, error) {
		return c, unreadable{fmt.Sprintf("version %d of check %s", c.Version, c.ID), errors.New(column + " holds a word that this program does not know")}
	}
	c.PerformedAt = fromMoment(r.performed, r.performedOff)
	c.Recorded.At = fromMoment(r.recorded, r.recordedO)
	for i, f := range icans.Fields() {
		if err := f.Set(&c.Findings, r.findings[i].String); err != nil {
			return damaged(f.Column)
		}
	}
	c.Result.Score = fromPoints(r.score)
	var ok bool
	if c.Result.Drivers, ok = icans.ParseDomains(r.drivers); !ok {
		return damaged("drivers")
	}
	if r.newFlag.Valid {
		r.flag, r.reasons = r.newFlag.String, r.newReasons.String
	}
	if c.Result.Reasons, ok = icans.ParseReasons(r.reasons); !ok {
		return damaged("flag_reasons")
	}
	if c.Result.Flag, ok = icans.ParseFlag(r.flag); !ok {
		return damaged("flag")
	}
	return c, nil
}

func scanCheck(rows *sql.Rows) (ward.Check, error) {
	var r checkRow
	if err := rows.Scan(r.dest()...); err != nil {
		return ward.Check{}, unread(err)
	}
	return r.check()
}

// SaveCheck records a version of a check, its grade and flag, and the follow-up
// that a flag opens, in one transaction; the author's draft of the check goes
// with it. What the check does not say of who recorded it and when is filled in
// from sig.
//
// Version 1 is a new check; a later one corrects or withdraws the version before
// it. Saving the same version again records nothing and returns what is there.
// SaveCheck answers with [ward.KindInvalid] on the first field that cannot
// stand (other_cause stands only where a clinician names it), and with [ward.KindConflict] where another version came first.
func (s *Store) SaveCheck(ctx context.Context, sig ward.Signature, c ward.Check) (ward.Check, error) {
	var saved ward.Check
	err := s.write(ctx, sig, func(t *tx) (err error) {
		if err := t.mayAttribute(ctx, &c); err != nil {
			return err
		}
		saved, _, err = t.saveCheck(ctx, c)
		if err != nil {
			return err
		}
		return t.dropDraft(ctx, &saved)
	})
	return saved, err
}

// mayAttribute judges whether the author may name the other causes that c names
// and the version before it does not. What an import brings was judged where it
// comes from.
func (w *tx) mayAttribute(ctx context.Context, c *ward.Check) error {
	if c.Findings.OtherCause == 0 && c.Version == 1 {
		return nil
	}
	by, err := w.staffMember(ctx, w.sig.By)
	if ward.KindOf(err) == ward.KindNotFound {
		return nil // a log without staff
	}
	if err != nil {
		return err
	}
	before, err := all(ctx, w.sql, scanCheck, `
		SELECT `+checkColumns+fromChecks+`
		WHERE c.check_id = $1 AND c.version = $2`, c.ID, c.Version-1)
	if err != nil {
		return err
	}
	if len(before) == 0 {
		return ward.MayAttribute(by, nil, c)
	}
	return ward.MayAttribute(by, &before[0], c)
}

// saveCheck also reports whether the check is new to the log.
func (w *tx) saveCheck(ctx context.Context, c ward.Check) (_ ward.Check, added bool, err error) {
	anybody := c.Recorded.By == ""
	c.Recorded = w.signed(&c)
	c.Clean()
	patient, err := patientByID(ctx, w.sql, c.PatientID)
	if err != nil {
		return c, false, err
	}
	versions, err := all(ctx, w.sql, scanCheck, `
		SELECT `+checkColumns+fromChecks+`
		WHERE c.check_id = $1
		ORDER BY c.version`, c.ID)
	if err != nil {
		return c, false, err
	}
	problems := c.Problems(&patient, w.sig.At)
	if n := len(versions); n > 0 && c.Version == n+1 && versions[n-1].PerformedAt.Equal(c.PerformedAt) {
		// The time stands in the record already: it may look wrong now because the
		// clock was set back since.
		problems = slices.DeleteFunc(problems, func(e *ward.Error) bool { return e.Field == "performed_at" || e.Field == "recorded_at" })
	}
	if err := joined(problems); err != nil {
		return c, false, err
	}
	if c.Version <= len(versions) {
		c, err = w.again(ctx, c, anybody)
		return c, false, err
	}
	var last ward.Check
	if n := len(versions); n > 0 {
		last = versions[n-1]
	}
	if err := follows(&c, len(versions), len(versions) == 0 || last.PatientID == c.PatientID, last.Status == ward.Withdrawn); err != nil {
		return c, false, err
	}
	before := last.Result.Flag
	from := c.PerformedAt
	if n := len(versions); n > 0 && versions[n-1].PerformedAt.Before(from) {
		from = versions[n-1].PerformedAt
	}
	others, err := w.around(ctx, c.PatientID, from)
	if err != nil {
		return c, false, err
	}
	c.Look(&patient, others)
	if err := w.appendCheck(ctx, &c); err != nil {
		return c, false, err
	}
	if c.Result.Flag > before {
		if err := w.openFollowUp(ctx, &c); err != nil {
			return c, false, err
		}
	}
	return c, true, w.lookAgain(ctx, &c, &patient, others, from)
}

// around returns the checks that stand and that a check performed at from, or
// one after it, is compared with: those performed up to a day before it, the
// last one before that, and all that follow.
func (w *tx) around(ctx context.Context, patient int64, from time.Time) ([]ward.Check, error) {
	start := from.Add(-24 * time.Hour)
	near, err := checksSince(ctx, w.sql, patient, start)
	if err != nil {
		return nil, err
	}
	since, _ := moment(start)
	before, err := all(ctx, w.sql, scanCheck, `
		SELECT `+checkColumns+fromChecks+`
		WHERE c.patient_id = $1 AND c.performed_at < $2 AND `+stands+`
		ORDER BY c.performed_at DESC, c.seq DESC
		LIMIT 1`, patient, since)
	return append(near, before...), err
}

// lookAgain evaluates anew the flags of the checks performed after from, and
// records those that c has changed. A flag that rises opens a follow-up.
func (w *tx) lookAgain(ctx context.Context, c *ward.Check, p *ward.Patient, others []ward.Check, from time.Time) error {
	now := []ward.Check{*c}
	for _, o := range others {
		if o.ID != c.ID {
			now = append(now, o)
		}
	}
	for i := range now[1:] {
		o := now[1+i]
		if !o.PerformedAt.After(from) {
			continue
		}
		was := o.Result
		if o.Look(p, now); o.Result == was {
			continue
		}
		if err := w.reevaluated(ctx, &o, was, c.ID); err != nil {
			return err
		}
	}
	return nil
}

// reevaluated records that the check because has changed the flag of c.
func (w *tx) reevaluated(ctx context.Context, c *ward.Check, was icans.Result, because string) error {
	_, err := w.append(ctx, "reevaluation",
		column{"check_id", c.ID},
		column{"version", int64(c.Version)},
		column{"patient_id", c.PatientID},
		column{"flag", c.Result.Flag.Code()},
		column{"flag_reasons", text(string(c.Result.Reasons.AppendCodes(nil)))},
		column{"because", because},
	)
	if err != nil || c.Result.Flag <= was.Flag {
		return err
	}
	return w.openFollowUp(ctx, c)
}

// signed fills in what the check does not say of who recorded it and when.
func (w *tx) signed(c *ward.Check) ward.Signature {
	sig := c.Recorded
	if sig.By == "" {
		sig.By = w.sig.By
	}
	if sig.At.IsZero() {
		sig.At = w.sig.At
	}
	return sig
}

func (w *tx) appendCheck(ctx context.Context, c *ward.Check) error {
	check := *c
	_, err := w.appendRow(ctx, checkTable, func(dst []column) []column { return appendColumns(dst, &check) })
	return err
}

// appendColumns appends what the record of a check keeps of it.
func appendColumns(dst []column, c *ward.Check) []column {
	performed, performedOffset := moment(c.PerformedAt)
	recorded, recordedOffset := moment(c.Recorded.At)
	dst = append(dst,
		column{"check_id", c.ID},
		column{"version", int64(c.Version)},
		column{"patient_id", c.PatientID},
		column{"status", string(c.Status)},
		column{"reason", text(c.Reason)},
		column{"reason_note", text(c.ReasonNote)},
		column{"performed_at", performed},
		column{"performed_offset", performedOffset},
		column{"recorded_at", recorded},
		column{"recorded_offset", recordedOffset},
		column{"recorded_by", c.Recorded.By},
	)
	for _, f := range icans.Fields() {
		dst = append(dst, column{f.Column, finding(f, &c.Findings)})
	}
	return append(dst,
		column{"note", text(c.Note)},
		column{"score", points(c.Result.Score)},
		column{"grade_low", int64(c.Result.Low)},
		column{"grade_high", int64(c.Result.High)},
		column{"drivers", text(string(c.Result.Drivers.AppendCodes(nil)))},
		column{"flag", c.Result.Flag.Code()},
		column{"flag_reasons", text(string(c.Result.Reasons.AppendCodes(nil)))},
	)
}

// finding returns a finding as its column keeps it: points as a number, words as
// text.
func finding(f *icans.Field, x *icans.Findings) any {
	code := f.Code(x)
	if code == "" {
		return nil
	}
	if f.Group == icans.GroupICE || f.Group == icans.GroupCAPD {
		if n, err := strconv.ParseInt(code, 10, 64); err == nil {
			return n
		}
	}
	return code
}

// MoveCheck moves a check that was entered on the wrong patient: it is withdrawn
// where it stands and entered, under the new ID, with the patient to; each says
// in its reason note where the other is. c is the version that stands. It returns
// the new check.
func (s *Store) MoveCheck(ctx context.Context, sig ward.Signature, c ward.Check, to int64, id string) (ward.Check, error) {
	var moved ward.Check
	err := s.write(ctx, sig, func(t *tx) error {
		if to == c.PatientID {
			return ward.Conflict("that is the same patient")
		}
		gone := c
		gone.Version++
		gone.Status, gone.Reason, gone.ReasonNote, gone.Recorded = ward.Withdrawn, "wrong_patient", "moved to check "+id, ward.Signature{}
		if _, _, err := t.saveCheck(ctx, gone); err != nil {
			return err
		}
		var err error
		moved, _, err = t.saveCheck(ctx, ward.Check{
			ID: id, Version: 1, PatientID: to, Status: ward.Recorded, ReasonNote: "moved from check " + c.ID,
			PerformedAt: c.PerformedAt, Findings: c.Findings, Note: c.Note,
		})
		return err
	})
	return moved, err
}
