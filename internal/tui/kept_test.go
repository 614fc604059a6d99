package tui

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// C18: no key leads from a locked screen to a shell, and the PIN of the person who locked it
// shows the work again.
func TestNothingLeavesALockedScreen(t *testing.T) {
	s := sitAtAll(t, desktest.Ward(t), desktest.NewClock())
	s.Ada()
	enter(s, "maria").Press("n", "1", "c").Type("sleepy since lunch").Press("ctrl+l").Sees("LOCKED by Maria Santos")
	for _, key := range []string{
		"ctrl+c", "ctrl+d", "ctrl+z", "ctrl+q", "ctrl+w", "ctrl+x", "ctrl+\\", "ctrl+]", "ctrl+[", "ctrl+^", "ctrl+@", "q", "Q", "!", ":", "f1", "f10", "esc",
		"enter", "0", "1", "y", "up", "down", "tab", "shift+tab", "backspace", "delete", "alt+f4", "ctrl+c",
	} {
		if s.Wait(time.Second).Press(key).SeesNot("sleepy since lunch", "OKAFOR"); s.Quit {
			t.Fatalf("%s ended the program", key)
		}
	}
	command(s, "q")
	if s.Quit {
		t.Fatal(":q ended the program")
	}
	s.Press("esc").Wait(time.Minute)
	enter(s, "maria").Sees("sleepy since lunch")
}

// B14, C18: each form that was typed into and not saved is back after kill -9. A seat that
// makes no further move is the program that was killed.
func TestFormsSurviveAKill(t *testing.T) {
	for _, c := range []struct {
		form, who string
		open      []string // from the board with the selected patient
		text      string
		kind      string
		back      []string // keys that open the form again; those of open if nil
	}{
		{"reported symptom", "maria", []string{"s", "1", "enter"}, "very quiet", "1 report", []string{"s"}},
		{"intervention", "maria", []string{"i", "2", "enter"}, "8 mg iv", "1 intervention", []string{"i"}},
		{"check interval", "nair", []string{"t", "1", "6", "h", "enter"}, "worried", "1 interval", []string{"t"}},
		{"comment", "maria", []string{"c"}, "neurology at 18", "1 comment", nil},
		{"closing note", "nair", []string{"x"}, "seen, stable", "1 closing note", nil},
		{"details", "maria", []string{"e", "down"}, "-Smith", "1 edit", []string{"e"}},
		{"admission", "maria", []string{"p", "4", "enter"}, "0099887", "1 admission", nil},
		{"reason of an edit", "maria", []string{"e", "up", "up", "up", "up", "up", "ctrl+u", "9", "1", "ctrl+s"}, "wristband misread", "1 edit", []string{"e", "ctrl+s"}},
		{"time of a discharge", "maria", []string{"d", "t"}, "15:0", "1 discharge", []string{"d"}},
		{"time of a discharge that was read", "maria", []string{"d", "t", "1", "5", ":", "3", "0", "enter", "t"}, "15:30", "1 discharge", []string{"d", "t"}},
		{"undoing a discharge", "maria", []string{"d", "1", "1", "p", "2", "3"}, "went for a scan", "1 undo reason",
			[]string{"p", "o", "k", "a", "f", "o", "r", "enter", "2", "3"}},
		{"check", "maria", []string{"n", "1", "c"}, "sleepy since lunch", "1 check", []string{"n"}},
		{"correction", "maria", []string{"enter", "r", "c"}, "sleepy since lunch", "1 correction", []string{"enter", "r"}},
		{"cause", "nair", []string{"o", "1"}, "propofol since noon", "1 cause", []string{"o"}},
		{"paper sheet", "maria", []string{"b"}, "13:30", "1 paper sheet", nil},
		{"staff name", "lin", []string{":", "s", "t", "a", "f", "f", "enter", "enter", "4"}, "Jo Field", "1 staff name", nil},
	} {
		t.Run(c.form, func(t *testing.T) {
			log, clock := desktest.Ward(t), desktest.NewClock()
			s := sitAtAll(t, log, clock)
			s.Record(s.Ada(), 20*time.Minute, desktest.Maria, "ice_city=0", "speech=mild")
			enter(s, c.who).Press(c.open...).Type(c.text).Sees(c.text)

			again := sitAtAll(t, log, clock)
			again.Sees(c.kind + " not saved yet")
			if enter(again, c.who); c.kind == "1 check" || c.kind == "1 paper sheet" {
				again.Sees("½") // the board has it in the row of the patient
			} else {
				again.Sees(c.kind + " not saved yet").SeesNot("½")
			}
			if c.back == nil {
				c.back = c.open
			}
			again.Press(c.back...).Sees(c.text)

			// The question of ctrl+c names it, and a lock keeps it as well.
			again.Press("ctrl+c").Sees("Unsaved: ").Press("0").Wait(time.Second)
			again.Press("ctrl+l").SeesNot(c.text).Sees(keptWords(c.kind))
			again.Type(desktest.PIN).Press("enter").Wait(time.Second).Sees(c.text)
		})
	}
}

