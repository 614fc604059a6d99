package check

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// atTheForm returns a seat with the form of Ada open, and Ida on the ward.
func atTheForm(t *testing.T) (*desktest.Seat, ward.Patient) {
	t.Helper()
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.Ida()
	s.SignIn(desktest.Maria)
	return openForm(s, ada), ada
}

func chartOf(t *testing.T, s *desktest.Seat, p ward.Patient) ward.Chart {
	t.Helper()
	chart, err := s.Log.Chart(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	return chart
}

// line fails the test if the line of the form with a label lacks a text.
func line(t *testing.T, s *desktest.Seat, label, text string) {
	t.Helper()
	if !strings.Contains(s.Line(label), text) {
		t.Errorf("the line %s lacks %q:\n%s", label, text, s.Screen())
	}
}

func blank(t *testing.T, s *desktest.Seat, labels ...string) {
	t.Helper()
	for _, label := range labels {
		if l := s.Line(label); !strings.HasPrefix(strings.TrimLeft(l, " ▌"), label+"  ") || strings.TrimSpace(cellOf(l, label)) != "" {
			t.Errorf("the line %s is not blank:\n%s", label, s.Screen())
		}
	}
}

// cellOf returns the value of a line of the left column.
func cellOf(l, label string) string {
	_, rest, _ := strings.Cut(l, label)
	r := []rune(rest)
	return string(r[:min(len(r), 27-len([]rune(label)))])
}

var normal = strings.Split("1 1 1 1 3 1 1 1 0 0 0 0 z enter", " ")

// A whole check is sixteen keys from the board: n, the fourteen here, and y.
func TestKeyCounts(t *testing.T) {
	s, ada := atTheForm(t)
	s.Press(normal...).Sees("SAVE this check?   OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "ICE 10 of 10   ICANS 0", "normal check: no flag", "1 y save    0 n back to the form")
	s.Press("y").Sees("Saved 16:07: OKAFOR, Ada  MRN 0042317  ICE 10  ICANS 0  normal check", "ctrl+z")
	count(t, "normal check", 1+len(normal)+1, 16)

	place, ok := s.Desk.Undo()
	if !ok || place.Detail != "undo" {
		t.Fatalf("no undo is offered: %v", place)
	}
	s.GoTo(place)
	s.Wait(time.Second).Sees("UNDO the save", "WITHDRAW the check of Sun 29 Nov 16:07?", "OKAFOR, Ada   born 14 Mar 1961   MRN 0042317")
	s.Press("y").Sees("Withdrawn: the check of 16:07, OKAFOR, Ada")
	count(t, "undo a save", 2, 4)
	if last := chartOf(t, s, ada); last.Last() != nil {
		t.Error("the check still counts")
	}

	openForm(s, ada).Press("u", "2").Sees("Next try in 1 h", "ICE not done: asleep")
	s.Press("ctrl+s", "y").Sees("Saved")
	count(t, "asleep", 1+4, 6)

	saved := s.Record(ada, 0, desktest.Maria, "speech=mild")
	s.Tick()
	keys := []string{"/", "s", "p", "enter", "2", "ctrl+s", "1"}
	s.Go(desk.Correct, desk.CheckSubject(ada.ID, saved.Check.ID))
	s.Wait(time.Second).Press(keys[:6]...).Sees("Speech mild → moderate", "grade 1 → ‼ URGENT")
	s.Press(keys[6]).Sees("Saved")
	count(t, "correct one item", 2+len(keys), 10)
	if c := chartOf(t, s, ada); c.Last().Version != 2 || c.Last().Reason != "wrong_value" || c.Last().Findings.Observed[icans.Speech] != icans.Moderate {
		t.Errorf("saved %+v", c.Last())
	}
}

func count(t *testing.T, act string, keys, most int) {
	t.Helper()
	fmt.Printf("keys: %-18s %2d of at most %d\n", act, keys, most)
	if keys > most {
		t.Errorf("%s takes %d keys, the limit is %d", act, keys, most)
	}
}

// The same with the keypad alone, and with capital letters.
func TestKeypadAndCapitals(t *testing.T) {
	s, ada := atTheForm(t)
	for _, k := range strings.Split("1 1 1 1 3 1 1 1 0 0 0 0", " ") {
		s.Press("kp" + k)
	}
	s.Press("kp*", "kpenter", "kp1").Sees("normal check")
	openForm(s, ada).Press("Y", "Y", "N", "kp+")
	line(t, s, "City", "no")
	if !strings.Contains(s.Line("City"), "▌") {
		t.Error("+ does not go back a line")
	}
	s.Press("kp-")
	line(t, s, "City", "–")
	s.Press("T").Sees("When was the patient examined?")
}

// B3: a wristband is no answer.
func TestB3Wristband(t *testing.T) {
	s, ada := atTheForm(t)
	s.Press("1").Burst("0042317").Sees("wristband matches 16:07")
	line(t, s, "Year", "yes")
	blank(t, s, "Month", "City", "Hospital", "Follows command")
	if !strings.Contains(s.Line("Month"), "▌") {
		t.Errorf("the selected line moved:\n%s", s.Screen())
	}
	s.Burst("0042371").Sees("WRONG WRISTBAND: OKAFOR, Ida 0042371.", "This form is for OKAFOR, Ada 0042317. Nothing was entered.", "0 stay")
	s.Press("0")
	blank(t, s, "Month", "City")
	s.Burst("111010").Sees("6 keys came at once (scan, paste?): not taken")
	blank(t, s, "Month", "City")
	s.Paste("1111").Sees("not taken")
	s.Press("1", "1", "1", "3", "up", "up", "up", "up").Burst("0042317") // the answers that it repeats are no moves
	if !strings.Contains(s.Line("Month"), "▌") {
		t.Errorf("the selected line moved:\n%s", s.Screen())
	}
	line(t, s, "Names 3 objects", "3")
	s.Burst("0042371").Press("1")
	if to := s.LastOpened(); to.Screen != desk.Patient {
		t.Errorf("went to %v", to)
	}
	if !draftOf(t, s, ada, desktest.Maria) {
		t.Error("the draft is gone")
	}
}

// In a text a wristband is no text either; other bursts are, with their line breaks.
func TestWristbandInAComment(t *testing.T) {
	s, _ := atTheForm(t)
	s.Press("1", "c").Type("tired ").Burst("0042317").Sees("wristband matches 16:07", "tired ▌")
	s.Burst("0042371").Sees("WRONG WRISTBAND: OKAFOR, Ida 0042371.").Press("0").Sees("Comment   OKAFOR, Ada")
	s.Paste("since noon\nsays her son").Press("enter", "c").Sees("tired since noon", "says her son▌")
	s.Paste(strings.Repeat("x", mostComment)).Sees("not taken: that would be 2,029 characters, and 2,000 are the limit").Sees("says her son▌")
	s.Press("esc", "t").Burst("0042317").Sees("wristband matches", "16:07▌")
}

// A wristband that was taken back is not kept either: neither in the comment nor in the
// time nor in the cause, on the record or after a kill.
func TestAWristbandIsNotKept(t *testing.T) {
	for _, band := range []string{"0042317", "0042371"} {
		for _, key := range []string{"c", "t"} {
			s, ada := atTheForm(t)
			s.Press("1", key).Burst(band).Wait(time.Second)
			if band == "0042371" {
				s.Press("0")
			}
			draft, found, err := s.Log.DraftOf(t.Context(), ada.ID, desktest.Maria)
			if err != nil || !found || strings.Contains(draft.Content, band) {
				t.Errorf("%s, %s: the draft is %q, %v, %v", key, band, draft.Content, found, err)
			}
			s.Press("esc", "ctrl+s").Sees("SAVE this check?").Press("y").Wait(time.Second)
			list := chartOf(t, s, ada).Checks
			if len(list) != 1 || list[0].Note != "" {
				t.Errorf("%s, %s: saved %+v", key, band, list)
			}
		}
	}
}

// B4: nothing is saved in a window that does not show it.
func TestB4SmallWindow(t *testing.T) {
	s, ada := atTheForm(t)
	s.Press("1").Size(70, 24)
	s.Sees("Make the window larger").Press("n", "n", "ctrl+s", "y")
	s.Size(80, 24)
	blank(t, s, "Month", "City")
	s.Press("ctrl+s").Size(70, 24)
	s.Press("y", "1").Size(80, 24)
	if c := chartOf(t, s, ada); c.Last() != nil {
		t.Error("a check was saved unseen")
	}
}

// B6: z sets the block from Confusion on, says so, and is one step to undo.
func TestB6RestNone(t *testing.T) {
	s, _ := atTheForm(t)
	s.Press("z").Sees("z does nothing now: it works from Confusion on")
	s.Press("down", "down", "down", "down", "down", "down", "down", "down", "down", "down", "down", "down", "z").Sees("9 set to none", "save: enter")
	blank(t, s, "Year", "Consciousness")
	line(t, s, "Tremor", "none")
	s.Press("backspace").Sees("undone: rest none")
	line(t, s, "Confusion", "▌")
	if strings.Contains(s.Screen(), "none") && strings.Contains(s.Line("Tremor"), "none") {
		t.Errorf("the answers of z are still there:\n%s", s.Screen())
	}
}

// z stops before a sign that was not none last time, and leaves CRS alone.
func TestRestNoneStops(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.Record(ada, 5*time.Hour, desktest.Tomasz, "speech=mild", "crs_grade=1")
	s.SignIn(desktest.Maria)
	openForm(s, ada).Press("/", "c", "o", "n", "f", "enter", "z").Sees("4 set to none; Speech was mild last time: answer it")
	line(t, s, "Speech", "▌")
	s.Press("1", "z").Sees("4 set to none", "save: enter")
}

// B7: a time that is not touched stays, and an hour that comes twice is the latest that
// is over.
func TestB7HourThatComesTwice(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.Jump(time.Date(2027, 10, 31, 0, 20, 30, 0, time.UTC)) // 01:20 BST, the first of two
	s.SignIn(desktest.Maria)
	openForm(s, ada).Press("t").Sees("01:20 BST")
	s.Press("enter", "1", "ctrl+s", "y")
	c := chartOf(t, s, ada)
	if at := c.Last().PerformedAt; !at.Equal(time.Date(2027, 10, 31, 0, 20, 30, 0, time.UTC)) {
		t.Errorf("performed %v", at)
	}
}

// B8: a time ahead of the clock is asked about and never taken as yesterday's.
func TestB8TimeAhead(t *testing.T) {
	s, ada := atTheForm(t)
	s.Press("1", "t").Type("1635").Press("enter").Sees("in the future, the clock says 16:07. Yesterday?")
	s.Press("0", "esc").Sees("Time now")
	s.Press("t", "ctrl+u").Type("28 Nov 0300").Press("enter").Sees("LATE ENTRY Sat 28 Nov 03:00")
	s.Press("ctrl+s").Sees("LATE ENTRY Sat 28 Nov 03:00, 1 d 13 h ago", "Please check:")
	s.Press("0", "t").Type("20 Nov 0300").Press("enter").Sees("is before admission, 27 Nov 2026 16:07")
	if c := chartOf(t, s, ada); c.Last() != nil {
		t.Error("something was saved")
	}
}

// B13: a comment of any length stays whole.
func TestB13LongComment(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	note := strings.Repeat("slow to answer, ", 150) + "end"
	check := ward.Check{ID: "long", Version: 1, PatientID: ada.ID, Status: ward.Recorded, PerformedAt: s.Now().Add(-time.Hour), Findings: desktest.Findings(t), Note: note}
	if _, err := s.Log.SaveCheck(t.Context(), ward.Sign(desktest.Maria, s.Now().Add(-time.Hour)), check); err != nil {
		t.Fatal(err)
	}
	s.SignIn(desktest.Maria)
	s.Go(desk.Correct, desk.CheckSubject(ada.ID, "long"))
	s.Wait(time.Second).Press("c", "enter", "1", "/", "s", "p", "enter", "1", "ctrl+s", "1").Sees("Saved")
	if c := chartOf(t, s, ada); c.Last().Note != note || c.Last().Version != 2 {
		t.Errorf("version %d, %d characters of %d", c.Last().Version, len(c.Last().Note), len(note))
	}
}

// B18: the record is read again before the question.
func TestB18Meanwhile(t *testing.T) {
	s, ada := atTheForm(t)
	s.Press("1", "1", "1", "1", "3", "1", "1", "1", "0", "0", "0", "0", "z")
	s.Wait(4 * time.Minute)
	other := s.Another().SignIn(desktest.Tomasz)
	other.Record(ada, time.Minute, desktest.Tomasz, "ice_attention=0", "ice_writing=0", "ice_command=0", "ice_year=0")
	s.Press("ctrl+s").Sees("MEANWHILE 16:10 Tomasz Wójcik recorded a check: ICE 6, ICANS 2.", "there is a check of 16:10 by Tomasz Wójcik: the same one?")
	s.Press("0").Sees("NEURO CHECK  OKAFOR, Ada")
	s.Tick().Press("ctrl+s", "1").Sees("Saved")
}

// The total is far from that of the check before, and the question says when that was.
func TestQuestionNamesTheDifference(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.Record(ada, 4*time.Hour, desktest.Tomasz, "ice_city=0")
	s.SignIn(desktest.Maria)
	openForm(s, ada).Press(strings.Split("0 0 0 0 3 1 1 0 0 0 0 0 z ctrl+s", " ")...)
	s.Sees("Please check: ICE is 5 now, it was 9 at 12:07 (4 lower).", "‼ URGENT: see the patient now. Why: grade 2")
	s.Press("y")
	if to := s.LastOpened(); to.Screen != desk.Checklist || to.Detail != desk.AfterSave || to.Subject != desk.Subject(ada.ID) {
		t.Errorf("after an urgent save: %v", to)
	}
}

// A15: another reason, or none, brings back what was there before.
func TestA15UnableIsTakenBack(t *testing.T) {
	s, _ := atTheForm(t)
	s.Press("1", "1", "0", "u", "1").Sees("Consciousness was also set to unarousable")
	line(t, s, "Consciousness", "unarous.")
	s.Press("u", "6")
	blank(t, s, "Consciousness")
	s.Press("u", "1", "u", "0").Sees("The answers are back")
	blank(t, s, "Consciousness")
	line(t, s, "Year", "yes")
	line(t, s, "City", "no")
	s.Press("u", "1", "4", "u", "0") // the selected line is Seizure: 4 there is no consciousness
	line(t, s, "Seizure", "repeated")
	blank(t, s, "Consciousness")
	s.Press("u", "1", "/", "c", "o", "n", "s", "enter", "4", "u", "0") // given by hand, it stays
	line(t, s, "Consciousness", "unarous.")
	s.Press("backspace").Sees("undone: can be done")
	s.Press("u", "9").Sees("CAPD  high = worse", "The tool is CAPD now")
	s.Press("1", "u", "9")
	line(t, s, "Year", "yes")
	s.Press("u").Sees("(age 65: ICE is usual)").Press("9")
	line(t, s, "Eye contact", "1 often")
}

func TestUnableAfterAnEarlierTotal(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.Record(ada, 4*time.Hour, desktest.Tomasz)
	s.SignIn(desktest.Maria)
	openForm(s, ada).Press("u", "5").Sees("Could answer before: this will be URGENT")
	s.Press("0", "ctrl+s").Sees("‼ URGENT", "could answer before: score the items 0")
}

// The cause is asked for each time, and only a clinician names one.
func TestOtherCause(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.SignIn(desktest.Maria)
	openForm(s, ada).Press("u", "3").Sees("next look in 1 h, until a clinician names the cause")
	s.Press("2", "0", "0", "0", "z", "o").Sees("Another cause?   OKAFOR, Ada   MRN 0042317   check of 16:07", "uncertain     counts as grade 0 to 2")
	s.Press("2").Sees("uncertain").Press("2").Sees("only a clinician may do this: Dr Nair, Dr Adeyemi")
	s.Press("esc", "esc")

	doctor := s.Another().SignIn(desktest.Nair)
	openForm(doctor, ada).Sees("Maria Santos has a check open since 16:07")
	doctor.Press("u", "3", "2", "0", "0", "0", "z", "o", "2", "2").Sees("other cause   does not count", "Which cause? (needed)")
	doctor.Press("enter", "enter").Sees("name the cause")
	doctor.Type("propofol since 14:10").Press("esc", "esc").Sees("o * propofol since 14:10")
	doctor.Press("o", "enter", "enter", "ctrl+s").Sees("Other cause (does not count): consciousness: propofol since 14:10")
	doctor.Press("y").Sees("Saved")
	if c := chartOf(t, s, ada); c.Last().CauseNote != "propofol since 14:10" || c.Last().Note != "" {
		t.Errorf("saved %+v", c.Last())
	}
}

// A cause named ahead is shown, and a check under sedation carries it.
func TestCauseNamedAhead(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	if err := s.Log.NameCause(t.Context(), ward.Sign(desktest.Nair, s.Now()), ward.Attribution{PatientID: ada.ID, Domain: "consciousness", Cause: "propofol", Until: s.Now().Add(20 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	s.SignIn(desktest.Maria)
	openForm(s, ada).Sees("consciousness: propofol, until", "Dr Nair")
	s.Press("u", "3").Sees("Carries the cause that a clinician named ahead: consciousness: propofol")
	s.Press("2", "0", "0", "0", "z", "ctrl+s").Sees("Other cause (does not count): consciousness: propofol").Press("1").Sees("Saved")
	openForm(s, ada).Press("u", "3", "u", "0", "u", "2").SeesNot("* propofol")
}

// An arrow in two parts is an arrow, and x has no meaning.
func TestOtherKeys(t *testing.T) {
	s, _ := atTheForm(t)
	s.Press("x").Sees("x does nothing here; answers: 0, 1, n, y")
	s.Send(desktest.KeyMsg("esc"))
	s.Wait(60 * time.Millisecond)
	s.Send(desktest.KeyMsg("["))
	s.Send(desktest.KeyMsg("B"))
	s.Wait(time.Second)
	line(t, s, "Month", "▌")
	s.Press("é").Sees("é does nothing here")
}

// Several signs of raised pressure go together; none excludes them.
func TestRaisedPressure(t *testing.T) {
	s, _ := atTheForm(t)
	s.Press("/").Type("raised").Press("enter", "1", "3")
	line(t, s, "Raised pressure", "2 signs")
	s.Sees("[focal oedema]", "[abnormal posture]").Press("3")
	line(t, s, "Raised pressure", "focal")
	s.Press("backspace")
	line(t, s, "Raised pressure", "2 signs")
	s.Press("0")
	line(t, s, "Raised pressure", "none")
	line(t, s, "Confusion", "▌")
}

// Nothing of a name or an answer is lost on the way to the screen.
func TestLinesFit(t *testing.T) {
	s := desktest.New(t, Screens())
	long := s.Admit("6A", ward.Patient{MRN: "00000000000042317", Name: strings.Repeat("Longname", 10) + ", Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}})
	s.SignIn(desktest.Maria)
	openForm(s, long)
	for _, key := range []string{"4", "u", "1", "o", "1", "enter", "c", "x", "esc", "t", "esc", "ctrl+s"} {
		s.Press(key)
		for i, l := range strings.Split(s.Screen(), "\n") {
			if len([]rune(l)) > 80 {
				t.Errorf("line %d after %s: %q", i, key, l)
			}
		}
		s.Sees("MRN 00000000000042317", "14 Mar 1961")
		if joined := strings.NewReplacer("\n", "", " ", "").Replace(s.Screen()); !strings.Contains(joined, "LongnameLongname,Ada") {
			t.Errorf("the name is cut after %s:\n%s", key, s.Screen())
		}
		if n := strings.Count(s.Screen(), "\n"); n != 23 {
			t.Errorf("%d lines after %s", n+1, key)
		}
	}
}

// A save that is refused leaves the form as it is, and says so.
func TestSaveThatFails(t *testing.T) {
	s, ada := atTheForm(t)
	s.Press(normal...)
	if err := s.Log.ChangeStaff(t.Context(), ward.Sign(desktest.Grace, s.Now()), desktest.Maria, ward.Nurse, false); err != nil {
		t.Fatal(err)
	}
	s.Press("y").Sees("NOT SAVED: ", "NEURO CHECK  OKAFOR, Ada")
	line(t, s, "Year", "yes")
	if err := s.Log.ChangeStaff(t.Context(), ward.Sign(desktest.Grace, s.Now()), desktest.Maria, ward.Nurse, true); err != nil {
		t.Fatal(err)
	}
	s.Wait(time.Second).Press("ctrl+s")
	s.Hold()
	s.Press("y").Sees("saving… NOT SAVED YET")
	s.Press("up").Sees("↑ does nothing now: the check is being saved")
	s.Release()
	s.Sees("Saved 16:07")
	if n := len(chartOf(t, s, ada).Checks); n != 1 {
		t.Errorf("%d checks", n)
	}
}

// The late signs come on request, and z then asks for them too.
func TestLateSigns(t *testing.T) {
	s, ada := atTheForm(t)
	s.SeesNot("Movement").Press("/").Type("late").Press("enter", "enter").Sees("▌ Movement")
	s.Press("1").Press("/").Type("confusion").Press("enter", "z").Sees("11 set to none")
	s.Press("esc")
	openForm(s, ada)
	line(t, s, "Movement", "mild")
}

// A check for a patient who left needs a time within the stay, which is asked for at once.
func TestLateCheckOfAStayThatEnded(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	if _, err := s.Log.Discharge(t.Context(), ward.Sign(desktest.Maria, s.Now()), ada.ID, s.Now().Add(-2*time.Hour), "home"); err != nil {
		t.Fatal(err)
	}
	s.SignIn(desktest.Maria)
	openForm(s, ada).Sees("NEURO CHECK  OKAFOR, Ada", "left 14:07, home, Maria Santos", "When was the patient examined?")
	s.Press("enter").Sees("Sun 29 Nov 16:07 is after the patient left, Sun 29 Nov 14:07")
	s.Press("esc").Wait(time.Second).Press("1", "ctrl+s").Sees("Time of the check: Sun 29 Nov 16:07 is after the patient left, Sun 29 Nov")
	s.Press("t").Type("1330").Press("enter", "ctrl+s").Sees("LATE ENTRY Sun 29 Nov 13:30, 2 h 37 ago")
	s.Press("0", "esc").Sees("Kept, not saved", "p, MRN and 3 open it again")
	openForm(s, ada).Sees("is back", "LATE ENTRY Sun 29 Nov 13:30").SeesNot("When was").Press("ctrl+s", "y").Sees("Saved")
	chart := chartOf(t, s, ada)
	if c := chart.Last(); c == nil || !c.PerformedAt.Equal(desktest.Now.Add(-2*time.Hour-37*time.Minute)) || c.StayID == 0 {
		t.Errorf("recorded %+v", c)
	}
}

func BenchmarkKey(b *testing.B) {
	s := desktest.New(b, Screens())
	ada := s.Ada()
	for i := range 40 {
		s.Record(ada, time.Duration(45-i)*time.Hour, desktest.Tomasz, "movement=mild")
	}
	s.SignIn(desktest.Maria)
	openForm(s, ada)
	for b.Loop() {
		s.Desk.SetNow(s.Now())
		s.Update(desktest.KeyMsg("1"), s.Now())
		s.Update(desktest.KeyMsg("up"), s.Now())
		s.Drawn()
	}
}

// A patient is asked in the language of the patient if the site has it, and else in English.
func TestQuestionsInThePatientsLanguage(t *testing.T) {
	s := desktest.New(t, Screens())
	site := *s.Desk.Site()
	site.Sentence = "The sky is blue."
	site.Words = map[string]ward.Words{"pt": {
		Objects:  []string{"relógio", "caneta", "botão"},
		Sentence: "Hoje o céu está azul e o mar está calmo, por isso vamos todos juntos à praia antes do almoço.",
		Ask:      map[string]string{"ice_year": "Em que ano estamos?", "ice_naming": "O que é isto?", "ice_writing": "Escreva"},
	}}
	s.Desk.SetSite(site)
	ada := s.Ada()
	maria := s.Admit("2A", ward.Patient{MRN: "0043105", Name: "PEREIRA, Lídia", BirthDate: ward.Date{Year: 1970, Month: 1, Day: 2}, Language: "PT"})
	s.SignIn(desktest.Maria)
	openForm(s, ada).Sees(`Ask: "What year is it?"`).Press("esc")
	openForm(s, maria).Sees(`Ask: "Em que ano estamos?"   ? all keys   ctrl+s save`)
	s.Press("1").Sees(`Ask: "What month is it?"`)
	s.Press("1", "1", "1").Sees(`Ask: "O que é isto? (relógio, caneta, botão)"`)
	s.Press("3", "1").Sees(`Ask: "Escreva: Hoje o céu está azul e o mar está calmo, por isso vamos todos`, ` juntos à praia antes do almoço."   ? all keys   ctrl+s save`)
	s.Sees("ICE 8 to 10 of 10   ICANS 0 to 4   ‼ urgent", "1 y yes   0 n no   - not assessed")
	s.Golden("portuguese")
	s.Size(120, 36).Sees("Year            yes        ", "Em que ano estamos?", "O que é isto? (relógio, caneta,", "What month is it?")
}
