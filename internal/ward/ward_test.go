package ward

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"neurocheck/internal/icans"
)

// The clocks of Santiago and Cairo go forward at midnight; those of Havana and the Azores show
// it twice.
func TestDayBegins(t *testing.T) {
	for _, c := range []struct {
		zone, begins string
		day          Date
	}{
		{"Europe/Lisbon", "2026-10-25T00:00:00+01:00", Date{2026, 10, 25}},
		{"Europe/Lisbon", "2026-10-26T00:00:00Z", Date{2026, 10, 26}},
		{"America/Santiago", "2026-09-06T01:00:00-03:00", Date{2026, 9, 6}},
		{"Africa/Cairo", "2026-04-24T01:00:00+03:00", Date{2026, 4, 24}},
		{"America/Havana", "2026-03-08T01:00:00-04:00", Date{2026, 3, 8}},
		{"America/Havana", "2026-11-01T00:00:00-04:00", Date{2026, 11, 1}},
		{"Atlantic/Azores", "2026-03-29T01:00:00Z", Date{2026, 3, 29}},
		{"Atlantic/Azores", "2026-10-25T00:00:00Z", Date{2026, 10, 25}},
		{"Pacific/Apia", "2011-12-31T00:00:00+14:00", Date{2011, 12, 31}},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.day.Begins(zone); got.Format(time.RFC3339) != c.begins || DateOf(got.Add(-time.Nanosecond)) == c.day {
			t.Errorf("%s: %v begins at %v, not %s", c.zone, c.day, got, c.begins)
		}
	}
}

// The times of a change are on the ward's clock, whatever offset they were recorded with, and
// another instant is a change although the clock shows the same.
func TestChangesOfTimes(t *testing.T) {
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][4]string{
		{"2026-10-20T08:00:00-05:00", "2026-10-20T08:00:00+01:00", "20 Oct 2026 14:00", "20 Oct 2026 08:00"},
		{"2026-10-20T08:00:00-05:00", "2026-10-20T13:00:00Z", "", ""},
		{"2026-10-25T01:30:00+01:00", "2026-10-25T01:30:00Z", "25 Oct 2026 01:30:00 WEST", "25 Oct 2026 01:30:00 WET"},
	} {
		var at [2]time.Time
		for i := range at {
			if at[i], err = time.Parse(time.RFC3339, c[i]); err != nil {
				t.Fatal(err)
			}
		}
		var want []Change
		if c[2] != "" {
			want = []Change{{"infused_at", c[2], c[3]}}
		}
		if got := (&Patient{InfusedAt: at[1]}).ChangesFrom(&Patient{InfusedAt: at[0]}, lisbon); !slices.Equal(got, want) {
			t.Errorf("%v: %v", c, got)
		}
		if len(want) > 0 {
			want[0].Field = "admitted_at"
		}
		if got := (&Stay{AdmittedAt: at[1]}).ChangesFrom(&Stay{AdmittedAt: at[0]}, lisbon); !slices.Equal(got, want) {
			t.Errorf("%v: %v", c, got)
		}
	}
}

