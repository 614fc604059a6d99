package ward

import (
	"testing"
	"time"

	"neurocheck/internal/icans"
)

func TestWrongTriesSlowDownAndLock(t *testing.T) {
	for _, c := range []struct {
		wrong  int
		passed time.Duration
		want   time.Duration
	}{
		{0, 0, 0},
		{1, 0, 0},
		{2, 0, 0},
		{3, 0, 5 * time.Second},
		{3, 4 * time.Second, time.Second},
		{3, 5 * time.Second, 0},
		{4, 0, 15 * time.Second},
		{5, 0, 45 * time.Second},
		{LockAfter, 0, LockFor},
		{LockAfter, LockFor - time.Minute, time.Minute},
		{LockAfter, LockFor, 0},
		{LockAfter + 20, 0, LockFor},
		{LockAfter, -time.Hour, 0}, // the clock was set back
	} {
		tries := Tries{c.wrong, night}
		now := night.Add(c.passed)
		if got := tries.Wait(now); got != c.want {
			t.Errorf("%d wrong ones, %v later: wait %v, not %v", c.wrong, c.passed, got, c.want)
		}
		if err := tries.Refusal(now); (err != nil) != (c.want > 0) || err != nil && KindOf(err) != KindConflict {
			t.Errorf("%d wrong ones, %v later: %v", c.wrong, c.passed, err)
		}
	}
}

func TestNamesOfTheMachineAreNoStaff(t *testing.T) {
	for name, fine := range map[string]bool{"Sam Lee": true, "Login, Ada": true, "login": true, "login root": false, "LOGIN root": false} {
		if err := (Staff{Name: name, Role: Nurse}).Validate(); (err == nil) != fine {
			t.Errorf("%q: %v", name, err)
		}
	}
	if by := Login("ro\x1bot"); !IsLogin(by) || by != "login root" {
		t.Errorf("%q", by)
	}
}

func TestOtherCausesAreAClinicians(t *testing.T) {
	with := func(d icans.Domains) *Check { return &Check{Findings: icans.Findings{OtherCause: d}} }
	for _, c := range []struct {
		name        string
		role        Role
		before, now *Check
		fine        bool
	}{
		{"a clinician attributes", Clinician, nil, with(icans.DomainSeizure), true},
		{"a nurse does not", Nurse, nil, with(icans.DomainSeizure), false},
		{"nor an administrator", Admin, nil, with(icans.DomainSeizure), false},
		{"a nurse attributes nothing", Nurse, nil, with(0), true},
		{"a nurse corrects something else", Nurse, with(icans.DomainICP), with(icans.DomainICP), true},
		{"a nurse takes it back", Nurse, with(icans.DomainICP), with(0), false},
		{"a nurse adds one", Nurse, with(icans.DomainICP), with(icans.DomainICP | icans.DomainMotor), false},
	} {
		if err := MayAttribute(Staff{Name: "X", Role: c.role}, c.before, c.now); (err == nil) != c.fine {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
