package report_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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

// site holds the settings of the tests.
var site = func() *ward.Site {
	s := ward.DefaultSite()
	s.Zone = lisbon
	return &s
}()

// stay is a chart in the making.
type stay struct {
	ward.Chart
	checks int
}

func admit(mrn, bed, name string) *stay {
	s := &stay{}
	s.Patient = ward.Patient{
		ID: int64(len(mrn)), MRN: mrn, Name: name, BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14},
		Product: "axi-cel", Tool: icans.ICE, Baseline: icans.Scored(10), InfusedAt: at("13:00").AddDate(0, 0, -1),
	}
	s.Stays = []ward.Stay{{ID: s.Patient.ID, PatientID: s.Patient.ID, Bed: bed, Clinician: "Dr Ines Reis", AdmittedAt: at("14:00").AddDate(0, 0, -3)}}
	s.stay().Began = ward.Sign("Sam Lee", s.stay().AdmittedAt)
	return s
}

func (s *stay) stay() *ward.Stay { return s.Stay() }

// leave ends the stay.
func (s *stay) leave(when time.Time, how string) {
	s.stay().DischargedAt, s.stay().Discharge = when, how
}

// finding returns the findings of a normal check with that ICE, changed by seen:
// "column=code", parted by blanks; an empty code is not assessed.
func finding(ice int, seen string) icans.Findings {
	x := icans.Findings{Tool: icans.ICE, Consciousness: icans.Alert, Seizure: icans.NoSeizure, Motor: icans.NoWeakness, ICP: icans.ICPNone}
	for i := range x.ICE {
		full := 1
		if i == icans.ICENaming {
			full = 3
		}
		n := min(full, ice)
		x.ICE[i], ice = icans.Scored(n), ice-n
	}
	for _, f := range icans.Fields() {
		if f.Group == icans.GroupSeen {
			f.Answer(&x, 0)
		}
	}
	for part := range strings.FieldsSeq(seen) {
		column, code, _ := strings.Cut(part, "=")
		if column == "unable" || column == "stated_total" || column == "tool" {
			x.ICE = [8]icans.Points{}
		}
		if err := icans.FieldOf(column).Set(&x, code); err != nil {
			panic(err)
		}
	}
	return x
}

// check records a check by the rules of the ward: see [finding].
func (s *stay) check(performed time.Time, ice int, seen string) *ward.Check {
	return s.late(performed, performed.Add(2*time.Minute), ice, seen)
}

// late records a check at another time than it was performed.
func (s *stay) late(performed, recorded time.Time, ice int, seen string) *ward.Check {
	s.checks++
	c := ward.Check{ID: fmt.Sprintf("%s-%d", s.Patient.MRN, s.checks), Version: 1, Status: ward.Recorded, PerformedAt: performed,
		Recorded: ward.Sign("Sam Lee", recorded), Findings: finding(ice, seen)}
	if c.Findings.OtherCause != 0 {
		c.CauseNote = "propofol"
	}
	s.record(c)
	return s.find(c.ID)
}

// record adds a version of a check to the chart.
func (s *stay) record(c ward.Check) {
	c.PatientID = s.Patient.ID
	out := ward.Record(&s.History, site, ward.Act{At: c.Recorded.At, By: c.Recorded.By, Checks: []ward.Check{c}})
	for i := range s.FollowUps {
		s.FollowUps[i].ID = int64(i + 1)
	}
	for i := range s.Versions {
		s.Versions[i].Superseded = s.Versions[i].Superseded || s.Versions[i].ID == c.ID
	}
	s.Versions = append(out.Checks, s.Versions...)
	for _, r := range out.Reevaluated {
		if v := s.Current(r.Check.ID); v != nil {
			v.Because = r.Because
		}
	}
	s.refresh()
}

// refresh puts the versions in order, with the results of the history.
func (s *stay) refresh() {
	for i := range s.Checks {
		if v := s.Current(s.Checks[i].ID); v != nil {
			v.Result = s.Checks[i].Result
		}
	}
	slices.SortStableFunc(s.Versions, func(a, b ward.Check) int { return b.PerformedAt.Compare(a.PerformedAt) })
	s.Versions = ward.ByCheck(s.Versions)
}

// find returns the valid version of a check in the history.
func (s *stay) find(id string) *ward.Check {
	for i := range s.Checks {
		if s.Checks[i].ID == id {
			return &s.Checks[i]
		}
	}
	return nil
}

// note writes a note on the valid version of a check.
func (s *stay) note(id, note string) {
	s.find(id).Note, s.Current(id).Note = note, note
}

// accept accepts the open follow-up.
func (s *stay) accept(by string, when time.Time) *ward.FollowUp {
	f := s.Open()
	f.Acked = ward.Sign(by, when)
	f.Acks = append(f.Acks, f.Acked)
	return f
}

// settle accepts and closes the open follow-up.
func (s *stay) settle(by string, when time.Time, outcome, note string) {
	f := s.Open()
	if !f.Acked.Done() {
		f = s.accept(by, when)
	}
	f.Closed, f.Outcome, f.Note = ward.Sign(by, when), outcome, note
}

// correct records a second version of a check.
func (s *stay) correct(id string, when time.Time, status ward.Status, reason, note string, change func(*icans.Findings)) {
	c := *s.find(id)
	c.Version, c.Status, c.Reason, c.ReasonNote, c.Recorded = 2, status, reason, note, ward.Sign("Sam Lee", when)
	if change != nil {
		change(&c.Findings)
	}
	s.record(c)
}

func (s *stay) did(when time.Time, kind, detail string) {
	s.Interventions = slices.Insert(s.Interventions, 0, ward.Intervention{ID: int64(len(s.Interventions) + 1), DoneAt: when, Kind: kind, Detail: detail, Recorded: ward.Sign("Sam Lee", when)})
}

func (s *stay) told(when time.Time, by, words string) {
	r := ward.Report{ID: 1, ToldAt: when, ToldBy: by, Words: words, Recorded: ward.Sign("Sam Lee", when.Add(time.Minute))}
	s.Reports, s.AllReports = []ward.Report{r}, []ward.Report{r}
}

// course is a mild ICANS from its first sign to the recovery.
func course() *stay {
	s := admit("0042317", "12A", "OKAFOR, Ada")
	s.check(at("14:10"), 10, "")
	s.check(at("22:05"), 8, "handwriting=mild")
	s.accept("Sam Lee", at("22:14"))
	s.settle("Dr Ines Reis", at("23:40"), ward.ConfirmedICANS, "grade 1, dexamethasone")
	s.did(at("23:10"), "dexamethasone", "10 mg IV")
	s.late(at("01:55"), at("04:45"), 10, "handwriting=mild")
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

func hand(stays ...*stay) ward.Handover { return handAt(morning, stays...) }

func handAt(now time.Time, stays ...*stay) ward.Handover {
	var charts []ward.Chart
	for i, s := range stays {
		s.Patient.ID = int64(i + 1)
		charts = append(charts, s.Chart)
	}
	return ward.BuildHandover(site, charts, now.Add(-ward.Shift), now)
}

// plain returns a text with single blanks.
func plain(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u00a0", " ")), " ")
}

// says fails unless the text has all of the words.
func says(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(plain(text), w) {
			t.Errorf("it does not say %q:\n%s", w, text)
		}
	}
}

// saysNot fails if the text has any of the words.
func saysNot(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(plain(text), w) {
			t.Errorf("it says %q:\n%s", w, text)
		}
	}
}
