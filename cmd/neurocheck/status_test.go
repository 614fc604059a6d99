package main

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"neurocheck/internal/ward"
)

// The feed needs attention once it is silent, or once a message waits, for longer than the
// limit of the settings.
func TestStatusOfTheFeed(t *testing.T) {
	at := time.Date(2026, 11, 29, 16, 7, 0, 0, time.UTC)
	limits := ward.DefaultSite().Status
	ago := func(d time.Duration) *time.Time { return new(at.Add(-d)) }
	for name, c := range map[string]struct {
		intake *intakeState
		want   []string
	}{
		"no feed":             {nil, nil},
		"it listens":          {&intakeState{Listening: new(true), LastMessageAt: ago(12 * time.Hour)}, nil},
		"silent":              {&intakeState{Listening: new(true), LastMessageAt: ago(12*time.Hour + time.Second)}, []string{"intake_silent 12h"}},
		"never a message":     {&intakeState{Listening: new(true)}, []string{"intake_silent 12h"}},
		"it does not listen":  {&intakeState{LastMessageAt: ago(99 * time.Hour)}, nil},
		"a message waits":     {&intakeState{Held: 1, OldestHours: new(4.0)}, nil},
		"waits for too long":  {&intakeState{Held: 1, OldestHours: new(4.1)}, []string{"intake_held 4h"}},
		"silent, and waiting": {&intakeState{Listening: new(true), Refused: 2, OldestHours: new(30.0)}, []string{"intake_silent 12h", "intake_held 4h"}},
	} {
		st := state{Intake: c.intake}
		st.assessIntake(at, &limits)
		var got []string
		for _, a := range st.Attention {
			got = append(got, a.Code+" "+*a.Limit)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}

func TestTheFreeRoomOfTheDisk(t *testing.T) {
	if free, known := freeBytes(t.TempDir()); !known || free < 0 {
		t.Errorf("%d, known: %v", free, known)
	}
	if _, known := freeBytes(filepath.Join(t.TempDir(), "missing")); known {
		t.Error("the free room of a folder that is missing is known")
	}
}

func TestLimitsAreWrittenShort(t *testing.T) {
	for d, want := range map[time.Duration]string{26 * time.Hour: "26h", 8 * 24 * time.Hour: "8d", 24 * time.Hour: "24h", 90 * time.Minute: "90m"} {
		if got := limitWords(d); got != want {
			t.Errorf("%s: %s, not %s", d, got, want)
		}
	}
}

// The times are those of the overdue check and of the waiting follow-up that are oldest;
// patients who left count among the open follow-ups alone.
func TestStatusCountsTheWard(t *testing.T) {
	at := time.Date(2026, 11, 29, 16, 7, 0, 0, time.UTC)
	patient := func(late, waits time.Duration, acked, left bool) ward.PatientState {
		p := ward.PatientState{Next: ward.Plan{Due: at.Add(-late), State: ward.Overdue}}
		p.Stay.ID, p.Stay.AdmittedAt = 1, at.Add(-99*time.Hour)
		if left {
			p.Stay.DischargedAt = at.Add(-time.Hour)
		}
		if waits > 0 {
			p.FollowUp = &ward.FollowUp{Opened: ward.Sign("Sam Lee", at.Add(-9*time.Hour)), RaisedAt: at.Add(-waits)}
			p.Escalated = waits > time.Hour
		}
		if acked {
			p.FollowUp.Acked = ward.Sign("Sam Lee", at)
		}
		return p
	}
	w, f := wardState{}, followUpState{}
	for _, p := range []ward.PatientState{
		patient(20*time.Minute, 0, false, false), patient(50*time.Minute, 2*time.Hour, false, false), patient(5*time.Minute, 30*time.Minute, false, false),
		patient(5*time.Minute, 5*time.Hour, true, false), patient(9*time.Hour, 8*time.Hour, false, true),
	} {
		w.count(&p, at)
		f.count(&p, at)
	}
	if w.OnWard != 4 || w.Overdue != 4 || *w.OldestOverdue != 50 {
		t.Errorf("%+v", w)
	}
	if f.Open != 4 || f.Unacknowledged != 2 || f.Escalated != 1 || *f.Oldest != 120 {
		t.Errorf("%+v", f)
	}
}
