package ward

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
)

// followUp returns the follow-ups in one line: level, peak, checks and state of each.
func followUps(h *History) string {
	var words []string
	for i := range h.FollowUps {
		f := &h.FollowUps[i]
		state := "open"
		switch {
		case !f.IsOpen():
			state = "closed"
		case f.Acked.Done():
			state = "accepted"
		}
		words = append(words, f.Level.Code()+" "+string(rune('0'+f.Peak))+" "+string(rune('0'+f.Checks()))+" "+state)
	}
	return strings.Join(words, ", ")
}

func TestOpeningJoiningRaising(t *testing.T) {
	for _, c := range []struct {
		name   string
		set    func(*bed)
		before string // accepted at its last check
		at     float64
		then   string
		want   string // events of the last check
		state  string
	}{
		{"the first flag opens", nil, "", 0, "ice 9", "opened", "grade1 1 1 open"},
		{"incomplete opens none", nil, "", 0, "ice 10 memory=", "", ""},
		{"the next joins", nil, "-4 ice 9", 0, "ice 9", "joined", "grade1 1 2 accepted"},
		{"no flag joins not", nil, "-4 ice 9", 0, "ice 10", "", "grade1 1 1 accepted"},
		{"a higher level raises", nil, "-4 ice 9", 0, "ice 9 speech=moderate", "raised", "urgent 1 2 open"},
		{"a higher peak raises", nil, "-4 ice 10 speech=moderate", 0, "ice 9", "raised", "urgent 1 2 open"},
		{"both", nil, "-4 ice 9", 0, "ice 6", "raised", "urgent 2 2 open"},
		{"a lower one joins", nil, "-4 ice 6", 0, "ice 9", "joined", "urgent 2 2 accepted"},
		{"two grades up", nil, "-20 ice 6 | -4 ice 10", 0, "ice 5", "raised", "urgent 2 2 open"},
		{"a grade up", nil, "-20 ice 9 | -4 ice 10", 0, "ice 9", "joined", "grade1 1 2 accepted"},
		{"F 3 after F 2", nil, "-20 ice 2 | -4 ice 4", 0, "ice 2", "raised", "urgent 3 3 open"},
		{"F 3 after F 3", nil, "-20 ice 2 | -4 ice 2", 0, "ice 1", "joined", "urgent 3 3 accepted"},
		{"F 3 after F 2 and an inconclusive one", nil, "-20 ice 2 | -5 ice 4 | -4 ice bare unable=asleep", 0, "ice 2", "raised", "urgent 3 3 open"},
		{"F 3 of uncertain cause after F 0", nil, "-20 ice 2 | -4 ice 10", 0, "ice 2 uncertain_cause=score", "raised", "urgent 3 2 open"},
		{"F 3 after F 3 at the own baseline", baseline(2), "-20 ice bare unable=unarousable consciousness=unarousable | -4 ice 2", 0, "ice 2 seizure=brief", "joined", "urgent 4 2 accepted"},
		{"24 h after the last one in it", nil, "-24 ice 9 | -9 ice 10", 0, "ice 9", "raised", "grade1 1 2 open"},
		{"just under 24 h", nil, "-23.9 ice 9 | -9 ice 10", 0, "ice 9", "joined", "grade1 1 2 accepted"},
		{"24 h after the opening only", nil, "-24 ice 9 | -9 ice 9", 0, "ice 9", "joined", "grade1 1 3 accepted"},
		{"at the own baseline joins not", baseline(9), "-90 ice 8", 0, "ice 9", "", "grade1 1 1 accepted"},
	} {
		b := newBed(icans.ICE)
		b.site.NotExamined = NotExaminedAfter{100 * time.Hour, 200 * time.Hour}
		if c.set != nil {
			c.set(b)
		}
		if strings.HasPrefix(c.before, "-90") {
			b.Stays[0].AdmittedAt = hours(-100)
		}
		if c.before != "" {
			b.course(c.before)
			b.accept(-0.5)
		}
		b.save(c.at, c.at, c.then)
		got := ""
		if len(b.last.Events) > 0 {
			got = string(b.last.Events[0].Event)
		}
		if got != c.want || followUps(&b.History) != c.state {
			t.Errorf("%s: %q and %q, not %q and %q", c.name, got, followUps(&b.History), c.want, c.state)
		}
	}
}

