package store

import (
	"context"
	"errors"
	"slices"

	"neurocheck/internal/ward"
)

// Tables are the tables in which a ward left a log, each in the order of its record. A
// reader may run several times, and gives the line of each row.
type Tables struct {
	Patients  func(yield func(line int, row *ward.PatientRow) error) error
	Stays     func(yield func(line int, row *ward.StayRow) error) error
	Checks    func(yield func(line int, row *ward.ImportRow) error) error
	Events    func(yield func(line int, row *ward.EventRow) error) error
	FollowUps func(yield func(line int, row *ward.FollowUpRow) error) error
	// Same returns an error unless the tables of the snapshot, which has the rows as they
	// were recorded, are these: no cell may get lost.
	Same func(context.Context, *Snapshot) error
}

// TableRefusal is a reason that a row of a table cannot be recorded.
type TableRefusal struct {
	Table string // as its file is named, without .csv
	ward.Refusal
}

// MovedIn counts the rows that [Store.MoveIn] recorded.
type MovedIn struct {
	Patients, Stays, Checks, Events, FollowUps int
	Known                                      bool // the log has all of it already
}

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

// moveIn is one run of [Store.MoveIn].
type moveIn struct {
	*tx
	options ImportOptions
	after   int64 // the last record before
	done    MovedIn
	refused []TableRefusal
	has     map[ward.Permission]bool

	table string // the table and the row in hand
	line  int

	patients  movedPatients
	stays     []ward.Stay // newest versions, by number from 1
	inForce   map[int64][]ward.Stay
	checks    map[string]*movedCheck
	order     map[int64]*movedOrder
	unsettled map[int64]bool // survivors of whom a later record may have changed a flag
	events    []movedEvent
	followUps []ward.FollowUp
}

func newMoveIn(w *tx, o ImportOptions) *moveIn {
	return &moveIn{
		tx: w, options: o, after: w.seq, has: make(map[ward.Permission]bool), patients: newMovedPatients(),
		inForce: make(map[int64][]ward.Stay), checks: make(map[string]*movedCheck), order: make(map[int64]*movedOrder), unsettled: make(map[int64]bool),
	}
}

// errKnown ends a run for a ward that is in the log already.
var errKnown = errors.New("known")

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

// refuse adds a reason to refuse the row in hand.
func (m *moveIn) refuse(errs ...*ward.Error) {
	for _, e := range errs {
		m.refused = append(m.refused, TableRefusal{m.table, ward.Refusal{Line: m.line, Err: e}})
	}
}

// refuseCell refuses a cell of the row in hand, and returns nil, for the reader of the table
// to go on.
func (m *moveIn) refuseCell(column, reason string) error {
	m.refuse(ward.Invalid(column, reason))
	return nil
}

// refuseOrFail refuses the row in hand for an error that a person can correct, in a column
// if the error has none, and returns any other error.
func (m *moveIn) refuseOrFail(column string, err error) error {
	e, ok := errors.AsType[*ward.Error](err)
	if !ok || e.Kind == ward.KindNotAllowed || e.Kind == ward.KindUnavailable || e.Kind == ward.KindQuestion {
		return err
	}
	if e.Field == "" {
		e = &ward.Error{Kind: e.Kind, Field: column, Reason: e.Reason, Code: e.Code}
	}
	m.refuse(e)
	return nil
}

// needs returns an error unless the author has a permission.
func (m *moveIn) needs(ctx context.Context, permissions ...ward.Permission) error {
	for _, p := range permissions {
		if m.has[p] {
			continue
		}
		if err := m.may(ctx, p); err != nil {
			return err
		}
		m.has[p] = true
	}
	return nil
}

// signed refuses the signature of the row in hand if it cannot be recorded.
func (m *moveIn) signedWell(sig ward.Signature, by, at string) bool {
	const longest = 80
	switch {
	case sig.By == "" || sig.By != ward.CleanLine(sig.By) || len([]rune(sig.By)) > longest:
		m.refuse(ward.Invalid(by, "no name of at most 80 characters"))
	case sig.At.After(m.sig.At):
		m.refuse(ward.Invalid(at, "is in the future"))
	default:
		return true
	}
	return false
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

// placed says for whom each of a patient's stays, or follow-ups, is recorded: for the
// survivor, or for another one of those who are linked as one if that one has another at the
// same time, because one patient has only one open at a time.
type placed struct {
	open  map[int64]bool           // those that are open now, by number
	clash map[int64]map[int64]bool // numbers that are open at one time
	at    map[int64]int64
}

func newPlaced() *placed {
	return &placed{make(map[int64]bool), make(map[int64]map[int64]bool), make(map[int64]int64)}
}

// set notes that a number is open from now on, or not.
func (p *placed) set(number int64, open bool) {
	if !open {
		delete(p.open, number)
		return
	}
	for other := range p.open {
		if other == number {
			continue
		}
		for _, pair := range [][2]int64{{number, other}, {other, number}} {
			if p.clash[pair[0]] == nil {
				p.clash[pair[0]] = make(map[int64]bool)
			}
			p.clash[pair[0]][pair[1]] = true
		}
	}
	p.open[number] = true
}

// place returns the patient for whom a number is recorded: the first of ids that is free.
// It returns 0 if none is.
func (p *placed) place(number int64, ids []int64) int64 {
	if id := p.at[number]; id != 0 {
		return id
	}
	for _, id := range ids {
		taken := false
		for other := range p.clash[number] {
			taken = taken || p.at[other] == id
		}
		if !taken {
			p.at[number] = id
			return id
		}
	}
	return 0
}
