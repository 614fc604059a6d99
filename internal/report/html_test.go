package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"neurocheck/internal/icans"
	"neurocheck/internal/plot"
	"neurocheck/internal/report"
	"neurocheck/internal/ward"
)

func patientHTML(t interface{ Fatal(...any) }, c *ward.Chart) string {
	var b bytes.Buffer
	if err := report.PatientHTML(&b, c, site, morning, sheet); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func handoverHTML(t interface{ Fatal(...any) }, h ward.Handover) string {
	var b bytes.Buffer
	if err := report.HandoverHTML(&b, h, sheet); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// busy is a chart with an entry for every place of a page.
func busy() *stay {
	s := course()
	slip := s.check(at("18:00"), 4, "").ID
	s.correct(slip, at("18:10"), ward.Corrected, "wrong_value", "the objects had been named", func(x *icans.Findings) {
		x.ICE[icans.ICENaming] = icans.Scored(3)
	})
	s.correct(s.check(at("19:00"), 9, "").ID, at("19:09"), ward.Withdrawn, ward.WrongPatient, "belongs to bed 12B", nil)
	s.note(s.check(at("03:00"), 8, "ice_writing= speech= crs_grade=1").ID, "Fetched for his CT.\nThe interpreter had left.")
	s.check(at("04:00"), 0, "unable=asleep")
	s.told(at("02:00"), "caregiver", "she looks for words")
	s.Orders = []ward.Order{{Kind: ward.OrderInterval, Interval: 2 * time.Hour, Reason: "the night", Ordered: ward.Sign("Dr Ines Reis", at("23:45"))}}
	s.did(at("23:30"), "imaging", "CT")
	s.Interventions[0].Withdrawn, s.Interventions[0].Reason = true, "not done"
	s.Ticks = map[int64]map[string]ward.Signature{
		1: {"note the CRS grade": ward.Sign("Sam Lee", at("22:20")), "IV hydration as ordered": ward.Sign("Dr Ines Reis", at("22:16"))},
		2: {"review sedating drugs": ward.Sign("Sam Lee", at("18:20"))},
	}
	return s
}

// child is examined with CAPD, and has an open follow-up that was accepted.
func child() *stay {
	s := admit("0042154", "6B", "GARCÍA LÓPEZ, Lucía")
	s.Patient.Tool, s.Patient.Baseline, s.Patient.BirthDate = icans.CAPD, icans.Scored(0), ward.Date{Year: 2017, Month: 7, Day: 8}
	s.check(at("20:00"), 0, "tool=capd capd_1=0 capd_2=0 capd_3=0 capd_4=0 capd_5=0 capd_6=0 capd_7=0 capd_8=0")
	s.check(at("02:00"), 0, "tool=capd capd_1=1 capd_2=0 capd_3=0 capd_4=0 capd_5=3 capd_6=0 capd_7= capd_8=2 agitation=mild")
	s.check(at("05:00"), 0, "tool=capd unable=asleep")
	f := s.accept("Sam Lee", at("02:10"))
	s.Ticks = map[int64]map[string]ward.Signature{f.ID: {"tell the responsible clinician": ward.Sign("Sam Lee", at("02:11"))}}
	return s
}

func TestPatientHTML(t *testing.T) { golden.RequireEqual(t, patientHTML(t, &course().Chart)) }

func TestHandoverHTML(t *testing.T) { golden.RequireEqual(t, handoverHTML(t, hand(course()))) }

// wordsOf are the words of a page, without its tags and its style sheet.
func wordsOf(page string) string {
	_, body, _ := strings.Cut(page, "<body")
	return html.UnescapeString(strings.Join(strings.Fields(regexp.MustCompile("<[^>]*>").ReplaceAllString("<body"+body, " ")), " "))
}

func TestPageTellsAllOfTheChart(t *testing.T) {
	says(t, wordsOf(patientHTML(t, &busy().Chart)),
		"OKAFOR, Ada", "14 Mar 1961", "0042317", "12A", "axi-cel",
		"REPLACED by a later version", "ICE 4 of 10", "version 2: corrected (wrong value, the objects had been named)",
		"WITHDRAWN, no longer counts", "withdrawn (wrong patient, belongs to bed 12B)", "late entry",
		"ICE 8 to 9 of 10", "not assessed: writes sentence, speech", "Fetched for his CT. The interpreter had left.", "CRS grade 1",
		"ICE not done: asleep", "not examined", "handwriting mild", "1 (score)", "grade 1; ",
		"ICANS confirmed ICD-10-CM G92.01", "grade 1, dexamethasone", "NOT ACCEPTED", "peak grade 2", "opened it", "normal check",
		"check interval: every 2 h the night", "said a caregiver she looks for words", "imaging CT (withdrawn: not done)",
		"Printed by Sam Lee , 17 Mar 2026 07:00", "Record 4711", sheet.Head,
	)
}

// A page lists the items that a score lost, the findings that a worse one overshadowed,
// and the open items of a checklist; of a closed follow-up the ticked ones alone.
func TestPageTellsTheItems(t *testing.T) {
	shadows := admit("0042317", "12A", "OKAFOR, Ada")
	shadows.check(at("14:10"), 10, "consciousness=tactile seizure=brief handwriting=mild other_cause=consciousness;seizure")
	shadows.check(at("18:00"), 6, "consciousness=drowsy")
	shadows.check(at("20:00"), 9, "consciousness=voice motor=focal_weakness icp=focal_edema confusion=mild")
	page := func(s *stay) string { return wordsOf(patientHTML(t, &s.Chart)) }
	says(t, page(child()), "CAPD 6 to 10 of 32 eye contact 1, restless 3, slow to respond 2 ", "CAPD 0 of 32 0 ", "CAPD not done: asleep 0 ",
		"tell the responsible clinician: Sam Lee 02:11 Not done: aspiration precautions, head of bed up; IV hydration as ordered; ")
	says(t, page(shadows), "0 other cause: consciousness, seizure (propofol) ", "consciousness: only to touch, seizure: short, handwriting mild ", "2 (score) ", "consciousness: drowsy, wakes by itself",
		"4 (new weakness) ", "consciousness: opens eyes to voice, raised pressure: focal oedema, confusion mild ")
	says(t, page(course()), "ICE 8 of 10 lost: writes sentence, counts back ", "ICE 10 of 10 0 ")
	says(t, page(busy()), "ICE 4 of 10 lost: names 3 objects (0 of 3), follows command, writes sentence, counts back ", "ICE 8 to 9 of 10 lost: counts back ",
		"IV hydration as ordered: Dr Ines Reis 22:16 note the CRS grade: Sam Lee 22:20")
	says(t, wordsOf(handoverHTML(t, hand(shadows))), "ICANS 4 (new weakness), consciousness: opens eyes to voice, raised pressure: focal oedema, confusion mild (new)")
	saysNot(t, page(course()), "Not done")
}

// The code is there only if a clinician confirmed ICANS.
func TestCodeOnlyIfConfirmed(t *testing.T) {
	for _, outcome := range ward.Outcomes {
		s := course()
		s.FollowUps[0].Outcome = outcome.Code
		pages := patientHTML(t, &s.Chart) + handoverHTML(t, hand(s))
		if got, want := strings.Count(pages, "G92.01"), map[bool]int{true: 2}[outcome.Code == ward.ConfirmedICANS]; got != want {
			t.Errorf("%s: the code is there %d times, not %d", outcome.Code, got, want)
		}
	}
	s := course()
	s.FollowUps[0].Closed, s.FollowUps[0].Outcome = ward.Signature{}, ""
	if strings.Contains(patientHTML(t, &s.Chart)+handoverHTML(t, hand(s)), "G92") {
		t.Error("the code of an open follow-up is there")
	}
}

// The drawing is the layout: every cell that marks a reading has its shape at the
// place of the cell, every cell of the strip its letter, and there is no other one.
func TestDrawingIsTheLayout(t *testing.T) {
	s := busy()
	s.check(at("05:00"), 5, "seizure=brief") // another domain makes the grade
	_, drawing, _ := strings.Cut(patientHTML(t, &s.Chart), `role="img"`)
	drawing, _, _ = strings.Cut(drawing, "</svg>")
	var drawn, laid []string
	shapes := map[plot.Shape]string{plot.ByScore: "m-4 0", plot.Unsure: "m-4 0", plot.ByOther: "m0-6l"}
	for _, m := range regexp.MustCompile(`<path class="mark \w+( hollow)?" d="M(\d+) (\d+)(m-4 0|m0-6l)`).FindAllStringSubmatch(drawing, -1) {
		drawn = append(drawn, m[2]+","+m[3]+m[4]+m[1])
	}
	for _, m := range regexp.MustCompile(`<text class="letter[^"]*" x="(\d+)" y="(\d+)">([^<]+)`).FindAllStringSubmatch(drawing, -1) {
		drawn = append(drawn, m[1]+","+m[2]+html.UnescapeString(m[3]))
	}
	trend := plot.TrendOf(&s.Chart, site, morning)
	trend.Height = 23
	var letters []string
	for i, row := range plot.Layout(trend, 84).Rows {
		for col, cell := range row.Cells {
			x, y := 62+col*8+4, i*17+8
			switch cell.Kind {
			case plot.Mark:
				hollow := map[bool]string{true: " hollow"}[cell.Shape == plot.Unsure]
				laid = append(laid, fmt.Sprintf("%d,%d%s%s", x, y, shapes[cell.Shape], hollow))
			case plot.GradeMark, plot.DriverMark, plot.SignMark, plot.EventMark:
				letters = append(letters, fmt.Sprintf("%d,%d%c", x, y+5, cell.Rune))
			}
		}
	}
	if len(laid) < 5 || len(letters) < 8 || !slices.Equal(drawn, append(laid, letters...)) {
		t.Errorf("drawn %q, laid out %q and %q", drawn, laid, letters)
	}
}

// hostile is text that tries to leave its place in the page: an element, an attribute,
// a drawing, or the string of a style sheet.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</style><svg onload=alert(1)>`, `</title></desc></text>`,
	`"; } * { display: none } a { content: "`, `\"; @import url(//evil.example); /*`, `*/ url(http://evil.example/x)`, `{{.Head}}`, `javascript:alert(1)`,
	"OKAFOR\u202eadA", "a\x1b]52;c;aGk=\x07b", "x\x00y\u2028z", `<!-- --> ]]> &amp; &lt;`, `';alert(1)//`,
}

// shapeOf returns a page without its words: the part that a browser acts on.
func shapeOf(t interface{ Fatalf(string, ...any) }, page string) string {
	var shape strings.Builder
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return shape.String()
		}
		if err != nil {
			t.Fatalf("the page is no tree: %v", err)
		}
		if e, ok := token.(xml.StartElement); ok {
			shape.WriteString("<" + e.Name.Local)
			for _, a := range e.Attr {
				shape.WriteString(" " + a.Name.Local)
			}
			shape.WriteString(">\n")
		}
	}
}

