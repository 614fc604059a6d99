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

// Every form of an export by another process is, to the byte, that of the time when it
// began, whatever is recorded, corrected, withdrawn and renamed while it is written;
// and it prints the head of that time.
func TestNoExportHoldsWhatOthersRecordMeanwhile(t *testing.T) {
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
	export := func(form string, meanwhile func()) (wrote []byte, head string) {
		t.Helper()
		args := append([]string{"export", "--db", log}, strings.Fields(strings.ReplaceAll(form, "KEY", key))...)
		cmd := exec.CommandContext(ctx, "neurocheck", args...)
		cmd.Env = env
		var said bytes.Buffer
		cmd.Stderr = &said
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		first := make([]byte, 1)
		if _, err := io.ReadFull(out, first); err != nil {
			t.Fatalf("%v: %s", err, said.Bytes())
		}
		seq, hash, err := s.Head(ctx)
		if err != nil {
			t.Fatal(err)
		}
		meanwhile()
		rest, err := io.ReadAll(out)
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Fatalf("%v: %s", err, said.Bytes())
		}
		if want := fmt.Sprintf("; record %d, head %s\n", seq, hash); !strings.Contains(said.String(), want) {
			t.Errorf("export %s says %q, and the log ended so: %q", form, said.String(), want)
		}
		return append(first, rest...), hash
	}
	for i, form := range []string{
		"--profile csv", "--profile spreadsheet", "--profile redcap",
		"--deidentify --key-file KEY", "--deidentify --key-file KEY --profile redcap", "--deidentify --key-file KEY --profile spreadsheet",
		"--format fhir-ndjson",
	} {
		before, _ := export(form, func() {})
		if len(before) < 4*buffered {
			t.Errorf("export %s has %d bytes, so it may be written before it is read", form, len(before))
		}
		during, head := export(form, func() { record(t, s, start, i) })
		if !bytes.Equal(before, during) {
			t.Errorf("export %s: %s", form, firstOther(before, during))
		}
		if after, _ := export(form, func() {}); bytes.Equal(before, after) {
			t.Errorf("export %s: nothing was recorded meanwhile", form)
		}
		if out := run(t, env, "verify", "--db", log, "--head", head); !strings.Contains(out, "whole") {
			t.Errorf("verify said %q", out)
		}
	}
}

// record changes every tenth patient of the log, for the n-th time.
func record(t *testing.T, s *store.Store, start time.Time, n int) {
	t.Helper()
	ctx, sig := t.Context(), ward.Sign("Dr Priya Nair", start.Add(time.Duration(n)*time.Minute))
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var ids []int64
	ok(s.Snapshot(ctx, func(v *store.Snapshot) error {
		patients, err := v.CheckedPatients(ctx, store.Selection{})
		for i := n; i < len(patients); i += 10 {
			ids = append(ids, patients[i].ID)
		}
		return err
	}))
	for _, id := range ids {
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
		added.ID, added.Version, added.Status, added.Reason = fmt.Sprintf("meanwhile-%d-%d", id, n), 1, ward.Recorded, ""
		_, err = s.SaveCheck(ctx, sig, added)
		ok(err)
		p := chart.Patient
		p.Product, p.Name = fmt.Sprintf("product %d", n), fmt.Sprintf("MEANWHILE, %d", n)
		_, err = s.EditPatient(ctx, sig, p)
		ok(err)
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
