package fhir_test

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"neurocheck/internal/demo"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// demoWard returns every chart of the demo ward.
func demoWard(t *testing.T, now time.Time) (charts []ward.Chart, staff []ward.Staff) {
	t.Helper()
	s, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "demo.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := demo.Fill(t.Context(), s, now); err != nil {
		t.Fatal(err)
	}
	if staff, err = s.Staff(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = s.Snapshot(t.Context(), func(v *store.Snapshot) error {
		return v.EachChart(t.Context(), 0, func(c *ward.Chart) error {
			charts = append(charts, *c)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return charts, staff
}

func TestTheDemoWardIsValid(t *testing.T) {
	o := options
	o.Made = time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	var charts []ward.Chart
	charts, o.Staff = demoWard(t, o.Made)
	lines := ndjson(t, o, charts...)
	holdsTogether(t, lines)
	for _, kind := range []string{
		"Patient", "Practitioner", "Encounter", "Observation", "Provenance", "Flag", "Task",
		"MedicationAdministration", "Procedure", "ServiceRequest", "Condition",
	} {
		if !bytes.Contains(lines, []byte(`{"resourceType":"`+kind+`"`)) {
			t.Errorf("the demo ward has no %s: it shows nothing of it", kind)
		}
	}
	valid(t, append(lines, oneLine(t, bundle(t, o, charts...))...))
}
