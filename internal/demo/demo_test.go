package demo_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/demo"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func fill(t *testing.T, now time.Time) *store.Store {
	t.Helper()
	s, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "demo.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := demo.Fill(t.Context(), s, now); err != nil {
		t.Fatal(err)
	}
	return s
}

// ordinary is a time with nothing special about it.
var ordinary = time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)

func TestTheSameNowGivesTheSameLog(t *testing.T) {
	var heads []string
	for range 2 {
		_, head, err := fill(t, ordinary).Head(t.Context())
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
	london, err := ward.Ward{Zone: "Europe/London"}.Location()
	if err != nil {
		t.Fatal(err)
	}
	for name, now := range map[string]time.Time{
		"ordinary":              ordinary,
		"seconds":               ordinary.Add(59*time.Second + 999*time.Millisecond),
		"midnight":              time.Date(2026, 7, 1, 0, 0, 0, 0, london),
		"just before midnight":  time.Date(2026, 6, 30, 23, 59, 0, 0, london),
		"new year":              time.Date(2027, 1, 1, 0, 1, 0, 0, london),
		"leap day":              time.Date(2028, 2, 29, 12, 0, 0, 0, london),
		"clocks go forward":     time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC),
		"after they went":       time.Date(2026, 3, 29, 9, 30, 0, 0, time.UTC),
		"clocks go back":        time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC),
		"in the repeated hour":  time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC),
		"another zone's clock":  ordinary.In(time.FixedZone("", -9*60*60)),
		"a day after the first": ordinary.AddDate(0, 0, 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fill(t, now)
			verdict, err := s.Verify(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if verdict.Misfit != "" {
				t.Errorf("the record is not whole: %s", verdict.Misfit)
			}
			board, err := s.Board(t.Context(), now.Add(-48*time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			if len(board) != 12 {
				t.Errorf("%d patients on the board, not 12", len(board))
			}
			for _, b := range board {
				if b.Patient.Name == "OKAFOR, Ada" {
					if day, _ := b.Patient.Day(now, london); day != 4 {
						t.Errorf("%s is at day %d, not 4", b.Patient.Name, day)
					}
				}
				if b.Last != nil && b.Last.Recorded.At.After(now) {
					t.Errorf("%s was checked in the future", b.Patient.Name)
				}
			}
		})
	}
}

