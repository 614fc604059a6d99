package store

import (
	"context"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// CheckVersion identifies one version of a check.
type CheckVersion struct {
	ID      string
	Version int
}

// Provenance is the part of the record that an export without identities must know before
// its first row.
type Provenance struct {
	// ByHand are the versions that a person recorded here, and not by an import.
	ByHand map[CheckVersion]bool
	// Times are, for each patient, the infusion and the begin and the end of each stay.
	Times [][]time.Time
}

// Provenance reads the provenance of all checks. An import has no request, so that a
// version outside of every request counts as imported.
func (s *Store) Provenance(ctx context.Context) (p Provenance, err error) {
	err = s.read(ctx, func(in reader) error {
		if p.ByHand, err = in.byHand(ctx, 0); err != nil {
			return err
		}
		p.Times, err = in.timesOfPatients(ctx)
		return err
	})
	return p, err
}

// signedVersion is a version of a check with the number, the author and the time of its
// record.
type signedVersion struct {
	CheckVersion
	seq int64
	sig ward.Signature
}

// RecordedByHand returns the versions of the checks of a patient that a person recorded
// here, and not an import.
func (s *Snapshot) RecordedByHand(ctx context.Context, patient int64) (map[CheckVersion]bool, error) {
	return reader{q: s.q, tables: s.tables}.byHand(ctx, patient)
}

// byHand returns the versions of checks that a person recorded here, of one patient if it
// is not 0. It compares their records with their hashes, because the time of each leaves
// with an export.
func (in reader) byHand(ctx context.Context, patient int64) (map[CheckVersion]bool, error) {
	of, which, args := "", `SELECT id, first_seq FROM request ORDER BY first_seq`, []any(nil)
	if patient != 0 {
		of, args = " AND r.patient_id IN ("+groupOf("$1")+")", []any{patient}
		which = `
			SELECT DISTINCT q.id, q.first_seq
			FROM neuro_check r JOIN request q ON q.first_seq = (SELECT max(p.first_seq) FROM request p WHERE p.first_seq <= r.seq)
			WHERE r.patient_id IN (` + groupOf("$1") + `)
			ORDER BY q.first_seq`
	}
	versions, err := records(ctx, in, checkTable, func(r *row) signedVersion {
		return signedVersion{CheckVersion{r.text("check_id"), int(r.number("version"))}, r.number("seq"), r.signature()}
	}, `
		WHERE r.recorded_by = r.author AND r.recorded_at = r.at
			AND r.seq <= (SELECT q.last_seq FROM request q WHERE q.first_seq <= r.seq ORDER BY q.first_seq DESC LIMIT 1)`+of+`
		ORDER BY r.seq`, args...)
	if err != nil {
		return nil, err
	}
	requests, err := engine.All(ctx, in.q, func(rows engine.Results) (d namedAct, err error) {
		err = rows.Scan(&d.id, &d.first)
		return d, err
	}, which, args...)
	if err != nil {
		return nil, err
	}
	found := make(map[CheckVersion]bool, len(versions))
	next, act := 0, record{}
	for _, v := range versions {
		last := next
		for next < len(requests) && requests[next].first <= v.seq {
			next++
		}
		if next > last {
			if act, err = in.actOf(ctx, requests[next-1]); err != nil {
				return nil, err
			}
		}
		if act.value("author") != v.sig.By || !act.at().Equal(v.sig.At) {
			return nil, disagrees("request", v.seq)
		}
		found[v.CheckVersion] = true
	}
	return found, nil
}

// namedAct is an act that had a request: its ID and its first record.
type namedAct struct {
	id    string
	first int64
}

// actOf returns the first record of an act, which has the ID of its request. The table of
// the requests has no hashes, so that damage there could make an import pass for an act of
// a person.
func (in reader) actOf(ctx context.Context, of namedAct) (record, error) {
	r, err := in.numbered(ctx, of.first)
	if err == nil && r.value("request_id") != of.id {
		err = disagrees("request", of.first)
	}
	return r, err
}

// timesOfPatients returns the infusion and the stays of each patient, linked ones as one.
func (in reader) timesOfPatients(ctx context.Context) ([][]time.Time, error) {
	survivors, err := in.survivors(ctx)
	if err != nil {
		return nil, err
	}
	versions, err := records(ctx, in, "patient", decodePatient, `JOIN patient_now n ON n.seq = r.seq ORDER BY r.patient_id`)
	if err != nil {
		return nil, err
	}
	stays, err := records(ctx, in, "stay", decodeStay, `JOIN stay_now n ON n.seq = r.seq WHERE n.withdrawn = 0 ORDER BY n.admitted_at`)
	if err != nil {
		return nil, err
	}
	of := make(map[int64][]time.Time)
	for _, p := range versions {
		of[survivors[p.ID]] = append(of[survivors[p.ID]], p.InfusedAt)
	}
	for _, s := range stays {
		of[survivors[s.PatientID]] = append(of[survivors[s.PatientID]], s.AdmittedAt, s.DischargedAt)
	}
	var list [][]time.Time
	for _, times := range of {
		list = append(list, times)
	}
	return list, nil
}
