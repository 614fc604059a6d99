package tui

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// The cases B1 to B22 of the specification, played on the whole program with all screens.
// The packages of the screens test the details.

// floor is a ward with any number of terminals on one log and one clock.
type floor struct {
	t     *testing.T
	log   *store.Store
	clock *desktest.Clock
}

func newFloor(t *testing.T) *floor {
	t.Helper()
	return &floor{t, desktest.Ward(t), desktest.NewClock()}
}

// seat returns a terminal with the sign-in.
func (f *floor) seat() *desktest.Seat { return sitAtAll(f.t, f.log, f.clock) }

// seatOf returns a terminal that was started as a display for a wall.
func (f *floor) seatOf(w *Wall) *desktest.Seat { return sitAtWall(f.t, f.log, f.clock, w) }

func (f *floor) chart(p ward.Patient) *ward.Chart {
	f.t.Helper()
	c, err := f.log.Chart(f.t.Context(), p.ID)
	f.ok(err)
	return &c
}

// known returns the patient of the log with an MRN, and the latest stay.
func (f *floor) known(mrn string) *store.Known {
	f.t.Helper()
	list, err := f.log.KnownPatients(f.t.Context())
	f.ok(err)
	for _, k := range list {
		if k.Patient.MRN == mrn {
			return &k
		}
	}
	f.t.Fatalf("no patient has the MRN %s", mrn)
	return nil
}

