package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"neurocheck/internal/demo"
	"neurocheck/internal/faults"
	"neurocheck/internal/icans"
	"neurocheck/internal/report"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// shifts compares the handovers since times of a whole log with those of the parts that a
// handover reads. It returns how many charts were parts, and how many were whole.
func shifts(t *testing.T, s *store.Store, now time.Time, since ...time.Time) (parts, whole int) {
	t.Helper()
	site := ward.DefaultSite()
	for _, from := range since {
		all, seq, head, err := s.Charts(t.Context(), 0, from)
		if err != nil {
			t.Fatal(err)
		}
		part, partSeq, partHead, err := s.HandoverCharts(t.Context(), 0, from)
		if err != nil || partSeq != seq || partHead != head || len(part) != len(all) {
			t.Fatalf("record %d of %d, %d of %d charts, %v", partSeq, seq, len(part), len(all), err)
		}
		for i := range part {
			if len(part[i].Versions) < len(all[i].Versions) {
				parts++
			} else {
				whole++
			}
		}
		want, got := handed(t, ward.BuildHandover(&site, all, from, now)), handed(t, ward.BuildHandover(&site, part, from, now))
		if want != got {
			t.Errorf("since %s:\n%s\n\nof the parts:\n%s", from, want, got)
		}
	}
	return parts, whole
}

// handed returns a handover in every form.
func handed(t *testing.T, h ward.Handover) string {
	t.Helper()
	sheet := report.Sheet{Ward: "W", MadeBy: "M"}
	var out bytes.Buffer
	if err := report.Handover(&out, h, sheet); err != nil {
		t.Fatal(err)
	}
	if err := report.HandoverHTML(&out, h, sheet); err != nil {
		t.Fatal(err)
	}
	if err := report.TableHTML(&out, h, sheet); err != nil {
		t.Fatal(err)
	}
	content, err := json.MarshalIndent(report.HandoverJSON(h, sheet), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return out.String() + string(content)
}

func TestTheHandoverOfTheDemoWardNeedsParts(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	s, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "demo.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := demo.Fill(t.Context(), s, now); err != nil {
		t.Fatal(err)
	}
	shifts(t, s, now, now, now.Add(-time.Hour), now.Add(-ward.Shift), now.Add(-30*time.Hour), now.AddDate(0, 0, -6))
}

// Of random courses the handover of a part is that of the whole chart. The long form takes 30
// wards.
func TestTheHandoverOfRandomCoursesNeedsParts(t *testing.T) {
	t.Parallel()
	var parts, whole int
	for seed := range uint64(faults.Times(4, 30)) {
		r := rand.New(rand.NewPCG(seed, 3))
		s, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "log.db"))
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
		w := &courses{t: t, s: s, r: r, rare: 1 + int(seed%2)*20}
		for p := range 2 {
			patient, _, err := s.Admit(t.Context(), signed(begun), ward.Patient{MRN: fmt.Sprint("00", p), Name: "LIND, Eva", SecondID: "x", Tool: icans.ICE, InfusedAt: begun}, ward.Stay{Bed: fmt.Sprint(p), AdmittedAt: begun})
			if err != nil {
				t.Fatal(err)
			}
			w.patients = append(w.patients, patient)
		}
		now := w.live(begun, 100)
		var since []time.Time
		for _, hours := range []int{0, 4, 12, 12 + r.IntN(60), 24 * r.IntN(12)} {
			since = append(since, now.Add(-time.Duration(hours)*time.Hour))
		}
		p, n := shifts(t, s, now, since...)
		parts, whole = parts+p, whole+n
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d parts, %d whole charts", parts, whole)
	if parts < 20 || whole < 5 {
		t.Errorf("%d charts were parts and %d whole, which tests too little of one", parts, whole)
	}
}

func signed(at time.Time) ward.Signature { return ward.Sign(ward.Login("ana"), at) }

// courses records random courses of patients.
type courses struct {
	t        *testing.T
	s        *store.Store
	r        *rand.Rand
	patients []ward.Patient
	checks   []ward.Check
	rare     int // one in so many signs is assessed
}