// written puts text into every field of a chart that people fill in.
func written(write func() string) *stay {
	s := busy()
	p := &s.Patient
	p.MRN, s.stay().Bed, p.Name, p.Product, s.stay().Clinician, p.Language, p.Interpreter = write(), write(), write(), write(), write(), write(), true
	for _, list := range [][]ward.Check{s.Checks, s.Versions} {
		for i := range list {
			c := &list[i]
			c.Note, c.Recorded.By = write(), write()
			if c.Reason != "" {
				c.ReasonNote = write()
			}
			if c.Findings.OtherCause != 0 {
				c.CauseNote = write()
			}
		}
	}
	for i := range s.FollowUps {
		f := &s.FollowUps[i]
		f.Opened.By = write()
		if f.Acked.Done() {
			f.Acked.By = write()
		}
		if f.Closed.Done() {
			f.Closed.By, f.Note = write(), write()
		}
	}
	for i := range s.Interventions {
		s.Interventions[i].Detail, s.Interventions[i].Recorded.By = write(), write()
		if s.Interventions[i].Withdrawn {
			s.Interventions[i].Reason = write()
		}
	}
	for id := range s.Ticks {
		s.Ticks[id] = map[string]ward.Signature{write(): ward.Sign(write(), at("22:16"))}
	}
	s.AllReports[0].Words, s.AllReports[0].Recorded.By = write(), write()
	s.Reports = slices.Clone(s.AllReports)
	s.Attributions = []ward.Attribution{{Domain: "consciousness", Cause: write(), Until: at("11:00"), Named: ward.Sign(write(), at("06:30"))}}
	s.Orders[0].Reason, s.Orders[0].Ordered.By = write(), write()
	return s
}

