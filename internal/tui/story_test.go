package tui

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/icans"
	"neurocheck/internal/plot"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// normal are the keys of a complete normal ICE check, from the board and back.
var normal = []string{"n", "y", "y", "y", "y", "3", "y", "y", "y", "a", "0", "0", "0", "z", "ctrl+s", "y"}

func TestFirstRun(t *testing.T) {
	s, err := store.Create(t.Context(), t.TempDir()+"/log.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b := atTheDoor(t, s)
	b.see("This log is new", disclaimer)
	b.press("1", "ctrl+s")
	b.see("Name of the ward: missing")
	b.types("Haematology 4")
	b.press("enter")
	b.fill("Europe/Nowhere")
	b.press("enter")
	b.types("Sam Lee")
	b.press("enter")
	b.types("12345")
	b.press("ctrl+s")
	b.see("no such time zone")
	b.fill("Europe/Lisbon")
	b.press("ctrl+s")
	b.see("Your PIN: at least 6 characters")
	b.fill(thePIN)
	b.press("enter")
	b.types("246811")
	b.press("ctrl+s")
	b.see("the two are not the same")
	b.notSee(thePIN, "246811")
	b.fill(thePIN)
	b.press("ctrl+s")
	b.see("Haematology 4", "Sam Lee", "administrator", disclaimer)
	b.signIn("")
	b.see("Nobody is on the ward")
	b.press("a")
	b.types("0042317")
	b.press("enter")
	b.types("OKAFOR, Ada")
	b.press("enter")
	b.types("03/04/1961")
	b.press("ctrl+s")
	b.see("write the date as 1961-03-14")
	b.fill("14 Mar 1961")
	b.press("ctrl+s")
	b.see("1 on the ward", "OKAFOR, Ada", "no check")
}

func TestNormalCheckTakesSixteenKeys(t *testing.T) {
	if len(normal) > 16 {
		t.Fatalf("%d keys", len(normal))
	}
	s := newLog(t)
	p := okafor(t, s)
	b := atTheBoard(t, s)
	b.press(normal...)
	b.see("on the ward", "Saved: OKAFOR, Ada", "ICE 10", "ICANS 0")
	chart, err := s.Chart(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(chart.Checks) != 1 || len(chart.FollowUps) != 0 {
		t.Fatalf("%d checks, %d follow-ups", len(chart.Checks), len(chart.FollowUps))
	}
	if c := chart.Checks[0]; c.Result.Flag != icans.FlagNone || c.Recorded.By != "Sam Lee" || !c.PerformedAt.Equal(theTime) {
		t.Errorf("saved %+v", c)
	}
}

func TestCheckIsGradedWhileItIsTyped(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press(normal...)
	b.now = theTime.Add(8 * time.Hour)
	b.send(clockMsg{b.now})
	b.press("n")
	b.see("NEURO CHECK", "OKAFOR, Ada", "b. 14 Mar 1961", "MRN 0042317", "bed 12A", "day +4")
	if !strings.Contains(b.line("Year"), "yes") {
		t.Error("the last check's answer does not stand beside")
	}
	b.see("◌ incomplete: score")
	b.press("y", "y", "y", "n", "2", "y")
	b.see("ICE 6 to 8 of 10   ICANS 1 to 4   from: score", "⚑ matches grade-1 features")
	b.press("n", "y", "a", "0", "0", "0")
	b.see("ICE 7 of 10   ICANS 1   from: score")
	b.press("1", "z")
	b.see("mild confusion", "All answered")
	b.press("enter")
	b.see("SAVE?   OKAFOR, Ada   b. 14 Mar 1961   MRN 0042317", "ICE 7 of 10   ICANS 1", "⚑ matches grade-1 features", "mild confusion")
	b.press("g", "enter", "y")
	b.see("follow-up opened", "1 NEW", "↓3")
}

func TestFollowUpIsTakenAndClosed(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "y", "y", "y", "n", "3", "y", "y", "y", "a", "0", "0", "0", "z", "ctrl+s", "y")
	b.see("1 NEW")
	b.press("f")
	b.see("FOLLOW-UPS", "OKAFOR, Ada", "MRN 0042317", "NEW: take it within 1h00", "raised by the check", "ICE 9")
	b.press("c")
	b.see("acknowledge it first")
	b.press("a")
	b.see("taken 02:10 by Sam Lee")
	b.press("c")
	b.see("a follow-up is closed by a clinician")
	b.press("esc", "esc")
	b.signIn("ines")
	b.see("FOLLOW-UPS") // a clinician begins with what waits
	b.press("c", "1")
	b.see("what was found and done?", "MRN 0042317")
	b.press("enter")
	b.see("missing")
	b.types("dexamethasone 10 mg")
	b.press("enter")
	b.see("No follow-up is open")
	b.press("esc")
	b.notSee("taken")
	b.press("enter", "enter")
	b.see("closed by Ines Reis", "ICANS confirmed (G92.01)", "dexamethasone 10 mg")
}

func TestUnableAndOtherCause(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	b := atTheDoor(t, s)
	b.signIn("ines")
	b.press("esc", "n", "y", "y", "u", "3")
	b.see("could not be done: sedated", "ICE unable")
	b.press("v", "0", "0", "0", "z", "o", "2", "enter")
	b.see("Comment")
	b.types("sedated for MRI")
	b.press("enter")
	b.see("to voice *", "* consciousness", "ICANS 0 to 3")
	b.press("ctrl+s", "y")
	chart, err := s.Chart(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := icans.Findings{Tool: icans.ICE, Unable: icans.UnableSedated, Consciousness: icans.Voice, Seizure: icans.NoSeizure, Motor: icans.NoWeakness,
		ICP: icans.ICPNone, OtherCause: icans.DomainConsciousness}
	for i := range want.Observed {
		want.Observed[i] = icans.None
	}
	if got := chart.Checks[0]; got.Findings != want || got.Note != "sedated for MRI" {
		t.Errorf("saved %+v", got)
	}
}

func TestOtherCauseNeedsAComment(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "o")
	b.see("attributed by a clinician")
	b.press("esc", "esc")
	b.signIn("ines")
	b.press("esc", "n", "o", "1", "enter", "esc", "ctrl+s")
	b.see("needs a comment that says why")
	b.notSee("SAVE?")
}

func TestSlipIsTakenBack(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "y", "n", "backspace")
	if strings.Contains(b.line("Month"), "no") {
		t.Error("the slip still stands")
	}
	b.press("y", "y", "y", "x")
	b.see("x is no answer here")
	b.press("-")
	if !strings.Contains(b.line("Names 3 objects"), "–") {
		t.Error("not assessed is not to be seen")
	}
}

