package store

import (
	"context"
	"encoding/hex"
	"maps"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Increment is the part of the log that was recorded after one record.
type Increment struct {
	ward.Touched
	Head string // the hash of that record, in hexadecimal
	// Settings are those that were recorded last at that record, as the log has them;
	// empty if there were none.
	Settings string
}

// Since returns the part of the log that the records after one touched. hash is the hash
// of that record in hexadecimal, or its beginning; empty if the caller does not know it.
// Another hash is a conflict: the log is not the one that the caller knows.
func (s *Snapshot) Since(ctx context.Context, seq int64, hash string) (i Increment, err error) {
	in := reader{q: s.q, tables: s.tables}
	last, _, err := headOf(ctx, s.q)
	if err != nil {
		return i, err
	}
	number := "record " + strconv.FormatInt(seq, 10)
	if seq < 1 || seq > last {
		return i, ward.Conflict("the log has no " + number + ": it ends with " + strconv.FormatInt(last, 10))
	}
	r, err := in.numbered(ctx, seq)
	if err != nil {
		return i, err
	}
	if i.Head = hex.EncodeToString(r.hash); !strings.HasPrefix(i.Head, hash) {
		return i, ward.Conflict(number + " has another hash: this is another log, or one that was altered")
	}
	if i.Touched, err = in.touchedAfter(ctx, seq, r.at()); err != nil {
		return i, err
	}
	settings, err := firstRecord(ctx, in, "", "settings", func(r *row) string { return r.value("content").Text },
		`WHERE r.seq <= $1 ORDER BY r.seq DESC LIMIT 1`, seq)
	if ward.KindOf(err) == ward.KindNotFound {
		err = nil
	}
	i.Settings = settings
	return i, err
}

// touchedAfter returns the part of the log that the records after one touched. at is the
// time of that record: an infusion that came later makes day 0 known.
func (in reader) touchedAfter(ctx context.Context, seq int64, at time.Time) (t ward.Touched, err error) {
	t.At = at
	survivors, err := in.survivors(ctx)
	if err != nil {
		return t, err
	}
	patients := func(queries ...string) (map[int64]bool, error) {
		found := make(map[int64]bool)
		for _, query := range queries {
			ids, err := engine.All(ctx, in.q, engine.Scan[int64], query, seq)
			if err != nil {
				return nil, err
			}
			for _, id := range ids {
				found[survivors[id]] = true
			}
		}
		return found, nil
	}
	for _, list := range []struct {
		into    *map[int64]bool
		queries []string
	}{
		{&t.Patients, []string{
			`SELECT patient_id FROM patient WHERE seq > $1`, `SELECT patient_id FROM stay WHERE seq > $1`,
			`SELECT patient_id FROM patient_link WHERE seq > $1`, `SELECT into_id FROM patient_link WHERE seq > $1`,
		}},
		{&t.Checked, []string{`SELECT patient_id FROM neuro_check WHERE seq > $1`, `SELECT patient_id FROM reevaluation WHERE seq > $1`}},
		{&t.Ordered, []string{`SELECT patient_id FROM schedule_order WHERE seq > $1`}},
		{&t.Others, []string{
			`SELECT patient_id FROM follow_up WHERE seq > $1`, `SELECT patient_id FROM intervention WHERE seq > $1`, `SELECT patient_id FROM report WHERE seq > $1`,
		}},
	} {
		if *list.into, err = patients(list.queries...); err != nil {
			return t, err
		}
	}
	infused, err := setOf[int64](ctx, in.q, `SELECT n.survivor_id FROM patient_now n JOIN patient p ON p.seq = n.seq WHERE p.infused_at > $1`, at.UnixMilli())
	if err != nil {
		return t, err
	}
	maps.Copy(t.Others, infused)
	return t, in.addTouched(ctx, seq, &t)
}

// addTouched adds the checks, the follow-ups, the events and the staff.
func (in reader) addTouched(ctx context.Context, seq int64, t *ward.Touched) (err error) {
	if t.Checks, err = setOf[string](ctx, in.q, `
		SELECT check_id FROM neuro_check WHERE seq > $1
		UNION SELECT check_id FROM reevaluation WHERE seq > $1`, seq); err != nil {
		return err
	}
	if t.FollowUps, err = setOf[int64](ctx, in.q, `SELECT follow_up_id FROM follow_up WHERE seq > $1`, seq); err != nil {
		return err
	}
	if t.Interventions, err = setOf[int64](ctx, in.q, `SELECT intervention_id FROM intervention WHERE seq > $1`, seq); err != nil {
		return err
	}
	if t.Reports, err = setOf[int64](ctx, in.q, `SELECT report_id FROM report WHERE seq > $1`, seq); err != nil {
		return err
	}
	names, err := setOf[string](ctx, in.q, `SELECT name FROM staff WHERE seq > $1`, seq)
	t.Staff = make(map[string]bool)
	for name := range names {
		t.Staff[strings.ToLower(ward.CleanLine(name))] = true
	}
	return err
}

func setOf[T comparable](ctx context.Context, q engine.Querier, query string, arg int64) (map[T]bool, error) {
	list, err := engine.All(ctx, q, engine.Scan[T], query, arg)
	set := make(map[T]bool, len(list))
	for _, v := range list {
		set[v] = true
	}
	return set, err
}

// Person returns the chart of a patient with the versions of the patient and the stays alone.
func (s *Snapshot) Person(ctx context.Context, patient int64) (chart ward.Chart, err error) {
	in := reader{q: s.q, tables: s.tables}
	p, err := in.person(ctx, patient)
	if err != nil {
		return chart, err
	}
	chart.Patient, chart.Stays = p.patient, p.stays
	_, group, err := in.group(ctx, patient)
	if err != nil {
		return chart, err
	}
	for _, member := range group {
		versions, err := records(ctx, in, "patient", decodePatient, `WHERE r.patient_id = $1 ORDER BY r.version DESC`, member)
		if err != nil {
			return chart, err
		}
		chart.PatientVersions = append(chart.PatientVersions, versions...)
		stays, err := in.stayVersions(ctx, member)
		if err != nil {
			return chart, err
		}
		chart.StayVersions = append(chart.StayVersions, stays...)
	}
	return chart, nil
}