func TestDates(t *testing.T) {
	for text, want := range map[string]Date{
		"1961-03-14": {1961, 3, 14}, "14 Mar 1961": {1961, 3, 14}, "14 March 1961": {1961, 3, 14}, " 2 Jan 2006 ": {2006, 1, 2}, "2024-02-29": {2024, 2, 29},
	} {
		if got, err := ParseDate(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "03/04/1961", "3.4.1961", "1961-13-01", "2023-02-29", "tomorrow", "61-03-14"} {
		if got, err := ParseDate(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
	if d := (Date{1961, 3, 14}); d.String() != "1961-03-14" || d.Words() != "14 Mar 1961" {
		t.Error(d.String(), d.Words())
	}
	born := Date{2014, 3, 17}
	for day, years := range map[Date]int{{2026, 3, 16}: 11, {2026, 3, 17}: 12, {2026, 3, 18}: 12, {2014, 3, 17}: 0} {
		if got := born.YearsTo(day); got != years {
			t.Errorf("%v: %d years, not %d", day, got, years)
		}
	}
	if n := (Date{2026, 3, 28}).DaysTo(Date{2026, 3, 30}); n != 2 { // the clocks went on between
		t.Error(n)
	}
}

func TestDayIsCountedOnTheWardsCalendar(t *testing.T) {
	lisbon := zone(t, "Europe/Lisbon")
	p := &Patient{InfusedAt: time.Date(2026, 3, 28, 23, 30, 0, 0, lisbon)}
	for at, want := range map[time.Time]int{
		time.Date(2026, 3, 28, 0, 0, 0, 0, lisbon):   0,
		time.Date(2026, 3, 29, 0, 10, 0, 0, lisbon):  1,
		time.Date(2026, 3, 29, 23, 10, 0, 0, lisbon): 1, // the 29th has 23 hours
		time.Date(2026, 3, 30, 0, 0, 0, 0, lisbon):   2,
		time.Date(2026, 3, 27, 23, 59, 0, 0, lisbon): -1,
	} {
		if got, ok := p.Day(at.UTC(), lisbon); got != want || !ok {
			t.Errorf("%v: day %d, not %d", at, got, want)
		}
	}
	if _, ok := (&Patient{}).Day(night, lisbon); ok {
		t.Error("a day without an infusion")
	}
}

func TestToolByAge(t *testing.T) {
	for born, want := range map[Date]icans.Tool{{2014, 3, 17}: icans.ICE, {2014, 3, 18}: icans.CAPD, {1950, 1, 1}: icans.ICE} {
		if got := ToolFor(born, night); got != want {
			t.Errorf("%v: %v", born, got)
		}
	}
}

func valid() Patient {
	return Patient{MRN: "0042", Name: "OKAFOR, Ada", BirthDate: Date{1961, 3, 14}, Tool: icans.ICE}
}

func TestPatientProblems(t *testing.T) {
	if p := valid(); len(p.Problems(night)) != 0 {
		t.Fatal(p.Problems(night))
	}
	for column, spoil := range map[string]func(*Patient){
		"mrn":          func(p *Patient) { p.MRN = "" },
		"name":         func(p *Patient) { p.Name = "\x1b[31mred" },
		"birth_date":   func(p *Patient) { p.BirthDate = Date{2027, 1, 1} },
		"second_id":    func(p *Patient) { p.SecondID = strings.Repeat("1", 41) },
		"product":      func(p *Patient) { p.Product = "a\nb" },
		"infused_at":   func(p *Patient) { p.InfusedAt = night.AddDate(0, 3, 0) },
		"patient_tool": func(p *Patient) { p.Tool = 0 },
		"baseline":     func(p *Patient) { p.Baseline = icans.Scored(11) },
	} {
		p := valid()
		spoil(&p)
		if found := p.Problems(night); len(found) != 1 || found[0].Field != column || found[0].Kind != KindInvalid {
			t.Errorf("%s: %v", column, found)
		}
	}
	p := valid()
	p.BirthDate = Date{}
	if found := p.Problems(night); len(found) != 1 || found[0].Field != "birth_date" {
		t.Errorf("without a date of birth: %v", found)
	}
	if p.SecondID = "V77"; len(p.Problems(night)) != 0 {
		t.Errorf("with a second identifier: %v", p.Problems(night))
	}
}

func TestStayProblems(t *testing.T) {
	for column, spoil := range map[string]func(*Stay){
		"":              func(*Stay) {},
		"bed":           func(s *Stay) { s.Bed = strings.Repeat("1", 21) },
		"visit":         func(s *Stay) { s.Visit = strings.Repeat("1", 41) },
		"admitted_at":   func(s *Stay) { s.AdmittedAt = night.Add(time.Minute) },
		"discharged_at": func(s *Stay) { s.DischargedAt, s.Discharge = night.Add(-2*time.Hour), "home" },
		"discharge":     func(s *Stay) { s.DischargedAt = night },
	} {
		s := Stay{ID: 1, Bed: "1A", AdmittedAt: night.Add(-time.Hour)}
		spoil(&s)
		found := s.Problems(night)
		if column == "" && len(found) > 0 || column != "" && (len(found) != 1 || found[0].Field != column) {
			t.Errorf("%q: %v", column, found)
		}
	}
}

func TestStays(t *testing.T) {
	stays := []Stay{{ID: 1, AdmittedAt: hours(0), DischargedAt: hours(10)}, {ID: 2, AdmittedAt: hours(10)}}
	for at, want := range map[float64]int64{-0.1: 0, 0: 1, 5: 1, 9.9: 1, 10: 2, 99: 2} {
		got := int64(0)
		if s := StayAt(stays, hours(at)); s != nil {
			got = s.ID
		}
		if got != want {
			t.Errorf("at %v h: stay %d, not %d", at, got, want)
		}
	}
	if StayAt(stays[:1], hours(11)) != nil {
		t.Error("a stay holds a time after it")
	}
}

func TestAlikeNames(t *testing.T) {
	var patients []Patient
	for i, name := range []string{"OKAFOR, Ada", "OKAFOR, Ida", "Okafur, Ada", "BERG, Nils", "NILS, Berg", "李, 明", "王, 芳",
		"MÜLLER, Jo", "Muller, Anneliese", "GARCÍA, Eva", "Luis Garcia", "LÊ, An", "le, Minh Anh", "Kim", "KIM, Bo", "Ana de Souza", "Rui Alves"} {
		patients = append(patients, Patient{ID: int64(i), Name: name})
	}
	alike := AlikeNames(patients)
	for i, want := range []bool{true, true, true, false, false, false, false, true, true, true, true, true, true, true, true, false, false} {
		if alike[int64(i)] != want {
			t.Errorf("%s: %v", patients[i].Name, alike[int64(i)])
		}
	}
}

func TestCheckProblems(t *testing.T) {
	b := newBed(icans.ICE)
	for field, spoil := range map[string]func(*Check){
		"":              func(*Check) {},
		"check_id":      func(c *Check) { c.ID = "" },
		"version":       func(c *Check) { c.Version = 0 },
		"status":        func(c *Check) { c.Version, c.Status, c.Reason = 2, Recorded, "other" },
		"reason":        func(c *Check) { c.Version, c.Status = 2, Withdrawn },
		"performed_at":  func(c *Check) { c.PerformedAt = hours(-49) },
		"recorded_at":   func(c *Check) { c.Recorded.At = night.Add(time.Second) },
		"recorded_by":   func(c *Check) { c.Recorded.By = "" },
		"consciousness": func(c *Check) { c.Findings.Consciousness = 77 },
		"note":          func(c *Check) { c.Note = "a\x00b" },
		"motor":         func(c *Check) { c.Findings.Motor = 9 },

		"other_cause_note": func(c *Check) { c.Findings.OtherCause = icans.DomainScore },
		"uncertain_cause": func(c *Check) {
			c.Findings.OtherCause, c.Findings.UncertainCause, c.CauseNote = icans.DomainScore, icans.DomainScore, "propofol"
		},
	} {
		c := b.check(-1, -0.9, "ice 10")
		spoil(&c)
		found := c.Problems(b.Stays, night)
		if field == "" && len(found) > 0 || field != "" && (len(found) == 0 || found[0].Field != field) {
			t.Errorf("%q: %v", field, found)
		}
	}
	future := b.check(0.1, 0.1, "ice 10")
	if found := future.Problems(b.Stays, night); len(found) == 0 || found[0].Reason != "is in the future" {
		t.Error(found)
	}
	b.Stays[0].DischargedAt = hours(-20)
	b.Stays = append(b.Stays, Stay{ID: 2, AdmittedAt: hours(-10)})
	for at, fine := range map[float64]bool{-48: true, -20: true, -15: false, -10: true, -9: true} {
		c := b.check(at, at, "ice 10")
		if found := c.Problems(b.Stays, night); (len(found) == 0) != fine {
			t.Errorf("performed at %v h: %v", at, found)
		}
	}
}

func TestClean(t *testing.T) {
	for dirty, want := range map[string]string{
		"OKAFOR, Ada":              "OKAFOR, Ada",
		"  two   blanks ":          "two blanks",
		"\x1b[31mred\x1b[0m":       "[31mred[0m",
		"\x1b]52;c;aGk=\x07":       "]52;c;aGk=",
		"a\u009b31mb":              "a31mb",
		"a\u202eb\u2066c\u200e":    "abc",
		"nul\x00 \ufeffbom":        "nul bom",
		"line\nbreak\ttab\u2028ls": "line break tab ls",
		"bad \xff utf":             "bad \ufffd utf",
		"wide\u00a0\u3000blanks":   "wide blanks",
		"中村, 健 المصري":             "中村, 健 المصري",
		"0042317\u200b":            "0042317",
		"a\u00adb\u2060c\ufffb":    "abc",
		"tag\U000e0041":            "tag",
	} {
		if got := CleanLine(dirty); got != want {
			t.Errorf("%q becomes %q, not %q", dirty, got, want)
		}
	}
	for _, name := range []string{"الحسن, عمر", "לוי, יעל", "शर्मा, अनिल", "NGUYỄN, Thị Hương", "e\u0301le\u0300ve", "🇵🇹"} {
		if got := CleanLine(name); got != name {
			t.Errorf("%q, which harms nobody, becomes %q", name, got)
		}
	}
	if got := CleanText("a\r\nb\tc\x07\n"); got != "a\nb\tc" {
		t.Errorf("%q", got)
	}
}

func cleanHolds(t interface{ Fatalf(string, ...any) }, s string) {
	for name, clean := range map[string]func(string) string{"line": CleanLine, "text": CleanText} {
		got := clean(s)
		if !utf8.ValidString(got) || clean(got) != got {
			t.Fatalf("%s: %q becomes %q, which is not clean", name, s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) && (name == "line" || r != '\n' && r != '\t') || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%s: %q holds %U", name, got, r)
			}
		}
	}
}

func TestCleanIsClean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { cleanHolds(t, rapid.String().Draw(t, "text")) })
	rapid.Check(t, func(t *rapid.T) { cleanHolds(t, string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))) })
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "\x1b[2J", "\u202e", "\r\n", "\x85", "\xc2\x9b", " a "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) { cleanHolds(t, s) })
}

