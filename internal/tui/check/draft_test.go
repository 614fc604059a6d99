package check

import (
	"testing"
	"time"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// draftOf reports whether an author has a draft of a check of a patient.
func draftOf(t *testing.T, s *desktest.Seat, p ward.Patient, author string) bool {
	t.Helper()
	_, found, err := s.Log.DraftOf(t.Context(), p.ID, author)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// B14: the text of a dialog survives esc, a crash and the log's refusal.
func TestB14TextIsKept(t *testing.T) {
	s, ada := atTheForm(t)
	s.Press("1", "c").Type("sleepy since lunch").Press("esc").Sees("Comment")
	s.Press("c").Sees("sleepy since lunch").Type(", says the wife")

	again := s.Another().SignIn(desktest.Maria) // the first terminal died in the comment
	openForm(again, ada).Sees("Comment   OKAFOR, Ada", "sleepy since lunch, says the wife")
	again.Press("enter").Sees("Year            yes")

	third := s.Another().SignIn(desktest.Maria)
	again.Press("t").Type("15")
	openForm(third, ada).Sees("When was the patient examined?", "15▌")
}

// Drafts come back for their author, show to others, and are taken over knowingly.
func TestDraftIsTakenOver(t *testing.T) {
	s, ada := atTheForm(t)
	s.Press("1", "0", "-").Press("esc").Sees("Kept, not saved: your check of OKAFOR, Ada. n opens it again")
	openForm(s, ada).Sees("Your unsaved check of 16:07 is back")
	line(t, s, "City", "–")
	line(t, s, "Hospital", "▌")

	other := s.Another().SignIn(desktest.Tomasz)
	openForm(other, ada).Sees("Maria Santos has a check open since 16:07")
	blank(t, other, "Year")
	other.Press("end", "up", "up", "up", "up", "up", "enter").Sees("Maria Santos began a check at 16:07: 2 answers. Take it over?")
	other.Wait(time.Second).Press("1").Sees("Taken over from Maria Santos")
	line(t, other, "Month", "no")
	if !draftOf(t, s, ada, desktest.Maria) {
		t.Error("the draft of Maria is gone before the save")
	}
	other.Press("ctrl+s", "y").Sees("Saved")
	if draftOf(t, s, ada, desktest.Maria) {
		t.Error("the draft of Maria is left")
	}
	s.Tick().Sees("Tomasz Wójcik took over this check and saved it at 16:07")
	s.Press("1", "ctrl+s").Sees("MEANWHILE").Press("y").Sees("Saved")
	if n := len(chartOf(t, s, ada).Checks); n != 2 {
		t.Errorf("%d checks", n)
	}
}

// A form that is closed and opened again before the server has its last answers shows them.
func TestADraftThatIsOnItsWay(t *testing.T) {
	s, ada := atTheForm(t)
	s.Hold()
	s.Press("1", "0", "esc")
	if err := s.Log.DropDraft(t.Context(), ada.ID, desktest.Maria); err != nil { // as if it had not come yet
		t.Fatal(err)
	}
	openForm(s, ada)
	s.Release()
	s.Sees("Your unsaved check of 16:07 is back")
	line(t, s, "Year", "yes")
	line(t, s, "Month", "no")
	s.Press("ctrl+s", "y").Sees("Saved")
	openForm(s, ada).Sees("NEURO CHECK")
	blank(t, s, "Year")
}

// A check that goes on at a machine whose clock is behind keeps its answers, too.
func TestADraftOfAClockThatIsAhead(t *testing.T) {
	s, ada := atTheForm(t)
	s.Press("1")
	d, found, err := s.Log.DraftOf(t.Context(), ada.ID, desktest.Maria)
	if err != nil || !found {
		t.Fatal(found, err)
	}
	d.Revision += time.Minute.Milliseconds()
	if err := s.Log.KeepDraft(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	behind := s.Another().SignIn(desktest.Maria)
	openForm(behind, ada).Press("0")
	third := s.Another().SignIn(desktest.Maria)
	openForm(third, ada)
	line(t, third, "Year", "yes")
	line(t, third, "Month", "no")
}

func TestDiscard(t *testing.T) {
	s, ada := atTheForm(t)
	s.Press("1", "1")
	s.Go(desk.Discard, desk.Subject(ada.ID))
	s.Wait(time.Second).Sees("OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "DISCARD your unsaved check of 16:07? It has 2 answers.").Press("0").Sees("NEURO CHECK")
	s.Go(desk.Discard, desk.Subject(ada.ID))
	s.Wait(time.Second).Press("y").Sees("Discarded", "EMPTY")
	if draftOf(t, s, ada, desktest.Maria) {
		t.Error("the draft is left")
	}
}

// A correction that was left or cut off is back at any terminal, also on top of a newer
// version of the check.
func TestCorrectionIsKept(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	first := s.Record(ada, time.Hour, desktest.Tomasz, "ice_city=0", "ice_year=0")
	at := desk.CheckSubject(ada.ID, first.Check.ID)
	s.SignIn(desktest.Maria).Go(desk.Correct, at)
	s.Press("1", "esc").Sees("is not saved").Wait(time.Second).Press("1").Sees("EMPTY")
	again := s.Another().SignIn(desktest.Maria).Sees("1 correction not saved yet").Go(desk.Correct, at)
	again.Sees("Your unsaved correction of 16:07 is back").Press("ctrl+s").Sees("Year no → yes").Press("0")

	tomasz := s.Another().SignIn(desktest.Tomasz).Go(desk.Correct, at)
	tomasz.Press("down", "down", "1", "ctrl+s").Sees("Why?").Wait(time.Second).Press("1")
	third := s.Another().SignIn(desktest.Maria).Go(desk.Correct, at)
	third.Sees("This check was corrected meanwhile: look at each change").Press("ctrl+s").Sees("Year no → yes").Wait(time.Second).Press("1")
	s.Another().SignIn(desktest.Maria).SeesNot("not saved yet").Go(desk.Correct, at).SeesNot("is back")
}

// A correction whose answers were all changed back is none: nothing asks to keep it.
func TestACorrectionThatIsChangedBack(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	first := s.Record(ada, time.Hour, desktest.Tomasz, "ice_city=0", "ice_year=0")
	at := desk.CheckSubject(ada.ID, first.Check.ID)
	s.SignIn(desktest.Maria).Go(desk.Correct, at)
	s.Press("1", "up", "0", "esc").SeesNot("is not saved").Sees("EMPTY")
	s.Go(desk.Correct, at).SeesNot("is back").Press("1", "ctrl+z", "esc").SeesNot("is not saved").Sees("EMPTY")
	if kept := s.Desk.KeptForms(); len(kept) > 0 {
		t.Errorf("%+v is unsaved", kept)
	}
	s.Go(desk.Correct, at).Press("1", "up", "0", "down", "1", "esc").Sees("is not saved")
}
