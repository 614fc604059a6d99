package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"neurocheck/internal/icans"
	"neurocheck/internal/pin"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// usage is a valid use of a command, and the exit codes if it cannot be done.
type usage struct {
	args    []string
	noLog   int // the exit code if there is no log; 0 if the command needs none
	without int // that without a sign-in on a log with staff; 0 if the command needs none
}

var usages = map[string]usage{
	"audit":                  {nil, 1, 5},
	"backup":                 {[]string{"copy.db"}, 1, 5},
	"board":                  {nil, 1, 5},
	"check":                  {[]string{"0042317"}, 1, 5},
	"config":                 {nil, 0, 0},
	"config apply":           {[]string{"site.toml"}, 1, 5},
	"copy":                   {[]string{"ward.db", "copy.db"}, 2, 2}, // it takes no --db
	"export":                 {[]string{"--output", "out.csv"}, 1, 5},
	"grade":                  {[]string{"checks.csv"}, 0, 0},
	"handover":               {nil, 1, 5},
	"import":                 {[]string{"checks.csv"}, 0, 5},
	"intake":                 {[]string{"checks.csv", "--by", "ADT", "--config", "intake.toml"}, 1, 5},
	"intake drop":            {[]string{"1", "--reason", "x"}, 1, 5},
	"intake inbox":           {nil, 1, 5},
	"intake retry":           {[]string{"--all"}, 1, 5},
	"intake show":            {[]string{"1"}, 1, 5},
	"patient admit":          {[]string{"--mrn", "0042317", "--name", "Okafor, Ada", "--birth-date", "1961-03-14"}, 1, 5},
	"patient update":         {[]string{"0042317", "--bed", "2"}, 1, 5},
	"patient transfer":       {[]string{"0042317", "--bed", "2"}, 1, 5},
	"patient discharge":      {[]string{"0042317", "--how", "home"}, 1, 5},
	"patient readmit":        {[]string{"0042317"}, 1, 5},
	"patient undo-discharge": {[]string{"0042317", "--reason", "x"}, 1, 5},
	"patient undo-admission": {[]string{"0042317", "--reason", "x"}, 1, 5},
	"patient merge":          {[]string{"0042317", "--into", "0099001", "--reason", "x"}, 1, 5},
	"patient list":           {nil, 1, 5},
	"quality":                {nil, 1, 0},
	"report":                 {[]string{"--ward", "--output", "out.html"}, 1, 5},
	"restore":                {[]string{"nowhere.db"}, 1, 0},
	"seat add":               {[]string{"Desk", "--key-file", "desk.pub"}, 1, 5},
	"seat disable":           {[]string{"Desk"}, 1, 5},
	"seat list":              {nil, 1, 0},
	"staff add":              {[]string{"New Nurse"}, 1, 5},
	"staff role":             {[]string{"Sam Lee", "--role", "admin"}, 1, 5},
	"staff reset":            {[]string{"Sam Lee"}, 1, 5},
	"staff disable":          {[]string{"Sam Lee"}, 1, 5},
	"staff enable":           {[]string{"Sam Lee"}, 1, 5},
	"staff list":             {nil, 1, 0},
	"status":                 {nil, 1, 0},
	"verify":                 {nil, 1, 0},
	"ward list":              {nil, 2, 0}, // a file is no server
	"ward make":              {nil, 2, 0},
}

// withoutJSON are the commands that show screens, write shell code or a log, or only help.
var withoutJSON = []string{"", "completion", "demo", "exit", "help", "kiosk", "patient", "postgres", "seat", "serve", "staff", "wall", "ward"}

