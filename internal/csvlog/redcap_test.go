package csvlog

import (
	"encoding/csv"
	"fmt"
	"regexp"
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

// There is no REDCap here. These are the rules that REDCap documents for
// the files that it takes, written from its help pages and not from this program.

// dictionaryRow is a field as a data dictionary has it.
type dictionaryRow struct {
	name, form, kind        string
	choices                 []string // codes
	validation, least, most string
}

var (
	redcapName   = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	redcapRecord = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$`) // stricter than REDCap, which bars # & + and quotes
	redcapCode   = regexp.MustCompile(`^[a-z0-9_]+$`)
	showOnlyIf   = regexp.MustCompile(`^\[([a-z0-9_]+)\] = '([a-z0-9_]+)'$`)
)

// readDictionary reads a data dictionary as REDCap would, and reports the fields that it would
// not take.
func readDictionary(text string) (fields []dictionaryRow, wrong []string) {
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, []string{err.Error()}
	}
	const header = `Variable / Field Name|Form Name|Section Header|Field Type|Field Label|` +
		`Choices, Calculations, OR Slider Labels|Field Note|Text Validation Type OR Show Slider Number|` +
		`Text Validation Min|Text Validation Max|Identifier?|Branching Logic (Show field only if...)|` +
		`Required Field?|Custom Alignment|Question Number (surveys only)|Matrix Group Name|Matrix Ranking?|Field Annotation`
	if got := strings.Join(rows[0], "|"); got != header || len(rows[0]) != 18 {
		add("the header is %s", got)
	}
	seen, forms := map[string]dictionaryRow{}, []string{}
	logic := map[string]string{}
	for _, row := range rows[1:] {
		f := dictionaryRow{name: row[0], form: row[1], kind: row[3], validation: row[7], least: row[8], most: row[9]}
		if !redcapName.MatchString(f.name) || len(f.name) > 26 || strings.HasPrefix(f.name, "redcap_") {
			add("%q is no name of a field", f.name)
		}
		if _, twice := seen[f.name]; twice {
			add("%s stands twice", f.name)
		}
		if !redcapName.MatchString(f.form) || len(f.form) > 64 {
			add("%q is no name of a form", f.form)
		}
		if len(forms) == 0 || forms[len(forms)-1] != f.form {
			if slices.Contains(forms, f.form) {
				add("the form %s stands in two places", f.form)
			}
			forms = append(forms, f.form)
		}
		if row[4] == "" {
			add("%s has no label", f.name)
		}
		switch f.kind {
		case "radio", "checkbox":
			for _, choice := range strings.Split(row[5], "|") {
				code, label, ok := strings.Cut(strings.TrimSpace(choice), ", ")
				if !ok || !redcapCode.MatchString(code) || label == "" || slices.Contains(f.choices, code) {
					add("%s: %q is no choice", f.name, choice)
				}
				f.choices = append(f.choices, code)
			}
		case "text", "notes", "yesno":
			if row[5] != "" {
				add("%s: choices for a field of type %s", f.name, f.kind)
			}
		default:
			add("%s: %q is no type", f.name, f.kind)
		}
		switch f.validation {
		case "":
			if f.least+f.most != "" {
				add("%s: bounds without a validation", f.name)
			}
		case "integer", "date_ymd", "datetime_seconds_ymd":
			if f.kind != "text" {
				add("%s: a validation for a field of type %s", f.name, f.kind)
			}
		default:
			add("%s: %q is no validation", f.name, f.validation)
		}
		for _, bound := range []string{f.least, f.most} {
			if _, err := strconv.Atoi(bound); bound != "" && (err != nil || f.validation != "integer") {
				add("%s: %q is no bound", f.name, bound)
			}
		}
		for _, i := range []int{10, 12} {
			if row[i] != "" && row[i] != "y" {
				add("%s: %q is neither y nor empty", f.name, row[i])
			}
		}
		logic[f.name] = row[11]
		seen[f.name] = f
		fields = append(fields, f)
	}
	if fields[0].name != "record_id" {
		add("the first field is %s", fields[0].name)
	}
	for name, condition := range logic {
		if condition == "" {
			continue
		}
		m := showOnlyIf.FindStringSubmatch(condition)
		if m == nil || !slices.Contains(seen[m[1]].choices, m[2]) {
			add("%s is shown only if %s", name, condition)
		}
	}
	for _, form := range forms {
		if _, there := seen[form+"_complete"]; there {
			add("%s_complete is REDCap's", form)
		}
	}
	return fields, wrong
}

// refused returns the errors of REDCap for records into a longitudinal project
// with this dictionary, in which neuro_check repeats in the event stay_arm_1.
func refused(fields []dictionaryRow, text string) (wrong []string) {
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return []string{err.Error()}
	}
	header := rows[0]
	keys := []string{"record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"}
	if !slices.Equal(header[:4], keys) {
		add("the header begins with %v", header[:4])
	}
	if strings.HasPrefix(text, "\ufeff") {
		add("the first column is called %q", header[0])
	}
	allowed := map[string]func(string) bool{} // of a cell that is not empty
	forms := map[string]string{}
	for _, f := range fields[1:] {
		forms[f.form+"_complete"] = f.form
		allowed[f.form+"_complete"] = func(s string) bool { return s == "0" || s == "1" || s == "2" }
		bit := func(s string) bool { return s == "0" || s == "1" }
		switch {
		case f.kind == "checkbox":
			for _, code := range f.choices {
				forms[f.name+"___"+code], allowed[f.name+"___"+code] = f.form, bit
			}
			continue
		case f.kind == "yesno":
			allowed[f.name] = bit
		case f.kind == "radio":
			allowed[f.name] = func(s string) bool { return slices.Contains(f.choices, s) }
		case f.validation == "integer":
			allowed[f.name] = func(s string) bool {
				n, err := strconv.Atoi(s)
				least, _ := strconv.Atoi(f.least)
				most, none := strconv.Atoi(f.most)
				return err == nil && (f.least == "" || n >= least) && (none != nil || n <= most)
			}
		case f.validation == "date_ymd":
			allowed[f.name] = func(s string) bool { _, err := time.Parse("2006-01-02", s); return err == nil }
		case f.validation == "datetime_seconds_ymd":
			allowed[f.name] = func(s string) bool { _, err := time.Parse("2006-01-02 15:04:05", s); return err == nil && len(s) == 19 }
		case f.kind == "text": // one line, which REDCap would make of several
			allowed[f.name] = func(s string) bool { return !strings.ContainsAny(s, "\r\n") }
		default:
			allowed[f.name] = func(string) bool { return true }
		}
		forms[f.name] = f.form
	}
	for _, name := range header[4:] {
		if allowed[name] == nil {
			add("%s is no field", name)
		}
	}
	if len(header)-4 != len(allowed) || len(slices.Compact(slices.Sorted(slices.Values(header)))) != len(header) {
		add("%d columns for %d fields", len(header)-4, len(allowed))
	}
	seen := map[string]bool{}
	for i, row := range rows[1:] {
		key := strings.Join(row[:4], "|")
		if seen[key] {
			add("row %d: %s is there already", i+2, key)
		}
		seen[key] = true
		if !redcapRecord.MatchString(row[0]) || row[1] != "stay_arm_1" {
			add("row %d is of %q in %q", i+2, row[0], row[1])
		}
		form := "patient"
		if row[2] != "" || row[3] != "" {
			form = "neuro_check"
			if n, err := strconv.Atoi(row[3]); err != nil || n < 1 || row[2] != form {
				add("row %d: instance %q of %q", i+2, row[3], row[2])
			}
		}
		for j, cell := range row[4:] {
			name := header[j+4]
			switch {
			case cell == "" || allowed[name] == nil:
			case forms[name] != form:
				add("row %d: %s is not on the form %s", i+2, name, form)
			case !allowed[name](cell):
				add("row %d: %s does not take %q", i+2, name, cell)
			}
		}
	}
	return wrong
}

func dictionaryOf(t interface {
	Helper()
	Fatal(...any)
	Errorf(string, ...any)
}, p Profile) []dictionaryRow {
	t.Helper()
	var text strings.Builder
	if err := p.Dictionary(&text); err != nil {
		t.Fatal(err)
	}
	fields, wrong := readDictionary(text.String())
	if len(wrong) > 0 {
		t.Errorf("REDCap would refuse the dictionary:\n%s", strings.Join(wrong, "\n"))
	}
	return fields
}

func TestREDCapTakesTheRecords(t *testing.T) {
	deidentified := NewDeidentifier(keyOf(3), lisbon, someDay).Profile()
	for name, p := range map[string]Profile{"named": {}, "deidentified": deidentified} {
		t.Run(name, func(t *testing.T) {
			fields := dictionaryOf(t, p)
			file, _ := table(t, p.REDCap(lisbon), numbered(hostileLog))
			if wrong := refused(fields, file); len(wrong) > 0 {
				t.Errorf("REDCap would refuse:\n%s", strings.Join(wrong, "\n"))
			}
			rapid.Check(t, func(t *rapid.T) {
				patient, stays := drawPatient(t), drawStays(t)
				patient.ID = 1
				file, rows := table(t, p.REDCap(lisbon), func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
					for i := range rapid.IntRange(1, 3).Draw(t, "checks") {
						s := &stays[rapid.IntRange(0, len(stays)-1).Draw(t, "stay")]
						c := drawCheck(t, s, fmt.Sprint(i))
						if err := yield(&patient, s, &c); err != nil {
							return err
						}
					}
					return nil
				})
				if wrong := refused(fields, file); len(wrong) > 0 || len(rows) < 2 {
					t.Fatalf("REDCap would refuse:\n%s", strings.Join(wrong, "\n"))
				}
			})
		})
	}
}

// numbered gives each patient the ID that the log would.
func numbered(each Each) Each {
	return func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		n := int64(0)
		return each(func(p *ward.Patient, s *ward.Stay, c *ward.Check) error {
			n++
			p.ID = n
			return yield(p, s, c)
		})
	}
}

// The rules above have to find errors.
func TestREDCapRulesBite(t *testing.T) {
	var text strings.Builder
	if err := (Profile{}).Dictionary(&text); err != nil {
		t.Fatal(err)
	}
	dictionary := text.String()
	for _, slip := range [][2]string{
		{"Identifier?", "Identifier"}, {"\nicp,", "\nICP,"}, {"\nicp,", "\nraised_intracranial_pressure,"}, {"\nmotor,", "\nicp,"},
		{"capd_1,neuro_check,", "capd_1,patient,"}, {"brief, short |", "brief |"}, {"brief, short", "b-1, short"}, {",integer,0,3,", ",integer,0,three,"},
		{",datetime_seconds_ymd,", ",datetime,"}, {"[tool] = 'ice'", "[tool] = 'mmse'"}, {"[tool] = 'ice'", "tool = ice"}, {",notes,", ",note,"},
	} {
		if _, wrong := readDictionary(strings.Replace(dictionary, slip[0], slip[1], 1)); len(wrong) == 0 {
			t.Errorf("a dictionary with %s in place of %s was taken", slip[1], slip[0])
		}
	}
	fields, _ := readDictionary(dictionary)
	file, _ := table(t, Profile{}.REDCap(lisbon), numbered(hostileLog))
	for _, slip := range [][2]string{
		{"stay_arm_1,,,", "stay_arm_1,neuro_check,,"}, {"stay_arm_1,,,", "stay_arm_1,,1,"}, {"neuro_check,1,", ",,"}, {",icp___none", ",icp"}, {",corrected,", ",changed,"},
		{"2026-03-01 00:00:00", "2026-03-01T00:00:00Z"}, {"1961-03-14", "14/03/1961"}, {"\n2,stay", "\n1,stay"}, {"\n2,stay", "\n2+2,stay"}, {"record_id,", "\ufeffrecord_id,"}, {"\n2,stay_arm_1", "\n2,visit_arm_1"},
	} {
		if wrong := refused(fields, strings.Replace(file, slip[0], slip[1], 1)); len(wrong) == 0 {
			t.Errorf("records with %s in place of %s were taken", slip[1], slip[0])
		}
	}
}

func TestREDCapHasEachCheckOnceInItsLatestVersion(t *testing.T) {
	p, q := ward.Patient{ID: 1, MRN: "01", InfusedAt: start}, ward.Patient{ID: 2, MRN: "02"}
	first, second := ward.Stay{Bed: "1A", AdmittedAt: start}, ward.Stay{Bed: "2B", AdmittedAt: start.Add(time.Hour)}
	check := func(id string, version int, note string) *ward.Check {
		c := &ward.Check{ID: id, Version: version, Status: ward.Recorded, PerformedAt: start.Add(1999 * time.Millisecond), Note: note, Findings: icans.Findings{Tool: icans.ICE}}
		if version > 1 {
			c.Status = ward.Corrected
		}
		c.Grade(0)
		return c
	}
	said := icans.FieldOf("icp")
	corrected := check("b", 2, "b2")
	said.Set(&corrected.Findings, "posturing;cn6_palsy")
	each := func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		for _, row := range []struct {
			p *ward.Patient
			s ward.Stay
			c *ward.Check
		}{{&p, first, check("a", 1, "a1")}, {&p, first, check("b", 1, "b1")}, {&p, second, check("c", 1, "c1")}, {&p, second, corrected}, {&q, first, check("d", 1, "d1")}} {
			mine, its := *row.p, *row.c // the caller may change them afterwards
			if err := yield(&mine, &row.s, &its); err != nil {
				return err
			}
			mine, row.s, its = ward.Patient{}, ward.Stay{}, ward.Check{}
		}
		return nil
	}
	zone := time.FixedZone("", 3600)
	_, rows := table(t, Profile{}.REDCap(zone), each)
	var got []string
	for _, r := range rows {
		got = append(got, strings.Join([]string{r["record_id"], r["redcap_repeat_instrument"], r["redcap_repeat_instance"], r["mrn"], r["bed"], r["note"], r["version"]}, " "))
	}
	want := []string{
		"1   01   ", "1 neuro_check 1  1A a1 1", "1 neuro_check 2  2B b2 2", "1 neuro_check 3  2B c1 1",
		"2   02   ", "2 neuro_check 1  1A d1 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	r := rows[2]
	if r["performed_at"] != "2026-03-01 01:00:01" {
		t.Errorf("performed_at %q is not on the ward's clock, to the second", r["performed_at"])
	}
	if set := r["icp___none"] + r["icp___posturing"] + r["icp___cn6_palsy"] + r["icp___papilledema"]; set != "0110" {
		t.Errorf("icp %s", set)
	}
	if rows[0]["infused_at"] != "2026-03-01 01:00:00" || rows[3]["infused_at"] != "" || rows[0]["tool"] != "" || rows[0]["icp___none"] != "" {
		t.Error("a form's fields stand in a row of the other form")
	}

	apart := func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		for _, who := range []*ward.Patient{&p, &q, &p} {
			if err := yield(who, &first, check("x", 1, "")); err != nil {
				return err
			}
		}
		return nil
	}
	if _, err := (Profile{}).REDCap(zone).Export(t.Context(), new(strings.Builder), apart); err == nil {
		t.Error("checks of a patient that stand apart were numbered twice from 1")
	}
}

// A de-identified time is on the ward's clock already, whatever the zone.
func TestDeidentifiedTimesAreTheSameInREDCap(t *testing.T) {
	p := NewDeidentifier(keyOf(1), lisbon, someDay).Profile()
	_, plain := table(t, p, each(1))
	_, records := table(t, p.REDCap(time.FixedZone("", 3600)), each(1))
	at, _ := parseTime(plain[0]["performed_at"])
	if got := records[1]["performed_at"]; got != at.Format(time.DateTime) || records[0]["record_id"] != plain[0]["patient_id"] {
		t.Errorf("%q of %q, and in the CSV %q of %q", got, records[0]["record_id"], plain[0]["performed_at"], plain[0]["patient_id"])
	}
}

func TestOnlyWhoThePatientIsIsAnIdentifier(t *testing.T) {
	identifiers := func(p Profile) (list []string) {
		for _, f := range p.fields() {
			if f.identifier {
				list = append(list, f.name)
			}
		}
		return list
	}
	if diff := cmp.Diff([]string{"mrn", "second_id", "name", "birth_date", "visit"}, identifiers(Profile{})); diff != "" {
		t.Error(diff)
	}
	if got := identifiers(NewDeidentifier(keyOf(1), lisbon, someDay).Profile()); got != nil {
		t.Errorf("de-identified, and still %v", got)
	}
}
