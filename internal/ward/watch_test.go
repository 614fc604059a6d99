package ward

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
)

// alert returns the alert and its reasons in one line.
func alert(s PatientState) string {
	words := []string{AlertCodes[s.Alert] + ":"}
	for _, why := range s.AlertWhy {
		words = append(words, string(why))
	}
	return strings.Join(words, " ")
}

func TestAlerts(t *testing.T) {
	for _, c := range []struct {
		name   string
		set    func(*bed)
		course string
		at     float64
		want   string
	}{
		{"nothing", nil, "0 ice 10", 1, "none:"},
		{"an urgent follow-up", nil, "0 ice 5", 0.1, "urgent: follow_up"},
		{"a grade-1 follow-up, accepted or not", nil, "0 ice 9", 0.1, "grade1: follow_up"},
		{"overdue", nil, "0 ice 10", 8, "overdue: overdue"},
		{"unfinished", nil, "0 ice 10 memory=", 0.1, "unfinished: incomplete"},
		{"attributed is not unfinished", nil, "0 ice 4 other_cause=score", 0.1, "none:"},
		{"attributed, and something left out", nil, "0 ice 4 other_cause=score memory=", 0.1, "unfinished: incomplete"},
		{"uncertain is unfinished", nil, "-1 ice 10 | 0 ice unable=sedated consciousness=voice", 0.1, "unfinished: incomplete"},
		{"a report", report(1), "0 ice 10", 1, "overdue: overdue report"},
		{"not examined for 12 h", nil, "0 ice 10", 12, "grade1: not_examined overdue"},
		{"just under", nil, "0 ice 10", 11.99, "overdue: overdue"},
		{"not examined for 16 h", nil, "0 ice 10", 16, "urgent: not_examined overdue"},
		{"a grade-1 follow-up, and not examined for 16 h", nil, "0 ice 9", 16, "urgent: follow_up not_examined overdue"},
		{"everything", report(16), "0 ice 9 memory=", 16, "urgent: follow_up not_examined overdue report"},
		{"asleep since", nil, "-8 ice 10 | 0 ice bare unable=asleep", 4, "grade1: not_examined overdue incomplete"},
		{"asleep since, 16 h after the last conclusive one", nil, "-8 ice 10 | 0 ice bare unable=asleep", 8, "urgent: not_examined overdue incomplete"},
		{"asleep twice after a flag", nil, "-2 ice 9 | -1 ice bare unable=asleep | 0 ice bare unable=asleep", 0, "urgent: follow_up not_examined"},
		{"no check in the stay", nil, "", -36, "grade1: not_examined overdue"},
		{"just under, no check", nil, "", -36.1, "overdue: overdue"},
		{"16 h, no check", nil, "", -32, "urgent: not_examined overdue"},
		{"no check, heard of late", func(b *bed) { b.Stays[0].Began.At = hours(-10) }, "", 1, "overdue: overdue"},
		{"no check, heard of 12 h ago", func(b *bed) { b.Stays[0].Began.At = hours(-10) }, "", 2, "grade1: not_examined overdue"},
		{"checks every 12 h", twelveHours, "0 ice 10", 15.9, "overdue: overdue"},
		{"checks every 12 h, 16 h", twelveHours, "0 ice 10", 16, "grade1: not_examined overdue"},
		{"an order of 12 h, 20 h", order(-1, every(12)), "0 ice 10", 20, "urgent: not_examined overdue"},
		{"stopped", order(1, Order{Kind: OrderStop}), "0 ice 10", 30, "none:"},
		{"discharged with a follow-up", func(b *bed) { b.Stays[0].DischargedAt = hours(1) }, "0 ice 5", 30, "none:"},
	} {
		b := newBed(icans.ICE)
		if c.set != nil {
			c.set(b)
		}
		if c.course != "" {
			b.course(c.course)
		}
		if got := alert(b.watch(c.at)); got != c.want {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
}

func TestMarks(t *testing.T) {
	for _, c := range []struct {
		name   string
		set    func(*bed)
		course string
		closed bool
		want   string
	}{
		{"normal", nil, "0 ice 10", false, "none"},
		{"an open follow-up", nil, "-4 ice 9 | 0 ice 10", false, "grade1"},
		{"an open urgent one", nil, "-4 ice 5 | 0 ice 9", false, "urgent"},
		{"closed, the last grade is 1", nil, "0 ice 9", true, "grade1"},
		{"closed, the last grade is 2", nil, "0 ice 5", true, "urgent"},
		{"closed, the last grade is 3", nil, "0 ice 2", true, "urgent"},
		{"closed, and well", nil, "-4 ice 2 | 0 ice 10", true, "none"},
		{"closed, an inconclusive check since", nil, "-4 ice 2 | 0 ice bare unable=asleep", true, "urgent"},
		{"a feature, closed", nil, "0 ice 10 speech=severe", true, "none"},
		{"at the own baseline", baseline(5), "0 ice 5", false, "baseline"},
		{"at the own baseline, a follow-up open", baseline(5), "-4 ice 5 speech=mild | 0 ice 5", false, "urgent"},
		{"an uncertain grade is none", nil, "0 ice 2 uncertain_cause=score", true, "none"},
	} {
		b := newBed(icans.ICE)
		if c.set != nil {
			c.set(b)
		}
		b.course(c.course)
		if c.closed {
			b.close(0.1)
		}
		if got := MarkCodes[b.watch(0.2).Mark]; got != c.want {
			t.Errorf("%s: %s, not %s", c.name, got, c.want)
		}
	}
}

func TestWatchShowsTheFollowUpAndTheReport(t *testing.T) {
	b := newBed(icans.ICE).course("0 ice 5")
	s := b.watch(0.1)
	if !s.EscalatesAt.Equal(hours(0.25)) || s.Escalated || s.FollowUp == nil || s.Last != b.Last() || s.Conclusive != b.Last() {
		t.Errorf("before it escalates: %+v", s)
	}
	if b.watch(0.25).Escalated || !b.watch(0.26).Escalated {
		t.Error("it does not escalate")
	}
	b.accept(0.3)
	if s := b.watch(2); s.Escalated || !s.EscalatesAt.IsZero() {
		t.Error("it escalates after it was accepted")
	}
	report(1)(b)
	if s := b.watch(2); s.Report == nil {
		t.Error("the report does not wait")
	}
	b.save(2, 2, "ice bare unable=asleep")
	if s := b.watch(2); s.Report != nil || s.Conclusive.ID != "c01" || s.Last.ID != "c02" {
		t.Error("a check after the report ends the waiting, whatever it found")
	}
	b.Stays[0].DischargedAt, b.Stays[0].EndUnconfirmed = hours(3), true
	if s := b.watch(4); !s.Left || s.FollowUp == nil || s.Alert != AlertNone || s.Next.State != NoneDue {
		t.Errorf("left, and not confirmed: %+v", s)
	}
}

func TestBoardOrder(t *testing.T) {
	state := func(bed string, set func(*PatientState)) PatientState {
		s := PatientState{Stay: Stay{ID: 1, Bed: bed}, Next: Plan{Due: hours(5), State: Later}}
		set(&s)
		return s
	}
	three := newBed(icans.ICE).course("0 ice 2").Last()
	own := newBed(icans.ICE)
	baseline(2)(own)
	atBaseline := own.course("0 ice 2").Last()
	waiting := func(s *PatientState) { s.Alert, s.FollowUp = AlertGrade1, &FollowUp{Level: icans.FlagGrade1} }
	accepted := func(s *PatientState) { waiting(s); s.FollowUp.Acked = Sign("Sam", night) }
	due := func(h float64) func(*PatientState) { return func(s *PatientState) { s.Next.Due = hours(h) } }
	board := []PatientState{
		state("left", func(s *PatientState) { s.Left, s.Alert = true, AlertUrgent }),
		state("12", due(5)), state("2", due(5)), state("3", due(4)),
		state("none due", func(s *PatientState) { s.Next = Plan{} }),
		state("unfinished", func(s *PatientState) { s.Alert = AlertUnfinished }),
		state("overdue", func(s *PatientState) { s.Alert = AlertOverdue }),
		state("accepted", accepted),
		state("waiting", waiting),
		state("too long", func(s *PatientState) { waiting(s); s.Escalated = true }),
		state("no follow-up", func(s *PatientState) { s.Alert = AlertGrade1 }),
		state("at baseline", func(s *PatientState) { accepted(s); s.Conclusive, s.Next.Due = atBaseline, hours(9) }),
		state("grade 3", func(s *PatientState) { accepted(s); s.Conclusive = three }),
		state("urgent", func(s *PatientState) { s.Alert = AlertUrgent }),
	}
	MostUrgentFirst(board)
	var beds []string
	for _, s := range board {
		beds = append(beds, s.Stay.Bed)
	}
	const want = "urgent, grade 3, too long, waiting, accepted, at baseline, no follow-up, overdue, unfinished, 3, 12, 2, none due, left"
	if got := strings.Join(beds, ", "); got != want {
		t.Errorf("%s\nnot %s", got, want)
	}
}

func TestWarnings(t *testing.T) {
	adult, child, young := newBed(icans.ICE), newBed(icans.CAPD), newBed(icans.CAPD)
	child.Patient.BirthDate, young.Patient.BirthDate = Date{2020, 1, 1}, Date{2012, 1, 1}
	for _, c := range []struct {
		name   string
		b      *bed
		before string
		check  string
		now    float64
		want   string
	}{
		{"nothing", adult, "", "ice 10", 0, ""},
		{"points and unarousable", adult, "", "ice 10 consciousness=unarousable", 0, "10 ICE points, but unarousable?"},
		{"no points and unarousable", adult, "", "ice 0 consciousness=unarousable", 0, ""},
		{"CAPD for an adult", adult, "", "capd bare", 0, "CAPD for an adult of 65 years?"},
		{"CAPD at 14", young, "", "capd 0", 0, "CAPD at 14 years: a developmental delay?"},
		{"ICE for a child", child, "", "ice 10", 0, "ICE for a child of 6 years?"},
		{"far from the last", adult, "-8 ice 10", "ice 6", 0, "ICE is 6 now, it was 10"},
		{"better by far", adult, "-8 ice 5", "ice 9", 0, "ICE is 9 now, it was 5"},
		{"three is not far", adult, "-8 ice 10", "ice 7", 0, ""},
		{"the check before it in time had none", adult, "-8 ice 10 | -4 ice bare unable=asleep", "ice 5", 0, ""},
		{"long ago", adult, "", "ice 10", 2.02, "done 2 h 1 min ago"},
		{"2 h ago", adult, "", "ice 10", 2, ""},
		{"language after a total", adult, "-8 ice 10", "ice bare unable=language", 0, "could answer before: score the items 0"},
		{"other after a total", adult, "-8 ice 10", "ice bare unable=other", 0, "could answer before: score the items 0"},
		{"language, never a total", adult, "-8 ice bare unable=asleep", "ice bare unable=language", 0, ""},
		{"language before the first total", adult, "1 ice 10", "ice bare unable=language", 0, ""},
		{"another check within 5 min", adult, "-0.08 ice 10", "ice 10", 0, "there is a check of 02:05 by Sam Lee: the same one?"},
		{"another after it", adult, "0.08 ice 10", "ice 10", 0.1, "there is a check of 02:14 by Sam Lee: the same one?"},
		{"another 6 min before", adult, "-0.1 ice 10", "ice 10", 0, ""},
	} {
		h := &bed{History: c.b.History, site: DefaultSite()}
		h.Checks, h.FollowUps = nil, nil
		if c.before != "" {
			h.course(c.before)
		}
		check := h.check(0, 0, c.check)
		if got := strings.Join(check.Warnings(&h.History, time.UTC, hours(c.now)), "; "); got != c.want {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
}

func TestBaselineWarnings(t *testing.T) {
	for _, c := range []struct {
		tool     icans.Tool
		baseline int
		total    string
		want     int
	}{
		{icans.ICE, 7, "0 ice 9", 0}, {icans.ICE, 6, "0 ice 6", 1}, {icans.ICE, 7, "0 ice 10", 1}, {icans.ICE, 6, "0 ice 9", 2},
		{icans.CAPD, 8, "0 capd 4", 0}, {icans.CAPD, 9, "0 capd 9", 1}, {icans.CAPD, 8, "0 capd 3", 1}, {icans.CAPD, 8, "0 ice 10", 0},
	} {
		b := newBed(c.tool)
		baseline(c.baseline)(b)
		b.course(c.total)
		if got := BaselineWarnings(&b.Patient, b.Checks); len(got) != c.want {
			t.Errorf("%d with %s: %v", c.baseline, c.total, got)
		}
	}
}

func TestCausesNamedAhead(t *testing.T) {
	a := Attribution{Domain: "consciousness", Cause: "propofol", Named: Sign("Ines Reis", hours(0)), Until: hours(20)}
	for _, c := range []struct {
		at, tool float64
		want     bool
	}{
		{-0.1, -9, false}, {0, -9, true}, {19.9, -9, true}, {20, -9, false},
		{10, 0, true}, {10, 5, false}, // a check done with the tool ends it
	} {
		if got := a.Applies(hours(c.at), hours(c.tool)); got != c.want {
			t.Errorf("at %v h, last with the tool %v: %v", c.at, c.tool, got)
		}
	}
	a.Ended = Sign("Ines Reis", hours(1))
	if a.Applies(hours(2), time.Time{}) {
		t.Error("it applies after a clinician ended it")
	}
	for until, fine := range map[float64]bool{24: true, 24.1: false, 0: false} {
		a.Until = hours(until)
		if err := a.Validate(hours(0)); (err == nil) != fine {
			t.Errorf("until %v h: %v", until, err)
		}
	}
}
