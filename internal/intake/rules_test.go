package intake

import (
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/ward"
)

// minutes returns the time some minutes after the start of the test's day.
func minutes(n int) hl7.Time {
	return hl7.Time{At: time.Date(2026, 11, 20, 8, n, 0, 0, time.UTC), Precision: hl7.PrecisionMinute}
}

func at(parts ...string) func(*hl7.Person) {
	return func(p *hl7.Person) { p.Visit.Place = append(parts, "") }
}

func visit(number string, parts ...string) func(*hl7.Person) {
	return func(p *hl7.Person) {
		p.Visit.Number = number
		if parts != nil {
			at(parts...)(p)
		}
	}
}

func a(event string, minute int, change func(*hl7.Person)) Message {
	return visitMessage(event, minute, change)
}

var (
	icu    = at("ICU", "3", "1")
	bed14B = at("H4", "14", "B")
	class  = func(class string) func(*hl7.Person) { return func(p *hl7.Person) { p.Visit.Class = class } }
)

// The rows of the table of events: the messages that come, the answers, and the patient
// at the end. The patient is Ada, whose visit V1001 begins in bed 12A.
func TestEvents(t *testing.T) { onAllLogs(t, tableOfEvents) }

func tableOfEvents(t *testing.T, next func() subject) {
	const ada = "OKAFOR, Ada; 1961-03-14; "
	const here = ada + "V1001 12A from 20 Nov 08:00"
	for _, c := range []struct {
		about   string
		come    []Message
		answers string // from the second on
		end     string
	}{
		{"A01 begins", []Message{a("A01", 0, nil)}, "", here},
		{"A04 begins", []Message{a("A04", 0, nil)}, "", here},
		{"A06 begins", []Message{a("A06", 0, nil)}, "", here},
		{"A01 at PV1-44", []Message{a("A01", 5, func(p *hl7.Person) { p.Visit.Admitted = minutes(0) })}, "", here},
		{"A01 elsewhere", []Message{a("A01", 0, icu)}, "", "not known"},
		{"A01 of another class", []Message{a("A01", 0, class("O"))}, "", "not known"},
		{"A01 of a visit with a stay is data", []Message{a("A01", 0, nil), a("A01", 5, bed14B)}, "AA applied", strings.Replace(here, "12A", "14B", 1)},
		{"A01 of another visit", []Message{a("A01", 0, nil), a("A01", 5, visit("V1002"))}, "AA held other_visit", here},
		{"A01 after a discharge", []Message{a("A01", 0, nil), a("A03", 5, nil), a("A01", 10, visit("V1002"))}, "AA applied, AA applied",
			here + " to 20 Nov 08:05 home; V1002 12A from 20 Nov 08:10"},
		{"A01 within a stay that ended", []Message{a("A01", 0, nil), a("A03", 9, nil), a("A01", 10, func(p *hl7.Person) { p.Visit.Number, p.Visit.Admitted = "V1002", minutes(4) })},
			"AA applied, AA held overlap", here + " to 20 Nov 08:09 home"},
		{"A02 inside moves", []Message{a("A01", 0, nil), a("A02", 5, bed14B)}, "AA applied", strings.Replace(here, "12A", "14B", 1)},
		{"A02 inside begins", []Message{a("A02", 0, func(p *hl7.Person) { p.Visit.Admitted = minutes(-60) })}, "", here},
		{"A02 outside ends", []Message{a("A01", 0, nil), a("A02", 5, icu)}, "AA applied", here + " to 20 Nov 08:05 transferred"},
		{"A02 outside of another visit", []Message{a("A01", 0, nil), a("A02", 5, visit("V1002", "ICU", "3", "1"))}, "AA applied waiting", here},
		{"A02 back begins again", []Message{a("A01", 0, nil), a("A02", 5, icu), a("A02", 10, nil)}, "AA applied, AA applied",
			here + " to 20 Nov 08:05 transferred; V1001 12A from 20 Nov 08:10"},
		{"A02 inside after the discharge", []Message{a("A01", 0, nil), a("A03", 5, nil), a("A02", 10, nil)}, "AA applied, AA held after_end", here + " to 20 Nov 08:05 home"},
		{"A03 ends", []Message{a("A01", 0, nil), a("A03", 5, nil)}, "AA applied", here + " to 20 Nov 08:05 home"},
		{"A03 at PV1-45", []Message{a("A01", 0, nil), a("A03", 5, func(p *hl7.Person) { p.Visit.Discharged = minutes(3) })}, "AA applied", here + " to 20 Nov 08:03 home"},
		{"A03 by the table", []Message{a("A01", 0, nil), a("A03", 5, func(p *hl7.Person) { p.Visit.Disposition = "02" })}, "AA applied", here + " to 20 Nov 08:05 transferred"},
		{"A03 not in the table", []Message{a("A01", 0, nil), a("A03", 5, func(p *hl7.Person) { p.Visit.Disposition = "99" })}, "AA applied", here + " to 20 Nov 08:05 home"},
		{"A03 died before the table", []Message{a("A01", 0, nil), a("A03", 5, func(p *hl7.Person) { p.Visit.Disposition, p.Died = "02", true })}, "AA applied", here + " to 20 Nov 08:05 died"},
		{"A03 died by the time of death", []Message{a("A01", 0, nil), a("A03", 5, func(p *hl7.Person) { p.Died, p.DiedAt = true, minutes(2) })}, "AA applied", here + " to 20 Nov 08:05 died"},
		{"A03 of a death to come", []Message{a("A01", 0, nil), a("A03", 5, func(p *hl7.Person) {
			p.Died, p.DiedAt = true, hl7.Time{At: minutes(5).At.Add(lateness + 11*time.Minute), Precision: hl7.PrecisionMinute}
		})}, "AA held ahead", here},
		{"A03 before the admission", []Message{a("A01", 4, nil), a("A03", 5, func(p *hl7.Person) { p.Visit.Discharged = minutes(3) })}, "AA held before_admission", strings.Replace(here, "08:00", "08:04", 1)},
		{"A03 again moves the end", []Message{a("A01", 0, nil), a("A03", 5, nil), a("A03", 6, func(p *hl7.Person) { p.Visit.Discharged = minutes(4) })}, "AA applied, AA applied", here + " to 20 Nov 08:04 home"},
		{"A03 alone waits", []Message{a("A03", 5, nil)}, "", "not known"},
		{"A07 takes nobody off", []Message{a("A01", 0, nil), a("A07", 5, class("O"))}, "AA applied", here},
		{"A08 has its data", []Message{a("A01", 0, nil), a("A08", 5, func(p *hl7.Person) {
			bed14B(p)
			p.Visit.Clinician.Text, p.Language.Text = "NAIR, Priya", "pt"
		})}, "AA applied", ada + "pt; V1001 14B NAIR, Priya from 20 Nov 08:00"},
		{"A08 outside ends", []Message{a("A01", 0, nil), a("A08", 5, icu)}, "AA applied", here + " to 20 Nov 08:05 transferred"},
		{"A08 without a place", []Message{a("A01", 0, nil), a("A08", 5, at())}, "AA applied", here},
		{"A08 inside begins", []Message{a("A08", 0, nil)}, "", here},
		{"A08 after the end", []Message{a("A01", 0, nil), a("A03", 5, nil), a("A08", 6, bed14B)}, "AA applied, AA applied", here + " to 20 Nov 08:05 home"},
		{"A08 clears the bed", []Message{a("A01", 0, nil), a("A08", 5, func(p *hl7.Person) { p.Visit.Place, p.Visit.PlaceClear = nil, true })}, "AA applied", strings.Replace(here, "12A ", "", 1)},
		{"A08 clears the clinician", []Message{a("A01", 0, func(p *hl7.Person) { p.Visit.Clinician.Text = "NAIR, Priya" }), a("A08", 5, func(p *hl7.Person) { p.Visit.Clinician.Clear = true })},
			"AA applied", here},
		{"A11 cancels", []Message{a("A01", 0, nil), a("A11", 5, nil)}, "AA applied", strings.TrimSuffix(ada, "; ")},
		{"A11 and again", []Message{a("A01", 0, nil), a("A11", 5, nil), a("A01", 6, nil)}, "AA applied, AA applied", strings.Replace(here, "08:00", "08:06", 1)},
		{"A11 before its A01", []Message{a("A11", 5, nil), a("A01", 0, nil)}, "AA applied", "not known"},
		{"A11 before its A01, and again", []Message{a("A11", 5, nil), a("A01", 0, nil), a("A01", 6, nil)}, "AA applied, AA applied", strings.Replace(here, "08:00", "08:06", 1)},
		{"A11 before its A01, and another name", []Message{a("A11", 5, nil), a("A08", 7, func(p *hl7.Person) { p.Family, p.Given, p.Visit.Place = "SILVA", "Rosa", nil }), a("A01", 0, nil)},
			"AA ignored unknown, AA applied", "not known"},
		{"A13 before its A03", []Message{a("A01", 0, nil), a("A13", 6, bed14B), a("A03", 5, nil)}, "AA applied, AA applied", strings.Replace(here, "12A", "14B", 1)},
		{"A12 before its A02", []Message{a("A01", 0, nil), a("A12", 6, nil), a("A02", 5, icu)}, "AA applied, AA applied", here},
		{"A12 back here", []Message{a("A01", 0, nil), a("A02", 5, icu), a("A12", 6, nil)}, "AA applied, AA applied", here},
		{"A12 back to a bed", []Message{a("A01", 0, nil), a("A02", 5, bed14B), a("A12", 6, nil)}, "AA applied, AA applied", here},
		{"A12 back elsewhere", []Message{a("A02", 0, nil), a("A12", 6, icu)}, "AA applied", strings.TrimSuffix(ada, "; ")},
		{"A12 elsewhere of a stay that began here", []Message{a("A01", 0, nil), a("A12", 6, icu)}, "AA held elsewhere", here},
		{"A12 of a discharge", []Message{a("A01", 0, nil), a("A03", 5, nil), a("A12", 6, nil)}, "AA applied, AA held after_end", here + " to 20 Nov 08:05 home"},
		{"A13 takes the discharge back", []Message{a("A01", 0, nil), a("A03", 5, nil), a("A13", 6, bed14B)}, "AA applied, AA applied", strings.Replace(here, "12A", "14B", 1)},
		{"A13 after a later stay", []Message{a("A01", 0, nil), a("A03", 5, nil), a("A01", 6, visit("V1002")), a("A13", 7, nil)},
			"AA applied, AA applied, AA held later_stay", here + " to 20 Nov 08:05 home; V1002 12A from 20 Nov 08:06"},
		{"A13 of a transfer", []Message{a("A01", 0, nil), a("A02", 5, icu), a("A13", 6, nil)}, "AA applied, AA applied", here + " to 20 Nov 08:05 transferred"},
		{"A31 of a known patient", []Message{a("A01", 0, nil), a("A31", 5, func(p *hl7.Person) { p.Family, p.Visit = "REYES", hl7.Visit{} })}, "AA applied", strings.Replace(here, "OKAFOR", "REYES", 1)},
		{"A31 of an unknown one", []Message{a("A31", 5, nil)}, "", "not known"},
		{"Z99", []Message{a("A01", 0, nil), a("Z99", 5, bed14B)}, "AA held historic", here},
		{"another event", []Message{a("A01", 0, nil), a("A54", 5, bed14B)}, "AA ignored event", here},
		{"a test patient", []Message{a("A01", 0, func(p *hl7.Person) { p.Family = "Zzadmit" })}, "", "not known"},
		{"the future is held", []Message{a("A01", 0, nil), ahead11()}, "AA held ahead", here},
		{"a little ahead is now", []Message{aheadOf(a("A01", 9, nil), 0)}, "", here},
	} {
		r := next()
		var answers []string
		for _, m := range c.come {
			answers = append(answers, r.take(m))
		}
		if got := strings.Join(answers[1:], ", "); got != c.answers {
			t.Errorf("%s: answered %s, want %s", c.about, got, c.answers)
		}
		if end := r.show("0042317"); end != c.end {
			t.Errorf("%s:\n%s, want\n%s", c.about, end, c.end)
		}
	}
}

