package follow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/tui/follow"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// ice5 is an ICE of 5 with a moderate confusion.
var ice5 = []string{"ice_city=0", "ice_attention=0", "ice_naming=0", "confusion=moderate"}

// newWard returns a seat on a ward with Ada, urgent and over time; Bjørg, grade 1 and
// waiting; Piotr, accepted; and a report about Ida.
func newWard(t *testing.T) (*desktest.Seat, ward.Patient) {
	t.Helper()
	s := desktest.New(t, follow.Screens())
	ada, ida, piotr, bjorg := s.Ada(), s.Ida(), s.Kowalski(), s.Sorensen()
	s.Record(ada, 12*time.Hour, desktest.Maria, "ice_city=0")
	s.Record(ada, 5*time.Hour, desktest.Maria, "ice_city=0", "ice_attention=0")
	s.Record(ada, 22*time.Minute, desktest.Maria, ice5...)
	s.Record(bjorg, 4*time.Minute, desktest.Maria, "ice_city=0")
	s.Record(piotr, 3*time.Hour, desktest.Tomasz, "ice_city=0")
	ok(t, s.Log.Acknowledge(t.Context(), ward.Sign(desktest.Tunde, s.Now().Add(-2*time.Hour)), followUpOf(t, s, piotr).ID))
	at := s.Now().Add(-47 * time.Minute)
	ok(t, s.Log.PutReport(t.Context(), ward.Sign(desktest.Maria, at), ward.Report{PatientID: ida.ID, ToldAt: at, ToldBy: "caregiver", Words: "very quiet"}))
	return s, ada
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// followUpOf returns the last follow-up of a patient, open or closed.
func followUpOf(t *testing.T, s *desktest.Seat, p ward.Patient) *ward.FollowUp {
	t.Helper()
	chart, err := s.Log.Chart(t.Context(), p.ID)
	ok(t, err)
	if len(chart.FollowUps) == 0 {
		t.Fatal("no follow-up")
	}
	return &chart.FollowUps[len(chart.FollowUps)-1]
}

// order returns the family names of the rows, from the top.
func order(s *desktest.Seat) string {
	var names []string
	for line := range strings.SplitSeq(s.Screen(), "\n") {
		if _, rest, found := strings.Cut(line, "  "); found && strings.Contains(line, ", ") && !strings.HasPrefix(line, " OKAFOR") {
			for _, name := range []string{"OKAFOR, Ada", "OKAFOR, Ida", "KOWALSKI", "SØRENSEN"} {
				if strings.Contains(rest[:min(len(rest), 30)], name) {
					names = append(names, name)
				}
			}
		}
	}
	return strings.Join(names, "; ")
}

func TestFollowUpsAreListedWorstFirst(t *testing.T) {
	s, _ := newWard(t)
	s.SignIn(desktest.Nair).Go(desk.FollowUps, "")
	if got := order(s); got != "OKAFOR, Ada; SØRENSEN; OKAFOR, Ida; KOWALSKI" {
		t.Errorf("order: %s\n%s", got, s.Screen())
	}
	s.Sees("3 open   2 not accepted   1 report", " OKAFOR, Ada   born 14 Mar 1961   MRN 0042317   bed 1A   day +4",
		"raised 15:45, WAITS 7m", "joined: 04:07 ⚑ 1, 11:07 ⚑ 1, 15:45 ‼ 2", "checklist 0 of 13",
		"Last check 15:45 is flagged. No normal check since the first flag.", "every 1 h until 19:45, then every 2 h")
	s.Golden("followups")
	s.Press("left").Sees("11:07 ICE 8, ICANS 1 (score).")
}

// A wide window shows the checklist of the selected follow-up, with its ticks.
func TestTheChecklistBesideTheFollowUp(t *testing.T) {
	s, ada := newWard(t)
	f := followUpOf(t, s, ada)
	ok(t, s.Log.Tick(t.Context(), ward.Sign(desktest.Maria, s.Now()), f.ID, "neurology consult", true))
	ok(t, s.Log.NoteFollowUp(t.Context(), ward.Sign(desktest.Tunde, s.Now()), f.ID, "scan at 16:30"))
	s.SignIn(desktest.Nair).Go(desk.FollowUps, "").SeesNot("CHECKLIST", "neurology consult")
	s.Size(120, 36).Sees("CHECKLIST   1 of 13", "1 [ ] ", "2 [x] neurology consult", "16:07 Maria Santos", "13 [ ] repeat the check when", "due: 16:45", "↓ 2 more lines", "accepted 14:07 Dr Adeyemi")
	s.Golden("wide120")
	s.Size(200, 60).Sees("13 [ ] repeat the check when due: 16:45", "   comment 16:07 Dr Adeyemi: scan at 16:30").Golden("wide200")
	s.Press("down").Sees("CHECKLIST   0 of 9", "SØRENSEN, Bjørg   born").SeesNot("neurology consult", "scan at 16:30")
	s.Press("down").Sees("No follow-up is open: the report waits for a check (n).")
	s.Press("up", "up", "enter").Sees("CHECKLIST", "number (and enter) ticks").Press("1", "enter").Wait(time.Second).Press("esc").Wait(time.Second)
	s.Tick().Sees("CHECKLIST   2 of 13", "1 [x]")
	s.Press("enter", "1").Sees("enter unticks it").Press("esc").Wait(time.Second).Press("1", "enter").Wait(time.Second).Sees("1 [ ]").Press("1").Sees("enter ticks it")
}

// A long name in a wide script leaves the list and the checklist in their columns.
func TestWideNameInTheList(t *testing.T) {
	s := desktest.New(t, follow.Screens())
	name := "山田山田山田山田山田山田山田, 花子花子花子花子花子花子"
	p := s.Admit("3B", ward.Patient{MRN: "0038807", Name: name, BirthDate: ward.Date{Year: 1955, Month: 5, Day: 17}})
	s.Record(p, 4*time.Minute, desktest.Maria, "ice_city=0")
	s.SignIn(desktest.Nair).Go(desk.FollowUps, "")
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 60}} {
		s.Size(size[0], size[1]).Sees(name, "born 17 May 1955", "MRN 0038807").Golden(fmt.Sprint("name", size[0]))
	}
}

