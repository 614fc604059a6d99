package main

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/demo"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// profileForms are the forms of an export, with KEY for the file of a key.
var profileForms = []string{
	"--profile csv", "--profile spreadsheet", "--profile redcap",
	"--deidentify --key-file KEY", "--deidentify --key-file KEY --profile redcap", "--deidentify --key-file KEY --profile spreadsheet",
	"--format fhir-ndjson",
}

// Every form of an export by another process is, to the byte, that of the time when it
// began, whatever is recorded, corrected, withdrawn and renamed while it is written;
// and it prints the head of that time.
func TestNoExportHoldsWhatOthersRecordMeanwhile(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	env, log := home(t), filepath.Join(t.TempDir(), "log.db")
	s, err := store.Create(ctx, log)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	start := time.Date(2026, 3, 14, 9, 5, 0, 0, time.UTC)
	// Each form is then four times as long as the buffers of its writer and of the pipe, so
	// that the export waits for its reader before it has read half of the log.
	const enough, buffered = 2000, 128 << 10
	if err := demo.FillYears(ctx, s, start, enough, func(_, _ int) {}); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(t.TempDir(), "study.key")
	exported := func() (all [][]byte) {
		for _, form := range profileForms {
			all = append(all, beginExport(t, env, s, log, form, key).ends())
		}
		return all
	}
	before := exported()
	var begun []*begunExport
	for _, form := range profileForms {
		begun = append(begun, beginExport(t, env, s, log, form, key))
	}
	record(t, s, start)
	var during [][]byte
	for _, e := range begun {
		during = append(during, e.ends())
	}
	after := exported()
	for i, form := range profileForms {
		if len(before[i]) < 4*buffered {
			t.Errorf("export %s has %d bytes, so it may be written before it is read", form, len(before[i]))
		}
		if !bytes.Equal(before[i], during[i]) {
			t.Errorf("export %s: %s", form, firstOther(before[i], during[i]))
		}
		if bytes.Equal(before[i], after[i]) {
			t.Errorf("export %s: nothing was recorded meanwhile", form)
		}
	}
	if out := run(t, env, "verify", "--db", log, "--head", begun[0].head); !strings.Contains(out, "whole") {
		t.Errorf("verify said %q", out)
	}
}

// begunExport is an export by another process that has written its first byte, and waits for
// its reader.
type begunExport struct {
	t    *testing.T
	form string
	cmd  *exec.Cmd
	out  io.Reader
	said bytes.Buffer
	seq  int64
	head string
}

func beginExport(t *testing.T, env []string, s *store.Store, log, form, key string) *begunExport {
	t.Helper()
	args := append([]string{"export", "--db", log}, strings.Fields(strings.ReplaceAll(form, "KEY", key))...)
	e := &begunExport{t: t, form: form, cmd: exec.CommandContext(t.Context(), "neurocheck", args...)}
	e.cmd.Env, e.cmd.Stderr = env, &e.said
	out, err := e.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := e.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 1)
	if _, err := io.ReadFull(out, first); err != nil {
		t.Fatalf("%v: %s", err, e.said.Bytes())
	}
	e.out = io.MultiReader(bytes.NewReader(first), out)
	if e.seq, e.head, err = s.Head(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e
}

// ends reads the export to its end, and wants the head of the time when it began.
func (e *begunExport) ends() []byte {
	e.t.Helper()
	all, err := io.ReadAll(e.out)
	if err != nil {
		e.t.Fatal(err)
	}
	if err := e.cmd.Wait(); err != nil {
		e.t.Fatalf("%v: %s", err, e.said.Bytes())
	}
	if want := fmt.Sprintf("; record %d, head %s\n", e.seq, e.head); !strings.Contains(e.said.String(), want) {
		e.t.Errorf("export %s says %q, and the log ended so: %q", e.form, e.said.String(), want)
	}
	return all
}

// record changes every tenth patient of the log: the check of one is corrected, that of the
// next withdrawn.
func record(t *testing.T, s *store.Store, at time.Time) {
	t.Helper()
	ctx, sig := t.Context(), ward.Sign("Dr Priya Nair", at)
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var ids []int64
	ok(s.Snapshot(ctx, func(v *store.Snapshot) error {
		patients, err := v.CheckedPatients(ctx, store.Selection{})
		for i := 0; i < len(patients); i += 10 {
			ids = append(ids, patients[i].ID)
		}
		return err
	}))
	for n, id := range ids {
		chart, err := s.Chart(ctx, id)
		ok(err)
		c := *chart.Last()
		c.Version++
		c.Status, c.Reason, c.Recorded = ward.Corrected, "wrong_value", ward.Signature{}
		ok(icans.FieldOf("headache").Set(&c.Findings, []string{"mild", "moderate", "severe"}[n%3]))
		if n%2 == 1 {
			c.Status, c.Reason = ward.Withdrawn, "entered_in_error"
		}
		_, err = s.SaveCheck(ctx, sig, c)
		ok(err)
		added := c
		added.ID, added.Version, added.Status, added.Reason = fmt.Sprintf("meanwhile-%d", id), 1, ward.Recorded, ""
		_, err = s.SaveCheck(ctx, sig, added)
		ok(err)
		p := chart.Patient
		p.Product, p.Name = fmt.Sprintf("product %d", n), fmt.Sprintf("MEANWHILE, %d", n)
		_, err = s.EditPatient(ctx, sig, p)
		ok(err)
	}
	if len(ids) < 4 {
		t.Errorf("only %d patients were changed", len(ids))
	}
}

// firstOther returns the first difference of two exports.
func firstOther(a, b []byte) string {
	before, during := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range min(len(before), len(during)) {
		if before[i] != during[i] {
			return fmt.Sprintf("line %d of %d was\n%s\nand with others at work it is\n%s", i+1, len(before), before[i], during[i])
		}
	}
	return fmt.Sprintf("%d lines became %d", len(before), len(during))
}