func TestLateEntry(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "t")
	b.fill("tomorrow")
	b.press("enter")
	b.see("write it as")
	b.fill("2026-03-17 09:00")
	b.press("enter")
	b.see("lies in the future")
	b.fill("2026-03-01 09:00")
	b.press("enter")
	b.see("before the admission")
	b.fill("22:05") // of the evening before
	b.press("enter")
	b.see("Mon 22:05", "4 h 5 min ago")
	b.press("y", "ctrl+s")
	b.see("Look again: performed 4 h 5 min ago")
	b.press("y")
	chart, err := s.Chart(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if c := chart.Checks[0]; !c.Late() || !c.PerformedAt.Equal(theTime.Add(-4*time.Hour-5*time.Minute)) || !c.Recorded.At.Equal(theTime) {
		t.Errorf("performed %v, recorded %v", c.PerformedAt, c.Recorded.At)
	}
	b.press("enter")
	b.see("late entry")
}

func TestDraftComesBackForItsAuthor(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "y", "n", "-")

	// The program is killed here: nothing is closed, nobody is asked.
	again := atTheDoor(t, s)
	again.signIn("ines")
	again.press("esc", "n")
	again.notSee("draft")
	if strings.Contains(again.line("Year"), "yes") {
		t.Error("another author sees the draft")
	}
	again.press("esc", "esc")
	again.signIn("sam")
	again.press("n")
	again.see("Your draft is back")
	if !strings.Contains(again.line("Year"), "yes") || !strings.Contains(again.line("Month"), "no") || !strings.Contains(again.line("City"), "–") {
		t.Errorf("the draft is not whole:\n%s", again.screen())
	}
	if !strings.Contains(again.line("Hospital"), "▌") {
		t.Error("the field in hand is another")
	}
	again.press("esc")
	again.see("keep it as a draft", "discard it", "go on")
	again.press("g", "esc", "k")
	again.see("Kept as your draft")
	again.press("n", "esc", "d", "n")
	again.notSee("draft is back")
}