// Level and peak never fall, and a check whose flag falls stays joined.
func TestCorrectionsOfFlags(t *testing.T) {
	b := newBed(icans.ICE).course("-8 ice 9 | -4 ice 5")
	b.accept(-3)
	b.correct("c02", -2, "ice 9")
	if got := followUps(&b.History); got != "urgent 2 2 accepted" || len(b.last.Events) > 0 {
		t.Errorf("a flag that fell: %s, events %s", got, events(b.last))
	}
	b.correct("c02", -1, "ice 2")
	if got := followUps(&b.History); got != "urgent 3 2 open" || events(b.last) != "c02 raised" {
		t.Errorf("a flag that rose: %s, events %s", got, events(b.last))
	}
	b.accept(-0.9)
	b.correct("c01", -0.5, "")
	b.correct("c02", -0.4, "ice 10")
	f := b.Open()
	if f == nil || !b.Lifted(f) || f.Checks() != 2 {
		t.Error("all flags were lifted, and the follow-up stays open")
	}
	b.correct("c02", -0.3, "ice 10 memory=mild")
	if b.Lifted(b.Open()) || events(b.last) != "c02 joined" {
		t.Errorf("a flag again: %s", events(b.last))
	}
}

// A late entry that makes a later check worse lets that one join as if it were
// recorded then.
func TestLateEntriesReevaluate(t *testing.T) {
	b := newBed(icans.ICE)
	baseline(8)(b)
	b.course("-4 ice 8")
	if flagOf(b.Last()) != "none at_baseline" {
		t.Fatal(flagOf(b.Last()))
	}
	b.save(-20, -1, "ice 10")
	if flagOf(b.Last()) != "grade1 grade_1;worse_than_last;ice_drop_2" || events(b.last) != "c01 opened" {
		t.Errorf("%s, %s", flagOf(b.Last()), events(b.last))
	}
	if r := b.last.Reevaluated; len(r) != 1 || r[0].Check.ID != "c01" || r[0].Because != "c02" {
		t.Errorf("reevaluated: %+v", r)
	}
	if f := b.Open(); !f.Opened.At.Equal(hours(-1)) || f.Joined[0].PerformedAt != hours(-4) {
		t.Errorf("opened %v", f.Opened.At)
	}
	b.correct("c02", -0.5, "")
	if flagOf(b.Last()) != "none at_baseline" || b.Open() == nil {
		t.Errorf("after the withdrawal: %s", flagOf(b.Last()))
	}
}

// A late entry 24 h after the others raises, although a later check had no flag.
func TestALateEntryAfterALongGap(t *testing.T) {
	b := newBed(icans.ICE).course("-30 ice 9 | -1 ice 10")
	b.accept(-0.9)
	if b.save(-6, -0.5, "ice 9"); events(b.last) != "c03 raised" {
		t.Errorf("24 h after: %s", events(b.last))
	}
	b.accept(-0.4)
	if b.save(-7, -0.3, "ice 9"); events(b.last) != "c04 joined" {
		t.Errorf("before the latest one: %s", events(b.last))
	}
}

