package paper

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/check"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func chartOf(t *testing.T, s *desktest.Seat, p ward.Patient) ward.Chart {
	t.Helper()
	return must(s.Log.Chart(t.Context(), p.ID))(t)
}

func lastOf(t *testing.T, s *desktest.Seat, p ward.Patient) *ward.Check {
	t.Helper()
	c := chartOf(t, s, p)
	return c.Last()
}

// recordOf lists the checks of a patient, the first one first.
func recordOf(t *testing.T, s *desktest.Seat, p ward.Patient) string {
	t.Helper()
	c := chartOf(t, s, p)
	var list []string
	for i := range c.Checks {
		list = append(list, c.Checks[i].PerformedAt.UTC().Format("02 15:04 ")+words.Score(&c.Checks[i].Findings)+" "+c.Checks[i].Result.Flag.Code())
	}
	return strings.Join(list, ", ")
}

// sees fails the test if the screen lacks one of the texts, which may be wrapped.
func sees(t *testing.T, s *desktest.Seat, texts ...string) *desktest.Seat {
	t.Helper()
	one := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	screen := one(s.Screen())
	for _, text := range texts {
		if !strings.Contains(screen, one(text)) {
			t.Errorf("the screen does not show %q:\n%s", text, s.Screen())
		}
	}
	return s
}

func holds(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s\nnot %s", what, got, want)
	}
}

// All rows are one act: recorded at one time, evaluated against each other and the record,
// with the results that the sheet showed.
func TestASheetIsOneAct(t *testing.T) {
	s, p := atTheSheet(t)
	before, _, err := s.Log.Head(t.Context())
	must(0, err)(t)
	night(s)
	keys(s, "1 0 0 0 0 0 0 1 z") // the fourth is like the third but for ICE
	sees(t, s, "Sun 04:00  1 1 1 1 3 1 1 1   0 0 0 0  0 0 1 0 0  0 0 0 0  0 0 0  10 0 ⚑")
	sees(t, keys(s, "ctrl+s"), "SAVE 4 checks?", "KOWALSKI, Piotr   born 2 Aug 1958   MRN 0041198", "LATE ENTRY: done 4 h 10 min to 12 h 10 min ago",
		"Sat 28 Nov 20:00  ICE 10  ICANS 0  normal check: no flag.", "Sun 29 Nov 00:00  asleep  ICANS 0 to 4  ◌ unfinished. Not assessed: Seizure", "Opens a follow-up", "Joins the follow-up")
	if n := strings.Count(s.Screen(), " ago"); n != 1 {
		t.Errorf("the age is asked about %d times", n)
	}
	sees(t, keys(s, "y"), "Saved 08:10: KOWALSKI, Piotr  MRN 0041198  4 checks from paper", "follow-up", "accept within 1 h (02:00)", "EMPTY")
	holds(t, "record", recordOf(t, s, p), "28 12:00 ICE 10 none, 28 20:00 ICE 10 none, 29 00:00 asleep incomplete, 29 02:00 ICE 9 grade1, 29 04:00 ICE 10 grade1")
	c := chartOf(t, s, p)
	for i := range c.Checks[1:] {
		if r := c.Checks[i+1].Recorded; r.By != desktest.Maria || !r.At.Equal(c.Checks[1].Recorded.At) {
			t.Errorf("recorded %v", r)
		}
	}
	f := c.Open()
	if len(c.FollowUps) != 1 || f == nil || f.Joined[0].CheckID != c.Checks[3].ID || f.Joined[0].Event != ward.JoinOpened || f.Joined[1].Event != ward.JoinJoined {
		t.Errorf("the follow-ups are %+v", c.FollowUps)
	}
	if list := must(s.Log.Drafts(t.Context(), desktest.Maria))(t); len(list) != 0 {
		t.Errorf("left: %+v", list)
	}
	after, _, err := s.Log.Head(t.Context())
	must(0, err)(t)
	if after == before {
		t.Error("nothing was recorded")
	}
	sees(t, open(s, p), "no row yet")
}

