package tui

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// waits lets the clock of the screens go on.
func (b *bedside) waits(d time.Duration) {
	b.t.Helper()
	b.now = b.now.Add(d)
	b.send(clockMsg{b.now})
}

// givePIN types a PIN where it is asked for.
func (b *bedside) givePIN(secret string) {
	b.t.Helper()
	b.types(secret)
	b.press("enter")
}

func trail(t *testing.T, s *store.Store, sel store.AuditSelection) []string {
	t.Helper()
	var events []string
	err := s.EachAudit(t.Context(), sel, func(e *ward.AuditEntry) error {
		events = append(events, e.Signature.By+": "+e.Words())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func TestAKeyboardThatRestsLocksAndKeepsWhatWasInHand(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.a.site.IdleLock = 5 * time.Minute
	b.press(normal...)
	b.press("enter", "r", "n") // a correction, half done: its draft is nowhere but here
	b.see("CORRECTION", "ICE 9")
	b.waits(5*time.Minute - time.Second)
	b.see("CORRECTION")
	b.waits(time.Second)
	b.see("Locked for Sam Lee")
	b.notSee("OKAFOR", "0042317", "ICE 9", "CORRECTION")
	b.givePIN("111222")
	b.see("that is not the PIN")
	b.notSee("111222", "OKAFOR")

	// Somebody else takes over, and sees nothing of it.
	b.press("esc")
	b.see("Who is at the keyboard?", "screen locked")
	b.signIn("ines")
	b.see("FOLLOW-UPS")
	b.press("esc", "enter")
	b.see("PATIENT", "OKAFOR")
	b.waits(5 * time.Minute)
	b.see("Locked for Ines Reis")

	// Each comes back to what they had in hand.
	b.press("esc")
	b.signIn("sam")
	b.see("CORRECTION", "OKAFOR", "ICE 9")
	b.press("ctrl+l")
	b.see("Locked for Sam Lee")
	b.press("esc")
	b.signIn("ines")
	b.see("PATIENT", "OKAFOR")

	var ours []string
	for _, line := range trail(t, s, store.AuditSelection{Since: theTime}) {
		if !strings.Contains(line, "check") {
			ours = append(ours, line)
		}
	}
	want := []string{
		"Sam Lee: signed in", "Sam Lee: read the patient", "Sam Lee: read the patient", "Sam Lee: screen locked", "Sam Lee: gave a wrong PIN (1 in a row)",
		"Ines Reis: signed in", "Ines Reis: read the patient", "Ines Reis: screen locked", "Sam Lee: unlocked the screen",
		"Sam Lee: screen locked", "Ines Reis: unlocked the screen",
	}
	if strings.Join(ours, "\n") != strings.Join(want, "\n") {
		t.Errorf("the audit trail is\n%s\nnot\n%s", strings.Join(ours, "\n"), strings.Join(want, "\n"))
	}
}

func TestWrongPINsSlowDownAndLock(t *testing.T) {
	s := newLog(t)
	b := atTheDoor(t, s)
	b.types("sam")
	b.press("enter")
	for range 3 {
		b.givePIN("999888")
		b.see("that is not the PIN")
	}
	b.givePIN(thePIN)
	b.see("3 wrong tries: wait another 5 s")
	for range 3 {
		b.waits(time.Minute)
		b.givePIN("999888")
		b.see("that is not the PIN")
	}
	b.waits(14 * time.Minute)
	b.givePIN(thePIN)
	b.see("locked after 6 wrong tries")

	// It holds at another terminal, and after a restart.
	there := atTheDoor(t, s)
	there.now = b.now
	there.signIn("sam")
	there.see("locked after 6 wrong tries")

	// An administrator gives out a new PIN.
	there.press("esc")
	for range "sam" {
		there.press("backspace")
	}
	there.signIn("kim")
	there.press("s", "down", "down", "r", "y")
	secret := there.shownPIN("Sam Lee")
	b.givePIN(secret)
	b.see("Choose the PIN")
	if events := strings.Join(trail(t, s, store.AuditSelection{Author: "Sam Lee"}), "\n"); strings.Count(events, "gave a wrong PIN") != 6 || strings.Count(events, "was locked out") != 1 {
		t.Errorf("the audit trail is\n%s", events)
	}
}

// shownPIN reads a one-time PIN off the screen, and puts it away.
func (b *bedside) shownPIN(name string) string {
	b.t.Helper()
	m := regexp.MustCompile(`The PIN of ` + name + ` is +(\d{8})`).FindStringSubmatch(b.screen())
	if m == nil {
		b.t.Fatalf("no PIN is to be seen on\n%s", b.screen())
	}
	b.press("enter") // a key in flight does not put it away
	b.see(m[1])
	b.press("ctrl+s")
	b.notSee(m[1])
	return m[1]
}

func TestAnAdministratorLooksAfterTheStaff(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	b := atTheDoor(t, s)
	b.signIn("kim")
	b.press("s")
	b.see("STAFF", "Sam Lee", "Ines Reis", "administrator")
	b.press("a")
	b.types("SAM LEE")
	b.press("ctrl+s")
	b.see("of that name already")
	b.fill("Nora Vale")
	b.press("ctrl+s")
	secret := b.shownPIN("Nora Vale")
	b.see("STAFF", "Nora Vale", "given out, not used")
	b.press("d", "y")
	b.see("× off the staff") // in hand is the first line: Ines
	b.press("esc", "esc")
	b.see("Who is at the keyboard?")
	b.notSee("Ines Reis")

	nora := atTheDoor(t, s)
	nora.types("nora")
	nora.press("enter")
	nora.givePIN(secret)
	nora.see("Choose the PIN")
	nora.press("esc") // and without choosing there is no way in
	nora.see("Who is at the keyboard?")
	nora.types("nora")
	nora.press("enter")
	nora.givePIN(secret)
	nora.types("a good sentence")
	nora.press("enter")
	nora.types("a good sentence")
	nora.press("ctrl+s")
	nora.see("on the ward", "OKAFOR")
	nora.press("s")
	nora.notSee("STAFF") // a nurse does not
	nora.press("p")
	nora.types("wrong one")
	nora.press("enter")
	for range 2 {
		nora.types("another sentence")
		nora.press("enter")
	}
	nora.see("that is not the PIN")

	// Taken off the staff in mid-form: nothing is recorded, and nothing is lost.
	nora.press("esc")
	nora.press(normal[:len(normal)-2]...)
	if err := s.ChangeStaff(t.Context(), ward.Sign("Kim Adler", theTime), "Nora Vale", ward.Nurse, false); err != nil {
		t.Fatal(err)
	}
	nora.press("ctrl+s", "y")
	nora.see("no longer on the staff", "NEURO CHECK")
	if chart, err := s.Chart(t.Context(), p.ID); err != nil || len(chart.Checks) != 0 {
		t.Errorf("%d checks were recorded (%v)", len(chart.Checks), err)
	}
}

func TestTheAuditScreenTellsWhoDidWhat(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press(normal...)
	b.press("enter", "a")
	b.see("AUDIT", "OKAFOR, Ada", "Sam Lee", "recorded a check", "read the patient")
}

func TestAMadeUpWardAsksForNoPIN(t *testing.T) {
	s, err := store.Create(t.Context(), t.TempDir()+"/log.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sig := ward.Sign("Kim Adler", theTime)
	if err := s.SetUp(t.Context(), sig, ward.Ward{Name: "Made up", Zone: "UTC", Synthetic: true}, ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true}); err != nil {
		t.Fatal(err)
	}
	b := atTheDoor(t, s)
	b.press("enter")
	b.see("DEMO", "Nobody is on the ward")
	b.press("ctrl+l")
	b.see("Locked for Kim Adler", "nobody has a PIN")
	b.press("enter")
	b.see("Nobody is on the ward")
}

func TestTheLogIsLookedAfterByItself(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.a.site.DowntimeFolder = filepath.Join(t.TempDir(), "sheets")
	beside := filepath.Join(filepath.Dir(s.Path()), "backups")
	copies := func() int {
		t.Helper()
		entries, err := os.ReadDir(beside)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	b.press(normal...)
	b.waits(time.Second)
	sheets, err := filepath.Glob(filepath.Join(b.a.site.DowntimeFolder, "patient-*.txt"))
	if err != nil || len(sheets) != 1 {
		t.Fatalf("sheets: %v (%v)", sheets, err)
	}
	if content, err := os.ReadFile(sheets[0]); err != nil || !strings.Contains(string(content), "ICE 10, ICANS 0") {
		t.Errorf("the sheet does not hold the check (%v):\n%s", err, content)
	}
	if n := copies(); n != 1 {
		t.Errorf("%d copies on the first day", n)
	}
	b.waits(time.Hour)
	if n := copies(); n != 1 {
		t.Errorf("%d copies an hour later", n)
	}
	b.waits(24 * time.Hour)
	if n := copies(); n != 2 {
		t.Errorf("%d copies a day later", n)
	}
	b.a.site.DowntimeFolder = filepath.Join(s.Path(), "no folder")
	b.press(normal...)
	b.waits(time.Second)
	b.see("the downtime sheets in")
}
