package intake

import (
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/ward"
)

func TestSettings(t *testing.T) {
	good := func() Settings {
		site := ward.DefaultSite()
		site.Intake.Locations = []string{"H4", "H5@CITY"}
		s, err := FromSite(&site)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, c := range []struct {
		change func(*Settings)
		field  string
	}{
		{func(*Settings) {}, ""},
		{func(s *Settings) { s.Discharge = map[string]string{"20": "died", "1": "home"} }, ""},
		{func(s *Settings) { s.Bed = "Bed {2}-{11}" }, ""},
		{func(s *Settings) { s.Locations = nil }, "intake.locations"},
		{func(s *Settings) { s.Zone = nil }, "intake.zone"},
		{func(s *Settings) { s.IDType = "" }, "intake.id_type"},
		{func(s *Settings) { s.Charset = "klingon" }, "intake.charset"},
		{func(s *Settings) { s.Bed = "{0}" }, "intake.bed"},
		{func(s *Settings) { s.Bed = "{12}" }, "intake.bed"},
		{func(s *Settings) { s.Bed = "{2" }, "intake.bed"},
		{func(s *Settings) { s.Discharge = map[string]string{"20": ward.DiedICANS} }, "intake.discharge"},
		{func(s *Settings) { s.Discharge = map[string]string{"20": "gone"} }, "intake.discharge"},
	} {
		s := good()
		c.change(&s)
		err := s.Validate()
		e, _ := err.(*ward.Error)
		if c.field == "" && err != nil || c.field != "" && (e == nil || e.Field != c.field) {
			t.Errorf("%+v: %v, want an error of %q", s, err, c.field)
		}
	}
	s := good()
	for _, c := range []struct {
		place           []string
		inside, outside bool
	}{
		{[]string{"H4", "12", "A", ""}, true, false},
		{[]string{"H5", "1", "A", "CITY"}, true, false},
		{[]string{"H5", "1", "A", "TOWN"}, false, true},
		{[]string{"h4", "12", "A", ""}, false, true},
		{[]string{"", "12", "A", ""}, false, false},
		{nil, false, false},
	} {
		v := hl7.Visit{Place: c.place}
		if s.inside(&v) != c.inside || s.outside(&v) != c.outside {
			t.Errorf("%q: inside %v, outside %v", c.place, s.inside(&v), s.outside(&v))
		}
	}
	for pattern, want := range map[string]string{"{2}{3}": "12A", "{1}-{2}": "H4-12", "{3}": "A", "{9}": "", "x{2}y": "x12y", "": ""} {
		s.Bed = pattern
		if bed := s.bedOf([]string{"H4", "12", "A", ""}); bed != want {
			t.Errorf("%s is %q, want %q", pattern, bed, want)
		}
	}
}

// A message that the record cannot hold is refused with its place.
func TestFaults(t *testing.T) { onAllLogs(t, faultsOfValues) }

func faultsOfValues(t *testing.T, next func() subject) {
	long := strings.Repeat("x", 200)
	for _, c := range []struct {
		about  string
		change func(*hl7.Person)
		want   string
	}{
		{"MRN", func(p *hl7.Person) { p.MRN = long }, "AE 102 PID^1^3"},
		{"name", func(p *hl7.Person) { p.Family = long }, "AE 102 PID^1^5"},
		{"language", func(p *hl7.Person) { p.Language.Text = long }, "AE 102 PID^1^15"},
		{"visit", func(p *hl7.Person) { p.Visit.Number = long }, "AE 102 PV1^1^19"},
		{"bed", func(p *hl7.Person) { p.Visit.Place[2] = long }, "AE 102 PV1^1^3"},
		{"clinician", func(p *hl7.Person) { p.Visit.Clinician.Text = long }, "AE 102 PV1^1^7"},
		{"no name", func(p *hl7.Person) { p.Family, p.Given = "", "" }, "AE 101 PID^1^5"},
		{"no second identifier", func(p *hl7.Person) { p.BirthDate, p.Visit.Number = hl7.Date{}, "" }, "AE 101 PV1^1^19"},
		{"born after the message", func(p *hl7.Person) { p.BirthDate.Year, p.Visit.Number = 2061, "" }, "AE 101 PV1^1^19"},
	} {
		r := next()
		before := r.kept()
		if got := r.take(a("A01", 0, c.change)); got != c.want || r.kept() != before {
			t.Errorf("%s: %s, want %s; %d records kept", c.about, got, c.want, r.kept()-before)
		}
	}
	r := next()
	r.take(a("A01", 0, nil))
	if got := r.take(a("A08", 5, func(p *hl7.Person) { p.Family, p.Given, p.BirthDate = "", "", hl7.Date{} })); got != "AA applied" {
		t.Errorf("a known patient without a name: %s", got)
	}
}

// Two beds are exchanged, or neither; the order of arrival does not matter.
func TestSwap(t *testing.T) { onAllLogs(t, swaps) }

func swaps(t *testing.T, next func() subject) {
	other := func(p *hl7.Person) {
		p.MRN, p.Family, p.Visit.Number, p.Visit.Place[1] = "0043011", "BERG", "V2002", "14"
	}
	swap := a("A17", 10, nil)
	second := a("A17", 10, other).Persons[0]
	swap.Persons[0].Visit.Place, second.Visit.Place = second.Visit.Place, swap.Persons[0].Visit.Place
	swap.Persons = append(swap.Persons, second)
	second1 := a("A01", 1, other)
	list := []Message{a("A01", 0, nil), second1, swap}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {2, 1, 0}, {1, 2, 0}} {
		r := next()
		for _, i := range order {
			r.take(list[i])
		}
		if x, y := r.show("0042317"), r.show("0043011"); !strings.Contains(x, "V1001 14A") || !strings.Contains(y, "V2002 12A") {
			t.Errorf("in the order %v: %s; %s", order, x, y)
		}
	}
	r := next()
	r.take(list[0])
	r.take(list[1])
	r.take(a("A03", 5, other))
	if got := r.take(swap); got != "AA held swap" || !strings.Contains(r.show("0042317"), "12A") {
		t.Errorf("with a patient who left: %s, %s", got, r.show("0042317"))
	}
}

