package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Selection selects the checks to read. Its zero value selects all.
type Selection struct {
	PatientID int64     // with all that are linked as one with the patient; 0 for every patient
	Since     time.Time // performed then or later; zero for no bound
	Until     time.Time // performed before then; zero for no bound
}

// where narrows a query on c, a check, to the selection. It leaves out conditions that
// the selection does not ask for, so that SQLite sees which index serves. Its parameters
// are numbered from first; args returns their values.
func (sel Selection) where(first int) (where string) {
	for _, c := range sel.conditions() {
		where += " AND " + strings.ReplaceAll(c.text, "$N", "$"+strconv.Itoa(first))
		first++
	}
	return where
}

// holds reports whether the selection has checks that were performed at a time, to the
// millisecond, as the log has it.
func (sel *Selection) holds(performed time.Time) bool {
	at := performed.UnixMilli()
	return (sel.Since.IsZero() || at >= sel.Since.UnixMilli()) && (sel.Until.IsZero() || at < sel.Until.UnixMilli())
}

func (sel Selection) args() (args []any) {
	for _, c := range sel.conditions() {
		args = append(args, c.value)
	}
	return args
}

type condition struct {
	text  string // with $N for the value
	value any
}

func (sel Selection) conditions() (list []condition) {
	if sel.PatientID != 0 {
		list = append(list, condition{"c.patient_id IN (" + groupOf("$N") + ")", sel.PatientID})
	}
	if since, _ := toMillis(sel.Since); since != nil {
		list = append(list, condition{"c.performed_at >= $N", since})
	}
	if until, _ := toMillis(sel.Until); until != nil {
		list = append(list, condition{"c.performed_at < $N", until})
	}
	return list
}

// CountChecks returns the number of selected versions of checks.
func (s *Snapshot) CountChecks(ctx context.Context, sel Selection) (int, error) {
	n, err := engine.One(ctx, s.q, "", engine.Scan[int64], `SELECT count(*) FROM neuro_check c WHERE true`+sel.where(1), sel.args()...)
	return int(n), err
}

// CheckedPatients returns the patients who have selected checks, in the order of their
// first checks in the record.
func (s *Snapshot) CheckedPatients(ctx context.Context, sel Selection) ([]ward.Patient, error) {
	ids, err := engine.All(ctx, s.q, engine.Scan[int64], `
		SELECT n.survivor_id
		FROM neuro_check c JOIN patient_now n ON n.patient_id = c.patient_id
		WHERE true`+sel.where(1)+`
		GROUP BY n.survivor_id
		ORDER BY min(c.seq)`, sel.args()...)
	if err != nil {
		return nil, err
	}
	var list []ward.Patient
	for _, id := range ids {
		p, err := reader{q: s.q, tables: s.tables}.patient(ctx, id)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// EachCheck calls yield for each selected version of each check in the order of the
// record, with the patient and the stay that holds the check, a zero Stay if there is
// none. It stops at the first error and returns it. The arguments of yield are its own
// only until it returns.
//
// It reads the checks of all times, and lets no SQL choose among them: a damaged time
// would hide a check.
func (s *Snapshot) EachCheck(ctx context.Context, sel Selection, yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
	last, err := s.last(ctx)
	if err != nil {
		return err
	}
	in := reader{q: s.q, tables: s.tables, inside: s.inside}
	want, err := s.countChecks(ctx, sel)
	if err != nil {
		return err
	}
	persons := newPersonCache(in)
	step := int64(partLength)
	if sel.PatientID != 0 { // an index finds the checks
		step = max(last, 1)
	}
	read := 0
	for from := s.after; from < last; from += step {
		n, err := in.eachCheckIn(ctx, sel, from, from+step, persons, yield)
		if read += n; err != nil {
			return err
		}
	}
	return hidden(map[string]int64{checkTable: want}, checkTable, read)
}

// last returns the number of the last record.
func (s *Snapshot) last(ctx context.Context) (last int64, err error) {
	if s.inside { // the chain does not have its end yet
		return engine.One(ctx, s.q, "", engine.Scan[int64], `SELECT coalesce(max(seq), 0) FROM neuro_check`)
	}
	last, _, err = headOf(ctx, s.q)
	return last, err
}

// countChecks returns the number of versions of checks of the selected patient that should
// be read.
func (s *Snapshot) countChecks(ctx context.Context, sel Selection) (int64, error) {
	if s.inside {
		return engine.One(ctx, s.q, "", engine.Scan[int64], `SELECT count(*) FROM neuro_check WHERE seq > $1`, s.after)
	}
	return reader{q: s.q, tables: s.tables}.countOf(ctx, checkTable, sel.PatientID)
}

// eachCheckIn is [Snapshot.EachCheck] for the records above one number, up to another. It
// returns the number of versions that it read.
func (in reader) eachCheckIn(ctx context.Context, sel Selection, from, to int64, persons *personCache, yield func(*ward.Patient, *ward.Stay, *ward.Check) error) (int, error) {
	which, args := between, []any{from, to}
	if sel.PatientID != 0 {
		which, args = which+" AND c.patient_id IN ("+groupOf("$3")+")", append(args, sel.PatientID)
	}
	checks, err := recordsAt(ctx, in, checkTable, decodeCheck, `SELECT c.seq FROM neuro_check c WHERE `+which, args...)
	if err != nil || len(checks) == 0 {
		return 0, err
	}
	if err := in.reevaluate(ctx, checks, `
		SELECT v.seq
		FROM reevaluation v JOIN neuro_check c ON c.check_id = v.check_id AND c.version = v.version
		WHERE `+which, args...); err != nil {
		return len(checks), err
	}
	for i := range checks {
		c := &checks[i]
		if !sel.holds(c.PerformedAt) {
			continue
		}
		p, err := persons.get(ctx, c.PatientID)
		if err != nil {
			return len(checks), err
		}
		if err := yield(&p.patient, p.stayAt(c.PerformedAt), c); err != nil {
			return len(checks), err
		}
	}
	return len(checks), nil
}

// EachCheck is [Snapshot.EachCheck] on a snapshot of its own.
func (s *Store) EachCheck(ctx context.Context, sel Selection, yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
	return s.Snapshot(ctx, func(v *Snapshot) error { return v.EachCheck(ctx, sel, yield) })
}

// between selects the records above one number, up to another.
const between = `c.seq > $1 AND c.seq <= $2`

// partLength is the number of records of a part, and partPatients the number of patients
// if it is read by them.
const (
	partLength   = 1024
	partPatients = 8
)

// countOf returns the number of records of a table, or of those about a patient and all
// that are linked as one with the patient, if it is not 0.
func (in reader) countOf(ctx context.Context, table string, patient int64) (int64, error) {
	total, err := chainCounts(ctx, in.q)
	if err != nil || patient == 0 {
		return total[table], err
	}
	return engine.One(ctx, in.q, "", engine.Scan[int64], `
		SELECT coalesce(sum(records), 0)
		FROM patient_count
		WHERE table_name = $2 AND patient_id IN (`+groupOf("$1")+`)`, patient, table)
}
