package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// rowsOf reads all parts of a reading as "check/version name flag".
func rowsOf(t *testing.T, r *Reading) (list []string) {
	t.Helper()
	for part := range r.Parts() {
		ok(t, r.Each(t.Context(), part%r.Readers(), part, func(p *ward.Patient, c *ward.Check, kept []string) error {
			if p.ID != c.PatientID {
				t.Errorf("check %s comes with another patient", c.ID)
			}
			list = append(list, fmt.Sprintf("%s/%s %s %s", c.ID, kept[0], p.Name, kept[1]))
			return nil
		}))
	}
	if n := must(r.Count(t.Context()))(t); n != len(list) {
		t.Errorf("Count says %d, and Each brings %d", n, len(list))
	}
	return list
}

var versionAndFlag = []string{"version", "flag"}

// The readers' views may have begun one after the other, with others writing in
// between: all of them read the log as it was at one record.
func TestReadingAsOfARecord(t *testing.T) {
	s := opened(t)
	p := ada()
	p.Baseline = 0
	p = must(s.Admit(t.Context(), nurse(0), p))(t)
	sedated := iceOf(7)
	ok(t, icans.FieldOf("other_cause").Set(&sedated, "score"))
	c := checkOf(p, "a", 10, 5*time.Hour)
	c.Findings = sedated
	a := must(s.SaveCheck(t.Context(), clinician(5*time.Hour), c))(t)
	seq, head, err := s.Head(t.Context())
	ok(t, err)

	save(t, s, checkOf(p, "late", 10, 2*time.Hour)) // a has dropped since, so its flag rises
	must(s.SaveCheck(t.Context(), clinician(24*time.Hour), correction(a, 9)))(t)
	edited := p
	edited.Name = "OKAFOR, Ida"
	must(s.Edit(t.Context(), nurse(24*time.Hour), edited))(t)

	want := []string{"a/1 OKAFOR, Ada none"}
	ok(t, s.onViews(t.Context(), 3, func(conns []*sql.Conn, _ []end) error {
		r := must(newReading(t.Context(), conns, end{seq: seq}, Selection{}, ReadOptions{Kept: versionAndFlag}))(t)
		if diff := cmp.Diff(want, rowsOf(t, r)); diff != "" {
			t.Error(diff)
		}
		return nil
	}))

	want = []string{"a/1 OKAFOR, Ida grade1", "late/1 OKAFOR, Ida none", "a/2 OKAFOR, Ida grade1"}
	ok(t, s.Read(t.Context(), Selection{}, ReadOptions{Kept: versionAndFlag, Readers: 2}, func(r *Reading) error {
		if diff := cmp.Diff(want, rowsOf(t, r)); diff != "" {
			t.Error(diff)
		}
		if r.Head == head || r.Seq <= seq {
			t.Errorf("it rests on record %d, head %s", r.Seq, r.Head)
		}
		return nil
	}))
}

// Cells come as the log keeps them, and empty where it keeps nothing.
func TestReadingCells(t *testing.T) {
	s := opened(t)
	save(t, s, checkOf(admit(t, s), "a", 10, 0))
	ok(t, s.Read(t.Context(), Selection{}, ReadOptions{Kept: []string{"score", "reason", "status", "flag"}, Readers: 1}, func(r *Reading) error {
		return r.Each(t.Context(), 0, 0, func(_ *ward.Patient, _ *ward.Check, kept []string) error {
			if diff := cmp.Diff([]string{"10", "", "recorded", "none"}, kept); diff != "" {
				t.Error(diff)
			}
			return nil
		})
	}))
}

// The checks of one patient cost what that patient costs.
func TestReadingOnePatientUsesTheIndex(t *testing.T) {
	s := opened(t)
	sel := Selection{PatientID: 7, Since: after(0), Until: after(1)}
	for name, query := range map[string]string{
		"Read":        readQuery(sel, versionAndFlag, 99),
		"CountChecks": `SELECT count(*) FROM neuro_check c WHERE true` + sel.where(1),
	} {
		args := sel.args()
		if name == "Read" {
			args = append([]any{0, 99}, args...)
		}
		plan := must(all(t.Context(), s.reader, func(rows *sql.Rows) (step string, err error) {
			var id, parent, unused int
			err = rows.Scan(&id, &parent, &unused, &step)
			return step, err
		}, "EXPLAIN QUERY PLAN "+query, args...))(t)
		if !slices.ContainsFunc(plan, func(step string) bool { return strings.Contains(step, "neuro_check_of_patient (patient_id=?") }) {
			t.Errorf("%s: %q", name, plan)
		}
	}
}
