package store_test

import (
	"context"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// movedIn moves a ward of one patient with these events in.
func movedIn(events ...ward.EventRow) func(*ground, ward.Signature) error {
	return func(f *ground, sig ward.Signature) error { return moveIn(f, sig, events) }
}

// A link in a folder is for those who may link.
func TestWhoMovesALinkIn(t *testing.T) {
	into := ward.Patient{MRN: "moved", Name: "SILVA, Rosa", SecondID: "x", Tool: icans.ICE, Version: 1, Reason: "one person", Recorded: ward.Sign("Dr Else", after(0))}
	other := into
	other.MRN, other.Name = "other", "LIMA, Rui"
	rows := []ward.PatientRow{{Patient: other, Status: ward.Recorded}, {Patient: other, Status: ward.Linked, LinkedTo: "moved"}}
	path, f := preparedLog(t, true)
	f.Store = must(store.Open(t.Context(), path))(t)
	defer func() { ok(t, f.Close()) }()
	before := lastSeq(t, f.Store)
	refused(t, moveIn(&f, nurse(10*time.Hour), nil, rows...), ward.KindNotAllowed, "linked by a clinician")
	if lastSeq(t, f.Store) != before {
		t.Error("a part is recorded")
	}
	ok(t, moveIn(&f, clinician(10*time.Hour), nil, rows...))
	whole(t, f.Store)
}

func moveIn(f *ground, sig ward.Signature, events []ward.EventRow, more ...ward.PatientRow) error {
	p := ward.Patient{MRN: "moved", Name: "SILVA, Rosa", SecondID: "x", Tool: icans.ICE, Version: 1, Recorded: ward.Sign("Nurse Else", after(0))}
	_, refused, err := f.MoveIn(f.t.Context(), sig, store.Tables{
		Patients:  tableOf(append([]ward.PatientRow{{Patient: p, Status: ward.Recorded}}, more...)),
		Stays:     tableOf[ward.StayRow](nil),
		Checks:    tableOf[ward.ImportRow](nil),
		Events:    tableOf(events),
		FollowUps: tableOf[ward.FollowUpRow](nil),
		Same:      func(context.Context, *store.Snapshot) error { return nil },
	}, store.ImportOptions{})
	if err == nil && len(refused) > 0 {
		err = refused[0].Err
	}
	return err
}

func tableOf[T any](rows []T) func(func(int, *T) error) error {
	return func(yield func(int, *T) error) error {
		for i := range rows {
			if err := yield(i+2, &rows[i]); err != nil {
				return err
			}
		}
		return nil
	}
}
