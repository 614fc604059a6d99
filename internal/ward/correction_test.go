package ward

import (
	"testing"
	"time"

	"neurocheck/internal/icans"
)

// A correction of the last check is compared with the checks before it, and not with the
// version that it replaces.
func TestCorrectionOfTheLastCheck(t *testing.T) {
	site := DefaultSite()
	start := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	h := History{
		Patient: Patient{ID: 1, Tool: icans.ICE},
		Stays:   []Stay{{ID: 1, PatientID: 1, AdmittedAt: start.Add(-time.Hour), Recorded: Sign("Sam Lee", start)}},
	}
	record := func(id string, version, ice int, handwriting icans.Severity, after time.Duration) Check {
		x := icans.Findings{Tool: icans.ICE, Consciousness: icans.Alert, Seizure: icans.NoSeizure, Motor: icans.NoWeakness, ICP: icans.ICPNone}
		for i := range icans.Features {
			x.Observed[i] = icans.None
		}
		x.Observed[icans.Handwriting] = handwriting
		for i, most := range []int{1, 1, 1, 1, 3, 1, 1, 1} {
			n := min(most, ice)
			x.ICE[i] = icans.Scored(n)
			ice -= n
		}
		c := Check{ID: id, Version: version, PatientID: 1, Status: Recorded, PerformedAt: start.Add(after), Recorded: Sign("Sam Lee", start.Add(after+time.Minute)), Findings: x}
		if version > 1 {
			c.Status, c.Reason = Corrected, "wrong_value"
		}
		out := Record(&h, &site, Act{At: c.Recorded.At, By: "Sam Lee", Checks: []Check{c}})
		return out.Checks[0]
	}
	record("a", 1, 10, icans.None, 0)
	record("b", 1, 8, icans.Mild, 4*time.Hour)
	got := record("b", 2, 7, icans.Mild, 4*time.Hour).Result.Reasons
	want := icans.WorseThanLast | icans.ICEDrop3 | icans.HandwritingWorse
	if got&icans.LookBack != want {
		t.Errorf("%s, not %s", got.AppendCodes(nil), want.AppendCodes(nil))
	}
}
