package downtime

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/report"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

var now = time.Date(2026, 3, 17, 2, 10, 0, 0, time.UTC)

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// aWard returns a log with one nurse and two patients.
func aWard(t *testing.T) (s *store.Store, ada, ben ward.Patient, sig ward.Signature) {
	t.Helper()
	s, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "log.db"))
	ok(t, err)
	t.Cleanup(func() { ok(t, s.Close()) })
	sig = ward.Sign("Sam Lee", now.Add(-time.Hour))
	ok(t, s.SetUp(t.Context(), sig, ward.Ward{Name: "Haematology 4", Zone: "Europe/Lisbon"}, ward.Staff{Name: "Sam Lee", Role: ward.Admin, Active: true}))
	born := ward.Date{Year: 1961, Month: 3, Day: 14}
	admit := func(mrn, name, bed string) ward.Patient {
		p, _, err := s.Admit(t.Context(), sig, ward.Patient{MRN: mrn, Name: name, BirthDate: born, Tool: icans.ICE}, ward.Stay{Bed: bed, AdmittedAt: now.Add(-200 * time.Hour)})
		ok(t, err)
		return p
	}
	ada, ben = admit("0042317", "OKAFOR, Ada", "12A"), admit("0042318", "ADU, Ben", "")
	return s, ada, ben, sig
}

func check(p ward.Patient, id string, at time.Time) ward.Check {
	c := ward.Check{ID: id, Version: 1, PatientID: p.ID, Status: ward.Recorded, PerformedAt: at, Note: "asked twice"}
	c.Findings = icans.Findings{Tool: icans.ICE, Consciousness: icans.Alert, Seizure: icans.NoSeizure, Motor: icans.NoWeakness, ICP: icans.ICPNone}
	for i, most := range []int{1, 1, 1, 1, 3, 1, 1, 0} {
		c.Findings.ICE[i] = icans.Scored(most)
	}
	return c
}

func files(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	ok(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
		}
	}
	return names
}

func TestSheetsFollowTheRecord(t *testing.T) {
	s, ada, ben, _ := aWard(t)
	site := ward.DefaultSite()
	site.DowntimeFolder = filepath.Join(t.TempDir(), "sheets")
	k := &Keeper{Store: s, Site: &site}
	ok(t, k.Update(t.Context(), now))
	if got, want := files(t, site.DowntimeFolder), []string{"index.txt", name(ada.ID), name(ben.ID)}; !slices.Equal(got, want) {
		t.Fatalf("there are %v, not %v", got, want)
	}
	sheet := filepath.Join(site.DowntimeFolder, name(ada.ID))
	holds := func(path string, texts ...string) {
		t.Helper()
		content, err := os.ReadFile(path)
		ok(t, err)
		for _, text := range texts {
			if !strings.Contains(string(content), text) {
				t.Errorf("%s does not say %q:\n%s", filepath.Base(path), text, content)
			}
		}
		for line := range strings.Lines(string(content)) {
			if len([]rune(line)) > report.Width+1 {
				t.Errorf("%s: a line is wider than the paper: %q", filepath.Base(path), line)
			}
		}
	}
	holds(sheet, "DOWNTIME SHEET", "OKAFOR, Ada", "14 Mar 1961", "MRN 0042317", "No check in this time", "Until the program works again")
	holds(filepath.Join(site.DowntimeFolder, "index.txt"), name(ada.ID)+"  12A", "OKAFOR, Ada, born 14 Mar 1961, MRN 0042317", "no bed")

	// After a save that patient's sheet is written anew, and no other.
	other, err := os.Stat(filepath.Join(site.DowntimeFolder, name(ben.ID)))
	ok(t, err)
	for _, ago := range []time.Duration{2 * time.Hour, 80 * time.Hour} { // the second is an old flag
		_, err = s.SaveCheck(t.Context(), ward.Sign("Sam Lee", now), check(ada, ago.String(), now.Add(-ago)))
		ok(t, err)
	}
	ok(t, k.Update(t.Context(), now))
	holds(sheet, "ICE 9, ICANS 1 (score)", "grade 1: grade 1", "“asked twice”", "Sam Lee", "FLAG   grade 1, opened", "LATE")
	if content, _ := os.ReadFile(sheet); strings.Count(string(content), "asked twice") != 1 {
		t.Errorf("the check of 80 h ago is on the sheet, or none is:\n%s", content)
	}
	if again, err := os.Stat(filepath.Join(site.DowntimeFolder, name(ben.ID))); err != nil || !os.SameFile(other, again) {
		t.Error("the sheet of the other patient was written too")
	}

	// The sheet of a patient who leaves the ward is removed.
	_, err = s.Discharge(t.Context(), ward.Sign("Sam Lee", now), ada.ID, now, "home")
	ok(t, err)
	ok(t, k.Update(t.Context(), now))
	if got, want := files(t, site.DowntimeFolder), []string{"index.txt", name(ben.ID)}; !slices.Equal(got, want) {
		t.Fatalf("there are %v, not %v", got, want)
	}
}