// keptWords are the words of a locked screen about work of one kind.
func keptWords(kind string) string {
	if kind == "1 check" {
		return "1 unsaved check is kept."
	}
	return "Kept, not saved: " + kind
}

// A text for a follow-up that another person closed meanwhile is shown and may be discarded.
// Then it is not counted as unsaved any more, also after a restart.
func TestATextForAClosedFollowUp(t *testing.T) {
	for form, c := range map[string]struct{ who, key, kind string }{
		"comment":      {"maria", "c", "1 comment"},
		"closing note": {"nair", "x", "1 closing note"},
	} {
		t.Run(form, func(t *testing.T) {
			log, clock := desktest.Ward(t), desktest.NewClock()
			s := sitAtAll(t, log, clock)
			p := s.Ada()
			saved := s.Record(p, 20*time.Minute, desktest.Maria, "ice_city=0", "speech=mild")
			enter(s, c.who).Press(c.key).Type("neurology at 18").Press("esc")
			if err := log.Acknowledge(t.Context(), ward.Sign(desktest.Tunde, clock.Time()), saved.FollowUp.ID); err != nil {
				t.Fatal(err)
			}
			if err := log.CloseFollowUp(t.Context(), ward.Sign(desktest.Tunde, clock.Time()), saved.FollowUp.ID, ward.Resolved, "seen", true); err != nil {
				t.Fatal(err)
			}
			s.Tick()
			command(s, "unsaved").Press("1", "1").Sees("No follow-up is open", "not saved before it was closed: neurology at 18", "1 discard the text")
			s.Press("0")
			command(s, "unsaved").Press("1").Sees("neurology at 18").Press("1", "1").Sees("the text is discarded")
			command(s, "unsaved").Sees("nothing of yours is unsaved")
			enter(sitAtAll(t, log, clock), c.who).SeesNot("not saved yet")
		})
	}
}

// Unsaved work is found without its patient: the discharge was recorded at another
// terminal, so that the question about it does not open any more.
func TestUnsavedWorkIsListed(t *testing.T) {
	log, clock := desktest.Ward(t), desktest.NewClock()
	s := sitAtAll(t, log, clock)
	p := s.Ada()
	enter(s, "maria").Press("d", "t").Type("15:3")
	if _, err := log.Discharge(t.Context(), ward.Sign(desktest.Nair, clock.Time()), p.ID, clock.Time(), "home"); err != nil {
		t.Fatal(err)
	}
	again := enter(sitAtAll(t, log, clock), "maria").Sees("1 discharge not saved yet; :unsaved lists them")
	again.Press("c").Sees("the list is empty")
	command(again, "unsaved").Sees("NOT SAVED YET by Maria Santos", "1 discharge, a patient who left the board, since 16:07").Golden("unsaved")
	again.Press("1").Sees("1 open it", "2 discard it").Press("1").Sees("The patient is not on the ward.").Press("0")
	command(again, "unsaved").Press("1", "2").Sees("discarded: discharge")
	command(again, "unsaved").Sees("nothing of yours is unsaved")
	enter(sitAtAll(t, log, clock), "maria").SeesNot("not saved yet")
}

// The withdrawal of an event that was left is found by its event.
func TestAWithdrawalOfAnEventIsOpenedAgain(t *testing.T) {
	log, clock := desktest.Ward(t), desktest.NewClock()
	s := sitAtAll(t, log, clock)
	ada := s.Ada()
	for i, kind := range []string{"imaging", "eeg"} {
		done := ward.Intervention{PatientID: ada.ID, Kind: kind, DoneAt: clock.Time().Add(time.Duration(i-9) * time.Minute)}
		if err := log.PutIntervention(t.Context(), ward.Sign(desktest.Maria, clock.Time()), done); err != nil {
			t.Fatal(err)
		}
	}
	command(enter(s, "maria"), "events 1A").Press("down", "w").Wait(time.Second)
	s.Sees("imaging, recorded by").Press("4").Type("wrong arm").Press("esc", "esc")
	again := enter(sitAtAll(t, log, clock), "maria")
	command(again, "unsaved").Press("1").Wait(time.Second).Press("1").SeesNot("there is no such check").Sees("w brings the text back")
	again.Wait(time.Second).Press("w").Wait(time.Second).Sees("imaging, recorded by", "wrong arm")
}

