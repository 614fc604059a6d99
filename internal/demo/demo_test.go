package demo_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/demo"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// fillFile makes a log with the demo ward.
func fillFile(ctx context.Context, path string, now time.Time) error {
	return store.CreateWith(ctx, path, func(s *store.Store) error { return demo.Fill(ctx, s, now) })
}

func fill(t *testing.T, now time.Time) *store.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "demo.db")
	if err := fillFile(t.Context(), path, now); err != nil {
		t.Fatal(err)
	}
	return opened(t, path)
}

func opened(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ordinary is a time with nothing special about it.
var ordinary = time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)

// ordinaryLog is the log at the ordinary time, which several tests read.
var ordinaryLog fixture.Template

// ordinaryFill returns a copy of the log at the ordinary time.
func ordinaryFill(t *testing.T) *store.Store {
	t.Helper()
	return opened(t, ordinaryLog.Copy(t, func(path string) error { return fillFile(t.Context(), path, ordinary) }))
}

func TestTheSameNowGivesTheSameLog(t *testing.T) {
	var heads []string
	for _, s := range []*store.Store{ordinaryFill(t), fill(t, ordinary)} {
		_, head, err := s.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		heads = append(heads, head)
	}
	if heads[0] != heads[1] {
		t.Errorf("two logs filled at the same now end with %s and %s", heads[0], heads[1])
	}
}

// A ward is opened at any hour of any day.
func TestFillAtAnyTime(t *testing.T) {
	london := london(t)
	for name, now := range map[string]time.Time{
		"midnight":              time.Date(2026, 7, 1, 0, 0, 0, 0, london),
		"just before midnight":  time.Date(2026, 6, 30, 23, 59, 0, 0, london),
		"new year elsewhere":    time.Date(2027, 1, 1, 0, 1, 0, 0, london).In(time.FixedZone("", -9*60*60)),
		"seconds of a leap day": time.Date(2028, 2, 29, 12, 0, 59, 999e6, london),
		"clocks go forward":     time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC),
		"after they went":       time.Date(2026, 3, 29, 9, 30, 0, 0, time.UTC),
		"clocks go back":        time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC),
		"in the repeated hour":  time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			filledAt(t, fill(t, now), now)
		})
	}
	t.Run("ordinary", func(t *testing.T) { filledAt(t, ordinaryFill(t), ordinary) })
}

// filledAt checks a log that was filled at a time.
func filledAt(t *testing.T, s *store.Store, now time.Time) {
	t.Helper()
	verdict, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if verdict.Misfit != "" {
		t.Errorf("the record is not whole: %s", verdict.Misfit)
	}
	board := boardOf(t, s, now)
	if n := onWard(board); n != 12 {
		t.Errorf("%d patients on the board, not 12", n)
	}
	for _, b := range board {
		if b.Patient.Name == "OKAFOR, Ada" {
			if day, _ := b.Patient.Day(now, london(t)); day != 4 {
				t.Errorf("%s is at day %d, not 4", b.Patient.Name, day)
			}
		}
		if b.Last != nil && b.Last.Recorded.At.After(now) {
			t.Errorf("%s was checked in the future", b.Patient.Name)
		}
	}
}

