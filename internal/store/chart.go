package store

import (
	"context"
	"slices"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Board returns the histories of everyone on the ward, of patients whom a feed
// discharged and nobody confirmed, and of those who left with an open follow-up; of
// each the recent checks only. [ward.Watch] turns a history into a line of the board,
// and [ward.MostUrgentFirst] sorts them.
func (s *Store) Board(ctx context.Context) (board []ward.History, err error) {
	err = s.read(ctx, func(in reader) error {
		list, err := in.checked(ctx, patients{query: onBoard})
		for _, h := range list {
			board = append(board, *h)
		}
		return err
	})
	return board, err
}

// Roll is the board as one read found it.
type Roll struct {
	At        time.Time // when the read began, by the ward's clock
	Began     time.Time // the same by a clock that never jumps: of two rolls, the later one is newer
	Histories []ward.History
}

// Roll is [Store.Board] with the time of the read. clock is that of the ward.
func (s *Store) Roll(ctx context.Context, clock func() time.Time) (r Roll, err error) {
	r = Roll{At: clock(), Began: time.Now()}
	r.Histories, err = s.Board(ctx)
	return r, err
}

// checked reads the recent histories of patients, and returns an error if a record of
// theirs is hidden.
func (in reader) checked(ctx context.Context, of patients) ([]*ward.History, error) {
	err := askAhead(ctx, in.q, in, func(ctx context.Context, in reader) {
		_, _ = in.currentChecksAgree(ctx, of)
		in.askHistories(ctx, of, recentPart)
		_, _ = patientCounts(ctx, in.q, of)
	})
	if err != nil {
		return nil, err
	}
	if _, err := in.currentChecksAgree(ctx, of); err != nil {
		return nil, err
	}
	in = in.counting()
	list, err := in.histories(ctx, of, recentPart)
	if err != nil {
		return nil, err
	}
	return list, in.allRead(ctx, of, "stay", "follow_up", "schedule_order", "report", "intervention", "attribution", "feed_difference")
}

// Chart returns the whole record of a patient; of linked patients that of all, as one.
func (s *Store) Chart(ctx context.Context, patient int64) (chart ward.Chart, err error) {
	err = s.read(ctx, func(in reader) (err error) {
		if err := askAhead(ctx, in.q, in, func(ctx context.Context, in reader) { in.askChart(ctx, patient) }); err != nil {
			return err
		}
		chart, err = in.chart(ctx, patient)
		return err
	})
	return chart, err
}

func (in reader) chart(ctx context.Context, patient int64) (chart ward.Chart, err error) {
	counted := in.counting()
	if chart.History, err = counted.history(ctx, patient, wholePart); err != nil {
		return chart, err
	}
	_, ids, err := in.group(ctx, patient)
	if err != nil {
		return chart, err
	}
	group := linked(patient)
	if err := counted.allRead(ctx, group, "follow_up", "schedule_order", "attribution", "feed_difference"); err != nil {
		return chart, err
	}
	if _, err := in.currentChecksAgree(ctx, group); err != nil {
		return chart, err
	}
	if chart.Links, err = in.linksOf(ctx, patient); err != nil {
		return chart, err
	}
	chart.Ticks = make(map[int64]map[string]ward.Signature)
	for _, id := range ids {
		if err := in.addChart(ctx, &chart, id); err != nil {
			return chart, err
		}
	}
	slices.SortStableFunc(chart.Versions, func(a, b ward.Check) int { return b.Compare(&a) })
	chart.Versions = ward.ByCheck(chart.Versions)
	sortEvents(&chart)
	return chart, nil
}

// askChart asks for the chart of a patient ahead: see [askAhead]. Whether others are linked
// is not known yet.
func (in reader) askChart(ctx context.Context, patient int64) {
	group := linked(patient)
	in.askHistories(ctx, group, wholePart)
	_, _, _ = in.group(ctx, patient)
	_, _ = patientCounts(ctx, in.q, group)
	_, _ = in.currentChecksAgree(ctx, group)
	_, _ = in.linksOf(ctx, patient)
	_ = in.addChart(ctx, new(ward.Chart), patient)
}

func (in reader) linksOf(ctx context.Context, patient int64) ([]ward.Link, error) {
	return records(ctx, in, "patient_link", decodeLink, `
		WHERE r.patient_id IN (`+groupOf("$1")+`) OR r.into_id IN (`+groupOf("$1")+`)
		ORDER BY r.seq DESC`, patient)
}

// sortEvents puts the interventions and reports of a chart in order.
func sortEvents(c *ward.Chart) {
	slices.SortStableFunc(c.Interventions, func(a, b ward.Intervention) int { return b.DoneAt.Compare(a.DoneAt) })
	slices.SortStableFunc(c.AllReports, func(a, b ward.Report) int { return b.ToldAt.Compare(a.ToldAt) })
}

// addChart adds the records of one patient to a chart that has its history.
func (in reader) addChart(ctx context.Context, chart *ward.Chart, id int64) error {
	in = in.counting()
	versions, err := records(ctx, in, "patient", decodePatient, `WHERE r.patient_id = $1 ORDER BY r.version DESC`, id)
	if err != nil {
		return err
	}
	chart.PatientVersions = append(chart.PatientVersions, versions...)
	stays, err := in.stayVersions(ctx, id)
	if err != nil {
		return err
	}
	chart.StayVersions = append(chart.StayVersions, stays...)
	checks, err := in.checkVersions(ctx, id)
	if err != nil {
		return err
	}
	chart.Versions = append(chart.Versions, checks...)
	done, err := interventions.ofPatient(ctx, in, id)
	if err != nil {
		return err
	}
	chart.Interventions = append(chart.Interventions, done...)
	told, err := reports.ofPatient(ctx, in, id)
	if err != nil {
		return err
	}
	chart.AllReports = append(chart.AllReports, told...)
	ticks, err := in.ticks(ctx, `WHERE r.patient_id = $1 ORDER BY r.seq`, id)
	if err != nil {
		return err
	}
	for f, items := range ticks {
		chart.Ticks[f] = items
	}
	return in.allRead(ctx, alone(id), "patient", "stay", checkTable, reevaluationTable, "intervention", "report", "follow_up_item")
}

// Charts returns the charts that a handover is about: of everyone on the ward, of
// patients whose stay ended or changed since, and of those who left with a follow-up
// that is open or was closed since; or of one patient, if patient is not 0. seq and head
// are the number, and the hash in hexadecimal, of the last record that they rest on.
func (s *Store) Charts(ctx context.Context, patient int64, since time.Time) (charts []ward.Chart, seq int64, head string, err error) {
	err = s.read(ctx, func(in reader) error {
		ids := []int64{patient}
		if patient == 0 {
			from, _ := toMillis(since)
			if ids, err = engine.All(ctx, in.q, engine.Scan[int64], presentSince+` AND survivor_id = patient_id ORDER BY patient_id`, from); err != nil {
				return err
			}
		}
		for _, id := range ids {
			chart, err := in.chart(ctx, id)
			if err != nil {
				return err
			}
			charts = append(charts, chart)
		}
		seq, head, err = headOf(ctx, in.q)
		return err
	})
	return charts, seq, head, err
}

// presentSince is a query for the patients of a handover of the whole ward, with all that
// are linked as one: all who may have been on the board since the time $1. An index serves
// each part of the question, so that former patients cost nothing.
var presentSince = withLinked(`SELECT patient_id FROM stay_now WHERE on_ward = 1
	UNION ALL SELECT patient_id FROM follow_up_open
	UNION ALL SELECT patient_id FROM stay_now WHERE ended_at >= $1
	UNION ALL SELECT patient_id FROM stay WHERE recorded_at >= $1
	UNION ALL SELECT patient_id FROM follow_up WHERE outcome IS NOT NULL AND recorded_at >= $1`)

// EachChart calls yield for the chart of each patient, or of the one with this ID if
// patient is not 0, in the order of admission. One chart is in memory at a time. It
// stops at the first error and returns it.
func (s *Snapshot) EachChart(ctx context.Context, patient int64, yield func(*ward.Chart) error) error {
	ids, err := s.Patients(ctx, patient)
	if err != nil {
		return err
	}
	for _, id := range ids {
		chart, err := reader{q: s.q, tables: s.tables}.chart(ctx, id)
		if err != nil {
			return err
		}
		if err := yield(&chart); err != nil {
			return err
		}
	}
	return nil
}

// Patients returns the patients who have a chart, or the one with this ID if it is not 0:
// of linked patients the one that they are linked into.
func (s *Snapshot) Patients(ctx context.Context, patient int64) ([]int64, error) {
	return engine.All(ctx, s.q, engine.Scan[int64], `
		SELECT patient_id
		FROM patient_now
		WHERE survivor_id = patient_id AND ($1 = 0 OR patient_id IN (`+groupOf("$1")+`))
		ORDER BY patient_id`, patient)
}

// Chart returns the whole record of a patient as the snapshot has it.
func (s *Snapshot) Chart(ctx context.Context, patient int64) (ward.Chart, error) {
	return reader{q: s.q, tables: s.tables}.chart(ctx, patient)
}

// CountPatients returns the number of patients in the log; two that are linked count
// as one.
func (s *Snapshot) CountPatients(ctx context.Context) (int, error) {
	n, err := engine.One(ctx, s.q, "", engine.Scan[int64], `SELECT count(*) FROM patient_now WHERE survivor_id = patient_id`)
	return int(n), err
}
