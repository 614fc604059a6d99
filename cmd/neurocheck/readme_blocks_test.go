//go:build unix

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
)

// readme returns the text of the README.
func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// shellBlocks returns the blocks of the README that are marked sh.
func shellBlocks(t *testing.T) (blocks []string) {
	t.Helper()
	for _, match := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(readme(t), -1) {
		blocks = append(blocks, match[1])
	}
	return blocks
}

// stranger follows the README from the top to the bottom, on a machine on which neurocheck
// has never run, in a folder that has the test data of the project.
type stranger struct {
	t   *testing.T
	env []string
	dir string
}

// runs runs a block as it stands. The PIN that its commands ask for is in the environment.
func (s *stranger) runs(block string) {
	s.t.Helper()
	cmd := exec.Command("sh", "-ec", block)
	cmd.Env, cmd.Dir = signedIn(s.env), s.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("%s\n%v\n%s", block, err, out)
	}
}

// has fails unless a file that a block made has the text.
func (s *stranger) has(name, text string) {
	s.t.Helper()
	made, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil || !strings.Contains(string(made), text) {
		s.t.Errorf("%s has no %q: %v\n%.400s", name, text, err, made)
	}
}

// blockStories are the ways to run the blocks of the README, in their order, by their
// first words.
var blockStories = []struct {
	begins string
	run    func(s *stranger, block string)
}{
	{"go run ./cmd/neurocheck", (*stranger).builds},
	{"neurocheck import --example", (*stranger).opensTheCase},
	{"neurocheck handover", func(s *stranger, block string) {
		s.runs(block)
		s.has("chart.html", "Case Two, Published")
		s.has("home.html", "Watching for changes at home")
		s.has("round.html", "Case Two, Published")
	}},
	{"neurocheck staff add", (*stranger).administers},
	// Its two machines are two users in TestTheBlockOfTheREADMEAboutSeats.
	{"# on the server", func(*stranger, string) {}},
	{"neurocheck demo --write", func(s *stranger, block string) {
		s.runs(block)
		for name, text := range map[string]string{"start/map.toml": "", "ward/manifest.json": "checks.csv", "checks.csv": "0042317", "redcap.csv": "redcap_event_name", "study.csv": "performed_at",
			"ward.json": `"resourceType":"Bundle"`, "graded.csv": "icans_grade", "audit.csv": "Maria Santos"} {
			s.has(name, text)
		}
	}},
}

// builds runs the program from its sources. The line after it is for all the tests, of
// which this is one, so it is only compared.
func (s *stranger) builds(block string) {
	build, tests, _ := strings.Cut(block, "\n")
	if !regexp.MustCompile(`^go test \./\.\.\. +#`).MatchString(tests) {
		s.t.Errorf("the tests are run by %q", tests)
	}
	env := s.env
	variables := []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS", "GOPROXY"} // those of HOME are empty
	values, err := exec.Command("go", append([]string{"env"}, variables...)...).Output()
	if err != nil {
		s.t.Fatal(err)
	}
	for i, value := range strings.Split(strings.TrimSuffix(string(values), "\n"), "\n") {
		env = append(env, variables[i]+"="+value)
	}
	term := programInTerminal(s.t, env, 80, 24, "sh", "-c", "cd ../.. && "+build)
	term.patience = 10 * time.Minute // it may compile everything
	term.see("This log is new")
	if status := term.quitsAfter("Quit neurocheck?"); status != 0 {
		s.t.Errorf("%s: exit status %d", build, status)
	}
}

