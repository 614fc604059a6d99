package mapping

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/hospital/flowsheet.csv anew")

const flowsheetFile = "../../testdata/hospital/flowsheet.csv"

// flowsheetRows is the number of rows of the extract, without its header.
const flowsheetRows = 5000

// flowsheet makes the extract of a flowsheet: made-up patients, each with a check every
// four hours, of which each finding is a row. The same seed gives the same bytes. Some
// values are entered late and again, a minute or two apart, not accepted, or of items that
// are none of ours.
func flowsheet() []byte {
	r := rand.New(rand.NewPCG(2025, 9))
	var b bytes.Buffer
	b.WriteString("ROW_ID|PAT_MRN_ID|PAT_NAME|BIRTH_DATE|RECORDED_TIME|FLO_MEAS_NAME|MEAS_VALUE|ENTRY_TIME|ENTRY_USER|ISACCEPTED_YN\n")
	start := time.Date(2023, 9, 1, 8, 0, 0, 0, time.UTC)
	n := 0
	line := func(patient int, at time.Time, item, value string, entered time.Time, accepted string) {
		if n++; n <= flowsheetRows {
			fmt.Fprintf(&b, "%d|%d|%s|%s|%s|%s|%s|%s|N%02d|%s\n", n, 900100+patient, names[patient], fmt.Sprintf("19%02d-%02d-11 00:00:00", 40+patient, 1+patient),
				at.Format("2006-01-02 15:04:00.000"), item, value, entered.Format("2006-01-02 15:04:05"), 1+r.IntN(9), accepted)
		}
	}
	for check := 0; n < flowsheetRows; check++ {
		for patient := range names {
			at := start.Add(time.Duration(4*check)*time.Hour + time.Duration(7*patient)*time.Minute)
			for item, values := range flowsheetItems {
				value := values.values[min(r.IntN(2)*r.IntN(2)*r.IntN(1+len(values.values)), len(values.values)-1)]
				entered := at.Add(time.Duration(1+r.IntN(20)) * time.Minute)
				if r.IntN(40) == 0 { // filed again, a little later
					line(patient, at, values.name, values.values[0], entered.Add(-time.Minute), "Yes")
				}
				filed := at
				if item > 7 {
					filed = at.Add(time.Duration(r.IntN(3)) * time.Minute)
				}
				line(patient, filed, values.name, value, entered, "Yes")
				if r.IntN(50) == 0 {
					line(patient, filed, values.name, "9", entered.Add(time.Hour), "No")
				}
			}
			line(patient, at, "R PAIN SCORE", fmt.Sprint(r.IntN(11)), at.Add(time.Minute), "Yes")
		}
	}
	return b.Bytes()
}

var names = []string{"FIELDING, Ida", "NUÑEZ, Inés", "OYELARAN, Tunde", "KOWALSKI, Jan", "PARK, Soo-ah", "HAAS, Emil", "DIAZ, Rosa", "WEBER, Uwe"}

// flowsheetItems are the items of the extract with their values, the usual one first.
var flowsheetItems = []struct {
	name   string
	values []string
}{
	{"R ICE YEAR", []string{"1", "0"}},
	{"R ICE MONTH", []string{"1", "0", "Unable to assess"}},
	{"R ICE CITY", []string{"1", "0"}},
	{"R ICE HOSPITAL", []string{"1", "0"}},
	{"R ICE NAMING", []string{"3 of 3", "2 of 3", "1/3"}},
	{"R ICE COMMAND", []string{"1", "0"}},
	{"R ICE WRITING", []string{"1", "0"}},
	{"R ICE ATTENTION", []string{"1", "0"}},
	{"R LOC", []string{"Alert", "Responds to voice", "Responds to touch"}},
	{"R SEIZURE", []string{"No seizure activity"}},
	{"R MOTOR", []string{"Moves all extremities"}},
}

// The extract in testdata is the one that flowsheet makes.
func TestTheFlowsheetIsMadeHere(t *testing.T) {
	want := flowsheet()
	if *update {
		if err := os.WriteFile(flowsheetFile, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(flowsheetFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("testdata/hospital/flowsheet.csv is another; go test ./internal/mapping -run Flowsheet -update writes it")
	}
}