// aheadOf returns a message that arrives at a minute of the test's day.
func aheadOf(m Message, minute int) Message {
	m.Received = minutes(minute).At
	return m
}

func ahead11() Message { return aheadOf(a("A08", 21, bed14B), 10) }

// Each of these events is held if the patient is known, and ignored if not.
func TestEventsForAPerson(t *testing.T) { onAllLogs(t, eventsForAPerson) }

func eventsForAPerson(t *testing.T, next func() subject) {
	for event := range byHand {
		r := next()
		if got := r.take(a(event, 1, nil)); got != "AA ignored unknown" {
			t.Errorf("%s of an unknown patient: %s", event, got)
		}
		r.take(a("A01", 0, nil))
		if got := r.take(a(event, 1, nil)); got != "AA held by_hand" {
			t.Errorf("%s: %s", event, got)
		}
	}
	historic := a("A02", 5, icu)
	historic.Historic = true
	r := next()
	r.take(a("A01", 0, nil))
	if got := r.take(historic); got != "AA held historic" {
		t.Errorf("a historic movement: %s", got)
	}
	for event := range hl7.Events {
		_, known := map[string]bool{"A01": true, "A02": true, "A03": true, "A04": true, "A06": true, "A07": true, "A08": true, "A11": true,
			"A12": true, "A13": true, "A17": true, "A31": true, "Z99": true}[event]
		if !known && !byHand[event] && !merges[event] {
			t.Errorf("%s is read, and no rule applies it", event)
		}
	}
}

