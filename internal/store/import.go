package store

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"neurocheck/internal/ward"
)

// ImportOptions are the options of [Store.Import].
type ImportOptions struct {
	DryRun bool // do everything but keep it
}

// Imported counts the results of an import.
type Imported struct {
	Patients  int // admitted
	Checks    int // versions of checks added
	Known     int // versions that were in the log already
	Flagged   int // of the added ones, those that are valid and flagged
	FollowUps int // follow-ups opened
	OldFlags  int // flagged checks that opened and joined no follow-up
}

// errUndo rolls back an import that was refused or only tried.
var errUndo = errors.New("undo")

// Import records the checks of rows, all of them or none: if any row is refused, it
// returns every refusal and records nothing. An unknown patient is admitted from the
// first row that names one. The rows of a patient are one act, decided together, in the
// order of their times of recording: see [ward.Record].
func (s *Store) Import(ctx context.Context, sig ward.Signature, rows iter.Seq[ward.ImportRow], o ImportOptions) (done Imported, refused []ward.Refusal, err error) {
	patients := groupByMRN(rows)
	err = s.doWith(ctx, sig, unchecked, ward.MayRecord, "import", nil, func(w *tx) error {
		for _, rows := range patients {
			if err := ctx.Err(); err != nil {
				return err
			}
			p := importing{tx: w, rows: rows, done: &done}
			if err := p.run(ctx); err != nil {
				return err
			}
			refused = append(refused, p.refused...)
		}
		if o.DryRun || len(refused) > 0 {
			return errUndo
		}
		return nil
	})
	if errors.Is(err, errUndo) {
		err = nil
	}
	slices.SortStableFunc(refused, func(a, b ward.Refusal) int { return cmp.Compare(a.Line, b.Line) })
	return done, refused, err
}

// groupByMRN collects the rows of each patient, the patients in the order of their first
// rows.
func groupByMRN(rows iter.Seq[ward.ImportRow]) [][]ward.ImportRow {
	var groups [][]ward.ImportRow
	at := make(map[string]int)
	for row := range rows {
		mrn := ward.FoldMRN(row.Patient.MRN)
		i, known := at[mrn]
		if !known {
			i = len(groups)
			at[mrn] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], row)
	}
	return groups
}

// importing is the import of one patient's rows.
type importing struct {
	*tx
	rows    []ward.ImportRow
	done    *Imported
	refused []ward.Refusal
	history ward.History
	before  map[string][]ward.Check // versions in the log, by check
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
	if !ok || e.Kind == ward.KindNotAllowed || e.Kind == ward.KindUnavailable {
		return err
	}
	if e.Field == "" {
		e = &ward.Error{Kind: e.Kind, Field: "check_id", Reason: e.Reason, Code: e.Code, Flags: e.Flags}
	}
	p.refuse(line, e)
	return nil
}

func (p *importing) run(ctx context.Context) error {
	for i := range p.rows {
		p.refuse(p.rows[i].Line, p.rows[i].Wrong...)
	}
	if len(p.refused) > 0 {
		return nil
	}
	if err := p.findPatient(ctx); err != nil || len(p.refused) > 0 {
		return err
	}
	if err := p.findStays(ctx); err != nil || len(p.refused) > 0 {
		return err
	}
	checks, err := p.newChecks(ctx)
	if err != nil || len(p.refused) > 0 {
		return err
	}
	if len(checks) == 0 {
		return nil
	}
	act := ward.Act{At: p.sig.At, By: p.sig.By, Checks: checks, Import: true}
	out := ward.Record(&p.history, p.site, act)
	if err := p.keep(ctx, &p.history, &out); err != nil {
		return err
	}
	p.count(&out)
	p.compareClaims(&out)
	return nil
}

// findPatient reads the patient of the rows, or admits one.
func (p *importing) findPatient(ctx context.Context) error {
	for i := range p.rows {
		p.rows[i].Patient.Clean()
		p.rows[i].Stay.Clean()
	}
	id, err := p.reader().patientIDByMRN(ctx, p.rows[0].Patient.MRN)
	if err != nil {
		return err
	}
	if id == 0 {
		return p.admit(ctx)
	}
	if p.history, err = p.reader().history(ctx, id, wholePart); err != nil {
		return err
	}
	p.checkIdentity()
	return nil
}

