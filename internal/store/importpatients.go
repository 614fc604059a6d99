package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// errUndo rolls back an import that was refused or only tried.
var errUndo = errors.New("undo")

// importGroups imports groups of rows in one transaction.
func (s *Store) importGroups(ctx context.Context, sig ward.Signature, request Request, in *importRows, groups []*rowGroup, o ImportOptions) (done Imported, refused []ward.Refusal, err error) {
	_, err = s.act(ctx, sig, request, engine.Unchecked, permitted(ctx, ward.MayRecord, func(w *tx) error {
		d := &decided{tx: w, ImportOptions: o, rows: in}
		defer d.close()
		if err := d.decide(ctx, groups); err != nil {
			return err
		}
		if refused = d.sorted(); len(refused) > 0 {
			return errUndo
		}
		if err := d.askCorrections(); err != nil {
			return err
		}
		if err := d.keep(ctx); err != nil {
			return err
		}
		if done = d.done; o.DryRun {
			return errUndo
		}
		return nil
	}))
	if errors.Is(err, errUndo) {
		err = nil
	}
	if err != nil || len(refused) > 0 {
		done = Imported{}
	}
	return done, refused, err
}

// aheadPatients is the number of patients that wait between two stages of [decided.decide].
const aheadPatients = 2

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
		if p.rows == nil { // almost all patients have one group
			p.rows = rows
			continue
		}
		p.rows = append(p.rows, rows...)
	}
	p.rows = inOrderOfTime(p.rows)
	return nil
}

// inOrderOfTime returns the rows in the order of time. It sorts their places, because a row
// is large and most are in order.
func inOrderOfTime(rows []ward.ImportRow) []ward.ImportRow {
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, k int) int {
		a, b := &rows[i].Check, &rows[k].Check
		return cmp.Or(a.PerformedAt.Compare(b.PerformedAt), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version))
	})
	if slices.IsSorted(order) {
		return rows
	}
	sorted := make([]ward.ImportRow, len(rows))
	for to, from := range order {
		sorted[to] = rows[from]
	}
	return sorted
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
	p.decided.rows.done(p.rows)
	p.decided.done.add(p.done)
	p.decided.refused = append(p.decided.refused, p.refused...)
	return err
}
