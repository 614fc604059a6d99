package ward

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"neurocheck/internal/icans"
)

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
	return Patient{MRN: "0042", Name: "OKAFOR, Ada", BirthDate: Date{1961, 3, 14}, Tool: icans.ICE, AdmittedAt: night.Add(-time.Hour)}
}

func TestPatientProblems(t *testing.T) {
	if p := valid(); len(p.Problems(night)) != 0 {
		t.Fatal(p.Problems(night))
	}
	for column, spoil := range map[string]func(*Patient){
		"mrn":           func(p *Patient) { p.MRN = "" },
		"name":          func(p *Patient) { p.Name = "\x1b[31mred" },
		"birth_date":    func(p *Patient) { p.BirthDate = Date{2027, 1, 1} },
		"bed":           func(p *Patient) { p.Bed = strings.Repeat("1", 21) },
		"infused_at":    func(p *Patient) { p.InfusedAt = night.AddDate(0, 3, 0) },
		"patient_tool":  func(p *Patient) { p.Tool = 0 },
		"baseline":      func(p *Patient) { p.Baseline = icans.Scored(11) },
		"admitted_at":   func(p *Patient) { p.AdmittedAt = night.Add(time.Minute) },
		"discharged_at": func(p *Patient) { p.DischargedAt, p.Discharge = night.Add(-2*time.Hour), "home" },
		"discharge":     func(p *Patient) { p.DischargedAt = night },
	} {
		p := valid()
		spoil(&p)
		if found := p.Problems(night); len(found) != 1 || found[0].Field != column || found[0].Kind != KindInvalid {
			t.Errorf("%s: %v", column, found)
		}
	}
}

func TestAlikeNames(t *testing.T) {
	var patients []Patient
	for i, name := range []string{"OKAFOR, Ada", "OKAFOR, Ida", "Okafur, Ada", "BERG, Nils", "NILS, Berg", "李, 明", "王, 芳"} {
		patients = append(patients, Patient{ID: int64(i), Name: name})
	}
	alike := AlikeNames(patients)
	for i, want := range []bool{true, true, true, false, false, false, false} {
		if alike[int64(i)] != want {
			t.Errorf("%s: %v", patients[i].Name, alike[int64(i)])
		}
	}
}

func TestCheckProblems(t *testing.T) {
	p := valid()
	for field, spoil := range map[string]func(*Check){
		"":              func(*Check) {},
		"check_id":      func(c *Check) { c.ID = "" },
		"version":       func(c *Check) { c.Version = 0 },
		"status":        func(c *Check) { c.Version, c.Status, c.Reason = 2, Recorded, "other" },
		"reason":        func(c *Check) { c.Version, c.Status = 2, Withdrawn },
		"performed_at":  func(c *Check) { c.PerformedAt = night.Add(-2 * time.Hour) },
		"recorded_at":   func(c *Check) { c.Recorded.At = night.Add(time.Second) },
		"recorded_by":   func(c *Check) { c.Recorded.By = "" },
		"consciousness": func(c *Check) { c.Findings.Consciousness = 77 },
		"note":          func(c *Check) { c.Note = "a\x00b" },
	} {
		c := *seen(night.Add(-time.Minute), nil)
		spoil(&c)
		found := c.Problems(&p, night)
		if field == "" && len(found) > 0 || field != "" && (len(found) == 0 || found[0].Field != field) {
			t.Errorf("%q: %v", field, found)
		}
	}
	future := *seen(night.Add(time.Minute), nil)
	if found := future.Problems(&p, night); len(found) == 0 || found[0].Reason != "lies in the future" {
		t.Error(found)
	}
}

