package board

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// The demo ward in colour, without colour and in ASCII.
func TestDemoBoard(t *testing.T) {
	s := desktest.Demo(t, Screens()).SignIn(desktest.Maria)
	s.Golden("board")
	s.Size(120, 36).Golden("board120")
	s.Size(200, 60).Sees("born", "therapy", "clinician", "last check", "every 1 h: a follow-up was opened or raised").Golden("board200")
}

// A long name in a wide script is cut in its column, and stands in full at the foot.
func TestLongWideName(t *testing.T) {
	s := desktest.New(t, Screens())
	name := "山田山田山田山田山田山田山田, 花子花子花子花子花子花子"
	p := s.Admit("3B", ward.Patient{MRN: "0038807", Name: name, BirthDate: ward.Date{Year: 1955, Month: 5, Day: 17}})
	s.Record(p, 20*time.Minute, desktest.Maria, "ice_city=0", "speech=mild")
	s.Record(s.Ada(), time.Hour, desktest.Maria)
	s.SignIn(desktest.Maria)
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 60}} {
		s.Size(size[0], size[1]).Sees(name+"   born 17 May 1955", "MRN 0038807", "1 s").Golden(fmt.Sprint("long", size[0]))
	}
}

func TestEmptyWard(t *testing.T) {
	s := desktest.New(t, Screens()).SignIn(desktest.Maria)
	s.Sees("0 on the ward", "no check is late", "p admits the first patient")
	s.Press("n").Sees("n does nothing now: the list is empty")
	s.Press("p")
	if s.LastOpened().Screen != desk.PatientIn {
		t.Errorf("opened %v", s.Opened)
	}
	s.Press("esc").Sees("ctrl+l locks, :quit ends")
}

// B1: the selected record stays selected while another terminal changes the order, from the
// first drawing on.
func TestOtherTerminalNeverMovesTheSelection(t *testing.T) {
	s := desktest.New(t, Screens())
	ada, ida := s.Ada(), s.Ida()
	s.Record(ida, time.Hour, desktest.Maria)
	s.Record(ada, 20*time.Minute, desktest.Maria, "ice_city=0", "speech=mild")
	s.SignIn(desktest.Maria)
	first := s.Line("▌")
	if !strings.Contains(first, "OKAFOR, Ada") {
		t.Fatalf("selected: %q", first)
	}
	other := s.Another().SignIn(desktest.Nair)
	other.Record(ida, time.Minute, desktest.Tomasz, "consciousness=tactile", "ice_city=0", "ice_year=0", "ice_month=0")
	s.Tick()
	if line := s.Line("▌"); !strings.Contains(line, "OKAFOR, Ada") {
		t.Errorf("the selection moved to %q", line)
	}
	if lines := strings.Split(s.Screen(), "\n"); !strings.Contains(lines[4], "OKAFOR, Ida") {
		t.Errorf("the worst is not first:\n%s", s.Screen())
	}
	s.Press("n")
	if to := s.LastOpened(); to.Screen != desk.Form || to.Subject != desk.Subject(ada.ID) {
		t.Errorf("n opened %v", to)
	}
	_, err := s.Log.Discharge(t.Context(), ward.Sign(desktest.Nair, s.Now()), ada.ID, s.Now(), "home")
	if err != nil {
		t.Fatal(err)
	}
	s.Tick()
	s.Press("n").Sees("n does nothing now: nothing is chosen")
	s.Press("up").Press("n")
	if to := s.LastOpened(); to.Subject != desk.Subject(ida.ID) {
		t.Errorf("n opened %v", to)
	}
}

