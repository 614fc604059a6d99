package folder_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/folder"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// filled writes a small ward: a patient with checks, a correction, a follow-up that was
// closed and an order, and another patient with one check.
func filled(t *testing.T) string {
	t.Helper()
	s := storetest.Opened(t)
	ctx := t.Context()
	p := storetest.Admit(t, s)
	first := storetest.Save(t, s, fixture.CheckOf(p, "a", 10, 0)).Check
	flagged := storetest.Save(t, s, fixture.CheckOf(p, "b", 5, 3*time.Hour))
	fixture.OK(t, s.Acknowledge(ctx, fixture.Nurse(4*time.Hour), flagged.FollowUp.ID))
	fixture.OK(t, s.PutOrder(ctx, fixture.Clinician(4*time.Hour), ward.Order{PatientID: p.ID, Kind: ward.OrderInterval, Interval: time.Hour, Reason: "close watch"}))
	fixture.OK(t, s.CloseFollowUp(ctx, fixture.Clinician(5*time.Hour), flagged.FollowUp.ID, ward.ConfirmedICANS, "as seen", false))
	storetest.Save(t, s, fixture.CheckOf(storetest.Eva(t, s), "hers", 8, 2*time.Hour))
	fixture.Must(s.SaveCheck(ctx, fixture.Nurse(6*time.Hour), fixture.Correction(first, 9)))(t)
	return exported(t, s, folder.Options{})
}

// edit changes a file of a folder.
func edit(t *testing.T, path, file, old, new string) {
	t.Helper()
	name := filepath.Join(path, file)
	text := string(fixture.Must(os.ReadFile(name))(t))
	if strings.Count(text, old) == 0 {
		t.Fatalf("%s has no %q:\n%s", file, old, text)
	}
	fixture.OK(t, os.WriteFile(name, []byte(strings.Replace(text, old, new, 1)), 0o600))
}

// sign writes the hashes and counts of the files into the manifest, as somebody does who
// knows its form.
func sign(t *testing.T, path string) {
	t.Helper()
	name := filepath.Join(path, "manifest.json")
	text := string(fixture.Must(os.ReadFile(name))(t))
	for _, table := range folder.Names() {
		content := string(fixture.Must(os.ReadFile(filepath.Join(path, table+".csv")))(t))
		sum := sha256.Sum256([]byte(content))
		entry := regexp.MustCompile(`("name": "` + table + `.csv",\s+"rows": )\d+(,\s+"sha256": ")\w+`)
		text = entry.ReplaceAllString(text, "${1}"+itoa(strings.Count(content, "\n")-1)+"${2}"+hex.EncodeToString(sum[:]))
	}
	fixture.OK(t, os.WriteFile(name, []byte(text), 0o600))
}

func itoa(n int) string {
	return strings.TrimLeft(string([]rune{rune('0' + n/10), rune('0' + n%10)}), "0")
}

// attempt imports a folder into an empty log, and returns the problems as lines without the
// path. Nothing may be recorded then.
func attempt(t *testing.T, path string) string {
	t.Helper()
	s := storetest.Fresh(t)
	w, problems, err := folder.Open(path)
	fixture.OK(t, err)
	if len(problems) == 0 {
		defer w.Close()
		_, problems, err = w.Import(t.Context(), s, fixture.Login(99*time.Hour), store.ImportOptions{})
		fixture.OK(t, err)
	}
	if len(problems) > 0 && storetest.LastSeq(t, s) != 0 {
		t.Error("a part of a refused folder is recorded")
	}
	return lines(path, problems)
}

func lines(path string, problems []csvlog.Problem) string {
	var all []string
	for _, p := range problems {
		all = append(all, strings.TrimPrefix(p.Error(), path+"/"))
	}
	return strings.Join(all, "\n")
}

