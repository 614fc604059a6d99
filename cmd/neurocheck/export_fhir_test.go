package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/demo"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// fhirServer does what a server of FHIR does with a transaction of PUTs.
type fhirServer struct {
	t         *testing.T
	resources map[string]map[string]any // by Type/id
	mrns      map[string]int            // its own patients with each MRN, as system|value
}

func newFHIRServer(t *testing.T) *fhirServer {
	return &fhirServer{t: t, resources: make(map[string]map[string]any), mrns: make(map[string]int)}
}

// take applies a transaction as a whole, or refuses it as a whole.
func (s *fhirServer) take(text []byte) error {
	var b struct {
		ResourceType, Type string
		Entry              []struct {
			FullURL  *string
			Resource map[string]any
			Request  map[string]string
		}
	}
	if err := json.Unmarshal(text, &b); err != nil {
		return err
	}
	if b.ResourceType != "Bundle" || b.Type != "transaction" {
		return fmt.Errorf("a %s of type %s", b.ResourceType, b.Type)
	}
	after := maps.Clone(s.resources)
	for _, e := range b.Entry {
		name := fmt.Sprint(e.Resource["resourceType"], "/", e.Resource["id"])
		if want := map[string]string{"method": "PUT", "url": name}; e.FullURL != nil || !maps.Equal(e.Request, want) {
			return fmt.Errorf("%s: the request is %v", name, e.Request)
		}
		after[name] = e.Resource
	}
	for _, e := range b.Entry {
		for _, to := range referencesIn(e.Resource) {
			if query, asks := strings.CutPrefix(to, "Patient?identifier="); asks {
				if n := s.mrns[query]; n != 1 {
					return fmt.Errorf("%d patients match %s", n, to)
				}
			} else if !strings.HasPrefix(to, "#") && after[to] == nil {
				return fmt.Errorf("%s refers to %s, which is neither there nor before", e.Request["url"], to)
			}
		}
	}
	s.resources = after
	return nil
}

// referencesIn returns the references of a resource or of a part of one.
func referencesIn(part any) (list []string) {
	switch x := part.(type) {
	case map[string]any:
		if to, ok := x["reference"].(string); ok {
			list = append(list, to)
		}
		for _, v := range x {
			list = append(list, referencesIn(v)...)
		}
	case []any:
		for _, v := range x {
			list = append(list, referencesIn(v)...)
		}
	}
	return list
}

// takeFolder applies the Bundles of a folder in the order of its manifest.
func (s *fhirServer) takeFolder(folder string) fhirManifest {
	s.t.Helper()
	m := manifestOf(s.t, folder)
	for _, f := range m.Files {
		text, err := os.ReadFile(filepath.Join(folder, f.Name))
		if err == nil {
			err = s.take(text)
		}
		if err != nil {
			s.t.Fatalf("%s: %v", f.Name, err)
		}
	}
	return m
}

func manifestOf(t *testing.T, folder string) (m fhirManifest) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// fhirWard is a demo ward that is exported again and again.
type fhirWard struct {
	*store.Store
	t    *testing.T
	at   time.Time
	site ward.Site
	n    int // of exports
}

func newFHIRWard(t *testing.T, fill func(context.Context, *store.Store, time.Time) error) *fhirWard {
	t.Helper()
	at := time.Now().Truncate(time.Minute)
	s, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "log.db"))
	if err == nil {
		err = fill(t.Context(), s, at)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &fhirWard{Store: s, t: t, at: at, site: ward.DefaultSite()}
}

// fewPatients makes a ward of a few patients without checks.
func fewPatients(ctx context.Context, s *store.Store, at time.Time) error {
	admin := ward.Staff{Name: "Grace Lin", Role: ward.Admin, Active: true}
	err := s.SetUp(ctx, ward.Sign(admin.Name, at), ward.Ward{Name: "H4", Zone: "Europe/Lisbon", Synthetic: true}, admin)
	for _, m := range []ward.Staff{{Name: theNurse, Role: ward.Nurse, Active: true}, {Name: theClinician, Role: ward.Clinician, Active: true}, {Name: "Another Nurse", Role: ward.Nurse, Active: true}} {
		err = errors.Join(err, s.AddStaff(ctx, ward.Sign(admin.Name, at), m))
	}
	for _, mrn := range []string{"0042317", "0042318", "0042319", "0042320"} {
		_, _, admitted := s.Admit(ctx, ward.Sign(theNurse, at),
			ward.Patient{MRN: mrn, Name: "PATIENT, " + mrn, SecondID: "x", Product: "axi-cel", InfusedAt: at.Add(-48 * time.Hour), Tool: icans.ICE},
			ward.Stay{AdmittedAt: at.Add(-72 * time.Hour)})
		err = errors.Join(err, admitted)
	}
	return err
}