func TestSlips(t *testing.T) {
	adult, child := valid(), valid()
	child.BirthDate = Date{2020, 1, 1}
	for _, c := range []struct {
		name  string
		p     Patient
		check *Check
		last  *Check
		want  string
	}{
		{"nothing", adult, seen(night, nil), nil, ""},
		{"points beside unarousable", adult, seen(night, func(x *icans.Findings) { x.Consciousness = icans.Unarousable }), nil, "10 points of ICE beside unarousable"},
		{"CAPD for an adult", adult, seen(night, func(x *icans.Findings) { *x = icans.Findings{Tool: icans.CAPD} }), nil, "CAPD for an adult of 65 years"},
		{"ICE for a child", child, seen(night, nil), nil, "ICE for a child of 6 years"},
		{"far from the last", adult, seen(night, lost(4)), seen(night.Add(-8*time.Hour), nil), "ICE 6, and 10 at the last check"},
		{"three is not far", adult, seen(night, lost(3)), seen(night.Add(-8*time.Hour), nil), ""},
		{"long ago", adult, seen(night.Add(-121*time.Minute), nil), nil, "performed 2 h 1 min ago"},
	} {
		if got := strings.Join(c.check.Slips(&c.p, c.last, night), "; "); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestFollowUpCloses(t *testing.T) {
	nurse, doctor := Staff{Name: "Sam", Role: Nurse}, Staff{Name: "Reis", Role: Clinician}
	taken := FollowUp{Opened: Sign("Sam", night), Acked: Sign("Sam", night)}
	for _, c := range []struct {
		name          string
		f             FollowUp
		by            Staff
		outcome, note string
		kind          Kind
	}{
		{"a clinician confirms", taken, doctor, ConfirmedICANS, "n", 255},
		{"a nurse does not", taken, nurse, ConfirmedICANS, "n", KindInvalid},
		{"a nurse does not resolve", taken, nurse, "resolved", "n", KindInvalid},
		{"an administrator does not", taken, Staff{Name: "Kim", Role: Admin}, "resolved", "n", KindInvalid},
		{"a clinician resolves", taken, doctor, "resolved", "n", 255},
		{"without a note", taken, doctor, "resolved", "", KindInvalid},
		{"with no outcome", taken, doctor, "", "n", KindInvalid},
		{"before anybody took it", FollowUp{Opened: Sign("Sam", night)}, doctor, "resolved", "n", KindConflict},
		{"twice", FollowUp{Acked: Sign("Sam", night), Closed: Sign("Sam", night)}, doctor, "resolved", "n", KindConflict},
	} {
		err := c.f.Close(c.by, c.outcome, c.note)
		if c.kind == 255 && err != nil || c.kind != 255 && (err == nil || KindOf(err) != c.kind) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestICD10(t *testing.T) {
	eight := seen(night, lost(2)).Result
	open := seen(night, func(x *icans.Findings) { x.Consciousness = 0 }).Result
	for want, got := range map[string]string{
		"":       ICD10(&FollowUp{Outcome: "resolved"}, eight),
		"G92.01": ICD10(&FollowUp{Outcome: ConfirmedICANS}, eight),
		"G92.00": ICD10(&FollowUp{Outcome: ConfirmedICANS}, open),
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
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
	} {
		if got := CleanLine(dirty); got != want {
			t.Errorf("%q becomes %q, not %q", dirty, got, want)
		}
	}
	for _, name := range []string{"الحسن, عمر", "לוי, יעל", "शर्मा, अनिल", "NGUYỄN, Thị Hương", "e\u0301le\u0300ve", "👩\u200d👩\u200d👧", "🇵🇹", "می\u200cخواهم", "a\u00adb"} {
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

func TestIntake(t *testing.T) {
	known := valid()
	in := Intake{Patient: Patient{MRN: "0042", Name: "OKAFOR, Ada", BirthDate: Date{1961, 3, 14}}}
	if e := in.Identity(&known); e != nil {
		t.Error(e)
	}
	in.Patient.BirthDate.Day = 15
	if e := in.Identity(&known); e == nil || e.Field != "birth_date" {
		t.Error(e)
	}
	saved := seen(night, lost(2))
	in.Claimed = []Claim{{"score", "8"}, {"icans_grade", "1"}, {"flag", "grade1"}, {"flag_reasons", "grade_1;ice_drop_2"}}
	if found := in.Differs(saved); len(found) != 0 {
		t.Errorf("what another log compared with: %v", found)
	}
	in.Claimed = []Claim{{"score", "9"}, {"flag", "none"}}
	if found := in.Differs(saved); len(found) != 2 || found[0].Field != "score" || found[1].Field != "flag" {
		t.Error(found)
	}
}
