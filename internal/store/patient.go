package store

import (
	"context"
	"slices"

	"neurocheck/internal/icans"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

func decodePatient(r *row) ward.Patient {
	p := ward.Patient{
		ID: r.number("patient_id"), Version: int(r.number("version")),
		MRN: r.text("mrn"), Name: r.text("name"), SecondID: r.text("second_id"),
		Language: r.text("language"), Interpreter: r.flag("interpreter"),
		Product: r.text("product"), InfusedAt: r.time("infused"), Baseline: r.points("baseline"),
		Reason: r.text("reason"), Recorded: r.recorded(),
	}
	if born := r.text("birth_date"); born != "" {
		date, err := ward.ParseDate(born)
		if err != nil {
			r.fail("birth_date", "is no date")
		}
		p.BirthDate = date
	}
	var x icans.Findings
	r.set(icans.FieldOf("tool"), &x, "patient_tool")
	p.Tool = x.Tool
	var ok bool
	if p.Health, ok = icans.ParseFeatures(r.text("features_mild")); !ok {
		r.fail("features_mild", "holds a word that this program does not know")
	}
	if p.BaselineLost, ok = ward.ParseICEItems(r.text("baseline_lost")); !ok {
		r.fail("baseline_lost", "holds a word that this program does not know")
	}
	return p
}

func (in reader) patient(ctx context.Context, id int64) (ward.Patient, error) {
	return firstRecord(ctx, in, missing("patient", id), "patient", decodePatient,
		`JOIN patient_now n ON n.seq = r.seq WHERE n.patient_id = $1`, id)
}

// hasMRN returns an error unless a patient, or one that is linked into the patient, has
// or had an MRN: damage of the table of MRNs must not show another person.
func (in reader) hasMRN(ctx context.Context, id int64, mrn string) error {
	versions, err := records(ctx, in, "patient", decodePatient, `WHERE r.patient_id IN (`+groupOf("$1")+`)`, id)
	if err != nil {
		return err
	}
	for i := range versions {
		if ward.FoldMRN(versions[i].MRN) == ward.FoldMRN(mrn) {
			return nil
		}
	}
	return disagrees("patient_mrn", id)
}

// patientIDByMRN returns the patient with that MRN, or the one that this patient is
// linked into; 0 if there is none.
func (in reader) patientIDByMRN(ctx context.Context, mrn string) (int64, error) {
	found, err := engine.All(ctx, in.q, engine.Scan[int64], `
		SELECT n.survivor_id
		FROM patient_mrn m JOIN patient_now n ON n.patient_id = m.patient_id
		WHERE m.folded = $1`, ward.FoldMRN(mrn))
	if err != nil || len(found) == 0 {
		return 0, err
	}
	return found[0], nil
}

// patientIDsByMRN is [reader.patientIDByMRN] for many folded MRNs.
func (in reader) patientIDsByMRN(ctx context.Context, folded []string) (map[string]int64, error) {
	type holder struct {
		mrn string
		id  int64
	}
	found, err := inChunks(ctx, in.q, folded, func(rows engine.Results) (h holder, err error) {
		err = rows.Scan(&h.mrn, &h.id)
		return h, err
	}, `
		SELECT m.folded, n.survivor_id
		FROM patient_mrn m JOIN patient_now n ON n.patient_id = m.patient_id
		WHERE m.folded IN `)
	ids := make(map[string]int64, len(found))
	for _, h := range found {
		ids[h.mrn] = h.id
	}
	return ids, err
}

// group returns the patient that an ID is linked into, and the IDs of all patients
// that are one with it.
func (in reader) group(ctx context.Context, id int64) (survivor int64, ids []int64, err error) {
	list, err := engine.All(ctx, in.q, scanMember, `
		SELECT patient_id, survivor_id
		FROM patient_now
		WHERE survivor_id = (SELECT survivor_id FROM patient_now WHERE patient_id = $1)
		ORDER BY patient_id`, id)
	if err != nil {
		return 0, nil, err
	}
	if len(list) == 0 {
		return 0, nil, ward.NotFound(missing("patient", id))
	}
	for _, m := range list {
		ids = append(ids, m.id)
	}
	return list[0].survivor, ids, nil
}

// member is a patient, and the one that the patient is linked into.
type member struct{ id, survivor int64 }

func scanMember(rows engine.Results) (m member, err error) {
	err = rows.Scan(&m.id, &m.survivor)
	return m, err
}

// putPatient appends a version of a patient. It sets the ID of a new one.
func (w *tx) putPatient(ctx context.Context, p *ward.Patient) error {
	var id any = p.ID
	if p.ID == 0 {
		id = ownSeq
	}
	tool := icans.FieldOf("tool").Code(&icans.Findings{Tool: p.Tool})
	columns := slices.Concat([]column{
		{"patient_id", id}, {"version", int64(p.Version)},
		{"mrn", p.MRN}, {"name", p.Name}, {"birth_date", text(p.BirthDate.String())}, {"second_id", text(p.SecondID)},
		{"language", text(p.Language)}, {"interpreter", boolInt(p.Interpreter)}, {"product", text(p.Product)},
	}, timeColumns("infused", p.InfusedAt), []column{
		{"patient_tool", tool}, {"baseline", points(p.Baseline)},
		{"baseline_lost", text(p.BaselineLost.Codes())}, {"features_mild", text(string(p.Health.AppendCodes(nil)))},
		{"reason", text(p.Reason)},
	}, recordedColumns(p.Recorded))
	seq, err := w.append(ctx, "patient", columns...)
	if err != nil {
		return err
	}
	if p.ID == 0 {
		p.ID = seq
	}
	if err := w.putPatientNow(ctx, p.ID, seq); err != nil {
		return err
	}
	return w.putMRN(ctx, p.ID, ward.FoldMRN(p.MRN))
}

func decodeLink(r *row) ward.Link {
	return ward.Link{
		PatientID: r.number("patient_id"), Into: r.number("into_id"), Undone: r.text("event") == patientUnlinked,
		Reason: r.text("reason"), Recorded: r.recorded(),
	}
}

// activeLink is a link that is not undone.
type activeLink struct{ id, into int64 }

// activeLinks returns the links that are not undone, by patient.
func (in reader) activeLinks(ctx context.Context) (map[int64]activeLink, error) {
	type linked struct {
		activeLink
		patient int64
	}
	list, err := records(ctx, in, "patient_link", func(r *row) linked {
		return linked{activeLink{r.number("link_id"), r.number("into_id")}, r.number("patient_id")}
	}, `WHERE r.event = 'linked' AND NOT EXISTS (SELECT 1 FROM patient_link u WHERE u.link_id = r.link_id AND u.event = 'unlinked')`)
	links := make(map[int64]activeLink, len(list))
	for _, l := range list {
		links[l.patient] = l.activeLink
	}
	return links, err
}

// end follows the links from a patient to the one that all views read.
func end(links map[int64]activeLink, patient int64) int64 {
	for range links {
		link, ok := links[patient]
		if !ok {
			break
		}
		patient = link.into
	}
	return patient
}