// boardOf returns the board at a time, the most urgent patient first.
func boardOf(t *testing.T, s *store.Store, at time.Time) []ward.PatientState {
	t.Helper()
	site := ward.DefaultSite()
	w, err := s.Ward(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if site.Zone, err = w.Location(); err != nil {
		t.Fatal(err)
	}
	histories, err := s.Board(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var board []ward.PatientState
	for i := range histories {
		board = append(board, ward.Watch(&histories[i], &site, at))
	}
	ward.MostUrgentFirst(board)
	return board
}

func london(t *testing.T) *time.Location {
	t.Helper()
	zone, err := ward.Ward{Zone: "Europe/London"}.Location()
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func onWard(board []ward.PatientState) (n int) {
	for i := range board {
		if board[i].Stay.OnWard() {
			n++
		}
	}
	return n
}

func TestTheRecordReadsInTheOrderOfTime(t *testing.T) {
	var last time.Time
	err := ordinaryFill(t).EachCheck(t.Context(), store.Selection{}, func(_ *ward.Patient, _ *ward.Stay, c *ward.Check) error {
		if c.Recorded.At.Before(last) {
			t.Errorf("check %s was recorded before the one before it in the log", c.ID)
		}
		last = c.Recorded.At
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The board is that of screens.md 4.2, in its order.
func TestTheBoard(t *testing.T) {
	var got []string
	for _, b := range boardOf(t, ordinaryFill(t), ordinary) {
		if !b.Stay.OnWard() {
			continue
		}
		next := string(b.Next.Why)
		if b.Next.State == ward.Overdue {
			next = "LATE " + ward.Elapsed(ordinary.Sub(b.Next.Due)) + " " + next
		} else {
			next = "in " + ward.Elapsed(b.Next.Due.Sub(ordinary)) + " " + next
		}
		grade := "no check"
		if b.Last != nil {
			r := b.Last.Result
			grade = strings.TrimSpace(fmt.Sprintf("%d to %d %s", r.Low, r.High, r.Drivers.AppendCodes(nil)))
			if r.Conclusive() {
				grade = strings.TrimSpace(fmt.Sprintf("%d %s", r.Low, r.Drivers.AppendCodes(nil)))
			}
		}
		follow := ""
		if f := b.FollowUp; f != nil {
			follow = fmt.Sprintf("%s peak %d checks %d", f.Level.Code(), f.Peak, f.Checks())
			switch {
			case f.Acked.Done():
				follow += " accepted"
			case b.Escalated:
				follow += " WAITS " + ward.Elapsed(ordinary.Sub(b.EscalatesAt))
			default:
				follow += " accept within " + ward.Elapsed(b.EscalatesAt.Sub(ordinary))
			}
		}
		if b.Report != nil {
			follow += "report"
		}
		if len(b.Drafts) > 0 {
			follow += "draft of " + b.Drafts[0].Author
		}
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s, %s: %s; %s; %s; %s", b.Stay.Bed, b.Patient.Name, ward.AlertCodes[b.Alert], ward.MarkCodes[b.Mark], grade, next, follow)))
	}
	want := []string{
		"3B 山田, 花子, urgent: urgent; 4 consciousness;icp; LATE 8 min grade_3_4; urgent peak 4 checks 9 accepted",
		"3A NGUYỄN, Thị Hương, urgent: urgent; 3 score;seizure; in 21 min grade_3_4; urgent peak 3 checks 5 accepted",
		"1A OKAFOR, Ada, urgent: urgent; 2 score; in 38 min unfinished; urgent peak 2 checks 4 WAITS 7 min",
		"5A HADDAD, Omar, grade1: grade1; 0 to 4; in 17 min unable; grade1 peak 0 checks 1 accept within 47 min",
		"2A SØRENSEN, Bjørg, grade1: grade1; 1 score; in 26 min burst; grade1 peak 1 checks 1 accept within 56 min",
		"6B GARCÍA LÓPEZ, Lucía, grade1: grade1; 1 score; in 2 h 39 min grade1; grade1 peak 1 checks 4 accepted",
		"6A MENSAH, Kofi, overdue: none; 0; LATE 47 min report; report",
		"7A IVANOVA, Olga, overdue: none; no check; LATE 36 min admission;",
		"4B KOWALSKI, Piotr, overdue: none; 0; LATE 26 min none; draft of Tomasz Wójcik",
		"4A SHARMA, Anil, unfinished: none; 0 to 1; in 52 min unfinished;",
		"1B OKAFOR, Ida, none: none; 0; in 4 h 28 min none;",
		"2B LEVI, Yael, none: baseline; 1 score; in 5 h 9 min none;",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Every state that the program can show is on the ward at least once.
func TestAllStates(t *testing.T) {
	s := ordinaryFill(t)
	var charts []ward.Chart
	for _, mrn := range []string{"0042317", "0042371", "0039984", "0040115", "0042290", "0038807", "0041760", "0041198", "0043105", "0042388", "0042154", "0042391", "0041554", "0038112"} {
		p, err := s.PatientByMRN(t.Context(), mrn)
		if err != nil {
			t.Fatal(err)
		}
		chart, err := s.Chart(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		charts = append(charts, chart)
		rules(t, &chart)
	}
	anyCheck := func(is func(*ward.Check) bool) func(*ward.Chart) bool {
		return func(c *ward.Chart) bool {
			return slices.ContainsFunc(c.Versions, func(check ward.Check) bool { return is(&check) })
		}
	}
	reason := func(r icans.Reasons) func(*ward.Chart) bool {
		return anyCheck(func(c *ward.Check) bool { return c.Result.Reasons&r != 0 })
	}
	followUp := func(is func(*ward.FollowUp) bool) func(*ward.Chart) bool {
		return func(c *ward.Chart) bool {
			return slices.ContainsFunc(c.FollowUps, func(f ward.FollowUp) bool { return is(&f) })
		}
	}
	for name, is := range map[string]func(*ward.Chart) bool{
		"a normal check":      anyCheck((*ward.Check).Normal),
		"at the own baseline": reason(icans.AtBaseline),
		"not examined":        reason(icans.NotExamined),
		"a cause attributed":  reason(icans.Attributed),
		"a cause uncertain":   anyCheck(func(c *ward.Check) bool { return c.Findings.UncertainCause != 0 }),
		"a cause named ahead": func(c *ward.Chart) bool { return len(c.Attributions) > 0 },
		"sedated":             anyCheck(func(c *ward.Check) bool { return c.Findings.Unable == icans.UnableSedated }),
		"intubated":           anyCheck(func(c *ward.Check) bool { return c.Findings.Unable == icans.UnableIntubated }),
		"unarousable":         anyCheck(func(c *ward.Check) bool { return c.Findings.Unable == icans.UnableUnarousable }),
		"a seizure":           anyCheck(func(c *ward.Check) bool { return c.Findings.Seizure == icans.BriefSeizure }),
		"a late sign":         reason(icans.CranialNerveWorse),
		"handwriting worse":   reason(icans.HandwritingWorse),
		"a total alone":       anyCheck(func(c *ward.Check) bool { _, known := c.Findings.StatedTotal.Value(); return known }),
		"a late entry":        anyCheck((*ward.Check).Late),
		"a correction":        anyCheck(func(c *ward.Check) bool { return c.Version == 2 && c.Status == ward.Corrected }),
		"a check moved away":  anyCheck(func(c *ward.Check) bool { return c.Status == ward.Withdrawn && c.Reason == ward.WrongPatient }),
		"a CRS grade":         anyCheck(func(c *ward.Check) bool { return c.Findings.CRSGrade != 0 }),
		"a feature mild in health": func(c *ward.Chart) bool {
			return c.Patient.Health != 0 && c.Last().Result.Flag == icans.FlagNone && !c.Last().Normal()
		},
		"a follow-up raised":           followUp(func(f *ward.FollowUp) bool { return !f.RaisedAt.IsZero() }),
		"confirmed and closed":         followUp(func(f *ward.FollowUp) bool { return f.Outcome == ward.ConfirmedICANS }),
		"resolved":                     followUp(func(f *ward.FollowUp) bool { return f.Outcome == ward.Resolved }),
		"a follow-up of an ended stay": func(c *ward.Chart) bool { return !c.OnWard() && c.Open() != nil },
		"a ticked item":                func(c *ward.Chart) bool { return len(c.Ticks) > 0 },
		"a child":                      func(c *ward.Chart) bool { return c.Patient.Tool == icans.CAPD && len(c.Checks) > 0 },
		"before the infusion":          func(c *ward.Chart) bool { return c.Patient.InfusedAt.After(ordinary) },
		"without a planned infusion":   func(c *ward.Chart) bool { return c.Patient.InfusedAt.IsZero() },
		"an order":                     func(c *ward.Chart) bool { return len(c.Orders) > 0 },
		"a dose":                       func(c *ward.Chart) bool { return len(c.Doses) > 0 },
		"two numbers linked":           func(c *ward.Chart) bool { return len(c.Links) > 0 && len(c.Stays) == 2 },
		"an interpreter":               func(c *ward.Chart) bool { return c.Patient.Interpreter },
		"went home":                    func(c *ward.Chart) bool { return c.Stay().Discharge == "home" && c.Open() == nil },
	} {
		if !slices.ContainsFunc(charts, func(c ward.Chart) bool { return is(&c) }) {
			t.Errorf("the ward has none: %s", name)
		}
	}

	var patients []ward.Patient
	for _, c := range charts {
		patients = append(patients, c.Patient)
	}
	if len(ward.AlikeNames(patients)) < 2 {
		t.Error("no two patients have like names")
	}
	if p, err := s.PatientByMRN(t.Context(), "0000731"); err != nil || p.MRN != "0042371" {
		t.Errorf("the former number is that of %s, %v", p.MRN, err)
	}
}

func TestFillYears(t *testing.T) {
	const checks = 4000
	s, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "years.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	done := 0
	if err := demo.FillYears(t.Context(), s, ordinary, checks, func(n, total int) { done = n }); err != nil {
		t.Fatal(err)
	}
	verdict, err := s.Verify(t.Context())
	if err != nil || verdict.Misfit != "" {
		t.Errorf("the record is not whole: %s, %v", verdict.Misfit, err)
	}
	board := boardOf(t, s, ordinary)
	if len(board) != demo.Beds {
		t.Errorf("%d patients on the ward", len(board))
	}
	beds := make(map[string]bool)
	open := 0
	for _, b := range board {
		beds[b.Stay.Bed] = true
		if b.Last == nil || ordinary.Sub(b.Last.PerformedAt) > 24*time.Hour {
			t.Errorf("the patient in %s was not checked today", b.Stay.Bed)
		}
		if b.FollowUp != nil {
			open++
		}
	}
	if len(beds) != demo.Beds {
		t.Errorf("they have %d beds", len(beds))
	}
	if open == 0 {
		t.Error("no follow-up is open")
	}

	// Every flag is that of the rules, and has its follow-up; only those of patients on
	// the ward are open.
	flagged, corrected := 0, 0
	patients := make(map[int64]bool)
	err = s.EachCheck(t.Context(), store.Selection{}, func(p *ward.Patient, _ *ward.Stay, c *ward.Check) error {
		patients[p.ID] = true
		if c.Version > 1 {
			corrected++
		}
		if c.Result.Flag.Flagged() {
			flagged++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	contents, err := s.Contents(t.Context())
	if err != nil || contents.Checks == 0 || done != checks {
		t.Errorf("%d checks, %d reported, %v", contents.Checks, done, err)
	}
	if flagged < checks/200 || corrected == 0 || len(patients) < demo.Beds+10 {
		t.Errorf("%d flagged, %d corrected, %d patients: that is no ward", flagged, corrected, len(patients))
	}
	for id := range patients {
		chart, err := s.Chart(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		evaluated(t, &chart)
	}
}

// rules checks that the flags of a chart are those of the rules.
func rules(t *testing.T, chart *ward.Chart) {
	t.Helper()
	site := ward.DefaultSite()
	site.Zone = london(t)
	again := chart.History
	again.Checks = slices.Clone(chart.Checks)
	again.Evaluate(&site)
	for i, c := range chart.Checks {
		if got, want := c.Result, again.Checks[i].Result; got != want {
			t.Errorf("check %s: %s and not %s", c.ID, got.Reasons.AppendCodes(nil), want.Reasons.AppendCodes(nil))
		}
	}
}

// evaluated checks also that each flagged check of a chart has a follow-up.
func evaluated(t *testing.T, chart *ward.Chart) {
	t.Helper()
	rules(t, chart)
	for _, c := range chart.Checks {
		joined := func(f ward.FollowUp) bool { _, ok := f.Has(c.ID); return ok }
		if c.Result.Flag.Flagged() && !slices.ContainsFunc(chart.FollowUps, joined) {
			t.Errorf("check %s is flagged and has no follow-up", c.ID)
		}
		if ward.StayAt(chart.Stays, c.PerformedAt) == nil {
			t.Errorf("check %s is outside the stay", c.ID)
		}
	}
	if !chart.OnWard() && chart.Open() != nil {
		t.Errorf("a follow-up of patient %s, who left, is open", chart.Patient.MRN)
	}
}

func TestFillYearsIsTheSameAgain(t *testing.T) {
	var heads []string
	for range 2 {
		s, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "years.db"))
		if err != nil {
			t.Fatal(err)
		}
		if err := demo.FillYears(t.Context(), s, ordinary, demo.LeastChecks, func(int, int) {}); err != nil {
			t.Fatal(err)
		}
		_, head, err := s.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		heads = append(heads, head)
		s.Close()
	}
	if heads[0] != heads[1] {
		t.Errorf("two logs end with %s and %s", heads[0], heads[1])
	}
}