// B16: the letters mean the same under Caps Lock, and a second key accepts nothing else.
func TestCapsLockAcceptsOne(t *testing.T) {
	s, ada := newWard(t)
	s.SignIn(desktest.Maria).Go(desk.FollowUps, "").Press("A").Sees("Accept for OKAFOR, Ada   born 14 Mar 1961   MRN 0042317?")
	s.Press("A").Sees("a does nothing here; answers: 0, 1, n, y")
	s.Press("1")
	s.Sees("accepted 16:07: OKAFOR, Ada   MRN 0042317", "3 open   1 not accepted")
	if f := followUpOf(t, s, ada); !f.Acked.Done() || f.Acked.By != desktest.Maria {
		t.Errorf("%+v", f.Acked)
	}
	s.Press("A").Sees("accepted by Maria Santos at 16:07")
	s.Sees("3 open   1 not accepted")
}

// B1: another terminal accepts the follow-up; the selected one stays selected.
func TestTheSelectedRecordStays(t *testing.T) {
	s, ada := newWard(t)
	s.SignIn(desktest.Maria).Go(desk.FollowUps, "")
	other := s.Another().SignIn(desktest.Tomasz).Go(desk.FollowUps, "")
	other.Press("a", "1")
	s.Tick().Sees(" OKAFOR, Ada   born 14 Mar 1961")
	if line := s.Line("▌"); !strings.Contains(line, "OKAFOR, Ada") {
		t.Errorf("selected: %q", line)
	}
	s.Press("n")
	if to := s.LastOpened(); to.Screen != desk.Form || to.Subject != desk.Subject(ada.ID) {
		t.Errorf("%+v", to)
	}
}

// A question stays with the follow-up for which it opened.
func TestTwoAcceptAtOnce(t *testing.T) {
	s, _ := newWard(t)
	s.SignIn(desktest.Maria).Go(desk.FollowUps, "").Press("a")
	s.Another().SignIn(desktest.Tomasz).Go(desk.FollowUps, "").Press("a", "1")
	s.Tick().Sees("accepted by Tomasz Wójcik at 16:07", "urgent, peak 2, accepted 16:07 Tomasz Wójcik").SeesNot("not accepted: a accepts")
	s.Wait(time.Second).Press("1").Sees("1 does nothing now: accepted by Tomasz Wójcik at 16:07")
}

