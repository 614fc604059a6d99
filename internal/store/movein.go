package store

import (
	"context"
	"errors"
	"slices"

	"neurocheck/internal/ward"
)

// MoveIn records a ward that left another log: versions of patients with their links,
// versions of stays, checks and events, and follow-ups, all of them or nothing. It opens no
// follow-up, and changes no flag: both come as they were, unless the findings contradict
// them. The log may have no patient of the ward, unless it has the whole ward and nothing
// else; then nothing is recorded.
//
// The author needs the permission for every row. Who looks like a patient of the log is a
// question, as for [Store.Import]. Rows of linked patients name the one that the others are
// linked into, and are recorded for that one, as far as stays and follow-ups do not overlap.
func (s *Store) MoveIn(ctx context.Context, sig ward.Signature, t Tables, o ImportOptions) (done MovedIn, refused []TableRefusal, err error) {
	err = s.write(ctx, sig, permitted(ctx, ward.MayRecord, func(w *tx) error {
		m := newMoveIn(w, o)
		err := m.run(ctx, &t)
		if done, refused = m.done, m.refused; err != nil {
			return err
		}
		if o.DryRun || len(refused) > 0 || done.Known {
			return errUndo
		}
		return nil
	}))
	if errors.Is(err, errUndo) {
		err = nil
	}
	if err != nil || len(refused) > 0 {
		done = MovedIn{}
	}
	return done, refused, err
}

// run records the tables one after the other: each rests on those before it. It stops after
// the first one with a refusal.
func (m *moveIn) run(ctx context.Context, t *Tables) error {
	steps := []struct {
		table string
		run   func(context.Context, *Tables) error
	}{
		{"patients", m.recordPatients}, {"stays", m.recordStays}, {"checks", m.recordChecks}, {"events", m.recordEvents},
		{"follow-ups", m.recordFollowUps}, {"", m.remember},
	}
	for _, step := range steps {
		m.table = step.table
		err := step.run(ctx, t)
		if errors.Is(err, errKnown) {
			return m.compareKnown(ctx, t)
		}
		if err != nil || len(m.refused) > 0 {
			return err
		}
	}
	return t.Same(ctx, &Snapshot{q: m.sql, tables: m.tables, inside: true, after: m.after})
}

// compareKnown returns nil if the log has the ward already, and nothing else.
func (m *moveIn) compareKnown(ctx context.Context, t *Tables) error {
	if m.seq > m.after {
		return m.patientKnown()
	}
	if t.Same(ctx, &Snapshot{q: m.sql, tables: m.tables}) != nil {
		return m.patientKnown()
	}
	m.done.Known = true
	return nil
}

// patientKnown refuses a patient whom the log has.
func (m *moveIn) patientKnown() error {
	m.refuse(&ward.Error{Kind: ward.KindConflict, Field: "mrn", Code: "patient_known", Reason: "a patient of the log has this MRN; a folder comes into a log that has none of its patients"})
	return nil
}

// remember writes down the memory of each patient's checks.
func (m *moveIn) remember(ctx context.Context, _ *Tables) error {
	var survivors []int64
	for id := range m.order {
		survivors = append(survivors, id)
	}
	slices.Sort(survivors)
	for _, id := range survivors {
		h, err := m.reader().history(ctx, id, wholePart)
		if err != nil {
			return err
		}
		h.Remember(m.site)
		if err := m.keepMemory(ctx, &h); err != nil {
			return err
		}
	}
	return nil
}
