package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

func sameName(a, b string) bool { return strings.EqualFold(a, b) }

const patientColumns = `
	p.at, p.at_offset, p.author, p.patient_id, p.version, p.mrn, p.name, p.birth_date,
	coalesce(p.bed, ''), coalesce(p.product, ''), p.infused_at, p.infused_offset,
	p.patient_tool, p.baseline, coalesce(p.language, ''), p.interpreter, coalesce(p.clinician, ''),
	p.admitted_at, p.admitted_offset, p.discharged_at, p.discharged_offset, coalesce(p.discharge, '')`

// patientRow scans patientColumns.
type patientRow struct {
	p                                    ward.Patient
	born, tool                           string
	at, infused, admitted, discharged    sql.NullInt64
	atOff, infusedOff, admOff, dischOffs sql.NullInt64
	baseline                             sql.NullInt64
}

func (r *patientRow) dest() []any {
	p := &r.p
	return []any{
		&r.at, &r.atOff, &p.Recorded.By, &p.ID, &p.Version, &p.MRN, &p.Name, &r.born,
		&p.Bed, &p.Product, &r.infused, &r.infusedOff,
		&r.tool, &r.baseline, &p.Language, &p.Interpreter, &p.Clinician,
		&r.admitted, &r.admOff, &r.discharged, &r.dischOffs, &p.Discharge,
	}
}

func (r *patientRow) patient() (ward.Patient, error) {
	p := r.p
	born, err := ward.ParseDate(r.born)
	if err != nil {
		return p, unreadable{fmt.Sprintf("patient %d", p.ID), err}
	}
	p.BirthDate = born
	var x icans.Findings
	if err := icans.FieldOf("tool").Set(&x, r.tool); err != nil {
		return p, unreadable{fmt.Sprintf("patient %d", p.ID), err}
	}
	p.Tool = x.Tool
	p.Baseline = fromPoints(r.baseline)
	p.Recorded.At = fromMoment(r.at, r.atOff)
	p.InfusedAt = fromMoment(r.infused, r.infusedOff)
	p.AdmittedAt = fromMoment(r.admitted, r.admOff)
	p.DischargedAt = fromMoment(r.discharged, r.dischOffs)
	return p, nil
}

func scanPatient(rows *sql.Rows) (ward.Patient, error) {
	var r patientRow
	if err := rows.Scan(r.dest()...); err != nil {
		return ward.Patient{}, err
	}
	return r.patient()
}

// patientByID returns the version of a patient that holds.
func patientByID(ctx context.Context, q querier, id int64) (ward.Patient, error) {
	return one(ctx, q, "there is no such patient", scanPatient, `
		SELECT `+patientColumns+`
		FROM patient_now n JOIN patient p ON p.seq = n.seq
		WHERE n.patient_id = $1`, id)
}

func patientByMRN(ctx context.Context, q querier, mrn string) (ward.Patient, error) {
	return one(ctx, q, "there is no patient with this MRN", scanPatient, `
		SELECT `+patientColumns+`
		FROM patient_now n JOIN patient p ON p.seq = n.seq
		WHERE n.mrn = $1`, mrn)
}

// PatientByMRN returns the patient with that MRN, on the ward or discharged.
func (s *Store) PatientByMRN(ctx context.Context, mrn string) (ward.Patient, error) {
	p, err := patientByMRN(ctx, s.reader, mrn)
	return p, explain(s.path, err)
}

// Admit records a new patient and returns it with its ID. It answers with
// [ward.KindInvalid] on the first field that cannot stand, and with
// [ward.KindConflict] where the MRN is taken.
func (s *Store) Admit(ctx context.Context, sig ward.Signature, p ward.Patient) (ward.Patient, error) {
	var admitted ward.Patient
	err := s.write(ctx, sig, func(t *tx) (err error) {
		admitted, err = t.admit(ctx, p)
		return err
	})
	return admitted, err
}

