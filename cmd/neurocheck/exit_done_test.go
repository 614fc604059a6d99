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
)

// twoUses are a use of a command that does its work, and one that the data forbid, on the log of
// [writeStaffedInputs]. refused is nil if nothing can be refused, because the command takes no
// data or is about a server.
type twoUses struct {
	done    []string
	exit    int // of done
	refused []string
}

var uses = map[string]twoUses{
	"audit":                  {[]string{}, 0, []string{"--patient", "9999"}},
	"backup":                 {[]string{"copied.db"}, 0, []string{"checks.csv"}},
	"board":                  {[]string{}, 0, nil},
	"check":                  {[]string{"0042317"}, 0, []string{"9999"}},
	"config":                 {[]string{}, 0, []string{"--config", "missing.toml"}},
	"config apply":           {[]string{"site.toml"}, 0, []string{"bad.toml"}},
	"copy":                   {[]string{"LOG", "copied.db"}, 0, []string{"LOG", "free.db"}},
	"export":                 {[]string{"--output", "out.csv"}, 0, []string{"--output", "out.csv", "--patient", "9999"}},
	"grade":                  {[]string{"checks.csv"}, 0, nil}, // a bad row is exit 1
	"handover":               {[]string{}, 0, nil},
	"import":                 {[]string{"newcomer.csv"}, 0, []string{"bad.csv"}},
	"intake":                 {[]string{"admission.hl7"}, 0, []string{"admission.hl7", "--config", "site.toml"}},
	"intake drop":            {[]string{"1", "--reason", "x"}, 0, []string{"9", "--reason", "x"}},
	"intake inbox":           {[]string{}, 0, nil},
	"intake retry":           {[]string{"1"}, 6, []string{"9"}},
	"intake show":            {[]string{"1"}, 0, []string{"9"}},
	"patient admit":          {[]string{"--mrn", "77", "--name", "New, One", "--birth-date", "1970-01-02"}, 0, []string{"--mrn", "0042317", "--name", "New, One", "--birth-date", "1970-01-02"}},
	"patient update":         {[]string{"0042317", "--bed", "2"}, 0, []string{"9999", "--bed", "2"}},
	"patient transfer":       {[]string{"0042317", "--bed", "2"}, 0, []string{"9999", "--bed", "2"}},
	"patient discharge":      {[]string{"0042317", "--how", "home"}, 0, []string{"9999", "--how", "home"}},
	"patient readmit":        {[]string{"0000003"}, 0, []string{"0042317", "--at", "2020-01-01T00:00:00Z"}},
	"patient undo-discharge": {[]string{"0000003", "--reason", "x"}, 0, []string{"0042317", "--reason", "x"}},
	"patient undo-admission": {[]string{"0042317", "--reason", "x"}, 0, []string{"9999", "--reason", "x"}},
	"patient merge":          {[]string{"0000003", "--into", "0042317", "--reason", "x"}, 0, []string{"0042317", "--into", "0042317", "--reason", "x"}},
	"patient list":           {[]string{}, 0, nil},
	"quality":                {[]string{}, 0, nil},
	"report":                 {[]string{"--ward", "--output", "out.html"}, 0, []string{"--patient", "9999", "--output", "out.html"}},
	"restore":                {[]string{"backup.db"}, 0, nil}, // a file that is no backup is exit 1
	"seat add":               {[]string{"Desk 2", "--key-file", "other.pub"}, 0, []string{"Desk 2", "--key-file", "desk.pub"}},
	"seat disable":           {[]string{"Desk 1"}, 0, []string{"Desk 9"}},
	"seat list":              {[]string{}, 0, nil},
	"staff add":              {[]string{"New Nurse", "--role", "nurse"}, 0, []string{"Sam Lee", "--role", "nurse"}},
	"staff role":             {[]string{"Sam Lee", "--role", "admin"}, 0, []string{"No Body", "--role", "admin"}},
	"staff reset":            {[]string{"Sam Lee"}, 0, []string{"No Body"}},
	"staff disable":          {[]string{"Sam Lee"}, 0, []string{"No Body"}},
	"staff enable":           {[]string{"Lee Left"}, 0, []string{"No Body"}},
	"staff list":             {[]string{}, 0, nil},
	"status":                 {[]string{}, 6, nil},
	"verify":                 {[]string{}, 0, nil}, // a record that is not whole is exit 1
	"ward list":              {nil, 0, nil},        // postgres.txtar
	"ward make":              {nil, 0, nil},
}

// streams are the commands that write one object a line.
var streams = []string{"audit", "grade"}

func TestEveryCommandEndsWithOneObject(t *testing.T) {
	writeStaffedInputs(t)
	eachEntry(t, uses, func(name string, use twoUses) {
		if use.done != nil {
			doneWith(t, name, use.exit, use.done)
		}
		if use.refused != nil {
			failsWith(t, 3, signedFor(t, name, use.refused)...)
		}
	})
}