// B3: a scan on the board is a search, and digits are one, too.
func TestScans(t *testing.T) {
	s := desktest.New(t, Screens())
	ada, ida := s.Ada(), s.Ida()
	s.SignIn(desktest.Maria)
	s.Burst("0042371")
	if to := s.LastOpened(); to.Screen != desk.Patient || to.Subject != desk.Subject(ida.ID) {
		t.Errorf("the scan opened %v", to)
	}
	s.Opened = nil
	s.Burst("0049999").Sees("No patient with MRN 0049999 on this ward")
	s.Burst("nothing of a band").Sees("17 keys came at once (scan, paste?): not taken")
	s.Press("0", "0", "4", "2", "3", "1").Sees("/004231", "1 of 2")
	s.Press("enter").Sees("No patient with MRN 004231 on this ward")
	if len(s.Opened) != 0 {
		t.Errorf("opened %v", s.Opened)
	}
	s.Press("7", "enter")
	if to := s.LastOpened(); to.Subject != desk.Subject(ada.ID) {
		t.Errorf("the number opened %v", to)
	}
	s.Press("/").Burst("0042371")
	if to := s.LastOpened(); to.Subject != desk.Subject(ida.ID) {
		t.Errorf("a scan in the search opened %v", to)
	}
}

// B16: a letter means the same under Caps Lock. Nothing is accepted unasked.
func TestCapsLock(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.Record(ada, 20*time.Minute, desktest.Maria, "ice_city=0", "speech=mild")
	s.SignIn(desktest.Nair)
	s.Press("A")
	if to := s.LastOpened(); to.Screen != desk.Accept || to.Subject != desk.Subject(ada.ID) {
		t.Errorf("A opened %v", to)
	}
}

// B19: the search knows no accents, and states.
func TestSearch(t *testing.T) {
	s := desktest.New(t, Screens())
	s.Ada()
	bjorg := s.Sorensen()
	s.SignIn(desktest.Maria)
	s.Press("/").Type("sorensen").Sees("1 of 2", "SØRENSEN, Bjørg").SeesNot("OKAFOR")
	s.Press("enter", "enter")
	if to := s.LastOpened(); to.Subject != desk.Subject(bjorg.ID) {
		t.Errorf("opened %v", to)
	}
	s.Press("esc").Sees("OKAFOR")
	s.Press("/").Type("zzz").Sees("0 of 2", "nobody matches")
	s.Press("esc", "/").Type("late").Sees("2 of 2")
}

// B20: an arrow that arrives in parts is an arrow.
func TestSplitArrow(t *testing.T) {
	s := desktest.New(t, Screens())
	s.Ada()
	s.Ida()
	s.SignIn(desktest.Maria)
	before := s.Line("▌")
	s.Send(desktest.KeyMsg("esc"))
	s.Wait(60 * time.Millisecond)
	s.Send(desktest.KeyMsg("["))
	s.Send(desktest.KeyMsg("B"))
	s.Wait(time.Second)
	if after := s.Line("▌"); after == before || after == "" {
		t.Errorf("%q, then %q", before, after)
	}
	s.SeesNot("[B", "ctrl+l locks")
}

// A report, a patient without a check, and a name that ASCII cannot draw.
func TestRows(t *testing.T) {
	s := desktest.New(t, Screens())
	s.Admit("3B", ward.Patient{MRN: "0038807", Name: "山田, 花子", BirthDate: ward.Date{Year: 1955, Month: 5, Day: 17}})
	kofi := s.Admit("6A", ward.Patient{MRN: "0042999", Name: "MENSAH, Kofi", InfusedAt: desktest.Now.Add(24 * time.Hour)})
	s.Record(kofi, 50*time.Minute, desktest.Maria)
	s.SignIn(desktest.Maria)
	err := s.Log.PutReport(t.Context(), ward.Sign(desktest.Maria, s.Now()), ward.Report{PatientID: kofi.ID, ToldAt: s.Now().Add(-47 * time.Minute), ToldBy: "caregiver", Words: "very quiet"})
	if err != nil {
		t.Fatal(err)
	}
	s.Tick()
	for text, want := range map[string]string{"MENSAH": "“ 6A    MENSAH, Kofi        -1  ICE 10           0 0      LATE 47m report", "山田": "▌‼ 3B    山田, 花子          +1  no exam 48h               LATE 47h"} {
		if line := s.Line(text); !strings.Contains(line, want) {
			t.Errorf("%q lacks %q", line, want)
		}
	}
	for i, width := range []int{80, 120} { // a long delay leaves the row in its columns
		s.Size(width, 36).Wait(time.Hour).Tick()
		line, late := s.Line("MENSAH"), fmt.Sprintf("LATE %dh47 report ", i+1)
		if !strings.Contains(line, late) || strings.Contains(line, "…") {
			t.Errorf("%q lacks %q", line, late)
		}
		head := s.Line("ICANS")
		if n := strings.Index(head, "born"); n >= 0 && !strings.HasPrefix(string([]rune(line)[n:]), "3 Feb 1960") {
			t.Errorf("%q\n%q", head, line)
		}
	}
	s.Size(80, 24)
	s.Theme = kit.NewTheme(kit.Options{NoColor: true, ASCII: true})
	s.Sees("****, **** .8807")
}

