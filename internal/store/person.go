package store

import (
	"context"
	"maps"
	"strconv"
	"sync"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// person is a patient with the stays, as an export needs them: of a linked patient, the
// patient that it is linked into.
type person struct {
	patient ward.Patient
	stays   []ward.Stay
}

// stayAt returns the stay that holds a time, or a zero Stay.
func (p *person) stayAt(t time.Time) *ward.Stay {
	if s := ward.StayAt(p.stays, t); s != nil {
		return s
	}
	return &ward.Stay{}
}

// person reads a patient and the stays.
func (in reader) person(ctx context.Context, id int64) (*person, error) {
	list, err := in.persons(ctx, id, id)
	if err == nil && list[id] == nil {
		err = ward.NotFound(missing("patient", id))
	}
	return list[id], err
}

// survivorsBetween selects the patients into which those of a range of numbers are linked.
const survivorsBetween = `SELECT survivor_id FROM patient_now WHERE patient_id BETWEEN $1 AND $2`

// persons reads the patients with a number from one up to another, and the stays. Each
// query is for all of them: a server takes longer for a question than for its answer.
func (in reader) persons(ctx context.Context, from, to int64) (map[int64]*person, error) {
	members, err := in.membersOf(ctx, from, to)
	if err != nil || len(members) == 0 {
		return nil, err
	}
	patients, err := records(ctx, in, "patient", decodePatient, `JOIN patient_now n ON n.seq = r.seq WHERE n.patient_id IN (`+survivorsBetween+`)`, from, to)
	if err != nil {
		return nil, err
	}
	stays, err := in.staysBetween(ctx, from, to, members)
	if err != nil {
		return nil, err
	}
	survivors := make(map[int64]*person, len(patients))
	for _, p := range patients {
		survivors[p.ID] = &person{patient: p}
	}
	list := make(map[int64]*person, len(members))
	for _, m := range members {
		p := survivors[m.survivor]
		if p == nil {
			return nil, disagrees("patient_now", m.survivor)
		}
		list[m.id] = p
		p.stays = append(p.stays, stays[m.id]...)
	}
	for _, p := range survivors {
		ward.SortStays(p.stays)
	}
	return list, nil
}

// membersOf returns the patients with a number from one up to another, and all that are
// linked with them.
func (in reader) membersOf(ctx context.Context, from, to int64) ([]member, error) {
	return engine.All(ctx, in.q, scanMember, `
		SELECT patient_id, survivor_id
		FROM patient_now
		WHERE survivor_id IN (`+survivorsBetween+`)
		ORDER BY patient_id`, from, to)
}

// staysBetween returns the current stays of these patients, by patient. It returns an error
// unless it has read as many versions as the log has.
func (in reader) staysBetween(ctx context.Context, from, to int64, members []member) (map[int64][]ward.Stay, error) {
	const group = `SELECT patient_id FROM patient_now WHERE survivor_id IN (` + survivorsBetween + `)`
	list, err := in.stayVersionsOf(ctx, `WHERE r.patient_id IN (`+group+`) ORDER BY r.seq DESC`, from, to)
	if err != nil {
		return nil, err
	}
	versions := make(map[int64][]ward.Stay, len(members))
	for _, v := range list {
		versions[v.PatientID] = append(versions[v.PatientID], v)
	}
	want, err := in.countsOf(ctx, "stay", group, from, to)
	if err != nil {
		return nil, err
	}
	stays := make(map[int64][]ward.Stay, len(members))
	for _, m := range members {
		of := versions[m.id]
		if err := hidden(map[string]int64{"stay": want[m.id]}, "stay", len(of)); err != nil && !in.inside {
			return nil, err
		}
		nameGivers(of)
		stays[m.id] = currentStays(of)
	}
	return stays, nil
}

// countsOf returns the numbers of the records of a table that the log has of each of the
// patients that a query selects.
func (in reader) countsOf(ctx context.Context, table, patients string, args ...any) (map[int64]int64, error) {
	type count struct{ patient, records int64 }
	list, err := engine.All(ctx, in.q, func(rows engine.Results) (c count, err error) {
		err = rows.Scan(&c.patient, &c.records)
		return c, err
	}, `SELECT patient_id, records FROM patient_count WHERE table_name = '`+table+`' AND patient_id IN (`+patients+`)`, args...)
	counts := make(map[int64]int64, len(list))
	for _, c := range list {
		counts[c.patient] = c.records
	}
	return counts, err
}

// personCache looks up patients with their stays, for several readers.
type personCache struct {
	in reader

	mu    sync.Mutex
	known map[int64]*person
}

// mostPersons is the number kept in memory: more than are on a ward at a time, so that in
// the order of the record each is looked up about once. nextPersons are looked up together,
// because the next ones come with the next checks.
const (
	mostPersons = 1000
	nextPersons = 64
)

func newPersonCache(in reader) *personCache {
	return &personCache{in: in, known: make(map[int64]*person)}
}

func (l *personCache) get(ctx context.Context, id int64) (*person, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.known[id]; p != nil {
		return p, nil
	}
	list, err := l.next(ctx, id)
	if err != nil || list[id] == nil { // one of the others may be damaged
		p, err := l.in.person(ctx, id)
		if err != nil {
			return nil, err
		}
		list = map[int64]*person{id: p}
	}
	if len(l.known)+len(list) > mostPersons {
		clear(l.known)
	}
	maps.Copy(l.known, list)
	return list[id], nil
}

// next reads a patient and those with the next numbers.
func (l *personCache) next(ctx context.Context, id int64) (map[int64]*person, error) {
	last, err := engine.One(ctx, l.in.q, "", engine.Scan[int64], `
		SELECT max(patient_id)
		FROM (SELECT patient_id FROM patient_now WHERE patient_id >= $1 ORDER BY patient_id LIMIT `+strconv.Itoa(nextPersons)+`) AS following`, id)
	if err != nil {
		return nil, err
	}
	return l.in.persons(ctx, id, last)
}
