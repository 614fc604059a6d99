package store

import (
	"context"
	"time"

	"neurocheck/internal/store/engine"
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
		byHand, err := engine.All(ctx, in.q, func(rows engine.Results) (v CheckVersion, err error) {
			err = rows.Scan(&v.ID, &v.Version)
			return v, err
		}, `
			SELECT c.check_id, c.version
			FROM neuro_check c
			WHERE c.recorded_by = c.author AND c.recorded_at = c.at
				AND c.seq <= (SELECT q.last_seq FROM request q WHERE q.first_seq <= c.seq ORDER BY q.first_seq DESC LIMIT 1)`)
		if err != nil {
			return err
		}
		p.ByHand = make(map[CheckVersion]bool, len(byHand))
		for _, v := range byHand {
			p.ByHand[v] = true
		}
		p.Times, err = in.timesOfPatients(ctx)
		return err
	})
	return p, err
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
