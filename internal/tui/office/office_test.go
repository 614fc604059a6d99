package office

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/config"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/tui/kit"
)

func TestSettings(t *testing.T) {
	s := desktest.New(t, Screens()).SignIn(desktest.Maria)
	s.Go(desk.Settings, "").Sees("SETTINGS   in force", "There is no settings file", "only an administrator may do this: Grace Lin")
	s.Golden("settings")
	s.Press("/").Type("idle_lock").Sees("idle_lock = ", "# default", "1 of 1")
}

// The faults of a file that is refused are listed with file and line.
func TestSettingsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.toml")
	if err := os.WriteFile(path, []byte("due_soon = \"1h\"\n[screen]\nidle_lock = \"5 hours\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := desktest.New(t, Screens()).SignIn(desktest.Grace)
	s.Desk.Settings = func(context.Context) (config.Settings, error) {
		_, err := config.Load(path)
		return config.Fallback(path, err, "", time.Time{}), nil
	}
	s.Go(desk.Settings, "").Sees("SETTINGS ERROR, site.toml line 3. Using the defaults.", ":3:13: screen.idle_lock", "neurocheck config apply")
	s.Press("esc").Desk.SetNotice(desk.NoticeSettings, "SETTINGS ERROR, site.toml line 3. Using the defaults. Tell an administrator (:settings)")
	s.Go(desk.Settings, "")
	if n := strings.Count(s.Screen(), "SETTINGS ERROR"); n != 1 {
		t.Errorf("the warning shows %d times\n%s", n, s.Screen())
	}
}

func TestInbox(t *testing.T) {
	s := desktest.New(t, Screens()).SignIn(desktest.Grace)
	s.Go(desk.Inbox, "").Sees("No feed is set up yet").Golden("inbox")
	s.Press("esc").Sees("EMPTY")
}

func TestAudit(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.Record(ada, time.Hour, desktest.Maria)
	s.SignIn(desktest.Nair).Go(desk.Audit, "").Sees("AUDIT   Haematology 4", "read the audit trail", "MRN 0042317  recorded a check").SeesNot("OKAFOR")
	s.Golden("audit")
	s.Press("/").Type("recorded a check").Press("enter").Sees("1 of ", "Maria Santos   MRN 0042317")
	s.Press("esc", "esc").Sees("EMPTY")
	s.Go(desk.Audit, desk.Subject(ada.ID)).Sees("AUDIT  OKAFOR, Ada", "admitted the patient").SeesNot("Wójcik")
}

func TestExport(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	s := desktest.New(t, Screens())
	ada, ida := s.Ada(), s.Ida()
	s.Record(ada, time.Hour, desktest.Maria)
	s.Record(ida, time.Hour, desktest.Maria)
	s.SignIn(desktest.Nair).Go(desk.Export, "").Sees("EXPORT every check of Haematology 4 as CSV?", "names and dates of birth", "1607.csv")
	s.Press("ctrl+u").Type("all.csv").Press("enter").Sees("1 y write").Press("1")
	s.Sees("Wrote 2 rows, record ", "all.csv")
	full := filepath.Join(folder, "all.csv")
	if !strings.Contains(joined(s.Screen()), joined(full)) {
		t.Errorf("the full path does not show:\n%s", s.Screen())
	}
	before, err := os.ReadFile(full)
	if err != nil {
		t.Fatal(err)
	}
	s.Go(desk.Export, desk.Subject(ada.ID)).Sees("EXPORT the checks of OKAFOR, Ada   born 14 Mar 1961   MRN 0042317 as CSV?")
	s.Press("ctrl+u").Type("all.csv").Press("enter", "1").Sees("REPLACE ", "all.csv?")
	s.Press("0").Sees("EXPORT the checks of")
	if after, _ := os.ReadFile(full); string(after) != string(before) {
		t.Error("a file was replaced unasked")
	}
	s.Press("esc").Sees("EMPTY").SeesNot("EXPORT")
	s.Go(desk.Export, desk.Subject(ada.ID)).Press("ctrl+u").Type("all.csv").Press("enter", "1", "1").Sees("Wrote 1 row, ")
}

// The name of a file that was typed comes back after a kill, until the file is written.
func TestTheNameOfAFileIsKept(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	s := desktest.New(t, Screens())
	s.Record(s.Ada(), time.Hour, desktest.Maria)
	s.SignIn(desktest.Nair)
	for _, to := range [][]string{{desk.Export}, {desk.Handover, "ctrl+p", "1"}} {
		s.Go(to[0], "").Press(to[1:]...).Press("ctrl+u").Type("tuesday.out").Wait(time.Second).Tick()
		s = s.Another().SignIn(desktest.Nair) // the first terminal died
		s.Go(to[0], "").Press(to[1:]...).Sees("tuesday.out").Press("enter", "1").Sees("Wrote ")
		if err := os.Remove("tuesday.out"); err != nil {
			t.Fatal(err)
		}
		s = s.Another().SignIn(desktest.Nair)
		s.Go(to[0], "").Press(to[1:]...).SeesNot("tuesday.out").Press("esc", "esc")
	}
}

func joined(s string) string { return strings.Join(strings.Fields(s), "") }

// The dialog of the export keeps the identity of the screen under it, and esc stops it.
func TestExportStops(t *testing.T) {
	folder := t.TempDir()
	s := desktest.New(t, Screens())
	s.Record(s.Ada(), time.Hour, desktest.Maria)
	s.SignIn(desktest.Nair).GoTo(kit.Place{Screen: desk.Export}).Press("ctrl+u").Type("/srv/out/checks.csv").Golden("export")
	s.Press("ctrl+u").Paste(filepath.Join(folder, "checks.csv"))
	s.Hold()
	s.Press("enter", "1").Sees("Writing ", "esc stop")
	s.Press("esc")
	s.Release()
	s.Sees("EMPTY").SeesNot("Writing")
}
