package store

import (
	"cmp"
	"context"
	"slices"

	"neurocheck/internal/ward"
)

// decide adds the consequences for one patient. The versions of one check stay in their
// order, also if the file has them in another.
func (p *importing) decide(out *ward.Outcome) {
	type key struct {
		id      string
		version int
	}
	lines := make(map[key]int, len(p.rows))
	for i := range p.rows {
		lines[key{p.rows[i].Check.ID, p.rows[i].Check.Version}] = p.rows[i].Line
	}
	for _, c := range out.Checks {
		line := max(lines[key{c.ID, c.Version}], lines[key{c.ID, c.Version - 1}])
		lines[key{c.ID, c.Version}] = line
		p.decided.checks = append(p.decided.checks, decidedCheck{line, c})
	}
	p.decided.patients = append(p.decided.patients, decidedPatient{
		ward.History{Patient: ward.Patient{ID: p.history.Patient.ID}, FollowUps: p.history.FollowUps, Memory: p.history.Memory},
		ward.Outcome{Reevaluated: out.Reevaluated, Events: out.Events},
	})
}

// keep appends the checks in the order of the file, and then the other consequences,
// patient by patient.
func (d *decided) keep(ctx context.Context, w *tx) error {
	slices.SortStableFunc(d.checks, func(a, b decidedCheck) int { return cmp.Compare(a.line, b.line) })
	for i := range d.checks {
		if err := w.putCheck(ctx, &d.checks[i].check); err != nil {
			return err
		}
	}
	for i := range d.patients {
		p := &d.patients[i]
		if err := w.keep(ctx, &p.history, &p.out); err != nil {
			return err
		}
	}
	return nil
}
