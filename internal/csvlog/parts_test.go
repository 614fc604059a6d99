package csvlog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/demo"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

var now = time.Date(2026, 3, 14, 9, 5, 0, 0, time.UTC)

// kept is a log with several parts, and with cases that the demo lacks: a late entry
// that changes a flag, milliseconds, an offset of half an hour, and words that
// need quotes.
func kept(t *testing.T) *store.Store {
	t.Helper()
	path := keptLog.Copy(t, func(path string) error {
		return store.CreateWith(t.Context(), path, func(s *store.Store) error {
			fillKept(t, s)
			return nil
		})
	})
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// keptLog is the log of which [kept] returns copies.
var keptLog fixture.Template

func fillKept(t *testing.T, s *store.Store) {
	t.Helper()
	if err := demo.FillYears(t.Context(), s, now, 3000, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	demoStaff, err := s.Staff(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	by := demoStaff[slices.IndexFunc(demoStaff, func(m ward.Staff) bool { return m.Role == ward.Admin })].Name
	if err := s.AddStaff(t.Context(), ward.Sign(by, now), ward.Staff{Name: "Grace \"G\" Lin", Role: ward.Clinician, Active: true}); err != nil {
		t.Fatal(err)
	}
	kabul := time.FixedZone("", 4*60*60+30*60)
	p, _, err := s.Admit(t.Context(), ward.Sign("Grace \"G\" Lin", now), ward.Patient{
		MRN: "000, 7", Name: "O'NEIL, \"Tip\"", BirthDate: ward.Date{Year: 1950, Month: 1, Day: 2}, Tool: icans.ICE, SecondID: "P \"7\"",
	}, ward.Stay{AdmittedAt: now.Add(-48 * time.Hour), Bed: "1,A"})
	if err != nil {
		t.Fatal(err)
	}
	sedated := scored(7)
	if err := icans.FieldOf("other_cause").Set(&sedated, "score"); err != nil {
		t.Fatal(err)
	}
	for i, c := range []ward.Check{
		{PerformedAt: now.Add(-2 * time.Hour).In(kabul), Findings: sedated, CauseNote: "sedation, \"deep\"", Note: "one\n\"two\", three"},
		{PerformedAt: now.Add(-4*time.Hour + 7*time.Millisecond), Findings: scored(10), Note: " late"}, // the first has dropped since
	} {
		c.ID, c.Version, c.Status, c.PatientID = fmt.Sprintf("odd,%d", i), 1, ward.Recorded, p.ID
		if _, err := s.SaveCheck(t.Context(), ward.Sign("Grace \"G\" Lin", now.Add(time.Duration(i)*time.Millisecond)), c); err != nil {
			t.Fatal(err)
		}
	}
}

func scored(ice int) icans.Findings {
	x := icans.Findings{Tool: icans.ICE, Consciousness: icans.Alert}
	for i := range x.ICE {
		x.ICE[i] = icans.Scored(1)
	}
	x.ICE[icans.ICENaming] = icans.Scored(3 - (10 - ice))
	return x
}

// inParts exports by parts.
func inParts(ctx context.Context, s *store.Store, profile csvlog.Profile, sel store.Selection, o store.ExportOptions) (string, int, error) {
	var out bytes.Buffer
	rows, told := 0, 0
	o.Kept = profile.Kept()
	err := s.Export(ctx, sel, o, func(r *store.Export) (err error) {
		rows, err = profile.ExportParts(ctx, &out, r, csvlog.ExportOptions{Progress: func(done, _ int) { told = done }})
		return err
	})
	if err == nil && told != rows {
		err = fmt.Errorf("%d of %d rows were told of", told, rows)
	}
	return out.String(), rows, err
}

// An export in parts has the same bytes as one row by row.
func TestExportParts(t *testing.T) {
	s := kept(t)
	p, err := s.PatientByMRN(t.Context(), "000, 7")
	if err != nil {
		t.Fatal(err)
	}
	deidentifier := csvlog.NewDeidentifier(bytes.Repeat([]byte{7}, csvlog.KeySize), time.UTC, ward.DateOf(now))
	for name, sel := range map[string]store.Selection{
		"all":         {},
		"one patient": {PatientID: p.ID},
		"since":       {Since: now.AddDate(0, 0, -3)},
		"between":     {Since: now.AddDate(0, 0, -30), Until: now.AddDate(0, 0, -3)},
		"none":        {Until: now.AddDate(-90, 0, 0)},
	} {
		for form, profile := range map[string]csvlog.Profile{
			"lossless": {}, "spreadsheet": csvlog.Profile{}.Spreadsheet(),
			"deidentified": deidentifier.Profile(), "deidentified spreadsheet": deidentifier.Profile().Spreadsheet(),
		} {
			t.Run(name+", "+form, func(t *testing.T) {
				var want bytes.Buffer
				each := func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
					return s.EachCheck(t.Context(), sel, yield)
				}
				var o store.ExportOptions
				if strings.HasPrefix(form, "deidentified") {
					o.Rank = deidentifier.PatientID
					each = ranked(each, o.Rank)
				}
				n, err := profile.Export(t.Context(), &want, each)
				if err != nil {
					t.Fatal(err)
				}
				if name != "none" && n == 0 {
					t.Fatal("nothing was selected")
				}
				for _, o.Readers = range []int{1, 3} {
					got, rows, err := inParts(t.Context(), s, profile, sel, o)
					if err != nil || rows != n {
						t.Fatalf("%d readers: %d rows of %d, %v", o.Readers, rows, n, err)
					}
					if got != want.String() {
						t.Errorf("%d readers:\n%s", o.Readers, firstDifference(want.String(), got))
					}
				}
			})
		}
	}
}

// ranked brings the checks patient by patient in the order of rank.
func ranked(each csvlog.Each, rank func(*ward.Patient) string) csvlog.Each {
	type row struct {
		rank string
		p    ward.Patient
		s    ward.Stay
		c    ward.Check
	}
	return func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		var rows []*row
		err := each(func(p *ward.Patient, s *ward.Stay, c *ward.Check) error {
			rows = append(rows, &row{rank(p), *p, *s, *c})
			return nil
		})
		slices.SortStableFunc(rows, func(a, b *row) int { return strings.Compare(a.rank, b.rank) })
		for i := range rows {
			if err == nil {
				err = yield(&rows[i].p, &rows[i].s, &rows[i].c)
			}
		}
		return err
	}
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d\n%s\n%s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, and %d", len(a), len(b))
}

// A record of the time while an export runs is not in it: not a check, not another
// version of a patient, not a flag that changes.
func TestExportPartsStandsStill(t *testing.T) {
	s := kept(t)
	before, n, err := inParts(t.Context(), s, csvlog.Profile{}, store.Selection{}, store.ExportOptions{Readers: 2})
	if err != nil {
		t.Fatal(err)
	}
	var during bytes.Buffer
	err = s.Export(t.Context(), store.Selection{}, store.ExportOptions{Kept: csvlog.Profile{}.Kept(), Readers: 2}, func(r *store.Export) error {
		p, err := s.PatientByMRN(t.Context(), "000, 7")
		if err != nil {
			return err
		}
		later := ward.Sign("Grace Lin", now.Add(time.Hour))
		p.Name = "O'NEIL, Thomas"
		if p, err = s.EditPatient(t.Context(), later, p); err != nil {
			return err
		}
		for id, at := range map[string]time.Time{"after": now.Add(time.Minute), "between, which changes a flag": now.Add(-3 * time.Hour)} {
			if _, err = s.SaveCheck(t.Context(), later, ward.Check{ID: id, Version: 1, Status: ward.Recorded, PatientID: p.ID, PerformedAt: at, Findings: scored(7)}); err != nil {
				return err
			}
		}
		_, err = csvlog.Profile{}.ExportParts(t.Context(), &during, r, csvlog.ExportOptions{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if during.String() != before {
		t.Error(firstDifference(before, during.String()))
	}
	if _, more, err := inParts(t.Context(), s, csvlog.Profile{}, store.Selection{}, store.ExportOptions{Readers: 2}); err != nil || more != n+2 {
		t.Errorf("afterwards %d rows and not %d, %v", more, n+2, err)
	}
}

// slow is a writer that fails or stops after some bytes.
type slow struct {
	left int
	then func() error
}

func (w *slow) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, w.then()
	}
	return len(p), nil
}

// An export that is stopped, or whose disk is full, ends at once and leaves no
// file.
func TestExportPartsLeavesNothingHalf(t *testing.T) {
	s := kept(t)
	full := errors.New("full")
	err := s.Export(t.Context(), store.Selection{}, store.ExportOptions{Kept: csvlog.Profile{}.Kept(), Readers: 2}, func(r *store.Export) error {
		_, err := csvlog.Profile{}.ExportParts(t.Context(), &slow{left: 1 << 19, then: func() error { return full }}, r, csvlog.ExportOptions{})
		return err
	})
	if !errors.Is(err, full) {
		t.Errorf("a full disk: %v", err)
	}
	folder := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	err = s.Export(ctx, store.Selection{}, store.ExportOptions{Kept: csvlog.Profile{}.Kept(), Readers: 2}, func(r *store.Export) error {
		o := csvlog.ExportOptions{Progress: func(done, _ int) {
			if done > 0 {
				stop()
			}
		}}
		_, err := csvlog.Profile{}.ExportPartsFile(ctx, filepath.Join(folder, "out.csv"), r, o)
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
