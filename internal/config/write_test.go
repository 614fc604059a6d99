package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"neurocheck/internal/icans"
	"neurocheck/internal/tomldoc"
	"neurocheck/internal/ward"
)

// zones compares time zones by identity: a ward has one.
var zones = cmp.Comparer(func(a, b *time.Location) bool { return a == b })

// reloaded writes settings and reads them back.
func reloaded(t interface {
	Helper()
	Fatalf(string, ...any)
}, s Settings) {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, s); err != nil {
		t.Fatalf("%v", err)
	}
	site, _, faults := parse(b.Bytes())
	if faults != nil {
		t.Fatalf("%v\n%s", tomldoc.ProblemsOf("written", b.Bytes(), faults), &b)
	}
	if diff := cmp.Diff(s.Site, site, zones); diff != "" {
		t.Fatalf("(-written +read)\n%s\n%s", diff, &b)
	}
}

// drawSite draws a site that a settings file may hold.
func drawSite(t *rapid.T) ward.Site {
	minutes := func(name string, low, high time.Duration) time.Duration {
		return time.Duration(rapid.Int64Range(int64(low/time.Minute), int64(high/time.Minute)).Draw(t, name)) * time.Minute
	}
	line := rapid.Custom(func(t *rapid.T) string {
		r := rapid.OneOf(rapid.SampledFrom([]rune(`"\#[]=,'{}´é字א`)), rapid.Rune())
		return ward.CleanLine(rapid.StringOfN(r, 1, 40, -1).Draw(t, "line"))
	}).Filter(func(s string) bool { return s != "" })
	folded := rapid.Map(line, ward.FoldLine).Filter(func(s string) bool { return ward.FoldLine(s) == s && utf8.RuneCountInString(s) <= mostLanguage })
	column := rapid.Map(rapid.SampledFrom(questions()), func(f *icans.Field) string { return f.Column })
	lines := func(name string, low, high int, but []string) []string {
		other := line.Filter(func(s string) bool {
			for _, b := range but {
				if b == s {
					return false
				}
			}
			return true
		})
		return rapid.SliceOfNDistinct(other, low, high, rapid.ID).Draw(t, name)
	}
	var s ward.Site
	s.Zone = time.UTC
	const least = 15 * time.Minute
	i := &s.Intervals
	i.None = minutes("none", least, 7*day)
	i.StepDown24h = minutes("step down 24h", least, i.None)
	i.StepDown6h = minutes("step down 6h", least, i.StepDown24h)
	i.Grade1 = minutes("grade1", least, i.StepDown24h)
	i.Urgent = minutes("urgent", least, i.Grade1)
	i.Grade34 = minutes("grade 3-4", least, i.Urgent)
	i.Incomplete = minutes("incomplete", least, i.None)
	i.Unfinished = minutes("unfinished", least, i.Incomplete)
	i.Unable = minutes("unable", least, i.Incomplete)
	i.BurstFor = minutes("burst for", least, 2*day)
	if rapid.Bool().Draw(t, "has burst") {
		i.Burst = minutes("burst", least, min(i.Grade1, i.BurstFor))
	}
	for from := -9; rapid.Bool().Draw(t, "has days"); {
		d := ward.DayInterval{From: rapid.IntRange(from, from+5).Draw(t, "from")}
		d.To = rapid.IntRange(d.From, d.From+5).Draw(t, "to")
		d.Every = minutes("every", max(i.Grade1, i.Incomplete, i.StepDown24h), 7*day)
		if i.Days = append(i.Days, d); len(i.Days) == mostRanges {
			break
		}
		from = d.To + 1
	}
	i.First = minutes("first", 5*time.Minute, day)
	s.NotExamined.Urgent = minutes("not examined urgent", 4*time.Hour, 7*day)
	s.NotExamined.Grade1 = minutes("not examined grade1", 4*time.Hour, s.NotExamined.Urgent)
	s.DueSoon = minutes("due soon", time.Minute, 4*time.Hour)
	s.LastDay = rapid.IntRange(1, 365).Draw(t, "last day")
	s.Acknowledge.Grade1 = minutes("acknowledge grade1", time.Minute, day)
	s.Acknowledge.Urgent = minutes("acknowledge urgent", time.Minute, s.Acknowledge.Grade1)
	s.Checklists.Grade1 = lines("list grade1", 1, mostItems, nil)
	s.Checklists.Urgent = lines("list urgent", 1, mostItems, s.Checklists.Grade1)
	for range rapid.IntRange(0, 3).Draw(t, "products") {
		var c ward.Checklists
		c.Grade1 = lines("product grade1", 1, mostItems, nil)
		c.Urgent = lines("product urgent", 1, mostItems, c.Grade1)
		if s.Checklists.Products == nil {
			s.Checklists.Products = make(map[string]ward.Checklists)
		}
		s.Checklists.Products[folded.Draw(t, "product")] = c
	}
	s.Objects = lines("objects", 3, 3, nil)
	if rapid.Bool().Draw(t, "has sentence") {
		s.Sentence = line.Draw(t, "sentence")
	}
	for range rapid.IntRange(0, 3).Draw(t, "languages") {
		var w ward.Words
		if rapid.Bool().Draw(t, "has objects") {
			w.Objects = lines("objects of a language", 3, 3, nil)
		}
		w.Ask = rapid.MapOfN(column, line, 1, 3).Draw(t, "questions")
		if s.Words == nil {
			s.Words = make(map[string]ward.Words)
		}
		s.Words[folded.Draw(t, "language")] = w
	}
	s.IdleLock = minutes("idle lock", time.Minute, 4*time.Hour)
	s.Palette = rapid.SampledFrom([]string{ward.PaletteAuto, ward.PaletteLight, ward.PaletteDark}).Draw(t, "palette")
	s.Bell = rapid.Bool().Draw(t, "bell")
	s.Backups.Keep = rapid.IntRange(0, 365).Draw(t, "keep")
	if rapid.Bool().Draw(t, "has folder") {
		s.DowntimeFolder = "/" + line.Draw(t, "folder")
	}
	if rapid.Bool().Draw(t, "has numbers") {
		s.Home = ward.HomePage{Call: rapid.SliceOfNDistinct(line, 1, 4, rapid.ID[string]).Draw(t, "call"), Emergency: line.Draw(t, "emergency")}
	}
	s.Status = ward.StatusLimits{
		Backup: minutes("status backup", time.Hour, 31*day), Verified: minutes("status verified", time.Hour, 365*day),
		IntakeSilent: minutes("silent", 10*time.Minute, 31*day), IntakeHeld: minutes("held", 10*time.Minute, 31*day),
		DiskMiB: rapid.IntRange(1, 1<<20).Draw(t, "disk"),
	}
	s.Intake = drawIntake(t, line)
	s.FHIR = drawFHIR(t, line)
	return s
}

