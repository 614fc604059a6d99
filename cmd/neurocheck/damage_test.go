package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"neurocheck/internal/faults"
)

// readingCommands are the real commands that show patients.
var readingCommands = map[string][]string{
	"export":   {"export"},
	"board":    {"board", "--json", "--at", clockStart().UTC().Format(time.RFC3339)},
	"handover": {"handover"},
	"report":   {"report", "--patient", "0042317"},
	"fhir":     {"export", "--format", "fhir-ndjson"},
	"audit":    {"audit", "--csv"},
	"trail":    {"audit", "--patient", "0042317"},
}

// varying are the number, the hash and the time of the last record, because a reading is a
// record as well, and is recorded after the page if the log cannot be written in time.
var varying = regexp.MustCompile(`(head |class="hash">)[0-9a-f]{64}|(Record |<dt>Record</dt><dd>)\d+|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)`)

// withoutMRN matches the MRN in a line of the audit trail, which shows none if the record of
// a patient is damaged.
var withoutMRN = regexp.MustCompile(`,\d{7},|  \[MRN \d{7}\]`)

// named are the words by which a refusal names the part that does not fit.
var named = regexp.MustCompile(`record \d+|the (table|index|trigger|view) \w+|the list of its tables|the file is damaged|is damaged or is no database`)

type outcomeOn struct {
	command, outcome string
}

// The real commands on damaged files: each prints what it prints of the whole file and
// exits with 0, or exits with 1 and names what does not fit (cases.md C4). The long form takes
// 1,000 seeds.
func TestCommandsOnDamagedFiles(t *testing.T) {
	t.Parallel()
	env := home(t)
	folder := t.TempDir()
	log := filepath.Join(folder, "ward.db")
	demoLog(t, log)
	content, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for name, args := range readingCommands {
		status, out, said := onCopy(t, env, filepath.Join(folder, name+".db"), content, args)
		if status != 0 || len(out) < 500 {
			t.Fatalf("%s of the whole file: exit status %d, %d bytes, %s", name, status, len(out), said)
		}
		want[name] = varying.ReplaceAllString(out, "…")
	}
	var mu sync.Mutex
	counted := map[outcomeOn]int{}
	var all sync.WaitGroup
	slots := make(chan struct{}, 2)
	for seed := range faults.Times(2, 1000) {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			damaged := bitsFlipped(content, uint64(seed))
			for name, args := range readingCommands {
				status, out, said := onCopy(t, env, filepath.Join(folder, fmt.Sprintf("%d-%s.db", seed, name)), damaged, args)
				outcome := judged(status, varying.ReplaceAllString(out, "…"), said, want[name])
				if strings.HasPrefix(outcome, "WRONG") {
					t.Errorf("seed %d, %s: %s: exit status %d, %d bytes, said %q%s", seed, name, outcome, status, len(out), said, difference(varying.ReplaceAllString(out, "…"), want[name]))
				}
				mu.Lock()
				counted[outcomeOn{name, outcome}]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	for _, v := range slices.SortedFunc(maps.Keys(counted), func(a, b outcomeOn) int { return strings.Compare(a.command+a.outcome, b.command+b.outcome) }) {
		t.Logf("%-8s %5d %s", v.command, counted[v], v.outcome)
	}
}

// difference shows the first part of two texts that differs.
func difference(got, want string) string {
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	part := func(s string) string { return s[max(0, min(at-60, len(s))):min(len(s), at+60)] }
	return fmt.Sprintf("\nfrom %d: %q, not %q", at, part(got), part(want))
}

func judged(status int, out, said, want string) string {
	switch {
	case status == 0 && out == want:
		return "the same bytes, exit status 0"
	case status == 0:
		return "WRONG: other bytes with exit status 0"
	case status != 1:
		return fmt.Sprintf("WRONG: exit status %d", status)
	case !named.MatchString(said):
		return "WRONG: nothing is named"
	case strings.HasPrefix(want, out), strings.HasPrefix(out, `{"ok":false`):
		return "refused and named, exit status 1" // or a beginning of the same bytes
	}
	return partOf(out, want)
}

// partOf judges the output of a command that names the damage: a list without the damaged
// records.
func partOf(out, want string) string {
	whole := make(map[string]bool)
	for line := range strings.Lines(want) {
		whole[withoutMRN.ReplaceAllString(line, ",,")] = true
	}
	for line := range strings.Lines(out) {
		if !whole[withoutMRN.ReplaceAllString(line, ",,")] && !strings.Contains(strings.ToLower(line), "damaged") {
			return "WRONG: a line that the whole file does not have"
		}
	}
	return "all but the damaged records, which are named, exit status 1"
}

// onCopy runs a command on a file with that content.
func onCopy(t *testing.T, env []string, log string, content []byte, args []string) (status int, out, said string) {
	t.Helper()
	if err := os.WriteFile(log, content, 0o600); err != nil {
		t.Error(err)
	}
	cmd := exec.Command("neurocheck", append(args[:len(args):len(args)], "--db", log)...)
	cmd.Env = append(env[:len(env):len(env)], startedVar+"="+time.Now().Format(time.RFC3339Nano)) // each begins at the same time
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if _, ended := errors.AsType[*exec.ExitError](err); !ended {
			t.Error(err)
		}
	}
	for _, suffix := range []string{"", "-wal", "-shm", "-queue", "-late"} {
		_ = os.Remove(log + suffix)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// bitsFlipped returns the content with 1 to 40 bits flipped in the pages after the first: in
// one page, or all over the file.
func bitsFlipped(content []byte, seed uint64) []byte {
	const page = 4096
	r := rand.New(rand.NewPCG(seed, 1))
	damaged := slices.Clone(content)
	from, to := page, len(content)
	if seed%2 == 0 {
		from = page * (1 + r.IntN(len(content)/page-1))
		to = from + page
	}
	for range 1 + r.IntN(40) {
		damaged[from+r.IntN(to-from)] ^= 1 << r.IntN(8)
	}
	return damaged
}
