package main

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/demo"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// An export that goes patient by patient holds what the log held when it began,
// also of the patients that it comes to last.
func TestExportPatientByPatientWhileOthersRecord(t *testing.T) {
	ctx := t.Context()
	s, err := store.Create(ctx, filepath.Join(t.TempDir(), "log.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	stands := time.Date(2026, 3, 14, 9, 5, 0, 0, time.UTC)
	if err := demo.Fill(ctx, s, stands); err != nil {
		t.Fatal(err)
	}
	read := func(meanwhile func(last ward.Patient)) (rows []string) {
		t.Helper()
		each := byPatient(ctx, store.Selection{}, func(p *ward.Patient) string { return p.MRN })
		err := s.View(ctx, func(v *store.View) error {
			patients, err := v.CheckedPatients(ctx, store.Selection{})
			if err != nil {
				return err
			}
			last := patients[0]
			for _, p := range patients {
				if p.MRN > last.MRN {
					last = p
				}
			}
			return each(v, func(p *ward.Patient, c *ward.Check) error {
				if len(rows) == 0 {
					meanwhile(last)
				}
				rows = append(rows, fmt.Sprintf("%s %s %s/%d %s", p.MRN, p.Name, c.ID, c.Version, c.Result.Flag.Code()))
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	before := read(func(ward.Patient) {})
	during := read(func(last ward.Patient) {
		chart, err := s.Chart(ctx, last.ID)
		if err != nil {
			t.Fatal(err)
		}
		c := chart.Checks[0]
		c.Version++
		c.Status, c.Reason, c.Recorded = ward.Withdrawn, "entered_in_error", ward.Signature{}
		if _, err := s.SaveCheck(ctx, ward.Sign("Maria Santos", stands), c); err != nil {
			t.Fatal(err)
		}
		last.Name = "OTHER, Name"
		if _, err := s.Edit(ctx, ward.Sign("Maria Santos", stands), last); err != nil {
			t.Fatal(err)
		}
	})
	if diff := cmp.Diff(before, during); diff != "" {
		t.Errorf("(-before +while others record)\n%s", diff)
	}
	if after := read(func(ward.Patient) {}); cmp.Equal(before, after) {
		t.Error("nothing was recorded meanwhile")
	}
}
