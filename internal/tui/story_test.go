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
	b.see("NEURO CHECK  OKAFOR, Ada", "born 14 Mar 1961 (65 y)   MRN 0042317   bed 12A   day +4", "no answer yet")
	if !strings.Contains(b.line("Year"), "yes") {
		t.Error("the last check's answer does not stand beside")
	}
	b.press("y")
	b.see("ICE 1 to 10 of 10   ICANS 0 to 4", "◌ unfinished: please complete. Why: score not assessed")
	b.press("y", "y", "n", "2", "y")
	b.see("ICE 6 to 8 of 10   ICANS 1 to 4   made by: score", "⚑ matches grade-1 features. Why: grade 1, worse than the last check")
	if line := b.line("Hospital"); !strings.Contains(line, "no  ▼      yes") {
		t.Errorf("the fall is not marked: %q", line)
	}
	b.press("n", "y", "a", "0", "0", "0")
	b.see("ICE 7 of 10   ICANS 1   made by: score", "‼ URGENT: see the patient now. Why: grade 1, worse than the last check, ICE …")
	b.press("1", "z")
	b.see("8 set to none", "All answered")
	b.press("enter")
	b.see("SAVE this check?   OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "done Tue 17 Mar 10:10 by Sam Lee   ICE 7 of 10   ICANS 1   made by: score",
		"‼ URGENT: see the patient now. Why: grade 1, mild confusion, worse than the", "ICE fell by 3 or more in 24 h, ICE below own baseline", "Opens a")
	b.press("n", "enter", "y")
	b.see("follow-up opened: accept within 15 min", "accept 15m", "ICE 7 ↓3", "1 s", "in 1h00")
}

