package store

import (
	"context"
	"slices"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Known is a patient of the log with the latest stay: enough to find a person, and to
// notice that a new patient may be a known one.
type Known struct {
	Patient ward.Patient
	Stay    ward.Stay // zero if all stays were withdrawn
	// Names and MRNs are those of earlier versions, and of the patients that are linked
	// into this one.
	Names, MRNs []string
	Differences []ward.Difference // values of a feed that are not taken
	Alike       []int64           // patients who are perhaps the same person
}

// KnownPatients returns all patients of the log, in the order of their first admission.
// Of linked patients it returns the one that the others are linked into.
func (s *Store) KnownPatients(ctx context.Context) (list []Known, err error) {
	err = s.read(ctx, func(in reader) error {
		survivors, err := in.survivors(ctx)
		if err != nil {
			return err
		}
		versions, err := records(ctx, in, "patient", decodePatient, `ORDER BY r.patient_id, r.version DESC`)
		if err != nil {
			return err
		}
		stays, err := records(ctx, in, "stay", decodeStay, `JOIN stay_now n ON n.seq = r.seq WHERE n.withdrawn = 0 ORDER BY n.admitted_at`)
		if err != nil {
			return err
		}
		first, err := records(ctx, in, "stay", decodeStay, `WHERE r.version = 1 ORDER BY r.seq`)
		if err != nil {
			return err
		}
		began := make(map[int64]ward.Signature, len(first))
		for i := range first {
			began[first[i].ID] = first[i].Recorded
		}
		for i := range stays {
			stays[i].Began = began[stays[i].ID]
		}
		ward.SortStays(stays)
		list = knownPatients(survivors, versions, stays)
		return in.addFeeds(ctx, list, survivors)
	})
	return list, err
}

// addFeeds adds to all patients what differs between the log and a feed.
func (in reader) addFeeds(ctx context.Context, list []Known, survivors map[int64]int64) error {
	const all = `SELECT patient_id FROM patient_now`
	at := make(map[int64]int, len(list))
	for i := range list {
		at[list[i].Patient.ID] = i
	}
	events, err := in.differencesOf(ctx, all)
	if err != nil {
		return err
	}
	for _, d := range openDifferences(events) {
		if i, ok := at[survivors[d.PatientID]]; ok {
			list[i].Differences = append(list[i].Differences, d.Difference)
		}
	}
	pairs, err := in.alikePairs(ctx, all)
	for _, p := range pairs {
		one, other := survivors[p.patient], survivors[p.other]
		if one == other {
			continue
		}
		for _, of := range [][2]int64{{one, other}, {other, one}} {
			if i, ok := at[of[0]]; ok && !slices.Contains(list[i].Alike, of[1]) {
				list[i].Alike = append(list[i].Alike, of[1])
			}
		}
	}
	return err
}

// survivors returns, for each patient, the one that it is linked into.
func (in reader) survivors(ctx context.Context) (map[int64]int64, error) {
	type member struct{ id, survivor int64 }
	list, err := engine.All(ctx, in.q, func(rows engine.Results) (m member, err error) {
		err = rows.Scan(&m.id, &m.survivor)
		return m, err
	}, `SELECT patient_id, survivor_id FROM patient_now`)
	survivors := make(map[int64]int64, len(list))
	for _, m := range list {
		survivors[m.id] = m.survivor
	}
	return survivors, err
}

// knownPatients puts patients together. The versions of each patient come newest first,
// and the stays in the order of admission.
func knownPatients(survivors map[int64]int64, versions []ward.Patient, stays []ward.Stay) (list []Known) {
	at := make(map[int64]int, len(survivors))
	current := make(map[int64]bool, len(survivors))
	for _, v := range versions {
		if v.ID == survivors[v.ID] && !current[v.ID] {
			at[v.ID], current[v.ID] = len(list), true
			list = append(list, Known{Patient: v})
		}
	}
	for _, v := range versions {
		i, ok := at[survivors[v.ID]]
		if !ok {
			continue
		}
		k := &list[i]
		if v.Name != k.Patient.Name && !slices.Contains(k.Names, v.Name) {
			k.Names = append(k.Names, v.Name)
		}
		if v.MRN != k.Patient.MRN && !slices.Contains(k.MRNs, v.MRN) {
			k.MRNs = append(k.MRNs, v.MRN)
		}
	}
	for _, stay := range stays {
		if i, ok := at[survivors[stay.PatientID]]; ok {
			list[i].Stay = stay
		}
	}
	return list
}

// PatientByMRN returns the patient with that MRN, present or former, compared folded;
// of a linked patient the one that it is linked into. It returns
// [ward.KindNotFound] if there is none.
func (s *Store) PatientByMRN(ctx context.Context, mrn string) (p ward.Patient, err error) {
	err = s.read(ctx, func(in reader) error {
		id, err := in.patientIDByMRN(ctx, mrn)
		if err == nil && id == 0 {
			err = in.noMRN(ctx, mrn)
		}
		if err == nil {
			p, err = in.patient(ctx, id)
		}
		if err == nil {
			err = in.hasMRN(ctx, id, mrn)
		}
		return err
	})
	return p, err
}

// NumberByMRN returns the patient under whom an MRN, present or former, was recorded, also
// of one who is linked into another. It returns [ward.KindNotFound] if there is none.
func (s *Store) NumberByMRN(ctx context.Context, mrn string) (id int64, err error) {
	err = s.read(ctx, func(in reader) (err error) {
		found, err := engine.All(ctx, in.q, engine.Scan[int64], `SELECT patient_id FROM patient_mrn WHERE folded = $1`, ward.FoldMRN(mrn))
		if err == nil && len(found) == 0 {
			err = in.noMRN(ctx, mrn)
		}
		if err == nil {
			id = found[0]
			err = in.hasMRN(ctx, id, mrn)
		}
		return err
	})
	return id, err
}

// noMRN returns the error for an MRN that the table of MRNs does not have. If a patient of
// the record has it, the table is damaged.
func (in reader) noMRN(ctx context.Context, mrn string) error {
	versions, err := records(ctx, in, "patient", decodePatient, `ORDER BY r.seq`)
	if err != nil {
		return err
	}
	for i := range versions {
		if ward.FoldMRN(versions[i].MRN) == ward.FoldMRN(mrn) {
			return disagrees("patient_mrn", versions[i].ID)
		}
	}
	return ward.NotFound("no patient in the log has this MRN")
}
