package csvlog

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// secrets are a patient's data in the files below. No error may repeat any of it.
var secrets = []string{"0042317", "42317", "Okafor", "OKAFOR", "Ada", "1958", "17 February", "ward 4", "confused since"}

const patientRow = `0042317,"Okafor, Ada",1958-02-17,2026-11-20T08:00:00Z,ice,1,alert,none,confused since 17 February`

const patientHeader = "mrn,name,birth_date,performed_at,tool,ice_year,consciousness,seizure,note"

// Errors repeat a word of the file only if it is near one of ours (cases.md C15).
func TestErrorsRepeatNoPatientData(t *testing.T) {
	for name, file := range map[string]string{
		"CR alone":              patientHeader + "\r" + patientRow + "\r",
		"CR alone, no quotes":   "mrn,name,note\r0042317,OKAFOR Ada,ward 4\r",
		"title above":           "Patient,\"Okafor, Ada\",MRN,0042317\n" + patientHeader + "\n" + patientRow + "\n",
		"title with known word": "tool,Okafor,0042317,1958-02-17\nice,a,b,c\n",
		"no header":             patientRow + "\n" + patientRow + "\n",
		"two rows as a header":  strings.ReplaceAll(patientRow, "ice", "tool") + "\n",
		"swapped columns":       "name,mrn,tool,performed_at,birth_date,ice_year,seizure,consciousness,motor\n" + patientRow + "\n",
		"shifted columns":       "check_id," + patientHeader + "\n" + patientRow + "\n",
		"shifted to the left":   "mrn,birth_date,performed_at,tool,ice_year,consciousness,seizure,unable,motor\n" + patientRow + "\n",
		"shifted findings":      "performed_at,tool,consciousness,seizure,mrn,unable,motor,icp,patient_tool\n" + patientRow + "\n",
		"semicolons":            strings.ReplaceAll(patientHeader+"\n"+patientRow, ",", ";"),
		"a cell too few":        patientHeader + "\n" + strings.TrimPrefix(patientRow, "0042317,") + "\n",
		"Latin-1":               patientHeader + "\n" + strings.Replace(patientRow, "Ada", "Ad\xe1", 1) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			var said strings.Builder
			read, err := Read(strings.NewReader(file), Options{Name: "in.csv", Now: time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range read.Problems {
				fmt.Fprintln(&said, p)
			}
			if len(read.Problems) == 0 {
				for row := range read.Rows() {
					for _, e := range row.Wrong {
						fmt.Fprintln(&said, e)
					}
				}
			}
			var out bytes.Buffer
			if _, err := Grade(t.Context(), strings.NewReader(file), "in.csv", &out, true, func(p Problem) { fmt.Fprintln(&said, p) }); err != nil {
				t.Fatal(err)
			}
			if said.Len() == 0 {
				t.Fatal("nothing is wrong with it")
			}
			for _, secret := range secrets {
				if strings.Contains(said.String(), secret) {
					t.Errorf("an error repeats %q:\n%s", secret, said.String())
				}
			}
		})
	}
}

func TestNear(t *testing.T) {
	for word, want := range map[string]bool{
		"consciousness": true, "conciousness": true, "Consciousnes": true, "ice_yaer": true, "MRN": true, "ＭＲＮ": true, "tol": true,
		"capd_1": true, "capd_9": false, "note7": false, "Ada": false, "Okafor, Ada": false, "": false, "x": false, "to": false, strings.Repeat("mrn", 20): false,
	} {
		if near(word, ourNames...) != want {
			t.Errorf("%q", word)
		}
	}
}

// zeros is a text without an end and without a line.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A file is bounded in cells, in bytes of a cell and of a line, and one that never ends is
// refused (cases.md C12).
func TestLimitsOfAFile(t *testing.T) {
	now := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	const manyCells, longCell, longRow = "more than 1,000 cells", "a cell is longer than 256 KiB", "the row is longer than 1 MiB"
	for name, c := range map[string]struct{ file, says string }{
		"cells":    {patientHeader + "\n" + strings.Repeat(",", mostCells) + "\n", manyCells},
		"a cell":   {patientHeader + "\n" + strings.Replace(patientRow, "confused", strings.Repeat("x", mostCell+1), 1) + "\n", longCell},
		"a row":    {patientHeader + "\n\"" + strings.Repeat(strings.Repeat("x", 63)+"\n", mostRow/64) + "\"\n", longRow},
		"a line":   {patientHeader + "\n" + strings.Repeat("x", mostRow+1) + "\n", longRow},
		"a header": {strings.Repeat("x", mostRow+1) + "\n", longRow},
		"columns":  {patientHeader + strings.Repeat(",", mostCells) + "\n", manyCells},
	} {
		read, err := Read(strings.NewReader(c.file), Options{Name: "in.csv", Now: now})
		if err != nil {
			t.Fatal(err)
		}
		wrong := fmt.Sprint(read.Problems)
		for row := range read.Rows() {
			wrong += fmt.Sprint(row.Wrong)
		}
		if !strings.Contains(wrong, c.says) {
			t.Errorf("%s: none of the errors says %q", name, c.says)
		}
	}
	for name, before := range map[string]string{"at once": "", "after a header": patientHeader + "\n"} {
		endless := func() io.Reader { return io.MultiReader(strings.NewReader(before), zeros{}) }
		if _, err := Read(endless(), Options{Name: "in.csv", Now: now}); err == nil {
			t.Errorf("endless zeros %s are imported", name)
		}
		if _, err := Grade(t.Context(), endless(), "in.csv", io.Discard, false, func(Problem) {}); err == nil {
			t.Errorf("endless zeros %s are graded", name)
		}
	}
}
