//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// hospitalFeed is the feed of a hospital about one patient.
type hospitalFeed struct {
	t    *testing.T
	env  []string
	args []string
	sent int
}

// newHospitalFeed makes the feed on a log whose administrator is Sam Lee.
func newHospitalFeed(t *testing.T, env []string) *hospitalFeed {
	t.Helper()
	folder := t.TempDir()
	site, key := filepath.Join(folder, "site.toml"), filepath.Join(folder, "adt.key")
	if err := os.WriteFile(site, []byte("[intake]\nlocations = [\"H4\"]\nauthority = \"CITY\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, signedIn(env), "staff", "add", "ADT", "--role", "feed", "--key-out", key, "--by", "Sam Lee")
	return &hospitalFeed{t, env, []string{"intake", filepath.Join(folder, "message.hl7"), "--config", site, "--by", "ADT", "--key-file", key}, 0}
}

// sends sends a message about the patient, who is at a place then. Each is a minute after the
// one before.
func (f *hospitalFeed) sends(event, place string) {
	f.t.Helper()
	f.sent++
	at := clockStart().Add(time.Duration(f.sent-2) * time.Minute).Format("20060102150405-0700")
	text := "MSH|^~\\&|ADT|CITY|NEUROCHECK|H4|" + at + "||ADT^" + event + "|" + at + event + "|P|2.5.1\rEVN|" + event + "|" + at +
		"\rPID|||0042317^^^CITY^MR||OKAFOR^Ada||19610314\rPV1||I|" + place + "||||||||||||||||V1001\r"
	if err := os.WriteFile(f.args[1], []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
	run(f.t, f.env, f.args...)
}

// What the feed does is seen on the board as it comes: a bed that a nurse typed survives the
// updates that repeat the feed's, a transfer shows both, and a patient whom the feed
// discharges with an open follow-up stays until a person confirms that.
func TestTheFeedOnTheBoard(t *testing.T) {
	t.Parallel()
	env := home(t)
	seat := inTerminal(t, env, 80, 24)
	seat.signUp()
	feed := newHospitalFeed(t, env)
	feed.sends("A01", "H4^12^A")
	seat.see("12A   OKAFOR, Ada", "1 on the ward")
	run(t, signedIn(env), "patient", "transfer", "0042317", "--bed", "15C", "--by", "Sam Lee")
	seat.see("15C   OKAFOR, Ada")
	for range 3 {
		feed.sends("A08", "H4^12^A")
	}
	feed.sends("A08", "H4^12^A^BLUE") // has another field, so that it is no repetition as a whole
	seat.see("15C   OKAFOR, Ada")
	feed.sends("A02", "H4^14^B")
	seat.types("down")
	seat.see("14B!  OKAFOR, Ada", "was 15C by Sam Lee")

	seat.types("n")
	seat.see("What year is it?")
	seat.types("n", "n", "n", "n", "0", "n", "n", "n", "2", "0", "0", "0", "z", "ctrl+s")
	seat.see("SAVE this check?", "URGENT")
	seat.answers("y")
	seat.see("SAVED  ‼ URGENT", "OKAFOR, Ada")
	seat.answers("\x1b")
	seat.see("NOT ACCEPTED 1", "g next due")
	feed.sends("A03", "H4^14^B")
	left := seat.reads(`‼ 14B.? +OKAFOR, Ada .*left (\d\d:\d\d) \(feed\)`)
	seat.see("0 on the ward")
	seat.types("d")
	seat.see("DISCHARGE by the feed: OKAFOR, Ada", "left "+left+" (feed), home, not confirmed.")
	seat.answers("1")
	seat.see("confirmed: OKAFOR, Ada")
	feed.sends("A13", "H4^16^A")
	seat.see("16A", "OKAFOR, Ada", "1 on the ward")
	run(t, env, "verify")
}