func TestEveryCommandHasItsExitCodesAndItsJSON(t *testing.T) {
	writeInputs(t)
	each((&app{}).root(), func(cmd *cobra.Command) {
		name := commandName(cmd)
		if !slices.Contains(withoutJSON, name) && cmd.Flags().Lookup("json") == nil {
			t.Errorf("%s has no --json", name)
		}
		if lines := strings.Count(cmd.Long, "\n") + 1; strings.HasPrefix(name, "patient ") && (lines > 24 || cmd.Long == "" || cmd.Example == "") {
			t.Errorf("%s: the help has %d lines, and the example %q", name, lines, cmd.Example)
		}
	})
	eachEntry(t, usages, func(name string, use usage) {
		command := append(strings.Fields(name), use.args...)
		failsWith(t, 2, append(command, "--nope", "--db", "ward.db")...)
		if use.noLog > 0 {
			failsWith(t, use.noLog, append(command, "--db", "nowhere.db")...)
		}
		if use.without > 0 {
			failsWith(t, use.without, append(command, "--db", "ward.db")...)
		}
	})
}

// eachEntry runs a test on the entry that each command with --json has in a table. It fails if
// one has none, so that a new command cannot be left out, and if an entry is of no command.
func eachEntry[E any](t *testing.T, table map[string]E, test func(name string, e E)) {
	t.Helper()
	var names []string
	each((&app{}).root(), func(cmd *cobra.Command) {
		if name := commandName(cmd); !slices.Contains(withoutJSON, name) {
			names = append(names, name)
		}
	})
	for name := range table {
		if !slices.Contains(names, name) {
			t.Errorf("%s is no command", name)
		}
	}
	for _, name := range names {
		if e, known := table[name]; known {
			test(name, e)
		} else {
			t.Errorf("%s has no entry: how is it used, and what does it exit with?", name)
		}
	}
}

// A failure of each kind, on a log without staff that has one patient.
func TestFailuresOfEachKind(t *testing.T) {
	writeInputs(t)
	ada := []string{"--name", "Okafor, Ada", "--birth-date", "1961-03-14"}
	admit := func(mrn string, more ...string) []string {
		return slices.Concat([]string{"patient", "admit", "--mrn", mrn}, ada, more)
	}
	for _, c := range []struct {
		exit int
		args []string
	}{
		{1, []string{"patient", "list", "--db", "checks.csv"}},
		{1, []string{"verify", "--head", "1111111111111111"}},
		{1, []string{"config", "--config", "."}},
		{1, []string{"import", "missing.csv"}},
		{2, []string{"patient", "transfer", "0042317"}},
		{2, []string{"patient", "discharge", "0042317", "--how", "away"}},
		{2, []string{"patient", "transfer"}},
		{2, []string{"export"}},
		{2, []string{"report", "--ward"}},
		{2, []string{"verify", "--accept"}},
		{3, []string{"patient", "transfer", "9999", "--bed", "2"}},
		{3, []string{"patient", "transfer", "0042317", "--bed", "a bed with far too long a name"}},
		{3, []string{"patient", "readmit", "0042317", "--at", "2020-01-01T00:00:00Z"}},
		{3, admit("0042317", "--visit", "V2", "--at", "2020-01-01T00:00:00Z")},
		{3, []string{"staff", "add", "New Nurse"}},
		{3, []string{"import", "bad.csv"}},
		{3, []string{"backup", "checks.csv"}},
		{3, []string{"config", "--config", "missing.toml"}},
		{4, admit("9")},
		{4, admit("42317")},
		{4, []string{"import", "twin.csv"}},
		{4, []string{"import", "twin.csv", "--dry-run"}},
	} {
		if !slices.Contains(c.args, "--db") {
			c.args = append(c.args, "--db", "free.db")
		}
		failsWith(t, c.exit, c.args...)
	}
}

// each calls do for a command and those below it.
func each(cmd *cobra.Command, do func(*cobra.Command)) {
	do(cmd)
	for _, c := range cmd.Commands() {
		each(c, do)
	}
}

