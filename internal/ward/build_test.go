package ward

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
)

// night is the time from which the tests count.
var night = time.Date(2026, 3, 17, 2, 10, 0, 0, time.UTC)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// findings reads "ice 8 memory=mild": a check with that total and nothing else found,
// and then the given answers. "ice bare" has nothing assessed; an answer to unable
// empties the items.
func findings(text string) icans.Findings {
	words := strings.Fields(text)
	x := icans.Findings{Consciousness: icans.Alert, Seizure: icans.NoSeizure, Motor: icans.NoWeakness, ICP: icans.ICPNone}
	for i := range icans.Personality + 1 {
		x.Observed[i] = icans.None
	}
	must(icans.FieldOf("tool").Set(&x, words[0]))
	for _, word := range words[1:] {
		if word == "bare" {
			x = icans.Findings{Tool: x.Tool}
			continue
		}
		if n, err := strconv.Atoi(word); err == nil {
			score(&x, n)
			continue
		}
		column, code, _ := strings.Cut(word, "=")
		if column == "features" {
			for i := range icans.Features {
				must(icans.Fields()[indexOf("confusion")+i].Set(&x, code))
			}
			continue
		}
		must(icans.FieldOf(column).Set(&x, code))
		if column == "unable" {
			x.ICE, x.CAPD = [8]icans.Points{}, [8]icans.Points{}
		}
	}
	return x
}

func indexOf(column string) int {
	for i, f := range icans.Fields() {
		if f.Column == column {
			return i
		}
	}
	panic(column)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// score spreads a total over the items of the tool.
func score(x *icans.Findings, total int) {
	for i := range 8 {
		full := 1
		switch {
		case x.Tool == icans.CAPD:
			full = 4
		case i == icans.ICENaming:
			full = 3
		}
		n := min(total, full)
		total -= n
		if x.Tool == icans.CAPD {
			x.CAPD[i] = icans.Scored(n)
		} else {
			x.ICE[i] = icans.Scored(n)
		}
	}
}

// bed is a patient on the ward under test: admitted 48 h before night and infused 2 h
// before that. Times are counted in hours from night.
type bed struct {
	History
	site Site
	n    int
	last Outcome // of the last act
}

func newBed(tool icans.Tool) *bed {
	b := &bed{site: DefaultSite()}
	b.Patient = Patient{ID: 1, MRN: "0042", Name: "OKAFOR, Ada", BirthDate: Date{1961, 3, 14}, Tool: tool, InfusedAt: hours(-50)}
	b.Stays = []Stay{{ID: 1, PatientID: 1, Version: 1, Status: Recorded, AdmittedAt: hours(-48), Began: Sign("Sam Lee", hours(-48))}}
	return b
}

func hours(h float64) time.Time {
	return night.Add(time.Duration(h * float64(time.Hour)).Round(time.Second))
}

// check makes a check performed and recorded at hours from night.
func (b *bed) check(at, recorded float64, text string) Check {
	b.n++
	return Check{ID: fmt.Sprintf("c%02d", b.n), Version: 1, PatientID: 1, Status: Recorded, PerformedAt: hours(at), Recorded: Sign("Sam Lee", hours(recorded)), Findings: findings(text)}
}

// save records one check and returns the version in the history.
func (b *bed) save(at, recorded float64, text string) *Check {
	c := b.check(at, recorded, text)
	b.act(Act{At: hours(recorded), By: "Sam Lee", Checks: []Check{c}})
	return b.find(c.ID)
}

func (b *bed) act(act Act) Outcome {
	b.last = Record(&b.History, &b.site, act)
	return b.last
}

func (b *bed) find(id string) *Check {
	for i := range b.Checks {
		if b.Checks[i].ID == id {
			return &b.Checks[i]
		}
	}
	return nil
}

// correct records the next version of a check with other findings; an empty text
// withdraws it.
func (b *bed) correct(id string, recorded float64, text string) Outcome {
	c := *b.find(id)
	c.Version, c.Reason, c.Recorded = c.Version+1, "wrong_value", Sign("Sam Lee", hours(recorded))
	if c.Status = Corrected; text == "" {
		c.Status = Withdrawn
	} else {
		c.Findings = findings(text)
	}
	return b.act(Act{At: hours(recorded), By: "Sam Lee", Checks: []Check{c}})
}

// course saves checks, each at its time: "-8 ice 10 | 0 ice 8".
func (b *bed) course(text string) *bed {
	for step := range strings.SplitSeq(text, "|") {
		at, found, _ := strings.Cut(strings.TrimSpace(step), " ")
		h, err := strconv.ParseFloat(at, 64)
		must(err)
		b.save(h, h, found)
	}
	return b
}

// accept acknowledges the open follow-up, and close closes it as resolved.
func (b *bed) accept(at float64) {
	f := b.Open()
	f.Acked = Sign("Sam Lee", hours(at))
	f.Acks = append(f.Acks, f.Acked)
}

func (b *bed) close(at float64) {
	b.accept(at)
	f := b.Open()
	f.Closed, f.Outcome, f.Note = Sign("Ines Reis", hours(at)), Resolved, "well"
}

func (b *bed) watch(at float64) PatientState { return Watch(&b.History, &b.site, hours(at)) }

// flagOf returns the flag and the reasons of a check in one line.
func flagOf(c *Check) string {
	return strings.TrimSpace(c.Result.Flag.Code() + " " + string(c.Result.Reasons.AppendCodes(nil)))
}

// plan returns the interval and the reason of the next check in one line.
func plan(p Plan) string {
	if p.Due.IsZero() {
		return string(p.Why)
	}
	return Elapsed(p.Interval) + " " + string(p.Why)
}

// events lists the events of an act: "c01 opened, c02 joined".
func events(out Outcome) string {
	var words []string
	for _, e := range out.Events {
		words = append(words, e.CheckID+" "+string(e.Event))
	}
	return strings.Join(words, ", ")
}
