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

	"neurocheck/internal/demo"
	"neurocheck/internal/icans"
	"neurocheck/internal/plot"
	"neurocheck/internal/report"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func patientHTML(t interface{ Fatal(...any) }, c *ward.Chart) string {
	site := ward.DefaultSite()
	var b bytes.Buffer
	if err := report.PatientHTML(&b, c, &site, morning, lisbon, sheet); err != nil {
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

// busy is a chart with everything on it that a page has a place for.
func busy() *stay {
	s := course()
	slip := *s.check(at("18:00"), 4, "")
	s.flag(s.find(slip.ID))
	s.correct(slip, at("18:10"), ward.Corrected, "wrong_value", "the objects had been named", func(x *icans.Findings) {
		x.ICE[icans.ICENaming] = icans.Scored(3)
	})
	s.correct(*s.check(at("19:00"), 9, ""), at("19:09"), ward.Withdrawn, "wrong_patient", "belongs to bed 12B", nil)
	s.check(at("03:00"), 8, "ice_writing= speech=").Note = "Fetched for his CT.\nThe interpreter had left."
	s.check(at("04:00"), 0, "unable=asleep")
	s.Symptoms = []ward.Symptom{{ToldAt: at("02:00"), ToldBy: "caregiver", Words: "she looks for words", Recorded: ward.Sign("Sam Lee", at("02:01"))}}
	s.Orders = []ward.Order{{Kind: ward.OrderInterval, Interval: 2 * time.Hour, Reason: "the night", Ordered: ward.Sign("Ines Reis", at("23:45"))}}
	s.Interventions[0].Recorded = ward.Sign("Sam Lee", at("23:12"))
	s.did(at("23:30"), "imaging", "CT")
	s.Interventions[0].Withdrawn = true
	s.Ticks = map[int64]map[string]ward.Signature{
		1: {"note concurrent CRS": ward.Sign("Sam Lee", at("22:20")), "IV hydration as ordered": ward.Sign("Ines Reis", at("22:16"))},
		2: {"review sedating drugs": ward.Sign("Sam Lee", at("18:20"))},
	}
	return s
}

// child is examined with CAPD, and has a follow-up that somebody works on.
func child() *stay {
	s := admit("0042154", "6B", "GARCÍA LÓPEZ, Lucía")
	s.Patient.Tool, s.Patient.Baseline, s.Patient.BirthDate = icans.CAPD, icans.Scored(0), ward.Date{Year: 2017, Month: 7, Day: 8}
	const no = " ice_year= ice_month= ice_city= ice_hospital= ice_naming= ice_command= ice_writing= ice_attention="
	s.check(at("20:00"), 10, "tool=capd capd_1=0 capd_2=0 capd_3=0 capd_4=0 capd_5=0 capd_6=0 capd_7=0 capd_8=0"+no)
	s.check(at("02:00"), 10, "tool=capd capd_1=1 capd_2=0 capd_3=0 capd_4=0 capd_5=3 capd_6=0 capd_7= capd_8=2 agitation=mild"+no)
	s.check(at("05:00"), 10, "tool=capd unable=asleep"+no)
	f := s.flag(s.find("0042154-2"))
	f.Acked = ward.Sign("Sam Lee", at("02:10"))
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
	words := strings.ReplaceAll(wordsOf(patientHTML(t, &busy().Chart)), "\u00a0", " ")
	for _, want := range []string{
		"OKAFOR, Ada", "14 Mar 1961", "0042317", "12A", "axi-cel",
		"REPLACED by a later version", "ICE 4 of 10", "version 2: corrected (wrong value, the objects had been named)",
		"WITHDRAWN", "withdrawn (wrong patient, belongs to bed 12B)", "late entry",
		"ICE 8 to 9 of 10", "not assessed: writes sentence, speech", "Fetched for his CT. The interpreter had left.",
		"ICE unable: asleep", "handwriting mild", "1 from score", "a grade 1 finding; ",
		"ICANS confirmed ICD-10-CM G92.01", "grade 1, dexamethasone", "NOT TAKEN",
		"another interval every 2 h; the night", "said a caregiver she looks for words", "imaging CT",
		"17 Mar 2026 07:00 by Sam Lee", "number 4711", sheet.Head,
	} {
		if !strings.Contains(words, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if t.Failed() {
		t.Log(words)
	}
}

// A page says which items a score lost, what a worse finding overshadowed, and what
// is left to do; of a closed follow-up what was done alone.
func TestPageTellsTheItems(t *testing.T) {
	shadows := admit("0042317", "12A", "OKAFOR, Ada")
	shadows.check(at("14:10"), 10, "consciousness=tactile seizure=brief handwriting=mild other_cause=consciousness;seizure")
	shadows.check(at("18:00"), 6, "consciousness=drowsy")
	shadows.check(at("20:00"), 9, "consciousness=voice motor=focal_weakness icp=focal_edema confusion=mild")
	words := func(s *stay) string {
		return strings.ReplaceAll(wordsOf(patientHTML(t, &s.Chart)), "\u00a0", " ")
	}
	for _, of := range []struct {
		stay *stay
		says []string
	}{
		{child(), []string{
			"CAPD 6 to 10 of 32 eye contact 1, restless 3, slow to respond 2 ", "CAPD 0 of 32 0 ", "CAPD unable: asleep 0 ",
			"tell the responsible clinician: Sam Lee 02:11 Not done: aspiration precautions and head of bed up; IV hydration as ordered; ",
		}},
		{shadows, []string{
			"0 put down to another cause: consciousness, seizure no flag consciousness (to touch), seizure (brief), handwriting mild ", "2 from score ", "consciousness (drowsy) Sam Lee ",
			"4 from focal weakness ", "consciousness (to voice), raised ICP (focal oedema), confusion mild ",
		}},
		{course(), []string{"ICE 8 of 10 lost: writes sentence, counts back ", "ICE 10 of 10 0 "}},
		{busy(), []string{
			"ICE 4 of 10 lost: names 3 objects (0 of 3), follows command, writes sentence, counts back ", "ICE 8 to 9 of 10 lost: counts back ",
			"grade 1, dexamethasone IV hydration as ordered: Ines Reis 22:16 note concurrent CRS: Sam Lee 22:20 16 Mar",
			"review sedating drugs: Sam Lee 18:20 Not done: bedside review now; neurology consult; ",
		}},
	} {
		page := words(of.stay)
		for _, want := range of.says {
			if !strings.Contains(page, want) {
				t.Errorf("it does not say %q:\n%s", want, page)
			}
		}
	}
	handed := strings.ReplaceAll(wordsOf(handoverHTML(t, hand(shadows))), "\u00a0", " ")
	if want := "ICANS 4 from focal weakness, consciousness (to voice), raised ICP (focal oedema), confusion mild (new)"; !strings.Contains(handed, want) {
		t.Errorf("the handover does not say %q:\n%s", want, handed)
	}
	if strings.Contains(words(course()), "Not done") {
		t.Error("a closed follow-up says what was not done by the list of today")
	}
}

// The code stands only where a clinician has confirmed ICANS.
func TestCodeOnlyWhereConfirmed(t *testing.T) {
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

// The drawing is the layout: every cell that marks a reading has its sign at the
// place of the cell, and there is no other sign.
func TestDrawingIsTheLayout(t *testing.T) {
	s := busy()
	site := ward.DefaultSite()
	_, drawing, _ := strings.Cut(patientHTML(t, &s.Chart), `role="img"`)
	drawing, _, _ = strings.Cut(drawing, "</svg>")
	var drawn, laid []string
	for _, m := range regexp.MustCompile(`<path class="mark [^"]*" d="M(\d+) (\d+)`).FindAllStringSubmatch(drawing, -1) {
		drawn = append(drawn, m[1]+","+m[2])
	}
	chart := plot.Layout(plot.WholeStay(&s.Chart, &site, morning, lisbon), 84)
	for i, row := range chart.Rows {
		for col, cell := range row.Cells {
			marks := cell.Kind == plot.Mark || cell.Kind == plot.WorstMark || cell.Kind == plot.UnableMark || cell.Kind == plot.EndMark && cell.Rune != '┬'
			if marks {
				laid = append(laid, fmt.Sprintf("%d,%d", 62+col*8+4, i*17+8))
			}
		}
	}
	if len(laid) < 6 || !slices.Equal(drawn, laid) {
		t.Errorf("drawn at %v, laid out at %v", drawn, laid)
	}
}

// hostile is text that tries to leave the place where it stands: an element, an
// attribute, a drawing, or the string of a style sheet.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</style><svg onload=alert(1)>`, `</title></desc></text>`,
	`"; } * { display: none } a { content: "`, `\"; @import url(//evil.example); /*`, `*/ url(http://evil.example/x)`, `{{.Head}}`, `javascript:alert(1)`,
	"OKAFOR\u202eadA", "a\x1b]52;c;aGk=\x07b", "x\x00y\u2028z", `<!-- --> ]]> &amp; &lt;`, `';alert(1)//`,
}

// shapeOf is a page without its words: what is left is what a browser does.
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

// written puts text into every place of a chart that somebody writes.
func written(write func() string) *stay {
	s := busy()
	p := &s.Patient
	p.MRN, p.Bed, p.Name, p.Product, p.Clinician, p.Language, p.Interpreter = write(), write(), write(), write(), write(), write(), true
	for i := range s.Checks {
		c := &s.Checks[i]
		c.Note, c.Recorded.By = write(), write()
		if c.Reason != "" {
			c.ReasonNote = write()
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
	}
	for id := range s.Ticks {
		s.Ticks[id] = map[string]ward.Signature{write(): ward.Sign(write(), at("22:16"))}
	}
	s.Symptoms[0].Words, s.Symptoms[0].Recorded.By = write(), write()
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

// styles are the style sheets of a page without what stands in their strings,
// which end with the line as a browser ends them.
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

// browse looks at pages in a browser, which is where the modules and Chromium are
// there: see testdata/browser/look.mjs. It returns what is wrong with them.
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

// demoCharts returns every chart of the demo ward.
func demoCharts(t *testing.T, now time.Time) (charts []ward.Chart) {
	t.Helper()
	s, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "demo.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := demo.Fill(t.Context(), s, now); err != nil {
		t.Fatal(err)
	}
	if charts, _, _, err = s.Charts(t.Context(), 0, now.Add(-ward.Shift)); err != nil {
		t.Fatal(err)
	}
	return charts
}

func TestInABrowser(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	charts := demoCharts(t, now)
	site := ward.DefaultSite()
	pages := make(map[string]string)
	for _, mrn := range []string{"0038807", "0042317", "0041760", "0042154"} {
		i := slices.IndexFunc(charts, func(c ward.Chart) bool { return c.Patient.MRN == mrn })
		var b bytes.Buffer
		if err := report.PatientHTML(&b, &charts[i], &site, now, lisbon, sheet); err != nil {
			t.Fatal(err)
		}
		pages["patient-"+mrn] = b.String()
	}
	pages["handover"] = handoverHTML(t, ward.Hand(&site, charts, now.Add(-ward.Shift), now, lisbon))
	pages["child"] = patientHTML(t, &child().Chart)
	pages["busy"] = patientHTML(t, &busy().Chart)
	pages["empty"] = patientHTML(t, &admit("0042317", "", "OKAFOR, Ada").Chart)
	pages["nobody"] = handoverHTML(t, hand())
	next := 0
	long := written(func() string {
		next++
		return hostile[next%len(hostile)] + strings.Repeat("W", 60)
	})
	pages["hostile"] = patientHTML(t, &long.Chart)
	pages["hostile-handover"] = handoverHTML(t, hand(long))
	for _, fault := range browse(t, pages) {
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
