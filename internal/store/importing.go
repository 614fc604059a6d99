package store

import (
	"errors"

	"neurocheck/internal/ward"
)

// errRefused ends the validation of a row whose problems are on the list already.
var errRefused = errors.New("refused")

// importing is the import of one patient's rows.
type importing struct {
	*decided
	groups  []*rowGroup
	failed  error // of reading them
	rows    []ward.ImportRow
	id      int64 // of the patient, or of the one that it is linked into; 0 until it is admitted
	done    Imported
	refused []ward.Refusal
	history ward.History
	one     []ward.Patient          // the patient, and those that are linked to it
	before  map[string][]ward.Check // versions in the log, by check
	moved   bool                    // the admission of a stay in the log has moved
	isNew   bool                    // the patient was admitted by this import
	checks  []ward.Check            // those that the log does not have
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

// heardOf returns the signature of a record that the rows make: the first time at which one
// of the rows that concern it was recorded, if the file gives one.
func (p *importing) heardOf(concerns func(*ward.ImportRow) bool) ward.Signature {
	sig := p.sig
	for i := range p.rows {
		if at := p.rows[i].Check.Recorded.At; !at.IsZero() && at.Before(sig.At) && concerns(&p.rows[i]) {
			sig.At = at
		}
	}
	return ward.Sign(sig.By, sig.At)
}
