package tui

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/service"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// audited counts the events of a kind in the audit, about an object.
func (f *floor) audited(event, about, by string) (n int) {
	f.t.Helper()
	f.ok(f.log.EachAudit(f.t.Context(), store.AuditSelection{}, func(e *ward.AuditEntry) error {
		if e.Event == event && e.About == about && e.Signature.By == by {
			n++
		}
		return nil
	}))
	return n
}

// :wall locks the screens, shows no name, and asks for the PIN of the person who showed
// it. Their screens are as they were then.
func TestWallFromTheWard(t *testing.T) {
	f, s, _, _, _ := onRound(t)
	s.Press("g", "1").Sees("NEURO CHECK  KOWALSKI, Piotr").Press(":").Type("wall").Press("enter").Wait(time.Second)
	s.Sees("LATE 2", "4B  grade 0", "LATE min", "4 beds   page 1 of 1", "esc leave (asks PIN)").SeesNot("KOWALSKI", "Piotr", "0041198", "Maria")
	s.Press("n").Sees("n does nothing here").Press("ctrl+c").Sees("sign in first")
	s.Press(":").Sees("does nothing here").Press("g").Sees("does nothing here")
	if n := f.audited(ward.ReadPatient, "wall", desktest.Maria); n != 1 {
		t.Errorf("the audit has the wall %d times", n)
	}
	up(s).Sees("LOCKED by Maria Santos", "1 unsaved check is kept", "PIN ").SeesNot("KOWALSKI")
	s.Type("975311").Press("enter").Wait(time.Second).Sees("Wrong PIN").SeesNot("KOWALSKI")
	s.Type(desktest.PIN).Press("enter").Wait(time.Second).Sees("NEURO CHECK  KOWALSKI, Piotr", "▌ Month")
	s.Wait(2 * time.Minute).Tick().Sees("NEURO CHECK  KOWALSKI, Piotr")
}

// A late result of a form that waits behind the wall names no patient on it.
func TestNoResultShowsOnTheWall(t *testing.T) {
	_, s, _, _, _ := onRound(t)
	keys(s, "g 1 1 1 1 3 1 1 1 0 0 0 0 z ctrl+s")
	s.Hold()
	s.Press("y", "esc").Wait(time.Second)
	s.Press(":").Type("wall").Press("enter").Wait(time.Second)
	s.Release()
	s.Tick().Sees("4 beds").SeesNot("KOWALSKI", "0041198")
}

// The sign-in that was left open goes back to the wall by itself.
func TestTheWallComesBack(t *testing.T) {
	_, s, _, _, _ := onRound(t)
	s.Press(":").Type("wall").Press("enter").Wait(time.Second).Sees("4 beds")
	up(s).Sees("LOCKED by Maria Santos")
	s.Wait(50 * time.Second).Tick().Sees("LOCKED by Maria Santos").Press("1")
	s.Wait(50 * time.Second).Tick().Sees("LOCKED by Maria Santos")
	s.Wait(20 * time.Second).Tick().Sees("4 beds")
	s.Press("?").Sees("KEYS that work now").Wait(2 * time.Minute).Tick().Sees("4 beds").SeesNot("KEYS")
	up(s).Sees("LOCKED by Maria Santos").Type(desktest.PIN).Press("enter").Wait(time.Second).Sees("4 on the ward")
}

// The wall of a person whose name is disabled closes.
func TestTheWallOfADisabledName(t *testing.T) {
	f, s, _, _, _ := onRound(t)
	s.Press(":").Type("wall").Press("enter").Wait(time.Second).Sees("4 beds")
	f.ok(f.log.ChangeStaff(t.Context(), ward.Sign(desktest.Grace, s.Now()), desktest.Maria, ward.Nurse, false))
	s.Tick().Sees("Who are you?", "The wall was closed: the name of Maria Santos was disabled")
	s.Wait(2 * time.Minute).Tick().Sees("Who are you?")
}

// neurocheck wall: the sign-in asks first, and the wall is the first screen then.
func TestWallAsTheFirstScreen(t *testing.T) {
	f, _, _, _, _ := onRound(t)
	s := f.seatOf(&Wall{}).Sees("Who are you?").SeesNot("4B")
	enter(s, "nair").Sees("4 beds", "esc leave (asks PIN)")
	if n := f.audited(ward.ReadPatient, "wall", desktest.Nair); n != 1 {
		t.Errorf("the audit has the wall %d times", n)
	}
	up(s).Sees("LOCKED by Dr Priya Nair").Type(desktest.PIN).Press("enter").Wait(time.Second).Sees("4 on the ward")
}

// With a name of the command line, or on a log without PINs, nothing is asked. Only on the
// latter esc and ctrl+c ask whether to end the program.
func TestWallWithoutASignIn(t *testing.T) {
	f, _, _, _, _ := onRound(t)
	s := f.seatOf(&Wall{By: desktest.Nair}).Wait(time.Second).Tick().Sees("4 beds", "esc leave (asks PIN)")
	if s.Press("ctrl+c"); s.Quit {
		t.Error("it ended without a PIN")
	}
	up(s).Sees("SIGN IN   Dr Priya Nair").Type(desktest.PIN).Press("enter").Wait(time.Second).Sees("4 on the ward")

	w, err := f.log.Ward(t.Context())
	f.ok(err)
	s = f.seatOf(&Wall{Open: true, Ward: w}).Wait(time.Second).Tick().Sees("4 beds   page 1 of 1   ↑↓ page   esc leave")
	if strings.Contains(s.Screen(), "asks PIN") {
		t.Error("it speaks of a PIN")
	}
	if up(s).Sees("Quit neurocheck?").Press("1"); !s.Quit {
		t.Error("esc and 1 do not end it")
	}
}

// A trouble of the log takes no more than its first sentence of the wall.
func TestTroubleOnTheWall(t *testing.T) {
	_, s, _, _, _ := onRound(t)
	s.Press(":").Type("wall").Press("enter").Wait(time.Second).Sees("4 beds")
	s.Send(news{Event: service.Event{Read: true, Reading: ward.Unavailable("the server is away")}})
	s.Tick().Sees("NO CONNECTION: board as of 16:07 (0 min)", "as of 16:07").SeesNot("Due times still count", "server")
	s.Send(news{Event: service.Event{Read: true}})
	s.Tick().SeesNot("NO CONNECTION", "as of")
}