func command(s *desktest.Seat, name string) *desktest.Seat {
	return s.Wait(time.Second).Press(":").Type(name).Press("enter").Wait(time.Second)
}

// A time of a discharge that was left on purpose does not come back.
func TestADischargeThatWasLeft(t *testing.T) {
	log, clock := desktest.Ward(t), desktest.NewClock()
	s := sitAtAll(t, log, clock)
	s.Ada()
	enter(s, "maria").Press("d", "t").Type("15:30").Press("enter").Sees("15:30").Press("0", "d").Sees("now, 16:07").SeesNot("15:30")
	enter(sitAtAll(t, log, clock), "maria").SeesNot("not saved yet")
}

// A check that is not saved is unsaved work also while its form is closed: at the question of
// ctrl+c, in the list, and behind the lock of another person.
func TestAClosedCheckIsUnsaved(t *testing.T) {
	s := sitAtAll(t, desktest.Ward(t), desktest.NewClock())
	s.Ada()
	enter(s, "maria")
	command(s, "unsaved").Sees("nothing of yours is unsaved here")
	s.Press("ctrl+c").Sees("Nothing is unsaved.").Press("0", "n").Wait(time.Second).Press("1", "esc", "ctrl+c")
	s.Wait(time.Second).Sees("Quit neurocheck, Maria Santos?", "Unsaved: check of OKAFOR, Ada. It is kept, not saved.").SeesNot("Nothing is unsaved").Press("0")
	command(s, "unsaved").Sees("1 check of yours not saved: 1A, which n opens; nothing else is unsaved")
	command(s.Press("i").Type("dex").Press("esc"), "unsaved").Sees("1 intervention, OKAFOR, Ada", "1 check of yours not saved: 1A, which n opens.").Press("0")
	s.Press("ctrl+l", "esc")
	enter(s, "nair").Press("ctrl+c").Sees("Nothing is unsaved.", "Maria Santos, unsaved: intervention, OKAFOR, Ada; check of")
}

// The check of a patient who left meanwhile is found again, opened or discarded: no row of the
// board marks it.
func TestTheUnsavedCheckOfAPatientWhoLeft(t *testing.T) {
	log, clock := desktest.Ward(t), desktest.NewClock()
	s := sitAtAll(t, log, clock)
	p := s.Ada()
	enter(s, "maria").Press("n").Wait(time.Second).Press("1", "esc").Wait(time.Second)
	if _, err := log.Discharge(t.Context(), ward.Sign(desktest.Nair, clock.Time()), p.ID, clock.Time(), "home"); err != nil {
		t.Fatal(err)
	}
	s.Tick()
	for _, s := range []*desktest.Seat{s, enter(sitAtAll(t, log, clock), "maria").Wait(time.Second)} {
		s.Press("ctrl+c").Sees("Unsaved: check of a patient who left the board.").Press("0")
		command(s, "unsaved").Sees("1 check, a patient who left the board, since 16:07").Press("1", "1").Wait(time.Second)
		s.Sees("NEURO CHECK  OKAFOR, Ada", "Your unsaved check of 16:07 is back").Press("esc").Wait(time.Second)
	}
	command(s, "unsaved").Press("1", "2").Sees("discarded: check, a patient who left the board").Wait(time.Second)
	command(s, "unsaved").Sees("nothing of yours is unsaved here")
	enter(sitAtAll(t, log, clock), "maria").Press("ctrl+c").Sees("Nothing is unsaved.")
}

// At the first sign-in of a program ctrl+c asks as everywhere.
func TestQuitAsksAtTheSignIn(t *testing.T) {
	s := sitAtAll(t, desktest.Ward(t), desktest.NewClock())
	s.Press("ctrl+c").Sees("Quit neurocheck?", "Nothing is unsaved.", "1 y quit")
	if s.Press("0"); s.Quit {
		t.Fatal("ended without an answer")
	}
	enter(s, "maria").Sees("on the ward").Press("ctrl+l", "ctrl+c").Sees("ctrl+c does nothing on a locked screen")

	s = sitAtAll(t, desktest.Ward(t), desktest.NewClock())
	if s.Press("ctrl+c", "1"); !s.Quit {
		t.Error("did not end")
	}
}

// The enter of "4 enter" does not skip the line of the MRN where 4 alone opened the form.
func TestTheMRNLineIsNotSkipped(t *testing.T) {
	for _, open := range []string{"4 enter", "enter 4 enter"} {
		s := sitAtAll(t, desktest.Ward(t), desktest.NewClock())
		keys(enter(s, "maria"), "p "+open)
		if line := s.Line("MRN"); !strings.HasPrefix(line, "▌") {
			t.Errorf("%s: %s", open, line)
		}
		s.Press("enter").Sees("type or scan the MRN").Press("down").Sees("▌ Name")
	}
}