// drawFHIR draws settings that are valid together: references need a system.
func drawFHIR(t *rapid.T, line *rapid.Generator[string]) (f ward.FHIRServer) {
	f.MRNSystem = line.Draw(t, "system")
	f.Gender = rapid.SampledFrom([]string{"", "unknown"}).Draw(t, "gender")
	f.Patient = ward.PatientPut
	if f.MRNSystem != "" {
		f.Patient = rapid.SampledFrom([]string{ward.PatientPut, ward.PatientReference}).Draw(t, "patient")
	}
	return f
}

func drawIntake(t *rapid.T, line *rapid.Generator[string]) (i ward.Intake) {
	lines := func(name string, low, high int) []string {
		if list := rapid.SliceOfNDistinct(line, low, high, rapid.ID).Draw(t, name); len(list) > 0 {
			return list
		}
		return nil
	}
	i.Locations, i.Classes, i.TestNames = lines("locations", 0, 5), lines("classes", 1, 3), lines("test names", 0, 3)
	for _, text := range []*string{&i.Authority, &i.Processing} {
		*text = line.Draw(t, "text")
	}
	i.IDType = line.Filter(func(t string) bool { return t != "" }).Draw(t, "type")
	i.Bed = line.Filter(ward.ValidBedPattern).Draw(t, "bed")
	i.Charset = rapid.SampledFrom([]string{"", "UNICODE UTF-8", "8859/1"}).Draw(t, "charset")
	i.Zone = rapid.SampledFrom([]string{"", "Europe/Lisbon", "UTC"}).Draw(t, "zone")
	i.Watch = rapid.SampledFrom([]string{ward.WatchAll, ward.WatchAsked}).Draw(t, "watch")
	i.NotNow = rapid.SampledFrom([]string{ward.NotNowAnswer, ward.NotNowClose}).Draw(t, "not now")
	if ends := rapid.MapOfN(line, rapid.SampledFrom([]string{"home", "transferred", "died", "other"}), 0, 3).Draw(t, "ends"); len(ends) > 0 {
		i.Discharge = ends
	}
	return i
}

func TestWrittenSettingsLoadBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Settings{Site: drawSite(t), Path: rapid.String().Draw(t, "path"), Line: make(map[string]int)}
		for _, of := range settingsOf(&s.Site) {
			if rapid.Bool().Draw(t, of.key()) {
				s.Line[of.key()] = 7
			}
		}
		reloaded(t, s)
	})
}

// Each setting reaches its own field: none is forgotten, none is there twice.
func TestEverySettingReachesAFieldOfItsOwn(t *testing.T) {
	seen := make(map[string]bool)
	for _, s := range settings {
		if seen[s.key()] {
			t.Errorf("%s is there twice", s.key())
		}
		seen[s.key()] = true
	}
	rapid.Check(t, func(t *rapid.T) {
		from, to := drawSite(t), ward.Site{Zone: time.UTC}
		for _, s := range settingsOf(&from) {
			v := s.kind.get(&from)
			switch typed := v.(type) {
			case int:
				v = int64(typed)
			case []string:
				var items []any
				for _, item := range typed {
					items = append(items, item)
				}
				v = items
			}
			if refused := s.kind.set(&to, v); refused != nil {
				t.Fatalf("%s: %v", s.key(), refused)
			}
		}
		if diff := cmp.Diff(from, to, zones); diff != "" {
			t.Fatalf("(-from +to)\n%s", diff)
		}
	})
}

