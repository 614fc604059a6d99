package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"neurocheck/internal/ward"
)

// part is the part of a patient's checks to read.
type part bool

const (
	// recentPart is the checks of the 72 h before the newest one, which with the memory
	// of the older ones is enough for the watch and for adding a check after all others.
	recentPart part = false
	wholePart  part = true
)

// allTime is a time in milliseconds before all others.
const allTime = -1 << 62

const recentWindow = 72 * time.Hour

// history reads a patient's history; of linked patients that of all, as one.
func (in reader) history(ctx context.Context, patient int64, p part) (h ward.History, err error) {
	survivor, ids, err := in.group(ctx, patient)
	if err != nil {
		return h, err
	}
	if h.Patient, err = in.patient(ctx, survivor); err != nil {
		return h, err
	}
	known, err := in.memory(ctx, survivor, &h.Memory)
	if err != nil {
		return h, err
	}
	if !known {
		p = wholePart
	}
	from := int64(allTime)
	if p == recentPart {
		newest, err := in.newestCheck(ctx, ids)
		if err != nil {
			return h, err
		}
		from = since(newest.Add(-recentWindow))
	}
	for _, id := range ids {
		if err := in.addHistory(ctx, &h, id, from); err != nil {
			return h, err
		}
	}
	sortHistory(&h)
	if p == recentPart && h.Conclusive() == nil && len(h.Checks) > 0 {
		h.LastConclusive, err = in.lastConclusive(ctx, ids)
	}
	return h, err
}

// memory reads the memory of a patient's checks, and reports whether there is one: a
// patient without checks needs none.
func (in reader) memory(ctx context.Context, survivor int64, m *ward.Memory) (known bool, err error) {
	list, err := all(ctx, in.q, func(rows *sql.Rows) (s sql.NullString, err error) {
		err = rows.Scan(&s)
		return s, err
	}, `SELECT memory FROM patient_now WHERE patient_id = $1`, survivor)
	if err != nil || len(list) == 0 || !list[0].Valid {
		return false, err
	}
	if err := json.Unmarshal([]byte(list[0].String), m); err != nil {
		return false, unreadable{"the memory of a patient", err}
	}
	return true, nil
}

// newestCheck returns the time of the newest valid check of the patients.
func (in reader) newestCheck(ctx context.Context, ids []int64) (newest time.Time, err error) {
	for _, id := range ids {
		list, err := all(ctx, in.q, scanNumber, `
			SELECT performed_at FROM check_now WHERE patient_id = $1 ORDER BY performed_at DESC LIMIT 1`, id)
		if err != nil {
			return newest, err
		}
		if len(list) > 0 {
			if t := time.UnixMilli(list[0]); t.After(newest) {
				newest = t
			}
		}
	}
	return newest, nil
}

// lastConclusive returns the last conclusive check of the patients, or nil.
func (in reader) lastConclusive(ctx context.Context, ids []int64) (last *ward.Check, err error) {
	for _, id := range ids {
		list, err := records(ctx, in, checkTable, decodeCheck, `
			JOIN check_now n ON n.seq = r.seq
			WHERE n.patient_id = $1 AND r.grade_low = r.grade_high
			ORDER BY n.performed_at DESC, n.recorded_at DESC, r.check_id DESC
			LIMIT 1`, id)
		if err != nil {
			return nil, err
		}
		if err := in.reevaluate(ctx, list, `
			JOIN check_now n ON n.reevaluation = r.seq
			WHERE n.patient_id = $1
			ORDER BY r.seq`, id); err != nil {
			return nil, err
		}
		if len(list) > 0 && (last == nil || list[0].Compare(last) > 0) {
			last = &list[0]
		}
	}
	return last, nil
}

// addHistory adds the records of one patient to a history.
func (in reader) addHistory(ctx context.Context, h *ward.History, id, from int64) error {
	stays, err := in.stayVersions(ctx, id)
	if err != nil {
		return err
	}
	h.Stays = append(h.Stays, currentStays(stays)...)
	checks, err := in.checksOf(ctx, id, from)
	if err != nil {
		return err
	}
	h.Checks = append(h.Checks, checks...)
	followUps, err := in.followUpsOf(ctx, id)
	if err != nil {
		return err
	}
	h.FollowUps = append(h.FollowUps, followUps...)
	orders, err := in.ordersOf(ctx, id)
	if err != nil {
		return err
	}
	h.Orders = append(h.Orders, orders...)
	reports, err := in.reportsOf(ctx, id)
	if err != nil {
		return err
	}
	h.Reports = append(h.Reports, slices.DeleteFunc(reports, func(r ward.Report) bool { return r.Withdrawn })...)
	interventions, err := in.interventionsOf(ctx, id)
	if err != nil {
		return err
	}
	for _, i := range interventions {
		if i.Kind == ward.DoseGiven && !i.Withdrawn {
			h.Doses = append(h.Doses, i.DoneAt)
		}
	}
	attributions, err := in.attributionsOf(ctx, id)
	if err != nil {
		return err
	}
	h.Attributions = append(h.Attributions, attributions...)
	drafts, err := in.draftsAbout(ctx, id)
	h.Drafts = append(h.Drafts, drafts...)
	return err
}

// sortHistory puts all parts of a history in the order of time.
func sortHistory(h *ward.History) {
	sortStays(h.Stays)
	h.Sort()
	slices.SortStableFunc(h.FollowUps, func(a, b ward.FollowUp) int { return int(a.ID - b.ID) })
	slices.SortStableFunc(h.Orders, func(a, b ward.Order) int { return a.Ordered.At.Compare(b.Ordered.At) })
	slices.SortStableFunc(h.Reports, func(a, b ward.Report) int { return a.ToldAt.Compare(b.ToldAt) })
	slices.SortFunc(h.Doses, time.Time.Compare)
}
