package mapping

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"neurocheck/internal/csvlog"
)

var now = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)

// asRead returns the rows of a file as they are read, one a line, and its faults.
func asRead(t testing.TB, m *Map, file string, zone *time.Location) (rows, faults string, ignored Ignored) {
	t.Helper()
	f, summary, err := Read(strings.NewReader(file), m, csvlog.Options{Name: "f", Now: now, Zone: zone})
	if err != nil {
		t.Fatal(err)
	}
	var b, wrong strings.Builder
	for _, p := range f.Faults() {
		fmt.Fprintln(&wrong, p)
	}
	for row := range f.Rows() {
		for _, e := range row.Wrong {
			if len(f.Problems) == 0 {
				fmt.Fprintf(&wrong, "f:%d: %s: %s\n", row.Line, e.Field, e.Reason)
			}
		}
		if len(row.Wrong) == 0 {
			fmt.Fprintf(&b, "%d %s\n", row.Line, csvlog.Words(&row))
		}
	}
	return b.String(), wrong.String(), summary.Ignored
}

func mapOf(t testing.TB, text string) *Map {
	t.Helper()
	m, faults := parse([]byte(text))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return m
}

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

const (
	plain = "mrn,name,birth_date,performed_at,tool,ice_year,consciousness\n" +
		"0042317,\"Okafor, Ada\",1961-03-14,2026-11-20T08:00:00Z,ice,1,alert\n"
	plainRow = `performed_at=2026-11-20T08:00:00Z mrn=0042317 name="Okafor, Ada" birth_date=1961-03-14 patient_tool=ice admitted_at=2026-11-20T08:00:00Z tool=ice ice_year=1 consciousness=alert` + "\n"
)

// A cell with one meaning is read without a mapping, and each way in which it can be written
// means the same (cases.md D2, D3, C15).
func TestReadUnasked(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	body := strings.SplitAfterN(plain, "\n", 2)[1]
	for name, c := range map[string]struct {
		file string
		line int
	}{
		"as an export":             {plain, 2},
		"header in any spelling":   {"MRN,Name,Birth Date,Performed-At, TOOL ,Ice Year,Conscíousness\n" + body, 2},
		"semicolons":               {"mrn;name;birth_date;performed_at;tool;ice_year;consciousness\n0042317;Okafor, Ada;1961-03-14;2026-11-20T08:00:00Z;ice;1;alert\n", 2},
		"tabs":                     {"mrn\tname\tbirth_date\tperformed_at\ttool\tice_year\tconsciousness\n0042317\tOkafor, Ada\t1961-03-14\t2026-11-20T08:00:00Z\tice\t1\talert\n", 2},
		"bars":                     {"mrn|name|birth_date|performed_at|tool|ice_year|consciousness\n0042317|Okafor, Ada|1961-03-14|2026-11-20T08:00:00Z|ice|1|alert\n", 2},
		"a line for Excel":         {"sep=,\n" + plain, 3},
		"a line for Excel, quoted": {"\"sep=;\"\r\n" + strings.ReplaceAll(strings.ReplaceAll(plain, "\"Okafor, Ada\"", "Okafor_ Ada"), ",", ";"), 3},
		"title rows":               {"Patients of H4,,,,,,\n,,,,,,\nPatient,\"Okafor, Ada\",MRN,0042317,,,\n" + plain, 5},
		"empty rows":               {strings.Replace(plain, "\n", "\n,,,,,,\n\n", 1) + ",,,,,,\n,,,\n", 4},
		"columns without a name":   {strings.Replace(strings.Replace(plain, "consciousness\n", "consciousness,,\n", 1), "alert\n", "alert,,\n", 1), 2},
		"CR":                       {strings.ReplaceAll(plain, "\n", "\r"), 2},
		"CRLF and a mark":          {"\ufeff" + strings.ReplaceAll(plain, "\n", "\r\n"), 2},
		"UTF-16":                   {utf16, 2},
		"codes in any case":        {strings.NewReplacer(",ice,", ",ICE,", "alert", " Alert ").Replace(plain), 2},
		"1.0":                      {strings.Replace(plain, ",1,", ",1.0,", 1), 2},
		"01":                       {strings.Replace(plain, ",1,", ",01,", 1), 2},
		"yes":                      {strings.Replace(plain, ",1,", ",Yes,", 1), 2},
		"TRUE":                     {strings.Replace(plain, ",1,", ",TRUE,", 1), 2},
		"y":                        {strings.Replace(plain, ",1,", ",y,", 1), 2},
		"checked":                  {strings.Replace(plain, ",1,", ",Checked,", 1), 2},
		"an offset of two figures": {strings.Replace(plain, "T08:00:00Z", " 09:00+01", 1), 2},
		"an offset with a blank":   {strings.Replace(plain, "T08:00:00Z", " 09:00:00.000 +0100", 1), 2},
		"UTC":                      {strings.Replace(plain, "T08:00:00Z", " 8:00 UTC", 1), 2},
		"an offset from UTC":       {strings.Replace(plain, "T08:00:00Z", " 9:00 UTC+1", 1), 2},
		"an offset with a minus":   {strings.Replace(plain, "T08:00:00Z", "T07:00:00\u221201:00", 1), 2},
		"the basic form":           {strings.Replace(plain, "2026-11-20T08:00:00Z", "20261120T080000Z", 1), 2},
		"the basic form, local":    {strings.Replace(plain, "2026-11-20T08:00:00Z", "20261120T0800", 1), 2},
		"no offset":                {strings.Replace(plain, "T08:00:00Z", " 08:00:00", 1), 2},
		"midnight of a birth date": {strings.Replace(plain, "1961-03-14", "1961-03-14 00:00:00.000", 1), 2},
	} {
		rows, faults, _ := asRead(t, nil, c.file, zoneOf(t, "Europe/Lisbon"))
		got := strings.NewReplacer("+01:00", "Z", "-01:00", "Z", "T09:", "T08:", "T07:", "T08:", "+00:00", "Z", `"Okafor_ Ada"`, `"Okafor, Ada"`, "Okafor_ Ada", `"Okafor, Ada"`).Replace(rows)
		if want := fmt.Sprint(c.line, " ", plainRow); got != want || faults != "" {
			t.Errorf("%s:\n%s%s", name, cmp.Diff(want, got), faults)
		}
	}
}

