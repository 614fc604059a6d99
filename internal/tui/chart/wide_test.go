package chart_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/chart"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// The table right of the trend has the selected check in view, and moves with it.
func TestSidebarFollowsTheSelectedCheck(t *testing.T) {
	s, _ := full(t, "OKAFOR, Ada")
	s.Size(120, 36).Press("v").Sees("▌ 15:45     ICE 6  2 s    ‼ grade 2", "FOLLOW-UP  urgent, peak 2, 4 checks", "raised 15:45: NOT ACCEPTED, 7m over time")
	s.Sees("EPISODE  since 03:40, peak 2 (score)", "hours at 1: 4.0, at 2: 0.4", "DONE  14:27 imaging")
	s.Press("left").Sees("▌ 13:40     –      0 to 4 ◌ asleep")
	s.Press("left").Sees("▌ 11:42     ICE 8  1 s    ⚑ grade 1")
	s.Press("down", "down").Sees("│      11:50 dexamethasone 10 mg IV", "dexamethasone 11:50: before ICE 8 (11:42), after ICE 6 (15:45); not proof")
	s.Press("right").SeesNot("│      11:50").Sees("▌ 13:40")
	s.Size(119, 36).SeesNot("FOLLOW-UP  urgent").Size(120, 28).SeesNot("FOLLOW-UP  urgent")
	s.Size(200, 60).Sees("city no, hospital no, names 3 objects 1 of 3, confusion moderate", "not assessed: memory", "nothing else was assessed")
}

// More checks than there is room for are counted, those after and those before the part in
// view.
func TestSidebarCountsTheOthers(t *testing.T) {
	s := desktest.New(t, chart.Screens())
	ada := s.Ada()
	for i := range 40 {
		s.Record(ada, time.Duration(i+1)*time.Hour, desktest.Maria, "ice_city=0", "speech=mild")
	}
	s.SignIn(desktest.Nair).Go(desk.Patient, desk.Subject(ada.ID)).Size(120, 36).Press("v")
	count := func() (n int) {
		for line := range strings.SplitSeq(s.Screen(), "\n") {
			if strings.Contains(line, "⚑ grade 1") || strings.Contains(line, "‼ grade 1") {
				n++
			}
		}
		return n
	}
	shown := count()
	if shown < 5 {
		t.Errorf("%d checks are shown\n%s", shown, s.Screen())
	}
	s.Sees("▌ 15:07", "  0 later, ")
	s.Press("home").Sees("▌ Sat 00:07", ", 0 earlier: ← → move")
	for range 10 {
		s.Press("right")
	}
	s.Sees("▌ Sat 10:07", " later, ", " earlier: ← → move").SeesNot("  0 later", " 0 earlier")
}

// A patient without a follow-up, a grade or an intervention is said to have none.
func TestSidebarOfAWellPatient(t *testing.T) {
	s := desktest.New(t, chart.Screens())
	ada := s.Ada()
	s.Record(ada, 2*time.Hour, desktest.Maria)
	s.SignIn(desktest.Nair).Go(desk.Patient, desk.Subject(ada.ID)).Size(120, 36).SeesNot("EPISODE")
	s.Press("v").Sees("normal", "FOLLOW-UP  none is open", "EPISODE  none: no check had a grade", "DONE  nothing yet")
}

// An event is compared with the next checks that say something: not with that of a
// sleeping patient, and never by a score that hides a grade of another domain.
func TestEffectOfAnEvent(t *testing.T) {
	s := desktest.New(t, chart.Screens())
	ada := s.Ada()
	s.Record(ada, 5*time.Hour, desktest.Maria, "ice_city=0")
	s.Record(ada, 4*time.Hour, desktest.Maria, append(asleep(), "unable=asleep")...)
	s.Record(ada, 2*time.Hour, desktest.Maria, append(asleep(), "unable=refused")...)
	s.Record(ada, time.Hour, desktest.Maria, "seizure=brief")
	must(t, s.Log.PutIntervention(t.Context(), ward.Sign(desktest.Maria, s.Now()), ward.Intervention{PatientID: ada.ID, Kind: "dexamethasone", DoneAt: s.Now().Add(-3 * time.Hour)}))
	s.SignIn(desktest.Nair).Go(desk.Patient, desk.Subject(ada.ID)).Press("v", "down")
	s.Sees("dexamethasone 13:07: before ICE 9 (11:07), after ICE 10, ICANS 3 (seizure)", "(15:07); not proof")
}

