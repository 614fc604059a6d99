package demo

import (
	"path/filepath"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func fill(t *testing.T, now time.Time) *store.Store {
	t.Helper()
	s, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "demo.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := Fill(t.Context(), s, now); err != nil {
		t.Fatal(err)
	}
	return s
}

var nights = map[string]time.Time{
	"an afternoon":       time.Date(2026, 3, 17, 14, 5, 0, 0, time.UTC),
	"midnight":           time.Date(2026, 3, 17, 0, 0, 0, 0, time.UTC),
	"the clocks go on":   time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC),
	"the clocks go back": time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC),
	"a leap day":         time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC),
}

func TestFillIsWholeAndDeterministic(t *testing.T) {
	for name, now := range nights {
		t.Run(name, func(t *testing.T) {
			var heads [2]string
			for i := range heads {
				v, err := fill(t, now).Verify(t.Context())
				if err != nil || v.Misfit != "" {
					t.Fatalf("%v, %s", err, v.Misfit)
				}
				heads[i] = v.Head
			}
			if heads[0] != heads[1] {
				t.Error("the same time made another record")
			}
		})
	}
}

func TestWardShowsEveryState(t *testing.T) {
	s := fill(t, nights["an afternoon"])
	board, err := s.Board(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(board) != 12 {
		t.Errorf("%d patients are on the ward", len(board))
	}
	seen := map[string]bool{}
	for _, b := range board {
		seen["flag "+b.Level().Code()] = true
		seen["untaken"] = seen["untaken"] || b.Unacknowledged() > 0
		seen["taken"] = seen["taken"] || len(b.Open) > 0 && b.Unacknowledged() == 0
		seen["child"] = seen["child"] || b.Patient.Tool == icans.CAPD
		seen["interpreter"] = seen["interpreter"] || b.Patient.Interpreter
		seen["no check"] = seen["no check"] || b.Last == nil
		chart, err := s.Chart(t.Context(), b.Patient.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range chart.Checks {
			if g, ok := c.Result.Grade(); ok {
				seen["grade "+string(rune('0'+g))] = true
			}
			seen[string(c.Status)] = true
			seen["late"] = seen["late"] || c.Late()
			seen["other cause"] = seen["other cause"] || c.Findings.OtherCause != 0
			seen["unable "+icans.FieldOf("unable").Code(&c.Findings)] = true
		}
		for _, f := range chart.FollowUps {
			seen["outcome "+f.Outcome] = true
		}
		last := chart.Last()
		seen["last check normal"] = seen["last check normal"] || len(b.Open) > 0 && last != nil && last.Result.Flag == icans.FlagNone
	}
	patients := make([]ward.Patient, len(board))
	for i := range board {
		patients[i] = board[i].Patient
	}
	seen["like names"] = len(ward.AlikeNames(patients)) == 2
	for _, state := range []string{
		"flag none", "flag incomplete", "flag grade1", "flag urgent", "untaken", "taken", "child", "interpreter", "no check",
		"grade 0", "grade 1", "grade 2", "grade 3", "grade 4", "recorded", "corrected", "withdrawn", "late", "other cause",
		"unable asleep", "unable sedated", "unable unarousable", "unable intubated", "outcome confirmed_icans", "outcome other_cause",
		"outcome resolved", "last check normal", "like names",
	} {
		if !seen[state] {
			t.Errorf("nobody shows %q", state)
		}
	}
}
