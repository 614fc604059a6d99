package store

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"neurocheck/internal/ward"
)

// findVersions reads the versions that the log has of the checks of the rows.
func (p *importing) findVersions(ctx context.Context) error {
	p.before = make(map[string][]ward.Check, len(p.rows))
	if p.empty {
		return p.ofPatient()
	}
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
	return p.ofPatient()
}

// ofPatient sets the patients of the checks, and refuses those that are of another one.
func (p *importing) ofPatient() error {
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

// newChecks validates the checks of the rows and collects those that the log does not
// have, with their versions in order.
func (p *importing) newChecks(ctx context.Context) error {
	order := make([]int, len(p.rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &p.rows[a].Check, &p.rows[b].Check
		return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Version, y.Version))
	})
	p.checks = make([]ward.Check, 0, len(order))
	for _, i := range order {
		row := &p.rows[i]
		c := &row.Check
		known, err := p.addVersion(ctx, row)
		if errors.Is(err, errRefused) {
			continue
		}
		if err != nil {
			if err := p.refuseOrFail(row.Line, err); err != nil {
				return err
			}
			continue
		}
		if known {
			p.done.Known++
			continue
		}
		p.checks = append(p.checks, *c)
		if versions := p.before[c.ID]; len(versions) > 0 {
			p.before[c.ID] = append(versions, *c)
		} else {
			n := len(p.checks)
			p.before[c.ID] = p.checks[n-1 : n : n]
		}
	}
	return nil
}

// addVersion validates the version of a row against those before it, in the log and in
// the file, and reports whether the log has it already.
func (p *importing) addVersion(ctx context.Context, row *ward.ImportRow) (known bool, err error) {
	c := &row.Check
	anyAuthor := c.Recorded.By == ""
	c.Recorded = p.signed(c.Recorded)
	versions := p.before[c.ID]
	if p.inLog(c) {
		if sameVersion(c, &versions[c.Version-1], anyAuthor) != nil {
			return true, ward.Invalid("check_id", "this version of the check is there already, with other answers; a correction is the next version")
		}
		return true, nil
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
