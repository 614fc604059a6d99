package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// part is the part of a patient's record to read.
type part int

const (
	// recentPart is the checks of the 72 h before the newest one, which with the memory
	// of the older ones is enough for the watch.
	recentPart part = iota
	// savingPart is recentPart with the open follow-ups alone, and of each the newest
	// events: that is enough for adding a check after all others.
	savingPart
	// handoverPart is no checks, because a handover reads them itself.
	handoverPart
	wholePart
)

// allTime is a time in milliseconds before all others.
const allTime = -1 << 62

// newestEvents is the number of events of follow-ups in a savingPart.
const newestEvents = 32

const recentWindow = 72 * time.Hour

// history reads a patient's history; of linked patients that of all, as one.
func (in reader) history(ctx context.Context, patient int64, p part) (ward.History, error) {
	list, err := in.histories(ctx, linked(patient), p)
	if err == nil && len(list) == 0 {
		err = ward.NotFound(missing("patient", patient))
	}
	if err != nil {
		return ward.History{}, err
	}
	return *list[0], nil
}

// patients is a query for patient IDs, with its arguments: for each patient those of all
// that are linked as one. It may use $1 only.
type patients struct {
	query string
	args  []any
}

// linked selects a patient and all that are one with the patient.
func linked(patient int64) patients { return patients{groupOf("$1"), []any{patient}} }

// alone selects a patient without those that are linked.
func alone(patient int64) patients {
	return patients{`SELECT patient_id FROM patient_now WHERE patient_id = $1`, []any{patient}}
}

// histories reads the histories of patients, a query a table: there are far more queries
// than rows if they are read one by one.
func (in reader) histories(ctx context.Context, of patients, p part) ([]*ward.History, error) {
	b, err := in.historyReader(ctx, of, p)
	if err != nil {
		return nil, err
	}
	return b.list, b.complete(ctx)
}

// historyReader reads the histories of patients, but not the checks before the part.
func (in reader) historyReader(ctx context.Context, of patients, p part) (*historyReader, error) {
	b, err := in.begin(ctx, of, p)
	if err != nil || len(b.list) == 0 {
		return b, err
	}
	if err := b.read(ctx); err != nil {
		return nil, err
	}
	if b.stray != 0 {
		return nil, missingPatient(b.stray)
	}
	for _, h := range b.list {
		sortHistory(h)
	}
	return b, nil
}

// askHistories asks for the histories of patients ahead: see [askAhead].
func (in reader) askHistories(ctx context.Context, of patients, p part) {
	_, _ = in.begin(ctx, of, p)
	b := &historyReader{in: in, of: of, part: p}
	_ = b.read(ctx)
}

// read reads the tables of the histories.
func (b *historyReader) read(ctx context.Context) error {
	for _, read := range []func(context.Context) error{b.patients, b.formerMRNs, b.stays, b.checks, b.followUps, b.orders, b.reports, b.doses, b.attributions, b.drafts, b.feeds} {
		if err := read(ctx); err != nil {
			return err
		}
	}
	return nil
}

// historyReader reads the histories of several patients.
type historyReader struct {
	in     reader
	of     patients
	part   part
	list   []*ward.History         // by the ID of the patient
	byID   map[int64]*ward.History // of each patient, also of those that are linked into another
	newest map[*ward.History]int64 // time of the newest check in milliseconds
	stray  int64                   // a patient of whom a record was read, and who is none of the patients
}

// ofPatient returns the history of a patient. A patient who is none of those that are
// read comes from a damaged index: see stray.
func (b *historyReader) ofPatient(id int64) *ward.History {
	if h := b.byID[id]; h != nil {
		return h
	}
	b.stray = id
	return new(ward.History)
}