func (w *tx) admit(ctx context.Context, p ward.Patient) (ward.Patient, error) {
	p.ID, p.Version = 0, 1
	return w.putPatient(ctx, p)
}

// Edit records a new version of a patient's particulars; a discharge is one.
// p.Version is the version that was edited: where somebody else has recorded
// another since, Edit answers with [ward.KindConflict] and records nothing.
func (s *Store) Edit(ctx context.Context, sig ward.Signature, p ward.Patient) (ward.Patient, error) {
	var edited ward.Patient
	err := s.write(ctx, sig, func(t *tx) (err error) {
		now, err := patientByID(ctx, t.sql, p.ID)
		if err != nil {
			return err
		}
		if now.Version != p.Version {
			return ward.Conflict("somebody else has edited this patient meanwhile; look again")
		}
		p.Version++
		edited, err = t.putPatient(ctx, p)
		return err
	})
	return edited, err
}

func (w *tx) putPatient(ctx context.Context, p ward.Patient) (ward.Patient, error) {
	p.Clean()
	problems := p.Problems(w.sig.At)
	if len(problems) > 0 && p.Version > 1 {
		before, err := patientByID(ctx, w.sql, p.ID)
		if err != nil {
			return p, err
		}
		if p.AdmittedAt.Equal(before.AdmittedAt) {
			// The time stands in the record already: it may look wrong now because the
			// clock was set back since.
			problems = slices.DeleteFunc(problems, func(e *ward.Error) bool { return e.Field == "admitted_at" })
		}
	}
	if err := joined(problems); err != nil {
		return p, err
	}
	same, err := patientByMRN(ctx, w.sql, p.MRN)
	if err == nil && same.ID != p.ID {
		return p, ward.Conflict("another patient has this MRN: " + bedside(same))
	}
	if err != nil && ward.KindOf(err) != ward.KindNotFound {
		return p, err
	}
	return w.enter(ctx, p)
}

// enter records a version of a patient that has been looked at; one without an ID
// is new and gets it.
func (w *tx) enter(ctx context.Context, p ward.Patient) (ward.Patient, error) {
	p.Recorded = w.sig
	identity := any(p.ID)
	if p.ID == 0 {
		identity = ownSeq
	}
	infused, infusedOffset := moment(p.InfusedAt)
	admitted, admittedOffset := moment(p.AdmittedAt)
	discharged, dischargedOffset := moment(p.DischargedAt)
	seq, err := w.append(ctx, "patient",
		column{"patient_id", identity},
		column{"version", int64(p.Version)},
		column{"mrn", p.MRN},
		column{"name", p.Name},
		column{"birth_date", p.BirthDate.String()},
		column{"bed", text(p.Bed)},
		column{"product", text(p.Product)},
		column{"infused_at", infused},
		column{"infused_offset", infusedOffset},
		column{"patient_tool", icans.FieldOf("tool").Code(&icans.Findings{Tool: p.Tool})},
		column{"baseline", points(p.Baseline)},
		column{"language", text(p.Language)},
		column{"interpreter", truth(p.Interpreter)},
		column{"clinician", text(p.Clinician)},
		column{"admitted_at", admitted},
		column{"admitted_offset", admittedOffset},
		column{"discharged_at", discharged},
		column{"discharged_offset", dischargedOffset},
		column{"discharge", text(p.Discharge)},
	)
	if err != nil {
		return p, err
	}
	if p.ID == 0 {
		p.ID = seq
	}
	return p, w.inserts.run(ctx, `
		INSERT INTO patient_now (patient_id, seq, mrn, on_ward)
		VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (patient_id) DO UPDATE
		SET seq = excluded.seq, mrn = excluded.mrn, on_ward = excluded.on_ward`,
		p.ID, seq, p.MRN, truth(p.OnWard()))
}

// bedside says where a patient is without saying who it is.
func bedside(p ward.Patient) string {
	switch {
	case !p.OnWard():
		return "one who was discharged"
	case p.Bed == "":
		return "one without a bed"
	}
	return "bed " + p.Bed
}
