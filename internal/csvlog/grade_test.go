package csvlog

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// grade grades a text and returns the output, and each problem as a line.
func grade(t testing.TB, input string, asJSON bool) (output, problems string, bad int) {
	t.Helper()
	var out, log strings.Builder
	bad, err := Grade(context.Background(), strings.NewReader(input), "in.csv", &out, asJSON, func(p Problem) {
		fmt.Fprintln(&log, p)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), log.String(), bad
}

const gradedColumns = "check_id,score,icans_grade,grade_low,grade_high,drivers,flag,flag_reasons\n"

// The cases were derived by hand from the published table: see
// testdata/README.md.
func TestSharedCases(t *testing.T) {
	input, err := os.ReadFile("../../testdata/cases.csv")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../testdata/cases.graded.csv")
	if err != nil {
		t.Fatal(err)
	}
	got, problems, _ := grade(t, string(input), false)
	if problems != "" {
		t.Error(problems)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestGradeTakesAnySubsetInAnyOrder(t *testing.T) {
	for _, test := range []struct{ name, input, want string }{
		{"tool alone", "tool\nice\n", ",,,0,4,,incomplete,missing_score;missing_consciousness;missing_seizure;missing_motor;missing_icp;missing_features\n"},
		{"another order", "motor,check_id,tool\nfocal_weakness,a,capd\n", "a,,4,4,4,motor,urgent,grade_4\n"},
		{"columns that are passed over", "name,tool,score,check_id,note\nA,ice,99,x,\"two\nlines\"\n", "x,,,0,4,,incomplete,missing_score;missing_consciousness;missing_seizure;missing_motor;missing_icp;missing_features\n"},
		{"BOM and CRLF", "\ufefftool,check_id,consciousness\r\nice,\"a,b\",tactile\r\n", "\"a,b\",,,3,4,consciousness,urgent,grade_3\n"},
		{"no line end", "tool,consciousness\nice,voice", ",,,2,4,consciousness,urgent,grade_2\n"},
		{"no rows", "tool\n", ""},
		{"empty lines", "\n\ntool,motor\n\nice,focal_weakness\n\n", ",,4,4,4,motor,urgent,grade_4\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, problems, bad := grade(t, test.input, false)
			if problems != "" || bad != 0 {
				t.Errorf("%d bad rows: %s", bad, problems)
			}
			if diff := cmp.Diff(gradedColumns+test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Grade takes the new findings too, and does not compare with other checks.
func TestGradeTakesEveryFinding(t *testing.T) {
	const rest = ",alert,none,none,none,none,none,none,"
	const header = "tool,stated_total,crs_grade,movement,consciousness,seizure,motor,icp,confusion,agitation,inattention,memory,speech,features_mild,uncertain_cause,other_cause_note,baseline\n"
	for row, want := range map[string]string{
		"ice,10,2,severe" + rest + "none,none,,,,10":        ",,0,0,0,,none,",
		"ice,8,,none" + rest + "none,none,,,,10":            ",,1,1,1,score,grade1,grade_1",
		"ice,8,,none" + rest + "none,none,,score,,":         ",,,0,1,,grade1,grade_1;uncertain_score",
		"ice,10,,none" + rest + "mild,none,memory,,,":       ",,0,0,0,,none,",
		"ice,10,,none" + rest + "mild,none,speech,,,":       ",,0,0,0,,grade1,memory_mild",
		"ice,10,,none" + rest + "moderate,none,memory,,,":   ",,0,0,0,,urgent,memory_moderate",
		"capd,9,,none" + rest + "none,none,,,passed over,9": ",,3,3,3,score,urgent,grade_3",
	} {
		got, problems, _ := grade(t, header+row+"\n", false)
		if diff := cmp.Diff(gradedColumns+want+"\n", got); diff != "" || problems != "" {
			t.Errorf("%s: %s%s", row, problems, diff)
		}
	}
	for row, want := range map[string]string{
		"ice,11" + ",,none" + rest + "none,none,,,,":    "in.csv:2: stated_total: higher than the tool's highest total, 10\n",
		"ice,10" + ",,none" + rest + "none,none,joy,,,": "in.csv:2: features_mild: not allowed here; allowed: one or more of confusion, agitation, inattention, memory, speech, joined by ;, or empty\n",
	} {
		if _, problems, bad := grade(t, header+row+"\n", false); problems != want || bad != 1 {
			t.Errorf("%s: %d bad, %s", row, bad, problems)
		}
	}
}

func TestGradeReportsEveryProblemAndGoesOn(t *testing.T) {
	const good = "tool,check_id,ice_year,unable,consciousness\nice,first,,,drowsy\n"
	const goodRow = "first,,,1,4,consciousness,grade1,grade_1\n"
	for _, test := range []struct{ name, input, problems, output string }{
		{"every problem of a row", good + "ich,b,2,off,awake\nice,c,,,drowsy\n",
			`in.csv:3: tool: "ich" is not allowed here; allowed: ice, capd
in.csv:3: ice_year: not allowed here; allowed: 0, 1, or empty
in.csv:3: unable: not allowed here; allowed: unarousable, asleep, sedated, intubated, language, refused, off_unit, other, or empty
in.csv:3: consciousness: not allowed here; allowed: alert, drowsy, voice, tactile, unarousable, or empty
`, goodRow + "c,,,1,4,consciousness,grade1,grade_1\n"},
		{"no tool", good + ",b,,,alert\n", "in.csv:3: tool: missing; allowed: ice, capd\n", goodRow},
		{"ragged", good + "ice,b\nice,c,,,,\n", "in.csv:3: row: 2 cells where the header has 5\nin.csv:4: row: 6 cells where the header has 5\n", goodRow},
		{"item beside unable", good + "ice,b,1,asleep,alert\n", "in.csv:3: ice_year: must be empty if unable is asleep\n", goodRow},
		{"control character in the identity", good + "ice,\"b\nb\",,,alert\n", "in.csv:3: check_id: holds a control character or a line break\n", goodRow},
		{"no UTF-8", good + "ice,caf\xe9,,,alert\n", "in.csv:3: check_id: no UTF-8 at line 3, column 8; save the file as UTF-8\n", goodRow},
		{"no UTF-8 behind a line break", good + "ice,\"a\nß\xff\",,,alert\n",
			"in.csv:3: check_id: no UTF-8 at line 4, column 2; save the file as UTF-8\nin.csv:3: check_id: holds a control character or a line break\n", goodRow},
		{"quote inside a cell", good + "ice,5\"x,,,alert\nice,c,,,drowsy\n",
			"in.csv:3: row: a quote is inside a cell; put the cell in quotes and write the quote twice\n", goodRow + "c,,,1,4,consciousness,grade1,grade_1\n"},
		{"text behind a quote", good + "ice,\"5\"x,,,alert\n", "in.csv:3: row: something follows a closing quote; write a quote inside a cell twice\n", goodRow},
		{"quote never closed", good + "ice,\"b,,,alert\nice,c,,,drowsy\n", "in.csv:3: row: a quote that opens here is never closed\n", goodRow},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, problems, bad := grade(t, test.input, false)
			if diff := cmp.Diff(test.problems, problems); diff != "" {
				t.Errorf("problems (-want +got)\n%s", diff)
			}
			if bad == 0 {
				t.Error("no row counted as bad")
			}
			if diff := cmp.Diff(gradedColumns+test.output, got); diff != "" {
				t.Errorf("output (-want +got)\n%s", diff)
			}
		})
	}
}

func TestGradeRefusesAHeader(t *testing.T) {
	for _, test := range []struct{ name, input, problems string }{
		{"empty file", "", "in.csv:1: header: missing; the first line names the columns, such as tool\n"},
		{"only a BOM", "\ufeff", "in.csv:1: header: missing; the first line names the columns, such as tool\n"},
		{"unknown column", "tool,ice_yaer\nice,1\n", "in.csv:1: ice_yaer: unknown column; the nearest known one is ice_year\n"},
		{"another case", "Tool\nice\n", "in.csv:1: Tool: unknown column; the nearest known one is tool\nin.csv:1: tool: this column is missing, and is needed\n"},
		{"column twice", "tool,seizure,seizure\n", "in.csv:1: seizure: this column is there twice; take one of them out\n"},
		{"no tool", "check_id,seizure\n", "in.csv:1: tool: this column is missing, and is needed\n"},
		{"no header, and nothing repeated", "0042317,\"Okafor, Ada\",1961-03-14\n", "in.csv:1: header: no known column; the first line names the columns, such as tool\n"},
		{"semicolons", "tool;seizure\nice;none\n", "in.csv:1: header: the columns are not separated by commas; save the file as CSV with commas\n"},
		{"UTF-16", "\xff\xfet\x00o\x00o\x00l\x00\n\x00", "in.csv:1: header: no UTF-8 at line 1, column 1; save the file as UTF-8\n"},
		{"terminal escapes", "tool,\x1b[2J\n", "in.csv:1: column 2: unknown column; schema/checks.schema.json lists the known ones; if this is a title, take the line out\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, problems, bad := grade(t, test.input, false)
			if diff := cmp.Diff(test.problems, problems); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if bad != 1 || got != "" {
				t.Errorf("%d bad rows, output %q", bad, got)
			}
		})
	}
}

func TestGradeJSON(t *testing.T) {
	got, _, bad := grade(t, "check_id,tool,consciousness,seizure,confusion\n\"a\"\"b\",ice,drowsy,,mild\n,ice,tactile,brief,none\n,x,,,\n", true)
	const want = `{"check_id":"a\"b","score":null,"icans_grade":null,"grade_low":1,"grade_high":4,"drivers":["consciousness"],"flag":"grade1","flag_reasons":["grade_1","confusion_mild"]}
{"check_id":null,"score":null,"icans_grade":null,"grade_low":3,"grade_high":4,"drivers":["consciousness","seizure"],"flag":"urgent","flag_reasons":["grade_3"]}
`
	if diff := cmp.Diff(want, got); diff != "" || bad != 1 {
		t.Errorf("%d bad rows; (-want +got)\n%s", bad, diff)
	}
}

// JSON and CSV say the same, whatever the findings, and both agree with the ward's
// check says.
func TestGradeSaysWhatTheWardSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := ward.Check{Findings: drawFindings(t)}
		c.Grade(0)
		input := "tool"
		row := ""
		for i, f := range icans.Fields() {
			if i > 0 {
				input += "," + f.Column
				row += ","
			}
			row += f.Code(&c.Findings)
		}
		input += "\n" + row + "\n"
		want := ""
		for _, column := range ward.ComputedColumns {
			want += "," + c.Computed(column)
		}
		var out, object bytes.Buffer
		for _, asJSON := range []bool{false, true} {
			w := &out
			if asJSON {
				w = &object
			}
			if bad, err := Grade(context.Background(), strings.NewReader(input), "in.csv", w, asJSON, func(p Problem) { t.Log(p) }); bad > 0 || err != nil {
				t.Fatal(bad, err)
			}
		}
		if got := strings.TrimSuffix(strings.TrimPrefix(out.String(), gradedColumns), "\n"); got != want {
			t.Fatalf("CSV %q, ward %q", got, want)
		}
		var fields map[string]any
		if err := json.Unmarshal(object.Bytes(), &fields); err != nil {
			t.Fatal(err)
		}
		for _, column := range ward.ComputedColumns {
			if got := jsonCell(fields[column]); got != c.Computed(column) {
				t.Fatalf("%s: JSON %q, ward %q", column, got, c.Computed(column))
			}
		}
		if len(fields) != 1+len(ward.ComputedColumns) {
			t.Fatalf("JSON has other fields: %v", fields)
		}
	})
}

func jsonCell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []any:
		var list []string
		for _, one := range v {
			list = append(list, one.(string))
		}
		return strings.Join(list, ";")
	}
	return fmt.Sprint(v)
}

