//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The whole course of a mild ICANS, in a real terminal on a real log: a patient
// at baseline 10, checked 8-hourly, slips to 8 with a changed handwriting; it is
// flagged, taken by the nurse, closed by the clinician; a late entry appears
// between, dexamethasone is recorded, the score recovers, and the handover tells
// it all.
func TestCourseOfAMildICANS(t *testing.T) {
	t.Parallel()
	env := home(t)
	start := clockStart()
	var course strings.Builder
	course.WriteString("check_id,mrn,name,birth_date,bed,infused_at,baseline,admitted_at,performed_at,recorded_at,recorded_by,tool," +
		"ice_year,ice_month,ice_city,ice_hospital,ice_naming,ice_command,ice_writing,ice_attention,consciousness,seizure,motor,icp,confusion,agitation,inattention,memory,speech,handwriting\n")
	at := func(ago time.Duration) string { return start.Add(-ago).Format(time.RFC3339) }
	for i, ago := range []time.Duration{32 * time.Hour, 24 * time.Hour, 16 * time.Hour, 8 * time.Hour} {
		fmt.Fprintf(&course, "c%d,0042317,\"OKAFOR, Ada\",1961-03-14,12A,%s,10,%s,%s,%s,Tom Ash,ice,1,1,1,1,3,1,1,1,alert,none,none,none,none,none,none,none,none,none\n", i, at(30*time.Hour), at(40*time.Hour), at(ago), at(ago-2*time.Minute))
	}
	file := filepath.Join(t.TempDir(), "course.csv")
	if err := os.WriteFile(file, []byte(course.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, env, "import", file)

	term := inTerminal(t, env, 80, 24)
	term.signUp()
	term.see("ICE 10", "LATE 0m")
	term.types("n")
	term.see("What year is it?")
	term.types("y", "y", "y", "y", "3", "y", "n", "n", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "1", "0", "0")
	term.see("ICE 8 of 10   ICANS 1", "mild") // the handwriting
	term.types("ctrl+s")
	term.see("SAVE this check?", "MRN 0042317", "ICE 8 of 10   ICANS 1", "grade 1")
	term.answers("y")
	term.see("Saved "+clockShown(t), "follow-up opened:", "NOT ACCEPTED 1", "in 59m")
	term.types("f")
	term.see("FOLLOW-UPS", "accept within", "ICE fell by 2 or more in 24", "ICE below own")
	term.types("a")
	term.see("Accept for OKAFOR, Ada", "MRN 0042317")
	term.answers("1")
	term.see("0 not accepted", "accepted "+clockShown(t), "Sam Lee")
	term.esc("on the ward")
	term.hire("Ines Reis", "2")
	term.see("1 on the ward", "accepted", "Ines Reis")
	term.types("f")
	term.see("FOLLOW-UPS", "accepted "+clockShown(t))
	term.types("x")
	term.see("CLOSE the follow-up of OKAFOR, Ada")
	term.types("grade 1, dexamethasone", "enter")
	term.answers("1")
	term.see("closed: OKAFOR, Ada", "0 open")
	term.esc("1 on the ward")
	term.types("enter")
	term.see("PATIENT  OKAFOR, Ada", "next check")
	term.types("i")
	term.see("WHAT WAS DONE", "MRN 0042317")
	term.spells("dex")
	term.types("enter", "enter", "10 mg IV", "enter")
	term.see("Save: dexamethasone, 10 mg IV, today " + clockShown(t))
	term.answers("1")
	term.see("Saved: dexamethasone, 10 mg IV", "every 1 h")

	late := start.In(lisbon(t)).Add(-4 * time.Hour)
	entry := "LATE ENTRY " + late.Format("Mon 2 Jan 15:04") + ", 4 h ago"
	term.types("n")
	term.see("What year is it?")
	term.types("t")
	term.see("When was the patient examined?")
	term.types("ctrl+u", late.Format("2006-01-02 15:04"), "enter")
	term.see(entry)
	term.types("y", "y", "y", "y", "3", "y", "y", "y", "0", "0", "0", "0", "z", "ctrl+s")
	term.see("SAVE this check?", entry+", by Ines Reis", "normal check")
	term.answers("y")
	term.see("Saved "+clockShown(t), "on the ward")
	term.types("enter")
	term.see("PATIENT  OKAFOR, Ada", "late entry")
	term.types("n")
	term.see("What year is it?")
	term.types("y", "y", "y", "y", "3", "y", "y", "y", "0", "0", "0", "0", "z")
	term.see("Handwriting was mild last time: answer it")
	term.types("0", "z")
	term.types("ctrl+s")
	term.see("SAVE this check?", "ICE 10 of 10   ICANS 0", "normal check")
	term.answers("y")
	term.see("Saved "+clockShown(t), "on the ward", "ICE 10", "every 1 h")
	term.quits()

	if out := run(t, env, "verify"); !strings.Contains(out, "whole") {
		t.Error(out)
	}
	if out := run(t, signedIn(env), "export", "--events", "--by", "Sam Lee"); !strings.Contains(out, "dexamethasone,10 mg IV") {
		t.Error(out)
	}
	// The handover has it in a few lines.
	out := run(t, signedIn(env), "handover", "--by", "Sam Lee")
	_, course12A, _ := strings.Cut(out, "\n12A")
	course12A, _, _ = strings.Cut(course12A, "\n\n")
	course12A = strings.Join(strings.Fields(course12A), " ")
	for _, line := range [][]string{
		{"OKAFOR, Ada", "born 14 Mar 1961", "MRN 0042317"},
		{"NOW", "ICE 10, ICANS 0"},
		{"WORST", "ICE 8, ICANS 1 (score)", "handwriting mild"},
		{"FLAG", "Ines Reis", "ICANS confirmed (G92.01)"},
		{"DONE", "dexamethasone 10 mg IV"},
		{"NEXT", "every 1 h"},
	} {
		for _, part := range line {
			if !strings.Contains(course12A, part) {
				t.Errorf("the handover does not have %q:\n%s", part, out)
			}
		}
	}
}

// signedIn returns an environment with the PIN of the first member of staff.
func signedIn(env []string) []string {
	return append(env[:len(env):len(env)], "NEUROCHECK_PIN="+thePIN)
}

func lisbon(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// clockShown returns the start of the ward's time of day as the screens show it, without
// the last figure, which moves on while a test runs.
func clockShown(t *testing.T) string {
	t.Helper()
	return clockStart().In(lisbon(t)).Format("15:04")[:4]
}

// Two terminals on one log see each other's changes without a key.
func TestTwoTerminals(t *testing.T) {
	t.Parallel()
	env := home(t)
	here := inTerminal(t, env, 80, 24)
	here.signUp()
	here.admit("0042317", "OKAFOR, Ada", "14 Mar 1961")
	there := inTerminal(t, env, 80, 24)
	there.signIn("Sam Lee")
	there.see("OKAFOR, Ada", "no check")
	here.types("n")
	here.see("What year is it?")
	here.types("y", "y", "y", "y", "3", "y", "y", "y", "0", "0", "0", "0", "z", "ctrl+s")
	here.see("SAVE this check?")
	here.answers("y")
	there.see("OKAFOR, Ada", "ICE 10", "in 7h59")
}

// B1: a patient who is urgent on another terminal goes to the top of the board, and the
// selected patient stays selected: the form that n opens is hers.
func TestTheChoiceStaysWhenAnotherTerminalSaves(t *testing.T) {
	t.Parallel()
	env := home(t)
	here := inTerminal(t, env, 80, 24)
	here.signUp()
	here.admit("0042317", "OKAFOR, Ada", "14 Mar 1961")
	there := inTerminal(t, env, 80, 24)
	there.signIn("Sam Lee")
	there.see("▌  –     OKAFOR, Ada")
	here.admits("0042371", "OKAFOR, Ida", "2 Feb 1958", "2 on the ward")
	there.see("▌  –     ≈OKAFOR, Ada …2317", "≈OKAFOR, Ida …2371")

	here.see("▌  –     ≈OKAFOR, Ida")
	here.types("n")
	here.see("NEURO CHECK  OKAFOR, Ida", "What year is it?")
	here.types("n", "n", "n", "n", "0", "n", "n", "n", "2", "0", "0", "0", "z", "ctrl+s")
	here.see("SAVE this check?", "OKAFOR, Ida", "MRN 0042371", "URGENT")
	here.answers("y")
	here.see("SAVED  ‼ URGENT", "OKAFOR, Ida")

	there.see("‼ –     ≈OKAFOR, Ida …2371", "▌  –     ≈OKAFOR, Ada …2317", "MRN 0042317")
	if rows := there.now(); strings.Index(rows, "OKAFOR, Ida") > strings.Index(rows, "OKAFOR, Ada") {
		t.Errorf("the urgent patient is not first:\n%s", rows)
	}
	there.types("n")
	there.see("NEURO CHECK  OKAFOR, Ada", "MRN 0042317", "What year is it?")
}
