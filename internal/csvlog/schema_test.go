package csvlog

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

var update = flag.Bool("update", false, "write what the tests compare with anew")

func TestTableSchemasAreThoseOfTheColumns(t *testing.T) {
	for file, made := range map[string]func() ([]byte, error){
		"../../schema/checks.schema.json":     TableSchema,
		"../../schema/events.schema.json":     Events.Schema,
		"../../schema/patients.schema.json":   Patients.Schema,
		"../../schema/stays.schema.json":      Stays.Schema,
		"../../schema/follow-ups.schema.json": FollowUps.Schema,
		"../../schema/episodes.schema.json":   Episodes.Schema,
		"../../schema/quality.schema.json":    Quality.Schema,
	} {
		want, err := made()
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s: go test ./internal/csvlog -update writes it anew (-columns +file):\n%s", file, diff)
		}
	}
}

func TestColumnsHoldEveryFindingAndResult(t *testing.T) {
	var names, findings, computed []string
	for _, c := range Columns() {
		names = append(names, c.Name)
		if c.finding != nil {
			findings = append(findings, c.Name)
		}
		if c.Part == PartComputed {
			computed = append(computed, c.Name)
		}
		if c.Description == "" {
			t.Errorf("%s has no description", c.Name)
		}
		if _, err := regexp.Compile(c.Constraints.Pattern); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
	if sorted := slices.Sorted(slices.Values(names)); len(slices.Compact(sorted)) != len(names) {
		t.Errorf("a column stands twice: %v", names)
	}
	var want []string
	for _, f := range icans.Fields() {
		want = append(want, f.Column)
	}
	if diff := cmp.Diff(want, findings); diff != "" {
		t.Errorf("findings (-vocabulary +columns):\n%s", diff)
	}
	if diff := cmp.Diff(ward.ComputedColumns, computed); diff != "" {
		t.Errorf("computed columns (-ward +columns):\n%s", diff)
	}
}
