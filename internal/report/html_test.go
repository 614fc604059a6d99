package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
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
		"check interval: every 2 h, the night", "“she looks for words”, said by a caregiver ICE 10, ICANS 0 (01:55) ICE 8 to 9, ICANS 1 (03:00)", "imaging CT (withdrawn: not done)",
		"D dexamethasone 10 mg IV ICE 8, ICANS 1 (22:05) ICE 10, ICANS 0 (17 Mar 2026 01:55)",
		"Printed 17 Mar 2026 07:00 by Sam Lee , record 4711", "Role Name Signature Date, time Nurse Clinician", "Printed by Sam Lee , 17 Mar 2026 07:00", "Record 4711", sheet.Head,
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
		"Done: tell the responsible clinician: Sam Lee 02:11 Not done (tick, name, time): aspiration precautions, head of bed up IV hydration as ordered ")
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
			x, y := 86+col*8+4, i*17+8
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
		for _, made := range []string{patientHTML(t, &s.Chart), handoverHTML(t, hand(s)), tableHTML(t, hand(s)), homeHTML(t, &s.Chart, *site)} {
			page += made
			shape += shapeOf(t, made)
		}
		return page, shape
	}
	page, plain := pages(t, func() string { return "plain" })
	sheets := styles(page)
	if len(sheets) != 4 || strings.Contains(sheets[0], "plain") {
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