// live records so many acts, and returns the time after the last one.
func (w *courses) live(at time.Time, acts int) time.Time {
	for i := range acts {
		at = at.Add(time.Duration(10+w.r.IntN(5*60)) * time.Minute)
		if w.r.IntN(40) == 0 {
			at = at.Add(time.Duration(w.r.IntN(110)) * time.Hour)
		}
		p := w.patients[w.r.IntN(len(w.patients))].ID
		switch w.r.IntN(16) {
		case 0:
			w.change(at)
		case 1:
			o := ward.Order{PatientID: p, Kind: ward.OrderInterval, Interval: time.Duration(1+w.r.IntN(8)) * time.Hour, Reason: "stable"}
			if w.r.IntN(3) == 0 {
				o = ward.Order{PatientID: p, Kind: ward.OrderStop, Reason: "well"}
			}
			w.ok(w.s.PutOrder(w.t.Context(), signed(at), o))
		case 2:
			w.ok(w.s.NameCause(w.t.Context(), signed(at), ward.Attribution{PatientID: p, Domain: "consciousness", Cause: "sedation", Until: at.Add(20 * time.Hour)}))
		case 3:
			w.followUps(p, at)
		default:
			w.check(p, i, at)
		}
	}
	return at.Add(time.Hour)
}

func (w *courses) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// check records a check, now and then long after it was performed.
func (w *courses) check(patient int64, n int, at time.Time) {
	x := icans.Findings{Tool: icans.ICE, Consciousness: icans.Alert, Seizure: icans.NoSeizure, Motor: icans.NoWeakness, ICP: icans.ICPNone}
	for i := range x.ICE {
		x.ICE[i] = icans.Scored(1)
	}
	x.ICE[icans.ICENaming] = icans.Scored(3)
	for i := range x.Observed {
		if w.r.IntN(w.rare) == 0 {
			x.Observed[i] = icans.Severity(int(icans.None) + max(0, w.r.IntN(6)-3))
		}
	}
	spell := n / 20 % 3 // of checks that are not conclusive, or of quiet ones
	switch k := w.r.IntN(8); {
	case k == 0 && spell < 2:
		x.ICE[0], x.ICE[1], x.ICE[2] = icans.Scored(0), icans.Scored(0), icans.Scored(0)
	case k == 1, spell == 1 && k > 2:
		x = icans.Findings{Tool: icans.ICE, Unable: icans.UnableAsleep}
	case k == 2:
		x.Seizure = 0
	}
	c := ward.Check{ID: fmt.Sprintf("c%d", n), Version: 1, PatientID: patient, Status: ward.Recorded, PerformedAt: at.Add(-time.Minute), Findings: x}
	switch w.r.IntN(30) {
	case 0, 1, 2:
		c.PerformedAt = at.Add(-time.Duration(w.r.IntN(20*60)) * time.Minute)
	case 3:
		c.PerformedAt = at.Add(-time.Duration(w.r.IntN(150)) * time.Hour)
	}
	saved, err := w.s.SaveCheck(w.t.Context(), signed(at), c)
	if ward.KindOf(err) == ward.KindInvalid { // before the admission
		return
	}
	w.ok(err)
	w.checks = append(w.checks, saved.Check)
}

// change corrects or withdraws a check.
func (w *courses) change(at time.Time) {
	if len(w.checks) == 0 {
		return
	}
	i := w.r.IntN(len(w.checks))
	if w.r.IntN(2) == 0 {
		i = max(0, len(w.checks)-1-w.r.IntN(5))
	}
	c := w.checks[i]
	c.Version++
	c.Recorded = ward.Signature{}
	c.Status, c.Reason = ward.Corrected, "wrong_value"
	switch w.r.IntN(3) {
	case 0:
		c.Status = ward.Withdrawn
	case 1:
		c.Note = "again"
	case 2:
		c.PerformedAt = c.PerformedAt.Add(time.Duration(w.r.IntN(60)) * time.Second)
	}
	saved, err := w.s.SaveCheck(w.t.Context(), signed(at), c)
	w.ok(err)
	w.checks = slices.Delete(w.checks, i, i+1)
	if saved.Check.Status != ward.Withdrawn {
		w.checks = append(w.checks, saved.Check)
	}
}

// followUps accepts or closes the open follow-ups of a patient.
func (w *courses) followUps(patient int64, at time.Time) {
	chart, err := w.s.Chart(w.t.Context(), patient)
	w.ok(err)
	for i := range chart.FollowUps {
		switch f := &chart.FollowUps[i]; {
		case f.IsOpen() && !f.Acked.Done():
			w.ok(w.s.Acknowledge(w.t.Context(), signed(at), f.ID))
		case f.IsOpen():
			w.ok(w.s.CloseFollowUp(w.t.Context(), signed(at), f.ID, ward.Resolved, "well", true))
		}
	}
}
