package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// demoLogs are demo wards of instants, which the program itself makes once. Each test that
// needs one gets a copy, because making one takes as long as twenty commands.
var demoLogs struct {
	sync.Mutex
	folder string
	made   map[string]string // their paths, by instant
}

// demoAt returns the path of a demo ward of an instant, which no test may change.
func demoAt(at time.Time) (path string, err error) {
	d := &demoLogs
	d.Lock()
	defer d.Unlock()
	instant := at.Format(time.RFC3339)
	if path := d.made[instant]; path != "" {
		return path, nil
	}
	if d.folder == "" {
		if d.folder, err = os.MkdirTemp("", "neurocheck-demo-"); err != nil {
			return "", err
		}
		d.made = make(map[string]string)
	}
	path = filepath.Join(d.folder, fmt.Sprintf("demo%d.db", len(d.made)))
	make := exec.Command("neurocheck", "demo", "--write", path, "--at", instant)
	make.Env = append([]string{"HOME=" + d.folder, "PATH=" + os.Getenv("PATH")}, clockEnv()...)
	if said, err := make.CombinedOutput(); err != nil {
		return "", fmt.Errorf("making a demo ward: %w\n%s", err, said)
	}
	d.made[instant] = path
	return path, nil
}

// endDemoLogs removes the demo wards after all tests.
func endDemoLogs() error {
	if demoLogs.folder == "" {
		return nil
	}
	return os.RemoveAll(demoLogs.folder)
}

// writeDemoLog makes a demo ward of an instant at path.
func writeDemoLog(path string, at time.Time) error {
	from, err := demoAt(at)
	if err != nil {
		return err
	}
	for _, suffix := range []string{"", "-queue"} { // the log, and its mark
		content, err := os.ReadFile(from + suffix)
		if err == nil {
			err = os.WriteFile(path+suffix, content, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// demoLog makes a demo ward of the start of the clock at path.
func demoLog(t *testing.T, path string) {
	t.Helper()
	if err := writeDemoLog(path, clockStart()); err != nil {
		t.Fatal(err)
	}
}

// fillWithDemo makes a demo ward of an instant in an empty ward on a server.
func fillWithDemo(address string, at time.Time) (err error) {
	folder, err := os.MkdirTemp("", "neurocheck-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "demo.db")
	if err := writeDemoLog(path, at); err != nil {
		return err
	}
	ctx := context.Background()
	from, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := store.Open(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	by, err := administrator(ctx, from)
	if err != nil {
		return err
	}
	_, err = from.CopyTo(ctx, ward.Sign(by.By, at), to, nil)
	return err
}

// filledVar has the ward of a script on a server that is a demo ward from the beginning.
const filledVar = "FILLED"

// makeDemo makes a demo ward, of the start of the clock or another instant: demo LOG [TIME].
func makeDemo(ts *testscript.TestScript, neg bool, args []string) {
	at := clockStart()
	if len(args) > 1 {
		at = mustParse("demo", args[1])
	}
	switch {
	case !store.OnServer(args[0]):
		ts.Check(writeDemoLog(ts.MkAbs(args[0]), at))
	case args[0] != ts.Getenv(filledVar):
		ts.Check(fillWithDemo(args[0], at))
	}
}