// A patient may leave while no program keeps the sheets: the next start removes the sheet,
// and no file that is not a sheet.
func TestAStartRemovesTheSheetsOfThoseWhoLeft(t *testing.T) {
	s, ada, ben, sig := aWard(t)
	site := ward.DefaultSite()
	site.DowntimeFolder = filepath.Join(t.TempDir(), "sheets")
	ok(t, (&Keeper{Store: s, Site: &site}).Update(t.Context(), now))
	others := []string{"patient-1.txt", "patient-000001.txt.old", "phone numbers.txt"}
	for _, other := range others {
		ok(t, os.WriteFile(filepath.Join(site.DowntimeFolder, other), nil, 0o600))
	}
	_, err := s.Discharge(t.Context(), sig, ada.ID, sig.At, "home")
	ok(t, err)
	ok(t, (&Keeper{Store: s, Site: &site}).Update(t.Context(), now))
	want := append([]string{"index.txt", name(ben.ID)}, others...)
	slices.Sort(want)
	if got := files(t, site.DowntimeFolder); !slices.Equal(got, want) {
		t.Errorf("there are %v, not %v", got, want)
	}
}

func TestNothingIsWrittenUnasked(t *testing.T) {
	s, _, _, _ := aWard(t)
	site := ward.DefaultSite()
	ok(t, (&Keeper{Store: s, Site: &site}).Update(t.Context(), now))
	site.DowntimeFolder = filepath.Join(s.Path(), "under a file")
	if err := (&Keeper{Store: s, Site: &site}).Update(t.Context(), now); ward.KindOf(err) != ward.KindConflict || !strings.Contains(err.Error(), "downtime sheets") {
		t.Errorf("%v", err)
	}
}

// in returns the settings that name a folder for the sheets.
func in(folder string) *ward.Site {
	site := ward.DefaultSite()
	site.DowntimeFolder = folder
	return &site
}

// Settings that name another folder, or none, move the sheets: none is left to grow old. A
// folder that is gone does not keep them out of the next one, and loses its own once it is back.
func TestSheetsMoveWithTheSettings(t *testing.T) {
	s, ada, ben, _ := aWard(t)
	first, second, third := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b"), filepath.Join(t.TempDir(), "c")
	all := []string{"index.txt", name(ada.ID), name(ben.ID)}
	k := &Keeper{Store: s, Site: in(first)}
	ok(t, k.Update(t.Context(), now))
	ok(t, os.WriteFile(filepath.Join(first, "phone numbers.txt"), nil, 0o600))

	k.Site = in(second)
	ok(t, k.Update(t.Context(), now))
	if got := files(t, first); !slices.Equal(got, []string{"phone numbers.txt"}) {
		t.Errorf("the folder before has %v", got)
	}
	if got := files(t, second); !slices.Equal(got, all) {
		t.Errorf("there are %v, not %v", got, all)
	}

	aside := second + " aside"
	ok(t, os.Rename(second, aside))
	k.Site = in(third)
	ok(t, k.Update(t.Context(), now))
	if got := files(t, third); !slices.Equal(got, all) {
		t.Errorf("there are %v, not %v", got, all)
	}
	ok(t, os.Rename(aside, second))
	ok(t, k.Update(t.Context(), now))
	if got := files(t, second); len(got) > 0 {
		t.Errorf("the folder that was gone and is back has %v", got)
	}

	k.Site = in("")
	ok(t, k.Update(t.Context(), now))
	if got := files(t, third); len(got) > 0 {
		t.Errorf("no folder is named, and there are %v", got)
	}
}

