package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"neurocheck/internal/icans"
	"neurocheck/internal/report"
	"neurocheck/internal/ward"
)

var (
	lisbon = func() *time.Location {
		zone, err := ward.Ward{Zone: "Europe/Lisbon"}.Location()
		if err != nil {
			panic(err)
		}
		return zone
	}()
	morning = time.Date(2026, 3, 17, 7, 0, 0, 0, lisbon) // the end of a night shift
	sheet   = report.Sheet{Ward: "Haematology 4", MadeBy: "Sam Lee", Seq: 4711, Head: strings.Repeat("0123456789abcdef", 4)}
)

// at is a time of the night before morning: the hours from 12:00 on are those of
// the day before.
func at(clock string) time.Time {
	t, err := time.ParseInLocation("15:04", clock, lisbon)
	if err != nil {
		panic(err)
	}
	day := 17
	if t.Hour() >= 12 {
		day = 16
	}
	return time.Date(2026, 3, day, t.Hour(), t.Minute(), 0, 0, lisbon)
}

// stay is a chart in the making.
type stay struct {
	ward.Chart
	checks int
}

func admit(mrn, bed, name string) *stay {
	return &stay{Chart: ward.Chart{Patient: ward.Patient{
		ID: int64(len(mrn)), MRN: mrn, Bed: bed, Name: name, BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14},
		Product: "axi-cel", Tool: icans.ICE, Baseline: icans.Scored(10), Clinician: "Ines Reis",
		AdmittedAt: at("14:00").AddDate(0, 0, -3), InfusedAt: at("13:00").AddDate(0, 0, -1),
	}}}
}

// check records a check with that ICE, changed by seen: "column=code", parted by
// blanks; an empty code is not assessed.
func (s *stay) check(performed time.Time, ice int, seen string) *ward.Check {
	x := icans.Findings{Tool: icans.ICE, Consciousness: icans.Alert, Seizure: icans.NoSeizure, Motor: icans.NoWeakness, ICP: icans.ICPNone}
	for i := range x.ICE {
		full := 1
		if i == icans.ICENaming {
			full = 3
		}
		n := min(full, ice)
		x.ICE[i], ice = icans.Scored(n), ice-n
	}
	for i := range x.Observed {
		x.Observed[i] = icans.None
	}
	for part := range strings.FieldsSeq(seen) {
		column, code, _ := strings.Cut(part, "=")
		if column == "unable" {
			x.ICE = [8]icans.Points{}
		}
		if err := icans.FieldOf(column).Set(&x, code); err != nil {
			panic(err)
		}
	}
	s.checks++
	c := ward.Check{ID: fmt.Sprintf("%s-%d", s.Patient.MRN, s.checks), Version: 1, Status: ward.Recorded, PerformedAt: performed,
		Recorded: ward.Sign("Sam Lee", performed.Add(2*time.Minute)), Findings: x}
	c.Look(&s.Patient, s.Checks)
	s.Checks = append(s.Checks, c)
	slices.SortStableFunc(s.Checks, func(a, b ward.Check) int { return b.PerformedAt.Compare(a.PerformedAt) })
	return s.find(c.ID)
}

func (s *stay) find(id string) *ward.Check {
	for i := range s.Checks {
		if s.Checks[i].ID == id && !s.Checks[i].Superseded {
			return &s.Checks[i]
		}
	}
	return nil
}

// flag opens the follow-up of a check.
func (s *stay) flag(c *ward.Check) *ward.FollowUp {
	f := ward.FollowUp{ID: int64(len(s.FollowUps) + 1), CheckID: c.ID, Level: c.Result.Flag, Opened: c.Recorded}
	s.FollowUps = slices.Insert(s.FollowUps, 0, f)
	return &s.FollowUps[0]
}

// correct records a second version of a check.
func (s *stay) correct(c ward.Check, when time.Time, status ward.Status, reason, note string, change func(*icans.Findings)) {
	s.find(c.ID).Superseded = true
	c.Version, c.Status, c.Reason, c.ReasonNote, c.Recorded = 2, status, reason, note, ward.Sign("Sam Lee", when)
	if change != nil {
		change(&c.Findings)
	}
	c.Evaluate()
	s.Checks = ward.ByCheck(append([]ward.Check{c}, s.Checks...))
	slices.SortStableFunc(s.Checks, func(a, b ward.Check) int { return b.PerformedAt.Compare(a.PerformedAt) })
}