func TestOldFlags(t *testing.T) {
	for _, c := range []struct {
		name   string
		course string // before
		at     float64
		seen   string
		want   string // event of the check, recorded at 0
	}{
		{"24 h old", "-1 ice 10", -24, "ice 9", "opened"},
		{"older", "-1 ice 10", -24.1, "ice 9", ""},
		{"the latest check", "-30 ice 10", -24.1, "ice 9", "opened"},
		{"F 3, and no conclusive check after it", "-1 ice 10 memory= motor=", -90, "ice 2", "opened"},
		{"F 2, and no conclusive check after it", "-1 ice 10 memory= motor=", -90, "ice 4", ""},
		{"F 3, and a conclusive check after it", "-1 ice 10", -90, "ice 2", ""},
		{"urgent, 72 h old", "-1 ice 10", -72, "ice 10 speech=severe", "opened"},
		{"urgent, older", "-1 ice 10", -72.1, "ice 10 speech=severe", ""},
		{"grade1, 30 h old", "-1 ice 10", -30, "ice 10 speech=mild", ""},
	} {
		b := newBed(icans.ICE)
		b.Stays[0].AdmittedAt = hours(-200)
		b.site.NotExamined = NotExaminedAfter{500 * time.Hour, 600 * time.Hour}
		b.course(c.course)
		b.save(c.at, 0, c.seen)
		got := ""
		if len(b.last.Events) > 0 {
			got = string(b.last.Events[0].Event)
		}
		if old := c.want == ""; got != c.want || (b.last.OldFlags == 1) != old {
			t.Errorf("%s: %q with %d old flags", c.name, got, b.last.OldFlags)
		}
	}
}

func TestOldFlagsOfAnEndedStay(t *testing.T) {
	ended := func() *bed {
		b := newBed(icans.ICE)
		b.Stays[0].DischargedAt, b.Stays[0].Discharge = hours(-10), "home"
		return b
	}
	b := ended()
	b.save(-20, 0, "ice 9")
	if events(b.last) != "c01 opened" || b.watch(0).Alert != AlertNone || b.watch(0).FollowUp == nil {
		t.Errorf("not old: %s, alert %d", events(b.last), b.watch(0).Alert)
	}
	b = ended()
	b.save(-30, 0, "ice 2")
	if events(b.last) != "" || b.last.OldFlags != 1 {
		t.Errorf("old: %s, %d", events(b.last), b.last.OldFlags)
	}
}

// A correction is decided by the time the check was performed.
func TestACorrectionOfAnOldCheck(t *testing.T) {
	b := newBed(icans.ICE).course("-30 ice 10 | -1 ice 10")
	if b.correct("c01", 0, "ice 9"); events(b.last) != "" || b.last.OldFlags != 1 {
		t.Errorf("30 h old: %q, %d old flags", events(b.last), b.last.OldFlags)
	}
	if b.correct("c01", 0.1, "ice 4"); events(b.last) != "c01 opened" {
		t.Errorf("30 h old and urgent: %q", events(b.last))
	}
	if b.correct("c02", 0.2, "ice 9"); events(b.last) != "c02 raised" {
		t.Errorf("1 h old, and 29 h after the other one: %q", events(b.last))
	}
}

// Rows of one act are decided together, and an import opens nothing that was long
// over.
func TestAFileOfOneAct(t *testing.T) {
	rows := func(b *bed, recorded float64) []Check {
		return []Check{b.check(-40, recorded, "ice 9"), b.check(-36, recorded, "ice 4"), b.check(-30, recorded, "ice 9"), b.check(-26, recorded, "ice 9")}
	}
	b := newBed(icans.ICE)
	if out := b.act(Act{At: hours(0), By: "Sam Lee", Checks: rows(b, 0), Import: true}); events(out) != "c02 opened, c04 joined" || out.OldFlags != 2 {
		t.Errorf("on the ward: %s, %d old flags", events(out), out.OldFlags)
	}
	b = newBed(icans.ICE)
	b.Stays[0].DischargedAt = hours(-25)
	at := -40.0
	all := rows(b, 0)
	for i := range all {
		all[i].Recorded.At = all[i].PerformedAt
	}
	if out := b.act(Act{At: hours(0), Checks: all, Import: true}); events(out) != "" || out.OldFlags != 4 || len(b.FollowUps) != 0 {
		t.Errorf("an ended stay: %s, %d old flags", events(out), out.OldFlags)
	}
	b = newBed(icans.ICE)
	b.Stays[0].DischargedAt = hours(-25)
	for i := range all {
		b.n = i
		all[i] = b.check(at, at, "ice 9")
		at += 4
	}
	if out := b.act(Act{At: hours(0), Checks: all}); len(b.FollowUps) != 1 || out.OldFlags != 0 {
		t.Errorf("with its follow-ups: %s, %d old flags", events(out), out.OldFlags)
	}
	b.FollowUps, b.Checks, b.Memory = nil, nil, Memory{}
	b.Stays = append(b.Stays, Stay{ID: 2, AdmittedAt: hours(-20)})
	later := append(all, b.check(-10, -10, "ice 9"))
	if out := b.act(Act{At: hours(15), Checks: later, Import: true}); len(b.FollowUps) != 1 || b.FollowUps[0].Checks() != 5 || out.OldFlags != 0 {
		t.Errorf("a later stay: %s, %d old flags", events(out), out.OldFlags)
	}
}

