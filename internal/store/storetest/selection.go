package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// ids reads the checks of a selection as "check/version".
func ids(t *testing.T, s *store.Store, sel store.Selection) (list []string) {
	t.Helper()
	ok(t, s.Snapshot(t.Context(), func(v *store.Snapshot) error {
		ok(t, v.EachCheck(t.Context(), sel, func(p *ward.Patient, stay *ward.Stay, c *ward.Check) error {
			if stay == nil || stay.ID != c.StayID && stay.PatientID == c.PatientID {
				t.Errorf("check %s comes with another stay", c.ID)
			}
			list = append(list, fmt.Sprintf("%s/%d", c.ID, c.Version))
			return nil
		}))
		if n := must(v.CountChecks(t.Context(), sel))(t); n != len(list) {
			t.Errorf("CountChecks says %d, and EachCheck brings %d", n, len(list))
		}
		return nil
	}))
	return list
}

func testSelections(t *testing.T, l *logs) {
	s := l.opened(t)
	p, q := Admit(t, s), Eva(t, s)
	a := Save(t, s, checkOf(p, "a", 10, 0)).Check
	Save(t, s, checkOf(q, "b", 10, time.Hour))
	Save(t, s, checkOf(p, "c", 10, 2*time.Hour))
	must(s.SaveCheck(t.Context(), nurse(3*time.Hour), correction(a, 9)))(t)
	for name, c := range map[string]struct {
		sel  store.Selection
		want []string
	}{
		"all, in the order of the record": {store.Selection{}, []string{"a/1", "b/1", "c/1", "a/2"}},
		"one patient":                     {store.Selection{PatientID: p.ID}, []string{"a/1", "c/1", "a/2"}},
		"since, that time too":            {store.Selection{Since: after(time.Hour)}, []string{"b/1", "c/1"}},
		"until, without that time":        {store.Selection{Until: after(time.Hour)}, []string{"a/1", "a/2"}},
		"between":                         {store.Selection{PatientID: p.ID, Since: after(1), Until: after(3 * time.Hour)}, []string{"c/1"}},
		"no patient":                      {store.Selection{PatientID: 999}, nil},
		"never":                           {store.Selection{Since: after(9 * time.Hour)}, nil},
	} {
		got := ids(t, s, c.sel)
		if name == "between" { // to the millisecond
			got = slices.DeleteFunc(got, func(id string) bool { return strings.HasPrefix(id, "a") })
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	stop, n := errors.New("stop"), 0
	err := s.EachCheck(t.Context(), store.Selection{}, func(*ward.Patient, *ward.Stay, *ward.Check) error { n++; return stop })
	if !errors.Is(err, stop) || n != 1 {
		t.Errorf("error %v after %d checks", err, n)
	}
	must(s.Board(t.Context()))(t) // the reader is free again
}

// exported reads all parts of an export as "check/version name flag".
func exported(t *testing.T, e *store.Export) (list []string) {
	t.Helper()
	for part := range e.Parts() {
		ok(t, e.Each(t.Context(), part%e.Readers(), part, func(p *ward.Patient, _ *ward.Stay, c *ward.Check, kept [][]byte) error {
			list = append(list, fmt.Sprintf("%s/%s %s %s", c.ID, kept[0], p.Name, kept[1]))
			return nil
		}))
	}
	if n := must(e.Count(t.Context()))(t); n != len(list) {
		t.Errorf("Count says %d, and Each brings %d", n, len(list))
	}
	return list
}

var versionAndFlag = [][]string{{"version"}, {"flag"}}

func testExport(t *testing.T, l *logs) {
	s := l.opened(t)
	ctx := t.Context()
	p, q := Admit(t, s), Eva(t, s)
	Save(t, s, checkOf(p, "a", 10, 5*time.Hour))
	Save(t, s, checkOf(q, "b", 10, 5*time.Hour))
	must(s.SaveCheck(ctx, nurse(6*time.Hour), checkOf(p, "late", 10, 2*time.Hour)))(t)
	p.Baseline, p.Reason = icans.Scored(10), "told by the family"
	must(s.EditPatient(ctx, clinician(7*time.Hour), p))(t)
	Save(t, s, checkOf(p, "c", 9, 8*time.Hour))
	ok(t, s.Link(ctx, clinician(9*time.Hour), q.ID, p.ID, "one person"))
	want := []string{"a/1 OKAFOR, Ada none", "b/1 OKAFOR, Ada none", "late/1 OKAFOR, Ada none", "c/1 OKAFOR, Ada grade1"}
	for name, o := range map[string]store.ExportOptions{
		"by record":  {Kept: versionAndFlag, Readers: 2},
		"by patient": {Kept: versionAndFlag, Readers: 2, Rank: func(p *ward.Patient) string { return p.MRN }},
	} {
		for _, sel := range []store.Selection{{}, {PatientID: p.ID}, {PatientID: q.ID}} {
			ok(t, s.Export(ctx, sel, o, func(e *store.Export) error {
				if diff := cmp.Diff(want, exported(t, e)); diff != "" {
					t.Errorf("%s, %+v:\n%s", name, sel, diff)
				}
				return nil
			}))
		}
	}
}

// Records that come while a snapshot is read are not in it.
func testASnapshotDoesNotChange(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	Save(t, s, checkOf(p, "a", 8, 0))
	everything := func(v *store.Snapshot, meanwhile func()) (list []string) {
		add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
		seq, head, err := v.Head(t.Context())
		ok(t, err)
		add("head %d %s", seq, head)
		meanwhile()
		add("%d checks of %d patients from %s", must(v.CountChecks(t.Context(), store.Selection{}))(t), must(v.CountPatients(t.Context()))(t), must(v.Origin(t.Context()))(t))
		for _, p := range must(v.CheckedPatients(t.Context(), store.Selection{}))(t) {
			ok(t, v.EachCheck(t.Context(), store.Selection{PatientID: p.ID}, func(p *ward.Patient, _ *ward.Stay, c *ward.Check) error {
				add("%s: %s version %d %s", p.Name, c.ID, c.Version, c.Result.Flag.Code())
				return nil
			}))
		}
		ok(t, v.EachChart(t.Context(), 0, func(c *ward.Chart) error {
			add("%s: %d checks, %d follow-ups", c.Patient.Name, len(c.Checks), len(c.FollowUps))
			return nil
		}))
		ok(t, v.EachPatientRow(t.Context(), store.Selection{}, func(r *ward.PatientRow) error {
			add("%s: version %d", r.Patient.Name, r.Patient.Version)
			return nil
		}))
		ok(t, v.EachStayRow(t.Context(), store.Selection{}, func(r *ward.StayRow) error {
			add("%s: stay %d version %d", r.MRN, r.Stay.ID, r.Stay.Version)
			return nil
		}))
		ok(t, v.EachEventRow(t.Context(), store.Selection{}, func(r *ward.EventRow) error {
			add("%s: %s", r.Patient.Name, r.Event.What)
			return nil
		}))
		ok(t, v.EachFollowUpRow(t.Context(), store.Selection{}, func(r *ward.FollowUpRow) error {
			add("%s: follow-up %d %s", r.MRN, r.Number, r.Event)
			return nil
		}))
		for _, m := range must(v.Staff(t.Context()))(t) {
			add("staff: %s", m.Name)
		}
		return list
	}
	read := func(meanwhile func()) (list []string) {
		ok(t, s.Snapshot(t.Context(), func(v *store.Snapshot) error {
			list = everything(v, meanwhile)
			return nil
		}))
		return list
	}
	before := read(func() {})
	during := read(func() {
		Save(t, s, checkOf(p, "b", 4, 3*time.Hour))
		Save(t, s, checkOf(Eva(t, s), "hers", 7, time.Hour))
		ok(t, s.AddStaff(t.Context(), admin(25*time.Hour), ward.Staff{Name: "New Nurse", Role: ward.Nurse, Active: true}))
		ok(t, s.PutOrder(t.Context(), clinician(25*time.Hour), ward.Order{PatientID: p.ID, Kind: ward.OrderStop, Reason: "x"}))
	})
	if diff := cmp.Diff(before, during); diff != "" {
		t.Errorf("(-before +while others record)\n%s", diff)
	}
	if after := read(func() {}); len(after) <= len(before) {
		t.Errorf("nothing came: %q", after)
	}
}
