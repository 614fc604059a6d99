package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/faults"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// course draws versions of checks of one patient, in the order in which they were
// recorded: late entries, corrections that may move a check, withdrawals. No version is
// recorded more than 24 h after its check: old flags are decided once a file.
func course(r *rand.Rand, n int) (versions []ward.Check) {
	at := -100 * time.Hour
	for i := range n {
		at += time.Duration(20+r.IntN(8*60)) * time.Minute
		c := checkOf(ward.Patient{}, fmt.Sprintf("%02d-%d", r.IntN(100), i), 10-r.IntN(4)*r.IntN(4), at)
		x := &c.Findings
		switch r.IntN(9) {
		case 0:
			*x = icans.Findings{Tool: icans.ICE, Unable: icans.UnableAsleep}
		case 1:
			x.Seizure = 0
		case 2:
			x.Observed[icans.Memory] = icans.Severity(1 + r.IntN(4))
		case 3:
			x.Observed[icans.Handwriting] = icans.Severity(1 + r.IntN(4))
		case 4:
			x.OtherCause, _ = icans.ParseDomains("score")
			c.CauseNote = "a language barrier"
		}
		recorded := c.PerformedAt.Add(time.Duration(1+r.IntN(5)) * time.Minute)
		if r.IntN(4) == 0 {
			recorded = c.PerformedAt.Add(time.Duration(r.IntN(12*60)+6) * time.Minute)
		}
		for c.Version = 1; ; c.Version++ {
			c.Recorded = ward.Sign("Dr Ana Reis", recorded.Add(time.Duration(len(versions))*time.Millisecond))
			versions = append(versions, c)
			if r.IntN(6) > 0 || c.Status == ward.Withdrawn {
				break
			}
			recorded = recorded.Add(time.Duration(1+r.IntN(5*60)) * time.Minute)
			c.Status, c.Reason = ward.Corrected, "wrong_value"
			switch r.IntN(3) {
			case 0:
				c.Status = ward.Withdrawn
			case 1:
				c.PerformedAt = c.PerformedAt.Add(-time.Duration(r.IntN(60)) * time.Minute)
			case 2:
				if c.Findings.Unable == 0 && c.CauseNote == "" {
					c.Findings = iceOf(10 - r.IntN(6))
				}
			}
		}
	}
	slices.SortFunc(versions, func(a, b ward.Check) int { return a.Recorded.At.Compare(b.Recorded.At) })
	return versions
}

// outcomeOf is all that follows from the checks of a patient.
type outcomeOf struct {
	Results   map[string]icans.Result
	FollowUps []ward.FollowUp
	Memory    ward.Memory
	Plan      ward.Plan
	Alert     ward.Alert
	Mark      ward.Mark
}

func outcome(t *testing.T, s *store.Store, patient int64) outcomeOf {
	t.Helper()
	site := ward.DefaultSite()
	h := HistoryOf(t, s, patient)
	board, _ := boardOf(t, s, patient)
	state := ward.Watch(board, &site, after(400*time.Hour))
	o := outcomeOf{Results: make(map[string]icans.Result), FollowUps: h.FollowUps, Memory: h.Memory, Plan: state.Next, Alert: state.Alert, Mark: state.Mark}
	for i := range h.Checks {
		o.Results[h.Checks[i].ID] = h.Checks[i].Result
	}
	for i := range o.FollowUps {
		o.FollowUps[i].ID = 0
	}
	if whole := ward.Watch(&h, &site, after(400*time.Hour)); whole.Next != state.Next || whole.Alert != state.Alert || whole.Mark != state.Mark || whole.NotExamined != state.NotExamined {
		t.Errorf("the whole history has %+v, and its recent part %+v", whole.Next, state.Next)
	}
	return o
}

// A file in any order of its rows, in one part or in several, ends as the same versions
// saved one by one when they were recorded. Each course is that of another patient, who has
// one number in all three logs. The long form takes 40 courses, which are twice as long.
func testOneWayOfSavingAndImporting(t *testing.T, l *logs) {
	t.Parallel()
	oneByOne, atOnce, inParts := l.opened(t), l.opened(t), l.opened(t)
	logs := []*store.Store{oneByOne, atOnce, inParts}
	var patients []ward.Patient
	for seed := range faults.Times(3, 40) {
		for _, s := range logs {
			p := admitNamed(t, s, fmt.Sprint("course ", seed))
			p.Baseline, p.Reason = icans.Scored(seed%3+8), "told by the family"
			must(s.EditPatient(t.Context(), clinician(-119*time.Hour), p))(t)
			if s == oneByOne {
				patients = append(patients, p)
			}
		}
	}
	for seed, p := range patients {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		versions := course(r, faults.Times(10+r.IntN(15), 20+r.IntN(30)))
		var rows []ward.ImportRow
		for i, c := range versions {
			c.ID = p.MRN + ", " + c.ID
			rows = append(rows, rowOf(i+2, ward.Patient{MRN: p.MRN}, ward.Stay{}, c))
			c.PatientID = p.ID
			must(oneByOne.SaveCheck(t.Context(), c.Recorded, c))(t)
		}
		half := len(rows) / 2
		parts := [][]ward.ImportRow{slices.Clone(rows[:half]), slices.Clone(rows[half:])}
		for _, part := range append(parts, rows) {
			r.Shuffle(len(part), func(i, k int) { part[i], part[k] = part[k], part[i] })
		}
		importAll(t, atOnce, clinician(400*time.Hour), rows)
		for _, part := range parts {
			importAll(t, inParts, clinician(400*time.Hour), part)
		}
		want := outcome(t, oneByOne, p.ID)
		if len(want.FollowUps) == 0 {
			t.Errorf("seed %d: no follow-up", seed)
		}
		for name, s := range map[string]*store.Store{"at once": atOnce, "in parts": inParts} {
			if diff := cmp.Diff(want, outcome(t, s, p.ID)); diff != "" {
				t.Errorf("seed %d, %s (-one by one +%s):\n%s", seed, name, name, diff)
			}
		}
		if t.Failed() {
			return
		}
	}
	for _, s := range logs {
		Whole(t, s)
	}
}