func TestGradeReturnsFailures(t *testing.T) {
	broken := errors.New("broken")
	ignore := func(Problem) {}
	input := "tool\n" + strings.Repeat("ice\n", 1<<14)
	if _, err := Grade(t.Context(), iotest.ErrReader(broken), "in.csv", io.Discard, false, ignore); !errors.Is(err, broken) {
		t.Errorf("reading: %v", err)
	}
	half := io.MultiReader(strings.NewReader(input), iotest.ErrReader(broken))
	if _, err := Grade(t.Context(), half, "in.csv", io.Discard, false, ignore); !errors.Is(err, broken) {
		t.Errorf("reading on: %v", err)
	}
	pipe, w := io.Pipe()
	pipe.CloseWithError(broken)
	for _, input := range []string{"tool\n", input} {
		if _, err := Grade(t.Context(), strings.NewReader(input), "in.csv", w, false, ignore); !errors.Is(err, broken) {
			t.Errorf("writing: %v", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Grade(ctx, strings.NewReader(input), "in.csv", io.Discard, false, ignore); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

func FuzzGrade(f *testing.F) {
	f.Add("tool,check_id,ice_year,consciousness\nice,a,1,alert\n")
	f.Add("\ufefftool,icp\r\nice,focal_edema;posturing\r\ncapd,none;posturing\r\n")
	f.Add("tool,note\nice,\"a\n\"\"b\"\"\"\nice,\"never closed\n")
	f.Add("tool,other_cause,unable\nice,score;score,asleep\n\xff\n")
	f.Fuzz(func(t *testing.T, input string) {
		got, problems, bad := grade(t, input, false)
		if (bad > 0) != (problems != "") {
			t.Fatalf("%d bad rows, problems %q", bad, problems)
		}
		if got == "" {
			return
		}
		rows, err := csv.NewReader(strings.NewReader(got)).ReadAll()
		if err != nil {
			t.Fatalf("the output is no CSV: %v", err)
		}
		for _, row := range rows[1:] {
			if row[3] > row[4] || row[2] != "" && row[2] != row[3] {
				t.Fatalf("grade %q lies not in %s to %s", row[2], row[3], row[4])
			}
		}
	})
}

// benchmarkInput is rows of 30 columns, as gradings have them.
func benchmarkInput(rows int) string {
	var b strings.Builder
	b.WriteString("check_id")
	for _, f := range icans.Fields() {
		b.WriteString("," + f.Column)
	}
	b.WriteByte('\n')
	random := rand.New(rand.NewPCG(1, 2))
	for i := range rows {
		var x icans.Findings
		for j, f := range icans.Fields() {
			if f.Group == icans.GroupUnable || f.Group == icans.GroupOtherCause || f.Group == icans.GroupTotal || random.IntN(10) == 0 && j > 0 {
				continue
			}
			if f.Group == icans.GroupCAPD && x.Tool != icans.CAPD || f.Group == icans.GroupICE && x.Tool != icans.ICE {
				continue
			}
			n := random.IntN(len(f.Terms))
			if j == 0 {
				n = 0
			}
			f.Answer(&x, n)
		}
		fmt.Fprintf(&b, "check-%07d", i)
		for _, f := range icans.Fields() {
			b.WriteString("," + f.Code(&x))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func BenchmarkGrade(b *testing.B) {
	const rows = 100_000
	input := benchmarkInput(rows)
	for _, asJSON := range []bool{false, true} {
		b.Run(map[bool]string{false: "csv", true: "json"}[asJSON], func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(input)))
			for b.Loop() {
				bad, err := Grade(b.Context(), strings.NewReader(input), "in.csv", io.Discard, asJSON, func(p Problem) { b.Fatal(p) })
				if bad > 0 || err != nil {
					b.Fatal(bad, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}