// Versions of one check that a file gives one time are applied in their order.
func TestVersionsOfOneFile(t *testing.T) {
	b := newBed(icans.ICE)
	first := b.check(-2, 0, "ice 4")
	second := first
	second.Version, second.Status, second.Reason, second.PerformedAt = 2, Corrected, "wrong_value", hours(-3)
	second.Findings = findings("ice 9")
	third := second
	third.Version, third.Status = 3, Withdrawn
	for n, want := range map[int]int{2: 1, 3: 0} {
		h := b.History
		out := Record(&h, &b.site, Act{At: hours(0), Checks: []Check{third, second, first}[3-n:], Import: true})
		if len(h.Checks) != want || want == 1 && h.Checks[0].Version != 2 || len(h.FollowUps) != 1 || out.OldFlags != 0 {
			t.Errorf("%d versions: %d checks, %s", n, len(h.Checks), followUps(&h))
		}
	}
}

func TestClosing(t *testing.T) {
	taken := FollowUp{Opened: Sign("Sam", night), Acked: Sign("Sam", night)}
	for _, c := range []struct {
		name          string
		f             FollowUp
		outcome, note string
		kind          Kind
	}{
		{"confirmed", taken, ConfirmedICANS, "n", 255},
		{"resolved", taken, Resolved, "n", 255},
		{"without a note", taken, Resolved, "", KindInvalid},
		{"with no outcome", taken, "", "n", KindInvalid},
		{"before it was accepted", FollowUp{Opened: Sign("Sam", night)}, Resolved, "n", KindConflict},
		{"twice", FollowUp{Acked: Sign("Sam", night), Closed: Sign("Sam", night)}, Resolved, "n", KindConflict},
	} {
		err := c.f.ValidateClosing(c.outcome, c.note)
		if c.kind == 255 && err != nil || c.kind != 255 && (err == nil || KindOf(err) != c.kind) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestResolvedIsAskedAgain(t *testing.T) {
	for course, want := range map[string]bool{
		"-8 ice 9":                                            true, // the last conclusive check is flagged
		"-8 ice 9 | -4 ice 10":                                false,
		"-8 ice 9 | -4 ice 10 memory=":                        false, // conclusive, and without a flag
		"-8 ice 9 | -4 ice bare unable=asleep":                true,
		"-8 ice 9 | -4 ice 10 | -2 ice 10 motor= speech=mild": true, // flagged since, and not conclusive
	} {
		if got := newBed(icans.ICE).course(course).AskResolved(); got != want {
			t.Errorf("%s: asked again is %v", course, got)
		}
	}
}

func TestWithoutAFlagFor24h(t *testing.T) {
	for course, want := range map[string]bool{
		"-40 ice 9 | -30 ice 10 | -20 ice 10 | -16 ice 10":                        true,
		"-40 ice 9 | -30 ice 10 | -20 ice 10 | -16.1 ice 10":                      false, // 23.9 h
		"-40 ice 9 | -28 ice 10 | -16 ice 10":                                     true,  // gaps of 12 h
		"-40 ice 9 | -27.9 ice 10 | -16 ice 10":                                   false,
		"-40 ice 9 | -30 ice 10 | -20 ice 10 | -16 ice 10 motor=":                 false, // not conclusive
		"-40 ice 9 | -30 ice 10 motor= | -20 ice 10 | -16 ice 10":                 true,
		"-40 ice 9 | -30 ice 10 | -20 ice 9 | -10 ice 10 | 0 ice 10":              false,
		"-47 ice 10 | -30 ice 10 | -18 ice 10":                                    false, // never a flag
		"-40 ice 9 | -30 ice 10 | -20 ice 10 | -16 ice 10 | -3 ice 10 | 3 ice 10": false, // a gap of 13 h
		"-40 ice 9 | -30 ice 10 | -20 ice 10 | -16 ice 10 | -4 ice 10 | 3 ice 10": true,
	} {
		if got := newBed(icans.ICE).course(course).DayWithoutFlag(); got != want {
			t.Errorf("%s: %v", course, got)
		}
	}
}

func TestICD10(t *testing.T) {
	for want, f := range map[string]FollowUp{
		"":       {Outcome: Resolved, Peak: 2},
		"G92.01": {Outcome: ConfirmedICANS, Peak: 1},
		"G92.04": {Outcome: ConfirmedICANS, Peak: 4},
		"G92.00": {Outcome: ConfirmedICANS},
	} {
		if got := f.ICD10(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

func TestEscalation(t *testing.T) {
	site := DefaultSite()
	for level, wait := range map[icans.Flag]time.Duration{icans.FlagUrgent: 15 * time.Minute, icans.FlagGrade1: time.Hour} {
		f := FollowUp{Level: level, Opened: Sign("Sam", night)}
		if site.Escalated(&f, night.Add(wait)) || !site.Escalated(&f, night.Add(wait+time.Millisecond)) {
			t.Errorf("%s does not escalate over %v", level.Code(), wait)
		}
		f.RaisedAt = night.Add(wait)
		if site.Escalated(&f, night.Add(2*wait)) || !site.Escalated(&f, night.Add(2*wait+time.Millisecond)) {
			t.Errorf("%s, raised: another clock", level.Code())
		}
		if f.Acked = Sign("Sam", night); site.Escalated(&f, night.Add(24*time.Hour)) {
			t.Error("one that was acknowledged escalates")
		}
	}
	if urgent, grade1 := site.Checklist(icans.FlagUrgent, ""), site.Checklist(icans.FlagGrade1, ""); len(urgent) != 13 || len(grade1) != 9 {
		t.Errorf("the checklists have %d and %d items", len(urgent), len(grade1))
	}
	site.Checklists.Products = map[string]Checklists{"axi-cel": {Grade1: []string{"one"}, Urgent: []string{"two"}}}
	if got := strings.Join(site.Checklist(icans.FlagUrgent, "Axi-Cel"), " "); got != "two one" {
		t.Errorf("the product's list: %s", got)
	}
}

// Of two follow-ups that a link brought together, one that was accepted hides no clock of
// the other.
func TestALinkHidesNoFollowUpThatWaits(t *testing.T) {
	b := newBed(icans.ICE).course("0 ice 2")
	b.FollowUps = append(b.FollowUps, FollowUp{ID: 2, PatientID: 2, Level: icans.FlagUrgent, Peak: 3, Opened: Sign("Sam Lee", hours(0.1)), Acked: Sign("Sam Lee", hours(0.2))})
	if s := b.watch(1); !s.Escalated || s.FollowUp.PatientID != 1 {
		t.Errorf("the follow-up that waits is not shown: %+v", s.FollowUp)
	}
	b.accept(1)
	if s := b.watch(1); s.Escalated || s.FollowUp.PatientID != 2 {
		t.Errorf("both are accepted: %+v", s.FollowUp)
	}
}
