package store_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/fhir"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/check"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// entries are the lines that a developer adds for a new word of each vocabulary: one in
// the Go table, after a line that is there, and a migration.
var entries = []struct{ file, after, line, migration string }{
	{
		"internal/icans/vocabulary.go", `seen(Personality, "personality",`,
		`seen(Personality+1, "posture", "Posture", "Made up, for a test", "Made up, for a test?"),`,
		`ALTER TABLE neuro_check ADD COLUMN posture TEXT REFERENCES severity (code);`,
	},
	{
		"internal/ward/intervention.go", `{"lumbar_puncture",`, `{"plasmapheresis", "plasmapheresis"},`,
		`INSERT INTO intervention_kind (code) VALUES ('plasmapheresis');`,
	},
	{
		"internal/ward/staff.go", `var Roles = []Term{`, `{"pharmacist", "pharmacist"},`,
		`INSERT INTO role (code) VALUES ('pharmacist');`,
	},
	{
		"internal/ward/audit.go", `{Restored, `, `{"printed", "printed"},`,
		`INSERT INTO audit_event_kind (code) VALUES ('printed');`,
	},
}

const (
	jobVariable  = "NEUROCHECK_TEST_OLD_LOG"
	headVariable = "NEUROCHECK_TEST_OLD_HEAD"
)

// A developer adds an observed sign, a kind of intervention, a role and an audit event.
// This test makes that version of the program from an overlay of the source files, and
// runs TestInTheNextVersion in it on a log of the present version.
func TestANewWordIsOneEntryAndOneMigration(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles the program again")
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("it needs the go command")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	replaced := make(map[string]string)
	write := func(path, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		replaced[filepath.Join(root, path)] = filepath.Join(dir, filepath.Base(path))
	}
	migration := "-- +goose Up\n"
	for _, e := range entries {
		source, err := os.ReadFile(filepath.Join(root, e.file))
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.Index(source, []byte(e.after))
		if at < 0 {
			t.Fatalf("%s has no %s", e.file, e.after)
		}
		end := at + len(e.after)
		if !strings.HasSuffix(e.after, "{") || strings.HasPrefix(e.after, "{") {
			end = at + bytes.IndexByte(source[at:], '\n')
		}
		write(e.file, string(source[:end])+"\n"+e.line+string(source[end:]))
		migration += e.migration + "\n"
	}
	write("schema/sqlite/0002_new_words.sql", migration)
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	path, head := oldLog(t)
	cmd := exec.CommandContext(t.Context(), tool, "test", "-count=1", "-vet=off", "-overlay", list, "-run", "^TestInTheNextVersion$", "-v", "./internal/store")
	cmd.Dir, cmd.Env = root, append(os.Environ(), jobVariable+"="+path, headVariable+"="+head)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestInTheNextVersion") {
		t.Errorf("%v\n%s", err, out)
	}
}

var noon = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

func by(name string, hours int) ward.Signature {
	return ward.Sign(name, noon.Add(time.Duration(hours)*time.Hour))
}

// checkAt returns a check with nothing found.
func checkAt(patient int64, id string, hours int) ward.Check {
	x := icans.Findings{Tool: icans.ICE, Consciousness: icans.Alert, Seizure: icans.NoSeizure, Motor: icans.NoWeakness, ICP: icans.ICPNone}
	for i, points := range []int{1, 1, 1, 1, 3, 1, 1, 1} {
		x.ICE[i] = icans.Scored(points)
	}
	for i := range icans.Features {
		x.Observed[i] = icans.None
	}
	return ward.Check{ID: id, Version: 1, PatientID: patient, Status: ward.Recorded, PerformedAt: noon.Add(time.Duration(hours) * time.Hour), Findings: x}
}

// oldLog makes a log of the present version, and returns its path and its head.
func oldLog(t *testing.T) (path, head string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "old.db")
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.Create(t.Context(), path)
	ok(err)
	ok(s.SetUp(t.Context(), by("Kim Adler", 0), ward.Ward{Name: "Haematology 4", Zone: "UTC"}, ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true}))
	p, _, err := s.Admit(t.Context(), by("Kim Adler", 0), ward.Patient{MRN: "0042317", Name: "OKAFOR, Ada", SecondID: "x", Tool: icans.ICE}, ward.Stay{AdmittedAt: noon})
	ok(err)
	for i, id := range []string{"a", "b"} {
		_, err := s.SaveCheck(t.Context(), by("Kim Adler", i), checkAt(p.ID, id, i))
		ok(err)
	}
	_, head, err = s.Head(t.Context())
	ok(err)
	ok(s.Close())
	return path, head
}

