package csvlog

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// odd is a file with several stays of a patient, an unknown birth date, a stated total,
// an inferred admission, and two patients whose checks alternate.
const odd = "check_id,mrn,second_id,name,birth_date,performed_at,recorded_at,recorded_by,admitted_at,discharged_at,discharge,bed,visit,features_mild,baseline_lost," +
	"tool,stated_total,consciousness,seizure,motor,icp,confusion,agitation,inattention,memory,speech,movement,crs_grade,other_cause,other_cause_note,uncertain_cause,note\n" +
	"o1,01,,\"Lee, Ann\",1961-03-14,2026-01-03T09:00:00Z,2026-01-03T09:05:00Z,\"Sam \"\"S\"\" Lee\",2026-01-01T08:00:00Z,2026-01-20T08:00:00Z,home,1A,V1,memory,ice_writing,ice,9,alert,none,none,none,none,none,none,mild,none,none,2,,,,\n" +
	"o2,02,P-1,Unknown Man,unknown,2026-01-03T10:00:00+05:30,2026-01-03T06:00:00.250Z,Lin,,,,2B,,,,ice,10,voice,none,none,none,none,none,none,none,none,,,consciousness,\"sedation, deep\",,\n" +
	"o3,01,,\"Lee, Ann\",1961-03-14,2026-02-03T09:00:00Z,2026-02-03T09:05:00Z,Sam,2026-02-01T08:00:00Z,,,3C,V2,memory,ice_writing,ice,7,alert,none,none,none,none,none,none,none,none,severe,,,,score,\"a\nb\"\n" +
	"o4,02,P-1,Unknown Man,,2026-01-04T10:00:00+05:30,2026-01-04T06:00:00Z,Lin,,,,2B,,,,ice,,,,,,,,,,,,,,,,\n"

// logOf returns the export of a log that imported the text.
func logOf(t *testing.T, text string) string {
	t.Helper()
	log, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "log.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	file, err := Read(strings.NewReader(text), Options{Name: "in.csv", Now: at})
	if err != nil {
		t.Fatal(err)
	}
	_, refused, err := log.Import(t.Context(), ward.Sign("login sam", at), file.Rows(), store.ImportOptions{NewPatients: true, OnWard: true})
	if found := file.WithRefused(refused); err != nil || len(found) > 0 {
		t.Fatal(err, lines(found))
	}
	var whole, inParts bytes.Buffer
	if _, err := (Profile{}).Export(t.Context(), &whole, func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		return log.EachCheck(t.Context(), store.Selection{}, yield)
	}); err != nil {
		t.Fatal(err)
	}
	err = log.Export(t.Context(), store.Selection{}, store.ExportOptions{Kept: Profile{}.Kept(), Readers: 2}, func(e *store.Export) error {
		_, err := Profile{}.ExportParts(t.Context(), &inParts, e, ExportOptions{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole.String(), inParts.String()); diff != "" {
		t.Errorf("in parts (-row by row +in parts)\n%s", diff)
	}
	return whole.String()
}

// Exported, imported into an empty log and exported again, a log gives the same bytes.
func TestOutInOut(t *testing.T) {
	texts := map[string]string{"odd": odd}
	for _, name := range []string{"made-up-week", "teclistamab-case2"} {
		data, err := os.ReadFile("../../testdata/" + name + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(data)
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			out := logOf(t, text)
			if rows := len(standing(read(t, out))); rows != len(standing(read(t, text))) {
				t.Errorf("%d rows", rows)
			}
			if diff := cmp.Diff(out, logOf(t, out)); diff != "" {
				t.Errorf("(-out +out again)\n%s", diff)
			}
		})
	}
}

// An export has the cells of the file that was imported.
func TestOutIsIn(t *testing.T) {
	got := make(map[string]map[string]string)
	for _, row := range tableOf(t, logOf(t, odd)) {
		got[row["check_id"]] = row
	}
	for _, row := range tableOf(t, odd) {
		for column, cell := range row {
			if column == "birth_date" && cell == unknownDate || column == "admitted_at" && cell == "" {
				continue
			}
			if other, there := got[row["check_id"]][column]; !there || cell != other {
				t.Errorf("%s, %s: %q became %q", row["check_id"], column, cell, other)
			}
		}
	}
}

// The rows come out in the order in which they came in, also if the checks of patients
// alternate.
func TestOrderOfRows(t *testing.T) {
	var order []string
	for _, row := range tableOf(t, logOf(t, odd)) {
		order = append(order, row["check_id"])
	}
	if diff := cmp.Diff([]string{"o1", "o2", "o3", "o4"}, order); diff != "" {
		t.Error(diff)
	}
}
