package store

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"slices"
	"strconv"
	"time"

	"neurocheck/internal/ward"
)

// Selection says which checks to read. Its zero value is all of them.
type Selection struct {
	PatientID int64     // 0 for every patient
	Since     time.Time // performed then or later; zero for no bound
	Until     time.Time // performed before then; zero for no bound
}

// where narrows a query on c, a check, to the selection. What the selection does
// not ask for is left out, so that SQLite sees which index serves. Its parameters
// are numbered from first; args brings their values.
func (sel Selection) where(first int) (where string) {
	for _, narrow := range sel.narrow() {
		where += " AND " + narrow.condition + "$" + strconv.Itoa(first)
		first++
	}
	return where
}

func (sel Selection) args() (args []any) {
	for _, narrow := range sel.narrow() {
		args = append(args, narrow.value)
	}
	return args
}

type narrowing struct {
	condition string
	value     any
}

func (sel Selection) narrow() (list []narrowing) {
	if sel.PatientID != 0 {
		list = append(list, narrowing{"c.patient_id = ", sel.PatientID})
	}
	if since, _ := moment(sel.Since); since != nil {
		list = append(list, narrowing{"c.performed_at >= ", since})
	}
	if until, _ := moment(sel.Until); until != nil {
		list = append(list, narrowing{"c.performed_at < ", until})
	}
	return list
}

// CountChecks returns how many versions of checks there are to read.
func (v *View) CountChecks(ctx context.Context, sel Selection) (int, error) {
	return one(ctx, v.q, "nothing", scanNumber, `SELECT count(*) FROM neuro_check c WHERE true`+sel.where(1), sel.args()...)
}

func scanNumber(rows *sql.Rows) (n int, err error) {
	err = rows.Scan(&n)
	return n, err
}

// CheckedPatients returns the patients who have checks in a selection, with their
// particulars as they hold in the view, in the order of their first checks in the
// record.
func (v *View) CheckedPatients(ctx context.Context, sel Selection) ([]ward.Patient, error) {
	return all(ctx, v.q, scanPatient, `
		SELECT `+patientColumns+`
		FROM (SELECT c.patient_id, min(c.seq) AS first FROM neuro_check c WHERE true`+sel.where(1)+` GROUP BY c.patient_id) f
		JOIN patient_now n ON n.patient_id = f.patient_id JOIN patient p ON p.seq = n.seq
		ORDER BY f.first`, sel.args()...)
}

// EachCheck calls yield for each version of each check in the order of the
// record, with the patient's particulars as they hold in the view. It stops at the
// first error and returns it. Both arguments of yield are its own only until it
// returns.
func (v *View) EachCheck(ctx context.Context, sel Selection, yield func(*ward.Patient, *ward.Check) error) (err error) {
	patients, err := patientsOf(ctx, v.q, sel)
	if err != nil {
		return err
	}
	byID := make(map[int64]*ward.Patient, len(patients))
	for i := range patients {
		byID[patients[i].ID] = &patients[i]
	}
	rows, err := v.q.QueryContext(ctx, numbered(`
		SELECT `+checkColumns+fromChecks+`
		WHERE true`+sel.where(1)+`
		ORDER BY c.seq`), sel.args()...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		check, err := scanCheck(rows)
		if err != nil {
			return err
		}
		patient := byID[check.PatientID]
		if patient == nil {
			return missingPatient(check.PatientID)
		}
		if err := yield(patient, &check); err != nil {
			return err
		}
	}
	return rows.Err()
}

// EachCheck is [View.EachCheck] on a view of its own.
func (s *Store) EachCheck(ctx context.Context, sel Selection, yield func(*ward.Patient, *ward.Check) error) error {
	return s.View(ctx, func(v *View) error { return v.EachCheck(ctx, sel, yield) })
}

// Imported counts what an import brought.
type Imported struct {
	Patients int // admitted
	Checks   int // versions of checks added
	Known    int // versions that were in the log already
	Flagged  int // of the added ones, those that stand and carry a flag
}

// errUndo rolls back an import that was refused or only tried.
var errUndo = errors.New("undo")

// Import records the checks of rows, all of them or none: where any is refused,
// for what is wrong with it by itself or in this log, it returns every refusal and
// records nothing. An unknown patient is admitted
// from the first row that names one. A dry run does all but keep it.
func (s *Store) Import(ctx context.Context, sig ward.Signature, rows iter.Seq[ward.Intake], dryRun bool) (done Imported, refused []ward.Refusal, err error) {
	err = s.write(ctx, sig, func(t *tx) error {
		b, err := newBulk(ctx, t, s.reader)
		if err != nil {
			return err
		}
		err = t.withoutRules(ctx, func() error {
			var in ward.Intake // one for all: it is large
			for in = range rows {
				errs, err := b.take(ctx, &in)
				if err != nil {
					return err
				}
				for _, e := range errs {
					refused = append(refused, ward.Refusal{Line: in.Line, Err: e})
				}
			}
			return nil
		})
		if done = b.done; err == nil && (dryRun || len(refused) > 0) {
			err = errUndo
		}
		return err
	})
	if errors.Is(err, errUndo) {
		err = nil
	}
	return done, refused, err
}

// refusal tells what a person can mend from what is not theirs to mend.
func refusal(err error) ([]*ward.Error, error) {
	if e, ok := errors.AsType[*ward.Error](err); ok {
		if e.Field == "" {
			e = &ward.Error{Kind: e.Kind, Field: "check_id", Reason: e.Reason}
		}
		return []*ward.Error{e}, nil
	}
	return nil, err
}

// EachEvent calls yield for what stands beside the checks, patient by patient in
// the order of admission, of each in the order of time. sel bounds when it was
// done, said or ordered.
func (v *View) EachEvent(ctx context.Context, sel Selection, yield func(*ward.Patient, *ward.Event) error) error {
	patients, err := patientsOf(ctx, v.q, sel)
	if err != nil {
		return err
	}
	for i := range patients {
		p := &patients[i]
		chart, err := beside(ctx, v.q, p.ID)
		if err != nil {
			return err
		}
		for _, e := range slices.Backward(chart.Events()) {
			if e.At.Before(sel.Since) || !sel.Until.IsZero() && !e.At.Before(sel.Until) {
				continue
			}
			if err := yield(p, &e); err != nil {
				return err
			}
		}
	}
	return nil
}

// patientsOf returns the patients that a selection is about, in the order of
// admission.
func patientsOf(ctx context.Context, q querier, sel Selection) ([]ward.Patient, error) {
	return all(ctx, q, scanPatient, `
		SELECT `+patientColumns+`
		FROM patient_now n JOIN patient p ON p.seq = n.seq
		WHERE $1 = 0 OR n.patient_id = $1
		ORDER BY n.patient_id`, sel.PatientID)
}