// begin reads the patients and the memories of their checks. If a memory is missing, the
// part is the whole: a patient without checks needs none.
func (in reader) begin(ctx context.Context, of patients, p part) (*historyReader, error) {
	type member struct {
		id, survivor int64
		memory       sql.NullString
		newest       sql.NullInt64
	}
	members, err := engine.All(ctx, in.q, func(rows engine.Results) (m member, err error) {
		err = rows.Scan(&m.id, &m.survivor, &m.memory, &m.newest)
		return m, err
	}, `
		SELECT n.patient_id, n.survivor_id, n.memory, (SELECT max(c.performed_at) FROM check_now c WHERE c.patient_id = n.patient_id)
		FROM patient_now n
		WHERE n.patient_id IN (`+of.query+`)
		ORDER BY n.patient_id`, of.args...)
	if err != nil {
		return nil, err
	}
	b := &historyReader{in: in, of: of, part: p, byID: make(map[int64]*ward.History, len(members)), newest: make(map[*ward.History]int64)}
	for _, m := range members {
		if m.id != m.survivor {
			continue
		}
		h := new(ward.History)
		b.list = append(b.list, h)
		b.byID[m.id] = h
		b.newest[h] = allTime
		if m.memory.Valid {
			if h.Memory, err = parseMemory(m.id, m.memory.String); err != nil {
				return nil, err
			}
		}
	}
	for _, m := range members {
		h := b.byID[m.survivor]
		if h == nil {
			return nil, missingPatient(m.survivor)
		}
		b.byID[m.id] = h
		if m.newest.Valid {
			b.newest[h] = max(b.newest[h], m.newest.Int64)
			if m.id == m.survivor && !m.memory.Valid {
				b.part = wholePart
			}
		}
	}
	return b, nil
}

// each calls add for the records of a table about the patients.
func each[T any](ctx context.Context, b *historyReader, table string, decode func(*row) T, add func(T)) error {
	list, err := recordsAt(ctx, b.in, table, decode, `SELECT seq FROM `+table+` WHERE patient_id IN (`+b.of.query+`)`, b.of.args...)
	for _, v := range list {
		add(v)
	}
	return err
}

func (b *historyReader) patients(ctx context.Context) error {
	list, err := records(ctx, b.in, "patient", decodePatient, `
		JOIN patient_now n ON n.seq = r.seq
		WHERE n.patient_id IN (`+b.of.query+`) AND n.survivor_id = n.patient_id`, b.of.args...)
	for i := range list {
		b.ofPatient(list[i].ID).Patient = list[i]
	}
	for _, h := range b.list {
		if err == nil && h.Patient.ID == 0 {
			err = engine.Unreadable("a patient", sql.ErrNoRows)
		}
	}
	return err
}

// formerMRNs reads the MRNs that patients had, or that patients who are linked into them have.
// The table of MRNs only chooses the patients: a row of it proves nothing.
func (b *historyReader) formerMRNs(ctx context.Context) error {
	if b.part != recentPart {
		return nil
	}
	versions, err := recordsAt(ctx, b.in, "patient", decodePatient, `
		SELECT v.seq
		FROM patient v
		WHERE v.patient_id IN (
			SELECT m.patient_id FROM patient_mrn m WHERE m.current = 0 AND m.patient_id IN (`+b.of.query+`)
			UNION SELECT n.patient_id FROM patient_now n WHERE n.survivor_id <> n.patient_id AND n.patient_id IN (`+b.of.query+`))`, b.of.args...)
	of := make(map[*ward.History][]ward.Patient)
	for _, v := range versions {
		h := b.ofPatient(v.ID)
		of[h] = append(of[h], v)
	}
	for h, versions := range of {
		h.FormerMRNs = ward.FormerMRNsOf(h.Patient.MRN, versions)
	}
	return err
}

func (b *historyReader) stays(ctx context.Context) error {
	versions, err := b.in.stayVersionsOf(ctx, `WHERE r.patient_id IN (`+b.of.query+`) ORDER BY r.seq DESC`, b.of.args...)
	for _, stay := range currentStays(versions) {
		h := b.ofPatient(stay.PatientID)
		h.Stays = append(h.Stays, stay)
	}
	for _, h := range b.list {
		ward.SortStays(h.Stays)
		if stay := h.Stay(); stay != nil && stay.Version > 1 {
			h.BedChange = ward.BedChangeOf(slices.DeleteFunc(slices.Clone(versions), func(v ward.Stay) bool { return v.ID != stay.ID }))
		}
	}
	return err
}