func TestResultForAnotherPatientIsDropped(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	admit(t, s, ward.Patient{MRN: "0099", Name: "BERG, Nils", BirthDate: ward.Date{Year: 1970, Month: 1, Day: 2}, Bed: "2A"})
	b := atTheBoard(t, s)
	b.press("n") // the board has bed 2A before bed 12A
	b.see("BERG, Nils")
	b.press("y", "y", "y", "y", "3", "ctrl+s", "y")

	b.press("/")
	b.types("okafor")
	b.press("enter")
	b.hold()
	b.press("enter") // the chart of OKAFOR is asked for, and is slow
	b.press("esc")   // back to the board before it comes
	late := b.held
	b.held, b.holding = nil, false
	b.press("esc", "/")
	b.types("berg")
	b.press("enter", "enter")
	b.see("PATIENT  BERG, Nils", "ICE 7–10")
	for _, msg := range late {
		b.send(msg)
	}
	b.see("PATIENT  BERG, Nils", "ICE 7–10")
	b.notSee("OKAFOR")
}

func TestEscapeSequencesDoNotReachTheScreen(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "c")
	b.send(tea.PasteMsg{Content: "\x1b]52;c;aGVsbG8=\x07evil\x1b[2J\u202ebidi\u009b31mred\x00"})
	b.press("enter", "y", "ctrl+s", "y", "enter", "enter")
	raw := b.a.View().Content
	for _, bad := range []string{"\x1b]", "\x1b[2J", "\u202e", "\u009b", "\x00", "\x07"} {
		if strings.Contains(raw, bad) {
			t.Errorf("%q reached the screen", bad)
		}
	}
	b.see("evil")
}

func TestResizeLosesNoKey(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "y")
	b.size(40, 10)
	b.see("needs a screen of 80 columns")
	b.press("y")
	b.size(200, 60)
	b.press("y")
	b.size(80, 24)
	for _, field := range []string{"Year", "Month", "City"} {
		if !strings.Contains(b.line(field), "yes") {
			t.Errorf("%s was lost", field)
		}
	}
}

func TestEveryLineFits(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	admit(t, s, ward.Patient{MRN: "000000000000000000000000000000000000001", Name: strings.Repeat("超長い名前", 12), BirthDate: ward.Date{Year: 2020, Month: 1, Day: 2},
		Bed: "bed-with-a-long-name", Product: "x", Tool: icans.CAPD})
	for _, size := range [][2]int{{80, 24}, {100, 30}, {200, 60}} {
		b := atTheBoard(t, s)
		b.size(size[0], size[1])
		for _, keys := range [][]string{{}, {"n"}, {"u"}, {"esc"}, {"?"}, {"esc", "esc"}, {"enter"}, {"e"}, {"esc"}, {"x"}, {"esc"}, {"esc", "f"}, {"?"}, {"esc", "esc"}, {"down", "n"}} {
			b.press(keys...)
			lines := strings.Split(b.screen(), "\n")
			if len(lines) != size[1] {
				t.Errorf("%d lines of %d after %v:\n%s", len(lines), size[1], keys, b.screen())
			}
			for _, line := range lines {
				if ansi.StringWidthWc(line) > size[0] {
					t.Errorf("a line is %d cells wide after %v: %q", ansi.StringWidthWc(line), keys, line)
				}
			}
		}
	}
}

