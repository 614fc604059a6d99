package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func testEachChartIsThatOfItsPatient(t *testing.T, l *logs) {
	s := l.opened(t)
	p, q := Admit(t, s), Eva(t, s)
	Save(t, s, checkOf(p, "a", 8, 0))
	Save(t, s, checkOf(q, "b", 10, time.Hour))
	must(s.Discharge(t.Context(), nurse(3*time.Hour), q.ID, after(2*time.Hour), "home"))(t)
	read := func(patient int64) (charts []ward.Chart) {
		ok(t, eachChart(t.Context(), s, patient, func(c *ward.Chart) error {
			charts = append(charts, *c)
			return nil
		}))
		return charts
	}
	want := []ward.Chart{*ChartOf(t, s, p.ID), *ChartOf(t, s, q.ID)}
	if diff := cmp.Diff(want, read(0)); diff != "" {
		t.Errorf("all, discharged ones too:\n%s", diff)
	}
	if diff := cmp.Diff(want[1:], read(q.ID)); diff != "" {
		t.Errorf("one patient:\n%s", diff)
	}
	if charts := read(999); len(charts) != 0 {
		t.Errorf("no patient has %d charts", len(charts))
	}
	stop, n := errors.New("stop"), 0
	err := eachChart(t.Context(), s, 0, func(*ward.Chart) error { n++; return stop })
	if !errors.Is(err, stop) || n != 1 {
		t.Errorf("error %v after %d charts", err, n)
	}
	_, err = s.Chart(t.Context(), 999)
	refused(t, err, ward.KindNotFound, "no patient 999")
}

func eachChart(ctx context.Context, s *store.Store, patient int64, yield func(*ward.Chart) error) error {
	return s.Snapshot(ctx, func(v *store.Snapshot) error { return v.EachChart(ctx, patient, yield) })
}

func testOriginDistinguishesLogs(t *testing.T, l *logs) {
	origin := func(s *store.Store) (hash string) {
		ok(t, s.Snapshot(t.Context(), func(v *store.Snapshot) (err error) {
			hash, err = v.Origin(t.Context())
			return err
		}))
		return hash
	}
	s := l.opened(t)
	empty := l.fresh(t)
	if first := origin(empty); first != "" {
		t.Errorf("a log without a record comes from %q", first)
	}
	ok(t, empty.SetUp(t.Context(), nurse(time.Minute), ward.Ward{Name: "Other", Zone: "UTC"}, ward.Staff{Name: "Sam Lee", Role: ward.Admin, Active: true}))
	first := origin(s)
	if other := origin(empty); len(first) != 64 || other == first {
		t.Errorf("two logs come from %q and %q", first, other)
	}
	Admit(t, s)
	if later := origin(s); later != first {
		t.Errorf("a log came from %s, and now from %s", first, later)
	}
}

// A chart has the ticks in force, each under its own follow-up.
func testTicks(t *testing.T, l *logs) {
	s := l.opened(t)
	p, q := Admit(t, s), Eva(t, s)
	a := Save(t, s, checkOf(p, "a", 8, 0)).FollowUp.ID
	b := Save(t, s, checkOf(q, "b", 8, 0)).FollowUp.ID
	tick := func(followUp int64, item string, ticked bool, hours time.Duration) {
		ok(t, s.Tick(t.Context(), nurse(hours*time.Hour), followUp, item, ticked))
	}
	tick(a, "hydration", true, 2)
	tick(a, "sedation", true, 2)
	tick(b, "hydration", true, 3)
	tick(a, "sedation", false, 4)
	tick(b, "hydration", false, 4)
	tick(b, "hydration", true, 5)
	want := map[int64]map[string]ward.Signature{a: {"hydration": nurse(2 * time.Hour)}}
	if diff := cmp.Diff(want, ChartOf(t, s, p.ID).Ticks); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]ward.Signature{"hydration": nurse(5 * time.Hour)}, must(s.Ticks(t.Context(), b))(t)); diff != "" {
		t.Error(diff)
	}
	refused(t, s.Tick(t.Context(), nurse(6*time.Hour), a, " ", true), ward.KindInvalid, "item")
	refused(t, s.Tick(t.Context(), nurse(6*time.Hour), 999, "x", true), ward.KindNotFound, "no such follow-up")
}

