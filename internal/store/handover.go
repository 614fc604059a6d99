package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// HandoverCharts is [Store.Charts] with the part of each chart that a handover since a time
// needs, see [ward.Chart.Holds]: its checks begin three days before, it has their versions
// and those that were recorded since, and it has no versions of patients and stays. The
// whole chart of a patient is read only if the handover looks back further.
func (s *Store) HandoverCharts(ctx context.Context, patient int64, since time.Time) (charts []ward.Chart, seq int64, head string, err error) {
	from, _ := toMillis(since)
	of := patients{presentSince, []any{from}}
	if patient != 0 {
		of = linked(patient)
	}
	err = s.read(ctx, func(in reader) error {
		if charts, err = in.handoverCharts(ctx, of, since); err != nil {
			return err
		}
		seq, head, err = headOf(ctx, in.q)
		return err
	})
	return charts, seq, head, err
}

func (in reader) handoverCharts(ctx context.Context, of patients, since time.Time) ([]ward.Chart, error) {
	agreed, err := in.currentChecksAgree(ctx, of)
	if err != nil {
		return nil, err
	}
	counted := in.counting()
	b, err := counted.historyReader(ctx, of, handoverPart)
	if err != nil {
		return nil, err
	}
	h := handoverReader{in: in, since: since, whole: b.part == wholePart, agreed: agreed, before: make(map[int64]int64)}
	for _, history := range b.list {
		h.charts = append(h.charts, ward.Chart{History: *history, Ticks: make(map[int64]map[string]ward.Signature)})
	}
	if err := h.events(ctx, b); err != nil {
		return nil, err
	}
	if err := counted.allRead(ctx, of, "stay", "follow_up", "schedule_order", "attribution", "feed_difference"); err != nil {
		return nil, err
	}
	if err := h.lastBefore(ctx, of); err != nil {
		return nil, err
	}
	for i := range h.charts {
		if err := h.checks(ctx, &h.charts[i]); err != nil {
			return nil, err
		}
	}
	return h.charts, nil
}

// handoverReader reads the parts of charts that a handover needs.
type handoverReader struct {
	in     reader
	since  time.Time
	charts []ward.Chart // by the ID of the patient
	whole  bool         // a memory is missing
	agreed map[int64]*agreement
	before map[int64]int64 // time of the last check before since in milliseconds, by patient
}

// events reads the interventions, the reports and the ticks.
func (h *handoverReader) events(ctx context.Context, b *historyReader) error {
	at := make(map[*ward.History]*ward.Chart, len(b.list))
	for i, history := range b.list {
		at[history] = &h.charts[i]
	}
	in, which := h.in.counting(), `WHERE r.patient_id IN (`+b.of.query+`)`
	done, err := interventions.of(ctx, in, which, b.of.args...)
	if err != nil {
		return err
	}
	for _, i := range slices.Backward(done) {
		if c := at[b.byID[i.PatientID]]; c != nil {
			c.Interventions = append(c.Interventions, i)
		}
	}
	told, err := reports.of(ctx, in, which, b.of.args...)
	if err != nil {
		return err
	}
	for _, r := range told {
		if c := at[b.byID[r.PatientID]]; c != nil {
			c.AllReports = append(c.AllReports, r)
		}
	}
	ticks, err := in.ticks(ctx, which+` ORDER BY r.seq`, b.of.args...)
	if err != nil {
		return err
	}
	for i := range h.charts {
		c := &h.charts[i]
		sortEvents(c)
		for k := range c.FollowUps {
			if id := c.FollowUps[k].ID; ticks[id] != nil {
				c.Ticks[id] = ticks[id]
			}
		}
	}
	return in.allRead(ctx, b.of, "intervention", "report", "follow_up_item")
}

