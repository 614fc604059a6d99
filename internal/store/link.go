package store

import (
	"context"
	"slices"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// Link makes two patients one: views, exports and comparisons read both as into. Each
// check keeps the patient it was recorded under, so that [Store.Unlink] restores
// everything. The checks of both are evaluated again. Link appends nothing if the patient
// is linked so already; into may not be linked to the patient.
func (s *Store) Link(ctx context.Context, sig ward.Signature, patient, into int64, reason string) error {
	reason = ward.CleanLine(reason)
	return s.do(ctx, sig, ward.MayLink, "link", []any{patient, into, reason}, func(w *tx) error {
		return w.link(ctx, patient, into, reason)
	})
}

// link is [Store.Link] in a transaction.
func (w *tx) link(ctx context.Context, patient, into int64, reason string) error {
	if reason == "" {
		return ward.Invalid("reason", "missing")
	}
	from, _, err := w.reader().group(ctx, patient)
	if err != nil {
		return err
	}
	to, _, err := w.reader().group(ctx, into)
	if err != nil {
		return err
	}
	links, err := w.reader().activeLinks(ctx)
	if err != nil {
		return err
	}
	switch link := links[patient]; {
	case link.into == into, link.into == to:
		return nil
	case from == to:
		return ward.Invalid("into", "these are one patient already")
	case from != patient:
		return ward.Conflict("the patient is linked to another one already; undo that first")
	}
	if _, err := w.putLink(ctx, ownSeq, ward.Link{PatientID: patient, Into: to, Reason: reason, Recorded: w.sig}); err != nil {
		return err
	}
	if err := w.exec(ctx, `UPDATE patient_now SET survivor_id = $2, memory = NULL WHERE survivor_id = $1`, from, to); err != nil {
		return err
	}
	return w.reassess(ctx, to, "patient_link")
}

// Unlink undoes the link of a patient to another one. It appends nothing if that was done
// already.
func (s *Store) Unlink(ctx context.Context, sig ward.Signature, patient int64, reason string) error {
	reason = ward.CleanLine(reason)
	return s.do(ctx, sig, ward.MayLink, "unlink", []any{patient, reason}, func(w *tx) error {
		if reason == "" {
			return ward.Invalid("reason", "missing")
		}
		links, err := w.reader().activeLinks(ctx)
		if err != nil {
			return err
		}
		link, linked := links[patient]
		if !linked {
			return w.wasUnlinked(ctx, patient)
		}
		if _, err := w.putLink(ctx, link.id, ward.Link{PatientID: patient, Into: link.into, Undone: true, Reason: reason, Recorded: w.sig}); err != nil {
			return err
		}
		delete(links, patient)
		survivor, ids, err := w.reader().group(ctx, patient)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := w.exec(ctx, `UPDATE patient_now SET survivor_id = $2, memory = NULL WHERE patient_id = $1`, id, end(links, id)); err != nil {
				return err
			}
		}
		if err := w.reassessSplit(ctx, survivor); err != nil {
			return err
		}
		return w.reassessSplit(ctx, patient)
	})
}

// putLink appends a link with the ID, or its undoing, and returns the number of the record.
func (w *tx) putLink(ctx context.Context, id any, l ward.Link) (seq int64, err error) {
	event := patientLinked
	if l.Undone {
		event = patientUnlinked
	}
	return w.append(ctx, "patient_link", append([]column{
		{"link_id", id}, {"event", event}, {"patient_id", l.PatientID}, {"into_id", l.Into}, {"reason", l.Reason},
	}, recordedColumns(l.Recorded)...)...)
}

// wasUnlinked returns nil if a link of the patient to another one was undone.
func (w *tx) wasUnlinked(ctx context.Context, patient int64) error {
	undone, err := records(ctx, w.reader(), "patient_link", decodeLink, `WHERE r.patient_id = $1 AND r.event = $2`, patient, patientUnlinked)
	if err == nil && len(undone) == 0 {
		err = ward.NotFound("the patient is not linked to another one")
	}
	return err
}

// reassessSplit evaluates the checks of a patient anew after an unlinking. A flagged
// check that joined only a follow-up of the other patient opens or joins one of this
// patient, as if its flag had risen.
func (w *tx) reassessSplit(ctx context.Context, patient int64) error {
	h, err := w.reader().history(ctx, patient, wholePart)
	if err != nil {
		return err
	}
	joined := make(map[string]bool)
	for i := range h.FollowUps {
		for _, j := range h.FollowUps[i].Joined {
			joined[j.CheckID] = true
		}
	}
	flags := make(map[string]icans.Flag)
	for i := range h.Checks {
		if c := &h.Checks[i]; c.Result.Flag.Flagged() && !joined[c.ID] {
			flags[c.ID], c.Result.Flag = c.Result.Flag, icans.FlagNone
		}
	}
	reasons := make(map[string]icans.Reasons)
	for i := range h.Checks {
		reasons[h.Checks[i].ID] = h.Checks[i].Result.Reasons
	}
	out := ward.Reassess(&h, w.site, ward.Act{At: w.sig.At, By: w.sig.By})
	out.Reevaluated = slices.DeleteFunc(out.Reevaluated, func(r ward.Reevaluation) bool {
		flag, lowered := flags[r.Check.ID]
		return lowered && r.Check.Result.Flag == flag && r.Check.Result.Reasons == reasons[r.Check.ID]
	})
	return w.keepReassessed(ctx, &h, &out, "patient_link")
}