// Whatever is written in the record, a page has the elements and the attributes
// that it has with plain words.
func TestHostileWordsStayWords(t *testing.T) {
	pages := func(t interface {
		Fatal(...any)
		Fatalf(string, ...any)
	}, write func() string) (page, shape string) {
		s := written(write)
		patient, handover := patientHTML(t, &s.Chart), handoverHTML(t, hand(s))
		return patient + handover, shapeOf(t, patient) + shapeOf(t, handover)
	}
	page, plain := pages(t, func() string { return "plain" })
	sheets := styles(page)
	if len(sheets) != 2 || strings.Contains(sheets[0], "plain") {
		t.Fatalf("the words of the running line are not in a string:\n%s", sheets)
	}
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.OneOf(rapid.SampledFrom(hostile), rapid.StringOfN(rapid.SampledFrom(append(scripts, []rune(`<>"'&\{}();:/*@`)...)), 1, 40, -1))
		page, shape := pages(t, func() string { return "w" + draw.Draw(t, "words") })
		if shape != plain {
			t.Errorf("the page has other elements:\n%s", page)
		}
		for _, r := range page {
			if r < ' ' && r != '\n' || r == '\u202e' || r == '\u200f' || r >= 0x7f && r < 0xa0 {
				t.Errorf("%U is on the page", r)
			}
		}
		for i, style := range styles(page) {
			if style != sheets[i] {
				t.Errorf("the style sheet says what nobody meant:\n%s", style)
			}
		}
	})
}