func TestFollowUpIsTakenAndClosed(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "y", "y", "y", "n", "3", "y", "y", "y", "a", "0", "0", "0", "z", "ctrl+s", "y")
	b.see("NOT ACCEPTED 1", "accept 60m")
	b.press("f")
	b.see("FOLLOW-UPS   1 open   1 not accepted", "OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "accept within 60m", "opened 02:10: grade 1, ICE below own baseline", "joined: 02:10 ⚑ 1", "checklist 0 of 9", "is flagged: ICE 9 of 10")
	b.press("a")
	b.see("Accept the follow-up of OKAFOR, Ada   born 14 Mar 1961   MRN 0042317?")
	b.press("1")
	b.see("accepted 02:10 Sam Lee", "0 not accepted")
	b.press("a")
	b.see("it was accepted 02:10 by Sam Lee")
	b.press("x")
	b.see("a follow-up is closed by a clinician")
	b.press("esc", "esc")
	b.signIn("ines")
	b.see("FOLLOW-UPS") // a clinician begins with what waits
	b.press("x", "1")
	b.see("OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "ICANS confirmed. Note (needed)")
	b.press("enter")
	b.see("missing")
	b.types("dexamethasone 10 mg")
	b.press("enter")
	b.see("No follow-up is open")
	b.press("esc")
	b.notSee("accepted")
	b.see("⚑ 12A") // the last conclusive grade is 1 still
	b.press("enter", "enter")
	b.see("opened the follow-up of 02:10", "closed 02:10 by", "Ines Reis: ICANS confirmed (G92.01)", "dexamethasone 10 mg")
}

func TestUnableAndOtherCause(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	b := atTheDoor(t, s)
	b.signIn("ines")
	b.press("esc", "n", "y", "y", "u", "3")
	b.see("not done: sedated", "ICE not done: sedated, with or without a tube", "next look in 1 h, until a clinician names")
	b.press("v", "0", "0", "0", "z", "o")
	b.see("Another cause?   OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "uncertain     counts as grade 0 to 2")
	b.press("2", "2")
	b.see("other cause   does not count", "Which cause? (needed)")
	b.press("enter", "enter")
	b.see("name the cause")
	b.types("sedated for MRI at 14:10")
	b.press("enter")
	b.see("voice *", "*sedated", "ICANS 0 to 3")
	b.press("ctrl+s", "y")
	chart, err := s.Chart(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := icans.Findings{Tool: icans.ICE, Unable: icans.UnableSedated, Consciousness: icans.Voice, Seizure: icans.NoSeizure, Motor: icans.NoWeakness,
		ICP: icans.ICPNone, OtherCause: icans.DomainConsciousness}
	for i := range icans.Movement { // the late signs are left alone
		want.Observed[i] = icans.None
	}
	if got := chart.Checks[0]; got.Findings != want || got.CauseNote != "sedated for MRI at 14:10" || got.Note != "" {
		t.Errorf("saved %+v", got)
	}
}

func TestOtherCauseNeedsItsCause(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "y", "o", "1")
	b.see("uncertain")
	b.press("1") // a nurse names no other cause
	b.notSee("other cause   ", "not assessed: grade")
	b.press("enter", "esc", "d", "esc")
	b.signIn("ines")
	b.press("esc", "n", "o", "1", "1", "enter", "esc", "esc", "ctrl+s")
	b.see("Other cause: needs the cause in words: press o")
	b.notSee("SAVE")
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
	b.see("x does nothing here; answers: 0 to 3")
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
	b.see("is in the future")
	b.fill("2026-03-01 09:00")
	b.press("enter")
	b.see("before admission")
	b.fill("22:05") // of the evening before
	b.press("enter")
	b.see("LATE ENTRY Mon 22:05")
	b.press("y", "ctrl+s")
	b.see("done LATE ENTRY Mon 16 Mar 22:05, 4 h 5 min ago, by Sam Lee", "Please check: done 4 h 5 min ago", "Not assessed: Month, City")
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
	again.notSee("unsaved")
	if strings.Contains(again.line("Year"), "yes") {
		t.Error("another author sees the draft")
	}
	again.press("esc", "esc")
	again.signIn("sam")
	again.press("n")
	again.see("Your unsaved check of 02:10 is back")
	if !strings.Contains(again.line("Year"), "yes") || !strings.Contains(again.line("Month"), "no") || !strings.Contains(again.line("City"), "–") {
		t.Errorf("the draft is not whole:\n%s", again.screen())
	}
	if !strings.Contains(again.line("Hospital"), "▌") {
		t.Error("the field in hand is another")
	}
	again.press("esc")
	again.see("OKAFOR, Ada   born 14 Mar 1961   MRN 0042317 is not saved", "keep it as a draft", "discard it", "back to the form")
	again.press("g", "esc", "k")
	again.see("Kept as your draft")
	again.press("n", "esc", "d", "n")
	again.notSee("unsaved check")
}

func TestResultForAnotherPatientIsDropped(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	admit(t, s, ward.Patient{MRN: "0099", Name: "BERG, Nils", BirthDate: ward.Date{Year: 1970, Month: 1, Day: 2}}, "2A")
	b := atTheBoard(t, s)
	b.press("down", "n") // the board has bed 12A before bed 2A, as text
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
		Product: "x", Tool: icans.CAPD}, "bed-with-a-long-name")
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
	admit(t, s, ward.Patient{MRN: "00000000000042317", Name: strings.Repeat("Longname", 10) + ", Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}}, "12A")
	b := atTheBoard(t, s)
	for _, keys := range [][]string{{"n", "n"}, {"ctrl+s"}, {"y"}, {"enter"}, {"e"}, {"esc"}, {"d"}, {"esc"}, {"w"}, {"esc", "f"}, {"a"}, {"1", "x"}} {
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
	b.see("CORRECT the check of 02:10?   OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "Hospital no → yes", "ICANS 1 → 0   matches grade-1 features → normal check: no flag", "1 wrong value")
	b.notSee("wrong patient")
	b.press("1")
	b.see("corrected: ", "× replaced: ", "⚑ grade 1, peak 1, accept within 60m")
	b.press("enter")
	b.see("Version 2 of 2, counts. Sam Lee: wrong value", "Hospital         yes (was no)", "normal check: no flag", "opened the follow-up")
	b.press("left")
	b.see("Version 1 of 2, × replaced")
	b.press("esc", "w")
	b.see("WITHDRAW the check of 02:10?   OKAFOR, Ada", "recorded by Sam Lee")
	b.press("3")
	b.see("× withdrawn: ")
	chart, err := s.Chart(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(chart.Versions) != 3 || chart.Last() != nil {
		t.Errorf("%d versions, last %v", len(chart.Versions), chart.Last())
	}
	b.press("f")
	b.see("corrected: no flag now; a clinician must close it")
}

func TestNothingIsLostWhenASaveFails(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "y", "y")
	s.Close()
	b.press("ctrl+s", "y")
	b.see("NEURO CHECK", "NOT SAVED")
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
	b.see("KEYS", "new check", "admit", "quit")
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
	for _, keys := range [][]string{{"n"}, {"a"}, {"enter", "n"}, {"e"}, {"d"}, {"r"}, {"w"}, {"s"}, {"i"}, {"o"}, {"m"}, {"f", "a"}, {"x"}, {"enter"}, {"n"}, {"esc"}, {"v", "i"}} {
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
	b.notSee("ICE fell by 2")
	b.press("esc", "esc")

	// A check of 01:00 comes in late: with 10 points it makes the 8 a drop of two.
	b.press("n", "t")
	b.fill("01:00")
	b.press("enter")
	b.press(normal[1:]...)
	b.press("enter")
	b.see("flag changed: ", "late entry: ")
	b.press("home", "enter")
	b.see("CHECK 04:10", "ICE fell by 2 or more in 24 h", "flag changed: an earlier check was added or corrected (that of 01:00,")
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
	}{{7 * time.Hour, "in 1h00"}, {7*time.Hour + 35*time.Minute, "in 25m"}, {8 * time.Hour, "LATE 0m"}, {8*time.Hour + 30*time.Minute, "LATE 30m"}, {30 * time.Hour, "no exam 30h"}} {
		b.now = theTime.Add(step.after)
		b.send(clockMsg{b.now})
		b.see(step.shows)
	}
	if title := b.a.View().WindowTitle; title != "(1 due) neurocheck" {
		t.Errorf("the title is %q", title)
	}
	b.press(normal...)
	b.press("enter", "s", "2")
	b.see("OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "What did a caregiver say")
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
	b.press("down", "w")
	b.see("WITHDRAW   OKAFOR, Ada", "dexamethasone: 10 mg IV, recorded by Sam Lee", "Why? (needed)")
	b.press("enter")
	b.see("a reason is needed")
	b.types("another patient's")
	b.press("enter")
	b.see("× withdrawn: dexamethasone", "another patient's")
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
	b.see("interval set by a clinician")
}

func TestChecklist(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "n", "ctrl+s", "y", "f", "enter")
	b.see("a [ ] tell the responsible clinician")
	b.press("a", "c", "c")
	b.see("[x] tell the responsible clinician   02:10 Sam Lee", "c [ ] IV hydration as ordered")
	b.press("esc")
	b.send(clockMsg{b.now})
	b.see("checklist 1 of 9")
}

func TestCheckIsMovedToItsPatient(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	berg := admit(t, s, ward.Patient{MRN: "0099", Name: "BERG, Nils", BirthDate: ward.Date{Year: 1970, Month: 1, Day: 2}}, "22A")
	b := atTheBoard(t, s)
	b.press("n", "n", "ctrl+s", "y", "enter")
	b.see("PATIENT  OKAFOR, Ada")
	b.press("m")
	b.types("0098")
	b.press("enter")
	b.see("no patient in the log has this MRN")
	b.press("m")
	b.types("0099")
	b.press("enter")
	b.see("Move the check of 02:10", "from OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "to   BERG, Nils   born 2 Jan 1970   MRN 0099")
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
	if from.Last() != nil || there == nil || from.Versions[0].ReasonNote != "moved: see check "+there.ID || there.ReasonNote != "moved here from check "+from.Versions[0].ID {
		t.Errorf("from %+v to %+v", from.Versions[0], there)
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
	b.press("enter", "e", "down", "down", "down", "down")
	b.fill("14")
	b.press("ctrl+s")
	b.see("Saved: OKAFOR, Ada", "bed 14")
	b.press("h")
	b.see("CHANGES  OKAFOR, Ada", "17 Mar 2026 02:10   changed the stay by Sam Lee", "Bed             12A  →  14", "admitted by Ines Reis")
	b.press("esc", "d")
	b.see("DISCHARGE   OKAFOR, Ada   born 14 Mar 1961   MRN 0042317   bed 14", "Where does the patient go?")
	b.press("1")
	b.see("Discharge OKAFOR, Ada   born 14 Mar 1961   MRN 0042317, home, 02:10?")
	b.press("y")
	b.see("discharged 17 Mar 2026 02:10, home")
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
	b.press("n", "down", "down", "down", "down", "down", "down", "down", "down", "3", "ctrl+s", "y", "f", "enter")
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
	b.press("n", "y", "y", "y", "n", "3", "y", "n", "y", "a", "0", "0", "0", "0", "0", "0", "0", "0", "0", "1", "0", "0", "ctrl+s", "y")
	b.see("ICE 8 ↓2", "1 s", "in 1h00")
	if line := b.line("ICE 8"); !strings.Contains(line, "↓2         1 1 s") {
		t.Errorf("the strip is not in %q", line)
	}
	b.now = theTime.Add(9 * time.Hour)
	b.send(clockMsg{b.now})
	b.press("enter", "i", "a")
	b.types("10 mg")
	b.press("enter", "n", "u", "2", "a", "0", "0", "0", "z", "ctrl+s", "y", "t")
	b.see("[36 h]", "ICE 10", "ICE 0-2", "11:10  day +4  asleep  ICANS 0 to 3")
	for label, mark := range map[string]string{" 10 ": "●", " 8 ": "●", " ICANS ": "×", " from ": "s", " writing": "1", " events": "D"} {
		if line := b.line(label); !strings.Contains(line, mark) {
			t.Errorf("%q is not in %q", mark, line)
		}
	}
	b.press("left")
	b.see("10:10  day +4  ICE 8  ICANS 1 s  ⚑ matches grade-1 features")
	b.press("left")
	b.see("02:10  day +4  ICE 10  ICANS 0")
	b.press("z", "z", "z")
	b.see("[all]")
	b.press("enter")
	b.see("CHECK", "ICE 10 of 10")
	b.press("esc", "t")
	b.see("flag and why")
}

func TestClockSetBack(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press(normal...)
	b.press("n", "y", "y") // half-filled when the clock goes back
	b.now = theTime.Add(-time.Hour)
	b.send(clockMsg{b.now})
	b.press("ctrl+s")
	b.see("Time of the check: is in the future")
	if !strings.Contains(b.line("Month"), "yes") {
		t.Error("an answer was lost")
	}
	b.press("t")
	b.fill("01:05")
	b.press("enter", "ctrl+s", "y")
	b.see("Saved: OKAFOR, Ada")
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
	b.see("HANDOVER", "Haematology 4", "OKAFOR, Ada", "MRN 0042317", "ICE 8")
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
	seen := map[rune]string{plot.ReportMark: "report"}
	for _, k := range ward.Interventions {
		mark, ok := plot.EventMarks[k.Code]
		if other, twice := seen[mark]; !ok || twice {
			t.Errorf("%s has the mark %q, as %q has", k.Code, mark, other)
		}
		seen[mark] = k.Code
	}
}