// lastBefore reads the times of the last checks before the handover.
func (h *handoverReader) lastBefore(ctx context.Context, of patients) error {
	from, _ := toMillis(h.since)
	_, err := engine.All(ctx, h.in.q, func(rows engine.Results) (none struct{}, err error) {
		var id int64
		var at sql.NullInt64
		if err := rows.Scan(&id, &at); err != nil {
			return none, err
		}
		if was, known := h.before[id]; at.Valid && (!known || at.Int64 > was) {
			h.before[id] = at.Int64
		}
		return none, nil
	}, `
		SELECT p.survivor_id, (SELECT max(n.performed_at) FROM check_now n WHERE n.patient_id = p.patient_id AND n.performed_at < $`+strconv.Itoa(len(of.args)+1)+`)
		FROM patient_now p
		WHERE p.patient_id IN (`+of.query+`)`, append(slices.Clone(of.args), from)...)
	return err
}

// checks reads the checks of a chart: the part that the handover needs, or all if that is
// not enough.
func (h *handoverReader) checks(ctx context.Context, c *ward.Chart) error {
	if h.whole {
		whole, err := h.in.chart(ctx, c.Patient.ID)
		*c = whole
		return err
	}
	from := h.begin(c)
	versions, sum, err := h.versionsSince(ctx, c.Patient.ID, from)
	if err != nil {
		return err
	}
	slices.SortStableFunc(versions, func(a, b ward.Check) int { return b.Compare(&a) })
	c.Versions = ward.ByCheck(versions)
	for i := range slices.Backward(c.Versions) {
		if v := &c.Versions[i]; !v.Superseded && v.Valid() && !v.PerformedAt.Before(from) {
			c.Checks = append(c.Checks, *v)
		}
	}
	c.Sort()
	if int64(len(versions)) < sum.versions && !c.Holds(h.since, from) {
		*c, err = h.in.chart(ctx, c.Patient.ID)
	}
	return err
}

// begin returns the time from which the checks of a chart are read: three days before the
// last check before the handover, or before the order in force then.
func (h *handoverReader) begin(c *ward.Chart) time.Time {
	last := h.since
	if ms, known := h.before[c.Patient.ID]; known {
		last = ward.FromRecord(ms, 0)
	}
	for i := range slices.Backward(c.Orders) {
		if o := &c.Orders[i]; o.Kind != ward.OrderExtend && !o.Ordered.At.After(h.since) {
			if o.Ordered.At.Before(last) {
				last = o.Ordered.At
			}
			break
		}
	}
	return last.Add(-recentWindow)
}

// versionsSince reads every version of the checks of a patient that were performed since
// from, or recorded in the time of the handover, and of all that were corrected. It rests
// on check_now, which agrees with the record, because a version that was altered to be out
// of that time must not be passed over.
func (h *handoverReader) versionsSince(ctx context.Context, patient int64, from time.Time) ([]ward.Check, agreement, error) {
	var sum agreement
	_, ids, err := h.in.group(ctx, patient)
	if err != nil {
		return nil, sum, err
	}
	for _, id := range ids {
		if a := h.agreed[id]; a != nil {
			sum.versions, sum.inForce, sum.again = sum.versions+a.versions, sum.inForce+a.inForce, sum.again+a.again
		}
	}
	const group = `(SELECT patient_id FROM patient_now WHERE survivor_id = $1)`
	which := `r.seq IN (SELECT n.seq FROM check_now n WHERE n.patient_id IN ` + group + ` AND (n.performed_at >= $2 OR n.recorded_at >= $3))`
	if sum.versions != sum.inForce { // a check has several versions
		which = `(` + which + ` OR r.check_id IN (SELECT c.check_id FROM neuro_check c WHERE c.patient_id IN ` + group + ` AND (c.version > 1 OR c.status <> 'recorded')))`
	}
	first, _ := toMillis(from)
	since, _ := toMillis(h.since)
	versions, err := records(ctx, h.in, checkTable, decodeCheck, `WHERE `+which+` ORDER BY r.seq`, patient, first, since)
	if err != nil {
		return nil, sum, err
	}
	markSuperseded(versions)
	if sum.again == 0 {
		return versions, sum, nil
	}
	return versions, sum, h.in.reevaluate(ctx, versions, `SELECT seq FROM reevaluation WHERE patient_id IN `+group, patient)
}