// A cell with several meanings is refused, and no error repeats a word of the file that is
// none of ours.
func TestRefusedUnasked(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"an unknown column":    {strings.Replace(plain, "consciousness", "Okafor", 1), "f:1: column 7: unknown column; "},
		"a slip":               {strings.Replace(plain, "consciousness", "conciousness", 1), "f:1: conciousness: unknown column; the nearest known one is consciousness\n"},
		"a de-identified file": {strings.Replace(plain, "mrn,", "patient_id,", 1), "f:1: patient_id: unknown column; it is that of a de-identified export, which does not come back in\n"},
		"another date":         {strings.Replace(plain, "1961-03-14", "3/14/1961", 1), "f:2: birth_date: no date; write it as 1961-03-14\n"},
		"another time":         {strings.Replace(plain, "2026-11-20T08:00:00Z", "11/20/2026 8:00", 1), "f:2: performed_at: no time; "},
		"N/A":                  {strings.Replace(plain, ",1,", ",N/A,", 1), "f:2: ice_year: not allowed here; allowed: 0, 1, or empty\n"},
		"a hyphen":             {strings.Replace(plain, ",1,", ",-,", 1), "f:2: ice_year: not allowed here; "},
		"a full stop":          {strings.Replace(plain, ",alert", ",.", 1), "f:2: consciousness: not allowed here; "},
		"ragged":               {plain + "0042317,x\n", "f:3: row: 2 cells where the header has 7\n"},
		"an hour that comes twice": {strings.Replace(plain, "2026-11-20T08:00:00Z", "2026-10-25 01:30", 1),
			"f:2: performed_at: this hour came twice, because the clocks of Europe/Lisbon went back; "},
		"an hour that never is": {strings.Replace(plain, "2026-11-20T08:00:00Z", "2026-03-29 01:30", 1),
			"f:2: performed_at: the clocks of Europe/Lisbon went forward over this hour; "},
		"UTF-16 without a mark": {strings.Join(strings.Split(plain, ""), "\x00") + "\x00", "f:1: file: this is UTF-16 or UTF-32 without a mark, or no text; "},
		"30 February":           {strings.Replace(plain, "2026-11-20T08:00:00Z", "2026-02-30 01:30", 1), "f:2: performed_at: no such day\n"},
		"the future":            {strings.Replace(plain, "2026-11-20", "2027-11-20", 1), "f:2: performed_at: is in the future\n"},
		"a byte that is none":   {strings.Replace(plain, "Okafor", "Ok\xe4for", 1), "f:2: name: no UTF-8 at line 2, column "},
		"such a byte, in a table to be changed": {strings.Replace(strings.Replace(plain, "mrn", "MRN", 1), "Okafor", "Ok\xe4for", 1),
			"f:2: file: no UTF-8 at line 2, column 12; "},
		"no header":            {"0042317,\"Okafor, Ada\",1961-03-14\n", "f:1: header: no known column; "},
		"a workbook":           {"PK\x03\x04\x14\x00", "f:1: file: this is a workbook such as .xlsx; save the sheet as CSV UTF-8\n"},
		"no table":             {"", "f:1: header: missing; "},
		"columns without name": {strings.Replace(strings.Replace(plain, "consciousness\n", "consciousness,\n", 1), "alert\n", "alert,Okafor\n", 1), "f:2: column 8: this column has no name; "},
		"a column twice":       {strings.Replace(plain, "consciousness", "ICE-Year", 1), "f:1: ice_year: this column is there twice; "},
		"shifted columns":      {plain + "\"Okafor, Ada\",1961-03-14,2026-11-20T08:00:00Z,ice,1,alert,0042317\n", "f:3: "},
		"swapped columns":      {strings.Replace(plain, "ice,1,alert", "ice,alert,1", 1), "f:2: ice_year: not allowed here; "},
	} {
		_, faults, _ := asRead(t, nil, c.file, zoneOf(t, "Europe/Lisbon"))
		if !strings.HasPrefix(faults, c.want) {
			t.Errorf("%s:\n%s", name, cmp.Diff(c.want, faults))
		}
		for _, word := range []string{"Okafor", "Ada", "0042317", "1961-03-14,", "3/14/1961"} {
			if strings.Contains(faults, word) {
				t.Errorf("%s: an error repeats %s:\n%s", name, word, faults)
			}
		}
	}
}