func TestMomentKeepsTheMillisecondAndTheOffset(t *testing.T) {
	at := time.Date(2026, 3, 17, 2, 10, 0, 123_456_789, time.FixedZone("", 5*3600+45*60))
	got := Moment(at)
	if _, offset := got.Zone(); offset != 5*3600+45*60 || got.Nanosecond() != 123_000_000 || at.Sub(got) >= time.Millisecond {
		t.Error(got)
	}
	if !Moment(time.Time{}).IsZero() {
		t.Error("no time became one")
	}
}

func TestElapsed(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour: "0 min", 59 * time.Second: "0 min", 5 * time.Minute: "5 min", time.Hour: "1 h", 130 * time.Minute: "2 h 10 min", 24 * time.Hour: "1 d", 76 * time.Hour: "3 d 4 h",
	} {
		if got := Elapsed(d); got != want {
			t.Errorf("%v: %q, not %q", d, got, want)
		}
	}
}

func TestZones(t *testing.T) {
	for name, ok := range map[string]bool{"Europe/Lisbon": true, "UTC": true, "": false, "Local": false, "Europe/Nowhere": false, "../etc/passwd": false} {
		if err := (Ward{Name: "w", Zone: name}).Validate(); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestByCheckPutsVersionsTogether(t *testing.T) {
	v := func(id string, version int, at time.Duration, old bool) Check {
		return Check{ID: id, Version: version, PerformedAt: night.Add(-at), Superseded: old}
	}
	got := ByCheck([]Check{v("b", 2, 0, false), v("a", 1, time.Hour, false), v("b", 1, 2*time.Hour, true)})
	if got[0].ID != "b" || got[0].Version != 2 || got[1].ID != "b" || got[1].Version != 1 || got[2].ID != "a" {
		t.Errorf("%+v", got)
	}
}

func TestImportRow(t *testing.T) {
	known := valid()
	in := ImportRow{Patient: Patient{MRN: "0042", Name: "OKAFOR, Ada", BirthDate: Date{1961, 3, 14}}}
	if e := in.Identity(&known); e != nil {
		t.Error(e)
	}
	in.Patient.BirthDate.Day = 15
	if e := in.Identity(&known); e == nil || e.Field != "birth_date" {
		t.Error(e)
	}
	saved := newBed(icans.ICE).course("0 ice 8").Last()
	for _, c := range []struct {
		claims []Claim
		wrong  string
	}{
		{[]Claim{{"score", "8"}, {"icans_grade", "1"}, {"flag", "grade1"}, {"flag_reasons", "grade_1"}}, ""},
		{[]Claim{{"score", "9"}, {"flag", "none"}}, "score flag"},
		{[]Claim{{"flag", "grade1"}, {"flag_reasons", "grade_1;ice_drop_2"}}, ""}, // the source has other checks
		{[]Claim{{"flag", "urgent"}, {"flag_reasons", "grade_1;grade_up_2"}}, ""},
		{[]Claim{{"flag", "none"}, {"flag_reasons", "at_baseline"}}, ""},
		{[]Claim{{"flag", "urgent"}, {"flag_reasons", "grade_1"}}, "flag"},
		{[]Claim{{"flag_reasons", "grade_2"}}, "flag_reasons"},
		{[]Claim{{"flag_reasons", ""}}, "flag_reasons"},
	} {
		in.Claimed = c.claims
		var wrong []string
		for _, e := range in.Differs(saved, 0) {
			wrong = append(wrong, e.Field)
		}
		if got := strings.Join(wrong, " "); got != c.wrong {
			t.Errorf("%v: %q, not %q", c.claims, got, c.wrong)
		}
	}
}

func TestMRNsAreComparedFolded(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"0042317", "0042317\u200b", true},
		{"0042317", "００４２３１７", true},
		{"ab12", "AB12", true},
		{" 0042317 ", "0042317", true},
		{"straße", "STRASSE", true},
		{"0042317", "42317", false}, // leading zeros count: a person is asked
		{"0042317", "004 2317", false},
	} {
		if (FoldMRN(c.a) == FoldMRN(c.b)) != c.same {
			t.Errorf("%q and %q: %q and %q", c.a, c.b, FoldMRN(c.a), FoldMRN(c.b))
		}
	}
}
