package tui

import (
	"os"
	"testing"
)

// The log is removed while nobody presses a key: the next look at the clock says
// so, and what is typed then is not said to be saved.
func TestALogThatIsGoneIsSaidByItself(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	for range 2 { // the board is up to date
		b.send(clockMsg{b.now})
	}
	b.notSee("removed")
	if err := os.Remove(s.Path()); err != nil {
		t.Fatal(err)
	}
	b.send(clockMsg{b.now})
	b.see("the log was removed or replaced while it was open")
	b.press("n")
	b.see("the log was removed or replaced while it was open")
	b.notSee("Saved")
}

// It is removed under a form that is full: the form stays as it stands.
func TestALogThatIsGoneUnderAForm(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press(normal[:len(normal)-2]...)
	if err := os.Remove(s.Path()); err != nil {
		t.Fatal(err)
	}
	b.press("ctrl+s", "y")
	b.see("NOT SAVED", "NEURO CHECK", "ICE 10 of 10")
	b.notSee("Saved")
}
