package ward

import (
	"fmt"
	"strings"
	"time"
)

// Role is what a member of staff may do.
type Role string

// The roles. Everybody on the staff records and acknowledges.
const (
	Nurse     Role = "nurse"
	Clinician Role = "clinician" // also closes follow-ups, attributes other causes, orders the schedule
	Admin     Role = "admin"     // also looks after the staff and the settings
)

// Roles are the roles with their words.
var Roles = []Term{{string(Nurse), "nurse"}, {string(Clinician), "clinician"}, {string(Admin), "administrator"}}

// Staff is a member of staff. Names are unique on a ward, whatever the case, also
// among those who left.
type Staff struct {
	Name   string
	Role   Role
	Active bool
	PIN    PIN
}

// PIN is the PIN or passphrase of a member of staff as the record keeps it.
type PIN struct {
	Digest  string // as package pin makes it; empty while there is none
	OneTime bool   // given out by somebody else: good for one sign-in, which chooses another
}

// Set reports whether there is a PIN at all.
func (p PIN) Set() bool { return p.Digest != "" }

// Validate returns an invalid [*Error] on the first field that cannot stand.
func (s Staff) Validate() error {
	if err := textField("staff", s.Name, 60, required); err != nil {
		return err
	}
	if IsLogin(s.Name) {
		return Invalid("staff", "names that begin with “login ” are those of the machine")
	}
	return oneOf("role", string(s.Role), Roles)
}

// Login returns the author of what is done from outside the screens by somebody
// who gave no name of the staff: whoever is logged in to the machine, which knows
// them as user.
func Login(user string) string { return loginPrefix + CleanLine(user) }

// IsLogin reports whether an author is a login of the machine.
func IsLogin(author string) bool {
	return len(author) >= len(loginPrefix) && strings.EqualFold(author[:len(loginPrefix)], loginPrefix)
}

const loginPrefix = "login "

// MayAttribute judges that by may name these other causes where before were
// named: that is a clinician's.
func MayAttribute(by Staff, before, now *Check) error {
	if by.Role == Clinician || before != nil && before.Findings.OtherCause == now.Findings.OtherCause || before == nil && now.Findings.OtherCause == 0 {
		return nil
	}
	return Invalid("other_cause", "another cause is attributed by a clinician")
}

// MayManageStaff judges that by may look after the staff.
func MayManageStaff(by Staff) error {
	if by.Role == Admin {
		return nil
	}
	return Invalid("staff", "the staff is looked after by an administrator")
}

// MayManageSettings judges that by may change the settings.
func MayManageSettings(by Staff) error {
	if by.Role == Admin {
		return nil
	}
	return Invalid("settings", "the settings are looked after by an administrator")
}

// Tries are the wrong PINs given for one name since it last signed in or got
// another PIN.
type Tries struct {
	Wrong int
	Last  time.Time
}

// LockAfter is how many wrong tries in a row lock a name, and LockFor for how
// long. An administrator who gives out a new PIN unlocks it at once.
const (
	LockAfter = 6
	LockFor   = 15 * time.Minute
)

// Locked reports whether the tries have locked the name, for a while.
func (t Tries) Locked() bool { return t.Wrong >= LockAfter }

// Wait returns how long the name has to wait for the next try: nothing after one
// or two wrong ones, then longer with each.
func (t Tries) Wait(now time.Time) time.Duration {
	pause := time.Duration(0)
	switch {
	case t.Locked():
		pause = LockFor
	case t.Wrong > 2:
		pause = 5 * time.Second
		for range t.Wrong - 3 {
			pause *= 3
		}
	}
	passed := now.Sub(t.Last)
	if passed < 0 { // the clock was set back
		return 0
	}
	return max(0, pause-passed)
}

// Refusal says why the next try has to wait; nil where it has not.
func (t Tries) Refusal(now time.Time) error {
	wait := t.Wait(now)
	switch {
	case wait == 0:
		return nil
	case t.Locked():
		return Conflict(fmt.Sprintf("locked after %d wrong tries: try again in %d min, or ask an administrator for a new PIN", t.Wrong, int((wait+time.Minute-1)/time.Minute)))
	}
	return Conflict(fmt.Sprintf("%d wrong tries: wait another %d s", t.Wrong, int((wait+time.Second-1)/time.Second)))
}
