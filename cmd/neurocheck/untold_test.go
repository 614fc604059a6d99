package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// noPatients are the flags whose values are no data of a patient: files, words of the
// program, staff, times and numbers of records. Errors may repeat them.
var noPatients = strings.Fields("db config by pin-file key-file key-out output errors map template profile format only since until head person role how tool at listen settle recipient recipients-file identity columns request since-record db-file from to ward seat staff zone encoding help json")

// Whatever data of a patient a command is given, in any flag or as an argument, its error
// does not repeat it. A made-up word stands for the data.
func TestErrorsRepeatNoDataOfAPatient(t *testing.T) {
	writeInputs(t)
	const marked = "Zyxqwert0099887"
	tried := 0
	try := func(name string, use []string, more ...string) {
		t.Helper()
		args := slices.Concat(strings.Fields(name), use, more)
		if !slices.Contains(args, "--db") && name != "copy" && name != "config" && name != "grade" {
			args = append(args, "--db", "free.db")
		}
		tried++
		out, said, code := runHere(t, args)
		if strings.Contains(said, marked) || code != 0 && code != attentionExit && strings.Contains(out, marked) {
			t.Errorf("neurocheck %s repeats it, exit %d: %s%s", strings.Join(args, " "), code, said, out)
		}
	}
	each((&app{}).root(), func(cmd *cobra.Command) {
		name := commandName(cmd)
		use, known := usages[name]
		if !known {
			return
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !slices.Contains(noPatients, f.Name) {
				try(name, use.args, "--"+f.Name+"="+marked)
				try(name, use.args, "--"+f.Name+"="+marked, "--json")
			}
		})
		if strings.HasPrefix(name, "patient ") || name == "check" {
			for _, text := range []string{marked, "-" + marked, "--" + marked, "\x1b[2J" + marked} {
				try(name, nil, text)
				try(name, use.args, text)
				if len(use.args) > 0 && !strings.HasPrefix(use.args[0], "-") {
					try(name, slices.Concat([]string{text}, use.args[1:]), "--json")
				}
			}
		}
	})
	for _, text := range []string{marked, "-" + marked, "--" + marked, "--=" + marked} {
		try("", []string{text})
		try("patient", []string{text})
		try("staff", []string{text})
	}
	if tried < 150 {
		t.Errorf("%d command lines were tried", tried)
	}
}

// runHere runs a command line in this process, and returns all that it says.
func runHere(t *testing.T, args []string) (out, said string, code int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "said")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	real := os.Stderr
	os.Stderr = file
	defer func() { os.Stderr = real }()
	a := &app{}
	root := a.root()
	var stdout bytes.Buffer
	root.SetOut(&stdout)
	root.SetErr(file)
	code = a.execute(t.Context(), root, args)
	text, err := os.ReadFile(path)
	if closed := file.Close(); err != nil || closed != nil {
		t.Fatal(err, closed)
	}
	return stdout.String(), string(text), code
}