// opensTheCase imports the published course, and does in the screens what the README says:
// the first run, the board, the follow-up.
func (s *stranger) opensTheCase(block string) {
	term := programInTerminal(s.t, s.env, 80, 24, "sh", "-c", "cd "+s.dir+" && "+strings.ReplaceAll(strings.TrimSpace(block), "\n", " && "))
	term.signUp()
	term.see("⚑", "NOT ACCEPTED 1", "ICE 8 ↓2", "no check is late")
	term.types("enter")
	term.see("PATIENT", "day +5", "ICE 10", "ICE 8", "grade 1, peak 1, not accepted")
	term.types("v")
	term.see("PATIENT", "trend", "ICE 8, ICANS 1")
	term.types("f")
	term.see("FOLLOW-UPS   1 open   1 not accepted")
	term.types("a")
	term.see("Accept for Case Two", "MRN 0000302")
	term.answers("1")
	term.see("0 not accepted")
	term.quits()
	board := runToEnd(s.t, signedIn(s.env), "board", "--json", "--by", "Sam Lee").out
	for _, want := range []string{`"mrn":"0000302"`, `"mark":"grade1"`, `"score":8`, `"flag":"grade1"`, `"state":"acknowledged"`, `"alert":"grade1"`, `"day":5`} {
		if !strings.Contains(board, want) {
			s.t.Errorf("the board has no %s: %s", want, board)
		}
	}
}

// administers runs the block of the administrator, whose keys of age are made before.
func (s *stranger) administers(block string) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		s.t.Fatal(err)
	}
	for name, text := range map[string]string{"key.txt": key.String(), "recipients.txt": key.Recipient().String()} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text+"\n"), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	s.runs(block)
	s.has("ward.db.age", "age-encryption.org")
	s.has("site.toml", "[intake]")
	if out := run(s.t, s.env, "staff", "list"); !strings.Contains(out, "Dr Ines Reis") {
		s.t.Errorf("the staff is\n%s", out)
	}
}

// Every block of the README that is marked sh runs as it stands, one after the other.
func TestTheBlocksOfTheREADME(t *testing.T) {
	t.Parallel()
	s := &stranger{t, home(t), t.TempDir()}
	for _, folder := range []string{"testdata", "schema"} {
		from, err := filepath.Abs("../../" + folder)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(from, filepath.Join(s.dir, folder)); err != nil {
			t.Fatal(err)
		}
	}
	blocks := shellBlocks(t)
	if len(blocks) != len(blockStories) {
		t.Fatalf("the README has %d blocks, and the test %d", len(blocks), len(blockStories))
	}
	for i, story := range blockStories {
		if !strings.HasPrefix(blocks[i], story.begins) {
			t.Fatalf("block %d of the README does not begin with %q:\n%s", i+1, story.begins, blocks[i])
		}
		story.run(s, blocks[i])
	}
}

// The README names commands, flags, tests and files that exist, and is short.
func TestTheREADMEIsTrue(t *testing.T) {
	text := readme(t)
	if words := len(strings.Fields(text)); words >= 1800 {
		t.Errorf("the README has %d words", words)
	}
	a := app{}
	root := a.root()
	for _, match := range regexp.MustCompile("`(?:neurocheck|help) ([^`]*)`").FindAllStringSubmatch(text, -1) {
		cmd, _, err := root.Find(strings.Fields(match[1]))
		if err != nil || cmd == root {
			t.Errorf("the README names %q: %v", match[0], err)
			continue
		}
		for _, flag := range regexp.MustCompile(`--([a-z-]+)`).FindAllStringSubmatch(match[1], -1) {
			if cmd.Flags().Lookup(flag[1]) == nil && cmd.InheritedFlags().Lookup(flag[1]) == nil {
				t.Errorf("the README names %q: there is no such flag", match[0])
			}
		}
	}
	for _, match := range regexp.MustCompile(`!\[[^]]+\]\(([^)]+)\)`).FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat("../../" + match[1]); err != nil {
			t.Error(err)
		}
	}
	tests := allTests(t)
	for _, name := range regexp.MustCompile(`\bTest\w+`).FindAllString(text, -1) {
		if !tests[name] {
			t.Errorf("the README names %s, which is no test", name)
		}
	}
}

// allTests returns the names of all tests of the project.
func allTests(t *testing.T) map[string]bool {
	t.Helper()
	found := make(map[string]bool)
	function := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err := filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, match := range function.FindAllStringSubmatch(string(source), -1) {
			found[match[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