// An urgent row opens the checklist, as the save of a check does. One check is undone.
func TestAfterAnUrgentSheet(t *testing.T) {
	s, p := atTheSheet(t)
	keys(s, "6 enter 0 0 0 0 0 1 1 1 1 0 0 0 z ctrl+s 1")
	sees(t, s, "‼ follow-up opened: accept within 15 min (06:00)", "(ctrl+z undo)")
	want := desk.Checklist
	if got := s.LastOpened(); got.Screen != want || got.Detail != desk.AfterSave || got.Subject != desk.Subject(p.ID) {
		t.Errorf("opened %+v", got)
	}
	if to, ok := s.Desk.Undo(); !ok || desk.CheckOf(to.Subject) != lastOf(t, s, p).ID {
		t.Errorf("undo is %+v", to)
	}
	open(s, p)
	keys(s, "7 enter "+normal+"enter "+normal+"ctrl+s 1")
	if to, ok := s.Desk.Undo(); ok {
		t.Errorf("several checks are undone as one: %+v", to)
	}
}

// A save that fails leaves everything typed, and the next one is the same act.
func TestASaveThatFails(t *testing.T) {
	s, p := atTheSheet(t)
	keys(s, "6 enter "+normal+"7 enter "+normal+"ctrl+s")
	active := func(is bool) {
		t.Helper()
		must(0, s.Log.ChangeStaff(t.Context(), ward.Sign(desktest.Grace, s.Now()), desktest.Maria, ward.Nurse, is))(t)
	}
	active(false)
	sees(t, keys(s, "y"), "NOT SAVED", "Sun 06:00  1 1 1 1 3 1 1 1   0 0 0 0", "Sun 07:00  1 1 1 1 3 1 1 1   0 0 0 0")
	sees(t, keys(s, "up"), "NOT SAVED. The rows are kept here; ctrl+s tries again")
	active(true)
	s.Wait(time.Second)
	keys(s, "ctrl+s")
	s.Hold()
	sees(t, keys(s, "y"), "saving… NOT SAVED YET")
	sees(t, keys(s, "up"), "↑ does nothing now: the sheet is being saved")
	s.Release()
	sees(t, s, "Saved", "2 checks from paper")
	holds(t, "record", recordOf(t, s, p), "28 12:00 ICE 10 none, 29 06:00 ICE 10 none, 29 07:00 ICE 10 none")
}

// A row that cannot be recorded lets none of the others be recorded.
func TestAllOrNone(t *testing.T) {
	s, p := atTheSheet(t)
	keys(s, "6 enter "+normal+"7 enter "+normal+"ctrl+s")
	must(s.Log.Discharge(t.Context(), ward.Sign(desktest.Tomasz, s.Now()), p.ID, s.Now().Add(-90*time.Minute), "home"))(t) // before 7:00
	sees(t, keys(s, "y"), "NOT SAVED", "is outside the patient's stays")
	holds(t, "record", recordOf(t, s, p), "28 12:00 ICE 10 none")
	s.Tick()
	sees(t, keys(s, "ctrl+s"), "Sun 07:00: Sun 29 Nov 07:00 is after the patient left, Sun 29 Nov 06:40: t sets the time")
	sees(t, keys(s, "up t 0 6 3 0 end ctrl+s"), "SAVE 2 checks?")
}

// B22: a check that is on record already, or twice on the sheet, is asked about, once.
func TestTheSameCheckTwice(t *testing.T) {
	s, p := atTheSheet(t)
	s.Record(p, 5*time.Hour+10*time.Minute, desktest.Tomasz)
	s.Tick()
	sees(t, keys(s, "3 enter"), "there is a check of 03:00 by T. Wójcik, ICE 10", "w takes this row out")
	sees(t, keys(s, normal), "? there is a check of 03:00 by T. Wójcik, ICE 10. The same one? 1 y  0 n", "The same check?  1 y yes: this row is taken out")
	sees(t, keys(s, "5"), "5 does nothing here; answers: 0, 1, n, y")
	sees(t, keys(s, "enter"), "answer first")
	sees(t, keys(s, "1"), "Taken out: the row of Sun 03:00 is the same check", "no row yet")
	sees(t, keys(s, "backspace"), "undone: row of Sun 03:00", "The same one? 1 y  0 n")
	keys(s, "0").SeesNot("The same one?")

	sees(t, keys(s, "3 enter"), "there is a check of 03:00") // the same time once more
	sees(t, keys(s, normal+"0"), "there is a row of 03:00 on this sheet, ICE 10. The same one?")
	sees(t, keys(s, "ctrl+s"), "Answer first, then save: the same check as the row of Sun 03:00?")
	keys(s, "1").SeesNot("The same one?")
	sees(t, keys(s, "ctrl+s"), "SAVE 1 check?").SeesNot("the same one")
	keys(s, "y")
	holds(t, "record", recordOf(t, s, p), "28 12:00 ICE 10 none, 29 03:00 ICE 10 none, 29 03:00 ICE 10 none")
}