func TestAFolderThatIsNotAsItWasWritten(t *testing.T) {
	whole := filled(t)
	cell := func(file, old, new string) func(*testing.T, string) {
		return func(t *testing.T, path string) { edit(t, path, file, old, new) }
	}
	signed := func(file, old, new string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			edit(t, path, file, old, new)
			sign(t, path)
		}
	}
	for name, c := range map[string]struct {
		change func(t *testing.T, path string)
		want   string
	}{
		"nothing changed":  {func(*testing.T, string) {}, `^$`},
		"signed again":     {sign, `^$`},
		"a missing file":   {func(t *testing.T, path string) { fixture.OK(t, os.Remove(filepath.Join(path, "stays.csv"))) }, `^stays.csv:1: file: is missing$`},
		"without manifest": {func(t *testing.T, path string) { fixture.OK(t, os.Remove(filepath.Join(path, "manifest.json"))) }, `^manifest.json:1: file: is missing$`},
		"an unknown file": {func(t *testing.T, path string) {
			fixture.OK(t, os.WriteFile(filepath.Join(path, "stays (1).csv"), nil, 0o600))
		}, `^stays \(1\).csv:1: file: is none of the files`},
		"a link":            {linked, `^events.csv:1: file: is a link`},
		"a folder":          {asFolder, `^events.csv:1: file: is no plain file$`},
		"a changed cell":    {cell("stays.csv", "12A", "12B"), `^stays.csv:1: file: was changed since the export`},
		"a changed header":  {signed("stays.csv", "visit,bed", "bed,visit"), `^stays.csv:1: header: changed: column 5 of stays.csv is visit`},
		"a column more":     {signed("stays.csv", "recorded_by\n", "recorded_by,x\n"), `^stays.csv:1: header: changed: stays.csv has 14 columns`},
		"a ragged row":      {signed("events.csv", "1,1,order", "1,1,order,"), `^events.csv:2: row: 16 cells where the header has 15$`},
		"a manifest of all": {cell("manifest.json", "neurocheck ward 1", "other"), `^manifest.json:1: file: is not the manifest`},
		"a wrong count":     {cell("manifest.json", `"rows": 4`, `"rows": 3`), `^checks.csv:1: file: has 4 rows, and manifest.json says 3$`},
		"no manifest entry": {cell("manifest.json", `"name": "events.csv"`, `"name": "checks.csv"`), `^manifest.json:1: file: events.csv is missing`},

		"a bed in one table alone":  {signed("stays.csv", "12A", "12B"), `^checks.csv:2: bed: does not agree with the other rows of the folder(\n|$)`},
		"a name in one table alone": {signed("events.csv", "OKAFOR", "OKAFOR-REYES"), `^events.csv:2: name: does not agree`},
		"another peak":              {signed("follow-ups.csv", "urgent,2", "urgent,3"), `^follow-ups.csv:2: peak: the findings of the checks give another one$`},
		"another level":             {signed("follow-ups.csv", "hers,grade1", "hers,urgent"), `^follow-ups.csv:5: level: the findings of the checks give another one$`},
		"a check of another grade":  {signed("checks.csv", ",5,2,2,2,score,urgent,grade_2", ",5,2,2,2,score,grade1,grade_1"), `^checks.csv:3: flag(_reasons)?: the findings make it `},
		"a score":                   {signed("checks.csv", ",10,0,0,0,,none,", ",9,0,0,0,,none,"), `^checks.csv:2: score: does not agree`},
		"a follow-up of no check":   {signed("follow-ups.csv", ",b,", ",c,"), `^follow-ups.csv:2: check_id: checks.csv has no such check$`},
		"a stay of nobody":          {signed("stays.csv", "0042317", "0042318"), `^stays.csv:2: mrn: patients.csv has no patient of this MRN$`},
		"a stay twice":              {signed("stays.csv", "2,1,recorded", "1,1,recorded"), `^stays.csv:3: version: the next version of the stay is 2$`},
		"a version that is missing": {signed("checks.csv", "a,2,corrected", "a,3,corrected"), `^checks.csv:\d: version: the next version of the check is 2$`},
		"a code":                    {signed("stays.csv", "1,1,recorded", "1,1,recroded"), `^stays.csv:2: status: not allowed here; allowed: recorded, corrected, withdrawn$`},
		"a time in the future":      {signed("patients.csv", "2026-06-05", "2036-06-05"), `^patients.csv:2: recorded_at: is in the future$`},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ward")
			fixture.OK(t, os.CopyFS(path, os.DirFS(whole)))
			c.change(t, path)
			if got := attempt(t, path); !regexp.MustCompile(c.want).MatchString(got) {
				t.Errorf("%q, not %s", got, c.want)
			} else if strings.Contains(got, "OKAFOR") || strings.Contains(got, "0042317") {
				t.Errorf("names a patient: %s", got)
			}
		})
	}
}

func linked(t *testing.T, path string) {
	name := filepath.Join(path, "events.csv")
	fixture.OK(t, os.Rename(name, path+".csv"))
	fixture.OK(t, os.Symlink(path+".csv", name))
}

func asFolder(t *testing.T, path string) {
	name := filepath.Join(path, "events.csv")
	fixture.OK(t, os.Remove(name))
	fixture.OK(t, os.Mkdir(name, 0o700))
}

