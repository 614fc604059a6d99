package mapping

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const hospital = "../../testdata/hospital"

// hospitalRows returns the rows of a file of a hospital as its mapping reads them.
func hospitalRows(t *testing.T, name string) (rows string, ignored Ignored) {
	t.Helper()
	m, err := Load(filepath.Join(hospital, name+".toml"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(hospital, name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, faults, ignored := asRead(t, m, string(file), nil)
	if faults != "" {
		t.Fatal(faults)
	}
	return rows, ignored
}

// A data manager writes a mapping of under 40 lines for each of the files, comments and all.
func TestMappingsOfHospitalsAreShort(t *testing.T) {
	mappings, err := filepath.Glob(filepath.Join(hospital, "*.toml"))
	if err != nil || len(mappings) != 3 {
		t.Fatalf("there are %d mappings: %v", len(mappings), err)
	}
	for _, path := range mappings {
		text, err := os.ReadFile(path)
		if lines := strings.Count(string(text), "\n"); err != nil || lines >= 40 || !strings.HasSuffix(string(text), "\n") {
			t.Errorf("%s has %d lines, %v", path, lines, err)
		}
		file, err := os.ReadFile(strings.TrimSuffix(path, ".toml") + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		latin := filepath.Base(path) == "excel-wide.toml"
		if broken := strings.ToValidUTF8(string(file), "") != string(file); broken != latin {
			t.Errorf("%s: no UTF-8: %v", path, broken)
		}
	}
}

// Every value of the two wide files, by hand.
func TestValuesOfWideFilesOfHospitals(t *testing.T) {
	const (
		maria  = ` mrn=0051120 name="DELGADO, María" birth_date=1961-03-14 product=axi-cel infused_at=2023-11-15T14:00:00-05:00 patient_tool=ice admitted_at=2023-11-20T08:00:00-05:00 tool=ice`
		sean   = ` mrn=0051121 name="O'BRIEN, Sean" birth_date=1955-12-01 product=axi-cel infused_at=2023-11-17T10:30:00-05:00 patient_tool=ice admitted_at=2023-11-20T08:10:00-05:00 tool=ice`
		bjorg  = ` mrn=0042317 name="SØRENSEN, Bjørg" birth_date=1958-11-07 bed=12A patient_tool=ice admitted_at=2023-10-20T08:00:00+02:00 tool=ice`
		jurgen = ` mrn=0042318 name="MÜLLER-LÜDENSCHEIDT, Jürgen" birth_date=1949-01-31 bed=14B patient_tool=ice admitted_at=2023-10-20T08:20:00+02:00 tool=ice`
	)
	// items are the eight of ICE; a hyphen is one that was not assessed.
	items := func(points string) (words string) {
		for i, name := range strings.Fields("year month city hospital naming command writing attention") {
			if points[i] != '-' {
				words += fmt.Sprintf(" ice_%s=%c", name, points[i])
			}
		}
		return words
	}
	for name, want := range map[string][]string{
		"redcap-labels": {
			"2 performed_at=2023-11-20T08:00:00-05:00" + maria + items("11113111") + " consciousness=alert seizure=none motor=none icp=none",
			"3 performed_at=2023-11-20T16:30:00-05:00" + maria + items("11113100") + ` consciousness=voice seizure=none motor=none icp=none note="tremor of the hands, ""like before"""`,
			"4 performed_at=2023-11-20T20:15:00-05:00" + maria + items("10102100") + " consciousness=voice seizure=none motor=none icp=focal_edema;papilledema",
			"5 performed_at=2023-11-20T08:10:00-05:00" + sean + items("11--3111") + " consciousness=alert seizure=none motor=none icp=none note=off the unit for CT",
			"6 performed_at=2023-11-20T16:05:00-05:00" + sean + items("11113111") + " consciousness=alert seizure=none motor=none icp=none",
			"7 performed_at=2023-11-21T08:00:00-05:00" + sean + items("1111311-") + " consciousness=alert seizure=none motor=none icp=none note=\"line one\nline two\"",
		},
		"excel-wide": {
			"4 performed_at=2023-10-20T08:00:00+02:00" + bjorg + items("11113111") + " consciousness=alert seizure=none motor=none icp=none confusion=none agitation=none",
			"5 performed_at=2023-10-20T16:00:00+02:00" + bjorg + items("11113110") + " consciousness=alert seizure=none motor=none icp=none confusion=mild agitation=none note=zählt nur bis 70; sonst unauffällig",
			"6 performed_at=2023-10-21T00:15:00+02:00" + bjorg + items("11012100") + " consciousness=voice seizure=none motor=none icp=none confusion=moderate agitation=none note=Arzt informiert",
			"7 performed_at=2023-10-20T08:20:00+02:00" + jurgen + " stated_total=9 consciousness=alert seizure=none motor=none icp=none confusion=none agitation=none note=nur Summe notiert",
			"8 performed_at=2023-10-20T16:10:00+02:00" + jurgen + items("11113111") + " consciousness=alert seizure=none motor=none icp=none confusion=none",
		},
	} {
		rows, _ := hospitalRows(t, name)
		if diff := cmp.Diff(strings.Join(want, "\n")+"\n", rows); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// Every value of the flowsheet, as another reader of a few lines finds them: of the rows of a
// patient within two minutes of the first the value that was entered last, if it was accepted.
func TestValuesOfTheFlowsheet(t *testing.T) {
	file, err := os.ReadFile(flowsheetFile)
	if err != nil {
		t.Fatal(err)
	}
	meaning := map[string]string{"Alert": "alert", "Responds to voice": "voice", "Responds to touch": "tactile", "No seizure activity": "none", "Moves all extremities": "none",
		"3 of 3": "3", "2 of 3": "2", "1/3": "1", "1": "1", "0": "0", "Unable to assess": ""}
	columns := map[string]string{"R LOC": "consciousness", "R SEIZURE": "seizure", "R MOTOR": "motor"}
	for _, item := range strings.Fields("YEAR MONTH CITY HOSPITAL NAMING COMMAND WRITING ATTENTION") {
		columns["R ICE "+item] = "ice_" + strings.ToLower(item)
	}
	type check struct{ value, entered map[string]string }
	checks := make(map[string]check) // by patient and first time
	first := make(map[string]time.Time)
	rows := strings.Split(strings.TrimSpace(string(file)), "\n")[1:]
	if len(rows) != 5000 {
		t.Fatalf("the flowsheet has %d rows", len(rows))
	}
	for _, row := range rows {
		cells := strings.Split(row, "|")
		patient, item, value, entered := cells[1], columns[cells[5]], cells[6], cells[7]
		at, err := time.Parse("2006-01-02 15:04:05.000", cells[4])
		if err != nil {
			t.Fatal(err)
		}
		if item == "" || cells[9] != "Yes" {
			continue
		}
		if at.Sub(first[patient]) > 2*time.Minute {
			first[patient] = at
		}
		key := fmt.Sprintf("performed_at=%s-05:00 mrn=%08s", first[patient].Format("2006-01-02T15:04:05"), patient)
		c, known := checks[key]
		if !known {
			c = check{make(map[string]string), make(map[string]string)}
			checks[key] = c
		}
		if entered > c.entered[item] {
			c.value[item], c.entered[item] = meaning[value], entered
		}
	}
	read, _ := hospitalRows(t, "flowsheet")
	seen := 0
	for line := range strings.Lines(read) {
		words := strings.Fields(line)
		c, known := checks[words[1]+" "+words[2]]
		if !known {
			t.Fatalf("no such check: %s", line)
		}
		seen++
		var want []string
		for item, value := range c.value {
			if value != "" {
				want = append(want, item+"="+value)
			}
		}
		_, found, _ := strings.Cut(strings.TrimSpace(line), " tool=ice")
		got := strings.Fields(found)
		if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))); diff != "" {
			t.Errorf("%s %s (-reader +read)\n%s", words[1], words[2], diff)
		}
	}
	if seen != len(checks) {
		t.Errorf("%d checks were read, the other reader finds %d", seen, len(checks))
	}
}
