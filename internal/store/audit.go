package store

import (
	"cmp"
	"context"
	"math"
	"slices"
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

// EachAudit calls yield for the records that sel selects, in the order of the record. A
// record that does not fit its hash, or is missing, is an entry with the event "damaged",
// which says nothing of its content: it is among every selection, except that of a patient.
// After the last entry EachAudit returns an error that names the first of these.
func (s *Store) EachAudit(ctx context.Context, sel AuditSelection, yield func(*ward.AuditEntry) error) error {
	return s.snapshot(ctx, func(q engine.Querier) error {
		a := auditor{in: reader{q: q, tables: s.tables}, sel: sel, yield: yield, left: math.MaxInt}
		if sel.Newest > 0 {
			a.left = sel.Newest
		}
		err := a.in.endFits(ctx)
		if err == nil && sel.PatientID != 0 {
			err = s.sound(ctx, a.in) // those who are linked as one
		}
		if err == nil {
			err = a.prepare(ctx)
		}
		switch {
		case err != nil:
			return err
		case sel.PatientID != 0:
			err = a.ofPatient(ctx)
		default:
			err = a.ofAll(ctx)
		}
		return cmp.Or(err, a.damage)
	})
}

// auditor lists the entries of a selection.
type auditor struct {
	in    reader
	sel   AuditSelection
	yield func(*ward.AuditEntry) error
	left  int // entries to yield

	added  map[string]int64 // number of the first record of each member of staff
	mrns   map[int64]string // by patient
	damage error            // that of the first record that does not fit
}

// prepare reads the records that the words about other records need. If a version of a
// patient is damaged or missing, no entry has an MRN: it could be one that was corrected.
func (a *auditor) prepare(ctx context.Context) error {
	a.added, a.mrns = make(map[string]int64), make(map[int64]string)
	_, err := a.tolerant(ctx, "staff", `ORDER BY r.seq DESC`, func(r *row) { a.added[r.text("name")] = r.number("seq") })
	if err != nil {
		return err
	}
	whole, err := a.tolerant(ctx, "patient", `ORDER BY r.seq`, func(r *row) { a.mrns[r.number("patient_id")] = r.text("mrn") })
	if err == nil && !whole {
		clear(a.mrns)
	}
	return err
}

// tolerant calls yield for the records of a table that fit their hash, and reports whether
// these are all.
func (a *auditor) tolerant(ctx context.Context, table, rest string, yield func(*row)) (whole bool, err error) {
	l, err := a.in.tables.of(ctx, a.in.q, table)
	if err != nil {
		return false, err
	}
	r, fitting := row{l: l}, int64(0)
	err = eachRow(ctx, a.in.q, l, engine.Rows{Rest: rest}, nil, func(values []engine.Value, fits bool) error {
		if r.take(values); fits {
			fitting++
			yield(&r)
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	counts, err := chainCounts(ctx, a.in.q)
	return fitting == counts[table], err
}

// auditWindow is the number of records that are read at a time. Because each number has a
// record in one of the tables, a record that damage hides leaves a gap.
const auditWindow = 4096

// ofAll lists the entries of the whole record, window by window.
func (a *auditor) ofAll(ctx context.Context) error {
	last, _, err := headOf(ctx, a.in.q)
	for done := int64(0); err == nil && done < last && a.left > 0; done += auditWindow {
		after, to := done, min(done+auditWindow, last)
		if a.sel.Newest > 0 {
			after, to = max(0, last-done-auditWindow), last-done
		}
		err = a.window(ctx, after, to)
	}
	return err
}

// window lists the entries of the records above one number, up to another.
func (a *auditor) window(ctx context.Context, after, to int64) error {
	entries := make([]ward.AuditEntry, to-after)
	misfits := make(map[int64]error)
	for _, table := range recordTables {
		l, err := a.in.tables.of(ctx, a.in.q, table)
		if err != nil {
			return err
		}
		r := row{l: l}
		err = eachRow(ctx, a.in.q, l, engine.Rows{Where: "seq > $1 AND seq <= $2"}, []any{after, to}, func(values []engine.Value, fits bool) error {
			r.take(values)
			if seq := r.number("seq"); fits {
				entries[seq-after-1] = a.entry(&r)
			} else {
				misfits[seq] = misfit(l, values)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for i := range entries {
		if seq := after + 1 + int64(i); entries[i].Seq == 0 {
			entries[i] = a.damaged(seq, cmp.Or(misfits[seq], lostRecord(seq)))
		}
	}
	return a.pass(entries)
}

// ofPatient lists the entries about a patient, which indexes find. Their number is compared
// with the count, because damage can hide a row.
func (a *auditor) ofPatient(ctx context.Context) error {
	var entries []ward.AuditEntry
	in := a.in.counting()
	tables, err := tablesOfPatients(ctx, in.q)
	if err != nil {
		return err
	}
	for _, table := range tables {
		list, err := records(ctx, in, table, a.entry, `WHERE r.patient_id IN (`+groupOf("$1")+`)`, a.sel.PatientID)
		if err != nil {
			return err
		}
		entries = append(entries, list...)
	}
	if err := in.allRead(ctx, linked(a.sel.PatientID), tables...); err != nil {
		return err
	}
	slices.SortFunc(entries, func(a, b ward.AuditEntry) int { return cmp.Compare(a.Seq, b.Seq) })
	return a.pass(entries)
}

// entry makes the entry of a record.
func (a *auditor) entry(r *row) ward.AuditEntry {
	e := ward.AuditEntry{Seq: r.number("seq"), Signature: r.signature()}
	if r.l.at("patient_id") >= 0 {
		e.PatientID = r.number("patient_id")
		e.MRN = a.mrns[e.PatientID]
	}
	e.Event, e.About, e.Detail = trail[r.l.table](r, a.added)
	return e
}

// damaged makes the entry of a record that cannot be shown.
func (a *auditor) damaged(seq int64, err error) ward.AuditEntry {
	a.damage = cmp.Or(a.damage, err)
	return ward.AuditEntry{Seq: seq, Event: ward.RecordDamaged}
}

// pass yields the selected entries.
func (a *auditor) pass(entries []ward.AuditEntry) error {
	if a.sel.Newest > 0 {
		slices.Reverse(entries)
	}
	for i := range entries {
		if a.left == 0 {
			return nil
		}
		if !a.sel.holds(&entries[i]) {
			continue
		}
		a.left--
		if err := a.yield(&entries[i]); err != nil {
			return err
		}
	}
	return nil
}

func (sel *AuditSelection) holds(e *ward.AuditEntry) bool {
	at := e.Signature.At
	switch {
	case e.Event == ward.RecordDamaged:
		return true
	case sel.Author != "" && !sameName(e.Signature.By, sel.Author):
		return false
	}
	return !at.Before(sel.Since) && (sel.Until.IsZero() || at.Before(sel.Until))
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