// signedFor returns the command line of a use, as an administrator or the feed, on a copy of
// the log.
func signedFor(t *testing.T, name string, args []string) (line []string) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log.db")
	text, err := os.ReadFile("staffed.db")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(log, text, 0o600); err != nil {
		t.Fatal(err)
	}
	flags := (&app{}).root()
	cmd, _, err := flags.Find(strings.Fields(name))
	if err != nil {
		t.Fatal(err)
	}
	line = append(strings.Fields(name), args...)
	switch {
	case name == "intake":
		line = append(line, "--by", "ADT", "--key-file", "adt.key")
	case cmd.Flags().Lookup("by") != nil && name != "verify": // which takes it with --accept
		line = append(line, "--by", "Kim Adler")
	}
	if (strings.HasPrefix(name, "intake")) && !slices.Contains(args, "--config") {
		line = append(line, "--config", "intake.toml")
	}
	switch name {
	case "copy":
		line[slices.Index(line, "LOG")] = log
	case "restore":
		line = append(line, "--db", filepath.Join(t.TempDir(), "restored.db"))
	default:
		line = append(line, "--db", log)
	}
	return line
}

// doneWith runs a use with --json, and wants one object that says so.
func doneWith(t *testing.T, name string, exit int, args []string) {
	t.Helper()
	for _, left := range []string{"out.csv", "out.html", "copied.db"} {
		_ = os.Remove(left) // of the use before
	}
	line := signedFor(t, name, args)
	a := &app{}
	root := a.root()
	var out, words bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&words)
	if code := a.execute(t.Context(), root, append(line, "--json")); code != exit {
		t.Errorf("%s: exit %d, not %d: %s%s", strings.Join(line, " "), code, exit, out.Bytes(), words.Bytes())
		return
	}
	decoder := json.NewDecoder(&out)
	objects := 0
	for ; ; objects++ {
		var f struct {
			OK       *bool
			Command  string
			Exit     int
			Recorded *int
			Records  json.RawMessage
		}
		err := decoder.Decode(&f)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if slices.Contains(streams, name) {
			continue
		}
		var records []int64
		list := json.Unmarshal(f.Records, &records) == nil && f.Recorded != nil
		if f.OK == nil || !*f.OK || f.Command != name || f.Exit != exit || !list && name != "status" {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if objects != 1 && !slices.Contains(streams, name) {
		t.Errorf("%s writes %d objects", name, objects)
	}
}

// writeStaffedInputs writes the inputs of [writeInputs], and the log staffed.db with four persons
// and a feed, a patient on the ward and one who left, a workstation and a message in the inbox.
func writeStaffedInputs(t *testing.T) {
	t.Helper()
	writeInputs(t)
	t.Setenv("NEUROCHECK_PIN", "246813")
	if err := writeStaffed("staffed.db", filepath.Join(".config", "neurocheck", "pepper"), quickPINs); err != nil {
		t.Fatal(err)
	}
	answerCheck(t)
	header := `MSH|^~\&|ADT|CITY|NEUROCHECK|H4|` + clockStart().UTC().Format("20060102150405") + "+0000||ADT^A01|1|P|2.5.1\r"
	for name, text := range map[string]string{
		"newcomer.csv":  "mrn,name,birth_date,performed_at,tool\n0043100,\"Silva, Rosa\",1970-05-20,2026-03-14T09:05:00Z,ice\n",
		"other.pub":     "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0jLwyv7a6L8pVZQYfQkV6YIcJ9gk0Sjr3m6wvZ0E4x desk\n",
		"bad.toml":      "[intervals]\nnone = \"6\"\n",
		"admission.hl7": header + "PID|||0043000^^^CITY^MR||LIND^Ola||19550102\rPV1||I|H4^17^A||||||||||||||||V2001\r",
		"refused.hl7":   header + "PID|||0043000^^^GP^MR||LIND^Ola||19550102\rPV1||I|H4^17^A||||||||||||||||V2001\r",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		exit int
		args string
	}{
		{0, "patient admit --mrn 0042317 --name Okafor,Ada --birth-date 1961-03-14 --by Kim+Adler"},
		{0, "patient admit --mrn 0000003 --name Berg,Nils --birth-date 1958-02-03 --by Kim+Adler"},
		{0, "patient discharge 0000003 --how home --by Kim+Adler"},
		{0, "seat add Desk+1 --key-file desk.pub --by Kim+Adler"},
		{0, "staff add ADT --role feed --key-out adt.key --by Kim+Adler"},
		{6, "intake refused.hl7 --by ADT --key-file adt.key --config intake.toml"},
		{0, "backup backup.db --by Kim+Adler"},
	} {
		a := &app{}
		root := a.root()
		var out bytes.Buffer
		root.SetOut(&out)
		root.SetErr(&out)
		args := strings.Fields(c.args + " --db staffed.db")
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "+", " ")
		}
		if code := a.execute(t.Context(), root, args); code != c.exit {
			t.Fatalf("%s: exit %d: %s", c.args, code, out.Bytes())
		}
	}
}

// answerCheck makes the answers to the questions of neurocheck check the standard input.
func answerCheck(t *testing.T) {
	t.Helper()
	answers, err := os.Create("answers.txt")
	if err != nil {
		t.Fatal(err)
	}
	stdin := os.Stdin
	os.Stdin = answers // of neurocheck check
	t.Cleanup(func() {
		os.Stdin = stdin
		_ = answers.Close()
	})
	const check = "1\n1\n1\n1\n3\n1\n1\n1\n0\n0\n0\n0\nnone\nnone\nnone\nnone\nnone\nrest\nend\n1\n"
	if _, err := answers.WriteString(check); err != nil {
		t.Fatal(err)
	}
	if _, err := answers.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
}
