package office

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/tui/kit"
)

// demoSeat returns a seat on the demo ward, whose record is the same in each run, with a
// member of staff of a role signed in.
func demoSeat(t *testing.T, role string) *desktest.Seat {
	t.Helper()
	s := desktest.Demo(t, Screens())
	for _, m := range s.Desk.People() {
		if string(m.Role) == role {
			return s.SignIn(m.Name)
		}
	}
	t.Fatalf("the demo ward has no %s", role)
	return nil
}

func TestHandover(t *testing.T) {
	s := demoSeat(t, "clinician")
	s.Go(desk.Handover, "").Sees("HANDOVER  last 12 hours, Sun 29 Nov 04:07 to 16:07 GMT", "12 patients and 1 discharged. LATE 4: 6A 7A 4B 3B.", "head ", "↑↓ scroll  ctrl+p print or file")
	s.Golden("handover")
	top := s.Screen()
	s.Press("pgdown")
	if s.Screen() == top {
		t.Error("the handover does not scroll")
	}
	s.Press("end").Sees("printed by")
	s.Press("/").Type("okafor").Sees("/okafor▌  1 of ")
	s.Golden("handover-find")
	s.Press("enter").Sees("2 of ").Press("esc").Sees("esc back")
}

// The screen, the paper and the file hold the same text of 78 columns.
func TestHandoverToAFile(t *testing.T) {
	s := demoSeat(t, "clinician")
	folder := t.TempDir()
	t.Chdir(folder)
	s.Go(desk.Handover, "").Press("ctrl+p").Sees("HANDOVER of", "1 write a file")
	s.Press("1").Sees("It holds names and dates of birth", "handover-2026-11-29-1607.txt")
	s.Press("enter", "1")
	path := filepath.Join(folder, "handover-2026-11-29-1607.txt")
	s.Sees("Wrote " + filepath.Dir(path)[:20])
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if n := ansi.StringWidth(line); n > textWidth {
			t.Errorf("a line of %d columns: %s", n, line)
		}
	}
	// Never overwritten unasked.
	if err := os.WriteFile(path, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Press("ctrl+p", "1", "enter", "1").Sees("REPLACE ", "Nothing was written")
	s.Press("0")
	if text, _ := os.ReadFile(path); string(text) != "another" {
		t.Error("the file was replaced")
	}
	s.Press("ctrl+p", "1", "enter", "1", "1").Sees("Wrote ")
	if again, _ := os.ReadFile(path); string(again) != string(text) {
		t.Error("the file was not replaced")
	}
}

func TestTheQuestionForAFile(t *testing.T) {
	s := demoSeat(t, "clinician")
	s.Go(desk.Handover, "").Press("ctrl+p", "1", "ctrl+u").Type("/srv/shift/handover.txt").Golden("handover-file")
}

func TestHandoverOverSSH(t *testing.T) {
	s := demoSeat(t, "nurse")
	s.Desk.Remote = true
	s.Desk.Outside = func(by, arguments string) string {
		return "ssh -p 2222 ward " + arguments + " --once " + strings.ToUpper(by[:4])
	}
	s.Go(desk.Handover, "").Press("ctrl+p").Sees("ssh -p 2222 ward handover --once MARI > handover.txt").SeesNot("write a file")
	s.Press("0").Go(desk.Export, "").Sees("ssh -p 2222 ward export --once MARI > checks.csv")
	s.Press("0").Sees("HANDOVER  last")
}

// The identifier of a patient may be of another program: what a shell would run never gets
// into a command that a person copies.
func TestAnIdentifierInACommand(t *testing.T) {
	for mrn, want := range map[string]string{"0042317": "0042317", "A-1.b_2": "A-1.b_2", "$(reboot)": "MRN", "1;ls": "MRN", "00 42": "MRN", "--output": "MRN", "": "MRN", "Ä1": "MRN"} {
		if got := shellWord(mrn); got != want {
			t.Errorf("%q: %q, want %q", mrn, got, want)
		}
	}
}

// The text stays as it was read while others record; a line says so.
func TestHandoverStaysAsItWasRead(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.Record(ada, 5*time.Hour, desktest.Maria)
	s.SignIn(desktest.Nair).Go(desk.Handover, desk.Subject(ada.ID)).Sees("1A  OKAFOR, Ada   born 14 Mar 1961   MRN 0042317")
	other := s.Another().SignIn(desktest.Maria)
	other.Record(ada, time.Minute, desktest.Maria, "ice_city=0")
	s.Tick().Sees("Records were added since 16:07: h reads the handover again", "ICE 10").SeesNot("ICE 9")
	s.Press("h").Sees("ICE 9").SeesNot("Records were added")
}

func TestPaginate(t *testing.T) {
	text := strings.Repeat("a patient\nin two lines\n\n", 50)
	pages := strings.Split(strings.TrimSuffix(paginate(text, "Haematology 4"), "\f"), "\f")
	for i, page := range pages {
		if n := strings.Count(page, "\n"); n != paperLines {
			t.Errorf("page %d has %d lines", i+1, n)
		}
		if !strings.HasPrefix(page, "a patient") {
			t.Errorf("page %d begins inside a patient", i+1)
		}
	}
	if len(pages) != 3 || !strings.Contains(pages[2], "Haematology 4, page 3 of 3") {
		t.Errorf("%d pages", len(pages))
	}
}

// A scan on a text to read is not taken.
func TestScanOnAText(t *testing.T) {
	s := demoSeat(t, "nurse")
	s.GoTo(kit.Place{Screen: desk.Handover}).Burst("0042317").Sees("7 keys came at once (scan, paste?): not taken")
	s.Press("/").Paste("okafor").Sees("/okafor▌")
}

// Each command that only reads over SSH is shown with a word for it alone.
func TestFilesForTheOwnMachine(t *testing.T) {
	s := demoSeat(t, "nurse")
	var given []string
	s.Desk.Remote = true
	s.Desk.Outside = func(_, arguments string) string {
		given = append(given, arguments)
		return "ssh -p 2222 ward " + arguments + " --once 7Q4K2MAB"
	}
	one := s.Desk.Board()[0].Patient
	about := desk.Subject(one.ID)
	s.Go(desk.Outside, about).Sees("A FILE of Haematology 4 (demo), for your own machine", "or of ", one.MRN, "1 report of the patient", "6 all checks")
	s.Golden("outside")
	if len(given) != 0 {
		t.Errorf("a word was made for nothing: %q", given)
	}
	s.Press("1").Sees("ssh -p 2222 ward report --patient "+one.MRN+" --once 7Q4K2MAB > report.html", "The file holds names")
	s.Press("0").Go(desk.Outside, about).Press("2").Sees("export --patient " + one.MRN + " --once 7Q4K2MAB > checks.csv").Press("0")
	for key, want := range map[string]string{"1": "board --json --once 7Q4K2MAB > board.json", "2": "handover --once 7Q4K2MAB > handover.txt",
		"3": "report --ward --once 7Q4K2MAB > report.html", "4": "export --once 7Q4K2MAB > checks.csv"} {
		s.Go(desk.Outside, "").Press(key).Sees("ssh -p 2222 ward " + want).Press("0")
	}
	if len(given) != 6 {
		t.Errorf("%q", given)
	}
}
