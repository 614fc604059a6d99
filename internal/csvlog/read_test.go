package csvlog

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// Read reads the text of r.
func Read(r io.Reader, o Options) (*Import, error) {
	text, err := Open(r)
	if err != nil {
		return nil, err
	}
	return ReadText(text, o)
}

func read(t testing.TB, input string) *Import {
	t.Helper()
	f, err := Read(strings.NewReader(input), Options{Name: "in.csv", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// wrong is everything that is wrong with a file by itself.
func wrong(f *Import) []Problem {
	var refused []ward.Refusal
	for in := range f.Rows() {
		for _, e := range in.Wrong {
			refused = append(refused, ward.Refusal{Line: in.Line, Err: e})
		}
	}
	return f.WithRefused(refused)
}

// standing are the rows of a file that have nothing wrong.
func standing(f *Import) (rows []ward.ImportRow) {
	for in := range f.Rows() {
		if len(in.Wrong) == 0 {
			rows = append(rows, in)
		}
	}
	return rows
}

func lines(problems []Problem) string {
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintln(&b, p)
	}
	return b.String()
}

// Each damaged file is refused for its damage and for nothing else.
func TestDamagedFiles(t *testing.T) {
	const folder = "../../testdata/damaged/"
	want := map[string]string{
		"empty":            "1: header: missing; the first line names the columns, such as mrn,performed_at,tool",
		"no-header":        "1: header: no known column; the first line names the columns, such as mrn,performed_at,tool",
		"semicolons":       "1: header: the columns are not separated by commas; save the file as CSV with commas",
		"utf-16":           "1: header: no UTF-8 at line 1, column 1; save the file as UTF-8",
		"latin-1":          "4: name: no UTF-8 at line 4, column 23; save the file as UTF-8",
		"unknown-column":   "1: conciousness: unknown column; the nearest known one is consciousness",
		"column-twice":     "1: ice_year: this column is there twice; take one of them out",
		"no-mrn":           "1: mrn: this column is missing, and is needed",
		"ragged":           "4: row: 10 cells where the header has 9",
		"bare-quote":       "4: row: a quote is inside a cell; put the cell in quotes and write the quote twice",
		"open-quote":       "4: row: a quote that opens here is never closed",
		"nul":              "4: note: holds a control character; line breaks and tabs are the only ones allowed",
		"escape":           "4: note: holds a control character; line breaks and tabs are the only ones allowed",
		"no-offset":        "4: performed_at: no time; write it as 2026-03-14T09:05:00+01:00 or 2026-03-14T08:05:00Z, with the offset from UTC",
		"day-first":        "2: birth_date: no date; write it as 1961-03-14\n4: birth_date: no date; write it as 1961-03-14",
		"no-number":        "3: version: no whole number from 1",
		"no-such-word":     "4: consciousness: not allowed here; allowed: alert, drowsy, voice, tactile, unarousable, or empty",
		"other-tool":       "4: ice_year: belongs to the other tool; it must be empty if tool is capd",
		"two-names":        "4: name: line 2 says otherwise of the same patient",
		"future":           "4: performed_at: is in the future",
		"before-admission": "2: performed_at: is before the patient's admission, 6 May 2024 12:00",
		// Errors that only the log can find are refused there.
		"other-grade": "",
		"version-gap": "",
	}
	files, err := filepath.Glob(folder + "*.csv")
	if err != nil || len(files) != len(want) {
		t.Errorf("%d files in %s, %d expected: %v", len(files), folder, len(want), err)
	}
	for name, problems := range want {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(folder + name + ".csv")
			if err != nil {
				t.Fatal(err)
			}
			expected := ""
			for line := range strings.Lines(problems) {
				expected += "in.csv:" + strings.TrimSuffix(line, "\n") + "\n"
			}
			if diff := cmp.Diff(expected, lines(wrong(read(t, string(data))))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestEveryProblemOfEveryRowIsReported(t *testing.T) {
	input := strings.Join([]string{
		"check_id,version,status,reason,performed_at,recorded_at,mrn,name,birth_date,baseline,interpreter,discharge,tool,capd_1,note,admitted_at",
		`a,0,done,bored,2026-01-01,yesterday,"0` + "\t" + `1",Secret,1.2.1961,33,yes,gone,ice,1,ok,`,
		`b,1,recorded,,2026-01-01T10:00:00.0001Z,,02,Secret,2999-01-01,,,,ice,,,1800-01-01T00:00:00Z`,
		`,2,corrected,,2026-01-01T10:00:00Z,,02,Secret,2999-01-01,5,1,,ice,,,`,
		`,1,recorded,wrong_value,2026-01-02T10:00:00Z,2026-01-01T10:00:00Z,02,Secret,,,0,home,capd,9,,`,
		`,,,,,,,,,,,,,,,`, // no row: a spreadsheet has left it
		`,,,,,,,,,,,,,,ok,`,
	}, "\n") + "\n"
	want := `in.csv:2: version: no whole number from 1
in.csv:2: status: not allowed here; allowed: recorded, corrected, withdrawn, or empty
in.csv:2: reason: not allowed here; allowed: wrong_patient, wrong_value, attribution, entered_in_error, other, or empty
in.csv:2: performed_at: no time; write it as 2026-03-14T09:05:00+01:00 or 2026-03-14T08:05:00Z, with the offset from UTC
in.csv:2: recorded_at: no time; write it as 2026-03-14T09:05:00+01:00 or 2026-03-14T08:05:00Z, with the offset from UTC
in.csv:2: mrn: holds a control character or a line break
in.csv:2: birth_date: no date; write it as 1961-03-14
in.csv:2: baseline: no whole number from 0 to 32
in.csv:2: discharge: not allowed here; allowed: home, transferred, died, died_icans, other, or empty
in.csv:2: capd_1: belongs to the other tool; it must be empty if tool is ice
in.csv:3: performed_at: finer than a millisecond, the precision of the record
in.csv:3: admitted_at: is before 1900
in.csv:3: birth_date: is in the future
in.csv:3: discharged_at: missing for a discharge
in.csv:4: check_id: missing; a later version names the check whose version it is
in.csv:4: reason: allowed: wrong_patient, wrong_value, attribution, entered_in_error, other
in.csv:5: capd_1: not allowed here; allowed: 0, 1, 2, 3, 4, or empty
in.csv:5: interpreter: line 4 says otherwise of the same patient
in.csv:5: reason: the first version has none
in.csv:5: recorded_at: is before performed_at
in.csv:7: mrn: missing
in.csv:7: performed_at: missing
in.csv:7: tool: missing; allowed: ice, capd
`
	f := read(t, input)
	if diff := cmp.Diff(want, lines(wrong(f))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if rows := standing(f); len(rows) != 0 {
		t.Errorf("rows with problems came through: %v", rows)
	}
	if strings.Contains(lines(wrong(f)), "Secret") {
		t.Error("a problem holds a patient's data")
	}
}

func TestImportFillsInWhatIsLeftOut(t *testing.T) {
	f := read(t, "tool,performed_at,mrn,name,birth_date,product\n"+
		"capd,2026-01-03T10:00:00+01:00,01,\" Lee,  Ann \",2020-05-05,\n"+
		"capd,2026-01-02T10:00:00+01:00,01,,,tisa-cel\n"+
		"ice,2026-01-02T10:00:00+01:00,02,,,\n")
	if found := wrong(f); len(found) > 0 {
		t.Fatal(lines(found))
	}
	rows := standing(f)
	if len(rows) != 3 {
		t.Fatalf("%d rows", len(rows))
	}
	p, s := rows[0].Patient, rows[0].Stay
	if p.Name != "Lee, Ann" || p.Product != "tisa-cel" || p.Tool != icans.CAPD || s.AdmittedAt.Day() != 2 || !s.AdmissionInferred {
		t.Errorf("%+v, %+v", p, s)
	}
	if p != rows[1].Patient || s != rows[1].Stay {
		t.Errorf("the rows of a patient differ: %+v, %+v", rows[0], rows[1])
	}
	if q := rows[2].Patient; q.Name != "" || q.Tool != 0 {
		t.Errorf("the file names nobody, and yet: %+v", q)
	}
	c := rows[0].Check
	if c.Version != 1 || c.Status != ward.Recorded || c.Recorded.Done() || c.Recorded.By != "" || rows[0].Claimed != nil {
		t.Errorf("%+v", rows[0])
	}
	again := standing(read(t, "mrn,tool,performed_at\n01,capd,2026-01-03T09:00:00Z\n"))
	if again[0].Check.ID != c.ID {
		t.Errorf("the identity of the same patient and time is %s and %s", c.ID, again[0].Check.ID)
	}
	if rows[1].Check.ID == c.ID || rows[1].Check.ID == rows[2].Check.ID {
		t.Error("two checks share an identity")
	}
}

// An empty computed column claims nothing.
func TestOnlyFilledColumnsAreClaims(t *testing.T) {
	rows := standing(read(t, "mrn,tool,performed_at,flag,drivers,flag_reasons\n"+
		"01,ice,2026-01-03T09:00:00Z,urgent,,\n01,ice,2026-01-03T10:00:00Z,,,\n"))
	if diff := cmp.Diff([]ward.Claim{{Column: "flag", Cell: "urgent"}}, rows[0].Claimed); diff != "" {
		t.Error(diff)
	}
	if rows[1].Claimed != nil {
		t.Errorf("claims of empty cells: %v", rows[1].Claimed)
	}
	saved := rows[1].Check
	saved.Grade(0)
	if found := rows[1].Differs(&saved, 0); len(found) > 0 {
		t.Errorf("empty cells were compared: %v", found)
	}
}

func TestLinesArePhysicalOnes(t *testing.T) {
	f := read(t, "note,mrn,tool,performed_at\n\n\"a\nb\nc\",01,ice,2026-01-03T09:00:00Z\n\"d\",01,ice,never\n")
	if got := lines(wrong(f)); !strings.HasPrefix(got, "in.csv:6: performed_at:") {
		t.Error(got)
	}
	refused := f.WithRefused([]ward.Refusal{{Line: 3, Err: ward.Invalid("flag", "no")}})
	if got := lines(refused); got != "in.csv:3: flag: no\n" {
		t.Error(got)
	}
	for _, in := range standing(f) {
		if in.Line != 3 || in.Check.Note != "a\nb\nc" {
			t.Errorf("%+v", in)
		}
	}
}

// A version cannot be recorded without the one before it, so it is not tried and no
// second problem comes of the first one.
func TestLaterVersionsOfARefusedCheckAreLeftOut(t *testing.T) {
	f := read(t, "check_id,version,status,reason,mrn,tool,performed_at,motor\n"+
		"a,1,recorded,,01,ice,2026-01-03T09:00:00Z,weak\n"+
		"a,2,corrected,other,01,ice,2026-01-03T09:00:00Z,none\n"+
		"b,1,recorded,,01,ice,2026-01-03T09:00:00Z,none\n")
	rows := standing(f)
	if len(rows) != 1 || rows[0].Check.ID != "b" {
		t.Errorf("%+v", rows)
	}
}

func TestReadReturnsTheFailureOfItsReader(t *testing.T) {
	broken := errors.New("broken")
	if _, err := Read(iotest.ErrReader(broken), Options{Name: "in.csv", Now: now}); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestTimesAreLossless(t *testing.T) {
	for _, test := range []struct{ in, out string }{
		{"2026-03-14T09:05:00+01:00", ""},
		{"2026-03-14T09:05:00.500-03:30", ""},
		{"2026-03-14T09:05:00Z", ""},
		{"2026-03-14T09:05:00.5Z", "2026-03-14T09:05:00.500Z"},
		{"2026-03-14T09:05:00.000+00:00", "2026-03-14T09:05:00Z"},
	} {
		got, reason := parseTime(test.in)
		want := test.out
		if want == "" {
			want = test.in
		}
		if out := string(appendTime(nil, got)); out != want || reason != "" {
			t.Errorf("%s became %s, %s", test.in, out, reason)
		}
	}
	for _, bad := range []string{"2026-03-14", "2026-03-14T09:05:00", "2026-03-14 09:05:00Z", "2026-03-14T9:05:00Z", "2026-03-14T09:05:00,5Z", "2026-02-30T09:05:00Z", "2026-03-14T09:05Z", "0001-01-01T00:00:00Z", "2026-03-14T09:05:00+24:00"} {
		if got, reason := parseTime(bad); reason == "" {
			t.Errorf("%s was read as %s", bad, got)
		}
	}
}

// An export reads back to the same.
func TestRoundTrip(t *testing.T) {
	t.Run("lossless", rapid.MakeCheck(comesBack(func(w io.Writer, each Each) (int, error) {
		return Profile{}.Export(t.Context(), w, each)
	})))
	t.Run("spreadsheet", rapid.MakeCheck(comesBack(func(w io.Writer, each Each) (int, error) {
		return Profile{}.Spreadsheet().Export(t.Context(), w, each)
	})))
}

// comesBack checks that an export reads back to the same checks.
func comesBack(write func(io.Writer, Each) (int, error)) func(*rapid.T) {
	return func(t *rapid.T) {
		p, stays := drawPatient(t), drawStays(t)
		var checks []ward.Check
		var in []*ward.Stay // of each check
		var file strings.Builder
		_, err := write(&file, func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
			for i := range rapid.IntRange(1, 3).Draw(t, "checks") {
				s := &stays[rapid.IntRange(0, len(stays)-1).Draw(t, "stay")]
				c := drawCheck(t, s, fmt.Sprint("check-", i))
				checks, in = append(checks, c), append(in, s)
				if err := yield(&p, s, &c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		f, err := Read(strings.NewReader(file.String()), Options{Name: "in.csv", Now: now})
		if err != nil {
			t.Fatal(err)
		}
		if found := wrong(f); len(found) > 0 {
			t.Fatalf("%s\n%s", lines(found), file.String())
		}
		i := 0
		for row := range f.Rows() {
			want := checks[i]
			if diff := cmp.Diff(p, row.Patient, cmp.Comparer(sameTime)); diff != "" {
				t.Fatalf("patient (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(*in[i], row.Stay, cmp.Comparer(sameTime)); diff != "" {
				t.Fatalf("stay (-want +got)\n%s", diff)
			}
			var claims []ward.Claim
			for _, column := range ward.ComputedColumns {
				if cell := want.Computed(column); cell != "" {
					claims = append(claims, ward.Claim{Column: column, Cell: cell})
				}
			}
			if diff := cmp.Diff(claims, row.Claimed); diff != "" {
				t.Fatalf("claims (-want +got)\n%s", diff)
			}
			want.Result = icans.Result{}
			if diff := cmp.Diff(want, row.Check, cmp.Comparer(sameTime)); diff != "" {
				t.Fatalf("check (-want +got)\n%s", diff)
			}
			i++
		}
		if i != len(checks) {
			t.Fatalf("%d rows of %d", i, len(checks))
		}
		var again strings.Builder
		if _, err := write(&again, rowsOf(f)); err != nil || again.String() != file.String() {
			t.Fatalf("exported again it differs (%v):\n%s\n%s", err, file.String(), again.String())
		}
	}
}

// rowsOf yields the rows of an import with their results, as a log exports them.
func rowsOf(f *Import) Each {
	return func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		for row := range f.Rows() {
			row.Check.Grade(0)
			if err := yield(&row.Patient, &row.Stay, &row.Check); err != nil {
				return err
			}
		}
		return nil
	}
}

// sameTime compares the instant and the offset.
func sameTime(a, b time.Time) bool {
	_, x := a.Zone()
	_, y := b.Zone()
	return a.Equal(b) && x == y
}

func FuzzImport(f *testing.F) {
	files, err := filepath.Glob("../../testdata/*.csv")
	if err != nil {
		f.Fatal(err)
	}
	damaged, err := filepath.Glob("../../testdata/damaged/*.csv")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range append(files, damaged...) {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	var sheet strings.Builder
	if _, err := (Profile{}).Spreadsheet().Export(f.Context(), &sheet, hostileLog); err != nil {
		f.Fatal(err)
	}
	f.Add(sheet.String())
	f.Fuzz(func(t *testing.T, input string) {
		file := read(t, input)
		for _, p := range wrong(file) {
			if p.Line < 1 || p.Column == "" || p.Reason == "" {
				t.Fatalf("a problem says too little: %+v", p)
			}
		}
		// Rows that were read can be written and read again.
		came := standing(file)
		for _, in := range came {
			if in.Patient.MRN == "" || in.Check.ID == "" || in.Check.PerformedAt.IsZero() {
				t.Fatalf("a row says too little: %+v", in)
			}
			if problems := in.Check.Findings.Problems(); len(problems) > 0 {
				t.Fatalf("a row that cannot stand came through: %v", problems)
			}
		}
		rows, err := Profile{}.Export(t.Context(), io.Discard, func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
			for _, in := range came {
				if err := yield(&in.Patient, &in.Stay, &in.Check); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || rows != len(came) {
			t.Fatalf("%d rows of %d, %v", rows, len(came), err)
		}
	})
}

// BenchmarkRead reads an import file of 500 patients, with all data of the patient and
// the stay in each row.
func BenchmarkRead(b *testing.B) {
	const rows = 50_000
	var text strings.Builder
	text.WriteString("check_id,performed_at,recorded_at,recorded_by,mrn,name,birth_date,bed,product,infused_at,patient_tool,admitted_at,tool,ice_year,ice_month,consciousness,seizure,flag\n")
	for i := range rows {
		fmt.Fprintf(&text, "c%d,2026-01-%02dT09:00:00+01:00,2026-01-%02dT09:05:00+01:00,Sam Lee,%07d,\"Lee, Ann\",1961-03-14,12A,axi-cel,2026-01-02T09:00:00+01:00,ice,2026-01-01T08:00:00+01:00,ice,1,1,alert,none,incomplete\n",
			i, 2+i%27, 2+i%27, i%500)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		f, err := Read(strings.NewReader(text.String()), Options{Name: "in.csv", Now: now})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for row := range f.Rows() {
			if len(row.Wrong) == 0 {
				n++
			}
		}
		if n != rows {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}