// A total alone is a stated total; with items it has to fit them, and claims are
// compared as numbers.
func TestTotals(t *testing.T) {
	const items = "mrn,performed_at,tool,unable,ice_year,ice_month,ice_city,ice_hospital,ice_naming,ice_command,ice_writing,ice_attention,score\n" +
		"1,2026-11-20T08:00:00Z,ice,"
	for cells, want := range map[string]string{
		",,,,,,,,,9":            "stated_total=9\n",
		",,,,,,,,,9.0":          "stated_total=9\n",
		",1,1,1,1,3,1,1,1,10.0": "ice_attention=1\n",
		",1,,,,,,,,9":           "ice_year=1 stated_total=9\n",
		",0,,,,,,,,10":          "score: the items make it 0 to 9\n",
		",,,,,,,,,11":           "score: higher than the tool's highest total, 10\n",
		",,,,,,,,,":             "tool=ice\n",
	} {
		rows, faults, _ := asRead(t, nil, items+cells+"\n", nil)
		if !strings.HasSuffix(rows+faults, want) {
			t.Errorf("%s: %s%s", cells, rows, faults)
		}
	}
}

func TestDates(t *testing.T) {
	for form, cases := range map[string]map[string]string{
		"mdy": {"11/20/2026 8:00": "2026-11-20 08:00:00", "11/20/2026 8:00 PM": "2026-11-20 20:00:00", "11/20/2026 12:05am": "2026-11-20 00:05:00",
			"3/14/1961": "1961-03-14", "11/20/26": "", "13/1/2026 13:00 PM": "", "11-20-2026 0805": "2026-11-20 08:05:00", "20-Nov-2026 08:00": "2026-11-20 08:00:00",
			"2026-11-20 08:00": ""},
		"dmy":   {"20.11.2026 08:00:30": "2026-11-20 08:00:30", "14/3/1961": "1961-03-14", "20 November 2026": "2026-11-20", "20-Abc-2026": ""},
		"ymd":   {"2026/11/20 8:00": "2026-11-20 08:00:00", "11/20/2026": "", "2026-11-20T08:00:00+01:00": ""},
		"excel": {"46346": "2026-11-20 00:00:00", "46346.3333333333": "2026-11-20 08:00:00", "46346,5": "2026-11-20 12:00:00", "1": "", "x": ""},
	} {
		for cell, want := range cases {
			if want == "" {
				want = cell
			}
			if got := dateForms[form].iso(cell, true); got != want {
				t.Errorf("%s: %s is %s, not %s", form, cell, got, want)
			}
		}
	}
	if got := excel.iso("22354", false); got != "1961-03-14" {
		t.Error(got)
	}
}

