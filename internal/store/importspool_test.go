package store

import (
	"cmp"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// More values than fit into memory come in the order of their numbers, those of one number
// in the order in which they were added, and the file is gone afterwards.
func TestASorterMergesItsRuns(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var s spool
	sorted := sorter{spool: &s}
	type value struct{ number, place int }
	var want []value
	for place := range 120 {
		v := value{rand.IntN(20), place}
		want = append(want, v)
		ok(t, sorted.add(v.number, func(p *packed) {
			p.number(int64(v.number))
			p.number(int64(v.place))
			p.text(strings.Repeat("x", 100_000))
		}))
	}
	if len(sorted.runs) < 2 {
		t.Fatal("all of it fitted into memory")
	}
	slices.SortStableFunc(want, func(a, b value) int { return cmp.Compare(a.number, b.number) })
	var got []value
	ok(t, sorted.each(func(p packed) error {
		u := unpack(p)
		got = append(got, value{int(u.number()), int(u.number())})
		return nil
	}))
	if !slices.Equal(want, got) {
		t.Errorf("want %v\ngot  %v", want, got)
	}
	s.close()
	if left := must(os.ReadDir(os.Getenv("TMPDIR")))(t); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// A row comes back from the spool as it was added.
func TestRowsComeBackFromTheSpool(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 89e6, time.FixedZone("", -150*60))
	row := ward.ImportRow{
		Line: 7, Unnamed: true, Returned: true,
		Patient: ward.Patient{MRN: "007", Name: "LIND, Eva", Baseline: icans.Scored(9)},
		Stay:    ward.Stay{Bed: "1A", AdmittedAt: at},
		Claimed: []ward.Claim{{Column: "flag", Cell: "urgent"}, {Column: "score", Cell: ""}},
		Check: ward.Check{
			ID: "id", Version: 3, PatientID: 5, StayID: 6, Status: ward.Corrected, Reason: "other", ReasonNote: "ø",
			PerformedAt: at, Recorded: ward.Sign("Sam Lee", at.Add(time.Minute)), CauseNote: "c", Note: "one\ntwo",
			Result: icans.Result{Score: icans.Scored(4), Low: 1, High: 4, Floor: 2, Drivers: 3, Flag: icans.FlagUrgent, Reasons: 1 << 40},
		},
	}
	x := &row.Check.Findings
	x.Tool, x.Unable, x.Consciousness, x.Seizure, x.Motor, x.ICP = 1, 2, 3, 4, 5, 6
	x.CRSGrade, x.StatedTotal, x.OtherCause, x.UncertainCause = 7, 8, 9, 10
	for i := range x.ICE {
		x.ICE[i], x.CAPD[i] = icans.Points(11+i), icans.Points(21+i)
	}
	for i := range x.Observed {
		x.Observed[i] = icans.Severity(31 + i)
	}
	plain := ward.ImportRow{Line: 8, Patient: row.Patient, Check: ward.Check{ID: "other", Version: 1, Status: ward.Recorded, PerformedAt: at.UTC()}}
	in := must(gatherRows(slices.Values([]ward.ImportRow{row, plain})))(t)
	defer in.close()
	for range 2 { // from memory, and from the file
		got := must(in.read(in.groups[0]))(t)
		if diff := gocmp.Diff([]ward.ImportRow{row, plain}, got); diff != "" {
			t.Errorf("(-in +out)\n%s", diff)
		}
		ok(t, in.groups[0].rows.drain(&in.spool))
	}
}