// checks reads the checks of the part.
func (b *historyReader) checks(ctx context.Context) error {
	if b.part == handoverPart {
		return nil
	}
	from := `SELECT COLUMN FROM check_now n WHERE n.patient_id IN (` + b.of.query + `)`
	if b.part != wholePart {
		from = `
			SELECT COLUMN
			FROM patient_now p CROSS JOIN check_now n
			WHERE n.patient_id = p.patient_id AND p.patient_id IN (` + b.of.query + `)
				AND n.performed_at >= (SELECT max(m.performed_at) FROM check_now m WHERE m.patient_id = p.patient_id) - ` + millis(recentWindow)
	}
	checks, err := b.in.checksIn(ctx, from, b.of.args...)
	for i := range checks {
		c := &checks[i]
		h := b.ofPatient(c.PatientID)
		if b.part != wholePart && c.PerformedAt.UnixMilli() < b.newest[h]-recentWindow.Milliseconds() {
			continue // of a patient who was linked to one with newer checks
		}
		if h.Checks == nil {
			h.Checks = make([]ward.Check, 0, 1+len(checks)/len(b.list))
		}
		h.Checks = append(h.Checks, *c)
	}
	return err
}

func (b *historyReader) followUps(ctx context.Context) error {
	numbers := `SELECT seq FROM follow_up WHERE patient_id IN (` + b.of.query + `)`
	if b.part == savingPart {
		// Of each open follow-up, an index has its events in their order, and its checks by time.
		open := `FROM follow_up_open o WHERE o.patient_id IN (` + b.of.query + `)`
		ofIt := `FROM follow_up f WHERE f.follow_up_id = o.follow_up_id`
		numbers = `
			SELECT o.follow_up_id ` + open + `
			UNION SELECT e.seq
			FROM (SELECT o.follow_up_id, coalesce((SELECT f.seq ` + ofIt + ` ORDER BY f.seq DESC LIMIT 1 OFFSET ` + strconv.Itoa(newestEvents-1) + `), 0) AS since ` + open + `) AS newest
			JOIN follow_up e ON e.follow_up_id = newest.follow_up_id AND e.seq >= newest.since
			UNION SELECT (SELECT f.seq ` + ofIt + ` AND f.check_id IS NOT NULL ORDER BY f.performed_at DESC LIMIT 1) ` + open
	}
	events, err := recordsAt(ctx, b.in, "follow_up", decodeFollowUpEvent, numbers, b.of.args...)
	for _, f := range followUps(events) {
		h := b.ofPatient(f.PatientID)
		h.FollowUps = append(h.FollowUps, f)
	}
	return err
}

func (b *historyReader) orders(ctx context.Context) error {
	return each(ctx, b, "schedule_order", decodeOrder, func(o ward.Order) {
		h := b.ofPatient(o.PatientID)
		h.Orders = append(h.Orders, o)
	})
}

func (b *historyReader) reports(ctx context.Context) error {
	list, err := reports.of(ctx, b.in, `WHERE r.patient_id IN (`+b.of.query+`)`, b.of.args...)
	for _, r := range list {
		if h := b.ofPatient(r.PatientID); !r.Withdrawn {
			h.Reports = append(h.Reports, r)
		}
	}
	return err
}

func (b *historyReader) doses(ctx context.Context) error {
	list, err := interventions.of(ctx, b.in, `WHERE r.patient_id IN (`+b.of.query+`)`, b.of.args...)
	for _, i := range list {
		if h := b.ofPatient(i.PatientID); !i.Withdrawn && i.Kind == ward.DoseGiven {
			h.Doses = append(h.Doses, i.DoneAt)
		}
	}
	return err
}

func (b *historyReader) attributions(ctx context.Context) error {
	list, err := b.in.attributionsOf(ctx, b.of)
	for _, a := range list {
		h := b.ofPatient(a.PatientID)
		h.Attributions = append(h.Attributions, a)
	}
	return err
}

func (b *historyReader) drafts(ctx context.Context) error {
	if b.part == savingPart {
		return nil
	}
	list, err := engine.All(ctx, b.in.q, scanDraft, draftQuery+`kind IN ('`+CheckForm+`', '`+PaperSheet+`') AND patient_id IN (`+b.of.query+`) ORDER BY started_at`, b.of.args...)
	for _, d := range list {
		h := b.ofPatient(d.PatientID)
		h.Drafts = append(h.Drafts, d.open())
	}
	return err
}

