package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"neurocheck/internal/ward"
)

// personsDiffer compares the parts of the derived tables about patients that SQL cannot
// derive: the links, the folded MRNs, and the memory of the checks.
func personsDiffer(ctx context.Context, q querier) (misfit string, err error) {
	in := reader{q, new(layouts)}
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
	type linked struct{ id, survivor int64 }
	list, err := all(ctx, in.q, func(rows *sql.Rows) (l linked, err error) {
		err = rows.Scan(&l.id, &l.survivor)
		return l, err
	}, `SELECT patient_id, survivor_id FROM patient_now ORDER BY patient_id`)
	for _, l := range list {
		if l.survivor != end(links, l.id) {
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
	versions, err := all(ctx, in.q, func(rows *sql.Rows) (h held, err error) {
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
	list, err := all(ctx, in.q, func(rows *sql.Rows) (h held, err error) {
		err = rows.Scan(&h.folded, &h.patient, &h.current)
		return h, err
	}, `SELECT folded, patient_id, current FROM patient_mrn`)
	for _, h := range list {
		if !made[h] {
			return fmt.Sprintf("the table patient_mrn does not agree with the record of patient %d", h.patient), nil
		}
	}
	if len(list) != len(made) {
		return "the table patient_mrn does not agree with the record", nil
	}
	return "", err
}

// memoriesDiffer compares the memory of each patient's checks with one made anew from
// the record.
func memoriesDiffer(ctx context.Context, in reader) (string, error) {
	type kept struct {
		patient int64
		memory  sql.NullString
	}
	list, err := all(ctx, in.q, func(rows *sql.Rows) (k kept, err error) {
		err = rows.Scan(&k.patient, &k.memory)
		return k, err
	}, `SELECT patient_id, memory FROM patient_now ORDER BY patient_id`)
	if err != nil {
		return "", err
	}
	site := ward.DefaultSite()
	for _, k := range list {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		differs, err := in.memoryDiffers(ctx, k.patient, k.memory.Valid, &site)
		if err != nil {
			return "", err
		}
		if differs {
			return fmt.Sprintf("the table patient_now does not agree with the checks of patient %d", k.patient), nil
		}
	}
	return "", nil
}

func (in reader) memoryDiffers(ctx context.Context, patient int64, kept bool, site *ward.Site) (bool, error) {
	survivor, _, err := in.group(ctx, patient)
	if err != nil || survivor != patient {
		return kept, err // the other patient's memory is of both
	}
	h, err := in.history(ctx, patient, wholePart)
	if bad, ok := errors.AsType[unreadable](err); ok && bad.which == memoryName {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	stored := h.Memory
	h.Remember(site)
	return !h.Memory.SameRecord(stored) || !kept && len(h.Checks) > 0, nil
}