// A time of a record from REDCap that the ward's clock never showed is refused. One of the hour
// that comes twice is refused if the check is new, unless it has its offset; of a check that the
// log has it is one of the two, because the log compares wall clocks.
func TestRecordsOverAChangeOfTheClocks(t *testing.T) {
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	records := func(at, id string) string {
		return "record_id,redcap_event_name,redcap_repeat_instrument,log_id,mrn,check_id,performed_at,tool\n1,,,x,1,,,\n1,,neuro_check,,," + id + "," + at + ",ice\n"
	}
	never := "f:3: performed_at: the clocks of Europe/Lisbon went forward over this hour; write the time with its offset from UTC\n"
	for _, at := range []string{"2026-03-29 01:30:00", "2026-03-29 01:30"} {
		if rows, faults, _ := asRead(t, nil, records(at, ""), lisbon); rows != "" || faults != never {
			t.Errorf("%s: %s%s", at, rows, faults)
		}
	}
	twice := "f:3: performed_at: this hour came twice, because the clocks of Europe/Lisbon went back; write the time with its offset from UTC\n"
	if rows, faults, _ := asRead(t, nil, records("2026-10-25 01:30:00", ""), lisbon); rows != "" || faults != twice {
		t.Error(rows, faults)
	}
	for _, c := range [][3]string{
		{"2026-10-25 01:30:00", "a", "performed_at=2026-10-25T01:30:00"},
		{"2026-10-25 01:30:00+00:00", "", "performed_at=2026-10-25T01:30:00Z"},
		{"2026-10-25 02:30:00", "", "performed_at=2026-10-25T02:30:00Z"},
	} {
		if rows, faults, _ := asRead(t, nil, records(c[0], c[1]), lisbon); !strings.Contains(rows, c[2]) || faults != "" {
			t.Error(c, rows, faults)
		}
	}
}