// The question of ctrl+c names the unsaved work of a form that is closed.
func TestQuitNamesClosedForms(t *testing.T) {
	s := sitAtAll(t, desktest.Ward(t), desktest.NewClock())
	s.Record(s.Ada(), 20*time.Minute, desktest.Maria, "ice_city=0", "speech=mild")
	enter(s, "maria").Press("c").Type("neurology at 18").Sees("neurology at 18").Press("ctrl+c").Sees("Unsaved: comment on the follow-up of OKAFOR, Ada. It").Press("0")
	s.Wait(time.Second).Press("esc", "ctrl+c").Sees("Unsaved: comment, OKAFOR, Ada. It is kept, not saved.")
}

// The text of each dialog over the form of a check is back after kill -9, with the dialog
// and the selected line, and others see that the check is open.
func TestDialogsOfTheCheckFormSurviveAKill(t *testing.T) {
	for _, c := range []struct {
		dialog, who string
		open        string // from the board with the selected patient
		text        string
		back        string // keys that open the form again
		sees        []string
		draft       string // at the sign-in
	}{
		{"comment", "maria", "n 1 c", "sleepy since lunch", "n", []string{"Comment   OKAFOR, Ada", "sleepy since lunch▌"}, "1 check"},
		{"time", "maria", "n 1 t", "15", "n", []string{"When was the patient examined?", "15▌"}, "1 check"},
		{"cause", "nair", "n u 3 2 o 2 2 enter", "propofol since 14:1", "n", []string{"Another cause?   OKAFOR, Ada", "other cause   does not count", "Which cause? (needed)  propofol since 14:1▌"}, "1 check"},
		{"other reason", "maria", "n u 8 c", "at the dentist", "n", []string{"at the dentist▌", "Not done"}, "1 check"},
		{"question why", "maria", "n 1 u", "", "n", []string{"Why was ICE not done?"}, "1 check"},
		{"comment of a correction", "maria", "enter r c", "sleepy", "enter r", []string{"CORRECTION of 15:47", "Comment   OKAFOR, Ada", "sleepy▌"}, "1 correction"},
		{"time of a correction", "maria", "enter r t", "1520", "enter r", []string{"CORRECTION of 15:47", "1520▌"}, "1 correction"},
	} {
		t.Run(c.dialog, func(t *testing.T) {
			log, clock := desktest.Ward(t), desktest.NewClock()
			s := sitAtAll(t, log, clock)
			s.Record(s.Ada(), 20*time.Minute, desktest.Maria, "ice_city=0")
			keys(enter(s, c.who), c.open).Wait(time.Second)
			if c.text != "" {
				s.Type(c.text)
			}
			s.Sees(c.sees...)

			again := sitAtAll(t, log, clock)
			again.Sees(c.draft + " not saved yet")
			keys(enter(again, c.who), c.back).Wait(time.Second).Sees(c.sees...)
			if c.draft == "1 correction" {
				return
			}
			other := enter(sitAtAll(t, log, clock), "tomasz").Sees("½")
			other.Press("n").Wait(time.Second).Sees(" has a check open since 16:07")
		})
	}
}

// :discard discards unsaved work of any kind about the selected patient, and asks which if
// there is more than one. It is gone after a restart, too.
func TestDiscardOfAnyForm(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	s.Record(s.Ada(), 20*time.Minute, desktest.Maria, "ice_city=0", "speech=mild")
	enter(s, "maria").Press("c").Type("neurology at 18").Press("esc")
	command(s, "discard").Sees("OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "DISCARD your unsaved comment of 16:07? Nothing of it stays.").Press("0")
	s.Wait(time.Second).Press("n").Wait(time.Second).Press("1", "esc")
	command(s, "discard").Sees("DISCARD which of your unsaved work?", "1 comment of 16:07    2 check of 16:07    0 back")
	s.Press("1").Wait(time.Second).Sees("Discarded: the unsaved comment of 16:07, OKAFOR, Ada", "½")
	enter(f.seat().Sees("1 check not saved yet"), "maria").SeesNot("comment")

	s.Press("n").Wait(time.Second).Sees("is back")
	command(s, "discard").Sees("DISCARD your unsaved check of 16:07? It has 1 answer.").Press("1")
	s.Wait(time.Second).Sees("Discarded: the unsaved check of 16:07, OKAFOR, Ada").SeesNot("½")
	command(s, "discard").Sees("nothing of yours about OKAFOR, Ada is unsaved")
	enter(f.seat().SeesNot("not saved yet"), "maria").SeesNot("½")
}
