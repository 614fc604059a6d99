package mapping

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/tomldoc"
	"neurocheck/internal/ward"
)

// Each fault of a mapping has its place and names the allowed values.
func TestFaultsOfAMapping(t *testing.T) {
	const long = "[file]\nform = \"long\"\n[long]\ngroup = [\"A\"]\nitem = \"B\"\nvalue = \"C\"\n[items]\n\"D\" = \"ice_year\"\n"
	for text, want := range map[string]string{
		"[colums]\n\"A\" = \"mrn\"\n":                                   "1:2: colums: there is no such table; a mapping has columns, constants, file, items, long, mrn, strip, values\n",
		"[columns]\n\"A\" = \"mrm\"\n":                                  "2:7: columns.A: there is no column \"mrm\"; did you mean mrn?\n",
		"[columns]\n\"A\" = 'icp___posture'\n":                          "2:7: columns.A: the column icp has no box of that name; it has none, focal_edema, diffuse_edema, posturing, cn6_palsy, papilledema, cushing_triad\n",
		"[columns]\n\"A b\" = \"mrn\"\n\"a_B\" = \"name\"\n":            "3:1: columns.a_B: this name is there twice, but for case, accents and blanks; keep one\n",
		"[columns]\nA = [\"mrn\"]\n":                                    "2:5: columns.A: write a text in quotes\n",
		"[columns]\nA = \" mrn\"\n":                                     "2:5: columns.A: the text has blanks around it, or characters that cannot be seen\n",
		"[[columns]]\n":                                                 "1:3: columns: two brackets make a list of tables; write [columns]\n",
		"columns = 1\n":                                                 "1:1: columns: a text in quotes is needed here, such as \"PAT_MRN_ID\" = \"mrn\", with the texts in quotes\n",
		"[constants]\ntool = \"icf\"\n":                                 "2:8: constants.tool: \"icf\" is not allowed here; allowed: ice, capd\n",
		"[values.consciousness]\n\"Awake\" = \"awake\"\n":               "2:11: values.consciousness.Awake: not allowed here; allowed: alert, drowsy, voice, tactile, unarousable, or empty\n",
		"[values.alertness]\n\"Awake\" = \"alert\"\n":                   "2:1: values.alertness.Awake: there is no column \"alertness\"; words.md of --template lists them\n",
		"[values.motor]\n\"No way\" = \"none\"\nno_way = \"none\"\n":    "3:1: values.motor.no_way: this word is there twice, but for case, accents and blanks; keep one\n",
		"[strip]\nscore = \"/10\"\n":                                    "2:9: strip.score: write a list of texts, such as [\"N/A\", \"not done\"]\n",
		"[mrn]\n\"1\" = \"\"\n":                                         "2:7: mrn.1: write the MRN of the patient\n",
		"[file]\nform = \"tall\"\n":                                     "2:8: file.form: write \"wide\" or \"long\"\n",
		"[file]\nseparator = \"x\"\n":                                   "2:13: file.separator: write \"auto\", \",\", \";\", \"tab\" or \"|\"\n",
		"[file]\nencoding = \"klingon\"\n":                              "2:12: file.encoding: this encoding is not known; write \"auto\", \"UTF-8\", \"UTF-16\", or another such as \"windows-1252\"\n",
		"[file]\nzone = \"Local\"\n":                                    "2:8: file.zone: there is no such zone; write it as \"Europe/Lisbon\" or \"America/New_York\"\n",
		"[file]\ndates = \"us\"\n":                                      "2:9: file.dates: write \"ymd\", \"mdy\", \"dmy\" or \"excel\"\n",
		"[file]\nmrn_width = 50\n":                                      "2:13: file.mrn_width: write a whole number from 1 to 20\n",
		"[file]\nwidth = \"7\"\n":                                       "2:1: file.width: there is no such key; [file] takes form, separator, encoding, zone, dates, missing, ignore and mrn_width\n",
		"[file]\nform = \"long\"\n":                                     "2:1: file.form: the long form needs group, item and value in [long], and the items in [items]\n",
		strings.Replace(long, "form = \"long\"", "form = \"wide\"", 1):  "4:1: long.group: this is for the long form; write form = \"long\" in [file]\n",
		strings.Replace(long, "[items]", "within = \"6m\"\n[items]", 1): "7:10: long.within: write a time from \"0m\" to \"5m\"\n",
		strings.Replace(long, "[items]", "newer = \"E\"\n[items]", 1):   "7:1: long.newer: there is no such key; [long] takes group, item, value, newest, only, within and ignore\n",
		strings.Replace(long, "[items]", "only = \"E\"\n[items]", 1):    "7:1: long.only: a text in quotes is needed here, such as \"PAT_MRN_ID\" = \"mrn\", with the texts in quotes\n",
		"[columns\n":                 "1:9: ",
		"[columns]\n\"A\" = “mrn”\n": "2:7: “ is no quote here; write the straight one, \"\n",
	} {
		path := filepath.Join(t.TempDir(), "map.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Load(path)
		faults, ok := errors.AsType[tomldoc.Problems](err)
		if !ok {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := strings.ReplaceAll(faults.Error(), path+":", "") + "\n"
		if got != want && !(strings.HasSuffix(want, ": ") && strings.HasPrefix(got, want)) {
			t.Errorf("%s\ngot  %swant %s", text, got, want)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.toml")); ward.KindOf(err) != ward.KindNotFound {
		t.Error(err)
	}
}

// The files to start from: the mapping says nothing, and is read with the header. With its
// lines in force it is read too.
func TestTemplate(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new")
	if err := Template(folder); err != nil {
		t.Fatal(err)
	}
	m, err := Load(filepath.Join(folder, "map.toml"))
	if err != nil {
		t.Fatal(err)
	}
	header, err := os.ReadFile(filepath.Join(folder, "checks.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, faults, _ := asRead(t, m, string(header)+strings.Repeat(",", strings.Count(string(header), ","))+"\n", nil)
	if rows+faults != "" {
		t.Error(rows, faults)
	}
	words, err := os.ReadFile(filepath.Join(folder, "words.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range csvlog.Columns() {
		if !strings.Contains(string(words), "| `"+c.Name+"` | "+strings.Join(c.Words(), ", ")+" | ") {
			t.Errorf("words.md lacks %s", c.Name)
		}
	}
	if err := Template(folder); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	var inForce []string
	for line := range strings.Lines(templateMap) {
		if setting, ok := strings.CutPrefix(line, "#"); ok && setting[0] != ' ' {
			line = setting
		}
		inForce = append(inForce, line)
	}
	text := strings.Join(inForce, "")
	if _, faults := parse([]byte(text)); len(faults) > 0 {
		t.Errorf("%v in\n%s", faults, text)
	}
}
