package tui

import (
	"testing"
	"time"

	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// answered are the keys of a normal check from the first line of the form on.
const answered = "1 1 1 1 3 1 1 1 0 0 0 0 z enter y"

// onRound returns a floor with four patients: Kowalski is 26 min late, Ada 7 min, Ida is
// due in 13 min, and Sorensen in 31 min.
func onRound(t *testing.T) (f *floor, s *desktest.Seat, kowalski, ada, ida ward.Patient) {
	t.Helper()
	f = newFloor(t)
	s = f.seat()
	kowalski, ada, ida = s.Kowalski(), s.Ada(), s.Ida()
	s.Record(s.Sorensen(), 7*time.Hour+29*time.Minute, desktest.Tomasz)
	s.Record(kowalski, 8*time.Hour+26*time.Minute, desktest.Tomasz)
	s.Record(ada, 8*time.Hour+7*time.Minute, desktest.Tomasz)
	s.Record(ida, 7*time.Hour+47*time.Minute, desktest.Tomasz)
	return f, enter(s, "maria").Sees("LATE 2"), kowalski, ada, ida
}

// g opens the form of the most overdue patient at once. After each save the card names the
// next one, and the round ends with the beds that were left for later.
func TestRound(t *testing.T) {
	f, s, kowalski, ada, ida := onRound(t)
	s.Press("g").Sees("NEURO CHECK  KOWALSKI, Piotr")
	keys(s, answered).Wait(time.Second).Sees("ROUND  1 of 3 done   next: 1A, LATE 7m", "Saved 16:07: KOWALSKI, Piotr  MRN 0041198  ICE 10",
		"(ctrl+z undo)", "NEXT   OKAFOR, Ada   born 14 Mar 1961   MRN 0042317   bed 1A", "then: 1B 16:20; beds that fall due are added")
	s.Press("5").Sees("ROUND  1 of 2 done   next: 1B, in 1", "then: 1A LATE 7m")
	s.Press("enter").Sees("NEURO CHECK  OKAFOR, Ida")
	keys(s, answered).Wait(time.Second).Sees("ROUND  2 of 2 done   next: 1A, LATE", "NEXT   OKAFOR, Ada") // it comes back
	s.Press("5").Sees("ROUND  2 of 2 done, left for later: 1A", "The round is over")
	s.Press("enter").Sees("4 on the ward", "Round: 2 of 2 done, left for later: 1A")
	for _, p := range []ward.Patient{kowalski, ida} {
		if c := f.chart(p).Last(); c.Recorded.By != desktest.Maria {
			t.Errorf("the last check of %s is by %s", p.Name, c.Recorded.By)
		}
	}
	if c := f.chart(ada).Last(); c.Recorded.By == desktest.Maria {
		t.Error("a check of Ada was recorded")
	}
}

// Asleep, refused and off the unit open the save question at once; 0 leads to the form
// with that answer.
func TestRoundWithoutAnExamination(t *testing.T) {
	for key, code := range map[string]string{"2": "asleep", "3": "refused", "4": "off the unit"} {
		f, s, kowalski, _, _ := onRound(t)
		keys(s, "g esc").Wait(time.Second).Sees("ROUND  0 of 3 done   next: 4B, LATE 26m")
		s.Press(key).Sees("SAVE this check?   KOWALSKI, Piotr   born 2 Aug 1958   MRN 0041198", "ICE not done: "+code)
		s.Press("0").Sees("NEURO CHECK  KOWALSKI, Piotr")
		up(s).Sees("ROUND  0 of 3 done", "your unsaved check of 16:07 goes on")
		keys(s, key+" y").Wait(time.Second).Sees("ROUND  1 of 3 done", "Saved 16:07: KOWALSKI, Piotr")
		if c := f.chart(kowalski).Last(); c.Findings.Unable == 0 {
			t.Errorf("%s: %+v", code, c.Findings)
		}
	}
}

// A wristband begins the form of the next patient; that of another one leads to their
// screen, and their check counts in the round, too.
func TestRoundByWristband(t *testing.T) {
	_, s, _, _, _ := onRound(t)
	keys(s, "g esc").Wait(time.Second)
	s.Burst("0042371").Sees("PATIENT  OKAFOR, Ida")
	keys(s, "n "+answered).Wait(time.Second).Sees("ROUND  1 of 3 done   next: 4B", "Saved 16:07: OKAFOR, Ida")
	s.Burst("0041198").Sees("NEURO CHECK  KOWALSKI, Piotr", "wristband matches 16:07: KOWALSKI, Piotr").Burst("0042317").Sees("WRONG WRISTBAND: OKAFOR, Ada")
	s.Press("0").Sees("NEURO CHECK  KOWALSKI, Piotr")
	up(s).Burst("0049999").Sees("ROUND", "No patient with MRN 0049999 on this ward")
}

// ctrl+z on the card withdraws the last save, and the patient waits again.
func TestUndoInARound(t *testing.T) {
	f, s, kowalski, _, _ := onRound(t)
	keys(s, "g "+answered).Wait(time.Second).Sees("ROUND  1 of 3 done")
	keys(s, "ctrl+z 1").Wait(time.Second).Sees("ROUND  0 of 3 done   next: 4B, LATE", "Withdrawn: the check of 16:07").SeesNot("Saved 16:07")
	if c := f.chart(kowalski).Last(); c.Recorded.By == desktest.Maria {
		t.Error("the check counts")
	}
}

// The own draft goes before all, a bed that falls due is added, and the bed of which
// another person has a check open comes last.
func TestOrderOfARound(t *testing.T) {
	f, s, _, _, _ := onRound(t)
	other := enter(f.seat(), "tomasz")
	other.Burst("0041198").Press("n", "1").Wait(time.Second)
	keys(s.Tick(), "g").Sees("NEURO CHECK  OKAFOR, Ada").Press("1")
	up(s).Sees("ROUND  0 of 3 done   next: 1A", "your unsaved check of 16:07 goes on", "then: 1B 16:20, 4B ½ LATE 26m")
	keys(s, "5 5 5 5").Sees("next: 4B", "Tomasz Wójcik has a check open since 16:07")
	up(s).Press("g").Sees("NEURO CHECK  OKAFOR, Ada", "Your unsaved check of 16:07 is back")
	up(s).Sees("of 3 done").SeesNot("2A")
	s.Wait(2*time.Minute).Tick().Sees("of 4 done", "2A 16:38")
}

// Two people who begin a round at the same moment get different patients, and a form that
// is left without an answer hinders the other one no longer.
func TestTwoRoundsAtOnce(t *testing.T) {
	f, s, _, _, _ := onRound(t)
	other := enter(f.seat(), "tomasz")
	s.Press("g").Sees("NEURO CHECK  KOWALSKI, Piotr") // the other terminal has not looked since
	other.Press("g").Sees("NEURO CHECK  OKAFOR, Ada")
	up(other).Sees("ROUND", "next: 1A")
	up(s).Press("0")
	other.Wait(time.Second).Tick().Sees("next: 4B")
	list, err := f.log.OpenChecks(t.Context())
	f.ok(err)
	if len(list) != 0 {
		t.Errorf("open: %+v", list)
	}
}

// A round outlives a lock. After a crash of the program the draft is the first patient of
// the next round.
func TestRoundAfterALockAndACrash(t *testing.T) {
	f, s, _, _, _ := onRound(t)
	keys(s, "g "+answered).Wait(time.Second).Press("enter").Sees("NEURO CHECK  OKAFOR, Ada").Press("1", "0")
	s.Press("ctrl+l").Sees("LOCKED by Maria Santos").SeesNot("OKAFOR").Type(desktest.PIN).Press("enter").Wait(time.Second)
	s.Sees("NEURO CHECK  OKAFOR, Ada")
	up(s).Sees("ROUND  1 of 3 done   next: 1A")
	again := enter(f.seat(), "maria").Press("g").Sees("NEURO CHECK  OKAFOR, Ada", "Your unsaved check of")
	up(again).Sees("ROUND  0 of 2 done")
}

// A check by another person takes the patient out of the round.
func TestAnotherPersonChecksTheNextPatient(t *testing.T) {
	f, s, kowalski, _, _ := onRound(t)
	keys(s, "g esc").Wait(time.Second).Sees("next: 4B")
	f.seat().Record(kowalski, 0, desktest.Tomasz)
	s.Tick().Sees("ROUND  0 of 2 done   next: 1A, LATE 7m")
}

// The checklist of an urgent check lies over the card.
func TestUrgentCheckInARound(t *testing.T) {
	_, s, _, _, _ := onRound(t)
	keys(s, "g 0 0 0 0 0 0 0 0 2 0 0 0 z ctrl+s y").Wait(time.Second).Sees("SAVED  ‼ URGENT", "KOWALSKI, Piotr", "enter esc g  the round").SeesNot("esc board")
	s.Press("esc").Sees("ROUND  1 of 3 done   next: 1A", "Saved 16:07: KOWALSKI, Piotr")
}

// The line about a draft that was kept names the patient, and is gone once the terminal
// locks by itself.
func TestTheLockShowsNoLineOfTheScreenBefore(t *testing.T) {
	_, s, _, _, _ := onRound(t)
	s.Press("g", "1")
	up(s).Sees("Kept, not saved: your check of KOWALSKI, Piotr")
	s.Wait(time.Hour).Tick().Sees("LOCKED by Maria Santos").SeesNot("KOWALSKI")
}

// A form that a round has opened is not opened a second time by a command.
func TestOneFormOfAPatient(t *testing.T) {
	_, s, _, _, _ := onRound(t)
	s.Press("g", "1").Sees("NEURO CHECK  KOWALSKI, Piotr")
	s.Press(":").Type("check 4b").Press("enter").Sees("NEURO CHECK  KOWALSKI, Piotr", "▌ Month")
	up(s).Sees("ROUND  0 of 3 done")
}
