package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/ward"
)

func TestEveryKindHasAnExitCode(t *testing.T) {
	want := map[string]int{"internal": 1, "unavailable": 1, "usage": 2, "invalid": 3, "not_found": 3, "conflict": 3, "question": 4, "not_allowed": 5}
	if len(exitCodes) != len(ward.KindCodes) {
		t.Fatalf("%d kinds have an exit code, not %d", len(exitCodes), len(ward.KindCodes))
	}
	for kind, code := range ward.KindCodes {
		err := fmt.Errorf("import: %w", &ward.Error{Kind: ward.Kind(kind), Reason: "no"})
		if got := exitCode(err); got != want[code] {
			t.Errorf("%s exits with %d, not %d", code, got, want[code])
		}
		if !strings.Contains(exitHelp, code) {
			t.Errorf("help exit does not list %s", code)
		}
	}
}

func TestExitCodes(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		kind ward.Kind
		exit int
	}{
		"wrong use":            {wrongUse{errors.New("no")}, ward.KindUsage, 2},
		"wrong use of a field": {wrongUse{ward.Invalid("role", "no")}, ward.KindUsage, 2},
		"a file":               {&fs.PathError{Op: "open", Path: "x", Err: syscall.ENOENT}, ward.KindUnavailable, 1},
		"a failure said":       {said{ward.Invalid("none", "no")}, ward.KindInvalid, 3},
		"bad rows":             {unsuccessful{said{ward.Invalid("", "no")}}, ward.KindInvalid, 1},
		"unknown":              {errors.New("no"), ward.KindInternal, 1},
	} {
		if kind, exit := kindOf(c.err), exitCode(c.err); kind != c.kind || exit != c.exit {
			t.Errorf("%s: %s, exit %d", name, ward.KindCodes[kind], exit)
		}
	}
	if exitCode(nil) != 0 {
		t.Error("success has another code than 0")
	}
}

func TestFailureAsJSON(t *testing.T) {
	run := func(err error, args ...string) (stdout, stderr string, code int) {
		root := &cobra.Command{Use: "neurocheck"}
		sub := &cobra.Command{Use: "import", RunE: func(*cobra.Command, []string) error { return nil }}
		sub.Flags().Bool("json", false, "")
		root.AddCommand(sub)
		var out, complaints bytes.Buffer
		root.SetOut(&out)
		root.SetErr(&complaints)
		_ = sub.ParseFlags(args)
		code = exit(sub, args, err)
		return out.String(), complaints.String(), code
	}

	stdout, stderr, code := run(ward.Question("looks_known", "is this the same\x1b[2J person?", "--new-patient"), "--json")
	const want = `{"ok":false,"command":"import","exit":4,"error":{"kind":"question","code":"looks_known","message":"is this the same\\x1b[2J person?","flags":["--new-patient"]},"problems":[],"problems_total":0,"recorded":0}` + "\n"
	if stdout != want || code != 4 {
		t.Errorf("exit %d\n%s", code, cmp.Diff(want, stdout))
	}
	if stderr != `neurocheck: is this the same\x1b[2J person?`+"\n" {
		t.Errorf("%q", stderr)
	}
	if stdout, _, _ := run(errors.New("no")); stdout != "" {
		t.Errorf("JSON that was not asked for: %s", stdout)
	}
	if stdout, _, code := run(wrongUse{errors.New("no")}, "--nope", "--json"); !strings.Contains(stdout, `"kind":"usage"`) || code != 2 {
		t.Errorf("a command line that was not understood: exit %d, %s", code, stdout)
	}
	if stdout, _, _ := run(answered{errors.New("no")}, "--json"); stdout != "" {
		t.Errorf("a second object: %s", stdout)
	}
	if stdout, stderr, code := run(syscall.EPIPE, "--json"); stdout != "" || stderr != "" || code != 1 {
		t.Errorf("nobody reads, and it says %q %q, exit %d", stdout, stderr, code)
	}
}

func TestProblemsOfAFileAreGrouped(t *testing.T) {
	var problems []csvlog.Problem
	for line := 2; line < 5002; line++ {
		problems = append(problems, csvlog.Problem{File: "x", Line: line, Column: "ice_year", Reason: fmt.Sprintf(`"%d" is not allowed here; allowed: 0, 1`, line)})
	}
	problems = append(problems, csvlog.Problem{File: "x", Line: 7, Column: "tool", Reason: "missing"})
	f := failureOf("import", refusedRows{&ward.Error{Kind: ward.KindInvalid, Code: "rows_refused", Reason: "nothing was imported"}, problems})
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"ok":false,"command":"import","exit":3,"error":{"kind":"invalid","code":"rows_refused","message":"nothing was imported","flags":[]},` +
		`"problems":[{"code":"not_allowed","column":"ice_year","reason":"allowed: 0, 1","count":5000,"lines":[2,3,4,5,6,7,8,9,10,11],"allowed":["0","1"]},` +
		`{"code":"invalid","column":"tool","reason":"missing","count":1,"lines":[7]}],"problems_total":5001,"recorded":0}`
	if string(b) != want {
		t.Errorf("%s", cmp.Diff(want, string(b)))
	}
}
