package store

import (
	"context"
	"slices"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

func decodeStay(r *row) ward.Stay {
	return ward.Stay{
		ID: r.number("stay_id"), PatientID: r.number("patient_id"), Version: int(r.number("version")), Status: ward.Status(r.text("status")),
		Visit: r.text("visit"), Bed: r.text("bed"), Clinician: r.text("clinician"),
		AdmittedAt: r.time("admitted"), AdmissionInferred: r.flag("admission_inferred"),
		DischargedAt: r.time("discharged"), Discharge: r.text("discharge"), EndInferred: r.flag("end_inferred"), EndUnconfirmed: r.flag("end_unconfirmed"),
		Reason: r.text("reason"), Recorded: r.recorded(),
	}
}

// stayVersions returns every version of every stay of a patient, the newest first.
func (in reader) stayVersions(ctx context.Context, patient int64) ([]ward.Stay, error) {
	return in.stayVersionsOf(ctx, `WHERE r.patient_id = $1 ORDER BY r.seq DESC`, patient)
}

// stayVersionsOf returns the versions of stays that the rest of a query selects, the
// newest first.
func (in reader) stayVersionsOf(ctx context.Context, rest string, args ...any) ([]ward.Stay, error) {
	versions, err := records(ctx, in, "stay", decodeStay, rest, args...)
	began := make(map[int64]ward.Signature)
	for _, v := range slices.Backward(versions) {
		if v.Version == 1 {
			began[v.ID] = v.Recorded
		}
	}
	for i := range versions {
		versions[i].Began = began[versions[i].ID]
	}
	return versions, err
}

// nameGivers fills in who gave the times of stays. versions are ordered the newest first.
func nameGivers(versions []ward.Stay) {
	before := make(map[int64]*ward.Stay)
	for i := range slices.Backward(versions) {
		v := &versions[i]
		was := before[v.ID]
		if was == nil {
			was = &ward.Stay{}
		}
		v.NameGivers(was)
		before[v.ID] = v
	}
}

// currentStays returns the newest version of each stay that is not withdrawn, the
// oldest stay first. versions are ordered the newest first.
func currentStays(versions []ward.Stay) []ward.Stay {
	var stays []ward.Stay
	seen := make(map[int64]bool)
	for _, v := range versions {
		if !seen[v.ID] && v.Status != ward.Withdrawn {
			stays = append(stays, v)
		}
		seen[v.ID] = true
	}
	ward.SortStays(stays)
	return stays
}

// staysOf returns the stays of a patient, the oldest first; of linked patients those of
// all. It returns [ward.KindNotFound] if there is no such patient.
func (in reader) staysOf(ctx context.Context, patient int64) ([]ward.Stay, error) {
	_, ids, err := in.group(ctx, patient)
	if err != nil {
		return nil, err
	}
	var stays []ward.Stay
	for _, id := range ids {
		versions, err := in.stayVersions(ctx, id)
		if err != nil {
			return nil, err
		}
		stays = append(stays, currentStays(versions)...)
	}
	ward.SortStays(stays)
	return stays, nil
}

// notOnWard is the code of the refusal of an act that needs a patient on the ward.
const notOnWard = "not_on_ward"

// sameMinute reports whether two times are less than a minute apart, so that an act that
// is asked for again is found.
func sameMinute(a, b time.Time) bool { return a.Sub(b).Abs() < time.Minute }

// onWard returns the conflict of an act with a stay that goes on.
func onWard(reason string) *ward.Error {
	return &ward.Error{Kind: ward.KindConflict, Code: "on_ward", Reason: reason}
}

// putStay appends a version of a stay. It sets the ID of a new one.
func (w *tx) putStay(ctx context.Context, s *ward.Stay) error {
	var id any = s.ID
	if s.ID == 0 {
		id = ownSeq
	}
	columns := slices.Concat([]column{
		{"stay_id", id}, {"version", int64(s.Version)}, {"status", string(s.Status)}, {"patient_id", s.PatientID},
		{"visit", text(s.Visit)}, {"bed", text(s.Bed)}, {"clinician", text(s.Clinician)},
	}, timeColumns("admitted", s.AdmittedAt), []column{
		{"admission_inferred", boolInt(s.AdmissionInferred)},
	}, timeColumns("discharged", s.DischargedAt), []column{
		{"discharge", text(s.Discharge)}, {"end_inferred", boolInt(s.EndInferred)}, {"end_unconfirmed", boolInt(s.EndUnconfirmed)},
		{"reason", text(s.Reason)},
	}, recordedColumns(s.Recorded))
	seq, err := w.append(ctx, "stay", columns...)
	if err != nil {
		return err
	}
	if s.ID == 0 {
		s.ID, s.Began = seq, s.Recorded
	}
	ended, _ := toMillis(s.DischargedAt)
	return w.putStayNow(ctx, stayNow{
		stay: s.ID, seq: seq, patient: s.PatientID, admitted: s.AdmittedAt.UnixMilli(), ended: ended,
		withdrawn: s.Status == ward.Withdrawn, leftOpen: s.EndUnconfirmed,
	})
}

// changeStay appends the next version of a stay.
func (w *tx) changeStay(ctx context.Context, stay *ward.Stay) error {
	return w.putNext(ctx, stay, ward.Corrected)
}

// putNext appends the next version of a stay with a status.
func (w *tx) putNext(ctx context.Context, stay *ward.Stay, status ward.Status) error {
	stay.Version++
	stay.Status = status
	stay.Recorded = w.sig
	if err := firstOf(stay.Problems(w.sig.At)); err != nil {
		return err
	}
	return w.putStay(ctx, stay)
}

// currentStay returns the newest version of a stay that is not withdrawn.
func (w *tx) currentStay(ctx context.Context, id int64) (ward.Stay, error) {
	patient, err := engine.One(ctx, w.sql, missing("stay", id), engine.Scan[int64], `SELECT patient_id FROM stay_now WHERE stay_id = $1 AND withdrawn = 0`, id)
	if err != nil {
		return ward.Stay{}, err
	}
	versions, err := w.reader().stayVersions(ctx, patient)
	if i := slices.IndexFunc(versions, func(v ward.Stay) bool { return v.ID == id }); i >= 0 {
		return versions[i], err // the newest comes first
	}
	return ward.Stay{}, err
}

// latestStay returns the latest stay of a patient.
func (w *tx) latestStay(ctx context.Context, patient int64) (ward.Stay, error) {
	stays, err := w.reader().staysOf(ctx, patient)
	if err == nil && len(stays) == 0 {
		err = ward.NotFound("the patient has no stay")
	}
	if err != nil {
		return ward.Stay{}, err
	}
	return stays[len(stays)-1], nil
}
