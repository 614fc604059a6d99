package service

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestCountsAreReadByAnotherProcess(t *testing.T) {
	log := filepath.Join(t.TempDir(), "ward.db")
	all := NewSessions()
	a, b := all.Join("Desk 1", time.Now().Add(-time.Hour)), all.Join("Desk 2", time.Now())
	b.Publish(now, State{User: "Maria"})
	defer a.Leave(nil)
	ctx, stop := context.WithCancel(t.Context())
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		all.KeepCounts(ctx, log, "[::]:2222", func(err error) { t.Error(err) })
	}()
	var list []Counts
	for end := time.Now().Add(time.Minute); len(list) == 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
		var err error
		if list, err = ReadCounts(log, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if len(list) != 1 {
		t.Fatalf("%+v", list)
	}
	c := list[0]
	if c.Open != 2 || c.SignedIn != 1 || c.Waiting != 0 || c.Oldest < 3600 || c.Oldest > 7200 || c.Process != os.Getpid() || c.Listen != "[::]:2222" || c.Silent {
		t.Errorf("%+v", c)
	}
	text, err := os.ReadFile(c.File)
	if err != nil || strings.Contains(string(text), "Maria") {
		t.Errorf("%s, %v", text, err)
	}
	if info, err := os.Stat(c.File); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if list, err = ReadCounts(log, time.Now().Add(time.Minute)); err != nil || len(list) != 1 || !list[0].Silent {
		t.Errorf("a server that writes no more: %+v, %v", list, err)
	}
	stop()
	<-kept
	if list, err := ReadCounts(log, time.Now()); err != nil || len(list) != 0 {
		t.Errorf("after its end: %+v, %v", list, err)
	}
	if left, _ := filepath.Glob(log + "*"); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// A file of that name may hold anything, and belong to another log.
func TestCountsThatAreNone(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "ward.db")
	for name, text := range map[string]string{
		"ward.db-seats-1":         "not JSON",
		"ward.db-seats-2":         strings.Repeat(" ", 5000) + `{"open":9}`,
		"ward.db-seats-3.tmp":     `{"open":9}`,
		"other.db-seats-4":        `{"open":9}`,
		"ward.db-seats-2222":      `{"open":3}`,
		"ward.db-seats-22222.123": `{"open":9}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "ward.db-seats-5"), 0o700); err != nil {
		t.Fatal(err)
	}
	if list, err := ReadCounts(log, time.Now()); err != nil || len(list) != 1 || list[0].Open != 3 {
		t.Errorf("%+v, %v", list, err)
	}
}

// A folder that cannot be written is told once, and the seats stay open.
func TestCountsThatCannotBeWritten(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	told := 0
	NewSessions().KeepCounts(ctx, filepath.Join(t.TempDir(), "nowhere", "ward.db"), ":2222", func(error) {
		told++
		stop()
	})
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}