// export makes a folder, and returns it.
func (w *fhirWard) export(format, since string, entries int) (string, error) {
	w.t.Helper()
	w.n++
	folder := filepath.Join(w.t.TempDir(), fmt.Sprint("out", w.n))
	e := exporting{format: format, output: folder, fhir: fhirFlags{since, entries}, stdout: io.Discard, stderr: io.Discard, sig: w.sign(theNurse)}
	return folder, e.runFHIR(w.t.Context(), w.Store, store.Selection{}, &w.site)
}

func (w *fhirWard) exported(format, since string, entries int) string {
	w.t.Helper()
	folder, err := w.export(format, since, entries)
	if err != nil {
		w.t.Fatal(err)
	}
	return folder
}

func (w *fhirWard) sign(by string) ward.Signature {
	w.at = w.at.Add(time.Second)
	return ward.Sign(by, w.at)
}

// full returns the state of a server that has taken the whole log.
func (w *fhirWard) full() map[string]map[string]any {
	w.t.Helper()
	s := newFHIRServer(w.t)
	s.takeFolder(w.exported(formatFHIRTransaction, "", defaultEntries))
	return s.resources
}

// differences names the resources in which two servers differ.
func differences(a, b map[string]map[string]any) (list []string) {
	for name := range a {
		if b[name] == nil || !reflect.DeepEqual(a[name], b[name]) {
			list = append(list, name)
		}
	}
	for name := range b {
		if a[name] == nil {
			list = append(list, name+" (only in the second)")
		}
	}
	slices.Sort(list)
	return list
}

// A server that takes the Bundles in order has every resource, whatever their size; each
// Bundle refers to nothing that comes later.
func TestBundlesAreTakenInOrder(t *testing.T) {
	t.Parallel()
	w := newFHIRWard(t, demo.Fill)
	want := w.full()
	for _, entries := range []int{1, 10, 5000} {
		folder := w.exported(formatFHIRTransaction, "", entries)
		s := newFHIRServer(t)
		m := s.takeFolder(folder)
		if list := differences(want, s.resources); len(list) > 0 {
			t.Errorf("with %d entries these differ: %v", entries, list)
		}
		total := 0
		for _, n := range m.Resources {
			total += n
		}
		if total != len(want) || entries == 5000 && len(m.Files) != 1 || entries == 10 && len(m.Files) < total/10 {
			t.Errorf("with %d entries: %d resources of %d in %d files", entries, total, len(want), len(m.Files))
		}
		first := true
		for _, f := range m.Files {
			text, err := os.ReadFile(filepath.Join(folder, f.Name))
			if err != nil {
				t.Fatal(err)
			}
			first = patientsFirst(t, text, first)
		}
	}
}

// patientsFirst fails if a Patient or an Encounter comes after anything else. first says
// whether nothing else came before.
func patientsFirst(t *testing.T, text []byte, first bool) bool {
	t.Helper()
	for line := range bytes.Lines(text) {
		kind, _, entry := strings.Cut(strings.TrimPrefix(string(line), `{"resource":{"resourceType":"`), `"`)
		if !entry || !strings.HasPrefix(string(line), `{"resource":`) {
			continue
		}
		person := kind == "Patient" || kind == "Encounter"
		if person && !first {
			t.Errorf("a %s comes after other resources", kind)
		}
		first = first && person
	}
	return first
}

// An increment that is applied after what was sent before gives what a whole export gives,
// whatever was recorded meanwhile; and it holds nothing that did not change, beside what is
// of a patient whose identity or stays changed.
func TestIncrementsGiveTheWhole(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	w := newFHIRWard(t, fewPatients)
	s := newFHIRServer(t)
	next := s.takeFolder(w.exported(formatFHIRTransaction, "", 50)).Next
	done := make(map[string]int)
	for round := range 3 * len(fhirActs) {
		for range 1 + random.IntN(3) {
			act := fhirActs[random.IntN(len(fhirActs))]
			if round < 2*len(fhirActs) && done[fhirActs[round%len(fhirActs)].name] < 2 { // each of them at least once
				act = fhirActs[round%len(fhirActs)]
			}
			switch err := act.do(w, random); {
			case err == nil:
				done[act.name]++
			case ward.KindOf(err) == ward.KindInternal || ward.KindOf(err) == ward.KindUnavailable:
				t.Fatalf("seed %d: %s: %v", seed, act.name, err)
			}
		}
		next = s.takeFolder(w.exported(formatFHIRTransaction, next, 50)).Next
		if list := differences(w.full(), s.resources); len(list) > 0 {
			t.Fatalf("seed %d, round %d, after %v: these differ: %v", seed, round, done, list)
		}
	}
	if len(done) < len(fhirActs)/2 {
		t.Errorf("seed %d: only %v were done", seed, done)
	}
}

