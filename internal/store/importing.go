package store

import (
	"errors"

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

// decided holds the consequences of an import until all patients are decided, because
// the record has the checks in the order of the file, in which those of several
// patients may alternate.
type decided struct {
	checks   []decidedCheck
	patients []decidedPatient

	ImportOptions
	known   *lookalikes // read with the first new patient
	changed []int       // lines of checks that come back with other findings
}

type decidedCheck struct {
	line  int
	check ward.Check
}

type decidedPatient struct {
	history ward.History // the parts that the appending needs
	out     ward.Outcome // without the checks
}

// importing is the import of one patient's rows.
type importing struct {
	*tx
	id      int64 // of the patient, or of the one that it is linked into; 0 until it is admitted
	rows    []ward.ImportRow
	done    *Imported
	decided *decided
	refused []ward.Refusal
	history ward.History
	one     []ward.Patient          // the patient, and those that are linked to it
	before  map[string][]ward.Check // versions in the log, by check
	moved   bool                    // the admission of a stay in the log has moved
	isNew   bool                    // the patient was admitted by this import
}

func (p *importing) refuse(line int, errs ...*ward.Error) {
	for _, e := range errs {
		p.refused = append(p.refused, ward.Refusal{Line: line, Err: e})
	}
}

// refuseOrFail refuses a row for an error that a person can correct, and returns any
// other error.
func (p *importing) refuseOrFail(line int, err error) error {
	e, ok := errors.AsType[*ward.Error](err)
	if !ok || e.Kind == ward.KindNotAllowed || e.Kind == ward.KindUnavailable || e.Kind == ward.KindQuestion {
		return err
	}
	if e.Field == "" {
		e = &ward.Error{Kind: e.Kind, Field: "check_id", Reason: e.Reason, Code: e.Code, Flags: e.Flags}
	}
	p.refuse(line, e)
	return nil
}

// inLog reports whether the log has the version of a row already.
func (p *importing) inLog(c *ward.Check) bool {
	return c.Version >= 1 && c.Version <= len(p.before[c.ID])
}

// which one of the rows that concern it was recorded, if the file gives one.
func (p *importing) heardOf(concerns func(*ward.ImportRow) bool) ward.Signature {
	sig := p.sig
	for i := range p.rows {
		if at := p.rows[i].Check.Recorded.At; !at.IsZero() && at.Before(sig.At) && concerns(&p.rows[i]) {
			sig.At = at
		}
	}
	return ward.Sign(sig.By, sig.At)
}
