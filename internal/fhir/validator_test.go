package fhir_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"neurocheck/internal/fhir"
	"neurocheck/internal/nodescript"
	"neurocheck/internal/ward"
)

// validator is of another project: see its first lines.
var validator = nodescript.Script{Path: "testdata/validator/validate.mjs", Module: "@medplum/core", Variable: "NEUROCHECK_FHIR_MODULES"}

// validate runs resources through the validator and returns every issue, one a line.
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
			t.Errorf("%s the validator finds nothing wrong with it", name)
		}
	}
}
