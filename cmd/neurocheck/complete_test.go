//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"
)

// completedFlags are the flags whose values a shell completes, each with a command that the
// demo ward takes.
var completedFlags = []struct{ command, flag string }{
	{"export", "format"},
	{"export", "only"},
	{"export", "profile"},
	{"audit --csv", "profile"},
	{"staff add Sam --by Grace.Lin", "role"},
	{"patient discharge 0042317 --dry-run --by Grace.Lin", "how"},
	{"patient admit --mrn 77 --name Doe --birth-date 1961-03-14 --dry-run --by Grace.Lin", "tool"},
}

// Each value that is completed is one that the command takes, and another one is wrong use.
func TestCompletedValuesAreTaken(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "demo.db")
	env := append(home(t), "NEUROCHECK_DB="+log)
	demoLog(t, log)
	for _, c := range completedFlags {
		words := strings.Fields(c.command)
		for i := range words {
			words[i] = strings.ReplaceAll(words[i], ".", " ")
		}
		cmd, _, err := new(app).root().Find(words)
		if err != nil {
			t.Fatal(err)
		}
		if cmd.Flags().Lookup(c.flag) == nil {
			t.Logf("%s has no --%s", c.command, c.flag)
			continue
		}
		out := output(t, env, append(append([]string{"__complete"}, words...), "--"+c.flag, "")...)
		values, _, found := strings.Cut(out, "\n:")
		if !found || values == "" {
			t.Errorf("%s --%s completes nothing: %q", c.command, c.flag, out)
		}
		for value := range strings.Lines(values) {
			value, _, _ = strings.Cut(strings.TrimSpace(value), "\t")
			if o := runToEnd(t, env, append(words[:len(words):len(words)], "--"+c.flag, value)...); (o.status == 2 || o.status == 3) && !taken(o) {
				t.Errorf("%s --%s %s is refused: %s", c.command, c.flag, value, o.err)
			}
		}
		if o := runToEnd(t, env, append(words[:len(words):len(words)], "--"+c.flag, "nonsense")...); o.status != 2 && o.status != 3 {
			t.Errorf("%s --%s nonsense has the exit status %d: %s", c.command, c.flag, o.status, o.err)
		}
	}
}

// taken reports whether a command refused something else than the value: a feed needs a file
// for its key, a name is on the staff once, and transactions of FHIR need a folder.
func taken(o outcomeOfRun) bool {
	return strings.Contains(o.err, "--key-out") || strings.Contains(o.err, "of that name already") || strings.Contains(o.err, "name it with --output DIR")
}

// Flags for a patient complete MRNs, and the flags of completedFlags their values, in each
// command that has them.
func TestFlagsThatAreCompleted(t *testing.T) {
	var flags []string
	for _, c := range completedFlags {
		flags = append(flags, c.flag)
	}
	flags = append(flags, "patient", "home")
	seen := 0
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, flag := range flags {
			if f := cmd.LocalFlags().Lookup(flag); f == nil || f.Value.Type() != "string" {
				continue
			}
			seen++
			if _, has := cmd.GetFlagCompletionFunc(flag); !has {
				t.Errorf("%s --%s is not completed", cmd.CommandPath(), flag)
			}
		}
		for _, below := range cmd.Commands() {
			walk(below)
		}
	}
	walk(new(app).root())
	if seen < 10 {
		t.Errorf("only %d flags were seen", seen)
	}
}

// Each command has a manual page, with all its flags and examples.
func TestManualPages(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	root := new(app).root()
	root.DisableAutoGenTag = true
	if err := doc.GenManTree(root, &doc.GenManHeader{Title: "NEUROCHECK", Section: "1"}, folder); err != nil {
		t.Fatal(err)
	}
	pages := 0
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if !cmd.IsAvailableCommand() && cmd.HasParent() || cmd.IsAdditionalHelpTopicCommand() {
			return
		}
		pages++
		name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Error(err)
			return
		}
		page := strings.ReplaceAll(string(text), `\-`, "-")
		wants := []string{cmd.Short}
		cmd.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				wants = append(wants, "--"+f.Name)
			}
		})
		if cmd.HasExample() {
			wants = append(wants, strings.TrimSpace(strings.SplitN(cmd.Example, "\n", 2)[0]))
		}
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
		for _, below := range cmd.Commands() {
			walk(below)
		}
	}
	walk(root)
	if pages < 30 {
		t.Errorf("only %d pages", pages)
	}
}
