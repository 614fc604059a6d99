package tui

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// answers returns the findings of a saved check without a finding, with so many ICE
// points.
func answers(ice int) icans.Findings {
	x := icans.Findings{Tool: icans.ICE, Consciousness: icans.Alert, Seizure: icans.NoSeizure, Motor: icans.NoWeakness, ICP: icans.ICPNone}
	most := [8]int{1, 1, 1, 1, 3, 1, 1, 1}
	for i := range x.ICE {
		n := min(ice, most[i])
		x.ICE[i], ice = icans.Scored(n), ice-n
	}
	for i := range icans.Movement {
		x.Observed[i] = icans.None
	}
	return x
}

// record saves a check that another person made.
func record(t testing.TB, s *store.Store, p ward.Patient, id, by string, at time.Time, x icans.Findings) {
	t.Helper()
	_, err := s.SaveCheck(t.Context(), ward.Sign(by, at), ward.Check{ID: id, Version: 1, PatientID: p.ID, Status: ward.Recorded, PerformedAt: at, Findings: x})
	if err != nil {
		t.Fatal(err)
	}
}

// A15: a reason for "not done" changes nothing for good. The answers, and the
// consciousness from before "unarousable" set it, come back.
func TestNotDoneKeepsTheAnswers(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "y", "n", "y", "u")
	b.see("Why was ICE not done?   OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "Not 5: score the items 0", "9 change the tool to CAPD", "0 can be done: answers back")
	b.press("2")
	b.see("not done: asleep", "Next try in 1 h")
	b.press("u", "0")
	b.see("ICE 2 to 9 of 10")
	for field, answer := range map[string]string{"Year": "yes", "Month": "no", "City": "yes"} {
		if !strings.Contains(b.line(field), answer) {
			t.Errorf("%s was lost:\n%s", field, b.screen())
		}
	}
	for _, next := range []string{"6", "0"} {
		b.press("u", "1")
		b.see("Consciousness was also set to unarousable", "ICANS 4   made by: consciousness")
		b.press("u", next)
		if line := b.line("Consciousness  "); strings.Contains(line, "unarous") {
			t.Errorf("after u 1 and u %s it is still unarousable: %q", next, line)
		}
	}
	b.press("u", "0", "down", "down", "down", "down", "down", "d") // drowsy, then unarousable, then not
	b.see("drowsy")
	b.press("u", "1", "u", "6")
	if line := b.line("Consciousness  "); !strings.Contains(line, "drowsy") {
		t.Errorf("the answer from before did not come back: %q", line)
	}
	b.press("u", "1")
	b.press("esc", "k", "n") // the draft keeps it all
	b.press("u", "0")
	if line := b.line("Consciousness  "); !strings.Contains(line, "drowsy") || !strings.Contains(b.line("City"), "yes") {
		t.Errorf("the draft lost it:\n%s", b.screen())
	}
}

// The answer that the user gave after "unarousable" is the user's: it stays.
func TestAnAnswerAfterUnarousableStays(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "u", "1", "up", "up", "up", "up", "up", "up", "up", "up", "up", "up", "up", "up")
	b.press("v", "u", "6")
	if line := b.line("Consciousness  "); !strings.Contains(line, "voice") {
		t.Errorf("the answer was lost: %q", line)
	}
}

func TestUndoIsOneStepAtATime(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "z")
	b.see("z works from Confusion on")
	if strings.Contains(b.line("Confusion"), "none") {
		t.Error("z set something outside its part")
	}
	b.press("y", "y", "y", "y", "3", "y", "y", "y", "a", "0", "0", "0", "z")
	b.see("9 set to none", "All answered")
	if !strings.HasSuffix(strings.TrimRight(b.line("Movement"), " "), "Movement") || !strings.HasSuffix(strings.TrimRight(b.line("CRS"), " "), "CRS grade 0-4") {
		t.Errorf("z set more than it should:\n%s", b.screen())
	}
	b.press("ctrl+z")
	if strings.Contains(b.line("Confusion"), "none") || strings.Contains(b.line("Tremor"), "none") {
		t.Errorf("z is not undone in one step:\n%s", b.screen())
	}
	b.press("u", "9", "1")
	b.see("CAPD high=worse")
	b.press("backspace")
	if !strings.Contains(b.line("Month"), "yes") {
		t.Errorf("the tool's answers were lost:\n%s", b.screen())
	}
	b.press("backspace")
	if line := b.line("Raised pressure"); strings.Contains(line, "none") {
		t.Errorf("the last answer stays: %q", line)
	}
	b.press("backspace")
	for range 30 {
		b.press("backspace")
	}
	b.see("Nothing to undo")
}

