package hl7

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

func lisbon(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func city(t testing.TB) Profile {
	return Profile{Authority: "CITY", IDType: "MR", Processing: "P", Zone: lisbon(t)}
}

// sample is a message whose lines a test changes.
const sample = `MSH|^~\&|ADT|CITY|NEUROCHECK|H4|20261120080500||ADT^A01|1001|P|2.5.1
EVN|A01|20261120080500
PID|||0042317^^^CITY^MR||OKAFOR^Ada^^^^^L||19610314
PV1||I|H4^12^A||||2201^NAIR^Priya||||||||||||V1001|||||||||||||||||||||||||20261120080000
`

// with returns the sample with parts replaced: pairs of old and new text.
func with(t testing.TB, pairs ...string) []byte {
	t.Helper()
	text := strings.ReplaceAll(sample, "\n", "\r")
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the sample does not hold %q", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return []byte(text)
}

// read returns the fields of a message that is expected to be good.
func read(t testing.TB, raw []byte) ADT {
	t.Helper()
	m, err := Parse(raw, city(t))
	if err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	a, err := m.ADT()
	if err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	return a
}

// faultOf returns the error of reading a message.
func faultOf(t testing.TB, raw []byte) error {
	t.Helper()
	m, err := Parse(raw, city(t))
	if err == nil {
		_, err = m.ADT()
	}
	return err
}

func TestFieldsThatAreRead(t *testing.T) {
	a := read(t, with(t))
	if a.Event != "A01" || a.ControlID != "1001" || a.Application != "ADT" || a.Facility != "CITY" || a.Historic {
		t.Errorf("header: %+v", a)
	}
	at := time.Date(2026, 11, 20, 8, 5, 0, 0, lisbon(t))
	if !a.Sent.At.Equal(at) || !a.Recorded.At.Equal(at) || a.Sent.Precision != PrecisionSecond {
		t.Errorf("times: %+v", a)
	}
	p := a.Persons[0]
	if p.MRN != "0042317" || p.Name() != "OKAFOR, Ada" || p.BirthDate != (Date{1961, 3, 14}) || p.Died {
		t.Errorf("person: %+v", p)
	}
	v := p.Visit
	if v.Class != "I" || strings.Join(v.Place[:3], "^") != "H4^12^A" || v.Clinician.Text != "NAIR, Priya" || v.Number != "V1001" {
		t.Errorf("visit: %+v", v)
	}
	if !v.Admitted.At.Equal(time.Date(2026, 11, 20, 8, 0, 0, 0, lisbon(t))) || v.Discharged.Precision != PrecisionNone {
		t.Errorf("movements: %+v", v)
	}
}

// Each row changes the sample, and says how one field is read then.
func TestFields(t *testing.T) {
	person := func(read func(*Person) string) func(*ADT) string {
		return func(a *ADT) string { return read(&a.Persons[0]) }
	}
	name := person((*Person).Name)
	mrn := person(func(p *Person) string { return p.MRN })
	born := person(func(p *Person) string {
		if p.BirthDate == (Date{}) {
			return "unknown"
		}
		return time.Date(p.BirthDate.Year, p.BirthDate.Month, p.BirthDate.Day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	})
	value := func(v Value) string {
		if v.Clear {
			return "cleared"
		}
		return v.Text
	}
	language := person(func(p *Person) string { return value(p.Language) })
	clinician := person(func(p *Person) string { return value(p.Visit.Clinician) })
	event := func(a *ADT) string { return a.Event }
	place := person(func(p *Person) string {
		if p.Visit.PlaceClear {
			return "cleared"
		}
		return strings.Join(p.Visit.Place, ",")
	})
	const pid, pv1 = "OKAFOR^Ada^^^^^L", "H4^12^A"
	for _, c := range []struct {
		about    string
		old, new string
		read     func(*ADT) string
		want     string
	}{
		{"suffix and middle name", pid, "OKAFOR^Ada^Grace^III^^^L", name, "OKAFOR III, Ada Grace"},
		{"legal name among others", pid, "X^Y^^^^^A~Z^W~OKAFOR^Ada^^^^^L", name, "OKAFOR, Ada"},
		{"name without a type", pid, "X^Y^^^^^D~OKAFOR^Ada", name, "OKAFOR, Ada"},
		{"another type", pid, "X^Y^^^^^M~X^Y^^^^^S~X^Y^^^^^N~OKAFOR^Ada^^^^^D", name, "OKAFOR, Ada"},
		{"aliases alone", pid, "X^Y^^^^^A", name, ""},
		{"family with parts", pid, "VAN DAM&VAN&DAM^Ada^^^^^L", name, "VAN DAM, Ada"},
		{"family name alone", pid, "OKAFOR", name, "OKAFOR"},
		{"a name is never cleared", pid, `""`, name, ""},
		{"escapes", pid, `O\T\K\S\A\F\F\R\O\E\R^Ada`, name, `O&K^A|F~O\R, Ada`},
		{"escaped escape is read once", pid, `A\E\R\^Ada`, name, `A\R\, Ada`},
		{"a backslash alone", pid, `\^Ada`, name, `\, Ada`},
		{"unknown escape", pid, `A\Q\B^Ada`, name, `A\Q\B, Ada`},
		{"an escape after a lone backslash", pid, `A\B\T\C^Ada`, name, `A\B&C, Ada`},
		{"unfinished escape", pid, `A\TB^Ada`, name, `A\TB, Ada`},
		{"highlight and own escapes", pid, `\H\A\N\B\Zx1\C^Ada`, name, "ABC, Ada"},
		{"formatting is a blank", pid, `A\.br\B^Ada`, name, "A B, Ada"},
		{"hexadecimal", pid, `\X4F4B\^Ada`, name, "OK, Ada"},
		{"hexadecimal control", pid, `A\X0D\B^Ada`, name, "A B, Ada"},
		{"odd hexadecimal", pid, `A\X4\B^Ada`, name, `A\X4\B, Ada`},
		{"no truncation sign", pid, `A\P\B^Ada`, name, `A\P\B, Ada`},
		{"UTF-8 without a declaration", pid, "SØRENSEN^Bjørg", name, "SØRENSEN, Bjørg"},
		{"composed", pid, "SO\u0308DER^A", name, "SÖDER, A"},
		{"line feed in a field", pid, "OKA\nFOR^Ada", name, "OKA FOR, Ada"},
		{"time after the birth date", "19610314", "19610314120000", born, "1961-03-14"},
		{"year alone", "19610314", "1961", born, "unknown"},
		{"zeros", "19610314", "00000000", born, "unknown"},
		{"impossible day", "19610314", "19610230", born, "unknown"},
		{"leap day", "19610314", "20240229", born, "2024-02-29"},
		{"words", "19610314", "unknown!", born, "unknown"},
		{"authority by OID", "0042317^^^CITY^MR", "1^^^X&1.2.3&ISO^MR~0042317^^^X&CITY&ISO^MR", mrn, "0042317"},
		{"other identifiers first", "0042317^^^CITY^MR", `""^^^REG^NN~7781^^^GP^PI~0042317^^^CITY^MR`, mrn, "0042317"},
		{"same identifier twice", "0042317^^^CITY^MR", "0042317^^^CITY^MR~0042317^^^CITY^MR", mrn, "0042317"},
		{"language by name", "19610314", "19610314||||||||pt^Portuguese", language, "Portuguese"},
		{"language by code", "19610314", "19610314||||||||pt", language, "pt"},
		{"language cleared", "19610314", `19610314||||||||""`, language, "cleared"},
		{"clinician by number", "2201^NAIR^Priya", "2201", clinician, "2201"},
		{"first clinician", "2201^NAIR^Priya", "1^LEE^Sam~2201^NAIR^Priya", clinician, "LEE, Sam"},
		{"clinician cleared", "2201^NAIR^Priya", `""`, clinician, "cleared"},
		{"place", pv1, "H4^12^A^CITY&1.2", place, "H4,12,A,CITY,,,,,,,"},
		{"place cleared", pv1, `""`, place, "cleared"},
		{"bed cleared", pv1, `H4^""^""`, place, "H4,,,,,,,,,,"},
		{"event in EVN-1 alone", "ADT^A01", "ADT", event, "A01"},
		{"MSH-9 before EVN-1", "EVN|A01", "EVN|A02", event, "A01"},
		{"structure", "ADT^A01", "ADT^A04^ADT_A01", event, "A04"},
	} {
		a := read(t, with(t, c.old, c.new))
		if got := c.read(&a); got != c.want {
			t.Errorf("%s: %q is read as %q, want %q", c.about, c.new, got, c.want)
		}
	}
}

func TestOtherFields(t *testing.T) {
	a := read(t, with(t, "EVN|A01|20261120080500", "EVN|A01|20261120080500||||20261120075500", "19610314", "19610314|||||||||||||||||||||||Y",
		"20261120080000", "20261120080000|20261121"))
	p := a.Persons[0]
	if !p.Died || p.Visit.Discharged.Precision != PrecisionDay || a.Occurred.At.Minute() != 55 {
		t.Errorf("%+v", a)
	}
	raw := append(with(t, "|V1001|||||||||||||||||", "|V1001|||||||||||||||||20"), []byte("ZBE|1|2|3|UPDATE|Y\r")...)
	a = read(t, raw)
	if !a.Historic || a.Persons[0].Visit.Disposition != "20" {
		t.Errorf("%+v", a)
	}
	a = read(t, []byte("MSH|^~\\&|||||20261120080500||ADT^A40|1|P|2.3\rPID|||1^^^CITY^MR\rMRG|2^^^CITY^MR\rPID|||3^^^CITY^MR\rMRG|4^^^CITY^MR\rMRG|5^^^CITY^MR\r"))
	if len(a.Persons) != 2 || strings.Join(a.Persons[1].Prior, " ") != "4 5" || a.Persons[0].Prior[0] != "2" {
		t.Errorf("%+v", a)
	}
	a = read(t, with(t, "ADT^A01", "ADT^A20", "PID|||0042317^^^CITY^MR", "PID|||"))
	if a.Event != "A20" || len(a.Persons) != 0 {
		t.Errorf("an event that is not read: %+v", a)
	}
}

// PID-30 says whether the patient has died; a time of death in PID-29 says it if PID-30 is
// empty.
func TestDeath(t *testing.T) {
	born := "19610314" + strings.Repeat("|", 21) // up to PID-28
	for _, c := range []struct {
		fields string // PID-29 and PID-30
		died   bool
		at     string
	}{
		{"|", false, ""},
		{"|Y", true, ""},
		{"|N", false, ""},
		{"20261120070000|Y", true, "2026-11-20T07:00:00Z"},
		{"20261120070000+0100", true, "2026-11-20T06:00:00Z"},
		{"20261120", true, "2026-11-20T00:00:00Z"},
		{"20261120070000|N", false, "2026-11-20T07:00:00Z"},
		{`""|""`, false, ""},
		{`""|Y`, true, ""},
	} {
		p := read(t, with(t, "19610314", born+"|"+c.fields)).Persons[0]
		at := ""
		if p.DiedAt.Precision != PrecisionNone {
			at = p.DiedAt.At.UTC().Format(time.RFC3339)
		}
		if p.Died != c.died || at != c.at {
			t.Errorf("%s: died %v at %q, want %v at %q", c.fields, p.Died, at, c.died, c.at)
		}
	}
}

func TestOtherDelimiters(t *testing.T) {
	raw := []byte("MSH$%*@!$ADT$CITY$NEUROCHECK$H4$20261120080500$$ADT%A01$1001$P$2.5.1\rEVN$A01\rPID$$$0042317%%%CITY%MR$$A@S@B%C@F@\rPV1$$I$H4%12%A\r")
	if name := read(t, raw).Persons[0].Name(); name != "A%B, C$" {
		t.Errorf("%q", name)
	}
	seven := with(t, `MSH|^~\&|`, `MSH|^~\&#|`, "2.5.1", "2.7.1", "OKAFOR", `A\P\B`)
	if name := read(t, seven).Persons[0].Name(); name != "A#B, Ada" {
		t.Errorf("%q", name)
	}
}

// Each row changes the sample into a message that is refused, and has the error's code
// and place. No error repeats anything of the patient.
func TestFaults(t *testing.T) {
	long := strings.Repeat("A", MaxField+1)
	for _, c := range []struct {
		about    string
		old, new string
		code     Code
		at       string
	}{
		{"no control ID", "|1001|", "||", FieldMissing, "MSH^1^10"},
		{"control ID is null", "|1001|", `|""|`, FieldMissing, "MSH^1^10"},
		{"long control ID", "|1001|", "|" + strings.Repeat("1", 200) + "|", WrongData, "MSH^1^10"},
		{"not ADT", "ADT^A01", "ORU^R01", WrongType, "MSH^1^9"},
		{"no event", "ADT^A01|1001|P|2.5.1\rEVN|A01", "ADT|1001|P|2.5.1\rEVN|", FieldMissing, "MSH^1^9^1^2"},
		{"no event's form", "ADT^A01", "ADT^admit", WrongEvent, "MSH^1^9^1^2"},
		{"test system", "|P|", "|T|", WrongProcessing, "MSH^1^11"},
		{"no processing ID", "|P|", "||", FieldMissing, "MSH^1^11"},
		{"version 2.2", "2.5.1", "2.2", WrongVersion, "MSH^1^12"},
		{"version 3", "2.5.1", "3.0", WrongVersion, "MSH^1^12"},
		{"no version", "2.5.1", "", FieldMissing, "MSH^1^12"},
		{"fifth delimiter too early", `^~\&|`, `^~\&#|`, WrongData, "MSH^1^2"},
		{"UTF-16", "2.5.1", "2.5.1||||||UNICODE UTF-16", WrongData, "MSH^1^18"},
		{"ISO 2022", "2.5.1", "2.5.1||||||ISO IR87", WrongData, "MSH^1^18"},
		{"GB 18030", "2.5.1", "2.5.1||||||GB 18030-2000", WrongData, "MSH^1^18"},
		{"no time", "20261120080500||ADT^A01|1001|P|2.5.1\rEVN|A01|20261120080500", "||ADT^A01|1001|P|2.5.1\rEVN|A01|", FieldMissing, "MSH^1^7"},
		{"no hour", "20261120080500||ADT^A01|1001|P|2.5.1\rEVN|A01|20261120080500", "20261120||ADT^A01|1001|P|2.5.1\rEVN|A01|", FieldMissing, "MSH^1^7"},
		{"time in words", "EVN|A01|20261120080500", "EVN|A01|today", WrongData, "EVN^1^2"},
		{"month 13", "20261120080000", "20261320080000", WrongData, "PV1^1^44"},
		{"30 February", "20261120080000", "20260230080000", WrongData, "PV1^1^44"},
		{"hour 24", "20261120080000", "20261120240000", WrongData, "PV1^1^44"},
		{"time of death in words", "19610314", "19610314" + strings.Repeat("|", 22) + "at night", WrongData, "PID^1^29"},
		{"no identifier of ours", "0042317^^^CITY^MR", "0042317^^^CITY^PI", FieldMissing, "PID^1^3"},
		{"identifier is null", "0042317^^^CITY^MR", `""^^^CITY^MR`, FieldMissing, "PID^1^3"},
		{"two identifiers of ours", "0042317^^^CITY^MR", "0042317^^^CITY^MR~0042318^^^CITY^MR", DuplicateKey, "PID^1^3"},
		{"invalid UTF-8", "OKAFOR", "S\xd8RENSEN", WrongData, "PID^1^5"},
		{"bytes that ASCII lacks", "2.5.1\rEVN|A01|20261120080500\rPID|||0042317^^^CITY^MR||OKAFOR", "2.5.1||||||ASCII\rEVN|A01|20261120080500\rPID|||0042317^^^CITY^MR||SØR", WrongData, "PID^1^5"},
		{"character set escape", "OKAFOR", `\C2842\OKAFOR`, WrongData, "PID^1^5"},
		{"second character set escape", "OKAFOR", `\M2442\OKAFOR`, WrongData, "PID^1^5"},
		{"ISO 2022 in a field", "OKAFOR", "\x1b$BOKAFOR", WrongData, "PID^1^5"},
		{"long field", "OKAFOR", long, WrongData, "PID^1^5"},
		{"many repetitions", "OKAFOR^Ada^^^^^L", strings.Repeat("A~", 200) + "B", WrongData, "PID^1^5"},
		{"long header field", "|CITY|", "|" + long + "|", WrongData, "MSH^1^4"},
		{"no PID", "PID|", "XID|", SegmentMissing, "PV1^1"},
		{"no PV1", "PV1|", "XV1|", SegmentMissing, "PV1^1"},
		{"two patients", "PV1||", "PID|||2^^^CITY^MR\rPV1||", SegmentMissing, "PID^2"},
		{"two visits", "PV1||", "PV1||I|H4\rPV1||", SegmentMissing, "PV1^2"},
		{"one patient of two", "ADT^A01", "ADT^A17", SegmentMissing, "PID^2"},
		{"no MRG", "ADT^A01", "ADT^A40", SegmentMissing, "MRG^1"},
		{"merged into itself", "ADT^A01|1001|P|2.5.1\rEVN|A01|20261120080500\rPID|||0042317^^^CITY^MR||OKAFOR^Ada^^^^^L||19610314", "ADT^A40|1001|P|2.5.1\rPID|||0042317^^^CITY^MR\rMRG|0042317^^^CITY^MR", DuplicateKey, "MRG^1^1"},
		{"broken line in a segment that is read", "19610314", "1961\r0314", SegmentMissing, "PID^1"},
		{"a second header", "PV1||", `MSH|^~\&|` + "\rPV1||", SegmentMissing, "MSH^2"},
		{"1,001 segments", "PV1||", strings.Repeat("ZZZ|1\r", 998) + "PV1||", WrongData, "MSH^1"},
	} {
		var e *Error
		err := faultOf(t, with(t, c.old, c.new))
		if !errors.As(err, &e) || e.Code != c.code || e.At.String() != c.at {
			t.Errorf("%s: %v, want %d at %s", c.about, err, c.code, c.at)
			continue
		}
		for _, data := range []string{"0042317", "OKAFOR", "1961", "Ada", "V1001"} {
			if strings.Contains(err.Error(), data) {
				t.Errorf("%s: the error holds data of the patient: %v", c.about, err)
			}
		}
	}
}

// These bounds and oddities are taken.
func TestWithinTheBounds(t *testing.T) {
	for about, raw := range map[string][]byte{
		"1,000 segments":           with(t, "PV1||", strings.Repeat("ZZZ|1\r", 996)+"PV1||"),
		"200 repetitions":          with(t, "OKAFOR^Ada^^^^^L", strings.Repeat("A^B^^^^^A~", 199)+"OKAFOR^Ada^^^^^L"),
		"long field of a Z":        with(t, "PV1||", "ZZZ|"+strings.Repeat("A", MaxField+1)+"\rPV1||"),
		"broken line of a Z":       with(t, "PV1||", "ZZZ|A\rB\rPV1||"),
		"any bytes of a Z":         with(t, "PV1||", "ZZZ|\xff\xfe\x1b\rPV1||"),
		"CR LF":                    bytes.ReplaceAll(with(t), []byte("\r"), []byte("\r\n")),
		"LF":                       bytes.ReplaceAll(with(t), []byte("\r"), []byte("\n")),
		"empty lines":              bytes.ReplaceAll(with(t), []byte("\r"), []byte("\r\r")),
		"byte order mark":          append([]byte("\xef\xbb\xbf"), with(t)...),
		"no end of the last line":  bytes.TrimRight(with(t), "\r"),
		"version 2.3":              with(t, "2.5.1", "2.3"),
		"version 2.8.2 with parts": with(t, "2.5.1", "2.8.2^PRT"),
		"processing mode":          with(t, "|P|", "|P^T|"),
	} {
		if err := faultOf(t, raw); err != nil {
			t.Errorf("%s: %v", about, err)
		}
	}
}

func TestNoHeader(t *testing.T) {
	utf16 := make([]byte, 0, 40)
	for _, c := range []byte(`MSH|^~\&|ADT`) {
		utf16 = append(utf16, c, 0)
	}
	for _, raw := range [][]byte{
		nil, []byte("\r\n"), []byte("MSH"), []byte("MSH|"), []byte("MSH|^~"), []byte("PID|1"), []byte(`MSH|^^\&|ADT`),
		[]byte(`MSH|^~\||ADT`), []byte(`MSHA^~\&|ADT`), []byte("MSH|^~\\\xc3|ADT"), []byte(`MSH|^~\&#?|ADT`), []byte("MSH|^~\\ |ADT"), utf16,
	} {
		if m, err := Parse(raw, city(t)); !errors.Is(err, ErrNoHeader) || m != nil {
			t.Errorf("%q: %v", raw, err)
		}
	}
	if _, err := Parse([]byte(`MSH|^~\&`), city(t)); err == nil || errors.Is(err, ErrNoHeader) {
		t.Errorf("a header without fields: %v", err)
	}
}

func TestCharsets(t *testing.T) {
	for name, c := range map[string]struct{ bytes, want string }{
		"8859/1": {"S\xd8R", "SØR"}, "ISO-8859-1": {"\x80", "€"}, "ISO 8859/15": {"\xa4", "€"}, "8859/2": {"\xa3", "Ł"},
		"8859/5": {"\xb0", "А"}, "8859/7": {"\xc1", "Α"}, "8859/9": {"\xdd", "İ"}, "WINDOWS-1252": {"\x9c", "œ"},
		"windows-1250": {"\x8a", "Š"}, "CP1251": {"\xc0", "А"}, "UNICODE UTF-8": {"Ø", "Ø"}, "UTF-8": {"Ø", "Ø"}, "utf8": {"Ø", "Ø"},
		"UNICODE": {"Ø", "Ø"}, "ASCII": {"O", "O"}, "KS X 1001": {"\xb1\xe8", "김"}, "8859/1~ISO IR87": {"\xd8", "Ø"},
		"8859/1\r": {`\XD8\`, "Ø"}, "UNICODE UTF-8\r": {`\XC3\\X98\`, "Ø"},
	} {
		a := read(t, with(t, "2.5.1", "2.5.1||||||"+strings.TrimSpace(name), "OKAFOR", c.bytes))
		if got := a.Persons[0].Family; got != c.want {
			t.Errorf("%s: %q is read as %q, want %q", name, c.bytes, got, c.want)
		}
	}
	for _, name := range []string{"8859/12", "8859/16", "EBCDIC", "UNICODE UTF-32", "BIG-5", "JIS X 0202"} {
		if err := faultOf(t, with(t, "2.5.1", "2.5.1||||||"+name)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	p := city(t)
	p.Charset = "8859/1"
	m, err := Parse(with(t, "OKAFOR", "S\xd8R"), p)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := m.ADT(); err != nil || a.Persons[0].Family != "SØR" {
		t.Errorf("the site's character set: %+v %v", a, err)
	}
	p.Charset = "klingon"
	if _, err := Parse(with(t), p); err == nil || strings.Contains(err.Error(), "klingon") {
		t.Errorf("a setting that names no character set: %v", err)
	}
}

// The site takes any authority, any type, or both.
func TestIdentifierSettings(t *testing.T) {
	for _, c := range []struct {
		authority, kind, field, want string
		code                         Code
	}{
		{"", "MR", "1^^^A^PI~2^^^B^MR", "2", 0},
		{"", "MR", "1^^^A^MR~2^^^B^MR", "", DuplicateKey},
		{"CITY", "*", "1^^^CITY~2^^^B^MR", "1", 0},
		{"", "*", "1", "1", 0},
		{"", "*", "", "", FieldMissing},
		{"CITY", "MR", "1^^^city^MR", "", FieldMissing},
	} {
		p := city(t)
		p.Authority, p.IDType = c.authority, c.kind
		m, err := Parse(with(t, "0042317^^^CITY^MR", c.field), p)
		if err != nil {
			t.Fatal(err)
		}
		a, err := m.ADT()
		if c.code == 0 {
			if err != nil || a.Persons[0].MRN != c.want {
				t.Errorf("%+v: %+v %v", c, a, err)
			}
			continue
		}
		if e, ok := errors.AsType[*Error](err); !ok || e.Code != c.code {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// The key is that of the content, but for the time of sending.
func TestKey(t *testing.T) {
	key := func(raw []byte) Key {
		m, err := Parse(raw, city(t))
		if err != nil {
			t.Fatal(err)
		}
		return m.Key()
	}
	first := key(with(t))
	if key(with(t, "|20261120080500||", "|20261120090000||")) != first {
		t.Error("a message that is sent again has another key")
	}
	if key(bytes.ReplaceAll(with(t), []byte("\r"), []byte("\r\n"))) != first {
		t.Error("other line ends make another key")
	}
	for _, other := range [][]byte{with(t, "H4^12^A", "H4^12^B"), with(t, "|ADT|", "|ADX|"), with(t, "EVN|A01|20261120080500", "EVN|A01|20261120080501")} {
		if key(other) == first {
			t.Errorf("%q has the same key", other)
		}
	}
}

func TestBirthDateAtATime(t *testing.T) {
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	for d, known := range map[Date]bool{
		{}: false, {1961, 3, 14}: true, {2026, 11, 20}: true, {2026, 11, 21}: false, {1895, 11, 21}: true, {1895, 11, 20}: false,
	} {
		p := Person{BirthDate: d}
		if got := p.Born(at) != (Date{}); got != known {
			t.Errorf("%v is known: %v", d, got)
		}
	}
}