// styles returns the style sheets of a page without the content of their strings, which
// end with the line as a browser ends them.
func styles(page string) (list []string) {
	for _, m := range regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindAllStringSubmatch(page, -1) {
		list = append(list, regexp.MustCompile(`"(\\.|[^"\\\n])*"`).ReplaceAllString(m[1], `""`))
	}
	return list
}

// A window, and the name that a browser proposes for a file, show the title.
func TestTitleNamesNobody(t *testing.T) {
	page := patientHTML(t, &course().Chart)
	if title, _, _ := strings.Cut(page, "</title>"); strings.Contains(title, "OKAFOR") || strings.Contains(title, "0042317") {
		t.Errorf("the title tells who it is: %s", title)
	}
}

// browse looks at pages in a browser if the modules and Chromium are installed: see
// testdata/browser/look.mjs. It returns the faults of the pages.
func browse(t *testing.T, pages map[string]string) (faults []string) {
	t.Helper()
	const script, variable = "testdata/browser/look.mjs", "NEUROCHECK_BROWSER_MODULES"
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no node on the path")
	}
	modules, asked := os.LookupEnv(variable)
	if !asked {
		modules = filepath.Dir(script)
	}
	if _, err := os.Stat(filepath.Join(modules, "node_modules/playwright-core")); err != nil {
		if asked {
			t.Fatalf("%s has no modules: %v", variable, err)
		}
		t.Skipf("axe and playwright are not installed: npm ci in a copy of %s, and %s set to it", filepath.Dir(script), variable)
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil && asked {
		t.Fatalf("%s is set, and there is no chromium on the path", variable)
	}
	if err != nil {
		t.Skip("there is no chromium on the path")
	}
	folder := t.TempDir()
	args := []string{script}
	for name, page := range pages {
		file := filepath.Join(folder, name+".html")
		if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	cmd := exec.CommandContext(t.Context(), node, args...)
	cmd.Env = append(os.Environ(), "NEUROCHECK_CHROMIUM="+chromium, "HOME="+folder)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	faults = lines[:len(lines)-1]
	last := lines[len(lines)-1]
	if (err != nil) != (len(faults) > 0) || !regexp.MustCompile(`^\d+ pages, \d+ looks, \d+ faults$`).MatchString(last) {
		t.Fatalf("the browser ended with %q: %v\n%s", last, err, stderr.Bytes())
	}
	return faults
}

func TestInABrowser(t *testing.T) {
	next := 0
	long := written(func() string {
		next++
		return hostile[next%len(hostile)] + strings.Repeat("W", 60)
	})
	for _, fault := range browse(t, map[string]string{
		"child": patientHTML(t, &child().Chart), "busy": patientHTML(t, &busy().Chart), "busy-handover": handoverHTML(t, hand(busy(), child(), course())),
		"empty": patientHTML(t, &admit("0042317", "", "OKAFOR, Ada").Chart), "no-patients": handoverHTML(t, hand()),
		"hostile": patientHTML(t, &long.Chart), "hostile-handover": handoverHTML(t, hand(long)),
	}) {
		t.Error(fault)
	}
}

// A browser that finds nothing proves nothing: each of these pages is wrong in one
// way.
func TestTheBrowserFindsWhatIsWrong(t *testing.T) {
	page := patientHTML(t, &busy().Chart)
	change := func(old, new string) string {
		if !strings.Contains(page, old) {
			t.Fatalf("the page has no %q to break", old)
		}
		return strings.Replace(page, old, new, 1)
	}
	broken := map[string]string{
		"language": change(` lang="en"`, ""),
		"contrast": change("--faint: #555", "--faint: #bbb"),
		"headings": change("<h1>", "<h4>"),
		"drawing":  change(`role="img" aria-labelledby="trend-title trend-words"`, `role="img"`),
		"landmark": change("<main>", "<div>"),
		"wide":     change("table { width: 100%;", "table { width: 140%;"),
		"paper":    change("@media print {", "@media print { table { min-width: 300mm; }"),
		"request":  change(`default-src 'none'; style-src 'unsafe-inline'`, "default-src *"),
		"script":   change("</main>", "</main><script>1</script>"),
	}
	broken["drawing"] = regexp.MustCompile(`<(title|desc) id="trend-[^>]*>[^<]*</(title|desc)>`).ReplaceAllString(broken["drawing"], "")
	broken["request"] = strings.Replace(broken["request"], "</main>", `</main><img alt="" src="http://127.0.0.1:9/x.png">`, 1)
	faults := strings.Join(browse(t, broken), "\n")
	for name := range broken {
		if !strings.Contains(faults, name+": ") {
			t.Errorf("the browser finds nothing wrong with the page %q", name)
		}
	}
}