// Sheets that cannot be removed are named until they are gone: a ward that reads old ones in a
// failure must hear of them after the next save, too.
func TestSheetsThatCannotBeRemoved(t *testing.T) {
	s, ada, ben, _ := aWard(t)
	first, second := t.TempDir(), t.TempDir()
	k := &Keeper{Store: s, Site: in(first)}
	ok(t, k.Update(t.Context(), now))
	ok(t, os.Remove(filepath.Join(first, list)))
	ok(t, os.MkdirAll(filepath.Join(first, list, "in the way"), 0o700))

	k.Site = in(second)
	for range 3 {
		if err := k.Update(t.Context(), now); err == nil || !strings.Contains(err.Error(), first) {
			t.Errorf("%v", err)
		}
		if got := files(t, second); !slices.Equal(got, []string{"index.txt", name(ada.ID), name(ben.ID)}) {
			t.Errorf("there are %v", got)
		}
	}
	ok(t, os.RemoveAll(filepath.Join(first, list)))
	ok(t, k.Update(t.Context(), now))
}

// A folder before that is a link to the one in use, as after a move of the share, keeps its
// sheets.
func TestSheetsByAnotherNameStay(t *testing.T) {
	s, _, _, _ := aWard(t)
	first, second := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	k := &Keeper{Store: s, Site: in(first)}
	ok(t, k.Update(t.Context(), now))
	ok(t, os.RemoveAll(first))
	k.Site = in(second)
	ok(t, k.Update(t.Context(), now))
	if err := os.Symlink(second, first); err != nil {
		t.Skip(err) // on a system without links
	}
	ok(t, k.Update(t.Context(), now))
	if got := files(t, second); len(got) != 3 {
		t.Errorf("there are %v", got)
	}
}

// A folder that another ward has got meanwhile keeps the sheets of that ward.
func TestSheetsOfAnotherWardStay(t *testing.T) {
	s, _, _, _ := aWard(t)
	folder := t.TempDir()
	k := &Keeper{Store: s, Site: in(folder)}
	ok(t, k.Update(t.Context(), now))
	ok(t, os.WriteFile(filepath.Join(folder, list), []byte("DOWNTIME SHEETS   Haematology 5\n"), 0o600))
	k.Site = in("")
	ok(t, k.Update(t.Context(), now))
	if got := files(t, folder); len(got) != 3 {
		t.Errorf("there are %v", got)
	}
}

// Two programs may keep the sheets of a ward in one folder: the second finds that the first has
// left it, which is no fault.
func TestTwoProgramsLeaveAFolder(t *testing.T) {
	s, _, _, _ := aWard(t)
	before, after := ward.DefaultSite(), ward.DefaultSite()
	before.DowntimeFolder, after.DowntimeFolder = t.TempDir(), t.TempDir()
	first, second := &Keeper{Store: s, Site: &before}, &Keeper{Store: s, Site: &before}
	for _, site := range []*ward.Site{&before, &after, &before} {
		for _, k := range []*Keeper{first, second} {
			k.Site = site
			ok(t, k.Update(t.Context(), now))
		}
	}
	if got := files(t, before.DowntimeFolder); len(got) != 3 {
		t.Errorf("the folder to which they came back has %v", got)
	}
	if got := files(t, after.DowntimeFolder); len(got) > 0 {
		t.Errorf("the folder that they left has %v", got)
	}
}