func TestIdentifiersAreNeverCut(t *testing.T) {
	s := newLog(t)
	admit(t, s, ward.Patient{MRN: "00000000000042317", Name: strings.Repeat("Longname", 10) + ", Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, Bed: "12A"})
	b := atTheBoard(t, s)
	for _, keys := range [][]string{{"n"}, {"ctrl+s"}, {"y"}, {"enter"}, {"e"}, {"esc"}, {"d"}, {"esc"}, {"w"}, {"esc", "f"}, {"a", "c"}} {
		b.press(keys...)
		if last := keys[len(keys)-1]; last == "y" {
			continue // the board records nothing
		}
		b.see("MRN 00000000000042317")
		b.see("14 Mar 1961")
	}
}

func TestASCII(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.a.opts.ASCII = true
	b.press("n", "y", "n")
	for _, r := range b.screen() {
		if r > 0x7e {
			t.Errorf("%q is drawn on an ASCII terminal", r)
		}
	}
	b.see("! matches grade-1 features")
}

func TestCorrectionAndWithdrawal(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "y", "y", "y", "n", "3", "y", "y", "y", "a", "0", "0", "0", "z", "ctrl+s", "y")
	b.press("enter", "r")
	b.see("CORRECTION", "OKAFOR, Ada")
	b.press("down", "down", "down", "y", "ctrl+s")
	b.see("Why is the check corrected?")
	b.press("2")
	b.see("SAVE?", "correction: wrong value", "ICE 10")
	b.press("y")
	b.see("corrected", "× old", "follow-up open")
	b.press("enter")
	b.see("version 2 of 2   stands", "because: wrong value", "Hospital         yes (was no)")
	b.press("left")
	b.see("version 1 of 2   × superseded")
	b.press("esc", "w")
	b.see("Withdraw the check of OKAFOR, Ada")
	b.press("1")
	b.see("withdrawn")
	chart, err := s.Chart(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(chart.Checks) != 3 || chart.Last() != nil {
		t.Errorf("%d versions, last %v", len(chart.Checks), chart.Last())
	}
	b.press("f")
	b.see("a correction has lifted the flag since")
}

func TestNothingIsLostWhenASaveFails(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "y", "y")
	s.Close()
	b.press("ctrl+s", "y")
	b.see("NEURO CHECK", "that failed")
	for _, field := range []string{"Year", "Month"} {
		if !strings.Contains(b.line(field), "yes") {
			t.Errorf("%s was lost", field)
		}
	}
}

func TestKeysThatDoNothingHere(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	before := b.screen()
	b.press("ctrl+z", "Q", "9")
	if b.screen() != before {
		t.Errorf("the board changed:\n%s", b.screen())
	}
	b.press("?")
	b.see("KEYS", "new check", "admit", "leave the program")
	b.press("n")
	if b.screen() != before {
		t.Errorf("help did not lead back:\n%s", b.screen())
	}
}

func TestExport(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press(normal...)
	path := t.TempDir() + "/out.csv"
	for _, key := range []string{"x", "enter"} { // from the board, and from the patient
		if key == "enter" {
			b.press("enter")
		}
		b.press("x")
		b.see("Where to?")
		if strings.Contains(b.line("neurocheck-2026"), "OKAFOR") {
			t.Error("the file's name says who it is about")
		}
		b.fill(path)
		b.press("enter")
		if key == "x" {
			b.see("Wrote 1 row, head ")
		} else {
			b.see("there is a file of that name already")
		}
	}
}

func TestReadOnly(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "y", "n", "ctrl+s", "y")
	seq, head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	log, err := store.OpenReadOnly(t.Context(), s.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	b = atTheBoard(t, log)
	b.see("OKAFOR, Ada", "READ-ONLY")
	for _, keys := range [][]string{{"n"}, {"a"}, {"enter", "n"}, {"e"}, {"d"}, {"r"}, {"w"}, {"s"}, {"i"}, {"o"}, {"m"}, {"f", "a"}, {"t"}, {"esc"}, {"v", "i"}} {
		b.press(keys...)
		if keys[0] != "esc" {
			b.see("nothing can be recorded")
		}
	}
	if after, same, _ := s.Head(t.Context()); after != seq || same != head {
		t.Error("the log has changed")
	}
}

func TestFlagsLookBackAndLateEntriesChangeThem(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	nine := []string{"n", "y", "y", "y", "n", "3", "y", "y", "y", "a", "0", "0", "0", "z", "ctrl+s", "y"}
	b.press(nine...) // 9 of 10, at 02:10
	b.now = b.now.Add(2 * time.Hour)
	b.send(clockMsg{b.now})
	eight := slices.Clone(nine)
	eight[1] = "n"
	b.press(eight...) // 8, at 04:10: one less is no drop of two
	b.press("enter", "enter")
	b.notSee("ICE down 2")
	b.press("esc", "esc")

	// A check of 01:00 comes in late: with 10 points it makes the 8 a drop of two.
	b.press("n", "t")
	b.fill("01:00")
	b.press("enter")
	b.press(normal[1:]...)
	b.press("enter")
	b.see("re-evaluated", "late entry")
	b.press("home", "enter")
	b.see("compared: ICE down 2 or more in 24 h (10 at 01:00)", "the flag was evaluated anew: the check of 01:00, recorded 04:10,")
}

func TestScheduleIsOnTheBoard(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.see("LATE")
	b.press(normal...)
	b.see("in 8h00")
	for _, step := range []struct {
		after time.Duration
		shows string
	}{{7 * time.Hour, "in 1h00"}, {7*time.Hour + 35*time.Minute, "soon 25m"}, {8 * time.Hour, "LATE 0m"}, {30 * time.Hour, "LATE 22h00"}} {
		b.now = theTime.Add(step.after)
		b.send(clockMsg{b.now})
		b.see(step.shows)
	}
	if title := b.a.View().WindowTitle; title != "(1 due) neurocheck" {
		t.Errorf("the title is %q", title)
	}
	b.press(normal...)
	b.press("enter", "s", "2")
	b.see("OKAFOR, Ada", "What did a caregiver say")
	b.types("can't find words")
	b.press("enter")
	b.see("a symptom was reported")
	b.press("o")
	b.press("1")
	b.see("a clinician's to change")
	b.press("i", "a")
	b.types("07:30 10 mg IV")
	b.press("enter", "v")
	b.see("dexamethasone: 10 mg IV", "07:30", "“can't find words” said a caregiver")
	b.press("down", "w", "y")
	b.see("× withdrawn: dexamethasone")
	b.press("esc", "esc", "esc")
	b.signIn("ines")
	b.press("esc", "enter", "o", "1")
	b.types("6h")
	b.press("enter")
	b.types("as agreed on the round")
	b.press("enter")
	b.see("a symptom was reported") // still waits for a check
	b.now = b.now.Add(10 * time.Minute)
	b.send(clockMsg{b.now})
	b.press(normal...)
	b.see("own interval, every 6 h")
}

func TestChecklist(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "n", "ctrl+s", "y", "f", "t")
	b.see("a [ ] tell the responsible clinician")
	b.press("a", "c", "c")
	b.see("[x] tell the responsible clinician   02:10 Sam Lee", "c [ ] IV hydration as ordered")
	b.press("esc")
	b.send(clockMsg{b.now})
	b.see("checklist: 1 of 7 done")
}