// An answer that was typed for the cell before is no answer about a twin.
func TestTheTwinIsNotAnsweredTooSoon(t *testing.T) {
	s, p := atTheSheet(t)
	s.Record(p, 5*time.Hour+10*time.Minute, desktest.Tomasz)
	s.Tick()
	keys(s, "3 enter 1 1 1 1 3 1 1 1 0 0 0 0")
	for _, key := range []string{"z", "1"} {
		s.Send(desktest.KeyMsg(key))
		s.Wait(40 * time.Millisecond)
	}
	sees(t, s.Wait(time.Second), "too soon", "The same one?")
}

// esc, a lock, a crash keep the sheet; it shows on the board, and another person takes it
// over knowingly.
func TestTheSheetIsADraft(t *testing.T) {
	if desk.Paper != store.PaperSheet {
		t.Fatal("the board looks for drafts of another kind")
	}
	s, p := atTheSheet(t)
	sees(t, keys(s, "6 enter "+normal+"7 enter 1 0 esc"), "Kept, not saved: 2 paper checks of KOWALSKI, Piotr. b opens them again, :discard drops them")
	sees(t, open(s, p), "Your unsaved sheet of 08:10 is back: 2 rows", "Sun 07:00  1 0 ▌")

	again := s.Another().SignIn(desktest.Maria) // after kill -9
	sees(t, again, "1 paper sheet not saved yet")
	sees(t, open(again, p), "Sun 07:00  1 0 ▌", "Sun 06:00  1 1 1 1 3 1 1 1   0 0 0 0  0 0 0 0 0  0 0 0 0  0 0 0  10 0")

	other := s.Another().SignIn(desktest.Tomasz)
	if st, ok := other.Desk.State(p.ID); !ok || len(st.Drafts) != 1 || !strings.Contains(other.Desk.Details(st), "Paper checks of Maria Santos since 08:10") {
		t.Errorf("the board does not show the sheet: %+v", st)
	}
	sees(t, open(other, p), "Maria Santos has paper checks open since 08:10: 2 rows", "no row yet")
	sees(t, keys(other, "down"), "enter shows the sheet of the other person and asks")
	sees(t, keys(other, "enter"), "Maria Santos began a sheet at 08:10: 2 rows. Take it over?")
	sees(t, keys(other, "1"), "Taken over from Maria Santos, 08:10: look at each row", "Sun 07:00  1 0").SeesNot("has paper checks open")
	keys(s, "end 5 enter 1") // meanwhile
	sees(t, keys(other, "ctrl+s y"), "2 checks from paper")
	holds(t, "record", recordOf(t, s, p), "28 12:00 ICE 10 none, 29 06:00 ICE 10 none, 29 07:00 ICE 1–9 grade1")
	sees(t, s.Tick(), "2 rows of this sheet: saved already, at 08:10 by Tomasz Wójcik", "Sun 05:00  1")
	keys(s, "up 0 0")
	if list := must(s.Log.Drafts(t.Context(), desktest.Maria))(t); len(list) != 1 || !strings.Contains(list[0].Content, `"ice_city":"0"`) {
		t.Errorf("what is left of the sheet is not kept: %+v", list)
	}
}

// Rows that were saved just before a crash are not saved again.
func TestRowsOnRecordAreDropped(t *testing.T) {
	s, p := atTheSheet(t)
	keys(s, "6 enter "+normal+"7 enter "+normal)
	kept := must(s.Log.Drafts(t.Context(), desktest.Maria))(t)[0]
	sees(t, keys(s, "ctrl+s y"), "2 checks from paper")
	kept.CheckID, kept.Revision = "crashed", kept.Revision+1
	must(0, s.Log.KeepDraft(t.Context(), kept))(t)
	again := s.Another().SignIn(desktest.Maria)
	sees(t, open(again, p), "2 rows of this sheet: saved already, at 08:10 by Maria Santos", "no row yet")
	if list := must(s.Log.Drafts(t.Context(), desktest.Maria))(t); len(list) != 0 {
		t.Errorf("left: %+v", list)
	}
}

