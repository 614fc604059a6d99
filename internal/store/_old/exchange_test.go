package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/ward"
)

// ids reads the checks of a selection as "check/version".
func ids(t *testing.T, s *Store, sel Selection) (list []string) {
	t.Helper()
	ok(t, s.View(t.Context(), func(v *View) error {
		ok(t, v.EachCheck(t.Context(), sel, func(p *ward.Patient, c *ward.Check) error {
			if p.ID != c.PatientID {
				t.Errorf("check %s comes with another patient", c.ID)
			}
			list = append(list, c.ID+"/"+string(rune('0'+c.Version)))
			return nil
		}))
		if n := must(v.CountChecks(t.Context(), sel))(t); n != len(list) {
			t.Errorf("CountChecks says %d, and EachCheck brings %d", n, len(list))
		}
		return nil
	}))
	return list
}

func TestSelections(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	other := ada()
	other.MRN = "0000002"
	q := must(s.Admit(t.Context(), nurse(0), other))(t)
	a := save(t, s, checkOf(p, "a", 10, 0))
	save(t, s, checkOf(q, "b", 10, time.Hour))
	save(t, s, checkOf(p, "c", 10, 2*time.Hour))
	must(s.SaveCheck(t.Context(), nurse(3*time.Hour), correction(a, 9)))(t)
	for name, c := range map[string]struct {
		sel  Selection
		want []string
	}{
		"all, in the order of the record": {Selection{}, []string{"a/1", "b/1", "c/1", "a/2"}},
		"one patient":                     {Selection{PatientID: p.ID}, []string{"a/1", "c/1", "a/2"}},
		"since, that moment too":          {Selection{Since: after(time.Hour)}, []string{"b/1", "c/1"}},
		"until, without that moment":      {Selection{Until: after(time.Hour)}, []string{"a/1", "a/2"}},
		"between":                         {Selection{PatientID: p.ID, Since: after(1), Until: after(3 * time.Hour)}, []string{"a/1", "c/1", "a/2"}},
		"nobody":                          {Selection{PatientID: 999}, nil},
		"never":                           {Selection{Since: after(9 * time.Hour)}, nil},
	} {
		if diff := cmp.Diff(c.want, ids(t, s, c.sel)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	stop, n := errors.New("stop"), 0
	err := s.EachCheck(t.Context(), Selection{}, func(*ward.Patient, *ward.Check) error { n++; return stop })
	if !errors.Is(err, stop) || n != 1 {
		t.Errorf("error %v behind %d checks", err, n)
	}
	board(t, s) // the reader is free again
}

func intakes() []ward.Intake {
	lucia := ward.Patient{MRN: "0000777", Name: "GARCÍA, Lucía", BirthDate: ward.Date{Year: 1990, Month: 1, Day: 2}, Tool: 1, AdmittedAt: after(-time.Hour)}
	none := ward.Patient{}
	return []ward.Intake{
		{Line: 2, Patient: ward.Patient{MRN: "0042317"}, Check: checkOf(none, "a", 10, 0)},
		{Line: 3, Patient: lucia, Check: checkOf(none, "b", 8, time.Hour)},
		{Line: 4, Patient: lucia, Check: correction(checkOf(none, "b", 8, time.Hour), 9)},
		{Line: 5, Patient: lucia, Check: checkOf(none, "c", 10, 2*time.Hour), Claimed: []ward.Claim{{Column: "score", Cell: "10"}, {Column: "flag", Cell: "none"}}},
	}
}

func TestImportIsAllOrNone(t *testing.T) {
	s := opened(t)
	admit(t, s)
	n := records(t, s)
	run := func(rows []ward.Intake, dry bool) (Imported, []ward.Refusal) {
		t.Helper()
		done, refused, err := s.Import(t.Context(), ward.Sign("import", after(24*time.Hour)), slices.Values(rows), dry)
		ok(t, err)
		return done, refused
	}

	done, none := run(intakes(), true)
	if want := (Imported{Patients: 1, Checks: 4, Flagged: 2}); done != want || none != nil || records(t, s) != n {
		t.Errorf("a dry run: %+v, %v, %d records kept", done, none, records(t, s)-n)
	}

	bad := append(intakes(),
		ward.Intake{Line: 6, Patient: ward.Patient{MRN: "1"}, Check: checkOf(ward.Patient{}, "d", 10, 0)},
		ward.Intake{Line: 7, Patient: ward.Patient{MRN: "0042317", Name: "OKAFOR, Ida"}, Check: checkOf(ward.Patient{}, "e", 10, 0)},
		ward.Intake{Line: 8, Patient: ward.Patient{MRN: "0042317"}, Check: checkOf(ward.Patient{}, "f", 10, 48*time.Hour)},
		ward.Intake{Line: 9, Patient: ward.Patient{MRN: "0042317"}, Check: checkOf(ward.Patient{}, "b", 10, 0)},
		ward.Intake{Line: 10, Patient: ward.Patient{MRN: "0042317"}, Check: checkOf(ward.Patient{}, "g", 9, 0), Claimed: []ward.Claim{{Column: "score", Cell: "10"}, {Column: "flag", Cell: "grade1"}}},
	)
	_, refusals := run(bad, false)
	type place struct {
		Line  int
		Field string
	}
	var places []place
	for _, r := range refusals {
		places = append(places, place{r.Line, r.Err.Field})
	}
	want := []place{{6, "mrn"}, {7, "name"}, {8, "performed_at"}, {8, "recorded_at"}, {9, "check_id"}, {10, "score"}}
	places = slices.DeleteFunc(places, func(p place) bool { return p == place{8, "recorded_at"} })
	want = slices.DeleteFunc(want, func(p place) bool { return p == place{8, "recorded_at"} })
	if diff := cmp.Diff(want, places); diff != "" || records(t, s) != n {
		t.Errorf("%d records kept; refused:\n%s", records(t, s)-n, diff)
	}

	done, none = run(intakes(), false)
	if want := (Imported{Patients: 1, Checks: 4, Flagged: 2}); done != want || none != nil {
		t.Errorf("imported %+v, refused %v", done, none)
	}
	n = records(t, s)
	done, none = run(intakes(), false)
	if want := (Imported{Known: 4}); done != want || none != nil || records(t, s) != n {
		t.Errorf("imported again: %+v, refused %v, %d records more", done, none, records(t, s)-n)
	}
	if diff := cmp.Diff([]string{"a/1", "b/1", "b/2", "c/1"}, ids(t, s, Selection{})); diff != "" {
		t.Error(diff)
	}
	whole(t, s)
}