// Messages of one time have an order that does not depend on that of arrival.
func TestTies(t *testing.T) { onAllLogs(t, ties) }

func ties(t *testing.T, next func() subject) {
	x, y := a("A08", 5, bed14B), a("A08", 5, nil)
	x.ControlID, y.ControlID = "5b", "5a"
	first := a("A01", 0, at("H4", "9", "Z"))
	for _, order := range [][]Message{{first, x, y}, {first, y, x}, {y, x, first}} {
		if got := arrived(next(), order).show(ada); !strings.Contains(got, "14B") {
			t.Errorf("%s", got)
		}
	}
	y.Sent = minutes(6)
	for _, order := range [][]Message{{first, x, y}, {first, y, x}} {
		if got := arrived(next(), order).show(ada); !strings.Contains(got, "12A") {
			t.Errorf("sent later: %s", got)
		}
	}
}

// Messages of one control ID and one time have the order of their content.
func TestTiesOfOneControlID(t *testing.T) {
	x, y := a("A08", 5, bed14B), a("A08", 5, nil)
	x.Digest[0] = 1
	first := a("A01", 0, at("H4", "9", "Z"))
	for _, order := range [][]Message{{first, x, y}, {first, y, x}, {y, x, first}} {
		if got := arrived(newRecord(t), order).show(ada); !strings.Contains(got, "14B") {
			t.Errorf("%s", got)
		}
	}
}

// A day without an hour is the time of recording on that day, and else the day's begin.
func TestDaysWithoutAnHour(t *testing.T) {
	day := func(d int) hl7.Time {
		return hl7.Time{At: time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC), Precision: hl7.PrecisionDay}
	}
	m := a("A01", 0, nil)
	if got := m.happened(day(20), time.UTC); !got.Equal(minutes(0).At) {
		t.Errorf("the same day: %v", got)
	}
	if got := m.happened(day(18), time.UTC); !got.Equal(day(18).At) {
		t.Errorf("another day: %v", got)
	}
	m.Occurred = minutes(-7)
	if got := m.happened(hl7.Time{}, time.UTC); !got.Equal(minutes(-7).At) {
		t.Errorf("EVN-6: %v", got)
	}
}

// Only the acts of persons are entries of their own; the feed's versions come from its
// messages.
func TestActsOf(t *testing.T) {
	sam, feed := ward.Sign("Sam Lee", minutes(1).At), ward.Sign("feed ADT", minutes(0).At)
	patients := []ward.Patient{{ID: 1, Version: 2, Name: "B", Recorded: sam}, {ID: 1, Version: 1, Name: "A", Recorded: feed}}
	stays := []ward.Stay{{ID: 2, Version: 2, Bed: "2", Recorded: feed}, {ID: 2, Version: 1, Bed: "1", Recorded: sam}}
	acts := ActsOf("7", patients, stays)
	if len(acts) != 2 {
		t.Fatalf("%d acts", len(acts))
	}
	p, s := acts[0].Act, acts[1].Act
	if p.Patient.Before.Name != "A" || p.Patient.After.Name != "B" || s.Stay.Before.Version != 0 || s.Stay.After.Bed != "1" || p.MRN != "7" || p.By != "Sam Lee" {
		t.Errorf("%+v %+v", p, s)
	}
	back := slices.Clone(acts)
	slices.Reverse(back)
	if got := inOrder(back); got[0].Act.Patient == nil {
		t.Error("a stay comes before its patient")
	}
}

func TestCompareNames(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want likeness
	}{
		{"OKAFOR, Ada", "okafor, ADA", sameName},
		{"García López, Ana", "GARCIALOPEZ, ANA MARIA", sameName},
		{"O'Neill, Tim", "ONEILL, Tim", sameName},
		{"OKAFOR, Ada", "OKAFOR-REYES, Ada", relatedName},
		{"OKAFOR, Ada", "OKAFOR, Rosa", relatedName},
		{"OKAFOR, Ada", "SILVA, Rosa", otherName},
		{"OKAFOR", "SILVA", otherName},
		{"王, 小明", "王, 小红", relatedName},
	} {
		if got := compareNames(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %d", c.a, c.b, got)
		}
	}
}
