package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"neurocheck/internal/ward"
)

// ImportOptions are the options of [Store.Import].
type ImportOptions struct {
	DryRun bool // do everything but keep it
	// Both keeps checks of the same patient and minute with other findings.
	Both bool
	// Corrections records checks that come back with other findings as corrections; else
	// they are a [ward.KindQuestion].
	Corrections bool
	// OnWard keeps new patients without a discharge on the ward, however old their last
	// check is.
	OnWard bool
	// NewPatients admits also those who look known: see [Store.Import].
	NewPatients bool
	// PartRows is the number of rows that a server records at a time; 0 is 10,000.
	PartRows int
}

// Imported counts the results of an import.
type Imported struct {
	Patients  int // admitted
	Checks    int // versions of checks added
	Known     int // versions that were in the log already
	Flagged   int // of the added ones, those that are valid and flagged
	FollowUps int // follow-ups opened
	Twice     int // rows passed over that repeat a check of the same patient and minute
	Ended     int // stays that ended with the last check, because no discharge is known
	OldFlags  int // flagged checks that opened and joined no follow-up
}

// add adds the results of another part of the import.
func (d *Imported) add(o Imported) {
	d.Patients += o.Patients
	d.Checks += o.Checks
	d.Known += o.Known
	d.Flagged += o.Flagged
	d.FollowUps += o.FollowUps
	d.Twice += o.Twice
	d.Ended += o.Ended
	d.OldFlags += o.OldFlags
}

// decided holds the consequences of an import until all patients are decided, because
// the record has the checks in the order of the file, in which those of several
// patients may alternate. The checks wait in a file, sorted by their lines.
type decided struct {
	*tx
	ImportOptions
	rows *importRows

	spool    spool
	checks   sorter // each is a packed [ward.Check]
	later    bool   // one of them is not the first version
	patients []decidedPatient
	done     Imported
	refused  []ward.Refusal

	empty   bool        // the log has no check yet
	known   *lookalikes // read with the first new patient
	changed []int       // lines of checks that come back with other findings
}

type decidedPatient struct {
	history ward.History // the parts that the appending needs
	out     ward.Outcome // without the checks
}

func (d *decided) close() { d.spool.close() }

// sorted returns the refusals in the order of the lines.
func (d *decided) sorted() []ward.Refusal {
	slices.SortStableFunc(d.refused, func(a, b ward.Refusal) int { return cmp.Compare(a.Line, b.Line) })
	return d.refused
}

// take adds the consequences for one patient. The versions of one check stay in their
// order, also if the file has them in another.
func (d *decided) take(rows []ward.ImportRow, h *ward.History, out *ward.Outcome) error {
	type key struct {
		id      string
		version int
	}
	lines := make(map[key]int, len(rows))
	for i := range rows {
		lines[key{rows[i].Check.ID, rows[i].Check.Version}] = rows[i].Line
	}
	for i := range out.Checks {
		c := &out.Checks[i]
		line := max(lines[key{c.ID, c.Version}], lines[key{c.ID, c.Version - 1}])
		lines[key{c.ID, c.Version}] = line
		d.later = d.later || c.Version > 1
		if err := d.checks.add(line, func(to *packed) { to.check(c) }); err != nil {
			return err
		}
	}
	d.patients = append(d.patients, decidedPatient{
		ward.History{Patient: ward.Patient{ID: h.Patient.ID}, FollowUps: h.FollowUps, Memory: h.Memory},
		ward.Outcome{Reevaluated: out.Reevaluated, Events: out.Events},
	})
	return nil
}

// keep appends the checks in the order of the file, and then the other consequences,
// patient by patient.
func (d *decided) keep(ctx context.Context) error {
	first := d.seq + 1
	c := new(ward.Check) // rows are made one after the other
	err := d.checks.each(func(value packed) error {
		u := unpack(value)
		_, err := d.appendRow(ctx, checkTable, func(dst []column) []column {
			u.check(c)
			return appendCheck(dst, c)
		})
		return err
	})
	if err == nil {
		err = d.putChecksNow(ctx, first, d.seq, d.later)
	}
	for i := range d.patients {
		if err == nil {
			err = d.tx.keep(ctx, &d.patients[i].history, &d.patients[i].out)
		}
	}
	return err
}

// askCorrections returns a question if checks come back with other findings, and the caller
// has not said that they are corrections.
func (d *decided) askCorrections() error {
	if len(d.changed) == 0 || d.Corrections {
		return nil
	}
	return ward.Question("corrections", fmt.Sprintf("%s came back with other answers than in the log, the first in line %d: record them as corrections with --corrections, or export again", ward.Several(len(d.changed), "check"), slices.Min(d.changed)), "--corrections")
}