// feeds reads what differs between the log and the feed.
func (b *historyReader) feeds(ctx context.Context) error {
	if b.part == savingPart {
		return nil
	}
	events, err := b.in.differencesOf(ctx, b.of.query, b.of.args...)
	if err != nil {
		return err
	}
	for _, d := range openDifferences(events) {
		h := b.ofPatient(d.PatientID)
		h.Differences = append(h.Differences, d.Difference)
	}
	if err := b.alike(ctx); err != nil {
		return err
	}
	return b.bedChanges(ctx)
}

// alike adds the patients who are perhaps the same person, unless they were linked.
func (b *historyReader) alike(ctx context.Context) error {
	pairs, err := b.in.alikePairs(ctx, b.of.query, b.of.args...)
	if err != nil || len(pairs) == 0 {
		return err
	}
	survivors, err := b.in.survivors(ctx)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		patient, other := survivors[p.patient], survivors[p.other]
		if patient == other {
			continue
		}
		for _, of := range [][2]int64{{patient, other}, {other, patient}} {
			if h := b.byID[of[0]]; h != nil && !slices.Contains(h.Alike, of[1]) {
				h.Alike = append(h.Alike, of[1])
			}
		}
	}
	return nil
}

// bedChanges drops the changes of beds that were seen: the patient was opened since.
func (b *historyReader) bedChanges(ctx context.Context) error {
	for _, h := range b.list {
		if h.BedChange == nil {
			continue
		}
		seen, err := records(ctx, b.in, "audit_event", (*row).signature,
			`WHERE r.patient_id IN (`+groupOf("$1")+`) AND r.event = $2 AND r.at >= $3 LIMIT 1`, h.Patient.ID, ward.ReadPatient, h.BedChange.At.UnixMilli())
		if err != nil {
			return err
		}
		if len(seen) > 0 {
			h.BedChange = nil
		}
	}
	return nil
}

// complete adds the last conclusive check if none is in the part that was read.
func (b *historyReader) complete(ctx context.Context) error {
	if b.part == wholePart {
		return nil
	}
	for _, h := range b.list {
		if len(h.Checks) == 0 || h.Conclusive() != nil {
			continue
		}
		var err error
		if h.LastConclusive, err = b.in.lastConclusive(ctx, h.Patient.ID); err != nil {
			return err
		}
	}
	return nil
}

// lastConclusive returns the last check of a patient with one grade, nil if there is none.
// It reads backwards whole records, and does not let SQL choose: a damaged grade would be
// passed over.
func (in reader) lastConclusive(ctx context.Context, patient int64) (*ward.Check, error) {
	const some = 32
	for from := 0; ; from += some {
		list, err := in.checksIn(ctx, `
			SELECT COLUMN
			FROM check_now n JOIN neuro_check c ON c.seq = n.seq
			WHERE n.patient_id IN (`+groupOf("$1")+`)
			ORDER BY n.performed_at DESC, n.recorded_at DESC, c.check_id DESC
			LIMIT `+strconv.Itoa(some)+` OFFSET `+strconv.Itoa(from), patient)
		if err != nil || len(list) == 0 {
			return nil, err
		}
		slices.SortFunc(list, func(a, b ward.Check) int { return b.Compare(&a) })
		for i := range list {
			if list[i].Result.Low == list[i].Result.High {
				return &list[i], nil
			}
		}
	}
}

// sortHistory puts all parts of a history in the order of time.
func sortHistory(h *ward.History) {
	ward.SortStays(h.Stays)
	h.Sort()
	slices.SortStableFunc(h.FollowUps, func(a, b ward.FollowUp) int { return int(a.ID - b.ID) })
	slices.SortStableFunc(h.Orders, func(a, b ward.Order) int { return a.Ordered.At.Compare(b.Ordered.At) })
	slices.SortStableFunc(h.Reports, func(a, b ward.Report) int { return a.ToldAt.Compare(b.ToldAt) })
	slices.SortFunc(h.Doses, time.Time.Compare)
}
