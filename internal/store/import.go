package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"neurocheck/internal/ward"
)

// errUndo rolls back an import that was refused or only tried, and errRefused ends the
// validation of a row whose problems are on the list already.
var (
	errUndo    = errors.New("undo")
	errRefused = errors.New("refused")
)

// Import records the checks of rows, all of them or none: if any row is refused, it
// returns every refusal and records nothing. An unknown patient is admitted from the
// first row, by the time of its check, that names one. The rows of a patient are one
// act, decided together, in the order of their times of recording: see [ward.Record].
// A new patient with the name and birth date of a known one, or with an MRN alike but for
// zeros, is a [ward.KindQuestion] unless o.NewPatients answers it. The order of the rows
// does not matter. Rows whose versions of checks are in the log
// already are counted as known, so that an import may be repeated.
func (s *Store) Import(ctx context.Context, sig ward.Signature, rows iter.Seq[ward.ImportRow], o ImportOptions) (done Imported, refused []ward.Refusal, err error) {
	groups := groupByMRN(rows)
	err = s.doMany(ctx, sig, ward.MayRecord, func(w *tx) error {
		patients, err := w.groupByPatient(ctx, groups)
		if err != nil {
			return err
		}
		decided := decided{ImportOptions: o}
		for i := range patients {
			if err := ctx.Err(); err != nil {
				return err
			}
			p := &patients[i]
			p.done, p.decided = &done, &decided
			if err := p.run(ctx); err != nil {
				return err
			}
			refused = append(refused, p.refused...)
			patients[i] = importing{} // its history is not needed any more
		}
		if len(refused) > 0 {
			return errUndo
		}
		if err := decided.askCorrections(); err != nil {
			return err
		}
		if err := decided.keep(ctx, w); err != nil {
			return err
		}
		if o.DryRun {
			return errUndo
		}
		return nil
	})
	if errors.Is(err, errUndo) {
		err = nil
	}
	if err != nil || len(refused) > 0 {
		done = Imported{}
	}
	slices.SortStableFunc(refused, func(a, b ward.Refusal) int { return cmp.Compare(a.Line, b.Line) })
	return done, refused, err
}

// groupByMRN collects the rows of each MRN, in the order of the first rows.
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

// groupByPatient joins the groups of the same patient, who may have had another MRN or
// be linked to another one.
func (w *tx) groupByPatient(ctx context.Context, groups [][]ward.ImportRow) ([]importing, error) {
	patients := make([]importing, 0, len(groups))
	at := make(map[int64]int)
	for k, rows := range groups {
		groups[k] = nil // the memory of rows is freed patient by patient
		id, err := w.reader().patientIDByMRN(ctx, rows[0].Patient.MRN)
		if err != nil {
			return nil, err
		}
		i, known := at[id]
		if id == 0 || !known {
			i = len(patients)
			at[id] = i
			patients = append(patients, importing{tx: w, id: id, rows: rows})
			continue
		}
		patients[i].rows = append(patients[i].rows, rows...)
	}
	return patients, nil
}