// The foot has all that the list has no room for: the person who accepted, and the checks with
// the state of the checklist.
func TestTheFootHasTheWholeState(t *testing.T) {
	s, ada := newWard(t)
	s.Record(ada, 20*time.Minute, desktest.Maria, "ice_city=0")
	s.Record(ada, 18*time.Minute, desktest.Maria, "ice_city=0")
	s.SignIn(desktest.Tomasz).Go(desk.FollowUps, "").SeesNot("\n accepted 16:07 T").Press("a", "1")
	s.Tick().Sees("accepted 16:07 Tomasz Wójc…", "\n accepted 16:07 Tomasz Wójcik", "15:49 ⚑ 1\n checklist 0 of 13",
		"opened 04:07, raised 15:45: grade 2, ").SeesNot("15:45: grade 1")
	s.Size(100, 30).Sees("accepted 16:07 Tomasz Wójcik").SeesNot("Wójc…", "\n accepted 16:07 T")
	s.Size(200, 60).SeesNot("Wójc…", "\n accepted 16:07 T")
	s.Size(120, 36).Sees("Wójc…", "\n accepted 16:07 Tomasz Wójcik")
}

// A question names the patient as another terminal has changed them meanwhile, and says that
// the patient left or that the follow-up was closed.
func TestAQuestionFollowsThePatient(t *testing.T) {
	for _, to := range []string{desk.Accept, desk.Close, desk.Comment} {
		s, ada := newWard(t)
		s.SignIn(desktest.Nair).Go(desk.FollowUps, "").Press("a", "1").Go(to, desk.Subject(ada.ID)).Sees("OKAFOR, Ada")
		sign := ward.Sign(desktest.Tunde, s.Now())
		now := ada
		now.Name = "OKAFOR-SMITH, Ada"
		if _, err := s.Log.EditPatient(t.Context(), sign, now); err != nil {
			t.Fatal(err)
		}
		s.Tick().Sees("OKAFOR-SMITH, Ada   born", desk.ChangedMeanwhile)
		if _, err := s.Log.Discharge(t.Context(), sign, ada.ID, s.Now(), "home"); err != nil {
			t.Fatal(err)
		}
		s.Tick().Sees("left 16:07, home")
		f := followUpOf(t, s, ada)
		if err := s.Log.CloseFollowUp(t.Context(), sign, f.ID, "resolved", "well", true); err != nil {
			t.Fatal(err)
		}
		s.Tick().Sees("it was closed meanwhile")
	}
}

// The question has keys of its own: it does not name the a of the screen under it, which
// does nothing there.
func TestTheQuestionNamesItsOwnKeys(t *testing.T) {
	s, ada := newWard(t)
	s.SignIn(desktest.Maria).Go(desk.Accept, desk.Subject(ada.ID)).Sees("NOT ACCEPTED, over time by 7m").SeesNot("a accept)")
	bjorg, _ := s.Desk.ByMRN("0039984")
	s.Press("esc").Go(desk.Accept, desk.Subject(bjorg.Patient.ID)).Sees("not accepted, accept within 55m").SeesNot("a accepts")
}

func TestAcceptTakesTwoKeys(t *testing.T) {
	s, ada := newWard(t)
	s.SignIn(desktest.Nair).Go(desk.FollowUps, "")
	keys := []string{"a", "1"}
	s.Press(keys...)
	if !followUpOf(t, s, ada).Acked.Done() {
		t.Fatal("not accepted")
	}
	t.Logf("accept: %d keys (%s), at most 2", len(keys), strings.Join(keys, " "))
}

func TestClosingAsResolvedAsksAgain(t *testing.T) {
	s, ada := newWard(t)
	s.SignIn(desktest.Nair).Go(desk.FollowUps, "").Press("x").Sees("x does nothing now: accept it first: a")
	s.Press("a", "1", "x").Type("seen, settled").Press("enter")
	s.Sees("CLOSE the follow-up of OKAFOR, Ada   born 14 Mar 1961   MRN 0042317?", "urgent, peak 2, open since 04:07", "1 ICANS confirmed")
	s.Golden("close")
	s.Press("3").Sees("STILL FLAGGED. The last check (15:45) is ICE 5, ICANS 2, urgent.", "It stays in the record that you were asked.")
	s.Golden("close-again")
	s.Press("0").Sees("seen, settled")
	s.Press("3", "1").Sees("closed: OKAFOR, Ada", "2 open")
	f := followUpOf(t, s, ada)
	if f.IsOpen() || f.Outcome != ward.Resolved || !f.Asked || f.Note != "seen, settled" {
		t.Errorf("%+v", f)
	}
	s.SeesNot("▌")
	s.Press("a").Sees("nothing is chosen")
}

