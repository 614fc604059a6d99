package store

import (
	"context"
	"errors"
	"fmt"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// personsDiffer compares the parts of the derived tables about patients that SQL cannot
// derive: the links, the folded MRNs, and the memory of the checks.
func personsDiffer(ctx context.Context, q engine.Querier) (misfit string, err error) {
	in := reader{q: q, tables: new(layouts)}
	for _, differ := range []func(context.Context, reader) (string, error){linksDiffer, mrnsDiffer, memoriesDiffer} {
		if misfit, err = differ(ctx, in); err != nil || misfit != "" {
			return misfit, err
		}
	}
	return "", nil
}

// linksDiffer compares the patients that others are linked into with the links.
func linksDiffer(ctx context.Context, in reader) (string, error) {
	links, err := in.activeLinks(ctx)
	if err != nil {
		return "", err
	}
	type linked struct {
		id, survivor int64
		memory       bool // of a linked patient the other one has it
	}
	list, err := engine.All(ctx, in.q, func(rows engine.Results) (l linked, err error) {
		err = rows.Scan(&l.id, &l.survivor, &l.memory)
		return l, err
	}, `SELECT patient_id, survivor_id, memory IS NOT NULL FROM patient_now ORDER BY patient_id`)
	for _, l := range list {
		if l.survivor != end(links, l.id) || l.memory && l.survivor != l.id {
			return fmt.Sprintf("the table patient_now does not agree with the links of patient %d", l.id), nil
		}
	}
	return "", err
}

// mrnsDiffer compares the folded MRNs with those of all versions of patients.
func mrnsDiffer(ctx context.Context, in reader) (string, error) {
	type held struct {
		folded  string
		patient int64
		current bool
	}
	versions, err := engine.All(ctx, in.q, func(rows engine.Results) (h held, err error) {
		err = rows.Scan(&h.folded, &h.patient)
		h.folded = ward.FoldMRN(h.folded)
		return h, err
	}, `SELECT mrn, patient_id FROM patient ORDER BY patient_id, version`)
	if err != nil {
		return "", err
	}
	made, newest := make(map[held]bool), make(map[int64]string)
	for _, v := range versions {
		newest[v.patient] = v.folded
	}
	for _, v := range versions {
		v.current = newest[v.patient] == v.folded
		made[v] = true
	}
	list, err := engine.All(ctx, in.q, func(rows engine.Results) (h held, err error) {
		err = rows.Scan(&h.folded, &h.patient, &h.current)
		return h, err
	}, `SELECT folded, patient_id, current = 1 FROM patient_mrn`)
	if err != nil {
		return "", err
	}
	for _, h := range list {
		if !made[h] {
			return fmt.Sprintf("the table patient_mrn does not agree with the record of patient %d", h.patient), nil
		}
	}
	if len(list) != len(made) {
		return "the table patient_mrn does not agree with the record", nil
	}
	return "", nil
}

// memoriesDiffer compares the memory of the checks of each patient on the board with one
// made anew from the record. Of the others it is read only for a late entry or after a
// readmission, and it takes as long to make anew as the rest of the verification.
func memoriesDiffer(ctx context.Context, in reader) (string, error) {
	list, err := engine.All(ctx, in.q, engine.Scan[int64], `SELECT DISTINCT survivor_id FROM patient_now WHERE patient_id IN (`+onBoard+`) ORDER BY survivor_id`)
	if err != nil {
		return "", err
	}
	site := ward.DefaultSite()
	for _, id := range list {
		differs, err := in.memoryDiffers(ctx, id, &site)
		if err != nil {
			return "", err
		}
		if differs {
			return fmt.Sprintf("the table patient_now does not agree with the checks of patient %d", id), nil
		}
	}
	return "", ctx.Err()
}

func (in reader) memoryDiffers(ctx context.Context, patient int64, site *ward.Site) (bool, error) {
	h, err := in.history(ctx, patient, wholePart)
	if bad, ok := errors.AsType[engine.Damage](err); ok && bad.Words == engine.Unreadable(memoryName, nil).Words {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	stored := h.Memory
	h.Remember(site)
	return !h.Memory.SameRecord(stored), nil
}