// Beds are told apart, also those with a long name: the column takes room from the names,
// and the foot has a bed that is longer still. Line 2 keeps each count, and names fewer beds.
func TestLongBeds(t *testing.T) {
	s := desktest.New(t, Screens())
	for i := range 4 {
		p := s.Admit(fmt.Sprintf("Bay-1%d", i), ward.Patient{MRN: fmt.Sprint(7700 + i), Name: fmt.Sprintf("NAME%d, X", i)})
		s.Record(p, 30*time.Hour, desktest.Maria, "consciousness=tactile")
	}
	long := s.Admit("Overflow-Corridor-7", ward.Patient{MRN: "7800", Name: "LAST, X"})
	s.SignIn(desktest.Maria)
	for i := range 4 {
		if line := s.Line(fmt.Sprintf("NAME%d", i)); !strings.Contains(line, fmt.Sprintf("Bay-1%d ", i)) {
			t.Errorf("%q", line)
		}
	}
	counts := strings.Split(s.Screen(), "\n")[1]
	if !strings.Contains(counts, "NOT ACCEPTED 4  WORST Bay-10 3") || !strings.Contains(counts, " LATE ") {
		t.Errorf("%q", counts)
	}
	s.SeesNot("bed Overflow").GoTo(kit.Place{Screen: desk.Board, Subject: desk.Subject(long.ID)})
	s.Press("end").Sees("LAST, X", "bed Overflow-Corridor-7")
}

func TestOrder(t *testing.T) {
	s := desktest.New(t, Screens())
	for i, bed := range []string{"10A", "9B", "2C"} {
		s.Admit(bed, ward.Patient{MRN: fmt.Sprint(4000 + i), Name: fmt.Sprintf("NAME%s, X", bed)})
	}
	s.SignIn(desktest.Maria)
	s.Desk.Order = desk.ByBed
	s.Tick()
	lines := strings.Split(s.Screen(), "\n")
	for i, bed := range []string{"2C", "9B", "10A"} {
		if !strings.Contains(lines[4+i], bed) {
			t.Errorf("row %d: %q", i, lines[4+i])
		}
	}
}

// A check that falls due reverses the line of counts for a moment.
func TestFlash(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.Record(ada, 7*time.Hour+59*time.Minute, desktest.Maria)
	s.SignIn(desktest.Maria)
	s.Tick()
	if line := strings.Split(s.Drawn(), "\n")[1]; strings.Contains(line, "\x1b[1;7m") {
		t.Error("reverse at the sign-in")
	}
	counts := func() string { return strings.Split(s.Drawn(), "\n")[1] }
	if strings.Contains(counts(), "\x1b[1;7m") {
		t.Error("reverse before anything was due")
	}
	s.Wait(time.Minute).Tick()
	if !strings.Contains(counts(), "\x1b[1;7m") {
		t.Errorf("not reverse: %q", counts())
	}
	s.Wait(5 * time.Second).Tick()
	if strings.Contains(counts(), "\x1b[1;7m") {
		t.Error("still reverse")
	}
}