// A ward comes into a log that has other patients: then it is in the log with all its
// consequences, and the others stay as they were.
func TestIntoALogWithOtherPatients(t *testing.T) {
	path := filled(t)
	s := storetest.Opened(t)
	other := storetest.AdmitAs(t, s, ward.Patient{MRN: "77", Name: "REIS, Nuno", SecondID: "x", Tool: icans.ICE}, "1A")
	storetest.Save(t, s, fixture.CheckOf(other, "his", 8, 0))
	before := storetest.HistoryOf(t, s, other.ID)
	by := func(sig ward.Signature) (store.MovedIn, string, error) {
		w, problems, err := folder.Open(path)
		fixture.OK(t, err)
		defer w.Close()
		done, problems, err := w.Import(t.Context(), s, sig, store.ImportOptions{})
		return done, lines(path, problems), err
	}
	last := storetest.LastSeq(t, s)
	for _, sig := range []ward.Signature{fixture.Nurse(20 * time.Hour), fixture.Admin(20 * time.Hour), fixture.Feed(20 * time.Hour)} {
		if _, _, err := by(sig); ward.KindOf(err) != ward.KindNotAllowed {
			t.Errorf("%s: %v", sig.By, err)
		}
	}
	if storetest.LastSeq(t, s) != last {
		t.Error("a part of the ward is recorded")
	}
	done, problems, err := by(fixture.Clinician(20 * time.Hour))
	if err != nil || problems != "" || done.Patients != 2 || done.Checks != 4 || done.FollowUps != 3 {
		t.Fatalf("%+v, %s, %v", done, problems, err)
	}
	storetest.Whole(t, s)
	ada := fixture.Must(s.PatientByMRN(t.Context(), "0042317"))(t)
	h := storetest.HistoryOf(t, s, ada.ID)
	if len(h.FollowUps) != 2 || h.FollowUps[0].ICD10() != "G92.02" || h.FollowUps[0].Closed.By != "Dr Ana Reis" || len(h.Orders) != 1 {
		t.Errorf("follow-ups %+v, orders %+v", h.FollowUps, h.Orders)
	}
	if after := storetest.HistoryOf(t, s, other.ID); len(after.Checks) != len(before.Checks) || len(after.FollowUps) != len(before.FollowUps) {
		t.Errorf("the other patient changed: %+v", after)
	}
	saved := storetest.Save(t, s, fixture.CheckOf(ada, "next", 4, 21*time.Hour))
	if saved.Event != ward.JoinRaised || saved.Check.Result.Reasons&icans.ICEDrop3 == 0 {
		t.Errorf("the next check compares with those that came in: %+v", saved)
	}
	if _, problems, err := by(fixture.Clinician(22 * time.Hour)); err != nil || !strings.HasPrefix(problems, "patients.csv:2: mrn: a patient of the log has this MRN") {
		t.Errorf("a second time: %q, %v", problems, err)
	}
}

// Who looks like a patient of the log is a question.
func TestWhoLooksKnownInAFolder(t *testing.T) {
	path := filled(t)
	s := storetest.Opened(t)
	twin := fixture.Ada()
	twin.MRN = "other"
	storetest.AdmitAs(t, s, twin, "1A")
	w, _, err := folder.Open(path)
	fixture.OK(t, err)
	defer w.Close()
	_, _, err = w.Import(t.Context(), s, fixture.Clinician(20*time.Hour), store.ImportOptions{})
	e, ok := errors.AsType[*ward.Error](err)
	if !ok || e.Kind != ward.KindQuestion || e.Code != "looks_known" || !strings.HasPrefix(e.Reason, "line 2 of patients.csv: ") {
		t.Errorf("%v", err)
	}
	if done, problems, err := w.Import(t.Context(), s, fixture.Clinician(20*time.Hour), store.ImportOptions{NewPatients: true}); err != nil || len(problems) > 0 || done.Patients != 2 {
		t.Errorf("%+v, %v, %v", done, problems, err)
	}
}

// A folder appears whole or not at all, and never in place of another one unasked.
func TestWriteReplacesNothingUnasked(t *testing.T) {
	s := storetest.Opened(t)
	p := storetest.Admit(t, s)
	storetest.Save(t, s, fixture.CheckOf(p, "a", 10, 0))
	parent := t.TempDir()
	path := filepath.Join(parent, "ward")
	write := func(ctx context.Context, o folder.Options) error {
		o.Readers = 1
		_, err := folder.Write(ctx, s, path, o)
		return err
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := write(stopped, folder.Options{}); err == nil || left(t, parent) != "" {
		t.Errorf("stopped: %v, left %s", err, left(t, parent))
	}
	fixture.OK(t, write(t.Context(), folder.Options{}))
	first := tables(t, path)
	storetest.Save(t, s, fixture.CheckOf(p, "b", 5, 3*time.Hour))
	if err := write(t.Context(), folder.Options{}); !errors.Is(err, fs.ErrExist) || tables(t, path)["checks"] != first["checks"] {
		t.Errorf("over another one: %v", err)
	}
	if err := write(stopped, folder.Options{Force: true}); err == nil || tables(t, path)["checks"] != first["checks"] {
		t.Errorf("stopped: %v", err)
	}
	fixture.OK(t, write(t.Context(), folder.Options{Force: true}))
	if tables(t, path)["checks"] == first["checks"] || left(t, parent) != "ward" {
		t.Errorf("not replaced, or left %s", left(t, parent))
	}
	fixture.OK(t, os.WriteFile(filepath.Join(path, "thesis.doc"), nil, 0o600))
	if err := write(t.Context(), folder.Options{Force: true}); ward.KindOf(err) != ward.KindConflict {
		t.Errorf("over a folder of a person: %v", err)
	}
	for _, file := range []string{"patients.csv", "manifest.json"} {
		if info := fixture.Must(os.Stat(filepath.Join(path, file)))(t); info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", file, info.Mode())
		}
	}
}

func left(t *testing.T, folder string) string {
	t.Helper()
	var names []string
	for _, file := range fixture.Must(os.ReadDir(folder))(t) {
		names = append(names, file.Name())
	}
	return strings.Join(names, " ")
}