// A stay in which something was recorded is not withdrawn.
func TestCancelledAdmissionOfABusyStay(t *testing.T) { onAllLogs(t, cancelledAdmissionOfABusyStay) }

func cancelledAdmissionOfABusyStay(t *testing.T, next func() subject) {
	r := next()
	r.take(a("A01", 0, nil))
	r.occupy()
	before := r.show("0042317")
	if got := r.take(a("A11", 5, nil)); got != "AA held busy" || r.show("0042317") != before {
		t.Errorf("%s, %s", got, r.show("0042317"))
	}
	// Later messages of the hospital are about the stay that goes on.
	r.take(a("A03", 10, nil))
	if got := r.take(a("A13", 15, nil)); got != "AA applied" || r.show("0042317") != before {
		t.Errorf("discharged and taken back: %s, %s", got, r.show("0042317"))
	}
	// A late message can show that a stay never began; that is held, too.
	r = next()
	r.take(a("A01", 0, nil))
	r.take(a("A02", 5, icu))
	r.take(a("A02", 10, nil))
	r.occupy()
	before = r.show("0042317")
	if got := r.take(a("A12", 6, nil)); got != "AA held busy" || r.show("0042317") != before {
		t.Errorf("%s, %s", got, r.show("0042317"))
	}
}

// Times that differ by seconds alone are taken too, and later messages find the stay.
func TestTimesWithinAMinute(t *testing.T) { onAllLogs(t, timesWithinAMinute) }

