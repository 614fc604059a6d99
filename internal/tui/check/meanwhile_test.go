package check

import (
	"testing"
	"time"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// rename gives a patient another name, at another terminal.
func rename(t *testing.T, s *desktest.Seat, p ward.Patient, name string) {
	t.Helper()
	p.Name = name
	if _, err := s.Log.EditPatient(t.Context(), ward.Sign(desktest.Tomasz, s.Now()), p); err != nil {
		t.Fatal(err)
	}
}

// discharged ends the stay of a patient, at another terminal.
func discharged(t *testing.T, s *desktest.Seat, p ward.Patient) {
	t.Helper()
	if _, err := s.Log.Discharge(t.Context(), ward.Sign(desktest.Tomasz, s.Now()), p.ID, s.Now(), "home"); err != nil {
		t.Fatal(err)
	}
}

// The form, its dialogs and its question say that the patient left meanwhile, and name the
// patient as now. The check that is saved is the one that the question shows.
func TestTheFormFollowsThePatient(t *testing.T) {
	for _, keys := range [][]string{nil, {"c"}, {"t"}, {"u"}, {"o"}, {"ctrl+s"}} {
		s, ada := atTheForm(t)
		s.Press("1").Press(keys...)
		rename(t, s, ada, "OKAFOR-SMITH, Ada")
		s.Wait(time.Minute).Tick().Sees("NEURO CHECK  OKAFOR-SMITH, Ada").SeesNot("OKAFOR, Ada")
		discharged(t, s, ada)
		s.Wait(time.Minute).Tick().Sees("left 16:08, home, Tomasz Wójcik", " the patient left 16:08, home").SeesNot("bed 1A")
	}
	s, ada := atTheForm(t)
	s.Press("1", "ctrl+s")
	rename(t, s, ada, "OKAFOR-SMITH, Ada")
	s.Wait(time.Minute).Tick().Sees("SAVE this check?   OKAFOR-SMITH, Ada", desk.ChangedMeanwhile)
	discharged(t, s, ada)
	s.Wait(time.Minute).Tick().Wait(time.Second).Press("1").Sees("Saved")
	if list := chartOf(t, s, ada).Checks; len(list) != 1 {
		t.Errorf("%d checks", len(list))
	}
}

// A check is withdrawn by one person: the question of another one ends, and an answer that
// comes in the same moment does not claim the act.
func TestWithdrawnByAnother(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	check := s.Record(ada, time.Hour, desktest.Maria).Check
	at := desk.CheckSubject(ada.ID, check.ID)
	s.SignIn(desktest.Maria).Go(desk.Withdraw, at)
	other := s.Another().SignIn(desktest.Tomasz).Go(desk.Withdraw, at)
	other.Wait(time.Second).Press("3").Sees("Withdrawn: the check of 15:07")
	s.Wait(time.Second).Press("3").Sees("NOT WITHDRAWN: somebody changed this meanwhile; look again").SeesNot("Withdrawn: ")

	check = s.Record(ada, 30*time.Minute, desktest.Maria).Check
	at = desk.CheckSubject(ada.ID, check.ID)
	s.Go(desk.Withdraw, at).Sees("WITHDRAW the check")
	rename(t, s, ada, "OKAFOR-SMITH, Ada")
	s.Tick().Sees("OKAFOR-SMITH, Ada   born", desk.ChangedMeanwhile)
	other.Go(desk.Withdraw, at).Wait(time.Second).Press("3").Sees("Withdrawn: the check of 15:37")
	s.Tick().Sees("this check is withdrawn already: 16:07, Tomasz Wójcik").SeesNot("WITHDRAW the check")
}

// The question of a move follows both patients.
func TestTheMoveFollowsThePatients(t *testing.T) {
	s := desktest.New(t, Screens())
	ada, ida := s.Ada(), s.Ida()
	check := s.Record(ada, time.Hour, desktest.Maria).Check
	at := desk.CheckSubject(ada.ID, check.ID)
	s.SignIn(desktest.Maria).Go(desk.MoveCheck, at).Type("ida").Press("enter").Sees("to    OKAFOR, Ida")
	rename(t, s, ida, "OKAFOR-BELL, Ida")
	s.Wait(time.Minute).Tick().Sees("to    OKAFOR-BELL, Ida", desk.ChangedMeanwhile)
	rename(t, s, ada, "OKAFOR-SMITH, Ada")
	s.Wait(time.Minute).Tick().Sees("from  OKAFOR-SMITH, Ada", desk.ChangedMeanwhile)
	other := s.Another().SignIn(desktest.Tomasz).Go(desk.Withdraw, at)
	other.Wait(time.Second).Press("3").Sees("Withdrawn")
	s.Tick().Sees("this check is withdrawn already", "Tomasz Wójcik").SeesNot("MOVE the check")
}

// A correction goes on from the version that another terminal made meanwhile: the answers
// changed here stay, and those of the other person are not taken back. A check that is
// withdrawn meanwhile has nothing to correct, and the form says so before the question.
func TestTheCorrectionFollowsTheCheck(t *testing.T) {
	begin := func(t *testing.T) (s, other *desktest.Seat, at string) {
		s = desktest.New(t, Screens())
		ada := s.Ada()
		at = desk.CheckSubject(ada.ID, s.Record(ada, time.Hour, desktest.Tomasz, "ice_city=0", "ice_year=0").Check.ID)
		s.SignIn(desktest.Maria).Go(desk.Correct, at)
		return s, s.Another().SignIn(desktest.Tomasz), at
	}
	correct := func(other *desktest.Seat, at string) {
		other.Go(desk.Correct, at)
		other.Press("down", "down", "1", "ctrl+s").Sees("City no → yes").Wait(time.Second).Press("1").Sees("EMPTY")
	}
	withdraw := func(other *desktest.Seat, at string) {
		other.Go(desk.Withdraw, at)
		other.Wait(time.Second).Press("3").Sees("Withdrawn: the check of 15:07")
	}
	t.Run("corrected in the form", func(t *testing.T) {
		s, other, at := begin(t)
		s.Press("1")
		correct(other, at)
		s.Tick().Sees("Tomasz Wójcik corrected this check at 16:07: look at each change again")
		line(t, s, "City", "yes")
		s.Press("ctrl+s").Sees("Year no → yes").SeesNot("City yes →", "City no →").Wait(time.Second).Press("1").Sees("EMPTY")
	})
	t.Run("corrected before the news", func(t *testing.T) {
		s, other, at := begin(t)
		s.Press("1")
		correct(other, at)
		s.Press("ctrl+s").Sees("Year no → yes").SeesNot("City yes →", "City no →").Wait(time.Second).Press("1").Sees("EMPTY")
	})
	t.Run("corrected under the question", func(t *testing.T) {
		s, other, at := begin(t)
		s.Press("1", "ctrl+s").Sees("Year no → yes")
		correct(other, at)
		s.Tick().Sees("Year no → yes").SeesNot("City no →", "City yes →").Wait(time.Second).Press("1").Sees("EMPTY")
	})
	t.Run("the same correction", func(t *testing.T) {
		s, other, at := begin(t)
		s.Press("down", "down", "1", "ctrl+s").Sees("City no → yes")
		correct(other, at)
		s.Tick().Sees("corrected this check at 16:07").SeesNot("Why?").Press("ctrl+s").Sees("nothing was changed")
	})
	t.Run("corrected under the comment", func(t *testing.T) {
		s, other, at := begin(t)
		s.Press("1", "c").Type("late").Sees("Comment")
		correct(other, at)
		s.Tick().Press("enter", "ctrl+s").Sees("Year no → yes", "Comment – → late").SeesNot("City no →", "City yes →").Wait(time.Second).Press("1").Sees("EMPTY")
	})
	t.Run("withdrawn", func(t *testing.T) {
		s, other, at := begin(t)
		s.Press("1", "ctrl+s").Sees("Year no → yes")
		withdraw(other, at)
		s.Tick().Sees("this check was withdrawn 16:07 by Tomasz Wójcik").SeesNot("Why?")
		s.Press("ctrl+s").Sees("this check was withdrawn 16:07 by Tomasz Wójcik").SeesNot("Why?")
	})
	t.Run("withdrawn before the news", func(t *testing.T) {
		s, other, at := begin(t)
		s.Press("1")
		withdraw(other, at)
		s.Press("ctrl+s").Sees("this check was withdrawn 16:07 by Tomasz Wójcik").SeesNot("Why?")
	})
	t.Run("kept", func(t *testing.T) {
		s, other, at := begin(t)
		s.Press("1", "esc").Wait(time.Second).Press("1").Sees("EMPTY")
		correct(other, at)
		s.Go(desk.Correct, at)
		s.Sees("This check was corrected meanwhile").Press("ctrl+s").Sees("Year no → yes").SeesNot("City no →", "City yes →")
	})
}