func (p *importing) checkIdentity() {
	for i := range p.rows {
		if e := p.rows[i].Identity(&p.history.Patient); e != nil {
			p.refuse(p.rows[i].Line, e)
		}
	}
}

// admit admits the patient from the first row that names one.
func (p *importing) admit(ctx context.Context) error {
	i := slices.IndexFunc(p.rows, func(r ward.ImportRow) bool {
		return r.Patient.Name != "" && (!r.Patient.BirthDate.IsZero() || r.Patient.SecondID != "")
	})
	if i < 0 {
		p.refuse(p.rows[0].Line, ward.Invalid("mrn", "no patient in the log has this MRN; give name and birth_date to admit the patient"))
		return nil
	}
	patient := p.rows[i].Patient
	patient.ID, patient.Version = 0, 1
	patient.Recorded = p.heardOf()
	err := firstOf(patient.Problems(p.sig.At.In(p.site.Zone)))
	if err == nil {
		err = p.may(ctx, ward.MayMovePatient)
	}
	if err == nil {
		err = p.mayAdmit(ctx, &patient)
	}
	if err == nil {
		err = p.putPatient(ctx, &patient)
	}
	if err != nil {
		return p.refuseOrFail(p.rows[i].Line, err)
	}
	p.done.Patients++
	p.history = ward.History{Patient: patient}
	p.checkIdentity()
	return nil
}

// heardOf returns the signature of the patient's first record: the file's time, if it
// gives one.
func (p *importing) heardOf() ward.Signature {
	sig := p.sig
	for i := range p.rows {
		if at := p.rows[i].Check.Recorded.At; !at.IsZero() && at.Before(sig.At) {
			sig.At = at
		}
	}
	sig.At = ward.Moment(sig.At)
	return sig
}

// findStays finds the stays of the rows, or records them. Rows that name no admission
// belong to the stay that holds the check, or to one whose admission is inferred from
// the first such check.
func (p *importing) findStays(ctx context.Context) error {
	var unnamed time.Time // of the first check without a stay
	line := 0
	for i := range p.rows {
		row := &p.rows[i]
		if row.Stay.AdmittedAt.IsZero() || row.Stay.AdmissionInferred {
			at := row.Check.PerformedAt
			if ward.StayAt(p.history.Stays, at) == nil && (unnamed.IsZero() || at.Before(unnamed)) {
				unnamed, line = at, i
			}
			continue
		}
		if err := p.findStay(ctx, row); err != nil {
			return err
		}
	}
	if unnamed.IsZero() || ward.StayAt(p.history.Stays, unnamed) != nil {
		return nil
	}
	return p.inferStay(ctx, &p.rows[line], unnamed)
}

// findStay finds or records the stay that a row names.
func (p *importing) findStay(ctx context.Context, row *ward.ImportRow) error {
	for i := range p.history.Stays {
		if p.history.Stays[i].AdmittedAt.Equal(row.Stay.AdmittedAt) {
			return nil
		}
	}
	if n := len(p.history.Stays); n > 0 && ward.StayAt(p.history.Stays, row.Check.PerformedAt) != nil {
		return nil // the log knows better when the stay began
	}
	return p.addStay(ctx, row, row.Stay)
}

// inferStay records a stay that begins with a check, or moves the inferred admission of
// the first stay back to it.
func (p *importing) inferStay(ctx context.Context, row *ward.ImportRow, at time.Time) error {
	if n := len(p.history.Stays); n > 0 && p.history.Stays[0].AdmissionInferred && at.Before(p.history.Stays[0].AdmittedAt) {
		first := p.history.Stays[0]
		first.AdmittedAt = at
		if err := p.changeStay(ctx, &first); err != nil {
			return p.refuseOrFail(row.Line, err)
		}
		p.history.Stays[0] = first
		return nil
	}
	stay := row.Stay
	stay.AdmittedAt, stay.AdmissionInferred = at, true
	return p.addStay(ctx, row, stay)
}

