package fhir_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/fhir"
	"neurocheck/internal/ward"
)

// folder is the files that an encoder made.
type folder map[string]*bytes.Buffer

type memoryFile struct{ *bytes.Buffer }

func (memoryFile) Close() error { return nil }

func (f folder) create(name string) (io.WriteCloser, error) {
	if f[name] != nil {
		return nil, fmt.Errorf("%s is made twice", name)
	}
	f[name] = new(bytes.Buffer)
	return memoryFile{f[name]}, nil
}

func (f folder) texts() map[string][]byte {
	texts := make(map[string][]byte)
	for name, b := range f {
		texts[name] = b.Bytes()
	}
	return texts
}

// transactions returns the Bundles of charts by their names.
func transactions(t testing.TB, o fhir.Options, most int, charts ...ward.Chart) map[string][]byte {
	t.Helper()
	f := make(folder)
	e := fhir.NewTransactions(f.create, most, o)
	for i := range charts {
		if err := e.Person(&charts[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i := range charts {
		if err := e.Record(&charts[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return f.texts()
}

// sent returns the names Type/id of the entries of each Bundle, in order.
func sent(t testing.TB, files map[string][]byte) (bundles [][]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		var b thing
		if err := json.Unmarshal(files[name], &b); err != nil {
			t.Fatal(err)
		}
		var names []string
		entries, _ := b["entry"].([]any)
		for _, entry := range entries {
			names = append(names, at(entry, "request.url"))
		}
		bundles = append(bundles, names)
	}
	return bundles
}

func TestACheckIsInOneBundle(t *testing.T) {
	c := chart(versions(t, "wrong_value", ward.Withdrawn)...)
	const own = 3 + 3 + 2 // observations, versions, and their authors
	for most, want := range map[int][]int{1: {1, 1, own}, 2: {2, own}, 9: {2, own}, 10: {10}} {
		var sizes []int
		all := 0
		for _, names := range sent(t, transactions(t, options, most, c)) {
			if all += len(names); len(sizes) < len(want) {
				sizes = append(sizes, len(names))
			}
		}
		if !reflect.DeepEqual(sizes[:len(want)-1], want[:len(want)-1]) || sizes[len(want)-1] < want[len(want)-1] {
			t.Errorf("at most %d entries: Bundles of %v, not %v", most, sizes, want)
		}
		if n := len(parse(t, ndjson(t, options, c))); all != n {
			t.Errorf("at most %d entries: %d of %d resources", most, all, n)
		}
	}
}

func TestATransactionOfNothing(t *testing.T) {
	if files := transactions(t, options, 10); len(files) != 0 {
		t.Errorf("it has %d files", len(files))
	}
}

func TestAFileAType(t *testing.T) {
	f := make(folder)
	e := fhir.NewFiles(f.create, options)
	c := chart(versions(t, "wrong_value", ward.Withdrawn)...)
	if err := errors.Join(e.Chart(&c), e.Close()); err != nil {
		t.Fatal(err)
	}
	total := 0
	for name, text := range f.texts() {
		for _, r := range parse(t, text) {
			total++
			if name != at(r, "resourceType")+".ndjson" {
				t.Errorf("%s holds a %s", name, r["resourceType"])
			}
		}
	}
	if want := len(parse(t, ndjson(t, options, c))); total != want || e.Count() != want || e.Types()["Provenance"] != 3 {
		t.Errorf("%d resources in the files, %d counted, %d in one text", total, e.Count(), want)
	}
}

// A server with patients of its own gets neither patients nor staff, and finds a patient by
// the MRN.
func TestPatientsOfTheServer(t *testing.T) {
	o := options
	o.Server = ward.FHIRServer{Patient: ward.PatientReference, MRNSystem: "http://city.example/mrn"}
	o.ByHand = func(string, int) bool { return true }
	c := chart(check(t, "c", eight))
	c.FollowUps = []ward.FollowUp{joined(c.Checks[0].Result.Flag, 1, "c")}
	c.Patient.MRN = "4&2|3 1,%"
	text := ndjson(t, o, c)
	list := parse(t, text)
	if len(of(list, "Patient"))+len(of(list, "Practitioner")) > 0 || bytes.Contains(text, []byte("OKAFOR")) || bytes.Contains(text, []byte("1961")) {
		t.Error("a patient or a member of staff leaves")
	}
	const want = "Patient?identifier=http://city.example/mrn|4%262%5C%7C3%201%5C%2C%25"
	wants(t, only(t, list, "Encounter"), map[string]string{"subject.reference": want})
	wants(t, only(t, list, "Task"), map[string]string{"for.reference": want, "requester.reference": "", "requester.display": "Sam Lee"})
	wants(t, only(t, list, "Observation", code+"=neuro_check"), map[string]string{"performer.0.display": "Sam Lee", "performer.0.reference": ""})
	c.Patient.MRN = "0042317"
	wants(t, only(t, parse(t, ndjson(t, o, c)), "Encounter"), map[string]string{"subject.reference": "Patient?identifier=http://city.example/mrn|0042317"})
}

// Nothing is written of a chart that no later record touched, and of one with a later check
// that check and the end of its episodes.
func TestOnlyWhatWasTouched(t *testing.T) {
	c := chart(check(t, "c", eight), check(t, "d", well))
	f := joined(c.Checks[0].Result.Flag, 1, "c")
	f.Outcome, f.Closed = ward.ConfirmedICANS, ward.Sign("Dr Ines Reis", clock(16, "15:30"))
	c.FollowUps = []ward.FollowUp{f}
	c.Patient.Product, c.Patient.InfusedAt = "axi-cel", clock(14, "11:20")
	o := options
	o.Site = nil
	for name, of := range map[string]struct {
		touched ward.Touched
		want    map[string]int
	}{
		"nothing":         {ward.Touched{}, map[string]int{}},
		"another patient": {ward.Touched{Patients: map[int64]bool{8: true}}, map[string]int{}},
		"a check":         {ward.Touched{Checked: map[int64]bool{7: true}, Checks: map[string]bool{"d": true}}, map[string]int{"Observation": 3, "Provenance": 1, "Practitioner": 2, "Condition": 1}},
		"a joined check":  {ward.Touched{Checked: map[int64]bool{7: true}, Checks: map[string]bool{"c": true}}, map[string]int{"Observation": 3, "Provenance": 1, "Practitioner": 2, "Flag": 1, "Task": 1, "Condition": 1}},
		"a follow-up":     {ward.Touched{FollowUps: map[int64]bool{3: true}}, map[string]int{"Flag": 1, "Task": 1, "Condition": 1, "Practitioner": 2}},
		"staff":           {ward.Touched{Staff: map[string]bool{"dr ines reis": true}}, map[string]int{"Practitioner": 1}},
		"day 0 has come":  {ward.Touched{At: clock(14, "11:00")}, map[string]int{"Observation": 1}},
	} {
		o.Touched = &of.touched
		if of.touched.At.IsZero() {
			of.touched.At = clock(20, "00:00").Add(-time.Hour)
		}
		got := make(map[string]int)
		for _, r := range parse(t, ndjson(t, o, c)) {
			got[at(r, "resourceType")]++
		}
		if !reflect.DeepEqual(got, of.want) {
			t.Errorf("%s: %v, not %v", name, got, of.want)
		}
	}
}

// The narrative is made from codes: it holds no name, no number of a patient and no text
// that a person typed; and it says "normal" of a normal check alone.
func TestNarratives(t *testing.T) {
	features := " confusion=none agitation=none inattention=none memory=none speech=none"
	for findings, normal := range map[string]bool{
		well + features: true, well: false, eight: false, "tool=ice unable=asleep": false,
		well + features + " icp=none uncertain_cause=score": false, well + features + " movement=severe": false,
	} {
		c := check(t, "c", findings)
		c.Note, c.CauseNote = "typed by a person", "typed too"
		all := chart(c)
		all.Patient.Product, all.Stays[0].Bed, all.Stays[0].Clinician = "typed product", "typed bed", "typed clinician"
		all.Interventions = []ward.Intervention{{ID: 5, PatientID: 7, DoneAt: clock(16, "15:00"), Kind: "eeg", Detail: "typed detail", Recorded: ward.Sign("Sam Lee", clock(16, "15:02"))}}
		all.AllReports = []ward.Report{{ID: 1, PatientID: 7, ToldAt: clock(16, "13:00"), ToldBy: "caregiver", Words: "typed words", Recorded: ward.Sign("Sam Lee", clock(16, "13:05"))}}
		said := 0
		for _, r := range parse(t, ndjson(t, options, all)) {
			div := at(r, "text.div")
			if kind := at(r, "resourceType"); (div == "") != (kind == "Patient" || kind == "Practitioner") {
				t.Errorf("%s has the narrative %q", kind, div)
			}
			for _, private := range []string{"typed", "OKAFOR", "0042317", "Sam Lee", "1961"} {
				if strings.Contains(div, private) {
					t.Errorf("%q holds %q", div, private)
				}
			}
			if strings.Contains(strings.ToLower(div), "normal") {
				said++
			}
		}
		if (said == 1) != normal || said > 1 {
			t.Errorf("%s: normal is said %d times", findings, said)
		}
	}
}