// z stops before each line that was not none last time.
func TestRestNoneStopsAtAnOldFinding(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	x := answers(10)
	x.Observed[icans.Memory], x.Observed[icans.Handwriting] = icans.Mild, icans.Moderate
	record(t, s, p, "before", "Ines Reis", theTime.Add(-time.Hour), x)
	b := atTheBoard(t, s)
	b.press(normal[:13]...)
	b.press("z")
	b.see("3 set to none; Memory was mild last time: answer it")
	if line := b.line("Memory"); !strings.Contains(line, "▌") || !strings.Contains(line, "mild") {
		t.Errorf("the line is not selected: %q", line)
	}
	b.press("z")
	b.see("0 set to none; Memory was mild last time: answer it")
	b.press("0", "z")
	b.see("2 set to none; Handwriting was moderate last time")
	b.press("1", "z")
	b.see("2 set to none")
	b.press("enter")
	b.see("no change: handwriting mild")
	b.notSee("normal check")
	b.press("y")
	b.notSee("normal check")
}

// A7: twelve flagged checks are one follow-up.
func TestOneFollowUpAPatient(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	for i := range 3 {
		record(t, s, p, "check-"+string(rune('a'+i)), "Ines Reis", theTime.Add(time.Duration(i-3)*time.Hour), answers(9))
	}
	b := atTheBoard(t, s)
	b.see("NOT ACCEPTED 1", "WAITS 2h00", "WORST 12A 1")
	b.press("f")
	b.see("FOLLOW-UPS   1 open   1 not accepted", "⚑  12A OKAFOR, Ada          grade 1   1     3       WAITS 2h00", "joined: Mon 23:10 ⚑ 1, 00:10 ⚑ 1, 01:10 ⚑ 1")
	b.press("a", "1")
	b.see("accepted 02:10 Sam Lee")

	// A worse check raises it, and it must be accepted again.
	b.press("esc")
	b.press("n", "n", "n", "n", "n", "3", "y", "y", "y", "a", "0", "0", "0", "z", "ctrl+s")
	b.see("RAISES the follow-up", "grade 2")
	b.press("y")
	b.see("follow-up RAISED: accept within 15 min", "accept 15m", "ICE 6 ↓3", "2 s")
	b.waits(22 * time.Minute)
	b.see("WAITS 7m")
	b.press("f")
	b.see("‼  12A OKAFOR, Ada          urgent    2     4       raised 02:10, WAITS 7m", "opened Mon 23:10, raised 02:10: grade 2")
	b.press("v")
	b.see("‼ urgent, peak 2, NOT ACCEPTED, over time by 7m (f a accept), raised 02:10")
	b.press("esc", "esc")

	// A better one joins nothing, and does not lower it.
	b.press(normal...)
	b.see("Lower now; urgent follow-up stays open", "‼ 12A")
}

// The save question lists what is missing, and the checks that others recorded since
// the form was opened (B18).
func TestTheSaveQuestionSaysWhatIsMissing(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	record(t, s, p, "before", "Ines Reis", theTime.Add(-time.Hour), answers(10))
	b := atTheBoard(t, s)
	b.press("n", "y", "y", "y", "n", "-", "y", "y", "y", "a", "0", "0", "0", "0", "0", "-", "-", "0", "0", "0")
	record(t, s, p, "other", "Ines Reis", theTime, answers(9))
	b.press("ctrl+s")
	b.see("SAVE this check?   OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "ICE 6 to 9 of 10   ICANS 1 to 2",
		"Not assessed: Names 3 objects, Loses attention, Memory.", "Also not looked at:", "Headache, Tremor.",
		"MEANWHILE 02:10 Ines Reis recorded a check: ICE 9, ICANS 1.", "there is a check of 02:10 by Ines Reis: the same one?")
	b.press("0")
	b.see("NEURO CHECK")
	b.press("ctrl+s", "1")
	b.see("Saved: OKAFOR, Ada, ICE 6–9, ICANS 1 to 2")
}

// News of another terminal's check is a line on the form, and changes no answer.
func TestNewsOnTheForm(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "y", "n")
	record(t, s, p, "other", "Ines Reis", theTime, answers(9))
	b.send(clockMsg{b.now})
	b.see("MEANWHILE 02:10 Ines Reis recorded a check: ICE 9, ICANS 1")
	if !strings.Contains(b.line("Month"), "no") {
		t.Error("an answer was lost")
	}
}