// chartOf returns the chart of any patient.
func (w *fhirWard) chartOf(random *rand.Rand) (c ward.Chart, err error) {
	err = w.Snapshot(w.t.Context(), func(v *store.Snapshot) error {
		ids, err := v.Patients(w.t.Context(), 0)
		if err == nil {
			c, err = v.Chart(w.t.Context(), ids[random.IntN(len(ids))])
		}
		return err
	})
	return c, err
}

// Two of the staff of the demo ward.
const (
	theNurse     = "Maria Santos"
	theClinician = "Dr Priya Nair"
)

// fhirActs are the acts that change the record of a patient. The store refuses some of them.
var fhirActs = []struct {
	name string
	do   func(*fhirWard, *rand.Rand) error
}{
	{"check", func(w *fhirWard, r *rand.Rand) error {
		c, err := w.chartOf(r)
		if err != nil {
			return err
		}
		check := ward.Check{ID: fmt.Sprint("new-", r.Uint64()), PatientID: c.Patient.ID, PerformedAt: w.at.Add(-time.Duration(r.IntN(600)) * time.Minute)}
		for _, code := range []string{"tool=ice", "ice_year=1", "ice_month=1", fmt.Sprint("ice_naming=", r.IntN(4)), "consciousness=alert", "seizure=none", "confusion=mild"} {
			column, value, _ := strings.Cut(code, "=")
			err = errors.Join(err, icans.FieldOf(column).Set(&check.Findings, value))
		}
		sig := w.sign([]string{theNurse, "Another Nurse"}[r.IntN(2)])
		sig.Request = check.ID
		_, saved := w.SaveCheck(w.t.Context(), sig, check)
		return errors.Join(err, saved)
	}},
	{"correction or withdrawal", func(w *fhirWard, r *rand.Rand) error {
		c, err := w.chartOf(r)
		if err != nil || len(c.Checks) == 0 {
			return err
		}
		check := c.Checks[r.IntN(len(c.Checks))]
		check.Version++
		check.Status, check.Reason, check.Recorded = ward.Corrected, "wrong_value", ward.Signature{}
		if r.IntN(2) == 0 {
			check.Status = ward.Withdrawn
		}
		icans.FieldOf("confusion").Clear(&check.Findings)
		_, err = w.SaveCheck(w.t.Context(), w.sign(theClinician), check)
		return err
	}},
	{"move", func(w *fhirWard, r *rand.Rand) error {
		c, err := w.chartOf(r)
		if err != nil || len(c.Checks) == 0 {
			return err
		}
		to, err := w.chartOf(r)
		if err != nil || to.Patient.ID == c.Patient.ID {
			return err
		}
		_, err = w.MoveCheck(w.t.Context(), w.sign(theClinician), *c.Last(), to.Patient.ID, fmt.Sprint("moved-", r.Uint64()))
		return err
	}},
	{"intervention", func(w *fhirWard, r *rand.Rand) error {
		c, err := w.chartOf(r)
		if err != nil {
			return err
		}
		if len(c.Interventions) > 0 && r.IntN(2) == 0 {
			return w.WithdrawIntervention(w.t.Context(), w.sign(theNurse), c.Interventions[0].ID, "wrong patient")
		}
		return w.PutIntervention(w.t.Context(), w.sign(theNurse), ward.Intervention{PatientID: c.Patient.ID, DoneAt: w.at.Add(-time.Minute), Kind: "dose_given"})
	}},
	{"report", func(w *fhirWard, r *rand.Rand) error {
		c, err := w.chartOf(r)
		if err != nil {
			return err
		}
		if len(c.AllReports) > 0 && r.IntN(2) == 0 {
			return w.WithdrawReport(w.t.Context(), w.sign(theNurse), c.AllReports[0].ID, "wrong patient")
		}
		return w.PutReport(w.t.Context(), w.sign(theNurse), ward.Report{PatientID: c.Patient.ID, ToldAt: w.at.Add(-time.Minute), ToldBy: "patient", Words: "not myself"})
	}},
	{"order", func(w *fhirWard, r *rand.Rand) error {
		c, err := w.chartOf(r)
		if err != nil {
			return err
		}
		return w.PutOrder(w.t.Context(), w.sign(theClinician), ward.Order{PatientID: c.Patient.ID, Kind: ward.OrderInterval, Interval: 2 * time.Hour, Reason: "asked"})
	}},
	{"acceptance", func(w *fhirWard, r *rand.Rand) error {
		return w.eachOpen(r, func(id int64) error { return w.Acknowledge(w.t.Context(), w.sign(theNurse), id) })
	}},
	{"closing", func(w *fhirWard, r *rand.Rand) error {
		return w.eachOpen(r, func(id int64) error {
			err := w.Acknowledge(w.t.Context(), w.sign(theClinician), id)
			if err != nil && ward.KindOf(err) != ward.KindConflict {
				return err
			}
			return w.CloseFollowUp(w.t.Context(), w.sign(theClinician), id, ward.ConfirmedICANS, "a note", true)
		})
	}},
	{"therapy", func(w *fhirWard, r *rand.Rand) error {
		c, err := w.chartOf(r)
		if err != nil {
			return err
		}
		p := c.Patient
		p.Product, p.InfusedAt, p.Baseline, p.Reason = "", time.Time{}, icans.Points(0), "wrong patient"
		_, err = w.EditPatient(w.t.Context(), w.sign(theClinician), p)
		return err
	}},
	{"name", func(w *fhirWard, r *rand.Rand) error {
		c, err := w.chartOf(r)
		if err != nil {
			return err
		}
		p := c.Patient
		p.Name, p.Reason = "RENAMED, "+fmt.Sprint(r.IntN(1000)), "misspelt"
		_, err = w.EditPatient(w.t.Context(), w.sign(theClinician), p)
		return err
	}},
	{"discharge", func(w *fhirWard, r *rand.Rand) error {
		c, err := w.chartOf(r)
		if err != nil {
			return err
		}
		if c.OnWard() {
			_, err = w.Discharge(w.t.Context(), w.sign(theNurse), c.Patient.ID, w.at, "home")
			return err
		}
		if r.IntN(2) == 0 {
			_, err = w.UndoDischarge(w.t.Context(), w.sign(theNurse), c.Patient.ID, "not gone")
			return err
		}
		_, err = w.Readmit(w.t.Context(), w.sign(theNurse), ward.Stay{PatientID: c.Patient.ID, AdmittedAt: w.at})
		return err
	}},
	{"admission", func(w *fhirWard, r *rand.Rand) error {
		_, stay, err := w.Admit(w.t.Context(), w.sign(theNurse),
			ward.Patient{MRN: fmt.Sprint(r.Uint32()), Name: "NEW, One", SecondID: "x", Product: "axi-cel", Tool: icans.ICE}, ward.Stay{AdmittedAt: w.at})
		if err != nil || r.IntN(2) == 0 {
			return err
		}
		_, err = w.WithdrawStay(w.t.Context(), w.sign(theNurse), stay.ID, "never came")
		return err
	}},
	{"staff", func(w *fhirWard, r *rand.Rand) error {
		return w.ChangeStaff(w.t.Context(), w.sign("Grace Lin"), "Another Nurse", ward.Nurse, r.IntN(2) == 0)
	}},
	{"link", func(w *fhirWard, r *rand.Rand) error {
		c, err := w.chartOf(r)
		if err != nil {
			return err
		}
		into, err := w.chartOf(r)
		if err != nil || into.Patient.ID == c.Patient.ID {
			return err
		}
		return w.Link(w.t.Context(), w.sign(theClinician), c.Patient.ID, into.Patient.ID, "one person")
	}},
	{"unlink", func(w *fhirWard, r *rand.Rand) error {
		for range 20 {
			c, err := w.chartOf(r)
			if err != nil {
				return err
			}
			if len(c.Links) > 0 && !c.Links[0].Undone {
				return w.Unlink(w.t.Context(), w.sign(theClinician), c.Links[0].PatientID, "two persons")
			}
		}
		return nil
	}},
}

// eachOpen calls do for the open follow-up of any patient.
func (w *fhirWard) eachOpen(r *rand.Rand, do func(int64) error) error {
	for range 20 {
		c, err := w.chartOf(r)
		if err != nil {
			return err
		}
		if f := c.Open(); f != nil {
			return do(f.ID)
		}
	}
	return nil
}
