package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// bulk records many checks in one transaction as [tx.saveCheck] records one: the
// same rows in the same order. What a check is compared with is read once for
// each patient and then kept in memory, where only what comparing needs is kept.
type bulk struct {
	*tx
	before  querier // the log as it was before: what this transaction brings is known without asking
	empty   bool    // it had nobody
	byMRN   map[string]*course
	byID    map[int64]*course
	byCheck map[string]*course
	others  []ward.Check // for one comparison
	done    Imported
}

// course is the checks of one patient.
type course struct {
	patient ward.Patient
	checks  []kept // the newest version of each, by time and then by number
}

// kept is what is kept of a check.
type kept struct {
	id        string
	seq       int64
	performed int64 // in milliseconds
	version   int32
	withdrawn bool
	findings  icans.Findings
	// The result, with the flag as it was last evaluated.
	low, high, score uint8
	drivers          icans.Domains
	flag             icans.Flag
	reasons          icans.Reasons
}

func (k *kept) result() icans.Result {
	return icans.Result{Score: icans.Points(k.score), Low: int(k.low), High: int(k.high), Drivers: k.drivers, Flag: k.flag, Reasons: k.reasons}
}

func (k *kept) setResult(r icans.Result) {
	k.score, k.low, k.high = uint8(r.Score), uint8(r.Low), uint8(r.High)
	k.drivers, k.flag, k.reasons = r.Drivers, r.Flag, r.Reasons
}

func compareKept(a, b kept) int {
	return cmp.Or(cmp.Compare(a.performed, b.performed), cmp.Compare(a.seq, b.seq))
}

func (k *kept) check(patient int64) ward.Check {
	c := ward.Check{
		ID: k.id, Version: int(k.version), PatientID: patient, Status: ward.Recorded,
		PerformedAt: time.UnixMilli(k.performed), Findings: k.findings, Result: k.result(),
	}
	if k.withdrawn {
		c.Status = ward.Withdrawn
	}
	return c
}

// The ID is cloned: it may be a part of a longer text, which would be kept too.
func keep(c *ward.Check, seq int64) kept {
	k := kept{
		id: strings.Clone(c.ID), seq: seq, performed: c.PerformedAt.UnixMilli(), version: int32(c.Version), withdrawn: c.Status == ward.Withdrawn,
		findings: c.Findings,
	}
	k.setResult(c.Result)
	return k
}

// newBulk begins a bulk in a transaction. before reads the log outside of it:
// while it lasts nobody else can record, and what reads inside it waits for all
// that was ordered so far.
func newBulk(ctx context.Context, w *tx, before querier) (*bulk, error) {
	last, err := all(ctx, before, func(rows *sql.Rows) (seq sql.NullInt64, err error) {
		err = rows.Scan(&seq)
		return seq, err
	}, `SELECT max(seq) FROM patient`)
	if err != nil {
		return nil, err
	}
	return &bulk{
		tx: w, before: before, empty: !last[0].Valid,
		byMRN: make(map[string]*course), byID: make(map[int64]*course), byCheck: make(map[string]*course),
	}, nil
}

// withoutRules runs do while SQLite does not judge the rules in the tables: over
// those of a check it takes ten times as long as over the insert. What do records
// has passed [ward.Check.Problems] or [ward.Patient.Problems], which are stricter,
// and its words come from the vocabulary that the rules are tested against. Types,
// keys and references are judged as ever.
func (w *tx) withoutRules(ctx context.Context, do func() error) (err error) {
	if err := w.exec(ctx, `PRAGMA ignore_check_constraints = on`); err != nil {
		return err
	}
	defer func() {
		ctx := context.WithoutCancel(ctx) // the connection goes on to others
		last := w.inserts.settle(ctx)
		_, off := w.inserts.conn.ExecContext(ctx, `PRAGMA ignore_check_constraints = off`)
		if err == nil {
			err = errors.Join(last, off)
		}
	}()
	return do()
}