// B14: esc keeps the note, and so does a save of another person.
func TestTheNoteOfAClosingIsKept(t *testing.T) {
	s, ada := newWard(t)
	s.SignIn(desktest.Nair).Go(desk.FollowUps, "").Press("a", "1", "x").Type("seen").Press("esc").Sees("the note is kept")
	s.Press("x").Sees("seen▌")
	other := s.Another().SignIn(desktest.Tunde).Go(desk.FollowUps, "")
	other.Go(desk.Close, desk.Subject(ada.ID)).Type("other").Press("enter", "1")
	s.Tick().Sees("Dr Adeyemi closed it at 16:07: ICANS confirmed. Your note is kept")
	s.Press("esc").Sees("the note is kept, not saved: :unsaved shows or discards it").SeesNot("x brings it back")
}

func TestNursesDoNotClose(t *testing.T) {
	s, _ := newWard(t)
	s.SignIn(desktest.Maria).Go(desk.FollowUps, "").Press("a", "1", "x").Sees("only a clinician may do this: Dr Nair, Dr Adeyemi")
}

func TestClosingAfterACorrection(t *testing.T) {
	s := desktest.New(t, follow.Screens())
	p := s.Kowalski()
	saved := s.Record(p, time.Hour, desktest.Maria, "ice_city=0")
	c := saved.Check
	c.Version, c.Reason, c.Status, c.Findings = 2, "wrong_value", ward.Corrected, desktest.Findings(t)
	_, err := s.Log.SaveCheck(t.Context(), ward.Sign(desktest.Maria, s.Now().Add(-time.Minute)), c)
	ok(t, err)
	s.SignIn(desktest.Nair).Go(desk.FollowUps, "").Sees("corrected: no flag now; close it?")
	s.Press("a", "1", "x").Sees("corrected: no flag now; close it?")
	nurse := s.Another().SignIn(desktest.Maria).Go(desk.FollowUps, "")
	nurse.Sees("corrected: no flag now; a clinician must close it")
}

func TestChecklistAfterASave(t *testing.T) {
	s, ada := newWard(t)
	s.Record(ada, 0, desktest.Maria, "consciousness=tactile")
	s.SignIn(desktest.Maria)
	s.Go(desk.FollowUps, "").GoTo(place(desk.Checklist, ada, desk.AfterSave))
	s.Sees("SAVED  ‼ URGENT   OKAFOR, Ada", "accept within 15 min", "born 14 Mar 1961   MRN 0042317   bed 1A   day +4",
		"Tell now: Dr Tunde Adeyemi (responsible)", "next check 17:07, every 1 h", " 1 [ ] see the patient now", "13 [ ] repeat the check when due: 17:07")
	s.Press("2").Sees(" 2 [x] neurology consult", "16:07 Maria Santos")
	s.Press("1").Sees("item 1▌").Press("enter").Sees(" 1 [x] see the patient now")
	s.Press("1", "3").Sees("13 [x] repeat")
	s.Golden("checklist-after-save")
	s.Press("2").Sees(" 2 [ ] neurology consult")
	s.Press("1", "9").Sees("there is no item 19: 1 to 13")
	s.Press("a").Sees("Accept for OKAFOR, Ada").Press("1").Sees("accepted 16:07 Maria Santos", "SAVED")
	s.Press("esc")
	if to := s.LastOpened(); to != place(desk.Board, ada, "") {
		t.Errorf("%+v", to)
	}
}

func TestChecklistAndComment(t *testing.T) {
	s, ada := newWard(t)
	s.SignIn(desktest.Nair).Go(desk.FollowUps, "").Press("enter").Sees("CHECKLIST  ‼ urgent, peak 2   OKAFOR, Ada")
	s.Press("2", "esc").Sees("checklist 1 of 13")
	s.Press("c").Type("family told").Press("esc", "c").Sees("family told▌").Press("enter", "1")
	s.Sees("comment 16:07 Dr Nair: family told")
	if f := followUpOf(t, s, ada); len(f.Notes) != 1 {
		t.Errorf("%+v", f.Notes)
	}
	s.Press("c").SeesNot("family told▌")
}

// A flag that fell is lower now, and the follow-up stays.
func TestALowerFlagKeepsTheFollowUp(t *testing.T) {
	s, ada := newWard(t)
	s.Record(ada, 0, desktest.Maria)
	s.SignIn(desktest.Maria).Go(desk.FollowUps, "").Sees("Last check normal 16:07")
	s.GoTo(place(desk.Checklist, ada, desk.AfterSave)).Sees("lower now; the urgent follow-up stays until a clinician closes it")
}