func (f *floor) ok(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// keys plays keys that are written in one text.
func keys(s *desktest.Seat, text string) *desktest.Seat {
	return s.Press(strings.Fields(text)...)
}

// entry types values into the lines of a form and ends each of them with enter. A value
// after = is an answer, which goes on by itself.
func entry(s *desktest.Seat, values ...string) *desktest.Seat {
	for _, v := range values {
		if answer, ok := strings.CutPrefix(v, "="); ok {
			s.Press(answer)
			continue
		}
		if v != "" {
			s.Type(v)
		}
		s.Press("enter")
	}
	return s
}

// up leaves a screen. It waits, because esc may be the beginning of an arrow.
func up(s *desktest.Seat) *desktest.Seat { return s.Press("esc").Wait(time.Second) }

// selected fails the test if the marked line does not show a text.
func selected(t *testing.T, s *desktest.Seat, text string) {
	t.Helper()
	if line := s.Line("▌"); !strings.Contains(line, text) {
		t.Errorf("%s is not selected:\n%s", text, s.Screen())
	}
}

// cell returns the value of a line of the form.
func cell(s *desktest.Seat, label string) string {
	_, rest, _ := strings.Cut(s.Line(label), label)
	r := []rune(rest)
	return strings.TrimSpace(string(r[:min(len(r), 27-len([]rune(label)))]))
}

// complete records a normal check of the selected patient.
const complete = "n 1 1 1 1 3 1 1 1 0 0 0 0 z enter y"

// B1: the selected patient stays selected, from the first drawing on.
func TestB1TheSelectionStays(t *testing.T) {
	f := newFloor(t)
	first, second := f.seat(), f.seat()
	ada, bjorg := first.Ada(), first.Sorensen()
	first.Record(bjorg, 5*time.Minute, desktest.Tomasz, "ice_city=0")
	first.Record(ada, 20*time.Minute, desktest.Tomasz, "ice_city=0")
	enter(first, "maria")
	selected(t, first, "OKAFOR, Ada")
	enter(second, "tomasz").Press("f").Wait(time.Second)
	selected(t, second, "OKAFOR, Ada")
	second.Press("a", "1").Sees("accepted 16:")
	first.Tick()
	selected(t, first, "OKAFOR, Ada")
	first.Sees("NOT ACCEPTED 1").Press("n").Sees("NEURO CHECK  OKAFOR, Ada", "MRN 0042317")
}

// B2: the selected check is withdrawn and no other, and the question names it.
func TestB2TheSelectedCheck(t *testing.T) {
	f := newFloor(t)
	first, second := f.seat(), f.seat()
	ada := first.Ada()
	first.Record(ada, 9*time.Hour, desktest.Tomasz)
	mine := first.Record(ada, 321*time.Minute, desktest.Tomasz, "ice_city=0")
	enter(first, "maria").Press("enter").Sees("PATIENT  OKAFOR, Ada", " 10:46 ICE 9")
	enter(second, "tomasz")
	keys(second, complete).Wait(time.Second).Sees("Saved")
	first.Tick()
	first.Sees(" 10:46 ICE 9")
	first.Press("w").Sees("OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "WITHDRAW the check of Sun 29 Nov 10:46?")
	first.Press("3").Wait(time.Second).Sees("Withdrawn: the check of 10:46")
	for _, c := range f.chart(ada).Checks {
		if c.Valid() == (c.ID == mine.Check.ID) {
			t.Errorf("the check of %s: %s", c.PerformedAt, c.Status)
		}
	}
}

// B3: a wristband is a search on the board, and never an answer of a form.
func TestB3AWristbandIsNoAnswer(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	s.Record(s.Ada(), 2*time.Hour, desktest.Tomasz)
	s.Record(s.Ida(), time.Hour, desktest.Tomasz, "ice_city=0")
	enter(s, "maria")
	selected(t, s, "OKAFOR, Ida")
	s.Burst("0042317").Sees("PATIENT  OKAFOR, Ada")
	selected(t, up(s), "OKAFOR, Ada") // the scanned patient, also after esc
	s.Press("n").Sees("NEURO CHECK  OKAFOR, Ada")
	up(s)
	s.Burst("0042371").Press("n").Sees("NEURO CHECK  OKAFOR, Ida").Press("1")
	s.Burst("0042317").Sees("WRONG WRISTBAND: OKAFOR, Ada 0042317.", "This form is for OKAFOR, Ida 0042371. Nothing was entered.")
	s.Press("0").Burst("0042371").Sees("wristband matches")
	if year, month := cell(s, "Year"), cell(s, "Month"); !strings.HasPrefix(year, "yes") || month != "" {
		t.Errorf("answers: Year %q, Month %q\n%s", year, month, s.Screen())
	}
}

// B4: the keys do nothing while the window does not show the screen.
func TestB4NothingIsSavedUnseen(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	ada := s.Ada()
	enter(s, "maria").Size(70, 24).Sees("Make the window larger: it is 70×24, 80×24 is needed. Keys do nothing")
	keys(s, "n n n n ctrl+s y").Size(80, 24).Sees("1 on the ward")
	keys(s, "n 1").Size(70, 24)
	keys(s, "n n n ctrl+s y").Size(80, 24).Sees("NEURO CHECK  OKAFOR, Ada")
	if got := cell(s, "Month"); got != "" || f.chart(ada).Last() != nil {
		t.Errorf("Month %q, last check %v", got, f.chart(ada).Last())
	}
}

// B5: a discharge by mistake is asked about, undone, and is no dead end for the MRN.
func TestB5ADischargeByMistake(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	p := s.Kowalski()
	enter(s, "maria")
	keys(s, "d 1").Sees("Discharge KOWALSKI, Piotr, MRN 0041198, home, 16:07?")
	s.Press("0").Wait(time.Second)
	if !f.known("0041198").Stay.OnWard() {
		t.Fatal("discharged with two keys")
	}
	up(s)
	keys(s, "d 1 y").Wait(time.Second).Sees("KOWALSKI, Piotr left 16:07, home", "0 on the ward")
	s.Press("p").Sees("readmit KOWALSKI, Piotr").Press("2", "1").Wait(time.Second).Sees("discharge undone: KOWALSKI, Piotr")
	if k := f.known("0041198"); !k.Stay.OnWard() || k.Patient.ID != p.ID {
		t.Errorf("%+v", k.Stay)
	}
	keys(s, "d 1 y").Wait(time.Second)
	keys(s, "p 4")
	entry(s, "0041198", "KOWALSKI, Piotr", "2 Aug 1958", "", "", "4B").Press("ctrl+s")
	s.Sees("LOOK AGAIN before saving", "MRN of KOWALSKI, Piotr, left 16:07, home. Readmit?")
	keys(s, "2 enter enter enter enter 1").Wait(time.Second).Sees("readmitted KOWALSKI, Piotr", "1 on the ward")
	if k := f.known("0041198"); !k.Stay.OnWard() || k.Patient.ID != p.ID {
		t.Errorf("%+v", k.Stay)
	}
}

// B6: z answers nothing outside its block, says so, and is one step to undo.
func TestB6RestNone(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	s.Ada()
	enter(s, "maria")
	keys(s, "n z").Sees("z does nothing now: it works from Confusion on")
	keys(s, "1 1 1 1 3 1 1 1 0 0 0 0 z").Sees("9 set to none")
	s.Press("backspace").Sees("undone: rest none").SeesNot("Tremor          none")
}

// B7: in the hour that comes twice, a time that is not touched stays, and a time that is
// typed is the latest that is over.
func TestB7TheHourThatComesTwice(t *testing.T) {
	at := time.Date(2026, 10, 25, 0, 20, 0, 0, time.UTC) // 01:20 BST, the first pass
	for _, typed := range []string{"", "0120"} {
		f := &floor{t, desktest.DemoWard(t, at), desktest.NewClock()}
		s := f.seat()
		s.Jump(at)
		s.Type("maria").Press("enter").Wait(time.Second)
		keys(s, "n t").Sees("01:20 BST").Type(typed).Press("enter").SeesNot("1 d ago", "Sat 01:20", "LATE ENTRY")
		keys(s, "1 ctrl+s").Sees("done Sun 25 Oct 01:20 BST by Maria Santos").Press("y").Wait(time.Second)
		states, err := f.log.Board(t.Context())
		f.ok(err)
		found := false
		for _, state := range states {
			if last := state.Last(); last != nil && last.Recorded.By == desktest.Maria && last.PerformedAt.Sub(at) < time.Minute && !last.PerformedAt.Before(at) {
				found = true
			}
		}
		if !found {
			t.Errorf("no check of 01:20 BST\n%s", s.Screen())
		}
	}
}

// B8: a time ahead of the clock is refused, and is yesterday's only after a yes.
func TestB8ATimeAhead(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	ada := s.Ada()
	enter(s, "maria")
	keys(s, "i 1").Type("1635").Press("enter").Sees("in the future, the clock says 16:07. Yesterday?")
	s.Press("0").Sees("when    1635▌")
	if n := len(f.chart(ada).Interventions); n != 0 {
		t.Errorf("%d interventions", n)
	}
	s.Press("ctrl+u").Type("1520")
	keys(s, "enter enter").Sees("Save: dexamethasone, today 15:20 (47 min ago)?").Press("1").Wait(time.Second)
	if list := f.chart(ada).Interventions; len(list) != 1 || list[0].DoneAt.UTC().Format("2 15:04") != "29 15:20" {
		t.Errorf("%+v", list)
	}
}

// B9: a text that begins like a time and is none is refused.
func TestB9TimesThatAreNone(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	ada := s.Ada()
	enter(s, "maria").Press("i", "1")
	for _, text := range []string{"13:20, dex", "1320 dex", "25:10 dex"} {
		s.Type(text).Press("enter").Sees("is no time", "WHAT WAS DONE   OKAFOR, Ada").Press("ctrl+u")
	}
	s.Type("1320").Press("enter")
	for _, text := range []string{"13:20, dex", "1320 dex", "25:10 dex"} {
		s.Type(text).Press("enter").SeesNot("Save:").Press("ctrl+u")
	}
	if n := len(f.chart(ada).Interventions); n != 0 {
		t.Errorf("%d interventions", n)
	}
}

// admitLund opens the form of a new patient from the board and fills it as far as the
// infusion.
func admitLund(s *desktest.Seat) *desktest.Seat {
	keys(s, "p 4 enter")
	return entry(s, "0050002", "LUND, Per", "1 May 1950", "", "", "8A", "", "", "=0", "axi-cel", "")
}

// B10: an infusion at a time of day that is ahead is today's.
func TestB10AnInfusionLaterToday(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	s.Jump(time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC))
	admitLund(enter(s, "maria"))
	entry(s, "14:00").Sees("today 14:00")
	keys(s, "ctrl+s").Sees("LUND, Per", "29 Nov 2026 14:00").Press("1").Wait(time.Second)
	if p := f.known("0050002").Patient; !p.InfusedAt.Equal(time.Date(2026, 11, 29, 14, 0, 0, 0, time.UTC)) {
		t.Errorf("infused at %s", p.InfusedAt)
	}
	s.Sees("LUND, Per").SeesNot("+1")
}

// B11: an infusion of a year ago, typed in the first days of a year, is asked about.
func TestB11TheYearOfAnInfusion(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	s.Jump(time.Date(2027, 1, 2, 10, 0, 0, 0, time.UTC))
	admitLund(enter(s, "maria"))
	entry(s, "2026-01-02 09:00").Sees("2 January 2026 is a year ago: is the year right?").Press("2")
	keys(s, "ctrl+s").Sees("LUND, Per", "2 Jan 2027").Press("1").Wait(time.Second)
	if p := f.known("0050002").Patient; !p.InfusedAt.Equal(time.Date(2027, 1, 2, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("infused at %s", p.InfusedAt)
	}
}

// B12: an interval needs a unit, and is repeated in words.
func TestB12TheUnitOfAnInterval(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	ada := s.Ada()
	s.Record(ada, time.Hour, desktest.Maria)
	enter(s, "nair")
	keys(s, "t 1 3 0 enter").Sees("needs a unit: 30m or 30h")
	s.Type("m").Press("enter").Sees("every 30 minutes")
	if n := len(f.chart(ada).Orders); n != 0 {
		t.Errorf("%d orders before the answer", n)
	}
	s.Type("restless").Press("enter", "1").Wait(time.Second)
	if o := f.chart(ada).Orders; len(o) != 1 || o[0].Interval != 30*time.Minute {
		t.Errorf("%+v\n%s", o, s.Screen())
	}
}

// B13: a correction keeps a comment of any length.
func TestB13ALongComment(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	ada := s.Ada()
	note := (strings.Repeat("slow to answer, ", 70) + "and more of it")[:1075]
	at := s.Now().Add(-time.Hour)
	_, err := f.log.SaveCheck(t.Context(), ward.Sign(desktest.Maria, at), ward.Check{
		ID: "long", Version: 1, PatientID: ada.ID, Status: ward.Recorded, PerformedAt: at, Findings: desktest.Findings(t), Note: note,
	})
	f.ok(err)
	enter(s, "maria")
	keys(s, "enter r c enter / s p enter 1 ctrl+s 1").Wait(time.Second)
	if c := f.chart(ada).Last(); c.Version != 2 || c.Note != note || c.Findings.Observed[icans.Speech] != icans.Mild {
		t.Errorf("version %d, %d characters\n%s", c.Version, len(c.Note), s.Screen())
	}
}

// B14: a text is kept after esc, and after the end of a terminal; TestLogLocked has the rest.
func TestB14TextIsKept(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	s.Ada()
	enter(s, "maria")
	keys(s, "n 1 c").Type("sleepy since lunch")
	up(s).Press("c").Sees("sleepy since lunch").Type(", says the wife")
	again := f.seat() // the process of the first terminal ended in the comment
	enter(again, "maria")
	keys(again, "n").Wait(time.Second).Sees("Comment   OKAFOR, Ada", "sleepy since lunch, says the wife")
}

// B15: a number in another spelling, and a person under another number, are asked about.
func TestB15OnePersonUnderTwoNumbers(t *testing.T) {
	for _, story := range []struct {
		mrn, name, born, sees string
		same                  bool
	}{
		{"0042317\u200b", "OKAFOR, Ada", "14 Mar 1961", "MRN of OKAFOR, Ada, on the ward, bed 1A", true},
		{"42317", "OKAFOR, Ada", "14 Mar 1961", "like 0042317 OKAFOR, Ada, same birth date: same person?", false},
		{"0099999", "Okafor, Ada", "14 Mar 1961", "same name and birth date as 0042317: same person?", false},
	} {
		f := newFloor(t)
		s := f.seat()
		s.Ada()
		enter(s, "maria")
		keys(s, "p 4 enter").Paste(story.mrn).Press("enter")
		entry(s, story.name, story.born).Press("ctrl+s").Sees("LOOK AGAIN", story.sees)
		if story.same {
			s.Press("1").Sees("the MRN is taken")
		}
		list, err := f.log.KnownPatients(t.Context())
		f.ok(err)
		if len(list) != 1 {
			t.Errorf("%s: %d patients", story.mrn, len(list))
		}
	}
}

// B16: a letter means the same under Caps Lock.
func TestB16CapsLock(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	ada, bjorg := s.Ada(), s.Sorensen()
	for _, p := range []ward.Patient{ada, bjorg} {
		s.Record(p, 5*time.Minute, desktest.Tomasz, "ice_city=0")
	}
	enter(s, "maria").Press("F").Sees("FOLLOW-UPS   2 open   2 not accepted")
	s.Press("A").Sees("Accept for ").Press("A", "1").Wait(time.Second).Sees("1 not accepted")
	up(s).Press("A").Press("A")
	accepted := 0
	for _, p := range []ward.Patient{ada, bjorg} {
		if f.chart(p).Open().Acked.Done() {
			accepted++
		}
	}
	if accepted != 1 {
		t.Errorf("%d accepted", accepted)
	}
}

// B17: the age counts on the calendar of the ward.
func TestB17TheWardsCalendar(t *testing.T) {
	for _, c := range []struct {
		born string
		tool icans.Tool
	}{{"2015-07-11", icans.ICE}, {"2015-07-12", icans.CAPD}} {
		f := newFloor(t)
		s := f.seat()
		s.Jump(time.Date(2027, 7, 10, 23, 30, 0, 0, time.UTC)) // 00:30 in London on the 11th
		enter(s, "maria")
		keys(s, "p 4 enter")
		entry(s, "0050003", "LEE, Kim", c.born).Press("ctrl+s")
		s.Sees("LEE, Kim").Press("1").Wait(time.Second)
		if p := f.known("0050003").Patient; p.Tool != c.tool {
			t.Errorf("born %s: %v", c.born, p.Tool)
		}
	}
}

// B18: a check that another terminal recorded meanwhile is in the save question.
func TestB18Meanwhile(t *testing.T) {
	f := newFloor(t)
	first, second := f.seat(), f.seat()
	first.Ada()
	enter(first, "maria")
	keys(first, "n 1 1 1 1 3 1 1 1 0 0 0 0 z")
	enter(second, "tomasz")
	keys(second, "n 1 1 1 1 3 1 1 0 0 0 0 0 z").Sees("Maria Santos has a check open").Press("enter")
	second.Sees("ICE 9").Press("y").Wait(time.Second)
	first.Wait(2*time.Minute).Press("ctrl+s").Sees("MEANWHILE 16:07 Tomasz Wójcik recorded a check: ICE 9, ICANS 1", "the same one?")
}

// B19: names are found without their accents.
func TestB19SearchWithoutAccents(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	s.Ada()
	s.Sorensen()
	s.Type("wojcik").Sees("Tomasz Wójcik").Press("enter").Type(desktest.PIN).Press("enter").Wait(time.Second)
	s.Sees("Tomasz Wójcik", "2 on the ward")
	s.Press("/").Type("sorensen").Sees("1 of 2", "SØRENSEN, Bjørg").SeesNot("OKAFOR, Ada")
}

// B20: an arrow that arrives in parts is an arrow.
func TestB20AnArrowInParts(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	s.Ada()
	s.Ida()
	enter(s, "maria")
	before := s.Line("▌")
	s.Send(desktest.KeyMsg("esc"))
	s.Wait(60 * time.Millisecond)
	s.Send(desktest.KeyMsg("["))
	s.Send(desktest.KeyMsg("B"))
	s.Wait(time.Second).Sees("2 on the ward", "Maria Santos").SeesNot("[B", "ctrl+l locks")
	if after := s.Line("▌"); after == before || !strings.Contains(after, "OKAFOR") {
		t.Errorf("selected %q, then %q", before, after)
	}
}

// B21: a report about the wrong patient is withdrawn with a reason.
func TestB21AReportForTheWrongPatient(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	ada := s.Ada()
	s.Record(ada, time.Hour, desktest.Maria)
	enter(s, "maria")
	keys(s, "s 2 enter").Type("very quiet")
	keys(s, "enter 1").Wait(time.Second).Sees("report")
	s.Press("enter").Wait(time.Second)
	for range 5 {
		if strings.Contains(s.Screen(), "  events ") && strings.Contains(s.Line("▌"), "very quiet") {
			break
		}
		s.Press("v")
	}
	keys(s, "w").Sees("WITHDRAW   OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "very quiet")
	keys(s, "1 enter 1").Wait(time.Second).Sees("Withdrawn: ")
	if c := f.chart(ada); c.Waiting() != nil || len(c.AllReports) != 1 || c.AllReports[0].Reason != "wrong patient" {
		t.Errorf("%+v", c.AllReports)
	}
}

// B22: a late check that is entered twice is asked about.
func TestB22TheSameCheckTwice(t *testing.T) {
	f := newFloor(t)
	first, second := f.seat(), f.seat()
	p := first.Kowalski()
	late := "n t 0 3 0 0 enter 1 1 1 1 3 1 1 1 0 0 0 0 z enter"
	enter(first, "maria")
	keys(first, late).Sees("LATE ENTRY Sun 29 Nov 03:00").Press("y").Wait(time.Second).Sees("Saved")
	enter(second, "tomasz")
	keys(second, late).Sees("there is a check of 03:00 by Maria Santos: the same one?", "KOWALSKI, Piotr", "MRN 0041198")
	second.Press("0").Wait(time.Second).Sees("NEURO CHECK  KOWALSKI, Piotr")
	if n := len(f.chart(p).Checks); n != 1 {
		t.Errorf("%d checks", n)
	}
	keys(first, late).Sees("there is a check of 03:00 by Maria Santos: the same one?")
}

// A lock asks for the PIN of the person who locked, and the question of ctrl+c names the
// work of each screen that is not saved.
func TestUnsavedWorkIsNamed(t *testing.T) {
	for _, c := range []struct{ keys, names string }{
		{"n 1", "check of OKAFOR, Ada"},
		{"r / s p enter 1", "correction of the check of 15:07, OKAFOR, Ada"},
		{"i 1 1 5", "what was done of OKAFOR, Ada"},
		{"c x", "comment on the follow-up of OKAFOR, Ada"},
		{"a 1 x y", "note on the follow-up of OKAFOR, Ada"},
		{"e x", "details of OKAFOR, Ada"},
		{"p 4 enter 1", "admission of a new patient"},
	} {
		s := newFloor(t).seat()
		s.Record(s.Ada(), time.Hour, desktest.Tomasz, "ice_city=0")
		enter(s, "nair")
		for _, key := range strings.Fields(c.keys) {
			s.Press(key).Wait(time.Second)
		}
		before := s.Screen()
		s.Press("ctrl+l").Wait(time.Second).Sees("LOCKED by Dr Priya Nair at 16:0", "PIN ▌").SeesNot("OKAFOR")
		s.Type(desktest.PIN).Press("enter").Wait(time.Second)
		if after := s.Screen(); firstLine(after) != firstLine(before) {
			t.Errorf("%s: the screen before the lock\n%s\nand after it\n%s", c.keys, before, after)
		}
		s.Press("ctrl+c").Wait(time.Second).Sees("Quit neurocheck, Dr Priya Nair?", "Unsaved: "+c.names)
		if s.Quit {
			t.Errorf("%s: ended unasked", c.keys)
		}
	}
}

func firstLine(screen string) string {
	line, _, _ := strings.Cut(screen, "  ")
	return line
}

// A visit of a patient is audited once, however many forms open from the patient's screen.
// Back on the board the next one is another visit.
func TestAVisitIsAuditedOnce(t *testing.T) {
	f := newFloor(t)
	s := f.seat()
	ada := s.Ada()
	s.Record(ada, 20*time.Minute, desktest.Tomasz, "ice_city=0")
	enter(s, "nair")
	for _, step := range []struct {
		keys  string
		reads int
		sees  string
	}{
		{"enter", 1, "PATIENT"}, {"i esc n", 1, "NEURO CHECK"}, {"esc n esc", 1, "PATIENT"}, {"enter", 1, "CHECK 15:47"},
		{"esc t esc", 1, "PATIENT"}, {"esc", 1, "on the ward"}, {"n", 2, "NEURO CHECK"}, {"esc", 2, "on the ward"},
		{"enter", 3, "PATIENT"}, {"ctrl+l", 3, "LOCKED"},
	} {
		keys(s, step.keys).Sees(step.sees)
		n := 0
		f.ok(s.Log.EachAudit(t.Context(), store.AuditSelection{PatientID: ada.ID}, func(e *ward.AuditEntry) error {
			if e.Event == ward.ReadPatient {
				n++
			}
			return nil
		}))
		if n != step.reads {
			t.Errorf("after %s: %d reads, want %d", step.keys, n, step.reads)
		}
	}
	enter(s, "").Sees("PATIENT  OKAFOR, Ada")
}