// The files as data managers have them: hospital_test.go has their values.
func TestHospitalFiles(t *testing.T) {
	for name, want := range map[string]struct {
		rows    int
		first   string
		ignored Ignored
	}{
		"redcap-labels": {6, `2 performed_at=2023-11-20T08:00:00-05:00 mrn=0051120 name="DELGADO, María" birth_date=1961-03-14`, Ignored{Columns: 5}},
		"excel-wide":    {5, `4 performed_at=2023-10-20T08:00:00+02:00 mrn=0042317 name="SØRENSEN, Bjørg" birth_date=1958-11-07 bed=12A`, Ignored{Columns: 1}},
		"flowsheet":     {399, `2 performed_at=2023-09-01T08:00:00-05:00 mrn=00900100 name="FIELDING, Ida" birth_date=1940-01-11`, Ignored{Columns: 2, Items: 398, Rows: 91}},
	} {
		path := filepath.Join("../../testdata/hospital", name)
		m, err := Load(path + ".toml")
		if err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile(path + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		rows, faults, ignored := asRead(t, m, string(file), nil)
		if n := strings.Count(rows, " tool=ice"); faults != "" || n != want.rows || !strings.HasPrefix(rows, want.first) || ignored != want.ignored {
			t.Errorf("%s: %d rows, %+v\n%.300s%s", name, n, ignored, rows, faults)
		}
	}
}

// Words of the mapping replace theirs, and everything that is in no list is refused.
func TestWide(t *testing.T) {
	m := mapOf(t, `
[file]
encoding = "windows-1252"
zone = "Europe/Lisbon"
dates = "dmy"
missing = ["N/A", "-"]
ignore = ["Complete?"]
mrn_width = 7
[columns]
"Número" = "mrn"
"Quando" = "performed_at"
"Estado" = "consciousness"
"Total" = "score"
[constants]
tool = "ice"
[values.consciousness]
"Acordado, orientado" = "alert"
[strip]
score = ["/10", " pts"]
[mrn]
"77" = "0042317"
`)
	file := func(text string) string {
		encoded, err := charmap.Windows1252.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return encoded
	}
	const header = "NUMERO;Quando;estado;Total;Complete?\n"
	rows, faults, ignored := asRead(t, m, file(header+
		"42317;20.11.2026 08:00;ACORDADO, orientado;9/10;x\n77;20.11.2026 09:00;N/A;8 PTS;x\nAB1;20.11.2026 10:00;-;;x\n"), nil)
	want := `2 performed_at=2026-11-20T08:00:00Z mrn=0042317 admitted_at=2026-11-20T08:00:00Z tool=ice stated_total=9 consciousness=alert
3 performed_at=2026-11-20T09:00:00Z mrn=0042317 admitted_at=2026-11-20T08:00:00Z tool=ice stated_total=8
4 performed_at=2026-11-20T10:00:00Z mrn=AB1 admitted_at=2026-11-20T10:00:00Z tool=ice
`
	if diff := cmp.Diff(want, rows); diff != "" || faults != "" || ignored.Columns != 1 {
		t.Errorf("%s%s%+v", diff, faults, ignored)
	}
	for text, want := range map[string]string{
		"NUMERO;Quando;estado;Total;Other\n1;2;3;4;5\n":             "f:1: column 5: unknown column; ",
		"NUMERO;Quando;estado\n1;2;3\n":                             "f:1: score: the file has no column with the name that [columns] gives for this one\n",
		header + "1;20.11.2026 08:00;sleepy;;\n":                    "f:2: consciousness: not allowed here; ",
		header + "1;11/20/2026 08:00;alert;;\n":                     "f:2: performed_at: no ",
		"NUMERO;Quando;estado;Total;Tool\n1;2;3;4;5\n":              "f:1: tool: the file has this column, and [constants] too; ",
		"NUMERO;Quando;estado;Total;Score;Complete?\n1;2;3;4;5;6\n": "f:1: score: this column is there twice; ",
	} {
		if _, faults, _ := asRead(t, m, file(text), nil); !strings.HasPrefix(faults, want) {
			t.Errorf("%s\n%s", text, cmp.Diff(want, faults))
		}
	}
	// All faults come together, those of the table and those of cells.
	_, faults, _ = asRead(t, m, file(header+"1;2\n1;20.11.2026 08:00;sleepy;;\n"), nil)
	if want := "f:2: row: 2 cells where the header has 5\nf:3: consciousness: "; !strings.HasPrefix(faults, want) {
		t.Error(faults)
	}
}

const longMap = `
[file]
form = "long"
zone = "Europe/Lisbon"
[columns]
"PAT" = "mrn"
"AT" = "performed_at"
"NAME" = "name"
[constants]
tool = "ice"
[long]
group = ["PAT", "AT"]
item = "ITEM"
value = "VALUE"
ignore = ["PAIN"]
[items]
"YEAR" = "ice_year"
"MONTH" = "ice_month"
"ICP POSTURE" = "icp___posturing"
"ICP EDEMA" = "icp___focal_edema"
`

func TestLong(t *testing.T) {
	const header = "PAT,AT,NAME,ITEM,VALUE,ENTERED,OK\n"
	newest := strings.Replace(longMap, "ignore =", "newest = \"ENTERED\"\nonly = { OK = \"Yes\" }\nwithin = \"5m\"\nignore =", 1)
	missing := strings.Replace(newest, "[file]", "[file]\nmissing = [\"Unable\"]", 1)
	plainMap := strings.Replace(longMap, "[file]", "[file]\nignore = [\"ENTERED\", \"OK\"]", 1)
	row := func(line, at, rest string) string {
		return line + " performed_at=2026-11-20T" + at + ":00Z mrn=1 name=A admitted_at=2026-11-20T08:00:00Z tool=ice" + rest + "\n"
	}
	for name, c := range map[string]struct{ m, rows, want string }{
		"a check a time": {plainMap, "1,2026-11-20 08:00,A,YEAR,1,,\n1,2026-11-20 09:00,A,YEAR,0,,\n1,2026-11-20 08:00,A,MONTH,yes,,\n1,2026-11-20 08:00,A,PAIN,7,,\n",
			row("2", "08:00", " ice_year=1 ice_month=1") + row("3", "09:00", " ice_year=0")},
		"boxes": {plainMap, "1,2026-11-20 08:00,A,ICP POSTURE,Yes,,\n1,2026-11-20 08:00,A,ICP EDEMA,1,,\n", row("2", "08:00", " icp=focal_edema;posturing")},
		"two values": {plainMap, "1,2026-11-20 08:00,A,YEAR,1,,\n1,2026-11-20 08:00,A,YEAR,0,,\n",
			"f:3: ice_year: line 2 has another value of this item for the same check; newest in [long] can name the column that tells which counts\n"},
		"the same value twice": {plainMap, "1,2026-11-20 08:00,A,YEAR,1,,\n1,2026-11-20 08:00,A,YEAR,1,,\n", row("2", "08:00", " ice_year=1")},
		"an unknown item":      {plainMap, "1,2026-11-20 08:00,A,OKAFOR,1,,\n", "f:2: column 4: this item is in no list; give it in [items], or in ignore of [long]\n"},
		"a slip in an item":    {plainMap, "1,2026-11-20 08:00,A,MONTHS,1,,\n", "f:2: column 4: this item is in no list; give it in [items], or in ignore of [long]; is it MONTH?\n"},
		"two names":            {plainMap, "1,2026-11-20 08:00,A,YEAR,1,,\n1,2026-11-20 08:00,B,MONTH,1,,\n", "f:3: name: line 2 says otherwise of the same check\n"},
		"the newest value": {newest, "1,2026-11-20 08:00,A,YEAR,0,2026-11-20 10:00,yes\n1,2026-11-20 08:00,A,YEAR,1,2026-11-20 09:00,YES\n",
			row("2", "08:00", " ice_year=0")},
		"the newest value says that it was not assessed": {missing, "1,2026-11-20 08:00,A,YEAR,1,2026-11-20 09:00,Yes\n1,2026-11-20 08:00,A,YEAR,Unable,2026-11-20 10:00,Yes\n1,2026-11-20 08:00,A,MONTH,Unable,2026-11-20 09:00,Yes\n1,2026-11-20 08:00,A,MONTH,1,2026-11-20 10:00,Yes\n",
			row("2", "08:00", " ice_month=1")},
		"the newest value is empty": {newest, "1,2026-11-20 08:00,A,YEAR,1,2026-11-20 09:00,Yes\n1,2026-11-20 08:00,A,YEAR,,2026-11-20 10:00,Yes\n1,2026-11-20 08:00,A,MONTH,1,2026-11-20 09:00,Yes\n1,2026-11-20 08:00,A,MONTH,,2026-11-20 09:00,Yes\n",
			row("2", "08:00", " ice_month=1")},
		"an empty value without newest":            {plainMap, "1,2026-11-20 08:00,A,YEAR,1,,\n1,2026-11-20 08:00,A,YEAR,,,\n", row("2", "08:00", " ice_year=1")},
		"not assessed and a value, without newest": {strings.Replace(plainMap, "[file]", "[file]\nmissing = [\"Unable\"]", 1), "1,2026-11-20 08:00,A,YEAR,1,,\n1,2026-11-20 08:00,A,YEAR,Unable,,\n", "f:3: ice_year: line 2 has another value of this item for the same check; "},
		"two newest values": {newest, "1,2026-11-20 08:00,A,YEAR,0,2026-11-20 10:00,Yes\n1,2026-11-20 08:00,A,YEAR,1,2026-11-20 10:00,Yes\n",
			"f:3: ice_year: line 2 has another value of this item for the same check; "},
		"only": {newest, "1,2026-11-20 08:00,A,YEAR,0,2026-11-20 10:00,No\n1,2026-11-20 08:00,A,YEAR,1,2026-11-20 09:00,Yes\n", row("3", "08:00", " ice_year=1")},
		"within": {newest, "1,2026-11-20 08:05,A,YEAR,1,2026-11-20 09:00,Yes\n1,2026-11-20 08:00,A,MONTH,1,2026-11-20 09:00,Yes\n1,2026-11-20 08:06,A,MONTH,0,2026-11-20 09:00,Yes\n",
			row("2", "08:00", " ice_year=1 ice_month=1") + row("4", "08:06", " ice_month=0")},
		"no time of entry": {newest, "1,2026-11-20 08:05,A,YEAR,1,soon,Yes\n", "f:2: column 6: the time of [long] newest: no time"},
	} {
		rows, faults, _ := asRead(t, mapOf(t, c.m), header+c.rows, nil)
		if strings.HasPrefix(c.want, "f:") {
			rows = ""
			if strings.HasPrefix(faults, c.want) {
				continue
			}
		}
		if diff := cmp.Diff(c.want, rows+faults); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	_, faults, _ := asRead(t, mapOf(t, longMap), "PAT,AT,NAME,ITEM\n1,2,3,4\n", nil)
	if want := "f:1: header: the file has no column with the name that [long] gives as value\n"; faults != want {
		t.Error(faults)
	}
}
