package fhir_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"neurocheck/internal/fhir"
	"neurocheck/internal/nodescript"
	"neurocheck/internal/ward"
)

// validator has two judges, each of another project: see its first lines. A folder of
// modules that has the second one has both.
var validator = nodescript.Script{Path: "testdata/validator/validate.mjs", Module: "fhir", Variable: "NEUROCHECK_FHIR_MODULES"}

// validate runs resources through both and returns every issue, one a line.
func validate(t *testing.T, resources []byte) (issues []string) {
	t.Helper()
	issues, last := validator.Run(t, bytes.NewReader(resources), nil, codeSystemFile)
	want := fmt.Sprintf("%d resources, %d issues", bytes.Count(resources, []byte("\n")), len(issues))
	if last != want {
		t.Fatalf("the validator ended with %q, not %q", last, want)
	}
	return issues
}

func valid(t *testing.T, resources []byte) {
	t.Helper()
	for _, issue := range validate(t, resources) {
		t.Error(issue)
	}
}

// oneLine puts a resource on a line, as the validator wants it.
func oneLine(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		t.Fatal(err)
	}
	return append(bytes.TrimSpace(b.Bytes()), '\n')
}

func TestAnyChartIsValid(t *testing.T) {
	draw := rapid.Custom(func(t *rapid.T) ward.Chart { return drawChart(t, rapid.Int64Min(1).Draw(t, "number")) })
	var charts []ward.Chart
	for seed := range 150 {
		charts = append(charts, draw.Example(seed))
		charts[seed].Patient.ID += int64(seed)
	}
	valid(t, ndjson(t, options, charts...))
}

// Every form of an export is valid, for a server with patients of its own too.
func TestEveryFormIsValid(t *testing.T) {
	var charts []ward.Chart
	for seed := range 10 {
		charts = append(charts, rapid.Custom(func(t *rapid.T) ward.Chart { return drawChart(t, int64(seed+1)) }).Example(seed))
	}
	own := options
	own.ByHand = func(string, int) bool { return true }
	own.Server = ward.FHIRServer{Patient: ward.PatientReference, MRNSystem: "urn:oid:2.16.840.1.113883.19.5"}
	insists := own
	insists.Server = ward.FHIRServer{Patient: ward.PatientPut, Gender: "unknown"}
	var text []byte
	for _, o := range []fhir.Options{options, own, insists} {
		text = append(text, oneLine(t, bundle(t, o, charts...))...)
		files := transactions(t, o, 50, charts...)
		for _, name := range slices.Sorted(maps.Keys(files)) {
			text = append(text, oneLine(t, files[name])...)
		}
	}
	valid(t, text)
}

func TestTheCodeSystemIsValid(t *testing.T) {
	text, err := fhir.CodeSystem()
	if err != nil {
		t.Fatal(err)
	}
	valid(t, oneLine(t, text))
}

// A validator that finds nothing proves nothing: each of these is wrong in one way.
func TestTheValidatorFindsWhatIsWrong(t *testing.T) {
	broken, err := os.ReadFile("testdata/broken.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	issues := strings.Join(validate(t, broken), "\n")
	for _, r := range parse(t, broken) {
		if name := at(r, "resourceType") + "/" + at(r, "id") + ":"; !strings.Contains(issues, name) {
			t.Errorf("%s the validators find nothing wrong with it", name)
		}
	}
	for _, name := range []string{"Observation/status", "Observation/cardinality", "Observation/property", "Observation/type", "Provenance/role", "Bundle/bundle"} {
		if !strings.Contains(issues, name+": fhir: ") {
			t.Errorf("%s: the second validator finds nothing wrong with it", name)
		}
	}
}
