package report_test

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"neurocheck/internal/demo"
	"neurocheck/internal/report"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// demoCharts returns every chart of the demo ward.
func demoCharts(t *testing.T, now time.Time) (charts []ward.Chart) {
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
	if charts, _, _, err = s.Charts(t.Context(), 0, now.Add(-ward.Shift)); err != nil {
		t.Fatal(err)
	}
	return charts
}

func TestTheDemoWardInABrowser(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	charts := demoCharts(t, now)
	pages := make(map[string]string)
	for i := range charts {
		var b bytes.Buffer
		if err := report.PatientHTML(&b, &charts[i], site, now, sheet); err != nil {
			t.Fatal(err)
		}
		pages["patient-"+charts[i].Patient.MRN] = b.String()
	}
	pages["demo-round"] = tableHTML(t, ward.BuildHandover(site, charts, now, now))
	pages["demo-handover"] = handoverHTML(t, ward.BuildHandover(site, charts, now.Add(-ward.Shift), now))
	faults, _ := browse(t, pages)
	for _, fault := range faults {
		t.Error(fault)
	}
}
