package report_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/nodescript"
)

// looker looks at pages in a browser: see its first lines.
var looker = nodescript.Script{Path: "testdata/browser/look.mjs", Module: "playwright-core", Variable: "NEUROCHECK_BROWSER_MODULES"}

// browse looks at pages in a browser if the modules and Chromium are installed. It returns
// the faults of the pages, and the folder with the page and its prints on paper.
func browse(t *testing.T, pages map[string]string) (faults []string, folder string) {
	t.Helper()
	chromium := looker.Program(t, "chromium", "chromium")
	folder = t.TempDir()
	var files []string
	for name, page := range pages {
		file := filepath.Join(folder, name+".html")
		if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	faults, last := looker.Run(t, nil, []string{"NEUROCHECK_CHROMIUM=" + chromium, "HOME=" + folder, "NEUROCHECK_PRINTS=" + folder}, files...)
	if !regexp.MustCompile(`^\d+ pages, \d+ looks, \d+ faults$`).MatchString(last) {
		t.Fatalf("the browser ended with %q", last)
	}
	return faults, folder
}

func TestInABrowser(t *testing.T) {
	next := 0
	long := written(func() string {
		next++
		return hostile[next%len(hostile)] + strings.Repeat("W", 60)
	})
	faults, folder := browse(t, map[string]string{
		"child": patientHTML(t, &child().Chart), "busy": patientHTML(t, &busy().Chart), "busy-handover": handoverHTML(t, hand(busy(), child(), course())),
		"empty": patientHTML(t, &admit("0042317", "", "OKAFOR, Ada").Chart), "no-patients": handoverHTML(t, hand()),
		"hostile": patientHTML(t, &long.Chart), "hostile-handover": handoverHTML(t, hand(long)),
		"home": homeHTML(t, &busy().Chart, numbers), "home-blank": homeHTML(t, &busy().Chart, *site), "home-child": homeHTML(t, &child().Chart, numbers),
		"round": tableHTML(t, fullWard()), "round-empty": tableHTML(t, hand()), "long": patientHTML(t, &longCourse().Chart),
	})
	for _, fault := range faults {
		t.Error(fault)
	}
	everySheetNames(t, folder, "long", "OKAFOR, Ada", "born 14 Mar 1961", "MRN 0042317")
	everySheetNames(t, folder, "busy-handover", "Neuro check handover", "Haematology 4", "17 Mar 2026 07:00")
}

// longCourse is a chart that fills several sheets of paper.
func longCourse() *stay {
	s := admit("0042317", "12A", "OKAFOR, Ada")
	for i := range 24 {
		s.check(at("13:00").Add(time.Duration(i)*40*time.Minute), 10-i%5, "confusion=mild memory=moderate handwriting=mild")
	}
	return s
}

// everySheetNames fails unless each sheet of a printed page begins with the words, below
// which its text is. The margins have other words.
func everySheetNames(t *testing.T, folder, page string, words ...string) {
	t.Helper()
	reader := looker.Program(t, "pdftotext", "poppler-utils")
	for _, format := range []string{"A4", "Letter"} {
		file := filepath.Join(folder, page+"-"+format+".pdf")
		text, err := exec.CommandContext(t.Context(), reader, "-layout", file, "-").Output()
		if err != nil {
			t.Fatalf("pdftotext %s: %v", file, err)
		}
		sheets := strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
		if len(sheets) < 2 {
			t.Errorf("%s on %s has %d sheets, too few to show anything", page, format, len(sheets))
		}
		for i, sheet := range sheets {
			first, _, _ := strings.Cut(strings.TrimSpace(sheet), "\n")
			for _, w := range words {
				if !strings.Contains(first, w) {
					t.Errorf("sheet %d of %s on %s begins without %q: %s", i+1, page, format, w, first)
				}
			}
		}
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
		"word":     change("{ width: 17%; }", "{ width: 3%; }"),
		"label":    change(`<text class="label" x="78"`, `<text class="label" x="5"`),
		"paper":    change("@media print {", "@media print { table { min-width: 300mm; }"),
		"request":  change(`default-src 'none'; style-src 'unsafe-inline'`, "default-src *"),
		"script":   change("</main>", "</main><script>1</script>"),
	}
	broken["sheets"] = strings.Replace(page, `<body>`, `<body class="one-page">`+strings.Repeat("<p>a line</p>", 90), 1)
	broken["drawing"] = regexp.MustCompile(`<(title|desc) id="trend-[^>]*>[^<]*</(title|desc)>`).ReplaceAllString(broken["drawing"], "")
	broken["request"] = strings.Replace(broken["request"], "</main>", `</main><img alt="" src="http://127.0.0.1:9/x.png">`, 1)
	found, _ := browse(t, broken)
	faults := strings.Join(found, "\n")
	for name := range broken {
		if !strings.Contains(faults, name+": ") {
			t.Errorf("the browser finds nothing wrong with the page %q", name)
		}
	}
}