func TestTheRecordReadsInTheOrderOfTime(t *testing.T) {
	var last time.Time
	err := fill(t, ordinary).EachCheck(t.Context(), store.Selection{}, func(_ *ward.Patient, c *ward.Check) error {
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

// Everything that a person might want to see on a first look round is there.
func TestAllStates(t *testing.T) {
	s := fill(t, ordinary)
	board, err := s.Board(t.Context(), ordinary.Add(-48*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	var charts []ward.Chart
	levels := make(map[icans.Flag]bool)
	for _, b := range board {
		chart, err := s.Chart(t.Context(), b.Patient.ID)
		if err != nil {
			t.Fatal(err)
		}
		charts = append(charts, chart)
		levels[b.Level()] = true
	}
	for level, term := range icans.FlagTerms {
		if !levels[icans.Flag(level)] {
			t.Errorf("nobody stands at the flag %s", term.Code)
		}
	}

	lastIs := func(is func(p *ward.Patient, c *ward.Check, open []ward.FollowUp) bool) func(*ward.Chart) bool {
		return func(c *ward.Chart) bool {
			last := c.Last()
			return last != nil && is(&c.Patient, last, ward.Open(c.FollowUps))
		}
	}
	grade := func(n int) func(*ward.Chart) bool {
		return lastIs(func(_ *ward.Patient, c *ward.Check, _ []ward.FollowUp) bool {
			g, known := c.Result.Grade()
			return known && g == n && c.Result.Flag == icans.FlagUrgent
		})
	}
	grade1 := func(acked bool) func(*ward.Chart) bool {
		return lastIs(func(_ *ward.Patient, c *ward.Check, open []ward.FollowUp) bool {
			return c.Result.Flag == icans.FlagGrade1 && len(open) > 0 && open[0].CheckID == c.ID && open[0].Acked.Done() == acked
		})
	}
	anyCheck := func(is func(*ward.Check) bool) func(*ward.Chart) bool {
		return func(c *ward.Chart) bool {
			return slices.ContainsFunc(c.Checks, func(check ward.Check) bool { return is(&check) })
		}
	}
	child := func(p *ward.Patient) bool { return p.Tool == icans.CAPD }

	for name, is := range map[string]func(*ward.Chart) bool{
		"all normal": func(c *ward.Chart) bool {
			return len(c.Checks) > 5 && len(c.FollowUps) == 0 && c.Last().Result.Score == icans.Scored(10)
		},
		"grade 1, not acknowledged": grade1(false),
		"grade 1, acknowledged":     grade1(true),
		"grade 2, to voice, ICE 5": func(c *ward.Chart) bool {
			return grade(2)(c) && c.Last().Findings.Consciousness == icans.Voice && c.Last().Result.Score == icans.Scored(5)
		},
		"grade 3, ICE 1, brief seizure": func(c *ward.Chart) bool {
			return grade(3)(c) && c.Last().Findings.Seizure == icans.BriefSeizure && c.Last().Result.Score == icans.Scored(1)
		},
		"grade 4, diffuse oedema": func(c *ward.Chart) bool {
			return grade(4)(c) && c.Last().Findings.ICP&icans.DiffuseEdema != 0
		},
		"incomplete": anyCheck(func(c *ward.Check) bool {
			return c.Result.Flag == icans.FlagIncomplete && c.Findings.Unable == 0
		}),
		"asleep": lastIs(func(_ *ward.Patient, c *ward.Check, _ []ward.FollowUp) bool {
			return c.Findings.Unable == icans.UnableAsleep && !c.Counts()
		}),
		"sedated, put down to another cause": lastIs(func(_ *ward.Patient, c *ward.Check, _ []ward.FollowUp) bool {
			return c.Findings.Unable == icans.UnableSedated && c.Findings.OtherCause.Has(icans.DomainConsciousness) && c.Note != ""
		}),
		"baseline before the infusion only": func(c *ward.Chart) bool {
			return len(c.Checks) == 1 && c.Patient.InfusedAt.After(ordinary)
		},
		"just admitted": func(c *ward.Chart) bool { return len(c.Checks) == 0 },
		"confirmed, closed, normal again": func(c *ward.Chart) bool {
			return len(ward.Open(c.FollowUps)) == 0 && c.Last() != nil && c.Last().Result.Flag == icans.FlagNone &&
				slices.ContainsFunc(c.FollowUps, func(f ward.FollowUp) bool { return f.Outcome == ward.ConfirmedICANS })
		},
		"flagged, the last check normal": lastIs(func(_ *ward.Patient, c *ward.Check, open []ward.FollowUp) bool {
			return c.Result.Flag == icans.FlagNone && len(open) > 0
		}),
		"corrected": anyCheck(func(c *ward.Check) bool { return c.Version == 2 && c.Status == ward.Corrected }),
		"withdrawn": anyCheck(func(c *ward.Check) bool { return c.Status == ward.Withdrawn && c.Reason == "wrong_patient" }),
		"late":      anyCheck((*ward.Check).Late),
		"child, normal": lastIs(func(p *ward.Patient, c *ward.Check, _ []ward.FollowUp) bool {
			return child(p) && c.Result.Score == icans.Scored(0) && c.Result.Flag == icans.FlagNone
		}),
		"child, CAPD 6": lastIs(func(p *ward.Patient, c *ward.Check, open []ward.FollowUp) bool {
			return child(p) && c.Result.Score == icans.Scored(6) && c.Result.Flag == icans.FlagGrade1 && len(open) > 0
		}),
		"tremor and handwriting before the score drops": func(c *ward.Chart) bool {
			signs := slices.IndexFunc(c.Checks, func(c ward.Check) bool {
				return c.Result.Score == icans.Scored(10) && c.Findings.Observed[icans.Tremor] > icans.None && c.Findings.Observed[icans.Handwriting] > icans.None
			})
			return signs > 0 && c.Last().Result.Low > 0
		},
		"memory and speech, score 10": anyCheck(func(c *ward.Check) bool {
			return c.Result.Score == icans.Scored(10) && c.Findings.Observed[icans.Memory] == icans.Mild && c.Findings.Observed[icans.Speech] == icans.Mild && c.Result.Flag == icans.FlagGrade1
		}),
		"an MRN with leading zeros": func(c *ward.Chart) bool { return strings.HasPrefix(c.Patient.MRN, "0000") },
	} {
		if !slices.ContainsFunc(charts, func(c ward.Chart) bool { return is(&c) }) {
			t.Errorf("nobody on the ward is: %s", name)
		}
	}

	var patients []ward.Patient
	for _, c := range charts {
		patients = append(patients, c.Patient)
	}
	if len(ward.AlikeNames(patients)) < 2 {
		t.Error("no two patients have like names")
	}
	home, err := s.PatientByMRN(t.Context(), "0038112")
	if err != nil || home.OnWard() || home.Discharge != "home" {
		t.Errorf("the patient who went home: on the ward %v, discharged %q, error %v", home.OnWard(), home.Discharge, err)
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
	board, err := s.Board(t.Context(), ordinary.Add(-48*time.Hour))
	if err != nil || len(board) != demo.Beds {
		t.Errorf("%d patients on the ward, %v", len(board), err)
	}
	beds := make(map[string]bool)
	for _, b := range board {
		beds[b.Patient.Bed] = true
		if b.Last == nil || ordinary.Sub(b.Last.PerformedAt) > 24*time.Hour {
			t.Errorf("the patient in %s was not checked today", b.Patient.Bed)
		}
	}
	if len(beds) != demo.Beds {
		t.Errorf("they lie in %d beds", len(beds))
	}

	// Every flag is what the store itself would have found, and has had its
	// follow-up; only those of today are open.
	flagged, corrected := 0, 0
	patients := make(map[int64]bool)
	err = s.EachCheck(t.Context(), store.Selection{}, func(p *ward.Patient, c *ward.Check) error {
		patients[p.ID] = true
		if c.Version > 1 {
			corrected++
		}
		if c.Result.Flag > 0 {
			flagged++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = s.View(t.Context(), func(v *store.View) (err error) {
		n, err = v.CountChecks(t.Context(), store.Selection{})
		return err
	})
	if err != nil || n != checks || done != checks {
		t.Errorf("%d checks, %d told, %v", n, done, err)
	}
	if flagged < checks/200 || corrected == 0 || len(patients) < demo.Beds+10 {
		t.Errorf("%d flagged, %d corrected, %d patients: that is no ward", flagged, corrected, len(patients))
	}
	open, err := s.FollowUps(t.Context())
	if err != nil || len(open) == 0 || len(open) > 2*demo.Beds {
		t.Errorf("%d follow-ups are open, %v", len(open), err)
	}
	for id := range patients {
		chart, err := s.Chart(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		lookedAt(t, &chart)
	}
}

// lookedAt wants the flags of a chart to be those that looking at it gives, and a
// follow-up for each.
func lookedAt(t *testing.T, chart *ward.Chart) {
	t.Helper()
	for _, c := range chart.Checks {
		if !c.Stands() {
			continue
		}
		again := c
		if again.Look(&chart.Patient, chart.Checks); again.Result != c.Result {
			t.Errorf("check %s has %+v and not %+v", c.ID, c.Result, again.Result)
		}
		if c.Result.Flag > 0 && !slices.ContainsFunc(chart.FollowUps, func(f ward.FollowUp) bool { return f.CheckID == c.ID }) {
			t.Errorf("check %s is flagged and has no follow-up", c.ID)
		}
		if c.PerformedAt.Before(chart.Patient.AdmittedAt) || !chart.Patient.OnWard() && c.PerformedAt.After(chart.Patient.DischargedAt) {
			t.Errorf("check %s lies outside the stay", c.ID)
		}
	}
	for _, f := range chart.FollowUps {
		if f.IsOpen() && !chart.Patient.OnWard() {
			t.Errorf("follow-up %d of a patient who has left is open", f.ID)
		}
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