func (s *stay) did(when time.Time, kind, detail string) {
	s.Interventions = slices.Insert(s.Interventions, 0, ward.Intervention{DoneAt: when, Kind: kind, Detail: detail, Recorded: ward.Sign("Sam Lee", when)})
}

// course is a mild ICANS from its first sign to the recovery.
func course() *stay {
	s := admit("0042317", "12A", "OKAFOR, Ada")
	s.check(at("14:10"), 10, "")
	c := s.check(at("22:05"), 8, "handwriting=mild")
	f := s.flag(c)
	f.Acked = ward.Sign("Sam Lee", at("22:14"))
	f.Closed, f.Outcome, f.Note = ward.Sign("Ines Reis", at("23:40")), ward.ConfirmedICANS, "grade 1, dexamethasone"
	s.did(at("23:10"), "dexamethasone", "10 mg IV")
	s.check(at("01:55"), 10, "").Recorded.At = at("04:45")
	s.check(at("06:05"), 10, "")
	return s
}

func text(t interface{ Fatal(...any) }, h ward.Handover) string {
	var b bytes.Buffer
	if err := report.Handover(&b, h, sheet); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func hand(stays ...*stay) ward.Handover {
	site := ward.DefaultSite()
	var charts []ward.Chart
	for i, s := range stays {
		s.Patient.ID = int64(i + 1)
		charts = append(charts, s.Chart)
	}
	return ward.Hand(&site, charts, morning.Add(-ward.Shift), morning, lisbon)
}

// The handover tells the course of a mild ICANS in six lines.
func TestCourseInSixLines(t *testing.T) {
	out := text(t, hand(course()))
	golden.RequireEqual(t, out)
	block := strings.Split(out, "\n\n")[1]
	if n := strings.Count(block, "\n") + 1; n != 6 {
		t.Errorf("%d lines, not 6", n)
	}
	for _, words := range []string{"22:05 ICE 8 of 10, ICANS 1 from score, handwriting mild (new)", "ICANS confirmed (G92.01)", "taken Sam Lee", "dexamethasone: 10 mg IV", "entered late 04:45", "06:05 ICE 10 of 10, ICANS 0", "check 14:05"} {
		if !strings.Contains(strings.Join(strings.Fields(block), " "), words) {
			t.Errorf("it does not say %q", words)
		}
	}
}

// Between the check and its follow-up the same patient asks for something.
func TestCourseAsItWasInTheNight(t *testing.T) {
	s := admit("0042317", "12A", "OKAFOR, Ada")
	s.check(at("14:10"), 10, "")
	s.flag(s.check(at("22:05"), 8, "handwriting=mild"))
	site := ward.DefaultSite()
	now := at("22:20")
	golden.RequireEqual(t, text(t, ward.Hand(&site, []ward.Chart{s.Chart}, at("19:00"), now, lisbon)))
}

func TestWard(t *testing.T) {
	quiet := admit("0042371", "1B", "OKAFOR, Ida")
	for _, clock := range []string{"14:30", "22:25", "06:20"} {
		quiet.check(at(clock), 10, "")
	}

	sick := admit("0038807", "3B", "山田, 花子")
	sick.Patient.Interpreter, sick.Patient.Language = true, "Japanese"
	sick.check(at("15:00"), 8, "confusion=mild")
	c := sick.check(at("21:30"), 4, "consciousness=voice confusion=moderate")
	f := sick.flag(c)
	f.Acked = ward.Sign("Ines Reis", at("21:36"))
	f.Closed, f.Outcome, f.Note = ward.Sign("Ines Reis", at("23:00")), ward.ConfirmedICANS, "grade 2"
	c = sick.check(at("03:10"), 0, "unable=unarousable consciousness=unarousable icp=diffuse_edema;papilledema confusion= agitation= inattention= memory= speech=")
	sick.flag(c).Acked = ward.Sign("Ines Reis", at("03:12"))
	sick.did(at("03:30"), "imaging", "CT: diffuse oedema")
	sick.did(at("04:00"), "other_steroid", "methylprednisolone 1 g IV")

	hebrew := admit("0040115", "2", "לוי, יעל")
	hebrew.check(at("14:00"), 10, "")
	hebrew.flag(hebrew.check(at("20:10"), 10, "memory=mild speech=mild")).Acked = ward.Sign("דנה", at("20:40"))
	hebrew.check(at("00:05"), 10, "")
	hebrew.Symptoms = []ward.Symptom{{ToldAt: at("06:40"), ToldBy: "caregiver", Words: "לא מוצאת מילים 3", Recorded: ward.Sign("Sam Lee", at("06:41"))}}

	sleeper := admit("0041760", "4A", "शर्मा, अनिल")
	sleeper.Patient.Clinician = ""
	sleeper.check(at("14:00"), 10, "")
	for _, clock := range []string{"22:05", "23:10", "00:15"} {
		sleeper.flag(sleeper.check(at(clock), 0, "unable=asleep consciousness= motor= speech="))
	}

	slips := admit("0000000000000000000000000731", "13 by the window", "VAN DER BERG-MONTGOMERY DE LA TORRE, Maximiliana Wilhelmina")
	slips.Patient.Product = "idecabtagene vicleucel, second infusion"
	slips.check(at("14:00"), 10, "")
	c = slips.check(at("20:00"), 4, "")
	first := *c
	f = slips.flag(c)
	f.Acked = ward.Sign("Sam Lee", at("20:03"))
	slips.correct(first, at("20:10"), ward.Corrected, "wrong_value", "the objects had been named", func(x *icans.Findings) {
		for i := range x.ICE {
			x.ICE[i] = icans.Scored(1)
		}
		x.ICE[icans.ICENaming] = icans.Scored(3)
	})
	c = slips.check(at("21:00"), 9, "")
	slips.correct(*c, at("21:09"), ward.Withdrawn, "wrong_patient", "belongs to bed 12A", nil)
	slips.Orders = []ward.Order{{Kind: ward.OrderInterval, Interval: 12 * time.Hour, Reason: "sleep", Ordered: ward.Sign("Ines Reis", at("21:30"))}}

	fresh := admit("0042391", "", "ИВАНОВА, Ольга")
	fresh.Patient.AdmittedAt, fresh.Patient.InfusedAt, fresh.Patient.Baseline = at("05:30"), time.Time{}, 0

	late := admit("0042399", "7C", "SØRENSEN, Bjørg")
	late.check(at("12:30"), 10, "")

	gone := admit("0038112", "5B", "DA SILVA, João")
	gone.check(at("16:00"), 10, "")
	gone.Patient.DischargedAt, gone.Patient.Discharge = at("20:00"), "home"

	owing := admit("0038113", "5C", "GARCÍA LÓPEZ, Lucía")
	owing.check(at("13:00").AddDate(0, 0, -2), 10, "")
	owing.flag(owing.check(at("13:00").AddDate(0, 0, -1), 7, "speech=mild"))
	owing.Patient.DischargedAt, owing.Patient.Discharge = at("16:00").AddDate(0, 0, -1), "transferred"

	golden.RequireEqual(t, text(t, hand(quiet, sick, hebrew, sleeper, slips, fresh, late, gone, owing, course())))
}

func TestNobody(t *testing.T) { golden.RequireEqual(t, text(t, hand())) }

// The hour that comes twice is told apart.
func TestNightTheClocksGoBack(t *testing.T) {
	s := admit("0042317", "12A", "OKAFOR, Ada")
	s.Patient.AdmittedAt, s.Patient.InfusedAt = at("14:00").AddDate(0, 7, 5), at("14:00").AddDate(0, 7, 5)
	night := time.Date(2026, 10, 24, 19, 0, 0, 0, lisbon)
	s.check(night.Add(-time.Hour), 10, "")
	s.flag(s.check(time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), 9, ""))
	s.flag(s.check(time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), 9, ""))
	site := ward.DefaultSite()
	out := text(t, ward.Hand(&site, []ward.Chart{s.Chart}, night, time.Date(2026, 10, 25, 6, 0, 0, 0, time.UTC), lisbon))
	for _, words := range []string{"01:30 WEST grade 1", "01:30 WET grade 1", "Sat 24 Oct 19:00 WEST to Sun 25 Oct 2026 06:00 WET"} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), words) {
			t.Errorf("it does not say %q:\n%s", words, out)
		}
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := report.HandoverJSON(&b, hand(course()), sheet); err != nil {
		t.Fatal(err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, b.Bytes(), "", "  "); err != nil {
		t.Fatal(err)
	}
	golden.RequireEqual(t, indented.Bytes())
}

