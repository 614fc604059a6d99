package store

import (
	"context"
	"errors"

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

// moveIn is one run of [Store.MoveIn].
type moveIn struct {
	*tx
	options ImportOptions
	after   int64 // the last record before
	done    MovedIn
	refused []TableRefusal
	has     map[ward.Permission]bool

	table string // the table and the line of the row that is recorded
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

// refuse adds a reason to refuse the row.
func (m *moveIn) refuse(errs ...*ward.Error) {
	for _, e := range errs {
		m.refused = append(m.refused, TableRefusal{m.table, ward.Refusal{Line: m.line, Err: e}})
	}
}

// refuseCell refuses a cell of the row, and returns nil, for the reader of the table
// to go on.
func (m *moveIn) refuseCell(column, reason string) error {
	m.refuse(ward.Invalid(column, reason))
	return nil
}

// refuseOrFail refuses the row for an error that a person can correct, in a column
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

// signedWell refuses the signature of the row if it cannot be recorded.
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

// survivorOf returns the patient of a row of another table.
func (m *moveIn) survivorOf(mrn string) (id int64, known bool) {
	id = m.patients.byMRN[ward.FoldMRN(mrn)]
	if id == 0 {
		m.refuse(ward.Invalid("mrn", "patients.csv has no patient of this MRN"))
		return 0, false
	}
	return m.patients.survivor[id], true
}