// TestInTheNextVersion runs in the version of the program that has the new words.
func TestInTheNextVersion(t *testing.T) {
	path, head := os.Getenv(jobVariable), os.Getenv(headVariable)
	if path == "" {
		t.Skip("TestANewWordIsOneEntryAndOneMigration runs it")
	}
	ctx := t.Context()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.OpenReadOnly(ctx, path); err == nil || !strings.Contains(err.Error(), "older version") {
		t.Errorf("read-only, the old log opens with %v", err)
	}
	s, err := store.Open(ctx, path)
	ok(err)
	whole := func() {
		t.Helper()
		v, err := s.VerifyWith(ctx, store.Verification{Heads: []string{head}})
		ok(err)
		if v.Misfit != "" || !v.Noted[0].Found() {
			t.Errorf("%+v", v)
		}
	}
	whole()
	p, err := s.PatientByMRN(ctx, "0042317")
	ok(err)
	c := checkAt(p.ID, "c", 2)
	ok(icans.FieldOf("posture").Set(&c.Findings, "moderate"))
	saved, err := s.SaveCheck(ctx, by("Kim Adler", 2), c)
	ok(err)
	if saved.Check.Normal() {
		t.Error("a check with the new sign is normal")
	}
	if _, err := s.SaveCheck(ctx, by("Kim Adler", 3), checkAt(p.ID, "d", 3)); err != nil {
		t.Error(err)
	}
	ok(s.PutIntervention(ctx, by("Kim Adler", 3), ward.Intervention{PatientID: p.ID, DoneAt: noon, Kind: "plasmapheresis"}))
	ok(s.AddStaff(ctx, by("Kim Adler", 3), ward.Staff{Name: "Pia Hall", Role: "pharmacist", Active: true}))
	if err := s.Acknowledge(ctx, by("Pia Hall", 4), 1); ward.KindOf(err) != ward.KindNotAllowed {
		t.Errorf("a role without permissions: %v", err)
	}
	ok(s.Note(ctx, by("Pia Hall", 4), ward.AuditEvent{Event: "printed"}))
	whole()

	var cells []string
	ok(s.Export(ctx, store.Selection{}, store.ExportOptions{Kept: [][]string{{"posture"}}, Readers: 1}, func(e *store.Export) error {
		return e.Each(ctx, 0, 0, func(_ *ward.Patient, _ *ward.Stay, c *ward.Check, kept [][]byte) error {
			cells = append(cells, c.ID+"="+string(kept[0]))
			return nil
		})
	}))
	if want := []string{"a=", "b=", "c=moderate", "d="}; !slices.Equal(cells, want) {
		t.Errorf("exported: %v", cells)
	}
	chart, err := s.Chart(ctx, p.ID)
	ok(err)
	if got := icans.FieldOf("posture").Code(&chart.Current("c").Findings); got != "moderate" {
		t.Errorf("read back: %q", got)
	}
	ok(s.Close())
	if python, err := exec.LookPath("python3"); err == nil {
		if out, err := exec.CommandContext(ctx, python, "../../schema/verify.py", path).CombinedOutput(); err != nil {
			t.Errorf("verify.py: %v\n%s", err, out)
		}
	}

	form := desktest.New(t, check.Screens())
	form.SignIn(desktest.Maria)
	form.Go(desk.Form, desk.Subject(form.Ada().ID))
	form.Sees("Posture")

	if !slices.ContainsFunc(csvlog.Columns(), func(c *csvlog.Column) bool { return c.Name == "posture" }) {
		t.Error("the CSV has no column for the new sign")
	}
	for name, c := range map[string]struct {
		made  func() ([]byte, error)
		words []string
	}{
		"the schema of the checks": {csvlog.TableSchema, []string{`"posture"`}},
		"the schema of the events": {csvlog.Events.Schema, []string{`"plasmapheresis"`}},
		"the FHIR code system":     {fhir.CodeSystem, []string{`"posture"`, `"plasmapheresis"`}},
	} {
		text, err := c.made()
		ok(err)
		for _, word := range c.words {
			if !bytes.Contains(text, []byte(word)) {
				t.Errorf("%s lacks %s", name, word)
			}
		}
	}
}