// failsWith runs a command line with --json, and wants a failure with that exit code: one
// object on the standard output, which agrees with it.
func failsWith(t *testing.T, exit int, args ...string) {
	t.Helper()
	a := &app{}
	root := a.root()
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(io.Discard)
	line := strings.Join(args, " ")
	if code := a.execute(t.Context(), root, append(args, "--json")); code != exit {
		t.Errorf("%s: exit %d, not %d: %s", line, code, exit, out.Bytes())
		return
	}
	var f struct {
		OK       *bool
		Command  string
		Exit     int
		Error    struct{ Kind, Code, Message string }
		Problems []any
		Recorded *int
	}
	if err := json.Unmarshal(out.Bytes(), &f); err != nil {
		t.Errorf("%s: %v: %q", line, err, out.Bytes())
		return
	}
	kind := slices.Index(ward.KindCodes[:], f.Error.Kind)
	if f.OK == nil || *f.OK || f.Exit != exit || !strings.HasPrefix(line, f.Command+" ") && line != f.Command || kind < 0 || exitCodes[kind] != exit ||
		f.Error.Code == "" || f.Error.Message == "" || f.Problems == nil || f.Recorded == nil || *f.Recorded != 0 {
		t.Errorf("%s: %s", line, out.Bytes())
	}
	if strings.Contains(out.String(), "0042317") || strings.Contains(out.String(), "Okafor") {
		t.Errorf("%s tells of a patient: %s", line, out.Bytes())
	}
}

// writeInputs goes to a folder on a machine of its own, and writes the files of the usages
// and two logs with one patient: ward.db with staff, free.db without. The commands of this
// process then have the clock of the tests and the cost of their PINs.
func writeInputs(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	t.Chdir(folder)
	t.Setenv("HOME", folder)
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("NEUROCHECK_CONFIG", "")
	t.Setenv("NEUROCHECK_PIN", "")
	real, standard := now, pinCost
	now, pinCost = clockStart, quickPINs
	t.Cleanup(func() { now, pinCost = real, standard })
	for name, text := range map[string]string{
		"checks.csv":  "mrn,name,birth_date,performed_at,tool\n0042317,\"Okafor, Ada\",1961-03-14,2026-03-14T09:05:00Z,ice\n",
		"bad.csv":     "mrn,name,birth_date,performed_at,tool,ice_year\n0042317,\"Okafor, Ada\",1961-03-14,2026-03-14T09:05:00Z,ice,7\n",
		"twin.csv":    "mrn,name,birth_date,performed_at,tool\n99,\"Okafor, Ada\",1961-03-14,2026-03-14T09:05:00Z,ice\n",
		"site.toml":   "[intervals]\nnone = \"6h\"\n",
		"intake.toml": "[intake]\nlocations = [\"H4\"]\nauthority = \"CITY\"\n",
		"desk.pub":    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0jLwyv7a6L8pVZQYfQkV6YIcJ9gk0Sjr3m6wvZ0E4w desk\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.Create(t.Context(), "ward.db")
	if err != nil {
		t.Fatal(err)
	}
	keeper := pin.Keeper{Cost: quickPINs, Pepper: pin.File(filepath.Join(t.TempDir(), "pepper"))}
	digest, err := keeper.Digest("246813", true)
	if err != nil {
		t.Fatal(err)
	}
	kim := ward.Sign("Kim Adler", now())
	if err := s.SetUp(t.Context(), kim, ward.Ward{Name: "Haematology 4", Zone: "UTC"}, ward.Staff{Name: kim.By, Role: ward.Admin, Active: true, PIN: ward.PIN{Digest: digest}}); err != nil {
		t.Fatal(err)
	}
	free, err := store.Create(t.Context(), "free.db")
	if err != nil {
		t.Fatal(err)
	}
	p := ward.Patient{MRN: "0042317", Name: "Okafor, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, Tool: icans.ICE}
	for _, s := range []*store.Store{s, free} {
		if _, _, err := s.Admit(t.Context(), kim, p, ward.Stay{AdmittedAt: kim.At}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
