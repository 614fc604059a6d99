package store

import (
	"context"
	"slices"
	"time"

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
	versions, err := records(ctx, in, "stay", decodeStay, `WHERE r.patient_id = $1 ORDER BY r.seq DESC`, patient)
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
	sortStays(stays)
	return stays
}

func sortStays(stays []ward.Stay) {
	slices.SortStableFunc(stays, func(a, b ward.Stay) int { return a.AdmittedAt.Compare(b.AdmittedAt) })
}

// latestStay returns the latest stay of a patient.
func (w *tx) latestStay(ctx context.Context, patient int64) (ward.Stay, error) {
	versions, err := w.reader().stayVersions(ctx, patient)
	if err != nil {
		return ward.Stay{}, err
	}
	stays := currentStays(versions)
	if len(stays) == 0 {
		return ward.Stay{}, ward.NotFound("the patient has no stay")
	}
	return stays[len(stays)-1], nil
}

// EditStay records a new version of a stay's bed, visit, clinician or admission: s.Version
// is that of the version it replaces. A transfer is an edit of the bed.
func (s *Store) EditStay(ctx context.Context, sig ward.Signature, stay ward.Stay) (ward.Stay, error) {
	stay.Clean()
	err := s.do(ctx, sig, ward.MayMovePatient, "edit_stay", []any{stay}, func(w *tx) error {
		before, err := firstRecord(ctx, w.reader(), missing("stay", stay.ID), "stay", decodeStay,
			`JOIN stay_now n ON n.seq = r.seq WHERE n.stay_id = $1`, stay.ID)
		if err != nil {
			return err
		}
		if stay.Version != before.Version {
			return ward.Conflict("somebody changed this meanwhile; look again")
		}
		moved := !stay.AdmittedAt.Equal(before.AdmittedAt)
		if moved {
			stay.AdmissionInferred = false
		}
		if err := w.changeStay(ctx, &stay); err != nil || !moved {
			return err
		}
		return w.reassess(ctx, stay.PatientID, "stay")
	})
	return stay, err
}

// changeStay appends the next version of a stay.
func (w *tx) changeStay(ctx context.Context, stay *ward.Stay) error {
	stay.Version++
	stay.Status = ward.Corrected
	stay.Recorded = w.sig
	if err := firstOf(stay.Problems(w.sig.At)); err != nil {
		return err
	}
	return w.putStay(ctx, stay)
}

// Discharge ends a patient's stay at a time, in one of [ward.Discharges]. Of a feed's
// discharge the end is not confirmed if there is open work: a follow-up, a report, a
// draft, or a flagged last conclusive check.
func (s *Store) Discharge(ctx context.Context, sig ward.Signature, patient int64, at time.Time, how string) (stay ward.Stay, err error) {
	at = ward.Moment(at)
	err = s.do(ctx, sig, ward.MayMovePatient, "discharge", []any{patient, at.UnixMilli(), how}, func(w *tx) (err error) {
		if how == ward.DiedICANS {
			if err := w.may(ctx, ward.MayDecide); err != nil {
				return err
			}
		}
		if stay, err = w.latestStay(ctx, patient); err != nil {
			return err
		}
		if !stay.OnWard() {
			return ward.Conflict("the patient left already")
		}
		stay.DischargedAt, stay.Discharge = at, how
		if w.isFeed() {
			h, err := w.reader().history(ctx, patient, recentPart)
			if err != nil {
				return err
			}
			last := h.Conclusive()
			stay.EndUnconfirmed = h.Open() != nil || h.Waiting() != nil || len(h.Drafts) > 0 || last != nil && last.Result.Flag.Flagged()
		}
		return w.changeStay(ctx, &stay)
	})
	return stay, err
}

// ConfirmDischarge confirms a discharge by a feed.
func (s *Store) ConfirmDischarge(ctx context.Context, sig ward.Signature, patient int64) error {
	return s.do(ctx, sig, ward.MayRecord, "confirm_discharge", []any{patient}, func(w *tx) error {
		stay, err := w.latestStay(ctx, patient)
		if err != nil {
			return err
		}
		if !stay.EndUnconfirmed {
			return ward.Conflict("the discharge is confirmed already")
		}
		stay.EndUnconfirmed = false
		return w.changeStay(ctx, &stay)
	})
}

// UndoDischarge withdraws a discharge with a reason: the stay goes on.
func (s *Store) UndoDischarge(ctx context.Context, sig ward.Signature, patient int64, reason string) (stay ward.Stay, err error) {
	reason = ward.CleanLine(reason)
	err = s.do(ctx, sig, ward.MayMovePatient, "undo_discharge", []any{patient, reason}, func(w *tx) (err error) {
		if reason == "" {
			return ward.Invalid("reason", "missing")
		}
		if stay, err = w.latestStay(ctx, patient); err != nil {
			return err
		}
		if stay.OnWard() {
			return ward.Conflict("the patient is on the ward")
		}
		stay.DischargedAt, stay.Discharge, stay.Reason = time.Time{}, "", reason
		stay.EndInferred, stay.EndUnconfirmed = false, false
		return w.changeStay(ctx, &stay)
	})
	return stay, err
}

// Readmit records a new stay of a patient who left; stay.PatientID is the patient. The
// therapy and the day count go on.
func (s *Store) Readmit(ctx context.Context, sig ward.Signature, stay ward.Stay) (ward.Stay, error) {
	stay.Clean()
	err := s.do(ctx, sig, ward.MayMovePatient, "readmit", []any{stay}, func(w *tx) error {
		last, err := w.latestStay(ctx, stay.PatientID)
		switch {
		case ward.KindOf(err) == ward.KindNotFound:
		case err != nil:
			return err
		case last.OnWard():
			return &ward.Error{Kind: ward.KindConflict, Code: "on_ward", Reason: "the patient is on the ward"}
		case stay.AdmittedAt.Before(last.DischargedAt):
			return ward.Invalid("admitted_at", "is before the end of the last stay")
		}
		stay.ID, stay.Version, stay.Status = 0, 1, ward.Recorded
		stay.Recorded = w.signed(stay.Recorded)
		if err := firstOf(stay.Problems(sig.At)); err != nil {
			return err
		}
		return w.putStay(ctx, &stay)
	})
	return stay, err
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