func TestCheckIsMovedToItsPatient(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	berg := admit(t, s, ward.Patient{MRN: "0099", Name: "BERG, Nils", BirthDate: ward.Date{Year: 1970, Month: 1, Day: 2}, Bed: "22A"})
	b := atTheBoard(t, s)
	b.press("n", "n", "ctrl+s", "y", "enter")
	b.see("PATIENT  OKAFOR, Ada")
	b.press("m")
	b.types("0098")
	b.press("enter")
	b.see("there is no patient with this MRN")
	b.press("m")
	b.types("0099")
	b.press("enter")
	b.see("from OKAFOR, Ada, b. 14 Mar 1961, MRN 0042317", "to   BERG, Nils, b. 2 Jan 1970, MRN 0099")
	b.press("y")
	b.see("× withdrawn")
	from, err := s.Chart(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	to, err := s.Chart(t.Context(), berg.ID)
	if err != nil {
		t.Fatal(err)
	}
	there := to.Last()
	if from.Last() != nil || there == nil || from.Checks[0].ReasonNote != "moved to check "+there.ID || there.ReasonNote != "moved from check "+from.Checks[0].ID {
		t.Errorf("from %+v to %+v", from.Checks[0], there)
	}
}

func TestTwoTerminalsSeeEachOther(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	other, err := store.Open(t.Context(), s.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	here, there := atTheBoard(t, s), atTheDoor(t, other)
	there.ids = 100
	there.signIn("ines")
	there.press("esc")
	here.press("n", "y") // a half-typed answer here
	there.press(normal...)
	here.send(clockMsg{here.now})
	here.see("NEURO CHECK", "ICE 1 to 10")
	here.press("esc", "k")
	here.see("ICE 10")
	there.press("enter")
	here.press("n", "z", "ctrl+s", "y")
	there.send(clockMsg{there.now})
	there.see("PATIENT  OKAFOR, Ada", "ICE 1–10")
}

func TestEditKeepsItsHistory(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("enter", "e", "down", "down", "down")
	b.fill("14")
	b.press("ctrl+s")
	b.see("Saved: OKAFOR, Ada", "bed 14")
	b.press("h")
	b.see("HISTORY  OKAFOR, Ada", "17 Mar 2026 02:10   edited by Sam Lee", "Bed             12A  →  14", "admitted by Sam Lee")
	b.press("esc", "d", "1")
	b.see("no check is due: discharged")
	b.press("esc")
	b.see("Nobody is on the ward")
}

func TestLongChecklistFits(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.a.site.Checklists.Grade1 = nil
	for i := range 12 {
		b.a.site.Checklists.Grade1 = append(b.a.site.Checklists.Grade1, strings.Repeat("long ", 20)+string(rune('A'+i)))
		b.a.site.Checklists.Urgent = append(b.a.site.Checklists.Urgent, "item "+string(rune('A'+i)))
	}
	b.a.site.Checklists.Urgent = b.a.site.Checklists.Urgent[:12]
	b.press("n", "down", "down", "down", "down", "down", "down", "down", "down", "3", "ctrl+s", "y", "f", "t")
	lines := strings.Split(b.screen(), "\n")
	if len(lines) != 24 {
		t.Errorf("%d lines:\n%s", len(lines), b.screen())
	}
	b.see("a [ ] ", "x [ ] ")
}

func TestTrend(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press(normal...)
	b.now = theTime.Add(8 * time.Hour)
	b.send(clockMsg{b.now})
	b.press("n", "y", "y", "y", "n", "3", "y", "n", "y", "a", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "1", "ctrl+s", "y")
	b.see("▆", "↓2")
	b.now = theTime.Add(9 * time.Hour)
	b.send(clockMsg{b.now})
	b.press("enter", "i", "a")
	b.types("10 mg")
	b.press("enter", "n", "u", "2", "a", "0", "0", "0", "z", "ctrl+s", "y", "t")
	b.see("D dexamethasone", "[3 days]", "grade 0", "grade 3", "11:10  day +4  ICE unable")
	for label, mark := range map[string]string{" 10 ": "●", " 8 ": "●", " unable": "×", " writing": "h", " events": "D"} {
		if line := b.line(label); !strings.Contains(line, mark) {
			t.Errorf("%q stands not in %q", mark, line)
		}
	}
	b.press("left")
	b.see("10:10  day +4  ICE 8  ICANS 1  ⚑ matches grade-1 features")
	b.press("left")
	b.see("02:10  day +4  ICE 10  ICANS 0")
	b.press("z", "z")
	b.see("[all]", "▲")
	b.press("enter")
	b.see("CHECK", "ICE 10 of 10")
	b.press("esc", "t")
	b.see("performed", "recorded by")
}

func TestClockSetBack(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press(normal...)
	b.press("n", "y", "y") // half-filled when the clock goes back
	b.now = theTime.Add(-time.Hour)
	b.send(clockMsg{b.now})
	b.press("ctrl+s", "y")
	b.see("Time of the check: lies in the future")
	if !strings.Contains(b.line("Month"), "yes") {
		t.Error("an answer was lost")
	}
	b.press("t")
	b.fill("01:05")
	b.press("enter", "ctrl+s", "y")
	b.see("Saved: OKAFOR, Ada", "in 9h00")
	b.press("enter")
	b.see("01:05", "02:10")
	if v, err := s.Verify(t.Context()); err != nil || v.Misfit != "" {
		t.Error(err, v.Misfit)
	}
}

func TestReminderIsQuietAndCanBeOff(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press(normal...)
	b.now = theTime.Add(9 * time.Hour)
	b.send(clockMsg{b.now})
	if title := b.a.View().WindowTitle; title != "(1 due) neurocheck" {
		t.Errorf("the title is %q", title)
	}
	b.a.site.Bell = false
	if title := b.a.View().WindowTitle; title != "neurocheck" {
		t.Errorf("with the reminder off the title is %q", title)
	}
}

func TestHandover(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "y", "y", "y", "n", "3", "y", "n", "y", "a", "0", "0", "0", "z", "ctrl+s", "y", "h")
	b.see("HANDOVER", "Haematology 4", "OKAFOR, Ada", "MRN 0042317", "ICE 8 of 10, ICANS 1", "NOT TAKEN")
	path := t.TempDir() + "/handover.txt"
	b.press("p")
	b.fill(path)
	b.press("enter")
	b.see("Wrote the handover to")
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), "OKAFOR, Ada") || strings.ContainsAny(string(text), "\x1b\r") {
		t.Errorf("%v: %q", err, text)
	}
	b.press("p")
	b.fill(path)
	b.press("enter")
	b.see("there is a file of that name already")
}

func TestEveryInterventionHasItsMark(t *testing.T) {
	seen := map[rune]string{plot.SymptomMark: "symptom"}
	for _, k := range ward.Interventions {
		mark, ok := plot.EventMarks[k.Code]
		if other, twice := seen[mark]; !ok || twice {
			t.Errorf("%s has the mark %q, as %q has", k.Code, mark, other)
		}
		seen[mark] = k.Code
	}
}