// Before the first check and after the last one there is nothing to compare with.
func TestEffectWithoutAnotherCheck(t *testing.T) {
	s := desktest.New(t, chart.Screens())
	ada := s.Ada()
	s.Record(ada, time.Hour, desktest.Maria, append(asleep(), "unable=asleep")...)
	must(t, s.Log.PutIntervention(t.Context(), ward.Sign(desktest.Maria, s.Now()), ward.Intervention{PatientID: ada.ID, Kind: "eeg", DoneAt: s.Now().Add(-30 * time.Minute)}))
	s.SignIn(desktest.Nair).Go(desk.Patient, desk.Subject(ada.ID)).Press("v", "down").Sees("EEG 15:37: before asleep, ICANS 0 to 4 (15:07), after no check; not proof")
}

// An episode that is over says when it ended, and a relapse is the second one.
func TestEpisodesOnTheScreen(t *testing.T) {
	s := desktest.New(t, chart.Screens())
	ada := s.Ada()
	for _, c := range []struct {
		ago    int
		fields []string
	}{{46, []string{"ice_city=0"}}, {45, nil}, {37, nil}, {29, nil}, {21, nil}} {
		s.Record(ada, time.Duration(c.ago)*time.Hour, desktest.Maria, c.fields...)
	}
	s.SignIn(desktest.Nair).Go(desk.Patient, desk.Subject(ada.ID)).Sees("EPISODE  Fri 18:07 to Fri 19:07, peak 1 (score); hours at 1: 1.0")
	s.Record(ada, time.Minute, desktest.Maria, "ice_city=0", "ice_year=0", "ice_month=0", "ice_hospital=0")
	s.Tick()
	s.Sees("EPISODE 2  since 16:06, peak 2 (score); hours at 2: 0.0")
	s.Size(120, 36).Press("v").Sees("EPISODE 2  since 16:06", "FOLLOW-UP  urgent, peak 2, 2 checks")
}

// A closed follow-up is named with its outcome, and an open one counts its checks.
func TestFollowUpInTheSidebar(t *testing.T) {
	s := desktest.New(t, chart.Screens())
	ada := s.Ada()
	saved := s.Record(ada, time.Hour, desktest.Maria, "ice_city=0")
	s.SignIn(desktest.Nair).Go(desk.Patient, desk.Subject(ada.ID)).Size(120, 36).Press("v").Sees("FOLLOW-UP  grade 1, peak 1, 1 check\n", "opened 15:07: NOT ACCEPTED, 0m over time")
	must(t, s.Log.Acknowledge(t.Context(), ward.Sign(desktest.Nair, s.Now()), saved.FollowUp.ID))
	s.Tick()
	s.Sees("opened 15:07: accepted 16:07 Dr Nair")
	must(t, s.Log.CloseFollowUp(t.Context(), ward.Sign(desktest.Nair, s.Now()), saved.FollowUp.ID, "other_cause", "tired", false))
	s.Tick()
	s.Sees("FOLLOW-UP  none is open; closed 16:07 Dr", "Nair: other cause", " ⚑ matches grade-1 features. Why: grade 1").SeesNot("⚑ ⚑")
}

