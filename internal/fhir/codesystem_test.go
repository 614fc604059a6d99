package fhir_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/fhir"
)

var update = flag.Bool("update", false, "write what the tests compare with anew")

const codeSystemFile = "../../schema/fhir/CodeSystem-neurocheck.json"

func TestCodeSystemIsThatOfTheVocabularies(t *testing.T) {
	want, err := fhir.CodeSystem()
	if err != nil {
		t.Fatal(err)
	}
	same(t, codeSystemFile, want)
}

// same compares made with the content of a file.
func same(t *testing.T, file string, made []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(kept), string(made)); diff != "" {
		t.Errorf("%s: go test ./internal/fhir -update writes it anew (-file +made):\n%s", file, diff)
	}
}
