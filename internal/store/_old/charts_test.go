package store

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/ward"
)

func TestEachChartIsThatOfItsPatient(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	other := ada()
	other.MRN = "0000002"
	q := must(s.Admit(t.Context(), nurse(0), other))(t)
	save(t, s, checkOf(p, "a", 8, 0))
	save(t, s, checkOf(q, "b", 10, time.Hour))
	gone := q
	gone.DischargedAt, gone.Discharge = after(2*time.Hour), "home"
	must(s.Edit(t.Context(), nurse(3*time.Hour), gone))(t)

	read := func(patient int64) (charts []ward.Chart) {
		ok(t, eachChart(t.Context(), s, patient, func(c *ward.Chart) error {
			charts = append(charts, *c)
			return nil
		}))
		return charts
	}
	want := []ward.Chart{must(s.Chart(t.Context(), p.ID))(t), must(s.Chart(t.Context(), q.ID))(t)}
	if len(want[0].FollowUps) != 1 || len(want[1].Checks) != 1 {
		t.Fatalf("the charts to compare with are %+v", want)
	}
	if diff := cmp.Diff(want, read(0)); diff != "" {
		t.Errorf("everybody, who was discharged too:\n%s", diff)
	}
	if diff := cmp.Diff(want[1:], read(q.ID)); diff != "" {
		t.Errorf("one patient:\n%s", diff)
	}
	if charts := read(999); len(charts) != 0 {
		t.Errorf("nobody has %d charts", len(charts))
	}
	stop, n := errors.New("stop"), 0
	err := eachChart(t.Context(), s, 0, func(*ward.Chart) error { n++; return stop })
	if !errors.Is(err, stop) || n != 1 {
		t.Errorf("error %v behind %d charts", err, n)
	}
}

func TestOriginTellsLogsApart(t *testing.T) {
	s := opened(t)
	empty := must(Create(t.Context(), filepath.Join(t.TempDir(), "empty.db")))(t)
	defer func() { ok(t, empty.Close()) }()
	if first := origin(t, empty); first != "" {
		t.Errorf("a log without a record comes from %q", first)
	}
	ok(t, empty.SetUp(t.Context(), nurse(time.Minute), ward.Ward{Name: "Other", Zone: "UTC"}, ward.Staff{Name: "Sam Lee", Role: ward.Admin, Active: true}))
	first := origin(t, s)
	if other := origin(t, empty); len(first) != 64 || other == first {
		t.Errorf("two logs come from %q and %q", first, other)
	}
	admit(t, s)
	if later := origin(t, s); later != first {
		t.Errorf("a log came from %s, and comes from %s with more in it", first, later)
	}
}

func eachChart(ctx context.Context, s *Store, patient int64, yield func(*ward.Chart) error) error {
	return s.View(ctx, func(v *View) error { return v.EachChart(ctx, patient, yield) })
}

func origin(t *testing.T, s *Store) (hash string) {
	t.Helper()
	ok(t, s.View(t.Context(), func(v *View) (err error) {
		hash, err = v.Origin(t.Context())
		return err
	}))
	return hash
}

// A chart holds the ticks that stand, each under its own follow-up; a tick that was
// taken back is none.
func TestChartHoldsTicks(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	other := ada()
	other.MRN = "0000002"
	q := must(s.Admit(t.Context(), nurse(0), other))(t)
	save(t, s, checkOf(p, "a", 8, 0))
	save(t, s, checkOf(p, "b", 5, time.Hour))
	save(t, s, checkOf(q, "c", 8, 0))
	ids := make(map[string]int64)
	for _, f := range must(s.FollowUps(t.Context()))(t) {
		ids[f.FollowUp.CheckID] = f.FollowUp.ID
	}
	tick := func(check, item string, ticked bool, hours time.Duration) {
		ok(t, s.Tick(t.Context(), nurse(hours*time.Hour), ids[check], item, ticked))
	}
	tick("a", "hydration", true, 2)
	tick("a", "sedation", true, 2)
	tick("b", "hydration", true, 3)
	tick("c", "hydration", true, 3)
	tick("a", "sedation", false, 4)
	tick("b", "hydration", false, 4)
	tick("b", "hydration", true, 5)

	want := map[int64]map[string]ward.Signature{ids["a"]: {"hydration": nurse(2 * time.Hour)}, ids["b"]: {"hydration": nurse(5 * time.Hour)}}
	if diff := cmp.Diff(want, must(s.Chart(t.Context(), p.ID))(t).Ticks); diff != "" {
		t.Error(diff)
	}
	for _, f := range must(s.FollowUps(t.Context()))(t) {
		if f.Patient.ID != p.ID {
			continue
		}
		if diff := cmp.Diff(want[f.FollowUp.ID], f.Ticks); diff != "" {
			t.Errorf("on the list of follow-ups:\n%s", diff)
		}
	}
}