// Each version of a check has its author, time, reason and old → new; the keys r w m act on
// the valid one alone.
func TestVersionsOfACheck(t *testing.T) {
	s, _ := full(t, "OKAFOR, Ada")
	s.Press("enter").Sees("Version 2 of 2, counts. 16:07 Maria Santos: wrong value (Counts back no →").SeesNot("VERSIONS")
	s.Press("pgup").Sees("Version 1 of 2, × replaced. 15:45 Maria Santos.", "× replaced")
	s.Press("r").Sees("r does nothing now: this version was replaced: pgdn shows the one that counts")
	s.Press("o").Sees("o does nothing now: this version was replaced")
	s.Press("pgdown").Sees("Version 2 of 2").Press("pgdown").Sees("this is the newest version")
	s.Size(120, 36).Sees("VERSIONS", "▌ Version 2 of 2, counts", "  Version 1 of 2, × replaced")
	s.Press("left").Sees("check 6 of 7", "ICE not done: asleep").SeesNot("VERSIONS")
	for key, screen := range map[string]string{"r": desk.Correct, "o": desk.Correct, "w": desk.Withdraw, "m": desk.MoveCheck, "f": desk.FollowUps, "t": desk.Interval, "v": desk.CheckAudit} {
		s.Press("esc", "enter", "left", key)
		if got := s.LastOpened(); got.Screen != screen {
			t.Errorf("%s opened %+v", key, got)
		}
	}
}

// A correction of many findings leaves room for the findings: the whole of it is at their
// end.
func TestLongCorrection(t *testing.T) {
	s, p := full(t, "OKAFOR, Ada")
	c, err := s.Log.Chart(t.Context(), p.ID)
	must(t, err)
	last := *c.Last()
	last.Version++
	last.Status, last.Reason, last.ReasonNote = ward.Corrected, "other", strings.TrimSpace(strings.Repeat("the sheet of another bed ", 6))
	for i := range last.Findings.Observed {
		last.Findings.Observed[i] = icans.Severe
	}
	last.Recorded = ward.Signature{}
	_, err = s.Log.SaveCheck(t.Context(), ward.Sign(desktest.Maria, s.Now()), last)
	must(t, err)
	s.Tick()
	s.Press("enter").Sees("Version 3 of 3, counts.", "… end shows all of it", "Why: ", "more lines")
	s.Press("end").Sees("Movement none → severe", "Version 1 of 3, × replaced")
}

// A late entry says how long after the examination it was recorded.
func TestLateEntryInFull(t *testing.T) {
	s, p := full(t, "OKAFOR, Ada")
	c, err := s.Log.Chart(t.Context(), p.ID)
	must(t, err)
	late := *c.Last()
	late.ID, late.Version, late.Status, late.Reason = "late", 1, ward.Recorded, ""
	late.PerformedAt, late.Recorded = s.Now().Add(-765*time.Minute), ward.Signature{}
	_, err = s.Log.SaveCheck(t.Context(), ward.Sign(desktest.Maria, s.Now()), late)
	must(t, err)
	s.Go(desk.Check, desk.CheckSubject(p.ID, "late")).Sees("CHECK 03:22", "recorded 16:07 by Maria Santos, LATE ENTRY,", "12 h 45 min later")
}

// A correction is no late entry, and does not hide the person who recorded the check.
func TestACorrectionIsNoLateEntry(t *testing.T) {
	s, p := full(t, "OKAFOR, Ada")
	c, err := s.Log.Chart(t.Context(), p.ID)
	must(t, err)
	i := slices.IndexFunc(c.Checks, func(c ward.Check) bool { return c.Recorded.By == desktest.Tomasz && c.Version == 1 })
	next := c.Checks[i]
	next.Version, next.Status, next.Reason, next.Recorded = 2, ward.Corrected, "wrong_value", ward.Signature{}
	next.Findings.CRSGrade = icans.Scored(2)
	_, err = s.Log.SaveCheck(t.Context(), ward.Sign(desktest.Maria, s.Now()), next)
	must(t, err)
	by := "recorded " + s.Now().Add(-747*time.Minute).Format("15:04") + " by Tomasz Wójcik, corrected"
	s.Go(desk.Check, desk.CheckSubject(p.ID, next.ID)).Sees(by, "16:07 by Maria Santos").SeesNot("LATE ENTRY")
}
