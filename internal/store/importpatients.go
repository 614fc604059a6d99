package store

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// aheadPatients is the number of patients that wait between two stages of [decided.decide].
const aheadPatients = 4

// decide decides on all patients of the groups. While it looks up one patient, the rows of
// the next are read, and the rules evaluate those of the patient before.
func (d *decided) decide(ctx context.Context, groups []*rowGroup) error {
	d.checks.spool = &d.spool
	patients, err := d.groupByPatient(ctx, groups)
	if err != nil {
		return err
	}
	some, err := engine.All(ctx, d.sql, engine.Scan[int64], `SELECT seq FROM neuro_check LIMIT 1`)
	if err != nil {
		return err
	}
	d.empty = len(some) == 0
	ctx, stop := context.WithCancel(ctx)
	var working sync.WaitGroup
	read, found := make(chan *importing, aheadPatients), make(chan *importing, aheadPatients)
	working.Go(func() {
		defer close(read)
		for k, p := range patients {
			patients[k] = nil // its rows go when they are decided
			p.failed = p.read()
			select {
			case read <- p:
			case <-ctx.Done():
				return
			}
		}
	})
	var failed error
	working.Go(func() {
		for p := range found {
			if failed == nil {
				failed = p.conclude()
			}
		}
	})
	err = find(ctx, read, found)
	close(found)
	stop()
	working.Wait()
	if err == nil {
		err = failed
	}
	return err
}

// find looks up the patients that were read, and passes them on.
func find(ctx context.Context, read <-chan *importing, found chan<- *importing) error {
	for p := range read {
		if err := ctx.Err(); err != nil {
			return err
		}
		if p.failed != nil {
			return p.failed
		}
		if err := p.find(ctx); err != nil {
			return err
		}
		found <- p
	}
	return ctx.Err()
}

// groupByPatient joins the groups of the same patient, who may have had another MRN or
// be linked to another one.
func (d *decided) groupByPatient(ctx context.Context, groups []*rowGroup) ([]*importing, error) {
	mrns := make([]string, len(groups))
	for k, g := range groups {
		mrns[k] = g.mrn
	}
	ids, err := d.reader().patientIDsByMRN(ctx, mrns)
	if err != nil {
		return nil, err
	}
	patients := make([]*importing, 0, len(groups))
	at := make(map[int64]*importing)
	for _, g := range groups {
		id := ids[g.mrn]
		p := at[id]
		if id == 0 || p == nil {
			p = &importing{decided: d, id: id}
			at[id] = p
			patients = append(patients, p)
		}
		p.groups = append(p.groups, g)
	}
	return patients, nil
}

// read reads the rows in the order of time.
func (p *importing) read() error {
	for _, g := range p.groups {
		p.refused = append(p.refused, g.refused...)
		rows, err := p.decided.rows.read(g)
		if err != nil {
			return err
		}
		p.rows = append(p.rows, rows...)
	}
	slices.SortStableFunc(p.rows, func(a, b ward.ImportRow) int {
		return cmp.Or(a.Check.PerformedAt.Compare(b.Check.PerformedAt), cmp.Compare(a.Check.ID, b.Check.ID), cmp.Compare(a.Check.Version, b.Check.Version))
	})
	return nil
}

// find finds the patient, the stays, and the checks that the log does not have.
func (p *importing) find(ctx context.Context) error {
	for _, step := range []func(context.Context) error{p.findPatient, p.findVersions, p.passRepeats, p.findStays, p.newChecks, p.reassessMoved} {
		if len(p.refused) > 0 {
			return nil
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// reassessMoved appends the consequences of an admission that has moved.
func (p *importing) reassessMoved(ctx context.Context) error {
	if !p.moved || len(p.checks) == 0 {
		return nil
	}
	out := ward.Reassess(&p.history, p.site, ward.Act{At: p.sig.At, By: p.sig.By})
	return p.keepReassessed(ctx, &p.history, &out, "stay")
}

// conclude lets the rules record the new checks. It reads and writes nothing in the log.
func (p *importing) conclude() error {
	var err error
	if len(p.refused) == 0 && len(p.checks) > 0 {
		out := ward.Record(&p.history, p.site, ward.Act{At: p.sig.At, By: p.sig.By, Checks: p.checks, Import: true})
		p.count(&out)
		p.compareClaims(&out)
		err = p.take(p.rows, &p.history, &out)
	}
	p.decided.done.add(p.done)
	p.decided.refused = append(p.decided.refused, p.refused...)
	return err
}
