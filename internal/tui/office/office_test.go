package office

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/config"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
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

// While a file is refused, the settings are those that the log recorded, and are not said to
// come from the file or to be defaults.
func TestSettingsFromTheLog(t *testing.T) {
	site := ward.DefaultSite()
	site.Intervals.None = 6 * time.Hour
	s := desktest.New(t, Screens()).SignIn(desktest.Grace)
	s.Desk.SetSite(site)
	s.Desk.Settings = func(context.Context) (config.Settings, error) {
		return config.Fallback("site.toml", errors.New("it cannot be read"), config.Recorded(&site), desktest.NewClock().Time()), nil
	}
	s.Go(desk.Settings, "").Sees("in force, which are not those of this file:", "# site.toml").SeesNot("what this file sets")
	s.Press("/").Type("from the log").Sees(`none = "6h" # from the log`, "1 of 1", "# default")
}

// A file that was edited, and that the log has not recorded, is not called in force: the screens
// go by the settings before it.
func TestSettingsThatWait(t *testing.T) {
	s := desktest.New(t, Screens()).SignIn(desktest.Grace)
	s.Desk.Settings = func(context.Context) (config.Settings, error) {
		site := ward.DefaultSite()
		site.Intervals.None = 6 * time.Hour
		return config.Settings{Site: site, Path: "site.toml"}, nil
	}
	s.Go(desk.Settings, "").Sees("SETTINGS   not yet in force", `NOT YET IN FORCE: intervals.none from "8h" to "6h"`, "# The settings of neurocheck not yet in force").SeesNot("SETTINGS   in force")
}

func TestInbox(t *testing.T) {
	s := desktest.New(t, Screens()).SignIn(desktest.Grace)
	s.Go(desk.Inbox, "").Sees("No feed is set up yet").Golden("inbox")
	s.Press("esc").Sees("EMPTY")
}

// Messages that wait are listed without patients, and a line tells administrators alone.
func TestInboxWithMessages(t *testing.T) {
	s := desktest.New(t, Screens())
	s.Feed(func(a *store.FeedAct) error {
		for _, m := range []ward.InboxMessage{
			{State: ward.MessageHeld, Reason: "merge", Event: "A40", ControlID: "1011", Content: []byte("MSH|OKAFOR")},
			{State: ward.MessageHeld, Reason: "ahead", Event: "A08", ControlID: strings.Repeat("9", 60), Content: []byte("MSH")},
			{State: ward.MessageRefused, Reason: "no identifier of type MR from CITY", Code: 101, Place: "PID^1^3", Event: "A01", ControlID: "1021", Content: []byte("MSH")},
		} {
			if err := a.PutInbox(&m); err != nil {
				return err
			}
		}
		return nil
	})
	s.SignIn(desktest.Grace).Tick()
	s.Sees("2 messages of the feed are held, and 1 refused (:inbox)")
	s.Go(desk.Inbox, "").Sees("1011", "the hospital says these two are one", "more than 10 min in the future", "PID^1^3: no identifier of type MR from CITY", "neurocheck intake show").SeesNot("OKAFOR")
	s.Golden("inboxfull")
	other := s.Another().SignIn(desktest.Maria).Tick()
	other.SeesNot("messages of the feed")
	if err := s.Log.DropMessage(t.Context(), ward.Sign(desktest.Grace, s.Now()), 1, "a test"); err != nil {
		t.Fatal(err)
	}
	s.Wait(30 * time.Second)
	s.Tick().Sees("1 message")
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

// A name that was proposed and left is no unsaved work, and an hour later another one is
// proposed.
func TestAProposedNameIsNotKept(t *testing.T) {
	t.Chdir(t.TempDir())
	s := desktest.New(t, Screens())
	s.SignIn(desktest.Nair)
	for _, to := range [][]string{{desk.Export}, {desk.Handover, "ctrl+p", "1"}} {
		s.Go(to[0], "").Press(to[1:]...).Press("end", "esc")
		if kept := s.Desk.KeptForms(); len(kept) > 0 {
			t.Errorf("%s: %+v is unsaved", to[0], kept)
		}
		s.Press("esc", "esc")
	}
	s.Wait(time.Hour).Go(desk.Export, "").Sees("1707.csv")
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
