package ward

import (
	"testing"
	"time"
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
	} {
		const since = 20 * 24 * time.Hour
		tries := Tries{c.wrong, Uptime{"this", since}}
		now := Uptime{"this", since + c.passed}
		if got := tries.Wait(now); got != c.want {
			t.Errorf("%d wrong ones, %v later: wait %v, not %v", c.wrong, c.passed, got, c.want)
		}
		if err := tries.Refusal(now); (err != nil) != (c.want > 0) || err != nil && KindOf(err) != KindConflict {
			t.Errorf("%d wrong ones, %v later: %v", c.wrong, c.passed, err)
		}
	}
}

// After another start the wait begins anew with that start.
func TestAnotherStartBeginsTheWaitAnew(t *testing.T) {
	locked := Tries{LockAfter, Uptime{"before", 100 * time.Hour}}
	for up, want := range map[Uptime]time.Duration{
		{"after", time.Minute}:     LockFor - time.Minute,
		{"after", 200 * time.Hour}: 0,
		{"after", -time.Hour}:      LockFor,               // no system says so
		{"before", time.Minute}:    LockFor - time.Minute, // a system that does not tell its starts apart
	} {
		if got := locked.Wait(up); got != want {
			t.Errorf("%+v: %v, not %v", up, got, want)
		}
	}
}

func TestNamesOfTheMachineAreNoStaff(t *testing.T) {
	for name, fine := range map[string]bool{"Sam Lee": true, "Login, Ada": true, "login": true, "login root": false, "LOGIN root": false, "ｌogin root": false, "Feed ADT": false, "ｆeed ADT": false, "feed\u3000ADT": false, "feed": true} {
		if err := (Staff{Name: name, Role: Nurse}).Validate(); (err == nil) != fine {
			t.Errorf("%q: %v", name, err)
		}
	}
	if by := Login("ro\x1bot"); !IsLogin(by) || by != "login root" {
		t.Errorf("%q", by)
	}
}

// The table of design.md, row by row.
func TestPermissions(t *testing.T) {
	for _, c := range []struct {
		permission                        Permission
		nurse, clinician, admin, feed, no bool
	}{
		{MayRead, true, true, true, false, true},
		{MayRecord, true, true, true, false, true},
		{MayDecide, false, true, false, false, true},
		{MayMovePatient, true, true, true, true, true},
		{MaySetTherapy, true, true, true, false, true},
		{MayLink, false, true, true, true, true},
		{MayAdminister, false, false, true, false, true},
	} {
		for role, may := range map[Role]bool{Nurse: c.nurse, Clinician: c.clinician, Admin: c.admin, Feed: c.feed, NoStaff: c.no} {
			err := MayDo(role, c.permission)
			if (err == nil) != may || err != nil && (KindOf(err) != KindNotAllowed || err.Error() == "") {
				t.Errorf("%q %s: %v", role, c.permission, err)
			}
		}
	}
}

func TestFeedsHaveAPrefixOfTheirOwn(t *testing.T) {
	adt := Staff{Name: "ADT", Role: Feed}
	if name, ok := FeedName(adt.Author()); name != "ADT" || !ok {
		t.Errorf("%q signs as %q", adt.Name, adt.Author())
	}
	if _, ok := FeedName(Staff{Name: "Sam", Role: Nurse}.Author()); ok {
		t.Error("a nurse signs as a feed")
	}
	for _, name := range []string{"feed ADT", "FEED ADT"} {
		if (Staff{Name: name, Role: Nurse}).Validate() == nil {
			t.Errorf("%q is taken", name)
		}
	}
}