func TestDefaultFile(t *testing.T) {
	var b bytes.Buffer
	if err := WriteDefault(&b); err != nil {
		t.Fatal(err)
	}
	golden.RequireEqual(t, b.Bytes())
	path := filepath.Join(t.TempDir(), "site.toml")
	save(t, path, b.String())
	s, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ward.DefaultSite(), s.Site, zones); diff != "" {
		t.Errorf("(-default +file)\n%s", diff)
	}
	if len(s.Line) != len(settings) {
		t.Errorf("the file sets %d of %d settings", len(s.Line), len(settings))
	}
}

func TestFileSaysWhereEachValueCameFrom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.toml")
	save(t, path, "last_day = 28\n[intervals]\nnone = \"6h\"\nurgent = \"2h\"\n[checklist]\nurgent = [\"go\"]\n")
	s, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\n# " + path + "\n",
		fmt.Sprintf("\nlast_day = 28 # from %s:1; the default is 30\n", path),
		fmt.Sprintf("\nnone = \"6h\" # from %s:3; the default is \"8h\"\n", path),
		fmt.Sprintf("\nurgent = \"2h\" # from %s:4\n", path),
		"\ngrade1 = \"4h\" # default\n",
		fmt.Sprintf("\nurgent = [ # from %s:6; the default is another\n  \"go\",\n]\n", path),
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, &b)
		}
	}

	b.Reset()
	if err := json.NewEncoder(&b).Encode(JSON(s)); err != nil {
		t.Fatal(err)
	}
	var got struct {
		File     string
		Settings map[string]map[string]any
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.File != path || len(got.Settings) != len(settings) {
		t.Errorf("%s", &b)
	}
	for key, want := range map[string]map[string]any{
		"last_day":         {"value": 28.0, "from": "file", "line": 1.0},
		"intervals.none":   {"value": "6h", "from": "file", "line": 3.0},
		"screen.bell":      {"value": true, "from": "default"},
		"checklist.urgent": {"value": []any{"go"}, "from": "file", "line": 6.0},
	} {
		if diff := cmp.Diff(want, got.Settings[key]); diff != "" {
			t.Errorf("%s (-want +got)\n%s", key, diff)
		}
	}
}

func TestMissingWordsAreListed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.toml")
	save(t, path, "[words.pt]\nsentence = 'O céu'\n[words.pt.ask]\nspeech = 'Fala bem?'\n[words.'Türkçe']\n")
	s, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, s); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(strings.ReplaceAll(b.String(), "\n# ", " ")), " ")
	const asks = `ask.ice_year, ask.ice_month, ask.ice_city, ask.ice_hospital, ask.ice_naming, ask.ice_command, ask.ice_writing, ask.ice_attention, ask.confusion, ask.agitation, ask.inattention, ask.memory,`
	for _, want := range []string{
		"[words.pt] MISSING, so in English: objects, " + asks + " ask.headache,",
		fmt.Sprintf("sentence = \"O céu\" # from %s:2 [words.pt.ask]", path),
		fmt.Sprintf(`[words.pt.ask] Speech ("Searches for words, wrong words, does not understand?"): one line of up to 70 characters, "" for none. speech = "Fala bem?" # from %s:4 `, path),
		`[words."türkçe"] MISSING, so in English: objects, ` + asks + " ask.speech,",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, &b)
		}
	}

	b.Reset()
	if err := json.NewEncoder(&b).Encode(JSON(s)); err != nil {
		t.Fatal(err)
	}
	var got struct {
		MissingWords map[string][]string `json:"missing_words"`
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if n, m := len(got.MissingWords["pt"]), len(got.MissingWords["türkçe"]); n != len(questions()) || m != 1+len(questions()) {
		t.Errorf("%d and %d words are missing", n, m)
	}

	// The table that the default file offers has no fault, and lacks nothing but the sentence.
	site, _, faults := parse([]byte(strings.ReplaceAll(offeredTable(t), "\n# ", "\n")))
	site.Sentence = "The sky is blue."
	if faults != nil || strings.Join(missing(&site, "pt"), " ") != "sentence" {
		t.Errorf("%v, missing %v", faults, missing(&site, "pt"))
	}
}

// offeredTable returns the table of words in the default file, commented out.
func offeredTable(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteDefault(&b); err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(b.String(), "remove the # and translate:")
	table, _, ok := strings.Cut(table, "# The objects and the sentence are added")
	if !ok {
		t.Fatalf("no table of words in\n%s", &b)
	}
	return table
}
