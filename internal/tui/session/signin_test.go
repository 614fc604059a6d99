package session

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// keepDraft leaves a half-filled check of a person in the log.
func keepDraft(t *testing.T, s *desktest.Seat, p ward.Patient, author string) {
	t.Helper()
	d := store.Draft{PatientID: p.ID, Author: author, CheckID: "open", Revision: 1, Since: s.Now(), Content: "{}"}
	if err := s.Log.KeepDraft(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

// B19: the name is found without accents; digits of a PIN in the name line are dots; no
// patient is on the screen.
func TestSignIn(t *testing.T) {
	seat := desktest.New(t, Screens())
	keepDraft(t, seat, seat.Ada(), desktest.Tomasz)
	s := newDoor(t, seat)
	s.since[desktest.Maria] = s.Now().Add(-55 * time.Minute)
	s.Tick()
	s.Sees("Who are you?", "1 check not saved yet", "locked here since 15:12", "Ask an administrator: Grace Lin.", "F1 all keys")
	s.SeesNot("OKAFOR", "0042317")
	s.Type("woj").Sees("woj▌", "▌ Tomasz Wójcik").SeesNot(desktest.Maria)
	s.Golden("signin")
	s.Press("esc").Type("42").Sees("••▌", "No such name. Ask an administrator to add you.").SeesNot("42▌")
	s.Press("esc").Type("WOJ").Press("enter").Sees("SIGN IN   Tomasz Wójcik", "1 check not saved yet")
	s.Type("x1").Sees("••▌").SeesNot("x1")
	s.Press("ctrl+u")
	s.pin(desktest.PIN).wantEntered(t, desktest.Tomasz)
}

// A burst with letters alone is a name; one with a figure is a wristband or a PIN.
func TestBurstsAtSignIn(t *testing.T) {
	s := newDoor(t, desktest.New(t, Screens()))
	s.Burst("0042317").Sees("type your name").SeesNot("SIGN IN")
	if s.Line("Who are you?") != "  Who are you?  Type part of your name:  ▌" {
		t.Errorf("the scan stays in the name line: %q", s.Line("Who are you?"))
	}
	s.Type("t").Paste("0042317").Sees("type your name", "name:  t▌")
	s.Press("esc").Paste("maria s").Sees("▌ Maria Santos")
	s.Press("esc").Burst("tomasz").Sees("SIGN IN   Tomasz Wójcik")
	s.Paste(desktest.PIN + "\n").Sees("••••••••▌").SeesNot(desktest.PIN)
	s.Press("enter").SeesNot(desktest.PIN)
	s.wantEntered(t, desktest.Tomasz)
	s.lock()
	s.Burst(desktest.PIN).SeesNot(desktest.PIN)
	s.wantEntered(t, desktest.Tomasz, desktest.Tomasz)
}

// C18: behind a lock screen lies the shell of the person who started the program.
func TestNobodyLeavesALockScreen(t *testing.T) {
	seat := desktest.New(t, Screens())
	keepDraft(t, seat, seat.Ada(), desktest.Tomasz)
	s := newDoor(t, seat)
	s.Press("ctrl+c")
	if s.asked != 1 {
		t.Error("before anybody has signed in ctrl+c does not quit")
	}
	s.Type("woj").Press("enter")
	s.right().wantEntered(t, desktest.Tomasz)
	s.lock()
	s.Sees("LOCKED by Tomasz Wójcik at 16:07. 1 unsaved check is kept.", "somebody else: esc").SeesNot("OKAFOR")
	s.Golden("lock")
	s.Press("ctrl+c").Sees("ctrl+c does nothing on a locked screen")
	s.Press("esc", "ctrl+c").Sees("Who are you?", "ctrl+c does nothing on a locked screen")
	s.Size(60, 20).Press("ctrl+c")
	if s.asked != 1 || s.Quit {
		t.Error("ctrl+c leaves a locked screen")
	}
}

// right types the right PIN.
func (s *door) right() *door { return s.pin(desktest.PIN) }

func TestWrongPINs(t *testing.T) {
	s := newDoor(t, desktest.New(t, Screens()))
	s.Type("woj").Press("enter")
	s.pin("wrong-1").Sees("Wrong PIN (1 of 6). Is Caps Lock on?   After 6 this name waits 15 minutes.")
	s.pin("wrong-2").Sees("Wrong PIN (2 of 6)")
	s.Golden("wrong-pin")
	s.pin("wrong-3").Sees("Wrong PIN (3 of 6)")
	s.pin(desktest.PIN).Sees("3 wrong PINs: wait another")
	s.Press("esc").SeesNot("wrong")
	s.Type("woj").Press("enter").Wait(5 * time.Second)
	s.right().wantEntered(t, desktest.Tomasz)
	s.lock()
	s.pin("wrong-4").Sees("Wrong PIN (1 of 6)")
}

// Wrong PINs at another terminal count as well.
func TestWrongPINsElsewhere(t *testing.T) {
	seat := desktest.New(t, Screens())
	s, other := newDoor(t, seat), newDoor(t, seat.Another())
	other.Type("woj").Press("enter")
	other.pin("wrong-1").pin("wrong-2")
	s.Type("woj").Press("enter")
	s.pin("wrong-3").Sees("Wrong PIN (3 of 6)")
	s.pin(desktest.PIN).Sees("3 wrong tries: wait another")
	s.wantEntered(t)
}

// C5: in a log that is open read-only, wrong PINs count at the keyboard.
func TestGuessesAtAReadOnlyCopy(t *testing.T) {
	first := desktest.Ward(t)
	path := first.Path()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	log, err := store.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	seat := desktest.On(t, log, desktest.NewClock(), Screens())
	s := newDoor(t, seat)
	s.Type("woj").Press("enter")
	for i := range 6 {
		s.Wait(10 * time.Minute)
		s.pin(fmt.Sprintf("wrong-%d", i)).Sees(fmt.Sprintf("Wrong PIN (%d of 6)", i+1))
	}
	s.Wait(10 * time.Minute)
	s.right().Sees("6 wrong PINs: this name waits another 5 min")
	s.wantEntered(t)
	s.Wait(10 * time.Minute)
	s.right().wantEntered(t, desktest.Tomasz)
}

// C6: the wait follows the clock of the keys, not the one on the wall.
func TestGuessesWhenTheClockJumps(t *testing.T) {
	at := time.Now()
	g := guesses{}
	for range ward.LockAfter {
		g = g.add(at)
	}
	for _, now := range []time.Time{at.Add(-time.Hour), at, at.Add(14 * time.Minute)} {
		if g.refusal(now) == "" {
			t.Errorf("%v after the last wrong PIN the name need not wait", now.Sub(at))
		}
	}
	if reason := g.refusal(at.Add(ward.LockFor)); reason != "" {
		t.Error(reason)
	}
}

// C9: a disabled name is not listed any more, and its locked screens stay locked.
func TestADisabledName(t *testing.T) {
	seat := desktest.New(t, Screens())
	s := newDoor(t, seat)
	s.Type("woj").Press("enter")
	s.right().lock()
	if err := s.Log.ChangeStaff(t.Context(), ward.Sign(desktest.Grace, s.Now()), desktest.Tomasz, ward.Nurse, false); err != nil {
		t.Fatal(err)
	}
	s.right().Sees("no longer on the staff")
	s.Press("esc").Tick().SeesNot(desktest.Tomasz)
	s.wantEntered(t, desktest.Tomasz)
}

// A feed is not among the names, and its name opens nothing.
func TestAFeedDoesNotSignIn(t *testing.T) {
	seat := desktest.New(t, Screens())
	if err := seat.Log.AddStaff(t.Context(), ward.Sign(desktest.Grace, seat.Now()), ward.Staff{Name: "ADT", Role: ward.Feed, Active: true}); err != nil {
		t.Fatal(err)
	}
	s := newDoor(t, seat)
	s.Tick().Sees(desktest.Maria).SeesNot("ADT")
	for _, name := range []string{"ADT", "feed ADT"} {
		s.Press("ctrl+u").Type(name).Press("enter").SeesNot("PIN of", "Your PIN")
	}
	s.wantEntered(t)
}

// A PIN for one time leads to the choice of another one, whose rule is said beforehand.
func TestOneTimePIN(t *testing.T) {
	seat := desktest.New(t, Screens())
	digest, err := desktest.PINs.Digest("48201973", false)
	if err != nil {
		t.Fatal(err)
	}
	if err := seat.Log.SetPIN(t.Context(), ward.Sign(desktest.Grace, seat.Now()), desktest.Maria, ward.PIN{Digest: digest, OneTime: true}); err != nil {
		t.Fatal(err)
	}
	s := newDoor(t, seat)
	s.Type("mar").Press("enter")
	s.pin("48201973").Sees("YOUR PIN   Maria Santos", "at least 6 characters")
	s.Golden("new-pin")
	s.Type("123456").Press("enter").Sees("too easy to guess")
	s.Press("ctrl+u").Type("48201973").Press("enter").Type("48201973").Press("enter").Sees("choose another one")
	s.Press("ctrl+u").Type("heron by the lake").Press("enter", "ctrl+u").Type("heron by the lamp").Press("enter").Sees("the two PINs differ")
	s.wantEntered(t)
	s.Press("ctrl+u").Type("heron by the lake").Press("enter").Sees("Your new PIN is saved.")
	s.wantEntered(t, desktest.Maria)
	s.lock()
	s.pin("heron by the lake").wantEntered(t, desktest.Maria, desktest.Maria)
	s.Go(desk.PIN, "").Sees("Your PIN now")
	s.Type("nonsense").Press("enter").Type("otters at dusk").Press("enter").Type("otters at dusk").Press("enter").Sees("Wrong PIN")
	s.Press("ctrl+u").Type("heron by the lake").Press("ctrl+s").Sees("Your new PIN is saved.")
}

// Who gives up the choice of a PIN on a screen that another person locked is back at the names:
// what is typed next would else be a wrong PIN of that person.
func TestANewPINOnALockedScreenIsGivenUp(t *testing.T) {
	seat := desktest.New(t, Screens())
	digest, err := desktest.PINs.Digest("48201973", false)
	if err != nil {
		t.Fatal(err)
	}
	if err := seat.Log.SetPIN(t.Context(), ward.Sign(desktest.Grace, seat.Now()), desktest.Nair, ward.PIN{Digest: digest, OneTime: true}); err != nil {
		t.Fatal(err)
	}
	s := newDoor(t, seat)
	s.Type("mar").Press("enter")
	s.pin(desktest.PIN)
	s.wantEntered(t, desktest.Maria)
	s.lock()
	s.Sees("LOCKED by").Press("esc").Type("nair").Press("enter")
	s.pin("48201973").Sees("YOUR PIN").Press("esc").Sees("Who are you?").SeesNot("LOCKED by")
	s.Type("nair").Press("enter").Sees("SIGN IN").Press("esc").Sees("Who are you?")
}

func TestFirstRun(t *testing.T) {
	seat := desktest.New(t, Screens())
	log, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "new.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	seat.Desk.Log = log
	s := newDoor(t, seat)
	s.Sees("This log is new", "set up this ward").Golden("first-run")
	s.Press("1").Sees("FIRST RUN", "at least 6 characters")
	s.Type("Haematology 4").Press("enter").Type("Grace Lin").Press("enter").Sees("no such time zone").Press("ctrl+u").Type("Europe/Londonium").Press("enter").Type("Grace Lin").Press("enter").Golden("set-up")
	s.Type("tulip-42").Press("enter").Type("tulip-42").Press("enter").Sees("Time zone: ")
	s.Press("ctrl+u").Type("Europe/London").Press("ctrl+s").Sees("SET UP Haematology 4?", "where it is 16:07, Sun 29 Nov 2026 now", "administrator Grace Lin")
	s.Press("1").Sees("Who are you?", "Grace Lin is the administrator", "▌ Grace Lin")
	s.Press("enter").Type("tulip-42").Press("enter")
	s.wantEntered(t, "Grace Lin")
}

func TestDemoWard(t *testing.T) {
	demo := desktest.DemoWard(t, desktest.Now)
	seat := desktest.New(t, Screens())
	log, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "new.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	seat.Desk.Log = log
	seat.Desk.OpenDemo = func() (*store.Store, func() error, error) { return demo, func() error { return nil }, nil }
	s := newDoor(t, seat)
	s.Press("2").Sees("demo ward: no PIN, press enter", "DEMO")
	s.Press("enter")
	if len(s.entered) != 1 {
		t.Errorf("nobody entered:\n%s", s.Screen())
	}
}

// While a PIN is compared, keys go nowhere.
func TestKeysDuringTheComparison(t *testing.T) {
	s := newDoor(t, desktest.New(t, Screens()))
	s.Type("woj").Press("enter").Type(desktest.PIN)
	s.Hold()
	s.Press("enter").Sees("checking…")
	s.Press("n", "esc", "enter")
	s.Release()
	s.wantEntered(t, desktest.Tomasz)
}

func TestPINRule(t *testing.T) {
	for text, fault := range map[string]string{"": "at least 6", "111111": "too easy", "Grace Lin": "too easy", "tulip-42": ""} {
		if got := pinFault(text, "Grace Lin"); (got == "") != (fault == "") || len(got) < len(fault) || got[:len(fault)] != fault {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// B13: no text at the sign-in is cut without its full form elsewhere.
func TestLongTextsAtSignIn(t *testing.T) {
	const long = "Dr Maria Magdalena Wojciechowska-Brzęczyszczykiewicz-Nowak"
	seat := desktest.New(t, Screens())
	if err := seat.Log.AddStaff(t.Context(), ward.Sign(desktest.Grace, seat.Now()), ward.Staff{Name: long, Role: ward.Nurse, Active: true}); err != nil {
		t.Fatal(err)
	}
	keepDraft(t, seat, seat.Ada(), desktest.Tomasz)
	keepDraft(t, seat, seat.Ida(), desktest.Tomasz)
	s := newDoor(t, seat)
	s.since[desktest.Tomasz] = s.Now().Add(-30 * time.Hour)
	s.Tick()
	s.Type("woj").Sees("2 checks unsaved, locked Sat 10:07")
	s.Press("down").Sees(long)
	s.Top().(desk.Door).Refuse("Your name was disabled by " + long)
	s.Sees("Your name was disabled by Dr Maria Magdalena Wojciechowska-", "Brzęczyszczykiewicz-Nowak")
}

// B20: a key that arrives in parts clears no name and leaves no PIN.
func TestSplitKeysAtSignIn(t *testing.T) {
	s := newDoor(t, desktest.New(t, Screens()))
	split := func(keys ...string) {
		s.Send(desktest.KeyMsg("esc"))
		s.Wait(60 * time.Millisecond)
		for _, k := range keys {
			s.Send(desktest.KeyMsg(k))
		}
		s.Wait(time.Second)
	}
	s.Type("tom")
	for _, keys := range []string{"[ B", "[ 5 ~", "[ 1 ; 2 A", "O B"} {
		split(strings.Fields(keys)...)
	}
	s.Sees("Type part of your name:  tom▌").Press("enter").Type("tulip")
	split("[", "6", "~")
	split("O", "D")
	s.Sees("SIGN IN   Tomasz Wójcik", "PIN ••••▌•")
	split("O", "P")
	s.Sees("KEYS that work now")
}

// While a person is signed in, the names lie under the board and are not read after each
// change; they are up to date when they come back.
func TestNamesUnderTheBoardAreNotRead(t *testing.T) {
	seat := desktest.New(t, Screens())
	ada := seat.Ada()
	s := newDoor(t, seat)
	s.Sees("Who are you?").SeesNot("not saved yet")
	s.Desk.SetUser(s.Desk.People()[0])
	keepDraft(t, seat, ada, desktest.Tomasz)
	s.Tick().SeesNot("not saved yet")
	s.Desk.SetUser(ward.Staff{})
	keepDraft(t, seat, ada, desktest.Maria)
	s.Tick().Sees("Maria Santos", "1 check not saved yet")
}
