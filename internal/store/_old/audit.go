package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"neurocheck/internal/ward"
)

// SignIn judges whether sig.By is who they say and records the outcome: how is
// [ward.SignedIn] or [ward.Unlocked]. matches compares the PIN that was given
// with the one that the log keeps; it is slow, and is called outside of any
// transaction. On a synthetic ward nobody is asked for a PIN.
//
// SignIn answers with [ward.KindInvalid] on "pin" for a wrong PIN, and with
// [ward.KindConflict] where the name has to wait after wrong ones, has no PIN or
// has left the staff. In a log that is open read-only nothing is recorded.
func (s *Store) SignIn(ctx context.Context, sig ward.Signature, how string, matches func(ward.PIN) (bool, error)) (ward.Staff, error) {
	m, err := s.signIn(ctx, sig, how, matches)
	return m, explain(s.path, err)
}

func (s *Store) signIn(ctx context.Context, sig ward.Signature, how string, matches func(ward.PIN) (bool, error)) (ward.Staff, error) {
	known, err := staff(ctx, s.reader)
	if err != nil {
		return ward.Staff{}, err
	}
	m, err := named(known, sig.By)
	switch {
	case err != nil:
		return ward.Staff{}, err
	case !m.Active:
		return ward.Staff{}, gone(m)
	}
	sig.By = m.Name
	right, err := s.identify(ctx, sig, m, matches)
	if err != nil || s.ReadOnly() && right {
		return m, err
	}
	if s.ReadOnly() {
		return ward.Staff{}, wrongPIN
	}
	var refused error
	err = s.write(ctx, sig, func(t *tx) error {
		// Somebody may have tried at another terminal meanwhile.
		tries, err := triesOf(ctx, t.sql, m.Name)
		if err != nil {
			return err
		}
		if err := tries.Refusal(sig.At); err != nil {
			return err
		}
		if right {
			return t.note(ctx, ward.AuditEvent{Event: how})
		}
		refused = wrongPIN
		tries.Wrong++
		if err := t.note(ctx, ward.AuditEvent{Event: ward.SignInFailed, Detail: fmt.Sprintf("%d in a row", tries.Wrong)}); err != nil || !tries.Locked() {
			return err
		}
		return t.note(ctx, ward.AuditEvent{Event: ward.SignInLocked, Detail: fmt.Sprintf("for %d min", int(ward.LockFor/time.Minute))})
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return ward.Staff{}, err
	}
	return m, nil
}

var wrongPIN = ward.Invalid("pin", "that is not the PIN")

// identify compares the PIN, unless the name has to wait.
func (s *Store) identify(ctx context.Context, sig ward.Signature, m ward.Staff, matches func(ward.PIN) (bool, error)) (bool, error) {
	w, err := wardOf(ctx, s.reader)
	if err != nil && ward.KindOf(err) != ward.KindNotFound {
		return false, err
	}
	if w.Synthetic {
		return true, nil
	}
	if !m.PIN.Set() {
		return false, ward.Conflict(m.Name + " has no PIN yet: an administrator gives out the first, with neurocheck staff reset")
	}
	tries, err := triesOf(ctx, s.reader, m.Name)
	if err == nil {
		err = tries.Refusal(sig.At)
	}
	if err != nil {
		return false, err
	}
	return matches(m.PIN)
}

// triesOf counts the wrong PINs since the name last signed in, or got another.
func triesOf(ctx context.Context, q querier, name string) (ward.Tries, error) {
	return one(ctx, q, "", func(rows *sql.Rows) (t ward.Tries, err error) {
		var last, offset sql.NullInt64
		err = rows.Scan(&t.Wrong, &last, &offset)
		t.Last = fromMoment(last, offset)
		return t, err
	}, `
		SELECT count(*), max(at), 0
		FROM audit_event
		WHERE author = $1 AND event = 'sign_in_failed' AND seq > max(
			coalesce((SELECT max(seq) FROM audit_event WHERE author = $1 AND event IN ('sign_in', 'unlock')), 0),
			coalesce((SELECT max(seq) FROM credential WHERE staff = $1), 0))`, name)
}

// Note records an audit event.
func (s *Store) Note(ctx context.Context, sig ward.Signature, e ward.AuditEvent) error {
	return s.write(ctx, sig, func(t *tx) error { return t.note(ctx, e) })
}

func (w *tx) note(ctx context.Context, e ward.AuditEvent) error {
	var patient any
	if e.PatientID != 0 {
		patient = e.PatientID
	}
	_, err := w.append(ctx, "audit_event",
		column{"event", e.Event},
		column{"patient_id", patient},
		column{"about", text(ward.CleanLine(e.About))},
		column{"detail", text(ward.CleanLine(e.Detail))},
	)
	return err
}

// Settings returns the settings that were last recorded, empty where none were.
func (s *Store) Settings(ctx context.Context) (content string, err error) {
	content, err = settingsOf(ctx, s.reader)
	return content, explain(s.path, err)
}

func settingsOf(ctx context.Context, q querier) (string, error) {
	content, err := one(ctx, q, "", scanText, `
		SELECT content
		FROM settings
		ORDER BY seq DESC
		LIMIT 1`)
	if ward.KindOf(err) == ward.KindNotFound {
		err = nil
	}
	return content, err
}

// NoteSettings records the settings in force where they are others than those
// recorded before. changed says in words what is different from before.
func (s *Store) NoteSettings(ctx context.Context, sig ward.Signature, content string, changed func(before string) string) error {
	before, err := s.Settings(ctx)
	if err != nil || before == content {
		return err
	}
	return s.write(ctx, sig, func(t *tx) error {
		before, err := settingsOf(ctx, t.sql)
		if err != nil || before == content {
			return err
		}
		_, err = t.append(ctx, "settings", column{"content", content}, column{"changed", changed(before)})
		return err
	})
}

// AuditSelection says which records the audit trail lists. The zero value is all
// of them.
type AuditSelection struct {
	PatientID    int64
	Author       string
	Since, Until time.Time // by when it was recorded; Until itself is not in it
	Newest       int       // only that many, the newest first; 0 is all, the oldest first
}

// trail is what the audit trail lists of each table: event, patient, about and
// detail.
var trail = []struct{ table, event, patient, about, detail string }{
	{"ward", "'ward'", "", "name", "zone"},
	{"settings", "'settings'", "", "", "changed"},
	{"staff", "CASE WHEN EXISTS (SELECT 1 FROM staff b WHERE b.name = r.name AND b.seq < r.seq) THEN 'staff_changed' ELSE 'staff_added' END", "", "name", "role || CASE active WHEN 0 THEN ', left the staff' ELSE '' END"},
	{"credential", "'pin'", "", "staff", "CASE one_time WHEN 1 THEN 'for one sign-in' END"},
	{"patient", "CASE version WHEN 1 THEN 'patient_admitted' ELSE 'patient_edited' END", "r.patient_id", "", "CASE WHEN discharge IS NOT NULL THEN 'discharged: ' || discharge END"},
	{"neuro_check", "'check_' || status", "r.patient_id", "check_id", "'grade ' || CASE WHEN grade_low = grade_high THEN grade_low ELSE grade_low || ' to ' || grade_high END || ', flag ' || flag || coalesce(', ' || reason, '')"},
	{"reevaluation", "'flag_reevaluated'", "r.patient_id", "check_id", "'flag ' || flag || ', because of check ' || because"},
	{"follow_up", "'follow_up_' || event", "r.patient_id", "check_id", "coalesce(outcome, flag)"},
	{"follow_up_item", "CASE ticked WHEN 1 THEN 'item_ticked' ELSE 'item_unticked' END", "(SELECT f.patient_id FROM follow_up f WHERE f.seq = r.follow_up_id)", "item", ""},
	{"schedule_order", "'order'", "r.patient_id", "kind", "reason"},
	{"symptom", "'symptom'", "r.patient_id", "told_by", ""},
	{"intervention", "'intervention_' || status", "r.patient_id", "kind", ""},
	{"audit_event", "event", "r.patient_id", "about", "detail"},
}

// EachAudit calls yield for the records that sel selects, in the order of the
// record.
func (s *Store) EachAudit(ctx context.Context, sel AuditSelection, yield func(*ward.AuditEntry) error) error {
	query, args := auditQuery(sel)
	rows, err := s.reader.QueryContext(ctx, numbered(query), args...)
	if err != nil {
		return explain(s.path, err)
	}
	defer rows.Close() // it was only read
	for rows.Next() {
		var e ward.AuditEntry
		var at, offset sql.NullInt64
		if err := rows.Scan(&e.Seq, &at, &offset, &e.Signature.By, &e.Event, &e.PatientID, &e.About, &e.Detail, &e.MRN); err != nil {
			return explain(s.path, err)
		}
		e.Signature.At = fromMoment(at, offset)
		if err := yield(&e); err != nil {
			return err
		}
	}
	return explain(s.path, rows.Err())
}

// auditQuery asks each table only for what is selected, so that its indexes
// serve.
func auditQuery(sel AuditSelection) (string, []any) {
	var args []any
	bind := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	var common []string
	if sel.Author != "" {
		common = append(common, "lower(r.author) = lower("+bind(sel.Author)+")")
	}
	if since, _ := moment(sel.Since); since != nil {
		common = append(common, "r.at >= "+bind(since))
	}
	if until, _ := moment(sel.Until); until != nil {
		common = append(common, "r.at < "+bind(until))
	}
	patient := ""
	if sel.PatientID != 0 {
		patient = bind(sel.PatientID)
	}
	var parts []string
	for _, t := range trail {
		where := common
		of := "0"
		if t.patient != "" {
			of = "coalesce(" + t.patient + ", 0)"
		}
		if patient != "" {
			if t.patient == "" {
				continue
			}
			where = append(where[:len(where):len(where)], t.patient+" = "+patient)
		}
		part := "SELECT r.seq, r.at, r.at_offset, r.author, " + t.event + " AS event, " + of + " AS patient_id, " + orNothing(t.about) + " AS about, " + orNothing(t.detail) + " AS detail FROM " + t.table + " r"
		if len(where) > 0 {
			part += " WHERE " + strings.Join(where, " AND ")
		}
		parts = append(parts, part)
	}
	query := `
		SELECT e.seq, e.at, e.at_offset, e.author, e.event, e.patient_id, e.about, e.detail, coalesce(n.mrn, '')
		FROM (` + strings.Join(parts, " UNION ALL ") + `) e
		LEFT JOIN patient_now n ON n.patient_id = e.patient_id
		ORDER BY e.seq`
	if sel.Newest > 0 {
		query += " DESC LIMIT " + bind(sel.Newest)
	}
	return query, args
}

func orNothing(expression string) string {
	if expression == "" {
		return "''"
	}
	return "coalesce(" + expression + ", '')"
}

// Changed returns the patients about whom something was recorded after the record
// numbered since, and the number of the last record. Who looked at them does not
// count.
func (s *Store) Changed(ctx context.Context, since int64) (patients []int64, last int64, err error) {
	err = s.snapshot(ctx, func(q *sql.Tx) (err error) {
		if last, _, err = headOf(ctx, q); err != nil {
			return err
		}
		patients, err = all(ctx, q, func(rows *sql.Rows) (id int64, err error) {
			err = rows.Scan(&id)
			return id, err
		}, `
			SELECT patient_id FROM patient WHERE seq > $1
			UNION SELECT patient_id FROM neuro_check WHERE seq > $1
			UNION SELECT patient_id FROM reevaluation WHERE seq > $1
			UNION SELECT patient_id FROM follow_up WHERE seq > $1
			UNION SELECT f.patient_id FROM follow_up_item i JOIN follow_up f ON f.seq = i.follow_up_id WHERE i.seq > $1
			UNION SELECT patient_id FROM schedule_order WHERE seq > $1
			UNION SELECT patient_id FROM symptom WHERE seq > $1
			UNION SELECT patient_id FROM intervention WHERE seq > $1`, since)
		return err
	})
	return patients, last, explain(s.path, err)
}
