package ward

import (
	"fmt"
	"strings"
	"time"
)

// Role is the role of a member of staff, or of a feed. The permissions of each are
// in one table: see [MayDo].
type Role string

// The roles.
const (
	Nurse     Role = "nurse"
	Clinician Role = "clinician"
	Admin     Role = "admin"
	Feed      Role = "feed" // messages of a hospital's patient administration; no person

	// NoStaff is the role of the author on a log without a person on its staff.
	NoStaff Role = ""
)

// Roles are the roles with their words.
var Roles = []Term{{string(Nurse), "nurse"}, {string(Clinician), "clinician"}, {string(Admin), "administrator"}, {string(Feed), "feed"}}

// Staff is a member of staff, or a feed. Names are unique on a ward regardless of
// case, also among those who left.
type Staff struct {
	Name   string
	Role   Role
	Active bool
	PIN    PIN
}

// PIN is the PIN or passphrase of a member of staff as the record keeps it; for a
// feed, the digest of its key.
type PIN struct {
	Digest  string // as package pin makes it; empty while there is none
	OneTime bool   // given out by an administrator: valid for one sign-in, which chooses another
}

// Set reports whether there is a PIN at all.
func (p PIN) Set() bool { return p.Digest != "" }

// Validate returns an invalid [*Error] on the first field that cannot be recorded.
func (s Staff) Validate() error {
	if err := textField("staff", s.Name, 60, required); err != nil {
		return err
	}
	folded := FoldLine(s.Name) // letters of another width look the same
	if strings.HasPrefix(folded, loginPrefix) || strings.HasPrefix(folded, feedPrefix) {
		return Invalid("staff", "names that begin with “login ” or “feed ” are reserved")
	}
	return oneOf("role", string(s.Role), Roles)
}

// Login returns the author of acts outside the screens on a log without a
// sign-in: the user's login on the machine.
func Login(user string) string { return loginPrefix + CleanLine(user) }

// IsLogin reports whether an author is a login of the machine.
func IsLogin(author string) bool { return hasPrefixFold(author, loginPrefix) }

// Author returns the name that a member of staff signs with.
func (s Staff) Author() string {
	if s.Role == Feed {
		return feedPrefix + s.Name
	}
	return s.Name
}

// FeedName returns the name of the feed that an author is, and whether it is one.
func FeedName(author string) (name string, ok bool) { return strings.CutPrefix(author, feedPrefix) }

const (
	loginPrefix = "login "
	feedPrefix  = "feed "
)

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// Uptime is a time that no person can set: unlike the wall clock it only goes on.
type Uptime struct {
	Boot string        // identifies the start from which For counts
	For  time.Duration // since that start
}

// Since returns the time from before to u. After another start of the machine it is not
// known, and counts from that start.
func (u Uptime) Since(before Uptime) time.Duration {
	if u.Boot != before.Boot || u.For < before.For {
		return u.For
	}
	return u.For - before.For
}

// Tries are the wrong PINs given for one name since it last signed in or got
// another PIN.
type Tries struct {
	Wrong int
	Last  Uptime
}

// LockAfter is the number of wrong tries in a row that lock a name, and LockFor the
// time of the lock. An administrator who gives out a new PIN unlocks it at once.
const (
	LockAfter = 6
	LockFor   = 15 * time.Minute
)

// Plus adds tries that were counted elsewhere: the wait counts from the later ones.
func (t Tries) Plus(o Tries, now Uptime) Tries {
	if t.Wrong == 0 || o.Wrong > 0 && now.Since(o.Last) < now.Since(t.Last) {
		t.Last = o.Last
	}
	t.Wrong += o.Wrong
	return t
}

// Locked reports whether the tries have locked the name, for a while.
func (t Tries) Locked() bool { return t.Wrong >= LockAfter }

// Wait returns how long the name must wait for the next try: no time after one or
// two wrong ones, then longer with each.
func (t Tries) Wait(now Uptime) time.Duration {
	pause := time.Duration(0)
	switch {
	case t.Wrong <= 2:
		return 0
	case t.Locked():
		pause = LockFor
	default:
		pause = 5 * time.Second
		for range t.Wrong - 3 {
			pause *= 3
		}
	}
	return max(0, pause-max(0, now.Since(t.Last)))
}

// Refusal returns an error that tells how long the next try must wait, or nil.
func (t Tries) Refusal(now Uptime) error {
	wait := t.Wait(now)
	switch {
	case wait == 0:
		return nil
	case t.Locked():
		return Conflict(fmt.Sprintf("locked after %d wrong tries: try again in %d min, or ask an administrator for a new PIN", t.Wrong, int((wait+time.Minute-1)/time.Minute)))
	}
	return Conflict(fmt.Sprintf("%d wrong tries: wait another %d s", t.Wrong, int((wait+time.Second-1)/time.Second)))
}
