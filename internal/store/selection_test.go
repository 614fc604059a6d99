package store

import (
	"slices"
	"strings"
	"testing"

	"neurocheck/internal/store/engine"
)

// The checks of one patient cost as much as that patient has.
func TestReadingOnePatientUsesTheIndex(t *testing.T) {
	s := fresh(t)
	sel := Selection{PatientID: 7, Since: after(0), Until: after(1)}
	l := must(layoutOf(t.Context(), s.db.Pool(), checkTable))(t)
	for name, query := range map[string]string{
		"Export":      `SELECT * FROM neuro_check r ` + newCheckReader(nil, l, true, nil, nil, nil).query.rows.Rest,
		"CountChecks": `SELECT count(*) FROM neuro_check c WHERE true` + sel.where(1),
	} {
		args := sel.args()
		if name == "Export" {
			args = []any{7, 99}
		}
		plan := must(engine.All(t.Context(), s.db.Pool(), func(rows engine.Results) (step string, err error) {
			var id, parent, unused int
			err = rows.Scan(&id, &parent, &unused, &step)
			return step, err
		}, "EXPLAIN QUERY PLAN "+query, args...))(t)
		if !slices.ContainsFunc(plan, func(step string) bool { return strings.Contains(step, "neuro_check_of_patient (patient_id=?") }) {
			t.Errorf("%s: %q", name, plan)
		}
	}
}