func TestClosingAsResolvedAsksAgain(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	record(t, s, p, "a", "Sam Lee", theTime.Add(-time.Hour), answers(5))
	b := atTheDoor(t, s)
	b.signIn("ines")
	b.press("a", "1", "x")
	b.see("CLOSE the follow-up of OKAFOR, Ada   born 14 Mar 1961   MRN 0042317?", "peak 2")
	b.press("3")
	b.types("seen, settled")
	b.press("enter")
	b.see("STILL FLAGGED. The last conclusive check (01:10) is ICE 5, ICANS 2, urgent.", "It stays in the record that you were asked.")
	b.press("0")
	b.see("resolved. Note (needed)", "seen, settled") // the note is kept
	b.press("enter", "1")
	b.see("No follow-up is open")
	chart, err := s.Chart(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if f := chart.FollowUps[0]; !f.Asked || f.Outcome != ward.Resolved || f.Note != "seen, settled" {
		t.Errorf("closed as %+v", f)
	}
	b.press("esc")
	b.see("‼ 12A") // the grade stays on the board: closing does not make the patient look well
}

func TestClosingAsResolvedAfterANormalCheckDoesNotAsk(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	record(t, s, p, "a", "Sam Lee", theTime.Add(-2*time.Hour), answers(9))
	record(t, s, p, "b", "Sam Lee", theTime.Add(-time.Hour), answers(10))
	b := atTheDoor(t, s)
	b.signIn("ines")
	b.see("last check normal 01:10")
	b.press("a", "1", "x", "3")
	b.types("settled")
	b.press("enter")
	b.see("No follow-up is open")
	if chart, err := s.Chart(t.Context(), p.ID); err != nil || chart.FollowUps[0].Asked {
		t.Errorf("it asked again: %+v, %v", chart.FollowUps, err)
	}
}

// A1, A2: a sedated patient whose findings are attributed is not well.
func TestAttributedIsNotNormal(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheDoor(t, s)
	b.signIn("ines")
	b.press("esc", "n", "u", "3", "3", "0", "0", "0", "z", "o", "1", "1", "2", "2", "enter")
	b.types("propofol")
	b.press("enter", "ctrl+s")
	b.see("ICANS 0 to 3", "Other cause (does not count): score, consciousness: propofol")
	b.press("y")
	b.see("sedated", "0 to 3", "◌ 12A", "in 4h00")
	b.notSee("normal", "no flag")
	b.press("enter", "enter")
	b.see("Other cause (does not count): score, consciousness: propofol")
	b.notSee("normal")
}

// A11: a patient at the own baseline has a grade, and no flag.
func TestOwnBaseline(t *testing.T) {
	s := newLog(t)
	admit(t, s, ward.Patient{MRN: "0051", Name: "LEVI, Yael", BirthDate: ward.Date{Year: 1950, Month: 5, Day: 5}, InfusedAt: theTime.Add(-50 * time.Hour), Baseline: icans.Scored(8)}, "2B")
	b := atTheBoard(t, s)
	b.press("n", "y", "y", "y", "n", "2", "y", "y", "y", "a", "0", "0", "0", "z")
	b.see("= grade 1 at own baseline: no flag")
	b.press("ctrl+s", "y")
	b.see("= 2B", "ICE 8 base", "1 s", "at own baseline")
	b.notSee("normal check")
	b.press("enter")
	b.see("= grade 1 at own baseline", "at own baseline")
}

func TestNotExaminedOnTheBoard(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	record(t, s, p, "a", "Sam Lee", theTime.Add(-5*time.Hour), answers(10))
	b := atTheBoard(t, s)
	for range 2 {
		b.waits(4 * time.Hour)
		b.press("n", "u", "2", "ctrl+s", "y")
	}
	b.see("NOT EXAMINED since Mon 21:10", "no exam 13h", "0 to 4", "⚑ 12A")
	b.press("enter")
	b.see("⚑ NOT EXAMINED for 13 h, since the last conclusive check")
	b.press("esc", "f")
	b.see("not examined, accept 60m")
}

// B1: the selected patient stays selected when another terminal changes the order.
func TestTheSelectedPatientStays(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	berg := admit(t, s, ward.Patient{MRN: "0099", Name: "BERG, Nils", BirthDate: ward.Date{Year: 1970, Month: 1, Day: 2}}, "22A")
	b := atTheBoard(t, s) // nothing is touched
	if !strings.Contains(b.line("OKAFOR"), "▌") {
		t.Fatal(b.screen())
	}
	record(t, s, berg, "a", "Ines Reis", theTime, answers(2))
	b.send(clockMsg{b.now})
	if !strings.Contains(b.line("OKAFOR"), "▌") || strings.Index(b.screen(), "BERG") > strings.Index(b.screen(), "OKAFOR, Ada  ") {
		t.Errorf("another patient is selected, or the order is wrong:\n%s", b.screen())
	}
	b.press("n")
	b.see("NEURO CHECK  OKAFOR, Ada")
	b.press("esc")
	if _, err := s.Discharge(t.Context(), ward.Sign("Ines Reis", theTime), p.ID, theTime, "home"); err != nil {
		t.Fatal(err)
	}
	b.send(clockMsg{b.now})
	b.notSee("▌")
	b.press("n")
	b.see("no patient is chosen")
	b.press("down", "n")
	b.see("NEURO CHECK  BERG, Nils")
}

// B2: the selected check stays selected when another one is recorded.
func TestTheSelectedCheckStays(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	record(t, s, p, "a", "Ines Reis", theTime.Add(-time.Hour), answers(9))
	b := atTheBoard(t, s)
	b.press("enter")
	record(t, s, p, "b", "Ines Reis", theTime, answers(10))
	b.send(clockMsg{b.now})
	b.see("02:10")
	b.press("w")
	b.see("WITHDRAW the check of 01:10?   OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "recorded by Ines Reis")
}

// A report makes a check due; one for another patient is withdrawn with a reason (B21).
func TestReport(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	b := atTheBoard(t, s)
	b.press(normal...)
	b.press("enter", "s", "2")
	b.types("very quiet")
	b.press("enter")
	b.see("reported, a check is due now: 02:10 caregiver: “very quiet”")
	b.press("esc")
	b.see("“ 12A", "report", "LATE 0m")
	b.press("f")
	b.see("0 open   0 not accepted   1 report", "“  12A OKAFOR, Ada          report                  02:10 caregiver: “very qu…")
	b.press("esc", "enter", "v", "w")
	b.types("said of another patient")
	b.press("enter")
	b.see("× withdrawn: “very quiet”")
	b.press("esc", "esc")
	b.see("in 8h00")
	b.notSee("report")
}

// A cause named ahead is carried by the checks of a sedated patient.
func TestCauseNamedAhead(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	b := atTheBoard(t, s)
	b.press("enter", "o", "5")
	b.see("a clinician's to change")
	b.press("esc", "esc")
	b.signIn("ines")
	b.press("esc", "enter", "o", "5", "1")
	b.types("propofol")
	b.press("enter")
	b.fill("12h")
	b.press("enter")
	b.see("other cause named ahead: consciousness: propofol, until 14:10, Ines Reis")
	b.press("esc", "esc")
	b.signIn("sam")
	b.waits(time.Minute)
	b.press("n", "u", "3")
	b.see("Carries the cause that a clinician named ahead: consciousness, propofol")
	b.press("3", "0", "0", "0", "z", "ctrl+s", "y")
	b.see("Saved: OKAFOR, Ada, sedated")
	chart, err := s.Chart(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if c := chart.Last(); !c.Findings.OtherCause.Has(icans.DomainConsciousness) || c.CauseNote != "propofol" {
		t.Errorf("saved %+v", c)
	}
}

// A patient whom a feed discharged with work left stays on the board until a person
// confirms or undoes it.
func TestDischargeByAFeedIsConfirmed(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	record(t, s, p, "a", "Sam Lee", theTime.Add(-time.Hour), answers(9))
	if err := s.AddStaff(t.Context(), ward.Sign("Kim Adler", theTime), ward.Staff{Name: "ADT", Role: ward.Feed, Active: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Discharge(t.Context(), ward.Sign("feed ADT", theTime), p.ID, theTime, "home"); err != nil {
		t.Fatal(err)
	}
	b := atTheBoard(t, s)
	b.see("0 on the ward", "OKAFOR, Ada", "left 02:10 (feed)")
	b.press("n")
	b.see("a feed discharged this patient")
	b.press("enter")
	b.see("left 02:10 (feed): d confirms or undoes it")
	b.press("d", "2")
	b.types("came back")
	b.press("enter", "esc")
	b.see("1 on the ward", "accept")
	b.notSee("(feed)")
}

// Another person's unsaved check is marked on the board and said on the form.
func TestADraftIsOnTheBoard(t *testing.T) {
	s := newLog(t)
	okafor(t, s)
	here := atTheBoard(t, s)
	here.press("n", "y")
	there := atTheDoor(t, s)
	there.signIn("ines")
	there.press("esc")
	there.see("12A ½ OKAFOR, Ada", "Draft of Sam Lee since 02:10")
	there.press("n")
	there.see("Sam Lee has a check open since 02:10")
}

// A question that is too long for the screen keeps the patient's identifiers and the
// answers.
func TestALongQuestionKeepsThePatient(t *testing.T) {
	s := newLog(t)
	p := okafor(t, s)
	b := atTheBoard(t, s)
	b.press("n", "y")
	for i := range 20 {
		record(t, s, p, "other-"+string(rune('a'+i)), "Ines Reis", theTime.Add(-time.Duration(i)*time.Minute), answers(9))
	}
	b.press("ctrl+s")
	b.see("SAVE this check?   OKAFOR, Ada   born 14 Mar 1961   MRN 0042317", "lines more", "1 y save   0 n back to the form")
}