func (p *importing) addStay(ctx context.Context, row *ward.ImportRow, stay ward.Stay) error {
	stay.ID, stay.Version, stay.Status, stay.PatientID = 0, 1, ward.Recorded, p.history.Patient.ID
	stay.Recorded = p.heardOf()
	err := firstOf(stay.Problems(p.sig.At))
	for i := range p.history.Stays {
		o := &p.history.Stays[i]
		if err == nil && o.Holds(stay.AdmittedAt) && (o.OnWard() || stay.AdmittedAt.Before(o.DischargedAt)) {
			err = ward.Invalid("admitted_at", "is within another stay of the patient")
		}
	}
	if err == nil && stay.Discharge == ward.DiedICANS {
		err = p.may(ctx, ward.MayDecide)
	}
	if err == nil {
		err = p.may(ctx, ward.MayMovePatient)
	}
	if err == nil {
		err = p.putStay(ctx, &stay)
	}
	if err != nil {
		return p.refuseOrFail(row.Line, err)
	}
	p.history.Stays = append(p.history.Stays, stay)
	sortStays(p.history.Stays)
	return nil
}

// newChecks validates the checks of the rows and returns those that the log does not
// have, with their versions in order.
func (p *importing) newChecks(ctx context.Context) ([]ward.Check, error) {
	slices.SortStableFunc(p.rows, func(a, b ward.ImportRow) int {
		return cmp.Or(cmp.Compare(a.Check.ID, b.Check.ID), cmp.Compare(a.Check.Version, b.Check.Version))
	})
	p.before = make(map[string][]ward.Check)
	var fresh []ward.Check
	for i := range p.rows {
		row := &p.rows[i]
		c := &row.Check
		c.PatientID = p.history.Patient.ID
		anyAuthor := c.Recorded.By == ""
		c.Recorded = p.signed(c.Recorded)
		c.Clean()
		if problems := c.Problems(p.history.Stays, p.sig.At); len(problems) > 0 {
			p.refuse(row.Line, problems...)
			continue
		}
		known, err := p.addVersion(ctx, c, anyAuthor)
		if err != nil {
			if err := p.refuseOrFail(row.Line, err); err != nil {
				return nil, err
			}
			continue
		}
		if known {
			p.done.Known++
		} else {
			fresh = append(fresh, *c)
		}
	}
	return fresh, nil
}

// addVersion validates a version against those before it, in the log and in the file,
// and reports whether the log has it already.
func (p *importing) addVersion(ctx context.Context, c *ward.Check, anyAuthor bool) (known bool, err error) {
	versions, read := p.before[c.ID]
	if !read {
		if versions, err = p.reader().versionsOf(ctx, c.ID); err != nil {
			return false, err
		}
		if len(versions) > 0 && versions[0].PatientID != c.PatientID && !p.linked(versions[0].PatientID) {
			return false, ward.Conflict("this check belongs to another patient")
		}
	}
	if c.Version >= 1 && c.Version <= len(versions) {
		return true, sameVersion(c, &versions[c.Version-1], anyAuthor)
	}
	var last *ward.Check
	if n := len(versions); n > 0 {
		last = &versions[n-1]
		c.PatientID = last.PatientID
	}
	if err := follows(c, last); err != nil {
		return false, err
	}
	if err := p.mayAttribute(ctx, c, last); err != nil {
		return false, err
	}
	if stay := ward.StayAt(p.history.Stays, c.PerformedAt); stay != nil {
		c.StayID = stay.ID
	}
	p.before[c.ID] = append(versions, *c)
	return false, nil
}

// linked reports whether a patient is one with the patient of the rows.
func (p *importing) linked(id int64) bool {
	return slices.ContainsFunc(p.history.Stays, func(s ward.Stay) bool { return s.PatientID == id })
}

func (p *importing) count(out *ward.Outcome) {
	p.done.Checks += len(out.Checks)
	for i := range out.Checks {
		if out.Checks[i].Result.Flag.Flagged() {
			p.done.Flagged++
		}
	}
	for i := range out.Events {
		if out.Events[i].Event == ward.JoinOpened {
			p.done.FollowUps++
		}
	}
	p.done.OldFlags += out.OldFlags
}

// compareClaims refuses rows whose computed columns contradict the results.
func (p *importing) compareClaims(out *ward.Outcome) {
	type key struct {
		id      string
		version int
	}
	saved := make(map[key]*ward.Check, len(out.Checks))
	for i := range out.Checks {
		saved[key{out.Checks[i].ID, out.Checks[i].Version}] = &out.Checks[i]
	}
	for i := range p.rows {
		row := &p.rows[i]
		if c := saved[key{row.Check.ID, row.Check.Version}]; c != nil {
			p.refuse(row.Line, row.Differs(c, p.history.Patient.Health)...)
		}
	}
}
