package main

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"neurocheck/internal/faults/hostile"
)

// Hostile strings as flags and arguments of every command: an error that a terminal
// shows as it is, a known exit code, never a crash, and no file is left.
func TestHostileFlags(t *testing.T) {
	t.Parallel()
	env := home(t)
	dir := t.TempDir()
	log := filepath.Join(dir, "log.db")
	course, err := filepath.Abs("../../testdata/teclistamab-case2.csv")
	if err != nil {
		t.Fatal(err)
	}
	demoLog(t, log)
	commands := [][]string{
		{"export", "--db", log, "--patient", "%"}, {"export", "--db", log, "--since", "%"}, {"export", "--db", log, "--until", "%"},
		{"export", "--db", log, "--profile", "%"}, {"export", "--db", log, "--format", "%"},
		{"import", "--db", log, "--dry-run", course, "--by", "%"}, {"import", "--db", log, "--dry-run", "%"},
		{"grade", "%"}, {"verify", "--db", log, "--head", "%"}, {"verify", "--db", "%"},
		{"handover", "--db", log, "--since", "%"}, {"handover", "--db", log, "--patient", "%"}, {"handover", "--db", log, "--config", "%"},
		{"audit", "--db", log, "--person", "%"}, {"audit", "--db", log, "--patient", "%"}, {"audit", "--db", log, "--since", "%"},
		{"staff", "--db", log, "add", "%", "--by", "Grace Lin", "--role", "cook"}, {"staff", "--db", log, "reset", "%", "--by", "Grace Lin"},
		{"staff", "--db", log, "disable", "X", "--by", "%"}, {"restore", "--dry-run", "%"}, {"backup", "--db", log, "-r", "%", filepath.Join(dir, "b")},
		{"config", "--config", "%"}, {"demo", "--write", log, "--at", "%"}, {"%"}, {"--%"}, {"export", "%"},
	}
	run(t, env, "export", "--db", log) // this makes the file of the writers' queue
	before := names(t, dir)
	tried := 0
	for i, text := range hostile.Strings(5, hostile.Count(150)) {
		if strings.ContainsRune(text, 0) || len(text) > 100_000 {
			continue // the system takes neither as an argument
		}
		args := append([]string(nil), commands[i%len(commands)]...)
		for j, arg := range args {
			args[j] = strings.ReplaceAll(arg, "%", text)
		}
		cmd := exec.Command("neurocheck", args...)
		var said bytes.Buffer
		cmd.Env, cmd.Dir, cmd.Stderr = env, dir, &said
		err := cmd.Run()
		if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() < 1 || exit.ExitCode() > 5) {
			t.Fatalf("%.200q: %v", args, err)
		}
		tried++
		if strings.Contains(said.String(), "goroutine ") || strings.Contains(said.String(), "panic") {
			t.Fatalf("%.200q: %s", args, said.String())
		}
		if !utf8.Valid(said.Bytes()) {
			t.Fatalf("%.200q: it says what is no UTF-8: %.400q", args, said.String())
		}
		for _, r := range said.String() {
			if r != '\n' && (unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069') {
				t.Fatalf("%.200q: it says %.400q", args, said.String())
			}
		}
		if after := names(t, dir); after != before {
			t.Fatalf("%.200q leaves %s, where there was %s", args, after, before)
		}
	}
	if tried < 100 {
		t.Fatalf("%d strings were tried", tried)
	}
	if out := run(t, env, "verify", "--db", log); !strings.Contains(out, "whole") {
		t.Error(out)
	}
}