func TestDiscard(t *testing.T) {
	s := desktest.New(t, Screens(), check.Screens())
	ada := s.Ada()
	s.SignIn(desktest.Maria)
	keys(open(s, ada), "6 enter 1 1 esc")
	discard := func() *desktest.Seat { return s.Go(desk.Discard, desk.Subject(ada.ID)).Wait(time.Second) }
	sees(t, discard(), "OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "DISCARD your unsaved paper sheet of 16:07?")
	keys(s, "0")
	sees(t, keys(open(s, ada), "esc"), "Kept, not saved: 1 paper check of")
	s.Go(desk.Form, desk.Subject(ada.ID)).Wait(time.Second)
	keys(s, "1 1 esc")
	sees(t, discard(), "DISCARD which of your unsaved work?", "1 paper sheet of 16:07", "2 check of 16:07")
	sees(t, keys(s, "1"), "Discarded: the unsaved paper sheet of 16:07, OKAFOR, Ada")
	sees(t, open(s, ada), "no row yet")
	keys(s, "esc")
	sees(t, discard(), "DISCARD your unsaved check of 16:07? It has 2 answers.")
	sees(t, keys(s, "1"), "Discarded: the unsaved check of")
	sees(t, discard(), "nothing of yours about OKAFOR, Ada is unsaved")
}

// Each act is one step that backspace takes back, also a row that was taken out.
func TestUndo(t *testing.T) {
	s, _ := atTheSheet(t)
	keys(s, "6 enter "+normal)
	row := "Sun 06:00  1 1 1 1 3 1 1 1   0 0 0 0  0 0 0 0 0  0 0 0 0  0 0 0  10 0"
	sees(t, s, row)
	sees(t, keys(s, "up w"), "Taken out: the row of Sun 29 Nov 06:00. backspace brings it back", "no row yet")
	sees(t, keys(s, "backspace"), "undone: row of Sun 06:00", row)
	sees(t, keys(s, "backspace"), "undone: rest none").SeesNot(row)
	sees(t, keys(s, "backspace"), "undone: Raised pressure")
	sees(t, s, "Sun 06:00  1 1 1 1 3 1 1 1   0 0 0 ▌")
	sees(t, keys(s, "u 1"), "Consciousness was also set to unarousable", "unarousable 4 0 0")
	sees(t, keys(s, "u 0"), "Sun 06:00  1 1 1 1 3 1 1 1   0 0 0 ▌")
	sees(t, keys(s, "ctrl+z"), "unarousable 4 0 0")
	sees(t, keys(s, "ctrl+z"), "Sun 06:00  1 1 1 1 3 1 1 1   0 0 0 ▌")
	for range 11 {
		keys(s, "backspace")
	}
	sees(t, s, "Sun 06:00  ▌")
	sees(t, keys(s, "backspace backspace"), "no row yet", "new row: enter takes Sat 20:00")
}

// ↑ changes a row; its time moves it, and each row is compared with those before its time.
func TestARowIsChanged(t *testing.T) {
	s, _ := atTheSheet(t)
	keys(s, "6 enter "+normal+"7 enter 1 1 1 1 2 1 1 1 0 0 0 0 z")
	sees(t, s, "Sun 07:00  1 1 1 1 2 1 1 1   0 0 0 0  0 0 0 0 0  0 0 0 0  0 0 0   9 1 ⚑", "07:00 ⚑ will open a follow-up.")
	sees(t, keys(s, "up up home right right right right right 2 end"), "Sun 06:00  1 1 1 1 2 1 1 1   0 0 0 0  0 0 0 0 0  0 0 0 0  0 0 0   9 1 ⚑", "06:00 ⚑ will open a follow-up. 07:00 ⚑ will join the follow-up.")
	sees(t, keys(s, "up t 0 5 0 0 end"), "05:00 ⚑ will open a follow-up. 06:00 ⚑ will join")
	sees(t, keys(s, "up t 9 enter"), "in the future")
}

// The late signs have columns where the product asks for them or one was found, and on v.
func TestLateSigns(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.SignIn(desktest.Maria)
	sees(t, open(s, ada), "H W A T         result")
	sees(t, keys(s, "6 enter "+normal), "0 0 0 0  0 0 0 0 0  0 0 0 0          10 0")
	sees(t, keys(s, "up v"), "H W A T  M F P  result")
	sees(t, keys(s, "end 7 enter 1 1 1 1 3 1 1 1 0 0 0 0 z"), "0 0 0 0  0 0 0 0 0  0 0 0 0  0 0 0  10 0")
}

// z stops before each line that was not none last time, on record or in an earlier row.
func TestRestNoneStops(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.Record(ada, 12*time.Hour, desktest.Tomasz, "speech=mild")
	s.SignIn(desktest.Maria)
	open(s, ada)
	sees(t, keys(s, "6 enter 1 1 1 1 3 1 1 1 z"), "z does nothing now: it works from Confusion on")
	sees(t, keys(s, "0 0 0 0 z"), "4 set to none; Speech was mild last time: answer it")
	sees(t, keys(s, "0 2 z"), "3 set to none", "0 0 0 0 0  2 0 0 0")
	sees(t, keys(s, "7 enter 1 1 1 1 3 1 1 1 0 0 0 0 z"), "5 set to none; Hallucinations was moderate last time: answer it")
}

// Old flags are said, before and after the save.
func TestOldFlags(t *testing.T) {
	s, p := atTheSheet(t)
	keys(s, "2 7 space n o v space 2 0 0 0 enter 1 1 0 1 3 1 1 1 0 0 0 0 z")
	sees(t, s, "Fri 20:00 ⚑ old flag: over 24 h old, it opens no follow-up.")
	sees(t, keys(s, "ctrl+s"), "Over 24 h old and a later check exists: opens no follow-up")
	sees(t, keys(s, "1"), "1 old flag: no follow-up")
	if c := chartOf(t, s, p); len(c.FollowUps) != 0 {
		t.Errorf("%+v", c.FollowUps)
	}
}

// Points that are asked about once: a total far from the one before, a language barrier of
// a patient who could answer. Recorded meanwhile by others is named.
func TestPointsAskedAboutOnce(t *testing.T) {
	s, p := atTheSheet(t)
	keys(s, "5 enter 0 0 0 0 0 1 1 1 0 0 0 0 z 6 enter u 5")
	sees(t, s, "Could answer before: this will be URGENT")
	keys(s, "0 0 0 0 z")
	s.Another().SignIn(desktest.Tomasz).Record(p, time.Hour, desktest.Tomasz)
	sees(t, keys(s, "ctrl+s"), "Please check: ICE is 3 now, it was 10.", "could answer before: score the items 0.", "MEANWHILE 07:10 Tomasz Wójcik recorded a check: ICE 10, ICANS 0.")
}

// A cause that a clinician named ahead is carried by the rows that it applies to.
func TestCauseNamedAhead(t *testing.T) {
	s, p := atTheWard(t)
	must(0, s.Log.NameCause(t.Context(), ward.Sign(desktest.Nair, s.Now().Add(-4*time.Hour)), ward.Attribution{PatientID: p.ID, Domain: "consciousness", Cause: "propofol", Until: s.Now().Add(16 * time.Hour)}))(t)
	s.Tick()
	sees(t, open(s, p), "consciousness: propofol, until")
	sees(t, keys(s, "6 enter u 3"), "Carries the cause that a clinician named ahead: propofol")
	sees(t, keys(s, "2 0 0 0 z ctrl+s"), "Other cause: propofol.")
	sees(t, keys(s, "y"), "Saved")
	if c := lastOf(t, s, p); c.CauseNote != "propofol" || !c.Findings.OtherCause.Has(icans.AllDomains[1]) {
		t.Errorf("saved %+v", c)
	}
}

// The tool of a row can be another one; the letters follow the selected row.
func TestAnotherTool(t *testing.T) {
	s, p := atTheSheet(t)
	sees(t, keys(s, "6 enter 1 u 9"), "E P A C R N M S", "Tool CAPD", "0 always  1 often")
	sees(t, keys(s, "0 0 0 0 0 0 0 1 0 0 0 0 z 7 enter"), "Y M C H N F W B")
	sees(t, keys(s, "u 6"), "Next try in 1 h", "unable: refused")
	sees(t, keys(s, "0 enter ctrl+s y"), "Saved")
	holds(t, "record", recordOf(t, s, p), "28 12:00 ICE 10 none, 29 06:00 CAPD 1 grade1, 29 07:00 refused incomplete")
}

// A wristband is compared, and answers nothing; a paste neither.
func TestWristbands(t *testing.T) {
	s, p := atTheWard(t)
	ada := s.Ada()
	s.Tick()
	open(s, p)
	sees(t, s.Burst("0041198"), "wristband matches 08:10: KOWALSKI, Piotr", "no row yet")
	sees(t, keys(s, "6 enter 1").Burst("0041198"), "wristband matches", "Sun 06:00  1 ▌")
	sees(t, s.Burst("0042317"), "WRONG WRISTBAND: OKAFOR, Ada 0042317.", "This form is for KOWALSKI, Piotr 0041198. Nothing was entered.")
	sees(t, keys(s, "0"), "Sun 06:00  1 ▌")
	sees(t, s.Burst("111131110"), "9 keys came at once", "Sun 06:00  1 ▌")
	sees(t, s.Paste("1111"), "4 keys came at once (scan, paste?): not taken", "Sun 06:00  1 ▌")
	keys(s, "end").Paste("yesterday 2350")
	sees(t, keys(s, "enter"), "Sat 23:50  ▌")
	sees(t, s.Burst("0042317"), "WRONG WRISTBAND")
	keys(s, "1")
	if got := s.LastOpened(); got.Screen != desk.Patient || got.Subject != desk.Subject(ada.ID) {
		t.Errorf("opened %+v", got)
	}
}

// Under 80×24 keys do nothing; letters mean the same in both cases; every line fits.
func TestKeysAndWidths(t *testing.T) {
	s, _ := atTheSheet(t)
	keys(s, "6 enter 1 1")
	s.Size(79, 24)
	keys(s, "1 1 ctrl+s")
	sees(t, s.Size(80, 24), "Sun 06:00  1 1 ▌")
	sees(t, keys(s, "N Y 3"), "Sun 06:00  1 1 0 1 3 ▌")
	sees(t, keys(s, "x"), "x does nothing here")
	sees(t, keys(s, "o"), "o does nothing now: a sheet has no place for it: save, then correct the check with r")
	keys(s, "esc")

	long := s.Admit("6A", ward.Patient{MRN: "00000000000042317", Name: strings.Repeat("漢字", 40) + ", Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, Language: "Portuguese", Interpreter: true})
	s.Tick()
	open(s, long)
	for _, key := range strings.Fields("6 enter 4 u 1 0 enter 7 enter " + normal + "ctrl+s") {
		s.Press(key)
		if n := strings.Count(s.Screen(), "\n"); n != 23 {
			t.Errorf("%d lines after %s", n+1, key)
		}
		sees(t, s, "MRN 00000000000042317", "14 Mar 1961")
		if n := strings.Count(s.Screen(), "漢"); n < 40 {
			t.Errorf("the name is cut after %s:\n%s", key, s.Screen())
		}
	}
}

// Many rows scroll, the selected one in view, and a sheet takes no more than its limit.
func TestManyRows(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.SignIn(desktest.Maria)
	open(s, ada)
	start := s.Now().Add(-mostRows * 30 * time.Minute).Truncate(time.Minute)
	keys(s, "y e s t e r d a y space")
	for i := range mostRows {
		s.Type(start.Add(time.Duration(i) * 30 * time.Minute).Format("1504"))
		if i == 0 {
			keys(s, "enter")
		}
		keys(s, "u 6 0 enter")
	}
	sees(t, s, "↑ ", "39 rows will join the follow-up.").SeesNot("Sat 22:07")
	sees(t, keys(s, "1 5 3 0"), "a sheet holds 40 checks: save these first")
	keys(s, "ctrl+u up home")
	for range mostRows {
		keys(s, "up")
	}
	sees(t, s, "Sat 20:07", "more lines", "ctrl+s save 40")
}

func TestReadTime(t *testing.T) {
	london := must(time.LoadLocation("Europe/London"))(t)
	day := func(d, h, m int) time.Time { return time.Date(2026, 11, d, h, m, 0, 0, london) }
	now := day(29, 8, 10) // a Sunday
	for _, c := range []struct {
		text   string
		before time.Time
		want   string
	}{
		{"4", time.Time{}, "Sun 29 04:00"}, {"04", time.Time{}, "Sun 29 04:00"}, {"0400", time.Time{}, "Sun 29 04:00"}, {"4:30", time.Time{}, "Sun 29 04:30"},
		{"20", time.Time{}, "asks: in the future, the clock says 08:10. Yesterday?"},
		{"yesterday 2350", time.Time{}, "Sat 28 23:50"},
		{"22", day(28, 20, 0), "Sat 28 22:00"}, {"00", day(28, 22, 0), "Sun 29 00:00"}, {"02", day(29, 0, 0), "Sun 29 02:00"},
		{"2", day(29, 4, 0), "Sun 29 02:00"},                                                     // a row that was forgotten
		{"22", day(29, 4, 0), "asks: in the future, the clock says 08:10. Yesterday?"},           // likewise
		{"06", day(28, 4, 0), "asks: which day?"},                                                // Saturday or today
		{"06", day(27, 20, 0), "asks: which day?"},                                               // likewise
		{"20", day(28, 20, 0), "asks: in the future, the clock says 08:10. Yesterday?"},          // twice the same time
		{"27 nov 2200", day(28, 20, 0), "Fri 27 22:00"}, {"now", day(28, 20, 0), "Sun 29 08:10"}, // a day of its own
		{"25", day(28, 20, 0), "no: there is no 25:00"}, {"x", day(28, 20, 0), `no: "x" is no time`},
	} {
		r := readTime(c.text, now, london, c.before)
		got := r.Value.Format("Mon 2 15:04")
		switch {
		case r.Err != "":
			got = "no: " + r.Err
		case r.Question != "":
			got = "asks: " + r.Question
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%q after %v: %s, not %s", c.text, c.before, got, c.want)
		}
	}
	// The night in which the clocks go back: 01:30 is the later one behind the earlier one.
	first := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
	if r := readTime("0130", first.Add(8*time.Hour), london, first.In(london)); !r.OK() || r.Value.Sub(first) != time.Hour {
		t.Errorf("%+v", r)
	}
}

func TestFourFiguresNeedNoEnter(t *testing.T) {
	for text, want := range map[string]bool{"0400": true, "2350": true, "2026": false, "2025": false, "2027": false, "2028": true, "400": false, "4:00": false, "28 N": false} {
		if isClock(text, morning) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
	s, _ := atTheSheet(t)
	sees(t, s.Type("7"), "new row: enter takes Sun 07:00, as typed")
	sees(t, s.Type("x"), "new row: type its time")
	s.Press("ctrl+u")
	sees(t, s, "new row: enter takes Sat 20:00, the time by the check interval")
	sees(t, s.Type("2026-11-29 03:00").Press("enter"), "Sun 03:00  ▌")
}

// A key costs the same on the sheet of a patient with a long record.
func BenchmarkKey(b *testing.B) {
	h := ward.History{Patient: ward.Patient{ID: 1, Tool: icans.ICE}, Stays: []ward.Stay{{ID: 1, PatientID: 1, AdmittedAt: morning.AddDate(-1, 0, 0)}}}
	site := ward.DefaultSite()
	for i := range 3000 {
		at := morning.Add(time.Duration(i-3001) * 2 * time.Hour)
		h.Checks = append(h.Checks, ward.Check{ID: fmt.Sprint(i), Version: 1, PatientID: 1, Status: ward.Recorded, PerformedAt: at, Recorded: ward.Sign("x", at), Findings: desktest.Findings(b)})
	}
	h.Evaluate(&site)
	var rows []row
	for i := range 6 {
		r := newRow(fmt.Sprint("row", i), morning.Add(time.Duration(i-7)*time.Hour), icans.ICE)
		r.Values["consciousness"] = "alert"
		rows = append(rows, r)
	}
	tail := h.Tail(rows[0].At, &site)
	for b.Loop() {
		evaluate(&h, &tail, &site, rows, "x", morning)
	}
}

// The sheet and its question follow the patient, as another terminal changes them.
func TestTheSheetFollowsThePatient(t *testing.T) {
	s, piotr := atTheSheet(t)
	s.Type("0400").Press(strings.Split("1 1 1 1 3 1 1 1 0 0 0 0 z ctrl+s", " ")...)
	sees(t, s, "SAVE 1 check?   KOWALSKI, Piotr")
	now := piotr
	sign := func() ward.Signature { return ward.Sign(desktest.Tomasz, s.Now()) }
	now.Name = "KOWALSKI-BELL, Piotr"
	must(s.Log.EditPatient(t.Context(), sign(), now))(t)
	sees(t, s.Wait(time.Minute).Tick(), "SAVE 1 check?   KOWALSKI-BELL, Piotr", desk.ChangedMeanwhile)
	must(s.Log.Discharge(t.Context(), sign(), piotr.ID, s.Now(), "home"))(t)
	sees(t, s.Wait(time.Minute).Tick(), "left 08:11, home, Tomasz", "the patient left 08:11, home, Tomasz")
	s.Wait(time.Second).Press("1")
	sees(t, s, "Saved")
}

// In the empty time of a new row u takes the time in grey and asks why the tool was not
// done, z says that the time comes first, and no letter with which no time begins is text.
// A letter of a scan is no key.
func TestLettersInAnEmptyTime(t *testing.T) {
	s, p := atTheSheet(t)
	sees(t, s.Press("z"), "z does nothing now: the time of the row comes first")
	for _, key := range strings.Split("b e g h i k l p q r x -", " ") {
		s.Press(key).SeesNot(key + "▌")
		sees(t, s, key+" does nothing here")
	}
	for _, letter := range strings.Split("a d f j m n o s t w y", " ") {
		sees(t, s.Press(letter), letter+"▌")
		s.Press("backspace")
	}
	s.Burst("U0042371").SeesNot("not done?")
	sees(t, s.Wait(time.Second).Press("u"), "Why was ICE not done?")
	sees(t, s.Wait(time.Second).Press("2").Press("ctrl+s"), "asleep", "SAVE 1 check?")
	s.Wait(time.Second).Press("1")
	if c := lastOf(t, s, p); c.Findings.Unable == 0 {
		t.Errorf("%+v", c.Findings)
	}
}

// Rows of the hour that comes twice are told apart: in the grid the letters of the zone take
// the room of the day.
func TestRowsOfTheHourThatComesTwice(t *testing.T) {
	for _, c := range []struct{ zone, now, first, second, cells string }{
		{"Europe/Lisbon", "2026-10-25T08:10:00Z", "WEST", "WET", "WEST, 1:30 WET"},
		{"Australia/Lord_Howe", "2026-04-04T21:10:00Z", "UTC+11:00", "UTC+10:30", "+11, 1:30 +1030"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		s := desktest.New(t, Screens())
		s.Jump(now)
		before := now.Add(-24 * time.Hour)
		kowalski := ward.Patient{MRN: "0041198", Name: "KOWALSKI, Piotr", BirthDate: ward.Date{Year: 1958, Month: 8, Day: 2}, Tool: icans.ICE}
		p, _, err := s.Log.Admit(t.Context(), ward.Sign(desktest.Nair, before), kowalski, ward.Stay{Bed: "4B", AdmittedAt: before})
		if err != nil {
			t.Fatal(err)
		}
		s.SignIn(desktest.Maria)
		s.Desk.SetWard(s.Desk.Ward(), zone, s.Desk.People())
		open(s, p)
		first, second, _ := strings.Cut(c.cells, ", 1:30 ")
		for _, at := range [][2]string{{c.first, first}, {c.second, second}} {
			s.Type("01:30 " + at[0])
			sees(t, s, "new row: enter takes Sun 01:30 "+at[1])
			sees(t, keys(s, "enter "+normal), "1:30 "+at[1]+" 1 1 1 1 3 1 1 1   0 0 0 0  0 0 0 0 0  0 0 0 0         10 0")
		}
		s.SeesNot("The same one?")
	}
}