func timesWithinAMinute(t *testing.T, next func() subject) {
	r := next()
	begin := a("A01", 5, nil)
	begin.Recorded.At = begin.Recorded.At.Add(27 * time.Second)
	end := a("A03", 20, nil)
	end.Recorded.At = end.Recorded.At.Add(27 * time.Second)
	discharged := minutes(20)
	for i, m := range []Message{
		begin, a("A08", 10, func(p *hl7.Person) { p.Visit.Admitted = minutes(5) }), a("A02", 15, bed14B),
		end, a("A03", 25, func(p *hl7.Person) { p.Visit.Discharged = discharged }), a("A13", 30, bed14B), a("A08", 35, nil),
	} {
		if got := r.take(m); got != "AA applied" {
			t.Errorf("message %d, %s: %s", i+1, m.Event, got)
		}
	}
	if got, want := r.show("0042317"), "OKAFOR, Ada; 1961-03-14; V1001 12A from 20 Nov 08:05"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// The rows of the table of fields: a person has typed the values of before, and the feed
// sends others.
func TestFieldsOfTheFeed(t *testing.T) { onAllLogs(t, tableOfFields) }

func tableOfFields(t *testing.T, next func() subject) {
	for _, c := range []struct {
		about  string
		person func(*ward.Patient, *ward.Stay) // after the first message
		feed   func(*hl7.Person)
		want   string // a part of the patient at the end
		not    string // no part of it
	}{
		{"visit is taken over a person's", func(_ *ward.Patient, s *ward.Stay) { s.Visit = "1001" }, visit("V1002"), "V1002 12A", "1001"},
		{"a visit that is repeated does nothing", func(_ *ward.Patient, s *ward.Stay) { s.Visit = "1001" }, nil, "; 1001 12A", "V1001"},
		{"bed is taken over a person's", func(_ *ward.Patient, s *ward.Stay) { s.Bed = "15C" }, bed14B, "14B from 20 Nov 08:00, was 15C by Sam Lee", ""},
		{"a bed that is repeated does nothing", func(_ *ward.Patient, s *ward.Stay) { s.Bed = "15C" }, nil, "15C", "was"},
		{"family name is taken", nil, func(p *hl7.Person) { p.Family = "REYES" }, "REYES, Ada", "feed says"},
		{"given name is taken", nil, func(p *hl7.Person) { p.Given = "Rosa" }, "OKAFOR, Rosa", "feed says"},
		{"name is taken over a person's", func(p *ward.Patient, _ *ward.Stay) { p.Name = "OKAFUR, Ada" }, func(p *hl7.Person) { p.Family = "REYES" }, "REYES, Ada", "feed says"},
		{"case, accents and middle names are no change", func(p *ward.Patient, _ *ward.Stay) { p.Name = "Okáfor, Ada" }, func(p *hl7.Person) { p.Given = "ADA GRACE" }, "Okáfor, Ada", "feed says"},
		{"both names are held", nil, func(p *hl7.Person) { p.Family, p.Given = "SILVA", "Rosa" }, "OKAFOR, Ada; 1961-03-14; V1001 12A from 20 Nov 08:00; feed says name SILVA, Rosa", ""},
		{"birth date is held", nil, func(p *hl7.Person) { p.BirthDate.Day = 15 }, "1961-03-14; V1001 12A from 20 Nov 08:00; feed says birth_date 1961-03-15", ""},
		{"an unknown birth date is taken", func(p *ward.Patient, _ *ward.Stay) { p.BirthDate, p.SecondID = ward.Date{}, "X" }, func(p *hl7.Person) { p.BirthDate.Day = 15 }, "1961-03-15", "feed says"},
		{"a birth date that is not sent is no change", nil, func(p *hl7.Person) { p.BirthDate = hl7.Date{} }, "1961-03-14", "feed says"},
		{"a name with another birth date is held", nil, func(p *hl7.Person) { p.Family, p.BirthDate.Day = "REYES", 15 }, "feed says birth_date 1961-03-15; feed says name REYES, Ada", "REYES, Ada; 1961"},
		{"clinician is taken", nil, func(p *hl7.Person) { p.Visit.Clinician.Text = "NAIR, Priya" }, "NAIR, Priya", "feed says"},
		{"a person's clinician gives a difference", func(_ *ward.Patient, s *ward.Stay) { s.Clinician = "Dr Adeyemi" }, func(p *hl7.Person) { p.Visit.Clinician.Text = "NAIR, Priya" }, "Dr Adeyemi from 20 Nov 08:00; feed says clinician NAIR, Priya", ""},
		{"language is taken", nil, func(p *hl7.Person) { p.Language.Text = "pt" }, "; pt;", "feed says"},
		{"a person's language gives a difference", func(p *ward.Patient, _ *ward.Stay) { p.Language = "Portuguese" }, func(p *hl7.Person) { p.Language.Text = "en" }, "feed says language en", "; en;"},
		{"admission is taken", nil, func(p *hl7.Person) { p.Visit.Admitted = minutes(-100) }, "from 20 Nov 06:20", "feed says"},
		{"a person's admission within the hour", func(_ *ward.Patient, s *ward.Stay) { s.AdmittedAt = minutes(-30).At }, func(p *hl7.Person) { p.Visit.Admitted = minutes(-90) }, "from 20 Nov 07:30", "feed says"},
		{"a person's admission over an hour away", func(_ *ward.Patient, s *ward.Stay) { s.AdmittedAt = minutes(-30).At }, func(p *hl7.Person) { p.Visit.Admitted = minutes(-91) }, "from 20 Nov 07:30; feed says admitted_at 2026-11-20T06:29:00Z", ""},
	} {
		r := next()
		r.take(a("A01", 0, nil))
		if c.person != nil {
			r.person("0042317", minutes(2).At, sam, c.person)
		}
		if got := r.take(a("A08", 5, c.feed)); got != "AA applied" {
			t.Errorf("%s: %s", c.about, got)
		}
		end := r.show("0042317")
		if !strings.Contains(end, c.want) || c.not != "" && strings.Contains(end, c.not) {
			t.Errorf("%s: %s", c.about, end)
		}
		if again := r.take(a("A08", 6, c.feed)); again != "AA applied" || r.show("0042317") != end {
			t.Errorf("%s, sent again: %s", c.about, r.show("0042317"))
		}
		if r, inMemory := r.(*record); inMemory {
			agrees(t, r)
		}
	}
}

// A person settles a difference by typing, or by the feed's value.
func TestSettledDifferences(t *testing.T) { onAllLogs(t, settledDifferences) }

func settledDifferences(t *testing.T, next func() subject) {
	other := func(p *hl7.Person) { p.Family, p.Given = "SILVA", "Rosa" }
	for about, settle := range map[string]func(r subject) (want string){
		"typing": func(r subject) string {
			r.person(ada, minutes(6).At, sam, func(p *ward.Patient, _ *ward.Stay) { p.Name = "SILVA, Rosa" })
			return "SILVA, Rosa"
		},
		"the feed's": func(r subject) string {
			r.settle(minutes(6).At, sam, FieldName, true)
			return "SILVA, Rosa"
		},
		"ours": func(r subject) string {
			r.settle(minutes(6).At, sam, FieldName, false)
			return "OKAFOR, Ada"
		},
	} {
		r := next()
		r.take(a("A01", 0, nil))
		r.take(a("A08", 5, other))
		if got := r.show(ada); !strings.HasSuffix(got, "; feed says name SILVA, Rosa") {
			t.Errorf("%s: before the answer: %s", about, got)
		}
		want := settle(r) + "; 1961-03-14; V1001 12A from 20 Nov 08:00"
		if got := r.show(ada); got != want {
			t.Errorf("%s: %s, want %s", about, got, want)
		}
		r.take(a("A08", 7, other)) // the feed repeats it
		if got := r.show(ada); got != want {
			t.Errorf("%s, sent again: %s, want %s", about, got, want)
		}
		if r, inMemory := r.(*record); inMemory {
			agrees(t, r)
		}
	}
}

// A stay that a person began is adopted by its visit, and one that a person ended stays
// ended.
func TestStaysOfPersons(t *testing.T) { onAllLogs(t, staysOfPersons) }

func staysOfPersons(t *testing.T, next func() subject) {
	r := next()
	r.admitted(ward.Patient{MRN: "0042317", Name: "Okafor, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}}, ward.Stay{Bed: "15C", AdmittedAt: minutes(-5).At}, minutes(-5).At, "Sam Lee")
	for i, elsewhere := range []Message{a("A08", 0, visit("V9", "CLINIC", "", "")), a("A02", 1, visit("", "ICU", "3", ""))} {
		if got := r.take(elsewhere); got != "AA applied waiting" && i == 0 {
			t.Errorf("a visit elsewhere: %s", got)
		}
		if got := r.show("0042317"); !strings.HasSuffix(got, "15C from 20 Nov 07:55") {
			t.Errorf("a visit elsewhere ends the stay: %s", got)
		}
	}
	r.take(a("A01", 2, nil))
	const adopted = "Okafor, Ada; 1961-03-14; V1001 12A from 20 Nov 07:55, was 15C by Sam Lee"
	if got := r.show("0042317"); got != adopted {
		t.Errorf("adopted: %s, want %s", got, adopted)
	}
	r.person("0042317", minutes(5).At, "Sam Lee", func(_ *ward.Patient, s *ward.Stay) { s.DischargedAt, s.Discharge = minutes(4).At, "home" })
	ended := r.show("0042317")
	for _, m := range []Message{a("A03", 6, nil), a("A13", 7, nil), a("A08", 8, bed14B)} {
		r.take(m)
		if got := r.show("0042317"); got != ended {
			t.Errorf("%s after a person's discharge: %s", m.Event, got)
		}
	}
	if r, inMemory := r.(*record); inMemory {
		agrees(t, r)
	}
}

// A message that the replay held is released by one that arrives later.
func TestReleased(t *testing.T) { onAllLogs(t, released) }

func released(t *testing.T, next func() subject) {
	r := next()
	r.take(a("A01", 0, nil))
	if got := r.take(a("A01", 10, visit("V1002"))); got != "AA held other_visit" {
		t.Fatal(got)
	}
	if list := r.held(); !slices.Equal(list, []string{"10"}) {
		t.Errorf("held: %q", list)
	}
	r.take(a("A03", 5, nil))
	if got := r.show("0042317"); !strings.HasSuffix(got, "home; V1002 12A from 20 Nov 08:10") {
		t.Error(got)
	}
	if list := r.held(); len(list) != 0 {
		t.Errorf("held at the end: %q", list)
	}
	if r, inMemory := r.(*record); inMemory && (r.last.Earlier[10].Did != Applied || len(r.last.Earlier) != 1) {
		t.Errorf("earlier messages: %v", r.last.Earlier)
	}
}

// Nothing is kept of a message from elsewhere about an unknown patient, so that a transfer
// that arrives before the admission is lost: the patient stays until the next message.
func TestUnknownPatientsElsewhere(t *testing.T) { onAllLogs(t, unknownPatientsElsewhere) }

func unknownPatientsElsewhere(t *testing.T, next func() subject) {
	r := next()
	before := r.kept()
	if got := r.take(a("A02", 5, icu)); got != "AA ignored unknown" || r.kept() != before {
		t.Errorf("%s, %d records kept", got, r.kept()-before)
	}
	r.take(a("A01", 0, nil))
	if got := r.show("0042317"); !strings.HasSuffix(got, "12A from 20 Nov 08:00") {
		t.Errorf("%s", got)
	}
	r.take(a("A08", 6, icu))
	if got := r.show("0042317"); !strings.HasSuffix(got, "to 20 Nov 08:06 transferred") {
		t.Errorf("%s", got)
	}
}
