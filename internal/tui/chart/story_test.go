package chart_test

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/chart"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// seat returns a terminal with the patient of the drawings: four checks, the last one
// urgent and not accepted.
func seat(t *testing.T, user string) (*desktest.Seat, ward.Patient) {
	t.Helper()
	s := desktest.New(t, chart.Screens())
	ada := s.Ada()
	s.Record(ada, 33*time.Hour, desktest.Maria)
	s.Record(ada, 24*time.Hour, desktest.Maria)
	s.Record(ada, 265*time.Minute, desktest.Maria, "ice_city=0", "ice_attention=0", "speech=mild", "inattention=mild", "handwriting=mild")
	s.Record(ada, 22*time.Minute, desktest.Maria, "ice_city=0", "ice_hospital=0", "ice_attention=0", "ice_naming=1", "confusion=moderate", "inattention=mild", "speech=mild", "handwriting=moderate", "crs_grade=0")
	s.SignIn(user)
	s.Go(desk.Patient, desk.Subject(ada.ID))
	return s, ada
}

func expect(t *testing.T, s *desktest.Seat, want kit.Place) {
	t.Helper()
	if got := s.LastOpened(); got != want {
		t.Errorf("opened %+v, want %+v\n%s", got, want, s.Screen())
	}
}

// interventions returns the interventions on record that count.
func interventions(t *testing.T, s *desktest.Seat, p ward.Patient) (list []ward.Intervention) {
	t.Helper()
	c, err := s.Log.Chart(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range c.Interventions {
		if !i.Withdrawn {
			list = append(list, i)
		}
	}
	return list
}

// B2: the selected check is chosen by its ID. A check that another terminal records does
// not take its place, and w leads to the question about the selected one.
func TestB2SelectedCheck(t *testing.T) {
	for _, views := range []int{0, 1} { // the checks, the trend
		s, ada := seat(t, desktest.Maria)
		for range views {
			s.Press("v")
		}
		s.Press("left")
		s.Sees(" 11:42 ICE 8, ICANS 1 (score)")
		other := s.Another().SignIn(desktest.Tomasz)
		other.Record(ada, time.Minute, desktest.Tomasz)
		s.Tick()
		s.Sees(" 11:42 ICE 8, ICANS 1 (score)")
		s.Press("w")
		chart, err := s.Log.Chart(t.Context(), ada.ID)
		if err != nil {
			t.Fatal(err)
		}
		at := s.Now().Add(-265 * time.Minute)
		for _, c := range chart.Checks {
			if c.PerformedAt.Sub(at).Abs() < time.Minute {
				expect(t, s, kit.Place{Screen: desk.Withdraw, Subject: desk.CheckSubject(ada.ID, c.ID)})
			}
		}
	}
}

// The whole check keeps its check, too, and its place among the others is counted anew.
func TestB2WholeCheck(t *testing.T) {
	s, ada := seat(t, desktest.Maria)
	s.Press("enter").Sees("CHECK 15:45  OKAFOR, Ada", "check 4 of 4", "MRN 0042317")
	s.Another().SignIn(desktest.Tomasz).Record(ada, time.Minute, desktest.Tomasz)
	s.Tick()
	s.Sees("CHECK 15:45  OKAFOR, Ada", "check 4 of 5")
	s.Press("left").Sees("CHECK 11:42", "check 3 of 5")
	s.Press("right", "right").Sees("CHECK 16:06", "check 5 of 5")
	s.Press("right").Sees("this is the last check")
	s.Press("esc").Sees("PATIENT  OKAFOR, Ada", "▌ 15:45")
}

// A withdrawal at another terminal leaves the selected check, and r, w and m say why they
// do nothing.
func TestWithdrawnElsewhere(t *testing.T) {
	s, ada := seat(t, desktest.Maria)
	c, err := s.Log.Chart(t.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	last := *c.Last()
	last.Version++
	last.Status, last.Reason = ward.Withdrawn, "entered_in_error"
	last.Recorded = ward.Signature{}
	if _, err := s.Log.SaveCheck(t.Context(), ward.Sign(desktest.Tomasz, s.Now()), last); err != nil {
		t.Fatal(err)
	}
	s.Tick()
	s.Sees("▌ 15:45", "× withdrawn")
	for _, key := range []string{"r", "w", "m"} {
		s.Press(key).Sees(key + " does nothing now: this check was withdrawn")
	}
	s.Press("enter").Sees("Version 2 of 2, × withdrawn, no longer counts. 16:07 Tomasz Wójcik")
	s.Press("pgup").Sees("Version 1 of 2, × replaced", "pgup pgdn versions")
	s.Press("pgup").Sees("this is the first version")
}

// B3: a wristband on the patient's screen leads to that patient; the patient's own one
// matches.
func TestB3Scan(t *testing.T) {
	s, _ := seat(t, desktest.Maria)
	ida := s.Ida()
	s.Tick()
	s.Burst("0042317").Sees("wristband matches 16:07: OKAFOR, Ada")
	s.Burst("0042371").Sees("PATIENT  OKAFOR, Ida")
	expect(t, s, kit.Place{Screen: desk.Patient, Subject: desk.Subject(ida.ID)})
	s.Press("esc").Sees("EMPTY")
	s.Go(desk.Patient, desk.Subject(ida.ID)).Burst("9999999").Sees("No patient with MRN 9999999")
}

// A wristband may be older than a merge: a former MRN leads to the patient, and the line says so.
func TestScanOfAFormerMRN(t *testing.T) {
	s, ada := seat(t, desktest.Maria)
	ida := s.Ida()
	for id, mrn := range map[int64]string{ada.ID: "0099123", ida.ID: "0099456"} {
		if _, _, err := s.Log.UpdatePatient(t.Context(), ward.Sign(desktest.Grace, s.Now()), id, store.PatientUpdate{MRN: &mrn}); err != nil {
			t.Fatal(err)
		}
	}
	s.Tick()
	s.Burst("0042317").Sees("wristband matches 16:07: 0042317 is a former MRN of OKAFOR, Ada, now 0099123")
	s.Press("i").Burst("0042371").Sees("WRONG WRISTBAND: OKAFOR, Ida 0099456").Press("0", "esc")
	s.Burst("0042371").Sees("PATIENT  OKAFOR, Ida", "0042371 is a former MRN of OKAFOR, Ida, now 0099456")
}

// B3: the wristband of another patient in a dialog takes back the keys that it typed.
func TestB3ScanInDialog(t *testing.T) {
	s, ada := seat(t, desktest.Maria)
	s.Ida()
	s.Tick()
	s.Press("i").Burst("0042371")
	s.Sees("WRONG WRISTBAND: OKAFOR, Ida 0042371", "OKAFOR, Ada 0042317")
	s.Press("0").Sees("what    ▌", "1 dexamethasone")
	s.Burst("0042317").Sees("wristband matches", "what    ▌")
	s.Press("1", "enter").Type("10 mg").Burst("0042371").Sees("WRONG WRISTBAND")
	s.Press("0").Sees("detail  10 mg▌")
	if n := len(interventions(t, s, ada)); n != 0 {
		t.Errorf("%d interventions were recorded", n)
	}
}

// B8: a time ahead is refused by the clock, and is yesterday only if a person says so.
func TestB8TimeAhead(t *testing.T) {
	s, ada := seat(t, desktest.Maria)
	s.Press("i", "1").Type("1635").Press("enter")
	s.Sees("in the future, the clock says 16:07. Yesterday?", "0 no")
	s.Press("0").Sees("when    1635▌")
	s.Press("ctrl+u").Type("13.20").Press("enter").Type("10 mg IV").Press("enter")
	s.Sees("OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "Save: dexamethasone, 10 mg IV, today 13:20 (2 h 47 min ago)?")
	s.Press("1").Sees("Saved: dexamethasone, 10 mg IV, 13:20, OKAFOR, Ada")
	list := interventions(t, s, ada)
	if len(list) != 1 || list[0].DoneAt.Format("2 15:04") != "29 13:20" || list[0].Kind != "dexamethasone" || list[0].Detail != "10 mg IV" {
		t.Errorf("%+v", list)
	}
}

// B8: with a yes the time is yesterday.
func TestB8Yesterday(t *testing.T) {
	s, ada := seat(t, desktest.Maria)
	s.Press("i", "1").Type("2350").Press("enter", "1", "enter")
	s.Sees("Save: dexamethasone, yesterday 23:50 (16 h 17 min ago)?").Press("y")
	if list := interventions(t, s, ada); len(list) != 1 || list[0].DoneAt.Format("2 15:04") != "28 23:50" {
		t.Errorf("%+v", list)
	}
}

// B9: a text that begins like a time and is none is refused in each line, so that nothing
// is recorded as now.
func TestB9TimesThatAreNone(t *testing.T) {
	s, ada := seat(t, desktest.Maria)
	s.Press("i").Type("dex").Press("1").Type("25:10 dex").Press("enter").Sees("is no time")
	s.Press("ctrl+u").Type("1320 dex").Press("enter").Sees("is no time")
	s.Press("ctrl+u").Type("13:20, dex").Press("enter").Sees("is no time")
	s.Press("ctrl+u").Type("13:20").Press("enter")
	for text, reason := range map[string]string{
		"25:10 10 mg": "25:10 is no time", "13:20, 10 mg": "it begins with 13:20", "1320 dex": "it begins like a time, 1320",
	} {
		s.Type(text).Press("enter").Sees(reason, "detail  ")
		s.Press("ctrl+u")
	}
	s.Type("1000 mg").Press("enter").Sees("Save: dexamethasone, 1000 mg, today 13:20")
	if n := len(interventions(t, s, ada)); n != 0 {
		t.Errorf("%d interventions were recorded", n)
	}
}

// Nothing typed in a dialog is lost by esc.
func TestTextIsKept(t *testing.T) {
	s, _ := seat(t, desktest.Maria)
	s.Press("s", "2", "enter").Type("very quiet since lunch").Press("esc").Sees("the text is kept")
	s.Another().SignIn(desktest.Tomasz)
	s.Press("s").Sees("Your unsaved entry of 16:07 is back", "very quiet since lunch", "who     a caregiver")
	s.Press("enter", "1").Sees("A check is due now")
	s.Press("s").SeesNot("is back").Sees("Who said it?")
}

// B14: a save that fails keeps the dialog with its text, and says NOT SAVED.
func TestB14SaveFails(t *testing.T) {
	s, _ := seat(t, desktest.Maria)
	s.Press("s", "1", "enter").Type("sees snakes").Press("enter").Sees("A check is due now.")
	maria := s.Desk.User()
	s.Desk.SetUser(ward.Staff{Name: "Stranger", Role: ward.Nurse})
	s.Press("1").Sees("NOT SAVED", "sees snakes", "1 y save", "OKAFOR, Ada   born 14 Mar 1961")
	s.Desk.SetUser(maria)
	s.Wait(time.Second)
	s.Press("1").Sees("Saved for OKAFOR, Ada. A check is due now.")
}

// B21: a report for the wrong patient is withdrawn with a reason, and no check is due
// then. The entry stays readable.
func TestB21WithdrawReport(t *testing.T) {
	s, ada := seat(t, desktest.Maria)
	s.Press("s", "2", "enter").Type("very quiet").Press("enter")
	s.Sees("OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "Save: “very quiet” said a caregiver, today 16:07", "A check is due now.")
	s.Press("1").Sees("A check is due now", "check LATE 0m")
	s.Press("v", "v").Sees("▌ 16:07        +4   “very quiet” said a caregiver")
	s.Press("w").Sees("WITHDRAW   OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "Sun 29 Nov 16:07   “very quiet”", "recorded by Maria Santos", "Why?")
	s.Press("1", "enter").Sees("Withdraw it (wrong patient)?", "It makes no check due then.")
	s.Press("1").Sees("Withdrawn: ", "× withdrawn: “very quiet” said a caregiver", "next check 16:45")
	s.Press("w").Sees("this entry was withdrawn already")
	c, err := s.Log.Chart(t.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	if r := c.AllReports; len(r) != 1 || !r[0].Withdrawn || r[0].Reason != "wrong patient" || c.Waiting() != nil {
		t.Errorf("%+v", r)
	}
}

// B21 for an intervention, with a reason in words.
func TestB21WithdrawIntervention(t *testing.T) {
	s, ada := seat(t, desktest.Maria)
	s.Press("i", "1", "enter", "enter", "1").Press("v", "v", "w", "4").Press("enter").Sees("the reason is needed in words")
	s.Type("given to bed 1B").Press("enter", "y").Sees("Withdrawn: dexamethasone")
	if n := len(interventions(t, s, ada)); n != 0 {
		t.Errorf("%d interventions count", n)
	}
}

// B22 of interventions: the same one, entered twice, is asked about.
func TestSameAgain(t *testing.T) {
	s, _ := seat(t, desktest.Maria)
	s.Press("i", "1").Type("1320").Press("enter").Type("10 mg").Press("enter", "1")
	s.Press("i", "1").Type("1325").Press("enter", "enter").Sees("RECORDED ALREADY: dexamethasone, 10 mg, 13:20 by Maria Santos")
	s.Press("0").Sees("not saved; the text is kept")
}

// The question of an entry that was left says how long ago its time is now: also on the next
// day, and in the night in which an hour comes twice.
func TestAnOldEntryIsNotNow(t *testing.T) {
	s, _ := seat(t, desktest.Maria)
	s.Press("i").Type("dex").Press("enter", "enter").Type("10 mg").Press("enter").Sees("Save: dexamethasone, 10 mg, today 16:07 (now)?")
	s.Wait(65 * time.Minute).Tick().Sees("10 mg, today 16:07 (1 h 5 min ago)?").Press("esc")
	s.Wait(9*time.Hour).Press("i").Sees("when    yesterday 16:07, 10 h", "10 mg, yesterday 16:07 (10 h").SeesNot(", now", "(now)")
}

// A cause ends 24 h ahead, also on the day of 25 hours, whose evening is no "tomorrow".
func TestACauseOnTheDayOf25Hours(t *testing.T) {
	s, _ := seat(t, desktest.Nair)
	s.Jump(time.Date(2027, 10, 30, 23, 30, 0, 0, time.UTC)) // Sun 00:30 BST
	s.Tick().Press("o", "1").Type("propofol").Press("enter").Sees("until   today 23:30").SeesNot("tomorrow 23:30")
	s.Type("tomorrow 01:00").Press("enter").Sees("at most 24 h ahead, today 23:30")
}

// B12: an interval needs a unit, and is repeated in words with the next check and the
// ward's rule.
func TestB12IntervalUnit(t *testing.T) {
	s, ada := seat(t, desktest.Nair)
	s.Press("t").Sees("CHECK INTERVAL   OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "every 1 h", "until 19:45, then every 2 h")
	s.Press("1").Type("30").Press("enter").Sees("needs a unit: 30m or 30h")
	s.Type("h").Press("backspace", "backspace", "backspace").Type("90m").Press("enter")
	s.Sees("every 1 hour 30 minutes, next 17:15", "1 hour.", "LONGER than the ward rule. Why? (needed)")
	s.Press("enter").Sees("the reason is needed")
	s.Type("scan at 16:30").Press("enter").Sees("This is LONGER than the ward rule.", "16:45, in 37m, every 1 h → 17:15, in 1h07")
	s.Press("1").Sees("Saved for OKAFOR, Ada: a check every 1 hour 30 minutes", "next check 17:15")
	c, err := s.Log.Chart(t.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	if o := c.Orders; len(o) != 1 || o[0].Interval != 90*time.Minute || o[0].Reason != "scan at 16:30" {
		t.Errorf("%+v", o)
	}
}

// A reason is asked for only if there will be fewer checks than by the ward rule: not for a
// shorter interval, and not for the ward's own one.
func TestIntervalWithoutAReason(t *testing.T) {
	s, ada := seat(t, desktest.Nair)
	for _, length := range []string{"30m", "1h"} {
		s.Press("t", "1").Type(length).Press("enter").SeesNot("LONGER", "needed", "\n why").Sees("Save: a check every ", "next check: ").Press("1").Sees("Saved for OKAFOR, Ada")
	}
	s.Press("t", "1").Type("61m").Press("enter").Sees("LONGER than the ward rule. Why? (needed)", "\n why ").Press("enter").Sees("the reason is needed")
	s.Press("up", "ctrl+u").Type("45m").SeesNot("\n why").Press("enter", "1").Sees("Saved for OKAFOR, Ada: a check every 45 minutes")
	c, err := s.Log.Chart(t.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	if o := c.Orders; len(o) != 3 || o[2].Interval != 45*time.Minute || o[2].Reason != "not longer than the ward rule" {
		t.Errorf("%+v", o)
	}
}

// A check of another terminal makes the ward rule longer while the reason is typed. The line
// stays: the 1 of 16:30 is no answer.
func TestAReasonIsTypedToItsEnd(t *testing.T) {
	for _, begun := range []string{"", "scan at "} {
		s, ada := seat(t, desktest.Nair)
		s.Press("t", "1").Type("90m").Press("enter").Sees("LONGER than the ward rule. Why? (needed)").Type(begun)
		s.Wait(4*time.Hour+30*time.Minute).Record(ada, time.Minute, desktest.Tomasz)
		s.Tick().SeesNot("LONGER", "1 y save").Type("16:30").Press("enter").Sees("Save: a check every 1 hour 30 minutes (" + begun + "16:30)?")
	}
}

// The other orders: stop says that a follow-up is open, start again and longer work, and
// an interval out of its limits is refused.
func TestOrders(t *testing.T) {
	s, ada := seat(t, desktest.Nair)
	s.Press("t", "1").Type("5m").Press("enter").Sees("from 15 minutes to 7 days").Press("esc")
	s.Press("t").Sees("unsaved entry").Press("up", "2").Type("palliative care").Press("enter").Sees("A follow-up is OPEN", "next check: 16:45")
	s.Press("1").Sees("checks stop", "Saved for OKAFOR, Ada")
	s.Press("v", "v").Sees("… "+desktest.Nair).Press("v", "v", "v")
	s.Press("t", "3").Sees("Save: checks start again at the ward's intervals?").Press("y").Sees("checks start again")
	s.Press("t", "4").Type("30").Press("enter").Sees("checks go on until day +30 anyway")
	s.Press("ctrl+u").Type("40").Press("enter").Sees("Save: checks until day +40?").Press("1").Sees("checks until day +40")
	c, err := s.Log.Chart(t.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, o := range c.Orders {
		kinds = append(kinds, string(o.Kind))
	}
	if got := strings.Join(kinds, " "); got != "stop restart extend" {
		t.Error(got)
	}
}

// A nurse is told who may change the interval.
func TestOrdersAreAClinicians(t *testing.T) {
	s, _ := seat(t, desktest.Maria)
	for _, key := range []string{"t", "o", "x"} {
		s.Press(key).Sees("Dr Nair")
	}
}

// A cause is named up to 24 h ahead and ended by the same key.
func TestCause(t *testing.T) {
	s, ada := seat(t, desktest.Nair)
	s.Press("o").Sees("OKAFOR, Ada   born 14 Mar 1961   MRN 0042317").Press("1").Type("propofol").Press("enter")
	s.Type("30 Nov 2026 23:00").Press("enter").Sees("at most 24 h ahead")
	s.Press("ctrl+u").Type("14:00").Press("enter").Sees("over today", "Tomorrow?").Press("1")
	s.Sees("Save: consciousness: propofol, until 30 Nov 14:00, Dr Nair?").Press("1")
	s.Sees("cause named ahead: consciousness: propofol, until 30 Nov 14:00, Dr Nair")
	s.Press("o", "2").Sees("End it now, consciousness: propofol?").Press("1").Sees("ended, consciousness: propofol")
	c, err := s.Log.Chart(t.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	if a := c.Attributions; len(a) != 1 || !a[0].Ended.Done() {
		t.Errorf("%+v", a)
	}
}

// Letters mean the same under Caps Lock, and a key that does nothing says why.
func TestLetters(t *testing.T) {
	s, ada := seat(t, desktest.Nair)
	for key, screen := range map[string]string{
		"N": desk.Form, "a": desk.Accept, "f": desk.FollowUps, "b": desk.Paper, "c": desk.Comment, "x": desk.Close,
		"e": desk.Edit, "d": desk.Discharge, "p": desk.PatientIn, "h": desk.Handover,
	} {
		s.Press(key)
		expect(t, s, kit.Place{Screen: screen, Subject: desk.Subject(ada.ID)})
	}
	s.Press("k").SeesNot("does nothing")
	s.Press("z").Sees("z does nothing here")
	s.Press("v", "v", "v").Press("r").Sees("choose a check first")
}

// A key before the record is there says so, and works after it.
func TestLettersBeforeTheRecord(t *testing.T) {
	s, ada := seat(t, desktest.Nair)
	s.Press("esc")
	s.Hold()
	s.Go(desk.Patient, desk.Subject(ada.ID)).Press("i").Sees("i does nothing now: the record of the patient is not loaded yet")
	s.Release()
	s.Press("i").Sees("WHAT WAS DONE")
}

// A question drops keys that came with the enter before it.
func TestQuestionDropsEarlyKeys(t *testing.T) {
	s, ada := seat(t, desktest.Maria)
	s.Press("i", "1", "enter")
	s.Send(desktest.KeyMsg("enter"))
	s.Wait(50 * time.Millisecond)
	s.Send(desktest.KeyMsg("y"))
	s.Wait(time.Second).Sees("too soon")
	if n := len(interventions(t, s, ada)); n != 0 {
		t.Errorf("%d interventions were recorded", n)
	}
	s.Press("y").Sees("Saved: dexamethasone")
}

// The trend: zoom, an event with the checks before and after it, and the way back to the
// checks.
func TestTrend(t *testing.T) {
	s, _ := seat(t, desktest.Maria)
	s.Press("i", "1").Type("1150").Press("enter").Type("10 mg IV").Press("enter", "1", "v")
	s.Sees("trend, 36 h", "ICE 7-9", "15:45 ICE 5, ICANS 2 (score): urgent", "enter: more")
	s.Press("down").Sees("dexamethasone 11:50: before ICE 8 (11:42), after ICE 5 (15:45); not proof")
	s.Press("down").Sees("this is the first event")
	s.Press("left").Sees("11:42 ICE 8, ICANS 1 (score)")
	s.Press("+").Sees("trend, 24 h").Press("+").Sees("24 h already")
	s.Press("-", "-", "-", "-").Sees("trend, all").Press("-").Sees("all already")
	s.Press("+", "+", "+", "home").Sees("Sat 07:07", "normal check")
	s.Press("down", "enter").Sees("events   Maria", "▌ 11:50")
}

// The audit view names checks by their times, and begins with the newest record.
func TestAudit(t *testing.T) {
	s, ada := seat(t, desktest.Maria)
	s.Press("v", "v", "v", "v").Sees("read the patient", "recorded a check: check of 15:45", "Maria Santos")
	s.Press("/").Type("opened").Sees("1 of").Press("esc", "v").Sees("checks   Maria")
	c, err := s.Log.Chart(t.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.Go(desk.CheckAudit, desk.CheckSubject(ada.ID, c.Last().ID)).Sees("recorded a check: check of 15:45").SeesNot("read the patient")
}

// A patient without a check, and one who left.
func TestNoCheckAndLeft(t *testing.T) {
	s := desktest.New(t, chart.Screens())
	kow := s.Kowalski()
	s.SignIn(desktest.Nair).Go(desk.Patient, desk.Subject(kow.ID))
	s.Sees("no check yet", "No check yet. n records the first one.")
	s.Press("w").Sees("the list is empty").Press("v").Sees("the trend begins with the first one")
	if _, err := s.Log.Discharge(t.Context(), ward.Sign(desktest.Nair, s.Now()), kow.ID, s.Now(), "home"); err != nil {
		t.Fatal(err)
	}
	s.Tick()
	s.Sees("left 16:07, home").Press("n").Sees("not on the ward now: p readmits")
}

// Each dialog says that the patient left meanwhile, also over the board, and names the
// patient as now.
func TestTheDialogsFollowThePatient(t *testing.T) {
	for _, screen := range []string{desk.Intervene, desk.Report, desk.Interval, desk.Cause} {
		s := desktest.New(t, chart.Screens())
		ada := s.Ada()
		s.SignIn(desktest.Nair).Go(screen, desk.Subject(ada.ID)).Sees("OKAFOR, Ada   born")
		now, sign := ada, ward.Sign(desktest.Tomasz, s.Now())
		now.Name = "OKAFOR-SMITH, Ada"
		if _, err := s.Log.EditPatient(t.Context(), sign, now); err != nil {
			t.Fatal(err)
		}
		s.Tick().Sees("OKAFOR-SMITH, Ada   born").SeesNot("The patient left")
		if _, err := s.Log.Discharge(t.Context(), sign, ada.ID, s.Now(), "home"); err != nil {
			t.Fatal(err)
		}
		s.Tick().Sees("The patient left 16:07, home, Tomasz Wójcik.")
	}
}