func (p *importing) run(ctx context.Context) error {
	for i := range p.rows {
		row := &p.rows[i]
		p.refuse(row.Line, row.Wrong...)
		row.Patient.Clean()
		row.Stay.Clean()
		row.Check.Clean()
	}
	slices.SortStableFunc(p.rows, func(a, b ward.ImportRow) int {
		return cmp.Or(a.Check.PerformedAt.Compare(b.Check.PerformedAt), cmp.Compare(a.Check.ID, b.Check.ID), cmp.Compare(a.Check.Version, b.Check.Version))
	})
	for _, step := range []func(context.Context) error{p.findPatient, p.findVersions, p.passRepeats, p.findStays, p.record} {
		if len(p.refused) > 0 {
			return nil
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// record lets the rules record the new checks, and appends the consequences.
func (p *importing) record(ctx context.Context) error {
	checks, err := p.newChecks(ctx)
	if err != nil || len(p.refused) > 0 || len(checks) == 0 {
		return err
	}
	act := ward.Act{At: p.sig.At, By: p.sig.By, Checks: checks, Import: true}
	if p.moved {
		out := ward.Reassess(&p.history, p.site, ward.Act{At: act.At, By: act.By})
		if err := p.keepReassessed(ctx, &p.history, &out, "stay"); err != nil {
			return err
		}
	}
	out := ward.Record(&p.history, p.site, act)
	p.decide(&out)
	p.count(&out)
	p.compareClaims(&out)
	return nil
}

// findPatient reads the patient of the rows, or admits one.
func (p *importing) findPatient(ctx context.Context) error {
	if p.id == 0 {
		return p.admit(ctx)
	}
	_, ids, err := p.reader().group(ctx, p.id)
	if err != nil {
		return err
	}
	if p.history, err = p.reader().history(ctx, p.id, wholePart); err != nil {
		return err
	}
	for _, id := range ids {
		patient, err := p.reader().patient(ctx, id)
		if err != nil {
			return err
		}
		p.one = append(p.one, patient)
	}
	p.checkIdentity()
	return nil
}

// checkIdentity refuses rows that name another patient than the log has.
func (p *importing) checkIdentity() {
	for i := range p.rows {
		row := &p.rows[i]
		e := row.Identity(&p.history.Patient)
		if e != nil && !slices.ContainsFunc(p.one, func(known ward.Patient) bool { return row.Identity(&known) == nil }) {
			p.refuse(row.Line, e)
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
	patient.Recorded = p.heardOf(func(*ward.ImportRow) bool { return true })
	err := firstOf(patient.Problems(p.now()))
	if err == nil {
		err = p.may(ctx, ward.MayMovePatient)
	}
	if err == nil {
		err = p.mayAdmit(ctx, &patient)
	}
	if err == nil {
		err = p.looksKnown(ctx, p.rows[i].Line, &patient)
	}
	if err == nil {
		err = p.putPatient(ctx, &patient)
	}
	if err != nil {
		return p.refuseOrFail(p.rows[i].Line, err)
	}
	if p.decided.known != nil {
		p.decided.known.add(&patient)
	}
	p.done.Patients++
	p.isNew = true
	p.id, p.history, p.one = patient.ID, ward.History{Patient: patient}, []ward.Patient{patient}
	p.checkIdentity()
	return nil
}

// looksKnown returns a question if a new patient looks like one of the log, or like one
// that this import has admitted.
func (p *importing) looksKnown(ctx context.Context, line int, patient *ward.Patient) (err error) {
	if p.decided.NewPatients {
		return nil
	}
	if p.decided.known == nil {
		if p.decided.known, err = p.lookalikes(ctx); err != nil {
			return err
		}
	}
	if q := p.decided.known.ask(patient); q != nil {
		q.Reason = fmt.Sprintf("line %d: %s", line, q.Reason)
		return q
	}
	return nil
}

// heardOf returns the signature of a record that the rows make: the first time at
// findVersions reads the versions that the log has of the checks of the rows.
func (p *importing) findVersions(ctx context.Context) error {
	p.before = make(map[string][]ward.Check, len(p.rows))
	var names []string
	for i := range p.rows {
		names = append(names, p.rows[i].Check.ID)
	}
	known, err := p.reader().knownChecks(ctx, names)
	if err != nil {
		return err
	}
	for _, id := range known {
		if p.before[id], err = p.reader().versionsOf(ctx, id); err != nil {
			return err
		}
	}
	for i := range p.rows {
		c := &p.rows[i].Check
		versions := p.before[c.ID]
		c.PatientID = p.id
		if len(versions) == 0 {
			continue
		}
		if c.PatientID = versions[0].PatientID; !slices.ContainsFunc(p.one, func(known ward.Patient) bool { return known.ID == c.PatientID }) {
			p.refuse(p.rows[i].Line, ward.Invalid("check_id", "this check belongs to another patient"))
		}
	}
	return nil
}

// newChecks validates the checks of the rows and returns those that the log does not
// have, with their versions in order.
func (p *importing) newChecks(ctx context.Context) ([]ward.Check, error) {
	order := make([]int, len(p.rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &p.rows[a].Check, &p.rows[b].Check
		return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Version, y.Version))
	})
	var fresh []ward.Check
	for _, i := range order {
		row := &p.rows[i]
		c := &row.Check
		known, err := p.addVersion(ctx, row)
		if errors.Is(err, errRefused) {
			continue
		}
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

// addVersion validates the version of a row against those before it, in the log and in
// the file, and reports whether the log has it already.
func (p *importing) addVersion(ctx context.Context, row *ward.ImportRow) (known bool, err error) {
	c := &row.Check
	anyAuthor := c.Recorded.By == ""
	c.Recorded = p.signed(c.Recorded)
	versions := p.before[c.ID]
	if p.inLog(c) {
		return true, sameVersion(c, &versions[c.Version-1], anyAuthor)
	}
	if problems := c.Problems(p.history.Stays, p.sig.At); len(problems) > 0 {
		p.refuse(row.Line, problems...)
		return false, errRefused
	}
	var last *ward.Check
	if n := len(versions); n > 0 {
		last = &versions[n-1]
	}
	if err := follows(c, last); err != nil {
		return false, err
	}
	if err := p.mayAttribute(ctx, c, last, &p.history); err != nil {
		return false, err
	}
	c.StayID = 0
	if stay := ward.StayAt(p.history.Stays, c.PerformedAt); stay != nil {
		c.StayID = stay.ID
	}
	p.before[c.ID] = append(versions, *c)
	return false, nil
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