// take records one row of an import, or says why it cannot stand.
func (b *bulk) take(ctx context.Context, in *ward.Intake) ([]*ward.Error, error) {
	if len(in.Wrong) > 0 {
		return in.Wrong, nil
	}
	in.Patient.Clean()
	course, err := b.admitted(ctx, in)
	if err != nil {
		return refusal(err)
	}
	if e := in.Identity(&course.patient); e != nil {
		return []*ward.Error{e}, nil
	}
	in.Check.PatientID = course.patient.ID
	anybody := in.Check.Recorded.By == ""
	in.Check.Recorded = b.signed(&in.Check)
	in.Check.Clean()
	if problems := in.Check.Problems(&course.patient, b.sig.At); len(problems) > 0 {
		return problems, nil
	}
	added, err := b.save(ctx, course, &in.Check, anybody)
	if err != nil {
		return refusal(err)
	}
	switch {
	case !added:
		b.done.Known++
	default:
		b.done.Checks++
		if in.Check.Result.Flag > 0 {
			b.done.Flagged++
		}
	}
	return in.Differs(&in.Check), nil
}

// admitted finds the patient of a row, or admits one.
func (b *bulk) admitted(ctx context.Context, in *ward.Intake) (*course, error) {
	mrn := in.Patient.MRN
	if known := b.byMRN[mrn]; known != nil {
		return known, nil
	}
	if !b.empty {
		p, err := patientByMRN(ctx, b.before, mrn)
		if err == nil {
			return b.course(ctx, p)
		}
		if ward.KindOf(err) != ward.KindNotFound {
			return nil, err
		}
	}
	if in.Patient.Name == "" || in.Patient.BirthDate.IsZero() {
		return nil, ward.Invalid("mrn", "nobody in the log has this MRN; give name and birth_date to admit the patient")
	}
	p := in.Patient
	p.ID, p.Version = 0, 1
	if err := joined(p.Problems(b.sig.At)); err != nil {
		return nil, err
	}
	p, err := b.enter(ctx, p)
	if err != nil {
		return nil, err
	}
	b.done.Patients++
	return b.known(&course{patient: p}), nil
}

func (b *bulk) known(c *course) *course {
	b.byMRN[c.patient.MRN], b.byID[c.patient.ID] = c, c
	return c
}

// course reads the checks of a patient who was in the log before.
func (b *bulk) course(ctx context.Context, p ward.Patient) (*course, error) {
	if known := b.byID[p.ID]; known != nil {
		return known, nil
	}
	c := &course{patient: p}
	rows, err := all(ctx, b.before, func(rows *sql.Rows) (k kept, err error) {
		var r checkRow
		if err := rows.Scan(append(r.dest(), &k.seq)...); err != nil {
			return k, err
		}
		check, err := r.check()
		return keep(&check, k.seq), err
	}, `
		SELECT `+checkColumns+`, c.seq`+fromChecks+`
		WHERE c.patient_id = $1
			AND NOT EXISTS (SELECT 1 FROM neuro_check l WHERE l.check_id = c.check_id AND l.version = c.version + 1)
		ORDER BY c.performed_at, c.seq`, p.ID)
	if err != nil {
		return nil, err
	}
	c.checks = rows
	for i := range rows {
		b.byCheck[rows[i].id] = c
	}
	return b.known(c), nil
}

// holder returns the patient who has a check of that ID, or nil.
func (b *bulk) holder(ctx context.Context, id string) (*course, error) {
	if c := b.byCheck[id]; c != nil || b.empty {
		return c, nil
	}
	found, err := all(ctx, b.before, func(rows *sql.Rows) (patient int64, err error) {
		err = rows.Scan(&patient)
		return patient, err
	}, `SELECT patient_id FROM neuro_check WHERE check_id = $1 AND version = 1`, id)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	p, err := patientByID(ctx, b.before, found[0])
	if err != nil {
		return nil, err
	}
	return b.course(ctx, p)
}

