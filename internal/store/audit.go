package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Note records an audit event.
func (s *Store) Note(ctx context.Context, sig ward.Signature, e ward.AuditEvent) error {
	return s.write(ctx, sig, func(t *tx) error { return t.note(ctx, e) })
}

// AuditSelection selects the records that the audit trail lists. The zero value selects
// all.
type AuditSelection struct {
	PatientID    int64 // with all that are linked as one with the patient
	Author       string
	Since, Until time.Time // by when it was recorded; Until itself is not in it
	Newest       int       // only that many, the newest first; 0 is all, the oldest first
}

// trail has, for each table, the SQL of the columns of the audit trail: event, patient,
// about and detail.
var trail = []struct{ table, event, patient, about, detail string }{
	{"ward", "'ward'", "", "name", "zone"},
	{"settings", "'settings'", "", "", "changed"},
	{"staff", "CASE WHEN EXISTS (SELECT 1 FROM staff b WHERE b.name = r.name AND b.seq < r.seq) THEN 'staff_changed' ELSE 'staff_added' END", "", "name", "role || CASE active WHEN 0 THEN ', left the staff' ELSE '' END"},
	{"credential", "'pin'", "", "staff", "CASE one_time WHEN 1 THEN 'for one sign-in' END"},
	{"seat", "CASE active WHEN 1 THEN 'seat_added' ELSE 'seat_disabled' END", "", "label", "coalesce('the key of ' || staff, 'a workstation') || ', ' || fingerprint"},
	{"patient", "CASE version WHEN 1 THEN 'patient_added' ELSE 'patient_edited' END", "r.patient_id", "", "reason"},
	{"patient_link", "'patient_' || event", "r.patient_id", "", "reason"},
	{"stay", "CASE WHEN status = 'withdrawn' THEN 'stay_withdrawn' WHEN version = 1 THEN 'stay_began' WHEN discharged_at IS NOT NULL THEN 'stay_ended' ELSE 'stay_edited' END", "r.patient_id", "", "coalesce(discharge, reason)"},
	{"neuro_check", "'check_' || status", "r.patient_id", "check_id", "'grade ' || grade_low || CASE WHEN grade_low = grade_high THEN '' ELSE ' to ' || grade_high END || ', flag ' || flag || coalesce(', ' || reason, '')"},
	{"reevaluation", "'flag_reevaluated'", "r.patient_id", "check_id", "'flag ' || flag || ', because of check ' || because"},
	{"follow_up", "'follow_up_' || event", "r.patient_id", "check_id", "coalesce(outcome, level, note)"},
	{"follow_up_item", "CASE ticked WHEN 1 THEN 'item_ticked' ELSE 'item_unticked' END", "r.patient_id", "item", ""},
	{"schedule_order", "'order'", "r.patient_id", "kind", "reason"},
	{"report", "'report_' || status", "r.patient_id", "told_by", "reason"},
	{"intervention", "'intervention_' || status", "r.patient_id", "kind", "reason"},
	{"attribution", "'cause_' || event", "r.patient_id", "domain", "cause"},
	{"audit_event", "event", "r.patient_id", "about", "CASE WHEN seat IS NULL THEN detail ELSE coalesce(detail || ', ', '') || 'at the seat ' || seat END"},
}

// EachAudit calls yield for the records that sel selects, in the order of the
// record.
func (s *Store) EachAudit(ctx context.Context, sel AuditSelection, yield func(*ward.AuditEntry) error) error {
	query, args := auditQuery(sel)
	return s.snapshot(ctx, func(q engine.Querier) error {
		rows, err := q.Query(ctx, query, args...)
		if err != nil {
			return s.explain(err)
		}
		defer rows.Close() // it was only read
		for rows.Next() {
			var e ward.AuditEntry
			var at, offset sql.NullInt64
			if err := rows.Scan(&e.Seq, &at, &offset, &e.Signature.By, &e.Event, &e.PatientID, &e.About, &e.Detail, &e.MRN); err != nil {
				return s.explain(engine.AsDamage(err))
			}
			e.Signature.At = fromMillis(at, offset)
			e.Signature.By, e.About, e.Detail = cut(e.Signature.By), cut(e.About), cut(e.Detail)
			if err := yield(&e); err != nil {
				return err
			}
		}
		return s.explain(rows.Err())
	})
}

// auditQuery asks each table only for the selected records, so that its indexes serve.
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
	if since, _ := toMillis(sel.Since); since != nil {
		common = append(common, "r.at >= "+bind(since))
	}
	if until, _ := toMillis(sel.Until); until != nil {
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
			where = append(where[:len(where):len(where)], t.patient+" IN ("+groupOf(patient)+")")
		}
		part := "SELECT r.seq, r.at, r.at_offset, r.author, " + t.event + " AS event, " + of + " AS patient_id, " + orNothing(t.about) + " AS about, " + orNothing(t.detail) + " AS detail FROM " + t.table + " r"
		if len(where) > 0 {
			part += " WHERE " + strings.Join(where, " AND ")
		}
		parts = append(parts, part)
	}
	query := `
		SELECT e.seq, e.at, e.at_offset, e.author, e.event, e.patient_id, e.about, e.detail, coalesce(p.mrn, '')
		FROM (` + strings.Join(parts, " UNION ALL ") + `) e
		LEFT JOIN patient_now n ON n.patient_id = e.patient_id
		LEFT JOIN patient p ON p.seq = n.seq
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

// Changed returns the patients about whom a record was appended after the record with the
// number since, with those that they are linked into, and the number of the last record.
// Reads of patients do not count.
func (s *Store) Changed(ctx context.Context, since int64) (patients []int64, last int64, err error) {
	err = s.snapshot(ctx, func(q engine.Querier) (err error) {
		if last, _, err = headOf(ctx, q); err != nil {
			return err
		}
		tables, err := tablesOfPatients(ctx, q)
		if err != nil {
			return err
		}
		parts := []string{"SELECT into_id FROM patient_link WHERE seq > $1"}
		for _, table := range tables {
			if table != "audit_event" {
				parts = append(parts, "SELECT patient_id FROM "+table+" WHERE seq > $1")
			}
		}
		patients, err = engine.All(ctx, q, engine.Scan[int64], `
			WITH changed (patient_id) AS (`+strings.Join(parts, " UNION ")+`)
			SELECT patient_id FROM changed
			UNION SELECT n.survivor_id FROM changed c JOIN patient_now n ON n.patient_id = c.patient_id`, since)
		return err
	})
	return patients, last, s.explain(err)
}

// HouseChanged reports whether a record was appended after the record with the number since
// that is about no patient: the ward, its staff, PINs, seats, settings, or the verdict on
// the log. Sign-ins and reads do not count.
func (s *Store) HouseChanged(ctx context.Context, since int64) (bool, error) {
	var found []int64
	err := s.snapshot(ctx, func(q engine.Querier) (err error) {
		found, err = engine.All(ctx, q, engine.Scan[int64], `
			SELECT seq FROM ward WHERE seq > $1
			UNION ALL SELECT seq FROM staff WHERE seq > $1
			UNION ALL SELECT seq FROM credential WHERE seq > $1
			UNION ALL SELECT seq FROM seat WHERE seq > $1
			UNION ALL SELECT seq FROM settings WHERE seq > $1
			UNION ALL SELECT seq FROM audit_event WHERE seq > $1 AND event IN ('damage_found', 'damage_seen', 'verified')
			LIMIT 1`, since)
		return err
	})
	return len(found) > 0, s.explain(err)
}