// A patient who was not examined is not lower: the check may be finished, and the grade as before.
func TestACheckThatWasNotDoneIsNotLower(t *testing.T) {
	s, ada := newWard(t)
	s.Record(ada, 0, desktest.Maria, "ice_year=", "ice_month=", "ice_city=", "ice_hospital=", "ice_naming=", "ice_command=", "ice_writing=", "ice_attention=", "unable=asleep", "seizure=")
	s.SignIn(desktest.Maria).GoTo(place(desk.Checklist, ada, desk.AfterSave))
	s.Sees("unfinished: please complete; the urgent follow-up stays").SeesNot("lower now")
}

func TestNoFollowUp(t *testing.T) {
	s := desktest.New(t, follow.Screens())
	p := s.Kowalski()
	s.SignIn(desktest.Nair).Go(desk.FollowUps, "").Sees("No follow-up is open")
	for _, screen := range []string{desk.Accept, desk.Close, desk.Checklist, desk.Comment} {
		s.Go(screen, desk.Subject(p.ID)).Sees("No follow-up is open: there is nothing to").Press("0")
	}
}

// A follow-up of a patient who left stays on the list, last.
func TestThoseWhoLeftComeLast(t *testing.T) {
	s, ada := newWard(t)
	_, err := s.Log.Discharge(t.Context(), ward.Sign(desktest.Maria, s.Now()), ada.ID, s.Now(), "home")
	ok(t, err)
	s.SignIn(desktest.Nair).Go(desk.FollowUps, "").Press("end").Sees("left 29 Nov; not accepted", "no check is due")
	if got := order(s); !strings.HasSuffix(got, "OKAFOR, Ada") {
		t.Errorf("order: %s", got)
	}
}

func place(screen string, p ward.Patient, detail string) kit.Place {
	return kit.Place{Screen: screen, Subject: desk.Subject(p.ID), Detail: detail}
}

// B14: a comment that cannot be saved stays, and esc keeps it.
func TestACommentThatIsNotSavedIsKept(t *testing.T) {
	s, _ := newWard(t)
	s.SignIn(desktest.Nair).Go(desk.FollowUps, "").Press("c").Type("family told").Press("enter")
	ok(t, s.Log.ChangeStaff(t.Context(), ward.Sign(desktest.Grace, s.Now()), desktest.Nair, ward.Clinician, false))
	s.Press("1").Sees("NOT SAVED", "family told").Wait(time.Second)
	s.Press("esc").Wait(time.Second)
	s.Press("c").Sees("family told▌")
}

// B3: a scanned wristband on the list leads to that patient, and a search finds without
// accents.
func TestScanAndSearch(t *testing.T) {
	s, ada := newWard(t)
	s.SignIn(desktest.Nair).Go(desk.FollowUps, "").Press("/").Type("sorensen").Sees("1 of 4", "SØRENSEN").SeesNot("KOWALSKI")
	s.Press("esc").Wait(time.Second)
	s.Burst("0042317")
	if to := s.LastOpened(); to != place(desk.Patient, ada, "") {
		t.Errorf("%+v", to)
	}
}

// A name of any length is never cut in a question or over a checklist.
func TestLongNamesAreWhole(t *testing.T) {
	const name = "WOJCIECHOWSKA-BRZĘCZYSZCZYKIEWICZ, Maria Magdalena Antonina Konstancja Bogumiła"
	s := desktest.New(t, follow.Screens())
	p := s.Admit("4C", ward.Patient{MRN: "0041111", Name: name})
	s.Record(p, time.Minute, desktest.Maria, "consciousness=tactile")
	whole := func() {
		t.Helper()
		if screen := strings.Join(strings.Fields(s.Screen()), " "); !strings.Contains(screen, name) || !strings.Contains(screen, "0041111") {
			t.Errorf("the name or the MRN is not whole:\n%s", s.Screen())
		}
	}
	s.SignIn(desktest.Nair).Go(desk.FollowUps, "")
	whole()
	s.Press("a")
	whole()
	s.Press("1", "enter")
	whole()
	s.GoTo(place(desk.Checklist, p, desk.AfterSave))
	whole()
	s.Sees("number (and enter) ticks", "13 [ ] repeat the check when due")
}