// save records a check as [tx.saveCheck] does. Its problems have been looked at.
func (b *bulk) save(ctx context.Context, mine *course, c *ward.Check, anybody bool) (added bool, err error) {
	holder, err := b.holder(ctx, c.ID)
	if err != nil {
		return false, err
	}
	last, at := kept{performed: c.PerformedAt.UnixMilli()}, -1
	if holder != nil {
		at = slices.IndexFunc(holder.checks, func(k kept) bool { return k.id == c.ID })
		last = holder.checks[at]
	}
	if c.Version <= int(last.version) {
		saved, err := b.again(ctx, *c, anybody)
		if err == nil {
			*c = saved
		}
		return false, err
	}
	if err := follows(c, int(last.version), holder == nil || holder == mine, last.withdrawn); err != nil {
		return false, err
	}
	from := min(c.PerformedAt.UnixMilli(), last.performed)
	c.Look(&mine.patient, b.earlier(mine, c.ID, c.PerformedAt.UnixMilli()))
	if err := b.appendCheck(ctx, c); err != nil {
		return false, err
	}
	now := keep(c, b.seq)
	if at >= 0 {
		mine.checks = slices.Delete(mine.checks, at, at+1)
	}
	place, _ := slices.BinarySearchFunc(mine.checks, now, compareKept)
	mine.checks = slices.Insert(mine.checks, place, now)
	b.byCheck[now.id] = mine
	switch {
	case c.Result.Flag <= last.flag:
	case at < 0: // a check that is new has no follow-up yet
		_, err = b.putFollowUp(ctx, c)
	default:
		err = b.openFollowUp(ctx, c)
	}
	if err != nil {
		return false, err
	}
	return true, b.lookAgain(ctx, mine, c.ID, from)
}

// earlier returns the checks that the check id, performed at that time, is
// compared with: those that stand, of the day before it, and the last one before
// that; the last performed first.
func (b *bulk) earlier(c *course, id string, at int64) []ward.Check {
	b.others = b.others[:0]
	since := at - (24 * time.Hour).Milliseconds()
	end, _ := slices.BinarySearchFunc(c.checks, kept{performed: at}, compareKept)
	for i := end - 1; i >= 0; i-- {
		k := &c.checks[i]
		if k.withdrawn || k.id == id {
			continue
		}
		b.others = append(b.others, k.check(c.patient.ID))
		if k.performed < since {
			break
		}
	}
	return b.others
}

// lookAgain evaluates anew the flags of the checks performed after from, and
// records those that the check because has changed.
func (b *bulk) lookAgain(ctx context.Context, c *course, because string, from int64) error {
	first, _ := slices.BinarySearchFunc(c.checks, kept{performed: from + 1}, compareKept)
	for i := len(c.checks) - 1; i >= first; i-- {
		k := &c.checks[i]
		if k.withdrawn || k.id == because {
			continue
		}
		o := k.check(c.patient.ID)
		if o.Look(&c.patient, b.earlier(c, k.id, k.performed)); o.Result == k.result() {
			continue
		}
		was := k.result()
		k.setResult(o.Result)
		if err := b.reevaluated(ctx, &o, was, because); err != nil {
			return err
		}
	}
	return nil
}

// again compares a version that is there already with what the log has.
func (w *tx) again(ctx context.Context, c ward.Check, anybody bool) (ward.Check, error) {
	there, err := one(ctx, w.sql, fmt.Sprintf("version %d of this check is not there", c.Version), scanCheck, `
		SELECT `+checkColumns+fromChecks+`
		WHERE c.check_id = $1 AND c.version = $2`, c.ID, c.Version)
	if err != nil {
		return c, err
	}
	if anybody { // it does not matter which of two people brings it again
		c.Recorded.By = there.Recorded.By
	}
	if there.Same(&c) {
		return there, nil
	}
	return c, ward.Conflict("another version of this check was recorded first; look again")
}

// follows says why a new version of a check cannot follow the last one, which is
// 0 where there is none.
func follows(c *ward.Check, last int, samePatient, withdrawn bool) error {
	switch {
	case c.Version != last+1:
		return ward.Conflict(fmt.Sprintf("version %d of this check is not there, so version %d cannot follow it", c.Version-1, c.Version))
	case !samePatient:
		return ward.Conflict("this check belongs to another patient")
	case withdrawn:
		return ward.Conflict("this check was withdrawn; record a new one")
	}
	return nil
}
