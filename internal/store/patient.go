package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

func sameName(a, b string) bool { return strings.EqualFold(a, b) }

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
	found, err := all(ctx, in.q, scanNumber, `
		SELECT n.survivor_id
		FROM patient_mrn m JOIN patient_now n ON n.patient_id = m.patient_id
		WHERE m.folded = $1`, ward.FoldMRN(mrn))
	if err != nil || len(found) == 0 {
		return 0, err
	}
	return found[0], nil
}

// group returns the patient that an ID is linked into, and the IDs of all patients
// that are one with it.
func (in reader) group(ctx context.Context, id int64) (survivor int64, ids []int64, err error) {
	type member struct{ id, survivor int64 }
	list, err := all(ctx, in.q, func(rows *sql.Rows) (m member, err error) {
		err = rows.Scan(&m.id, &m.survivor)
		return m, err
	}, `
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

// Admit records a new patient and the first stay. It returns
// [ward.KindConflict] if the MRN is on the ward, and a [ward.KindQuestion] if it is
// that of a patient who left: see [Store.Readmit].
func (s *Store) Admit(ctx context.Context, sig ward.Signature, p ward.Patient, stay ward.Stay) (ward.Patient, ward.Stay, error) {
	p.Clean()
	stay.Clean()
	admit := func(w *tx) (err error) {
		if err := w.mayAdmit(ctx, &p); err != nil {
			return err
		}
		p.Recorded = w.signed(p.Recorded)
		p.ID, p.Version = 0, 1
		if err := firstOf(p.Problems(w.now())); err != nil {
			return err
		}
		if err := w.mrnIsFree(ctx, p.MRN, 0); err != nil {
			return err
		}
		if err := w.putPatient(ctx, &p); err != nil {
			return err
		}
		stay.PatientID = p.ID
		return w.beginStay(ctx, &stay)
	}
	err := s.doOrAnswer(ctx, sig, ward.MayMovePatient, "admit", []any{p, stay}, admit, func(in reader, done Done) error {
		list, err := appendedIn(ctx, in, "patient", decodePatient, done)
		if err != nil || len(list) == 0 {
			return err
		}
		p = list[0]
		stay, err = in.answerStay(ctx, done)
		return err
	})
	return p, stay, err
}

// now returns the time of the transaction in the ward's zone: ages count on its
// calendar.
func (w *tx) now() time.Time { return w.sig.At.In(w.site.Zone) }

// mayAdmit checks the permissions for the therapy of a new patient.
func (w *tx) mayAdmit(ctx context.Context, p *ward.Patient) error {
	return w.mayEdit(ctx, &ward.Patient{Tool: p.Tool}, p)
}

// mayEdit checks the permissions for the changes between two versions of a patient:
// the therapy is the staff's, a baseline after the infusion and features that are
// mild in health are a clinician's.
func (w *tx) mayEdit(ctx context.Context, before, p *ward.Patient) error {
	therapy := before.Product != p.Product || !before.InfusedAt.Equal(p.InfusedAt) || before.Tool != p.Tool ||
		before.Interpreter != p.Interpreter || baselineDiffers(before, p)
	if therapy {
		if err := w.may(ctx, ward.MaySetTherapy); err != nil {
			return err
		}
	}
	if before.Health != p.Health || w.baselineLate(before, p) {
		return w.may(ctx, ward.MayDecide)
	}
	return nil
}

func baselineDiffers(a, b *ward.Patient) bool {
	return a.Baseline != b.Baseline || a.BaselineLost != b.BaselineLost
}

// baselineLate reports whether a version changes the baseline after the infusion, by
// the time of the version or of the one before it.
func (w *tx) baselineLate(before, p *ward.Patient) bool {
	infused := func(p *ward.Patient) bool { return !p.InfusedAt.IsZero() && !p.InfusedAt.After(w.sig.At) }
	return baselineDiffers(before, p) && (infused(before) || infused(p))
}

// mrnIsFree returns an error if a patient other than id, or one that is linked to it,
// has the MRN or had it.
func (w *tx) mrnIsFree(ctx context.Context, mrn string, id int64) error {
	holders, err := all(ctx, w.sql, scanNumber, `SELECT patient_id FROM patient_mrn WHERE folded = $1`, ward.FoldMRN(mrn))
	if err != nil || len(holders) == 0 || holders[0] == id {
		return err
	}
	stays, err := w.reader().staysOf(ctx, holders[0])
	if err != nil {
		return err
	}
	if slices.ContainsFunc(stays, func(s ward.Stay) bool { return s.OnWard() }) {
		return &ward.Error{Kind: ward.KindConflict, Field: "mrn", Code: "on_ward", Reason: "a patient on the ward has this MRN"}
	}
	if id != 0 {
		e := ward.Conflict("this is the MRN of another patient, now or earlier")
		e.Field = "mrn"
		return e
	}
	q := ward.Question("readmit", "a patient who left has this MRN: readmit?")
	q.Field = "mrn"
	return q
}

// EditPatient records a new version of a patient's identifiers and therapy: p.Version
// is that of the version it replaces. If flags depend on the change, the patient's
// checks are evaluated again. A baseline that changes after the infusion needs a reason.
func (s *Store) EditPatient(ctx context.Context, sig ward.Signature, p ward.Patient) (ward.Patient, error) {
	p.Clean()
	edit := func(w *tx) error {
		before, err := w.reader().patient(ctx, p.ID)
		if err != nil {
			return err
		}
		if p.Version != before.Version {
			return changedMeanwhile()
		}
		if err := w.mayEdit(ctx, &before, &p); err != nil {
			return err
		}
		if w.baselineLate(&before, &p) && p.Reason == "" {
			return ward.Invalid("reason", "missing: the baseline changes after the infusion")
		}
		p.Version++
		p.Recorded = w.sig
		if err := firstOf(p.Problems(w.now())); err != nil {
			return err
		}
		if err := w.mrnIsFree(ctx, p.MRN, p.ID); err != nil {
			return err
		}
		if err := w.putPatient(ctx, &p); err != nil {
			return err
		}
		if evaluatedAlike(&before, &p) {
			return nil
		}
		return w.reassess(ctx, p.ID, "patient")
	}
	err := s.doOrAnswer(ctx, sig, ward.MayMovePatient, "edit_patient", []any{p}, edit, func(in reader, done Done) error {
		list, err := appendedIn(ctx, in, "patient", decodePatient, done)
		if err == nil && len(list) > 0 {
			p = list[0]
		}
		return err
	})
	return p, err
}

// evaluatedAlike reports whether no flag can differ between two versions of a patient.
func evaluatedAlike(a, b *ward.Patient) bool {
	return a.Tool == b.Tool && a.Baseline == b.Baseline && a.Health == b.Health && a.Interpreter == b.Interpreter && a.InfusedAt.Equal(b.InfusedAt)
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

// signed fills in the author and the time of a signature that a file did not give.
func (w *tx) signed(sig ward.Signature) ward.Signature {
	if sig.By == "" {
		sig.By = w.sig.By
	}
	if sig.At.IsZero() {
		sig.At = w.sig.At
	}
	sig.At = ward.Moment(sig.At)
	return sig
}