func testClosing(t *testing.T, l *logs) {
	s := l.opened(t)
	ctx := t.Context()
	p := Admit(t, s)
	id := Save(t, s, checkOf(p, "a", 8, 0)).FollowUp.ID
	closing := func(outcome string, asked bool) error {
		return s.CloseFollowUp(ctx, clinician(time.Hour), id, outcome, "a note", asked)
	}
	refused(t, closing(ward.Resolved, false), ward.KindConflict, "accept the follow-up first")
	ok(t, s.Acknowledge(ctx, nurse(time.Hour), id))
	refused(t, s.Acknowledge(ctx, clinician(time.Hour), id), ward.KindConflict, "accepted by Sam Lee already")
	refused(t, closing(ward.Resolved, false), ward.KindQuestion, "still flagged")
	refused(t, closing("gone", true), ward.KindInvalid, "outcome")
	ok(t, closing(ward.Resolved, true))
	refused(t, closing(ward.Resolved, true), ward.KindConflict, "closed it")
	refused(t, s.Acknowledge(ctx, nurse(time.Hour), id), ward.KindConflict, "closed this follow-up")
	if f := HistoryOf(t, s, p.ID).FollowUps[0]; f.IsOpen() || !f.Asked || f.Closed.By != "Dr Ana Reis" || len(f.Acks) != 1 {
		t.Errorf("%+v", f)
	}
	if saved := Save(t, s, checkOf(p, "b", 8, 2*time.Hour)); saved.Event != ward.JoinOpened {
		t.Errorf("the next one: %+v", saved)
	}
	Whole(t, s)
}

// The last conclusive check may be older than the part of the history that is read.
func testBoardOfAPatientWithoutAConclusiveCheck(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	Save(t, s, checkOf(p, "a", 4, -110*time.Hour))
	asleep := checkOf(p, "b", 10, 0)
	asleep.Findings = icans.Findings{Tool: icans.ICE, Unable: icans.UnableAsleep}
	Save(t, s, asleep)
	h, _ := boardOf(t, s, p.ID)
	if c := h.Conclusive(); len(h.Checks) != 1 || c == nil || c.ID != "a" {
		t.Errorf("%+v", h)
	}
}

// Charts since a time have all who may have been on the board then.
func testChartsSinceATime(t *testing.T, l *logs) {
	s := l.opened(t)
	ctx := t.Context()
	admitted := func(mrn string) ward.Patient {
		return AdmitAs(t, s, ward.Patient{MRN: mrn, Name: "LIND, Eva", SecondID: "x", Tool: icans.ICE}, mrn)
	}
	here, long, recent, late, followed := admitted("1"), admitted("2"), admitted("3"), admitted("4"), admitted("5")
	f := Save(t, s, checkOf(followed, "f", 8, -50*time.Hour)).FollowUp
	must(s.Discharge(ctx, nurse(-40*time.Hour), long.ID, after(-40*time.Hour), "home"))(t)
	must(s.Discharge(ctx, nurse(-40*time.Hour), followed.ID, after(-40*time.Hour), "home"))(t)
	must(s.Discharge(ctx, nurse(-5*time.Hour), recent.ID, after(-5*time.Hour), "home"))(t)
	must(s.Discharge(ctx, nurse(-5*time.Hour), late.ID, after(-30*time.Hour), "home"))(t)
	ok(t, s.Acknowledge(ctx, nurse(-4*time.Hour), f.ID))
	ok(t, s.CloseFollowUp(ctx, clinician(-4*time.Hour), f.ID, ward.ConfirmedICANS, "x", false))
	charts, seq, head, err := s.Charts(ctx, 0, after(-12*time.Hour))
	ok(t, err)
	var got []int64
	for i := range charts {
		got = append(got, charts[i].Patient.ID)
	}
	if want := []int64{here.ID, recent.ID, late.ID, followed.ID}; !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
	parts, partSeq, partHead, err := s.HandoverCharts(ctx, 0, after(-12*time.Hour))
	ok(t, err)
	for i := range parts {
		if parts[i].Patient.ID != got[i] || len(parts[i].FollowUps) != len(charts[i].FollowUps) {
			t.Errorf("the handover has patient %d, not %d", parts[i].Patient.ID, got[i])
		}
	}
	if len(parts) != len(charts) || partSeq != seq || partHead != head {
		t.Errorf("the handover has %d charts at record %d", len(parts), partSeq)
	}
	site := ward.DefaultSite()
	if h, _ := charts[3].At(after(-12*time.Hour), &site); h.Open() == nil {
		t.Error("the follow-up that was open then is not")
	}
	if wantSeq, wantHead, _ := s.Head(ctx); seq != wantSeq || head != wantHead {
		t.Errorf("record %d, %s", seq, head)
	}
	charts, _, _, err = s.Charts(ctx, long.ID, time.Time{})
	if ok(t, err); len(charts) != 1 || charts[0].Patient.ID != long.ID {
		t.Errorf("%d charts of one patient", len(charts))
	}
}