// scripts are what names and notes are drawn from: letters of every width and
// direction, and what must never reach the paper.
var scripts = []rune("Aa bZz-,.;0129 ÅøŁ éй Щ山田花子한글 ญี่ लע ברי عمرو 👩‍⚕️\u0301\u200d\u00a0\x1b[31m\x9b\u202e\u200f\t\n\x00")

// Whatever the names are, no line is too wide, nothing but text is on it, and no
// flag is forgotten.
func TestPaperHoldsWhateverIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := func(label string, most int) string {
			return rapid.StringOfN(rapid.SampledFrom(scripts), 0, most, -1).Draw(t, label)
		}
		var stays []*stay
		for i := range rapid.IntRange(0, 4).Draw(t, "patients") {
			s := admit(fmt.Sprintf("%d%s", i, words("mrn", 38)), words("bed", 20), words("name", 120))
			s.Patient.Product, s.Patient.Clinician = words("product", 60), words("clinician", 60)
			s.Patient.Interpreter, s.Patient.Language = true, words("language", 40)
			for range rapid.IntRange(0, 8).Draw(t, "checks") {
				ago := time.Duration(rapid.IntRange(0, 30*60).Draw(t, "ago")) * time.Minute
				c := s.check(morning.Add(-ago), rapid.IntRange(0, 10).Draw(t, "ice"), rapid.SampledFrom([]string{"", "memory=mild tremor=severe", "unable=asleep", "consciousness=voice"}).Draw(t, "seen"))
				if c.Result.Flag != icans.FlagNone && rapid.IntRange(0, 9).Draw(t, "follow-up") > 0 {
					f := s.flag(c)
					if rapid.Bool().Draw(t, "taken") {
						f.Acked = ward.Sign(words("nurse", 60), f.Opened.At)
					}
					if f.Acked.Done() && rapid.Bool().Draw(t, "closed") {
						f.Closed, f.Note = ward.Sign(words("doctor", 60), f.Opened.At), words("note", 400)
						f.Outcome = rapid.SampledFrom(ward.Outcomes).Draw(t, "outcome").Code
					}
				}
			}
			s.did(at("23:00"), "eeg", words("detail", 120))
			s.Symptoms = []ward.Symptom{{ToldAt: at("03:00"), ToldBy: "patient", Words: words("symptom", 200), Recorded: ward.Sign(words("teller", 60), at("03:00"))}}
			stays = append(stays, s)
		}
		h := hand(stays...)
		out := text(t, h)
		for line := range strings.Lines(out) {
			line = strings.TrimSuffix(line, "\n")
			if w := ansi.StringWidth(line); w > report.Width {
				t.Errorf("%d cells: %q", w, line)
			}
			for _, r := range line {
				if unicode.IsControl(r) || r == '\u202e' || r == '\u200f' || r == '\u00a0' {
					t.Errorf("%U in %q", r, line)
				}
			}
		}
		told := strings.Join(strings.Fields(out), " ")
		for _, p := range h.Patients {
			if mrn := ward.CleanLine(p.Patient.MRN); !strings.Contains(squeezed(told), squeezed("MRN "+mrn)) {
				t.Errorf("MRN %q is not in it:\n%s", mrn, out)
			}
			for _, f := range p.Follow {
				level := map[icans.Flag]string{icans.FlagIncomplete: "incomplete", icans.FlagGrade1: "grade 1", icans.FlagUrgent: "urgent"}[f.Level]
				if clock := f.Check.PerformedAt.In(lisbon).Format("15:04"); !strings.Contains(told, clock+" "+level) {
					t.Errorf("the follow-up of %s %s is not in it:\n%s", clock, level, out)
				}
			}
			for _, c := range p.Flags {
				if clock := c.PerformedAt.In(lisbon).Format("15:04"); !strings.Contains(told, clock) {
					t.Errorf("the flag of %s is not in it:\n%s", clock, out)
				}
			}
		}
		var b bytes.Buffer
		if err := report.HandoverJSON(&b, h, sheet); err != nil || !json.Valid(b.Bytes()) {
			t.Errorf("JSON: %v", err)
		}
	})
}

// squeezed leaves out blanks, at which a line may have been broken, the marks of
// direction, and accents.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Mn, unicode.Me) || r == '\u200e' || r == '\u200d' {
			return -1
		}
		return r
	}, s)
}
