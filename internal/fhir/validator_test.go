package fhir_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"neurocheck/internal/fhir"
	"neurocheck/internal/ward"
)

// validate runs resources through the validator of testdata/validator, which another
// project wrote, and returns every issue, one a line. The variable names the folder of
// the modules, else it is that of the script.
func validate(t *testing.T, resources []byte) (issues []string) {
	t.Helper()
	const script, variable = "testdata/validator/validate.mjs", "NEUROCHECK_FHIR_MODULES"
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no node on the path")
	}
	modules, asked := os.LookupEnv(variable)
	if !asked {
		modules = filepath.Dir(script)
	}
	if _, err := os.Stat(filepath.Join(modules, "node_modules/@medplum/core")); err != nil {
		if asked {
			t.Fatalf("%s has no modules: %v", variable, err)
		}
		t.Skipf("the validator is not installed: npm ci in a copy of %s, and %s set to it", filepath.Dir(script), variable)
	}
	cmd := exec.Command(node, script, codeSystemFile)
	cmd.Stdin = bytes.NewReader(resources)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	issues = lines[:len(lines)-1]
	want := fmt.Sprintf("%d resources, %d issues", bytes.Count(resources, []byte("\n")), len(issues))
	if last := lines[len(lines)-1]; last != want || (err != nil) != (len(issues) > 0) {
		t.Fatalf("the validator ended with %q, not %q: %v\n%s", last, want, err, stderr.Bytes())
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
